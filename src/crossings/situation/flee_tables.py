"""The files of the folder ``flee/`` and their columns, one table of an imported set-up each."""

from __future__ import annotations

from crossings.situation.base import Record
from crossings.situation.flee_records import (
    FleeAgents,
    FleeCapacity,
    FleeClosure,
    FleeConflict,
    FleeCorrection,
    FleeDemographic,
    FleeFigure,
    FleeLevel,
    FleeLocation,
    FleeLocationChange,
    FleeMajorRoute,
    FleeNote,
    FleeRoute,
    FleeSetting,
)
from crossings.situation.tables import Table

FLEE_FOLDER = "flee"


def _table(
    field: str, record: type[Record], *columns: str, renamed: dict[str, str] | None = None
) -> Table:
    file = f"{FLEE_FOLDER}/{field}.csv"
    return Table(file, field, record, (*columns, "known_at"), optional=True, renamed=renamed or {})


LOCATIONS = _table(
    "locations",
    FleeLocation,
    *("id", "region", "country", "x", "y", "type", "conflict_date", "population", "attributes"),
)
CAPACITIES = _table("capacities", FleeCapacity, "place", "people")
ROUTES = _table(
    "routes",
    FleeRoute,
    *("from", "to", "distance_km", "forced_redirection", "attributes"),
    renamed={"from": "from_place", "to": "to_place"},
)
CLOSURES = _table("closures", FleeClosure, "day", "action", "kind", "name1", "name2")
CONFLICTS = _table(
    "conflicts",
    FleeConflict,
    *("day", "place", "intensity_level"),
    renamed={"intensity_level": "intensity"},
)
FIGURES = _table("figures", FleeFigure, "series", "file", "date", "count")
CORRECTIONS = _table("corrections", FleeCorrection, "place", "date", "note")
SETTINGS = _table("settings", FleeSetting, "key", "value")
LEVELS = _table(
    "levels", FleeLevel, *("measure", "name", "day", "level"), renamed={"level": "value"}
)
DEMOGRAPHICS = _table("demographics", FleeDemographic, "attribute", "value", "column", "weight")
LOCATION_CHANGES = _table("location_changes", FleeLocationChange, "day", "place", "type")
AGENTS = _table("agents", FleeAgents, "place", "attributes", "count")
MAJOR_ROUTES = _table("major_routes", FleeMajorRoute, "places")
NOTES = _table("notes", FleeNote, "kind", "file", "line", "text")

FLEE_TABLES = (
    *(LOCATIONS, CAPACITIES, ROUTES, CLOSURES, CONFLICTS, FIGURES, CORRECTIONS, SETTINGS),
    *(LEVELS, DEMOGRAPHICS, LOCATION_CHANGES, AGENTS, MAJOR_ROUTES, NOTES),
)
"""In the order of the fields of :class:`crossings.situation.flee_records.FleeTables`."""
