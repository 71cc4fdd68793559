"""Scores of a forecast given as quantiles: how far off, and in which way.

A forecast is a set of quantiles ``q_1 <= ... <= q_n`` at levels ``tau_1 < ... < tau_n``, shape
(..., level); what came is ``y``, shape (...). All leading axes are cells (issue times, places,
horizons) and stay in the result: averaging is left to the caller. Scores are in the unit of the
forecast (people) and smaller is better. ``docs/scores.md`` explains each with an example.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.scoring.checks import Array, cells, vector

QUANTILE_LEVELS: tuple[float, ...] = (
    0.01,
    0.025,
    *(round(i / 20, 2) for i in range(1, 20)),
    0.975,
    0.99,
)
"""The 23 levels of the forecast hubs."""

LEVEL_TOLERANCE = 1e-9
"""Levels closer than this are the same: .05 is not exactly (1 - .9) / 2 in binary."""


class WISParts(NamedTuple):
    """The three non-negative parts of the weighted interval score; their sum is the score."""

    spread: Array
    overprediction: Array
    underprediction: Array


def pinball(
    quantiles: npt.ArrayLike,
    outcome: npt.ArrayLike,
    levels: npt.ArrayLike = QUANTILE_LEVELS,
) -> Array:
    """The pinball (quantile) loss of every quantile: ``max(tau (y - q), (tau - 1) (y - q))``.

    Koenker and Bassett (1978), Econometrica 46, 33-50.

    Args:
        quantiles: shape (..., level), people.
        outcome: shape (...), people.
        levels: shape (level,), between 0 and 1, rising.

    Returns:
        shape (..., level), people.

    Raises:
        ValueError: shapes that do not fit, values that are not finite, levels out of order.
    """
    q, y, tau = _cells(quantiles, outcome, levels)
    return np.maximum(tau * (y - q), (tau - 1) * (y - q))


def wis(
    quantiles: npt.ArrayLike,
    outcome: npt.ArrayLike,
    levels: npt.ArrayLike = QUANTILE_LEVELS,
) -> Array:
    """The weighted interval score: twice the mean pinball loss over the levels.

    With levels that are symmetric about the median this is the score of Bracher et al. (2021),
    PLOS Comput Biol 17(2) e1008618, with their weights ``w_0 = 1/2`` and ``w_k = alpha_k / 2``::

        WIS = 1 / (K + 1/2) (1/2 |y - m| + sum_k alpha_k / 2 IS_alpha_k)
        IS_alpha = (u - l) + 2 / alpha max(l - y, 0) + 2 / alpha max(y - u, 0)

    It approaches the CRPS as levels are added, and is the absolute error of a point forecast (all
    quantiles equal) where the levels are symmetric.

    Args:
        quantiles: shape (..., level), people.
        outcome: shape (...), people.
        levels: shape (level,), between 0 and 1, rising.

    Returns:
        shape (...), people.

    Raises:
        ValueError: shapes that do not fit, values that are not finite, levels out of order.
    """
    return np.asarray(2 * pinball(quantiles, outcome, levels).mean(axis=-1))


def log_wis(
    quantiles: npt.ArrayLike,
    outcome: npt.ArrayLike,
    levels: npt.ArrayLike = QUANTILE_LEVELS,
) -> Array:
    """The weighted interval score on ``log(x + 1)``: relative rather than absolute error.

    Bosse et al. (2023), PLOS Comput Biol 19(8) e1011393. Quantiles below zero count as zero, for
    nobody can be fewer than none.

    Args:
        quantiles: shape (..., level), people.
        outcome: shape (...), people, not negative.
        levels: shape (level,), between 0 and 1, rising.

    Returns:
        shape (...), without unit (natural logarithm).

    Raises:
        ValueError: as for :func:`wis`, or a negative outcome.
    """
    q, y, tau = _cells(quantiles, outcome, levels)
    if (y < 0).any():
        raise ValueError(f"outcome: found {y.min():g}, expected no negative count")
    return wis(np.log1p(np.maximum(q, 0)), np.log1p(y[..., 0]), tau)


def wis_parts(
    quantiles: npt.ArrayLike,
    outcome: npt.ArrayLike,
    levels: npt.ArrayLike = QUANTILE_LEVELS,
) -> WISParts:
    """The weighted interval score split into spread, over- and underprediction.

    Bracher et al. (2021): the width of the intervals, the penalty where the outcome lies below
    them (too many were forecast), and the penalty where it lies above (too few)::

        spread          = 1 / (K + 1/2) sum_k alpha_k / 2 (u_k - l_k)
        overprediction  = 1 / (K + 1/2) (1/2 max(m - y, 0) + sum_k max(l_k - y, 0))
        underprediction = 1 / (K + 1/2) (1/2 max(y - m, 0) + sum_k max(y - u_k, 0))

    Args:
        quantiles: shape (..., level), people, rising with the level.
        outcome: shape (...), people.
        levels: shape (level,), rising, symmetric about the median and with it.

    Returns:
        three arrays of shape (...), people.

    Raises:
        ValueError: as for :func:`wis`, quantiles that cross, levels without partner or median.
    """
    q, y, tau = _cells(quantiles, outcome, levels)
    _require_order(q)
    pairs = tau.size // 2
    if tau.size % 2 == 0 or not np.allclose(tau + tau[::-1], 1, rtol=0, atol=LEVEL_TOLERANCE):
        raise ValueError("levels: expected the median and pairs tau, 1 - tau around it")
    lower, median, upper = q[..., :pairs], q[..., pairs], q[..., ::-1][..., :pairs]
    scale = 1 / (pairs + 0.5)
    spread = scale * (tau[:pairs] * (upper - lower)).sum(axis=-1)
    over = np.maximum(median - y[..., 0], 0) / 2 + np.maximum(lower - y, 0).sum(axis=-1)
    under = np.maximum(y[..., 0] - median, 0) / 2 + np.maximum(y - upper, 0).sum(axis=-1)
    # The spread does not depend on the outcome, but its shape must be that of the other parts.
    return WISParts(np.broadcast_to(spread, over.shape).copy(), scale * over, scale * under)


def coverage(
    quantiles: npt.ArrayLike,
    outcome: npt.ArrayLike,
    level: float,
    levels: npt.ArrayLike = QUANTILE_LEVELS,
) -> npt.NDArray[np.bool_]:
    """Whether the central interval of probability ``level`` holds the outcome, ends included.

    The mean over many cells is the coverage; near ``level`` is good, far above it too wide.

    Args:
        quantiles: shape (..., level), people, rising with the level.
        outcome: shape (...), people.
        level: the probability of the interval, such as .9 for the quantiles .05 and .95.
        levels: shape (level,), between 0 and 1, rising.

    Returns:
        shape (...), true where the outcome lies inside.

    Raises:
        ValueError: as for :func:`wis`, quantiles that cross, an end that is not in ``levels``.
    """
    q, y, tau = _cells(quantiles, outcome, levels)
    _require_order(q)
    lower, upper = _at(tau, (1 - level) / 2), _at(tau, (1 + level) / 2)
    observed = y[..., 0]
    return np.asarray((q[..., lower] <= observed) & (observed <= q[..., upper]))


def bias(
    quantiles: npt.ArrayLike,
    outcome: npt.ArrayLike,
    levels: npt.ArrayLike = QUANTILE_LEVELS,
) -> Array:
    """Whether a forecast lay too high (towards 1) or too low (towards -1), from quantiles.

    Bosse et al. (2022), arXiv:2205.07090 (scoringutils)::

        1 - 2 max{tau: q_tau <= y}   where y is below the median (0 for the maximum of nothing)
        1 - 2 min{tau: q_tau >= y}   where y is above it         (1 for the minimum of nothing)
        0                            where y is the median

    Args:
        quantiles: shape (..., level), people, rising with the level.
        outcome: shape (...), people.
        levels: shape (level,), rising, with the median among them.

    Returns:
        shape (...), between -1 (every quantile below the outcome) and 1, without unit.

    Raises:
        ValueError: as for :func:`wis`, or quantiles that cross, or levels without median.
    """
    q, y, tau = _cells(quantiles, outcome, levels)
    _require_order(q)
    median = q[..., _at(tau, 0.5)]
    below = np.where(q <= y, tau, 0.0).max(axis=-1)
    above = np.where(q >= y, tau, 1.0).min(axis=-1)
    observed = y[..., 0]
    reached = np.where(observed < median, below, np.where(observed > median, above, 0.5))
    return np.asarray(1 - 2 * reached)


def _cells(
    quantiles: npt.ArrayLike, outcome: npt.ArrayLike, levels: npt.ArrayLike
) -> tuple[Array, Array, Array]:
    """Quantiles (..., level), outcomes (..., 1) and levels (level,), checked against each other."""
    q, y = cells("quantiles", quantiles, outcome)
    tau = vector("levels", levels)
    if tau.size != q.shape[-1]:
        raise ValueError(
            f"quantiles: found {q.shape[-1]} on the last axis, expected {tau.size}, one a level"
        )
    if (tau <= 0).any() or (tau >= 1).any() or (np.diff(tau) <= 0).any():
        raise ValueError("levels: expected rising numbers between 0 and 1, both excluded")
    return q, y, tau


def _require_order(quantiles: Array) -> None:
    """Refuse quantiles that cross: an interval whose ends are swapped has no meaning."""
    if (np.diff(quantiles, axis=-1) < 0).any():
        raise ValueError("quantiles: found one below that of a lower level, expected rising ones")


def _at(levels: Array, wanted: float) -> int:
    """The position of a level."""
    fitting = np.flatnonzero(np.abs(levels - wanted) < LEVEL_TOLERANCE)
    if fitting.size == 0:
        raise ValueError(f"levels: found none at {wanted:g}, expected it among them")
    return int(fitting[0])
