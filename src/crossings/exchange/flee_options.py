"""The optional files of a Flee set-up: people's attributes, floods, food, changes, major routes."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from crossings.exchange.flee_findings import Findings, Line
from crossings.exchange.flee_folder import FleeFolder
from crossings.exchange.flee_period import Period
from crossings.situation.flee_records import (
    FleeAgents,
    FleeDemographic,
    FleeLevel,
    FleeLocationChange,
    FleeMajorRoute,
    flee_kind,
)

_FLOOD_LISTS = (
    "spawn_rules.flood_driven_spawning.displaced_per_flood_day",
    "move_rules.flood_rules.flood_movechances",
    "move_rules.flood_rules.flood_loc_weights",
)


def read_levels(
    folder: FleeFolder,
    names: set[str],
    regions: set[str],
    settings: dict[str, Any],
    period: Period,
    findings: Findings,
) -> list[FleeLevel]:
    """Flood levels where they change, by place, and shares without food, by region and day."""
    levels = _flood_levels(folder, names, settings, period, findings)
    path = folder.input_file("region_attributes_IPC.csv")
    if not path.exists():
        return levels
    heading, lines = folder.table(path, "day")
    columns = {i: name.strip() for i, name in enumerate(heading) if i and name.strip()}
    for name in sorted(set(columns.values()) - regions):
        findings.note("left out", folder.short(path), f"{name!r} is no region of locations.csv")
    days = []
    for line in lines:
        day = findings.whole(line, 0, "Day")
        if day is None:
            findings.error(line, "Day", line.cell(0), "a day of the period")
            continue
        days.append(day)
        for i, name in columns.items():
            value = findings.number(line, i, name)
            if value is not None and not 0 <= value <= 100:
                findings.error(line, name, line.cell(i), "per cent from 0 to 100")
            elif value is not None and name in regions:
                levels.append(_level("ipc", name, day, value, period))
    if days and (min(days) > 0 or max(days) < period.days - 1):
        found = f"days {min(days)} to {max(days)}"
        findings.file_error(folder.short(path), found, f"days 0 to {period.days - 1}")
    return levels


def _level(measure: str, name: str, day: int, value: float, period: Period) -> FleeLevel:
    known = period.known(min(day, period.days))
    row = {"measure": measure, "name": name, "day": day, "value": value, "known_at": known}
    return FleeLevel.model_validate(row)


def _flood_levels(
    folder: FleeFolder,
    names: set[str],
    settings: dict[str, Any],
    period: Period,
    findings: Findings,
) -> list[FleeLevel]:
    path = folder.input_file("flood_level.csv")
    if not path.exists():
        return []
    heading, lines = folder.table(path, "day")
    columns = {i: name.strip() for i, name in enumerate(heading) if i and name.strip()}
    top = min((len(settings[key]) - 1 for key in _FLOOD_LISTS if settings.get(key)), default=None)
    if len(lines) < period.days:
        findings.file_error(
            folder.short(path), f"{len(lines)} rows", f"one for each of {period.days} days"
        )
    latest = dict.fromkeys(columns, 0)
    levels = []
    for day, line in enumerate(lines[: period.days]):
        for i, name in columns.items():
            value = findings.whole(line, i, name, empty=0)
            if value is None or value == latest[i]:
                continue
            latest[i] = value
            if name not in names:
                findings.error(line, name, line.cell(i), "a column whose place is in locations.csv")
            elif top is not None and value > top:
                expected = f"a level of the tables in simsetting.yml, 0 to {top}"
                findings.error(line, name, line.cell(i), expected)
            else:
                levels.append(_level("flood", name, day, float(value), period))
    if top is not None and any(row.value == top for row in levels):
        text = f"level {top} is the last of the tables: Flee fails there, here it is used"
        findings.note("warning", folder.short(path), text)
    return levels


def read_demographics(
    folder: FleeFolder, names: set[str], period: Period, findings: Findings
) -> list[FleeDemographic]:
    """Weights of the values of each ``demographics_<attribute>.csv``, by default or by place."""
    rows = []
    for path in sorted(folder.input.glob("demographics_*.csv")):
        attribute = path.stem.removeprefix("demographics_")
        heading, lines = folder.table(path, attribute.lower())
        if "Default" not in heading:
            found = f"the heading {','.join(heading)!r}"
            findings.file_error(folder.short(path), found, f"a heading {attribute},Default,...")
            continue
        columns = {i: name for i, name in enumerate(heading) if i and name}
        for name in sorted(set(columns.values()) - {"Default", *names}):
            findings.note("left out", folder.short(path), f"{name!r} is no location")
        for line in lines:
            for i, column in columns.items():
                weight = findings.number(line, i, column)
                if weight is not None and weight < 0:
                    findings.error(line, column, line.cell(i), "a weight of at least 0")
                elif weight is not None and column in {"Default", *names}:
                    rows.append(
                        FleeDemographic(
                            attribute=attribute,
                            value=line.cell(0),
                            column=column,
                            weight=weight,
                            known_at=period.begins(),
                        )
                    )
    return rows


def read_location_changes(
    folder: FleeFolder, names: set[str], period: Period, findings: Findings
) -> list[FleeLocationChange]:
    """Places that take another type; the file of the set-up, where Flee reads one of its own."""
    path = folder.input_file("location_changes.csv")
    if not path.exists():
        return []
    text = "Flee reads this file from the directory it is started in; here the set-up's own holds"
    findings.note("assumed", folder.short(path), text)
    _, lines = folder.table(path, "name")
    rows = []
    for line in lines:
        day = findings.whole(line, 2, "day")
        if line.cell(0) not in names:
            findings.error(line, "name", line.cell(0), "a name of locations.csv")
        elif flee_kind(line.cell(1)) is None:
            findings.error(line, "type", line.cell(1), "a type of location")
        elif day is None or day > period.days:
            findings.error(line, "day", line.cell(2), f"a day from 0 to {period.days}")
        else:
            rows.append(
                FleeLocationChange(
                    day=day, place=line.cell(0), type=line.cell(1), known_at=period.known(day)
                )
            )
    return rows


def read_agents(
    folder: FleeFolder, names: set[str], period: Period, findings: Findings
) -> list[FleeAgents]:
    """The agents that start somewhere, counted by place and attributes: no row for a person."""
    path = folder.input_file("agents.csv")
    if not path.exists():
        return []
    heading, lines = folder.table(path, "location")
    if not heading:
        findings.file_error(folder.short(path), "no heading", "a heading location,...")
    counts: Counter[tuple[str, str]] = Counter()
    for line in lines:
        if line.cell(0) not in names:
            findings.error(line, "location", line.cell(0), "a name of locations.csv")
            continue
        traits = _traits(heading, line)
        counts[line.cell(0), traits] += 1
    return [
        FleeAgents(place=place, attributes=traits, count=count, known_at=period.begins())
        for (place, traits), count in counts.items()
    ]


def _traits(heading: tuple[str, ...], line: Line) -> str:
    named = {name: line.cell(i) for i, name in enumerate(heading) if i and name and line.cell(i)}
    return json.dumps(named, ensure_ascii=False) if named else ""


def read_major_routes(
    folder: FleeFolder, names: set[str], period: Period, findings: Findings
) -> list[FleeMajorRoute]:
    """Rows of names, any number of them; the file has no heading."""
    path = folder.input_file("major_routes.csv")
    if not path.exists():
        return []
    rows = []
    for line in folder.lines(path):
        if line.cells[0].startswith("#"):
            continue
        places = tuple(cell for cell in line.cells if cell)
        for name in places:
            if name not in names:
                findings.error(line, "name", name, "a name of locations.csv")
        if len(places) > 1:
            rows.append(FleeMajorRoute(places=places, known_at=period.begins()))
        else:
            findings.error(line, "name", ",".join(places), "at least two names")
    return rows
