"""What the ways from a place weigh: the capacity of their ends, and choosing one.

The weights without the multiplier of capacity are the same for all members as long as the tables of
a day are. They are made ready once (:mod:`.ready`): one uniform chooses. A way whose end repels is
then taken with the probability by which its multiplier lowers its weight, else all is chosen anew,
which is exact.
"""

from __future__ import annotations

from crossings.dynamics.compiled import hot, inner
from crossings.dynamics.flee.cells import CLASS, PEOPLE, WHERE
from crossings.dynamics.flee.luck import place_of, uniform_at
from crossings.dynamics.flee.plan import (
    CAMP,
    CONFLICT,
    END,
    SCENE_FIRST,
    SCENE_SIZE,
    Plan,
)
from crossings.dynamics.flee.state import HERE, KIND, POPULATION, State, Today

TRIES = 20
"""So often a way to a place that repels is chosen before the weights are worked out."""


@hot
def room_left(plan: Plan, s: State, today: Today, place: int) -> float:
    """The multiplier of capacity: 1 with room, 0 when full."""
    room = plan.room[today.room, place]
    if room < 1.0 or not plan.rules.capacity:
        return 1.0
    n = s.at[place, HERE]
    if n <= plan.rules.buffer * room:
        return 1.0
    if n >= room:
        return 0.0
    return float(1.0 - (n - plan.rules.buffer * room) / (room * (1.0 - plan.rules.buffer)))


@hot
def most_let_in(plan: Plan, today: Today, place: int) -> float:
    """With how many people in it a camp still lets others set out for it, -1 for any number.

    That is where its multiplier is a half, see :func:`repels`.
    """
    room = plan.room[today.room, place]
    if room < 1.0 or not plan.rules.capacity or not plan.flags[today.flags, place] & CAMP:
        return -1.0
    return float(0.5 * (1.0 + plan.rules.buffer) * room)


@hot
def repels(plan: Plan, s: State, today: Today, goal: int) -> bool:
    """Whether nobody sets out for a camp because it is nearly full."""
    camp = plan.flags[today.flags, goal] & CAMP
    return bool(camp and room_left(plan, s, today, goal) < 0.5)


@inner
def weigh(plan: Plan, s: State, today: Today, place: int, person: int) -> int:
    """Weights of the options of a place for a kind (and home) into ``s.weight``; how many."""
    rules = plan.rules
    first, end = (
        plan.first_option[today.options, place],
        plan.first_option[today.options, place + 1],
    )
    kind = person % plan.kinds
    heaviest, total = 0.0, 0.0
    for o in range(first, end):
        goal = plan.option[o, END]
        score = (
            s.attraction[kind, goal]
            if today.varying
            else plan.attraction[today.attraction, kind, goal]
        ) * plan.option_factor[o, 0]
        if plan.home_factor.shape[0] > 0:
            score *= plan.home_factor[person // plan.kinds % plan.places, goal]
        w = (rules.softening + score) * plan.option_factor[o, 1] * room_left(plan, s, today, goal)
        if rules.weight_power != 1.0:
            w = w**rules.weight_power
        s.weight[o - first] = w
        heaviest = max(heaviest, w)
    for j in range(end - first):
        if rules.prune > 0.0 and s.weight[j] < heaviest / rules.prune:
            s.weight[j] = 0.0
        total += s.weight[j]
    if not total > 0.0:
        for j in range(end - first):
            s.weight[j] = 1.0
    return int(end - first)


@inner
def _choose_by_weight(plan: Plan, s: State, today: Today, place: int, cls: int, luck: int) -> int:
    """The option that one person chooses, by weights worked out for it; -1 without any."""
    options = weigh(plan, s, today, place, cls >> KIND)
    if options == 0:
        return -1
    total, last = 0.0, 0
    for j in range(options):
        if s.weight[j] > 0.0:
            total += s.weight[j]
            last = j
    j = place_of(s.weight, uniform_at(s, luck) * total, last)
    return int(plan.first_option[today.options, place] + j)


@hot
def choose_one(plan: Plan, s: State, today: Today, place: int, cls: int, luck: int) -> int:
    """The option that one person at a place chooses, by the luck of a place; -1 without any."""
    if today.scene < 0:
        return _choose_by_weight(plan, s, today, place, cls, luck)
    first = plan.first_option[today.options, place]
    size = plan.first_option[today.options, place + 1] - first
    if size == 0:
        return -1
    ready = plan.scene[today.scene, SCENE_FIRST] + first - plan.first_option[today.options, 0]
    ready += (cls >> KIND) % plan.kinds * plan.scene[today.scene, SCENE_SIZE]
    if plan.ready_share[ready] < 0.0:
        return _choose_by_weight(plan, s, today, place, cls, luck)
    for _ in range(TRIES):
        x = uniform_at(s, luck) * size
        j = int(x)
        if x - j >= plan.ready_share[ready + j]:
            j = plan.ready_other[ready + j]
        o = first + j
        room = room_left(plan, s, today, plan.option[o, END])
        if room == 1.0:
            return int(o)
        if plan.rules.weight_power != 1.0:
            room = room**plan.rules.weight_power
        if uniform_at(s, luck) < room:
            return int(o)
    return _choose_by_weight(plan, s, today, place, cls, luck)


@inner
def _match(plan: Plan, s: State, today: Today) -> None:
    """Attraction of places by the share of people alike who are there (into ``s.attraction``)."""
    rules = plan.rules
    s.by_kind[:] = 0
    for i in range(s.now.slot[0]):
        row = s.now.rows[i]
        if row[WHERE] < plan.places:
            s.by_kind[(row[CLASS] >> KIND) % plan.kinds, row[WHERE]] += row[PEOPLE]
    for p in range(plan.places):
        everybody = 0
        for k in range(plan.kinds):
            everybody += s.by_kind[k, p]
        of = float(everybody)
        if rules.match_population:
            of = 1e8 if s.at[p, POPULATION] < 1 else float(s.at[p, POPULATION])
        for k in range(plan.kinds):
            tribe, faith = 0, 0
            for j in range(plan.kinds):
                tribe += s.by_kind[j, p] if plan.alike[0, k, j] else 0
                faith += s.by_kind[j, p] if plan.alike[1, k, j] else 0
            by_tribe = 10.0 * tribe / of if of > 0.0 else 1.0
            by_faith = faith / of / rules.faith if of > 0.0 else 1.0
            flags = plan.flags[today.flags, p]
            if flags & CAMP:
                if rules.match_camp:
                    s.attraction[k, p] *= by_tribe
                if rules.match_faith:
                    s.attraction[k, p] *= by_faith
            elif flags & CONFLICT:
                s.attraction[k, p] *= by_tribe if rules.match_conflict else 1.0
            elif rules.match_town:
                s.attraction[k, p] *= by_tribe


@inner
def attract(plan: Plan, s: State, today: Today) -> None:
    """What differs between members in the attraction of places."""
    rules = plan.rules
    for k in range(plan.kinds):
        for p in range(plan.places):
            a = plan.attraction[today.attraction, k, p]
            if rules.pop_power != 0.0 and not plan.flags[today.flags, p] & CAMP:
                a *= max(1, s.at[p, POPULATION]) ** rules.pop_power
            s.attraction[k, p] = a
    if rules.match_camp or rules.match_faith or rules.match_town or rules.match_conflict:
        _match(plan, s, today)
