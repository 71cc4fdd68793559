"""Do the ranges hold, and does it come as often as was said? From quantiles beside outcomes.

All functions take quantiles at the 23 hub levels, shape (cell, level), and outcomes, shape (cell,),
and return plain values for a file.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossings.scoring import QUANTILE_LEVELS, bias, brier, coverage
from crossings.scoring.decisions import reliability

F8 = npt.NDArray[np.float64]

LEVELS = np.array(QUANTILE_LEVELS)
PIT_BINS = 10

MORE = 1.1
"""The event whose odds are judged: at the end at least a tenth more people than the last figure."""

FEWEST = 100
"""Last figures below this make a tenth too few people to matter."""

OUTSIDE = 0.005
"""The probability beyond the outermost quantiles, halved: nothing is said about where in it."""


def held_by_level(quantiles: F8, outcome: F8) -> list[tuple[float, float]]:
    """For each central range its nominal level and the share of outcomes that lay in it."""
    levels = [round(1 - 2 * tau, 3) for tau in QUANTILE_LEVELS[: len(QUANTILE_LEVELS) // 2]]
    return [(level, float(coverage(quantiles, outcome, level).mean())) for level in levels[::-1]]


def pit_histogram(quantiles: F8, outcome: F8) -> list[float]:
    """The probability integral transform in ten bins of equal width; each holds .1 if calibrated.

    The mean nonrandomised form of Czado, Gneiting and Held (2009), Biometrics 65, 1254-1261: where
    the outcome only bounds its place between two levels (ties, or beyond the last quantile), the
    cell's weight is spread evenly over that stretch.

    Returns:
        shares, (bin,), which sum to 1.
    """
    low, high = (
        probability_below(quantiles, outcome, ties=False),
        probability_below(quantiles, outcome, ties=True),
    )
    low = np.where((quantiles < outcome[:, None]).any(axis=1), low, 0.0)
    high = np.where((quantiles > outcome[:, None]).any(axis=1), high, 1.0)
    edges = np.linspace(0, 1, PIT_BINS + 1)
    width = np.maximum(high - low, 1e-9)
    below = np.clip((edges[None, :] - low[:, None]) / width[:, None], 0, 1)
    return [float(share) for share in np.diff(below, axis=1).mean(axis=0)]


def probability_below(quantiles: F8, value: F8, *, ties: bool) -> F8:
    """P(X < value), or P(X <= value) with ``ties``, on straight lines between the quantiles.

    Returns:
        shape (cell,); beyond the outermost quantiles half of what lies there.
    """
    at = value[:, None]
    counted = (quantiles <= at if ties else quantiles < at).sum(axis=1)
    before, after = np.maximum(counted - 1, 0), np.minimum(counted, LEVELS.size - 1)
    rows = np.arange(len(value))
    start, end = quantiles[rows, before], quantiles[rows, after]
    share = np.where(end > start, (value - start) / np.where(end > start, end - start, 1), 0.0)
    share = np.clip(share, 0, 1)
    between = LEVELS[before] + share * (LEVELS[after] - LEVELS[before])
    # A value that equals a quantile lies at its level, whichever side is asked for.
    exact = ~np.asarray(ties) & (counted < LEVELS.size) & (quantiles[rows, after] == value)
    found = np.where(exact, LEVELS[after], between)
    found = np.where((counted == 0) & ~exact, OUTSIDE, found)
    beyond = (counted == LEVELS.size) & (quantiles[:, -1] < value)
    return np.asarray(np.where(beyond, 1 - OUTSIDE, found))


def exceedance(quantiles: F8, outcome: F8, last: F8) -> dict[str, object] | None:
    """How reliable the odds are of at least a tenth more people than the last figure.

    Args:
        quantiles: (cell, level), people.
        outcome: (cell,), people.
        last: the last figure known at issue, (cell,), people.

    Returns:
        Brier scores (ours, and that of always stating how often it came, which nobody knew), and
        the reliability diagram as steps: odds stated from, to, how often it came, cells. None
        where no last figure is large enough.
    """
    kept = last >= FEWEST
    if not kept.any():
        return None
    threshold = MORE * last[kept]
    odds = 1 - probability_below(quantiles[kept], threshold, ties=False)
    came = (outcome[kept] >= threshold).astype(float)
    found = reliability(odds, came)
    steps: list[dict[str, float]] = []
    for stated, share, cells in zip(found.stated, found.came, found.cells, strict=True):
        if steps and steps[-1]["came"] == share:
            steps[-1]["to"] = float(stated)
            steps[-1]["cells"] += int(cells)
        else:
            one = float(stated)
            steps.append({"from": one, "to": one, "came": float(share), "cells": int(cells)})
    return {
        "more": MORE,
        "n": int(kept.sum()),
        "came": float(came.mean()),
        "brier": float(brier(odds, came).mean()),
        "brier_of_base_rate": found.uncertainty,
        "miscalibration": found.miscalibration,
        "steps": steps,
    }


def mean_bias(quantiles: F8, outcome: F8) -> float:
    """The mean bias, from -1 (all outcomes above everything) to 1 (all below)."""
    return float(bias(quantiles, outcome).mean())
