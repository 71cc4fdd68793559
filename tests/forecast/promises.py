"""What every forecast promises, and situations of every sort to hold it to."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import numpy as np
from hypothesis import strategies as st

from crossings.forecast.outlook import Outlook
from crossings.forecast.sentences import recognised
from crossings.situation.records import (
    ALL,
    Event,
    EventKind,
    Place,
    PlaceKind,
    Prior,
    Route,
    Situation,
)
from tests.forecast import border


def holds_promises(outlook: Outlook, known: Situation) -> None:
    """Assert what holds in every member, place and time of every forecast."""
    _times(outlook)
    _uses(outlook, known)
    for target in outlook.targets:
        assert outlook.draws[target].dims == ("member", "time", "place")
        assert outlook.draws[target].dtype == np.int64
        assert int(outlook.draws[target].min()) >= 0
        for place in outlook.places:
            quantiles = outlook.quantiles(target, place)
            assert np.isfinite(quantiles).all()
            assert (np.diff(quantiles, axis=1) >= 0).all()
    behind = outlook.places[1:]
    everywhere = outlook.samples("arrived.cumulative")
    present = outlook.samples("present.stock")
    unregistered = outlook.samples("unregistered.stock")
    assert (present <= everywhere).all()
    assert (unregistered <= present).all()
    assert (np.diff(everywhere, axis=1) >= 0).all()
    for place in behind:
        arrived = outlook.samples("arrived.cumulative", place)
        assert (np.diff(arrived, axis=1) >= 0).all(), place
        assert (arrived <= everywhere).all(), place
        assert (outlook.samples("present.stock", place) <= arrived).all(), place
    for target, whole in (("present.stock", present), ("unregistered.stock", unregistered)):
        parts = [outlook.samples(target, place) for place in behind]
        assert (np.sum(parts, axis=0) <= whole).all(), target
    if outlook.last_figure is not None:
        assert everywhere.min() >= np.floor(outlook.last_figure.value)


def _times(outlook: Outlook) -> None:
    assert outlook.times[0] > outlook.issued_at
    assert list(outlook.times) == sorted(set(outlook.times))
    stored = outlook.draws["time"].values.astype("datetime64[s]").astype(dt.datetime)
    assert [t.astimezone(dt.UTC).replace(tzinfo=None) for t in outlook.times] == list(stored)


def _uses(outlook: Outlook, known: Situation) -> None:
    assert [use.claim for use in outlook.claims] == [claim.id for claim in known.claims]
    for note in outlook.notes:
        assert recognised(note), note
    for use in outlook.claims:
        assert 0.0 <= use.weight <= 1.0, use
        assert recognised(use.reason), use
        assert bool(use.role) == use.used, use


def two_roads(*claims: object, **changes: object) -> Situation:
    """home -> east -> east-camp, and home -> west -> west-camp, after an attack on home.

    In steps of six hours, for speed.
    """
    attack = Event(
        id="attack",
        time=border.at(0),
        known_at=border.at(2),
        kind="military_operation",
        place="home",
    )
    row = {"events": (attack,), "claims": tuple(claims), "step_hours": 6.0}
    return border.two_gates().model_copy(update=row | changes)


PRIORS = (
    ("capacity", "", "lognormal", 500.0, 0.5),
    ("flow_probability", "attack", "fixed", 0.9, 0.0),
    ("leaving_share", "total", "beta", 9.0, 1.0),
    ("source_reliability", "the ministry", "fixed", 0.3, 0.0),
    ("departure_kick", "ceasefire", "normal", 0.0, 0.2),
)


@st.composite
def crises(draw: st.DrawFn) -> Situation:
    """Small situations of every sort, of which everything is public at the issue time."""
    count = draw(st.integers(1, 7))
    names = [f"place-{number}" for number in range(count)]
    places = tuple(
        Place(
            id=name,
            name=name,
            kind=draw(st.sampled_from(["origin", "crossing", "camp", *get_args(PlaceKind)])),
            country=draw(st.sampled_from(["AAA", "BBB", "CCC", ""])),
            lat=draw(st.none() | st.floats(-90, 90)),
            lon=draw(st.none() | st.floats(-180, 180)),
            known_at=border.LONG_AGO,
        )
        for name in names
    )
    ends = st.tuples(st.sampled_from(names), st.sampled_from(names))
    routes = tuple(
        Route(
            id=f"route-{number}",
            from_place=start,
            to_place=end,
            both_ways=draw(st.booleans()),
            distance_km=draw(st.sampled_from([None, 0.0, 3.0, 50.0, 4000.0])),
            speed_kmh=draw(st.sampled_from([None, 0.1, 4.0, 60.0])),
            known_at=border.LONG_AGO,
        )
        for number, (start, end) in enumerate(draw(st.lists(ends, max_size=10)))
        if start != end
    )
    events = tuple(
        Event(
            id=f"event-{number}",
            time=border.at(draw(st.integers(-30, int(border.ISSUE_HOURS) + 48))),
            known_at=border.at(draw(st.integers(0, int(border.ISSUE_HOURS)))),
            kind=draw(st.sampled_from(get_args(EventKind))),
            place=draw(st.sampled_from(["", *names])),
            route=draw(st.sampled_from(["", *(r.id for r in routes)])),
            intensity=draw(st.sampled_from(["", "partial"])),
        )
        for number in range(draw(st.integers(0, 5)))
    )
    rows = draw(st.lists(st.sampled_from(PRIORS), max_size=2, unique=True))
    claims = draw(border.claims((*names, ALL)))
    if not claims and not events:
        claims = (border.claim("only", 500.0, 60.0),)
    return Situation(
        id="random",
        title="A random crisis",
        start=border.START,
        time_zone=draw(st.sampled_from(["UTC", "Asia/Kathmandu", "America/Havana"])),
        step_hours=draw(st.sampled_from([1.0, 6.0, 24.0])),
        targets=draw(st.sampled_from([("arrived.cumulative",), ("hosted.stock",)])),
        places=places,
        routes=routes,
        events=events,
        claims=claims,
        priors=tuple(
            Prior(parameter=p, scope=s, family=f, a=a, b=b, known_at=border.LONG_AGO)
            for p, s, f, a, b in rows
        ),
    )
