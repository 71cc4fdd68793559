"""Moving parameters and noises together so that what they drive stays as it is.

The figures bind the capacity of a gate hour by hour, so a parameter of it can hardly move while the
noises stand still. Here a parameter moves and the noises are changed to give the same capacities
(or intensities) as before: the history is the same, nobody has to walk it again, and the step is
accepted if the new noises are likely (Yu and Meng 2011, "To center or not to center: that is not
the question", interweaving; J. Comput. Graph. Stat. 20). With old and new AR(1) of standard
deviation s, s' and persistence k, k', and d the change of everything else on the log scale,

    c'_t = c_t + d_t,   z'_t = (c'_t - k' c'_(t-1)) / (s' sqrt(1 - k'^2)),   z'_0 = c'_0 / s',

the log ratio is sum (z^2 - z'^2) / 2 plus the log of the Jacobian, s/s' at t = 0 and the ratio of
the innovations' standard deviations after.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import compiled, parallel_entry
from crossings.dynamics.drivers import HEAVY, Intensity, Throughput

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]


@compiled
def _kicks(hour: float, size: F8, kind: I8, at: F8, lasting: float) -> float:
    total = 0.0
    for j in range(at.size):
        if hour >= at[j]:
            total += size[kind[j]] * math.exp(-(hour - at[j]) / lasting)
    return total


@compiled
def _shape(flow: Throughput, i: int, g: int, t: int, step_hours: float) -> float:
    """Log of all factors of a capacity but the noises."""
    hour = (t + 0.5) * step_hours
    age = max(0.0, hour - flow.start[i])
    ramp = flow.first[i] + (1.0 - flow.first[i]) * (1.0 - math.exp(-age / flow.ramp[i]))
    night = 1.0 - flow.night_share[t] * (1.0 - flow.night[i])
    kicks = _kicks(hour, flow.kick_size[i], flow.kick_kind, flow.kick_hour, flow.kick_hours)
    return math.log(flow.people[i, g]) + math.log(max(1e-300, ramp * night)) + kicks


@parallel_entry
def same_capacities(
    old: Throughput,
    new: Throughput,
    path: F8,
    fast: I8,
    slow: I8,
    steps: int,
    step_hours: float,
) -> tuple[F8, F8]:
    """Fast noises that give ``new`` the capacities of ``old``, (M, steps, G); log ratios (M,)."""
    members = path.shape[0]
    noise = np.empty((members, steps, fast.size))
    ratio = np.zeros(members)
    for i in nb.prange(members):
        keep, keep_new = math.exp(-step_hours / old.hours[i]), math.exp(-step_hours / new.hours[i])
        fresh = old.sd[i] * math.sqrt(1.0 - keep * keep)
        fresh_new = new.sd[i] * math.sqrt(1.0 - keep_new * keep_new)
        for g in range(fast.size):
            c, c_new, walk = 0.0, 0.0, 0.0
            for t in range(steps):
                z = path[i, t, fast[g]]
                s = min(4.0, max(-4.0, path[i, t, slow[g]]))
                walk += math.sqrt(step_hours) * s * math.exp(HEAVY * s * s)
                change = _shape(old, i, g, t, step_hours) - _shape(new, i, g, t, step_hours)
                change += (old.drift[i] - new.drift[i]) * walk
                before = c_new
                c = old.sd[i] * z if t == 0 else keep * c + fresh * z
                c_new = c + change
                sd, sd_new = (old.sd[i], new.sd[i]) if t == 0 else (fresh, fresh_new)
                z_new = (c_new - (0.0 if t == 0 else keep_new * before)) / sd_new
                noise[i, t, g] = z_new
                ratio[i] += 0.5 * (z * z - z_new * z_new) + math.log(sd / sd_new)
    return noise, ratio


@parallel_entry
def same_hazards(
    old: Intensity, new: Intensity, path: F8, channel: int, steps: int, step_hours: float
) -> tuple[F8, F8]:
    """Noises that give ``new`` the intensities of ``old``, (M, steps, 1); log ratios (M,)."""
    members = path.shape[0]
    noise = np.empty((members, steps, 1))
    ratio = np.zeros(members)
    for i in nb.prange(members):
        keep, keep_new = math.exp(-step_hours / old.hours[i]), math.exp(-step_hours / new.hours[i])
        fresh = old.sd[i] * math.sqrt(1.0 - keep * keep)
        fresh_new = new.sd[i] * math.sqrt(1.0 - keep_new * keep_new)
        # A member without a flow has rate 0 before and after: nothing to keep.
        level = 0.0
        if old.rate[i] > 0.0 and new.rate[i] > 0.0:
            level = math.log(old.rate[i]) - math.log(new.rate[i])
        x, x_new = 0.0, 0.0
        for t in range(steps):
            hour = (t + 0.5) * step_hours
            z = path[i, t, channel]
            change = level
            change += _kicks(hour, old.kick_size[i], old.kick_kind, old.kick_hour, old.kick_hours)
            change -= _kicks(hour, new.kick_size[i], new.kick_kind, new.kick_hour, new.kick_hours)
            before = x_new
            x = old.sd[i] * z if t == 0 else keep * x + fresh * z
            x_new = x + change
            sd, sd_new = (old.sd[i], new.sd[i]) if t == 0 else (fresh, fresh_new)
            z_new = (x_new - (0.0 if t == 0 else keep_new * before)) / sd_new
            noise[i, t, 0] = z_new
            ratio[i] += 0.5 * (z * z - z_new * z_new) + math.log(sd / sd_new)
    return noise, ratio
