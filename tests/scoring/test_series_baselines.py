import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.scoring.checks import Array
from crossings.scoring.series_baselines import (
    DailySeries,
    automatic_ets,
    damped_drift,
    drift,
    increments,
    persistence_with_spread,
    random_walk,
)

SERIES_SCORER = Path(__file__).parents[3] / "shared" / "tools" / "score_forecast.py"

HORIZON = 7


@st.composite
def published(draw: st.DrawFn, shortest_gap: int = 1) -> tuple[Array, Array]:
    """Days and figures of a series, steady, jumping or falling."""
    days = np.cumsum(draw(st.lists(st.integers(shortest_gap, 12), min_size=3, max_size=20)))
    people = draw(st.lists(st.integers(0, 500_000), min_size=days.size, max_size=days.size))
    return days, np.array(people, dtype=float)


def every_baseline(series: DailySeries, horizon: int = HORIZON, seed: int = 1) -> dict[str, Array]:
    return {
        "persistence": persistence_with_spread(series, horizon),
        "drift": drift(series, horizon),
        "damped": damped_drift(series, horizon),
        "increments": increments(series, horizon, np.random.default_rng(seed)),
    }


def line(days: int, rate: float, start: float = 0.0) -> DailySeries:
    return DailySeries.from_figures(np.arange(days), start + rate * np.arange(days), days - 1)


@given(published(shortest_gap=5), st.integers(0, 9))
def test_every_baseline_gives_rising_quantiles_of_a_count(
    figures: tuple[Array, Array], stale: int
) -> None:
    days, people = figures
    series = DailySeries.from_figures(days, people, int(days[-1]) + 20 + stale)
    for quantiles in every_baseline(series).values():
        assert quantiles.shape == (23,)
        assert (quantiles >= 0).all()
        assert (np.diff(quantiles) >= 0).all()


@given(published(), st.integers(1, 60), st.integers(0, 500_000))
def test_figures_after_the_issue_day_change_nothing(
    figures: tuple[Array, Array], later: int, people: int
) -> None:
    days, values = figures
    issue = int(days[-1])
    extended = DailySeries.from_figures([*days, issue + later], [*values, people], issue)
    known = DailySeries.from_figures(days, values, issue)
    np.testing.assert_array_equal(extended.people, known.people)
    assert (extended.figures, extended.age) == (known.figures, known.age)


