"""What a forecast is worth to somebody who acts on it: planning costs, and reliability of odds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression

from crossings.scoring.checks import Array, finite, vector


class Reliability(NamedTuple):
    """A reliability diagram with the parts of the Brier score.

    ``stated`` are the probabilities that were stated, rising, ``came`` how often the event came
    where that was said, made monotone, ``cells`` how many cells said it, all of shape (step,). The
    mean Brier score is ``miscalibration - discrimination + uncertainty``.
    """

    stated: Array
    came: Array
    cells: npt.NDArray[np.int64]
    miscalibration: float
    discrimination: float
    uncertainty: float


def planning_cost(planned: npt.ArrayLike, outcome: npt.ArrayLike, few: float, many: float) -> Array:
    """What planning for so many people cost: ``few`` a person too few, ``many`` a place too many.

    Args:
        planned: people planned for, shape (...).
        outcome: people who came, the same shape or one that broadcasts.
        few: cost of one person without a place, 0 or more.
        many: cost of one place that stays empty, 0 or more.

    Returns:
        shape (...), in the unit of the costs.

    Raises:
        ValueError: values that are not finite, negative costs or both 0.
    """
    ready, y = finite("planned", planned), finite("outcome", outcome)
    if few < 0 or many < 0 or few + many == 0:
        raise ValueError(f"costs: found {few} and {many}, expected 0 or more and not both 0")
    return np.asarray(few * np.maximum(y - ready, 0) + many * np.maximum(ready - y, 0))


def planning_regret(draws: npt.ArrayLike, outcome: npt.ArrayLike, few: float, many: float) -> Array:
    """The cost of planning by a forecast for somebody with these costs; knowing costs nothing.

    With the cost ratio ``few / (few + many)`` the cheapest plan under a forecast is its quantile at
    that level (the newsvendor's rule; Arrow, Harris and Marschak 1951, Econometrica 19, 250-272):
    that quantile is what is planned.

    Args:
        draws: shape (..., member), people.
        outcome: shape (...), people.
        few: cost of one person without a place.
        many: cost of one place that stays empty.

    Returns:
        shape (...), in the unit of the costs.

    Raises:
        ValueError: as :func:`planning_cost`; no draws.
    """
    x = finite("draws", draws)
    if few < 0 or many < 0 or few + many == 0:
        raise ValueError(f"costs: found {few} and {many}, expected 0 or more and not both 0")
    planned = np.quantile(x, few / (few + many), axis=-1)
    return planning_cost(planned, outcome, few, many)


def reliability(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Reliability:
    """A reliability diagram without bins to choose: isotonic regression of outcomes on odds.

    CORP, Dimitriadis, Gneiting and Jordan (2021), PNAS 118(8) e2016191118, with their
    decomposition of the mean Brier score.

    Args:
        probability: stated probabilities, shape (cell,), 0 to 1.
        outcome: 1 where the event came, else 0, shape (cell,).

    Raises:
        ValueError: shapes that differ, no cells, values outside their range.
    """
    p, o = vector("probability", probability), vector("outcome", outcome)
    if p.shape != o.shape or p.size == 0:
        raise ValueError(f"probability and outcome: found {p.size} and {o.size} cells")
    if ((p < 0) | (p > 1)).any() or ((o != 0) & (o != 1)).any():
        raise ValueError("expected probabilities from 0 to 1 and outcomes 0 or 1")
    fitted = IsotonicRegression(y_min=0, y_max=1).fit(p, o).predict(p)
    base = float(o.mean())
    score, calibrated, constant = (float(((x - o) ** 2).mean()) for x in (p, fitted, base))
    stated, first, cells = np.unique(p, return_index=True, return_counts=True)
    came = np.asarray(fitted, dtype=np.float64)[first]
    return Reliability(
        stated, came, cells.astype(np.int64), score - calibrated, constant - calibrated, constant
    )
