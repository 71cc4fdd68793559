"""The pool of the two components: some members' figures go on by the statistical component.

A linear pool: each member's published series are those of the mechanistic component or, with
probability ``weight``, those of the growth component (:mod:`crossings.forecast.growth`), for all
gates, places and times at once, so that totals and places go on fitting together. The growth
component's members are put in the order of the mechanistic ones, by arrivals at the end: who has
many people in the queues has many arrivals.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.streams import block_uniforms, entity_code
from crossings.forecast.corridors import Corridors
from crossings.forecast.growth.component import continuations, noises
from crossings.forecast.growth.levels import Level, Series, pace
from crossings.forecast.learned import Coefficients
from crossings.forecast.timeline import Grid
from crossings.situation.records import ALL

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

WEIGHT = {"estimate": 0.5, "count": 0.1}
"""Of the growth component, by whether the last figure is an estimate or a head count."""

SAME_TIME = dt.timedelta(days=1)
"""A total newer than the gates' figures by more than this is divided among them."""


class Growth(NamedTuple):
    """What the growth component needs: its coefficients, the published series, people at risk."""

    learned: Coefficients
    series: dict[int, Series]
    at_risk: F8

    def weight(self, gates: int) -> float:
        """The weight of the component: none without any published level."""
        known = self.series.get(gates) or next(iter(self.series.values()), None)
        if known is None:
            return 0.0
        return WEIGHT["estimate" if known.last.estimate else "count"]


def pooled(simulated: I8, growth: Growth, shape: Corridors, grid: Grid, seed: int) -> I8:
    """Published counts after each step, (M, T, gates + 1), gates then all, of the pool.

    ``simulated`` are those of the mechanistic component.
    """
    weight = growth.weight(len(shape.gates))
    if weight <= 0.0:
        return simulated
    grown = grow(simulated, growth, shape, grid, seed)
    members = simulated.shape[0]
    chosen = block_uniforms(seed, entity_code("pool"), members) < weight
    in_order = np.empty_like(grown)
    by_people = np.argsort(simulated[:, -1, -1], kind="stable")
    in_order[by_people] = grown[np.argsort(grown[:, -1, -1], kind="stable")]
    return np.where(chosen[:, None, None], in_order, simulated)


def grow(simulated: I8, growth: Growth, shape: Corridors, grid: Grid, seed: int) -> I8:
    """The counts of every gate and of all by the growth component, shaped like ``simulated``.

    Gates without a figure have the part of the rest that they have in the mechanistic component.
    """
    gates = len(shape.gates)
    known = _divided(growth.series, gates)
    out = np.empty_like(simulated)
    names = [*(gate.id for gate in shape.gates), ALL]
    for s in known:
        out[:, :, s] = _continued(simulated[:, :, s], known[s], growth, grid, seed, names[s])
    if gates == 1:
        out[:, :, 0] = out[:, :, 1]
        return out
    silent = [g for g in range(gates) if g not in known]
    told = out[:, :, [g for g in range(gates) if g in known]].sum(axis=2)
    if silent and gates in known:
        rest = np.maximum(0, out[:, :, gates] - told)
        mine = simulated[:, :, silent]
        share = mine / np.maximum(1, mine.sum(axis=2, keepdims=True))
        out[:, :, silent] = np.round(rest[:, :, None] * share).astype(np.int64)
    elif silent:
        out[:, :, silent] = simulated[:, :, silent]
    out[:, :, :gates] = np.maximum.accumulate(out[:, :, :gates], axis=1)
    whole = out[:, :, :gates].sum(axis=2)
    # The total has a series of its own where no gate is told of, or its figure is the newest.
    if gates in known:
        own = not all(g in growth.series for g in range(gates)) or _newest(growth.series, gates)
        whole = np.maximum(whole, out[:, :, gates]) if own else whole
    out[:, :, gates] = np.maximum.accumulate(whole, axis=1)
    return out


def _newest(series: dict[int, Series], gates: int) -> bool:
    """Whether the figure of all is newer than those of the gates."""
    parts = [s.last.as_of for number, s in series.items() if number < gates]
    return not parts or series[gates].last.as_of > max(parts)


def _divided(series: dict[int, Series], gates: int) -> dict[int, Series]:
    """The series, those of the gates carried on to a total that is newer than all of theirs."""
    parts = [series[g] for g in range(gates) if g in series]
    total = series.get(gates)
    if gates == 1 or total is None or len(parts) < gates:
        return series
    together = sum(part.last.value for part in parts)
    newest = max(part.last.as_of for part in parts)
    if total.last.as_of - newest < SAME_TIME or total.last.value <= together:
        return series
    found = dict(series)
    for g in range(gates):
        value = series[g].last.value * total.last.value / together
        level = Level(total.last.as_of, value, True)
        found[g] = dataclasses.replace(series[g], levels=(*series[g].levels, level))
    return found


def _continued(
    simulated: I8, series: Series, growth: Growth, grid: Grid, seed: int, name: str
) -> I8:
    """One series after each step, (M, T): simulated up to its last figure, then grown."""
    members, steps = simulated.shape
    last = series.last
    position = grid.position(last.as_of)
    at = min(steps - 1, max(0, int(np.ceil(position - 1e-6)) - 1))
    out = np.clip(simulated, 0, round(last.value))
    out[:, at:] = round(last.value)
    days = (np.arange(at + 1, steps) + 1 - position) * grid.hours / 24.0
    if series.shut:
        ends = [last.as_of + dt.timedelta(days=float(day)) for day in days]
        days = np.array([series.open_days(last.as_of, end) for end in ends])
    if days.size:
        drawn = noises(seed, name, members, days.size)
        grown = continuations(pace(series), growth.learned.values, drawn, days, growth.at_risk)
        out[:, at + 1 :] = np.round(grown)
    return out
