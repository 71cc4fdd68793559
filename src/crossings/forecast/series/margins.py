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
WIDEST = 1.25
"""One figure tells no pace: the log of people plus 100 spreads by 1 in a fortnight, growing with
the square root of time up to 1.25: nine in ten within a factor of five to eight of the figure."""
FIRST_COMERS = 2.5
"""The spread of the log of how many come first, where nobody had come, from 100 people upwards."""


def knots(last_day: float) -> tuple[int, ...]:
    """The days ahead to ask the models for, to cover ``last_day`` days."""
    end = max(1, int(np.ceil(last_day)))
    return (*(k for k in KNOTS if k < end), end)


def margins(
    issue: Issue | None,
    known: Mapping[str, Known],
    day: int,
    ahead: F8,
    places: Sequence[str],
    odds: F8,
    rising: bool,
) -> dict[str, F8]:
    """The quantiles of each place at times ``ahead`` (days after the issue day): (time, level).

    ``issue`` holds the models' quantiles at the knots; a place without a cell there gets the wide
    ranges of an unknown pace (upwards only where counts are ``rising``, which cumulative ones do),
    one without anybody so far the odds that people come: those that events give, ``odds`` at each
    time, and no less than :func:`left_open`.
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
        if not figures.people.any():
            found[place] = nobody_yet(np.maximum(odds, left_open(figures, stale + ahead)))
            continue
        if issue is None or place not in asked:
            found[place] = unknown_pace(last, stale + ahead, rising)
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


def nobody_yet(chance: F8) -> F8:
    """Quantiles where nobody has come yet, by the chance that people do: (time, level).

    Where they do not come there is nobody; how many come where they do is a guess: half of the time
    more than 540, one time in ten more than 6,100.
    """
    share = np.maximum(chance, 1e-9)[:, np.newaxis]
    within = np.clip((LEVELS - (1 - share)) / share, 0.0, 1.0)
    people = FEW * np.exp(FIRST_COMERS * norm.ppf((1 + within) / 2))
    return np.asarray(np.where(within > 0, people, 0.0))


def left_open(figures: Known, lead: F8) -> F8:
    """The chance that people come within ``lead`` days of the last figure, all being 0: (time,).

    After ``n`` days without anybody ``T / (n + T)``, Laplace's rule of succession.
    """
    silent = float(figures.days[-1] - figures.days[0]) + 1.0
    return np.asarray(lead / (silent + lead))


def unknown_pace(last: float, lead: F8, rising: bool) -> F8:
    """Wide quantiles from the last figure on, where nothing tells its pace: (time, level).

    Around it, or upwards from it where counts only rise.
    """
    spread = np.minimum(WIDEST, SPREAD_A_FORTNIGHT * np.sqrt(np.maximum(lead, 0.0) / 14))
    scores = norm.ppf((1 + LEVELS) / 2) if rising else norm.ppf(LEVELS)
    factor = np.exp(spread[:, np.newaxis] * scores)
    return np.asarray(np.maximum(0.0, (last + FEW) * factor - FEW))
