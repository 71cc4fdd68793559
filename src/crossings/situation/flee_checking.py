"""What must hold across the tables of the folder ``flee/``: every name leads to a location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crossings.situation.flee_records import TOTAL, FleeClosure
from crossings.situation.flee_tables import (
    AGENTS,
    CAPACITIES,
    CLOSURES,
    CONFLICTS,
    CORRECTIONS,
    FIGURES,
    LEVELS,
    LOCATION_CHANGES,
    LOCATIONS,
    ROUTES,
)
from crossings.situation.reading import Contents, Row
from crossings.situation.tables import PLACES, Problem, Table, shown

_NAMES = (
    (CAPACITIES, "place"),
    (ROUTES, "from_place"),
    (ROUTES, "to_place"),
    (CONFLICTS, "place"),
    (LOCATION_CHANGES, "place"),
    (AGENTS, "place"),
)
"""The columns that name a location of ``flee/locations.csv``."""


def check_flee(contents: Contents, places: Mapping[str, Row[Any]]) -> Iterator[Problem]:
    """Problems between the tables of a Flee set-up; ``places`` holds ``places.csv`` by id.

    Where rows of the locations have errors of their own nothing that names them has one on top.
    """
    if any(contents.damaged.get(t.file) or t.file in contents.lost for t in (LOCATIONS, PLACES)):
        return
    rows = contents.rows
    locations = rows.get(LOCATIONS.file, [])
    names = {row.record.id for row in locations}
    yield from _locations(locations, places)
    for table, field in _NAMES:
        for row in rows.get(table.file, []):
            yield from _named(table, row, field, names)
    for row in rows.get(CLOSURES.file, []):
        yield from _closure(row, names, {r.record.country for r in locations})
    for row in rows.get(LEVELS.file, []):
        regions = {r.record.region for r in locations}
        known = names if row.record.measure == "flood" else regions
        yield from _named(LEVELS, row, "name", known)
    series = {row.record.series for row in rows.get(FIGURES.file, [])}
    for row in rows.get(FIGURES.file, []):
        yield from _named(FIGURES, row, "series", {*places, TOTAL}, "a place, or total")
    for row in rows.get(CORRECTIONS.file, []):
        yield from _named(CORRECTIONS, row, "place", series)


def _locations(locations: list[Row[Any]], places: Mapping[str, Row[Any]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for row in locations:
        if row.record.id in seen:
            found = f"{shown(row.record.id)} again"
            yield Problem("error", LOCATIONS.file, row.line, "id", found, "it once")
        seen.add(row.record.id)
        yield from _named(LOCATIONS, row, "id", set(places), "the id of a row of places.csv")


def _named(
    table: Table,
    row: Row[Any],
    field: str,
    names: set[str],
    expected: str = "a name of flee/locations.csv",
) -> Iterator[Problem]:
    name = getattr(row.record, field)
    if name not in names:
        yield Problem("error", table.file, row.line, table.column_of(field), shown(name), expected)


def _closure(row: Row[Any], names: set[str], countries: set[str]) -> Iterator[Problem]:
    record: FleeClosure = row.record
    known = countries if record.kind == "country" else names
    expected = f"a {'country' if record.kind == 'country' else 'name'} of flee/locations.csv"
    for field in ("name1", "name2"):
        if getattr(record, field) in record.ends:
            yield from _named(CLOSURES, row, field, known, expected)
