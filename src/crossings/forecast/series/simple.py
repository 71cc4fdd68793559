"""What the simple rules say of a series: the yardstick of every score, and features of the forest.

A rule that forecasts from a series alone has already read its shape and its own errors on it; where
its quantiles lie, in units of the series' pace, tells the forest more than the rates do.
"""

from __future__ import annotations

import numpy as np

from crossings.forecast.series.history import F8, Known
from crossings.scoring.series_baselines import (
    DailySeries,
    damped_drift,
    drift,
    enough_past,
    increments,
    persistence_with_spread,
)

RULES = ("persistence", "drift", "damped", "increments")


def carries(known: Known, day: int, horizon: int) -> bool:
    """Whether there is past enough, and fresh enough, for the simple rules at this horizon."""
    if not known.days.size:
        return False
    length, age = int(day - known.days[0]) + 1, int(day - known.days[-1])
    return enough_past(known.days.size, length, age, horizon)


def simple_quantiles(known: Known, day: int, place: str, horizon: int) -> dict[str, F8] | None:
    """The 23 quantiles of each rule, or None where the past is too short for one.

    ``known`` holds no figure for a day after ``day``. The increments are drawn as the outside
    scorer draws them.
    """
    if not carries(known, day, horizon):
        return None
    daily = DailySeries.from_figures(known.days, known.people, day)
    rng = np.random.default_rng([day, horizon, len(place)])
    return {
        "persistence": persistence_with_spread(daily, horizon),
        "drift": drift(daily, horizon),
        "damped": damped_drift(daily, horizon),
        "increments": increments(daily, horizon, rng),
    }
