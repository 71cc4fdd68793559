"""How well a simulated history agrees with the figures: one log likelihood a member.

Figures of people who came, in the books or waiting compare with the count at their moment. The
error of a head count is Student's t with 5 degrees of freedom and scale

    sd^2 = (s f A)^2 + rounding^2 + (t_obs^2 + t_rep^2) flow^2 + 15^2

where A is the simulated count, s the source's spread (times f for an estimate), t_obs and t_rep
the errors of the clock and of vague times in hours, flow the people an hour at that moment
(reference study, 2026). A lower bound v contributes Phi((A - v) / sd), an upper one
Phi((v - A) / sd), a range the difference. A running "at least" is an estimate of A / (1 + u), where
u is how many more came than it says: one number of each member, since one source misses people in
one way. Queues and travel times compare on the log scale, plans with everybody who would go.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from crossings.dynamics.gates import Walk
from crossings.forecast.observation import AT_LEAST, AT_MOST, RUNNING, VALUE

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

ARRIVED, REGISTERED, WAITING, TRAVEL_TIME, PLANNING, INTENTION = range(6)
ROLES = {
    "arrived": ARRIVED,
    "registered": REGISTERED,
    "waiting": WAITING,
    "travel_time": TRAVEL_TIME,
    "planning": PLANNING,
    "intention": INTENTION,
}
FLOOR_SD = 15.0
"""People by which a figure may be off whatever its size."""

QUEUE_LOG_SD = 0.5
TRAVEL_LOG_SD = 0.4


class Figures(NamedTuple):
    """Observations as arrays (J,): see :class:`crossings.forecast.observation.Observation`.

    ``position`` and ``period`` are in steps from the start, ``base`` is the level that the
    simulated series starts from.
    """

    role: I8
    series: I8
    position: F8
    period: F8
    low: F8
    high: F8
    kind: I8
    rounding: F8
    clock: F8
    estimate: F8
    weight: F8
    base: F8


class ErrorRates(NamedTuple):
    """Error parameters of each member (M,): relative, factor of estimates, hours, log-sd.

    ``registration`` is the relative error of the books, whose lag is modelled crudely;
    ``undercount`` how many more come than a running "at least" says, as a share of those it says.
    """

    spread: F8
    estimate_factor: F8
    clock: F8
    registration: F8
    planning: F8
    intention: F8
    undercount: F8


@nb.njit
def level(path: I8, position: float) -> float:
    """A cumulative count at a position in steps: linear within a step, 0 at the start."""
    k = math.floor(position)
    if k < 0:
        return 0.0
    if k >= path.size:
        return float(path[path.size - 1])
    before = float(path[k - 1]) if k > 0 else 0.0
    return float(before + (position - k) * (path[k] - before))


@nb.njit
def _log_phi(x: float) -> float:
    """Log of the standard normal distribution function, safe far in the lower tail."""
    if x > -30.0:
        return math.log(max(1e-300, 0.5 * math.erfc(-x * 0.7071067811865476)))
    tail = 1.0 / (x * x)
    series = math.log1p(tail * (3.0 * tail - 1.0))
    return -0.5 * x * x - math.log(-x) - 0.9189385332046727 + series


@nb.njit
def _bound_or_value(kind: int, low: float, high: float, model: float, sd: float) -> float:
    """The log likelihood of one figure given the simulated count and the error's scale."""
    if kind in (VALUE, RUNNING):
        r = (low - model) / sd
        return -3.0 * math.log1p(r * r / 5.0) - math.log(sd)
    if kind == AT_LEAST:
        return float(_log_phi((model - low) / sd))
    if kind == AT_MOST:
        return float(_log_phi((high - model) / sd))
    a = 0.5 * math.erfc(-(high - model) / sd * 0.7071067811865476)
    b = 0.5 * math.erfc(-(low - model) / sd * 0.7071067811865476)
    outside = max(0.0, low - model, model - high) / sd
    return max(math.log(max(1e-300, a - b)), -0.5 * outside * outside - 5.0)


