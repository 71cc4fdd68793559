"""Quantiles at every forecast time, for places with long, short and odd series alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import norm

from crossings.forecast.series.history import F8, Known
from crossings.forecast.series.pool import LEVELS
from crossings.forecast.series.replay import Issue

KNOTS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180)
"""Days ahead at which the models are asked; in between on straight lines."""

FEW = 100.0
SPREAD_A_FORTNIGHT = 1.0
WIDEST = 2.5
"""Where nothing tells a pace: the log of people plus 100 spreads by 1 in a fortnight, growing with
the square root of time up to 2.5: nine in ten within a factor of about five in a fortnight."""


def knots(last_day: float) -> tuple[int, ...]:
    """The days ahead to ask the models for, to cover ``last_day`` days."""
    end = max(1, int(np.ceil(last_day)))
    return (*(k for k in KNOTS if k < end), end)


def margins(
    issue: Issue | None, known: Mapping[str, Known], day: int, ahead: F8, places: Sequence[str]
) -> dict[str, F8]:
    """The quantiles of each place at times ``ahead`` (days after the issue day): (time, level).

    ``issue`` holds the models' quantiles at the knots; a place without a cell there, or without
    anybody so far, gets the wide ranges of an unknown pace.
    """
    asked: dict[str, list[int]] = {}
    if issue is not None:
        for i, (place, _) in enumerate(issue.cells):
            asked.setdefault(place, []).append(i)
    found = {}
    for place in places:
        figures = known[place]
        stale = float(day - figures.days[-1])
        last = float(figures.people[-1])
        if issue is None or place not in asked or not figures.people.any():
            found[place] = unknown_pace(last, stale + ahead)
            continue
        cells = asked[place]
        at = np.array([issue.cells[i][1] for i in cells], dtype=float)
        q = issue.quantiles[cells]
        # On the issue day itself as much is open as the figure is old.
        start = last + (q[0] - last) * stale / (stale + at[0])
        at, q = np.concatenate([[0.0], at]), np.vstack([start, q])
        columns = [np.interp(ahead, at, q[:, level]) for level in range(LEVELS.size)]
        found[place] = np.column_stack(columns)
    return found


def unknown_pace(last: float, lead: F8) -> F8:
    """Wide quantiles around the last figure, where nothing tells its pace: (time, level)."""
    spread = np.minimum(WIDEST, SPREAD_A_FORTNIGHT * np.sqrt(np.maximum(lead, 0.0) / 14))
    factor = np.exp(spread[:, np.newaxis] * norm.ppf(LEVELS))
    return np.asarray(np.maximum(0.0, (last + FEW) * factor - FEW))
