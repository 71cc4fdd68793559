"""Is one forecast better than another, and could that be chance?

Scores of neighbouring cells hang together (one surge is wrong in many of them), so uncertainty is
taken over blocks of issue times, never over cells.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from crossings.scoring.checks import Array, finite, vector

BLOCK_DAYS = 56
RESAMPLES = 2000


class Interval(NamedTuple):
    """An estimate with the ends of its 90 % bootstrap interval."""

    value: float
    low: float
    high: float


class Comparison(NamedTuple):
    """The outcome of a Diebold-Mariano test: mean difference, statistic, two-sided p."""

    difference: float
    statistic: float
    p: float


def relative_score(scores: npt.ArrayLike, reference: npt.ArrayLike) -> float:
    """The mean score over the mean score of a reference on the same cells.

    Args:
        scores: shape (cell,).
        reference: shape (cell,).

    Returns:
        below 1 where the forecast is better.

    Raises:
        ValueError: shapes that differ, values that are not finite, a reference without any error.
    """
    ours, theirs = _same_cells(scores, reference)
    if theirs.mean() == 0:
        raise ValueError("reference: found no error at all, expected some to compare with")
    return float(ours.mean() / theirs.mean())


def pairwise_skill(scores: npt.ArrayLike) -> Array:
    """Relative skill of several models: the geometric mean of their ratios to all models.

    Cramer et al. (2022), PNAS 119(15) e2113561119, equation 2, without missing cells.

    Args:
        scores: shape (model, cell), positive on average.

    Returns:
        shape (model,); below 1 is better than the average model; their product is 1.

    Raises:
        ValueError: not two dimensions, values that are not finite, a mean score of 0.
    """
    table = finite("scores", scores)
    if table.ndim != 2:
        raise ValueError(f"scores: found shape {table.shape}, expected (model, cell)")
    means = table.mean(axis=1)
    if (means <= 0).any():
        raise ValueError("scores: found a mean of 0 or less, expected positive scores")
    logs = np.log(means)
    return np.asarray(np.exp(logs - logs.mean()))


def bootstrap_ratio(
    scores: npt.ArrayLike,
    reference: npt.ArrayLike,
    days: npt.ArrayLike,
    rng: np.random.Generator,
    block: int = BLOCK_DAYS,
) -> Interval:
    """The relative score with a 90 % interval from resampled blocks of issue days.

    A circular block bootstrap (Politis and Romano 1992, in Exploring the Limits of Bootstrap,
    263-270) over issue days: whole stretches of ``block`` days go in together, with all their
    cells, and start anywhere.

    Args:
        scores: shape (cell,).
        reference: shape (cell,).
        days: the issue day of each cell, whole days, shape (cell,).
        rng: draws the blocks; the same generator gives the same interval.
        block: length of a block in days.

    Raises:
        ValueError: as :func:`relative_score`; a block shorter than a day.
    """
    ours, theirs = _same_cells(scores, reference)
    when = vector("days", days)
    if when.shape != ours.shape or block < 1:
        raise ValueError("days: expected one for each cell; block: expected 1 day or more")
    value = relative_score(ours, theirs)
    first = when.min()
    span = int(when.max() - first) + 1
    at = (when - first).astype(np.int64)
    sums = np.zeros((2, span))
    np.add.at(sums[0], at, ours)
    np.add.at(sums[1], at, theirs)
    length = min(block, span)
    # The sums over the stretch that starts at each day, round the end of the calendar.
    running = np.cumsum(np.concatenate([np.zeros((2, 1)), sums, sums[:, :length]], axis=1), axis=1)
    stretches = running[:, length : length + span] - running[:, :span]
    starts = rng.integers(0, span, (RESAMPLES, -(-span // length)))
    drawn = stretches[:, starts].sum(axis=2)
    kept = drawn[:, drawn[1] > 0]
    ratios = kept[0] / kept[1]
    low, high = np.quantile(ratios, (0.05, 0.95))
    return Interval(value, float(low), float(high))


def diebold_mariano(
    scores: npt.ArrayLike, reference: npt.ArrayLike, horizon: int = 1
) -> Comparison:
    """Test that two forecasts are equally good on average, on scores in the order of issue times.

    Diebold and Mariano (1995), JBES 13, 253-263, with the correction for small samples of Harvey,
    Leybourne and Newbold (1997), Int J Forecast 13, 281-291: autocovariances up to ``horizon`` - 1
    steps, Student's t with n - 1 degrees of freedom. Where that variance comes out negative, the
    Bartlett weights of Newey and West (1987) are used.

    Args:
        scores: shape (time,), one a step.
        reference: shape (time,).
        horizon: how many steps ahead the forecasts look; they overlap that long.

    Returns:
        difference below 0 where the first is better.

    Raises:
        ValueError: shapes that differ, values that are not finite, no more steps than horizon + 1.
    """
    ours, theirs = _same_cells(scores, reference)
    apart = ours - theirs
    n = apart.size
    if horizon < 1 or n < horizon + 2:
        raise ValueError(f"scores: found {n} steps, expected more than {horizon + 1}")
    mean = float(apart.mean())
    centred = apart - mean
    lags = np.array([float(centred[k:] @ centred[: n - k]) / n for k in range(horizon)])
    variance = lags[0] + 2 * lags[1:].sum()
    if variance <= 0:
        weights = 1 - np.arange(1, horizon) / horizon
        variance = lags[0] + 2 * float(weights @ lags[1:])
    if variance <= 0:  # not one difference in the scores
        return Comparison(mean, 0.0, 1.0) if mean == 0 else Comparison(mean, np.inf, 0.0)
    factor = (n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n
    statistic = mean / np.sqrt(variance / n) * np.sqrt(factor)
    return Comparison(mean, float(statistic), float(2 * student.sf(abs(statistic), n - 1)))


def _same_cells(scores: npt.ArrayLike, reference: npt.ArrayLike) -> tuple[Array, Array]:
    ours, theirs = vector("scores", scores), vector("reference", reference)
    if ours.shape != theirs.shape or ours.size == 0:
        raise ValueError(
            f"scores and reference: found {ours.size} and {theirs.size} cells, expected the same "
            "number, at least one"
        )
    return ours, theirs
