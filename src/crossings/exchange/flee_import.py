"""A Flee set-up as a situation: ``crossings import flee``.

What a Flee set-up states becomes rows of the common tables where these can hold it: locations are
places, routes lead both ways, closures and their ends are events of their own, the start and the
end of a conflict too, populations are claims known before, and each figure of a camp is a claim
``hosted``, counted as a stock. All of it, and everything else, also goes to the folder ``flee/``
as Flee has it, for the rule set ``flee``; what could not be carried over is listed there.

Flee states no publication times. A figure is taken as public on its own date, which is marked
assumed. With tier ``retrospective`` the figures are those that remained after all corrections, as
Flee compares itself with; with tier ``dated`` they stand as first reported.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pycountry

from crossings.errors import InputError
from crossings.exchange.flee_findings import Findings
from crossings.exchange.flee_folder import FleeFolder
from crossings.exchange.flee_network import (
    read_closures,
    read_conflicts,
    read_locations,
    read_routes,
)
from crossings.exchange.flee_options import (
    read_agents,
    read_demographics,
    read_levels,
    read_location_changes,
    read_major_routes,
)
from crossings.exchange.flee_period import ZONE, Period, read_period
from crossings.exchange.flee_series_files import read_corrections, read_figures
from crossings.exchange.flee_settings import read_settings
from crossings.situation.flee_records import (
    DAYS_KEY,
    RULES_PREFIX,
    TOTAL,
    FleeKind,
    FleeNote,
    FleeSetting,
    FleeTables,
)
from crossings.situation.flee_series import added_series, corrected_series
from crossings.situation.records import (
    ALL,
    Claim,
    Event,
    EventKind,
    Place,
    PlaceKind,
    Route,
    Situation,
)
from crossings.situation.times import day_edge

_NICKNAMES = {
    **{"car": "CAF", "drc": "COD", "dr congo": "COD", "d.r. congo": "COD", "dcongo": "COD"},
    **{"rc": "COG", "roc": "COG", "r. congo": "COG", "republic of congo": "COG"},
    **{"ivory coast": "CIV", "turkey": "TUR", "russia": "RUS", "uk": "GBR", "usa": "USA"},
    **{"uae": "ARE", "cape verde": "CPV", "swaziland": "SWZ", "burma": "MMR", "macedonia": "MKD"},
    **{"palestine": "PSE", "kosovo": "XKX", "mauretania": "MRT", "south korea": "KOR"},
}
"""How people write countries that ISO 3166 spells otherwise, in lower case."""

_KINDS: dict[FleeKind, PlaceKind] = {
    **{"camp": "camp", "idpcamp": "camp", "conflict": "origin", "flood_zone": "origin"},
    **{"forward": "town", "town": "town", "marker": "marker"},
}


@dataclasses.dataclass(frozen=True)
class FleeImport:
    """A situation, and what was assumed, found odd or left out on the way."""

    situation: Situation
    notes: tuple[FleeNote, ...]


def import_flee(
    folder: Path | str, settings: Path | str | None = None, tier: str = "retrospective"
) -> FleeImport:
    """Read a Flee set-up.

    Args:
        folder: holds ``input_csv`` and ``source_data``.
        settings: a ``simsetting.yml``; ``None`` takes the folder's own, or Flee's defaults.
        tier: ``retrospective`` applies the registration corrections to the claims; ``dated``
            leaves the figures as they stand in the files.

    Raises:
        InputError: a file is missing or a row cannot be used; all errors are told at once.
    """
    if tier not in ("retrospective", "dated"):
        raise InputError(f"--tier: found {tier!r}, expected retrospective or dated")
    path = Path(folder)
    findings = Findings()
    files = FleeFolder(path, findings)
    period = read_period(files, findings)
    if period is None:
        findings.raise_errors(path)
        raise AssertionError("a missing period is an error")
    tables = _read_tables(files, Path(settings) if settings else None, period, findings)
    files.note_unused()
    findings.raise_errors(path)
    countries = _countries(tables, findings)
    lat_first = _latitude_first(tables, findings)
    places = tuple(_places(tables, countries, lat_first, period))
    claims = tuple(_claims(tables, period, tier, findings))
    events = tuple(_events(tables, countries, period, findings))
    findings.note("assumed", "", "Flee states no time zone: days are days in UTC")
    findings.note("assumed", "", "each figure is taken as public at the end of its own date")
    notes = tuple(
        FleeNote(kind=n.kind, file=n.file, line=n.line, text=n.text, known_at=period.begins())
        for n in findings.notes
    )
    name = path.resolve().name
    situation = Situation(
        id=re.sub(r"[^A-Za-z0-9_.-]+", "-", name) or "flee",
        title=f"{name} (imported from Flee)",
        start=period.begins(),
        time_zone="UTC",
        step_hours=24,
        targets=("hosted.stock",),
        tier="dated" if tier == "dated" else "retrospective",
        notes=_notes_text(tier),
        places=places,
        routes=tuple(_routes(tables)),
        events=events,
        claims=claims,
        flee=tables.model_copy(update={"notes": notes}),
    )
    return FleeImport(situation, notes)


def _notes_text(tier: str) -> str:
    figures = {
        "retrospective": "with all registration corrections applied to the past",
        "dated": "as first reported, before later registration corrections",
    }
    return (
        "Imported from a Flee set-up. Time zone UTC and publication on the date of each figure "
        f"are assumed. Figures stand {figures[tier]}. What Flee has beyond the common tables "
        "is in the folder flee/, with notes.csv on what was assumed, odd or left out."
    )


def _read_tables(
    files: FleeFolder, settings: Path | None, period: Period, findings: Findings
) -> FleeTables:
    chosen = read_settings(files, settings, findings)
    locations, capacities = read_locations(files, period, findings)
    names = {location.id for location in locations}
    routes = read_routes(files, names, period, findings)
    camps = [row.id for row in locations if _KINDS[row.kind] == "camp"]
    figures = read_figures(files, camps, names, findings)
    dates: dict[str, set[dt.date]] = {}
    for figure in figures:
        dates.setdefault(figure.series, set()).add(figure.date)
    values = {DAYS_KEY: period.days} | {RULES_PREFIX + key: v for key, v in chosen.items()}
    regions = {location.region for location in locations}
    return FleeTables(
        locations=tuple(locations),
        capacities=tuple(capacities),
        routes=tuple(routes),
        closures=tuple(read_closures(files, locations, routes, period, findings)),
        conflicts=tuple(read_conflicts(files, names, period, findings)),
        figures=tuple(figures),
        corrections=tuple(read_corrections(files, dates, period, findings)),
        settings=tuple(
            # Whoever set these had seen the whole series.
            FleeSetting(key=key, value=json.dumps(v), known_at=period.known(period.days))
            for key, v in values.items()
        ),
        levels=tuple(read_levels(files, names, regions, chosen, period, findings)),
        demographics=tuple(read_demographics(files, names, period, findings)),
        location_changes=tuple(read_location_changes(files, names, period, findings)),
        agents=tuple(read_agents(files, names, period, findings)),
        major_routes=tuple(read_major_routes(files, names, period, findings)),
    )


def _countries(tables: FleeTables, findings: Findings) -> dict[str, str]:
    """ISO 3166-1 alpha-3 codes by Flee's names of countries; unknown ones are left out."""
    codes = {}
    for name in dict.fromkeys(location.country for location in tables.locations):
        plain = name.replace("_", " ").strip()
        code = _NICKNAMES.get(plain.lower(), "")
        if not code and plain:
            try:
                code = pycountry.countries.lookup(plain).alpha_3
            except LookupError:
                text = f"country {name!r} is not known by this name: without a code in places.csv"
                findings.note("warning", "input_csv/locations.csv", text)
        codes[name] = code
    return codes


