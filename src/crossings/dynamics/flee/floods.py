"""Floods of a day and their forecast: weights of levels, by the tables of a schedule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from crossings.dynamics.flee.records import FleeCase, Table
from crossings.dynamics.flee.settings import FloodRules
from crossings.errors import InputError

F8 = npt.NDArray[np.float64]


def on_day(table: Table | None, names: Sequence[str], t: int) -> F8:
    """The values of day t for names, 0 where the table has none."""
    if table is None:
        return np.zeros(len(names))
    row = dict(zip(table.names, table.values[t].tolist(), strict=True))
    return np.array([row.get(name, 0.0) for name in names])


def flood_value(weights: Sequence[float], level: F8, what: str) -> F8:
    """Weights of flood levels, linear between them.

    Raises:
        InputError: a level lies beyond the table.
    """
    if level.size and level.max() > len(weights) - 1:
        raise InputError(
            f"{what}: found flood level {level.max():g}, expected at most {len(weights) - 1}, "
            "the last of the list"
        )
    return np.asarray(np.interp(level, np.arange(len(weights)), weights))


def sum_of_forecast(case: FleeCase, rules: FloodRules, t: int, now: F8) -> tuple[F8, F8]:
    """The sum F over the forecast days of each place: weight of the level times that of the day.

    The second is the same sum with the weight of the current level in place of the forecast one.
    """
    total, current = np.zeros(now.size), np.zeros(now.size)
    if not forecasting(rules, t):
        return total, current
    weight_now = flood_value(rules.loc_weights, now, "flood_loc_weights")
    for day in range(t + 1, min(t + rules.forecaster_timescale, rules.forecaster_end_time) + 1):
        if case.schedule.floods is None or day >= len(case.schedule.floods.values):
            break
        level = on_day(case.schedule.floods, case.network.names, day)
        weight = flood_value(rules.loc_weights, level, "flood_loc_weights")
        total += np.where(level > 0, weight, 0.0) * rules.forecaster_weights[day]
        current += np.where(level > 0, weight_now, 0.0) * rules.forecaster_weights[day]
    return total, current


def forecasting(rules: FloodRules | None, t: int) -> bool:
    """Whether the flood forecaster bears on day t."""
    return (
        rules is not None
        and rules.forecaster
        and rules.forecaster_timescale > 1
        and t <= rules.forecaster_end_time
    )
