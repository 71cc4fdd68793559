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
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import compiled, parallel_entry
from crossings.dynamics.drivers import HEAVY, Intensity, Throughput, kick

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]
B1 = npt.NDArray[np.bool_]


class Pool(NamedTuple):
    """Who may decide, for each member (M,): those who would go, those decided at the start.

    ``leave`` is the chance of those who have decided to be ready within a step.
    """

    leavers: F8
    decided: F8
    contagion: F8
    leave: F8


@compiled
def _kick_change(one: F8, two: F8, kind: I8, left: F8) -> float:
    """How far the kicks of the sizes ``one`` exceed those of the sizes ``two`` in a step."""
    total = 0.0
    for j in range(kind.size):
        total += (one[kind[j]] - two[kind[j]]) * left[j]
    return total


@compiled
def _factor(flow: Throughput, i: int, t: int, step_hours: float) -> float:
    """The share of a gate's capacity by its age and the hour of the day."""
    age = max(0.0, (t + 0.5) * step_hours - flow.start[i])
    ramp = flow.first[i] + (1.0 - flow.first[i]) * (1.0 - math.exp(-age / flow.ramp[i]))
    return float(ramp * (1.0 - flow.night_share[t] * (1.0 - flow.night[i])))


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
        drift = (old.drift[i] - new.drift[i]) * math.sqrt(step_hours)
        log_ratio = fast.size * (
            math.log(old.sd[i] / new.sd[i]) + (steps - 1) * math.log(fresh / fresh_new)
        )
        same_age = old.first[i] == new.first[i] and old.ramp[i] == new.ramp[i]
        same_age = same_age and old.start[i] == new.start[i] and old.night[i] == new.night[i]
        change = np.empty(steps)
        for t in range(steps):
            change[t] = _kick_change(
                old.kick_size[i], new.kick_size[i], old.kick_kind, old.kick_left[t]
            )
            if not same_age:
                one, two = _factor(old, i, t, step_hours), _factor(new, i, t, step_hours)
                change[t] += math.log(max(1e-300, one) / max(1e-300, two))
        for g in range(fast.size):
            level = math.log(old.people[i, g] / new.people[i, g])
            c, c_new, walk = 0.0, 0.0, 0.0
            for t in range(steps):
                z = path[i, t, fast[g]]
                if drift != 0.0:
                    s = min(4.0, max(-4.0, path[i, t, slow[g]]))
                    walk += drift * s * math.exp(HEAVY * s * s)
                before = c_new
                c = old.sd[i] * z if t == 0 else keep * c + fresh * z
                c_new = c + level + change[t] + walk
                sd_new = new.sd[i] if t == 0 else fresh_new
                z_new = (c_new - (0.0 if t == 0 else keep_new * before)) / sd_new
                noise[i, t, g] = z_new
                log_ratio += 0.5 * (z * z - z_new * z_new)
        ratio[i] = log_ratio
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
        log_ratio = math.log(old.sd[i] / new.sd[i]) + (steps - 1) * math.log(fresh / fresh_new)
        for t in range(steps):
            z = path[i, t, channel]
            change = level + _kick_change(
                old.kick_size[i], new.kick_size[i], old.kick_kind, old.kick_left[t]
            )
            before = x_new
            x = old.sd[i] * z if t == 0 else keep * x + fresh * z
            x_new = x + change
            sd_new = new.sd[i] if t == 0 else fresh_new
            z_new = (x_new - (0.0 if t == 0 else keep_new * before)) / sd_new
            noise[i, t, 0] = z_new
            log_ratio += 0.5 * (z * z - z_new * z_new)
        ratio[i] = log_ratio
    return noise, ratio


@compiled
def _log_drive(drive: Intensity, i: int, t: int, step_hours: float) -> float:
    """Log of all factors of a hazard but the noises."""
    after = min(1.0, max(0.0, (t + 1.0) - drive.start[i] / step_hours))
    factor = after + (1.0 - after) * drive.before[i]
    kicks = kick(drive.kick_size[i], drive.kick_kind, drive.kick_left[t])
    return math.log(max(1e-300, drive.rate[i] * factor * step_hours)) + kicks


