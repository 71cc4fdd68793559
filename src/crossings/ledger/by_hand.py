"""A bulletin typed in by a person: figures as people write them, and what they leave out."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from crossings.errors import InputError
from crossings.situation.records import Basis, Claim, Counting, Qualifier, Situation
from crossings.situation.tables import shown, validated
from crossings.situation.times import day_edge, period_end, precision_of, with_fixed_offset

STOCKS = frozenset(
    {
        *("present", "waiting", "unregistered", "hosted", "displaced", "population", "missing"),
        *("host_population", "capacity", "remaining", "sheltered", "in_need", "travel_time"),
    }
)
"""Measures that count who is there at a moment; the others run up from the start."""

_NUMBER = r"(\d{1,3}(?:[ ,.'\u00a0\u202f]\d{3})+(?!\d)|\d+(?:\.\d+)?)\s*(k|thousand|million|m)?"
_RANGE = re.compile(rf"(?:between\s+)?{_NUMBER}\s*(?:-|–|to|and)\s*{_NUMBER}", re.IGNORECASE)
_ONE = re.compile(
    rf"(?P<before>[^\d]*?)\s*{_NUMBER}\s*(?P<after>\+|or more|or fewer|or less)?", re.IGNORECASE
)
_QUALIFIERS: dict[str, Qualifier] = {
    **dict.fromkeys(("", "=", "exactly"), "exact"),
    **dict.fromkeys(
        ("~", "≈", "about", "around", "some", "nearly", "almost", "c.", "ca."), "approx"
    ),
    **dict.fromkeys((">", ">=", "≥", "at least", "more than", "over", "+", "or more"), "at_least"),
    **dict.fromkeys(
        ("<", "<=", "≤", "at most", "up to", "less than", "under", "or fewer", "or less"), "at_most"
    ),
}
_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
EXPECTED_VALUE = "a figure such as 6650, 2,900+, ~3000, <500 or 200-300"


def read_value(text: str) -> tuple[float | None, float | None, Qualifier]:
    """Bounds and qualifier of a figure as people type it: ``6,650``, ``2900+``, ``~3k``, ``2-3``.

    Raises:
        InputError: it is no figure.
    """
    stated = " ".join(text.split())
    if span := _RANGE.fullmatch(stated):
        low = _number(span[1], span[2] or span[4])
        high = _number(span[3], span[4])
        if low > high:
            raise InputError(f"value: found {shown(text)}, expected the smaller number first")
        return low, high, "range"
    if one := _ONE.fullmatch(stated):
        words = (one["before"] or "").strip().casefold(), (one["after"] or "").strip().casefold()
        qualifier = _QUALIFIERS.get(words[1] if words[1] else words[0])
        if qualifier and not (words[0] and words[1]):
            value = _number(one[2], one[3])
            low_end = None if qualifier == "at_most" else value
            return low_end, None if qualifier == "at_least" else value, qualifier
    raise InputError(f"value: found {shown(text)}, expected {EXPECTED_VALUE}")


def _number(digits: str, scale: str | None) -> float:
    grouped = re.fullmatch(r"\d{1,3}(?:[ ,.'\u00a0\u202f]\d{3})+", digits)
    plain = re.sub(r"\D", "", digits) if grouped else digits
    return float(plain) * _TIMES.get((scale or "").casefold(), 1.0)


def read_when(text: str, situation: Situation, now: dt.datetime) -> tuple[dt.datetime, str]:
    """The moment that a person means, and its precision.

    Beside what a table may hold: ``now``, ``today``, ``yesterday``, ``17:00`` (today) and a
    date-time without an offset, all in the situation's zone. A day that is not over means now.

    Raises:
        InputError: it is no moment, or one to come.
    """
    zone = situation.zone
    local = now.astimezone(zone)
    stated = text.strip().casefold()
    precision = ""
    if stated in ("", "now"):
        return with_fixed_offset(local.replace(microsecond=0)), "minute"
    if stated in ("today", "yesterday"):
        day = local.date() - dt.timedelta(days=stated == "yesterday")
        when, precision = day_edge(day, zone, "end"), "date"
    elif _CLOCK.fullmatch(stated):
        when, precision = _on_the_clock(stated, local), "minute"
    else:
        when = _with_zone(text.strip(), situation)
        bare_day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip())
        precision = "date" if bare_day else precision_of(text) or "minute"
    if when > now:
        if precision == "minute" or period_begin(when, precision, situation) > now:
            raise InputError(f"as of: found {shown(text)}, expected no time to come")
        when = with_fixed_offset(local.replace(microsecond=0))
    return when, precision


def period_begin(when: dt.datetime, precision: str, situation: Situation) -> dt.datetime:
    """The first second of the day, month or year that ends with ``when``."""
    day = when.astimezone(situation.zone).date()
    if precision in ("month", "year"):
        day = day.replace(day=1)
    if precision == "year":
        day = day.replace(month=1)
    return day_edge(day, situation.zone, "start")


def _on_the_clock(text: str, local: dt.datetime) -> dt.datetime:
    hour, minute = (int(part) for part in text.split(":"))
    try:
        return with_fixed_offset(local.replace(hour=hour, minute=minute, second=0, microsecond=0))
    except ValueError as error:
        raise InputError(f"as of: found {shown(text)}, expected a time such as 17:00") from error


def _with_zone(text: str, situation: Situation) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return situation.moment(text)
    if len(text) > len("2023-09-25") and moment.tzinfo is None:
        return situation.moment(moment.replace(tzinfo=situation.zone))
    return situation.moment(text)


@dataclasses.dataclass(frozen=True)
class Bulletin:
    """What a person types; empty where it is left to the defaults."""

    measure: str
    place: str
    value: str
    source: str
    as_of: str = ""
    known_at: str = ""
    counting: str = ""
    unit: str = "people"
    origin: str = ""
    basis: str = ""
    status: str = "reported"
    via: str = ""
    publisher: str = ""
    url: str = ""
    quote: str = ""
    bulletin: str = ""
    sensitivity: str = ""
    note: str = ""


def claim_by_hand(typed: Bulletin, situation: Situation, now: dt.datetime) -> Claim:
    """The claim that a person means.

    Where nothing is said, counting follows from the measure, basis is a count (a registration where
    people are registered), and it was public by the end of the period it refers to, which is marked
    as assumed.

    Args:
        typed: what was typed; ``place`` is the id of a place of ``situation``.
        situation: gives the time zone.
        now: the present moment.

    Raises:
        InputError: something is missing or cannot be.
    """
    low, high, qualifier = read_value(typed.value)
    as_of, precision = read_when(typed.as_of, situation, now)
    assumed = not typed.known_at.strip()
    if assumed:
        known_at = min(period_end(as_of, precision, situation.zone), now.replace(microsecond=0))
    else:
        known_at, _ = read_when(typed.known_at, situation, now)
    measure = "_".join(typed.measure.casefold().split())
    counting: Counting = "stock" if measure in STOCKS else "cumulative"
    basis: Basis = "registration" if measure == "registered" else "count"
    fields = {
        "id": "typed",
        "measure": measure,
        "counting": typed.counting or counting,
        "unit": typed.unit,
        "place": typed.place,
        "origin": typed.origin,
        "low": low,
        "high": high,
        "qualifier": qualifier,
        "basis": typed.basis or basis,
        "status": typed.status,
        "as_of": as_of,
        "as_of_precision": precision,
        "known_at": known_at,
        "known_at_assumed": assumed,
        "sources": typed.source,
        "via": typed.via,
        "publisher": typed.publisher,
        "url": typed.url,
        "quote": typed.quote,
        "bulletin": typed.bulletin,
        "sensitivity": typed.sensitivity,
        "note": typed.note,
    }
    record, wrong = validated(Claim, fields)
    if wrong:
        field, found, expected = wrong[0]
        raise InputError(f"{field.replace('_', ' ')}: found {found}, expected {expected}")
    assert isinstance(record, Claim)
    return record
