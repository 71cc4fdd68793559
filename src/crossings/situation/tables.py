"""The shape of a situation folder: which tables, which columns, what a cell may hold.

A cell is text. :func:`read_cells` turns the cells of a row into the fields of its record and says
what is wrong with each; :func:`write_cells` is its inverse.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from crossings.situation.base import Record
from crossings.situation.records import Claim, Context, Event, Place, Prior, Route
from crossings.situation.times import Edge, read_moment, write_moment

SETTINGS_FILE = "situation.toml"

Severity = Literal["error", "warning"]


@dataclasses.dataclass(frozen=True)
class Problem:
    """Something in a folder that cannot be used (``error``) or looks odd (``warning``).

    ``line`` is the line in the file where the row starts (the heading is line 1), ``None`` where
    the file as a whole is meant; ``column`` is empty where the row as a whole is meant.
    """

    severity: Severity
    file: str
    line: int | None
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        where = self.file
        if self.line is not None:
            where += f" line {self.line}"
        if self.column:
            where += f", {self.column}"
        return f"{where}: found {self.found}, expected {self.expected}"


@dataclasses.dataclass(frozen=True)
class Table:
    """One table: its file, the field of the situation, the record of a row, the columns in order.

    ``renamed`` maps columns to fields where a column's name cannot be a field's name. A folder may
    do without a table that is ``optional``.
    """

    file: str
    field: str
    record: type[Record]
    columns: tuple[str, ...]
    optional: bool = False
    renamed: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that a file must have; an empty ``known_at`` can often be inferred."""
        fields = self.record.model_fields
        return tuple(
            c for c in self.columns if fields[self.field_of(c)].is_required() and c != "known_at"
        )

    def field_of(self, column: str) -> str:
        """The record's field that holds ``column``."""
        return self.renamed.get(column, column)

    def column_of(self, field: str) -> str:
        """The column that holds the record's ``field``."""
        return next((c for c in self.columns if self.field_of(c) == field), field)


PLACES = Table(
    "places.csv",
    "places",
    Place,
    (
        *("id", "name", "names", "kind", "country", "admin1", "pcode", "lat", "lon"),
        *("known_at", "source", "url"),
    ),
)
ROUTES = Table(
    "routes.csv",
    "routes",
    Route,
    (
        *("id", "from", "to", "both_ways", "distance_km", "speed_kmh", "mode"),
        *("known_at", "source", "url"),
    ),
    renamed={"from": "from_place", "to": "to_place"},
)
EVENTS = Table(
    "events.csv",
    "events",
    Event,
    (
        *("id", "time", "known_at", "kind", "place", "route", "from_country", "to_country"),
        *("intensity", "sources", "via", "publisher", "url", "quote", "wording"),
        *("disputes", "note"),
    ),
)
CLAIMS = Table(
    "claims.csv",
    "claims",
    Claim,
    (
        *("id", "measure", "counting", "unit", "place", "origin", "low", "high", "qualifier"),
        *("basis", "as_of", "as_of_precision", "known_at", "known_at_assumed", "sources", "via"),
        *("publisher", "url", "quote", "status", "part_of", "same_group_as", "bulletin"),
        *("document", "review", "sensitivity", "note"),
    ),
)
CONTEXT = Table(
    "context.csv",
    "context",
    Context,
    (
        *("id", "subject", "relation", "object", "what", "since", "known_at", "sources", "via"),
        *("publisher", "url", "quote", "bears_on"),
    ),
    optional=True,
)
PRIORS = Table(
    "priors.csv",
    "priors",
    Prior,
    ("parameter", "scope", "family", "a", "b", "reason", "source", "known_at"),
    optional=True,
)
TABLES = (PLACES, ROUTES, EVENTS, CLAIMS, CONTEXT, PRIORS)

EDGES: dict[str, Edge] = {"known_at": "end", "as_of": "end", "time": "start", "start": "start"}
"""The columns that hold moments, and which side of a whole day they mean."""

