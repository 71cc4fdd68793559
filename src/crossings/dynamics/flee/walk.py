"""One day of one member, on cells of exchangeable people.

Within a day everybody first decides, then travels; who arrives with time to spare decides again.
As long as the weights of the ways stay the same, people of a cell decide independently: a binomial
of them moves and a multinomial of these takes each way, which is exact.

Weights change within a day only where the number of people at a place of limited capacity moves
between the share at which it starts to repel and full. Flee works through people one by one, in
order of their creation. Here they are worked through in batches: those who were there before today
come before the newcomers of the day, each batch goes through its whole day, and counts are updated
before the next. A batch is so small that it can change no weight by more than ``Rules.batch`` of
its range, and down to one person.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.binomial import exact_binomial
from crossings.dynamics.compiled import compiled, inner
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
    new_cells,
)
from crossings.dynamics.flee.plan import (
    ATTRACTION,
    CAMP,
    CHANCE,
    CODE,
    CONFLICT,
    END,
    FLAGS,
    HARVEST,
    HEAD,
    LAST,
    LENGTH,
    LINK,
    NEXT,
    OPTIONS,
    REMAINS,
    RESIDENTS,
    REST,
    ROOM,
    SPEED,
    TAIL,
    TOWN,
    WAYS,
    Plan,
)
from crossings.dynamics.streams import uniforms

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

FIRST_LEG, STILL, NEW, AT_HOME = 1, 2, 4, 8
"""Flags of a class: on the first link; moves no more; came today; counted at home (harvest)."""

KIND = 4
"""Bits of a class below its kind and home."""

DRAW = 201
"""Purpose of the draws here; the number of the draw at its place and day is part of the step."""

FEW = 4
"""So many people are drawn one by one."""

MOST_LINKS = 1000
"""In one day, on links without length."""


HERE, ARRIVED, POPULATION, TICK = range(4)
"""Columns of ``State.at``."""


class State(NamedTuple):
    """One member: ``now`` and ``then`` hold the people before and after a day.

    ``links``, ``batch``, ``onward``, ``stops``: people on links and between two links of a day.
    ``at`` (P, 4): people there, who ever arrived, population left, draws made today. ``weight``,
    ``counts``: of the options of one place. ``attraction``, ``by_kind`` (K, P). ``full``: set
    where a table is too small. ``came`` (P, 3): how many came of how many who travelled, and
    ``ARRIVED`` as last looked at.
    """

    now: Cells
    then: Cells
    links: Cells
    batch: Cells
    onward: Cells
    stops: Cells
    at: I8
    weight: F8
    counts: I8
    attraction: F8
    by_kind: I8
    came: F8
    full: I8


class Today(NamedTuple):
    """The numbers of the tables that hold on a day, and the address of its draws."""

    ways: int
    options: int
    attraction: int
    chance: int
    flags: int
    room: int
    harvest: bool
    varying: bool
    seed: int
    member: int
    day: int


@compiled
def new_state(plan: Plan, capacity: int) -> State:
    """A member before its first day, nobody anywhere."""
    most = 1
    for d in range(plan.first_option.shape[0]):
        for p in range(plan.places):
            most = max(most, plan.first_option[d, p + 1] - plan.first_option[d, p])
    at = np.zeros((plan.places, 4), np.int64)
    at[:, POPULATION] = plan.place[:, RESIDENTS]
    return State(
        new_cells(capacity),
        new_cells(capacity),
        new_cells(capacity),
        new_cells(capacity),
        new_cells(capacity),
        new_cells(capacity),
        at,
        np.zeros(max(most, plan.kinds)),
        np.zeros(max(most, plan.kinds), np.int64),
        np.zeros((plan.kinds, plan.places)),
        np.zeros((plan.kinds, plan.places), np.int64),
        np.zeros((plan.places, 3)),
        np.zeros(1, np.int64),
    )


@inner
def _step(plan: Plan, s: State, today: Today, place: int) -> int:
    """The step part of the address of the next draw at a place."""
    tick = s.at[place, TICK]
    s.at[place, TICK] = tick + 1
    return int(today.day | (tick << 12))


@inner
def _of(plan: Plan, s: State, today: Today, n: int, p: float, place: int) -> int:
    """How many of ``n`` do what each does with probability ``p``."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    step = _step(plan, s, today, place)
    code = plan.place[place, CODE]
    if n > FEW:
        return exact_binomial(n, p, today.seed, today.member, code, step, DRAW)
    k = 0
    for pair in range(0, n, 2):
        one, two = uniforms(today.seed, today.member, code, step, DRAW + (pair << 16))
        k += one < p
        k += two < p and pair + 1 < n
    return k


