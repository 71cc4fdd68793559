"""People who are few in a state, one by one: they decide, and each travels through its whole day.

A person costs a uniform and a few look-ups a link. Where many are in the same state
:mod:`.groups` draws how many of them do what, at a cost that does not depend on their number.
The functions here do not call each other for a person: see :func:`.compiled.hot`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossings.dynamics.binomial import binomial_quantile
from crossings.dynamics.compiled import hot, inner
from crossings.dynamics.flee.cells import (
    CLASS,
    MOVED,
    ON,
    PEOPLE,
    RECENT,
    ROUTE,
    WHERE,
    Cells,
    push,
)
from crossings.dynamics.flee.luck import RARE, coins, uniform_at
from crossings.dynamics.flee.paths import COURSE, GOES_ON, LINK_BITS, OTHER, PARTS, SHARE
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
    FIRST_LEG,
    HERE,
    KIND,
    State,
    Today,
    end_day,
    on_grid,
)
from crossings.dynamics.flee.weighing import choose_one, repels, room_left

I8 = npt.NDArray[np.int64]

MOST_LINKS = 1000
"""In one day, on links without length."""


@hot
def decide_alone(plan: Plan, s: State, today: Today, row: I8, n: int) -> None:
    """A few people of a row, at a place and without a route, decide in the morning."""
    place, cls, recent = row[WHERE], row[CLASS], row[RECENT]
    chance = plan.chance[today.chance, (cls >> KIND) % plan.kinds, place]
    if chance >= 1.0:
        moving = n
    elif chance >= RARE:
        moving = coins(s, n, chance, place)
    else:
        moving = binomial_quantile(n, chance, uniform_at(s, place)) if chance > 0.0 else 0
    staying = n - moving
    for _ in range(moving):
        o = choose_one(plan, s, today, place, cls, place)
        if o < 0 or repels(plan, s, today, plan.option[o, END]):
            staying += 1
            continue
        s.at[place, HERE] -= 1
        where = plan.places + plan.option[o, LINK]
        if not push(s.links, where, cls, plan.option[o, REST], 0, recent, 0, 1):
            s.full[0] = 1
    if staying > 0:
        end_day(plan, s, place, cls, 0, 0, recent, 0, staying)


@hot
def _next_link(plan: Plan, today: Today, place: int, route: int) -> int:
    """The open link from a place that a route takes, -1 where it is gone."""
    for k in range(plan.first_way[today.ways, place], plan.first_way[today.ways, place + 1]):
        if plan.link[plan.way[k], HEAD] == plan.route[route, NEXT]:
            return int(plan.way[k])
    return -1


@hot
def _course(
    plan: Plan, s: State, today: Today, place: int, cls: int, forced: bool, luck: int
) -> int:
    """The next links of one person who has come to a place with some of the day left."""
    kind = (cls >> KIND) % plan.kinds
    k = ((today.courses * plan.kinds + kind) * 2 + forced) * plan.places + place
    first = plan.first_course[k]
    x = uniform_at(s, luck) * (plan.first_course[k + 1] - first)
    j = int(x)
    row = plan.course[first + j]
    return int(row[COURSE] if int((x - j) * PARTS) < row[SHARE] else row[OTHER])


@hot
def _refused(plan: Plan, s: State, today: Today, goal: int, luck: int) -> bool:
    """Whether one who would take the way to a place chooses anew because the place is full."""
    room = room_left(plan, s, today, goal)
    if room == 1.0:
        return False
    if plan.rules.weight_power != 1.0:
        room = room**plan.rules.weight_power
    return bool(uniform_at(s, luck) >= room)


@inner
def travel_alone(  # noqa: PLR0912, PLR0915 (one piece: a call for each person costs more than it)
    plan: Plan, s: State, today: Today, cells: Cells, first: int, end: int, few: int
) -> bool:
    """People of some rows, all on links, travel one after the other until their day is over.

    Only those of rows with at most ``few`` people; whether there are others is returned.
    """
    rules = plan.rules
    others = False
    for i in range(first, end):
        row = cells.rows[i]
        n, recent = row[PEOPLE], row[RECENT]
        if n > few:
            others = True
            continue
        # The way made today below which, by their recent travel, nobody stays in a town.
        urge = plan.top_speed - recent if rules.short_stints else -1
        luck = plan.link[row[WHERE] - plan.places, TAIL]
        for _ in range(n):
            where, cls, route, on = row[WHERE], row[CLASS], row[ROUTE], row[ON]
            moved = row[MOVED]
            left, goes_on, course, forced = 0, True, 0, False
            for _ in range(MOST_LINKS):
                link = where - plan.places
                speed = plan.walking if cls & FIRST_LEG else plan.link[link, SPEED]
                if plan.walk[link] > 0.0 and uniform_at(s, luck) < plan.walk[link]:
                    speed = plan.walking
                way = speed if rules.full_speed else max(0, speed - moved)
                length = plan.link[link, LENGTH]
                moved += way
                on += way
                if on <= length:
                    break
                moved = on_grid(plan, moved - (on - length))
                on = 0
                cls &= ~FIRST_LEG
                if plan.shut[today.ways, link] & SHUT:
                    where = plan.link[link, TAIL]
                    s.at[where, HERE] += 1
                    break
                where = plan.link[link, HEAD]
                s.at[where, HERE] += 1
                s.at[where, ARRIVED] += 1
                if moved >= speed:
                    break
                if route > 0:
                    link = _next_link(plan, today, where, route)
                    if link < 0 or repels(plan, s, today, plan.route[route, LAST]):
                        route = 0
                        break
                    route = plan.route[route, REMAINS]
                    s.at[where, HERE] -= 1
                    where = plan.places + link
                    continue
                option = -1
                if today.courses >= 0:
                    if (left == 0 and goes_on) or (forced and moved >= urge):
                        forced = moved < urge
                        course = _course(plan, s, today, where, cls, forced, luck)
                        left, goes_on = course & 3, course & GOES_ON > 0
                        course >>= 3
                    if left == 0:
                        break
                    link = course & ((1 << LINK_BITS) - 1)
                    course >>= LINK_BITS
                    left -= 1
                    goal = plan.link[link, HEAD]
                    if _refused(plan, s, today, goal, luck):
                        left, goes_on, forced = 0, True, False
                        option = choose_one(plan, s, today, where, cls, luck)
                else:
                    if moved >= urge or not plan.flags[today.flags, where] & TOWN:
                        chance = plan.chance[today.chance, (cls >> KIND) % plan.kinds, where]
                        if chance < 1.0 and uniform_at(s, luck) >= chance:
                            break
                    option = choose_one(plan, s, today, where, cls, luck)
                    if option < 0:
                        break
                if option >= 0:
                    link, route = plan.option[option, LINK], plan.option[option, REST]
                    goal = plan.option[option, END]
                if repels(plan, s, today, goal):
                    route = 0
                    break
                s.at[where, HERE] -= 1
                where = plan.places + link
            end_day(plan, s, where, cls, route, on, recent, moved, 1)
    return others