@nb.njit
def _delay_steps(queued: I8, queue: I8, position: float) -> float:
    """Steps that those who pass now have queued: first in, first out."""
    k = min(queued.size - 1, max(0, math.floor(position) - 1))
    passed = queued[k] - queue[k]
    j = k
    while j > 0 and queued[j - 1] >= passed:
        j -= 1
    return float(k - j)


@nb.njit(parallel=True, cache=True)
def _log_likelihoods(
    figures: Figures,
    rates: ErrorRates,
    arrived: I8,
    registered: I8,
    waiting: I8,
    queue: I8,
    queued: I8,
    leavers: F8,
    step_hours: float,
    free_hours: float,
    before: int,
    until: int,
) -> F8:
    members, steps, gates = arrived.shape
    out = np.zeros((2, members))
    for i in nb.prange(members):
        total = np.zeros(steps, np.int64)
        jammed = np.zeros(steps, np.int64)
        for t in range(steps):
            jammed[t] = waiting[i, t]
            for g in range(gates):
                total[t] += arrived[i, t, g]
                jammed[t] += queue[i, t, g]
        for j in range(until):
            role, s, at = figures.role[j], figures.series[j], figures.position[j]
            low, high, kind = figures.low[j], figures.high[j], figures.kind[j]
            if role in (PLANNING, INTENTION):
                sd = rates.planning[i] if role == PLANNING else rates.intention[i]
                log = _bound_or_value(
                    kind,
                    math.log(max(1.0, low)),
                    math.log(max(1.0, high)),
                    math.log(max(1.0, leavers[i])),
                    sd,
                )
            elif role == WAITING:
                now = jammed if s >= gates else queue[i, :, s]
                count = now[min(steps - 1, max(0, int(at) - 1))]
                log = _bound_or_value(
                    kind,
                    math.log(1.0 + low),
                    math.log(1.0 + high),
                    math.log(1.0 + count),
                    QUEUE_LOG_SD,
                )
            elif role == TRAVEL_TIME:
                wait = _delay_steps(queued[i, :, s], queue[i, :, s], at) * step_hours + free_hours
                log = _bound_or_value(
                    kind,
                    math.log(max(0.1, low)),
                    math.log(max(0.1, high)),
                    math.log(wait),
                    TRAVEL_LOG_SD,
                )
            else:
                path = registered[i]
                if role == ARRIVED:
                    path = total if s >= gates else arrived[i, :, s]
                now = level(path, at)
                told = now / (1.0 + rates.undercount[i]) if kind == RUNNING else now
                model = figures.base[j] + told
                if figures.period[j] > 0:
                    model = now - level(path, at - figures.period[j])
                flow = (level(path, at + 0.5) - level(path, at - 0.5)) / step_hours
                spread = rates.spread[i]
                if role == REGISTERED:
                    spread = rates.registration[i]
                elif figures.estimate[j] > 0:
                    spread = min(0.5, spread * rates.estimate_factor[i])
                clock = rates.clock[i] ** 2 + figures.clock[j] ** 2
                sd = math.sqrt(
                    (spread * model) ** 2
                    + figures.rounding[j] ** 2
                    + clock * flow * flow
                    + FLOOR_SD**2
                )
                log = _bound_or_value(kind, low, high, model, sd)
            out[0 if j < before else 1, i] += figures.weight[j] * log
    return out


def log_likelihoods(
    figures: Figures,
    cuts: tuple[int, int],
    rates: ErrorRates,
    history: Walk,
    leavers: F8,
    step_hours: float,
    free_hours: float,
) -> tuple[F8, F8]:
    """The log likelihood of every member, for the figures before a cut and those up to the next.

    ``history`` holds every step, ``leavers`` (M,) who would go in the end, ``free_hours`` the
    journey without a queue. Each result has the shape (M,).
    """
    value = _log_likelihoods(
        figures,
        rates,
        history.arrived,
        history.registered,
        history.waiting,
        history.queue,
        history.queued,
        leavers,
        step_hours,
        max(0.1, free_hours),
        *cuts,
    )
    return value[0], value[1]
