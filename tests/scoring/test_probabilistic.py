import numpy as np
import numpy.typing as npt
import pytest
import scoringrules  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossings.scoring import probabilistic
from crossings.scoring.checks import Array

# Few values, so that ties between draws and with the outcome are common.
people = st.integers(0, 30).map(float)


@st.composite
def forecasts(draw: st.DrawFn, cells: int = 3) -> tuple[Array, Array]:
    """Draws (cells, member), 2 to 12 of them, and outcomes (cells,)."""
    members = draw(st.integers(2, 12))
    draws = draw(arrays(float, (cells, members), elements=people))
    return draws, draw(arrays(float, cells, elements=people))


@given(forecasts())
def test_crps_is_that_of_scoringrules(forecast: tuple[Array, Array]) -> None:
    draws, outcome = forecast
    fair = scoringrules.crps_ensemble(outcome, draws, estimator="fair", backend="numpy")
    plain = scoringrules.crps_ensemble(outcome, draws, estimator="nrg", backend="numpy")
    np.testing.assert_allclose(probabilistic.crps(*forecast), fair, atol=1e-9)
    np.testing.assert_allclose(probabilistic.crps(*forecast, fair=False), plain, atol=1e-9)


@given(forecasts(), st.floats(0.01, 1000), st.floats(0, 1e6))
def test_crps_follows_the_unit_and_ignores_the_origin(
    forecast: tuple[Array, Array], scale: float, shift: float
) -> None:
    draws, outcome = forecast
    moved = probabilistic.crps(scale * draws + shift, scale * outcome + shift)
    expected = scale * probabilistic.crps(*forecast)
    np.testing.assert_allclose(moved, expected, rtol=1e-8, atol=1e-6)


@given(people, people, st.integers(1, 9))
def test_the_plain_crps_of_a_point_is_its_absolute_error(
    point: float, outcome: float, members: int
) -> None:
    score = probabilistic.crps(np.full(members, point), outcome, fair=False)
    assert score == pytest.approx(abs(point - outcome))


@given(forecasts(), st.data())
def test_the_order_of_the_draws_does_not_matter(
    forecast: tuple[Array, Array], data: st.DataObject
) -> None:
    draws, outcome = forecast
    shuffled = draws[:, data.draw(st.permutations(range(draws.shape[1])))]
    np.testing.assert_allclose(
        probabilistic.crps(shuffled, outcome), probabilistic.crps(*forecast), atol=1e-9
    )
    np.testing.assert_array_equal(
        probabilistic.bias_of_draws(shuffled, outcome), probabilistic.bias_of_draws(*forecast)
    )
    np.testing.assert_array_equal(
        probabilistic.pit(shuffled, outcome, np.random.default_rng(1)),
        probabilistic.pit(*forecast, np.random.default_rng(1)),
    )


@given(
    arrays(float, 5, elements=st.floats(0.01, 1)),
    arrays(float, 8, elements=st.integers(-2, 7).map(float)),
)
def test_no_draws_beat_the_truth(weights: Array, other: Array) -> None:
    """Propriety on a grid: outcomes are as likely as in an ensemble that holds each so often."""
    times = np.ceil(weights * 5).astype(int)
    truth = np.repeat(np.arange(5.0), times)

    def expected(draws: Array) -> float:
        scores = probabilistic.crps(np.tile(draws, (truth.size, 1)), truth, fair=False)
        return float(scores.mean())

    assert expected(truth) <= expected(other) + 1e-9


def test_the_fair_crps_does_not_depend_on_the_number_of_draws() -> None:
    """Over all pairs of two equally likely values, exactly; the plain one favours many draws."""
    values = np.array([0.0, 10.0])
    outcomes = np.array([0.0, 10.0])

    def expected(members: int, fair: bool) -> float:
        grid = np.stack(np.meshgrid(*[values] * members)).reshape(members, -1).T
        return float(np.mean([probabilistic.crps(grid, y, fair=fair).mean() for y in outcomes]))

    assert expected(2, True) == pytest.approx(expected(5, True))
    assert expected(2, False) > expected(5, False)


@given(forecasts())
def test_bias_of_draws_follows_both_forms_of_scoringutils(forecast: tuple[Array, Array]) -> None:
    draws, outcome = forecast
    y = outcome[:, np.newaxis]
    whole = 1 - ((draws <= y).mean(axis=1) + (draws <= y - 1).mean(axis=1))
    np.testing.assert_allclose(probabilistic.bias_of_draws(draws, outcome), whole, atol=1e-12)
    between = outcome + 0.5
    continuous = 1 - 2 * (draws <= between[:, np.newaxis]).mean(axis=1)
    np.testing.assert_allclose(probabilistic.bias_of_draws(draws, between), continuous, atol=1e-12)


def pit_range(draws: Array, outcome: float) -> tuple[float, float]:
    """The lowest and highest PIT that luck can give, from the results of two known uniforms."""
    uniforms = [float(np.random.default_rng(seed).random()) for seed in (0, 1)]
    results = [
        float(probabilistic.pit(draws, outcome, np.random.default_rng(seed))) for seed in (0, 1)
    ]
    width = (results[1] - results[0]) / (uniforms[1] - uniforms[0])
    low = results[0] - width * uniforms[0]
    return low, low + width


@given(arrays(float, st.integers(2, 10), elements=people))
def test_pit_is_exactly_uniform_when_the_outcome_could_be_any_of_the_draws(values: Array) -> None:
    """Each value in turn is the outcome: the ranges of its PIT cover 0 to 1 evenly."""
    ranges = [pit_range(np.delete(values, i), values[i]) for i in range(values.size)]
    for edge in np.linspace(0, 1, 11):
        below = np.mean([np.clip((edge - low) / (high - low), 0, 1) for low, high in ranges])
        assert below == pytest.approx(edge, abs=1e-9)


def test_pit_of_counts_tends_to_that_of_czado_and_others() -> None:
    draws = np.repeat([0.0, 1.0, 2.0], [2000, 5000, 3000])
    assert pit_range(draws, 1) == pytest.approx((0.2, 0.7), abs=1e-3)


@given(arrays(float, 5, elements=st.floats(0, 1)), arrays(int, 5, elements=st.integers(0, 1)))
def test_brier_is_that_of_scoringrules(probability: Array, outcome: npt.NDArray[np.int64]) -> None:
    theirs = scoringrules.brier_score(outcome, probability, backend="numpy")
    np.testing.assert_allclose(probabilistic.brier(probability, outcome), theirs, atol=1e-12)


@given(st.integers(0, 20), st.floats(0, 1))
def test_the_probability_that_is_right_scores_best(often: int, other: float) -> None:
    outcomes = np.arange(20) < often

    def expected(probability: float) -> float:
        return float(probabilistic.brier(probability, outcomes).mean())

    assert expected(often / 20) <= expected(other) + 1e-12


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 2 or more if fair"):
        probabilistic.crps([1.0], 1.0)
    with pytest.raises(ValueError, match="outcome: found NaN"):
        probabilistic.bias_of_draws([1.0, 2.0], np.nan)
    with pytest.raises(ValueError, match="draws and outcome: found shapes"):
        probabilistic.pit(np.ones((2, 3)), np.ones(3), np.random.default_rng(0))
    with pytest.raises(ValueError, match="probability: expected numbers from 0 to 1"):
        probabilistic.brier(1.2, 1)
    with pytest.raises(ValueError, match="outcome: expected 0 or 1"):
        probabilistic.brier(0.2, 0.5)
