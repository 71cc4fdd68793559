"""Groups of people in one state: how many of them move, which ways they take, where they come."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import inner
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
from crossings.dynamics.flee.day_laws import end_by_law
from crossings.dynamics.flee.luck import FEW, how_many, spread
from crossings.dynamics.flee.persons import MOST_LINKS, travel_alone
from crossings.dynamics.flee.plan import (
    END,
    HEAD,
    LAST,
    LENGTH,
    LINK,
    NEXT,
    REMAINS,
    REST,
    SHUT,
    SPEED,
    TAIL,
    TOWN,
    Plan,
)
from crossings.dynamics.flee.state import (
    ARRIVED,
    AT_HOME,
    FIRST_LEG,
    HERE,
    KIND,
    STILL,
    State,
    Today,
    end_day,
    on_grid,
)
from crossings.dynamics.flee.weighing import choose_one, repels, weigh

I8 = npt.NDArray[np.int64]


@inner
def _end(plan: Plan, s: State, row: I8, where: int, route: int, on: int, cls: int, n: int) -> None:
    """The day of some people of a row ends."""
    end_day(plan, s, where, cls, route, on, row[RECENT], row[MOVED], n)


@inner
def _enter(
    plan: Plan, s: State, today: Today, row: I8, link: int, rest: int, goal: int, cls: int,
    n: int, merge: bool,
) -> None:  # fmt: skip
    """Send people from a place into a link, unless their goal is a camp that is half repelling."""
    place = row[WHERE]
    if repels(plan, s, today, goal):
        _end(plan, s, row, place, 0, 0, cls, n)
        return
    s.at[place, HERE] -= n
    where = plan.places + link
    if merge:
        there = add(s.onward, where, cls, rest, 0, row[RECENT], row[MOVED], n)
    else:
        there = push(s.links, where, cls, rest, 0, row[RECENT], row[MOVED], n)
    if not there:
        s.full[0] = 1


@inner
def _follow(plan: Plan, s: State, today: Today, row: I8, cls: int, n: int, merge: bool) -> None:
    """People with a route take the next link of it, or lose it where that link is gone."""
    place, route = row[WHERE], row[ROUTE]
    for k in range(plan.first_way[today.ways, place], plan.first_way[today.ways, place + 1]):
        if plan.link[plan.way[k], HEAD] == plan.route[route, NEXT]:
            rest, goal = plan.route[route, REMAINS], plan.route[route, LAST]
            _enter(plan, s, today, row, plan.way[k], rest, goal, cls, n, merge)
            return
    _end(plan, s, row, place, 0, 0, cls, n)


@inner
def _choose(plan: Plan, s: State, today: Today, row: I8, cls: int, n: int, merge: bool) -> None:
    """People without a route choose one."""
    place = row[WHERE]
    if n <= FEW:
        for _ in range(n):
            o = choose_one(plan, s, today, place, cls, place)
            if o < 0:
                _end(plan, s, row, place, 0, 0, cls, 1)
                continue
            link, rest, goal = plan.option[o, LINK], plan.option[o, REST], plan.option[o, END]
            _enter(plan, s, today, row, link, rest, goal, cls, 1, merge)
        return
    options = weigh(plan, s, today, place, cls >> KIND)
    if options == 0:
        _end(plan, s, row, place, 0, 0, cls, n)
        return
    spread(s, n, options, place)
    first = plan.first_option[today.options, place]
    for j in range(options):
        if s.counts[j] > 0:
            o = first + j
            link, rest, goal = plan.option[o, LINK], plan.option[o, REST], plan.option[o, END]
            _enter(plan, s, today, row, link, rest, goal, cls, s.counts[j], merge)


@inner
def _counted_at_home(plan: Plan, s: State, row: I8, n: int, away: bool) -> None:
    """People at a place are counted at their home, or no longer."""
    change = n if away else -n
    s.at[row[WHERE], HERE] -= change
    s.at[(row[CLASS] >> KIND) // plan.kinds % plan.places, HERE] += change


@inner
def decide(plan: Plan, s: State, today: Today, row: I8, n: int, forced: bool, merge: bool) -> None:
    """People at a place decide; who moves goes to ``s.onward`` (merged) or ``s.links``."""
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
    moving = how_many(s, n, chance, place)
    if n > moving:
        _end(plan, s, row, place, route, 0, cls, n - moving)
    if moving > 0 and route > 0:
        _follow(plan, s, today, row, cls, moving, merge)
    elif moving > 0:
        _choose(plan, s, today, row, cls, moving, merge)


@inner
def _advance(plan: Plan, s: State, today: Today, row: I8, speed: int, n: int) -> None:
    """People on a link make a day's way at a speed, or what is left of the day."""
    if n == 0:
        return
    link, cls, route, recent = row[WHERE] - plan.places, row[CLASS], row[ROUTE], row[RECENT]
    way = speed if plan.rules.full_speed else max(0, speed - row[MOVED])
    on, moved = row[ON] + way, row[MOVED] + way
    if on <= plan.link[link, LENGTH]:
        end_day(plan, s, row[WHERE], cls, route, on, recent, moved, n)
        return
    moved = on_grid(plan, moved - (on - plan.link[link, LENGTH]))
    cls &= ~FIRST_LEG
    if plan.shut[today.ways, link] & SHUT:
        place = plan.link[link, TAIL]
        s.at[place, HERE] += n
        end_day(plan, s, place, cls, route, 0, recent, moved, n)
        return
    place = plan.link[link, HEAD]
    s.at[place, HERE] += n
    s.at[place, ARRIVED] += n
    if moved >= speed:
        end_day(plan, s, place, cls, route, 0, recent, moved, n)
    elif not add(s.stops, place, cls, route, 0, recent, moved, n):
        s.full[0] = 1


