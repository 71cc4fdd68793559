from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossings.forecast.series.forest import (
    OWN_HALF_LIFE,
    Forest,
    Outcomes,
    freshness,
    row_weights,
    weighted_quantiles,
)
from crossings.forecast.series.pool import LEVELS


def sample() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(800, 4))
    return x, np.where(x[:, 0] > 0, 5, -5) + rng.normal(size=800)


def test_weighted_quantiles_of_equal_weights_are_the_plain_ones() -> None:
    values = np.sort(np.random.default_rng(2).normal(size=1001))
    found = weighted_quantiles(values, np.ones((2, values.size)), LEVELS)
    plain = np.quantile(values, LEVELS, method="hazen")
    assert np.allclose(found, plain)


def test_a_weight_of_two_is_the_value_twice() -> None:
    rng = np.random.default_rng(3)
    values, times = np.sort(rng.uniform(size=500)), rng.integers(1, 4, 500)
    once = weighted_quantiles(values, times[np.newaxis].astype(float), LEVELS)
    repeated = np.repeat(values, times)
    often = weighted_quantiles(repeated, np.ones((1, repeated.size)), LEVELS)
    assert np.abs(once - often).max() < 0.005


WEIGHTS = arrays(
    float,
    st.tuples(st.integers(1, 3), st.integers(1, 30)),
    elements=st.sampled_from([0, 1e-9, 0.3, 7]),
)


@given(WEIGHTS, st.integers(0, 4))
def test_one_pass_gives_the_bits_of_numpy(weights: np.ndarray, decimals: int) -> None:
    weights[:, -1] = 1.0  # a row without any has no quantiles
    values = np.sort(np.round(np.random.default_rng(4).normal(size=weights.shape[1]), decimals))
    reached = np.cumsum(weights, axis=1)
    middles = (reached - weights / 2) / reached[:, -1:]
    plain = [np.interp(LEVELS, middle, values) for middle in middles]
    assert np.array_equal(weighted_quantiles(values, weights, LEVELS), plain)


def test_it_tells_apart_what_the_features_tell_apart() -> None:
    x, z = sample()
    forest = Forest(x, z, np.ones(z.size))
    q = forest.quantiles(forest.leaves([[2.0, 0, 0, 0], [-2.0, 0, 0, 0]]), None, LEVELS)
    assert q[0, 11] > 3
    assert q[1, 11] < -3


def test_the_same_rows_give_the_same_bits_with_more_workers() -> None:
    x, z = sample()
    one, two = Forest(x, z, np.ones(z.size), 1), Forest(x, z, np.ones(z.size), 2)
    assert np.array_equal(
        one.quantiles(one.leaves(x[:50]), None, LEVELS),
        two.quantiles(two.leaves(x[:50]), None, LEVELS),
    )


def test_outcomes_of_the_crisis_itself_pull_its_forecasts() -> None:
    x, z = sample()
    forest = Forest(x, z, np.ones(z.size))
    leaves = forest.leaves([[2.0, 0, 0, 0]])
    seen = Outcomes(
        np.full(200, 50.0), np.ones(200), forest.leaves(np.tile([2.0, 0, 0, 0], (200, 1)))
    )
    assert (
        forest.quantiles(leaves, seen, LEVELS)[0, 20]
        > forest.quantiles(leaves, None, LEVELS)[0, 20]
    )


def test_weights_of_a_crisis_sum_to_one() -> None:
    scale = np.array([1.0, 10.0, 100.0])
    weights = row_weights(scale)
    assert np.isclose(weights.sum(), 1)
    assert (np.diff(weights) > 0).all()


def test_outcomes_of_the_crisis_itself_fade() -> None:
    assert np.allclose(freshness([0, OWN_HALF_LIFE, 3 * OWN_HALF_LIFE]), [1, 1 / 2, 1 / 8])
