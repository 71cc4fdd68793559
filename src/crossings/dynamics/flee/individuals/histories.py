"""Many histories of a case, person by person."""

from __future__ import annotations

import numpy as np

from crossings.dynamics.flee.individuals.days import Days
from crossings.dynamics.flee.individuals.newcomers import Newcomers
from crossings.dynamics.flee.individuals.world import World
from crossings.dynamics.flee.records import FleeCase, FleeRun
from crossings.dynamics.flee.settings import Quirks

STREAM = 77
"""Of the random numbers here: others than those of the count engine."""


def run_individuals(
    case: FleeCase, members: int = 100, seed: int = 1, quirks: Quirks | None = None
) -> FleeRun:
    """Run a case person by person; every place is kept.

    Cost grows with people x days x members. Meant as a reference and for small cases.

    Raises:
        InputError: a flood level lies beyond its list, or a rule lacks a value it needs.
    """
    count = len(case.network.locations)
    present = np.zeros((members, case.days, count), dtype=np.int64)
    arrived = np.zeros_like(present)
    travelling = np.zeros((members, case.days), dtype=np.int64)
    people = np.zeros_like(travelling)
    for i in range(members):
        rng = np.random.default_rng([seed, i, STREAM])
        world = World(case, Quirks() if quirks is None else quirks)
        newcomers = Newcomers(world, rng)
        newcomers.start()
        days = Days(world, newcomers, rng)
        for t in range(case.days):
            days.pass_day(t)
            present[i, t] = [p.here for p in world.places]
            arrived[i, t] = [p.arrived for p in world.places]
            travelling[i, t] = sum(person.way is not None for person in newcomers.people)
            people[i, t] = len(newcomers.people)
    return FleeRun(case.network.names, present, arrived, travelling, people)
