"""The files of a situation folder, read row by row with everything that is wrong with them.

Reading never stops at the first error: whoever wrote the folder by hand wants the whole list.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from crossings.situation.base import Record
from crossings.situation.flee_tables import FLEE_TABLES
from crossings.situation.records import Situation
from crossings.situation.tables import (
    CLAIMS,
    CONTEXT,
    EVENTS,
    PLACES,
    ROUTES,
    SETTINGS_FILE,
    TABLES,
    Problem,
    Table,
    read_cells,
    shown,
    validated,
)
from crossings.situation.times import day_edge, period_end, precision_of, read_moment

MAX_BYTES = 100_000_000
"""The largest folder that is read: all tables together, in bytes."""

R_co = TypeVar("R_co", bound=Record, covariant=True)


@dataclasses.dataclass(frozen=True)
class Row(Generic[R_co]):
    """A record and the line of its file where it starts."""

    line: int
    record: R_co


@dataclasses.dataclass(frozen=True)
class Contents:
    """What a folder holds: the settings, the rows by table, the problems found while reading.

    ``settings`` is the situation without its tables, ``None`` where ``situation.toml`` cannot be
    used. ``damaged`` holds the ids of rows with errors of their own, by file, and ``lost`` the
    files of which no row could be read: what names them has no error on top of theirs.
    """

    settings: Situation | None
    rows: dict[str, list[Row[Any]]]
    damaged: dict[str, set[str]]
    lost: set[str]
    problems: list[Problem]


def read_contents(folder: Path) -> Contents:
    """Everything in ``folder``; what cannot be read is told among the problems."""
    if problem := _too_large(folder):
        return Contents(None, {}, {}, set(), [problem])
    settings, problems = _read_settings(folder)
    zone = settings.zone if settings else ZoneInfo("UTC")
    # Without settings the rows are still checked; this start only fills empty publication times.
    start = settings.start if settings else dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    contents = Contents(settings, {}, {}, set(), problems)
    for table in (*TABLES, *FLEE_TABLES):
        _read_table(contents, folder, table, zone, start)
    return contents


def _too_large(folder: Path) -> Problem | None:
    files = [folder / SETTINGS_FILE, *(folder / table.file for table in (*TABLES, *FLEE_TABLES))]
    size = sum(file.stat().st_size for file in files if file.is_file())
    if size <= MAX_BYTES:
        return None
    limit = f"at most {MAX_BYTES / 1e6:g} MB"
    return Problem("error", "folder", None, "", f"tables of {size / 1e6:.1f} MB", limit)


def _read_text(path: Path, name: str) -> tuple[str, Problem | None]:
    """The text of a file in UTF-8, with or without a byte order mark; ``name`` is for messages."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = f"no readable file ({error.strerror})"
        return "", Problem("error", name, None, "", reason, "a text file")
    line = data.count(b"\n", 0, max(data.find(b"\0"), 0)) + 1
    if b"\0" in data:
        return "", Problem("error", name, line, "", "a zero byte", "a text file in UTF-8")
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{error.object[error.start]:02x}"
        return "", Problem("error", name, line, "", found, "text in UTF-8")


def _read_settings(folder: Path) -> tuple[Situation | None, list[Problem]]:
    if not (folder / SETTINGS_FILE).exists():
        return None, [Problem("error", SETTINGS_FILE, None, "", "no such file", "the settings")]
    text, problem = _read_text(folder / SETTINGS_FILE, SETTINGS_FILE)
    if problem:
        return None, [problem]
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [Problem("error", SETTINGS_FILE, None, "", str(error), "a TOML file")]
    tables = {*(table.field for table in TABLES), "flee"}
    known = {k: v for k, v in entries.items() if k in Situation.model_fields and k not in tables}
    problems = [
        Problem("warning", SETTINGS_FILE, None, key, "an unknown entry", "it to be left out")
        for key in entries
        if key not in known
    ]
    wrong = _resolve_start(known)
    settings, invalid = validated(Situation, known)
    wrong += [w for w in invalid if w[0] not in {field for field, _, _ in wrong}]
    problems += [Problem("error", SETTINGS_FILE, None, *w) for w in wrong]
    return (None if wrong else settings), problems


