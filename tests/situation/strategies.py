"""Random situations that hold every rule of the folder format, for property tests."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, get_args
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from crossings.situation.flee_records import (
    FleeCapacity,
    FleeFigure,
    FleeLocation,
    FleeNote,
    FleeRoute,
    FleeSetting,
    FleeTables,
)
from crossings.situation.records import (
    ALL,
    Basis,
    Claim,
    Context,
    Counting,
    Event,
    EventKind,
    Place,
    PlaceKind,
    Prior,
    Qualifier,
    Relation,
    Review,
    Route,
    Situation,
    Status,
    Tier,
)
from crossings.situation.times import Edge, day_edge

ZONES = (
    "UTC",
    "Asia/Yerevan",
    "Asia/Kathmandu",
    "Europe/Belgrade",
    "America/Havana",  # changes to summer time at midnight
    "Pacific/Apia",  # left out a whole day in 2011
)

zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n\r"), max_size=12
)
words = texts.filter(lambda text: text.strip() != "")
ids = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=6
).filter(lambda text: text.strip() == text and text != ALL)
lists = st.lists(texts, max_size=3).map(tuple)
counts = st.integers(0, 10**7).map(float) | st.floats(0, 1e12)
numbers = st.floats(allow_nan=False, allow_infinity=False)


def moments(zone: ZoneInfo, edge: Edge) -> st.SearchStrategy[dt.datetime]:
    """Whole days in ``zone``, and date-times with any offset."""
    exact = st.datetimes(
        dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1), timezones=zones | st.just(zone)
    )
    return days.map(lambda day: day_edge(day, zone, edge)) | exact


def one_of_literal(literal: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(literal))


def _rows(row_ids: list[str], /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.tuples(*(st.fixed_dictionaries({"id": st.just(n), **fields}) for n in row_ids)).map(
        list
    )


def _some(names: list[str], *more: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *more, *names])


@st.composite
def flee_tables(draw: st.DrawFn, places: list[str], zone: ZoneInfo) -> FleeTables | None:
    """Tables of a Flee set-up whose locations are ``places``."""
    if not places or draw(st.integers(0, 2)):
        return None
    known = moments(zone, "end")
    locations = [
        FleeLocation(
            id=name,
            region=draw(texts),
            country=draw(texts),
            x=draw(st.none() | numbers),
            type=draw(words),
            population=draw(st.none() | st.integers(0, 10**9)),
            attributes=json.dumps(draw(st.dictionaries(texts, texts, max_size=2))),
            known_at=draw(known),
        )
        for name in places
    ]
    named = st.sampled_from(places)
    routes = st.builds(
        FleeRoute, from_place=named, to_place=named, distance_km=counts, known_at=known
    )
    capacities = st.builds(FleeCapacity, place=named, people=st.integers(0, 9), known_at=known)
    figures = st.builds(
        FleeFigure, series=named, file=words, date=days, count=st.integers(0, 9), known_at=known
    )
    value = st.sampled_from(["0.5", "true", "[1.0, 0.5]", '"poisson"'])
    settings = st.builds(FleeSetting, key=ids, value=value, known_at=known)
    line = st.none() | st.integers(1, 9)
    kind = st.sampled_from(["assumed", "warning", "left out"])
    notes = st.builds(FleeNote, kind=kind, file=texts, line=line, text=words, known_at=known)

    def rows(one: st.SearchStrategy[Any]) -> tuple[Any, ...]:
        return tuple(draw(st.lists(one, max_size=2)))

    return FleeTables(
        locations=tuple(locations),
        capacities=rows(capacities),
        routes=rows(routes),
        figures=rows(figures),
        settings=rows(settings),
        notes=rows(notes),
    )


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A situation whose folder has no errors."""
    zone = draw(zones)
    known = moments(zone, "end")
    names = st.lists(ids, max_size=3, unique=True)
    places, routes, events, claims, context = (draw(names) for _ in range(5))
    routes = routes if len(places) > 1 else []
    said: dict[str, st.SearchStrategy[Any]] = {
        "known_at": known,
        "sources": lists,
        "via": texts,
        "publisher": texts,
        "url": texts,
        "quote": texts,
    }
    table: dict[str, list[dict[str, Any]]] = {
        "places": draw(
            _rows(
                places,
                name=words,
                names=lists,
                kind=one_of_literal(PlaceKind),
                country=texts,
                lat=st.none() | st.floats(-90, 90),
                lon=st.none() | st.floats(-180, 180),
                known_at=known,
                source=texts,
            )
        ),
        "routes": draw(
            _rows(
                routes,
                ends=st.permutations(places),
                both_ways=st.booleans(),
                distance_km=st.none() | counts,
                speed_kmh=st.none() | counts.filter(lambda speed: speed > 0),
                mode=lists,
                known_at=known,
            )
        ),
        "events": draw(
            _rows(
                events,
                **said,
                time=moments(zone, "start"),
                kind=one_of_literal(EventKind),
                place=_some(places),
                route=_some(routes),
                wording=texts,
                disputes=_some([*events, *claims, *context]),
            )
        ),
        "claims": draw(
            _rows(
                claims,
                **said,
                measure=words,
                counting=one_of_literal(Counting),
                unit=words,
                place=_some(places, ALL),
                origin=texts,
                bounds=st.tuples(counts, counts).map(sorted),
                bounded=st.tuples(st.booleans(), st.booleans()),
                qualifier=one_of_literal(Qualifier),
                basis=one_of_literal(Basis),
                as_of=st.none() | moments(zone, "end"),
                as_of_precision=texts,
                known_at_assumed=st.booleans(),
                status=one_of_literal(Status),
                bulletin=texts,
                review=one_of_literal(Review),
                note=texts,
            )
        ),
        "context": draw(
            _rows(
                context,
                **said,
                subject=words,
                relation=one_of_literal(Relation),
                since=texts,
                bears_on=_some(events),
            )
        ),
    }
    for row in table["routes"]:
        row["from_place"], row["to_place"] = row.pop("ends")[:2]
    for i, row in enumerate(table["claims"]):
        low, high = row.pop("bounds")
        has_low, has_high = row.pop("bounded")
        row |= {"low": low if has_low else None, "high": high if has_high else None}
        # Only earlier rows are named, so that no chain leads back.
        row["part_of"] = draw(_some(claims[:i]))
        row["same_group_as"] = draw(_some(claims[:i]))
    priors = draw(
        st.lists(
            st.builds(
                Prior,
                parameter=words,
                scope=texts,
                family=words,
                a=numbers,
                b=numbers,
                reason=texts,
                source=texts,
                known_at=known,
            ),
            max_size=3,
        )
    )
    return Situation(
        id=draw(ids),
        title=draw(words),
        start=draw(moments(zone, "start")),
        time_zone=zone.key,
        step_hours=draw(st.floats(1, 24)),
        targets=tuple(draw(st.lists(st.sampled_from(["arrived.cumulative", "waiting.stock"])))),
        tier=draw(one_of_literal(Tier)),
        notes=draw(texts),
        licence=draw(texts),
        places=tuple(Place(**row) for row in table["places"]),
        routes=tuple(Route(**row) for row in table["routes"]),
        events=tuple(Event(**row) for row in table["events"]),
        claims=tuple(Claim(**row) for row in table["claims"]),
        context=tuple(Context(**row) for row in table["context"]),
        priors=tuple(priors),
        flee=draw(flee_tables(places, zone)),
    )
