"""Continuations of published series: never falling, scale free, bounded, wider with time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.forecast.growth.component import NAMES, continuations, noises
from crossings.forecast.growth.levels import Pace
from crossings.forecast.learned import coefficients
from tests.forecast.border import one_gate

F8 = npt.NDArray[np.float64]
COEFFICIENTS = coefficients("growth", one_gate()).values
DAYS = np.arange(1.0, 15.0)
MEMBERS = 400
QUIET = dict.fromkeys(("spread_below", "spread_above", "drift", "level", "decline"), 0.0) | {
    "floor": -30.0
}
NO_END = np.full(MEMBERS, 1e12)


def draw(pace: Pace, at_risk: F8 = NO_END, changed: dict[str, float] | None = None) -> F8:
    drawn = noises(1, "here", MEMBERS, DAYS.size)
    return continuations(pace, COEFFICIENTS | (changed or {}), drawn, DAYS, at_risk)


paces = st.builds(
    Pace,
    st.floats(300, 1e6),
    st.floats(0, 1e5),
    st.floats(0, 1e5),
    st.floats(0.25, 60),
    st.booleans(),
)


@settings(max_examples=30, deadline=None)
@given(paces)
def test_figures_never_fall_nor_below_the_last(pace: Pace) -> None:
    people = draw(pace)
    assert np.isfinite(people).all()
    assert people.min() >= pace.last
    assert np.diff(people, axis=1).min() >= 0


@settings(max_examples=30, deadline=None)
@given(paces, st.floats(0.1, 100))
def test_twice_the_people_twice_the_range(pace: Pace, scale: float) -> None:
    larger = pace._replace(last=scale * pace.last, short=scale * pace.short, long=scale * pace.long)
    np.testing.assert_allclose(draw(larger, scale * NO_END), scale * draw(pace), rtol=1e-3)


@settings(max_examples=30, deadline=None)
@given(paces, st.floats(1.1, 10))
def test_nobody_is_forecast_who_is_not_at_risk(pace: Pace, more: float) -> None:
    most = np.full(MEMBERS, more * pace.last)
    slow = pace._replace(short=0.1 * pace.last, long=0.1 * pace.last)
    assert (draw(slow, most)[:, -1] <= 2.5 * most).all()
    assert draw(slow, most).mean() <= draw(slow).mean()


def test_without_noise_an_even_pace_goes_on_evenly() -> None:
    people = draw(Pace(1000.0, 50.0, 50.0, 9.0, False), changed=QUIET)
    np.testing.assert_allclose(people, np.broadcast_to(1000 + 50 * DAYS, people.shape), rtol=1e-6)


def test_head_counts_are_not_recounted() -> None:
    still = {"last": 5000.0, "short": 0.0, "long": 0.0, "age": 9.0}
    counted = draw(Pace(**still, estimate=False), changed=QUIET)
    estimated = draw(Pace(**still, estimate=True), changed=QUIET)
    assert counted.max() < 5000.01
    jumped = (estimated[:, -1] > 5000.01).mean()
    assert jumped == pytest.approx(
        1 - np.exp(-DAYS[-1] * np.exp(COEFFICIENTS["recount_rate"])), abs=0.06
    )


def test_the_series_of_a_crisis_share_their_luck_in_part() -> None:
    one, other = (noises(1, name, 4000, 1).lasting for name in ("east", "west"))
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0.6, abs=0.05)
    assert one.std() == pytest.approx(1.0, abs=0.05)


def test_coefficients_have_the_names_of_the_kernel() -> None:
    assert set(COEFFICIENTS) == set(NAMES)