_NUMBERS = {
    *("lat", "lon", "distance_km", "speed_kmh", "low", "high", "a", "b"),
    *("x", "y", "intensity_level", "level", "weight"),
}
_WHOLE = {"day", "conflict_date", "population", "people", "count", "line"}
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_FLAG_COLUMNS = {"both_ways", "known_at_assumed"}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_LONGEST_SHOWN = 60


def shown(text: object) -> str:
    """``text`` in quotes, on one line, shortened where it is long."""
    line = str(text)
    return repr(line if len(line) <= _LONGEST_SHOWN else line[: _LONGEST_SHOWN - 1] + "…")


def read_cells(
    table: Table, cells: Mapping[str, str], zone: ZoneInfo
) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """The fields that the cells state, without the empty ones, and what is wrong with cells.

    Returns:
        The fields by name, and for each bad cell (column, what was found, what was expected).
    """
    fields: dict[str, Any] = {}
    wrong: list[tuple[str, str, str]] = []
    for column, cell in cells.items():
        text = cell.strip()
        if not text:
            continue
        try:
            fields[table.field_of(column)] = _read_cell(column, text, zone)
        except ValueError as error:
            wrong.append((column, shown(text), str(error)))
    return fields, wrong


def _read_cell(column: str, text: str, zone: ZoneInfo) -> Any:
    if column in EDGES:
        return read_moment(text, zone, EDGES[column])
    if column in _NUMBERS:
        if not _NUMBER.fullmatch(text):
            raise ValueError("a number, written like 2906 or 39.8")
        return float(text)
    if column in _WHOLE:
        if not _WHOLE_NUMBER.fullmatch(text):
            raise ValueError("a whole number, written like 2906")
        return int(text)
    if column in _FLAG_COLUMNS:
        if text.lower() not in _FLAGS:
            raise ValueError("true or false")
        return _FLAGS[text.lower()]
    return text


def write_cells(table: Table, record: Record, zone: ZoneInfo) -> list[str]:
    """The cells of a row, in the order of the table's columns."""
    return [_write_cell(c, getattr(record, table.field_of(c)), zone) for c in table.columns]


def _write_cell(column: str, value: Any, zone: ZoneInfo) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case dt.datetime():
            return write_moment(value, zone, EDGES[column])
        case dt.date():
            return value.isoformat()
        case tuple():
            return "; ".join(value)
        case _:
            return str(value)


def validated(
    model: type[BaseModel], fields: Mapping[str, Any]
) -> tuple[Any, list[tuple[str, str, str]]]:
    """The record made of ``fields``, or ``None`` and (field, found, expected) for each bad one."""
    try:
        return model.model_validate(fields), []
    except ValidationError as error:
        return None, [_explain(detail) for detail in error.errors(include_url=False)]


def _explain(detail: Any) -> tuple[str, str, str]:
    field = str(detail["loc"][0]) if detail["loc"] else ""
    found = "nothing" if detail["type"] == "missing" else shown(detail["input"])
    limits = detail.get("ctx", {})
    match detail["type"]:
        case "missing" | "string_too_short":
            return field, "nothing", "a value"
        case "literal_error":
            return field, found, f"one of {limits['expected']}".replace("'", "")
        case "greater_than_equal":
            return field, found, f"a number of at least {limits['ge']:g}"
        case "less_than_equal":
            return field, found, f"a number of at most {limits['le']:g}"
        case "greater_than":
            return field, found, f"a number above {limits['gt']:g}"
        case "string_too_long":
            return field, f"{len(detail['input'])} characters", f"at most {limits['max_length']}"
        case "date_from_datetime_parsing" | "date_parsing":
            return field, found, "a date, written like 2023-09-25"
        case "value_error":
            return field, found, str(limits["error"])
        case _:
            return field, found, str(detail["msg"])
