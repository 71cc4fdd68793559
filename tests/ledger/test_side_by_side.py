from __future__ import annotations

import datetime as dt
import math
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crossings.errors import InputError
from crossings.ledger.reconciled import CONFIDENCE, Reconciled, order_statistics
from crossings.ledger.side_by_side import SideBySide, matching, side_by_side
from crossings.ledger.ties import OUT
from crossings.situation.catalogue import load
from crossings.situation.disagreements import quantity
from crossings.situation.records import Claim
from tests.ledger.test_store import at, claim

ZONE = ZoneInfo("Asia/Yerevan")
KARABAKH = load("nagorno-karabakh-2023")


def answers(as_of: str | None, time: dt.datetime | None = None, **asked: Any) -> SideBySide:
    known = KARABAKH.as_of(as_of) if as_of else KARABAKH
    return side_by_side(known.claims, matching(known.claims, **asked), known.zone, time)


def ties(found: SideBySide) -> dict[str, tuple[tuple[str, str], ...]]:
    return {row.claim.id: row.ties for row in found.rows}


def said(found: SideBySide) -> Reconciled:
    assert found.reconciled is not None
    return found.reconciled


def test_the_200_killed_are_what_they_are_when_they_are_told() -> None:
    found = answers("2023-09-25", measure="killed")
    told = ties(found)
    assert told["0920-midday-killed"] == (("overtaken by", "0920-2130-ombudsman-killed"),)
    assert told["0919-killed"] == (("superseded by", "0920-2130-ombudsman-killed"),)
    # The report repeats the ombudsman and drops "at least": no second voice.
    assert told["report-f5-killed"] == (("copy of", "0920-2130-ombudsman-killed"),)
    range_ = said(found)
    assert (range_.low, range_.high, range_.open_above) == (200, 200, True)
    assert [c.id for c in range_.voices] == ["0920-2130-ombudsman-killed"]
    assert "one independent bulletin" in range_.method
    units = {row.claim.unit for row in found.others}
    assert {"civilians", "children"} <= units


def test_the_later_counts_take_the_place_of_the_200() -> None:
    found = answers(None, measure="killed")
    told = ties(found)
    assert ("superseded by", "2024-05-killed") in told["0920-2130-ombudsman-killed"]
    # Two men of one office are one voice.
    assert told["1031-killed"] == (("superseded by", "2024-01-killed"),)
    assert {kind for kind, _ in told["2024-01-killed"]} == {"agrees with"}
    range_ = said(found)
    assert (range_.low, range_.middle, range_.high, range_.open_above) == (223, 223, 224, True)
    assert {c.id for c in range_.voices} == {"1020-killed", "2024-01-killed", "2024-05-killed"}
    assert len(found.history) == 7  # every bulletin once
    # The dead of the fuel depot are others, and never averaged with these.
    depot = {row.claim.id for row in found.others if row.has("other place")}
    assert "2024-05-depot-killed" in depot


def test_what_was_rejected_on_review_does_not_count() -> None:
    found = answers(None, measure="killed", place="stepanakert")
    assert ("rejected", "") in ties(found)["0926-depot-killed-misread"]
    assert "0926-depot-killed-misread" not in {c.id for c in said(found).voices}


def test_a_moment_between_two_totals_lies_between_them() -> None:
    asked = KARABAKH.moment("2023-09-27T13:30+04:00")
    range_ = said(answers("2023-10-05", asked, measure="arrived", place="all"))
    assert range_.low == range_.high == 47115
    assert range_.ceiling is not None
    assert range_.ceiling[0] == 50243


def test_what_was_not_public_yet_changes_nothing() -> None:
    """At any moment the answers are those that could have been given then."""
    for day in ("2023-09-24", "2023-09-26T12:00+04:00", "2023-10-21"):
        known = KARABAKH.as_of(day).claims
        late = [c for c in KARABAKH.claims if c not in known]
        assert late
        assert answers(day, measure="arrived") == side_by_side(
            known, matching(known, measure="arrived"), KARABAKH.zone
        )


values = st.integers(1, 50).map(lambda n: 100.0 * n)
claims = st.lists(
    st.builds(
        claim,
        value=values,
        as_of=st.integers(20, 28).map(at),
        sources=st.sampled_from(["a", "b", "c", "d, of b", "e"]).map(lambda name: (name,)),
        counting=st.sampled_from(["cumulative", "stock"]),
        unit=st.sampled_from(["people", "families"]),
        status=st.sampled_from(["reported", "reported", "planned", "uncertain"]),
        review=st.sampled_from(["accepted", "accepted", "rejected"]),
        bulletin=st.sampled_from(["", "", "x", "y"]),
    ),
    max_size=12,
).map(lambda rows: [row.model_copy(update={"id": f"c{i}"}) for i, row in enumerate(rows)])


