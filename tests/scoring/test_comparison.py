"""Comparisons of forecasts: known answers, known error rates, and the same bits again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossings import scoring
from crossings.scoring.checks import Array

positive = st.floats(0.1, 1e6)
tables = arrays(float, st.tuples(st.integers(2, 5), st.integers(1, 12)), elements=positive)


@given(tables)
def test_pairwise_skill_is_the_mean_of_all_pairs(scores: Array) -> None:
    means = scores.mean(axis=1)
    by_hand = [float(np.exp(np.mean(np.log(mean / means)))) for mean in means]
    skill = scoring.pairwise_skill(scores)
    np.testing.assert_allclose(skill, by_hand, rtol=1e-9)
    assert np.prod(skill) == pytest.approx(1)


@given(arrays(float, 30, elements=positive), st.floats(0.01, 100))
def test_a_forecast_that_is_always_so_much_better_has_no_interval(
    reference: Array, factor: float
) -> None:
    found = scoring.bootstrap_ratio(
        factor * reference, reference, np.arange(30) * 7, np.random.default_rng(0)
    )
    np.testing.assert_allclose(found, [factor] * 3, rtol=1e-9)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(200):
        days = np.repeat(np.arange(60) * 7, 3)
        wave = np.repeat(rng.lognormal(0, 0.7, 60), 3)  # cells of one issue time hang together
        ours, theirs = 0.8 * wave * rng.lognormal(0, 0.3, 180), wave * rng.lognormal(0, 0.3, 180)
        found = scoring.bootstrap_ratio(ours, theirs, days, rng)
        held += found.low <= 0.8 <= found.high
    assert 0.80 <= held / 200 <= 0.97


def test_blocks_take_dependent_cells_for_what_they_are() -> None:
    rng = np.random.default_rng(2)
    days = np.arange(300)
    slow = np.repeat(rng.lognormal(0, 1, 10), 30)
    ours, theirs = slow * rng.lognormal(0, 0.1, 300), np.ones(300)
    wide = scoring.bootstrap_ratio(ours, theirs, days, np.random.default_rng(1), block=60)
    naive = scoring.bootstrap_ratio(ours, theirs, days, np.random.default_rng(1), block=1)
    assert wide.high - wide.low > 2 * (naive.high - naive.low)


def test_the_same_generator_gives_the_same_interval() -> None:
    rng = np.random.default_rng(8)
    ours, theirs = rng.random((2, 50))
    first, again = (
        scoring.bootstrap_ratio(ours, theirs, np.arange(50), np.random.default_rng(3))
        for _ in range(2)
    )
    assert first == again


def test_equal_forecasts_are_told_apart_as_rarely_as_stated() -> None:
    rng = np.random.default_rng(4)
    found = []
    for _ in range(400):
        noise = rng.normal(size=(2, 62))
        a, b = noise[:, 2:] + noise[:, 1:-1] + noise[:, :-2]  # overlap of three steps
        found.append(scoring.diebold_mariano(a, b, horizon=3).p < 0.05)
    assert 0.01 <= np.mean(found) <= 0.12


def test_a_better_forecast_is_found() -> None:
    rng = np.random.default_rng(6)
    found = scoring.diebold_mariano(rng.random(80), rng.random(80) + 0.4)
    assert found.difference < 0
    assert found.p < 1e-6


def test_one_step_without_overlap_is_the_t_test() -> None:
    from scipy.stats import ttest_1samp

    rng = np.random.default_rng(7)
    a, b = rng.random((2, 40))
    assert scoring.diebold_mariano(a, b).p == pytest.approx(ttest_1samp(a - b, 0).pvalue)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="cells"):
        scoring.relative_score([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="no error"):
        scoring.relative_score([1.0], [0.0])
    with pytest.raises(ValueError, match="steps"):
        scoring.diebold_mariano([1.0, 2.0], [1.0, 2.0], 3)
    with pytest.raises(ValueError, match="positive"):
        scoring.pairwise_skill([[0.0], [1.0]])
