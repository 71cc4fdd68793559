from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.forecast.summary import ranges
from crossings.publish.fan_chart import Fan, Level, Mark, fan_chart, mark, small_fan
from tests import outlooks

SVG = {"svg": "http://www.w3.org/2000/svg"}
RANGES = ranges(outlooks.outlook(100), "arrived.cumulative")


def parsed(drawing: str) -> ET.Element:
    return ET.fromstring(drawing.replace("<svg ", f'<svg xmlns="{SVG["svg"]}" ', 1))


def drawn(*marks: Mark, later: tuple[Mark, ...] = (), levels: tuple[Level, ...] = ()) -> ET.Element:
    fan = Fan("people arrived", outlooks.ISSUED, RANGES, marks, later, levels)
    return parsed(fan_chart(fan, "fan"))


def classes(root: ET.Element) -> list[str]:
    return [element.get("class", "") for element in root.iter()]


def figure(low: float | None, high: float | None, qualifier: str) -> Mark:
    return Mark(outlooks.at(25), low, high, qualifier, "words")


@pytest.mark.parametrize(
    ("low", "high", "qualifier", "tag", "style"),
    [
        (6650, 6650, "exact", "circle", "known full"),
        (6650, 6650, "approx", "circle", "known open"),
        (2900, None, "at_least", "path", "known line"),
        (None, 9000, "at_most", "path", "known line"),
        (200, 999, "range", "path", "known line"),
        (200, 999, "vague", "path", "known line"),
    ],
)
def test_each_qualifier_has_its_shape(
    low: float | None, high: float | None, qualifier: str, tag: str, style: str
) -> None:
    root = drawn(figure(low, high, qualifier))
    found = [e for e in root.iter() if e.get("class") == style]
    assert [e.tag.removeprefix("{http://www.w3.org/2000/svg}") for e in found] == [tag]


def test_at_least_points_up_and_at_most_down() -> None:
    def direction(one: Mark) -> float:
        path = next(e for e in drawn(one).iter() if e.get("class") == "known line").get("d", "")
        start, tip = re.search(r"M[\d.]+ ([\d.]+)h8m-4 0V([\d.]+)", path).groups()  # type: ignore[union-attr]
        return float(tip) - float(start)

    assert direction(figure(9000, None, "at_least")) < 0
    assert direction(figure(None, 9000, "at_most")) > 0


def test_later_figures_are_drawn_differently() -> None:
    later = Mark(outlooks.at(27), 50000, 50000, "exact", "reported later")
    assert "later full" in classes(drawn(later=(later,)))
    assert not any("later" in c for c in classes(drawn(figure(1, 1, "exact"))))


def test_figures_after_the_horizon_are_left_out() -> None:
    beyond = Mark(outlooks.at(30, month=11), 100_000, 100_000, "exact", "much later")
    assert "later full" not in classes(drawn(later=(beyond,)))


def test_a_plan_is_a_dashed_line_and_one_off_the_chart_is_told() -> None:
    root = drawn(levels=(Level(120_000, "120,000 will go"), Level(10_000_000, "all")))
    assert classes(root).count("level") == 1
    shown = "".join(root.itertext())
    assert "120,000 will go" in shown
    assert "▲ all" in shown


def test_the_words_of_plans_near_to_each_other_do_not_lie_on_each_other() -> None:
    root = drawn(levels=(Level(100_000, "some"), Level(101_000, "others"), Level(40_000, "far")))
    heights = sorted(
        float(e.get("y", ""))
        for e in root.iter("{http://www.w3.org/2000/svg}text")
        if e.text in ("some", "others", "far")
    )
    assert len(heights) == 3
    assert min(b - a for a, b in pairwise(heights)) >= 13


marks = st.builds(
    Mark,
    st.datetimes(dt.datetime(2023, 9, 1), dt.datetime(2023, 11, 1)).map(
        lambda t: t.replace(tzinfo=outlooks.ZONE)
    ),
    st.floats(0, 1e7),
    st.none() | st.floats(0, 1e7),
    st.sampled_from(["exact", "approx", "at_least", "range"]),
    st.text(max_size=20),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(marks, max_size=6), st.lists(marks, max_size=6), st.sampled_from([380, 960]))
def test_every_drawing_is_well_formed_and_within_its_frame(
    known: list[Mark], later: list[Mark], width: int
) -> None:
    fan = Fan("people arrived", outlooks.ISSUED, RANGES, known, later)
    root = parsed(fan_chart(fan, "fan", width, 400))
    assert root.find("svg:title", SVG) is not None
    assert root.find("svg:desc", SVG) is not None
    for circle in root.iter("{http://www.w3.org/2000/svg}circle"):
        assert 0 <= float(circle.get("cx", "")) <= width
        assert 0 <= float(circle.get("cy", "")) <= 400
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        if path.get("class") in ("band90", "band50", "median"):
            ys = [float(y) for y in re.findall(r"[\d.]+ (-?[\d.]+)", path.get("d", ""))]
            assert all(0 <= y <= 400 for y in ys)


def test_a_claim_without_a_number_or_a_time_has_no_mark() -> None:
    timed = outlooks.claim("a", 1, outlooks.at(1))
    assert mark(timed, "w", outlooks.ZONE) is not None
    assert mark(timed.model_copy(update={"as_of": None}), "w", outlooks.ZONE) is None
    assert mark(timed.model_copy(update={"low": None, "high": None}), "w", outlooks.ZONE) is None


def test_a_small_fan_names_what_it_shows() -> None:
    assert parsed(small_fan(RANGES, "at <Goris>")).get("aria-label") == "at <Goris>"
