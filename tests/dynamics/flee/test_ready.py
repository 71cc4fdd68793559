"""Tables made ready for all members draw by the law that they stand for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.dynamics.flee.paths import GOES_ON, LINK_BITS, PARTS, ready_courses
from crossings.dynamics.flee.ready import alias_tables

F8 = npt.NDArray[np.float64]


def law_of(share: F8, other: npt.NDArray[np.int64]) -> F8:
    """The probabilities by which an alias table draws."""
    mass = share.copy()
    np.add.at(mass, other, 1.0 - share)
    return mass / share.size


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=40))
def test_an_alias_table_draws_by_the_weights(weights: list[float]) -> None:
    weight = np.array([*weights, 3.0, 1.0])
    share, other = alias_tables(weight, np.array([0, len(weights), weight.size]))
    if sum(weights) > 0.0:
        n = len(weights)
        expected = np.array(weights) / sum(weights)
        assert np.allclose(law_of(share[:n], other[:n]), expected, atol=1e-12)
    else:
        assert share[0] == -1.0
    assert np.allclose(law_of(share[-2:], other[-2:]), [0.75, 0.25])


# A conflict (0), a town (1) and a camp (2) in a row; links 0: 0-1, 1: 1-0, 2: 1-2, 3: 2-1.
LINK = np.array([[0, 1], [1, 0], [1, 2], [2, 1]])
TABLES = {
    "first_option": np.array([[0, 1, 3, 4]]),
    "option": np.array([[1, 0, 0], [0, 1, 0], [2, 2, 0], [1, 3, 0]]),
    "option_factor": np.array([[1.0, 0.5], [1.0, 0.5], [1.0, 0.25], [1.0, 1.0]]),
    "attraction": np.array([[[0.5, 1.0, 2.0]]]),
    "chance": np.array([[[1.0, 0.3, 0.001]]]),
    "flags": np.array([[4, 2, 1]]),
}


def courses(place: int, forced: bool) -> dict[tuple[int, ...], float]:
    """The courses from a place with their probabilities; -1 at the end: the last place is open."""
    tables, numbers = ready_courses(TABLES, np.zeros((2, 4), int), LINK, np.zeros(4), 0.0, 1.0)
    assert numbers == [0, 0]
    k = 3 * forced + place
    rows = tables["course"][tables["first_course"][k] : tables["first_course"][k + 1]]
    found: dict[tuple[int, ...], float] = {}
    for share, itself, other in rows.tolist():
        for course, mass in ((itself, share / PARTS), (other, 1.0 - share / PARTS)):
            links = [
                course >> (3 + LINK_BITS * i) & (1 << LINK_BITS) - 1 for i in range(course & 3)
            ]
            key = (*links, *([-1] if course & GOES_ON else []))
            found[key] = found.get(key, 0.0) + mass / len(rows)
    return {key: mass for key, mass in found.items() if mass > 0.0}


def test_courses_have_the_law_of_one_decision_after_the_other() -> None:
    """From the town: 0.3 go on; back weighs 0.25, to the camp 0.5."""
    free = courses(1, False)
    assert np.isclose(sum(free.values()), 1.0)
    assert np.isclose(free[()], 0.7)
    assert np.isclose(free[2,], 0.3 * (2 / 3) * 0.999)
    assert np.isclose(free[2, 3], 0.3 * (2 / 3) * 0.001 * 0.7)
    assert np.isclose(free[1, 0], 0.3 * (1 / 3) * 1.0 * 0.7)
    assert np.isclose(free[1, 0, 2, -1], 0.3 * (1 / 3) * 1.0 * 0.3 * (2 / 3))
    assert set(free) == {
        (), (2,), (2, 3), (1, 0), (1, 0, 2, -1), (1, 0, 1, -1), (2, 3, 2, -1), (2, 3, 1, -1)
    }  # fmt: skip


def test_towns_hold_nobody_who_has_travelled_little() -> None:
    forced = courses(1, True)
    assert np.isclose(sum(forced.values()), 1.0)
    assert () not in forced
    assert np.isclose(forced[2,], (2 / 3) * 0.999)
    assert np.isclose(forced[1, 0, 2, -1], (1 / 3) * (2 / 3))


def test_courses_are_left_out_where_they_do_not_hold() -> None:
    """People on foot draw at each link; a place whose ways all weigh nothing takes any."""
    on = np.zeros((1, 4), int)
    _, walking = ready_courses(TABLES, on, LINK, np.array([0.0, 0.1, 0.0, 0.0]), 0.0, 1.0)
    nothing = TABLES | {"attraction": np.array([[[0.0, 1.0, 0.0]]])}
    _, empty = ready_courses(nothing, on, LINK, np.zeros(4), 0.0, 1.0)
    assert walking == empty == [-1]
