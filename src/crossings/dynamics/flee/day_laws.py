"""Where the day of many people ends, as a law that is worked out once: whole days at one draw.

Without ``avoid_short_stints`` what a person does for the rest of a day depends on the place and on
the way made so far, and nothing else as long as the weights of the ways stand. A node is such a
pair, or a place in the morning. From a node one may end the day at any of a few places or points on
links; the law of that is the sum over the next links of the law from the next node, worked out from
the last nodes of the day back to the first (the recursion of Kolmogorov's backward equation). The
people of a node then share out over the ends by one multinomial, so that the cost does not depend
on how many they are.

Laws are kept by scene. Where a camp repels, its multiplier enters the weights: people are worked
through in batches small enough that it hardly moves within one, each by the law at its middle, and
only nodes from which somebody might still choose that camp are worked out anew. A batch ends where
a camp is expected to turn people away, so that no more come than there is room for.

In the morning people choose by the multipliers of the morning, later on by those of the moment: the
chances of the morning are kept. Those at places of limited capacity decide before the others and
go link by link, because their leaving changes what the others choose by.

The way made so far is forgotten where the day ends, and who passed a place is not known: runs that
count arrivals go link by link.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossings.dynamics.binomial import stream_binomial
from crossings.dynamics.compiled import hot, inner
from crossings.dynamics.flee.cells import CLASS, MOVED, PEOPLE, WHERE, Cells
from crossings.dynamics.flee.luck import FEW, place_of, uniform_at
from crossings.dynamics.flee.nodes import CAMP_BITS
from crossings.dynamics.flee.plan import END, HEAD, Plan
from crossings.dynamics.flee.state import ARRIVED, HERE, KIND, NEW, TICK, State, Today, end_day
from crossings.dynamics.flee.weighing import most_let_in, repels, room_left, weigh
from crossings.dynamics.streams import nth_uniform

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

NEAR = 0.05
"""A batch may always bring this share of what it may bring at most: close to where a camp turns
people away batches would else become as small as one person."""

MOST_DRAWN = 64
"""Up to so many people who leave a camp in a morning it is drawn when enough of them have left."""

CROSSING = 3
"""Column of ``State.came``: the part of the morning after which a camp has room."""

NODE_PLACE, NODE_STEPS, NODE_CAMPS = range(3)
"""Columns of ``Plan.node``: its place, its first step, the camps that matter from there (bits)."""


@inner
def _number(plan: Plan, s: State, today: Today, kind: int) -> int:
    """Where the law of today and of a kind is kept."""
    return int((today.law * plan.kinds + kind) % s.law.shape[0])


@inner
def _changed(plan: Plan, s: State, today: Today, known: F8) -> int:
    """The camps whose multiplier is another than the one a law holds for, as bits; it is noted."""
    changed = 0
    for p in range(plan.places):
        room = room_left(plan, s, today, p)
        if room != known[p]:
            changed |= 1 << (p % CAMP_BITS)
            known[p] = room
    return changed


@inner
def _weigh_all(plan: Plan, s: State, today: Today, kind: int) -> None:
    """The chances that a kind of person stays at a place or takes each option, as of now.

    They go to row 0 of ``s.stay`` and ``s.share``; those of the morning have rows of their own.
    """
    begin = plan.first_option[today.options, 0]
    for p in range(plan.places):
        options = weigh(plan, s, today, p, kind)
        total = 0.0
        for j in range(options):
            total += s.weight[j]
        chance = min(1.0, plan.chance[today.chance, kind, p]) if options > 0 else 0.0
        s.stay[0, p] = 1.0 - chance
        o = plan.first_option[today.options, p]
        for j in range(options):
            share = chance * s.weight[j] / total
            if repels(plan, s, today, plan.option[o + j, END]):
                s.stay[0, p] += share
                share = 0.0
            s.share[0, o + j - begin] = share


@hot
def _morning(kind: int, cls: int) -> int:
    """Where the chances of a kind in the morning are kept: the newcomers of the day have others."""
    return 1 + 2 * kind + (cls & NEW > 0)


@inner
def _draw_crossings(plan: Plan, s: State, today: Today) -> None:
    """The part of the morning after which each camp has room again, into ``s.came``; 1: never.

    ``s.ahead`` holds how many leave a place. They leave at random, so that part is the k-th least
    of as many uniforms, where k must leave; of more than :data:`MOST_DRAWN` it is the mean.
    """
    for p in range(plan.places):
        s.came[p, CROSSING] = 1.0
        most, leaving = most_let_in(plan, today, p), s.ahead[p]
        k = int(np.ceil(s.at[p, HERE] + leaving - most))
        if most < 0.0 or not 0 < k <= leaving:
            continue
        if leaving > MOST_DRAWN:
            s.came[p, CROSSING] = k / (leaving + 1.0)
            continue
        still = 1.0
        for i in range(k):
            still *= uniform_at(s, p) ** (1.0 / (leaving - i))
        s.came[p, CROSSING] = 1.0 - still


@inner
def _people_when(plan: Plan, s: State, passed: float, until: float, back: bool) -> None:
    """Set the people at places to what they are in the middle of a part of the morning, or back.

    A camp has room from its crossing on, and none before, whatever the mean of the others says.
    """
    middle = 0.5 * (passed + until)
    for p in range(plan.places):
        change = int(s.ahead[p] * (1.0 - middle))
        crossing = s.came[p, CROSSING]
        if crossing < 1.0:
            change = s.ahead[p] if middle < crossing else 0
        s.at[p, HERE] += -change if back else change


@inner
def choose_in_the_morning(plan: Plan, s: State, today: Today, cls: int) -> None:
    """Keep the chances of the morning for people before today or for newcomers, by class.

    ``s.ahead`` holds how many have left each place since those before today began to decide. All
    decide in random order, so each when any part of these have left: the chances are means over
    the parts between which a camp gets room, each taken at its middle. Newcomers come after.
    """
    passed = 0.0
    if cls & NEW:
        for p in range(plan.places):
            s.ahead[p] = 0
    _draw_crossings(plan, s, today)
    for kind in range(plan.kinds):
        s.share[_morning(kind, cls)] = 0.0
        s.stay[_morning(kind, cls)] = 0.0
    while passed < 1.0:
        until = 1.0
        for p in range(plan.places):
            if passed < s.came[p, CROSSING] < until:
                until = s.came[p, CROSSING]
        _people_when(plan, s, passed, until, False)
        for kind in range(plan.kinds):
            row = _morning(kind, cls)
            _weigh_all(plan, s, today, kind)
            for i in range(s.share.shape[1]):
                s.share[row, i] += (until - passed) * s.share[0, i]
            for p in range(plan.places):
                s.stay[row, p] += (until - passed) * s.stay[0, p]
        _people_when(plan, s, passed, until, True)
        passed = until


@hot
def _work_out(plan: Plan, s: State, today: Today, law: F8, node: int, at: int) -> None:
    """The law from a node, by the chances of row ``at``; later nodes have theirs already."""
    p = plan.node[node, NODE_PLACE]
    row = law[node - plan.first_node[today.options]]
    row[:] = 0.0
    row[p] = s.stay[at, p]
    begin = plan.first_option[today.options, 0]
    o = plan.first_option[today.options, p]
    for j in range(plan.first_option[today.options, p + 1] - o):
        share = s.share[at, o + j - begin]
        if share == 0.0:
            continue
        step = plan.step[plan.node[node, NODE_STEPS] + j]
        if step < 0:
            row[-1 - step] += share
        else:
            after = law[step]
            for e in range(row.size):
                row[e] += share * after[e]


@inner
def _renew(plan: Plan, s: State, today: Today, kind: int, cls: int) -> None:
    """Bring the law of today and of a kind up to the multipliers that stand now."""
    k = _number(plan, s, today, kind)
    known, law = s.law_of[k], s.law[k]
    scene = today.law * plan.kinds + kind + 1
    whole = today.varying or known[plan.places] != scene
    known[plan.places] = scene
    changed = _changed(plan, s, today, known)
    first, end = plan.first_node[today.options], plan.first_node[today.options + 1]
    mornings = end - plan.places
    begin = mornings
    if whole or changed != 0:
        _weigh_all(plan, s, today, kind)
        begin = first
    for i in range(begin, end):
        if i >= mornings:
            _work_out(plan, s, today, law, i, _morning(kind, cls))
        elif whole or plan.node[i, NODE_CAMPS] & changed != 0:
            _work_out(plan, s, today, law, i, 0)


@inner
def _share_out(s: State, law: F8, n: int, place: int) -> None:
    """Share people of a node out over the ends of its law, added to ``s.tally``."""
    last, some, rest = 0, 0, 0.0
    for e in range(law.size):
        if law[e] > 0.0:
            last = e
            some += 1
            rest += law[e]
    key, twist, tick = s.key[place, 0], s.key[place, 1], s.at[place, TICK]
    for e in range(law.size):
        if n == 0:
            break
        if n <= FEW and n < 2 * some:
            for _ in range(n):
                x = nth_uniform(key, twist, np.uint64(tick)) * rest
                tick += 1
                s.tally[e + place_of(law[e:], x, last - e)] += 1
            break
        if law[e] > 0.0:
            # Drawn here: a call that hands on the member takes longer than the draw itself.
            k = n
            if e < last:
                k, tick = stream_binomial(n, min(1.0, law[e] / rest), key, twist, tick)
            s.tally[e] += k
            n -= k
            rest -= law[e]
            some -= 1
    s.at[place, TICK] = tick


@inner
def _end_all(plan: Plan, s: State, cls: int) -> None:
    """The day of all who were shared out ends."""
    for e in range(s.tally.size):
        n = s.tally[e]
        if n == 0:
            continue
        s.tally[e] = 0
        where = plan.end[e, 0]
        if where < plan.places:
            s.at[where, HERE] += n
            s.at[where, ARRIVED] += n
        end_day(plan, s, where, cls, 0, plan.end[e, 1], 0, 0, n)


@inner
def _room_for(plan: Plan, s: State, today: Today, p: int) -> float:
    """How many may come to a place before its law must be worked out anew, -1 for any number.

    As many as move its multiplier by a share of its range, or as there is room for until it begins
    to repel; and no more than two standard deviations of their number below those after whom it
    turns people away.
    """
    room = plan.room[today.room, p]
    n, low = s.at[p, HERE], plan.rules.buffer * room
    if room < 1.0 or not plan.rules.capacity or n >= room:
        return -1.0
    allowed = plan.rules.batch * (room - low)
    size = max(allowed, low - n)
    most = most_let_in(plan, today, p)
    if most >= 0.0:
        if n > most:
            return -1.0
        size = max(NEAR * allowed, min(size, (np.sqrt(most - n + 1.0) - 1.0) ** 2))
    return float(max(0.5, size))


@inner
def _renew_ahead(plan: Plan, s: State, today: Today, cls: int) -> None:
    """Bring the laws up to the multipliers of the middle of a batch.

    The people of a batch go on one after the other, and who comes to a place weighs on the choices
    of those after: one law for all is that when half of those have come who may come.
    """
    for p in range(plan.places):
        s.ahead[p] = int(0.5 * max(0.0, _room_for(plan, s, today, p)))
        s.at[p, HERE] += s.ahead[p]
    for kind in range(plan.kinds):
        _renew(plan, s, today, kind, cls)
    for p in range(plan.places):
        s.at[p, HERE] -= s.ahead[p]


@inner
def _mornings(plan: Plan, today: Today) -> int:
    """The first node of the morning, in the table of today."""
    options = today.options
    return int(plan.first_node[options + 1] - plan.places - plan.first_node[options])


@inner
def _coming(
    plan: Plan, s: State, today: Today, cells: Cells, first: int, end: int, p: int
) -> float:
    """How many people of some rows are expected to come to a place, by the laws as they stand."""
    coming, mornings = 0.0, _mornings(plan, today)
    for i in range(first, end):
        row = cells.rows[i]
        where, n = row[WHERE], row[PEOPLE]
        if where < plan.places:
            law = s.law[_number(plan, s, today, (row[CLASS] >> KIND) % plan.kinds)]
            coming += n * law[mornings + where, p]
        elif plan.link[where - plan.places, HEAD] == p:
            coming += n
    return coming


@inner
def batch_share(plan: Plan, s: State, today: Today, cells: Cells, first: int, end: int) -> float:
    """The share of the people of some rows whose day may end by one law, which is made ready."""
    _renew_ahead(plan, s, today, cells.rows[first, CLASS])
    share = 1.0
    for p in range(plan.places):
        size = _room_for(plan, s, today, p)
        if size > 0.0:
            share = min(share, size / max(1e-9, _coming(plan, s, today, cells, first, end, p)))
    return share


@inner
def _draw(plan: Plan, s: State, today: Today, row: I8, node: int) -> None:
    """The people of a row share out over the ends from a node."""
    place, n = row[WHERE], row[PEOPLE]
    before = s.tally[place]
    law = s.law[_number(plan, s, today, (row[CLASS] >> KIND) % plan.kinds)]
    _share_out(s, law[node], n, place)
    s.at[place, HERE] -= n
    row[PEOPLE] = 0
    # Who stayed comes from nowhere: ends count as arrivals, and who stopped was counted before.
    s.at[place, ARRIVED] -= s.tally[place] - before


@inner
def end_by_law(plan: Plan, s: State, today: Today, cells: Cells) -> None:
    """The day of a batch ends by the law that :func:`batch_share` has made ready.

    Those of ``cells`` at places have yet to decide; ``s.stops`` holds those who have come to a
    place with some of the day left.
    """
    mornings = _mornings(plan, today)
    cls = -1
    for i in range(cells.slot[0]):
        row = cells.rows[i]
        if row[WHERE] < plan.places:
            if row[CLASS] != cls:
                _end_all(plan, s, cls)
                cls = row[CLASS]
            _draw(plan, s, today, row, mornings + row[WHERE])
    for i in range(s.stops.slot[0]):
        row = s.stops.rows[i]
        if row[CLASS] != cls:
            _end_all(plan, s, cls)
            cls = row[CLASS]
        node = plan.node_at[today.options, row[WHERE], row[MOVED] // plan.rules.grid]
        _draw(plan, s, today, row, node)
    _end_all(plan, s, cls)


@inner
def _travelling(plan: Plan, s: State, today: Today) -> float:
    """How many people are expected to travel today, -1 where the laws do not hold for all.

    Who comes to be where capacity is limited, as newcomers, weighs on the choices of the others.
    """
    people = 0.0
    for i in range(s.now.slot[0]):
        row = s.now.rows[i]
        place = row[WHERE]
        if place >= plan.places:
            people += row[PEOPLE]
        elif plan.room[today.room, place] < 1.0:
            kind = (row[CLASS] >> KIND) % plan.kinds
            people += row[PEOPLE] * min(1.0, plan.chance[today.chance, kind, place])
        elif row[CLASS] & NEW:
            return -1.0
    return people


@inner
def whole_days(plan: Plan, s: State, today: Today) -> bool:
    """Whether today is worked through by laws: it has one, and people are many a batch.

    How many batches there will be is told by the share that came to places before.
    """
    if today.law < 0 or plan.rules.ages > 0 or plan.rules.batch == 0.0:
        return False
    people, batches = _travelling(plan, s, today), 1.0
    for p in range(plan.places):
        size = _room_for(plan, s, today, p)
        if size > 0.0:
            batches += people * (s.came[p, 0] + 1.0) / (s.came[p, 1] + 1.0) / size
    return people >= plan.rules.laws_from * batches
