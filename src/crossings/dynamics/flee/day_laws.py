"""Where the day of many people ends, as a law that is worked out once: whole days at one draw.

Without ``avoid_short_stints`` what a person does for the rest of a day depends on the place and on
the way made so far, and nothing else as long as the weights of the ways stand. A node is such a
pair. From a node one may end the day at any of a few places or points on links; the law of that is
the sum over the next links of the law from the next node, worked out from the last nodes of the day
back to the first (the recursion of Kolmogorov's backward equation). The people of a node then share
out over the ends by one multinomial, so that the cost does not depend on how many they are.

Laws are kept by scene. Where a camp repels, its multiplier enters the weights, and only nodes from
which somebody might still choose that camp are worked out anew.

The way made so far is forgotten where the day ends, and who passed a place is not known: runs that
count arrivals go link by link.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import inner
from crossings.dynamics.flee.cells import CLASS, MOVED, PEOPLE, WHERE
from crossings.dynamics.flee.luck import FEW, how_many, place_of, uniform_at
from crossings.dynamics.flee.nodes import CAMP_BITS
from crossings.dynamics.flee.plan import END, Plan
from crossings.dynamics.flee.state import ARRIVED, HERE, KIND, State, Today, end_day
from crossings.dynamics.flee.weighing import repels, room_left, weigh

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

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
    """The chances that a kind of person stays at a place or takes each option, as of now."""
    begin = plan.first_option[today.options, 0]
    for p in range(plan.places):
        options = weigh(plan, s, today, p, kind)
        total = 0.0
        for j in range(options):
            total += s.weight[j]
        chance = min(1.0, plan.chance[today.chance, kind, p]) if options > 0 else 0.0
        s.stay[p] = 1.0 - chance
        o = plan.first_option[today.options, p]
        for j in range(options):
            share = chance * s.weight[j] / total
            if repels(plan, s, today, plan.option[o + j, END]):
                s.stay[p] += share
                share = 0.0
            s.share[o + j - begin] = share


@inner
def _renew(plan: Plan, s: State, today: Today, kind: int) -> None:
    """Bring the law of today and of a kind up to the multipliers that stand now."""
    k = _number(plan, s, today, kind)
    known = s.law_of[k]
    scene = today.law * plan.kinds + kind + 1
    whole = today.varying or known[plan.places] != scene
    known[plan.places] = scene
    changed = _changed(plan, s, today, known)
    if not whole and changed == 0:
        return
    _weigh_all(plan, s, today, kind)
    first, begin = plan.first_node[today.options], plan.first_option[today.options, 0]
    law = s.law[k]
    for i in range(first, plan.first_node[today.options + 1]):
        node = plan.node[i]
        if not whole and node[NODE_CAMPS] & changed == 0:
            continue
        p = node[NODE_PLACE]
        row = law[i - first]
        row[:] = 0.0
        row[p] = s.stay[p]
        o = plan.first_option[today.options, p]
        for j in range(plan.first_option[today.options, p + 1] - o):
            share = s.share[o + j - begin]
            if share == 0.0:
                continue
            step = plan.step[node[NODE_STEPS] + j]
            if step < 0:
                row[-1 - step] += share
            else:
                after = law[step]
                for e in range(row.size):
                    row[e] += share * after[e]


@inner
def _share_out(s: State, law: F8, n: int, place: int) -> None:
    """Share people of a node out over the ends of its law, added to ``s.tally``."""
    last, some, rest = 0, 0, 0.0
    for e in range(law.size):
        if law[e] > 0.0:
            last = e
            some += 1
            rest += law[e]
    for e in range(law.size):
        if n == 0:
            return
        if n <= FEW and n < 2 * some:
            for _ in range(n):
                s.tally[e + place_of(law[e:], uniform_at(s, place) * rest, last - e)] += 1
            return
        if law[e] > 0.0:
            k = n if e == last else how_many(s, n, min(1.0, law[e] / rest), place)
            s.tally[e] += k
            n -= k
            rest -= law[e]
            some -= 1


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
def _halfway(plan: Plan, s: State, today: Today) -> None:
    """Set the people at places of limited capacity to what they are when half of all have come.

    The groups in ``s.stops`` go on one after the other, and who comes to a place weighs on the
    choices of those after. One law for all is that of the middle: without half of those who have
    come there already, with half of those who will, by the share that came there before.
    ``s.ahead`` keeps the difference.
    """
    s.ahead[:] = 0
    people = 0
    for i in range(s.stops.slot[0]):
        row = s.stops.rows[i]
        s.ahead[row[WHERE]] += row[PEOPLE]
        people += row[PEOPLE]
    for p in range(plan.places):
        come = s.ahead[p]
        s.ahead[p] = 0
        if plan.room[today.room, p] >= 1.0:
            to_come = people * s.came[p, 0] / max(1.0, s.came[p, 1]) - come
            s.ahead[p] = int(0.5 * (max(0.0, to_come) - come))
            s.at[p, HERE] += s.ahead[p]


@inner
def end_by_law(plan: Plan, s: State, today: Today) -> None:
    """The day of all groups in ``s.stops``, which have come to a place, ends by the law.

    Groups whose node is not known stay.
    """
    _halfway(plan, s, today)
    for kind in range(plan.kinds):
        for i in range(s.stops.slot[0]):
            if (s.stops.rows[i, CLASS] >> KIND) % plan.kinds == kind:
                _renew(plan, s, today, kind)
                break
    for p in range(plan.places):
        s.at[p, HERE] -= s.ahead[p]
    cls = -1
    for i in range(s.stops.slot[0]):
        row = s.stops.rows[i]
        place, n = row[WHERE], row[PEOPLE]
        node = plan.node_at[today.options, place, row[MOVED] // plan.rules.grid]
        if node < 0:
            continue
        if row[CLASS] != cls:
            _end_all(plan, s, cls)
            cls = row[CLASS]
        before = s.tally[place]
        law = s.law[_number(plan, s, today, (cls >> KIND) % plan.kinds)]
        _share_out(s, law[node], n, place)
        s.at[place, HERE] -= n
        row[PEOPLE] = 0
        # Who stayed had been counted as arrived when they came.
        s.at[place, ARRIVED] -= s.tally[place] - before
    _end_all(plan, s, cls)