@given(st.integers(0, 1000), st.integers(0, 10_000), st.sampled_from([7, 14]))
def test_a_straight_line_goes_on(rate: float, start: float, horizon: int) -> None:
    series = line(90, rate, start)
    quantiles = every_baseline(series, horizon)
    ahead = series.people[-1] + rate * horizon
    np.testing.assert_allclose(quantiles["drift"], ahead, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(quantiles["increments"], ahead, rtol=1e-9, atol=1e-6)
    assert quantiles["persistence"][[0, 11, -1]] == pytest.approx(
        [max(0, series.people[-1] - rate * horizon), series.people[-1], ahead]
    )


def test_a_damped_drift_stays_behind_by_what_it_lost_before() -> None:
    # On a line every past error is the same, so that its own errors put the damped slope right.
    assert damped_drift(line(90, 10), HORIZON) == pytest.approx(np.full(23, 890 + 70))
    # Two days of growth after a long standstill: most past errors are 0, the median is the slope.
    people = np.concatenate([np.full(88, 100.0), [130.0, 160.0]])
    series = DailySeries.from_figures(np.arange(90), people, 89)
    expected = 160 + 2 * sum(0.97**day for day in range(1, HORIZON + 1))
    assert damped_drift(series, HORIZON)[11] == pytest.approx(expected)


def test_the_same_seed_gives_the_same_weeks() -> None:
    people = np.cumsum(np.random.default_rng(0).integers(0, 900, 90))
    series = DailySeries.from_figures(np.arange(90), people, 89)
    first, again, other = (every_baseline(series, seed=seed)["increments"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize(
    ("days", "issue", "carries"),
    [
        ([0, 10, 25], 25, True),
        ([0, 25], 25, False),
        ([0, 10, 24], 24, False),
        ([0, 10, 30], 61, True),
        ([0, 10, 30], 62, False),
    ],
    ids=["enough", "two figures", "four past errors", "31 days old", "32 days old"],
)
def test_too_little_past_is_said(days: list[int], issue: int, carries: bool) -> None:
    series = DailySeries.from_figures(days, np.ones(len(days)), issue)
    assert series.carries(HORIZON) == carries
    if not carries:
        for baseline in (persistence_with_spread, drift, damped_drift):
            with pytest.raises(ValueError, match="too little past for a horizon of 7 d"):
                baseline(series, HORIZON)
        with pytest.raises(ValueError, match="too little past for a horizon of 7 d"):
            increments(series, HORIZON, np.random.default_rng(0))


def test_numbers_without_meaning_are_refused() -> None:
    with pytest.raises(ValueError, match="found no figure up to day 3"):
        DailySeries.from_figures([4, 5], [1, 2], 3)
    with pytest.raises(ValueError, match="expected as many as figures, rising"):
        DailySeries.from_figures([4, 4], [1, 2], 5)
    with pytest.raises(ValueError, match="expected whole days"):
        DailySeries.from_figures([4.5], [1], 5)
    with pytest.raises(ValueError, match="horizon: found 0 d"):
        drift(line(90, 1), 0)


def a_year_of_figures(seed: int) -> tuple[Array, Array]:
    """Up to 60 figures over up to two years: quiet weeks, surges and corrections downwards."""
    rng = np.random.default_rng(seed)
    days = 1000 + np.cumsum(rng.integers(1, 14, rng.integers(3, 61)))
    changes = rng.poisson(300, days.size) * rng.choice([0, 1, 1, 30, -2], days.size)
    return days.astype(float), np.maximum(20_000.0 + np.cumsum(changes), 0)


@pytest.mark.skipif(not SERIES_SCORER.exists(), reason="the outside series scorer is not beside us")
@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.sampled_from([1, 7, 14, 30]))
def test_the_outside_series_scorer_gets_the_same_numbers(
    seed: int, stale: int, horizon: int
) -> None:
    days, people = a_year_of_figures(seed)
    issue = int(days[-1]) + stale
    baselines = runpy.run_path(str(SERIES_SCORER))["baselines"]
    theirs = baselines(days, people, issue, horizon, np.random.default_rng(seed))
    series = DailySeries.from_figures(days, people, issue)
    assert series.carries(horizon) == (theirs is not None)
    if theirs is not None:
        ours = every_baseline(series, horizon, seed)
        assert ours.keys() == theirs.keys()
        for name, quantiles in theirs.items():
            np.testing.assert_allclose(ours[name], quantiles, rtol=0, atol=1e-6)


def test_a_year_with_one_surge_gives_the_numbers_of_the_outside_scorer() -> None:
    """As above for one series whose results are written down, where that scorer is not at hand."""
    days = np.arange(0, 365, 5)
    people = 1000.0 + 40 * days + 900 * np.maximum(days - 340, 0) - 3000 * (days > 200)
    series = DailySeries.from_figures(days, people, 362)
    shown = {
        name: quantiles[[2, 11, 20]].round(2).tolist()
        for name, quantiles in every_baseline(series).items()
    }
    assert shown == {
        "persistence": [25987.0, 30400.0, 34813.0],
        "drift": [34198.33, 34861.33, 39554.83],
        "damped": [33708.96, 34388.58, 39263.71],
        "increments": [30680.0, 30680.0, 36980.0],
    }


def test_the_random_walk_of_a_walk_holds_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    held = []
    for _ in range(400):
        walk = 10_000 + np.cumsum(rng.normal(0, 20, 140))
        series = DailySeries(walk[:120], 120, 0)
        quantiles = random_walk(series, 20)
        held.append(quantiles[2] <= walk[139] <= quantiles[20])
    assert 0.85 <= np.mean(held) <= 0.95


@pytest.mark.parametrize("slope", [0.0, 40.0])
def test_automatic_ets_follows_a_trend_and_stands_still_without_one(slope: float) -> None:
    pytest.importorskip("statsmodels")
    rng = np.random.default_rng(1)
    people = 5000 + slope * np.arange(150) + rng.normal(0, 5, 150)
    series = DailySeries(people, 150, 0)
    quantiles = automatic_ets(series, 14)
    assert quantiles[11] == pytest.approx(5000 + slope * 163, abs=60)
    assert (np.diff(quantiles) >= 0).all()


def test_automatic_ets_of_a_series_that_stood_still_is_that_figure() -> None:
    pytest.importorskip("statsmodels")
    series = DailySeries(np.full(100, 730.0), 30, 2)
    assert (automatic_ets(series, 7) == 730).all()
