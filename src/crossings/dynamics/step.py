"""One step of the native rules, on counts: the law of following every person, at the price of none.

People in the same state are exchangeable, so each step draws how many of them do something in place
of asking each. In one step, for every member:

1. at each origin, of those at home ``D ~ Bin(H, 1 - exp(-hazard))`` decide to leave,
2. of those waiting ``Bin(W, leave)`` set out, if any edge out of the place is open, and choose
   among the open edges in proportion to their weights (a multinomial, drawn as successive
   binomials),
3. at an edge of limited capacity at most a noisy number pass in a step (vehicles, so in clumps);
   the rest queue, first in first out; those queueing at a closed edge turn to another one, if one
   is open, after :data:`.layout.REROUTE_HOURS` on average,
4. travel takes distance over speed; who enters evenly during a step arrives evenly during one,
5. of those who arrive a share settles, the others move on after a stay; settled people may return,
6. of those who arrived and are not in the host's books a number is registered, up to a capacity.

Places are worked through in the order of ``Network.order``, so that a way shorter than a step is
passed within it; an edge against that order takes at least until the next step. Everything is an
integer and moves from one count to another: people are conserved.

Cost: a few draws an origin, place and edge, whatever the number of people.

Each piece below changes the :class:`State` of one member, whose row in the tables of :class:`Rates`
is ``i``; the engine calls them in this order.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.binomial import binomial_at, let_through, smooth_binomial
from crossings.dynamics.compiled import compiled, hot, inner
from crossings.dynamics.layout import Layout
from crossings.dynamics.rates import Rates
from crossings.dynamics.streams import normal

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]


class State(NamedTuple):
    """One member between two steps: people by origin (O,), place (P,) and edge (E,).

    ``now`` (P,) are those who arrive in this step, ``ring`` (steps, P) those who arrive in a coming
    one, ``pull`` the attraction of each edge out of the place that is worked through.
    """

    home: I8
    waiting: I8
    transit: I8
    settled: I8
    arrived: I8
    now: I8
    queue: I8
    queued: I8
    pull: F8
    ring: I8


@compiled
def at_start(home: I8, waiting: I8, first_edge: I8, longest: int) -> State:
    """A member before its first step, in memory of its own.

    ``home`` and ``waiting`` have shape (O,), ``first_edge`` is that of the layout, (P + 1,);
    ``longest`` is the most whole steps that an edge takes.
    """
    places, edges = first_edge.size - 1, first_edge[-1]
    by_place = np.zeros((4, places), np.int64)
    by_edge = np.zeros((2, edges), np.int64)
    ways = 0
    for p in range(places):
        ways = max(ways, first_edge[p + 1] - first_edge[p])
    return State(
        home.copy(),
        waiting.copy(),
        by_place[0],
        by_place[1],
        by_place[2],
        by_place[3],
        by_edge[0],
        by_edge[1],
        np.zeros(ways),
        np.zeros((longest + 3, places), np.int64),
    )


class Luck(NamedTuple):
    """The draws of one member in step ``t``, whose address is ``step``.

    ``key`` and ``twist`` are those of the stream of the step, ``code`` (channel,) where in it the
    exact draws of a channel lie.
    """

    normals: F8
    entity: I8
    purpose: I8
    code: I8
    exact: bool
    key: np.uint64
    twist: np.uint64
    seed: int
    member: int
    step: int
    t: int


@inner
def _normal(channel: int, luck: Luck) -> float:
    """The standard normal of a channel: from the replay, else drawn."""
    if luck.normals.shape[0] > 0:
        return float(luck.normals[luck.t, channel])
    return normal(luck.seed, luck.member, luck.entity[channel], luck.step, luck.purpose[channel])


@inner
def _of(n: int, p: float, channel: int, luck: Luck) -> int:
    """How many of ``n`` do what each does with probability ``p``; what is certain takes no draw."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    if luck.exact:
        return binomial_at(n, p, luck.key, luck.twist, luck.code[channel])
    return smooth_binomial(n, p, _normal(channel, luck))


@inner
def total_of(counts: I8) -> int:
    """The sum of counts of shape (N,)."""
    total = 0
    for k in range(counts.size):
        total += counts[k]
    return total


@inner
def decide(net: Layout, rates: Rates, s: State, i: np.int64, pool: int, luck: Luck) -> None:
    """Of those at home some decide to leave, at each origin."""
    decided = 1.0 - total_of(s.home) / pool
    rate = rates.hazard[i, luck.t] * (1.0 + rates.contagion[i] * decided)
    for o in range(s.home.size):
        p = 1.0 - math.exp(-rate * rates.origin_factor[o])
        n = _of(s.home[o], p, net.draw_depart[o], luck)
        s.home[o] -= n
        s.waiting[o] += n


@inner
def land(s: State, t: int) -> int:
    """Take those off the edges who arrive at the start of a step; how many they are."""
    landed = 0
    slot = t % s.ring.shape[0]
    for place in range(s.now.size):
        n = s.ring[slot, place]
        s.now[place] += n
        landed += n
        s.ring[slot, place] = 0
    return landed


@inner
def arrive(net: Layout, rates: Rates, s: State, place: int, luck: Luck) -> int:
    """Of those who arrive some settle; of those who settled before some go back: how many."""
    back = 0
    if net.draw_come_back[place] >= 0:
        p = rates.come_back[place]
        back = _of(s.settled[place], p, net.draw_come_back[place], luck)
        s.settled[place] -= back
    n = s.now[place]
    s.now[place] = 0
    s.arrived[place] += n
    stay = _of(n, net.settle[place], net.draw_settle[place], luck)
    s.settled[place] += stay
    s.transit[place] += n - stay
    return back


