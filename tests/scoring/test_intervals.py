import runpy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scoringrules  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossings.forecast import outlook
from crossings.scoring import intervals
from crossings.scoring.checks import Array

SERIES_SCORER = Path(__file__).parents[3] / "shared" / "tools" / "score_forecast.py"

LEVELS = np.array(intervals.QUANTILE_LEVELS)
MEDIAN = 11
PAIRS = 11

counts = st.floats(0, 1e6, width=32)


@st.composite
def forecasts(draw: st.DrawFn, cells: int = 2) -> tuple[Array, Array]:
    """Rising quantiles (cells, 23) with ties, and outcomes (cells,), some of them on a quantile."""
    quantiles = np.sort(draw(arrays(float, (cells, LEVELS.size), elements=counts)), axis=-1)
    outcome = draw(arrays(float, cells, elements=counts))
    if draw(st.booleans()):
        outcome[0] = quantiles[0, draw(st.integers(0, LEVELS.size - 1))]
    return quantiles, outcome


def test_the_levels_are_those_of_the_forecast() -> None:
    assert outlook.QUANTILE_LEVELS == intervals.QUANTILE_LEVELS


@given(forecasts())
def test_wis_is_that_of_scoringrules_from_quantiles_and_from_intervals(
    forecast: tuple[Array, Array],
) -> None:
    quantiles, outcome = forecast
    ours = intervals.wis(quantiles, outcome)
    from_quantiles = scoringrules.crps_quantile(outcome, quantiles, LEVELS, backend="numpy")
    alpha = 2 * LEVELS[:PAIRS]
    # Not its weighted_interval_score: release 0.10 adds the median itself, not its distance.
    alpha = 2 * LEVELS[:PAIRS]
    widths = scoringrules.interval_score(
        outcome, quantiles[:, :PAIRS], quantiles[:, ::-1][:, :PAIRS], alpha, backend="numpy"
    )
    distance = abs(outcome - quantiles[:, MEDIAN])
    from_intervals = (distance / 2 + (alpha / 2 * widths).sum(axis=1)) / (PAIRS + 0.5)
    np.testing.assert_allclose(ours, from_quantiles, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours, from_intervals, rtol=1e-9, atol=1e-9)


@pytest.mark.skipif(not SERIES_SCORER.exists(), reason="the outside series scorer is not beside us")
def test_wis_is_that_of_the_outside_scorer() -> None:
    scorer = runpy.run_path(str(SERIES_SCORER))
    rng = np.random.default_rng(0)
    quantiles = np.sort(rng.lognormal(8, 1, (200, LEVELS.size)), axis=1)
    outcome = rng.lognormal(8, 1, 200)
    theirs = [scorer["wis"](q, y) for q, y in zip(quantiles, outcome, strict=True)]
    np.testing.assert_allclose(intervals.wis(quantiles, outcome), theirs, rtol=0, atol=1e-9)


@given(forecasts(), st.integers(0, LEVELS.size - 1))
def test_pinball_is_that_of_scoringrules(forecast: tuple[Array, Array], level: int) -> None:
    quantiles, outcome = forecast
    theirs = scoringrules.quantile_score(
        outcome, quantiles[:, level], np.full(outcome.size, LEVELS[level]), backend="numpy"
    )
    ours = intervals.pinball(quantiles, outcome)[:, level]
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


@given(forecasts())
def test_the_parts_are_not_negative_and_add_up(forecast: tuple[Array, Array]) -> None:
    parts = intervals.wis_parts(*forecast)
    assert all((part >= 0).all() for part in parts)
    np.testing.assert_allclose(sum(parts), intervals.wis(*forecast), rtol=1e-9, atol=1e-6)


@given(forecasts())
def test_only_the_side_missed_is_penalised(forecast: tuple[Array, Array]) -> None:
    quantiles, _ = forecast
    above = intervals.wis_parts(quantiles, quantiles[:, -1] + 1)
    below = intervals.wis_parts(quantiles, quantiles[:, 0] - 1)
    assert (above.overprediction == 0).all()
    assert (above.underprediction > 0).all()
    assert (below.underprediction == 0).all()
    assert (below.overprediction > 0).all()


@given(counts, counts)
def test_a_point_forecast_scores_its_absolute_error(point: float, outcome: float) -> None:
    score = intervals.wis(np.full(LEVELS.size, point), outcome)
    assert score == pytest.approx(abs(point - outcome), rel=1e-12, abs=1e-9)


@given(forecasts(), st.floats(0.01, 1000), st.floats(-1e5, 1e5))
def test_wis_follows_the_unit_and_ignores_the_origin(
    forecast: tuple[Array, Array], scale: float, shift: float
) -> None:
    quantiles, outcome = forecast
    moved = intervals.wis(scale * quantiles + shift, scale * outcome + shift)
    np.testing.assert_allclose(moved, scale * intervals.wis(*forecast), rtol=1e-8, atol=1e-5)


@given(forecasts(cells=4), st.permutations(range(4)))
def test_cells_are_scored_each_for_itself(forecast: tuple[Array, Array], order: list[int]) -> None:
    quantiles, outcome = forecast
    scores = intervals.wis(quantiles, outcome)
    np.testing.assert_array_equal(intervals.wis(quantiles[order], outcome[order]), scores[order])
    grid = intervals.wis(quantiles.reshape(2, 2, -1), outcome.reshape(2, 2))
    np.testing.assert_array_equal(grid, scores.reshape(2, 2))


