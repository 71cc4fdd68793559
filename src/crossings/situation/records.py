"""The records of a situation: what is known of a displacement crisis, row by row.

Every row says when it became public (``known_at``); :meth:`Situation.as_of` drops what was not yet
public and is the only gate through which a forecast sees a situation. Populations and capacities
are claims of somebody, never properties of a place.

Times are aware datetimes. A bare date stands for a whole day in the situation's time zone: its last
second for ``as_of`` and ``known_at`` (so that the date of ``.isoformat()`` is still that day), its
first for the start of an event.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from crossings.errors import InputError

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

DAY_END = dt.time(23, 59, 59)
"""The last second of a day: a bare date means this moment for ``as_of`` and ``known_at``."""

Identifier = Annotated[str, Field(min_length=1, max_length=200)]


class Record(BaseModel):
    """A row of one of the tables: immutable, unknown values empty (``None`` or ``""``)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    known_at: AwareDatetime


class Place(Record):
    """A town, crossing, camp or region, with every name it is known by (``places.csv``)."""

    id: Identifier
    name: str
    names: tuple[str, ...] = ()
    kind: PlaceKind
    country: str = ""
    admin1: str = ""
    pcode: str = ""
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    source: str = ""
    url: str = ""


class Route(Record):
    """A way between two places; ``distance_km`` in kilometres, ``speed_kmh`` in km/h (``routes.csv``)."""

    id: Identifier
    from_place: Identifier
    to_place: Identifier
    both_ways: bool = False
    distance_km: float | None = Field(default=None, ge=0)
    speed_kmh: float | None = Field(default=None, gt=0)
    mode: tuple[str, ...] = ()
    source: str = ""
    url: str = ""


class Event(Record):
    """Something that happened at a time; each side's own words stand in ``wording`` (``events.csv``)."""

    id: Identifier
    time: AwareDatetime
    kind: EventKind
    place: str = ""
    route: str = ""
    from_country: str = ""
    to_country: str = ""
    intensity: str = ""
    sources: tuple[str, ...] = ()
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
    measure: str
    counting: Counting
    unit: str = "people"
    place: str = ""
    origin: str = ""
    low: float | None = Field(default=None, ge=0)
    high: float | None = Field(default=None, ge=0)
    qualifier: Qualifier = "exact"
    basis: Basis = "estimate"
    as_of: AwareDatetime | None = None
    as_of_precision: str = ""
    known_at_assumed: bool = False
    sources: tuple[str, ...] = ()
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
    subject: str
    relation: Relation
    object: str = ""
    what: str = ""
    since: str = ""
    sources: tuple[str, ...] = ()
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

    parameter: str
    scope: str = ""
    family: str
    a: float
    b: float
    reason: str = ""
    source: str = ""


class Situation(BaseModel):
    """A displacement crisis: its description and its tables, in the order of the files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Identifier
    title: str
    start: AwareDatetime
    time_zone: str = "UTC"
    step_hours: float = Field(default=1.0, ge=1, le=24)
    targets: tuple[str, ...] = ("arrived.cumulative",)
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

    @property
    def zone(self) -> ZoneInfo:
        """The situation's time zone."""
        return ZoneInfo(self.time_zone)

    def moment(self, when: str | dt.date | dt.datetime) -> dt.datetime:
        """Resolve ``when`` to an aware datetime; a bare date means the last second of that day.

        Raises:
            InputError: ``when`` is not an ISO 8601 date or date-time, or a date-time without offset.
        """
        if isinstance(when, str):
            try:
                is_date = len(when.strip()) == len("2023-09-25")
                parse = dt.date.fromisoformat if is_date else dt.datetime.fromisoformat
                when = parse(when.strip())
            except ValueError as error:
                raise InputError(
                    f"time: found {when!r}, expected a date (2023-09-25) or a date-time with "
                    "offset (2023-09-25T17:00+04:00)"
                ) from error
        if not isinstance(when, dt.datetime):
            return dt.datetime.combine(when, DAY_END, self.zone)
        if when.tzinfo is None:
            raise InputError(
                f"time: found {when.isoformat()!r} without an offset, expected one such as "
                f"{when.replace(tzinfo=self.zone).isoformat()}"
            )
        return when

    def as_of(self, when: str | dt.date | dt.datetime) -> Situation:
        """The situation as it was known at ``when``: the only gate to the past.

        Drops every row of every table with ``known_at`` after ``when``. References to dropped rows
        are emptied and routes that touch a dropped place are dropped with it, so that nothing in
        what remains tells of them.
        """
        limit = self.moment(when)
        places = tuple(p for p in self.places if p.known_at <= limit)
        ids = {p.id for p in places}
        routes = tuple(
            r
            for r in self.routes
            if r.known_at <= limit and r.from_place in ids and r.to_place in ids
        )
        events = tuple(e for e in self.events if e.known_at <= limit)
        claims = tuple(c for c in self.claims if c.known_at <= limit)
        statements = tuple(c for c in self.context if c.known_at <= limit)
        event_ids = {e.id for e in events}
        claim_ids = {c.id for c in claims}
        rows = event_ids | claim_ids | {c.id for c in statements}
        return self.model_copy(
            update={
                "places": places,
                "routes": routes,
                "events": tuple(_without_dangling(e, "disputes", rows) for e in events),
                "claims": tuple(
                    _without_dangling(_without_dangling(c, "part_of", rows), "same_group_as", rows)
                    for c in claims
                ),
                "context": tuple(_without_dangling(c, "bears_on", rows) for c in statements),
                "priors": tuple(p for p in self.priors if p.known_at <= limit),
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


def _without_dangling(row: R, field: str, known: set[str]) -> R:
    """``row`` with ``field`` emptied where it names a row that is not among ``known``."""
    return row if getattr(row, field) in known else row.model_copy(update={field: ""})
