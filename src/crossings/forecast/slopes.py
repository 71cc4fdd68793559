"""How the log likelihood changes with every coordinate and every noise: one sweep backwards.

The counts are whole people, so the model has no derivative; where counts are large it is close to
one that has. This is the adjoint of that likeness, taken along the history that was walked: from
the figures (:mod:`crossings.forecast.figure_slopes`) back over the steps to the drivers, from these
to parameters and noises (:mod:`crossings.forecast.parameter_slopes`). What is left out (the luck of
the split among gates, who turns away from a closed gate, travellers' waiting times) makes the slope
less useful, never wrong: the sampler uses it to propose only, and accepts by the exact counts.
``a_x`` is the slope of the log likelihood in x; notation as in docs/model.md.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import compiled, inner, parallel_entry
from crossings.dynamics.drivers import Intensity, Throughput
from crossings.dynamics.gates import Draws, Walk
from crossings.dynamics.rates import Rates
from crossings.forecast.figure_slopes import InCounts, InErrors, add_figures, in_counts
from crossings.forecast.likelihood import ErrorRates, Figures
from crossings.forecast.parameter_slopes import Slopes, gate_slopes, hazard_slopes

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

CHOICE_HOURS = 48.0
"""How long a preference for a gate lasts."""


class Channels(NamedTuple):
    """Where the noises of the drivers stand in the path, of intensity and of each gate (G,)."""

    intensity: int
    fast: I8
    slow: I8
    choice: I8


def empty(
    members: int, steps: int, channels: int, gates: int, kinds: int
) -> tuple[Slopes, InErrors]:
    """Slopes of nothing yet."""
    wide = {"people": gates, "choice": gates, "departure_kick": kinds, "capacity_kick": kinds}
    tables = {
        name: np.zeros((members, wide[name])) if name in wide else np.zeros(members)
        for name in Slopes._fields[1:]
    }
    in_errors = InErrors(*np.zeros((len(InErrors._fields), members)))
    return Slopes(path=np.zeros((members, steps, channels)), **tables), in_errors


class _InDrivers(NamedTuple):
    """Slopes of one member in the logs of hazard (T,), capacities and attractions (G, T)."""

    hazard: F8
    capacity: F8
    pull: F8


class _State(NamedTuple):
    """Slopes of one member in its counts after a step: by gate (G,), and the rest.

    ``one`` (3,) are those in people at home, waiting and in the books; ``share`` (G,) is how those
    who set out in the step choose.
    """

    one: F8
    came: F8
    queue: F8
    share: F8


_HOME, _WAITING, _BOOKED = range(3)


@inner
def _luck(count: float, p: float) -> float:
    """How far one standard normal moves a binomial count."""
    return math.sqrt(max(0.0, count * p * (1.0 - p)))


@inner
def _books(
    rates: Rates, walk: Walk, at: Draws, i: np.int64, t: int, a: _State, out: Slopes
) -> None:
    """Back over the entries into the books."""
    booked = float(walk.registered[i, t - 1]) if t > 0 else 0.0
    if walk.registered[i, t] - booked >= rates.register_cap[i]:
        out.register_cap[i] += a.one[_BOOKED]
        return
    p, unbooked = rates.register[i], -booked
    for g in range(a.came.size):
        unbooked += walk.arrived[i, t, g]
        a.came[g] += a.one[_BOOKED] * p
    out.register[i] += a.one[_BOOKED] * unbooked
    out.path[i, t, at.register] = a.one[_BOOKED] * _luck(unbooked, p)
    a.one[_BOOKED] *= 1.0 - p


@inner
def _gates(
    rates: Rates,
    walk: Walk,
    at: Draws,
    z: F8,
    i: np.int64,
    t: int,
    a: _State,
    drivers: _InDrivers,
    out: Slopes,
) -> tuple[float, float]:
    """Back over the gates: the attraction of all that are open, and the slope in who sets out."""
    pull, a_out = 0.0, 0.0
    row = min(t, rates.weight.shape[1] - 1)
    for g in range(a.came.size):
        a.share[g] = rates.weight[i, row, g] * rates.open[t, g]
        if rates.capacity[i, t, g] <= 0.0:
            a.share[g] = 0.0
        pull += a.share[g]
    for g in range(a.came.size):
        limit = rates.capacity[i, t, g] * rates.open[t, g]
        if limit > 0.0 and walk.queue[i, t, g] > 0:
            a_pass = a.came[g] - a.queue[g]
            sd = math.sqrt(rates.clump * limit)
            drivers.capacity[g, t] = a_pass * (limit + 0.5 * sd * z[i, t, at.through[g]])
            out.path[i, t, at.through[g]] = a_pass * sd
        elif limit > 0.0:
            a.queue[g] = a.came[g]
        if pull > 0.0:
            a.share[g] /= pull
            a_out += a.share[g] * a.queue[g]
    return pull, a_out


@inner
def _departures(
    rates: Rates,
    walk: Walk,
    at: Draws,
    i: np.int64,
    t: int,
    a: _State,
    pull: float,
    a_out: float,
    drivers: _InDrivers,
    out: Slopes,
) -> None:
    """Back over those who set out, and those who decide."""
    home = float(walk.home[i, t - 1] if t > 0 else rates.home[i, 0])
    ready = float(walk.waiting[i, t - 1] if t > 0 else rates.waiting[i, 0])
    ready += home - walk.home[i, t]
    if pull > 0.0:
        set_out = ready - walk.waiting[i, t]
        for g in range(a.share.size):
            drivers.pull[g, t] = set_out * a.share[g] * (a.queue[g] - a_out)
        gain = a_out - a.one[_WAITING]
        out.leave[i] += gain * ready
        out.path[i, t, at.leave] = gain * _luck(ready, rates.leave[i])
        a.one[_WAITING] += rates.leave[i] * gain
    pool = max(1.0, float(rates.home[i, 0] + rates.waiting[i, 0]))
    rate, contagion, seen = rates.hazard[i, t], rates.contagion[i], 1.0 - home / pool
    stay = math.exp(-rate * (1.0 + contagion * seen))
    gain = a.one[_WAITING] - a.one[_HOME]
    moved = gain * home * stay
    drivers.hazard[t] = moved * (1.0 + contagion * seen) * rate
    out.contagion[i] += moved * rate * seen
    out.leavers[i] += moved * rate * contagion * home / (pool * pool)
    out.path[i, t, at.depart] = gain * _luck(home, stay)
    a.one[_HOME] += gain * (1.0 - stay - home * stay * rate * contagion / pool)


@inner
def _people(
    rates: Rates,
    walk: Walk,
    at: Draws,
    z: F8,
    i: np.int64,
    counts: InCounts,
    a: _State,
    drivers: _InDrivers,
    out: Slopes,
) -> None:
    """Back over the steps, from the counts to the drivers, the rules and who was there."""
    gates, steps = counts.gate.shape
    for t in range(steps - 1, -1, -1):
        a.one[_BOOKED] += counts.books[t]
        a.one[_WAITING] += counts.jam[t]
        for g in range(gates):
            a.came[g] += counts.total[t] + counts.gate[g, t]
            a.queue[g] += counts.jam[t] + counts.queue[g, t]
        _books(rates, walk, at, i, t, a, out)
        pull, a_out = _gates(rates, walk, at, z, i, t, a, drivers, out)
        _departures(rates, walk, at, i, t, a, pull, a_out, drivers, out)
    pool = max(1.0, float(rates.home[i, 0] + rates.waiting[i, 0]))
    decided = rates.waiting[i, 0] / pool
    out.leavers[i] += a.one[_HOME] * (1.0 - decided) + a.one[_WAITING] * decided
    out.decided[i] += pool * (a.one[_WAITING] - a.one[_HOME])


@inner
def _choice(
    sd: float,
    noise: F8,
    channel: int,
    i: np.int64,
    g: int,
    step_hours: float,
    given: F8,
    out: Slopes,
) -> None:
    """From the log of the attractions (G, T) of gate ``g`` to its fixed part and its noises."""
    keep = math.exp(-step_hours / CHOICE_HOURS)
    root = math.sqrt(1.0 - keep * keep)
    a_y = 0.0
    for t in range(given.shape[1] - 1, -1, -1):
        a_y = a_y * keep + given[g, t]
        in_noise = a_y * (root if t > 0 else 1.0)
        out.path[i, t, channel] = in_noise * sd
        out.choice_sd[i] += in_noise * noise[i, t, channel]
        out.choice[i, g] += given[g, t]


@compiled
def _member(
    figures: Figures,
    errors: ErrorRates,
    leavers: float,
    rates: Rates,
    walk: Walk,
    drive: Intensity,
    flow: Throughput,
    choice_sd: float,
    draws: Draws,
    at: Channels,
    noise: F8,
    i: np.int64,
    step_hours: float,
    before: int,
    until: int,
    beta: float,
    out: Slopes,
    out_errors: InErrors,
) -> None:
    """All slopes of member ``i``; ``noise`` (M, T, C)."""
    steps, gates = rates.capacity.shape[1:]
    counts = in_counts(steps, gates)
    add_figures(
        figures, errors, walk, i, leavers, step_hours, before, until, beta, counts, out_errors
    )
    by_gate = np.zeros((2, gates, steps))
    drivers = _InDrivers(np.zeros(steps), by_gate[0], by_gate[1])
    at_gates = np.zeros((3, gates))
    state = _State(np.zeros(3), at_gates[0], at_gates[1], at_gates[2])
    _people(rates, walk, draws, noise, i, counts, state, drivers, out)
    course = np.empty((2, steps))
    hazard_slopes(drive, noise, at.intensity, i, step_hours, drivers.hazard, course[0], out)
    for g in range(gates):
        fast, slow = at.fast[g], at.slow[g]
        gate_slopes(flow, noise, fast, slow, i, g, step_hours, drivers.capacity, course, out)
        if gates > 1:
            _choice(choice_sd, noise, at.choice[g], i, g, step_hours, drivers.pull, out)


@parallel_entry
def fill(
    figures: Figures,
    errors: ErrorRates,
    leavers: F8,
    rates: Rates,
    walk: Walk,
    drive: Intensity,
    flow: Throughput,
    choice_sd: F8,
    draws: Draws,
    at: Channels,
    noise: F8,
    step_hours: float,
    before: int,
    until: int,
    beta: float,
    out: Slopes,
    out_errors: InErrors,
) -> None:
    """Fill in the slopes of figures before a cut, and of those up to the next times ``beta``.

    ``leavers`` (M,) would go in the end, ``choice_sd`` (M,) is how much preferences vary, ``noise``
    (M, T, C) drove the walk.
    """
    for j in nb.prange(rates.capacity.shape[0]):
        i = np.int64(j)
        _member(
            figures,
            errors,
            leavers[i],
            rates,
            walk,
            drive,
            flow,
            choice_sd[i],
            draws,
            at,
            noise,
            i,
            step_hours,
            before,
            until,
            beta,
            out,
            out_errors,
        )
