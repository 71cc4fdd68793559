"""Moments as people write them, and back.

A moment is a date-time with an offset, or a bare date that stands for a whole day in the
situation's zone; where only a month or a year is known, for all of it. Which edge of the period is
meant depends on the column: figures and publications are placed at its last second (nothing may be
known too early), actions at its first.

Moments carry a fixed offset instead of a zone. Python subtracts and compares two moments of one
zone by the clock on the wall, which is an hour wrong across a change to summer time.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime

DAY_END = dt.time(23, 59, 59)
"""The last second of a day: a bare date means this moment for ``as_of`` and ``known_at``."""

EXPECTED = (
    "a date (2023-09-25), a month (2023-09), a year (2023) or a date-time with offset "
    "(2023-09-25T17:00+04:00)"
)
"""What a cell with a moment may hold, for messages."""

FIRST_YEAR, LAST_YEAR = 1800, 2200

Edge = Literal["start", "end"]

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"\d{4}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:.*")


def with_fixed_offset(when: dt.datetime) -> dt.datetime:
    """The same aware moment with its offset in place of its zone.

    Raises:
        ValueError: the year is outside 1800 to 2200, which is a slip of the pen here.
    """
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise ValueError(f"a year from {FIRST_YEAR} to {LAST_YEAR}")
    offset = when.utcoffset()
    return when if offset is None else when.replace(tzinfo=dt.timezone(offset), fold=0)


Moment = Annotated[AwareDatetime, AfterValidator(with_fixed_offset)]
"""An aware date-time with a fixed offset (the type of every time in the records)."""


def day_edge(day: dt.date, zone: ZoneInfo, edge: Edge) -> dt.datetime:
    """The first or the last second of ``day`` in ``zone``."""
    # Where the clock is set back at midnight 23:59:59 comes twice; the day ends with the second.
    clock = dt.time(0, 0, 0) if edge == "start" else DAY_END.replace(fold=1)
    return with_fixed_offset(dt.datetime.combine(day, clock, zone))


def read_moment(text: str, zone: ZoneInfo, edge: Edge) -> dt.datetime:
    """The moment that ``text`` states; ``edge`` chooses the side of a day, a month or a year.

    Raises:
        ValueError: ``text`` is nothing of this kind, or a date-time without an offset; the message
            says what was expected.
    """
    try:
        stated = _parse(text.strip())
    except ValueError as error:
        raise ValueError(EXPECTED) from error
    if not isinstance(stated, dt.datetime):
        first, last = stated
        return day_edge(first if edge == "start" else last, zone, edge)
    if stated.tzinfo is None:
        local = with_fixed_offset(stated.replace(tzinfo=zone))
        raise ValueError(f"an offset, such as {local.isoformat()}")
    return with_fixed_offset(stated)


def precision_of(text: str) -> str:
    """``month`` or ``year`` where ``text`` states no more than that, else empty."""
    if _MONTH.fullmatch(text.strip()):
        return "month"
    return "year" if _YEAR.fullmatch(text.strip()) else ""


def write_moment(when: dt.datetime, zone: ZoneInfo, edge: Edge) -> str:
    """``when`` as :func:`read_moment` reads it: a bare date where a whole day is meant."""
    day = when.astimezone(zone).date()
    return day.isoformat() if day_edge(day, zone, edge) == when else when.isoformat()


def period_end(when: dt.datetime, precision: str, zone: ZoneInfo) -> dt.datetime:
    """The end of the period that ``precision`` (``date``, ``month``, ``year`` ...) says is meant.

    A moment that is known to the hour or better, or whose precision is not a word we know, is its
    own end.
    """
    local = when.astimezone(zone)
    kind = precision.partition("_")[0]
    if kind in {"date", "day"}:
        return day_edge(local.date(), zone, "end")
    if kind == "week":
        return day_edge(local.date() + dt.timedelta(days=6 - local.weekday()), zone, "end")
    if kind == "month":
        return day_edge(_month(local.year, local.month)[1], zone, "end")
    if kind == "year":
        return day_edge(dt.date(local.year, 12, 31), zone, "end")
    return when


def _parse(text: str) -> dt.datetime | tuple[dt.date, dt.date]:
    """The date-time, or the first and last day of the period, that ``text`` states."""
    if _DAY.fullmatch(text):
        day = dt.date.fromisoformat(text)
        return day, day
    if month := _MONTH.fullmatch(text):
        return _month(int(month[1]), int(month[2]))
    if _YEAR.fullmatch(text):
        return dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)
    if _MOMENT.fullmatch(text):
        return dt.datetime.fromisoformat(text)
    raise ValueError(text)


def _month(year: int, month: int) -> tuple[dt.date, dt.date]:
    first = dt.date(year, month, 1)
    return first, first.replace(day=calendar.monthrange(year, month)[1])
