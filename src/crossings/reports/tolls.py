"""Totals: "the death toll rose to 37", "the number of displaced people has reached 2.2 million".

A number that follows a noun for a total and a verb of reaching counts what the noun says: the
people after "number of", or the dead of a death toll.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossings.reports.lexicon import Lexicon
from crossings.reports.measures import GIVES_WAY, Verdict, measure_by_name
from crossings.reports.records import Figure, Token
from crossings.reports.signs import Signs
from crossings.reports.tokens import low_at

_REACH = 26
_NEAR = 5
"""How many tokens may stand between the verb of reaching and the number."""
_NAMED = 1.0
"""The price of a measure that only a noun tells, in "the number of registered IDPs"."""


@dataclass(slots=True)
class Toll:
    """The total that a number states: its noun as token index, the verb, the unit counted."""

    noun: int
    verb: int
    name: str
    unit: str


def toll_of(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> Toll | None:
    """The total that ``figure`` states, or nothing."""
    verb = _verb_before(figure.first, tokens, lexicon)
    if verb is None:
        return None
    put = _people_put_at(figure.first, tokens, lexicon)
    if put is not None:
        return put
    nouns, general = lexicon.rejections["toll"], lexicon.rejections["toll_general"]
    nearest: Toll | None = None
    skipped = figure.first
    for position in range(verb, max(-1, figure.first - _REACH), -1):
        token = tokens[position]
        if position >= skipped:
            continue
        participle = position == verb - 1 and tokens[verb].low.endswith("ing")
        ends = token.text in {".", ";", ":"} or token.low == "while"
        if position != verb and (ends or (token.text == "," and not participle)):
            opening = None if ends else _aside_before(tokens, position, verb, lexicon)
            if opening is None:
                break
            skipped = opening
            continue
        if token.low in general:
            counted = people_counted(tokens, position + 1, verb, lexicon)
            if counted is not None:
                return Toll(position, verb, token.low, counted)
            return None if low_at(tokens, position + 1) == "of" else nearest
        if token.low in nouns and nearest is None:
            nearest = Toll(position, verb, token.low, "")
    return nearest


_ASIDE = 9
"""The longest aside between a total and its verb, in tokens."""


def _aside_before(tokens: list[Token], comma: int, verb: int, lexicon: Lexicon) -> int | None:
    """Where to go on behind a comma: past an aside, or from one: "the list, first put at 410"."""
    told = tokens[comma + 1 : verb]
    if told and all("adverb" in t.classes or t.low in lexicon.sets["first put"] for t in told):
        return comma
    for opening in range(comma - 1, max(-1, comma - _ASIDE), -1):
        if tokens[opening].text == ",":
            return opening
        if tokens[opening].classes & {"be", "have", "modal"}:
            return None
    return None


def _people_put_at(first: int, tokens: list[Token], lexicon: Lexicon) -> Toll | None:
    """As in "the authority put the inmates on Wednesday at 1.7 lakh"."""
    if tokens[first - 1].low in lexicon.sets["numbering"]:
        for position in range(first - 2, max(-1, first - 12), -1):
            hit = lexicon.people.at(tokens, position)
            if hit is not None and hit[1][0].plural and hit[1][0].unit != "homes":
                return Toll(position, first - 1, tokens[position].low, hit[1][0].unit)
            if tokens[position].text in {",", ";", ":"}:
                return None
    if tokens[first - 1].low != "at":
        return None
    for verb in range(first - 2, max(-1, first - 12), -1):
        if tokens[verb].low in {"put", "puts", "putting", "placed", "estimates", "estimated"}:
            for position in range(verb + 1, min(verb + 5, first)):
                hit = lexicon.people.at(tokens, position)
                if hit is not None and hit[1][0].plural and hit[1][0].unit != "homes":
                    return Toll(position, first - 1, tokens[position].low, hit[1][0].unit)
                if tokens[position].low == "those" and tokens[position + 1].kind == "word":
                    return Toll(position, first - 1, "those", "people")
            return None
    return None


def _verb_before(first: int, tokens: list[Token], lexicon: Lexicon) -> int | None:
    verbs = lexicon.rejections["toll_verbs"]
    for position in range(first - 1, max(-1, first - _NEAR - 1), -1):
        token = tokens[position]
        if token.low in verbs:
            return position
        if token.kind == "number" or token.text in {".", ";", "(", ")"}:
            return None
    return None


def people_counted(tokens: list[Token], start: int, end: int, lexicon: Lexicon) -> str | None:
    """The unit of the people whose number it is: "number of migrant families"."""
    for position in range(start, min(end, start + 8)):
        hit = lexicon.people.at(tokens, position)
        if hit is not None and hit[1][0].plural:
            return hit[1][0].unit
        token = tokens[position]
        if token.low in {"those", "who"} or (
            position == start and "verb" in token.classes and token.low.endswith(("ed", "en", "ad"))
        ):
            return "people"
        if "thing" in token.classes or (token.low.endswith("s") and len(token.low) > 4):
            if not token.classes and token.low not in lexicon.rejections["toll"]:
                return None
            if "thing" in token.classes:
                return None
    return None


def toll_measure(
    toll: Toll, signs: Signs, verdict: Verdict, tokens: list[Token], lexicon: Lexicon
) -> Verdict:
    """The measure of a total: the sign nearest to its noun, or what its people are by name."""
    best: Verdict | None = None
    named = measure_by_name(tokens[toll.noun : toll.verb], lexicon)
    if named:
        best = Verdict(named, _NAMED, f"total of people who are {named} by name")
    for sign in signs.found:
        if sign.first > toll.verb:
            break
        if sign.trigger.heads or sign.trigger.voice:
            continue
        away = abs(sign.first - toll.noun)
        cost = 0.4 + sign.trigger.cost + 0.03 * away + GIVES_WAY.get(sign.trigger.measure, 0.0)
        if sign.last > toll.noun - 3 and (best is None or cost < best.cost):
            best = Verdict(sign.trigger.measure, cost, f"total: {sign.trigger.name}", sign)
    return best or verdict