@inner
def _spread(plan: Plan, s: State, today: Today, n: int, options: int, place: int) -> None:
    """Share ``n`` people out over the first options by ``s.weight``, into ``s.counts``."""
    total, last = 0.0, 0
    for j in range(options):
        s.counts[j] = 0
        if s.weight[j] > 0.0:
            total += s.weight[j]
            last = j
    if n <= 2 * options:
        step = _step(plan, s, today, place)
        for pair in range(0, n, 2):
            draws = uniforms(
                today.seed, today.member, plan.place[place, CODE], step, DRAW + (pair << 16)
            )
            for k in range(min(2, n - pair)):
                x = draws[k] * total
                j = 0
                while j < last and x >= s.weight[j]:
                    x -= s.weight[j]
                    j += 1
                s.counts[j] += 1
        return
    for j in range(last + 1):
        if s.weight[j] > 0.0:
            k = n if j == last else _of(plan, s, today, n, min(1.0, s.weight[j] / total), place)
            s.counts[j] = k
            n -= k
            total -= s.weight[j]


@inner
def today_of(plan: Plan, s: State, t: int, seed: int, member: int) -> Today:
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
        on[HARVEST] > 0,
        varying,
        seed,
        member,
        t,
    )


@inner
def draw_of(
    plan: Plan, s: State, n: int, p: float, place: int, t: int, seed: int, member: int
) -> int:
    """How many of ``n`` do what each does with probability ``p``, by the luck of a place."""
    return _of(plan, s, today_of(plan, s, t, seed, member), n, p, place)


@inner
def draw_spread(
    plan: Plan, s: State, n: int, options: int, place: int, t: int, seed: int, member: int
) -> None:
    """Share ``n`` people out by ``s.weight`` into ``s.counts``, by the luck of a place."""
    _spread(plan, s, today_of(plan, s, t, seed, member), n, options, place)


@inner
def _put(s: State, cells: Cells, where: int, cls: int, route: int, on: int, r: int, n: int) -> None:
    if not add(cells, where, cls, route, on, r, 0, n):
        s.full[0] = 1


