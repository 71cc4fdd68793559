"""A small situation in the shape of Nagorno-Karabakh 2023, and outlooks made up for it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import xarray as xr

from crossings.forecast.outlook import ClaimUse, LastFigure, Outlook
from crossings.forecast.sentences import sentence
from crossings.situation.records import Claim, Context, Event, Place, Route, Situation

ZONE = ZoneInfo("Asia/Yerevan")
LONG_AGO = dt.datetime(2023, 1, 1, tzinfo=ZONE)
ISSUED = dt.datetime(2023, 9, 25, 23, 59, 59, tzinfo=ZONE)
AFTER = dt.datetime(2023, 9, 28, 11, tzinfo=ZONE)
TARGETS = ("arrived.cumulative", "present.stock", "waiting.stock", "unregistered.stock")
SHARES = {
    "all": 1.0,
    "hakari-bridge": 1.0,
    "kornidzor": 1.0,
    "goris": 0.9,
    "vayk": 0.5,
    "yerevan": 0.3,
    "syunik": 0.1,
    "lori": 0.0,
}


def at(day: int, hour: int = 12, month: int = 9) -> dt.datetime:
    return dt.datetime(2023, month, day, hour, tzinfo=ZONE)


def place(place_id: str, kind: str, lat: float, lon: float, name: str = "") -> Place:
    title = name or place_id.replace("-", " ").title()
    return Place.model_validate(
        {"id": place_id, "name": title, "kind": kind, "lat": lat, "lon": lon, "known_at": LONG_AGO}
    )


def route(start: str, end: str) -> Route:
    return Route(
        id=f"{start}--{end}", from_place=start, to_place=end, speed_kmh=40, known_at=LONG_AGO
    )


def claim(claim_id: str, low: float | None, as_of: dt.datetime, **fields: object) -> Claim:
    base: dict[str, object] = {
        "id": claim_id,
        "measure": "arrived",
        "counting": "cumulative",
        "place": "all",
        "low": low,
        "high": low,
        "as_of": as_of,
        "as_of_precision": "exact",
        "known_at": as_of + dt.timedelta(hours=1),
        "sources": ("Government of Armenia press service",),
        "publisher": "1lurer",
        "url": "https://example.org/news",
        "basis": "count",
        "sensitivity": "public",
    }
    return Claim.model_validate(base | fields)


CLAIMS = (
    claim("a-1050", 1050, at(24, 22)),
    claim("a-2906", 2906, at(25, 6)),
    claim("a-6650", 6650, at(25, 17)),
    claim("f-2900", 2900, at(25, 6), high=None, qualifier="at_least", via="Russian state media"),
    claim("f-3000", 3000, at(25, 6), qualifier="approx", sources=(), publisher="news report"),
    claim("afp", 200, at(24, 20), high=999, qualifier="vague", sources=("AFP",)),
    claim("most", None, at(25, 10), high=20000, qualifier="at_most", sources=("A radio",)),
    claim("go", 120000, at(24, 10), status="forecast", basis="intention", sources=("D. Babayan",)),
    claim("pop-az", 25000, at(1), measure="population", counting="stock", sources=("Baku",)),
    claim("pop-nk", 120000, at(2), measure="population", counting="stock", sources=("NK",)),
    claim("killed", 200, at(20, 21), measure="killed", place="", high=None, qualifier="at_least"),
    claim(
        "queue", 20, at(25, 9), measure="travel_time", unit="hours", counting="stock",
        place="kornidzor", sensitivity="internal",
    ),
    claim("late", 9000, at(26, 0), known_at=AFTER, qualifier="approx"),
    claim("later-26", 28120, at(26, 20)),
    claim("later-28", 76407, at(28, 20)),
    claim("later-29", 95000, at(29, 20), high=None, qualifier="at_least"),
)  # fmt: skip

EVENTS = (
    Event(
        id="op", time=at(19, 13), known_at=at(19, 14), kind="military_operation",
        sources=("Authorities of Nagorno-Karabakh",), wording="large-scale attack",
    ),
    Event(
        id="anti", time=at(19, 13), known_at=at(25), kind="military_operation",
        sources=("Azerbaijan",), quote="an “anti-terrorist” campaign", disputes="op",
    ),
    Event(
        id="shut", time=at(15, 9, 6), known_at=at(15, 13, 6), kind="closure", place="hakari-bridge",
        sources=("InfoCenter",),
    ),
    Event(id="open", time=at(24, 14), known_at=at(24, 15), kind="opening", place="hakari-bridge"),
    Event(id="decree", time=at(28, 10), known_at=AFTER, kind="agreement", sources=("A decree",)),
)  # fmt: skip

CONTEXT = (
    Context(
        id="c1", subject="Turkey", relation="supports", object="Azerbaijan", bears_on="op",
        what="NATO member Turkey supports Azerbaijan", publisher="news report", known_at=at(25),
    ),
)  # fmt: skip


def situation() -> Situation:
    """Nine places on one road, sixteen figures, five events; four figures come after the issue."""
    places = (
        place("stepanakert", "origin", 39.815, 46.752),
        place("martuni", "origin", 39.795, 47.113),
        place("hakari-bridge", "crossing", 39.59, 46.543),
        place("kornidzor", "reception", 39.548, 46.53),
        place("goris", "reception", 39.508, 46.339),
        place("vayk", "town", 39.692, 45.465),
        place("yerevan", "region", 40.178, 44.513),
        place("syunik", "region", 39.208, 46.407),
        place("lori", "region", 40.807, 44.497),
    )
    routes = (
        route("martuni", "stepanakert"),
        route("stepanakert", "hakari-bridge"),
        route("hakari-bridge", "kornidzor"),
        route("kornidzor", "goris"),
        route("goris", "vayk"),
        route("goris", "syunik"),
        route("vayk", "yerevan"),
        route("yerevan", "lori"),
    )
    return Situation(
        id="small-karabakh",
        title="Nagorno-Karabakh and Armenia",
        start=at(19, 13),
        time_zone="Asia/Yerevan",
        targets=TARGETS,
        licence="CC-BY 4.0",
        places=places,
        routes=routes,
        events=EVENTS,
        claims=CLAIMS,
        context=CONTEXT,
    )


def forecast_times(days: int = 8) -> tuple[dt.datetime, ...]:
    """06:00, 12:00, 18:00 and the last second of each day after the issue."""
    clocks = (dt.time(6), dt.time(12), dt.time(18), dt.time(23, 59, 59))
    dates = [ISSUED.date() + dt.timedelta(days=i) for i in range(1, days + 1)]
    return tuple(dt.datetime.combine(date, clock, ZONE) for date in dates for clock in clocks)


def draws(members: int = 400, days: int = 8, seed: int = 1) -> xr.Dataset:
    """Arrivals that rise from 6,650 towards a lognormal total with median 62,000."""
    rng = np.random.default_rng(seed)
    times = forecast_times(days)
    hours = np.array([(t - ISSUED).total_seconds() / 3600 for t in times])
    total = np.clip(rng.lognormal(np.log(62_000), 0.6, members), 6_700, 145_000)
    rate = rng.lognormal(np.log(0.02), 0.4, members)
    risen = 1 - np.exp(-rate[:, None] * hours)
    arrived = 6_650 + (total - 6_650)[:, None] * risen
    shares = np.array(list(SHARES.values()))
    people = {
        "arrived.cumulative": arrived[:, :, None] * shares,
        "present.stock": 0.3 * arrived[:, :, None] * shares,
        "waiting.stock": 0.5 * (total[:, None] - arrived)[:, :, None] * (shares == 1.0),
        "unregistered.stock": 0.1 * arrived[:, :, None] * (np.arange(len(shares)) == 0),
    }
    utc = [np.datetime64(t.astimezone(dt.UTC).replace(tzinfo=None), "ns") for t in times]
    return xr.Dataset(
        {name: (("member", "time", "place"), v.astype(np.int64)) for name, v in people.items()},
        coords={"member": np.arange(members), "time": utc, "place": list(SHARES)},
    )


def outlook(members: int = 400, days: int = 8, seed: int = 1) -> Outlook:
    """An outlook issued at the end of 25 September."""
    known = situation().as_of(ISSUED)
    uses = tuple(
        ClaimUse(c.id, "arrived", 1.0, sentence("reason.arrived"))
        if c.target == "arrived.cumulative" and c.status == "reported"
        else ClaimUse(
            c.id,
            "",
            0.0,
            sentence("reason.no_part", measure=c.measure, counting=c.counting),
        )
        for c in known.claims
    )
    return Outlook(
        situation="small-karabakh",
        title="Nagorno-Karabakh and Armenia",
        tier="vintage",
        sensitivity="public",
        issued_at=ISSUED,
        time_zone="Asia/Yerevan",
        times=forecast_times(days),
        draws=draws(members, days, seed),
        claims=uses,
        last_figure=LastFigure("a-6650", 6650.0, at(25, 17), 7.0),
        members=members,
        seed=seed,
        carried_by="mechanistic",
        diagnostics={"ess": 201.5, "temperatures": 8, "accepted": [0.2, 0.3]},
        versions={"crossings": "0.1.0"},
        notes=(sentence("note.mechanistic"),),
    )


def without_figures(made: Outlook) -> Outlook:
    """The same outlook from a situation in which nobody had counted yet."""
    return dataclasses.replace(made, last_figure=None, claims=())
