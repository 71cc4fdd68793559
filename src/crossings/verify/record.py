"""How good forecasts were: each beside what came, and all of them together in plain numbers."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

import numpy as np

from crossings.forecast.outlook import QUANTILE_LEVELS, Outlook
from crossings.forecast.summary import day_ends, headline
from crossings.scoring import coverage, log_wis, wis
from crossings.situation.records import ALL, Situation
from crossings.verify.resolution import outcomes


@dataclasses.dataclass(frozen=True)
class Cell:
    """One forecast of one moment beside what came; scores None where that is not settled."""

    target: str
    place: str
    time: dt.datetime
    lead_hours: float
    median: float
    low90: float
    high90: float
    outcome: float | None
    wis: float | None
    log_wis: float | None
    in50: bool | None
    in90: bool | None


@dataclasses.dataclass(frozen=True)
class Scores:
    """The cells of one forecast: each target and place at each day's end.

    Means are over settled cells only; None where there is none.
    """

    situation: str
    tier: str
    issued_at: dt.datetime
    cells: tuple[Cell, ...]

    @property
    def settled(self) -> tuple[Cell, ...]:
        """The cells whose outcome is known."""
        return tuple(cell for cell in self.cells if cell.outcome is not None)

    def mean(self, name: str) -> float | None:
        """The mean of ``wis``, ``log_wis``, ``in50`` or ``in90`` over settled cells."""
        values = [float(getattr(cell, name)) for cell in self.settled]
        return float(np.mean(values)) if values else None


def score(outlook: Outlook, later: Situation) -> Scores:
    """Score a forecast with what was reported by now.

    Args:
        outlook: the forecast.
        later: its situation with the figures that came since; the rule is that of
            :mod:`crossings.verify.resolution`.
    """
    ends = day_ends(outlook)
    times = [outlook.times[i] for i in ends]
    cells: list[Cell] = []
    for target in outlook.targets:
        for place in outlook.places:
            came = outcomes(later, target, place, times)
            if place != ALL and np.isnan(came).all():
                continue  # nobody ever reports this here
            quantiles = outlook.quantiles(target, place)[list(ends)]
            cells += [
                _cell(outlook, target, place, time, quantiles[k], float(came[k]))
                for k, time in enumerate(times)
            ]
    return Scores(outlook.situation, outlook.tier, outlook.issued_at, tuple(cells))


def _cell(
    outlook: Outlook, target: str, place: str, time: dt.datetime, quantiles: np.ndarray, came: float
) -> Cell:
    at = {level: float(quantiles[i]) for i, level in enumerate(QUANTILE_LEVELS)}
    lead = (time - outlook.issued_at).total_seconds() / 3600
    shown = (target, place, time, lead, at[0.5], at[0.05], at[0.95])
    if np.isnan(came):
        return Cell(*shown, None, None, None, None, None)
    return Cell(
        *shown,
        came,
        float(wis(quantiles, came)),
        float(log_wis(quantiles, came)),
        bool(coverage(quantiles, came, 0.5)),
        bool(coverage(quantiles, came, 0.9)),
    )


@dataclasses.dataclass(frozen=True)
class HistoryRow:
    """A past forecast's headline beside what came, and the scores of its headline target."""

    issued_at: dt.datetime
    target: str
    place: str
    time: dt.datetime
    median: float
    low90: float
    high90: float
    outcome: float | None
    settled: int
    wis: float | None
    in90: int


def history(outlooks: Sequence[Outlook], later: Situation) -> tuple[HistoryRow, ...]:
    """Past forecasts of a situation beside what came, in the order of their issue times.

    ``settled``, ``wis`` (mean) and ``in90`` (how many) speak of the headline's target and place at
    each day's end.
    """
    rows = []
    for outlook in sorted(outlooks, key=lambda one: one.issued_at):
        top = headline(outlook)
        scores = score(outlook, later)
        own = [c for c in scores.settled if (c.target, c.place) == (top.target, top.place)]
        end = float(outcomes(later, top.target, top.place, [top.range.time])[0])
        rows.append(
            HistoryRow(
                outlook.issued_at,
                top.target,
                top.place,
                top.range.time,
                top.range.median,
                top.range.low90,
                top.range.high90,
                None if np.isnan(end) else end,
                len(own),
                float(np.mean([c.wis for c in own if c.wis is not None])) if own else None,
                sum(bool(c.in90) for c in own),
            )
        )
    return tuple(rows)
