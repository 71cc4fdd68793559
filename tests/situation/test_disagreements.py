from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from crossings.situation.disagreements import Disagreement, disagreements
from crossings.situation.records import Claim
from tests import outlooks

START = outlooks.at(1, 0)


def found(*claims: Claim) -> tuple[Disagreement, ...]:
    return disagreements(claims, outlooks.ZONE)


def ids(group: Disagreement) -> list[str]:
    return [claim.id for claim in group.claims]


@given(st.lists(st.integers(0, 10**6), max_size=12))
def test_a_total_that_grows_is_one_story(values: list[int]) -> None:
    claims = [
        outlooks.claim(f"c{i}", v, START + dt.timedelta(hours=i))
        for i, v in enumerate(sorted(values))
    ]
    assert found(*claims) == ()


@given(st.integers(100, 10**6), st.floats(0.1, 0.9), st.integers(0, 500))
def test_a_total_that_falls_is_not(high: int, share: float, hours: int) -> None:
    before = outlooks.claim("before", high, START)
    after = outlooks.claim("after", int(high * share), START + dt.timedelta(hours=hours))
    assert [ids(group) for group in found(before, after)] == [["after", "before"]]


@given(st.permutations(outlooks.CLAIMS))
def test_the_order_of_the_rows_does_not_matter(claims: list[Claim]) -> None:
    groups = {frozenset(ids(group)) for group in found(*claims)}
    assert groups == {frozenset(ids(group)) for group in found(*outlooks.CLAIMS)}
    assert frozenset({"pop-az", "pop-nk"}) in groups


def test_populations_are_compared_whatever_their_date() -> None:
    fields = {"measure": "population", "counting": "stock"}
    old = outlooks.claim("old", 145053, outlooks.at(1), **fields)
    new = outlooks.claim("new", 25000, outlooks.at(25), **fields)
    assert [ids(group) for group in found(old, new)] == [["new", "old"]]


def test_a_rounded_number_is_the_same_number() -> None:
    exact = outlooks.claim("exact", 2906, outlooks.at(25, 6))
    said = outlooks.claim("said", 2900, outlooks.at(25, 6), high=None, qualifier="at_least")
    assert found(exact, said) == ()


def test_tolls_of_one_day_stand_side_by_side() -> None:
    day = outlooks.at(20, 23)
    fields = {"measure": "killed", "as_of_precision": "date", "place": ""}
    five, six = outlooks.claim("5", 5, day, **fields), outlooks.claim("6", 6, day, **fields)
    assert [ids(group) for group in found(six, five)] == [["5", "6"]]
    moved = outlooks.claim("a", 5, day, as_of_precision="date")
    assert found(moved, outlooks.claim("b", 6, day, as_of_precision="date")) == ()


def test_flows_of_days_that_follow_each_other_are_not_rivals() -> None:
    fields = {"counting": "flow", "as_of_precision": "date"}
    one = outlooks.claim("one", 22800, outlooks.at(26), **fields)
    two = outlooks.claim("two", 26600, outlooks.at(27), **fields)
    rival = outlooks.claim("rival", 40000, outlooks.at(27), **fields)
    assert [ids(group) for group in found(one, two, rival)] == [["two", "rival"]]


def test_plans_and_rejected_claims_are_not_compared() -> None:
    total = outlooks.claim("total", 1000, START)
    plan = outlooks.claim("plan", 10, START, status="planned")
    rejected = outlooks.claim("rejected", 10, START, review="rejected")
    assert found(total, plan, rejected) == ()
    assert found(total, outlooks.claim("told", 10, START))
