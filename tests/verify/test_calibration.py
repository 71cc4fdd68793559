"""Do ranges hold, do odds come true: against closed forms and draws from the forecast itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from crossings.scoring import QUANTILE_LEVELS
from crossings.verify.calibration import (
    LEVELS,
    exceedance,
    held_by_level,
    mean_bias,
    pit_histogram,
    probability_below,
)

CELLS = 4000


def normal_forecasts(spread: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Forecasts with the right centre whose width is ``spread`` times the right one."""
    rng = np.random.default_rng(7)
    centre = rng.uniform(1000, 2000, CELLS)
    quantiles = centre[:, None] + 100 * spread * np.asarray(norm.ppf(QUANTILE_LEVELS))[None, :]
    return quantiles, centre + 100 * rng.standard_normal(CELLS)


def test_of_a_calibrated_forecast_every_range_holds_and_every_bin_is_even() -> None:
    quantiles, outcome = normal_forecasts()
    held = held_by_level(quantiles, outcome)
    assert [level for level, _ in held] == sorted(level for level, _ in held)
    assert len(held) == 11
    assert all(abs(level - share) < 0.03 for level, share in held)
    assert pit_histogram(quantiles, outcome) == pytest.approx([0.1] * 10, abs=0.02)
    assert mean_bias(quantiles, outcome) == pytest.approx(0, abs=0.03)


def test_too_narrow_a_forecast_is_told() -> None:
    quantiles, outcome = normal_forecasts(spread=0.3)
    assert all(share < level - 0.05 for level, share in held_by_level(quantiles, outcome))
    shares = pit_histogram(quantiles, outcome)
    assert min(shares[0], shares[-1]) > 0.25


@given(
    st.lists(st.integers(0, 40), min_size=23, max_size=23),
    st.integers(-5, 50),
)
def test_the_histogram_sums_to_one_whatever_the_ties(values: list[int], outcome: int) -> None:
    quantiles = np.sort(np.array([values], dtype=float))
    shares = pit_histogram(quantiles, np.array([float(outcome)]))
    assert sum(shares) == pytest.approx(1)
    assert min(shares) >= 0
    below, at_most = (
        probability_below(quantiles, np.array([float(outcome)]), ties=ties)[0]
        for ties in (False, True)
    )
    assert 0 < below <= at_most < 1


def test_everything_equal_to_the_outcome_is_spread_over_all_bins() -> None:
    quantiles = np.zeros((1, 23))
    assert pit_histogram(quantiles, np.zeros(1)) == pytest.approx([0.1] * 10)


@given(st.floats(0.001, 0.999))
def test_probabilities_lie_on_straight_lines_between_quantiles(level: float) -> None:
    # The quantile function of the uniform law on 0 to 100.
    quantiles = 100 * LEVELS[None, :]
    found = probability_below(quantiles, np.array([100 * level]), ties=False)[0]
    inside = LEVELS[0] <= level <= LEVELS[-1]
    assert found == pytest.approx(level if inside else 0.005 if level < 0.5 else 0.995, abs=1e-9)


def test_odds_that_are_right_come_true_and_beat_the_base_rate() -> None:
    quantiles, outcome = normal_forecasts()
    # The last figure lies anywhere around: from hardly ever to nearly always a tenth more.
    last = np.random.default_rng(8).uniform(800, 2000, CELLS)
    found = exceedance(quantiles, outcome, last)
    assert found is not None
    centre = quantiles[:, 11]
    true_odds = 1 - norm.cdf((1.1 * last - centre) / 100)
    came = outcome >= 1.1 * last
    assert found["brier"] == pytest.approx(np.mean((true_odds - came) ** 2), abs=0.002)
    assert found["came"] == pytest.approx(came.mean())
    assert found["miscalibration"] == pytest.approx(0, abs=0.01)
    assert float(str(found["brier"])) < float(str(found["brier_of_base_rate"]))
    steps = found["steps"]
    assert isinstance(steps, list)
    assert sum(step["cells"] for step in steps) == found["n"] == CELLS
    assert [step["came"] for step in steps] == sorted(step["came"] for step in steps)


def test_small_last_figures_are_left_out() -> None:
    quantiles, outcome = normal_forecasts()
    assert exceedance(quantiles, outcome, np.full(CELLS, 99.0)) is None
