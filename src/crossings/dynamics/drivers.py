"""What drives the movement: how intense departures are and how many people a crossing lets through.

Latent paths for many members at once. Intensity is an AR(1) on the log scale, kicked by events,
each kick fading. Capacity is a product: a ramp after the flow starts, fast noise (AR(1) on the
log), a slow heavy-tailed random walk, nights, and kicks. Shapes: members M, steps T, gates G.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import compiled, inlined, parallel_entry

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

HEAVY = 0.15
"""Exponent of the slow walk's tails: a step is sb z exp(0.15 z^2) (reference study, 2026)."""


class Intensity(NamedTuple):
    """Log departure intensity: base rate per hour (M,), AR(1) sd (M,) and time scale in hours (M,).

    ``kick_size`` (M, K) is the size of each kind of event, ``kick_kind`` (J,) the kind of each
    event, ``kick_left`` (at least T, J) what is left of it in each step: see :func:`kicks_left`.
    ``before`` (M,) multiplies the rate before ``start`` (M,), the hour at which the flow starts.
    """

    rate: F8
    sd: F8
    hours: F8
    kick_size: F8
    kick_kind: I8
    kick_left: F8
    before: F8
    start: F8


class Throughput(NamedTuple):
    """Capacity of gates: people per hour (M, G) once the ramp is over.

    ``first`` (M,) is the share let through at the start, ``ramp`` (M,) the time scale in hours of
    the approach to all; ``sd``, ``hours`` (M,) of the fast noise; ``drift`` (M,) of the slow walk,
    per square root of an hour; ``night`` (M,) multiplies nights; kicks as in :class:`Intensity`.
    A gate is shut between ``closed_from`` (G,) and ``reopens`` (M, G), in hours. ``night_share``
    (at least T,) is the share of a step that is night.
    """

    people: F8
    first: F8
    ramp: F8
    sd: F8
    hours: F8
    drift: F8
    night: F8
    night_share: F8
    kick_size: F8
    kick_kind: I8
    kick_left: F8
    start: F8
    closed_from: F8
    reopens: F8


@inlined
def _share_after(when: float, begin: float, step_hours: float) -> float:
    """The share of the step from ``begin`` that lies after the hour ``when``."""
    return min(1.0, max(0.0, (begin + step_hours - when) / step_hours))


def kicks_left(at: F8, lasting: float, steps: int, step_hours: float) -> F8:
    """What is left of events' effects in the middle of each step, (steps, J): 0 before they came.

    Event j came at the hour ``at[j]``; an effect falls to 1/e of itself in ``lasting`` hours.
    """
    left = np.zeros((steps, at.size))
    for t in range(steps):
        hour = (t + 0.5) * step_hours
        for j in range(at.size):
            if hour >= at[j]:
                left[t, j] = math.exp(-(hour - at[j]) / lasting)
    return left


@compiled
def kick(size: F8, kind: I8, left: F8) -> float:
    """The sum of what events add on the log scale in a step in which ``left`` (J,) is left."""
    total = 0.0
    for j in range(kind.size):
        total += size[kind[j]] * left[j]
    return total


@parallel_entry
def hazards(drive: Intensity, path: F8, channel: int, steps: int, step_hours: float) -> F8:
    """Rate of deciding to leave, per step, for the first ``steps`` (T) steps, shape (M, T).

    ``path`` (M, at least T, C) are standard normals, those of ``channel`` drive the intensity.
    """
    members = path.shape[0]
    out = np.empty((members, steps))
    for i in nb.prange(members):
        keep = math.exp(-step_hours / drive.hours[i])
        fresh = drive.sd[i] * math.sqrt(1.0 - keep * keep)
        x = 0.0
        kick_size = drive.kick_size[i]
        kind, left = drive.kick_kind, drive.kick_left
        start, before, rate = drive.start[i], drive.before[i], drive.rate[i]
        for t in range(steps):
            z = path[i, t, channel]
            x = drive.sd[i] * z if t == 0 else keep * x + fresh * z
            log_kick = kick(kick_size, kind, left[t]) if kind.size else 0.0
            value = rate * math.exp(min(12.0, x + log_kick)) * step_hours
            # The flow may start within a step: count the share of the step after it.
            after = _share_after(start, t * step_hours, step_hours)
            out[i, t] = value * (after + (1.0 - after) * before)
    return out


@parallel_entry
def capacities(flow: Throughput, path: F8, fast: I8, slow: I8, steps: int, step_hours: float) -> F8:
    """Mean people let through in a step, for the first ``steps`` (T) steps, shape (M, T, G).

    ``path`` (M, at least T, C) are standard normals; ``fast`` and ``slow`` (G,) are the channels of
    each gate.
    """
    members = path.shape[0]
    gates = fast.size
    out = np.empty((members, steps, gates))
    for i in nb.prange(members):
        keep = math.exp(-step_hours / flow.hours[i])
        fresh = flow.sd[i] * math.sqrt(1.0 - keep * keep)
        drift = flow.drift[i] * math.sqrt(step_hours)
        start, first, ramp, night = flow.start[i], flow.first[i], flow.ramp[i], flow.night[i]
        kick_size = flow.kick_size[i]
        kind, left, night_share = flow.kick_kind, flow.kick_left, flow.night_share
        for g in range(gates):
            c = 0.0
            b = 0.0
            people, shut, reopens = flow.people[i, g], flow.closed_from[g], flow.reopens[i, g]
            for t in range(steps):
                z = path[i, t, fast[g]]
                c = flow.sd[i] * z if t == 0 else keep * c + fresh * z
                s = min(4.0, max(-4.0, path[i, t, slow[g]]))
                b += drift * s * math.exp(HEAVY * s * s)
                age = (t + 0.5) * step_hours - start
                after = _share_after(start, t * step_hours, step_hours)
                shut_share = _share_after(shut, t * step_hours, step_hours)
                if shut_share > 0.0:
                    # Open before it shut and again after it reopened.
                    reopened = _share_after(max(shut, reopens), t * step_hours, step_hours)
                    after = min(after, 1.0 - shut_share + reopened)
                if after <= 0.0:
                    out[i, t, g] = 0.0
                    continue
                log_kick = kick(kick_size, kind, left[t]) if kind.size else 0.0
                size = people * math.exp(min(8.0, max(-8.0, c + b + log_kick)))
                size *= first + (1.0 - first) * (1.0 - math.exp(-max(0.0, age) / ramp))
                size *= 1.0 - night_share[t] * (1.0 - night)
                out[i, t, g] = size * after * step_hours
    return out
