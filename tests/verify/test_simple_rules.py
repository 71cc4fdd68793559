"""Simple rules beside a forecast, against the figures put in by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from crossings.scoring import wis
from crossings.verify.simple_rules import compared, simple_rules
from tests.outlooks import ISSUED, at, claim, outlook, situation

TARGET = "arrived.cumulative"
TIMES = (at(27, 23), at(29, 23))


def test_in_the_first_days_the_rules_start_from_the_last_figure() -> None:
    known = situation().as_of(ISSUED)
    rules = {
        rule.name: rule.quantiles for rule in simple_rules(outlook(), known, TARGET, "all", TIMES)
    }
    assert set(rules) >= {"persistence", "drift"}
    assert (rules["persistence"] == 6650).all()
    first, second = rules["drift"][:, 11]
    slope = (6650 - 1050) / -(at(24, 22) - ISSUED).total_seconds() * 3600
    hours = (TIMES[0] - ISSUED).total_seconds() / 3600
    assert first == pytest.approx(6650 + slope * hours)
    assert second - first == pytest.approx(48 * slope)


def test_a_long_series_is_judged_by_the_rules_for_long_series() -> None:
    start = ISSUED - dt.timedelta(days=60)
    rows = [claim(f"d{i}", 100.0 * i, start + dt.timedelta(days=i)) for i in range(61)]
    known = situation().model_copy(update={"claims": tuple(rows)})
    rules = {
        rule.name: rule.quantiles for rule in simple_rules(outlook(), known, TARGET, "all", TIMES)
    }
    assert set(rules) == {"persistence", "drift", "damped"}
    # A straight line goes on without error, whatever the level.
    assert rules["drift"][0] == pytest.approx(np.full(23, 6200.0))


def test_without_figures_there_is_no_rule_and_without_outcome_no_comparison() -> None:
    known = situation().as_of(ISSUED)
    assert simple_rules(outlook(), known, TARGET, "lori", TIMES) == ()
    assert compared(outlook(), known, known, TARGET, "all") is None


def test_forecast_and_rules_are_scored_on_the_same_days() -> None:
    made, known, later = outlook(), situation().as_of(ISSUED), situation()
    found = compared(made, known, later, TARGET, "all")
    assert found is not None
    assert found.days == 2
    assert found.wis.keys() >= {"forecast", "persistence", "drift"}
    point = [abs(6650 - came) for came in _came()]
    assert found.wis["persistence"] == pytest.approx(np.mean(point))
    own = [float(wis(made.quantiles(TARGET)[i], y)) for i, y in zip((3, 7), _came(), strict=True)]
    assert found.wis["forecast"] == pytest.approx(np.mean(own))
    shifted = dataclasses.replace(made, draws=made.draws + 10**6)
    worse = compared(shifted, known, later, TARGET, "all")
    assert worse is not None
    assert (worse.in50, worse.in90) == (0, 0)


def _came() -> tuple[float, float]:
    """The outcome at the two days' ends, on the straight line between the figures around."""
    hours = [(at(d, 20) - at(26, 20)).total_seconds() / 3600 for d in (26, 28)]
    days = [(at(d, 23) - at(26, 20)).total_seconds() / 3600 + 59 / 60 + 59 / 3600 for d in (26, 27)]
    first, second = np.interp(days, hours, [28120, 76407])
    return float(first), float(second)
