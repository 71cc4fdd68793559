from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.counts import record_steps
from crossings.forecast.issue import forecast
from crossings.forecast.outlook import Outlook
from crossings.forecast.timeline import Grid
from crossings.situation.records import Situation
from tests.forecast import border
from tests.forecast.border import claim
from tests.forecast.promises import holds_promises


def issue(known: Situation) -> Outlook:
    known = known.model_copy(update={"step_hours": 6.0})
    made = forecast(known, border.ISSUED, "3d", 100)
    holds_promises(made, known)
    return made


@given(
    st.sampled_from([1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0]),
    st.lists(st.floats(0, 72), min_size=1).map(sorted),
)
def test_a_forecast_time_never_takes_a_step_more_than_half_of_one_away(
    step: float, hours: list[float]
) -> None:
    grid = Grid(border.START, step, 4, 4 + int(72 / step) + 1)
    # The issue time lies in the last of the four known steps.
    after = np.array(hours) + 3 * step
    found = record_steps(grid, [border.at(hour) for hour in after])
    assert (np.diff(found) >= 0).all()
    away = (found + 1) * step - after
    assert (np.abs(away) <= 0.51 * step).all()


def test_a_place_goes_on_from_its_own_figure_and_stays_below_its_gate() -> None:
    north = claim("n", 1800, 112, place="north")
    made = issue(border.one_gate(claim("a", 2000, 112), north))
    without = issue(border.one_gate(claim("a", 2000, 112)))
    arrived = made.samples("arrived.cumulative", "north")
    assert arrived.min() >= 1800
    assert (arrived <= made.samples("arrived.cumulative", "hall")).all()
    more = made.samples("present.stock", "north")[:, 0]
    assert np.median(more) > np.median(without.samples("present.stock", "north")[:, 0])
    # Where the place's figure is above that of all, the figure of all counts.
    torn = issue(border.one_gate(claim("a", 1000, 112), north))
    assert torn.last_figure is not None
    assert torn.last_figure.value == 1000


def test_what_a_witness_saw_at_a_camp_is_no_level_to_go_on_from() -> None:
    for fields in ({"basis": "eyewitness"}, {"high": None, "qualifier": "at_least"}):
        seen = claim("n", 1800, 112, place="north", **fields)
        made = issue(border.one_gate(claim("a", 2000, 112), seen))
        assert made.samples("arrived.cumulative", "north").min() < 1800


def test_a_total_newer_than_the_gates_figures_is_the_last_figure() -> None:
    gates = [claim("e", 3000, 20, place="east"), claim("w", 1000, 20, place="west")]
    made = issue(border.two_gates(*gates, claim("all", 9000, 110)))
    assert made.last_figure is not None
    assert made.last_figure.value == 9000
    both = issue(border.two_gates(*gates, *(
        c.model_copy(update={"id": c.id + "2", "low": c.low * 2, "high": c.high * 2,
                             "as_of": border.at(112), "known_at": border.at(112.5)})
        for c in gates if c.low and c.high
    ), claim("all", 7000, 100)))  # fmt: skip
    assert both.last_figure is not None
    assert both.last_figure.value == 8000


def test_those_who_moved_on_are_no_longer_present() -> None:
    moved = claim("m", 500, 110, measure="moved_on", place="north")
    figures = [claim("a", 3000, 112), claim("n", 2000, 112, place="north")]
    made = issue(border.one_gate(*figures, moved).model_copy(update={"targets": ("hosted.stock",)}))
    arrived, present = (made.samples(t) for t in ("arrived.cumulative", "present.stock"))
    assert (arrived - present == 500).all()
    assert (made.samples("hosted.stock") == present).all()
    use = next(use for use in made.claims if use.claim == "m")
    assert use.role == "moved_on"
    before = issue(border.one_gate(*figures))
    assert np.median(made.samples("present.stock", "north")) < np.median(
        before.samples("present.stock", "north")
    )


@pytest.mark.parametrize("waiting", [0.0, 20_000.0])
def test_queues_stand_before_the_crossings(waiting: float) -> None:
    queue = claim("q", waiting, 118, measure="waiting", counting="stock", place="east")
    made = issue(border.two_gates(claim("a", 3000, 112), queue))
    everybody = made.samples("waiting.stock")
    parts = [made.samples("waiting.stock", place) for place in made.places[1:]]
    assert (np.sum(parts, axis=0) <= everybody).all()
    assert made.samples("waiting.stock", "east-camp").max() == 0
    assert (np.median(made.samples("waiting.stock", "east")[:, 0]) > 5000) == (waiting > 0)


def test_people_not_in_the_books_are_nearest_the_border() -> None:
    books = claim("r", 500, 112, measure="registered", basis="registration")
    made = issue(border.one_gate(claim("a", 3000, 112), books))
    places = made.places[1:]
    parts = {p: made.samples("unregistered.stock", p) for p in places}
    for nearer, farther in (("hall", "north"), ("hall", "south")):
        beyond = parts[farther] > 0
        present = made.samples("present.stock", nearer)
        assert (parts[nearer][beyond] == present[beyond]).all()


def test_people_said_to_have_moved_on_are_believed_as_reviewed() -> None:
    stock = claim("h", 2000, 112, measure="hosted", counting="stock")
    moved = claim("m", 500, 110, measure="moved_on")

    def level(*claims: object) -> float:
        last = issue(border.one_gate(*claims)).last_figure  # type: ignore[arg-type]
        assert last is not None
        return last.value

    assert level(stock) == level(stock, moved.model_copy(update={"review": "rejected"})) == 2000
    assert level(stock, moved) == 2500
