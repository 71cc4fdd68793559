"""One distribution from several: linear pool, online gate, tails.

A linear pool mixes the distributions (the average of their probabilities), which keeps what only
one of them sees. The gate lets the plain increments take over where, on this very crisis, they have
been better than the learned models: a regime that no past crisis has shown.
"""

from __future__ import annotations

import numpy as np

from crossings.forecast.series.history import F8, I8
from crossings.scoring import QUANTILE_LEVELS, wis

LEVELS = np.array(QUANTILE_LEVELS)
MEDIAN = LEVELS.size // 2

POINTS = 200
"""Equally likely points that stand for one distribution in the mixture."""

HALF_LIFE = 90.0
CRISIS_WORTH = 10.0
"""Resolved cells at which the place's own record weighs as much as the crisis'."""
GAIN = 2.0
PRIOR = -1.5
"""Log odds of the increments before anything has been resolved."""
LEAST_SCORE = 1.0
"""Added to both summed scores, in people: a series that stood still proves little."""
MOST_WEIGHT = 0.9
"""The increments are never alone: where nothing has moved they know no range at all."""

_GRID = (np.arange(POINTS) + 0.5) / POINTS
_RIGHT = np.clip(np.searchsorted(LEVELS, _GRID), 1, LEVELS.size - 1)
_PART = np.clip((_GRID - LEVELS[_RIGHT - 1]) / (LEVELS[_RIGHT] - LEVELS[_RIGHT - 1]), 0.0, 1.0)


def mixed(parts: list[F8], weights: list[F8]) -> F8:
    """The quantiles of a mixture.

    Args:
        parts: the 23 quantiles of each component, rising, shape (cell, level).
        weights: of each component, shape (cell,), not negative, of any positive sum.

    Returns:
        shape (cell, level).
    """
    points, shares = [], []
    for q, weight in zip(parts, weights, strict=True):
        points.append(q[:, _RIGHT - 1] * (1 - _PART) + q[:, _RIGHT] * _PART)
        shares.append(np.broadcast_to(weight[:, np.newaxis], points[-1].shape))
    values, weight = np.hstack(points), np.hstack(shares)
    order = np.argsort(values, axis=1, kind="stable")
    values = np.take_along_axis(values, order, axis=1)
    weight = np.take_along_axis(weight, order, axis=1)
    reached = np.cumsum(weight, axis=1)
    middle = (reached - weight / 2) / reached[:, -1:]
    return np.array([np.interp(LEVELS, m, v) for m, v in zip(middle, values, strict=True)])


def stretched(quantiles: F8, centre: float, tail: float) -> F8:
    """Half-widths times ``centre`` up to the quartiles, rising to ``tail`` at .05 and .95."""
    factor = np.interp(np.abs(LEVELS - 0.5), [0.25, 0.45], [centre, tail])
    middle = quantiles[:, MEDIAN : MEDIAN + 1]
    return np.asarray(middle + (quantiles - middle) * factor)


def scores(quantiles: F8, outcomes: F8) -> F8:
    """WIS of cells, shape (cell,), quantiles put in order first and not below 0."""
    return np.asarray(wis(np.sort(np.maximum(quantiles, 0), axis=1), outcomes))


def gate(
    day: int,
    known: I8,
    places: I8,
    pool: F8,
    increments: F8,
    asked: I8,
    prior: float = PRIOR,
) -> F8:
    """The weight of the increments at the places asked for, shape (asked,).

    With counts that lose half their weight in 90 days, ``n`` of resolved cells of the place and
    ``n_c`` of the crisis, and ratios of summed scores (pool over increments)::

        gamma = (n log r_place + n0 n_c / (n_c + n0) log r_crisis) / (n + n0)
        weight = logistic(prior + gain gamma)

    Args:
        day: the day of issue.
        known: day on which each past cell was resolved, none after ``day``, shape (cell,).
        places: number of the place of each past cell, shape (cell,).
        pool: its score without increments, shape (cell,).
        increments: the increments' score, shape (cell,).
        asked: numbers of the places, shape (asked,).
        prior: log odds of the increments before anything has been resolved.
    """
    fresh = 0.5 ** ((day - known) / HALF_LIFE)
    n_crisis = fresh.sum()
    of_crisis = _log_ratio(float(fresh @ pool), float(fresh @ increments)) if known.size else 0.0
    weight = np.empty(asked.size)
    for i, place in enumerate(asked):
        own = fresh * (places == place)
        n = own.sum()
        of_place = _log_ratio(float(own @ pool), float(own @ increments)) if n > 0 else 0.0
        shared = CRISIS_WORTH * n_crisis / (n_crisis + CRISIS_WORTH) * of_crisis
        gamma = (n * of_place + shared) / (n + CRISIS_WORTH)
        weight[i] = min(MOST_WEIGHT, 1 / (1 + np.exp(-(prior + GAIN * gamma))))
    return weight


def _log_ratio(above: float, below: float) -> float:
    return float(np.log((above + LEAST_SCORE) / (below + LEAST_SCORE)))
