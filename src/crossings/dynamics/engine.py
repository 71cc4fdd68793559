"""One step of the native rules, on counts: the law of following every person, at the price of none.

People in the same state are exchangeable, so each step draws how many of them do something in place
of asking each. In one step, for every member:

1. at each origin, of those at home ``D ~ Bin(H, 1 - exp(-hazard))`` decide to leave,
2. of those waiting ``Bin(W, leave)`` set out, if any edge out of the place is open, and choose
   among the open edges in proportion to their weights (a multinomial, drawn as successive
   binomials),
3. at an edge of limited capacity at most a noisy number pass in a step (vehicles, so in clumps);
   the rest queue, first in first out; those queueing at a closed edge turn to another one, if one
   is open, after :data:`REROUTE_HOURS` on average,
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

from crossings.dynamics.binomial import exact_binomial, let_through, smooth_binomial
from crossings.dynamics.compiled import compiled, inner, parallel_entry
from crossings.dynamics.network import Network
from crossings.dynamics.streams import normal
from crossings.errors import InputError

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

REROUTE_HOURS = 6.0
"""Mean time after which somebody in the queue of a closed edge turns to an open one."""

SHORTEST_STEP, LONGEST_STEP = 1.0, 24.0
"""Hours a step may take."""

LARGE = 2000
"""Places from which on a network is laid out anew in the order in which they are worked through.

