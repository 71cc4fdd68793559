from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.publish.labels import place_labels

spots = st.tuples(st.floats(20, 580), st.floats(20, 380))


@settings(max_examples=40, deadline=None)
@given(st.lists(spots, min_size=1, max_size=20), st.integers(1, 24))
def test_labels_neither_overlap_nor_leave_the_drawing(
    points: list[tuple[float, float]], length: int
) -> None:
    names = ["x" * length] * len(points)
    placed = place_labels(points, names, [], 12, 600, 400)
    found = [label for label in placed if label is not None]
    assert len(placed) == len(points)
    for one, other in combinations(found, 2):
        assert one.box.overlap(other.box) == 0
    for label in found:
        assert label.box.left >= 0
        assert label.box.right <= 600
        assert label.box.top >= 0
        assert label.box.bottom <= 400
        for x, y in points:
            inside = label.box.left < x < label.box.right and label.box.top < y < label.box.bottom
            assert not inside


def test_a_lonely_point_has_its_name_at_its_right() -> None:
    (label,) = place_labels([(100.0, 100.0)], ["Goris"], [], 12, 600, 400)
    assert label is not None
    assert (label.anchor, label.leader) == ("start", False)
    assert label.x > 100


def test_a_name_keeps_off_a_line() -> None:
    line = ((100.0, 100.0), (300.0, 100.0))
    (label,) = place_labels([(100.0, 100.0)], ["Goris"], [line], 12, 600, 400)
    assert label is not None
    assert not label.box.top < 100 < label.box.bottom or label.box.right <= 100


def test_a_name_too_long_for_the_drawing_is_left_out() -> None:
    assert place_labels([(50.0, 50.0)], ["x" * 200], [], 12, 600, 400) == [None]
