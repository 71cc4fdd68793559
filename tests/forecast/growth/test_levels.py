"""Published series read off the observations, and the pace of their last days."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.corridors import corridors
from crossings.forecast.growth.levels import Level, Series, pace, published_series
from crossings.situation.records import Claim, Event, Situation
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


@given(st.floats(0.1, 4), st.floats(0.1, 20), st.integers(2, 8))
def test_the_clock_stands_still_while_no_way_is_open(
    before: float, shut: float, figures: int
) -> None:
    """A spell in which nobody can come, with figures that stand still, changes no pace."""
    free = series(*(1000.0 * (i + 1) for i in range(figures)))
    begin, spell = START + dt.timedelta(days=before), dt.timedelta(days=shut)
    level = float(np.interp(before, range(figures + 1), [1000.0 * i for i in range(figures + 1)]))
    later = [x if x.as_of <= begin else Level(x.as_of + spell, x.value, True) for x in free.levels]
    still = [Level(begin + part * spell, level, True) for part in (0.2, 0.9)]
    stopped = Series(START, tuple(sorted([*later, *still])), ((begin, begin + spell),))
    known = pace(stopped)
    if before < figures:
        assert known.age == pytest.approx(pace(free).age)
        assert known.short == pytest.approx(pace(free).short, rel=1e-6)
        assert known.long == pytest.approx(pace(free).long, rel=1e-6)
    end = begin + spell
    assert stopped.open_days(begin, end) == pytest.approx(0, abs=1e-9)


def test_spells_count_where_every_way_was_shut_and_opened_again() -> None:
    def act(kind: str, place: str, hours: float) -> Event:
        row = {"id": f"{kind}-{place}-{hours}", "kind": kind, "place": place}
        return Event.model_validate(row | {"time": at(hours), "known_at": at(hours)})

    figures = [claim(f"c{h}", 40.0 * h, h) for h in (20, 44, 68, 92)]
    shut = (act("closure", "east", 30), act("closure", "west", 50), act("opening", "east", 60))
    for known, spells in (
        (two_gates(*figures), ((at(50), at(60)),)),
        (one_gate(*figures), ()),
    ):
        told_of = told(known.model_copy(update={"events": shut}))
        assert {one.shut for one in told_of.values()} == {spells}