@inner
def is_empty(net: Layout, s: State, place: int) -> bool:
    """Whether nobody at a place can do anything in this step: a large network is mostly empty."""
    if s.now[place] > 0 or s.transit[place] > 0:
        return False
    if net.draw_come_back[place] >= 0 and s.settled[place] > 0:
        return False
    for k in range(net.first_origin[place], net.first_origin[place + 1]):
        if s.waiting[net.origin[k]] > 0:
            return False
    queueing = 0
    for e in range(net.first_edge[place], net.first_edge[place + 1]):
        queueing += s.queue[e]
    return queueing == 0


@inner
def attractions(
    net: Layout, rates: Rates, s: State, place: int, i: np.int64, t: int
) -> tuple[float, int]:
    """Fill in what each edge out of a place attracts; the sum, and the last open edge or -1."""
    total, last_open = 0.0, -1
    row = t if rates.weight.shape[1] > 1 else 0
    first = net.first_edge[place]
    for e in range(first, net.first_edge[place + 1]):
        pull = rates.weight[i, row, e] * rates.open[t, e]
        if net.gate[e] >= 0 and rates.capacity[i, t, net.gate[e]] <= 0.0:
            pull = 0.0
        s.pull[e - first] = pull
        if pull > 0.0:
            total += pull
            last_open = e
    return total, last_open


@inner
def set_out(net: Layout, rates: Rates, s: State, place: int, i: np.int64, luck: Luck) -> int:
    """People of a place with an open edge who look for a way.

    They come from elsewhere, live here, or turn away from the queues of closed edges.
    """
    leaving = _of(s.transit[place], net.move_on[place], net.draw_move_on[place], luck)
    s.transit[place] -= leaving
    for k in range(net.first_origin[place], net.first_origin[place + 1]):
        o = net.origin[k]
        n = _of(s.waiting[o], rates.leave[i], net.draw_leave[o], luck)
        s.waiting[o] -= n
        leaving += n
    first = net.first_edge[place]
    for e in range(first, net.first_edge[place + 1]):
        if s.pull[e - first] <= 0.0 and s.queue[e] > 0:
            n = _of(s.queue[e], net.reroute, net.draw_turn[e], luck)
            s.queue[e] -= n
            s.queued[e] -= n
            leaving += n
    return leaving


@inner
def choose(
    net: Layout, s: State, place: int, leaving: int, total: float, last_open: int, luck: Luck
) -> None:
    """Share people out over the open edges, to the ends of their queues."""
    first = net.first_edge[place]
    for e in range(first, last_open + 1):
        if leaving == 0:
            return
        # The last open edge takes the rest, whatever the rounding of the total.
        p = 1.0 if e == last_open else min(1.0, s.pull[e - first] / total)
        n = _of(leaving, p, net.draw_split[e], luck)
        s.queue[e] += n
        s.queued[e] += n
        leaving -= n
        total -= s.pull[e - first]


@hot
def _slot(s: State, number: int) -> int:
    """The row of the ring with a number of less than twice its length."""
    return number if number < s.ring.shape[0] else number - s.ring.shape[0]


@hot
def _enter(net: Layout, s: State, e: int, n: int, slot: int) -> int:
    """Let ``n`` of the queue of an edge onto it; how many are still on it after the step."""
    # Who enter evenly arrive evenly: of all who ever passed the share ``late`` takes a step more.
    passed = s.queued[e] - s.queue[e]
    s.queue[e] -= n
    later: int = math.floor((passed + n) * net.late[e]) - math.floor(passed * net.late[e])
    head, lag = net.head[e], net.lag[e]
    if lag > 0:
        s.ring[_slot(s, slot + lag), head] += n - later
        s.ring[_slot(s, slot + lag + 1), head] += later
        return n
    following = _slot(s, slot + 1)
    if net.forward[e]:
        s.now[head] += n - later
        s.ring[following, head] += later
        return later
    s.ring[following, head] += n
    return n


@inner
def let_pass(net: Layout, rates: Rates, s: State, place: int, i: np.int64, luck: Luck) -> int:
    """Let the queues of a place pass; how many of them are on the road after the step."""
    on_the_road, t = 0, luck.t
    slot = t % s.ring.shape[0]
    for e in range(net.first_edge[place], net.first_edge[place + 1]):
        n = s.queue[e]
        if n > 0 and rates.open[t, e] > 0.0:
            gate = net.gate[e]
            if gate >= 0:
                limit = rates.capacity[i, t, gate] * rates.open[t, e]
                n = let_through(limit, rates.clump, n, _normal(net.draw_through[e], luck))
            on_the_road += _enter(net, s, e, n, slot)
    return on_the_road


@inner
def register(net: Layout, rates: Rates, s: State, registered: int, i: np.int64, luck: Luck) -> int:
    """How many of those who arrived at the counted places come into the host's books."""
    unregistered = -registered
    for place in range(net.counted.size):
        if net.counted[place]:
            unregistered += s.arrived[place]
    n = _of(unregistered, rates.register[i], net.draw_register, luck)
    # The capacity may be infinite, which no whole number is.
    if n < rates.register_cap[i]:
        return n
    return int(rates.register_cap[i])
