from __future__ import annotations

import pytest
from hypothesis import given

import crossings as cx
from crossings.forecast.corridors import corridors
from crossings.forecast.unmapped import ORIGIN, with_assumed_roads
from crossings.situation.catalogue import bundled
from crossings.situation.records import Situation
from tests.forecast import border
from tests.forecast.promises import crises


@pytest.mark.parametrize("name", bundled())
def test_maps_with_roads_into_every_country_stay_as_they_are(name: str) -> None:
    assert with_assumed_roads(cx.load(name)) == cx.load(name)


def test_a_neighbour_without_a_road_is_a_gate_of_its_own() -> None:
    known = border.one_gate()
    known = known.model_copy(
        update={"places": (*known.places, border.place("neighbour", "region", "CCC"))}
    )
    shape = corridors(with_assumed_roads(known))
    assert [set(gate.whole) for gate in shape.gates] == [{"bridge", "hall"}, {"neighbour"}]


def test_people_come_in_where_the_roads_behind_the_border_begin() -> None:
    known = border.one_gate()
    known = known.model_copy(update={"routes": known.routes[1:]})
    assert corridors(with_assumed_roads(known)) == corridors(border.one_gate())


def test_without_an_origin_one_is_assumed() -> None:
    known = border.situation(places=[border.place("camp", "camp", "BBB")], routes=[])
    made = with_assumed_roads(known)
    assert made.place(ORIGIN).kind == "origin"
    assert corridors(made).series_of("camp") == 0


@given(crises())
def test_every_country_of_the_host_side_is_reached(known: Situation) -> None:
    before = corridors(known)
    made = with_assumed_roads(known)
    assert made.places[: len(known.places)] == known.places
    assert made.routes[: len(known.routes)] == known.routes
    shape = corridors(made)
    reached = {place for gate in shape.gates for place in gate.places}
    host = [p for p in known.places if p.id not in before.origin_side and p.kind != "marker"]
    countries = {p.country for p in host if p.id in reached}
    assert countries == {p.country for p in host}
    assert with_assumed_roads(made) == made
