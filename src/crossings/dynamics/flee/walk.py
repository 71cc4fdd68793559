"""One day of one member, on cells of exchangeable people.

Within a day everybody first decides, then travels; who arrives with time to spare decides again.
As long as the weights of the ways stay the same, people of a cell decide independently: a binomial
of them moves and a multinomial of these takes each way, which is exact.

Weights change within a day only where the number of people at a place of limited capacity moves
between the share at which it starts to repel and full. Flee works through people one by one, in
order of their creation. Here they are worked through in batches: those who were there before today
come before the newcomers of the day, and these origin by origin where every origin has a number of
its own. Each batch goes through its whole day, and counts are updated before the next. A batch is
so small that it can change no weight by more than ``Rules.batch`` of its range, and down to one
person.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import hot, inner
from crossings.dynamics.flee.ages import set_order, turn
from crossings.dynamics.flee.cells import (
    CLASS,
    MOVED,
    ON,
    PEOPLE,
    RECENT,
    ROUTE,
    WHERE,
    Cells,
    add,
    clear,
    push,
)
from crossings.dynamics.flee.day_laws import (
    batch_share,
    choose_in_the_morning,
    whole_days,
)
from crossings.dynamics.flee.groups import decide, travel, travel_by_law
from crossings.dynamics.flee.luck import FEW, how_many, uniform_at
from crossings.dynamics.flee.persons import decide_alone
from crossings.dynamics.flee.plan import CAMP, HEAD, SHUTTING, Plan
from crossings.dynamics.flee.state import (
    ARRIVED,
    AT_HOME,
    FIRST_LEG,
    HERE,
    INBOUND,
    STILL,
    State,
    Today,
    today_of,
)
from crossings.dynamics.flee.weighing import attract, most_let_in

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

PARTS = 16
"""Parts of a morning in which people decide where a full camp may get room on the way."""


@inner
def _fraction(plan: Plan, s: State, today: Today, left: int, travelling: bool) -> float:
    """The share of those still to be worked through that may be so at once.

    So many that at any place whose weight may change as many come (by the share that came there
    before) as its weight allows.
    """
    fraction = 1.0
    rules = plan.rules
    if not rules.capacity:
        return fraction
    for p in range(plan.places):
        room = plan.room[today.room, p]
        if room < 1.0:
            continue
        n, low = s.at[p, HERE], rules.buffer * room
        allowed = max(1.0, rules.batch * (room - low))
        if not travelling:
            # In the phase of decisions people only leave, those with a route for certain.
            certain = s.at[p, INBOUND]
            leaving = certain + (n - certain) * plan.chance[today.chance, 0, p]
            if n > low and n - leaving < room and leaving > allowed:
                fraction = min(fraction, allowed / leaving)
        elif n < room and n + left > low:
            if rules.batch == 0.0:
                return min(fraction, 1.0 / left)
            # At least those already on their way to it come.
            rate = max((s.came[p, 0] + 1.0) / (s.came[p, 1] + 1.0), s.at[p, INBOUND] / left)
            # Who comes early chooses by fewer people there than who comes late: half the way.
            size = max(1.0, max(allowed, 0.5 * (low - n)) / rate)
            fraction = min(fraction, size / left)
    return fraction


@inner
def _learn(plan: Plan, s: State, today: Today, travelled: int) -> None:
    """Keep which share of those who travelled came to each place of limited capacity."""
    for p in range(plan.places):
        if plan.room[today.room, p] >= 1.0:
            s.came[p, 0] += s.at[p, ARRIVED] - s.came[p, 2]
            s.came[p, 1] += travelled
            s.came[p, 2] = s.at[p, ARRIVED]


@inner
def _take(row: I8, fraction: float, luck: float, i: int) -> int:
    """How many of a cell belong to the next batch; they are taken out of it."""
    n = row[PEOPLE]
    if fraction < 1.0:
        offset = luck + i * 0.6180339887498949
        n = min(n, int(n * fraction + (offset - np.floor(offset))))
    row[PEOPLE] -= n
    return int(n)


@hot
def _decide_some(plan: Plan, s: State, today: Today, row: I8, n: int) -> None:
    """So many people of a row decide; they are taken out of it."""
    if row[ROUTE] > 0:
        s.at[row[WHERE], INBOUND] -= n
    alone = n <= FEW and row[ROUTE] == 0 and not row[CLASS] & (STILL | AT_HOME)
    if alone and not today.harvest:
        decide_alone(plan, s, today, row, n)
    else:
        decide(plan, s, today, row, n, False, False)


@inner
def _may_let_in(plan: Plan, s: State, today: Today) -> bool:
    """Whether a camp that turns people away may get room while people decide.

    ``s.ahead`` marks such camps: so many may leave as three standard deviations above the mean.
    """
    found = False
    for p in range(plan.places):
        s.ahead[p] = 0
        most, n = most_let_in(plan, today, p), s.at[p, HERE]
        leaving = n * min(1.0, plan.chance[today.chance, 0, p])
        may_leave = leaving + 3.0 * np.sqrt(leaving) + 1.0 if leaving > 0.0 else 0.0
        if 0.0 <= most < n <= most + may_leave:
            s.ahead[p] = 1
            found = True
    return found


@inner
def _stride(rows: int) -> int:
    """A step with which all of so many rows are met once, each far from the one before."""
    step = max(1, int(rows * 0.6180339887498949))
    while True:
        a, b = rows, step
        while b > 0:
            a, b = b, a % b
        if a == 1:
            return step
        step += 1


@inner
def _decide_mixed(plan: Plan, s: State, today: Today, first: int, end: int, people: int) -> None:
    """Everybody decides, in parts, so that those of each camp leave between the others.

    Who decides after a camp has got room may choose it, who decides before may not. Rows of the
    camps in question are spread over the parts, and so are those with more than a part of the
    ``people``: ``s.stops`` lists their numbers, and ``s.batch`` marks them. Other rows are in one
    part each.
    """
    rows, marks = s.now.rows, s.batch.rows
    clear(s.stops)
    for i in range(first, end):
        place = rows[i, WHERE]
        marks[i, 0] = place >= plan.places or s.ahead[place] > 0 or rows[i, PEOPLE] * PARTS > people
        if marks[i, 0] and place < plan.places and not push(s.stops, i, 0, 0, 0, 0, 0, 0):
            s.full[0] = 1
    size = end - first
    step, offset = _stride(size), int(uniform_at(s, 0) * size)
    for part in range(PARTS):
        luck, listed = uniform_at(s, 0), s.stops.slot[0]
        begin, after = size * part // PARTS, size * (part + 1) // PARTS
        for k in range(listed + after - begin):
            if k < listed:
                i, share = s.stops.rows[k, WHERE], 1.0 / (PARTS - part)
            else:
                i, share = first + ((begin + k - listed) * step + offset) % size, 1.0
                if marks[i, 0]:
                    continue
            n = _take(rows[i], share, luck, k)
            if n > 0:
                _decide_some(plan, s, today, rows[i], n)


@inner
def _decisions(plan: Plan, s: State, today: Today, first: int, end: int) -> None:
    """Those of the rows ``first`` to ``end`` of ``s.now`` who are at a place decide."""
    left = 0
    s.at[:, INBOUND] = 0
    for i in range(first, end):
        row = s.now.rows[i]
        if row[WHERE] < plan.places:
            left += row[PEOPLE]
            if row[ROUTE] > 0:
                s.at[row[WHERE], INBOUND] += row[PEOPLE]
    fraction = _fraction(plan, s, today, left, False)
    if fraction >= 1.0 and _may_let_in(plan, s, today):
        _decide_mixed(plan, s, today, first, end, left)
        return
    while left > 0:
        luck = 0.0 if fraction >= 1.0 else uniform_at(s, 0)
        for i in range(first, end):
            row = s.now.rows[i]
            if row[WHERE] >= plan.places:
                continue
            n = _take(row, fraction, luck, i)
            if n > 0:
                left -= n
                _decide_some(plan, s, today, row, n)
        fraction = _fraction(plan, s, today, left, False)


@inner
def _take_batch(plan: Plan, s: State, first: int, end: int, fraction: float, luck: float) -> int:
    """Move a share of the rows ``first`` to ``end`` of ``s.links`` to ``s.batch``; how many."""
    taken = 0
    clear(s.batch)
    for i in range(first, end):
        row = s.links.rows[i]
        n = _take(row, fraction, luck, i)
        if n == 0:
            continue
        taken += n
        where, cls, route = row[WHERE], row[CLASS], row[ROUTE]
        if where >= plan.places:
            s.at[plan.link[where - plan.places, HEAD], INBOUND] -= n
        if not push(s.batch, where, cls, route, row[ON], row[RECENT], row[MOVED], n):
            s.full[0] = 1
    return taken


@inner
def _travels(plan: Plan, s: State, today: Today, first: int, end: int) -> None:
    """Those of the rows ``first`` to ``end`` of ``s.links`` travel, batch by batch."""
    left = 0
    s.at[:, INBOUND] = 0
    for i in range(first, end):
        row = s.links.rows[i]
        left += row[PEOPLE]
        s.at[plan.link[row[WHERE] - plan.places, HEAD], INBOUND] += row[PEOPLE]
    while left > 0:
        fraction = _fraction(plan, s, today, left, True)
        if fraction >= 1.0:
            travel(plan, s, today, s.links, first, end)
            _learn(plan, s, today, left)
            return
        taken = _take_batch(plan, s, first, end, fraction, uniform_at(s, 0))
        travel(plan, s, today, s.batch, 0, s.batch.slot[0])
        _learn(plan, s, today, taken)
        left -= taken


@inner
def _decisions_by_law(plan: Plan, s: State, today: Today, first: int, end: int) -> None:
    """Those of the rows ``first`` to ``end`` of ``s.now`` whom the law cannot take decide.

    They are at places of limited capacity, on foot, or move no more. The others at places are put
    into ``s.links`` as they are, and their chances kept.
    """
    for p in range(plan.places):
        s.ahead[p] = s.at[p, HERE]
    for i in range(first, end):
        row = s.now.rows[i]
        place, n = row[WHERE], row[PEOPLE]
        if place >= plan.places:
            continue
        if plan.room[today.room, place] >= 1.0 or row[CLASS] & (STILL | FIRST_LEG):
            decide(plan, s, today, row, n, False, False)
        elif not push(s.links, place, row[CLASS], 0, 0, 0, 0, n):
            s.full[0] = 1
    for p in range(plan.places):
        s.ahead[p] -= s.at[p, HERE]
    if first < end:
        choose_in_the_morning(plan, s, today, s.now.rows[first, CLASS])


@inner
def _travels_by_law(plan: Plan, s: State, today: Today, first: int, end: int) -> None:
    """Those of the rows ``first`` to ``end`` of ``s.links`` end their day, batch by batch."""
    left = 0
    for i in range(first, end):
        left += s.links.rows[i, PEOPLE]
    people = left
    while left > 0:
        fraction = batch_share(plan, s, today, s.links, first, end)
        luck = 0.0 if fraction >= 1.0 else uniform_at(s, 0)
        left -= _take_batch(plan, s, first, end, fraction, luck)
        if s.batch.slot[0] > 0:
            travel_by_law(plan, s, today, s.batch)
    _learn(plan, s, today, people)


@inner
def _settle(plan: Plan, s: State, today: Today) -> None:
    """In camps that are sinks some people stop moving for good."""
    for i in range(s.then.slot[0]):
        row = s.then.rows[i]
        place, cls = row[WHERE], row[CLASS]
        if (
            place >= plan.places
            or cls & (STILL | AT_HOME)
            or not plan.flags[today.flags, place] & CAMP
        ):
            continue
        n = how_many(s, row[PEOPLE], plan.sink[place], place)
        if n > 0:
            row[PEOPLE] -= n
            if not add(s.then, place, cls | STILL, 0, 0, 0, 0, n):
                s.full[0] = 1


@inner
def _go_on_travelling(plan: Plan, s: State, today: Today, row: I8) -> None:
    """People who are on a link in the morning are among those who travel today."""
    where = row[WHERE]
    if where < plan.places:
        return
    if plan.shut[today.ways, where - plan.places] & SHUTTING:
        # To the copy of the link that is never open.
        where += plan.link.shape[0] // 2
    if not push(s.links, where, row[CLASS], row[ROUTE], row[ON], row[RECENT], 0, row[PEOPLE]):
        s.full[0] = 1


@inner
def _in_turn(
    plan: Plan, s: State, today: Today, cells: Cells, travelling: bool, by_law: bool
) -> None:
    """All of some cells decide or travel, one turn after the other where there is an order."""
    ordered = set_order(plan, s, today, cells)
    first = 0
    while first < cells.slot[0]:
        after = turn(plan, cells, first) if ordered else cells.slot[0]
        if travelling and by_law:
            _travels_by_law(plan, s, today, first, after)
        elif travelling:
            _travels(plan, s, today, first, after)
        elif by_law:
            _decisions_by_law(plan, s, today, first, after)
        else:
            _decisions(plan, s, today, first, after)
        first = after


@inner
def walk(plan: Plan, s: State, t: int) -> None:
    """Take the people of ``s.now``, newcomers among them, through day ``t`` into ``s.then``."""
    today = today_of(plan, t)
    if today.varying:
        attract(plan, s, today)
    by_law = whole_days(plan, s, today)
    clear(s.then)
    clear(s.links)
    for i in range(s.now.slot[0]):
        _go_on_travelling(plan, s, today, s.now.rows[i])
    _in_turn(plan, s, today, s.now, False, by_law)
    # Yesterday tells less than today.
    for p in range(plan.places):
        s.came[p, 0] *= 0.5
        s.came[p, 1] *= 0.5
    _in_turn(plan, s, today, s.links, True, by_law)
    _settle(plan, s, today)
