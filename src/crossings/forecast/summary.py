"""The few numbers of an outlook that people act on, at the times they think in.

Everything that shows or stores a forecast takes its ranges from here, so that the page, the
terminal and the files never differ.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

from crossings.forecast.outlook import Outlook

PLAN_LEVEL = 0.9
"""The quantile behind "plan for": enough in 9 of 10 cases."""

_LEVELS = (0.05, 0.25, 0.5, 0.75, PLAN_LEVEL, 0.95)


@dataclasses.dataclass(frozen=True)
class Range:
    """What is expected at one moment, in people: median, central 50 % and 90 %, and "plan for"."""

    time: dt.datetime
    median: float
    low50: float
    high50: float
    low90: float
    high90: float
    plan_for: float


@dataclasses.dataclass(frozen=True)
class Headline:
    """The one range that stands first: a target at a place at the end of the horizon."""

    target: str
    place: str
    range: Range


def ranges(outlook: Outlook, target: str, place: str = "all") -> tuple[Range, ...]:
    """The ranges of one target at one place, one for each forecast time.

    Raises:
        KeyError: there is no such target or place.
    """
    table = outlook.quantiles(target, place, _LEVELS)
    return tuple(
        Range(time, float(q[2]), float(q[1]), float(q[3]), float(q[0]), float(q[5]), float(q[4]))
        for time, q in zip(outlook.times, table, strict=True)
    )


def headline(outlook: Outlook) -> Headline:
    """The first target at the end, all places together (or the first place if none is ``all``).

    Raises:
        ValueError: the outlook has no target, place or time.
    """
    if not outlook.targets or not outlook.places or not outlook.times:
        raise ValueError("an outlook without a target, a place or a time has no headline")
    place = "all" if "all" in outlook.places else outlook.places[0]
    target = outlook.targets[0]
    return Headline(target, place, ranges(outlook, target, place)[-1])


def day_ends(outlook: Outlook) -> tuple[int, ...]:
    """Positions of the last forecast time of each day in the outlook's zone, in order.

    A time of exactly 00:00 closes the day before.
    """
    zone = ZoneInfo(outlook.time_zone)
    last: dict[dt.date, int] = {}
    for i, time in enumerate(outlook.times):
        last[(time.astimezone(zone) - dt.timedelta(seconds=1)).date()] = i
    return tuple(sorted(last.values()))
