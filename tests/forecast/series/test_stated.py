"""Running totals of arrivals end at the population that somebody states, softly."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossings.forecast.issue import forecast
from crossings.forecast.outlook import Outlook
from crossings.forecast.parameters import Distribution
from crossings.forecast.population import Population
from crossings.forecast.series.stated import of_members, within
from crossings.situation.records import ALL, Claim, Situation
from tests.forecast.series.crises import DAY0, START, claim
from tests.forecast.series.test_series_outlook import one_place

TARGET = "arrived.cumulative"
STEPS = arrays(float, (20, 5), elements=st.floats(0, 1e5))


@settings(max_examples=60)
@given(STEPS, STEPS, st.floats(0, 1e5), arrays(float, 20, elements=st.floats(0, 4e5)))
def test_together_they_stay_within_it_and_those_below_are_left_alone(
    one: np.ndarray, other: np.ndarray, last: float, most: np.ndarray
) -> None:
    people = {"a": last + np.cumsum(one, axis=1), "b": np.cumsum(other, axis=1)}
    found = within(people, {"a": last, "b": 0.0}, most)
    before, after = people["a"] + people["b"], found["a"] + found["b"]
    assert (after <= np.maximum(most, last)[:, np.newaxis] + 1e-3).all()
    below = before[:, -1] <= most
    for place, free in people.items():
        assert np.array_equal(found[place][below], free[below])
        assert (np.diff(found[place], axis=1) >= -1e-6).all()
        assert (found[place] <= free + 1e-6).all()


@settings(max_examples=40)
@given(st.floats(1000, 1e7), st.floats(0.05, 1), st.floats(0.1, 3), st.integers(0, 2**31))
def test_a_population_is_never_below_those_who_came(
    stated: float, spread: float, share: float, seed: int
) -> None:
    parts = ((0.5, Distribution("lognormal", stated, spread)),) * 2
    came = share * stated
    drawn = of_members(Population(parts, ()), came, seed, 500)
    assert (drawn >= came - 1e-6).all()
    if share < np.exp(-3 * spread):
        assert abs(np.median(np.log(drawn / stated))) < 0.25 * spread


def counted(*more: Claim) -> Situation:
    """A thousand people a day for a hundred days."""
    return one_place({day: 1000.0 * day for day in range(1, 101)}, "cumulative").with_claims(more)


def population(people: float, name: str = "p") -> Claim:
    changes = {"measure": "population", "counting": "stock", "place": ALL, "id": f"lived-{name}"}
    return claim("camp", DAY0 - 30, people, name).model_copy(update=changes)


def issue(case: Situation) -> Outlook:
    return forecast(case, START + dt.timedelta(days=100), "60d", members=1000, seed=3)


def test_beyond_the_stated_population_is_rare_but_possible() -> None:
    free, bound = issue(counted()), issue(counted(population(115_000)))
    ends = [one.samples(TARGET)[:, -1] for one in (free, bound)]
    beyond = [float(np.mean(end > 1.5 * 115_000)) for end in ends]
    assert beyond[0] > 4 * beyond[1] > 0
    assert np.mean(ends[1] > 115_000) > 0.1
    assert ends[1].min() >= 100_000
    assert any("stated to have lived there" in note for note in bound.notes)
    assert {use.role for use in bound.claims if use.claim == "lived-p"} == {"population"}


def test_a_statement_that_more_came_than_is_refuted_bounds_little() -> None:
    ends = issue(counted(population(20_000))).samples(TARGET)[:, -1]
    assert ends.min() >= 100_000
    assert np.quantile(ends, 0.95) > 1.3 * 100_000


def test_far_above_those_who_come_it_changes_no_bit() -> None:
    free, bound = issue(counted()), issue(counted(population(1e8)))
    assert free.draws.equals(bound.draws)
    assert not any("stated to have lived there" in note for note in bound.notes)


def test_a_population_stated_later_changes_no_bit() -> None:
    after = dt.datetime(2012, 7, 1, tzinfo=dt.UTC)
    late = population(115_000).model_copy(update={"known_at": after, "as_of": None})
    assert issue(counted()).draws.equals(issue(counted(late)).draws)