@parallel_entry
def same_departures(
    old: Intensity,
    new: Intensity,
    pool: Pool,
    new_pool: Pool,
    passable: B1,
    path: F8,
    channel: int,
    steps: int,
    step_hours: float,
) -> tuple[F8, F8]:
    """Noises that let as many set out as before, on average: (M, steps, 1); log ratios (M,).

    On average: of H at home d = H (1 - exp(-rate (1 + contagion seen))) decide, which fixes the
    rate that as many decide at from another pool, step by step. Where those who have decided are
    ready with the chance p' in place of p, as many set out in each step if r = p / p' times as many
    wait: d'_t = r d_t + (1 - r) p S_(t-1), with S those waiting before anybody sets out.
    ``passable`` (M, steps) says when there is a way to set out on. Each new noise depends on old
    ones up to its own step, so the Jacobian is the product of its diagonal.
    """
    members = path.shape[0]
    noise = np.empty((members, steps, 1))
    ratio = np.zeros(members)
    for i in nb.prange(members):
        if old.rate[i] <= 0.0:  # no flow: nobody decides before or after
            for t in range(steps):
                noise[i, t, 0] = path[i, t, channel]
            continue
        keep, keep_new = math.exp(-step_hours / old.hours[i]), math.exp(-step_hours / new.hours[i])
        fresh = old.sd[i] * math.sqrt(1.0 - keep * keep)
        fresh_new = new.sd[i] * math.sqrt(1.0 - keep_new * keep_new)
        home = pool.leavers[i] - pool.decided[i]
        home_new = new_pool.leavers[i] - new_pool.decided[i]
        slower = pool.leave[i] / new_pool.leave[i]
        waiting, set_out = pool.decided[i], 0.0
        x, x_new = 0.0, 0.0
        log_ratio = math.log(old.sd[i] / new.sd[i]) + (steps - 1) * math.log(fresh / fresh_new)
        for t in range(steps):
            z = path[i, t, channel]
            x = old.sd[i] * z if t == 0 else keep * x + fresh * z
            seen = 1.0 - home / pool.leavers[i]
            rate = math.exp(x + _log_drive(old, i, t, step_hours))
            rate *= 1.0 + pool.contagion[i] * seen
            decided = -home * math.expm1(-rate)
            decided_new = decided
            if slower != 1.0:
                decided_new = slower * decided + (1.0 - slower) * set_out
                waiting += decided
                set_out = pool.leave[i] * waiting if passable[i, t] else 0.0
                waiting -= set_out
                log_ratio += math.log(slower)
            # Where nearly all decide at once there is no way back.
            if not (0.0 < decided < 0.999999 * home and 0.0 < decided_new < 0.999999 * home_new):
                log_ratio = -1e300
            share = min(0.999999, max(1e-300, decided_new / home_new)) if home_new > 0.0 else 0.5
            rate_new = -math.log1p(-share)
            seen_new = 1.0 - home_new / new_pool.leavers[i]
            before = x_new
            x_new = math.log(rate_new / (1.0 + new_pool.contagion[i] * seen_new))
            x_new -= _log_drive(new, i, t, step_hours)
            sd_new = new.sd[i] if t == 0 else fresh_new
            z_new = (x_new - (0.0 if t == 0 else keep_new * before)) / sd_new
            noise[i, t, 0] = z_new
            log_ratio += 0.5 * (z * z - z_new * z_new)
            stay, stay_new = rate * (home - decided), rate_new * (home_new - decided_new)
            log_ratio += math.log(max(1e-300, stay) / max(1e-300, stay_new))
            home -= decided
            home_new -= decided_new
        ratio[i] = log_ratio
    return noise, ratio


@compiled
def _averages(keep: float, edges: I8, rows: F8) -> None:
    """Fill ``rows`` (K, T): how noises make up the mean of an AR(1) of deviation 1 in each window.

    ``edges`` (K + 1,) are the steps at which windows begin, and the end.
    """
    rows[:] = 0.0
    fresh = math.sqrt(1.0 - keep * keep)
    for k in range(edges.size - 1):
        share = 1.0 / (edges[k + 1] - edges[k])
        reach = 0.0
        for t in range(edges[k + 1] - 1, -1, -1):
            reach = keep * reach + (share if t >= edges[k] else 0.0)
            rows[k, t] = reach * (fresh if t else 1.0)


@parallel_entry
def same_averages(
    sd: F8, sd_new: F8, hours: F8, path: F8, channel: int, edges: I8, step_hours: float
) -> tuple[F8, F8]:
    """Noises for another deviation that keep the mean level in windows: (M, T, 1), ratios (M,).

    The figures bind what happens between two of them and say little of its finer course. With u the
    means in the windows of the AR(1) of deviation 1, u = B z, the noises change only along the rows
    of B, so that s' u' = s u: the log ratio is K log(s / s') + (|z|^2 - |z'|^2) / 2. To be called
    with linear algebra in one thread.
    """
    members, windows, steps = path.shape[0], edges.size - 1, edges[-1]
    noise = np.empty((members, steps, 1))
    ratio = np.zeros(members)
    for i in nb.prange(members):
        rows = np.empty((windows, steps))
        _averages(math.exp(-step_hours / hours[i]), edges, rows)
        z = path[i, :steps, channel].copy()
        shrink = sd[i] / sd_new[i]
        along = np.linalg.solve(np.dot(rows, rows.T), (shrink - 1.0) * np.dot(rows, z))
        z_new = z + np.dot(rows.T, along)
        log_ratio = windows * math.log(shrink)
        for t in range(steps):
            noise[i, t, 0] = z_new[t]
            log_ratio += 0.5 * (z[t] * z[t] - z_new[t] * z_new[t])
        ratio[i] = log_ratio
    return noise, ratio
