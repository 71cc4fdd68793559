"""A Flee case as plain typed values: network, schedules, totals, traits of people.

All counts of people are in agents: whoever fills these records has divided by ``hasten`` already.
Days are whole numbers from 0; names are Flee's own.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.flee.settings import FleeSettings
from crossings.errors import InputError

LocationKind = Literal["camp", "idpcamp", "conflict", "forward", "marker", "flood_zone", "town"]
LOCATION_KINDS: tuple[LocationKind, ...] = (
    "camp",
    "idpcamp",
    "conflict",
    "forward",
    "marker",
    "flood_zone",
    "town",
)
ClosureKind = Literal["country", "location", "link", "camp", "idpcamp"]
CLOSURE_KINDS: tuple[ClosureKind, ...] = ("country", "location", "link", "camp", "idpcamp")

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]


class Location(NamedTuple):
    """A row of locations.csv.

    ``x`` and ``y`` are columns 4 and 5 as they stand (the shipped folders hold latitude first).
    ``population`` is 0 for a camp, ``capacity`` -1 for a place without one. ``conflict_date`` is
    the day of the column of that name. ``intensity`` is the attribute conflict_intensity.
    ``sink`` is deactivation_probability. None: no such attribute.
    """

    name: str
    region: str
    country: str
    x: float
    y: float
    kind: LocationKind
    population: int = 0
    capacity: int = -1
    conflict_date: int = 0
    intensity: float | None = None
    initial_idps: int = 0
    capacity_per_day: int = 0
    sink: float | None = None
    farmer_fraction: float = 0.0
    trade_volume: float | None = None
    hdi: float | None = None


class Link(NamedTuple):
    """A row of routes.csv, passable in both directions.

    ``distance`` in km; ``forced_redirection`` is column 4 (0, 1 or 2); ``max_move_speed`` in km a
    day and ``walk_probability`` are the attributes of these names.
    """

    name1: str
    name2: str
    distance: float
    forced_redirection: int = 0
    max_move_speed: float | None = None
    walk_probability: float = 0.0


class Closure(NamedTuple):
    """A row of closures.csv: shuts on day ``start``, opens on day ``end``; negative: never."""

    kind: ClosureKind
    name1: str
    name2: str
    start: int
    end: int


class LocationChange(NamedTuple):
    """A row of location_changes.csv."""

    name: str
    kind: LocationKind
    day: int


class Table(NamedTuple):
    """A value a day (row) and name (column): ``values`` (T, names)."""

    names: tuple[str, ...]
    values: F8


class Demographic(NamedTuple):
    """A file demographics_<attribute>.csv: weights of ``values``, for origins or by default."""

    attribute: str
    values: tuple[str, ...]
    default: tuple[float, ...]
    by_location: Mapping[str, tuple[float, ...]]


class AgentRow(NamedTuple):
    """A row of agents.csv: where, attributes as (name, text) pairs, how many alike."""

    location: str
    attributes: tuple[tuple[str, str], ...] = ()
    people: int = 1


@dataclasses.dataclass(frozen=True)
class FleeNetwork:
    """Locations and links in the order of their files; ``major_routes`` as lists of names.

    Raises:
        InputError: a location stands there twice, or a link or route names an unknown one.
    """

    locations: tuple[Location, ...]
    links: tuple[Link, ...]
    major_routes: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        known: set[str] = set()
        for place in self.locations:
            if place.name in known:
                raise InputError(f"locations: found {place.name!r} twice, expected every name once")
            known.add(place.name)
        if not known:
            raise InputError("locations: found none, expected at least one")
        for link in self.links:
            for name in (link.name1, link.name2):
                if name not in known:
                    raise InputError(f"routes: found end {name!r}, expected a known location")
            if not 0 <= link.distance < np.inf:
                raise InputError(
                    f"routes: {link.name1}-{link.name2}: found {link.distance} km, "
                    "expected 0 or more"
                )
        for route in self.major_routes:
            for name in route:
                if name not in known:
                    raise InputError(f"major routes: found {name!r}, expected a known location")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the locations in the order of the file."""
        return tuple(place.name for place in self.locations)


@dataclasses.dataclass(frozen=True)
class FleeSchedule:
    """What changes when.

    ``conflicts`` holds intensities from 0 to 1, a column a location; ``floods`` levels; ``ipc``
    percent (0 to 100), a column a region. Row t is day t; each table present has a row for every
    day that is run.
    """

    closures: tuple[Closure, ...] = ()
    location_changes: tuple[LocationChange, ...] = ()
    conflicts: Table | None = None
    floods: Table | None = None
    ipc: Table | None = None


@dataclasses.dataclass(frozen=True)
class FleeTotals:
    """The published series, daily (T,), interpolated and truncated to whole agents.

    ``total`` is the first row of data_layout.csv, ``camps`` the others by name.
    """

    total: I8
    camps: Mapping[str, I8]


@dataclasses.dataclass(frozen=True)
class FleeCase:
    """Everything that the rules need.

    ``totals`` is None where no series is given (conflict-driven, flood-driven or agents.csv runs).
    ``newcomers`` (T,), where given, are the people who set out each day and take the place of what
    the totals imply.
    """

    network: FleeNetwork
    settings: FleeSettings
    days: int
    start: dt.date | None = None
    schedule: FleeSchedule = FleeSchedule()
    totals: FleeTotals | None = None
    newcomers: I8 | None = None
    demographics: tuple[Demographic, ...] = ()
    agents: tuple[AgentRow, ...] = ()


class FleeRun(NamedTuple):
    """Whole agents after each day, for members (M), days (T) and the places kept (K).

    ``present``: at the place (M, T, K). ``arrived``: who ever came there over a link, cumulative
    (M, T, K). ``travelling``: on links, ``people``: all there are, both (M, T).
    """

    names: tuple[str, ...]
    present: I8
    arrived: I8
    travelling: I8
    people: I8
