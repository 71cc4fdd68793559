"""The count engine and the individual engine follow the same law; a planted 5 % error shows.

Each example is one test at level ALPHA / EXAMPLES: with all of them taken together a false alarm
has a chance of at most ALPHA (the first step of Holm's procedure is Bonferroni's, and one rejection
fails the test). Seeds are fixed, so the outcome is too.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import Phase, given, settings

from crossings.dynamics.flee.ensemble import run
from crossings.dynamics.flee.individuals import run_individuals
from crossings.dynamics.flee.records import FleeCase, FleeNetwork, FleeTotals, Link, Location
from crossings.dynamics.flee.settings import FleeSettings, Quirks
from tests.dynamics.flee.cases import cases
from tests.dynamics.flee.samples import features, same_law

ALPHA = 0.05
EXAMPLES = 15
COUNTS, PERSONS = 300, 40
"""Members of each engine."""


# Making a failing case smaller takes longer than reading it.
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
)
@given(cases())
def test_counts_and_individuals_follow_the_same_law(drawn: tuple[FleeCase, Quirks]) -> None:
    case, quirks = drawn
    counts = run(case, COUNTS, 1, quirks)
    persons = run_individuals(case, PERSONS, 1, quirks)
    assert same_law(features(counts), features(persons), 3) > ALPHA / EXAMPLES


def crossing(**changes: float) -> FleeCase:
    """A conflict, two towns and two camps, one of which fills up."""

    def place(name: str, kind: str, people: int = 0, capacity: int = -1) -> Location:
        country = "Y" if kind == "camp" else "X"
        return Location(name, "r", country, 0.0, 0.0, kind, people, capacity)  # type: ignore[arg-type]

    network = FleeNetwork(
        (
            place("a", "conflict", 5000),
            place("b", "town", 100),
            place("c", "town", 100),
            place("d", "camp", 0, 1000),
            place("e", "camp", 0, 70),
        ),
        (
            Link("a", "b", 100.0),
            Link("a", "c", 140.0),
            Link("b", "d", 200.0),
            Link("b", "c", 60.0),
            Link("c", "e", 150.0),
        ),
    )
    chosen = {"avoid_short_stints": True, "conflict_weight": 0.25, **changes}
    series = np.minimum(40 * np.arange(8), 240)
    totals = FleeTotals(series, {"d": series})
    return FleeCase(network, FleeSettings(**chosen), 8, totals=totals)  # type: ignore[arg-type]


def test_a_planted_error_of_five_per_cent_is_caught() -> None:
    """At the level of one example: a weight, a speed and the steepness of choice, 5 % off each."""
    reference = features(run_individuals(crossing(), 160, 4))
    assert same_law(features(run(crossing(), 900, 2)), reference, 1) > ALPHA
    for changes in (
        {"conflict_weight": 0.2625},
        {"max_move_speed": 378.0},
        {"distance_power": 1.05},
    ):
        wrong = features(run(crossing(**changes), 900, 2))
        assert same_law(wrong, reference, 1) < ALPHA / EXAMPLES, changes


def test_people_are_conserved_and_threads_change_nothing() -> None:
    case = crossing()
    one = run(case, 50, 5, workers=1)
    two = run(case, 50, 5, workers=2)
    part = run(case, 10, 5, first_member=30)
    assert (one.present.sum(axis=2) + one.travelling == one.people).all()
    for name in ("present", "arrived", "travelling", "people"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
        assert np.array_equal(getattr(one, name)[30:40], getattr(part, name))


@settings(max_examples=60, deadline=None)
@given(cases())
def test_nobody_is_lost_or_made(drawn: tuple[FleeCase, Quirks]) -> None:
    case, quirks = drawn
    done = run(case, 5, 9, quirks)
    assert (done.present.sum(axis=2) + done.travelling == done.people).all()
    assert (done.present >= 0).all()
    assert (np.diff(done.people, axis=1) >= 0).all()


def test_settings_alone_change_the_law_where_they_should() -> None:
    usual = run(crossing(), 200, 1)
    walking = run(crossing(start_on_foot=True), 200, 1)
    assert dataclasses.asdict(crossing().settings)["start_on_foot"] is False
    assert walking.arrived[:, -1, 3].mean() < usual.arrived[:, -1, 3].mean()
