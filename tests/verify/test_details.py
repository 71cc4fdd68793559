"""What a report shows beside scores: made of a small backtest whose answers are known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from crossings.forecast.series.component import Statistical, statistical
from crossings.forecast.series.replay import Issue
from crossings.scoring import QUANTILE_LEVELS
from crossings.verify.backtest import Plan, backtest_one, forecasts_of, tasks_of, truth_of
from crossings.verify.cell_scores import BASELINES, CellScores, score_cells
from crossings.verify.details import details_of
from crossings.verify.misses import MOST, SAME_MISS_DAYS
from tests.forecast.series.crises import crisis, situation

SPREAD = np.linspace(0.8, 1.2, len(QUANTILE_LEVELS))


@pytest.fixture(scope="module")
def made() -> tuple[Statistical, CellScores, list[Issue]]:
    """Invented forecasts: increments say too little, what was learnt is right, the pool between."""
    component = statistical(situation(crisis(1), "one"))
    truth = truth_of(component)
    issues = []
    for day in component.issue_days(7):
        number = (day - dt.date(1970, 1, 1)).days
        cells, last, right = [], [], []
        for place, known in truth.items():
            past = known.until(number)
            for horizon in (7, 14):
                y = float(known.outcomes(np.array([number + horizon]))[0][0])
                if past is not None and np.isfinite(y):
                    cells.append((place, horizon))
                    last.append(float(past.people[-1]))
                    right.append(y)
        if cells:
            learned = np.array(right)[:, None] * SPREAD
            plain = 0.5 * learned
            pool = 0.75 * learned
            weight = np.full(len(cells), 0.25)
            issues.append(Issue(number, tuple(cells), np.array(last), pool, learned, plain, weight))
    return component, score_cells(truth, forecasts_of(issues)), issues


def details(made: tuple[Statistical, CellScores, list[Issue]]) -> dict[str, Any]:
    return dict(details_of(*made))


def test_parts_are_scored_alone(made: tuple[Statistical, CellScores, list[Issue]]) -> None:
    parts = details(made)["parts"]
    assert parts["n"] == len(made[1].keys)
    assert parts["weight_of_increments"] == pytest.approx(0.25)
    assert parts["wis"]["learned"] < parts["wis"]["pool"] < parts["wis"]["increments"]
    assert set(parts["by_horizon"]) == {"7", "14"}
    assert sum(one["n"] for one in parts["by_place"].values()) == parts["n"]


def test_every_baseline_is_compared(made: tuple[Statistical, CellScores, list[Issue]]) -> None:
    found = details(made)
    assert set(found["against"]) == set(BASELINES)
    for one in found["against"].values():
        low, high = one["interval"]
        assert low <= one["relative_wis"] <= high
    assert set(found["held_by_level"]) == {"forecast", *BASELINES}


def test_the_worst_misses_come_first_once_each_with_what_was_known_then(
    made: tuple[Statistical, CellScores, list[Issue]],
) -> None:
    _, cells, _ = made
    rows = details(made)["misses"]
    assert 1 <= len(rows) <= MOST
    assert [row["wis"] for row in rows] == sorted((row["wis"] for row in rows), reverse=True)
    assert rows[0]["wis"] == cells.wis["forecast"].max()
    ends: dict[str, list[dt.date]] = {}
    for row in rows:
        end = dt.date.fromisoformat(row["end"])
        others = ends.setdefault(row["place"], [])
        assert all(abs((end - other).days) > SAME_MISS_DAYS for other in others)
        others.append(end)
        assert row["claims"]
        for claim in row["claims"]:
            assert claim["known_at"][:10] <= row["issued"]
            assert claim["place"] == row["place"]
            assert claim["sources"] == ["office"]
        assert row["claims"][0]["low"] == row["last_figure"]
    assert sum(row["cells"] for row in rows) <= len(cells.keys)


def test_of_several_crises_each_is_also_forecast_by_those_that_had_ended() -> None:
    later = situation(crisis(2, length=120), "two")
    alone, *_ = tasks_of([later], [])
    assert not alone.in_time
    both = list(tasks_of([situation(crisis(1, length=120), "one"), later], []))
    assert all(task.in_time for task in both)
    # The invented crises are of 2012: of the past crises in the package none had ended by then,
    # and the two go on at the same time.
    found = backtest_one(both[0], Plan(every=30)).details["in_time"]
    assert found == {"learnt_from": []}
