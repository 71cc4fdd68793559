"""How a published series goes on: draws learned from how past crises' figures went on.

From the last figure L of a series of age a (days), with the pace r of its last days, a member adds

    r exp(m + u + s W(t)) ((a + 1) / (a + 1 + t))^k (1 - y / N)^+        people a day, t days on
    m = m0 - k log((a + 1) / 8)                      u two-piece normal, W a Brownian motion

and, where figures are estimates, recounts: with chance 1 - exp(-v) a day the count is multiplied by
1 + J, J lognormal. r is the geometric mean of the paces over 3 and 7 days with a small floor, N the
member's population at risk. Nothing falls. The form is scale free: twice the people, twice the
range. Ten coefficients, fitted on past crises by ``python -m benchmarks.fit_growth``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from crossings.dynamics.compiled import parallel_entry
from crossings.dynamics.streams import block_normals, entity_code
from crossings.forecast.growth.levels import Pace

F8 = npt.NDArray[np.float64]

NAMES = (
    "short_weight",
    "level",
    "decline",
    "spread_below",
    "spread_above",
    "drift",
    "recount_rate",
    "recount_size",
    "recount_spread",
    "floor",
)
"""The coefficients in the order of the kernel: the weight of the short pace, m0, k, the two sides
of u, s, log v, the median and log-sd of J (its median as a log), and the log of the floor of r as
a share of the mean pace since the start."""

REFERENCE_AGE = 8.0
"""Days plus one at which ``level`` is the median of the log of what comes over the pace."""

MOST_RECOUNT = 5.0
"""No recount multiplies a figure by more than one more than this."""

MOST_LOG = 6.0
"""Bound of the log of a member's pace over that of the series."""

TOGETHER = 0.6
"""Correlation of the normals of the series of one crisis."""


class Noises(NamedTuple):
    """What a member's figures hang on: ``lasting`` (M,), the others (M, T).

    ``when`` is uniform, the others are normal.
    """

    lasting: F8
    drift: F8
    when: F8
    size: F8


def continuations(
    pace: Pace,
    coefficients: Mapping[str, float],
    noises: Noises,
    days: F8,
    at_risk: F8,
) -> F8:
    """The published count after each of ``days`` (T,) on from the last figure, (M, T), in people.

    ``at_risk`` (M,) are the people who could come, as each member has it.
    """
    values = np.array([coefficients[name] for name in NAMES])
    row = np.array([[pace.last, pace.short, pace.long, pace.age, float(pace.estimate)]])
    gap = np.diff(days, prepend=0.0)
    all_days = np.array([days.size])
    return np.asarray(go_on(row, all_days, values, *noises, days, gap, at_risk)[0])


def noises(seed: int, name: str, members: int, steps: int) -> Noises:
    """The noises of one series; those of other series of the crisis share a part of them."""
    own = block_normals(seed, entity_code(f"growth:{name}"), members, steps, 3)
    lasting = block_normals(seed, entity_code(f"growth of:{name}"), members, 1, 1)[:, 0, 0]
    common = block_normals(seed, entity_code("growth"), members, 1, 1)[:, 0, 0]
    both = math.sqrt(TOGETHER) * common + math.sqrt(1.0 - TOGETHER) * lasting
    return Noises(both, own[:, :, 0], ndtr(own[:, :, 1]), own[:, :, 2])


@parallel_entry
def go_on(
    rows: F8,
    until: npt.NDArray[np.int64],
    values: F8,
    lasting: F8,
    drift: F8,
    when: F8,
    size: F8,
    days: F8,
    gap: F8,
    at_risk: F8,
) -> F8:
    """The counts of many series (row: last, short, long, age, estimate), (row, M, T).

    Of each row the first ``until`` days are filled.
    """
    out = np.empty((rows.shape[0], lasting.size, days.size))
    for i in nb.prange(rows.shape[0] * lasting.size):
        n, m = i // lasting.size, i % lasting.size
        last, age = rows[n, 0], rows[n, 3]
        floor = math.exp(values[9]) * last / (age + 1.0)
        rate = math.exp(
            values[0] * math.log(rows[n, 1] + floor + 1e-9)
            + (1.0 - values[0]) * math.log(rows[n, 2] + floor + 1e-9)
        )
        decline = values[2]
        middle = values[1] - decline * math.log((age + 1.0) / REFERENCE_AGE)
        side = values[3] if lasting[m] < 0.0 else values[4]
        middle += side * lasting[m]
        most = max(at_risk[m], 1.05 * last)
        y, walk = last, 0.0
        for t in range(until[n]):
            walk += values[5] * math.sqrt(gap[t]) * drift[m, t]
            log_pace = min(MOST_LOG, max(-MOST_LOG, middle + walk))
            fade = ((age + 1.0) / (age + 1.0 + days[t])) ** decline
            left = max(0.0, 1.0 - y / most)
            y += rate * math.exp(log_pace) * fade * left * gap[t]
            recounts = math.exp(values[6]) if rows[n, 4] > 0.0 else 0.0
            if when[m, t] < 1.0 - math.exp(-recounts * gap[t]):
                jump = math.exp(values[7] + values[8] * size[m, t])
                y *= 1.0 + min(MOST_RECOUNT, jump) * max(0.0, 1.0 - y / most)
            out[n, m, t] = y
    return out
