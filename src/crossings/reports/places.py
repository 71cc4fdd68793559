"""Stage 8b: where it happened, and where people came from.

For each figure the place that suits its measure and lies nearest wins; without one, the last place
of the text before it.
"""

from __future__ import annotations

from crossings.reports.counted import HARM, Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.mentions import Mention, span_text
from crossings.reports.names import is_capital
from crossings.reports.records import Token

_COMES = {"arrived", "crossed", "returned"}
_MOVES = {"fled", "crossed", "arrived", "returned", "evacuated", "sheltered"}

# How well a tie suits a measure: smaller is better.
_TIE_NAMES = ("at", "to", "reached", "subject", "from", "left", "of", "bare", "label")
_TIES = {
    kind: dict(zip(_TIE_NAMES, costs, strict=True))
    for kind, costs in {
        "moves": (0.5, 0.0, 0.3, 0.9, 2.2, 2.0, 1.6, 2.2, 0.0),
        "returns": (0.5, 0.0, 0.0, 9.0, 9.0, 9.0, 1.6, 3.0, 0.0),
        "comes": (0.5, 0.0, 0.3, 0.9, 9.0, 9.0, 1.6, 2.2, 0.0),
        "static": (0.0, 1.6, 1.0, 1.2, 4.0, 3.0, 1.2, 1.8, 0.0),
        "displaced": (0.0, 0.5, 0.6, 1.5, 0.3, 0.3, 1.0, 1.8, 0.0),
        "hosted": (0.0, 0.7, 0.8, 0.0, 4.0, 4.0, 1.2, 1.4, 0.0),
    }.items()
}


def tie_cost(count: Count, mention: Mention) -> float | None:
    """How badly a place of the figure's own sentence suits it: less is better, None not at all."""
    kind = kind_of_count(count)
    figure, tokens = count.figure, count.sentence.tokens
    after = mention.first >= count.head.end
    if mention.tie == "told" or (mention.tie in {"subject", "label"} and after):
        return None
    if mention.tie == "from" and kind == "static" and 0 <= mention.first - count.head.end <= 2:
        return None  # "a soldier from Rwanda was killed"
    if mention.tie in {"subject", "bare"} and _acts(count, mention, tokens):
        return None
    if after and mention.tie == "bare" and _has_verb(mention, tokens):
        return None
    cost = _TIES[kind].get(mention.tie, 2.0) + (0.0 if mention.named else 1.0)
    if kind == "hosted" and mention.tie == "subject" and count.sign is not None:
        cost -= _HOST if mention.last <= count.sign.first else 0.0
    if mention.of_speaker:
        cost += 2 * _OF_SPEAKER if count.measure in _COMES else _OF_SPEAKER
    cost += _WAY if tokens[mention.first].low in {"road", "route", "highway"} else 0.0
    return cost + _distance(figure.first, count.head.end, mention, tokens)


_HOST = 0.5
_OF_SPEAKER = 1.2
_WAY = 0.8


def kind_of(measure: str) -> str:
    """The kind of a measure by where its place stands: moves, static, hosted ..."""
    if measure == "returned":
        return "returns"
    if measure in _COMES:
        return "comes"
    if measure in _MOVES:
        return "moves"
    if measure in {"refugees_hosted", "in_need", "other"}:
        return "hosted"
    return "displaced" if measure == "displaced" else "static"


def kind_of_count(count: Count) -> str:
    """The kind of a figure: hosted where that is what was said, whatever its measure."""
    hosted = count.sign is not None and count.sign.trigger.measure == "refugees_hosted"
    return "hosted" if hosted else kind_of(count.measure)


def _has_verb(mention: Mention, tokens: list[Token]) -> bool:
    """Whether a name is the subject of a clause of its own: "since Hungary sealed its fence"."""
    return mention.last < len(tokens) and bool(
        tokens[mention.last].classes & {"verb", "be", "have", "modal"}
    )


def _acts(count: Count, mention: Mention, tokens: list[Token]) -> bool:
    """Whether a country is who kills: it is not where, then."""
    harmed = count.measure in HARM
    return harmed and mention.last < len(tokens) and "verb" in tokens[mention.last].classes


_OTHER_CLAUSE = {"while", "whereas", "but"}


def _distance(first: int, end: int, mention: Mention, tokens: list[Token]) -> float:
    """What lies between a figure and a place: tokens, commas, other numbers."""
    if mention.first >= end:
        between = tokens[end : mention.first]
        cost = 0.0
    else:
        between = tokens[mention.last : first]
        cost = 0.25 if mention.first <= 2 else 0.35
        if mention.tie not in {"label", "subject"} and any(
            token.kind == "number" for token in tokens[max(0, mention.first - 6) : mention.first]
        ):
            cost += 0.6  # it belongs to the figure before it
    signs = sum(token.text in {",", ";", "(", ")"} for token in between)
    numbers = sum(token.kind == "number" for token in between)
    signs += 14 * sum(token.text == ";" or token.low in _OTHER_CLAUSE for token in between)
    return cost + 0.06 * len(between) + 0.2 * signs + 0.8 * numbers


def of_nation(count: Count, lexicon: Lexicon) -> str | None:
    """The country of those counted, for people who stayed: "assisted 331,000 Haitians"."""
    if count.measure in _MOVES | {"refugees_hosted"}:
        return None
    for token in count.sentence.tokens[count.figure.last : count.head.end]:
        if token.low in lexicon.countries and is_capital(token):
            return lexicon.countries[token.low]
    return None


def residence_of(count: Count, lexicon: Lexicon) -> Mention | None:
    """The place in the noun phrase itself: "100 Nordegg residents"."""
    tokens = count.sentence.tokens
    if count.head.name.split(" ")[-1] not in lexicon.sets["residents"]:
        return None
    first = count.figure.last
    last = first
    while last < count.head.end and is_capital(tokens[last]):
        last += 1
    if last == first or "nationality" in tokens[first].classes:
        return None
    return Mention(first, last, span_text(count.sentence, first, last), "at", True)
