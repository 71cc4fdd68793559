"""Which figures count people, with their noun, their measure and their tie to earlier figures.

The stages for one sentence, in order: rejection, head noun, measure, ties (part of, in a list with,
compared to an earlier figure), and the decision whether a number without a noun counts people.
"""

from __future__ import annotations

from crossings.reports.bare import (
    BRACKETED,
    CONTINUED,
    PARTS,
    RESTATED,
    bare_reason,
    noun_before,
)
from crossings.reports.counted import Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.measures import Verdict, measure_of, sign_before
from crossings.reports.nouns import Head, head_of
from crossings.reports.records import Figure, Sentence, Token
from crossings.reports.rejection import rejected
from crossings.reports.signs import Signs
from crossings.reports.tolls import Toll, toll_measure, toll_of

_HARM = {"killed", "injured", "missing", "detained", "displaced", "evacuated"}


def counts_of(
    sentence: Sentence,
    figures: list[Figure],
    earlier: list[Count],
    lexicon: Lexicon,
    before: Sentence | None = None,
) -> list[Count]:
    """The figures of a sentence that count people.

    ``earlier`` are those of the text before it, ``before`` is the sentence before it.
    """
    candidates: list[tuple[Figure, Head]] = []
    things = False
    for figure in figures:
        if rejected(figure, sentence, lexicon) is not None:
            continue
        head = head_of(figure, sentence, lexicon)
        if head.name == "which" and _of_places(figure, sentence.tokens, lexicon):
            continue
        if head.kind == "thing" or head.unit == "homes":
            things = True
        elif head.kind == "pronoun" and not (
            candidates or earlier or _people_named(figure, sentence, before, lexicon)
        ):
            things = True  # "the trains ... two of them"
        elif head.name in {"whom", "those"} or not (
            things
            and ((head.kind == "pronoun" and not candidates) or head.name in {"others", "more"})
        ):
            candidates.append((figure, head))
            things = things and head.kind != "people"
    if not candidates:
        return []
    signs = Signs(sentence, lexicon, [figure for figure, _ in candidates])
    found: list[Count] = []
    for figure, head in candidates:
        count = _count(figure, head, sentence, found, earlier, signs, lexicon)
        if count is not None:
            found.append(count)
    return found


