"""One member of an ensemble while its days are worked through, and what holds on a day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import compiled, hot
from crossings.dynamics.flee.cells import Cells, add, new_cells
from crossings.dynamics.flee.plan import (
    ATTRACTION,
    CHANCE,
    COURSES,
    FLAGS,
    HARVEST,
    LAW,
    OPTIONS,
    RESIDENTS,
    ROOM,
    SCENE,
    WAYS,
    Plan,
)

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint64]

FIRST_LEG, STILL, NEW, AT_HOME = 1, 2, 4, 8
"""Flags of a class: on the first link; moves no more; came today; counted at home (harvest)."""

KIND = 4
"""Bits of a class below its kind and home."""

HERE, ARRIVED, POPULATION, TICK, INBOUND = range(5)
"""Columns of ``State.at``."""

MOST_NUMBERS = 8_000_000
"""Numbers in the laws that are kept at a time."""

LISTS = 4
"""``State.links`` and ``batch`` have so many times as much room: their rows are not merged."""


class State(NamedTuple):
    """One member: ``now`` and ``then`` hold the people before and after a day.

    ``links`` lists those who travel today, ``batch`` those of them who are worked through at once;
    ``onward``, ``stops``: groups of them on links and between two links of a day. ``at`` (P, 5):
    people there, who ever arrived, population left, uniforms drawn today, people still to be worked
    through on links to it, or in the morning with a route from it. ``key`` (P, 2): of the stream of
    the day.
    ``weight``, ``counts``: of the options of one place. ``attraction``, ``by_kind`` (K, P).
    ``full``: set where a table is too small. ``came`` (P, 4): how many came of how many who
    travelled, ``ARRIVED`` as last looked at, and when in the morning a camp gets room. ``law``
    (laws, nodes, ends) as they were last worked out, ``law_of`` (laws, P + 1): multipliers of
    capacity and the number it holds for, with ``share``, ``stay`` (1 + 2 K, options or P): chances
    of options and of staying at places, of the moment and of the mornings; ``tally`` of ends,
    ``ahead`` of people to come or gone; ``first``: to put rows in order.
    """

    now: Cells
    then: Cells
    links: Cells
    batch: Cells
    onward: Cells
    stops: Cells
    at: I8
    key: U8
    weight: F8
    counts: I8
    attraction: F8
    by_kind: I8
    came: F8
    full: I8
    law: F8
    law_of: F8
    share: F8
    stay: F8
    tally: I8
    ahead: I8
    first: I8


class Today(NamedTuple):
    """The numbers of the tables that hold on a day.

    ``scene``, ``courses``, ``law``: the tables of ready weights, of courses and of where the day
    ends, -1 without.
    """

    ways: int
    options: int
    attraction: int
    chance: int
    flags: int
    room: int
    scene: int
    courses: int
    law: int
    harvest: bool
    varying: bool


@compiled
def new_laws(plan: Plan) -> tuple[F8, F8]:
    """Room for the laws of all scenes and kinds, or of as many as fit, and what they hold for."""
    nodes, scenes = 0, 0
    for d in range(plan.first_node.size - 1):
        nodes = max(nodes, plan.first_node[d + 1] - plan.first_node[d])
    for t in range(plan.on.shape[0]):
        scenes = max(scenes, plan.on[t, LAW] + 1)
    ends = plan.end.shape[0]
    laws = min(scenes * plan.kinds, max(plan.kinds, MOST_NUMBERS // max(1, nodes * ends)))
    return np.zeros((laws, nodes, ends)), np.zeros((laws, plan.places + 1))


@compiled
def new_state(plan: Plan, capacity: int, law: F8, law_of: F8) -> State:
    """A member before its first day, nobody anywhere; the laws are shared with those before."""
    most = 1
    for d in range(plan.first_option.shape[0]):
        for p in range(plan.places):
            most = max(most, plan.first_option[d, p + 1] - plan.first_option[d, p])
    at = np.zeros((plan.places, 5), np.int64)
    at[:, POPULATION] = plan.place[:, RESIDENTS]
    return State(
        new_cells(capacity),
        new_cells(capacity),
        new_cells(LISTS * capacity),
        new_cells(LISTS * capacity),
        new_cells(capacity),
        new_cells(capacity),
        at,
        np.zeros((plan.places, 2), np.uint64),
        np.zeros(max(most, plan.kinds)),
        np.zeros(max(most, plan.kinds), np.int64),
        np.zeros((plan.kinds, plan.places)),
        np.zeros((plan.kinds, plan.places), np.int64),
        np.zeros((plan.places, 4)),
        np.zeros(1, np.int64),
        law,
        law_of,
        np.zeros((1 + 2 * plan.kinds, plan.option.shape[0])),
        np.zeros((1 + 2 * plan.kinds, plan.places)),
        np.zeros(plan.end.shape[0], np.int64),
        np.zeros(plan.places, np.int64),
        np.zeros(plan.rules.ages + 2, np.int64),
    )


@hot
def today_of(plan: Plan, t: int) -> Today:
    """The day with the tables that hold on it."""
    rules = plan.rules
    varying = rules.pop_power != 0.0 or rules.match_camp or rules.match_faith
    varying = varying or rules.match_town or rules.match_conflict
    on = plan.on[t]
    return Today(
        on[WAYS],
        on[OPTIONS],
        on[ATTRACTION],
        on[CHANCE],
        on[FLAGS],
        on[ROOM],
        on[SCENE],
        on[COURSES],
        on[LAW],
        on[HARVEST] > 0,
        varying,
    )


@hot
def on_grid(plan: Plan, way: int) -> int:
    """A way rounded to the grid of recent travel, half of a step downwards."""
    grid, shift = plan.rules.grid, plan.rules.shift
    if shift >= 0:
        return ((way + ((grid - 1) >> 1)) >> shift) << shift
    return (way + (grid - 1) // 2) // grid * grid


@hot
def end_day(
    plan: Plan, s: State, where: int, cls: int, route: int, on: int, recent: int, moved: int, n: int
) -> None:
    """The day of some people ends; their recent travel halves towards what they made today."""
    kept = 0
    if plan.rules.short_stints and not cls & STILL:
        kept = on_grid(plan, (recent + moved) >> 1)
    if not add(s.then, where, cls & ~NEW, route, on, kept, 0, n):
        s.full[0] = 1
