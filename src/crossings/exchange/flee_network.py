"""Locations, routes, closures and conflicts of a Flee set-up, row by row.

What Flee passes over in silence is an error here where nothing sensible can be made of it, and a
warning where it can.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from crossings.exchange.flee_findings import Findings, Line
from crossings.exchange.flee_folder import FleeFolder
from crossings.exchange.flee_period import Period
from crossings.situation.flee_records import (
    FleeCapacity,
    FleeClosure,
    FleeConflict,
    FleeLocation,
    FleeRoute,
    flee_kind,
)
from crossings.situation.records import ALL

TYPES = "idpcamp, camp, conflict, forward, marker, flood_zone, default, town"
"""The words by which Flee knows a location's type, as parts of the text, in its order."""

_FIXED = 8
"""Columns of ``locations.csv`` that go by position; further ones go by name."""

_KINDS = ("country", "location", "link", "camp", "idpcamp")


def attributes(heading: tuple[str, ...], line: Line, fixed: int) -> str:
    """The named cells beyond the fixed columns as a JSON object; empty where there are none."""
    named = {
        name.strip(): cell
        for name, cell in zip(heading[fixed:], line.cells[fixed:], strict=False)
        if name.strip() and cell
    }
    return json.dumps(named, ensure_ascii=False) if named else ""


def read_locations(
    folder: FleeFolder, period: Period, findings: Findings
) -> tuple[list[FleeLocation], list[FleeCapacity]]:
    """The locations in the order of the file, and the capacities of camps, known at the end."""
    path = folder.input_file("locations.csv")
    heading, lines = folder.table(path, "name")
    if not heading:
        findings.file_error(folder.short(path), "no heading", "a first line that begins with #")
        return [], []
    locations: list[FleeLocation] = []
    capacities: list[FleeCapacity] = []
    first: dict[str, int] = {}
    for line in lines:
        name = line.cell(0)
        if not name or name == ALL or len(name) > 200:
            findings.error(line, "name", name, f"a name other than {ALL!r}, up to 200 characters")
            continue
        if name in first:
            findings.error(line, "name", name, f"each place once (first in line {first[name]})")
            continue
        first[name] = line.number
        kind = flee_kind(line.cell(5))
        if kind is None:
            findings.error(line, "location_type", line.cell(5), f"one of {TYPES}")
            continue
        people = findings.whole(line, 7, "pop_or_cap")
        if kind in ("camp", "idpcamp"):
            _note_capacity(line, people, findings)
            if people is not None:
                capacities.append(
                    FleeCapacity(place=name, people=people, known_at=period.known(period.days))
                )
        locations.append(
            FleeLocation(
                id=name,
                region=line.cell(1),
                country=line.cell(2),
                x=findings.number(line, 3, heading[3] if len(heading) > 3 else "x"),
                y=findings.number(line, 4, heading[4] if len(heading) > 4 else "y"),
                type=line.cell(5),
                conflict_date=findings.whole(line, 6, "conflict_date"),
                population=None if kind in ("camp", "idpcamp") else people,
                attributes=attributes(heading, line, _FIXED),
                known_at=period.begins(),
            )
        )
    if not locations and not findings.errors:
        findings.file_error(folder.short(path), "no rows", "at least one location")
    return locations, capacities


def _note_capacity(line: Line, people: int | None, findings: Findings) -> None:
    if people == 0:
        findings.note("warning", line, f"capacity 0 of {line.cell(0)!r} means unlimited in Flee")
    elif people is None and not line.cell(7):
        findings.note("warning", line, f"{line.cell(0)!r} has no capacity: unlimited")


