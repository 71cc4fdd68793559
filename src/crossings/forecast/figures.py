"""The observations as arrays in the order of time, cut into the stages of the sampler."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from crossings.forecast import likelihood
from crossings.forecast.observation import AT_MOST, LEVELS, Evidence, Observation
from crossings.forecast.sampler import Stage
from crossings.forecast.timeline import Grid

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

MOST_STAGES = 20
"""Runs of figures that the sampler takes in one after the other."""

NOTHING_REPORTED = 200.0
"""People who could have crossed without any report of it."""


def base_levels(evidence: Evidence, grid: Grid, gates: int) -> F8:
    """People who had come before the window starts, by series (gates, then all)."""
    base = np.zeros(gates + 1)
    for o in sorted(evidence.observations, key=lambda o: o.as_of):
        if o.role == "arrived" and o.period == 0 and o.kind in LEVELS and o.as_of < grid.start:
            base[o.series] = o.low
    base[gates] = base[:gates].sum() if base[:gates].any() else base[gates]
    if gates == 1:
        base[0] = base[1] = base.max()
    return base


def as_arrays(
    evidence: Evidence, grid: Grid, base: F8, nothing_reported: bool
) -> likelihood.Figures:
    """The observations within the window as arrays; without any arrivals, that nothing was told.

    Counts of nobody then say the same once more: whether a flow starts is left to the base rate,
    which draws from members in which one did.
    """
    gates = base.size - 1
    kept = [
        o
        for o in evidence.observations
        if o.role in ("planning", "intention")
        or (o.as_of >= grid.start and not (nothing_reported and o.high <= 0))
    ]
    rows = [(likelihood.ROLES[o.role], *_row(o, grid)) for o in kept]
    bases = [float(base[o.series]) if o.role == "arrived" else 0.0 for o in kept]
    if nothing_reported:
        quiet = NOTHING_REPORTED
        position = max(0.0, grid.known - 12.0 / grid.hours)
        rows.append(
            (
                likelihood.ARRIVED,
                gates,
                position,
                0.0,
                quiet,
                quiet,
                AT_MOST,
                quiet / 2,
                6.0,
                0.0,
                1.0,
            )
        )
        bases.append(0.0)
    # In the order of time, plans first: the sampler takes figures in this order.
    order = sorted(
        range(len(rows)), key=lambda j: (rows[j][0] < likelihood.PLANNING, rows[j][2], j)
    )
    rows, bases = [rows[j] for j in order], [bases[j] for j in order]
    # Without rows (all figures are older than the window) there are columns all the same.
    columns = list(zip(*rows, strict=True)) or [()] * 11
    whole = {0, 1, 6}
    arrays = [
        np.array(column, dtype=np.int64 if i in whole else float)
        for i, column in enumerate([*columns, bases])
    ]
    return likelihood.Figures(*arrays)


def stages(figures: likelihood.Figures, grid: Grid) -> tuple[Stage, ...]:
    """Cut the figures into at most ``MOST_STAGES`` runs, each with the steps up to its end."""
    count = figures.role.size
    per = max(2, math.ceil(count / MOST_STAGES))
    cuts = [*range(per, count, per), count]
    timed = figures.role < likelihood.PLANNING
    stages = []
    for cut in cuts:
        last = float(np.max(figures.position[:cut][timed[:cut]], initial=0.0))
        stages.append(Stage(cut, min(grid.known, max(1, math.ceil(last + 1.5)))))
    stages[-1] = Stage(count, grid.known)
    return tuple(stages)


def windows(figures: likelihood.Figures, stages: tuple[Stage, ...]) -> tuple[I8, ...]:
    """The steps between which each stage's figures lie: 0, where one falls, the end, (K + 1,)."""
    timed = figures.role < likelihood.PLANNING
    found = []
    for stage in stages:
        steps = np.ceil(figures.position[: stage.figures][timed[: stage.figures]])
        inside = steps[(steps > 0) & (steps < stage.steps)]
        edges = np.unique(np.concatenate([[0.0], inside, [float(stage.steps)]]))
        found.append(edges.astype(np.int64))
    return tuple(found)


def _row(o: Observation, grid: Grid) -> tuple[float, ...]:
    return (
        o.series,
        grid.position(o.as_of),
        o.period / grid.hours,
        o.low,
        o.high,
        o.kind,
        o.rounding,
        o.clock_hours,
        float(o.estimate),
        o.weight,
    )
