"""The one way into the statistical component: past issue days of a situation, forecast again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import heapq
from collections.abc import Iterator, Mapping, Sequence

from crossings.forecast.series.history import Series, day_number, day_of, published_series
from crossings.forecast.series.library import (
    Chosen,
    PastCrisis,
    chosen,
    models,
    past_crisis,
)
from crossings.forecast.series.replay import Issue, Models, halved, replay
from crossings.forecast.series.rows import issue_days
from crossings.forecast.sides import Sides, known_to, sides
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

        Each uses what was known then and nothing later; where figures known then contradict each
        other by far, it is the mixture of what either side says.

        Raises:
            InputError: no past crisis is left to learn from.
        """
        fitted = models(self.learnt, workers)
        apart = {day: split for day in days if (split := self._sides(day)) is not None}
        whole = [day for day in days if day not in apart]
        if any(one.others for one in self.series.values()):
            # Which source a series follows may have been another one then.
            plain: Iterator[Issue] = (
                issue
                for day in sorted(whole)
                for issue in self._then(day, horizons, fitted, workers)
            )
        else:
            asked = {day_number(day): tuple(horizons) for day in whole}
            plain = replay(self.series, fitted, asked, workers)
        mixtures = (
            issue
            for day in sorted(apart)
            for issue in self._of_sides(day, apart[day], horizons, fitted, workers)
        )
        yield from heapq.merge(plain, mixtures, key=lambda issue: issue.day)

    def _known(self, day: dt.date) -> Situation:
        return self.situation.as_of(day_edge(day, self.situation.zone, "end"))

    def _sides(self, day: dt.date) -> Sides | None:
        """The two sides of what was known at the end of a day, if they bear on the series."""
        if day < self.situation.start.astimezone(self.situation.zone).date():
            return None
        end = day_edge(day, self.situation.zone, "end")
        split = sides(self.situation.as_of(end), end)
        if split is None:
            return None
        claims = {c for one in self.series.values() for c in (*one.claims, *one.others)}
        return split if claims & (split.first_without | split.second_without) else None

    def _then(
        self, day: dt.date, horizons: Sequence[int], fitted: Models, workers: int
    ) -> Iterator[Issue]:
        return _issued(self._known(day), self.target, day, horizons, fitted, workers)

    def _of_sides(
        self,
        day: dt.date,
        split: Sides,
        horizons: Sequence[int],
        fitted: Models,
        workers: int,
    ) -> Iterator[Issue]:
        """The forecast of one day in which either side has half of the weight."""
        parts = [
            issue
            for known in known_to(self._known(day), split)
            for issue in _issued(known, self.target, day, horizons, fitted, workers)
        ]
        if len(parts) > 1:
            parts = [halved(*parts)]
        yield from parts


def _issued(
    known: Situation,
    target: str,
    day: dt.date,
    horizons: Sequence[int],
    fitted: Models,
    workers: int,
) -> Iterator[Issue]:
    """The forecast of one day from the situation as known then."""
    series = places_of(published_series(known, target))
    return replay(series, fitted, {day_number(day): tuple(horizons)}, workers)


def places_of(series: Mapping[str, Series]) -> dict[str, Series]:
    """The series of places: without that of the total, unless there is no other."""
    places = {place: one for place, one in series.items() if place != ALL}
    return places or dict(series)


def main_target(situation: Situation) -> str:
    """The first target of the situation that has series; the first of all if none has.

    A flow is forecast as the running total of what comes: its days differ too much to be levels.
    """
    levels = [target.replace(".flow", ".cumulative") for target in situation.targets]
    for target in levels:
        if published_series(situation, target):
            return target
    return levels[0] if levels else ""


def statistical(
    situation: Situation,
    target: str | None = None,
    learn_from: Sequence[PastCrisis] = (),
) -> Statistical:
    """The statistical component for one target (the main one if none is named)."""
    target = main_target(situation) if target is None else target
    series = places_of(published_series(situation, target))
    return Statistical(situation, target, series, chosen(series, learn_from, situation.id))


def to_learn_from(situation: Situation) -> PastCrisis:
    """A situation of the user's library as a past crisis: its main target.

    Raises:
        InputError: it has no series to learn from.
    """
    series = places_of(published_series(situation, main_target(situation)))
    return past_crisis(situation.id, series)