@given(claims, st.integers(20, 28).map(at) | st.none())
def test_a_range_holds_its_voices_and_no_other_counting(
    rows: list[Claim], time: dt.datetime | None
) -> None:
    asked = ("arrived", "cumulative", "people", "all", "")
    found = side_by_side(rows, asked, ZONE, time)
    assert {row.claim.id for row in (*found.rows, *found.others)} == {row.id for row in rows}
    assert all(quantity(row.claim) == asked for row in found.rows)
    for row in found.rows:
        for kind, other in row.ties:
            assert other == "" or kind == "part of" or other in {r.claim.id for r in found.rows}
    if found.reconciled is None:
        assert not any(row.speaks for row in found.rows) or time is not None
        return
    range_ = found.reconciled
    stated = [bound for c in range_.voices for bound in (c.low, c.high) if bound is not None]
    assert min(stated) <= range_.low <= range_.middle <= range_.high <= max(stated)
    assert all(quantity(c) == asked for c in range_.voices)
    assert all(c.as_of is not None and c.as_of <= range_.time for c in range_.voices)
    # A speaker counts once.
    speakers = [c.sources[0].rpartition(", ")[2] for c in range_.voices]
    assert len(set(speakers)) == len(speakers)


@given(claims)
def test_the_order_of_rows_says_nothing(rows: list[Claim]) -> None:
    asked = ("arrived", "cumulative", "people", "all", "")
    one, other = (side_by_side(order, asked, ZONE) for order in (rows, rows[::-1]))
    assert one.reconciled == other.reconciled
    assert [row.claim for row in one.rows] == [row.claim for row in other.rows]


@given(claims)
def test_copies_add_no_voice(rows: list[Claim]) -> None:
    asked = ("arrived", "cumulative", "people", "all", "")
    copies = [
        row.model_copy(update={"id": f"copy-{row.id}", "same_group_as": row.id, "known_at": at(29)})
        for row in rows
    ]
    before = side_by_side(rows, asked, ZONE).reconciled
    assert side_by_side([*rows, *copies], asked, ZONE).reconciled == before


def test_many_voices_shed_what_is_far_off() -> None:
    """A figure ten times too high moves the range of nine voices by no more than a neighbour."""
    figures = [100, 101, 102, 103, 104, 105, 106, 107, 1000]
    rows = [
        claim(float(n), id=f"c{i}", sources=(f"s{i}",), counting="stock", as_of=at(25))
        for i, n in enumerate(figures)
    ]
    range_ = said(side_by_side(rows, quantity(rows[0]), ZONE))
    assert (range_.low, range_.middle, range_.high) == (101, 104, 107)
    assert "without the 1 lowest and the 1 highest" in range_.method
    assert any(
        kind == "contradicts"
        for row in side_by_side(rows, quantity(rows[0]), ZONE).rows
        for kind, _ in row.ties
    )


@pytest.mark.parametrize("count", range(3, 60))
def test_the_order_statistics_hold_the_median_as_often_as_they_say(count: int) -> None:
    dropped, holds = order_statistics(count)
    assert math.isclose(holds, 1 - 2 * stats.binom.cdf(dropped, count, 0.5))
    if dropped:
        assert holds >= CONFIDENCE
    assert 1 - 2 * stats.binom.cdf(dropped + 1, count, 0.5) < CONFIDENCE


def test_old_counts_of_people_present_say_nothing_of_now() -> None:
    rows = [claim(5, counting="stock", as_of=at(20)), claim(9, id="c2", counting="stock")]
    asked = quantity(rows[0])
    assert said(side_by_side(rows[:1], asked, ZONE)).low == 5
    assert side_by_side(rows[:1], asked, ZONE, at(25)).reconciled is None
    assert said(side_by_side(rows, asked, ZONE, at(26))).low == 9


def test_a_question_that_no_claim_answers_is_told() -> None:
    with pytest.raises(InputError, match="found no claim of 'crossed' that fits"):
        matching([claim()], measure="crossed")
    with pytest.raises(InputError, match="expected one of: arrived cumulative people all"):
        matching([claim()], measure="arrived", unit="dogs")
    assert OUT
