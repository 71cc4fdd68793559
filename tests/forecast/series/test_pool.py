from __future__ import annotations

import numpy as np
from scipy.stats import norm

from crossings.forecast.series.pool import LEVELS, MEDIAN, PRIOR, gate, mixed, stretched

NORMAL = norm.ppf(LEVELS)[np.newaxis]
ONE = np.ones(1)


def test_mixing_a_distribution_with_itself_changes_nothing() -> None:
    pooled = mixed([NORMAL, NORMAL], [ONE, 2 * ONE])
    assert np.abs(pooled - NORMAL)[:, 2:-2].max() < 0.05


def test_a_mixture_of_two_far_apart_has_both() -> None:
    pooled = mixed([NORMAL - 100, NORMAL + 100], [0.25 * ONE, 0.75 * ONE])[0]
    assert (pooled[LEVELS < 0.24] < -90).all()
    assert (pooled[LEVELS > 0.26] > 90).all()


def test_a_part_without_weight_is_not_there() -> None:
    assert np.allclose(mixed([NORMAL, NORMAL + 9], [ONE, 0 * ONE]), mixed([NORMAL], [ONE]))


def test_stretching_keeps_the_middle() -> None:
    wide = stretched(NORMAL, 1.0, 2.0)
    assert wide[0, MEDIAN] == NORMAL[0, MEDIAN]
    assert np.allclose(wide[0, 6:17], NORMAL[0, 6:17])
    assert np.isclose(wide[0, 20], 2 * NORMAL[0, 20])


def test_the_gate_starts_at_its_prior_and_follows_the_scores() -> None:
    asked, nobody = np.array([0, 1]), np.zeros(0)
    none = gate(100, nobody.astype(int), nobody.astype(int), nobody, nobody, asked)
    assert np.allclose(none, 1 / (1 + np.exp(-PRIOR)))
    known, places = np.full(40, 90), np.repeat([0, 1], 20)
    good = np.where(places == 0, 1.0, 10.0)
    weight = gate(100, known, places, np.full(40, 5.0), good, asked)
    assert weight[0] > none[0]
    assert weight[0] > weight[1]
    # Old scores count for less.
    old = gate(1000, known, places, np.full(40, 5.0), good, asked)
    assert none[0] < old[0] < weight[0]