@inner
def _end(plan: Plan, s: State, row: I8, where: int, route: int, on: int, cls: int, n: int) -> None:
    """The day of some people ends; their recent travel halves towards what they made today."""
    recent = 0
    if plan.rules.short_stints and not cls & STILL:
        grid = plan.rules.grid
        recent = (row[RECENT] + row[MOVED]) >> 1
        recent = (recent + (grid - 1) // 2) // grid * grid
    _put(s, s.then, where, cls & ~NEW, route, on, recent, n)


@inner
def _full(plan: Plan, s: State, today: Today, place: int) -> float:
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


@inner
def _weigh(plan: Plan, s: State, today: Today, place: int, person: int) -> int:
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
            score *= plan.home_factor[person // plan.kinds, goal]
        w = (rules.softening + score) * plan.option_factor[o, 1] * _full(plan, s, today, goal)
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
def _enter(
    plan: Plan, s: State, today: Today, row: I8, link: int, rest: int, goal: int, cls: int,
    n: int, target: Cells,
) -> None:  # fmt: skip
    """Send people from a place into a link, unless their goal is a camp that is half repelling."""
    place = row[WHERE]
    if plan.flags[today.flags, goal] & CAMP and _full(plan, s, today, goal) < 0.5:
        _end(plan, s, row, place, 0, 0, cls, n)
        return
    s.at[place, HERE] -= n
    if not add(target, plan.places + link, cls, rest, 0, row[RECENT], row[MOVED], n):
        s.full[0] = 1


@inner
def _follow(
    plan: Plan, s: State, today: Today, row: I8, cls: int, n: int, target: Cells
) -> None:  # fmt: skip
    """People with a route take the next link of it, or lose it where that link is gone."""
    place, route = row[WHERE], row[ROUTE]
    for k in range(plan.first_way[today.ways, place], plan.first_way[today.ways, place + 1]):
        if plan.link[plan.way[k], HEAD] == plan.route[route, NEXT]:
            rest, goal = plan.route[route, REMAINS], plan.route[route, LAST]
            _enter(plan, s, today, row, plan.way[k], rest, goal, cls, n, target)
            return
    _end(plan, s, row, place, 0, 0, cls, n)


@inner
def _choose(
    plan: Plan, s: State, today: Today, row: I8, cls: int, n: int, target: Cells
) -> None:  # fmt: skip
    """People without a route choose one."""
    place = row[WHERE]
    options = _weigh(plan, s, today, place, cls >> KIND)
    if options == 0:
        _end(plan, s, row, place, 0, 0, cls, n)
        return
    _spread(plan, s, today, n, options, place)
    first = plan.first_option[today.options, place]
    for j in range(options):
        if s.counts[j] > 0:
            o = first + j
            link, rest, goal = plan.option[o, LINK], plan.option[o, REST], plan.option[o, END]
            _enter(plan, s, today, row, link, rest, goal, cls, s.counts[j], target)


@inner
def _counted_at_home(plan: Plan, s: State, row: I8, n: int, away: bool) -> None:
    """People at a place are counted at their home, or no longer."""
    change = n if away else -n
    s.at[row[WHERE], HERE] -= change
    s.at[(row[CLASS] >> KIND) // plan.kinds, HERE] += change


@inner
def _decide(
    plan: Plan, s: State, today: Today, row: I8, n: int, forced: bool, target: Cells
) -> None:  # fmt: skip
    """People at a place decide; who moves goes to ``target``."""
    place, cls, route = row[WHERE], row[CLASS], row[ROUTE]
    kind = (cls >> KIND) % plan.kinds
    away = today.harvest and plan.farms[kind]
    if not cls & STILL and away != (cls & AT_HOME > 0):
        _counted_at_home(plan, s, row, n, away)
        cls ^= AT_HOME
    if cls & (STILL | AT_HOME):
        _end(plan, s, row, place, route, 0, cls, n)
        return
    chance = plan.chance[today.chance, kind, place]
    if route > 0 or (forced and plan.flags[today.flags, place] & TOWN):
        chance = 1.0
    moving = _of(plan, s, today, n, chance, place)
    if n > moving:
        _end(plan, s, row, place, route, 0, cls, n - moving)
    if moving > 0 and route > 0:
        _follow(plan, s, today, row, cls, moving, target)
    elif moving > 0:
        _choose(plan, s, today, row, cls, moving, target)


@inner
def _advance(plan: Plan, s: State, today: Today, row: I8, speed: int, n: int) -> None:
    """People on a link make a day's way at a speed, or what is left of the day."""
    if n == 0:
        return
    link, cls, route = row[WHERE] - plan.places, row[CLASS], row[ROUTE]
    way = speed if plan.rules.full_speed else max(0, speed - row[MOVED])
    on = row[ON] + way
    before = row[MOVED]
    row[MOVED] = before + way
    if on <= plan.link[link, LENGTH]:
        _end(plan, s, row, row[WHERE], route, on, cls, n)
        row[MOVED] = before
        return
    grid = plan.rules.grid
    made = before + way - (on - plan.link[link, LENGTH])
    row[MOVED] = (made + (grid - 1) // 2) // grid * grid
    cls &= ~FIRST_LEG
    if plan.shut[today.ways, link]:
        s.at[plan.link[link, TAIL], HERE] += n
        _end(plan, s, row, plan.link[link, TAIL], route, 0, cls, n)
    else:
        place = plan.link[link, HEAD]
        s.at[place, HERE] += n
        s.at[place, ARRIVED] += n
        if row[MOVED] < speed:
            if not add(s.stops, place, cls, route, 0, row[RECENT], row[MOVED], n):
                s.full[0] = 1
        else:
            _end(plan, s, row, place, route, 0, cls, n)
    row[MOVED] = before


@inner
def _travel(plan: Plan, s: State, today: Today) -> None:
    """People of ``s.batch``, all on links, travel until their day is over."""
    links, onward = s.batch, s.onward
    for _ in range(MOST_LINKS):
        if links.slot[0] == 0:
            return
        clear(s.stops)
        clear(onward)
        for i in range(links.slot[0]):
            row = links.rows[i]
            link = row[WHERE] - plan.places
            speed = plan.walking if row[CLASS] & FIRST_LEG else int(plan.link[link, SPEED])
            n = row[PEOPLE]
            slow = _of(plan, s, today, n, plan.walk[link], plan.link[link, TAIL])
            _advance(plan, s, today, row, plan.walking, slow)
            _advance(plan, s, today, row, speed, n - slow)
        for i in range(s.stops.slot[0]):
            row = s.stops.rows[i]
            recent = row[RECENT] + row[MOVED]
            forced = plan.rules.short_stints and recent < plan.top_speed
            _decide(plan, s, today, row, row[PEOPLE], forced, onward)
        links, onward = onward, links
    for i in range(links.slot[0]):
        row = links.rows[i]
        _end(plan, s, row, row[WHERE], row[ROUTE], row[ON], row[CLASS], row[PEOPLE])


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
            # In the phase of decisions people only leave.
            leaving = n * plan.chance[today.chance, 0, p]
            if n > low and n - leaving < room and leaving > allowed:
                fraction = min(fraction, allowed / leaving)
        elif n < room and n + left > low:
            if rules.batch == 0.0:
                return min(fraction, 1.0 / left)
            # At least those already on their way to it come.
            rate = max((s.came[p, 0] + 1.0) / (s.came[p, 1] + 1.0), _inbound(plan, s, p) / left)
            # Who comes early chooses by fewer people there than who comes late: half the way.
            size = max(1.0, max(allowed, 0.5 * (low - n)) / rate)
            fraction = min(fraction, size / left)
    return fraction


@inner
def _inbound(plan: Plan, s: State, place: int) -> int:
    """People still to be worked through who are on a link to a place."""
    n = 0
    for i in range(s.links.slot[0]):
        row = s.links.rows[i]
        if plan.link[row[WHERE] - plan.places, HEAD] == place:
            n += row[PEOPLE]
    return n


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


@inner
def _decisions(plan: Plan, s: State, today: Today, new: int) -> None:
    """Everybody who is at a place decides: those before today, then those of today."""
    left = 0
    for i in range(s.now.slot[0]):
        row = s.now.rows[i]
        if row[CLASS] & NEW == new and row[WHERE] < plan.places:
            left += row[PEOPLE]
    while left > 0:
        fraction = _fraction(plan, s, today, left, False)
        luck = 0.0
        if fraction < 1.0:
            step = _step(plan, s, today, 0)
            luck = uniforms(today.seed, today.member, plan.place[0, CODE], step, DRAW)[0]
        for i in range(s.now.slot[0]):
            row = s.now.rows[i]
            if row[CLASS] & NEW != new or row[WHERE] >= plan.places:
                continue
            n = _take(row, fraction, luck, i)
            if n > 0:
                left -= n
                _decide(plan, s, today, row, n, False, s.links)


@inner
def _travels(plan: Plan, s: State, today: Today, new: int) -> None:
    """Everybody on a link travels, batch by batch."""
    left = 0
    for i in range(s.links.slot[0]):
        row = s.links.rows[i]
        if row[CLASS] & NEW == new:
            left += row[PEOPLE]
    while left > 0:
        before = left
        fraction = _fraction(plan, s, today, left, True)
        luck = 0.0
        if fraction < 1.0:
            step = _step(plan, s, today, 0)
            luck = uniforms(today.seed, today.member, plan.place[0, CODE], step, DRAW)[0]
        clear(s.batch)
        for i in range(s.links.slot[0]):
            row = s.links.rows[i]
            if row[CLASS] & NEW != new:
                continue
            n = _take(row, fraction, luck, i)
            if n > 0:
                left -= n
                where, cls, route = row[WHERE], row[CLASS], row[ROUTE]
                if not add(s.batch, where, cls, route, row[ON], row[RECENT], row[MOVED], n):
                    s.full[0] = 1
        _travel(plan, s, today)
        _learn(plan, s, today, before - left)


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
        n = _of(plan, s, today, row[PEOPLE], plan.sink[place], place)
        if n > 0:
            row[PEOPLE] -= n
            _put(s, s.then, place, cls | STILL, 0, 0, 0, n)


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
def _attract(plan: Plan, s: State, today: Today) -> None:
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


@inner
def walk(plan: Plan, s: State, t: int, seed: int, member: int) -> None:
    """Take the people of ``s.now``, newcomers among them, through day ``t`` into ``s.then``."""
    today = today_of(plan, s, t, seed, member)
    if today.varying:
        _attract(plan, s, today)
    clear(s.then)
    clear(s.links)
    _decisions(plan, s, today, 0)
    _decisions(plan, s, today, NEW)
    for i in range(s.now.slot[0]):
        row = s.now.rows[i]
        if row[WHERE] >= plan.places and not add(
            s.links, row[WHERE], row[CLASS], row[ROUTE], row[ON], row[RECENT], 0, row[PEOPLE]
        ):
            s.full[0] = 1
    # Yesterday tells less than today.
    for p in range(plan.places):
        s.came[p, 0] *= 0.5
        s.came[p, 1] *= 0.5
    _travels(plan, s, today, 0)
    _travels(plan, s, today, NEW)
    _settle(plan, s, today)
