"""A situation with the tables of a Flee set-up (``situation.flee``) as a case for Flee's rules.

All people are counted: Flee's ``hasten``, by which one agent stands for many, is not needed on
counts. (To repeat a run of Flee itself, :func:`flee_case` divides like Flee where it is asked to.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from crossings.dynamics.flee.records import (
    AgentRow,
    Closure,
    Demographic,
    FleeCase,
    FleeNetwork,
    FleeSchedule,
    FleeTotals,
    Link,
    Location,
    LocationChange,
    Table,
)
from crossings.dynamics.flee.settings import FleeSettings, FloodRules
from crossings.errors import InputError
from crossings.situation.flee_records import (
    DAYS_KEY,
    RULES_PREFIX,
    TOTAL,
    FleeClosure,
    FleeDemographic,
    FleeLevel,
    FleeTables,
    attribute_values,
    flee_kind,
)
from crossings.situation.flee_series import Series, added_series, corrected_series
from crossings.situation.records import Situation

Totals = Literal["given", "modelled"]

_DRIVEN = "spawn_rules.{}_driven_spawning"
_RENAMED = {
    _DRIVEN.format("conflict") + ".spawn_mode": "conflict_driven",
    _DRIVEN.format("conflict") + ".displaced_per_conflict_day": "displaced_per_conflict_day",
    _DRIVEN.format("flood") + ".spawn_mode": "flood_driven",
    _DRIVEN.format("flood") + ".displaced_per_flood_day": "displaced_per_flood_day",
}
_FLOOD_RULES = "move_rules.flood_rules."


def flee_case(
    situation: Situation,
    days: int | None = None,
    totals: Totals = "given",
    capacities: bool = True,
    hasten: int = 1,
) -> FleeCase:
    """The case that a situation holds.

    Args:
        situation: with ``flee``, as ``crossings import flee`` makes it.
        days: how many of its days; ``None`` takes all.
        totals: ``given`` lets the published series say how many set out each day, as Flee does;
            ``modelled`` leaves it to the conflict, by Flee's ``conflict_driven_spawning`` (or the
            floods, where the settings say so) and its defaults.
        capacities: whether the capacities of the set-up, which are hindsight, are used.
        hasten: people that one agent stands for.

    Raises:
        InputError: the situation has no Flee tables or too few days, or a value is out of range.
    """
    tables = situation.flee
    if tables is None or not tables.locations:
        raise InputError(
            f"situation {situation.id!r}: found no tables of Flee, expected a folder made by "
            "crossings import flee"
        )
    values = tables.setting_values
    length = int(values.get(DAYS_KEY, 0))
    days = length if days is None else days
    if not 1 <= days <= length:
        raise InputError(f"days: found {days}, expected 1 to {length}, the period of the set-up")
    settings = _settings(values, totals)
    start = situation.start.date()
    driven = settings.conflict_driven or settings.flood_driven
    return FleeCase(
        network=_network(tables, capacities, hasten),
        settings=settings,
        days=days,
        start=start,
        schedule=_schedule(tables, days),
        totals=None if driven else flee_totals(situation, days, hasten),
        demographics=_demographics(tables.demographics),
        agents=tuple(
            AgentRow(row.place, tuple(attribute_values(row.attributes).items()), row.count)
            for row in tables.agents
        )
        if settings.read_from_agents_csv_file
        else (),
    )


def flee_series(situation: Situation) -> dict[str, Series]:
    """The series that the tier of the situation stands for: corrected, or as first reported."""
    tables = situation.flee or FleeTables()
    series = added_series(tables.figures)
    if situation.tier == "retrospective":
        return corrected_series(series, tables.corrections)
    return series


def flee_totals(situation: Situation, days: int, hasten: int = 1) -> FleeTotals:
    """The published series by the day, linear between figures, flat outside, truncated.

    Raises:
        InputError: the situation has no series.
    """
    series = flee_series(situation)
    if not series:
        raise InputError("flee/figures.csv: found no series, expected the figures of the camps")
    first = situation.start.date().toordinal()
    daily = {name: _daily(values, first, days, hasten) for name, values in series.items()}
    total = daily.pop(TOTAL, None)
    if total is None:
        total = np.sum(list(daily.values()), axis=0, dtype=np.int64)
    return FleeTotals(total=total, camps=daily)


def _daily(values: Series, first: int, days: int, hasten: int) -> npt.NDArray[np.int64]:
    at = [date.toordinal() - first for date in values]
    people = np.array(list(values.values())) / hasten
    return np.interp(np.arange(days), at, people).astype(np.int64)


def _settings(values: Mapping[str, Any], totals: Totals) -> FleeSettings:
    fields: dict[str, Any] = {}
    floods: dict[str, Any] = {}
    for key, value in values.items():
        if not key.startswith(RULES_PREFIX):
            continue
        path = key.removeprefix(RULES_PREFIX)
        entry = tuple(value) if isinstance(value, list) else value
        if path.startswith(_FLOOD_RULES):
            floods[path.removeprefix(_FLOOD_RULES).removeprefix("flood_")] = entry
        else:
            fields[_field(path)] = entry
    fields.pop("hasten", None)
    for name in ("awareness_level", "conflict_spawn_decay_interval"):
        if name in fields:
            fields[name] = int(fields[name])
    if totals == "modelled" and not {"conflict_driven", "flood_driven"} & set(fields):
        fields["conflict_driven"] = "constant"
    if totals == "given":
        fields = {k: v for k, v in fields.items() if k not in ("conflict_driven", "flood_driven")}
    try:
        rules = FloodRules(**floods) if floods else None
        return FleeSettings(**fields, flood_rules=rules)
    except TypeError as error:
        raise InputError(f"flee/settings.csv: {error}") from error


def _field(path: str) -> str:
    """The field of the settings for a dotted path; Flee writes some names in CamelCase."""
    name = _RENAMED.get(path, path.rpartition(".")[2])
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _number(attributes: Mapping[str, str], name: str, where: str) -> float | None:
    text = attributes.get(name, "")
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise InputError(f"{where}: {name}: found {text!r}, expected a number") from error


def _network(tables: FleeTables, capacities: bool, hasten: int) -> FleeNetwork:
    limits = {row.place: row.people for row in tables.capacities} if capacities else {}
    locations = []
    for row in tables.locations:
        where = f"flee/locations.csv: {row.id}"
        named = attribute_values(row.attributes)
        locations.append(
            Location(
                name=row.id,
                region=row.region,
                country=row.country,
                x=row.x or 0.0,
                y=row.y or 0.0,
                kind=row.kind,
                population=(row.population or 0) // hasten,
                capacity=limits[row.id] // hasten if row.id in limits else -1,
                conflict_date=row.conflict_date or 0,
                intensity=_number(named, "conflict_intensity", where),
                initial_idps=int(_number(named, "initial_idps", where) or 0) // hasten,
                capacity_per_day=int(_number(named, "capacity_per_day", where) or 0),
                sink=_number(named, "deactivation_probability", where),
                farmer_fraction=_number(named, "farmer_fraction", where) or 0.0,
                trade_volume=_number(named, "trade_volume", where),
                hdi=_number(named, "hdi", where),
            )
        )
    links = []
    for way in tables.routes:
        where = f"flee/routes.csv: {way.from_place}-{way.to_place}"
        named = attribute_values(way.attributes)
        links.append(
            Link(
                way.from_place,
                way.to_place,
                way.distance_km,
                int(way.forced_redirection or 0),
                _number(named, "max_move_speed", where),
                _number(named, "walk_probability", where) or 0.0,
            )
        )
    major = tuple(row.places for row in tables.major_routes)
    return FleeNetwork(tuple(locations), tuple(links), major)


def _schedule(tables: FleeTables, days: int) -> FleeSchedule:
    names = tuple(row.id for row in tables.locations)
    floods = [row for row in tables.levels if row.measure == "flood"]
    shares = [row for row in tables.levels if row.measure == "ipc"]
    return FleeSchedule(
        closures=tuple(map(_closure, tables.closures)),
        location_changes=tuple(
            LocationChange(row.place, flee_kind(row.type) or "town", row.day)
            for row in tables.location_changes
        ),
        conflicts=_steps(names, [(r.day, r.place, r.intensity) for r in tables.conflicts], days),
        floods=_steps(names, [(r.day, r.name, r.value) for r in floods], days),
        ipc=_interpolated(shares, days) if shares else None,
    )


def _closure(row: FleeClosure) -> Closure:
    """One act; the other half of its row, if any, is an act of its own."""
    closes = row.action == "close"
    return Closure(
        row.kind, row.name1, row.name2, row.day if closes else -1, -1 if closes else row.day
    )


def _steps(
    names: tuple[str, ...], rows: Sequence[tuple[int, str, float]], days: int
) -> Table | None:
    """A value a day and place from the days, places and values where it changes."""
    if not rows:
        return None
    column = {name: i for i, name in enumerate(names)}
    table = np.zeros((days, len(names)))
    for day, name, value in sorted(rows):
        table[day:, column[name]] = value
    return Table(names, table)


def _interpolated(rows: Sequence[FleeLevel], days: int) -> Table:
    names = tuple(dict.fromkeys(row.name for row in rows))
    columns = []
    for name in names:
        points = dict(sorted((row.day, row.value) for row in rows if row.name == name))
        columns.append(np.interp(np.arange(days), list(points), list(points.values())))
    return Table(names, np.array(columns).T)


def _demographics(rows: Sequence[FleeDemographic]) -> tuple[Demographic, ...]:
    found = []
    for attribute in dict.fromkeys(row.attribute for row in rows):
        own = [row for row in rows if row.attribute == attribute]
        values = tuple(dict.fromkeys(row.value for row in own))
        weight = {(row.column, row.value): row.weight for row in own}
        columns = {
            column: tuple(weight.get((column, value), 0.0) for value in values)
            for column in dict.fromkeys(row.column for row in own)
        }
        default = columns.pop("Default", tuple(0.0 for _ in values))
        found.append(Demographic(attribute, values, default, columns))
    return tuple(found)
