from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from crossings.forecast.passages import passages
from tests import outlooks

ARRIVED = "arrived.cumulative"


def test_those_on_a_route_are_those_who_come_to_its_end() -> None:
    made = outlooks.outlook()
    found = passages(made, outlooks.situation(), ARRIVED, 0, 4)
    for head in ("hakari-bridge", "kornidzor", "goris", "vayk", "yerevan", "syunik"):
        draws = made.samples(ARRIVED, head)
        expected = float(np.median(draws[:, 4] - draws[:, 0]))
        assert (head, expected) in found.values()
    assert found["goris--vayk"][0] == "vayk"
    assert "martuni--stepanakert" not in found


def test_counting_from_the_start_takes_everybody() -> None:
    made = outlooks.outlook()
    found = passages(made, outlooks.situation(), ARRIVED, -1, 4)
    expected = float(np.median(made.samples(ARRIVED, "goris")[:, 4]))
    assert found["kornidzor--goris"] == ("goris", expected)


def test_a_place_that_is_not_counted_passes_on_the_sum() -> None:
    made = outlooks.outlook()
    fewer = dataclasses.replace(made, draws=made.draws.drop_sel(place="goris"))
    found = passages(fewer, outlooks.situation(), ARRIVED, 0, 4)
    onward = made.samples(ARRIVED, "vayk") + made.samples(ARRIVED, "syunik")
    assert found["kornidzor--goris"][1] == pytest.approx(np.median(onward[:, 4] - onward[:, 0]))


def test_a_way_back_is_drawn_in_the_direction_people_take() -> None:
    known = outlooks.situation()
    turned = tuple(
        r.model_copy(update={"from_place": r.to_place, "to_place": r.from_place, "both_ways": True})
        for r in known.routes
    )
    made = outlooks.outlook(50, 2)
    other = passages(made, known.model_copy(update={"routes": turned}), ARRIVED, 0, 4)
    assert other == passages(made, known, ARRIVED, 0, 4)


def test_without_origins_or_routes_nothing_is_drawn() -> None:
    known = outlooks.situation().model_copy(update={"routes": ()})
    assert passages(outlooks.outlook(5, 1), known, ARRIVED, 0, 1) == {}
