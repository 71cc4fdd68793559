from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.published import Last, of_all, published
from crossings.forecast.timeline import Grid

START = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
GRID = Grid(START, 1.0, 24, 72)
MEMBERS = 200


def figure(value: float, hours: float, estimate: bool = False, name: str = "f") -> Last:
    return Last(name, value, START + dt.timedelta(hours=hours), estimate)


def paths(level: float, seed: int = 1) -> npt.NDArray[np.float64]:
    """Rising counts of which about ``level`` have come after a day."""
    rng = np.random.default_rng(seed)
    steps = rng.gamma(2.0, level / 48.0, (MEMBERS, GRID.steps))
    return np.asarray(np.round(np.cumsum(steps, axis=1)))


@given(
    st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 24), st.booleans(), st.floats(0.0001, 0.4)
)
def test_published_counts_never_fall_nor_below_the_last_figure(
    level: float, value: float, hours: float, estimate: bool, spread: float
) -> None:
    last = figure(value, hours, estimate)
    out = published(paths(level), last, np.full(MEMBERS, spread), GRID, 1, "all")
    assert out.dtype == np.int64
    assert (np.diff(out, axis=1) >= 0).all()
    assert out.min() >= 0
    after = out[:, GRID.known - 1 :]
    assert (after >= np.round(value)).all()


def test_without_a_figure_the_simulated_people_are_published() -> None:
    simulated = paths(5000)
    assert (published(simulated, None, np.full(MEMBERS, 0.1), GRID, 1, "all") == simulated).all()


def test_the_error_of_the_last_figure_runs_on_and_fades() -> None:
    simulated = paths(10_000)
    spread = np.full(MEMBERS, 0.05)
    high = 1.05 * float(np.median(simulated[:, 23]))
    out = published(simulated, figure(high, 24), spread, GRID, 1, "all")
    excess = np.median(out - simulated, axis=0)
    assert excess[24] == pytest.approx(high - np.median(simulated[:, 23]), rel=0.3)
    assert abs(excess[71]) < 0.5 * excess[24] + 300


def test_members_that_the_figure_left_behind_are_in_two_minds() -> None:
    simulated = paths(1000)
    out = published(simulated, figure(100_000, 24), np.full(MEMBERS, 0.01), GRID, 1, "all")
    end = out[:, -1]
    still = float((end == 100_000).mean())
    assert 0.35 < still < 0.65
    # Those that follow it have a flow scaled up by no more than fifty times.
    gained = (simulated[:, -1] - simulated[:, 23]).max()
    assert 100_000 < end.max() < 100_000 + 51 * gained + 20_000


figures = st.builds(
    figure, st.integers(0, 10_000).map(float), st.integers(0, 20).map(float), st.just(False)
)


@given(st.dictionaries(st.integers(0, 3), figures))
def test_the_newest_count_of_all_is_the_gates_or_a_total(latest: dict[int, Last]) -> None:
    found = of_all(latest, 3)
    parts = [latest[g] for g in range(3) if g in latest]
    assert list(found) == parts or found == (latest.get(3),)
    if 3 in latest and parts and max(p.as_of for p in parts) < latest[3].as_of:
        assert found == (latest[3],)
    if 3 in latest and len(parts) == 3 and min(p.as_of for p in parts) >= latest[3].as_of:
        assert list(found) == parts
    assert bool(found) == bool(latest)


def test_of_one_gate_and_all_the_newer_figure_counts() -> None:
    old, new = figure(900, 1, name="old"), figure(800, 2, name="new")
    assert of_all({0: old, 1: new}, 1) == of_all({0: new, 1: old}, 1) == (new,)
