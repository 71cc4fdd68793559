"""A figure that has stood still is not sure to stand for ever."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.forecast.series.features import FEATURES, TYPICAL_LEAD
from crossings.forecast.series.history import Series
from crossings.forecast.series.library import bundled_crises, chosen, models
from crossings.forecast.series.pool import LEVELS
from crossings.forecast.series.replay import Issue, replay
from crossings.forecast.series.rows import Rows
from crossings.forecast.series.still import Still, stood
from tests.forecast.series.crises import DAY0

LEARNT = Rows.joined([one.rows for one in bundled_crises()])


def cells(since: float, ahead: float, count: int = 1) -> np.ndarray:
    x = np.zeros((count, len(FEATURES)))
    x[:, FEATURES.index("since_move")] = np.log1p(since)
    x[:, FEATURES.index("lead")] = np.log(ahead / TYPICAL_LEAD)
    return x


@pytest.mark.parametrize("left_out", [one.name for one in bundled_crises()])
def test_whichever_crisis_is_left_out_most_still_figures_moved_in_a_fortnight(
    left_out: str,
) -> None:
    rows = Rows.joined([one.rows for one in bundled_crises() if one.name != left_out])
    q = Still(rows).quantiles(cells(30, 14), np.array([10_000.0]), LEVELS)[0]
    assert (np.diff(q) >= 0).all()
    assert q[20] - q[2] > 300
    assert abs(q[11] - 10_000) < 500


@settings(max_examples=20)
@given(st.floats(1, 300), st.floats(1, 60), st.floats(100, 1e6), st.floats(2, 50))
def test_it_is_scale_free(since: float, ahead: float, last: float, factor: float) -> None:
    still, x = Still(LEARNT), cells(since, ahead)
    one = still.quantiles(x, np.array([last]), LEVELS)
    many = still.quantiles(x, np.array([factor * last]), LEVELS)
    assert np.allclose(many, factor * one, rtol=1e-9)


def test_what_moved_on_the_last_day_has_not_stood() -> None:
    assert stood(cells(0, 14)).tolist() == [False]
    assert stood(cells(7, 14)).tolist() == [True]


def issued(people: float, length: int, step: int, slope: float = 0.0) -> Issue:
    days = DAY0 + np.arange(0, length, step)
    return at_end(days, np.rint(people + slope * (days - DAY0)))


def at_end(days: np.ndarray, figures: np.ndarray) -> Issue:
    """The forecast a fortnight ahead on the day of the last figure."""
    series = {"camp": Series("camp", "AAA", days, figures, days)}
    return next(iter(replay(series, models(chosen(series)), {int(days[-1]): (14,)})))


@settings(max_examples=8, deadline=None)
@given(st.integers(500, 200_000), st.integers(70, 200), st.sampled_from([1, 3, 7]))
def test_the_90_percent_range_of_a_repeated_figure_has_a_width(
    people: int, length: int, step: int
) -> None:
    issue = issued(people, length, step)
    learned = issue.plain[0]
    assert learned[20] - learned[2] > 0.005 * people
    width = issue.quantiles[0, 20] - issue.quantiles[0, 2]
    assert width >= 0.005 * people