def _resolve_start(entries: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Replace ``start`` by its moment, in the zone that the same file names."""
    start = entries.get("start")
    if start is None:
        return []
    try:
        zone = ZoneInfo(str(entries.get("time_zone", "UTC")))
    except (KeyError, ValueError, OSError):
        zone = ZoneInfo("UTC")  # the zone has an error of its own
    text = start.isoformat() if isinstance(start, dt.date) else str(start)
    try:
        entries["start"] = read_moment(text, zone, "start")
    except ValueError as error:
        return [("start", shown(text), str(error))]
    return []


def _read_table(
    contents: Contents, folder: Path, table: Table, zone: ZoneInfo, start: dt.datetime
) -> None:
    """Add the rows of a table, and what is wrong with them, to ``contents``."""
    rows = contents.rows.setdefault(table.file, [])
    damaged = contents.damaged.setdefault(table.file, set())
    path = folder / table.file
    if not path.exists():
        if not table.optional:
            _lose(contents, Problem("error", table.file, None, "", "no such file", "this table"))
        return
    text, problem = _read_text(path, table.file)
    if problem:
        _lose(contents, problem)
        return
    try:
        lines = _csv_rows(text)
        line, heading = next(lines, (1, []))
        heading = [name.strip() for name in heading]
        contents.problems.extend(_heading_problems(table, line, heading))
        if any(p.severity == "error" and p.file == table.file for p in contents.problems):
            contents.lost.add(table.file)
            return
        for line, cells in lines:
            named = {c: cell for c, cell in zip(heading, cells, strict=False) if c in table.columns}
            problems = list(_length_problems(table, line, len(heading), cells))
            record = None
            if not any(p.severity == "error" for p in problems):
                record, found = _read_row(table, line, named, zone, start)
                problems += found
            contents.problems.extend(problems)
            if record is None:
                damaged.add(named.get("id", "").strip())
            else:
                rows.append(Row(line, record))
    except csv.Error as error:
        line, reason = error.args
        expected = "cells separated by commas, in double quotes where they hold commas"
        _lose(contents, Problem("error", table.file, line, "", reason, expected))


def _lose(contents: Contents, problem: Problem) -> None:
    contents.problems.append(problem)
    contents.lost.add(problem.file)


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line where it starts.

    Raises:
        csv.Error: a row is malformed or a cell too long; its arguments are the line and the reason.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(start, str(error)) from error


def _heading_problems(table: Table, line: int, heading: list[str]) -> Iterator[Problem]:
    if len(heading) == 1 and ";" in heading[0]:
        yield Problem("error", table.file, line, "", "semicolons", "columns separated by commas")
        return
    for column in table.required:
        if column not in heading:
            yield Problem("error", table.file, line, column, "no such column", "this column")
    for column in sorted(set(heading)):
        if heading.count(column) > 1 and column:
            yield Problem("error", table.file, line, column, "the column twice", "it once")
        if column and column not in table.columns:
            yield Problem(
                "warning", table.file, line, shown(column), "an unknown column", "it to be left out"
            )


def _length_problems(table: Table, line: int, length: int, cells: list[str]) -> Iterator[Problem]:
    counts = f"{len(cells)} cells", f"{length} as in the heading"
    if any(cell.strip() for cell in cells[length:]):
        yield Problem("error", table.file, line, "", *counts)
    elif len(cells) < length:
        yield Problem("warning", table.file, line, "", *counts)


def _read_row(
    table: Table, line: int, known: dict[str, str], zone: ZoneInfo, start: dt.datetime
) -> tuple[Any, list[Problem]]:
    """The record that the cells of one row state, ``None`` where one of them has an error."""
    problems: list[Problem] = []
    fields, wrong = read_cells(table, known, zone)
    bad = {table.field_of(column) for column, _, _ in wrong}
    if "known_at" not in fields and "known_at" not in bad:
        problems += _infer_known_at(table, line, fields, known, zone, start)
    if table is CLAIMS and "as_of_precision" not in fields:
        fields["as_of_precision"] = precision_of(known.get("as_of", ""))
    record, invalid = validated(table.record, fields)
    explained = bad if "known_at" in fields else bad | {"known_at"}
    wrong += [
        (column, shown(known[column].strip()) if known.get(column) else found, expected)
        for column, found, expected in ((table.column_of(f), *rest) for f, *rest in invalid)
        if table.field_of(column) not in explained
    ]
    problems += [Problem("error", table.file, line, *w) for w in wrong]
    return (None if wrong else record), problems


def _infer_known_at(
    table: Table,
    line: int,
    fields: dict[str, Any],
    cells: dict[str, str],
    zone: ZoneInfo,
    start: dt.datetime,
) -> Iterator[Problem]:
    """Fill an unstated publication time with the latest moment that the row allows.

    A figure was public by the end of the period it refers to, an action by the end of its day;
    geography is taken as known when the crisis starts. Nothing can be said of other rows: to guess
    would let the future in.
    """
    if table is CLAIMS and "as_of" in fields:
        precision = fields.get("as_of_precision", "")
        fields["known_at"] = period_end(fields["as_of"], precision, zone)
        fields["known_at_assumed"] = True
    elif table is EVENTS and "time" in fields:
        day = fields["time"].astimezone(zone).date()
        fields["known_at"] = day_edge(day, zone, "end")
    elif table is PLACES or table is ROUTES:
        fields["known_at"] = start
        yield Problem(
            "warning", table.file, line, "known_at", "nothing", "a date (the start is assumed)"
        )
    elif table is CONTEXT and _is_moment(cells.get("since", ""), zone):
        fields["known_at"] = read_moment(cells["since"], zone, "end")
        yield Problem(
            "warning", table.file, line, "known_at", "nothing", "a date (since is assumed)"
        )
    elif not (cells.get("as_of") or cells.get("time")):
        yield Problem("error", table.file, line, "known_at", "nothing", "when it became public")


def _is_moment(text: str, zone: ZoneInfo) -> bool:
    try:
        read_moment(text, zone, "end")
    except ValueError:
        return False
    return True