def read_routes(
    folder: FleeFolder, names: set[str], period: Period, findings: Findings
) -> list[FleeRoute]:
    """The routes; each leads both ways, with the same attributes."""
    heading, lines = folder.table(folder.input_file("routes.csv"), "name1")
    routes = []
    seen: dict[frozenset[str], int] = {}
    for line in lines:
        ends = (line.cell(0), line.cell(1))
        if not _known(line, ends, ("name1", "name2"), names, findings):
            continue
        distance = findings.number(line, 2, "distance")
        if ends[0] == ends[1] or distance is None or distance < 0:
            expected = "two places, and kilometres of at least 0"
            findings.error(line, "distance", ",".join(line.cells[:3]), expected)
            continue
        earlier = seen.setdefault(frozenset(ends), line.number)
        if earlier != line.number:
            text = f"{ends[0]} - {ends[1]} again (line {earlier}): Flee has two routes then"
            findings.note("warning", line, text)
        _note_redirection(line, findings)
        routes.append(
            FleeRoute(
                from_place=ends[0],
                to_place=ends[1],
                distance_km=distance,
                forced_redirection=line.cell(3),
                attributes=attributes(heading, line, 4),
                known_at=period.begins(),
            )
        )
    return routes


def _note_redirection(line: Line, findings: Findings) -> None:
    flag = line.cell(3)
    if flag == "1":
        text = "forced_redirection 1 redirects nobody in Flee; it makes the route twice"
        findings.note("warning", line, f"{text}, here only with --flee-compatible")
    elif flag == "2":
        findings.note("left out", line, "forced_redirection 2 has no effect in Flee")
    elif flag not in ("", "0"):
        findings.error(line, "forced_redirection", flag, "0, 1, 2 or nothing")


def _known(
    line: Line,
    found: tuple[str, ...],
    columns: tuple[str, ...],
    names: set[str],
    findings: Findings,
) -> bool:
    """Whether all names are known; an error for each that is not."""
    wrong = [(n, c) for n, c in zip(found, columns, strict=True) if n not in names]
    for name, column in wrong:
        findings.error(line, column, name, "a name of locations.csv")
    return not wrong


def read_closures(
    folder: FleeFolder,
    locations: list[FleeLocation],
    routes: list[FleeRoute],
    period: Period,
    findings: Findings,
) -> list[FleeClosure]:
    """The closures, closing and opening each as a row of its own, in the order of the file."""
    path = folder.input_file("closures.csv")
    if not path.exists():
        findings.note("assumed", folder.short(path), "no such file: nothing closes")
        return []
    _, lines = folder.table(path, "closure_type")
    links = {frozenset((r.from_place, r.to_place)) for r in routes}
    names = {location.id for location in locations}
    countries = {location.country for location in locations}
    acts = []
    for line in lines:
        if _closure_understood(line, names, countries, links, findings):
            acts += _closure_acts(line, period, findings)
    return acts


def _closure_understood(
    line: Line,
    names: set[str],
    countries: set[str],
    links: set[frozenset[str]],
    findings: Findings,
) -> bool:
    kind, name1, name2 = line.cell(0), line.cell(1), line.cell(2)
    if kind == "remove_forced_redirection":
        text = "remove_forced_redirection changes nothing in Flee"
        findings.note("left out", line, f"{text} ({name1} - {name2})")
        return False
    if kind not in _KINDS:
        findings.error(line, "closure_type", kind, f"one of {', '.join(_KINDS)}")
        return False
    if kind == "country":
        wrong = [n for n in (name1, name2) if n not in countries]
        for name in wrong:
            findings.error(line, "name1", name, "a country of locations.csv, as written there")
        return not wrong
    if kind == "link":
        if not _known(line, (name1, name2), ("name1", "name2"), names, findings):
            return False
        if frozenset((name1, name2)) not in links:
            findings.error(line, "name2", name2, f"a place that a route joins to {name1}")
            return False
        text = f"Flee never closes the link {name1} - {name2}; here it closes both ways"
        findings.note("warning", line, f"{text}, except with --flee-compatible")
        return True
    if not _known(line, (name1,), ("name1",), names, findings):
        return False
    if kind == "location" and name2:
        text = f"Flee does not read name2 ({name2!r}): every route of {name1!r} closes"
        findings.note("warning", line, text)
    return True


