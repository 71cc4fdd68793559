from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.series.history import LONGEST_GAP, Known, published_series
from tests.forecast.series.crises import DAY0, claim, crisis, situation


def test_a_series_is_what_was_said_of_a_place() -> None:
    series = crisis(1)
    read = published_series(situation(series), "hosted.stock")
    assert list(read) == list(series)
    for place, one in series.items():
        assert read[place].days.tolist() == one.days.tolist()
        assert read[place].people.tolist() == one.people.tolist()
    assert published_series(situation(series), "arrived.cumulative") == {}


def test_figures_of_two_sources_are_never_joined() -> None:
    base = situation(crisis(1, places=1))
    place = base.places[0].id
    more = tuple(
        claim(place, DAY0 + d, 10 * (c.low or 0), "agency") for d, c in enumerate(base.claims[:5])
    )
    series = published_series(base.with_claims(more), "hosted.stock")[place]
    assert set(series.claims) == {c.id for c in base.claims}
    assert set(series.others) == {c.id for c in more}


def test_flows_are_summed_and_days_without_one_lie_between_their_neighbours() -> None:
    base = situation(crisis(1, places=1))
    place = base.places[0].id
    said = [(0, 10.0, 0), (1, 20.0, 0), (3, 40.0, 0), (1, 25.0, 9)]  # the last one a revision
    flows = tuple(
        claim(place, DAY0 + day, people, later=later).model_copy(
            update={"measure": "arrived", "counting": "flow"}
        )
        for day, people, later in said
    )
    case = base.model_copy(update={"claims": flows})
    series = published_series(case, "arrived.cumulative")[place]
    assert series.summed
    assert series.days.tolist() == [DAY0, DAY0 + 1, DAY0 + 3]
    assert series.people.tolist() == [10, 35, 35 + 32.5 + 40]
    assert series.public.tolist() == [DAY0, DAY0 + 10, DAY0 + 10]
    level = claim(place, DAY0, 5.0).model_copy(
        update={"measure": "arrived", "counting": "cumulative", "id": "level"}
    )
    with_level = published_series(case.with_claims([level]), "arrived.cumulative")[place]
    assert (with_level.summed, with_level.claims) == (False, ("level",))


def test_a_revision_counts_from_the_day_on_which_it_is_public() -> None:
    base = situation(crisis(1, places=1))
    place, first = base.places[0].id, base.claims[3]
    day = (first.as_of.date() - dt.date(1970, 1, 1)).days  # type: ignore[union-attr]
    revised = base.with_claims([claim(place, day, 77.0, later=40)])
    series = published_series(revised, "hosted.stock")[place]
    before, after = series.known(day + 39), series.known(day + 40)
    assert before.people[before.days == day].tolist() == [first.low]
    assert after.people[after.days == day].tolist() == [77.0]


def test_figures_for_later_days_plans_and_bounds_are_no_figures_of_a_series() -> None:
    base = situation(crisis(1, places=1))
    place = base.places[0].id
    odd = (
        claim(place, DAY0 + 900, 5e6, later=-300),
        claim(place, DAY0 + 150, 9e5).model_copy(update={"basis": "planning", "id": "plan"}),
        claim(place, DAY0 + 151, 9e5).model_copy(update={"high": None, "id": "bound"}),
        claim(place, DAY0 + 152, 9e5).model_copy(update={"review": "proposed", "id": "proposed"}),
    )
    assert published_series(base.with_claims(odd), "hosted.stock")[place].people.max() < 9e5


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=30, unique=True),
    st.integers(-5, 320),
    st.integers(0, 5),
)
def test_an_outcome_is_a_figure_or_lies_on_a_line_between_near_ones(
    days: list[int], asked: int, seed: int
) -> None:
    at = np.array(sorted(days))
    people = np.random.default_rng(seed).uniform(0, 1e5, at.size)
    value, end = Known(at, people).outcomes(np.array([asked]))
    if asked in days:
        assert value[0] == people[at == asked][0]
        assert end[0] == asked
    elif at[0] < asked < at[-1]:
        left, right = at[at < asked][-1], at[at > asked][0]
        if right - left <= LONGEST_GAP:
            low, high = sorted(people[(at == left) | (at == right)])
            assert low - 1e-6 <= value[0] <= high + 1e-6
            assert end[0] == right
        else:
            assert np.isnan(value[0])
    else:
        assert np.isnan(value[0])
