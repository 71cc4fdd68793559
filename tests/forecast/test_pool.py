"""The pool: whole people that fit together, and members of either component."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.forecast.corridors import Corridors, Gate
from crossings.forecast.growth.levels import Level, Series
from crossings.forecast.learned import coefficients
from crossings.forecast.pool import WEIGHT, Growth, grow, pooled
from crossings.forecast.timeline import Grid
from tests.forecast.border import START, at, one_gate

MEMBERS = 300
GRID = Grid(START, 6.0, 20, 60)
LEARNED = coefficients("growth", one_gate())
I8 = npt.NDArray[np.int64]


def shape(gates: int) -> Corridors:
    names = [f"gate-{g}" for g in range(gates)]
    return Corridors(frozenset(), tuple(Gate(n, (n,), (n,), frozenset({n})) for n in names))


def simulated(gates: int, daily: int = 400) -> I8:
    """A mechanistic component in which every gate has a steady flow of its own."""
    rng = np.random.default_rng(3)
    steps = rng.poisson(daily / 4, (MEMBERS, GRID.steps, gates))
    each = np.cumsum(steps, axis=1)
    return np.concatenate([each, each.sum(axis=2, keepdims=True)], axis=2)


def one(*figures: tuple[float, float], estimate: bool = True) -> Series:
    return Series(START, tuple(Level(at(h), v, estimate) for h, v in figures))


def growth(series: dict[int, Series]) -> Growth:
    return Growth(LEARNED, series, np.full(MEMBERS, 1e7))


@st.composite
def told(draw: st.DrawFn) -> tuple[int, dict[int, Series]]:
    gates = draw(st.integers(1, 3))
    numbers = draw(st.sets(st.integers(0, gates)).filter(bool)) if gates > 1 else {1}
    found = {}
    for number in sorted(numbers):
        hours = sorted(draw(st.sets(st.integers(1, 119), min_size=1, max_size=4)))
        values = np.cumsum(draw(st.lists(st.integers(1, 50_000), min_size=4, max_size=4)))
        found[number] = one(*((float(h), float(v)) for h, v in zip(hours, values, strict=False)))
    return gates, found


@settings(max_examples=40, deadline=None)
@given(told())
def test_counts_fit_together_whatever_is_told(case: tuple[int, dict[int, Series]]) -> None:
    gates, series = case
    before = simulated(gates)
    for people in (
        grow(before, growth(series), shape(gates), GRID, 1),
        pooled(before, growth(series), shape(gates), GRID, 1),
    ):
        assert people.dtype == np.int64
        assert people.min() >= 0
        assert np.diff(people[:, 20:], axis=1).min() >= 0
        assert (people[:, :, -1] >= people[:, :, :-1].max(axis=2)).all()
    grown = grow(before, growth(series), shape(gates), GRID, 1)
    for number, s in series.items():
        if number < gates or gates == 1:
            assert (grown[:, -1, number] >= round(s.last.value)).all()


def test_each_member_is_of_one_component_as_the_weight_says() -> None:
    before = simulated(1)
    series = {1: one((100.0, 2000.0), (119.0, 3000.0))}
    made = pooled(before, growth(series), shape(1), GRID, 1)
    same = (made == before).all(axis=(1, 2))
    assert 1 - same.mean() == pytest.approx(WEIGHT["estimate"], abs=0.08)


def test_the_order_of_members_by_arrivals_is_kept() -> None:
    before = simulated(1)
    series = {1: one((100.0, 2000.0), (119.0, 3000.0))}
    made = pooled(before, growth(series), shape(1), GRID, 1)
    other = (made != before).any(axis=(1, 2))
    order = np.argsort(before[other, -1, -1], kind="stable")
    assert (np.diff(made[other, -1, -1][order]) >= 0).all()


def test_without_a_figure_nothing_is_pooled() -> None:
    before = simulated(2)
    assert (pooled(before, growth({}), shape(2), GRID, 1) == before).all()


def test_a_newer_total_is_divided_among_the_gates() -> None:
    series = {
        0: one((40.0, 3000.0)),
        1: one((40.0, 1000.0)),
        2: one((40.0, 4000.0), (119.0, 8000.0)),
    }
    people = grow(simulated(2), growth(series), shape(2), GRID, 1)
    assert (people[:, 20, 0] >= 6000).all()
    assert (people[:, 20, 1] >= 2000).all()
    assert (people[:, 20, 2] >= 8000).all()
