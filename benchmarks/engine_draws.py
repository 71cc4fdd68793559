"""How many random draws a member of a case needs at least, and what so many draws cost.

People in one state are exchangeable, so a day needs at least one draw for every occupied state at a
place that some may leave and some not (how many move), and one for every group that sets out (where
it ends): D is the sum of both over the days, for any engine that goes through these states day by
day. D times what one uniform costs is the least that such an engine can take.
"""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import entry, inner
from crossings.dynamics.flee.cells import CLASS, WHERE
from crossings.dynamics.flee.ensemble import BATCH, GRID_KM, begin, pass_day
from crossings.dynamics.flee.lay_out import lay_out
from crossings.dynamics.flee.plan import CHANCE, Plan
from crossings.dynamics.flee.records import FleeCase
from crossings.dynamics.flee.settings import Quirks
from crossings.dynamics.flee.state import KIND, STILL, State, new_laws, new_state
from crossings.dynamics.streams import nth_uniform

CELLS = 1 << 16
"""States of a member that there is room for."""

UNIFORMS = 20_000_000
"""So many are drawn to see what one costs."""


@inner
def _of_member(plan: Plan, s: State, seed: int, found: npt.NDArray[np.int64]) -> None:
    """Count through the days of a member; without counting references, as the kernels do."""
    begin(plan, s, seed, 0)
    now, then = s.now, s.then
    for t in range(plan.on.shape[0]):
        today = pass_day(plan, s, now, then, t, seed, 0)
        for i in range(today.now.slot[0]):
            row = today.now.rows[i]
            if row[WHERE] >= plan.places:
                found[1] -= 1
            elif not row[CLASS] & STILL:
                kind = (row[CLASS] >> KIND) % plan.kinds
                found[0] += 0.0 < plan.chance[plan.on[t, CHANCE], kind, row[WHERE]] < 1.0
        found[1] += today.links.slot[0]
        found[2] += s.full[0]
        now, then = then, now


@entry
def _count(plan: Plan, seed: int, found: npt.NDArray[np.int64]) -> None:
    """Draws of one member into ``found``: of who moves, of where groups end; 1 where it is full."""
    law, law_of = new_laws(plan)
    _of_member(plan, new_state(plan, CELLS, law, law_of), seed, found)


@entry
def _draw(count: int) -> float:
    """The sum of so many uniforms of one stream."""
    total = 0.0
    for i in range(count):
        total += nth_uniform(np.uint64(3), np.uint64(5), np.uint64(i))
    return total


def least_draws(case: FleeCase, quirks: Quirks) -> tuple[int, int]:
    """Draws that a member needs at least: of how many move, and of where groups end."""
    found = np.zeros(3, dtype=np.int64)
    _count(lay_out(case, quirks, BATCH, GRID_KM), 1, found)
    if found[2]:
        raise SystemExit(f"found more than {CELLS} states in a member")
    return int(found[0]), int(found[1])


def seconds_a_draw() -> float:
    """CPU seconds of one uniform, the least of three."""
    _draw(1)
    best = np.inf
    for _ in range(3):
        begun = time.process_time()
        _draw(UNIFORMS)
        best = min(best, (time.process_time() - begun) / UNIFORMS)
    return float(best)