@given(
    st.lists(st.floats(0.01, 1), min_size=6, max_size=6),
    arrays(float, LEVELS.size, elements=st.floats(-3, 8)),
)
def test_no_forecast_beats_the_quantiles_of_the_truth(weights: list[float], other: Array) -> None:
    """Propriety on a grid: outcomes 0..5 with any probabilities, against any other quantiles."""
    grid = np.arange(6.0)
    probability = np.array(weights) / sum(weights)
    reached = np.searchsorted(np.cumsum(probability), LEVELS - 1e-12)
    truth = grid[np.minimum(reached, 5)]

    def expected(quantiles: Array) -> float:
        return float(probability @ intervals.wis(np.tile(quantiles, (6, 1)), grid))

    assert expected(truth) <= expected(np.sort(other)) + 1e-9


@given(forecasts())
def test_log_wis_is_the_score_of_the_logarithms(forecast: tuple[Array, Array]) -> None:
    quantiles, outcome = forecast
    theirs = scoringrules.crps_quantile(
        np.log1p(outcome), np.log1p(quantiles), LEVELS, backend="numpy"
    )
    np.testing.assert_allclose(intervals.log_wis(*forecast), theirs, rtol=1e-9, atol=1e-12)


def test_log_wis_takes_negative_quantiles_as_nobody_and_refuses_a_negative_outcome() -> None:
    negative = np.linspace(-50, -1, LEVELS.size)
    assert intervals.log_wis(negative, 0) == 0
    with pytest.raises(ValueError, match="outcome: found -1"):
        intervals.log_wis(negative, -1)


@given(forecasts(), st.sampled_from([0.1, 0.5, 0.9, 0.95, 0.98]))
def test_coverage_holds_the_ends_and_grows_with_the_level(
    forecast: tuple[Array, Array], level: float
) -> None:
    quantiles, outcome = forecast
    lower = int(np.argmin(abs(LEVELS - (1 - level) / 2)))
    upper = LEVELS.size - 1 - lower
    assert intervals.coverage(quantiles, quantiles[:, lower], level).all()
    assert intervals.coverage(quantiles, quantiles[:, upper], level).all()
    assert not intervals.coverage(quantiles, quantiles[:, upper] + 1, level).any()
    assert not intervals.coverage(quantiles, quantiles[:, lower] - 1, level).any()
    wider = intervals.coverage(quantiles, outcome, 0.98)
    assert (wider | ~intervals.coverage(quantiles, outcome, level)).all()


def test_coverage_needs_the_ends_among_the_levels() -> None:
    with pytest.raises(ValueError, match=r"levels: found none at 0\.2[01]"):
        intervals.coverage(np.arange(23.0), 3, 0.59)


def test_bias_as_scoringutils_defines_it() -> None:
    quantiles = np.arange(23.0)
    assert intervals.bias(quantiles, -1) == 1
    assert intervals.bias(quantiles, 23) == -1
    assert intervals.bias(quantiles, MEDIAN) == 0
    assert intervals.bias(quantiles, 2) == pytest.approx(1 - 2 * 0.05)
    assert intervals.bias(quantiles, 2.5) == pytest.approx(1 - 2 * 0.05)
    assert intervals.bias(quantiles, 19.5) == pytest.approx(1 - 2 * 0.95)


@given(forecasts())
def test_bias_turns_its_sign_when_the_axis_is_turned(forecast: tuple[Array, Array]) -> None:
    quantiles, outcome = forecast
    bias = intervals.bias(quantiles, outcome)
    turned = intervals.bias(-quantiles[:, ::-1], -outcome)
    np.testing.assert_allclose(turned, -bias, atol=1e-12)
    assert (np.abs(bias) <= 1).all()


@pytest.mark.parametrize(
    "score",
    [
        intervals.pinball,
        intervals.wis,
        intervals.log_wis,
        intervals.wis_parts,
        intervals.bias,
        lambda q, y, *levels: intervals.coverage(q, y, 0.5, *levels),
    ],
)
def test_what_cannot_be_scored_is_refused(score: Callable[..., object]) -> None:
    rising = np.arange(23.0)
    with pytest.raises(ValueError, match="outcome: found NaN"):
        score(rising, np.nan)
    with pytest.raises(ValueError, match="quantiles: found NaN or infinite"):
        score(np.where(rising == 22, np.inf, rising), 1)
    with pytest.raises(ValueError, match="found 22 on the last axis, expected 23"):
        score(rising[:22], 1)
    with pytest.raises(ValueError, match="quantiles and outcome: found shapes"):
        score(np.tile(rising, (3, 1)), np.ones(2))
    with pytest.raises(ValueError, match="expected at least one on the last axis"):
        score(3.0, 1)
    with pytest.raises(ValueError, match="levels: expected rising"):
        score(rising, 1, LEVELS[::-1])


@pytest.mark.parametrize(
    "score", [intervals.wis_parts, intervals.bias, lambda q, y: intervals.coverage(q, y, 0.5)]
)
def test_an_interval_needs_quantiles_that_do_not_cross(score: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="expected rising ones"):
        score(np.arange(23.0)[::-1], 1)


@pytest.mark.parametrize("levels", [[0.25, 0.75], [0.1, 0.5, 0.8]])
def test_the_parts_need_a_median_and_pairs(levels: list[float]) -> None:
    with pytest.raises(ValueError, match="expected the median and pairs"):
        intervals.wis_parts(np.arange(float(len(levels))), 1, levels)