def _latitude_first(tables: FleeTables, findings: Findings) -> bool:
    """Whether column 4 is the latitude, as in every set-up that Flee ships, or swapped."""
    points = [(r.x, r.y) for r in tables.locations if r.x is not None and r.y is not None]
    swapped = any(abs(x) > 90 for x, _ in points) and all(abs(y) <= 90 for _, y in points)
    which = "longitude" if swapped else "latitude"
    findings.note("assumed", "input_csv/locations.csv", f"column 4 is the {which}")
    return not swapped


def _places(
    tables: FleeTables, countries: dict[str, str], lat_first: bool, period: Period
) -> Iterator[Place]:
    for row in tables.locations:
        lat, lon = (row.x, row.y) if lat_first else (row.y, row.x)
        right = lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180
        yield Place(
            id=row.id,
            name=row.id.replace("_", " "),
            names=() if "_" not in row.id else (row.id,),
            kind=_KINDS[row.kind],
            country=countries.get(row.country, ""),
            admin1=row.region.replace("_", " "),
            lat=lat if right else None,
            lon=lon if right else None,
            known_at=period.begins(),
            source="data file locations.csv",
        )
    located = {row.id for row in tables.locations} | {TOTAL}
    for name in dict.fromkeys(f.series for f in tables.figures if f.series not in located):
        yield Place(
            id=name,
            name=name.replace("_", " "),
            kind="camp",
            known_at=period.begins(),
            source="data file data_layout.csv",
        )


