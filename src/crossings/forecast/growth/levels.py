"""The published figures of each series of arrivals: dated levels, without any model of people.

A series is a gate, or all arrivals. What is needed of it to say how it goes on are its last figure,
the pace of its last days and its age; :func:`pace` gives these three.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import NamedTuple

import numpy as np

from crossings.forecast.corridors import Corridors
from crossings.forecast.observation import AT_MOST, RANGE, Evidence, Observation
from crossings.forecast.timeline import opening, shut_spells
from crossings.situation.records import Situation

LONGEST_LEAD = dt.timedelta(days=21)
"""A series starts no longer than this before its first figure."""

SHORTEST = 0.25
"""Days: no pace is taken over less."""

SHORT, LONG = 3.0, 7.0
"""Days over which the two paces of a series are taken."""


class Level(NamedTuple):
    """One published level: people, as of when, and whether it is an estimate."""

    as_of: dt.datetime
    value: float
    estimate: bool


@dataclasses.dataclass(frozen=True)
class Series:
    """The levels of one series in the order of time, and when it stood at nobody.

    ``shut`` are spells in which no way was open. Figures of such days tell nothing of the pace once
    a way is open, so the clock of the series stands still in them.
    """

    start: dt.datetime
    levels: tuple[Level, ...]
    shut: tuple[tuple[dt.datetime, dt.datetime], ...] = ()

    @property
    def last(self) -> Level:
        """The newest level."""
        return self.levels[-1]

    def open_days(self, since: dt.datetime, until: dt.datetime) -> float:
        """Days from one moment to a later one, without those in which no way was open."""
        spells = ((max(begin, since), min(end, until)) for begin, end in self.shut)
        lost = sum(max(0.0, _days(end - begin)) for begin, end in spells)
        return _days(until - since) - lost


class Pace(NamedTuple):
    """What is known of how a series goes on: see :func:`pace`."""

    last: float
    short: float
    long: float
    age: float
    estimate: bool


def published_series(
    evidence: Evidence, situation: Situation, shape: Corridors, issued_at: dt.datetime
) -> dict[int, Series]:
    """The published series by number: the gates, then the number of gates for all arrivals.

    "At least" by an office counts as its level: such words are used of the newest round figure.
    What a witness saw is no level. Of several figures for one moment the largest is taken. With
    several gates the total is carried on by their sum wherever each has a figure within a day.
    """
    seen = {c.id for c in situation.claims if c.basis == "eyewitness"}
    gates = len(shape.gates)
    found: dict[int, dict[dt.datetime, Level]] = {}
    for o in evidence.observations:
        value = _level(o)
        if value is None or o.claim in seen:
            continue
        mine = found.setdefault(gates if gates == 1 else o.series, {})
        if o.as_of not in mine or mine[o.as_of].value < value:
            mine[o.as_of] = Level(o.as_of, value, o.estimate)
    opened = opening(situation, shape, issued_at)
    shut = shut_spells(situation, shape, issued_at)
    parts = {s: _series(levels, opened, shut) for s, levels in found.items() if s < gates}
    total = found.get(gates, {})
    if gates > 1 and len(parts) == gates:
        total = _with_sums(total, list(parts.values()))
    if total:
        parts[gates] = _series(total, opened, shut)
    return parts


def pace(series: Series) -> Pace:
    """The last figure, people a day over the last 3 and 7 days, age in days, whether estimated.

    Days are those in which a way was open.

    Between figures the count is taken to have risen evenly. Where figures fall the pace is none.
    """
    days = np.array(
        [0.0, *(series.open_days(series.start, level.as_of) for level in series.levels)]
    )
    people = np.array([0.0, *(level.value for level in series.levels)])
    age = max(SHORTEST, float(days[-1]))

    def over(window: float) -> float:
        back = max(SHORTEST, min(window, age))
        before = float(np.interp(days[-1] - back, days, people))
        return max(0.0, (float(people[-1]) - before) / back)

    last = series.last
    return Pace(last.value, over(SHORT), over(LONG), age, last.estimate)


def _level(o: Observation) -> float | None:
    """The level that an observation tells; None for flows, upper bounds and other quantities."""
    if o.role != "arrived" or o.period > 0 or o.kind == AT_MOST or o.low <= 0:
        return None
    return 0.5 * (o.low + o.high) if o.kind == RANGE else o.low


def _series(
    levels: dict[dt.datetime, Level],
    opened: dt.datetime,
    shut: tuple[tuple[dt.datetime, dt.datetime], ...],
) -> Series:
    ordered = tuple(sorted(levels.values()))
    first = ordered[0].as_of
    start = max(first - LONGEST_LEAD, min(opened, first - dt.timedelta(days=1)))
    return Series(start, ordered, shut)


def _with_sums(total: dict[dt.datetime, Level], parts: list[Series]) -> dict[dt.datetime, Level]:
    """The levels of all, with the sums of the gates' figures no more than a day apart."""
    found = dict(total)
    for when in sorted({level.as_of for part in parts for level in part.levels}):
        near = [[x for x in p.levels if _near(x.as_of, when)] for p in parts]
        if all(near):
            value = sum(levels[-1].value for levels in near)
            estimate = any(levels[-1].estimate for levels in near)
            if when not in found or found[when].value < value:
                found[when] = Level(when, value, estimate)
    return found


def _near(then: dt.datetime, when: dt.datetime) -> bool:
    return dt.timedelta(0) <= when - then < dt.timedelta(days=1)


def _days(span: dt.timedelta) -> float:
    return span.total_seconds() / 86400.0
