"""Values of a day's tables, floods and their forecast among them."""

from __future__ import annotations

import math

from crossings.dynamics.flee.records import FleeCase, Table
from crossings.dynamics.flee.settings import FloodRules
from crossings.errors import InputError


def cell(table: Table | None, name: str, t: int) -> float:
    """The value of a name on day ``t``, 0 where the table has none."""
    if table is None or name not in table.names:
        return 0.0
    return float(table.values[t][table.names.index(name)])


def between(values: tuple[float, ...], level: float) -> float:
    """The value of a flood level, linear between whole levels.

    Raises:
        InputError: the level lies beyond the list.
    """
    if level > len(values) - 1:
        raise InputError(f"flood level: found {level:g}, expected at most {len(values) - 1}")
    if len(values) == 1:
        return values[0]
    low = min(math.floor(level), len(values) - 2)
    return values[low] + (values[low + 1] - values[low]) * (level - low)


def forecasting(rules: FloodRules | None, t: int) -> bool:
    """Whether the flood forecaster bears on day ``t``."""
    return bool(
        rules
        and rules.forecaster
        and rules.forecaster_timescale > 1
        and t <= rules.forecaster_end_time
    )


def forecast(case: FleeCase, name: str, t: int, level_now: float | None) -> float:
    """The sum over the days of the forecast of a place; of the level now in each where it is given.

    Days without a flood in the forecast count nothing.
    """
    rules, table = case.settings.flood_rules, case.schedule.floods
    total = 0.0
    if rules is None:
        return total
    for day in range(t + 1, t + rules.forecaster_timescale + 1):
        if day > rules.forecaster_end_time or table is None or day >= len(table.values):
            break
        level = cell(table, name, day)
        if level > 0:
            seen = level if level_now is None else level_now
            total += between(rules.loc_weights, seen) * rules.forecaster_weights[day]
    return total


def aware(rules: FloodRules | None, value: str) -> float:
    """The weight of the forecast to somebody with this flood awareness."""
    weights = rules.awareness_weights if rules else ()
    return weights[int(value)] if value.isdigit() and int(value) < len(weights) else 1.0
