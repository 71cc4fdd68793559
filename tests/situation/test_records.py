from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from crossings.errors import InputError
from crossings.situation.flee_records import FleeTables
from crossings.situation.records import Claim, Place, Route, Situation
from crossings.situation.tables import TABLES
from tests.situation.strategies import moments, situations

NOON = dt.datetime(2023, 9, 25, 12, tzinfo=dt.UTC)


def claim(**fields: Any) -> Claim:
    return Claim(
        **{"id": "c", "measure": "arrived", "counting": "cumulative", "known_at": NOON, **fields}
    )


def situation(**fields: Any) -> Situation:
    return Situation(**{"id": "s", "title": "T", "start": NOON, **fields})


@st.composite
def histories(draw: st.DrawFn) -> tuple[Situation, dt.datetime, Situation]:
    """A situation, a time, and the same with rows that became known later changed at will."""
    one, other = draw(situations()), draw(situations())
    when = draw(moments(ZoneInfo("UTC"), "end"))
    update: dict[str, Any] = {}
    for table in TABLES:
        past = [row for row in getattr(one, table.field) if row.known_at <= when]
        future = [row for row in getattr(one, table.field) if row.known_at > when]
        kept = [row for row in future if draw(st.booleans())]
        # Rows of another situation, even with ids that are in use, and kept rows under other ids.
        foreign = [row for row in getattr(other, table.field) if row.known_at > when]
        changed = [
            row.model_copy(update={"id": draw(st.sampled_from(["x", "y"]))})
            for row in kept
            if hasattr(row, "id") and draw(st.booleans())
        ]
        order = draw(st.permutations([*kept, *foreign, *changed]))
        update[table.field] = (*order, *past) if draw(st.booleans()) else (*past, *order)
    update["flee"] = draw(other_future(one.flee, other.flee, when))
    return one, when, one.model_copy(update=update)


@st.composite
def other_future(
    draw: st.DrawFn, one: FleeTables | None, other: FleeTables | None, when: dt.datetime
) -> FleeTables | None:
    """The tables of ``one`` as known at ``when``, with rows of both that became known later."""
    rows: dict[str, Any] = {}
    for name in FleeTables.model_fields:
        mine, theirs = (getattr(tables or FleeTables(), name) for tables in (one, other))
        future = [row for row in (*mine, *theirs) if row.known_at > when]
        kept = [row for row in future if draw(st.booleans())]
        rows[name] = (*(row for row in mine if row.known_at <= when), *kept)
    return FleeTables(**rows) if any(rows.values()) else None


@settings(max_examples=75, deadline=None)
@given(histories())
def test_the_future_changes_nothing_of_what_was_known(
    history: tuple[Situation, dt.datetime, Situation],
) -> None:
    one, when, other = history
    assert one.as_of(when) == other.as_of(when)


@settings(max_examples=40, deadline=None)
@given(situations(), st.data())
def test_as_of_keeps_what_was_known_and_nothing_else(one: Situation, data: st.DataObject) -> None:
    when = data.draw(moments(one.zone, "end"))
    past = one.as_of(when)
    places = {place.id for place in past.places}
    routes = {route.id for route in past.routes}
    for table in TABLES:
        assert all(row.known_at <= when for row in getattr(past, table.field))
    assert places == {place.id for place in one.places if place.known_at <= when}
    assert past.priors == tuple(prior for prior in one.priors if prior.known_at <= when)
    assert len(past.context) == sum(row.known_at <= when for row in one.context)
    # No reference leads to a row that is gone.
    assert all({route.from_place, route.to_place} <= places for route in past.routes)
    claims = {row.id for row in past.claims}
    events = {row.id for row in past.events}
    statements = {row.id for row in past.context}
    assert all(row.place in places | {"", "all"} for row in past.claims)
    assert all(row.place in places | {"", "all"} for row in past.events)
    assert all(row.route in routes | {""} for row in past.events)
    assert all({row.part_of, row.same_group_as} <= claims | {""} for row in past.claims)
    assert all(row.bears_on in events | {""} for row in past.context)
    assert all(row.disputes in events | claims | statements | {""} for row in past.events)
    if past.flee is not None:
        rows = [row for name in FleeTables.model_fields for row in getattr(past.flee, name)]
        assert all(row.known_at <= when for row in rows)
        assert {row.id for row in past.flee.locations} <= places


