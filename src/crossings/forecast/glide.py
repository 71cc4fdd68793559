"""Gliding: Hamiltonian moves of parameters and noises together, in a metric learnt on the way.

The figures bind a few directions of the space of coordinates and noises sharply and leave all
others to the prior. A particle follows the slope of its log posterior for a few steps and is
accepted by the exact counts (Duane, Kennedy, Pendleton and Roweth 1987; Neal 2011). Steps must be
as small as the sharpest direction asks, unless the metric stretches it: here

    M = I + V diag(w) V',

with V and w the leading eigenvectors and eigenvalues of the mean outer product of the slopes of the
log likelihood over the population, its Fisher information (for subspaces that figures inform: Cui,
Martin, Marzouk, Solonen and Spantini 2014). The lengths of steps differ by particle, at random, for
what is sharp for one is not so for another. Any function of the position may stand for the slope:
the steps keep volume and can be reversed all the same, so counts that are whole do no harm.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Iterator

import numba as nb
import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from crossings.dynamics.compiled import parallel_entry

F8 = npt.NDArray[np.float64]

MOST_DIRECTIONS = 40
"""Directions that the metric stretches."""

SAMPLED = 250
"""Particles whose slopes the metric is learnt from."""

STEEPEST = 3.0
"""No particle's slope counts as more than this many times the median slope."""

LEAST = 0.3
"""Information of a direction, in units of the prior's, from which it is stretched."""


ROWS = 32
"""Particles whose momenta are stretched in one product."""


@functools.cache
def _libraries() -> ThreadpoolController:
    """The libraries of linear algebra, found once: looking for them takes longer than a product."""
    return ThreadpoolController()


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Linear algebra in one thread: its sums must not depend on how many there are."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@dataclasses.dataclass(frozen=True)
class Metric:
    """``directions`` (d, k) and how much more than the prior they are informed, ``weights`` (k,).

    ``information`` (d,) is the mean squared slope along each axis.
    """

    directions: F8
    weights: F8
    information: F8

    def velocity(self, momentum: F8) -> F8:
        """M^-1 p for each particle, (M, d)."""
        with one_thread():
            return _stretch(momentum, self.directions, 1.0 / (1.0 + self.weights) - 1.0)

    def momentum(self, noise: F8) -> F8:
        """M^(1/2) z for each particle: momenta from standard normals, (M, d)."""
        with one_thread():
            return _stretch(noise, self.directions, np.sqrt(1.0 + self.weights) - 1.0)


def learn(slopes: F8) -> Metric:
    """The metric of a population from the slopes of its log likelihoods, (M, d)."""
    sample = slopes[:: max(1, slopes.shape[0] // SAMPLED)]
    size = np.sqrt((sample**2).sum(axis=1))
    limit = STEEPEST * float(np.median(size)) + 1e-12
    sample = sample * np.minimum(1.0, limit / np.maximum(size, 1e-12))[:, None]
    count = sample.shape[0]
    with one_thread():
        value, vector = np.linalg.eigh(sample @ sample.T / count)
        value, vector = value[::-1][:MOST_DIRECTIONS], vector[:, ::-1][:, :MOST_DIRECTIONS]
        kept = value > LEAST
        value, vector = value[kept], vector[:, kept]
        directions = (sample.T @ vector) / np.sqrt(value * count)
    return Metric(np.ascontiguousarray(directions), value, (sample**2).mean(axis=0))


@parallel_entry
def _stretch(given: F8, directions: F8, factors: F8) -> F8:
    """``given`` + V diag(factors) V' ``given`` for each row, a few rows at a time.

    To be called with linear algebra in one thread.
    """
    members = given.shape[0]
    out = np.empty_like(given)
    back = np.ascontiguousarray(directions.T)
    for k in nb.prange((members + ROWS - 1) // ROWS):
        first, last = k * ROWS, min(members, (k + 1) * ROWS)
        along = np.dot(given[first:last], directions) * factors
        out[first:last] = given[first:last] + np.dot(along, back)
    return out
