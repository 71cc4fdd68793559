"""What must hold across the rows of a folder, and what is odd in them.

An error is what cannot be understood: a row that names something which is not there. A warning is
what can, but would surprise whoever wrote it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import pycountry

from crossings.situation.flee_checking import check_flee
from crossings.situation.reading import Contents, Row
from crossings.situation.records import (
    ALL,
    Claim,
    Counting,
    Event,
    EventKind,
    Place,
    Prior,
    Route,
    Situation,
)
from crossings.situation.tables import (
    CLAIMS,
    CONTEXT,
    EVENTS,
    PLACES,
    PRIORS,
    ROUTES,
    SETTINGS_FILE,
    TABLES,
    Problem,
    Table,
    shown,
)

MEASURES = frozenset(
    {
        *("accommodated", "affected", "arrived", "capacity", "children", "crossed", "deported"),
        *("detained", "displaced", "evacuated", "fled", "host_population", "hosted", "in_need"),
        *("injured", "killed"),
        *("missing", "moved_on", "other", "population", "present", "pupils", "refugees_hosted"),
        *("registered", "registration_rate", "remaining", "rescued", "returned", "share"),
        *("sheltered", "travel_time", "unregistered", "vehicles", "waiting", "wounded"),
    }
)
"""Measures in use; another one is kept and shown, but nothing is known of its meaning."""

PRECISIONS = frozenset(
    {
        *("exact", "time", "minute", "hour", "date", "day", "week", "month", "year", "end"),
        *("approx", "inferred", "assumed", "between", "doubtful", "undated"),
    }
)
"""First words of ``as_of_precision``; what follows an underscore is free (``date_evening``)."""

FUTURE_TOLERANCE = dt.timedelta(days=1)
"""A reported figure may be printed a day before the day it is dated, across time zones."""


IDS_LISTED = 30
"""A table with more rows than this is not listed in a message."""


def check_contents(contents: Contents) -> Iterator[Problem]:
    """Problems between the rows of ``contents``, in the order of the files."""
    rows = contents.rows
    if contents.settings:
        yield from _check_settings(contents.settings)
    for table in TABLES:
        if table is not PRIORS:
            yield from _check_ids(table, rows.get(table.file, []))
    places = _index(contents, PLACES)
    routes = _index(contents, ROUTES)
    for place in rows.get(PLACES.file, []):
        yield from _check_place(place)
    for route in rows.get(ROUTES.file, []):
        yield from _check_route(route, places)
    for event in rows.get(EVENTS.file, []):
        yield from _check_event(event)
        yield from _refer(EVENTS, event, "place", places)
        yield from _refer(EVENTS, event, "route", routes)
    for claim in rows.get(CLAIMS.file, []):
        yield from _check_claim(claim)
        yield from _refer(CLAIMS, claim, "place", places, also=(ALL,))
    yield from _check_links(contents)
    yield from check_flee(contents, _index(contents, PLACES).rows)
    for prior in rows.get(PRIORS.file, []):
        yield from _check_prior(prior, {*places.rows, *routes.rows, *get_args(EventKind)})


@dataclasses.dataclass(frozen=True)
class _Index:
    """The rows that a reference may lead to.

    ``damaged`` ids stand for rows with errors of their own; where a whole file is ``lost``, every
    reference may be right.
    """

    noun: str
    rows: dict[str, Row[Any]]
    damaged: set[str]
    lost: bool


def _index(contents: Contents, *tables: Table, noun: str = "") -> _Index:
    return _Index(
        noun=noun or tables[0].field.removesuffix("s"),
        rows={row.record.id: row for t in tables for row in contents.rows.get(t.file, [])},
        damaged=set().union(*(contents.damaged.get(table.file, ()) for table in tables)),
        lost=any(table.file in contents.lost for table in tables),
    )


def _warning(table: Table, line: int, column: str, found: str, expected: str) -> Problem:
    return Problem("warning", table.file, line, column, found, expected)


def _error(table: Table, line: int, column: str, found: str, expected: str) -> Problem:
    return Problem("error", table.file, line, column, found, expected)


def _check_settings(settings: Situation) -> Iterator[Problem]:
    countings = get_args(Counting)
    for target in settings.targets:
        measure, _, counting = target.rpartition(".")
        if not measure or counting not in countings:
            expected = f"<measure>.<counting> with a counting of {', '.join(countings)}"
            yield Problem("error", SETTINGS_FILE, None, "targets", shown(target), expected)
        elif measure not in MEASURES:
            expected = f"one of {', '.join(sorted(MEASURES))}"
            yield Problem("warning", SETTINGS_FILE, None, "targets", shown(target), expected)


def _check_ids(table: Table, rows: list[Row[Any]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(row.record.id, row.line)
        if line != row.line:
            found = f"{shown(row.record.id)} again"
            yield _error(table, row.line, "id", found, f"it once (first in line {line})")


def _refer(
    table: Table, row: Row[Any], field: str, index: _Index, also: tuple[str, ...] = ()
) -> Iterator[Problem]:
    """A reference must lead to a row, and to one that was public when the reference was."""
    name = getattr(row.record, field)
    if not name or name in also or name in index.damaged or index.lost:
        return
    column = table.column_of(field)
    target = index.rows.get(name)
    if target is None:
        expected = " or ".join((*also, f"the id of one {index.noun}{_listed(index)}"))
        yield _error(table, row.line, column, shown(name), expected)
    elif target.record.known_at > row.record.known_at:
        later = target.record.known_at.isoformat()
        yield _warning(
            table, row.line, column, f"{shown(name)}, public only on {later}", "it to be known"
        )


def _listed(index: _Index) -> str:
    """The ids to choose from, where they are few enough to read."""
    return f" ({', '.join(index.rows)})" if 0 < len(index.rows) <= IDS_LISTED else ""


@cache
def _is_country(code: str) -> bool:
    return pycountry.countries.get(alpha_3=code) is not None


def _check_country(table: Table, line: int, column: str, code: str) -> Iterator[Problem]:
    if code and not _is_country(code):
        yield _warning(table, line, column, shown(code), "an ISO 3166-1 alpha-3 code, such as ARM")


def _check_place(row: Row[Place]) -> Iterator[Problem]:
    place = row.record
    if place.id == ALL:
        yield _error(PLACES, row.line, "id", shown(ALL), "another id: it means all places")
    yield from _check_country(PLACES, row.line, "country", place.country)
    if (place.lat is None) != (place.lon is None):
        column = "lat" if place.lat is None else "lon"
        yield _warning(PLACES, row.line, column, "nothing", "both coordinates or none")


def _check_route(row: Row[Route], places: _Index) -> Iterator[Problem]:
    route = row.record
    yield from _refer(ROUTES, row, "from_place", places)
    yield from _refer(ROUTES, row, "to_place", places)
    if route.from_place == route.to_place:
        yield _error(ROUTES, row.line, "to", shown(route.to_place), "another place than from")


def _check_event(row: Row[Event]) -> Iterator[Problem]:
    event = row.record
    yield from _check_country(EVENTS, row.line, "from_country", event.from_country)
    yield from _check_country(EVENTS, row.line, "to_country", event.to_country)


def _check_claim(row: Row[Claim]) -> Iterator[Problem]:
    claim, line = row.record, row.line
    if claim.measure not in MEASURES:
        expected = f"one of {', '.join(sorted(MEASURES))}"
        yield _warning(CLAIMS, line, "measure", shown(claim.measure), expected)
    if claim.as_of_precision and claim.as_of_precision.partition("_")[0] not in PRECISIONS:
        expected = f"one of {', '.join(sorted(PRECISIONS))}"
        yield _warning(CLAIMS, line, "as_of_precision", shown(claim.as_of_precision), expected)
    if claim.as_of is None:
        yield _warning(CLAIMS, line, "as_of", "nothing", "the time the figure refers to")
    elif claim.status == "reported" and claim.as_of > claim.known_at + FUTURE_TOLERANCE:
        found = f"{claim.known_at.isoformat()}, before its as_of {claim.as_of.isoformat()}"
        yield _warning(CLAIMS, line, "known_at", found, "a reported figure to be of the past")
    yield from _check_bounds(row)


def _check_bounds(row: Row[Claim]) -> Iterator[Problem]:
    claim, line = row.record, row.line
    low, high = claim.low, claim.high
    if low is None and high is None:
        yield _warning(CLAIMS, line, "low", "neither low nor high", "a figure")
        return
    mismatch = {
        "exact": (low != high, "low and high to be the same number"),
        "approx": (low is None or high is None, "low and high"),
        "at_least": (low is None or high is not None, "low only"),
        "at_most": (high is None or low is not None, "high only"),
        "range": (low is None or high is None or low == high, "low below high"),
    }
    wrong, expected = mismatch.get(claim.qualifier, (False, ""))
    if wrong:
        found = f"{claim.qualifier} with low {_figure(low)} and high {_figure(high)}"
        yield _warning(CLAIMS, line, "qualifier", found, expected)


def _figure(value: float | None) -> str:
    return "empty" if value is None else f"{value:g}"


def _check_links(contents: Contents) -> Iterator[Problem]:
    """References from row to row: parts, copies, disputes, bearings."""
    claims = _index(contents, CLAIMS)
    events = _index(contents, EVENTS)
    anything = _index(contents, EVENTS, CLAIMS, CONTEXT, noun="event, claim or context row")
    for event in contents.rows.get(EVENTS.file, []):
        yield from _refer(EVENTS, event, "disputes", anything)
    for claim in contents.rows.get(CLAIMS.file, []):
        for field in ("part_of", "same_group_as"):
            yield from _refer(CLAIMS, claim, field, claims)
            if _leads_to_itself(claim, field, claims.rows):
                name = shown(getattr(claim.record, field))
                yield _error(CLAIMS, claim.line, field, name, "no chain back to this row")
    for statement in contents.rows.get(CONTEXT.file, []):
        yield from _refer(CONTEXT, statement, "bears_on", events)


def _leads_to_itself(row: Row[Claim], field: str, claims: dict[str, Row[Claim]]) -> bool:
    seen: set[str] = set()
    name = getattr(row.record, field)
    while name in claims and name not in seen:
        if name == row.record.id:
            return True
        seen.add(name)
        name = getattr(claims[name].record, field)
    return False


PRIOR_PARTS = frozenset({"total", "partial", "few", "attack"})
"""Scopes that name a part of a prior: how much of a people leaves, what set it off."""


def _check_prior(row: Row[Prior], scopes: set[str]) -> Iterator[Problem]:
    free = row.record.parameter == "source_reliability"  # its scope names who speaks
    if row.record.scope and not free and row.record.scope not in scopes | PRIOR_PARTS:
        expected = "nothing, or the id of a place or route, a kind of event, or " + ", ".join(
            sorted(PRIOR_PARTS)
        )
        yield _warning(PRIORS, row.line, "scope", shown(row.record.scope), expected)
