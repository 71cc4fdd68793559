"""Tables with hashtags (Humanitarian Exchange Language): a forecast, and the claims behind it.

The first row holds headings for people, the second the hashtags for programs. Reported figures and
forecasts never share a table: a forecast carries the attribute ``+forecast``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from crossings.exchange.forecast_csv import guarded
from crossings.forecast.outlook import Outlook
from crossings.forecast.summary import PLAN_LEVEL, day_ends, ranges
from crossings.situation.records import ALL, Claim, Situation

_FORECAST = (
    ("Date forecast issued", "#date+issued"),
    ("Date", "#date+forecast"),
    ("What is counted", "#indicator+name"),
    ("Place", "#loc+name"),
    ("Place id", "#loc+code"),
    ("Country", "#country+code"),
    ("Province", "#adm1+name"),
    ("P-code", "#adm1+code"),
    ("Latitude", "#geo+lat"),
    ("Longitude", "#geo+lon"),
    ("People, median", "#affected+ind+forecast+median"),
    ("9 in 10, from", "#affected+ind+forecast+q05"),
    ("9 in 10, to", "#affected+ind+forecast+q95"),
    (f"Plan for ({PLAN_LEVEL:.0%} quantile)", "#affected+ind+forecast+plan"),
)
_CLAIMS = (
    ("Claim", "#meta+id"),
    ("As of", "#date+reported"),
    ("Published", "#date+published"),
    ("What is counted", "#indicator+name"),
    ("Counting", "#indicator+type"),
    ("Unit", "#indicator+unit"),
    ("Place", "#loc+name"),
    ("Country", "#country+code"),
    ("At least", "#affected+num+min"),
    ("At most", "#affected+num+max"),
    ("Qualifier", "#meta+qualifier"),
    ("Who says it", "#meta+source"),
    ("Via", "#meta+via"),
    ("Publisher", "#meta+publisher"),
    ("Link", "#meta+url"),
)


def hxl_forecast(outlook: Outlook, situation: Situation) -> str:
    """Ranges by target, place and day, as text of a CSV file with hashtags.

    ``situation`` gives the places' names and positions; a place that it does not know stands by id.
    """
    zone = ZoneInfo(outlook.time_zone)
    places = {place.id: place for place in situation.places}
    issued = _date(outlook.issued_at, zone)
    rows = []
    for target in outlook.targets:
        for place_id in outlook.places:
            place = places.get(place_id)
            where: tuple[object, ...] = (place_id, place_id, "", "", "", "", "")
            if place is not None:
                where = (place.name, place.id, place.country, place.admin1, place.pcode)
                where += ("", "") if place.lat is None else (place.lat, place.lon)
            elif place_id == ALL:
                where = ("all places together", ALL, "", "", "", "", "")
            table = ranges(outlook, target, place_id)
            for i in day_ends(outlook):
                figures = (table[i].median, table[i].low90, table[i].high90, table[i].plan_for)
                people = (round(value) for value in figures)
                rows.append((issued, _date(outlook.times[i], zone), target, *where, *people))
    return _table(_FORECAST, rows)


def hxl_claims(claims: Iterable[Claim], situation: Situation) -> str:
    """The claims as text of a CSV file with hashtags; dates in the situation's zone."""
    places = {place.id: place for place in situation.places}
    rows = []
    for claim in claims:
        place = places.get(claim.place)
        rows.append(
            (
                claim.id,
                "" if claim.as_of is None else _date(claim.as_of, situation.zone),
                _date(claim.known_at, situation.zone),
                claim.measure,
                claim.counting,
                claim.unit,
                claim.place if place is None else place.name,
                "" if place is None else place.country,
                "" if claim.low is None else f"{claim.low:g}" if claim.low % 1 else int(claim.low),
                ""
                if claim.high is None
                else f"{claim.high:g}"
                if claim.high % 1
                else int(claim.high),
                claim.qualifier,
                "; ".join(claim.sources),
                claim.via,
                claim.publisher,
                claim.url,
            )
        )
    return _table(_CLAIMS, rows)


def _number(value: float | None) -> float | int | str:
    """A bound as it was stated; empty where there is none."""
    if value is None:
        return ""
    return int(value) if value.is_integer() else value


def _date(when: dt.datetime, zone: ZoneInfo) -> str:
    return when.astimezone(zone).date().isoformat()


def _table(columns: tuple[tuple[str, str], ...], rows: Iterable[tuple[object, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([heading for heading, _ in columns])
    writer.writerow([tag for _, tag in columns])
    writer.writerows(
        [guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return out.getvalue()
