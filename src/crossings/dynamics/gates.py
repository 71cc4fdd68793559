"""The walk of :mod:`crossings.dynamics.engine` for a pool before a few gates, in half the time.

The sampler of a forecast walks one network over and over: a pool of people, and gates that are
reached and passed within a step. Here its step is written out, with nothing that cannot happen
there: no roads, no places to settle in or return from. The counts are those of the engine, one by
one (tests hold the two against each other).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from crossings.dynamics.binomial import let_through, smooth_binomial
from crossings.dynamics.compiled import compiled, inner, parallel_entry
from crossings.dynamics.rates import Rates

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]


class Draws(NamedTuple):
    """Channels of a step's draws: numbers, or (G,) with -1 where a single gate needs none."""

    depart: int
    leave: int
    through: I8
    split: I8
    turn: I8
    register: int


class Walk(NamedTuple):
    """Counts after every step: by member (M, T) and by gate (M, T, G)."""

    home: I8
    waiting: I8
    registered: I8
    queue: I8
    queued: I8
    arrived: I8


class _Queues(NamedTuple):
    """One member's counts at the gates, and their attraction in this step, (G,) each."""

    queue: I8
    queued: I8
    arrived: I8
    pull: F8


@inner
def _attract(rates: Rates, i: np.int64, t: int, s: _Queues) -> tuple[float, int]:
    """Fill in what each gate attracts; the sum, and the last open gate or -1."""
    total, last_open = 0.0, -1
    row = t if rates.weight.shape[1] > 1 else 0
    for g in range(s.pull.size):
        s.pull[g] = rates.weight[i, row, g] * rates.open[t, g]
        if rates.capacity[i, t, g] <= 0.0:
            s.pull[g] = 0.0
        if s.pull[g] > 0.0:
            total += s.pull[g]
            last_open = g
    return total, last_open


@inner
def _join(
    at: Draws, z: F8, reroute: float, leaving: int, total: float, last_open: int, s: _Queues
) -> None:
    """Share those who leave, and those who turn from closed gates, out over the open ones."""
    for g in range(s.queue.size):
        if s.pull[g] <= 0.0 and s.queue[g] > 0:
            n = smooth_binomial(s.queue[g], reroute, z[at.turn[g]])
            s.queue[g] -= n
            s.queued[g] -= n
            leaving += n
    for g in range(last_open + 1):
        n = leaving
        if g < last_open:
            n = smooth_binomial(leaving, min(1.0, s.pull[g] / total), z[at.split[g]])
        s.queue[g] += n
        s.queued[g] += n
        leaving -= n
        total -= s.pull[g]


@inner
def _pass(rates: Rates, at: Draws, z: F8, i: np.int64, t: int, s: _Queues) -> int:
    """How many pass the gates."""
    passed = 0
    for g in range(s.queue.size):
        if s.queue[g] > 0 and rates.open[t, g] > 0.0:
            limit = rates.capacity[i, t, g] * rates.open[t, g]
            n = let_through(limit, rates.clump, s.queue[g], z[at.through[g]])
            s.queue[g] -= n
            s.arrived[g] += n
            passed += n
    return passed


@inner
def _member(
    rates: Rates, at: Draws, reroute: float, noise: F8, i: np.int64, s: _Queues, out: Walk
) -> None:
    """The whole history of one member; ``noise`` (T, C)."""
    home, waiting = rates.home[i, 0], rates.waiting[i, 0]
    registered, came = 0, 0
    pool = max(1, home + waiting)
    for t in range(rates.hazard.shape[1]):
        z = noise[t]
        rate = rates.hazard[i, t] * (1.0 + rates.contagion[i] * (1.0 - home / pool))
        n = smooth_binomial(home, 1.0 - math.exp(-rate), z[at.depart])
        home -= n
        waiting += n
        total, last_open = _attract(rates, i, t, s)
        if last_open >= 0:
            leaving = smooth_binomial(waiting, rates.leave[i], z[at.leave])
            waiting -= leaving
            _join(at, z, reroute, leaving, total, last_open, s)
        came += _pass(rates, at, z, i, t, s)
        n = smooth_binomial(came - registered, rates.register[i], z[at.register])
        # The capacity may be infinite, which no whole number is.
        registered += n if n < rates.register_cap[i] else int(rates.register_cap[i])
        out.home[i, t] = home
        out.waiting[i, t] = waiting
        out.registered[i, t] = registered
        for g in range(s.queue.size):
            out.queue[i, t, g] = s.queue[g]
            out.queued[i, t, g] = s.queued[g]
            out.arrived[i, t, g] = s.arrived[g]


@compiled
def _at_start(gates: int) -> _Queues:
    """Nobody at the gates, in memory of its own."""
    counts = np.zeros((3, gates), np.int64)
    return _Queues(counts[0], counts[1], counts[2], np.zeros(gates))


@parallel_entry
def _walk(rates: Rates, at: Draws, reroute: float, noise: F8, out: Walk) -> None:
    for j in nb.prange(rates.capacity.shape[0]):
        i = np.int64(j)  # it is unsigned: one more version of the kernel to compile
        _member(rates, at, reroute, noise[i], i, _at_start(rates.capacity.shape[2]), out)


def walk(rates: Rates, at: Draws, reroute: float, noise: F8) -> Walk:
    """Walk every member through all steps by the smooth draws of ``noise`` (M, T or more, C)."""
    members, steps, gates = rates.capacity.shape
    tables = np.empty((3, members, steps), dtype=np.int64)
    by_gate = np.empty((3, members, steps, gates), dtype=np.int64)
    out = Walk(*tables, *by_gate)
    _walk(rates, at, reroute, noise, out)
    return out
