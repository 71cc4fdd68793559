"""Published series read off the observations, and the pace of their last days."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.corridors import corridors
from crossings.forecast.growth.levels import Level, Series, pace, published_series
from crossings.situation.records import Claim, Situation
from tests.forecast import border
from tests.forecast.border import START, at, claim, evidence, one_gate, two_gates


def series(*people: float, every: float = 24.0, estimate: bool = True) -> Series:
    """Figures at equal distances from the start, the first one such distance after it."""
    levels = [Level(at(every * (i + 1)), value, estimate) for i, value in enumerate(people)]
    return Series(START, tuple(levels))


def told(known: Situation) -> dict[int, Series]:
    return published_series(evidence(known), known, corridors(known), border.ISSUED)


@given(st.floats(1.0, 1e6), st.integers(4, 12))
def test_an_even_rise_has_its_own_pace(daily: float, days: int) -> None:
    found = pace(series(*(daily * (i + 1) for i in range(days))))
    assert found.short == pytest.approx(daily)
    assert found.long == pytest.approx(daily)
    assert found.age == days


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=8), st.floats(0.01, 100.0))
def test_a_pace_is_never_negative_and_scales_with_the_figures(
    people: list[float], scale: float
) -> None:
    one, other = pace(series(*people)), pace(series(*(scale * p for p in people)))
    assert one.short >= 0
    assert one.long >= 0
    np.testing.assert_allclose(
        [other.last, other.short, other.long],
        [scale * one.last, scale * one.short, scale * one.long],
        atol=1e-6,
    )


def test_an_office_that_says_at_least_gives_a_level_and_a_witness_none() -> None:
    known = one_gate(
        claim("office", 4000, 100, high=None, qualifier="at_least", basis="estimate"),
        claim("witness", 9000, 110, high=None, basis="eyewitness"),
        claim("most", 90_000, 110, low=None),
        claim("flow", 700, 110, counting="flow"),
    )
    (only,) = told(known).values()
    assert [(level.value, level.estimate) for level in only.levels] == [(4000.0, True)]


def test_the_total_goes_on_with_the_sums_of_the_gates() -> None:
    known = two_gates(
        claim("all", 1000, 5, place="all"),
        claim("east", 900, 90, place="east"),
        claim("west", 800, 100, place="west"),
    )
    found = told(known)
    assert [level.value for level in found[2].levels] == [1000.0, 1700.0]
    assert found[2].last.as_of == at(100)
    assert [found[g].last.value for g in (0, 1)] == [900.0, 800.0]


@given(border.claims(("home", "bridge", "hall", "north")))
def test_any_claims_give_series_in_the_order_of_time(said: tuple[Claim, ...]) -> None:
    for one in told(one_gate(*said)).values():
        times = [level.as_of for level in one.levels]
        assert times == sorted(set(times))
        assert one.start < times[0]
        assert times[-1] <= border.ISSUED
        assert times[0] - one.start <= dt.timedelta(days=21)
        assert all(level.value > 0 for level in one.levels)
