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
from crossings.reports.counted import HARM, Count
from crossings.reports.large import LARGE, large_number
from crossings.reports.lexicon import Lexicon
from crossings.reports.measures import Verdict, measure_of, sign_before
from crossings.reports.nouns import Head, head_of
from crossings.reports.records import Figure, Sentence, Token
from crossings.reports.rejection import rejected
from crossings.reports.signs import Signs
from crossings.reports.ties import tie_of, topic_of
from crossings.reports.tolls import Toll, toll_measure, toll_of

_BEFALLS_RESPONDERS = HARM | {"detained", "displaced", "evacuated"}
"""Measures by which soldiers, police and rescuers are counted too."""


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
    candidates: list[tuple[Figure, Head, bool]] = []
    things = False
    for figure in figures:
        if rejected(figure, sentence, lexicon) is not None:
            continue
        head = head_of(figure, sentence, lexicon)
        if head.name == "which" and _of_places(figure, sentence.tokens, lexicon):
            continue
        if head.kind == "thing" or head.unit == "homes":
            things = things or head.name not in lexicon.sets["hosts, not things"]
        elif head.kind == "pronoun" and not (
            candidates or earlier or _people_named(figure, sentence, before, lexicon)
        ):
            things = True  # "the trains ... two of them"
        elif head.name in {"whom", "those"} or not (
            things
            and ((head.kind == "pronoun" and not candidates) or head.name in {"others", "more"})
        ):
            candidates.append((figure, head, things))
            things = things and head.kind != "people"
    if not candidates:
        return []
    signs = Signs(sentence, lexicon, [figure for figure, _, _ in candidates])
    found: list[Count] = []
    for figure, head, after_things in candidates:
        of_people = (head.kind == "bare" and not after_things) and (
            bool(found or earlier) or _people_named(figure, sentence, before, lexicon)
        )
        count = _count(figure, head, sentence, found, earlier, of_people, signs, lexicon)
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
    of_people: bool,
    signs: Signs,
    lexicon: Lexicon,
) -> Count | None:
    """The count that a figure is, or nothing.

    ``of_people`` says of a bare number that people are spoken of before it and no things counted.
    """
    tokens = sentence.tokens
    verdict = _by_label(figure, head, signs, tokens) or measure_of(figure, head, signs)
    verdict = _by_total(figure, head, verdict, signs, tokens, lexicon)
    tie, tied_to = tie_of(figure, head, tokens, found, earlier, lexicon)
    why = {"number": figure.kind, "noun": f"{head.kind}: {head.name}".rstrip(": ")}
    toll = None
    if head.kind == "bare":
        # The number may continue people counted just before: "3,200 more", "We counted 1,200".
        toll = toll_of(figure, tokens, lexicon)
        reason = bare_reason(
            figure, verdict, tie, tied_to is not None, tokens, found, toll, earlier, lexicon
        )
        if reason is None and of_people and large_number(figure, tokens, lexicon):
            reason = LARGE
        if reason is None:
            return None
        why["noun"] = reason
        of_toll = (
            verdict.sign is not None
            and toll is not None
            and (verdict.sign.first <= toll.verb < verdict.sign.last)
        )
        if toll is not None and (verdict.cost > 0.5 or of_toll):
            verdict = toll_measure(toll, signs, verdict, tokens, lexicon)
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
    if lender is not None and _inherits(verdict, tie, head, figure, lender, sentence, lexicon):
        measure, cost = lender.measure, lender.cost + 0.5
        why["measure"] = f"as the figure before it ({tie}): {lender.figure.text}"
    unit = (
        "people"
        if _joined_units(head, tokens, lexicon)
        else _unit(head, tokens, tie, tied_to, found, toll, lexicon, why)
    )
    if unit == "homes" or (head.responder and measure not in _BEFALLS_RESPONDERS):
        return None
    return Count(figure, sentence, head, unit, measure, cost, tie, tied_to, why, verdict.sign)


def _by_label(figure: Figure, head: Head, signs: Signs, tokens: list[Token]) -> Verdict | None:
    """What a word right before a bare number says, in a row: "deaths 75, injured 59; missing 3"."""
    after = tokens[figure.last].text if figure.last < len(tokens) else "."
    if head.kind != "bare" or after not in {",", ";", ".", ")"}:
        return None
    for sign in signs.found:
        named = sign.trigger.role in {"noun", "state"} and sign.trigger.measure != "other"
        if named and sign.last == figure.first:
            return Verdict(sign.trigger.measure, _LABEL, f"label: {sign.trigger.name}", sign)
    return None


_LABEL = 0.2
"""The price of a measure that stands as a label before a number."""


def _by_total(
    figure: Figure,
    head: Head,
    verdict: Verdict,
    signs: Signs,
    tokens: list[Token],
    lexicon: Lexicon,
) -> Verdict:
    """``verdict``, or what a total says: "the number of registered IDPs amounts to 900 persons"."""
    if head.kind != "people" or head.measure or verdict.measure != "other":
        return verdict
    toll = toll_of(figure, tokens, lexicon)
    if toll is None or not toll.unit:
        return verdict
    return toll_measure(toll, signs, verdict, tokens, lexicon)


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
    named = reason in {LARGE, "bare, the figure of"} and not tie and cost > 1.0
    if (named or reason in {CONTINUED, RESTATED}) and (found or earlier):
        return "row", topic_of(found or earlier)
    if reason in PARTS and not found and earlier and topic_of(earlier).measure != "killed":
        return "part", topic_of(earlier)
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


def _inherits(
    verdict: Verdict,
    tie: str,
    head: Head,
    figure: Figure,
    lender: Count,
    sentence: Sentence,
    lexicon: Lexicon,
) -> bool:
    """Whether the figure has the measure of the one it hangs on rather than one of its own."""
    if not tie:
        return False
    own, sign = verdict.cost, verdict.sign
    if tie == "part" and sign is not None and sign.trigger.role == "subject":
        if lender.measure in _MOVED and sign.trigger.name in lexicon.sets["vague verbs of leaving"]:
            return True  # "2,614 were returned, of whom 1,988 left voluntarily"
        if verdict.measure == "other" and lender.measure != "other":
            return True
    if tie == "part" and (lender.measure, verdict.measure) in _SPECIFIED:
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


_SPECIFIED = {
    ("displaced", "refugees_hosted"),
    ("killed", "other"),
    ("injured", "other"),
}
"""Measures of a whole and what a sign says of a part that stays part of it: of the displaced whom a
zone hosts, of the dead who were hit by rockets."""
_MOVED = {"returned", "evacuated", "crossed", "arrived"}


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
