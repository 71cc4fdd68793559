from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.corridors import corridors
from crossings.forecast.observation import (
    AT_LEAST,
    AT_MOST,
    KEEP_HOURS,
    PEOPLE_PER_FAMILY,
    RANGE,
    THIN_HOURS,
    VALUE,
    Observation,
    clock_hours,
    gather,
    moment,
    rounding,
)
from crossings.situation.records import Claim, Situation
from tests.forecast import border
from tests.forecast.border import claim, evidence, observed, one_gate, two_gates

PLACES = ("home", "bridge", "hall", "north")


def reason(known: Situation, name: str) -> str:
    """Why a claim is left out; it must be."""
    use = next(u for u in evidence(known).uses if u.claim == name)
    assert (use.used, use.role) == (False, "")
    assert name not in observed(known)
    return use.reason


def content(o: Observation) -> tuple[object, ...]:
    """What an observation says, whoever says it."""
    return (o.role, o.series, o.as_of, o.period, o.low, o.high, o.kind, o.clock_hours, o.weight)


# What holds for any claims.


@given(border.claims(PLACES), st.booleans())
def test_every_claim_has_exactly_one_use_and_no_claim_is_dropped(
    said: tuple[Claim, ...], proposed: bool
) -> None:
    found = evidence(one_gate(*said), proposed=proposed)
    assert [u.claim for u in found.uses] == [c.id for c in said]
    uses = {u.claim: u for u in found.uses}
    for use in uses.values():
        assert use.reason
        assert 0 <= use.weight <= 1
        assert bool(use.role) == use.used
    entered = [o.claim for o in found.observations]
    entered += [c.id for c in (*found.shares, *found.population)]
    assert sorted(entered) == sorted(name for name, use in uses.items() if use.used)
    for o in found.observations:
        assert uses[o.claim].role == o.role
        assert uses[o.claim].weight == o.weight
        assert o.as_of <= border.ISSUED
        assert 0 <= o.low <= o.high < math.inf
        assert o.rounding > 0


@given(border.claims(PLACES))
def test_only_accepted_claims_enter(said: tuple[Claim, ...]) -> None:
    plain = {"part_of": "", "same_group_as": "", "measure": "arrived", "basis": "count"}
    known = one_gate(*(c.model_copy(update=plain) for c in said))
    used = {u.claim for u in evidence(known).uses if u.used}
    assert used <= {c.id for c in said if c.review == "accepted"}


@given(border.claims(PLACES))
def test_a_repeated_bulletin_adds_nothing(said: tuple[Claim, ...]) -> None:
    copies = tuple(
        c.model_copy(
            update={
                "id": f"{c.id} again",
                "publisher": "a newspaper",
                "known_at": border.ISSUED,
                "same_group_as": c.id,
            }
        )
        for c in said
    )
    once, twice = evidence(one_gate(*said)), evidence(one_gate(*said, *copies))
    assert sorted(map(content, twice.observations)) == sorted(map(content, once.observations))
    assert len(twice.shares) == len(once.shares)
    assert len(twice.population) == len(once.population)


@given(border.claims(("north",)))
def test_a_part_never_enters_as_a_total(said: tuple[Claim, ...]) -> None:
    found = evidence(one_gate(*said))
    parts = {c.id for c in said if c.part_of and c.place in ("", "all")}
    assert not parts & {o.claim for o in found.observations}


@given(border.claims(PLACES), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(said: tuple[Claim, ...], random: object) -> None:
    rows = list(said)
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert set(evidence(one_gate(*rows)).uses) == set(evidence(one_gate(*said)).uses)


# Refused whatever they measure.


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"review": "rejected"}, "rejected in review"),
        ({"review": "proposed"}, "proposed, not yet accepted by anybody"),
        ({"low": None, "high": None}, "no figure"),
        ({"status": "historical"}, "speaks of an earlier time"),
        ({"status": "prior"}, "speaks of an earlier time"),
        ({"measure": "killed"}, "killed (cumulative) is not part of the movement model"),
        ({"unit": "vehicles"}, "counted in vehicles, expected people"),
        ({"measure": "population", "unit": "families"}, "population in families, expected people"),
    ],
)
def test_left_out_with_its_reason(fields: dict[str, object], why: str) -> None:
    assert reason(one_gate(claim("figure", 900, 40, **fields)), "figure") == why


def test_proposed_claims_enter_when_asked_for_and_rejected_ones_never() -> None:
    known = one_gate(
        claim("maybe", 900, 40, review="proposed"), claim("no", 800, 30, review="rejected")
    )
    assert [o.claim for o in evidence(known, proposed=True).observations] == ["maybe"]


