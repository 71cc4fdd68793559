"""Stage 10b: what a figure counts and what it rests on.

The counting (cumulative, stock, flow) and the basis, from the phrases of ``standing.toml``.
"""

from __future__ import annotations

from crossings.reports.counted import Count
from crossings.reports.phrased import Phrased
from crossings.reports.records import ReadClaim

_STOCKS = {"sheltered", "refugees_hosted", "in_need", "missing"}


def counting_of(count: Count, claim: ReadClaim, phrased: Phrased) -> tuple[str, str]:
    """What the figure counts: since the start, present now, or in a period."""
    first, last = phrased.clause(count)
    for name in ("cumulative", "flow", "stock"):
        phrase = phrased.hit(name, first, last, count)
        if phrase is not None and not (name == "flow" and claim.measure in _STOCKS):
            if name == "cumulative" and claim.measure in _STOCKS:
                continue
            return name, phrase
    if claim.measure in _STOCKS:
        return "stock", f"{claim.measure} is a state"
    return "cumulative", "no period named"


def basis_of(count: Count, claim: ReadClaim, phrased: Phrased) -> tuple[str, str]:
    """What the figure rests on."""
    tokens = count.sentence.tokens
    if claim.status in {"planned", "forecast"}:
        phrase = phrased.hit("on intention", 0, len(tokens), count)
        return ("intention", phrase) if phrase else ("planning", f"status {claim.status}")
    near = (max(0, count.figure.first - 14), count.head.end + 14)
    for name in ("registration", "eyewitness", "planning"):
        phrase = phrased.hit(f"on {name}", *near, count)
        if phrase is not None:
            return name, phrase
    if claim.qualifier in {"approx", "vague", "range"}:
        return "estimate", f"qualifier {claim.qualifier}"
    phrase = phrased.hit("on estimate", *near, count)
    if phrase in {"estimate", "estimates", "estimated", "estimating", "projection"}:
        return "estimate", phrase
    return "count", "an exact figure"
