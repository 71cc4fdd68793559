"""The tables of a Flee set-up that the common tables cannot hold, as records (folder ``flee/``).

They are written by ``crossings import flee`` and read by the rule set ``flee`` only. No forecast
sees them: Flee's settings were chosen, and its capacities taken, with the whole series in view.
Days are counted from the start of the situation (day 0), as in Flee's own files, and names are
Flee's own. ``known_at`` is when a row could be known at the earliest, so that
:meth:`crossings.situation.records.Situation.as_of` holds for these tables too.

Source: the file formats of Flee 3 (Suleimenova, Bell and Groen 2017, Scientific Reports 7:13377).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Container
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from crossings.situation.base import CONFIG, Identifier, Record, Texts, Word

TOTAL = "total"
"""The series of all refugees together, as the first row of ``data_layout.csv`` names it."""

DAYS_KEY = "period.days"
"""The setting that holds the length of the period, in days (Flee's ``sim_period.csv``)."""

RULES_PREFIX = "simsetting."
"""What stands before the dotted path of an entry of ``simsetting.yml``."""


def _object_of_texts(text: str) -> str:
    """JSON of one object whose values are texts, in one canonical form; empty stays empty."""
    if not text:
        return ""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError('a JSON object of texts, such as {"max_move_speed": "200"}') from error
    if not isinstance(content, dict) or not all(isinstance(v, str) for v in content.values()):
        raise ValueError('a JSON object of texts, such as {"max_move_speed": "200"}')
    return json.dumps(content, ensure_ascii=False) if content else ""


def attribute_values(text: str) -> dict[str, str]:
    """The attributes of a row by name."""
    return dict(json.loads(text)) if text else {}


def _json_value(text: str) -> str:
    """Any JSON value in one canonical form."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise ValueError("a JSON value, such as 0.5, true or [1, 0.5]") from error


Attributes = Annotated[str, AfterValidator(_object_of_texts)]
"""Columns of Flee's files beyond the fixed ones: a JSON object of texts."""
JsonValue = Annotated[str, AfterValidator(_json_value)]
Day = Annotated[int, Field(ge=0, le=200_000)]


FleeKind = Literal["camp", "idpcamp", "conflict", "forward", "marker", "flood_zone", "town"]

_KIND_WORDS: tuple[tuple[str, FleeKind], ...] = (
    *(("conflict", "conflict"), ("forward", "forward"), ("marker", "marker")),
    *(("flood_zone", "flood_zone"), ("default", "town"), ("town", "town")),
)


def flee_kind(text: str) -> FleeKind | None:
    """The type that Flee understands ``text`` as: its words are looked for in a fixed order.

    A ``camp`` with ``idp`` anywhere in the text is an ``idpcamp``; ``None`` where no word stands.
    """
    lowered = text.lower()
    if "camp" in lowered:
        return "idpcamp" if "idp" in lowered else "camp"
    return next((kind for word, kind in _KIND_WORDS if word in lowered), None)


class FleeLocation(Record):
    """A row of ``locations.csv``, in its order (the country of the first row is home)."""

    id: Identifier
    region: str = ""
    country: str = ""
    x: float | None = None
    y: float | None = None
    type: Word
    conflict_date: int | None = None
    population: int | None = Field(default=None, ge=0)
    attributes: Attributes = ""

    @property
    def kind(self) -> FleeKind:
        """The type that Flee understands ``type`` as; a town where it understands none."""
        return flee_kind(self.type) or "town"


class FleeCapacity(Record):
    """People that a camp may hold: hindsight, known only when the series ends."""

    place: Identifier
    people: int = Field(ge=0)


class FleeRoute(Record):
    """A row of ``routes.csv``; it leads both ways and its attributes hold for both."""

    from_place: Identifier
    to_place: Identifier
    distance_km: float = Field(ge=0)
    forced_redirection: str = ""
    attributes: Attributes = ""


class FleeClosure(Record):
    """Half a row of ``closures.csv``: what closes or opens on a day."""

    day: Day
    action: Literal["close", "open"]
    kind: Literal["country", "location", "link", "camp", "idpcamp"]
    name1: Identifier
    name2: str = ""

    @property
    def ends(self) -> frozenset[str]:
        """The countries or locations that it is about; Flee reads ``name2`` of two kinds only."""
        both = self.kind in ("country", "link")
        return frozenset((self.name1, self.name2) if both else (self.name1,))


class FleeConflict(Record):
    """The intensity of the conflict at a place from a day on, until the next row of the place."""

    day: Day
    place: Identifier
    intensity: float = Field(ge=0)


class FleeFigure(Record):
    """A figure of a source file of ``data_layout.csv``, as it stands there."""

    series: Identifier
    file: Word
    date: dt.date
    count: int = Field(ge=0)


class FleeCorrection(Record):
    """On ``date`` the people of a camp were counted anew (``registration_corrections.csv``)."""

    place: Identifier
    date: dt.date
    note: str = ""


class FleeSetting(Record):
    """An entry of ``simsetting.yml`` by its dotted path, or of ``sim_period.csv``; JSON value."""

    key: Identifier
    value: JsonValue


class FleeLevel(Record):
    """A flood level at a place, or the share of a region that lacks food in per cent (``ipc``).

    Flood levels hold until the next row of the place; shares are interpolated between days.
    """

    measure: Literal["flood", "ipc"]
    name: Identifier
    day: Day
    value: float = Field(ge=0)


class FleeDemographic(Record):
    """The weight of a value of an attribute, by default or at one place (``demographics_*``)."""

    attribute: Identifier
    value: Word
    column: Identifier
    weight: float = Field(ge=0)


class FleeLocationChange(Record):
    """A place that takes another type on a day (``location_changes.csv``)."""

    day: Day
    place: Identifier
    type: Word


class FleeAgents(Record):
    """People placed at the start, counted by place and attributes (``agents.csv``)."""

    place: Identifier
    attributes: Attributes = ""
    count: int = Field(ge=1)


class FleeMajorRoute(Record):
    """Places in a row that Flee's fixed routes may follow (``major_routes.csv``)."""

    places: Texts


class FleeNote(Record):
    """What the import assumed, found odd, or could not carry over."""

    kind: Literal["assumed", "warning", "left out"]
    file: str = ""
    line: int | None = None
    text: Word


class FleeTables(BaseModel):
    """All tables of an imported set-up, in the order of the files."""

    model_config = CONFIG

    locations: tuple[FleeLocation, ...] = ()
    capacities: tuple[FleeCapacity, ...] = ()
    routes: tuple[FleeRoute, ...] = ()
    closures: tuple[FleeClosure, ...] = ()
    conflicts: tuple[FleeConflict, ...] = ()
    figures: tuple[FleeFigure, ...] = ()
    corrections: tuple[FleeCorrection, ...] = ()
    settings: tuple[FleeSetting, ...] = ()
    levels: tuple[FleeLevel, ...] = ()
    demographics: tuple[FleeDemographic, ...] = ()
    location_changes: tuple[FleeLocationChange, ...] = ()
    agents: tuple[FleeAgents, ...] = ()
    major_routes: tuple[FleeMajorRoute, ...] = ()
    notes: tuple[FleeNote, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no table has a row."""
        return not any(getattr(self, name) for name in type(self).model_fields)

    @property
    def setting_values(self) -> dict[str, Any]:
        """The settings by key, as Python values; the last row of a key holds."""
        return {row.key: json.loads(row.value) for row in self.settings}

    def as_of(self, limit: dt.datetime, places: Container[str]) -> FleeTables | None:
        """The tables as they could be known at ``limit``; ``None`` where nothing could.

        With a location that is dropped, or whose place is none of ``places``, goes what names it.
        """
        rows: dict[str, tuple[Any, ...]] = {
            name: tuple(row for row in getattr(self, name) if row.known_at <= limit)
            for name in type(self).model_fields
        }
        located = tuple(row for row in rows["locations"] if row.id in places)
        names = {row.id for row in located}
        countries = {row.country for row in located}
        regions = {row.region for row in located}
        rows["locations"] = located
        for name in ("capacities", "conflicts", "location_changes", "agents"):
            rows[name] = tuple(row for row in rows[name] if row.place in names)
        rows["routes"] = tuple(r for r in rows["routes"] if {r.from_place, r.to_place} <= names)
        rows["major_routes"] = tuple(r for r in rows["major_routes"] if names.issuperset(r.places))
        rows["closures"] = tuple(
            r for r in rows["closures"] if (countries if r.kind == "country" else names) >= r.ends
        )
        rows["levels"] = tuple(
            r for r in rows["levels"] if r.name in (names if r.measure == "flood" else regions)
        )
        rows["figures"] = tuple(
            r for r in rows["figures"] if r.series == TOTAL or r.series in places
        )
        series = {row.series for row in rows["figures"]}
        rows["corrections"] = tuple(r for r in rows["corrections"] if r.place in series)
        kept = self.model_copy(update=rows)
        return None if kept.is_empty else kept
