"""Stage 10: how a figure stands to time and to other figures.

Its status as spoken (forecast, planned, uncertain, prior, historical), what it counts (cumulative,
stock, flow), what it rests on (basis), the figure it is part of and the figure it repeats.
"""

from __future__ import annotations

import datetime as dt

from crossings.reports.counted import Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.phrases import Phrases
from crossings.reports.records import ReadClaim, Token
from crossings.reports.times import When

_OLD = dt.timedelta(days=60)
_STOCKS = {"sheltered", "refugees_hosted", "in_need", "missing"}
_PLANNABLE = {"other", "evacuated", "returned", "in_need", "sheltered", "refugees_hosted"}


def _hit(
    phrases: Phrases[str], tokens: list[Token], first: int, last: int, count: Count
) -> str | None:
    """The phrase of a table that stands nearest to the figure within a token span."""
    best: tuple[int, str] | None = None
    for position in range(max(0, first), min(last, len(tokens))):
        found = phrases.at(tokens, position)
        if found is not None:
            away = abs(position - count.figure.first)
            if best is None or away < best[0]:
                best = away, found[1][0]
    return best[1] if best else None


def status_of(
    count: Count, when: When | None, published: dt.date | None, lexicon: Lexicon
) -> tuple[str, str]:
    """The status as spoken, and why."""
    tokens = count.sentence.tokens
    first, last = _clause(tokens, count)
    tables = lexicon.status
    if count.tie == "prior" or (
        count.figure.first >= 2
        and _hit(tables["prior"], tokens, count.figure.first - 3, count.figure.first, count)
    ):
        return "prior", "an earlier value of the same figure"
    if _hit(tables["uncertain"], tokens, first, last, count):
        return "uncertain", _hit(tables["uncertain"], tokens, first, last, count) or ""
    planned = _hit(tables["planned"], tokens, first, count.head.end + 10, count)
    foreseen = _hit(tables["forecast"], tokens, first, min(last, count.head.end + 10), count)
    if (
        planned
        and (count.measure in _PLANNABLE or not foreseen)
        and _governs(planned, count, tokens)
    ):
        return "planned", planned
    if foreseen:
        return "forecast", foreseen
    dated = when is not None and published is not None and not when.running
    if dated and when is not None and published is not None and when.day < published - _OLD:
        return "historical", f"{when.day.isoformat()} is long before publication"
    if _hit(tables["historical"], tokens, first, last, count):
        return "historical", "an earlier event"
    return "reported", ""


def _governs(phrase: str, count: Count, tokens: list[Token]) -> bool:
    """Whether a phrase of planning stands before the figure, or right after its noun."""
    start = max(0, count.figure.first - 18)
    before = " ".join(token.low for token in tokens[start : count.figure.first])
    after = " ".join(token.low for token in tokens[count.head.end : count.head.end + 8])
    return phrase in before or phrase in after


def _clause(tokens: list[Token], count: Count) -> tuple[int, int]:
    """The clause of a figure: between semicolons, quotation marks and conjunctions with a comma."""
    first = count.figure.first
    while first > 0 and not _bounds_clause(tokens, first - 1):
        first -= 1
    last = count.head.end
    while last < len(tokens) and not _bounds_clause(tokens, last):
        last += 1
    return first, last


def _bounds_clause(tokens: list[Token], position: int) -> bool:
    token = tokens[position]
    if token.text in {";", ":", "(", ")"}:
        return True
    return (
        token.text == ","
        and position + 1 < len(tokens)
        and bool(tokens[position + 1].classes & {"conjunction", "clause_word"})
    )


def counting_of(count: Count, claim: ReadClaim, lexicon: Lexicon) -> tuple[str, str]:
    """What the figure counts: since the start, present now, or in a period."""
    tokens = count.sentence.tokens
    first, last = _clause(tokens, count)
    for name in ("cumulative", "flow", "stock"):
        phrase = _hit(lexicon.counting[name], tokens, first, last, count)
        if phrase is not None and not (name == "flow" and claim.measure in _STOCKS):
            if name == "cumulative" and claim.measure in _STOCKS:
                continue
            return name, phrase
    if claim.measure in _STOCKS:
        return "stock", f"{claim.measure} is a state"
    return "cumulative", "no period named"


def basis_of(count: Count, claim: ReadClaim, lexicon: Lexicon) -> tuple[str, str]:
    """What the figure rests on."""
    tokens = count.sentence.tokens
    if claim.status in {"planned", "forecast"}:
        phrase = _hit(lexicon.basis["intention"], tokens, 0, len(tokens), count)
        return ("intention", phrase) if phrase else ("planning", f"status {claim.status}")
    near = (max(0, count.figure.first - 14), count.head.end + 14)
    for name in ("registration", "eyewitness", "planning"):
        phrase = _hit(lexicon.basis[name], tokens, *near, count)
        if phrase is not None:
            return name, phrase
    if claim.qualifier in {"approx", "vague", "range"}:
        return "estimate", f"qualifier {claim.qualifier}"
    phrase = _hit(lexicon.basis["estimate"], tokens, *near, count)
    if phrase in {"estimate", "estimates", "estimated", "estimating", "projection"}:
        return "estimate", phrase
    return "count", "an exact figure"


def tie_claims(claims: list[ReadClaim], counts: list[Count]) -> None:
    """Set ``part_of`` and ``same_group_as``."""
    index = {id(count): number for number, count in enumerate(counts)}
    for number, (claim, count) in enumerate(zip(claims, counts, strict=True)):
        if count.tied_to is None:
            continue
        other = index[id(count.tied_to)]
        if count.tie == "part" and _smaller(claim, claims[other]):
            claim.part_of = other
            claim.why["part_of"] = f"part of {claims[other].figure_text}"
        elif count.tie == "same" and claim.unit != claims[other].unit:
            claim.same_group_as = other
        elif count.tie == "same" and number:
            claim.part_of = other if _smaller(claim, claims[other]) else None


def _smaller(part: ReadClaim, whole: ReadClaim) -> bool:
    mine = part.low if part.low is not None else part.high
    total = whole.high if whole.high is not None else None
    return mine is None or total is None or mine <= total
