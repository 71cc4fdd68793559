"""One crisis under another name, in another edition, or in part is still that crisis."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.seen import LEAST, MARGIN_DAYS, Marks, marks

FIGURES = st.lists(st.tuples(st.integers(0, 20_000), st.integers(LEAST, 10**6)), min_size=1)
PLACES = ("Camp One", "camp_two", "Camp Three")


@given(FIGURES, st.data())
def test_one_figure_in_common_is_enough(
    figures: list[tuple[int, int]], data: st.DataObject
) -> None:
    one = data.draw(st.sampled_from(figures))
    known, part = marks(figures, ()), marks([one], ("elsewhere",))
    assert known.same(part)
    assert part.same(known)
    day, people = one
    others = set(figures)
    moved = marks([(day + 20_001, people)], ())
    assert not known.same(moved) or (day + 20_001, people) in others


def test_small_figures_tell_nothing() -> None:
    assert not marks([(7, LEAST - 1)], ()).same(marks([(7, LEAST - 1)], ()))


@given(st.integers(0, 3 * MARGIN_DAYS))
def test_two_places_of_one_name_in_the_same_years_are_enough(apart: int) -> None:
    one = marks([(1000, 500)], PLACES)
    other = marks([(1000 + apart, 700)], ("CAMPONE", "Camp Two", "another"))
    assert one.same(other) == other.same(one) == (apart <= MARGIN_DAYS)
    alone = marks([(1000, 700)], ("CAMPONE", "another"))
    assert not one.same(alone)


def test_everybody_is_no_place_and_places_without_figures_tell_nothing() -> None:
    one = marks([(1000, 500)], ("all", *PLACES))
    assert one.places == marks([(1, 500)], PLACES).places
    assert not one.same(marks([], PLACES))


@given(FIGURES)
def test_marks_survive_a_file_and_take_in_an_edition(figures: list[tuple[int, int]]) -> None:
    one = marks(figures, PLACES)
    assert Marks.from_dict(one.as_dict()) == one
    edition = marks([(day, people + 1) for day, people in figures], PLACES)
    both = one.with_edition(edition)
    assert both.same(dataclasses.replace(edition, places=frozenset()))
    assert both.figures >= one.figures