def _closure_acts(line: Line, period: Period, findings: Findings) -> list[FleeClosure]:
    acts = []
    days: dict[str, int] = {}
    for action, index, column in (("close", 3, "closure_start"), ("open", 4, "closure_end")):
        value = findings.number(line, index, column)
        if value is None or not value.is_integer():
            if line.cell(index) == "" or value is not None:
                findings.error(line, column, line.cell(index), "a day; negative means never")
            continue
        day = days[action] = int(value)
        if day > 200_000:
            findings.error(line, column, line.cell(index), "a day of the period")
        elif day >= 0:
            acts.append(
                FleeClosure.model_validate(
                    {
                        "day": day,
                        "action": action,
                        "kind": line.cell(0),
                        "name1": line.cell(1),
                        "name2": line.cell(2),
                        "known_at": period.known(day),
                    }
                )
            )
    if 0 <= days.get("open", -1) < days.get("close", -1):
        text = f"opens on day {days['open']}, before it closes on day {days['close']}"
        findings.note("warning", line, f"{text}: it stays closed, as in Flee")
    elif 0 <= days.get("close", -1) == days.get("open", -1):
        text = f"closes and opens on day {days['open']}: it is never closed, as in Flee"
        findings.note("warning", line, f"{text}; -1 as the end keeps it closed")
    return acts


def read_conflicts(
    folder: FleeFolder, names: set[str], period: Period, findings: Findings
) -> list[FleeConflict]:
    """The intensities where they change, place by place, days in order.

    Rows go by position, as in Flee; rows after the period are not needed.
    """
    path = folder.input_file("conflicts.csv")
    if not path.exists():
        text = "no such file: no place has a conflict by the day"
        findings.note("warning", folder.short(path), text)
        return []
    heading, lines = folder.table(path, "day")
    columns = {i: name.strip() for i, name in enumerate(heading) if i and name.strip()}
    _check_conflict_heading(folder.short(path), columns, names, findings)
    if len(lines) < period.days:
        found = f"{len(lines)} rows"
        findings.file_error(folder.short(path), found, f"one for each of {period.days} days")
    _note_conflict_days(lines, findings)
    latest = dict.fromkeys(columns, 0.0)
    changes = []
    for day, line in enumerate(lines[: period.days]):
        for i, name in columns.items():
            value = _intensity(line, i, name, findings)
            if value is None or value == latest[i]:
                continue
            latest[i] = value
            if name not in names:
                findings.error(line, name, line.cell(i), "a column whose place is in locations.csv")
            else:
                changes.append(
                    FleeConflict(day=day, place=name, intensity=value, known_at=period.known(day))
                )
    for name in sorted(set(columns.values()) - names):
        findings.note("warning", folder.short(path), f"{name!r} is a column without a location")
    return changes


def _check_conflict_heading(
    file: str, columns: Mapping[int, str], names: set[str], findings: Findings
) -> None:
    written = list(columns.values())
    for name in sorted({n for n in written if written.count(n) > 1}):
        findings.file_error(file, f"the column {name!r} twice", "it once")
    missing = sorted(names - set(written))
    if missing:
        listed = ", ".join(missing[:10]) + (" ..." if len(missing) > 10 else "")
        findings.note("assumed", file, f"no conflict where there is no column: {listed}")


def _note_conflict_days(lines: list[Line], findings: Findings) -> None:
    odd = next((li for day, li in enumerate(lines) if li.cell(0) != str(day)), None)
    if odd is not None:
        text = f"day {odd.cell(0)!r} out of turn: Flee goes by the position of the rows"
        findings.note("warning", odd, text)


def _intensity(line: Line, index: int, name: str, findings: Findings) -> float | None:
    if not line.cell(index):
        findings.error(line, name, "", "an intensity from 0 to 1")
        return None
    value = findings.number(line, index, name)
    if value is not None and not 0 <= value <= 1:
        findings.error(line, name, line.cell(index), "an intensity from 0 to 1")
        return None
    return value
