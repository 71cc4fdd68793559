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
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from crossings.dynamics.binomial import binomial_at, let_through, smooth_binomial
from crossings.dynamics.compiled import compiled, hot, inner, parallel_entry
from crossings.dynamics.layout import Layout, in_order
from crossings.dynamics.streams import normal, stream_key

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

STEP = 401
"""Purpose of the stream of a step, from which its exact draws come."""

LARGE = 2000
"""Places from which on a network is laid out anew in the order in which they are worked through.

The tables of a large network do not fit into the near caches; a step that walks through them from
one end to the other takes about half as long as one that jumps.
"""


class Rates(NamedTuple):
    """What differs between members (M), steps (T), origins (O), gates (G), edges (E), places (P).

    ``home``, ``waiting``: people at the start, (M, O). ``hazard``: probability rate of deciding,
    per step, (M, T); ``origin_factor`` (O,) multiplies it. ``contagion`` (M,): a hazard of h
    becomes h (1 + contagion g) where g is the share of the pool that already decided. ``leave``
    (M,): probability of setting out in a step. ``capacity``: mean people let through in a step,
    (M, T, G). ``open``: share of the step an edge is open, (T, E). ``weight``: attraction of an
    edge, (M, T, E) or (M, 1, E) if it never changes; nobody chooses an edge of weight 0.
    ``register`` (M,) probability, ``register_cap`` (M,) people a step. ``come_back``: probability
    of returning in a step, (P,), for the places that allow it. ``clump``: people a vehicle.
    ``inject``: people who arrive at ``inject_place`` (I,) from elsewhere in each step, (M, T, I).
    """

    home: I8
    waiting: I8
    hazard: F8
    origin_factor: F8
    contagion: F8
    leave: F8
    capacity: F8
    open: F8
    weight: F8
    register: F8
    register_cap: F8
    come_back: F8
    clump: float
    inject_place: I8
    inject: I8


class Noise(NamedTuple):
    """Where luck comes from.

    With ``normals`` of shape (M, at least T, channel) the history is a deterministic replay of
    them. With an empty one (0 for T) draws are addressed by ``seed``, ``members`` (M,) and
    ``steps`` (T,). Binomials are exact where ``exact`` is set (they then take no normals), smooth
    otherwise.
    """

    seed: int
    members: I8
    steps: I8
    normals: F8
    exact: bool


class History(NamedTuple):
    """Whole people at the recorded steps (K), for members (M), places (P), edges (E).

    ``arrived``: cumulative arrivals (M, K, P). ``present``: there now, settled or about to move on,
    without those who queue (M, K, P). ``queue``: waiting at the entrance of an edge (M, K, E).
    ``queued``: all who joined that queue and did not turn away, so that ``queued - queue`` have
    passed (M, K, E). The places and edges are those that the layout keeps. ``travelling``,
    ``home``, ``waiting``, ``registered``, ``returned``: (M, K).
    """

    arrived: I8
    present: I8
    queue: I8
    queued: I8
    travelling: I8
    home: I8
    waiting: I8
    registered: I8
    returned: I8


class _State(NamedTuple):
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


class _Luck(NamedTuple):
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
def _normal(channel: int, luck: _Luck) -> float:
    """The standard normal of a channel: from the replay, else drawn."""
    if luck.normals.shape[0] > 0:
        return float(luck.normals[luck.t, channel])
    return normal(luck.seed, luck.member, luck.entity[channel], luck.step, luck.purpose[channel])


