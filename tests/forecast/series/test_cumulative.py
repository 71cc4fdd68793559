"""Running totals: paths that never fall, and what is done where published ones did."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.series.cumulative import MOST_FALLING, as_counted, falls, rising
from crossings.forecast.series.history import F8, Known


def walk(seed: int, drift: float, members: int = 500, times: int = 20) -> F8:
    steps = np.random.default_rng(seed).normal(drift, 1.0, (members, times))
    return np.asarray(100 + np.cumsum(steps, axis=1))


@given(st.integers(0, 99), st.floats(-0.5, 2), st.floats(80, 120))
def test_no_path_falls_or_lies_below_the_last_figure(seed: int, drift: float, least: float) -> None:
    paths = rising(walk(seed, drift), least)
    assert (np.diff(paths, axis=1) >= 0).all()
    assert (paths >= least).all()


@given(st.integers(0, 99), st.floats(0.2, 2))
def test_each_time_keeps_its_distribution(seed: int, drift: float) -> None:
    draws = np.maximum(walk(seed, drift), 100)
    paths = rising(draws, 100)
    lifted = np.maximum.accumulate(draws, axis=1)  # what is no good
    wanted, got, most = (x[:, -1].mean() for x in (draws, paths, lifted))
    assert wanted - 1e-9 <= got <= wanted + 0.3 * (most - wanted) + 1e-9
    for level in (0.25, 0.5, 0.75, 0.95):
        assert np.quantile(paths[:, -1], level) <= np.quantile(lifted[:, -1], level) + 1e-9


def test_paths_that_rise_by_themselves_stay_as_they_are() -> None:
    paths = np.cumsum(np.abs(walk(1, 0)), axis=1)
    assert np.array_equal(rising(paths, 0), paths)


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=60))
def test_falls_are_those_of_the_last_26_steps(people: list[int]) -> None:
    known = Known(np.arange(len(people)), np.array(people, dtype=float))
    down, steps = falls(known)
    recent = people[-27:]
    assert steps == len(recent) - 1
    assert down == sum(b < a for a, b in itertools.pairwise(recent))


@pytest.mark.parametrize(("figures", "share"), [([5, 9, 8, 12, 15], 0.25), ([9, 8, 7, 6, 5], 0.5)])
def test_as_many_members_may_fall_again_as_figures_did(figures: list[int], share: float) -> None:
    known = Known(np.arange(5), np.array(figures, dtype=float))
    draws = np.full((4000, 3), 1.0)  # all below the last figure
    lowered = (as_counted(draws, known, 1, "camp") < known.people[-1]).any(axis=1)
    assert share <= MOST_FALLING
    assert lowered.mean() == pytest.approx(share, abs=0.03)
