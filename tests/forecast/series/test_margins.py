"""Ranges where nothing tells a pace: one figure, or nobody so far."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.series.history import Known
from crossings.forecast.series.margins import left_open, nobody_yet, unknown_pace
from crossings.forecast.series.pool import LEVELS


@given(st.floats(0, 1))
def test_nobody_comes_as_often_as_the_odds_say(chance: float) -> None:
    q = nobody_yet(np.array([chance]))[0]
    assert (np.diff(q) >= 0).all()
    assert ((q > 0) == (LEVELS - (1 - max(chance, 1e-9)) > 0)).all()
    assert (q[q > 0] >= 100).all()


@given(st.floats(0, 0.5), st.floats(0, 0.5))
def test_better_odds_bring_no_fewer(one: float, more: float) -> None:
    q = nobody_yet(np.array([one, one + more]))
    assert (q[1] >= q[0] - 1e-6 * q[0]).all()


@given(st.integers(0, 400), st.floats(0.1, 200))
def test_the_longer_nobody_came_the_less_is_open(days: int, lead: float) -> None:
    known, longer = (
        Known(np.array([0, n]) if n else np.array([0]), np.zeros(2 if n else 1))
        for n in (days, days + 50)
    )
    chance, less = (float(left_open(k, np.array([lead]))[0]) for k in (known, longer))
    assert 0 < less < chance < 1
    assert float(left_open(known, np.array([2 * lead]))[0]) > chance


@given(st.floats(0, 1e6), st.floats(0, 100))
def test_one_figure_is_spanned_or_the_least_where_counts_rise(last: float, lead: float) -> None:
    around, above = (unknown_pace(last, np.array([lead]), rising)[0] for rising in (False, True))
    assert (np.diff(around) >= 0).all()
    assert around[11] == np.float64(last) or abs(around[11] - last) < 1e-6 * (last + 1)
    assert (above >= last - 1e-6 * (last + 1)).all()
    assert above[-1] >= around[-1]
