"""Figures that do not go together, found by comparison and never stored.

A count that grows is no disagreement: 1,050 at 22:00 and 1,510 at midnight are one story. So
figures are compared by what they count:

- running totals (``cumulative``) contradict each other where the total would have to fall; tolls of
  killed and injured also where different numbers are given for the same moment or day;
- people present and flows: different numbers for the same hour or day;
- ``population``, which hardly moves: different numbers, whatever the date.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from crossings.situation.records import Claim
from crossings.situation.times import day_edge

CASUALTIES = frozenset({"killed", "injured", "wounded", "missing", "died", "dead"})
"""Measures of harm to people: a day's tolls by different sources are not one growing count."""

ROUNDING = 0.02
"""Figures closer than this share of the larger one are taken for the same number, rounded."""

NOT_COMPARED = frozenset({"share", "other"})
"""Measures under which different things stand: what exactly is counted is told in words only."""

Quantity = tuple[str, str, str, str, str]
"""Measure, counting, unit, place and origin."""

_HOUR = dt.timedelta(hours=1)


@dataclasses.dataclass(frozen=True)
class Disagreement:
    """Claims of one quantity with different numbers, smallest first."""

    claims: tuple[Claim, ...]

    @property
    def quantity(self) -> Quantity:
        """Measure, counting, unit, place and origin, which the claims share."""
        return quantity(self.claims[0])


def disagreements(claims: Iterable[Claim], zone: ZoneInfo) -> tuple[Disagreement, ...]:
    """Groups of claims that do not go together, in the order in which they first appear.

    Plans, forecasts, rejected claims and claims without a number or a time are not compared. Only
    pass what was public together: ``situation.as_of(t).claims``.
    """
    quantities: dict[tuple[str, ...], list[Claim]] = {}
    for claim in claims:
        if comparable(claim):
            quantities.setdefault(quantity(claim), []).append(claim)
    found = []
    for group in quantities.values():
        found.extend(_components(group, zone))
    return tuple(found)


def contradict(a: Claim, b: Claim, zone: ZoneInfo) -> bool:
    """Whether two claims of one quantity cannot both be right, as :func:`disagreements` sees it.

    What "at least" and "at most" leave open is respected: "at least 209" does not contradict 224.
    """
    if quantity(a) != quantity(b) or not (comparable(a) and comparable(b)):
        return False
    open_ended = _overlap(a, b)
    return not open_ended and differ(a, b) and _clash(a, b, zone)


def _overlap(a: Claim, b: Claim) -> bool:
    low = max(a.low if a.low is not None else 0.0, b.low if b.low is not None else 0.0)
    ends = [claim.high for claim in (a, b) if claim.high is not None]
    return not ends or low <= min(ends)


def comparable(claim: Claim) -> bool:
    """Whether a claim states a count of now that can be held against others."""
    told = claim.status not in ("planned", "forecast") and claim.review != "rejected"
    complete = claim.value is not None and claim.as_of is not None
    return told and complete and claim.measure not in NOT_COMPARED


def quantity(claim: Claim) -> Quantity:
    """What a claim counts: measure, counting, unit, place and origin."""
    return (claim.measure, claim.counting, claim.unit, claim.place, claim.origin)


def _components(claims: list[Claim], zone: ZoneInfo) -> list[Disagreement]:
    """The connected groups of claims that disagree in pairs."""
    group_of = {claim.id: {claim.id} for claim in claims}
    by_id = {claim.id: claim for claim in claims}
    for i, a in enumerate(claims):
        for b in claims[i + 1 :]:
            if group_of[a.id] is not group_of[b.id] and differ(a, b) and _clash(a, b, zone):
                merged = group_of[a.id] | group_of[b.id]
                for member in merged:
                    group_of[member] = merged
    found = []
    seen: set[str] = set()
    for claim in claims:
        group = group_of[claim.id]
        if len(group) > 1 and claim.id not in seen:
            seen |= group
            rows = sorted((by_id[i] for i in group), key=lambda c: (c.value or 0, c.id))
            found.append(Disagreement(tuple(rows)))
    return found


def differ(a: Claim, b: Claim) -> bool:
    """Whether the stated numbers are different, rounding and stated ranges allowed for."""
    low_a, high_a = _bounds(a)
    low_b, high_b = _bounds(b)
    gap = max(low_a, low_b) - min(high_a, high_b)
    return gap > ROUNDING * max(high_a, high_b)


def _bounds(claim: Claim) -> tuple[float, float]:
    """The numbers as spoken: an open end counts as the number that was said."""
    number = claim.value or 0.0
    low = claim.low if claim.low is not None else number
    return low, claim.high if claim.high is not None else number


def _clash(a: Claim, b: Claim, zone: ZoneInfo) -> bool:
    if a.measure == "population":
        return True
    if (a.status == "historical") != (b.status == "historical"):
        return False  # how it was before the crisis is no rival of how it is now
    if a.counting == "cumulative":
        if a.measure in CASUALTIES and a.as_of == b.as_of:
            return True
        low, high = sorted((a, b), key=lambda c: c.value or 0.0)
        # The higher total must be able to come after the lower one.
        return _period(high, zone)[1] <= _period(low, zone)[0]
    start_a, end_a = _period(a, zone)
    start_b, end_b = _period(b, zone)
    moments = start_a == end_a and start_b == end_b
    return max(start_a, start_b) - min(end_a, end_b) <= (_HOUR if moments else dt.timedelta())


def _period(claim: Claim, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """When the figure may have held: a moment, or the whole day where only the day is known."""
    end = claim.as_of
    assert end is not None  # claims without a time are not compared
    if claim.as_of_precision.startswith(("exact", "hour", "minute", "approx")):
        return end, end
    day = end.astimezone(zone).date()
    return day_edge(day, zone, "start"), day_edge(day, zone, "end")
