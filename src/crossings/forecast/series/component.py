"""The one way into the statistical component: past issue days of a situation, forecast again."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from crossings.forecast.series.history import Series, day_number, day_of, published_series
from crossings.forecast.series.library import (
    Chosen,
    PastCrisis,
    chosen,
    models,
    past_crisis,
)
from crossings.forecast.series.replay import Issue, replay
from crossings.forecast.series.rows import issue_days
from crossings.situation.records import ALL, Situation
from crossings.situation.times import day_edge


@dataclasses.dataclass(frozen=True)
class Statistical:
    """The series of one target of a situation, and what they may be forecast with."""

    situation: Situation
    target: str
    series: Mapping[str, Series]
    learnt: Chosen

    @property
    def counting(self) -> str:
        """``stock`` or ``cumulative``."""
        return self.target.partition(".")[2]

    def issue_days(self, step: int) -> list[dt.date]:
        """Every ``step`` days from the first figure plus 30 days, before the last figure."""
        if not self.series:
            return []
        last = max(int(one.days.max()) for one in self.series.values())
        return [day_of(day) for day in issue_days(self.series, last - 1, step=step)]

    def issues(
        self, days: Sequence[dt.date], horizons: Sequence[int], workers: int = 1
    ) -> Iterator[Issue]:
        """The forecasts issued at the end of each day, in the order of the days.

        Each uses what was known then and nothing later.

        Raises:
            InputError: no past crisis is left to learn from.
        """
        fitted = models(self.learnt, workers)
        asked = {day_number(day): tuple(horizons) for day in days}
        if not any(one.others for one in self.series.values()):
            yield from replay(self.series, fitted, asked)
            return
        # Which source a series follows may have been another one then.
        for day in sorted(days):
            end = day_edge(day, self.situation.zone, "end")
            known = places_of(published_series(self.situation.as_of(end), self.target))
            yield from replay(known, fitted, {day_number(day): tuple(horizons)})


def places_of(series: Mapping[str, Series]) -> dict[str, Series]:
    """The series of places: without that of the total, unless there is no other."""
    places = {place: one for place, one in series.items() if place != ALL}
    return places or dict(series)


def main_target(situation: Situation) -> str:
    """The first target of the situation that has series; the first of all if none has."""
    for target in situation.targets:
        if published_series(situation, target):
            return target
    return situation.targets[0] if situation.targets else ""


def statistical(
    situation: Situation,
    target: str | None = None,
    learn_from: Sequence[PastCrisis] = (),
    include_proposed: bool = False,
) -> Statistical:
    """The statistical component for one target (the main one if none is named)."""
    target = main_target(situation) if target is None else target
    series = places_of(published_series(situation, target, include_proposed))
    return Statistical(situation, target, series, chosen(series, learn_from))


def to_learn_from(situation: Situation) -> PastCrisis:
    """A situation of the user's library as a past crisis: its main target.

    Raises:
        InputError: it has no series to learn from.
    """
    series = places_of(published_series(situation, main_target(situation)))
    return past_crisis(situation.id, series)