def test_of_one_bulletin_that_says_fled_and_arrived_one_figure_counts() -> None:
    known = one_gate(
        claim("arrived", 2900, 40, bulletin="b"),
        claim("fled", 3000, 41, measure="fled", bulletin="b"),
    )
    assert set(observed(known)) == {"arrived"}
    assert reason(known, "fled") == "copy of arrived: one bulletin counts once"


def test_two_counts_of_one_moment_by_two_counters_are_two_observations() -> None:
    known = one_gate(claim("one", 2900, 100), claim("two", 2700, 100, sources=("the army",)))
    assert set(observed(known)) == {"one", "two"}


def test_a_number_says_more_than_the_bound_that_came_first() -> None:
    bound = claim("bound", 2900, 100, high=None, qualifier="at_least", bulletin="b")
    number = claim("number", 2950, 101, bulletin="b", known_at=border.at(102))
    assert set(observed(one_gate(bound, number))) == {"bound", "number"}
    assert set(
        observed(one_gate(number, bound.model_copy(update={"known_at": border.at(103)})))
    ) == {"number"}


def test_a_correction_by_the_source_itself_replaces_the_figure() -> None:
    first = claim("first", 2900, 100)
    known = one_gate(first, claim("second", 3400, 100, known_at=border.at(104)))
    assert observed(known)["second"].low == 3400
    assert reason(known, "first") == "replaced by its own source (second)"
    other = claim("second", 3400, 100, known_at=border.at(104), sources=("the army",))
    assert set(observed(one_gate(first, other))) == {"first", "second"}


def test_a_part_of_a_total_does_not_stand_beside_it() -> None:
    known = one_gate(claim("total", 2900, 40), claim("children", 900, 40, part_of="total"))
    assert reason(known, "children") == "a part of another figure"


# Arrivals.


@pytest.mark.parametrize("measure", ["arrived", "crossed"])
@pytest.mark.parametrize(("where", "series"), [("", 1), ("all", 1), ("bridge", 0), ("hall", 0)])
def test_people_who_came_are_counted_at_the_gate_or_in_all(
    measure: str, where: str, series: int
) -> None:
    o = observed(one_gate(claim("count", 2900, 40, measure=measure, place=where)))["count"]
    assert (o.role, o.series, o.kind, o.low, o.high) == ("arrived", series, VALUE, 2900, 2900)
    assert (o.period, o.weight, o.estimate, o.as_of) == (0, 1, False, border.at(40))


def test_figures_behind_a_branch_tell_of_shares() -> None:
    known = one_gate(
        claim("camp", 700, 40, place="north"),
        claim("beds", 600, 40, place="north", measure="accommodated", counting="stock"),
        claim("day", 100, 40, place="north", counting="flow"),
    )
    found = evidence(known)
    assert {c.id for c in found.shares} == {"camp", "beds"}
    assert {u.claim: u.role for u in found.uses if u.used} == dict.fromkeys(
        ("camp", "beds"), "destination"
    )
    assert reason(known, "day") == "shares are read from people counted at places only"


def test_fled_counts_as_arrived_only_where_nobody_counts_arrivals() -> None:
    fled = claim("fled", 5000, 40, measure="fled")
    assert observed(one_gate(fled))["fled"].role == "arrived"
    assert "not part of the movement model" in reason(one_gate(fled, claim("a", 900, 20)), "fled")


@pytest.mark.parametrize("unit", ["families", "households"])
def test_families_become_people(unit: str) -> None:
    o = observed(one_gate(claim("count", 200, 40, unit=unit)))["count"]
    assert o.low == 200 * PEOPLE_PER_FAMILY


def test_an_uncertain_report_has_less_weight() -> None:
    known = one_gate(claim("count", 900, 40, status="uncertain"))
    assert 0 < observed(known)["count"].weight < 1


def test_heads_are_counted_by_counts_and_registrations_only() -> None:
    bases = ("count", "registration", "estimate", "eyewitness")
    known = one_gate(*(claim(b, 900 + i, 100 + i, basis=b) for i, b in enumerate(bases)))
    assert {b for b, o in observed(known).items() if o.estimate} == {"estimate", "eyewitness"}


@pytest.mark.parametrize(
    ("fields", "kind", "low", "high"),
    [
        ({"low": 900, "high": 900}, VALUE, 900, 900),
        ({"low": 900, "high": None}, AT_LEAST, 900, 900),
        ({"low": None, "high": 900}, AT_MOST, 900, 900),
        ({"low": 700, "high": 900}, RANGE, 700, 900),
        ({"low": 700, "high": 900, "basis": "eyewitness"}, AT_LEAST, 700, 700),
        ({"low": None, "high": 900, "basis": "eyewitness"}, AT_MOST, 900, 900),
    ],
)
def test_bounds(fields: dict[str, object], kind: int, low: float, high: float) -> None:
    o = observed(one_gate(claim("count", 0, 40, **fields)))["count"]
    assert (o.kind, o.low, o.high) == (kind, low, high)


