"""Many members of a case by Flee's rules, on counts: the same law as following every person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from crossings.dynamics.binomial import exact_poisson
from crossings.dynamics.compiled import free_entry, inner
from crossings.dynamics.flee.ages import newcomer
from crossings.dynamics.flee.cells import PEOPLE, WHERE, Cells, add
from crossings.dynamics.flee.lay_out import lay_out
from crossings.dynamics.flee.luck import DRAW, how_many, new_day, spread
from crossings.dynamics.flee.plan import CODE, INITIAL, TOTAL, Plan
from crossings.dynamics.flee.records import FleeCase, FleeRun
from crossings.dynamics.flee.settings import Quirks
from crossings.dynamics.flee.spawning import COUNTS, GIVEN, POISSON
from crossings.dynamics.flee.state import (
    ARRIVED,
    FIRST_LEG,
    HERE,
    KIND,
    NEW,
    POPULATION,
    State,
    new_laws,
    new_state,
)
from crossings.dynamics.flee.walk import walk
from crossings.errors import InputError

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

BATCH = 0.02
"""Share of the width of a capacity buffer that people may fill before ways are chosen anew."""

GRID_KM = 1.0
"""Recent travel is kept in steps of so many kilometres (of max_move_speed)."""

LAWS_FROM = 10_000
"""From so many people a batch on who travel they end their day by a law (:mod:`.day_laws`)."""

CELLS = 1024
"""States of one member that there is room for at first; a member that needs more starts again with
more, and so do those after it."""

MOST_CELLS = 1 << 22

CHUNK = 20
"""Members that a thread takes at once."""


@inner
def _come(plan: Plan, s: State, place: int, kind: int, flags: int, age: int, n: int) -> None:
    """People come to be at a place."""
    if n == 0:
        return
    person = age
    if plan.homes:
        person = person * plan.places + place
    person = person * plan.kinds + kind
    flags |= FIRST_LEG if plan.rules.on_foot else 0
    if not add(s.now, place, (person << KIND) | flags, 0, 0, 0, 0, n):
        s.full[0] = 1
    s.at[place, HERE] += n


@inner
def _by_kind(plan: Plan, s: State, place: int, flags: int, age: int, n: int) -> None:
    """The same, their kinds drawn."""
    if plan.kinds == 1:
        _come(plan, s, place, 0, flags, age, n)
        return
    for k in range(plan.kinds):
        s.weight[k] = plan.share[place, k]
    spread(s, n, plan.kinds, place)
    for k in range(plan.kinds):
        _come(plan, s, place, k, flags, age, s.counts[k])


@inner
def _leave_home(plan: Plan, s: State, t: int, place: int, n: int) -> None:
    _by_kind(plan, s, place, NEW, newcomer(plan, t, place), n)
    if plan.rules.take:
        s.at[place, POPULATION] = max(0, s.at[place, POPULATION] - n)


@inner
def _newcomers(plan: Plan, s: State, t: int, seed: int, member: int) -> None:
    """The people of day ``t`` set out."""
    if plan.way_in == GIVEN:
        left, total = plan.on[t, TOTAL], 0.0
        for p in range(plan.places):
            total += plan.rate[t, p] * s.at[p, POPULATION]
        for p in range(plan.places):
            weight = plan.rate[t, p] * s.at[p, POPULATION]
            if left > 0 and weight > 0.0:
                # The last place with weight takes the rest, whatever the rounding of the total.
                share = 1.0 if weight >= total * (1.0 - 1e-12) else weight / total
                n = how_many(s, left, share, p)
                left -= n
                total -= weight
                _leave_home(plan, s, t, p, n)
        if left > 0:
            # Every origin is empty: people come from where the rates say, as Flee has it.
            s.full[0] = 2
        return
    for p in range(plan.places):
        rate = plan.rate[t, p]
        if rate <= 0.0:
            continue
        if plan.way_in == COUNTS:
            n = int(rate)
        elif plan.way_in == POISSON:
            n = exact_poisson(rate, seed, member, plan.place[p, CODE], t, DRAW + 1)
        else:
            n = int(np.floor(rate * s.at[p, POPULATION]))
        _leave_home(plan, s, t, p, n)


@inner
def _record(plan: Plan, s: State, kept: I8, present: I8, arrived: I8, totals: I8) -> None:
    for k in range(kept.size):
        present[k] = s.at[kept[k], HERE]
        if arrived.size > 0:
            arrived[k] = s.at[kept[k], ARRIVED]
    for i in range(s.then.slot[0]):
        row = s.then.rows[i]
        totals[1] += row[PEOPLE]
        if row[WHERE] >= plan.places:
            totals[0] += row[PEOPLE]


@inner
def begin(plan: Plan, s: State, seed: int, member: int) -> None:
    """The people there are before the first day come into ``s.now``."""
    new_day(plan, s, 0, seed, member)
    for p in range(plan.places):
        _by_kind(plan, s, p, 0, 0, plan.place[p, INITIAL])
    for i in range(plan.placed.shape[0]):
        place, n = plan.placed[i, 0], plan.placed[i, 3]
        farmers = 0
        if plan.placed[i, 1] != plan.placed[i, 2]:
            share = 0.0
            for k in range(plan.kinds):
                share += plan.share[place, k] if plan.farms[k] else 0.0
            farmers = how_many(s, n, share, place)
        _come(plan, s, place, plan.placed[i, 1], 0, 0, n - farmers)
        _come(plan, s, place, plan.placed[i, 2], 0, 0, farmers)
        if plan.rules.take:
            s.at[place, POPULATION] = max(0, s.at[place, POPULATION] - n)


@inner
def pass_day(
    plan: Plan, s: State, now: Cells, then: Cells, t: int, seed: int, member: int
) -> State:
    """Take the people of ``now`` through day ``t`` into ``then``; the state of that day."""
    if t > 0:
        new_day(plan, s, t, seed, member)
    today = _turned(s, now, then)
    _newcomers(plan, today, t, seed, member)
    walk(plan, today, t)
    return today


@inner
def _member(
    plan: Plan, s: State, seed: int, member: int, kept: I8, present: I8, arrived: I8, totals: I8
) -> None:
    """The whole history of one member."""
    begin(plan, s, seed, member)
    now, then = s.now, s.then
    for t in range(plan.on.shape[0]):
        today = pass_day(plan, s, now, then, t, seed, member)
        _record(plan, today, kept, present[t], arrived[t], totals[t])
        now, then = then, now
        if s.full[0]:
            return


@inner
def _turned(s: State, now: Cells, then: Cells) -> State:
    """The state with the tables of people before and after the day in their places."""
    return State(
        now,
        then,
        s.links,
        s.batch,
        s.onward,
        s.stops,
        s.at,
        s.key,
        s.weight,
        s.counts,
        s.attraction,
        s.by_kind,
        s.came,
        s.full,
        s.law,
        s.law_of,
        s.share,
        s.stay,
        s.tally,
        s.ahead,
        s.first,
    )


@free_entry
def _run(
    plan: Plan, seed: int, members: I8, capacity: int, kept: I8, present: I8, arrived: I8,
    totals: I8, status: I8,
) -> None:  # fmt: skip
    law, law_of = new_laws(plan)
    for i in range(members.size):
        state = new_state(plan, capacity, law, law_of)
        _member(plan, state, seed, members[i], kept, present[i], arrived[i], totals[i])
        if state.full[0]:
            # Those after it would start again with more room as well.
            status[i:] = state.full[0]
            return


def run(
    case: FleeCase,
    members: int = 100,
    seed: int = 1,
    quirks: Quirks | None = None,
    places: Sequence[str] | None = None,
    progress: Callable[[float], None] | None = None,
    batch: float = BATCH,
    grid_km: float = GRID_KM,
    first_member: int = 0,
    workers: int = 1,
    arrivals: bool = True,
    laws_from: int = LAWS_FROM,
    ages: bool = False,
) -> FleeRun:
    """Run a case by Flee's rules on counts.

    Args:
        case: the case.
        members: how many histories.
        seed: the same seed gives the same bits, with any number of threads.
        quirks: behaviour of Flee that looks unintended, none by default.
        places: the places to keep, all by default.
        progress: called with the share that is done.
        batch: see :data:`BATCH`; 0 works through people one by one where capacities bind.
        grid_km: see :data:`GRID_KM`; 0 keeps recent travel to the millimetre.
        first_member: the number of the first history.
        workers: threads.
        arrivals: whether to count who came to each place. Without, where people do not look at
            recent travel, whole days are drawn at once, at a cost that does not grow with people.
        laws_from: see :data:`LAWS_FROM`.
        ages: work people through in the order in which they set out, as Flee does; without, those
            from before today are mixed. It matters where a capacity binds, and costs more states.

    Raises:
        InputError: the case contradicts itself, or has no origin for people who set out.
    """
    chosen = Quirks() if quirks is None else quirks
    laid = lay_out(case, chosen, batch, grid_km, -1 if arrivals else laws_from, ages)
    names = case.network.names
    wanted = names if places is None else tuple(places)
    for name in wanted:
        if name not in names:
            raise InputError(f"places: found {name!r}, expected a known location")
    kept = np.array([names.index(name) for name in wanted], dtype=np.int64)
    shape = (members, case.days, kept.size)
    present = np.zeros(shape, dtype=np.int64)
    arrived = np.zeros(shape if arrivals else (*shape[:2], 0), dtype=np.int64)
    totals = np.zeros((members, case.days, 2), dtype=np.int64)
    parts = [slice(i, min(i + CHUNK, members)) for i in range(0, members, CHUNK)]

    room = [CELLS]

    def one(part: slice) -> None:
        numbers = np.arange(part.start, part.stop) + first_member
        _chunk(laid, seed, numbers, kept, present[part], arrived[part], totals[part], room)

    pool = ThreadPoolExecutor(workers)
    try:
        for done, _ in enumerate(pool.map(one, parts), start=1):
            if progress is not None:
                progress(done / len(parts))
    finally:
        # Whoever stops the run waits for the chunks under way, not for those still to come.
        pool.shutdown(cancel_futures=True)
    return FleeRun(wanted, present, arrived, totals[..., 0], totals[..., 1])


def _chunk(
    laid: Plan, seed: int, numbers: I8, kept: I8, present: I8, arrived: I8, totals: I8,
    room: list[int],
) -> None:  # fmt: skip
    """Run some members, with more room for states from the first on that needs it.

    ``room`` holds the room that was enough so far.
    """
    todo = np.arange(numbers.size)
    capacity = room[0]
    while True:
        parts = [np.zeros((todo.size, *a.shape[1:]), dtype=np.int64) for a in (present, arrived)]
        both = np.zeros((todo.size, *totals.shape[1:]), dtype=np.int64)
        status = np.zeros(todo.size, dtype=np.int64)
        _run(laid, seed, numbers[todo], capacity, kept, parts[0], parts[1], both, status)
        if (status == 2).any():
            raise InputError("take_from_population: found every origin empty, expected residents")
        done = todo[status == 0]
        present[done], arrived[done] = parts[0][status == 0], parts[1][status == 0]
        totals[done] = both[status == 0]
        todo = todo[status == 1]
        if not todo.size:
            break
        capacity *= 4
        if capacity > MOST_CELLS:
            raise InputError(f"states: found more than {MOST_CELLS:,} in one member")
    room[0] = max(room[0], capacity)
