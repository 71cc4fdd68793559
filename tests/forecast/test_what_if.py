"""Scenarios: paired members that differ by the intervention alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.errors import InputError
from crossings.forecast.counts import ARRIVED, PRESENT, WAITING
from crossings.forecast.mechanistic import Conditioned, condition
from crossings.forecast.request import request
from crossings.forecast.scenario import Intervention, Kind, read_capacities
from crossings.forecast.what_if import QUEUE_HOURS, Change, compare, what_if
from crossings.situation.records import ALL, Claim, Event
from tests.forecast.border import ISSUED, at, claim, one_gate, two_gates

FIGURES = [claim(f"c{h}", 60.0 * h, h, place="all") for h in (40, 70, 100, 118)]
WAIT = claim("wait", 9000, 118, measure="waiting", counting="stock", place="all")
PEOPLE = claim("p", 60_000, -20, measure="population", counting="stock", place="all")


def conditioned(*claims: Claim, gates: int = 1) -> Conditioned:
    known = (one_gate if gates == 1 else two_gates)(*claims)
    attack = Event.model_validate(
        {"id": "attack", "kind": "military_operation", "time": at(2), "known_at": at(3)}
    )
    known = known.model_copy(update={"events": (attack,)})
    return condition(request(known, ISSUED, "5d", 100, 1))


@pytest.fixture(scope="module")
def one() -> Conditioned:
    return conditioned(*FIGURES, WAIT, PEOPLE)


@pytest.fixture(scope="module")
def two() -> Conditioned:
    east = [c.model_copy(update={"place": "east"}) for c in FIGURES]
    west = [claim(f"w{h}", 30.0 * h, h, place="west") for h in (60, 110)]
    return conditioned(*east, *west, WAIT, PEOPLE, gates=2)


def change(ready: Conditioned, *wanted: Intervention, hours: float = 12.0) -> Change:
    return compare(ready, wanted, ISSUED + dt.timedelta(hours=hours))


def gained(made: Change, target: str = ARRIVED, place: str = ALL) -> Any:
    return made.difference(target, place)


@pytest.mark.parametrize("gates", [1, 2])
def test_nothing_changed_is_no_difference_in_any_member(
    gates: int, one: Conditioned, two: Conditioned
) -> None:
    made = change(one if gates == 1 else two)
    for target in made.targets:
        assert (made.as_is[target] == made.scenario[target]).all()


kinds = st.sampled_from(["close", "open", "capacity", "ceasefire", "attack", "population"])
interventions = st.builds(
    lambda kind, factor: Intervention(kind, ALL, factor if kind == "capacity" else 1e5 * factor),
    kinds,
    st.floats(0, 5),
).map(lambda i: i if i.kind in ("close", "open", "capacity") else Intervention(i.kind, "", i.value))


@settings(max_examples=15, deadline=None)
@given(st.lists(interventions, max_size=3), st.floats(0, 100))
def test_the_past_stays_and_people_are_whole_and_fit_together(
    two: Conditioned, wanted: list[Intervention], hours: float
) -> None:
    made = change(two, *wanted, hours=hours)
    before = [t <= made.at for t in made.times]
    for target in made.targets:
        assert (made.difference(target)[:, before] == 0).all()
    arrived = made.scenario[ARRIVED].values
    assert np.issubdtype(arrived.dtype, np.integer)
    assert np.diff(arrived, axis=1).min() >= 0
    assert made.scenario[WAITING].values.min() >= 0
    assert (made.scenario[PRESENT].values <= arrived).all()


@pytest.mark.parametrize("gates", [1, 2])
def test_with_all_closed_no_more_come_than_leak(
    gates: int, one: Conditioned, two: Conditioned
) -> None:
    ready = one if gates == 1 else two
    made = change(ready, Intervention("close", ALL), hours=0.0)
    as_is = made.as_is[ARRIVED].sel(place=ALL).values
    closed = made.scenario[ARRIVED].sel(place=ALL).values
    # Half a day covers those who were through already; then a fiftieth passes.
    assert np.median(closed[:, -1] - closed[:, 2]) <= 0.2 * np.median(as_is[:, -1] - as_is[:, 2])
    assert (gained(made)[:, -1] <= 0).mean() > 0.95
    assert np.median(gained(made, WAITING)[:, -1]) > 0
    assert np.median(gained(made, QUEUE_HOURS)[:, -1]) > 0


def test_more_capacity_brings_no_fewer_on_average(one: Conditioned) -> None:
    means = [
        gained(change(one, Intervention("capacity", "bridge", factor)))[:, -1].mean()
        for factor in (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
    ]
    assert means == sorted(means)
    assert means[3] == 0
    assert means[0] < means[-1]


def test_one_of_two_crossings_closed_sends_people_to_the_other(two: Conditioned) -> None:
    made = change(two, Intervention("close", "east"))
    assert np.median(gained(made, ARRIVED, "east")[:, -1]) < 0
    assert gained(made, ARRIVED, "west")[:, -1].mean() > 0
    # A member whose people crowd before the slow gate may gain: choices do not follow queues.
    assert np.median(gained(made)[:, -1]) <= 0


def test_a_shut_way_that_opens_lets_people_through() -> None:
    shut = Event.model_validate(
        {"id": "s", "kind": "closure", "time": at(90), "known_at": at(91), "place": "bridge"}
    )
    known = one_gate(*FIGURES[:2], WAIT, PEOPLE).model_copy(update={"events": (shut,)})
    ready = condition(request(known, ISSUED, "5d", 100, 1))
    opened = change(ready, Intervention("open", "bridge"), hours=0.0)
    assert gained(opened)[:, -1].mean() > 0
    kept = change(ready, Intervention("close", "bridge"), hours=0.0)
    assert (gained(kept)[:, -1] <= 0).all()
    assert gained(kept)[:, -1].mean() < 0


def test_more_people_at_risk_bring_more_and_fewer_bring_fewer(one: Conditioned) -> None:
    more = change(one, Intervention("population", "", 300_000))
    fewer = change(one, Intervention("population", "", 1000))
    assert gained(more)[:, -1].mean() > 0
    assert gained(fewer)[:, -1].mean() < 0
    assert (gained(more, WAITING)[:, -1] >= 0).mean() > 0.9


def test_several_go_together(one: Conditioned) -> None:
    made = change(one, Intervention("capacity", ALL, 0.5), Intervention("ceasefire"))
    assert "0.5 times" in made.words
    assert "ceasefire" in made.words
    assert not made.hostile
    assert change(one, Intervention("attack", "home")).hostile


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Intervention("close", "nowhere"), "close: found 'nowhere', expected bridge, all"),
        (Intervention("capacity", "bridge", -1), "capacity: found -1, expected a factor"),
        (Intervention("capacity", "bridge", float("nan")), "capacity: found nan"),
        (Intervention("population", "", -5), "population: found -5, expected people"),
        (Intervention("attack", "nowhere"), "attack: found 'nowhere', expected a place"),
    ],
)
def test_what_the_model_cannot_do_is_refused(
    one: Conditioned, wanted: Intervention, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        change(one, wanted)


@pytest.mark.parametrize("when", ["2029-01-01", "2031-01-01", "soon"])
def test_a_moment_outside_the_horizon_is_refused(when: str) -> None:
    with pytest.raises(InputError, match="at: found"):
        what_if(one_gate(*FIGURES), ISSUED, "2d", 100, ceasefire=True, at=when)


def test_capacities_are_read_from_words() -> None:
    assert read_capacities(["a=x2", "b=0.5"]) == {"a": 2.0, "b": 0.5}
    for word in ("a", "a=fast", "=x2"):
        with pytest.raises(InputError, match="expected CROSSING=xF"):
            read_capacities([word])


def test_the_same_seed_gives_the_same_bits() -> None:
    kind: Kind = "close"
    known = one_gate(*FIGURES)
    made = [
        what_if(known, ISSUED, "2d", 100, 7, close="bridge", at=ISSUED + dt.timedelta(hours=6))
        for _ in range(2)
    ]
    assert made[0].scenario.equals(made[1].scenario)
    assert made[0].interventions[0].kind == kind
