from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.forecast import destinations
from crossings.forecast.corridors import corridors
from crossings.forecast.destinations import HostSide
from crossings.forecast.parameters import Priors
from crossings.situation.records import Situation
from tests.forecast import border
from tests.forecast.border import claim
from tests.forecast.promises import crises

MEMBERS = 200
PRIORS = Priors(())
STEPS = 60


def side_of(known: Situation) -> HostSide:
    side = destinations.host_side(known, corridors(known))
    assert side is not None
    return side


def alpha(known: Situation) -> tuple[dict[str, float], dict[str, float]]:
    return destinations.concentrations(
        side_of(known), known, known.claims, PRIORS, border.ISSUED, 1.0
    )


def camps(north: float, south: float, hours: float = 110, measure: str = "arrived") -> Situation:
    return border.one_gate(
        claim(f"n-{hours}", north, hours, place="north", measure=measure),
        claim(f"s-{hours}", south, hours, place="south", measure=measure),
    )


def test_before_anything_is_counted_camps_are_equal_and_nobody_ends_at_the_crossing() -> None:
    prior, used = alpha(border.one_gate())
    assert prior["north"] == prior["south"] > prior["hall"] > prior["bridge"] == 0
    assert used == {}


def test_counts_draw_the_shares_and_old_ones_less() -> None:
    prior, _ = alpha(border.one_gate())
    new, used = alpha(camps(900, 100))
    old, used_old = alpha(camps(900, 100, hours=60))
    assert new["north"] - prior["north"] == pytest.approx(9 * (new["south"] - prior["south"]))
    assert prior["north"] < old["north"] < new["north"]
    assert 0 < max(used_old.values()) < min(used.values()) <= 1


def test_only_increases_count_and_measures_are_not_mixed() -> None:
    twice = [*camps(900, 100, 100).claims, *camps(900, 300, 110).claims]
    once, _ = alpha(border.one_gate(*twice[:2]))
    both, _ = alpha(border.one_gate(*twice))
    assert both["north"] == pytest.approx(once["north"])
    assert both["south"] > once["south"] + 1
    stranger = claim("x", 9999, 115, place="south", measure="registered")
    mixed, used = alpha(border.one_gate(*twice, stranger))
    assert mixed == both
    assert "x" not in used


@given(st.dictionaries(st.sampled_from("abcd"), st.sampled_from([0.0, 0.01, 1.0, 50.0])))
def test_shares_of_every_member_sum_to_one(weights: dict[str, float]) -> None:
    found = destinations.shares({"always": 1.0} | weights, MEMBERS, 1)
    assert np.allclose(np.sum(list(found.values()), axis=0), 1.0)
    for place, weight in weights.items():
        assert (found[place] > 0).all() == (weight > 0)


def test_shares_scatter_around_their_means() -> None:
    found = destinations.shares({"north": 6.0, "south": 2.0}, 4000, 1)
    assert found["north"].mean() == pytest.approx(0.75, abs=0.01)
    assert found["north"].std() == pytest.approx((0.75 * 0.25 / 9) ** 0.5, rel=0.05)


def walked(known: Situation, per_step: int) -> tuple[HostSide, destinations.Onward]:
    """``per_step`` people come through every gate in each of the first half of the steps."""
    shape = corridors(known)
    side = side_of(known)
    weights, _ = destinations.concentrations(side, known, known.claims, PRIORS, border.ISSUED, 1.0)
    inflow = np.zeros((MEMBERS, STEPS, len(shape.gates)), dtype=np.int64)
    inflow[:, : STEPS // 2] = per_step
    is_open = {entry: np.ones(STEPS) for gate in shape.gates for entry in gate.entries}
    share = destinations.shares(weights, MEMBERS, 1)
    codes = np.arange(STEPS, dtype=np.int64)
    return side, destinations.walk(side, share, inflow, is_open, 1.0, codes, codes, 1)


def test_people_walk_on_and_stay_where_their_journey_ends() -> None:
    _, onward = walked(camps(900, 100), 100)
    came = 100 * STEPS // 2
    assert (onward.arrived["bridge"][:, -1] == came).all()
    assert (onward.present["bridge"][:, -1] == 0).all()
    north, south = (onward.arrived[place][:, -1].mean() for place in ("north", "south"))
    assert north > 1.2 * south > 0


@settings(max_examples=30, deadline=None)
@given(crises(), st.integers(0, 5000))
def test_nobody_is_lost_or_counted_twice_behind_the_border(known: Situation, people: int) -> None:
    shape = corridors(known)
    if not any(gate.places for gate in shape.gates):
        assert destinations.host_side(known, shape) is None
        return
    side, onward = walked(known, people)
    came = np.minimum(np.arange(1, STEPS + 1), STEPS // 2) * people * len(shape.gates)
    present = np.sum(list(onward.present.values()), axis=0)
    assert (present <= came).all()
    for place in side.places:
        assert (np.diff(onward.arrived[place], axis=1) >= 0).all()
        assert (onward.present[place] <= onward.arrived[place]).all()
        assert (onward.arrived[place] <= came).all()
    nearest = destinations.by_nearness(side)
    assert sorted(nearest) == sorted(side.places)
    assert not nearest or nearest[0] not in side.parent
