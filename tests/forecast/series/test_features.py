from __future__ import annotations

import numpy as np
import pytest

from crossings.forecast.series.features import FEATURES, State, features, states
from crossings.forecast.series.history import Known, Series
from crossings.forecast.series.simple import simple_quantiles
from tests.forecast.series.crises import DAY0, crisis

CELLS = [("camp-1-0", 7), ("camp-1-1", 30), ("camp-1-2", 14)]


def at(series: dict[str, Series], day: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    now = states(series, day)
    simple = [simple_quantiles(now[place].known, day, place, h) for place, h in CELLS]
    return features(now, {p: one.country for p, one in series.items()}, CELLS, simple).x


def test_every_column_has_its_name() -> None:
    x = at(crisis(1), DAY0 + 100)
    assert x.shape == (len(CELLS), len(FEATURES))
    assert np.isfinite(x).all()


def test_nothing_public_later_touches_them() -> None:
    series = crisis(1)
    changed = {
        p: Series(p, s.country, s.days, np.where(s.public > DAY0 + 100, 1e6, s.people), s.public)
        for p, s in series.items()
    }
    assert np.array_equal(at(series, DAY0 + 100), at(changed, DAY0 + 100))


def test_the_drift_of_a_straight_line_is_its_slope() -> None:
    days = DAY0 + np.arange(100)
    people = 50.0 * np.arange(100, dtype=np.float64)
    line = {place: Series(place, "", days, people, days) for place, _ in CELLS}
    state = states(line, DAY0 + 80)["camp-1-0"]
    assert state.rates == pytest.approx([50.0] * 4)
    assert state.paces == pytest.approx([50.0] * 4)
    assert state.values["unsteady"] == pytest.approx(0, abs=1e-9)
    assert state.gap == 0


def test_one_figure_has_no_state() -> None:
    with pytest.raises(ValueError, match="1 figures"):
        State(Known(np.array([3]), np.array([10.0])), 5)
    assert states({"x": crisis(1)["camp-1-0"]}, DAY0) == {}


def test_landmarks_are_those_of_the_figures() -> None:
    days = np.array([0, 30, 50, 100, 110])
    state = State(Known(days, np.array([50.0, 900.0, 700.0, 1000.0, 800.0])), 115)
    found = state.values
    assert found["figures"] == 5
    assert found["below_high"] == 200
    assert found["above_low"] == 100
    assert (found["largest_move"], found["since_largest"]) == (850, 80)
    assert found["previous_rate"] == pytest.approx(300 / 50)


def test_what_the_simple_rules_say_is_told_in_units_of_the_pace() -> None:
    days = DAY0 + np.arange(101)
    people = 50.0 * np.arange(101, dtype=np.float64)
    known = Known(days, people)
    now = {"camp": State(known, int(days[-1]))}
    simple = simple_quantiles(known, int(days[-1]), "camp", 14)
    told = features(now, {}, [("camp", 14), ("camp", 14)], [simple, None])
    column = [FEATURES.index(f"increments_{level}") for level in ("05", "50", "95")]
    # Steady increments go on by 14 times 50 people, of a scale of 14 times 50 and the floor.
    change = 14 * 50 / told.recent_scale[0]
    assert told.x[0, column] == pytest.approx([np.log1p(4 * change)] * 3)
    assert (told.x[1, column] == 0).all()