def _of_places(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "in 867 shelters, 643 of which are full": of the places named right before."""
    noun = figure.first - 2
    if noun < 0 or tokens[noun + 1].text not in {",", "("}:
        return False
    return tokens[noun].low in lexicon.places.nouns and not lexicon.people.at(tokens, noun)


def _people_named(
    figure: Figure, sentence: Sentence, before: Sentence | None, lexicon: Lexicon
) -> bool:
    """Whether people are spoken of before a figure, whom "of them" can mean."""
    if lexicon.people.find(sentence.tokens[: figure.first]):
        return True
    return before is not None and bool(lexicon.people.find(before.tokens))


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
    toll = None
    if head.kind == "bare":
        # The number may continue people counted just before: "3,200 more", "We counted 1,200".
        toll = toll_of(figure, tokens, lexicon)
        reason = bare_reason(
            figure, verdict, tie, tied_to is not None, tokens, found, toll, earlier, lexicon
        )
        if reason is None:
            return None
        why["noun"] = reason
        of_toll = (
            verdict.sign is not None
            and toll is not None
            and (verdict.sign.first <= toll.verb < verdict.sign.last)
        )
        if toll is not None and (verdict.cost > 0.5 or of_toll):
            verdict = toll_measure(toll, signs, verdict)
        tie, tied_to = _tie_by_reason(reason, verdict.cost, tie, tied_to, found, earlier)
        if tie == "row":
            verdict = Verdict("other", 1.9, reason)
        if reason == BRACKETED:
            verdict = noun_before(figure, tokens, lexicon) or verdict
    if head.kind == "pronoun" and tied_to is None and verdict.sign is None:
        verdict = sign_before(figure, signs) or verdict
    if verdict.sign is None and not head.measure and _labelled(figure, tokens):
        verdict = noun_before(figure, tokens, lexicon) or verdict
    why["measure"] = verdict.why
    measure, cost = verdict.measure, verdict.cost
    lender = tied_to
    bare_row = lender is None and verdict.sign is None and not head.measure
    if bare_row and found and _same_row(found[-1], figure, tokens):
        tie, lender = "row", found[-1]
    if lender is not None and _inherits(verdict, tie, head, figure, lender, sentence):
        measure, cost = lender.measure, lender.cost + 0.5
        why["measure"] = f"as the figure before it ({tie}): {lender.figure.text}"
    unit = (
        "people"
        if _joined_units(head, tokens, lexicon)
        else _unit(head, tokens, tie, tied_to, found, toll, lexicon, why)
    )
    if unit == "homes" or (head.responder and measure not in _HARM):
        return None
    return Count(figure, sentence, head, unit, measure, cost, tie, tied_to, why, verdict.sign)


def _tie_by_reason(
    reason: str,
    cost: float,
    tie: str,
    tied_to: Count | None,
    found: list[Count],
    earlier: list[Count],
) -> tuple[str, Count | None]:
    """How a number without a noun hangs on an earlier one, by the reason why it counts people."""
    if reason == "bare, a share of those before":
        return "part", found[-1].tied_to if found[-1].why["noun"] == reason else found[-1]
    named = reason == "bare, the figure of" and not tie and cost > 1.0
    if (named or reason in {CONTINUED, RESTATED}) and (found or earlier):
        return "row", _topic(found or earlier)
    if reason in PARTS and not found and earlier and _topic(earlier).measure != "killed":
        return "part", _topic(earlier)
    if reason in PARTS and found and tie not in {"part", "prior"}:
        return "part", found[-1].tied_to if found[-1].tie == "part" else found[-1]
    return tie, tied_to


def _labelled(figure: Figure, tokens: list[Token]) -> bool:
    """Whether a figure stands in a row of a table: after a colon or in brackets."""
    return figure.first > 0 and tokens[figure.first - 1].text in {":", "("}


def _same_row(previous: Count, figure: Figure, tokens: list[Token]) -> bool:
    """Whether a figure may share the measure of the one before it: near, with no verb between."""
    between = tokens[previous.head.end : figure.first]
    return len(between) <= 14 and not any("verb" in token.classes for token in between)


def _joined_units(head: Head, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "500 children and adults": people, of whatever age or sex."""
    if head.unit not in {"children", "women"} or head.end + 1 >= len(tokens):
        return False
    if tokens[head.end].low != "and":
        return False
    hit = lexicon.people.at(tokens, head.end + 1)
    if hit is None or hit[1][0].measure:
        return False  # "81 children and injuries to 108 others"
    return hit[1][0].plural and hit[1][0].unit != head.unit


def _unit(
    head: Head,
    tokens: list[Token],
    tie: str,
    tied_to: Count | None,
    found: list[Count],
    toll: Toll | None,
    lexicon: Lexicon,
    why: dict[str, str],
) -> str:
    """The unit: the noun's, or what is said of them, or that of the figure they hang on."""
    if head.kind == "people" and not head.partitive and head.name not in {"others", "other"}:
        return head.unit
    unit, named = _predicate_unit(head.end, tokens, lexicon)
    if named:
        why["unit"] = f"said of them: {named}"
        return unit
    if toll is not None and toll.unit:
        return toll.unit
    if head.kind == "people" and head.name not in {"others", "other"}:
        return head.unit
    lender = tied_to or (found[-1] if found else None)
    some = tie == "part" and head.kind in {"pronoun", "bare"}
    if some and tied_to is not None and tied_to.unit not in {"families", "households"}:
        return tied_to.unit
    more = head.name in {"more", "others"} or (
        head.kind == "bare"
        and head.end < len(tokens)
        and tokens[head.end].low in {"more", "others"}
    )
    if more and found and found[-1].unit in {"children", "women", "civilians"}:
        return found[-1].unit
    if lender is not None and head.kind == "bare" and lender.unit == "soldiers" and found:
        return lender.unit
    if lender is not None and not found and len(tokens) and tied_to is None:
        return head.unit
    if lender is not None and lender.unit in {"families", "households"}:
        why["unit"] = f"as {lender.figure.text} before it"
        return lender.unit
    return head.unit


def _tie(
    figure: Figure,
    head: Head,
    tokens: list[Token],
    found: list[Count],
    earlier: list[Count],
) -> tuple[str, Count | None]:
    """How a figure hangs on an earlier one."""
    first = figure.first
    if _changes_to(tokens, figure):
        return "prior", found[-1] if found else None
    opening = not found and (
        head.kind == "pronoun" or head.partitive or _opens_with_them(tokens, first)
    )
    previous = found[-1] if found else (_topic(earlier) if earlier else None)
    if previous is None:
        return "", None
    window_all = {token.low for token in tokens[:first]}
    window = [token.low for token in tokens[max(0, first - 6) : first]]
    last = window[-1] if window else ""
    pair = " ".join(window[-2:])
    if not found and (
        last in {"to", "with"} and len(window) < 5 and {"compares", "compared"} & set(window)
    ):
        return "prior", previous
    if not found and last in {"including", "includes"} and _OF_THEM & window_all:
        return "part", previous  # "these deaths had one cause, including 730 children"
    if not found and not opening:
        return "", None
    if (
        opening
        or _after_including(tokens, first, previous)
        or last in {"including", "included", "includes"}
        or _of_them(window, head)
    ):
        own = head.kind == "pronoun" or head.partitive or "whom" in window[-2:]
        if previous.tie == "part" and previous.tied_to and not own and last in {",", "and"}:
            return "part", previous.tied_to  # "fifteen of them Saudi and four Sudanese"
        return "part", previous
    if _shares(tokens, first, previous) and previous.tied_to is not None:
        return "part", previous.tied_to
    if (
        pair in {"up from", "down from", "compared to", "compared with"}
        or last
        in {
            "against",
            "versus",
        }
        or _falls_from(window)
    ):
        return "prior", previous
    if last == "of" and {"peak", "high"} & set(window):
        return "prior", previous
    if last == "(" and head.kind in {"people", "bare"}:
        return "same", previous
    with_place = last in {"with", "'s"} and first > 1 and tokens[first - 2].text[0].isupper()
    if with_place and head.kind == "bare":
        return "list", previous
    named = first > 1 and tokens[first - 1].text[0].isupper() and window[-2:-1] != []
    if named and window[-2] in {",", "and", ";", ":", "while"}:
        return "list", previous  # "Pakistan hosts 1.4 million and Iran 780,000"
    if last in {",", "and", ";", "or", "but", "while", "/"} or (
        tokens[first].low in {"another", "a"} and first - previous.head.end < 4
    ):
        return _list_tie(previous, tokens, first, last)
    return "", None


_OF_THEM = {"these", "those", "them", "they"}


def _shares(tokens: list[Token], first: int, previous: Count) -> bool:
    """As in "Turkey accounts for some 250,000 of them, Lebanon for over 190,000"."""
    named = first > 1 and tokens[first - 1].low == "for" and tokens[first - 2].text[0].isupper()
    return (
        named and previous.tie == "part" and any(token.low in _ACCOUNTS for token in tokens[:first])
    )


def _after_including(tokens: list[Token], first: int, previous: Count) -> bool:
    """As in "including a pregnant woman and three children"."""
    for position in range(first - 1, max(previous.head.end, first - 8) - 1, -1):
        token = tokens[position]
        if token.low in {"including", "except", "among"}:
            return True
        if token.classes & {"verb", "be", "have", "modal"} or token.text in {";", ")", "."}:
            return False
    return False


def _topic(earlier: list[Count]) -> Count:
    """What "them" at the head of a sentence means: the first figure of the sentence before."""
    latest = topic = earlier[-1]
    for count in reversed(earlier):
        if count.sentence is not latest.sentence:
            break
        if count.tie not in {"part", "prior"}:
            topic = count
    return topic


def _of_them(window: list[str], head: Head) -> bool:
    """Whether "of whom", "among them", "of these" stands before the figure."""
    if head.kind == "pronoun" or head.partitive or "whom" in window[-5:]:
        return True
    if window[-2:] == ["of", "which"]:
        return True
    return bool({"of", "among", "amongst"} & set(window[-5:])) and bool(
        {"them", "these", "those"} & set(window[-4:])
    )


def _changes_to(tokens: list[Token], figure: Figure) -> bool:
    """Whether the figure is the first of "risen from 19 to 37"."""
    if not figure.first or tokens[figure.first - 1].low != "from":
        return False
    after = figure.last
    ranged = after + 1 < len(tokens) and tokens[after].low == "to"
    if ranged and tokens[after + 1].kind == "number":
        return True
    before = {token.low for token in tokens[max(0, figure.first - 8) : figure.first]}
    return bool(before & _CHANGED)


def _falls_from(window: list[str]) -> bool:
    """Whether the figure is what another one rose or fell from: "a slight fall on Sunday's"."""
    return bool(_CHANGES & set(window)) and bool({"on", "from"} & set(window[-3:]))


_CHANGED = {
    "dropped", "fallen", "fell", "risen", "rose", "jumped", "climbed", "increased", "decreased",
    "raised", "lowered", "cut", "raises", "lowers",
    "declined", "grown", "grew", "soared", "surged", "down", "up", "revised",
}  # fmt: skip
_ACCOUNTS = {"account", "accounts", "accounted", "accounting"}
_CHANGES = {"fall", "drop", "rise", "increase", "decline", "decrease", "jump", "climb"}


def _list_tie(previous: Count, tokens: list[Token], first: int, last: str) -> tuple[str, Count]:
    """In a list that began with "including", every entry is a part of the same whole."""
    if previous.tie == "part" and last in {",", "and"} and previous.tied_to is not None:
        between = tokens[previous.head.end : first]
        if len(between) <= 14 and not any("be" in token.classes for token in between):
            return "part", previous.tied_to
    return "list", previous


def _opens_with_them(tokens: list[Token], first: int) -> bool:
    """As in "Among them were 10", "Of these, 5.9 million", "They included seven"."""
    opening = {token.low for token in tokens[:first]}
    if first <= 4 and " ".join(token.low for token in tokens[:2]) in _BROKEN_DOWN:
        return True
    return first <= 6 and bool(
        (opening & {"among", "amongst", "of"} and opening & {"them", "these", "those"})
        or (opening & {"they", "these", "those"} and opening & {"included", "include", "includes"})
    )


_BROKEN_DOWN = {"in detail", "broken down", "this includes", "that includes", "these include"}


def _inherits(
    verdict: Verdict, tie: str, head: Head, figure: Figure, lender: Count, sentence: Sentence
) -> bool:
    """Whether the figure has the measure of the one it hangs on rather than one of its own."""
    if not tie:
        return False
    own, sign = verdict.cost, verdict.sign
    if tie == "part" and sign is not None and sign.trigger.role == "subject":
        if lender.measure in _MOVED and sign.trigger.name in _VAGUE_VERBS:
            return True  # "2,614 were returned, of whom 1,988 left voluntarily"
        if verdict.measure == "other" and lender.measure != "other":
            return True
    if tie == "row":
        return lender.measure != "other"
    if sign is not None and lender.sentence is not sentence and own <= 1.6:
        return False
    if sign is not None and sign.first >= head.end and own <= 1.3:
        return False  # a verb or a state of its own
    if sign is not None and lender.head.end <= sign.first < figure.first and own <= 1.6:
        return False  # between the two
    if tie == "list":
        return own > 1.6 or (sign is not None and sign.first < lender.figure.first)
    return own > 0.8 or head.measure in {"displaced", "refugees_hosted"}


_MOVED = {"returned", "evacuated", "crossed", "arrived"}
_VAGUE_VERBS = {"leave", "depart", "come", "go", "travel", "come from", "leave for", "exit"}


def _predicate_unit(end: int, tokens: list[Token], lexicon: Lexicon) -> tuple[str, str]:
    """The unit that "were children" after a figure gives it."""
    position = end
    while position < len(tokens) and (
        tokens[position].classes & {"be", "adverb", "auxiliary", "nationality"}
        or tokens[position].low in {"them", "of", "whom", ",", "(", "reported", "said", "to"}
    ):
        position += 1
    if position < len(tokens):
        if _under_age(tokens, position, lexicon):
            return "children", "under age"
        hit = lexicon.people.at(tokens, position)
        if hit is not None and hit[1][0].plural and hit[1][0].unit != "homes":
            return hit[1][0].unit, tokens[position].low
    return "people", ""


def _under_age(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether "under fifteen", "under the age of 18" stands at a position."""
    if tokens[position].low not in {"under", "below"} or position + 1 >= len(tokens):
        return False
    step = position + 1
    while step < min(len(tokens), position + 4) and tokens[step].low in {"the", "age", "of"}:
        step += 1
    token = tokens[step] if step < len(tokens) else None
    if token is None:
        return False
    value = int(token.text) if token.text.isdecimal() else lexicon.numbers.value(token.low)
    return value is not None and 1 <= value <= 18
