from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import crossings as cx
from crossings.forecast.corridors import MAX_GATES, Corridors, corridors
from crossings.situation.records import Place, Route
from tests.forecast import border

Gates = list[tuple[set[str], set[str]]]


def gates(shape: Corridors) -> Gates:
    """Entries and places through which everybody comes, by gate."""
    return [(set(g.entries), set(g.whole)) for g in shape.gates]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "nagorno-karabakh-2023",
            [({"hakari-bridge"}, {"hakari-bridge", "kornidzor", "tegh"})],
        ),
        # The three crossings lead to different camps, so no single place sees everybody.
        ("rohingya-2017", [({"tumbru", "anjuman-para", "shah-porir-dwip"}, set())]),
        (
            "kosovo-1999",
            [({"morina", "qafe-prushit"}, {"albania"}), ({"blace", "jazince"}, {"fyrom"})],
        ),
    ],
)
def test_the_bundled_situations_have_the_gates_of_their_maps(name: str, expected: Gates) -> None:
    assert gates(corridors(cx.load(name))) == expected


def test_a_count_at_a_gate_counts_the_gate_and_one_behind_a_branch_does_not() -> None:
    shape = corridors(border.one_gate())
    assert [shape.series_of(p) for p in ("bridge", "hall", "north", "home")] == [0, 0, None, None]
    assert [shape.series_of(p) for p in ("", "all")] == [1, 1]
    assert [shape.gate_of(p) for p in ("bridge", "north", "home", "nowhere")] == [0, 0, None, None]


def test_the_way_back_is_no_branch() -> None:
    known = border.one_gate()
    routes = tuple(r.model_copy(update={"both_ways": True}) for r in known.routes)
    both = corridors(known.model_copy(update={"routes": routes}))
    assert both == corridors(known)


def test_without_a_way_over_the_border_there_is_one_gate_for_all() -> None:
    known = border.one_gate()
    for routes in ((), known.routes[1:]):
        shape = corridors(known.model_copy(update={"routes": routes}))
        assert [g.id for g in shape.gates] == ["all"]
        assert shape.series_of("all") == 1
        assert shape.series_of("bridge") is None
        assert shape.gate_of("north") is None


def test_towns_of_the_country_of_origin_are_on_its_side_and_its_crossings_are_not() -> None:
    places = [
        border.place("home", "origin", "AAA"),
        border.place("town", "town", "AAA"),
        border.place("post", "crossing", "AAA"),
        border.place("camp", "camp", "AAA"),
        border.place("elsewhere", "town", ""),
    ]
    routes = [
        border.route(*ends) for ends in (("home", "town"), ("town", "post"), ("post", "camp"))
    ]
    shape = corridors(border.situation(places=places, routes=routes))
    assert shape.origin_side == {"home", "town"}
    assert gates(shape) == [({"post"}, {"post", "camp"})]


def test_several_crossings_to_one_camp_are_one_gate_counted_at_the_camp() -> None:
    places = [border.place("home", "origin", "AAA")]
    places += [border.place(f"post-{i}", "crossing", "BBB") for i in range(3)]
    places += [border.place("camp", "camp", "BBB")]
    routes = [border.route("home", f"post-{i}") for i in range(3)]
    routes += [border.route(f"post-{i}", "camp") for i in range(3)]
    shape = corridors(border.situation(places=places, routes=routes))
    assert gates(shape) == [({"post-0", "post-1", "post-2"}, {"camp"})]
    assert shape.gates[0].id == "camp"
    assert shape.series_of("post-1") is None


def test_a_road_through_a_marker_leads_on() -> None:
    places = [
        border.place("home", "origin", "AAA"),
        border.place("post", "crossing", "BBB"),
        border.place("junction", "marker", "BBB"),
        border.place("camp", "camp", "BBB"),
    ]
    routes = [
        border.route(*ends)
        for ends in (("home", "post"), ("post", "junction"), ("junction", "camp"))
    ]
    shape = corridors(border.situation(places=places, routes=routes))
    assert gates(shape) == [({"post"}, {"post", "junction", "camp"})]


def many_posts(count: int) -> tuple[list[Place], list[Route]]:
    places = [border.place("home", "origin", "AAA")]
    places += [border.place(f"post-{i}", "crossing", "BBB") for i in range(count)]
    return places, [border.route("home", f"post-{i}") for i in range(count)]


def test_gates_stand_in_the_order_of_their_ids_whatever_the_order_of_rows() -> None:
    known = border.two_gates()
    turned = known.model_copy(update={"places": known.places[::-1]})
    assert [g.id for g in corridors(turned).gates] == ["east-camp", "west-camp"]
    assert [g.id for g in corridors(known).gates] == ["east", "west"]


@pytest.mark.parametrize("count", [MAX_GATES, MAX_GATES + 1, MAX_GATES + 5])
def test_gates_beyond_the_most_are_merged_with_the_last(count: int) -> None:
    places, routes = many_posts(count)
    shape = corridors(border.situation(places=places, routes=routes))
    assert len(shape.gates) == MAX_GATES
    assert [shape.gate_of(f"post-{i}") for i in range(count)] == [
        min(i, MAX_GATES - 1) for i in range(count)
    ]
    # A count at one of the merged crossings is a part of the last gate.
    assert shape.series_of("post-0") == 0
    last = shape.series_of(f"post-{count - 1}")
    assert last == (MAX_GATES - 1 if count == MAX_GATES else None)


@st.composite
def maps(draw: st.DrawFn) -> tuple[list[Place], list[Route]]:
    kinds = ["origin", "town", "crossing", "reception", "camp", "region", "marker"]
    places = [
        border.place(f"p{i}", draw(st.sampled_from(kinds)), draw(st.sampled_from(["AAA", "BBB"])))
        for i in range(draw(st.integers(1, 12)))
    ]
    ids = [p.id for p in places]
    ends = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=20))
    different = sorted({(a, b) for a, b in ends if a != b})
    return places, [border.route(a, b, draw(st.booleans())) for a, b in different]


@given(maps(), st.randoms(use_true_random=False))
def test_gates_share_out_the_places_that_can_be_reached(
    made: tuple[list[Place], list[Route]], random: object
) -> None:
    places, routes = made
    shape = corridors(border.situation(places=places, routes=routes))
    assert 1 <= len(shape.gates) <= MAX_GATES
    behind = [p for gate in shape.gates for p in gate.places]
    assert len(behind) == len(set(behind))
    assert not shape.origin_side & set(behind)
    into = {
        b
        for r in routes
        for a, b in [(r.from_place, r.to_place), (r.to_place, r.from_place)][: 1 + r.both_ways]
        if a in shape.origin_side and b not in shape.origin_side
    }
    assert {e for gate in shape.gates for e in gate.entries} == into
    for gate in shape.gates:
        assert {*gate.entries, *gate.whole} <= set(gate.places)
    for r in routes:
        one, two = shape.gate_of(r.from_place), shape.gate_of(r.to_place)
        assert one is None or two is None or one == two
    random.shuffle(routes)  # type: ignore[attr-defined]
    assert corridors(border.situation(places=places, routes=routes)) == shape
