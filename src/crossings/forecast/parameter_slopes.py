"""The slopes in parameters and noises, and the last stretch of the way to them: over the drivers.

The sweep of :mod:`crossings.forecast.slopes` ends at the logs of the hazards and of the capacities.
From these the chain rule leads over the drivers of :mod:`crossings.dynamics.drivers` to what made
them. ``a_x`` is the slope of the log likelihood in x; a slope in the log of y that is given is
``given``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import inner
from crossings.dynamics.drivers import HEAVY, Intensity, Throughput

F8 = npt.NDArray[np.float64]


class Slopes(NamedTuple):
    """Slopes of the log likelihood: ``path`` (M, T, C); of parameters (M,), (M, G) or (M, K).

    Those in errors are kept in :class:`~crossings.forecast.figure_slopes.InErrors`.
    """

    path: F8
    leavers: F8
    decided: F8
    contagion: F8
    leave: F8
    register: F8
    register_cap: F8
    rate: F8
    intensity_sd: F8
    intensity_hours: F8
    departure_kick: F8
    before: F8
    start: F8
    people: F8
    first: F8
    ramp: F8
    capacity_sd: F8
    capacity_hours: F8
    drift: F8
    night: F8
    capacity_kick: F8
    choice: F8
    choice_sd: F8


@inner
def hazard_slopes(
    drive: Intensity,
    noise: F8,
    channel: int,
    i: np.int64,
    step_hours: float,
    given: F8,
    x: F8,
    out: Slopes,
) -> None:
    """From the log of the hazards to the parameters of the intensity and its noises.

    ``x`` (T,) is room for the intensity's course.
    """
    steps = given.size
    keep = math.exp(-step_hours / drive.hours[i])
    root = math.sqrt(1.0 - keep * keep)
    sd = drive.sd[i]
    for t in range(steps):
        z = noise[i, t, channel]
        x[t] = sd * z if t == 0 else keep * x[t - 1] + sd * root * z
    a_x, in_keep = 0.0, 0.0
    for t in range(steps - 1, -1, -1):
        a_x = a_x * keep + given[t]
        out.path[i, t, channel] = a_x * sd * (root if t > 0 else 1.0)
        if t > 0:
            in_keep += a_x * (x[t - 1] - sd * keep / root * noise[i, t, channel])
        out.intensity_sd[i] += given[t] * x[t] / sd
        out.rate[i] += given[t] / max(1e-300, drive.rate[i])
        for e in range(drive.kick_kind.size):
            out.departure_kick[i, drive.kick_kind[e]] += given[t] * drive.kick_left[t, e]
        after = min(1.0, max(0.0, (t + 1.0) - drive.start[i] / step_hours))
        factor = max(1e-12, after + (1.0 - after) * drive.before[i])
        out.before[i] += given[t] * (1.0 - after) / factor
        if 0.0 < after < 1.0:
            out.start[i] -= given[t] * (1.0 - drive.before[i]) / factor / step_hours
    out.intensity_hours[i] += in_keep * keep * step_hours / drive.hours[i] ** 2


@inner
def gate_slopes(
    flow: Throughput,
    noise: F8,
    fast: int,
    slow: int,
    i: np.int64,
    g: int,
    step_hours: float,
    all_given: F8,
    course: F8,
    out: Slopes,
) -> None:
    """From the log of the capacities (G, T) of gate ``g`` to their parameters and noises.

    ``course`` (2, T) is room for the fast and the slow part of the capacity.
    """
    steps = all_given.shape[1]
    keep = math.exp(-step_hours / flow.hours[i])
    root = math.sqrt(1.0 - keep * keep)
    sd, drift = flow.sd[i], flow.drift[i] * math.sqrt(step_hours)
    for t in range(steps):
        z = noise[i, t, fast]
        s = min(4.0, max(-4.0, noise[i, t, slow]))
        course[0, t] = sd * z if t == 0 else keep * course[0, t - 1] + sd * root * z
        walked = drift * s * math.exp(HEAVY * s * s)
        course[1, t] = (course[1, t - 1] if t > 0 else 0.0) + walked
    a_c, a_b, in_keep = 0.0, 0.0, 0.0
    first, ramp = flow.first[i], flow.ramp[i]
    for t in range(steps - 1, -1, -1):
        given = all_given[g, t]
        a_c = a_c * keep + given
        a_b += given
        out.path[i, t, fast] = a_c * sd * (root if t > 0 else 1.0)
        s = noise[i, t, slow]
        if abs(s) < 4.0:
            heavy = math.exp(HEAVY * s * s)
            out.path[i, t, slow] = a_b * drift * heavy * (1.0 + 2.0 * HEAVY * s * s)
        if t > 0:
            in_keep += a_c * (course[0, t - 1] - sd * keep / root * noise[i, t, fast])
        if given == 0.0:
            continue
        out.capacity_sd[i] += given * course[0, t] / sd
        out.drift[i] += given * course[1, t] / flow.drift[i]
        out.people[i, g] += given
        for e in range(flow.kick_kind.size):
            out.capacity_kick[i, flow.kick_kind[e]] += given * flow.kick_left[t, e]
        age = (t + 0.5) * step_hours - flow.start[i]
        lost = math.exp(-max(0.0, age) / ramp)
        worked = max(1e-12, first + (1.0 - first) * (1.0 - lost))
        out.first[i] += given * lost / worked
        if age > 0.0:
            out.ramp[i] -= given * (1.0 - first) * lost * age / (ramp * ramp) / worked
            out.start[i] -= given * (1.0 - first) * lost / ramp / worked
        after = (t + 1.0) - flow.start[i] / step_hours
        if 0.0 < after < 1.0:
            out.start[i] -= given / max(0.05, after) / step_hours
        share = flow.night_share[t]
        out.night[i] += given * share / max(1e-12, 1.0 - share * (1.0 - flow.night[i]))
    out.capacity_hours[i] += in_keep * keep * step_hours / flow.hours[i] ** 2
