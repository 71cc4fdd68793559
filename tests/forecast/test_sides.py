"""Sources that are far apart are told, whatever the range does."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import crossings as cx
from crossings.forecast.issue import forecast
from crossings.forecast.series.component import statistical
from crossings.forecast.sides import sides
from crossings.forecast.what_if import what_if
from crossings.situation.records import Claim
from tests.forecast.border import ISSUED, claim, one_gate
from tests.forecast.series.test_series_outlook import one_place

TARGET = "arrived.cumulative"


def told(*claims: Claim) -> tuple[str, ...]:
    found = sides(one_gate(*claims), ISSUED)
    return () if found is None else (found.sentence,)


def test_two_counts_of_one_moment_a_factor_of_ten_apart_are_told() -> None:
    (said,) = told(
        claim("a", 5600, 116, sources=("an office",)),
        claim("b", 56_000, 117, sources=("an agency",)),
    )
    assert "an office counts 5,600, an agency 56,000" in said


@pytest.mark.parametrize(
    "fields",
    [
        {"sources": ("an office",)},  # its own newer figure
        {"basis": "eyewitness"}, {"basis": "planning"}, {"status": "planned"},
        {"review": "rejected"}, {"unit": "families"}, {"place": "north"}, {"high": None},
        {"high": 60_000.0}, {"sources": ()}, {"origin": "home"},
    ],
)  # fmt: skip
def test_what_does_not_count_the_same_is_no_disagreement(fields: dict[str, object]) -> None:
    other = claim("b", 56_000, 117, **({"sources": ("an agency",)} | fields))
    assert told(claim("a", 5600, 116, sources=("an office",)), other) == ()


def test_a_flight_that_grows_is_no_disagreement() -> None:
    early = claim("a", 1000, 100, sources=("an office",))
    assert told(early, claim("b", 9000, 117, sources=("an agency",))) == ()
    near = claim("c", 2500, 100, sources=("an agency",))
    assert told(early, near) == ()


def test_a_figure_of_another_size_than_the_one_before_is_a_side_of_its_own() -> None:
    before = claim("a", 1000, 90, sources=("an office",))
    slip = claim("b", 5_000_000, 114, sources=("an office",))
    found = sides(one_gate(before, slip), ISSUED)
    assert found is not None
    assert (found.first_without, found.second_without) == (frozenset(), frozenset({"b"}))
    assert "5,000,000" in found.sentence
    assert "1,000" in found.sentence
    confirmed = claim("c", 4_500_000, 114, sources=("an agency",))
    assert sides(one_gate(before, slip, confirmed), ISSUED) is None


def test_in_its_first_hours_a_flight_may_grow_tenfold() -> None:
    """But a count that is lower and later contradicts one of a flight that can only have grown."""
    seen = claim("a", 30, 112, sources=("an office",))
    assert told(seen, claim("b", 377, 116, sources=("an agency",))) == ()
    assert told(claim("a", 30, 117, sources=("an office",)), claim("b", 377, 116)) != ()


def test_no_bundled_flight_is_taken_for_a_contradiction() -> None:
    for name in ("nagorno-karabakh-2023", "rohingya-2017", "kosovo-1999"):
        whole = cx.load(name)
        for when in sorted({c.known_at for c in whole.claims}):
            assert sides(whole.as_of(when), when) is None, (name, when)


def test_of_two_sources_a_factor_of_ten_apart_both_are_in_the_range_and_named() -> None:
    case = one_gate(
        claim("a", 5600, 116, sources=("an office",)),
        claim("b", 56_000, 117, sources=("an agency",)),
    )
    made = forecast(case, ISSUED, "2d", members=100, seed=1)
    low, high = made.quantiles(TARGET, levels=(0.05, 0.95))[0]
    assert low < 20_000
    assert high > 56_000
    assert any("an office counts 5,600, an agency 56,000" in note for note in made.notes)
    assert [use.claim for use in made.claims] == [c.id for c in case.claims]


def test_pairs_of_a_scenario_follow_both_sides() -> None:
    case = one_gate(
        claim("a", 5600, 116, sources=("an office",)),
        claim("b", 56_000, 117, sources=("an agency",)),
    )
    made = what_if(case, ISSUED, "2d", members=200, seed=1, population=150_000)
    low, high = np.quantile(made.as_is[TARGET].sel(place="all").values[:, 0], [0.25, 0.75])
    assert low < 20_000
    assert high > 50_000
    assert made.as_is.sizes["member"] == made.scenario.sizes["member"] == 200
    assert any("an office counts 5,600, an agency 56,000" in note for note in made.notes)
    # Paired: with nothing changed no member differs, on either side.
    same = what_if(case, ISSUED, "2d", members=100, seed=1, capacity={"all": 1.0})
    assert (same.difference(TARGET) == 0).all()


def test_a_backtest_mixes_the_sides_on_the_days_on_which_they_were_known() -> None:
    start = dt.date(2012, 3, 1)
    slip, after = start + dt.timedelta(days=90), start + dt.timedelta(days=94)
    case = one_place({**{d: 500.0 + 10 * d for d in range(100)}, 90: 140_000.0}, "cumulative")
    plain = one_place({d: 500.0 + 10 * d for d in range(100)}, "cumulative")
    days = [slip, after]
    found, without = (list(statistical(one).issues(days, (7,))) for one in (case, plain))
    assert [issue.day for issue in found] == [issue.day for issue in without]
    assert found[0].quantiles[0, 5] < 2000
    assert found[0].quantiles[0, 17] > 140_000
    assert without[0].quantiles[0, 17] < 2000
    assert found[1].last[0] == without[1].last[0]
    drawn = forecast(case, slip, "7d", members=1000, seed=1).quantiles(TARGET, "camp")[-1]
    assert drawn[5] < 2000
    assert drawn[17] > 140_000
