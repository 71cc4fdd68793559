"""One step of the native rules, on counts: the same law as following every person, at their price in none.

People in the same state are exchangeable, so each step draws how many of them do something in place
of asking each. In one step, for every member:

1. at each origin, of those at home ``D ~ Bin(H, 1 - exp(-hazard))`` decide to leave,
2. of those waiting ``Bin(W, leave)`` set out, if any edge out of the place is open, and choose among
   the open edges in proportion to their weights (a multinomial, drawn as successive binomials),
3. at an edge of limited capacity at most a noisy number pass in a step (vehicles, so in clumps); the
   rest queue, first in first out; those queueing at a closed edge turn to another one, if one is open,
4. travel takes distance over speed; who enters evenly during a step arrives evenly during one,
5. of those who arrive a share settles, the others move on after a stay; settled people may return,
6. of those who arrived and are not in the host's books a number is registered, up to a capacity.

Places are worked through in the order of ``Network.order``, so that a way shorter than a step is passed
within it. Everything is an integer and moves from one count to another: people are conserved.

Cost: a few draws an origin, place and edge, whatever the number of people.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from crossings.dynamics.binomial import clumped_throughput, exact_binomial, smooth_binomial
from crossings.dynamics.network import Network
from crossings.dynamics.streams import normal

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

REROUTE_HOURS = 6.0
"""Mean time after which somebody in the queue of a closed edge turns to an open one."""


class Layout(NamedTuple):
    """The arrays of a :class:`Network` at one step length (see :func:`layout`)."""

    tail: I8
    head: I8
    lag: I8
    late: F8
    gate: I8
    first_edge: I8
    order: I8
    rank: I8
    origin_place: I8
    settle: F8
    move_on: F8
    reroute: float
    origin_channel: I8
    place_channel: I8
    edge_channel: I8
    return_channel: I8
    register_channel: int
    entity: I8
    purpose: I8
    counted: npt.NDArray[np.bool_]


class Rates(NamedTuple):
    """What differs between members (M), steps (T), origins (O), gates (G), edges (E), places (P).

    ``home``, ``waiting``: people at the start, (M, O). ``hazard``: probability rate of deciding, per
    step, (M, T); ``origin_factor`` (O,) multiplies it. ``contagion`` (M,): a hazard of h becomes
    h (1 + contagion g) where g is the share of the pool that already decided. ``leave`` (M,):
    probability of setting out in a step. ``capacity``: mean people let through in a step, (M, T, G).
    ``open``: share of the step an edge is open, (T, E). ``weight``: attraction of an edge, (M, T, E) or (M, 1, E) if it never changes.
    ``register`` (M,) probability, ``register_cap`` (M,) people a step. ``come_back``: probability of
    returning in a step, (P,). ``clump``: people a vehicle. ``inject``: people who appear at
    ``inject_place`` (I,) in each step, (M, T, I).
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

    With ``normals`` of shape (M, T, channel) the history is a deterministic replay of them (smooth
    binomials). With an empty one (T = 0) draws are addressed by ``seed``, ``members`` (M,) and
    ``steps`` (T,), and binomials are exact where ``exact`` is set.
    """

    seed: int
    members: I8
    steps: I8
    normals: F8
    exact: bool


class History(NamedTuple):
    """Whole people at the recorded steps (K), for members (M), places (P), edges (E).

    ``arrived``: cumulative arrivals (M, K, P). ``present``: there now, settled or not (M, K, P).
    ``queue``: waiting at the entrance of an edge (M, K, E). ``queued``: all who ever joined that
    queue, (M, K, E). ``travelling``, ``home``, ``waiting``, ``registered``, ``returned``: (M, K).
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
    """The arrays that the kernel walks, for steps of ``step_hours`` (1 to 24).

    ``counted`` names the places where arrivals are registered.
    """
    steps = network.hours / step_hours
    lag = np.floor(steps).astype(np.int64)
    with np.errstate(divide="ignore"):
        move_on = np.where(network.dwell > 0, 1 - np.exp(-step_hours / network.dwell), 1.0)
    return Layout(
        tail=network.tail,
        head=network.head,
        lag=lag,
        late=steps - lag,
        gate=network.gate,
        first_edge=network.first_edge,
        order=network.order,
        rank=network.rank,
        origin_place=network.origin_place,
        settle=network.settle,
        move_on=move_on,
        reroute=1 - math.exp(-step_hours / REROUTE_HOURS),
        origin_channel=network.origin_channel,
        place_channel=network.place_channel,
        edge_channel=network.edge_channel,
        return_channel=network.return_channel,
        register_channel=network.register_channel,
        entity=network.channel_entity,
        purpose=network.channel_purpose,
        counted=np.array([p in counted for p in network.places], dtype=np.bool_),
    )


