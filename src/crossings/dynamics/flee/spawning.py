"""How many people set out on each day, and from where."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.flee.floods import flood_value
from crossings.dynamics.flee.places import Day
from crossings.dynamics.flee.records import FleeCase
from crossings.dynamics.flee.settings import Quirks
from crossings.errors import InputError

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

GIVEN, COUNTS, POISSON, SHARES = range(4)
"""Ways to spawn: a total shared out, fixed counts, Poisson counts, shares of the population."""


class Spawning(NamedTuple):
    """``way``: one of the four. ``total`` (T,): people a day where they are given. ``rate`` (T, P).

    The rate is the weight of a resident as an origin (GIVEN), the people (COUNTS), their mean
    (POISSON) or their share of the residents (SHARES). ``initial`` (P,): people there at the start,
    who come from no population.
    """

    way: int
    total: I8
    rate: F8
    initial: I8


def newcomers(case: FleeCase, quirks: Quirks) -> I8:
    """The people whom the published series add on each day, (T,).

    Falls are kept as a debt that later rises pay first: people are never removed.

    Raises:
        InputError: a series has fewer days than the case.
    """
    totals, s = case.totals, case.settings
    if totals is None:
        return np.zeros(case.days, dtype=np.int64)
    camps = np.array([np.asarray(v)[: case.days] for v in totals.camps.values()], dtype=np.int64)
    level = camps.sum(axis=0) if s.sum_from_camps else np.asarray(totals.total[: case.days])
    if level.size < case.days:
        raise InputError(f"totals: found {level.size} days, expected {case.days}")
    out = np.zeros(case.days, dtype=np.int64)
    debt = 0
    for t in range(case.days):
        change = int(level[t] - level[t - 1]) if t else int(level[0])
        if t == 0:
            if s.sum_from_camps and quirks.double_day0:
                change += int(totals.total[0])
            if s.empty_camps_on_day0:
                change = 0
        new = change - debt
        if s.insert_day0 and t == 0:
            new = 0
        debt = max(0, -new)
        out[t] = max(0, new)
    return out


def initial_people(case: FleeCase) -> I8:
    """People at each place before the first day, (P,)."""
    s = case.settings
    out = np.zeros(len(case.network.locations), dtype=np.int64)
    if s.empty_camps_on_day0:
        return out
    camps = {} if case.totals is None else case.totals.camps
    for i, place in enumerate(case.network.locations):
        if place.kind in ("camp", "idpcamp") or s.flood_driven:
            published = int(camps[place.name][0]) if place.name in camps and s.insert_day0 else 0
            out[i] = published + place.initial_idps
    return out


def spawning(case: FleeCase, quirks: Quirks, each_day: list[Day]) -> Spawning:
    """How people come into a case on each of its days.

    Raises:
        InputError: people set out and no place is an origin.
    """
    s = case.settings
    conflict = np.array([day.conflict for day in each_day])
    initial = initial_people(case)
    none = np.zeros(case.days, dtype=np.int64)
    if s.conflict_driven:
        rate = np.where(conflict > 0, s.displaced_per_conflict_day * conflict, 0.0)
        if s.conflict_driven == "constant":
            return Spawning(COUNTS, none, np.floor(rate), initial)
        way = POISSON if s.conflict_driven == "poisson" else SHARES
        return Spawning(way, none, rate, initial)
    if s.flood_driven:
        level = np.array([day.flood for day in each_day])
        value = flood_value(s.displaced_per_flood_day, level, "displaced_per_flood_day")
        value = np.where(level > 0, value, 0.0)
        if s.flood_driven == "pop_ratio":
            return Spawning(SHARES, none, value, initial)
        way = COUNTS if s.flood_driven == "constant" else POISSON
        return Spawning(way, none, np.floor(value), initial)
    total = newcomers(case, quirks) if case.newcomers is None else case.newcomers[: case.days]
    rate = np.array([day.decayed for day in each_day])
    if s.starvation_driven_spawning:
        hungry = np.array([day.starving for day in each_day])
        hungry[0] = 0.0
        if s.conflict_zone_spawning_only:
            hungry = np.where(conflict > 0, hungry, 0.0)
        rate = rate + hungry
    people = np.array([p.population for p in case.network.locations])
    empty = (total > 0) & ~((rate * people).sum(axis=1) > 0)
    if empty.any():
        day = int(np.argmax(empty))
        raise InputError(
            f"day {day}: found {total[day]} people who set out and no conflict zone with a "
            "population, expected at least one"
        )
    return Spawning(GIVEN, np.asarray(total, dtype=np.int64), rate, initial)