@settings(max_examples=40, deadline=None)
@given(situations(), st.data())
def test_as_of_twice_is_as_of_the_earlier(one: Situation, data: st.DataObject) -> None:
    early, late = sorted(data.draw(st.tuples(*[moments(one.zone, "end")] * 2)))
    assert one.as_of(late).as_of(early) == one.as_of(early)
    assert one.as_of(early).as_of(late) == one.as_of(early)


@settings(max_examples=40, deadline=None)
@given(situations())
def test_everything_is_known_in_the_end(one: Situation) -> None:
    assert one.as_of("2199-12-31") == one


@pytest.mark.parametrize(
    ("when", "moment"),
    [
        ("2023-09-25", "2023-09-25T23:59:59+04:00"),
        (dt.date(2023, 9, 25), "2023-09-25T23:59:59+04:00"),
        ("2023-09", "2023-09-30T23:59:59+04:00"),
        ("2023-09-25T17:00+04:00", "2023-09-25T17:00:00+04:00"),
        (NOON, "2023-09-25T12:00:00+00:00"),
    ],
)
def test_a_moment_of_the_situation(when: str | dt.date, moment: str) -> None:
    assert situation(time_zone="Asia/Yerevan").moment(when).isoformat() == moment


@pytest.mark.parametrize(
    "when", ["soon", "2023-09-25T17:00", dt.datetime(2023, 9, 25), dt.date(1, 1, 1), "9999-12-31"]
)
def test_a_moment_that_is_none(when: str | dt.date) -> None:
    with pytest.raises(InputError, match=r"time: found .*, expected "):
        situation().moment(when)


def test_text_has_one_form() -> None:
    one = claim(sources=(" UNHCR ; IOM", "", "WFP;"), quote=" many\r\nfled\rnorth ")
    assert one.sources == ("UNHCR", "IOM", "WFP")
    assert one.quote == "many\nfled\nnorth"


@pytest.mark.parametrize(
    "fields",
    [
        {"low": 5, "high": 4},
        {"low": -1},
        {"high": float("nan")},
        {"high": float("inf")},
        {"note": "a\0b"},
        {"sources": ("a\x1bb",)},
        {"note": "x" * 100_001},
        {"known_at": dt.datetime(2023, 9, 25)},
        {"known_at": dt.datetime(202, 9, 25, tzinfo=dt.UTC)},
        {"counting": "total"},
        {"colour": "red"},
    ],
)
def test_a_claim_that_cannot_be(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        claim(**fields)


@pytest.mark.parametrize("zone", ["Nowhere/Land", "", "../etc"])
def test_a_zone_must_exist(zone: str) -> None:
    with pytest.raises(ValidationError, match="time zone"):
        situation(time_zone=zone)


def test_the_value_of_a_claim() -> None:
    assert claim(low=200, high=400).value == 300
    assert claim(low=200).value == 200
    assert claim(high=400).value == 400
    assert claim().value is None
    assert claim().target == "arrived.cumulative"


def test_claims_are_added_and_replaced() -> None:
    one = situation(claims=(claim(id="a", low=1), claim(id="b", low=2)))
    more = one.with_claims([claim(id="a", low=3), claim(id="c", low=4)])
    assert [(c.id, c.low) for c in more.claims] == [("b", 2), ("a", 3), ("c", 4)]
    assert [(c.id, c.low) for c in one.claims] == [("a", 1), ("b", 2)]
    with pytest.raises(InputError, match="claim d: place: found 'moon'"):
        one.with_claims([claim(id="d", place="moon")])


def test_what_touches_an_unknown_place_is_unknown() -> None:
    later = NOON + dt.timedelta(days=1)
    here = Place(id="here", name="Here", kind="origin", known_at=NOON)
    camp = Place(id="camp", name="Camp", kind="camp", known_at=later)
    way = Route(id="way", from_place="here", to_place="camp", known_at=NOON)
    one = situation(places=(here, camp), routes=(way,), claims=(claim(place="camp"),))
    assert one.as_of(NOON) == situation(places=(here,))
    assert one.as_of(later) == one
    assert one.place("camp") == camp
    with pytest.raises(KeyError):
        one.place("moon")
