from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.publish.flow_map import Flow, FlowMap, flow_map, flow_width
from crossings.situation.records import Place
from tests import outlooks

KNOWN = outlooks.situation()
FLOWS = {"goris--vayk": Flow("vayk", 1000.0), "kornidzor--goris": Flow("goris", 4000.0)}


def drawn(chart: FlowMap, width: int = 960) -> ET.Element:
    drawing = flow_map(chart, "map", width)
    return ET.fromstring(drawing.replace("<svg ", '<svg xmlns="s" ', 1))


def chart(closed: dict[str, str] | None = None) -> FlowMap:
    return FlowMap("flows", KNOWN.places, KNOWN.routes, FLOWS, closed or {})


def test_width_is_proportional_to_people() -> None:
    widths = [
        float(e.get("stroke-width", "0"))
        for e in drawn(chart()).iter("{s}path")
        if e.get("class") == "route flow"
    ]
    assert sorted(widths)[1] == 4 * sorted(widths)[0]
    assert flow_width(1, 1e9) > 0
    assert flow_width(0, 0) > 0


def test_a_closed_route_says_since_when_and_carries_no_flow() -> None:
    root = drawn(chart({"goris--vayk": "Closed since 2023-09-25 (somebody)"}))
    shut = [e for e in root.iter("{s}path") if e.get("class") == "route shut"]
    assert len(shut) == 1
    assert "Closed since 2023-09-25 (somebody)" in "".join(root.itertext())
    assert len([e for e in root.iter("{s}path") if e.get("class") == "route flow"]) == 1


def test_every_place_can_be_found() -> None:
    shown = "".join(drawn(chart()).itertext())
    for place in KNOWN.places:
        assert place.name in shown


def test_north_is_up_and_east_is_right() -> None:
    spots = {e.findtext("{s}title"): e for e in drawn(chart()).iter("{s}g")}
    lori, syunik = spots["Lori"][0], spots["Syunik"][0]
    assert float(lori.get("cy", "")) < float(syunik.get("cy", ""))
    assert float(lori.get("cx", "")) < float(syunik.get("cx", ""))


def test_without_positions_there_is_no_map() -> None:
    bare = tuple(p.model_copy(update={"lat": None, "lon": None}) for p in KNOWN.places)
    assert flow_map(FlowMap("t", bare, KNOWN.routes, {}, {}), "map") == ""


positions = st.tuples(st.floats(-89, 89), st.floats(-180, 180))


@settings(max_examples=40, deadline=None)
@given(st.lists(positions, min_size=2, max_size=12), st.sampled_from([390, 960]))
def test_any_places_on_earth_fit_the_drawing(
    positions: list[tuple[float, float]], width: int
) -> None:
    places = [
        Place(
            id=f"p{i}", name=f"P{i}", kind="reception", lat=lat, lon=lon, known_at=outlooks.LONG_AGO
        )
        for i, (lat, lon) in enumerate(positions)
    ]
    root = drawn(FlowMap("t", places, (), {}, {}), width)
    _, _, right, bottom = map(float, root.get("viewBox", "").split())
    spots = list(root.iter("{s}circle"))
    assert len(spots) == len(places)
    for spot in spots:
        assert -1 <= float(spot.get("cx", "")) <= right + 1
        assert -1 <= float(spot.get("cy", "")) <= bottom + 1


def test_places_beyond_the_date_line_stay_together() -> None:
    two = [
        Place(id=n, name=n, kind="reception", lat=lat, lon=lon, known_at=outlooks.LONG_AGO)
        for n, lat, lon in (("west", -17.0, 179.5), ("east", -16.0, -179.5))
    ]
    spots = {
        e.findtext("{s}title"): e[0] for e in drawn(FlowMap("t", two, (), {}, {})).iter("{s}g")
    }
    assert float(spots["west"].get("cx", "")) < float(spots["east"].get("cx", ""))
