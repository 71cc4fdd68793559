"""Costs of planning and reliability of odds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossings.scoring import QUANTILE_LEVELS, brier, pinball
from crossings.scoring.checks import Array
from crossings.scoring.decisions import planning_cost, planning_regret, reliability

people = st.integers(0, 1000).map(float)
cost = st.floats(0.01, 100)


@given(arrays(float, 20, elements=people), people, cost, cost)
def test_regret_is_the_pinball_loss_of_the_planned_quantile(
    draws: Array, outcome: float, few: float, many: float
) -> None:
    level = few / (few + many)
    planned = np.quantile(draws, level)
    loss = max(level * (outcome - planned), (level - 1) * (outcome - planned))
    regret = planning_regret(draws, outcome, few, many)
    assert float(regret) == pytest.approx((few + many) * loss, abs=1e-6)
    assert regret >= 0


def test_it_agrees_with_the_pinball_of_the_levels() -> None:
    draws = np.arange(0.0, 1001.0)
    at = QUANTILE_LEVELS.index(0.9)
    quantiles = np.quantile(draws, QUANTILE_LEVELS)
    assert planning_regret(draws, 700, 9, 1) == pytest.approx(10 * pinball(quantiles, 700)[at])


@given(people, people, cost, cost)
def test_knowing_costs_nothing(planned: float, outcome: float, few: float, many: float) -> None:
    assert planning_cost(outcome, outcome, few, many) == 0
    if planned != outcome:
        assert planning_cost(planned, outcome, few, many) > 0


@given(st.lists(st.tuples(st.sampled_from([0, 0.1, 0.3, 0.5, 0.8, 1]), st.booleans()), min_size=1))
def test_the_parts_add_up_to_the_brier_score(cells: list[tuple[float, bool]]) -> None:
    p = np.array([c[0] for c in cells])
    o = np.array([float(c[1]) for c in cells])
    found = reliability(p, o)
    total = found.miscalibration - found.discrimination + found.uncertainty
    assert total == pytest.approx(float(brier(p, o).mean()), abs=1e-9)
    assert found.miscalibration >= -1e-12
    assert found.discrimination >= -1e-12
    assert found.cells.sum() == len(cells)
    assert (np.diff(found.came) >= -1e-12).all()


def test_honest_odds_lie_on_the_diagonal() -> None:
    rng = np.random.default_rng(0)
    p = rng.choice([0.1, 0.4, 0.9], 30_000)
    found = reliability(p, (rng.random(30_000) < p).astype(float))
    np.testing.assert_allclose(found.came, found.stated, atol=0.02)
    assert found.miscalibration < 0.001


def test_what_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="costs"):
        planning_cost(1, 2, 0, 0)
    with pytest.raises(ValueError, match="costs"):
        planning_regret([1.0], 2, -1, 1)
    with pytest.raises(ValueError, match="cells"):
        reliability([0.5], [1, 0])
    with pytest.raises(ValueError, match="0 or 1"):
        reliability([0.5], [0.5])