@inner
def _of(n: int, p: float, channel: int, luck: _Luck) -> int:
    """How many of ``n`` do what each does with probability ``p``; what is certain takes no draw."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    if luck.exact:
        return binomial_at(n, p, luck.key, luck.twist, luck.code[channel])
    return smooth_binomial(n, p, _normal(channel, luck))


@inner
def _total(counts: I8) -> int:
    total = 0
    for k in range(counts.size):
        total += counts[k]
    return total


@inner
def _decide(net: Layout, rates: Rates, s: _State, i: np.int64, pool: int, luck: _Luck) -> None:
    """Of those at home some decide to leave, at each origin."""
    decided = 1.0 - _total(s.home) / pool
    rate = rates.hazard[i, luck.t] * (1.0 + rates.contagion[i] * decided)
    for o in range(s.home.size):
        p = 1.0 - math.exp(-rate * rates.origin_factor[o])
        n = _of(s.home[o], p, net.draw_depart[o], luck)
        s.home[o] -= n
        s.waiting[o] += n


@inner
def _land(s: _State, t: int) -> int:
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
def _arrive(net: Layout, rates: Rates, s: _State, place: int, luck: _Luck) -> int:
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
def _empty(net: Layout, s: _State, place: int) -> bool:
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
def _attractions(
    net: Layout, rates: Rates, s: _State, place: int, i: np.int64, t: int
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
def _set_out(net: Layout, rates: Rates, s: _State, place: int, i: np.int64, luck: _Luck) -> int:
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
def _choose(
    net: Layout, s: _State, place: int, leaving: int, total: float, last_open: int, luck: _Luck
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
def _slot(s: _State, number: int) -> int:
    """The row of the ring with a number of less than twice its length."""
    return number if number < s.ring.shape[0] else number - s.ring.shape[0]


@hot
def _enter(net: Layout, s: _State, e: int, n: int, slot: int) -> int:
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
def _pass(net: Layout, rates: Rates, s: _State, place: int, i: np.int64, luck: _Luck) -> int:
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
def _register(
    net: Layout, rates: Rates, s: _State, registered: int, i: np.int64, luck: _Luck
) -> int:
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


@inner
def _record(net: Layout, s: _State, out: History, i: np.int64, k: int) -> None:
    for j in range(net.kept_place.size):
        p = net.kept_place[j]
        out.arrived[i, k, j] = s.arrived[p]
        out.present[i, k, j] = s.transit[p] + s.settled[p]
    for j in range(net.kept_edge.size):
        e = net.kept_edge[j]
        out.queue[i, k, j] = s.queue[e]
        out.queued[i, k, j] = s.queued[e]
    out.home[i, k] = _total(s.home)
    out.waiting[i, k] = _total(s.waiting)


@inner
def _member(
    net: Layout, rates: Rates, noise: Noise, s: _State, i: np.int64, record: I8, out: History
) -> None:
    """The whole history of one member."""
    normals, steps = noise.normals[i], noise.steps
    pool = max(1, _total(s.home) + _total(s.waiting))
    travelling, registered, returned, k = 0, 0, 0, 0
    for t in range(rates.hazard.shape[1]):
        key, twist = stream_key(noise.seed, noise.members[i], 0, steps[t], STEP)
        luck = _Luck(
            normals,
            net.draw_entity,
            net.draw_purpose,
            net.draw_code,
            noise.exact,
            key,
            twist,
            noise.seed,
            noise.members[i],
            steps[t],
            t,
        )
        _decide(net, rates, s, i, pool, luck)
        travelling -= _land(s, t)
        for j in range(rates.inject_place.size):
            s.now[rates.inject_place[j]] += rates.inject[i, t, j]
        for position in range(net.order.size):
            place = net.order[position]
            if _empty(net, s, place):
                continue
            returned += _arrive(net, rates, s, place, luck)
            total, last_open = _attractions(net, rates, s, place, i, t)
            if last_open >= 0:
                leaving = _set_out(net, rates, s, place, i, luck)
                _choose(net, s, place, leaving, total, last_open, luck)
            travelling += _pass(net, rates, s, place, i, luck)
        registered += _register(net, rates, s, registered, i, luck)
        while k < record.size and record[k] == t:
            _record(net, s, out, i, k)
            out.travelling[i, k] = travelling
            out.registered[i, k] = registered
            out.returned[i, k] = returned
            k += 1


@compiled
def _at_start(home: I8, waiting: I8, first_edge: I8, longest: int) -> _State:
    """A member before its first step, in memory of its own."""
    places, edges = first_edge.size - 1, first_edge[-1]
    by_place = np.zeros((4, places), np.int64)
    by_edge = np.zeros((2, edges), np.int64)
    ways = 0
    for p in range(places):
        ways = max(ways, first_edge[p + 1] - first_edge[p])
    return _State(
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


@parallel_entry
def _run(net: Layout, rates: Rates, noise: Noise, longest: int, record: I8, out: History) -> None:
    for j in nb.prange(rates.home.shape[0]):
        i = np.int64(j)  # it is unsigned: one more version of the kernel to compile
        home, waiting = rates.home[i], rates.waiting[i]
        state = _at_start(home, waiting, net.first_edge, longest)
        _member(net, rates, noise, state, i, record, out)


def run(net: Layout, rates: Rates, noise: Noise, record: I8 | None = None) -> History:
    """Run every member through all steps and keep the counts after the steps in ``record``.

    ``record`` holds ascending step numbers (default: every step). Members run in parallel threads
    and do not share anything, so the result does not depend on how many there are.

    Raises:
        ValueError: ``record`` is not ascending within the steps.
    """
    members, steps = rates.hazard.shape
    kept = np.arange(steps) if record is None else np.asarray(record, dtype=np.int64)
    if kept.size and (kept[0] < 0 or kept[-1] >= steps or (np.diff(kept) < 0).any()):
        raise ValueError(f"record: expected ascending steps from 0 to {steps - 1}")

    def table(*shape: int) -> I8:
        return np.zeros((members, kept.size, *shape), dtype=np.int64)

    places, edges = net.kept_place.size, net.kept_edge.size
    out = History(
        arrived=table(places),
        present=table(places),
        queue=table(edges),
        queued=table(edges),
        travelling=table(),
        home=table(),
        waiting=table(),
        registered=table(),
        returned=table(),
    )
    # Whoever is under way at the end stays so, however long the way: no need to keep more steps.
    lag = np.minimum(net.lag, steps)
    longest = int(lag.max(initial=0))
    net = net._replace(lag=lag)
    if net.settle.size >= LARGE:
        net, rates = _in_order(net, rates, noise.normals.shape[1] == 0)
    _run(net, _one_type(rates), noise, longest, kept, out)
    return out


def _in_order(net: Layout, rates: Rates, channels: bool) -> tuple[Layout, Rates]:
    """The network and its rates in the order in which they are worked through."""
    ordered, now, edges = in_order(net, channels)
    return ordered, rates._replace(
        open=rates.open[:, edges],
        weight=rates.weight[:, :, edges],
        come_back=rates.come_back[net.order],
        inject_place=now[rates.inject_place],
    )


def _one_type(rates: Rates) -> Rates:
    """The rates in the one memory layout that the kernel is compiled for."""

    def whole(table: I8) -> I8:
        return np.ascontiguousarray(table, dtype=np.int64)

    def real(table: F8) -> F8:
        return np.ascontiguousarray(table, dtype=np.float64)

    return Rates(
        home=whole(rates.home),
        waiting=whole(rates.waiting),
        hazard=real(rates.hazard),
        origin_factor=real(rates.origin_factor),
        contagion=real(rates.contagion),
        leave=real(rates.leave),
        capacity=real(rates.capacity),
        open=real(rates.open),
        weight=real(rates.weight),
        register=real(rates.register),
        register_cap=real(rates.register_cap),
        come_back=real(rates.come_back),
        clump=float(rates.clump),
        inject_place=whole(rates.inject_place),
        inject=whole(rates.inject),
    )
