"""How the log likelihood of the figures changes with the counts they speak of.

The derivatives of :mod:`crossings.forecast.likelihood`, figure by figure: in the counts after each
step, and in the parameters of errors. The model's own slopes go on from there
(:mod:`crossings.forecast.slopes`). Travellers' waiting times are left out.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import compiled
from crossings.dynamics.gates import Walk
from crossings.forecast.likelihood import (
    ARRIVED,
    FLOOR_SD,
    INTENTION,
    PLANNING,
    QUEUE_LOG_SD,
    REGISTERED,
    WAITING,
    ErrorRates,
    Figures,
    level,
)
from crossings.forecast.observation import AT_LEAST, AT_MOST, RUNNING, VALUE

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]


class InCounts(NamedTuple):
    """Slopes of one member in the counts after each step, (T,) or (G, T).

    ``total``: all who came; ``books``: registered; ``jam``: waiting and queues together; ``gate``:
    who came through one; ``queue``: one gate's.
    """

    total: F8
    books: F8
    jam: F8
    gate: F8
    queue: F8


class InErrors(NamedTuple):
    """Slopes of every member in the parameters of errors and in who would go, (M,)."""

    leavers: F8
    spread: F8
    estimate_factor: F8
    clock: F8
    registration: F8
    planning: F8
    intention: F8
    undercount: F8


@compiled
def in_counts(steps: int, gates: int) -> InCounts:
    """Slopes of nothing yet."""
    by_step = np.zeros((3, steps))
    by_gate = np.zeros((2, gates, steps))
    return InCounts(by_step[0], by_step[1], by_step[2], by_gate[0], by_gate[1])


@compiled
def _mills(u: float) -> float:
    """Density over distribution function of the standard normal, safe in the lower tail."""
    if u < -8.0:
        return -u + 1.0 / -u
    return 0.3989422804014327 * math.exp(-0.5 * u * u) / (0.5 * math.erfc(-u * 0.7071067811865476))


@compiled
def _figure(kind: int, low: float, high: float, model: float, sd: float) -> tuple[float, float]:
    """The slopes of one figure's log likelihood in the simulated count and the error's scale."""
    if kind in (VALUE, RUNNING):
        r = (low - model) / sd
        in_r = -1.2 * r / (1.0 + r * r / 5.0)
        return -in_r / sd, -(in_r * r + 1.0) / sd
    if kind == AT_LEAST:
        u = (model - low) / sd
        return _mills(u) / sd, -_mills(u) * u / sd
    if kind == AT_MOST:
        u = (high - model) / sd
        return -_mills(u) / sd, -_mills(u) * u / sd
    outside = max(0.0, low - model) - max(0.0, model - high)
    return outside / (sd * sd), outside * outside / (sd * sd * sd)


@compiled
def _add(slope: F8, position: float, amount: float) -> None:
    """Put the slope in a level at a position (see ``likelihood.level``) on the counts around it."""
    k = math.floor(position)
    if k >= slope.size:
        slope[slope.size - 1] += amount
    elif k >= 0:
        slope[k] += amount * (position - k)
        if k > 0:
            slope[k - 1] += amount * (1.0 - (position - k))


@compiled
def _plan(
    f: Figures, j: int, w: float, errors: ErrorRates, i: np.int64, leavers: float, out: InErrors
) -> None:
    """A plan or an intention: who would go, on the log scale."""
    planned = f.role[j] == PLANNING
    sd = errors.planning[i] if planned else errors.intention[i]
    people = max(1.0, leavers)
    low, high = math.log(max(1.0, f.low[j])), math.log(max(1.0, f.high[j]))
    in_model, in_sd = _figure(f.kind[j], low, high, math.log(people), sd)
    out.leavers[i] += w * in_model / people
    if planned:
        out.planning[i] += w * in_sd
    else:
        out.intention[i] += w * in_sd


@compiled
def _queue(f: Figures, j: int, w: float, walk: Walk, i: np.int64, counts: InCounts) -> None:
    """People who wait, at a gate or in all, on the log scale."""
    gates, steps = counts.gate.shape
    k, s = min(steps - 1, max(0, int(f.position[j]) - 1)), f.series[j]
    people = 1.0
    if s < gates:
        people += walk.queue[i, k, s]
    else:
        people += walk.waiting[i, k]
        for g in range(gates):
            people += walk.queue[i, k, g]
    low, high = math.log(1.0 + f.low[j]), math.log(1.0 + f.high[j])
    in_model, _ = _figure(f.kind[j], low, high, math.log(people), QUEUE_LOG_SD)
    if s < gates:
        counts.queue[s, k] += w * in_model / people
    else:
        counts.jam[k] += w * in_model / people


@compiled
def _spread(f: Figures, j: int, errors: ErrorRates, i: np.int64) -> float:
    """The relative error of a count."""
    if f.role[j] == REGISTERED:
        return float(errors.registration[i])
    if f.estimate[j] > 0:
        return min(0.5, float(errors.spread[i] * errors.estimate_factor[i]))
    return float(errors.spread[i])


@compiled
def _in_spread(
    f: Figures, j: int, slope: float, errors: ErrorRates, i: np.int64, out: InErrors
) -> None:
    """Hand the slope in the relative error on to its parameters."""
    if f.role[j] == REGISTERED:
        out.registration[i] += slope
    elif f.estimate[j] <= 0:
        out.spread[i] += slope
    elif errors.spread[i] * errors.estimate_factor[i] < 0.5:
        out.spread[i] += slope * errors.estimate_factor[i]
        out.estimate_factor[i] += slope * errors.spread[i]


@compiled
def _count(
    f: Figures,
    j: int,
    w: float,
    errors: ErrorRates,
    i: np.int64,
    path: I8,
    slope: F8,
    step_hours: float,
    out: InErrors,
) -> None:
    """People who came or are in the books; ``path`` (T,) are the counts, ``slope`` (T,) grows."""
    at, period = f.position[j], f.period[j]
    now = level(path, at)
    told = 1.0 / (1.0 + errors.undercount[i]) if f.kind[j] == RUNNING else 1.0
    model = now - level(path, at - period) if period > 0 else f.base[j] + told * now
    flow = (level(path, at + 0.5) - level(path, at - 0.5)) / step_hours
    spread = _spread(f, j, errors, i)
    clock = errors.clock[i] ** 2 + f.clock[j] ** 2
    sd = math.sqrt((spread * model) ** 2 + f.rounding[j] ** 2 + clock * flow * flow + FLOOR_SD**2)
    in_model, in_sd = _figure(f.kind[j], f.low[j], f.high[j], model, sd)
    in_model = w * (in_model + in_sd * spread * spread * model / sd)
    in_flow = w * in_sd * clock * flow / sd / step_hours
    out.clock[i] += w * in_sd * errors.clock[i] * flow * flow / sd
    _in_spread(f, j, w * in_sd * spread * model * model / sd, errors, i, out)
    if f.kind[j] == RUNNING:
        out.undercount[i] -= in_model * told * told * now
    _add(slope, at, told * in_model)
    if period > 0:
        _add(slope, at - period, -in_model)
    _add(slope, at + 0.5, in_flow)
    _add(slope, at - 0.5, -in_flow)


@compiled
def add_figures(
    f: Figures,
    errors: ErrorRates,
    walk: Walk,
    i: np.int64,
    leavers: float,
    step_hours: float,
    before: int,
    until: int,
    beta: float,
    counts: InCounts,
    out: InErrors,
) -> None:
    """Add the slopes of member ``i``: figures before a cut, those up to the next times ``beta``."""
    gates, steps = counts.gate.shape
    total = np.zeros(steps, np.int64)
    for t in range(steps):
        for g in range(gates):
            total[t] += walk.arrived[i, t, g]
    for j in range(until):
        w = f.weight[j] * (1.0 if j < before else beta)
        role, s = f.role[j], f.series[j]
        if role in (PLANNING, INTENTION):
            _plan(f, j, w, errors, i, leavers, out)
        elif role == WAITING:
            _queue(f, j, w, walk, i, counts)
        elif role == REGISTERED:
            _count(f, j, w, errors, i, walk.registered[i], counts.books, step_hours, out)
        elif role == ARRIVED and s >= gates:
            _count(f, j, w, errors, i, total, counts.total, step_hours, out)
        elif role == ARRIVED:
            _count(f, j, w, errors, i, walk.arrived[i, :, s], counts.gate[s], step_hours, out)