The tables of a large network do not fit into the near caches; a step that walks through them from
one end to the other takes about half as long as one that jumps.
"""


class Layout(NamedTuple):
    """The arrays of a :class:`Network` at one step length (see :func:`layout`).

    Travel over an edge takes ``lag`` whole steps (E,), and one more for the share ``late`` (E,) of
    those who enter. ``move_on`` (P,) and ``reroute`` are probabilities in a step; ``counted`` (P,)
    marks the places where arrivals are registered. The origins at place p are
    ``origin[first_origin[p]:first_origin[p + 1]]``. ``place_id`` (P,) and ``edge_id`` (E,) are the
    numbers that places and edges have in the results. The rest is as in :class:`Network`, its
    channels with ``draw_`` before their names (a parallel loop takes no tuple within a tuple).
    """

    head: I8
    lag: I8
    late: F8
    gate: I8
    first_edge: I8
    order: I8
    forward: npt.NDArray[np.bool_]
    first_origin: I8
    origin: I8
    settle: F8
    move_on: F8
    reroute: float
    place_id: I8
    edge_id: I8
    counted: npt.NDArray[np.bool_]
    draw_entity: I8
    draw_purpose: I8
    draw_depart: I8
    draw_leave: I8
    draw_settle: I8
    draw_move_on: I8
    draw_come_back: I8
    draw_through: I8
    draw_split: I8
    draw_turn: I8
    draw_register: int


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
    passed (M, K, E). ``travelling``, ``home``, ``waiting``, ``registered``, ``returned``: (M, K).
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


def layout(network: Network, step_hours: float, counted: tuple[str, ...] = ()) -> Layout:
    """The arrays that the kernel walks, for steps of ``step_hours``.

    ``counted`` names the places where arrivals are registered; who comes through two of them is
    registered at both.

    Raises:
        InputError: a step takes less than 1 or more than 24 hours.
    """
    if not SHORTEST_STEP <= step_hours <= LONGEST_STEP:
        raise InputError(f"step: found {step_hours:g} hours, expected 1 to 24")
    steps = network.hours / step_hours
    lag = np.floor(np.minimum(steps, 1e9)).astype(np.int64)
    with np.errstate(divide="ignore"):
        move_on = np.where(network.dwell > 0, 1 - np.exp(-step_hours / network.dwell), 1.0)
    return Layout(
        head=network.head,
        lag=lag,
        late=np.where(lag < 1e9, steps - lag, 0.0),
        gate=network.gate,
        first_edge=network.first_edge,
        order=network.order,
        forward=network.forward,
        first_origin=np.searchsorted(
            np.sort(network.origin_place), np.arange(len(network.places) + 1)
        ).astype(np.int64),
        origin=np.argsort(network.origin_place, kind="stable").astype(np.int64),
        settle=network.settle,
        move_on=move_on,
        reroute=1 - math.exp(-step_hours / REROUTE_HOURS),
        place_id=np.arange(len(network.places)),
        edge_id=np.arange(len(network.edges)),
        counted=np.array([p in counted for p in network.places], dtype=np.bool_),
        **{f"draw_{name}": value for name, value in network.draws._asdict().items()},
    )


class _State(NamedTuple):
    """One member between two steps: people by origin (O,), place (P,) and edge (E,).

    ``now`` (P,) are those who arrive in this step, ``ring`` (E, steps) those who arrive in a coming
    one, ``passed`` (E,) all who ever entered an edge, ``pull`` (E,) the attraction of the edges in
    this step.
    """

    home: I8
    waiting: I8
    transit: I8
    settled: I8
    arrived: I8
    now: I8
    queue: I8
    queued: I8
    passed: I8
    pull: F8
    ring: I8


class _Luck(NamedTuple):
    """The draws of one member in step ``t``, whose address is ``step``."""

    normals: F8
    entity: I8
    purpose: I8
    exact: bool
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
        entity, purpose = luck.entity[channel], luck.purpose[channel]
        return exact_binomial(n, p, luck.seed, luck.member, entity, luck.step, purpose)
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
def _land(net: Layout, s: _State, t: int) -> int:
    """Take those off the edges who arrive at the start of a step; how many they are."""
    landed = 0
    slot = t % s.ring.shape[1]
    for e in range(net.head.size):
        n = s.ring[e, slot]
        if n > 0:
            s.now[net.head[e]] += n
            landed += n
            s.ring[e, slot] = 0
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
    for e in range(net.first_edge[place], net.first_edge[place + 1]):
        s.pull[e] = rates.weight[i, row, e] * rates.open[t, e]
        if net.gate[e] >= 0 and rates.capacity[i, t, net.gate[e]] <= 0.0:
            s.pull[e] = 0.0
        if s.pull[e] > 0.0:
            total += s.pull[e]
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
    for e in range(net.first_edge[place], net.first_edge[place + 1]):
        if s.pull[e] <= 0.0 and s.queue[e] > 0:
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
    for e in range(net.first_edge[place], last_open + 1):
        # The last open edge takes the rest, whatever the rounding of the total.
        p = 1.0 if e == last_open else min(1.0, s.pull[e] / total)
        n = _of(leaving, p, net.draw_split[e], luck)
        s.queue[e] += n
        s.queued[e] += n
        leaving -= n
        total -= s.pull[e]


@inner
def _enter(net: Layout, s: _State, e: int, n: int, t: int) -> int:
    """Put ``n`` people on an edge; how many of them are still on it at the end of the step."""
    width = s.ring.shape[1]
    # Who enter evenly arrive evenly: of all who ever passed the share ``late`` takes a step more.
    before = math.floor(s.passed[e] * net.late[e])
    s.passed[e] += n
    later: int = math.floor(s.passed[e] * net.late[e]) - before
    if net.lag[e] > 0:
        s.ring[e, (t + net.lag[e]) % width] += n - later
        s.ring[e, (t + net.lag[e] + 1) % width] += later
        return n
    if net.forward[e]:
        s.now[net.head[e]] += n - later
        s.ring[e, (t + 1) % width] += later
        return later
    s.ring[e, (t + 1) % width] += n
    return n


@inner
def _pass(net: Layout, rates: Rates, s: _State, place: int, i: np.int64, luck: _Luck) -> int:
    """Let the queues of a place pass; how many of them are on the road after the step."""
    on_the_road, t = 0, luck.t
    for e in range(net.first_edge[place], net.first_edge[place + 1]):
        n = s.queue[e]
        if n > 0 and rates.open[t, e] > 0.0:
            gate = net.gate[e]
            if gate >= 0:
                limit = rates.capacity[i, t, gate] * rates.open[t, e]
                n = let_through(limit, rates.clump, n, _normal(net.draw_through[e], luck))
            s.queue[e] -= n
            on_the_road += _enter(net, s, e, n, t)
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
    for p in range(s.arrived.size):
        out.arrived[i, k, net.place_id[p]] = s.arrived[p]
        out.present[i, k, net.place_id[p]] = s.transit[p] + s.settled[p]
    for e in range(s.queue.size):
        out.queue[i, k, net.edge_id[e]] = s.queue[e]
        out.queued[i, k, net.edge_id[e]] = s.queued[e]
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
        luck = _Luck(
            normals,
            net.draw_entity,
            net.draw_purpose,
            noise.exact,
            noise.seed,
            noise.members[i],
            steps[t],
            t,
        )
        _decide(net, rates, s, i, pool, luck)
        travelling -= _land(net, s, t)
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
def _at_start(home: I8, waiting: I8, places: int, edges: int, longest: int) -> _State:
    """A member before its first step, in memory of its own."""
    by_place = np.zeros((4, places), np.int64)
    by_edge = np.zeros((3, edges), np.int64)
    return _State(
        home.copy(),
        waiting.copy(),
        by_place[0],
        by_place[1],
        by_place[2],
        by_place[3],
        by_edge[0],
        by_edge[1],
        by_edge[2],
        np.zeros(edges),
        np.zeros((edges, longest + 3), np.int64),
    )


@parallel_entry
def _run(net: Layout, rates: Rates, noise: Noise, longest: int, record: I8, out: History) -> None:
    for j in nb.prange(rates.home.shape[0]):
        i = np.int64(j)  # it is unsigned: one more version of the kernel to compile
        home, waiting = rates.home[i], rates.waiting[i]
        state = _at_start(home, waiting, net.settle.size, net.head.size, longest)
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

    places, edges = net.settle.size, net.head.size
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
    if places >= LARGE:
        net, rates = _in_order(net, rates)
    _run(net, _one_type(rates), noise, longest, kept, out)
    return out


def _in_order(net: Layout, rates: Rates) -> tuple[Layout, Rates]:
    """The same network and rates, places numbered in the order in which they are worked through.

    The edges out of a place stay side by side, the results keep their numbers.
    """
    places, now = net.order, np.argsort(net.order)
    counts = np.diff(net.first_edge)[places]
    first = np.concatenate(([0], np.cumsum(counts)))
    edges = np.repeat(net.first_edge[places] - first[:-1], counts) + np.arange(first[-1])
    residents = np.diff(net.first_origin)[places]
    first_origin = np.concatenate(([0], np.cumsum(residents)))
    origins = np.repeat(net.first_origin[places] - first_origin[:-1], residents)
    origins += np.arange(first_origin[-1])
    by_place = ("settle", "move_on", "counted", "place_id", "draw_settle", "draw_move_on")
    by_edge = ("lag", "late", "gate", "forward", "edge_id", "draw_through", "draw_split")
    arrays = net._asdict()
    moved = {name: arrays[name][places] for name in (*by_place, "draw_come_back")}
    moved |= {name: arrays[name][edges] for name in (*by_edge, "draw_turn")}
    ordered = net._replace(
        head=now[net.head[edges]],
        first_edge=first,
        order=np.arange(places.size),
        first_origin=first_origin,
        origin=net.origin[origins],
        **moved,
    )
    return ordered, rates._replace(
        open=rates.open[:, edges],
        weight=rates.weight[:, :, edges],
        come_back=rates.come_back[places],
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