def _routes(tables: FleeTables) -> Iterator[Route]:
    used: dict[str, int] = {}
    for row in tables.routes:
        name = f"{row.from_place}--{row.to_place}"
        used[name] = used.get(name, 0) + 1
        yield Route(
            id=name if used[name] == 1 else f"{name}--{used[name]}",
            from_place=row.from_place,
            to_place=row.to_place,
            both_ways=True,
            distance_km=row.distance_km,
            mode=("road",),
            known_at=row.known_at,
            source="data file routes.csv",
        )


def _claims(tables: FleeTables, period: Period, tier: str, findings: Findings) -> Iterator[Claim]:
    for row in tables.locations:
        if row.population:
            yield Claim(
                id=f"population-{row.id}",
                measure="population",
                counting="stock",
                place=row.id,
                low=row.population,
                high=row.population,
                qualifier="approx",
                basis="estimate",
                as_of=period.begins(),
                as_of_precision="undated",
                known_at=period.begins(),
                known_at_assumed=True,
                sources=("data file locations.csv",),
                status="prior",
                sensitivity="public",
            )
    series = added_series(tables.figures)
    if tier == "retrospective":
        series = corrected_series(series, tables.corrections)
    files: dict[str, list[str]] = {}
    for figure in tables.figures:
        if figure.file not in files.setdefault(figure.series, []):
            files[figure.series].append(figure.file)
    outside = 0
    for name, values in series.items():
        for date, people in values.items():
            if period.start <= date <= period.end:
                yield _hosted(name, date, people, files[name])
            else:
                outside += 1
    if outside:
        text = f"{outside} figures before or after the period: kept in flee/figures.csv, no claims"
        findings.note("left out", "source_data", text)


def _hosted(name: str, date: dt.date, people: float, files: list[str]) -> Claim:
    when = day_edge(date, ZONE, "end")
    return Claim(
        id=f"hosted-{name}-{date}",
        measure="hosted",
        counting="stock",
        place=ALL if name == TOTAL else name,
        low=people,
        high=people,
        qualifier="exact",
        basis="registration",
        as_of=when,
        as_of_precision="date",
        known_at=when,
        known_at_assumed=True,
        sources=tuple(f"data file {file}" for file in files),
        status="reported",
        sensitivity="public",
    )


def _events(
    tables: FleeTables, countries: dict[str, str], period: Period, findings: Findings
) -> Iterator[Event]:
    routes: dict[frozenset[str], list[str]] = {}
    for route in _routes(tables):
        routes.setdefault(frozenset((route.from_place, route.to_place)), []).append(route.id)
    for number, row in enumerate(tables.closures, start=1):
        kind: EventKind = "closure" if row.action == "close" else "opening"
        fields: dict[str, Any] = {"place": row.name1}
        ways = [""]
        if row.kind == "country":
            codes = countries.get(row.name1), countries.get(row.name2)
            if not all(codes):
                text = f"no event for {row.name1} - {row.name2}: no country code; kept in flee/"
                findings.note("left out", "input_csv/closures.csv", text)
                continue
            fields = {"from_country": codes[0], "to_country": codes[1], "note": "both ways"}
        elif row.kind == "link":
            ways = routes[frozenset((row.name1, row.name2))]
            fields = {"note": "both ways"}
        elif row.kind in ("camp", "idpcamp") and row.action == "close":
            # People may pass, as through a town: nothing is shut.
            kind, fields["note"] = "other", f"{row.name1} is no camp from this day on"
        for way in ways:
            name = f"{kind}-{number}{'-' if way else ''}{way}"
            fields |= {"route": way, "sources": ("data file closures.csv",)}
            yield _event(name, kind, row.day, period, **fields)
    yield from _conflict_events(tables, period)


def _conflict_events(tables: FleeTables, period: Period) -> Iterator[Event]:
    """Where a conflict begins and where it ends; changes in between stay in ``flee/``."""
    at_war: set[str] = set()
    for row in tables.conflicts:
        begins = row.intensity > 0
        if begins == (row.place in at_war):
            continue
        at_war ^= {row.place}
        kind: EventKind = "military_operation" if begins else "other"
        yield _event(
            f"conflict-{row.place}-{row.day}",
            kind,
            row.day,
            period,
            place=row.place,
            intensity=f"{row.intensity:g}" if begins else "",
            sources=("data file conflicts.csv",),
            note="fighting begins" if begins else "fighting ends",
        )


def _event(name: str, kind: EventKind, day: int, period: Period, **fields: Any) -> Event:
    return Event(id=name, time=period.begins(day), kind=kind, known_at=period.known(day), **fields)