# The functions below take plain arrays, not the tuples: reading an array out of a tuple inside a loop
# costs a reference count each time, which made a step fifteen times slower.


@nb.njit(inline="always")
def _luck(normals: F8, t: int, channel: int) -> float:
    """The normal of one channel if the history is a replay, else NaN: to be drawn if needed."""
    return normals[t, channel] if normals.shape[0] > 0 else np.nan


@nb.njit
def _binomial(
    n: int,
    p: float,
    z: float,
    exact: bool,
    seed: int,
    member: int,
    entity: int,
    step: int,
    purpose: int,
) -> int:
    """How many of ``n``: exact or smooth, as the noise says."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    if exact:
        return exact_binomial(n, p, seed, member, entity, step, purpose)
    if math.isnan(z):
        z = normal(seed, member, entity, step, purpose)
    return smooth_binomial(n, p, z)


@nb.njit(inline="always")
def _open_weight(t: int, edge: int, gate: I8, weight: F8, is_open: F8, capacity: F8) -> float:
    """The weight of an edge in a choice; 0 where it is closed or lets nobody through."""
    if gate[edge] >= 0 and capacity[t, gate[edge]] <= 0.0:
        return 0.0
    return weight[t if weight.shape[0] > 1 else 0, edge] * is_open[t, edge]


@nb.njit
def _turned_away(
    t: int,
    first: int,
    last: int,
    gate: I8,
    weight: F8,
    is_open: F8,
    capacity: F8,
    share: float,
    queue: I8,
    queued: I8,
) -> int:
    """People who leave the queues of closed edges because another one is open."""
    turned = 0
    for e in range(first, last):
        if queue[e] > 0 and _open_weight(t, e, gate, weight, is_open, capacity) <= 0.0:
            k = int(math.ceil(queue[e] * share))
            queue[e] -= k
            queued[e] -= k
            turned += k
    return turned


@nb.njit
def _entering(
    queueing: int,
    limit: float,
    clump: float,
    z: float,
    seed: int,
    member: int,
    entity: int,
    step: int,
    purpose: int,
) -> int:
    """How many of a queue pass the entrance of an edge that lets ``limit`` people through on average."""
    # Far below capacity everybody passes whatever the luck of the step.
    if queueing < 0.2 * limit and limit > 1000.0:
        return queueing
    if math.isnan(z):
        z = normal(seed, member, entity, step, purpose)
    return min(queueing, clumped_throughput(limit, clump, z))


@nb.njit
def _set_on_the_road(
    n: int,
    edge: int,
    t: int,
    lag: I8,
    late_share: F8,
    forward: bool,
    head: I8,
    passed: I8,
    ring: I8,
    now: I8,
) -> int:
    """Put ``n`` people on an edge; how many of them are still on it at the end of the step."""
    before = math.floor(passed[edge] * late_share[edge])
    passed[edge] += n
    late = int(math.floor(passed[edge] * late_share[edge]) - before)
    width = ring.shape[1]
    if lag[edge] > 0:
        ring[edge, (t + lag[edge]) % width] += n - late
        ring[edge, (t + lag[edge] + 1) % width] += late
        return n
    if forward:
        now[head[edge]] += n - late
        ring[edge, (t + 1) % width] += late
        return late
    # Against the order of places even a short way ends in the next step.
    ring[edge, (t + 1) % width] += n
    return n


@nb.njit
def _member(net: Layout, rates: Rates, noise: Noise, i: int, record: I8, out: History) -> None:
    """The whole history of one member."""
    tail, head, lag, late, gate, first_edge, order, rank = (
        net.tail,
        net.head,
        net.lag,
        net.late,
        net.gate,
        net.first_edge,
        net.order,
        net.rank,
    )
    origin_place, settle, move_on, entity, purpose = (
        net.origin_place,
        net.settle,
        net.move_on,
        net.entity,
        net.purpose,
    )
    origin_channel, place_channel, edge_channel, return_channel, counted = (
        net.origin_channel,
        net.place_channel,
        net.edge_channel,
        net.return_channel,
        net.counted,
    )
    hazard, origin_factor, is_open, come_back, inject_place = (
        rates.hazard[i],
        rates.origin_factor,
        rates.open,
        rates.come_back,
        rates.inject_place,
    )
    capacity, weight, inject, normals, exact, steps = (
        rates.capacity[i],
        rates.weight[i],
        rates.inject[i],
        noise.normals[i],
        noise.exact,
        noise.steps,
    )
    contagion, leave, register, register_cap, clump, reroute = (
        rates.contagion[i],
        rates.leave[i],
        rates.register[i],
        rates.register_cap[i],
        rates.clump,
        net.reroute,
    )
    out_arrived, out_present, out_queue, out_queued, out_travelling = (
        out.arrived[i],
        out.present[i],
        out.queue[i],
        out.queued[i],
        out.travelling[i],
    )
    out_home, out_waiting, out_registered, out_returned = (
        out.home[i],
        out.waiting[i],
        out.registered[i],
        out.returned[i],
    )
    places, edges, origins = settle.size, tail.size, origin_place.size
    home, waiting = rates.home[i].copy(), rates.waiting[i].copy()
    pool = max(1.0, float(home.sum() + waiting.sum()))
    by_place = np.zeros((4, places), np.int64)
    transit, settled, arrived, now = by_place[0], by_place[1], by_place[2], by_place[3]
    by_edge = np.zeros((3, edges), np.int64)
    queue, queued, passed = by_edge[0], by_edge[1], by_edge[2]
    ring = np.zeros((edges, lag.max() + 3 if edges else 3), np.int64)
    width = ring.shape[1]
    seed, member = noise.seed, noise.members[i]
    travelling, registered, returned, k = 0, 0, 0, 0
    for t in range(hazard.size):
        step = steps[t]
        at_home = 0
        for o in range(origins):
            at_home += home[o]
        decided_share = 1.0 - at_home / pool
        for o in range(origins):
            if home[o] > 0:
                rate = hazard[t] * origin_factor[o] * (1.0 + contagion * decided_share)
                n = _binomial(
                    home[o],
                    1.0 - math.exp(-rate),
                    _luck(normals, t, origin_channel[o]),
                    exact,
                    seed,
                    member,
                    entity[origin_channel[o]],
                    step,
                    purpose[origin_channel[o]],
                )
                home[o] -= n
                waiting[o] += n
        for e in range(edges):
            n = ring[e, t % width]
            if n > 0:
                now[head[e]] += n
                travelling -= n
                ring[e, t % width] = 0
        for j in range(inject_place.size):
            now[inject_place[j]] += inject[t, j]
        for place in order:
            n = now[place]
            now[place] = 0
            arrived[place] += n
            first, last = first_edge[place], first_edge[place + 1]
            if return_channel[place] >= 0:
                back = _binomial(
                    settled[place],
                    come_back[place],
                    _luck(normals, t, return_channel[place]),
                    exact,
                    seed,
                    member,
                    entity[return_channel[place]],
                    step,
                    purpose[return_channel[place]],
                )
                settled[place] -= back
                returned += back
            if first == last:
                settled[place] += n
                continue
            stay = _binomial(
                n,
                settle[place],
                _luck(normals, t, place_channel[place] + 1),
                exact,
                seed,
                member,
                entity[place_channel[place] + 1],
                step,
                purpose[place_channel[place] + 1],
            )
            settled[place] += stay
            transit[place] += n - stay
            total = 0.0
            for e in range(first, last):
                total += _open_weight(t, e, gate, weight, is_open, capacity)
            if total > 0.0:
                if last - first > 1:
                    transit[place] += _turned_away(
                        t, first, last, gate, weight, is_open, capacity, reroute, queue, queued
                    )
                n = _binomial(
                    transit[place],
                    move_on[place],
                    _luck(normals, t, place_channel[place]),
                    exact,
                    seed,
                    member,
                    entity[place_channel[place]],
                    step,
                    purpose[place_channel[place]],
                )
                transit[place] -= n
                for o in range(origins):
                    if origin_place[o] == place and waiting[o] > 0:
                        gone = _binomial(
                            waiting[o],
                            leave,
                            _luck(normals, t, origin_channel[o] + 1),
                            exact,
                            seed,
                            member,
                            entity[origin_channel[o] + 1],
                            step,
                            purpose[origin_channel[o] + 1],
                        )
                        waiting[o] -= gone
                        n += gone
                for e in range(first, last):
                    share = _open_weight(t, e, gate, weight, is_open, capacity)
                    if n > 0 and share > 0.0:
                        # The last open edge takes the rest, whatever the rounding of the total.
                        p = share / total if share < total * (1.0 - 1e-12) else 1.0
                        chosen = _binomial(
                            n,
                            p,
                            _luck(normals, t, edge_channel[e] + 1),
                            exact,
                            seed,
                            member,
                            entity[edge_channel[e] + 1],
                            step,
                            purpose[edge_channel[e] + 1],
                        )
                        queue[e] += chosen
                        queued[e] += chosen
                        n -= chosen
                        total -= share
            for e in range(first, last):
                n = queue[e]
                if n > 0 and is_open[t, e] > 0.0:
                    if gate[e] >= 0:
                        n = _entering(
                            n,
                            capacity[t, gate[e]] * is_open[t, e],
                            clump,
                            _luck(normals, t, edge_channel[e]),
                            seed,
                            member,
                            entity[edge_channel[e]],
                            step,
                            purpose[edge_channel[e]],
                        )
                    queue[e] -= n
                    travelling += _set_on_the_road(
                        n, e, t, lag, late, rank[head[e]] > rank[place], head, passed, ring, now
                    )
        unregistered = -registered
        for place in range(places):
            if counted[place]:
                unregistered += arrived[place]
        n = _binomial(
            unregistered,
            register,
            _luck(normals, t, net.register_channel),
            exact,
            seed,
            member,
            entity[net.register_channel],
            step,
            purpose[net.register_channel],
        )
        registered += min(n, int(register_cap))
        while k < record.size and record[k] == t:
            for place in range(places):
                out_arrived[k, place] = arrived[place]
                out_present[k, place] = transit[place] + settled[place]
            for e in range(edges):
                out_queue[k, e] = queue[e]
                out_queued[k, e] = queued[e]
            for o in range(origins):
                out_home[k] += home[o]
                out_waiting[k] += waiting[o]
            out_travelling[k] = travelling
            out_registered[k] = registered
            out_returned[k] = returned
            k += 1


@nb.njit(parallel=True, cache=True)
def _run(net: Layout, rates: Rates, noise: Noise, record: I8, out: History) -> None:
    for i in nb.prange(rates.home.shape[0]):
        _member(net, rates, noise, i, record, out)


def run(net: Layout, rates: Rates, noise: Noise, record: I8 | None = None) -> History:
    """Run every member through all steps and keep the counts after the steps in ``record``.

    ``record`` holds ascending step numbers (default: every step). Members run in parallel threads
    and do not share anything, so the result does not depend on how many there are.
    """
    members, steps = rates.hazard.shape
    kept = np.arange(steps) if record is None else np.asarray(record, dtype=np.int64)
    places, edges = net.settle.size, net.tail.size

    def table(*shape: int) -> I8:
        return np.zeros((members, kept.size, *shape), dtype=np.int64)

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
    _run(net, rates, noise, kept, out)
    return out
