"""In which order people are worked through: who was made first comes first, as in Flee.

The order matters only where a capacity binds. An age is a number that rises with the time at which
people were made: 0 for those there at the start, then one a day, or one a day and origin where
every origin has a number of newcomers of its own. Within an age Flee's order is random.
"""

from __future__ import annotations

from crossings.dynamics.compiled import hot, inner
from crossings.dynamics.flee.cells import CLASS, PEOPLE, WHERE, Cells
from crossings.dynamics.flee.plan import TAIL, Plan
from crossings.dynamics.flee.spawning import GIVEN
from crossings.dynamics.flee.state import HERE, KIND, NEW, State, Today


@hot
def newcomer(plan: Plan, t: int, place: int) -> int:
    """The age of those who set out from a place on day ``t``, 0 where ages are not kept."""
    if plan.rules.ages == 0:
        return 0
    return t + 1 if plan.way_in == GIVEN else t * plan.places + place + 1


@hot
def _age(plan: Plan, cls: int) -> int:
    """The age of a class."""
    persons = plan.kinds * plan.places if plan.homes else plan.kinds
    return int((cls >> KIND) // persons)


@inner
def _sort(plan: Plan, s: State, cells: Cells) -> None:
    """Put the rows of a list in the order of ages, those of one age as they were."""
    rows, sorted_rows, first = cells.rows, s.batch.rows, s.first
    first[:] = 0
    for i in range(cells.slot[0]):
        first[_age(plan, rows[i, CLASS]) + 1] += 1
    for a in range(1, first.size):
        first[a] += first[a - 1]
    for i in range(cells.slot[0]):
        age = _age(plan, rows[i, CLASS])
        for k in range(rows.shape[1]):
            sorted_rows[first[age], k] = rows[i, k]
        first[age] += 1
    for i in range(cells.slot[0]):
        for k in range(rows.shape[1]):
            rows[i, k] = sorted_rows[i, k]


@inner
def _limited(plan: Plan, s: State, today: Today, cells: Cells) -> bool:
    """Whether any capacity could bind if all people of a list came to one place."""
    people = 0
    for i in range(cells.slot[0]):
        people += cells.rows[i, PEOPLE]
    for p in range(plan.places):
        room = plan.room[today.room, p]
        if room >= 1.0 and s.at[p, HERE] + people > plan.rules.buffer * room:
            return plan.rules.capacity
    return False


@inner
def set_order(plan: Plan, s: State, today: Today, cells: Cells) -> bool:
    """Put a list in order; False where nobody needs to wait for anybody else in it."""
    if plan.rules.ages == 0:
        return True
    if not _limited(plan, s, today, cells):
        return False
    _sort(plan, s, cells)
    return True


@inner
def turn(plan: Plan, cells: Cells, first: int) -> int:
    """The row after those, from row ``first`` on, who are worked through together.

    Without ages those from before today are, then the newcomers of the day: all of them where one
    total is shared out over the origins, for then Flee makes them in random order, else those of
    one place, for it goes from place to place.
    """
    rows, end = cells.rows, cells.slot[0]
    cls, i = rows[first, CLASS], first
    if plan.rules.ages > 0:
        while i < end and _age(plan, rows[i, CLASS]) == _age(plan, cls):
            i += 1
        return i
    by_place = cls & NEW > 0 and plan.way_in != GIVEN
    origin = -1
    while i < end and rows[i, CLASS] & NEW == cls & NEW:
        where = rows[i, WHERE]
        place = where if where < plan.places else plan.link[where - plan.places, TAIL]
        if by_place and origin >= 0 and place != origin:
            break
        origin = place
        i += 1
    return i
