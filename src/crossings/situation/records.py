"""The records of a situation: what is known of a displacement crisis, row by row.

Every row says when it became public (``known_at``); :meth:`Situation.as_of` drops what was not yet
public and is the only gate through which a forecast sees a situation. Populations and capacities
are claims of somebody, never properties of a place.

Times are aware datetimes with a fixed offset (see :mod:`crossings.situation.times`). A bare date
stands for a whole day in the situation's time zone: its last second for ``as_of`` and ``known_at``
(so that the date of ``.isoformat()`` is still that day), its first for the start of an event.

What all records share stands in :mod:`crossings.situation.base`; the tables of an imported Flee
set-up are records too (:mod:`crossings.situation.flee_records`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from crossings.errors import InputError
from crossings.situation.base import CONFIG, Identifier, Record, Texts, Word, clean_text
from crossings.situation.flee_records import FleeTables
from crossings.situation.times import Moment, day_edge, read_moment, with_fixed_offset

Tier = Literal["vintage", "dated", "retrospective"]
PlaceKind = Literal["origin", "town", "crossing", "reception", "camp", "region", "marker"]
EventKind = Literal[
    "military_operation",
    "ceasefire",
    "blockade",
    "closure",
    "opening",
    "explosion",
    "agreement",
    "evacuation",
    "flood",
    "other",
]
Counting = Literal["cumulative", "stock", "flow"]
Qualifier = Literal["exact", "approx", "at_least", "at_most", "range", "vague"]
Basis = Literal["count", "registration", "eyewitness", "estimate", "intention", "planning"]
Status = Literal["reported", "forecast", "planned", "prior", "historical", "uncertain"]
Review = Literal["proposed", "accepted", "rejected"]
Relation = Literal[
    "supports", "supplies", "allies", "trades", "mediates", "commemorates", "claims", "other"
]

ALL = "all"
"""The place id that stands for all destinations together."""


class Place(Record):
    """A town, crossing, camp or region, with every name it is known by (``places.csv``)."""

    id: Identifier
    name: Word
    names: Texts = ()
    kind: PlaceKind
    country: str = ""
    admin1: str = ""
    pcode: str = ""
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    source: str = ""
    url: str = ""


class Route(Record):
    """A way between two places: ``distance_km`` in kilometres, ``speed_kmh`` in km/h.

    Its row stands in ``routes.csv``, where the ends are the columns ``from`` and ``to``.
    """

    id: Identifier
    from_place: Identifier
    to_place: Identifier
    both_ways: bool = False
    distance_km: float | None = Field(default=None, ge=0)
    speed_kmh: float | None = Field(default=None, gt=0)
    mode: Texts = ()
    source: str = ""
    url: str = ""


class Event(Record):
    """Something that happened at a time (``events.csv``).

    ``kind`` describes it in neutral words; each side's own words stand in ``wording``.
    """

    id: Identifier
    time: Moment
    kind: EventKind
    place: str = ""
    route: str = ""
    from_country: str = ""
    to_country: str = ""
    intensity: str = ""
    sources: Texts = ()
    via: str = ""
    publisher: str = ""
    url: str = ""
    quote: str = ""
    wording: str = ""
    disputes: str = ""
    note: str = ""


class Claim(Record):
    """One attributed figure (``claims.csv``).

    ``low`` and ``high`` are bounds in ``unit`` (``low == high`` for one number; an absent ``high``
    means "at least", an absent ``low`` "at most"). ``as_of`` is the moment the figure refers to.
    """

    id: Identifier
    measure: Word
    counting: Counting
    unit: Word = "people"
    place: str = ""
    origin: str = ""
    low: float | None = Field(default=None, ge=0)
    high: float | None = Field(default=None, ge=0)
    qualifier: Qualifier = "exact"
    basis: Basis = "estimate"
    as_of: Moment | None = None
    as_of_precision: str = ""
    known_at_assumed: bool = False
    sources: Texts = ()
    via: str = ""
    publisher: str = ""
    url: str = ""
    quote: str = ""
    status: Status = "reported"
    part_of: str = ""
    same_group_as: str = ""
    bulletin: str = ""
    document: str = ""
    review: Review = "accepted"
    sensitivity: str = ""
    note: str = ""

    @field_validator("high")
    @classmethod
    def _bounds_in_order(cls, high: float | None, info: ValidationInfo) -> float | None:
        low = info.data.get("low")
        if low is not None and high is not None and low > high:
            raise ValueError(f"a number of at least low ({low:g})")
        return high

    @property
    def target(self) -> str:
        """``<measure>.<counting>``, such as ``arrived.cumulative``."""
        return f"{self.measure}.{self.counting}"

    @property
    def value(self) -> float | None:
        """The figure as one number: the middle of a range, else the bound that was stated."""
        if self.low is not None and self.high is not None:
            return (self.low + self.high) / 2
        return self.low if self.low is not None else self.high


class Context(Record):
    """One attributed statement about the wider setting; shown, not modelled (``context.csv``)."""

    id: Identifier
    subject: Word
    relation: Relation
    object: str = ""
    what: str = ""
    since: str = ""
    sources: Texts = ()
    via: str = ""
    publisher: str = ""
    url: str = ""
    quote: str = ""
    bears_on: str = ""


class Prior(Record):
    """What is believed of a parameter before any figure, and why (``priors.csv``).

    ``family`` names the distribution, ``a`` and ``b`` its two numbers; ``scope`` is empty for the
    whole situation or the id of a place, route or event kind.
    """

    parameter: Word
    scope: str = ""
    family: Word
    a: float
    b: float
    reason: str = ""
    source: str = ""


class Situation(BaseModel):
    """A displacement crisis: its description and its tables, in the order of the files."""

    model_config = CONFIG

    id: Identifier
    title: Word
    start: Moment
    time_zone: str = "UTC"
    step_hours: float = Field(default=1.0, ge=1, le=24)
    targets: Texts = ("arrived.cumulative",)
    tier: Tier = "vintage"
    sensitivity: str = ""
    notes: str = ""
    licence: str = ""
    places: tuple[Place, ...] = ()
    routes: tuple[Route, ...] = ()
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()
    context: tuple[Context, ...] = ()
    priors: tuple[Prior, ...] = ()
    flee: FleeTables | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _canonical_text(cls, value: Any) -> Any:
        return clean_text(value)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("the name of a time zone, such as 'Asia/Yerevan'") from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The situation's time zone."""
        return ZoneInfo(self.time_zone)

    def moment(self, when: str | dt.date | dt.datetime) -> dt.datetime:
        """Resolve ``when`` to an aware datetime; a bare date means the last second of that day.

        A month (``2023-09``) or a year means its last second.

        Raises:
            InputError: ``when`` is no date, month, year or date-time, or one without an offset.
        """
        try:
            if isinstance(when, str):
                return read_moment(when, self.zone, "end")
            if not isinstance(when, dt.datetime):
                return day_edge(when, self.zone, "end")
            if when.tzinfo is None:
                return read_moment(when.isoformat(), self.zone, "end")
            return with_fixed_offset(when)
        except ValueError as error:
            raise InputError(f"time: found {str(when)!r}, expected {error}") from error

    def as_of(self, when: str | dt.date | dt.datetime) -> Situation:
        """The situation as it was known at ``when``: the only gate to the past.

        Drops every row of every table with ``known_at`` after ``when``, and with a dropped place or
        route what touches it: routes, claims and events. Other references to dropped rows are
        emptied, so that nothing in what remains tells of them. What is kept depends on kept rows
        only.

        Raises:
            InputError: ``when`` is not a moment.
        """
        limit = self.moment(when)
        places = tuple(p for p in self.places if p.known_at <= limit)
        ids = {p.id for p in places}
        routes = tuple(
            r
            for r in self.routes
            if r.known_at <= limit and r.from_place in ids and r.to_place in ids
        )
        located = ids | {ALL, ""}
        ways = {r.id for r in routes} | {""}
        events = tuple(
            e for e in self.events if e.known_at <= limit and e.place in located and e.route in ways
        )
        claims = tuple(c for c in self.claims if c.known_at <= limit and c.place in located)
        statements = tuple(c for c in self.context if c.known_at <= limit)
        event_ids = {e.id for e in events}
        claim_ids = {c.id for c in claims}
        rows = event_ids | claim_ids | {c.id for c in statements}
        return self.model_copy(
            update={
                "places": places,
                "routes": routes,
                "events": tuple(_without_dangling(e, rows, "disputes") for e in events),
                "claims": tuple(
                    _without_dangling(c, claim_ids, "part_of", "same_group_as") for c in claims
                ),
                "context": tuple(_without_dangling(c, event_ids, "bears_on") for c in statements),
                "priors": tuple(p for p in self.priors if p.known_at <= limit),
                "flee": self.flee and self.flee.as_of(limit, ids),
            }
        )

    def with_claims(self, claims: tuple[Claim, ...] | list[Claim]) -> Situation:
        """The situation with ``claims`` added; a claim with a known id replaces the old one.

        Raises:
            InputError: a claim names a place that the situation does not have.
        """
        known = {p.id for p in self.places} | {ALL, ""}
        for claim in claims:
            if claim.place not in known:
                raise InputError(
                    f"claim {claim.id}: place: found {claim.place!r}, expected the id of a place "
                    f"of situation {self.id!r} or {ALL!r}"
                )
        added = {claim.id: claim for claim in claims}
        kept = tuple(c for c in self.claims if c.id not in added)
        return self.model_copy(update={"claims": kept + tuple(added.values())})

    def with_statements(
        self, events: Sequence[Event] = (), context: Sequence[Context] = ()
    ) -> Situation:
        """The situation with events and context added; a known id replaces the old row.

        Raises:
            InputError: an event names a place or route that the situation does not have.
        """
        known = {p.id for p in self.places} | {ALL, ""}
        routes = {r.id for r in self.routes} | {""}
        for event in events:
            if event.place not in known or event.route not in routes:
                raise InputError(
                    f"event {event.id}: found {event.place or event.route!r}, expected the id of a "
                    f"place or route of situation {self.id!r}"
                )
        new = {event.id for event in events} | {row.id for row in context}
        return self.model_copy(
            update={
                "events": (*(e for e in self.events if e.id not in new), *events),
                "context": (*(c for c in self.context if c.id not in new), *context),
            }
        )

    def place(self, place_id: str) -> Place:
        """The place with this id.

        Raises:
            KeyError: there is none.
        """
        for place in self.places:
            if place.id == place_id:
                return place
        raise KeyError(place_id)


R = TypeVar("R", bound=Record)


def _without_dangling(row: R, known: set[str], *fields: str) -> R:
    """``row`` with those ``fields`` emptied that name a row which is not among ``known``."""
    dangling = {f: "" for f in fields if getattr(row, f) and getattr(row, f) not in known}
    return row.model_copy(update=dangling) if dangling else row