@pytest.mark.parametrize(
    ("hours", "period"), [(48, 24), (48 - 1 / 3600, 24), (48.5, 24), (42, 18), (49.5, 1.5)]
)
def test_a_flow_covers_the_day_that_ends_or_the_time_since_midnight(
    hours: float, period: float
) -> None:
    o = observed(one_gate(claim("day", 900, hours, counting="flow")))["day"]
    assert (o.role, o.period) == ("arrived", period)


def test_the_day_of_a_flow_is_the_day_of_the_situation() -> None:
    known = one_gate(claim("day", 900, 42, counting="flow"))
    east = known.model_copy(update={"time_zone": "Asia/Yerevan"})
    assert observed(east)["day"].period == 22


def test_people_present_continue_a_series_of_arrivals_where_it_breaks_off() -> None:
    hosted = claim("hosted", 5000, 110, measure="hosted", counting="stock")
    gone = claim("gone", 300, 100, measure="moved_on")
    later = claim("later", 700, 112, measure="moved_on")
    known = one_gate(claim("count", 4000, 40), hosted, gone, later)
    o = observed(known)["hosted"]
    assert (o.role, o.low, o.high) == ("arrived", 5300, 5300)
    assert "moved on" in next(u for u in evidence(known).uses if u.claim == "hosted").reason


def test_people_present_are_no_arrivals_while_those_are_counted() -> None:
    hosted = claim("hosted", 5000, 60, measure="hosted", counting="stock")
    known = one_gate(claim("count", 4000, 40), hosted)
    assert "arrivals are counted here" in reason(known, "hosted")


def test_counts_at_every_gate_replace_the_total() -> None:
    east = claim("east", 500, 40, place="east")
    west = claim("west", 700, 50, place="west")
    total = claim("total", 1150, 45)
    assert reason(two_gates(east, west, total), "total").startswith("the counts at the gates")
    assert set(observed(two_gates(east, total))) == {"east", "total"}
    late = west.model_copy(update={"as_of": border.at(45 + 80), "known_at": border.at(126)})
    known = two_gates(east, late, total)
    assert set(observed(known, border.at(130))) == {"east", "total", "west"}


# Books, queues, journeys, plans.


def test_the_books_are_those_of_the_whole_host() -> None:
    known = one_gate(
        claim("books", 800, 40, measure="registered", basis="registration"),
        claim("camp", 300, 40, measure="registered", basis="registration", place="north"),
    )
    assert observed(known)["books"].role == "registered"
    assert [c.id for c in evidence(known).shares] == ["camp"]


def test_people_who_wait_are_a_stock() -> None:
    fields = {"measure": "waiting", "place": "bridge"}
    assert observed(one_gate(claim("queue", 900, 40, counting="stock", **fields)))[
        "queue"
    ].role == ("waiting")
    known = one_gate(claim("queue", 900, 40, counting="cumulative", **fields))
    assert reason(known, "queue") == "waiting people are only used as a stock"


def test_people_who_wait_at_no_gate_wait_for_all() -> None:
    known = one_gate(
        claim("at-gate", 90, 40, measure="waiting", counting="stock", place="bridge"),
        claim("at-home", 900, 40, measure="waiting", counting="stock", place="home"),
    )
    assert {name: o.series for name, o in observed(known).items()} == {"at-gate": 0, "at-home": 1}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"unit": "people"}, "not a journey over a gate"),
        ({"origin": "north"}, "not a journey over a gate"),
        ({"place": "all"}, "not a journey over a gate"),
        ({"basis": "estimate"}, "not told by travellers"),
    ],
)
def test_a_journey_is_one_over_a_gate_told_by_travellers(
    fields: dict[str, object], why: str
) -> None:
    journey: dict[str, object] = {
        "measure": "travel_time",
        "unit": "hours",
        "origin": "home",
        "place": "bridge",
        "basis": "eyewitness",
    }
    o = observed(one_gate(claim("journey", 30, 40, **journey)))["journey"]
    assert (o.role, o.series, o.low) == ("travel_time", 0, 30)
    assert reason(one_gate(claim("journey", 30, 40, **(journey | fields))), "journey") == why


@pytest.mark.parametrize(
    ("fields", "role"),
    [
        ({"basis": "planning"}, "planning"),
        ({"basis": "estimate", "status": "planned"}, "planning"),
        ({"basis": "estimate", "status": "forecast"}, "planning"),
        ({"basis": "intention"}, "intention"),
    ],
)
def test_plans_speak_of_all_who_go_in_the_end(fields: dict[str, object], role: str) -> None:
    o = observed(one_gate(claim("plan", 40_000, 40, **fields)))["plan"]
    assert (o.role, o.series, o.clock_hours) == (role, 1, 0)
    known = one_gate(claim("plan", 40_000, 40, place="bridge", **fields))
    assert reason(known, "plan") == "a plan for one place: only plans for all enter"


