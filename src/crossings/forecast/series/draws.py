"""Joint draws from quantiles: one history a member, over places and days together.

The quantiles say what may come at one place on one day; what goes together is learnt from past
errors. Days of one place hang together as a random walk does, places as their errors of past weeks
did: a Gaussian copula whose correlations are those of the normal scores of past outcomes, drawn
towards a small common one where few were seen. Schefzik, Thorarinsdottir and Gneiting (2013),
Statist. Sci. 28, 616-640, on ensembles from margins and a copula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import ndtr
from scipy.stats import norm

from crossings.dynamics.streams import entity_code, normals
from crossings.forecast.series.history import F8, Known
from crossings.forecast.series.pool import LEVELS
from crossings.forecast.series.replay import Issue

COMMON = 0.1
"""Correlation between places before any error was seen."""
COMMON_WORTH = 20.0
"""Past weeks, seen at both places, at which their own correlation counts as much."""
OVERLAP = 2.0
"""Forecasts 14 days ahead, made weekly, count each outcome about twice."""
HORIZON = 14

_FARTHEST = norm.ppf(0.995)
_TAIL = np.log(2.5)


def correlations(places: Sequence[str], past: Sequence[Issue], known: Mapping[str, Known]) -> F8:
    """Correlations between places of their past errors, shape (place, place).

    ``known`` are the figures as known now, against which past forecasts 14 days ahead are held.
    """
    column = {place: i for i, place in enumerate(places)}
    scores = np.full((len(past), len(places)), np.nan)
    for row, issue in enumerate(past):
        for i, (place, horizon) in enumerate(issue.cells):
            if horizon == HORIZON and place in column:
                y = known[place].outcomes(np.array([issue.day + horizon]))[0][0]
                if np.isfinite(y):
                    level = np.interp(y, issue.quantiles[i], LEVELS)
                    score = np.clip(norm.ppf(level), -_FARTHEST, _FARTHEST)
                    scores[row, column[place]] = score
    seen = np.isfinite(scores)
    filled = np.where(seen, scores, 0.0)
    both = seen.astype(float).T @ seen.astype(float)
    size = np.sqrt((filled**2).T @ seen)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = np.nan_to_num(filled.T @ filled / (size * size.T))
    worth = both / OVERLAP
    found = (worth * own + COMMON_WORTH * COMMON) / (worth + COMMON_WORTH)
    np.fill_diagonal(found, 1.0)
    return _positive(found)


def _positive(matrix: F8) -> F8:
    """The nearest-by correlation matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    mended = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    scale = np.sqrt(np.diag(mended))
    return np.asarray(mended / np.outer(scale, scale))


def levels(seed: int, members: int, leads: F8, places: Sequence[str], matrix: F8) -> F8:
    """The level at which each member stands in each distribution: (member, time, place).

    Args:
        seed: the same seed gives the same bits; a place's own luck does not depend on others'
            being there, but for their correlation.
        members: how many.
        leads: days from the figures to each time, rising, positive, shape (time,).
        places: ids, in the order of ``matrix``.
        matrix: correlations between places.
    """
    codes = np.array([entity_code(place) for place in places], dtype=np.int64)
    purposes = np.full(len(places), entity_code("series"), dtype=np.int64)
    steps = np.arange(leads.size, dtype=np.int64)
    fresh = normals(seed, np.arange(members, dtype=np.int64), codes, purposes, steps)
    walk = np.cumsum(fresh * np.sqrt(np.diff(leads, prepend=0.0))[:, np.newaxis], axis=1)
    scores = walk / np.sqrt(leads)[:, np.newaxis]
    return np.asarray(ndtr(scores @ np.linalg.cholesky(matrix).T))


def values(quantiles: F8, at: F8) -> F8:
    """People at the levels ``at`` (member, time) of distributions (time, level): (member, time).

    Beyond the outermost quantiles the tail goes on as an exponential one.
    """
    found = np.empty(at.shape)
    for t, q in enumerate(quantiles):
        found[:, t] = np.interp(at[:, t], LEVELS, q)
        low, high = at[:, t] < LEVELS[0], at[:, t] > LEVELS[-1]
        found[low, t] -= (q[1] - q[0]) * np.log(LEVELS[0] / at[low, t]) / _TAIL
        beyond = np.maximum(1 - at[high, t], 1e-12)
        found[high, t] += (q[-1] - q[-2]) * np.log((1 - LEVELS[-1]) / beyond) / _TAIL
    return np.maximum(found, 0.0)