@inner
def _go_on(plan: Plan, s: State, today: Today) -> None:
    """Those who have come to a place with some of the day left decide; who moves: ``s.onward``."""
    for i in range(s.stops.slot[0]):
        row = s.stops.rows[i]
        forced = plan.rules.short_stints and row[RECENT] + row[MOVED] < plan.top_speed
        decide(plan, s, today, row, row[PEOPLE], forced, True)


@inner
def _speed(plan: Plan, row: I8) -> int:
    """The speed of people of a row on their link, unless they walk it."""
    return (
        plan.walking if row[CLASS] & FIRST_LEG else int(plan.link[row[WHERE] - plan.places, SPEED])
    )


@inner
def travel_by_law(plan: Plan, s: State, today: Today, cells: Cells) -> None:
    """A batch travels until its day is over, by the law of the day; see :func:`.end_by_law`."""
    clear(s.stops)
    for i in range(cells.slot[0]):
        row = cells.rows[i]
        if row[WHERE] >= plan.places:
            _advance(plan, s, today, row, _speed(plan, row), row[PEOPLE])
    end_by_law(plan, s, today, cells)


@inner
def travel(plan: Plan, s: State, today: Today, cells: Cells, first: int, end: int) -> None:
    """People of some rows, all on links, travel until their day is over.

    Rows of few people travel person by person; so do groups when they have become small.
    """
    few = -1 if today.harvest else FEW
    if not travel_alone(plan, s, today, cells, first, end, few):
        return
    groups = s.onward
    clear(groups)
    for i in range(first, end):
        row = cells.rows[i]
        where, cls, route, n = row[WHERE], row[CLASS], row[ROUTE], row[PEOPLE]
        if n > few and not add(groups, where, cls, route, row[ON], row[RECENT], row[MOVED], n):
            s.full[0] = 1
    for _ in range(MOST_LINKS):
        clear(s.stops)
        for i in range(groups.slot[0]):
            row = groups.rows[i]
            n = row[PEOPLE]
            if n <= few:
                continue
            link = row[WHERE] - plan.places
            slow = how_many(s, n, plan.walk[link], plan.link[link, TAIL])
            _advance(plan, s, today, row, plan.walking, slow)
            _advance(plan, s, today, row, _speed(plan, row), n - slow)
        clear(groups)
        _go_on(plan, s, today)
        if groups.slot[0] == 0:
            return
        if not travel_alone(plan, s, today, groups, 0, groups.slot[0], few):
            return
    for i in range(groups.slot[0]):
        row = groups.rows[i]
        if row[PEOPLE] > few:
            _end(plan, s, row, row[WHERE], row[ROUTE], row[ON], row[CLASS], row[PEOPLE])