def test_the_last_plan_of_each_speaker_stands() -> None:
    known = one_gate(
        claim("first", 40_000, 40, basis="planning"),
        claim("second", 70_000, 60, basis="planning"),
        claim("other", 90_000, 50, basis="planning", sources=("a charity",)),
    )
    assert set(observed(known)) == {"second", "other"}
    assert reason(known, "first") == "the same speaker's later figure stands for it (second)"


# Times.


def test_no_figure_holds_after_it_was_published_or_after_the_issue() -> None:
    early = claim("early", 900, 60, known_at=border.at(50))
    assert moment(early, border.ISSUED) == border.at(50)
    assert moment(early, border.at(45)) == border.at(45)
    undated = claim("undated", 900, 60).model_copy(update={"as_of": None})
    assert moment(undated, border.ISSUED) == undated.known_at
    found = gather(one_gate(early), corridors(one_gate()), border.at(55))
    assert [o.as_of for o in found.observations] == [border.at(50)]


def test_a_figure_without_a_time_is_as_vague_as_a_date() -> None:
    undated = claim("undated", 900, 60).model_copy(update={"as_of": None})
    assert observed(one_gate(undated))["undated"].clock_hours == clock_hours("date")


def test_vaguer_words_for_a_time_are_vaguer() -> None:
    words = ["exact", "", "date_evening", "date", "date_inferred_from_page", "week", "month"]
    hours = [clock_hours(word) for word in words]
    assert hours == sorted(hours)
    assert len(set(hours)) == len(hours)


def test_old_figures_give_way_to_one_each_half_day_and_series() -> None:
    said = [claim(f"c{h}", 100.0 * h + 7, h) for h in range(1, int(border.ISSUE_HOURS), 3)]
    said.append(claim("books", 800, 10, measure="registered", basis="registration"))
    said.append(claim("plan", 90_000, 5, basis="planning"))
    known = one_gate(*said)
    kept = observed(known)
    assert {"books", "plan"} <= set(kept)
    edge = border.ISSUE_HOURS - KEEP_HOURS
    hours = range(1, int(border.ISSUE_HOURS), 3)
    newest = {h // THIN_HOURS: h for h in hours if h < edge}
    expected = {f"c{h}" for h in hours if h >= edge or h == newest[h // THIN_HOURS]}
    assert {name for name in kept if name.startswith("c")} == expected
    assert reason(known, "c1") == f"an older figure; c{newest[0]} stands for its half day"


def test_of_the_old_a_level_stands_before_flows_and_bounds() -> None:
    known = one_gate(
        claim("level", 900, 13),
        claim("vague", 950, 14, as_of_precision="date"),
        claim("bound", 1000, 15, high=None),
        claim("flow", 100, 16, counting="flow"),
    )
    assert set(observed(known)) == {"level"}


# Rounding.


@given(st.integers(1, 999), st.sampled_from([1, 10, 100, 1000, 10_000]))
def test_rounding_is_that_of_the_grain_and_at_most_of_a_tenth(digits: int, grain: int) -> None:
    value = float(digits * grain)
    found = rounding(value, "exact") * math.sqrt(12)
    assert found >= 1 - 1e-9
    assert found <= max(1.0, value / 10) * (1 + 1e-9)
    assert value % round(found) == 0
    if digits >= 10:
        assert found >= grain * (1 - 1e-9)


def test_an_approximate_figure_is_two_per_cent_vaguer() -> None:
    exact, approx = rounding(6543, "exact"), rounding(6543, "approx")
    assert approx == pytest.approx(math.hypot(exact, 0.02 * 6543))


@pytest.mark.parametrize(("hours", "enters"), [(70.0, False), (100.0, True)])
def test_older_counts_at_the_gates_do_not_stand_for_a_newer_total(
    hours: float, enters: bool
) -> None:
    known = two_gates(
        claim("east-count", 600, 60, place="east"),
        claim("west-count", 300, 60, place="west"),
        claim("total", 2500, hours, place="all"),
    )
    assert ("total" in observed(known)) == enters


def test_of_two_figures_for_one_old_moment_the_larger_stands() -> None:
    known = one_gate(
        claim("a", 6000, 60, place="all", sources=("one",)),
        claim("b", 3000, 60, place="all", sources=("another",)),
        claim("c", 9000, 110, place="all"),
    )
    assert set(observed(known)) == {"a", "c"}
