"""A small border to test the inside of the forecast on: origin, crossings, places behind them."""

from __future__ import annotations

import datetime as dt
from typing import get_args

from hypothesis import strategies as st

from crossings.forecast.corridors import corridors
from crossings.forecast.observation import Evidence, Observation, gather
from crossings.situation.records import (
    Basis,
    Claim,
    Counting,
    Place,
    Qualifier,
    Review,
    Route,
    Situation,
    Status,
)

START = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2029, 1, 1, tzinfo=dt.UTC)
ISSUE_HOURS = 120.0


def at(hours: float) -> dt.datetime:
    return START + dt.timedelta(hours=hours)


ISSUED = at(ISSUE_HOURS)


def place(name: str, kind: str, country: str) -> Place:
    return Place.model_validate(
        {"id": name, "name": name, "kind": kind, "country": country, "known_at": LONG_AGO}
    )


def route(start: str, end: str, both_ways: bool = False) -> Route:
    return Route(
        id=f"{start}--{end}",
        from_place=start,
        to_place=end,
        both_ways=both_ways,
        distance_km=20,
        speed_kmh=20,
        known_at=LONG_AGO,
    )


def situation(*claims: Claim, places: list[Place], routes: list[Route]) -> Situation:
    return Situation(
        id="border",
        title="A border",
        start=START,
        places=tuple(places),
        routes=tuple(routes),
        claims=claims,
    )


def one_gate(*claims: Claim) -> Situation:
    """home -> bridge (crossing) -> hall (reception) -> north, south (camps)."""
    return situation(
        *claims,
        places=[
            place("home", "origin", "AAA"),
            place("bridge", "crossing", "BBB"),
            place("hall", "reception", "BBB"),
            place("north", "camp", "BBB"),
            place("south", "camp", "BBB"),
        ],
        routes=[
            route("home", "bridge"),
            route("bridge", "hall"),
            route("hall", "north"),
            route("hall", "south"),
        ],
    )


def two_gates(*claims: Claim) -> Situation:
    """home -> east -> east-camp, home -> west -> west-camp, with nothing between them."""
    return situation(
        *claims,
        places=[
            place("home", "origin", "AAA"),
            place("east", "crossing", "BBB"),
            place("east-camp", "camp", "BBB"),
            place("west", "crossing", "CCC"),
            place("west-camp", "camp", "CCC"),
        ],
        routes=[
            route("home", "east"),
            route("east", "east-camp"),
            route("home", "west"),
            route("west", "west-camp"),
        ],
    )


def claim(name: str, value: float | None, hours: float, **fields: object) -> Claim:
    """A head count of everybody, unless ``fields`` say otherwise."""
    row: dict[str, object] = {
        "id": name,
        "measure": "arrived",
        "counting": "cumulative",
        "place": "all",
        "low": value,
        "high": value,
        "basis": "count",
        "as_of": at(hours),
        "as_of_precision": "exact",
        "known_at": at(hours + 0.5),
        "sources": ("the ministry",),
    }
    return Claim.model_validate(row | fields)


def evidence(known: Situation, issued_at: dt.datetime = ISSUED, proposed: bool = False) -> Evidence:
    return gather(known, corridors(known), issued_at, proposed)


def observed(known: Situation, issued_at: dt.datetime = ISSUED) -> dict[str, Observation]:
    """The observations by the id of their claim."""
    return {o.claim: o for o in evidence(known, issued_at).observations}


MEASURES = (
    "arrived",
    "crossed",
    "hosted",
    "registered",
    "population",
    "waiting",
    "travel_time",
    "fled",
    "accommodated",
    "moved_on",
    "killed",
)
PRECISIONS = ("", "exact", "end_of_day", "date", "week", "month", "date_evening", "about noon")


@st.composite
def claims(draw: st.DrawFn, places: tuple[str, ...]) -> tuple[Claim, ...]:
    """Claims of every sort, all public at the issue time."""
    found: list[Claim] = []
    for number in range(draw(st.integers(0, 12))):
        hours = float(draw(st.integers(-30, int(ISSUE_HOURS))))
        low = draw(st.none() | st.integers(0, 200_000))
        more = draw(st.none() | st.sampled_from([0, 0, 0, 500]))
        high = None if more is None else (low or 0) + more
        earlier = st.sampled_from(["", *(c.id for c in found)])
        row = {
            "measure": draw(st.sampled_from(MEASURES)),
            "counting": draw(st.sampled_from(get_args(Counting))),
            "unit": draw(st.sampled_from(["people", "people", "people", "families", "hours"])),
            "place": draw(st.sampled_from(["", "all", *places])),
            "origin": draw(st.sampled_from(["", "home"])),
            "low": low,
            "high": high,
            "qualifier": draw(st.sampled_from(get_args(Qualifier))),
            "basis": draw(st.sampled_from(get_args(Basis))),
            "as_of_precision": draw(st.sampled_from(PRECISIONS)),
            "known_at": at(min(ISSUE_HOURS, hours + draw(st.sampled_from([0, 1, 30])))),
            "sources": draw(st.sampled_from([(), ("the ministry",), ("a mayor", "the ministry")])),
            "status": draw(st.sampled_from(get_args(Status))),
            "review": draw(st.sampled_from(["accepted", "accepted", *get_args(Review)])),
            "part_of": draw(earlier),
            "same_group_as": draw(earlier),
            "bulletin": draw(st.sampled_from(["", "bulletin 1", "bulletin 2"])),
        }
        found.append(claim(f"claim-{number}", None, hours, **row))
    return tuple(found)
