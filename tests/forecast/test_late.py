"""A young flight that is counted for a month has simulated members beside the statistical ones."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import crossings as cx
from crossings.forecast.late import TOGETHER, with_simulated
from crossings.forecast.mechanistic import mechanistic
from crossings.forecast.outlook import Outlook
from crossings.forecast.request import Request, request
from crossings.forecast.sentences import recognised
from crossings.forecast.series.outlook import by_series
from crossings.situation.records import Situation
from tests.forecast.series.crises import START
from tests.forecast.series.test_series_outlook import one_place

ARRIVED = "arrived.cumulative"


def both(case: Situation, day: dt.date | str, horizon: str = "14d") -> tuple[Request, Outlook]:
    asked = request(case, day, horizon, members=100, seed=1)
    outlook = by_series(asked, (), {})
    assert outlook is not None
    return asked, outlook


def test_half_of_the_members_are_simulated_and_the_others_stay_as_they_are() -> None:
    asked, alone = both(cx.load("rohingya-2017"), "2017-10-10", "7d")
    simulated = mechanistic(asked)
    made = with_simulated(alone, asked, mechanistic)
    assert made.carried_by == TOGETHER
    assert made.draws.sizes == alone.draws.sizes
    drawn, before = made.samples(ARRIVED), alone.samples(ARRIVED)
    assert np.array_equal(drawn[:50], before[:50])
    assert np.array_equal(drawn[50:], simulated.samples(ARRIVED)[:50])
    assert any("In 50 of 100 members the flight is simulated" in note for note in made.notes)
    assert [use.claim for use in made.claims] == [use.claim for use in alone.claims]
    one, other = ({use.claim for use in o.claims if use.used} for o in (alone, made))
    assert one < other  # bounds and stated populations count in the simulated members
    again = cx.forecast(cx.load("rohingya-2017"), "2017-10-10", "7d", members=100)
    assert again.draws.equals(made.draws)


def vintage(figures: dict[int, float]) -> Situation:
    """Arrivals of everybody, counted at no place of their own."""
    case = one_place(figures, "cumulative")
    claims = tuple(c.model_copy(update={"place": "all"}) for c in case.claims)
    return case.model_copy(update={"claims": claims, "tier": "vintage"})


@pytest.mark.parametrize(
    ("case", "days"),
    [
        (one_place({d: 500.0 + d for d in range(40)}), 40),  # a stock of a camp
        (vintage(dict.fromkeys(range(40), 0.0)), 40),  # nobody came
        (vintage({d: 100.0 * d for d in range(40)}), 60),  # nobody counts any longer
        (vintage({d: 9000.0 - 50 * d for d in range(40)}), 40),  # a total that is lowered
        (vintage({d: 100.0 * d for d in range(0, 99, 3)}), 97),  # an old flight
        (one_place({d: 9.0 * d for d in range(40)}, "cumulative"), 40),  # a series of a place
    ],
)
def test_where_it_is_of_no_use_it_is_left_out_and_the_forecast_says_so(
    case: Situation, days: int
) -> None:
    def never(_: Request) -> Outlook:
        pytest.fail("it was simulated")

    asked, alone = both(case, START + dt.timedelta(days=days))
    made = with_simulated(alone, asked, never)
    assert made.draws.equals(alone.draws)
    assert made.carried_by == "statistical"
    assert [note for note in made.notes if recognised(note)] == list(made.notes)
    assert "mechanistic component is left out" in made.notes[-1]
