from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.dynamics.network import (
    DEFAULT_SPEED_KMH,
    Edge,
    Network,
    build,
    directed_edges,
    great_circle_km,
    travel_hours,
)
from crossings.errors import InputError
from crossings.situation.records import Place, Route, Situation
from tests.dynamics.networks import networks

NOW = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


def place(id: str, lat: float | None = None, lon: float | None = None) -> Place:
    return Place(id=id, name=id, kind="town", lat=lat, lon=lon, known_at=NOW)


def route(id: str, start: str, end: str, **other: Any) -> Route:
    return Route(id=id, from_place=start, to_place=end, known_at=NOW, **other)


def situation(places: list[Place], routes: list[Route]) -> Situation:
    return Situation(id="s", title="S", start=NOW, places=tuple(places), routes=tuple(routes))


@given(st.permutations(range(6)), st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_without_cycles_every_edge_goes_forward(
    names: list[int], pairs: set[tuple[int, int]]
) -> None:
    edges = [Edge(f"{a}-{b}", str(a), str(b), 1.0) for a, b in pairs if a < b]
    network = build([str(n) for n in names], edges, ["0", "3"])
    assert network.forward.all()
    rank = np.argsort(network.order)
    assert (rank[network.head] > rank[network.tail]).all()


@given(networks())
def test_arrays_fit_together(network: Network) -> None:
    assert sorted(network.order) == list(range(len(network.places)))
    for p in range(len(network.places)):
        out = slice(network.first_edge[p], network.first_edge[p + 1])
        assert (network.tail[out] == p).all()
    assert network.first_edge[-1] == len(network.edges)
    assert sorted(network.gate[network.gate >= 0]) == list(range(network.gates))
    assert [e.limited for e in network.edges] == (network.gate >= 0).tolist()


@given(networks())
def test_every_draw_has_an_address_of_its_own(network: Network) -> None:
    draws = network.draws
    assert len(set(zip(draws.entity, draws.purpose, strict=True))) == network.channels
    used = np.concatenate([np.atleast_1d(table) for table in draws[2:]])
    assert sorted(used[used >= 0]) == list(range(network.channels))


@given(networks())
def test_addresses_do_not_depend_on_the_order_of_rows(network: Network) -> None:
    turned = build(network.places[::-1], network.edges[::-1], network.origins)

    def addresses(one: Network) -> set[tuple[str, int, int]]:
        draws = one.draws
        return {
            (f"{e.id}>{e.head}", int(draws.entity[c]), int(draws.purpose[c]))
            for e, c in zip(one.edges, draws.split, strict=True)
            if c >= 0
        }

    assert addresses(network) == addresses(turned)


def test_whoever_comes_to_a_dead_end_stays() -> None:
    network = build(["a", "b"], [Edge("way", "a", "b", 1)], [], settle={"a": 0.4, "b": 0.2})
    assert network.settle.tolist() == [0.4, 1.0]


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"edges": [Edge("r", "a", "x", 1)]}, "route r: found end 'x'"),
        ({"edges": [Edge("r", "a", "b", -1)]}, "route r: found -1 hours"),
        ({"edges": [Edge("r", "a", "b", float("nan"))]}, "route r: found nan hours"),
        ({"edges": [Edge("r", "a", "b", 1)] * 2}, "route r: found it twice towards b"),
        ({"places": ["a", "b", "a"]}, "found 'a' twice"),
        ({"origins": ["x"]}, "found place 'x'"),
        ({"settle": {"x": 0.5}}, "found place 'x'"),
        ({"settle": {"a": 1.5}}, "place a: found a share of 1.5"),
        ({"dwell_hours": {"a": -2.0}}, "place a: found a stay of -2.0 hours"),
        ({"returns": frozenset({"x"})}, "found place 'x'"),
    ],
)
def test_what_cannot_be_walked_is_refused(given_: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        build(**{"places": ["a", "b"], "edges": [], "origins": [], **given_})


def test_great_circle_is_that_of_a_known_pair() -> None:
    # London Heathrow and New York JFK: 5,540 km by the great circle mapper of the aviators.
    pair = situation([place("lhr", 51.4775, -0.4614), place("jfk", 40.6398, -73.7789)], [])
    assert great_circle_km(pair, "lhr", "jfk") == pytest.approx(5540, rel=0.003)
    quarter = situation([place("pole", 90, 0), place("equator", 0, 77)], [])
    assert great_circle_km(quarter, "pole", "equator") == pytest.approx(10_007.5, abs=1)


def test_travel_takes_distance_over_speed() -> None:
    ways = [
        route("stated", "a", "b", distance_km=90, speed_kmh=30),
        route("no-speed", "a", "b", distance_km=90),
        route("no-distance", "a", "b", speed_kmh=10),
        route("nothing", "a", "c"),
    ]
    one = situation([place("a", 0, 0), place("b", 0, 1), place("c")], ways)
    hours = [travel_hours(way, one) for way in ways]
    degree = 6371 * np.pi / 180
    expected = [3.0, 90 / DEFAULT_SPEED_KMH, 1.3 * degree / 10, 0.0]
    assert hours == pytest.approx(expected)


def test_a_route_goes_both_ways_where_it_says_so() -> None:
    ways = [route("one", "a", "b", distance_km=8), route("two", "b", "a", both_ways=True)]
    edges = directed_edges(situation([place("a"), place("b")], ways), frozenset({"two"}))
    found = [(e.id, e.tail, e.head, e.limited) for e in edges]
    assert found == [
        ("one", "a", "b", False),
        ("two", "b", "a", True),
        ("two", "a", "b", True),
    ]
