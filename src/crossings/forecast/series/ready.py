"""What the statistical component starts from: the series of one target as known at the issue time.

It is taken where a target has been counted for a month or more (the mechanistic component added
nothing to it on long series, and carries the first weeks), and for imported stocks of camps, which
have no border to simulate. Figures that stop do not hand the forecast back.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

import numpy as np

from crossings.forecast.request import Request
from crossings.forecast.sentences import sentence
from crossings.forecast.series.component import main_target, places_of
from crossings.forecast.series.history import (
    F8,
    Known,
    Series,
    day_number,
    day_of,
    published_series,
)
from crossings.forecast.series.library import Chosen, PastCrisis, chosen
from crossings.forecast.series.margins import left_open
from crossings.forecast.series.rows import FIRST_ISSUE
from crossings.forecast.start import Start, chances, start_of_flow
from crossings.scoring.series_baselines import FEWEST_FIGURES
from crossings.situation.closures import closed_routes
from crossings.situation.records import Claim
from crossings.situation.times import day_edge

NEAR_DAYS = 31
APART = 1.5
"""Sources further apart than this factor are told of, and both enter."""
LEAST_SHARE = 0.1
"""Of members that follow the other source: its level lies inside the 90 % range."""


@dataclasses.dataclass(frozen=True)
class Ready:
    """The series of one target at the issue time, the places first, ``all`` apart."""

    asked: Request
    target: str
    series: dict[str, Series]
    places: dict[str, Series]
    known: dict[str, Known]
    day: int
    ahead: F8
    learnt: Chosen

    @property
    def rising(self) -> bool:
        """Whether the target is a running total."""
        return self.target.endswith(".cumulative")

    @property
    def nobody(self) -> bool:
        """Whether all figures of all sources are 0."""
        counted = any(known.people.any() for known in self.known.values())
        return not counted and not any(_of_others(self, place) for place in self.series)


def readied(asked: Request, learn_from: Sequence[PastCrisis]) -> Ready | None:
    """The series, if this component is to carry them."""
    target = main_target(asked.situation)
    series = published_series(asked.situation, target, asked.include_proposed)
    if not series:
        return None
    places = places_of(series)
    day = day_number(asked.issued_at.astimezone(asked.situation.zone).date())
    known = {place: one.known(day) for place, one in series.items()}
    first = min(one.first for one in series.values())
    enough = any(one.days.size >= FEWEST_FIGURES for one in known.values())
    counted = day - first >= FIRST_ISSUE and enough
    stocks = target.partition(".")[2] == "stock" and asked.situation.tier != "vintage"
    if not counted and not stocks:
        return None
    end = day_edge(day_of(day), asked.situation.zone, "end")
    ahead = np.array([(t - end).total_seconds() / 86400 for t in asked.times])
    return Ready(
        asked,
        target,
        series,
        places,
        known,
        day,
        np.maximum(ahead, 0.0),
        chosen(places, learn_from, asked.situation.id),
    )


def other_source(ready: Ready, place: str) -> tuple[float, float]:
    """Another source's newest figure of the last month, and the share of members that follow it.

    The share is 0 where there is no such figure, or where it lies near the series.
    """
    series, last = ready.series[place], float(ready.known[place].people[-1])
    near = dt.timedelta(days=NEAR_DAYS)
    recent = [c for c in _of_others(ready, place) if ready.asked.issued_at - c.known_at <= near]
    if not recent:
        return last, 0.0
    newest = max(recent, key=lambda c: (c.as_of or c.known_at, c.known_at, c.id))
    level = float(newest.value or 0.0)
    if last / APART < level < last * APART:
        return last, 0.0
    own = int((ready.day - series.public <= NEAR_DAYS).sum())
    return level, min(0.5, max(LEAST_SHARE, len(recent) / (len(recent) + own)))


def _of_others(ready: Ready, place: str) -> list[Claim]:
    """Counts of people by sources other than that of the series."""
    named = set(ready.series[place].others)
    return [c for c in ready.asked.situation.claims if c.id in named and c.value]


def odds_of_start(ready: Ready) -> F8:
    """The chance that a flow starts by each forecast time, (time,): 0 where people have come."""
    if not ready.nobody:
        return np.zeros(ready.ahead.size)
    return chances(ready.asked.situation, ready.asked.issued_at, ready.ahead, _shut(ready))


def start_odds(ready: Ready) -> Start | None:
    """Where nobody has come: the odds of events, raised to what the days of zeros leave open."""
    if not ready.nobody:
        return None
    by_events = start_of_flow(ready.asked.situation, ready.asked.issued_at, _shut(ready))
    longest = max(ready.known.values(), key=lambda one: int(one.days[-1] - one.days[0]))
    stale = float(ready.day - longest.days[-1])
    within = {
        days: max(chance, float(left_open(longest, np.array([stale + days]))[0]))
        for days, chance in by_events.within.items()
    }
    silent = int(longest.days[-1] - longest.days[0]) + 1
    return Start(
        within,
        (*by_events.reasons, sentence("note.zeros", days=silent)),
    )


def _shut(ready: Ready) -> bool:
    """Whether no way is open at the issue time."""
    situation = ready.asked.situation
    shut = closed_routes(situation, ready.asked.issued_at)
    return bool(situation.routes) and all(route.id in shut for route in situation.routes)
