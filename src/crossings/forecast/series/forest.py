"""The quantile forest: randomised trees whose leaves hold weighted outcomes.

Extremely randomised trees (Geurts, Ernst and Wehenkel 2006, Machine Learning 63, 3-42) are grown
on the features of past crises. A new cell falls into one leaf of every tree; past outcomes in those
leaves, weighted by how often they share a leaf with it, are its distribution (Meinshausen 2006,
J. Mach. Learn. Res. 7, 983-999). Outcomes that the crisis itself has seen meanwhile are dropped
through the same trees and added with a weight of their own: the forest is never grown on them.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.ensemble import ExtraTreesRegressor

from crossings.dynamics.compiled import free_entry

F8 = npt.NDArray[np.float64]

TREES = 100
SMALLEST_LEAF = 6
FEATURE_SHARE = 0.4
SAMPLE_SHARE = 0.6
SEED = 1

OWN_WEIGHT = 2.0
"""What a fresh outcome of the crisis itself counts for, in outcomes of other crises."""
OWN_HALF_LIFE = 120.0
"""Days of issue in which that halves: a crisis leaves its regimes behind."""


def row_weights(scale: F8) -> F8:
    """Weights of the rows of one crisis, of sum 1: mostly by people at stake, partly alike.

    ``.8 S / sum S + .2 / n``: the score is in people, so that large scales carry most of it.
    """
    return np.asarray(0.8 * scale / scale.sum() + 0.2 / scale.size)


def freshness(age: npt.ArrayLike) -> F8:
    """What an outcome of the crisis itself counts for ``age`` days after its issue, fresh as 1."""
    return np.asarray(0.5 ** (np.asarray(age) / OWN_HALF_LIFE))


def squeezed(z: F8) -> F8:
    """What the trees are grown on: ``sign(z) log(1 + 2 |z|)``, so that no jump rules a split."""
    return np.asarray(np.sign(z) * np.log1p(2 * np.abs(z)))


@dataclasses.dataclass(frozen=True)
class Outcomes:
    """Outcomes ``z`` and weights, shape (row,), with the leaves they lie in."""

    z: F8
    weights: F8
    leaves: sparse.csr_matrix


class Forest:
    """A forest grown on rows of past crises: features (row, feature), outcomes and weights (row,).

    The same rows give the same forest, bit for bit, whatever the number of workers.
    """

    def __init__(
        self, x: npt.ArrayLike, z: npt.ArrayLike, weights: npt.ArrayLike, workers: int = 1
    ) -> None:
        self._trees = ExtraTreesRegressor(
            TREES,
            min_samples_leaf=SMALLEST_LEAF,
            max_features=FEATURE_SHARE,
            bootstrap=True,
            max_samples=SAMPLE_SHARE,
            random_state=SEED,
            n_jobs=workers,
        )
        features = np.asarray(x, dtype=np.float32)
        outcomes, shares = np.asarray(z, dtype=float), np.asarray(weights, dtype=float)
        shares = shares / shares.mean()
        self._trees.fit(features, squeezed(outcomes), sample_weight=shares)
        self._trees.set_params(n_jobs=1)
        nodes = [tree.tree_.node_count for tree in self._trees.estimators_]
        self._first_node = np.concatenate([[0], np.cumsum(nodes)[:-1]])
        self._nodes = int(sum(nodes))
        order = np.argsort(outcomes, kind="stable")
        leaves = self.leaves(features[order])
        self._past_z, self._past_weights = outcomes[order], shares[order]
        self._past_members = leaves.T.tocsr()
        total = np.asarray(self._past_members @ self._past_weights).ravel()
        self._share = sparse.diags(1.0 / np.maximum(total, 1e-9))

    def leaves(self, x: npt.ArrayLike) -> sparse.csr_matrix:
        """Which leaves the rows fall into, shape (row, node of any tree), one a tree."""
        at = self._trees.apply(np.asarray(x, dtype=np.float32)) + self._first_node
        rows, trees = at.shape
        ones = np.ones(rows * trees)
        starts = np.arange(0, rows * trees + 1, trees)
        return sparse.csr_matrix((ones, at.ravel(), starts), shape=(rows, self._nodes))

    def quantiles(self, leaves: sparse.csr_matrix, own: Outcomes | None, levels: F8) -> F8:
        """Quantiles of ``z`` of cells that fall into ``leaves``, shape (cell, level).

        ``own`` are outcomes of the crisis itself, with weights of mean 1 before ``OWN_WEIGHT``.
        """
        share = leaves @ self._share
        weights = (share @ self._past_members).toarray() * self._past_weights
        z = self._past_z
        if own is not None and own.z.size:
            more = (share @ own.leaves.T).toarray() * (OWN_WEIGHT * own.weights)
            z, weights = np.concatenate([z, own.z]), np.hstack([weights, more])
            order = np.argsort(z, kind="stable")
            z, weights = z[order], weights[:, order]
        return weighted_quantiles(z, weights, levels)


def weighted_quantiles(values: F8, weights: F8, levels: F8) -> F8:
    """Quantiles of weighted values, each standing at the middle of its step.

    Args:
        values: sorted, shape (value,) or (row, value).
        weights: not negative, shape (row, value), of any sum.
        levels: rising, shape (level,).

    Returns:
        shape (row, level).
    """
    rows = np.broadcast_to(values, weights.shape)
    return _interpolated(rows, np.ascontiguousarray(weights), levels)


@free_entry
def _interpolated(values: F8, weights: F8, levels: F8) -> F8:
    """The same row by row, in one pass: the bits of ``np.cumsum`` and ``np.interp``."""
    rows, count = weights.shape
    found = np.empty((rows, levels.size))
    for i in range(rows):
        total = 0.0
        for k in range(count):
            total += weights[i, k]
        reached = weights[i, 0]
        left, at = (reached - weights[i, 0] / 2) / total, 0
        for level in range(levels.size):
            p, right = levels[level], left
            while at + 1 < count:
                further = reached + weights[i, at + 1]
                right = (further - weights[i, at + 1] / 2) / total
                if right > p:
                    break
                reached, left, at = further, right, at + 1
            if at + 1 == count or left >= p:
                found[i, level] = values[i, at]
            else:
                slope = (values[i, at + 1] - values[i, at]) / (right - left)
                found[i, level] = slope * (p - left) + values[i, at]
    return found
