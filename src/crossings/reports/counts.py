"""Which figures count people, with their noun, their measure and their tie to earlier figures.

The stages for one sentence, in order: rejection, head noun, measure, ties (part of, in a list with,
compared to an earlier figure), and the decision whether a number without a noun counts people.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crossings.reports.lexicon import Lexicon
from crossings.reports.measures import Signs, Verdict, helpers_before, measure_of
from crossings.reports.nouns import Head, head_of
from crossings.reports.records import Figure, Sentence, Token
from crossings.reports.rejection import rejected

_HARM = {"killed", "injured", "missing", "detained", "displaced", "evacuated"}


@dataclass(slots=True)
class Count:
    """A figure that counts people, with what is known of it so far."""

    figure: Figure
    sentence: Sentence
    head: Head
    unit: str
    measure: str
    cost: float
    tie: str = ""
    """How it hangs on an earlier figure: ``part``, ``list``, ``prior``, ``same`` or nothing."""
    tied_to: Count | None = None
    why: dict[str, str] = field(default_factory=dict)
    signs: Signs | None = None


def counts_of(
    sentence: Sentence, figures: list[Figure], earlier: list[Count], lexicon: Lexicon
) -> list[Count]:
    """The figures of a sentence that count people; ``earlier`` are those of the text before it."""
    candidates = []
    for figure in figures:
        reason = rejected(figure, sentence, lexicon)
        if reason is None:
            head = head_of(figure, sentence, lexicon)
            if head.kind != "thing":
                candidates.append((figure, head))
    if not candidates:
        return []
    signs = Signs(sentence, lexicon, [figure for figure, _ in candidates])
    found: list[Count] = []
    for figure, head in candidates:
        count = _count(figure, head, sentence, found, earlier, signs, lexicon)
        if count is not None:
            found.append(count)
    return found


def _count(
    figure: Figure,
    head: Head,
    sentence: Sentence,
    found: list[Count],
    earlier: list[Count],
    signs: Signs,
    lexicon: Lexicon,
) -> Count | None:
    tokens = sentence.tokens
    verdict = measure_of(figure, head, signs)
    tie, tied_to = _tie(figure, head, tokens, found, earlier)
    why = {"number": figure.kind, "noun": f"{head.kind}: {head.name}".rstrip(": ")}
    if head.kind == "bare":
        reason = _bare(figure, verdict, tie, tokens, found, lexicon)
        if reason is None:
            return None
        why["noun"] = reason
    unit = head.unit
    if head.kind in {"bare", "pronoun"}:
        unit, named = _predicate_unit(head.end, tokens, lexicon)
        if named:
            why["unit"] = f"said of them: {named}"
        elif tied_to is not None and tie == "list":
            unit = tied_to.unit
    measure, cost = verdict.measure, verdict.cost
    why["measure"] = verdict.why
    if tied_to is not None and _inherits(verdict, tie, head, figure, tied_to, signs):
        measure, cost = tied_to.measure, tied_to.cost + 0.5
        why["measure"] = f"as the figure it is tied to ({tie}): {tied_to.figure.text}"
    if unit == "homes" or (head.responder and measure not in _HARM):
        return None
    return Count(figure, sentence, head, unit, measure, cost, tie, tied_to, why, signs)


def _tie(
    figure: Figure,
    head: Head,
    tokens: list[Token],
    found: list[Count],
    earlier: list[Count],
) -> tuple[str, Count | None]:
    """How a figure hangs on an earlier one."""
    previous = found[-1] if found else (earlier[-1] if earlier else None)
    if previous is None:
        return "", None
    first = figure.first
    window = [token.low for token in tokens[max(0, first - 6) : first]]
    last = window[-1] if window else ""
    pair = " ".join(window[-2:])
    if not found and head.kind != "pronoun" and not _opens_with_them(tokens, first):
        return "", None
    if last in {"including", "included", "includes"} or pair in {"including at", "among them"}:
        return "part", previous
    if "whom" in window[-5:] or "them" in window[-4:] or head.kind == "pronoun":
        return "part", previous
    if "these" in window[-4:] and {"of", "among"} & set(window[-5:]):
        return "part", previous
    if pair in {"up from", "down from", "compared to", "compared with"} or last in {
        "against",
        "versus",
    }:
        return "prior", previous
    if last == "(" and head.kind in {"people", "bare"} and found:
        return "same", previous
    if not found:
        return "", None
    if last in {",", "and", ";", "or", "but", "while", "/"} or (
        last in {"another", "further"} and figure.first - previous.head.end < 4
    ):
        if previous.tie == "part" and last in {",", "and"} and previous.tied_to is not None:
            between = tokens[previous.head.end : first]
            if len(between) <= 6 and not any("verb" in token.classes for token in between):
                return "part", previous.tied_to
        return "list", previous
    return "", previous


def _opens_with_them(tokens: list[Token], first: int) -> bool:
    """As in "Among them were 10", "Of these, 5.9 million", "They included seven"."""
    opening = {token.low for token in tokens[:first]}
    return first <= 6 and bool(
        (opening & {"among", "amongst", "of"} and opening & {"them", "these", "those"})
        or (opening & {"they", "these", "those"} and opening & {"included", "include", "includes"})
    )


def _inherits(
    verdict: Verdict, tie: str, head: Head, figure: Figure, tied_to: Count, signs: Signs
) -> bool:
    """Whether the figure has the measure of the one it hangs on rather than one of its own."""
    if tie not in {"part", "list", "prior", "same"}:
        return False
    own = verdict.cost
    sign = verdict.sign
    if sign is not None and sign.first >= head.end and own <= 1.3:
        return False  # a verb or a state of its own
    if sign is not None and tied_to.head.end <= sign.first < figure.first and own <= 1.6:
        return False  # between the two
    if tie == "list":
        return own > 1.6 or (sign is not None and sign.first < tied_to.figure.first)
    return own > 0.8


def _predicate_unit(end: int, tokens: list[Token], lexicon: Lexicon) -> tuple[str, str]:
    """The unit that "were children" after a figure gives it."""
    position = end
    while position < len(tokens) and (
        tokens[position].classes & {"be", "adverb", "auxiliary"}
        or tokens[position].low in {"them", "of", "whom", ",", "(", "reported", "said", "to"}
    ):
        position += 1
    if position < len(tokens) and (position > end):
        hit = lexicon.people.at(tokens, position)
        if hit is not None and hit[1][0].plural and hit[1][0].unit != "homes":
            return hit[1][0].unit, tokens[position].low
    return "people", ""


def _bare(
    figure: Figure,
    verdict: Verdict,
    tie: str,
    tokens: list[Token],
    found: list[Count],
    lexicon: Lexicon,
) -> str | None:
    """Why a number without a noun counts people, or nothing if it does not."""
    after = tokens[figure.last] if figure.last < len(tokens) else None
    ends = (
        after is None
        or after.kind == "sign"
        or bool(
            after.classes & {"preposition", "conjunction", "auxiliary", "modal", "adverb", "be"}
        )
        or after.low in {"more", "others", "other"}
    )
    sign = verdict.sign
    if sign is not None and verdict.measure != "other":
        if sign.first >= figure.last and sign.first - figure.last <= 5 and verdict.cost <= 1.5:
            return f"bare, then {sign.trigger.name}"
        if sign.last <= figure.first and verdict.cost <= 0.8 and ends:
            return f"bare, after {sign.trigger.name}"
    if (
        sign is not None
        and sign.first >= figure.last
        and verdict.cost <= 0.8
        and (figure.kind == "vague" or "be" in helpers_before(tokens, sign.first))
    ):
        return f"bare, then {sign.trigger.name}"
    if figure.kind == "vague" and (figure.low or 0) >= 20:
        follows = after is None or ends or "verb" in after.classes or "maybe_verb" in after.classes
        if follows:
            return "bare plural"
    if tie in {"part", "prior"} and ends:
        return f"bare, tied ({tie})"
    if (
        tie == "list"
        and found
        and found[-1].measure != "other"
        and ends
        and _plain_list(figure, found[-1], tokens)
    ):
        return "bare, in a list"
    if _toll(figure, tokens, lexicon):
        return "bare, a toll"
    return None


def _plain_list(figure: Figure, previous: Count, tokens: list[Token]) -> bool:
    """Whether nothing but places stands between a figure and the one before it in a list."""
    between = tokens[previous.head.end : figure.first]
    return len(between) <= 10 and not any(
        token.classes & {"verb"} and not token.classes & {"preposition"} for token in between
    )


def _toll(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "The death toll rose to 37": a noun for a total, a verb of reaching, the number."""
    words = [token.low for token in tokens[max(0, figure.first - 22) : figure.first]]
    nouns, verbs = lexicon.rejections["toll"], lexicon.rejections["toll_verbs"]
    for distance, word in enumerate(reversed(words)):
        if distance <= 3 and word in verbs:
            return any(earlier in nouns for earlier in words[: len(words) - distance])
        if word in {".", ";"}:
            return False
    return False
