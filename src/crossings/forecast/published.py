"""From simulated people to the figures that will be published: what an outlook promises.

The next figures come from the same sources as the last ones, so the error of the last figure runs
on and fades: the published count is A + r rho + fresh noise, never below what was already reported
and never falling (reference study, 2026).
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.streams import block_normals, block_uniforms, entity_code
from crossings.forecast.observation import LEVELS, Observation
from crossings.forecast.timeline import Grid

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

COUNT_HOURS = 24.0
"""Time scale on which the error of a head count fades; of an estimate ten times as slow."""

ESTIMATE_SPREAD = 0.5
"""No published series is taken to be further off than this relative error."""


SLOWEST = 0.02
"""A member that has fallen behind the last figure has its flow scaled up 50 times at most."""


class Last(NamedTuple):
    """The newest published level of one series."""

    claim: str
    value: float
    as_of: dt.datetime
    estimate: bool


def last_figures(observations: tuple[Observation, ...]) -> dict[int, Last]:
    """The newest figure of each series of arrivals: a number or running count, no lone bound."""
    newest: dict[int, Last] = {}
    for o in observations:
        if o.role == "arrived" and o.period == 0 and o.kind in LEVELS:
            figure = Last(o.claim, o.low, o.as_of, o.estimate)
            if o.series not in newest or _age(figure) > _age(newest[o.series]):
                newest[o.series] = figure
    return newest


def _age(figure: Last) -> tuple[dt.datetime, float, str]:
    return figure.as_of, figure.value, figure.claim


def of_all(latest: dict[int, Last], gates: int) -> tuple[Last, ...]:
    """The figures that add up to the newest published count of all arrivals; empty without any.

    ``latest`` is by series: the gates, and ``gates`` for all. A total of its own counts unless
    every gate has a figure that is as new, or newer ones of some gates already exceed it.
    """
    parts = tuple(latest[g] for g in range(gates) if g in latest)
    total = latest.get(gates)
    if total is None or not parts:
        return parts if total is None else (total,)
    if gates == 1:
        return (max(*parts, total, key=_age),)
    if len(parts) == gates and min(part.as_of for part in parts) >= total.as_of:
        return parts
    newer = max(part.as_of for part in parts) >= total.as_of
    return parts if newer and sum(part.value for part in parts) >= total.value else (total,)


def published(simulated: F8, last: Last | None, spread: F8, grid: Grid, seed: int, name: str) -> I8:
    """The count as it would be published after each step, whole people, shape (M, T).

    ``simulated`` (M, T) is the count after each step, ``spread`` (M,) the source's relative error.
    Up to the last figure the history is the simulated one, not above that figure.
    """
    if last is None:
        return np.asarray(np.round(simulated), dtype=np.int64)
    members, steps = simulated.shape
    spread = np.minimum(ESTIMATE_SPREAD, spread)
    at = min(steps - 1, max(0, int(np.ceil(grid.position(last.as_of) - 1e-6)) - 1))
    scale = COUNT_HOURS * (10.0 if last.estimate else 1.0)
    keep = np.exp(-grid.hours / scale)
    fresh = np.sqrt(1.0 - keep * keep)
    z = block_normals(seed, entity_code(f"published:{name}"), members, steps, 1)[:, :, 0]
    out = np.empty((members, steps))
    out[:, : at + 1] = np.clip(simulated[:, : at + 1], 0.0, last.value)
    out[:, at] = last.value
    bound = 4.0 * np.maximum(15.0, spread * np.maximum(1.0, simulated[:, at]))
    simulated = _caught_up(simulated, at, last.value, bound, seed, name)
    error = last.value - simulated[:, at]
    # A last figure far off the simulated count is an outlier of the source, not a lasting bias.
    error = np.clip(error, -bound, bound)
    for t in range(at + 1, steps):
        sd = spread * simulated[:, t]
        error = keep * error + fresh * sd * z[:, t]
        out[:, t] = np.maximum(out[:, t - 1], simulated[:, t] + error)
    return np.asarray(np.round(out), dtype=np.int64)


def _caught_up(simulated: F8, at: int, value: float, bound: F8, seed: int, name: str) -> F8:
    """Members that fell behind the last figure: for half of them it is right and the flow larger.

    The model cannot follow a figure far above all that its roads let through. Whether the figure or
    the model errs is not known; without the members whose flow is scaled up with the figure the
    forecast would stand still with certainty.
    """
    then = simulated[:, at]
    even = block_uniforms(seed, entity_code(f"behind:{name}"), len(then)) < 0.5
    behind = (value - then > bound) & even
    scale = np.where(behind, value / np.maximum(1.0, np.maximum(then, SLOWEST * value)), 1.0)
    start = np.where(behind, value, then)
    return np.asarray(start[:, None] + scale[:, None] * (simulated - then[:, None]))
