"""The native rules on counts: whole histories of many members, in parallel threads.

What happens in a step is told and done in :mod:`crossings.dynamics.step`. Callers hand in a
network laid out as arrays, :class:`Rates` and :class:`Noise`, and get a :class:`History`.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import inner, parallel_entry
from crossings.dynamics.layout import Layout, in_order
from crossings.dynamics.rates import Rates, one_type
from crossings.dynamics.step import (
    Luck,
    State,
    arrive,
    at_start,
    attractions,
    choose,
    decide,
    is_empty,
    land,
    let_pass,
    register,
    set_out,
    total_of,
)
from crossings.dynamics.streams import stream_key

__all__ = ["History", "Noise", "Rates", "run"]

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

STEP = 401
"""Purpose of the stream of a step, from which its exact draws come."""

LARGE = 2000
"""Places from which on a network is laid out anew in the order in which they are worked through.

The tables of a large network do not fit into the near caches; a step that walks through them from
one end to the other takes about half as long as one that jumps.
"""


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


@inner
def _record(net: Layout, s: State, out: History, i: np.int64, k: int) -> None:
    for j in range(net.kept_place.size):
        p = net.kept_place[j]
        out.arrived[i, k, j] = s.arrived[p]
        out.present[i, k, j] = s.transit[p] + s.settled[p]
    for j in range(net.kept_edge.size):
        e = net.kept_edge[j]
        out.queue[i, k, j] = s.queue[e]
        out.queued[i, k, j] = s.queued[e]
    out.home[i, k] = total_of(s.home)
    out.waiting[i, k] = total_of(s.waiting)


@inner
def _member(
    net: Layout, rates: Rates, noise: Noise, s: State, i: np.int64, record: I8, out: History
) -> None:
    """The whole history of one member."""
    normals, steps = noise.normals[i], noise.steps
    pool = max(1, total_of(s.home) + total_of(s.waiting))
    travelling, registered, returned, k = 0, 0, 0, 0
    for t in range(rates.hazard.shape[1]):
        key, twist = stream_key(noise.seed, noise.members[i], 0, steps[t], STEP)
        luck = Luck(
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
        decide(net, rates, s, i, pool, luck)
        travelling -= land(s, t)
        for j in range(rates.inject_place.size):
            s.now[rates.inject_place[j]] += rates.inject[i, t, j]
        for position in range(net.order.size):
            place = net.order[position]
            if is_empty(net, s, place):
                continue
            returned += arrive(net, rates, s, place, luck)
            total, last_open = attractions(net, rates, s, place, i, t)
            if last_open >= 0:
                leaving = set_out(net, rates, s, place, i, luck)
                choose(net, s, place, leaving, total, last_open, luck)
            travelling += let_pass(net, rates, s, place, i, luck)
        registered += register(net, rates, s, registered, i, luck)
        while k < record.size and record[k] == t:
            _record(net, s, out, i, k)
            out.travelling[i, k] = travelling
            out.registered[i, k] = registered
            out.returned[i, k] = returned
            k += 1


@parallel_entry
def _run(net: Layout, rates: Rates, noise: Noise, longest: int, record: I8, out: History) -> None:
    for j in nb.prange(rates.home.shape[0]):
        i = np.int64(j)  # it is unsigned: one more version of the kernel to compile
        home, waiting = rates.home[i], rates.waiting[i]
        state = at_start(home, waiting, net.first_edge, longest)
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
    _run(net, one_type(rates), noise, longest, kept, out)
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
