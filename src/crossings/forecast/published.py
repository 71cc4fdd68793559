"""From simulated people to the figures that will be published: what an outlook promises.

The next figures come from the same sources as the last ones, so the error of the last figure runs on
and fades: the published count is A + r rho + fresh noise, never below what was already reported and
never falling (reference study, 2026).
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.streams import block_normals, entity_code
from crossings.forecast.observation import VALUE, Observation
from crossings.forecast.onset import Grid

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

COUNT_HOURS = 24.0
"""Time scale on which the error of a head count fades; of an estimate ten times as slow."""


class Last(NamedTuple):
    """The newest published level of one series."""

    claim: str
    value: float
    as_of: dt.datetime
    estimate: bool


def last_figures(observations: tuple[Observation, ...]) -> dict[int, Last]:
    """The newest figure of each series of arrivals: a number, not a bound."""
    newest: dict[int, Observation] = {}
    for o in observations:
        if o.role == "arrived" and o.period == 0 and o.kind == VALUE:
            before = newest.get(o.series)
            if before is None or (o.as_of, o.low, o.claim) > (
                before.as_of,
                before.low,
                before.claim,
            ):
                newest[o.series] = o
    return {s: Last(o.claim, o.low, o.as_of, o.estimate) for s, o in newest.items()}


def published(simulated: F8, last: Last | None, spread: F8, grid: Grid, seed: int, name: str) -> I8:
    """The count as it would be published after each step, whole people, shape (M, T).

    ``simulated`` (M, T) is the count after each step, ``spread`` (M,) the source's relative error.
    Up to the last figure the history is the simulated one, not above that figure.
    """
    if last is None:
        return np.asarray(np.round(simulated), dtype=np.int64)
    members, steps = simulated.shape
    at = min(steps - 1, max(0, int(np.ceil(grid.position(last.as_of) - 1e-6)) - 1))
    scale = COUNT_HOURS * (10.0 if last.estimate else 1.0)
    keep = np.exp(-grid.hours / scale)
    fresh = np.sqrt(1.0 - keep * keep)
    z = block_normals(seed, entity_code(f"published:{name}"), members, steps, 1)[:, :, 0]
    out = np.empty((members, steps))
    out[:, : at + 1] = np.minimum(simulated[:, : at + 1], last.value)
    out[:, at] = last.value
    error = last.value - simulated[:, at]
    # A last figure far off the simulated count is an outlier of the source, not a lasting bias.
    bound = 4.0 * np.maximum(15.0, spread * np.maximum(1.0, simulated[:, at]))
    error = np.clip(error, -bound, bound)
    for t in range(at + 1, steps):
        sd = spread * simulated[:, t]
        error = keep * error + fresh * sd * z[:, t]
        out[:, t] = np.maximum(out[:, t - 1], simulated[:, t] + error)
    return np.asarray(np.round(out), dtype=np.int64)
