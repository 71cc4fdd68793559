"""What is asked of a forecast: the situation as of the issue time, forecast times, members, seed.

Everything that a person can ask wrongly is refused here, before anything is computed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from crossings.errors import InputError
from crossings.situation.records import Situation
from crossings.situation.times import day_edge, with_fixed_offset

LONGEST_HORIZON_HOURS = 180 * 24
FEWEST_MEMBERS = 100
MOST_MEMBERS = 100_000
MOST_SEED = 2**32 - 1

CLOCK_HOURS = (6, 12, 18)
FINE_DAYS = 4
"""Forecast times within the day are given this many days ahead; then the ends of days."""

_HORIZON = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([hdw])\s*", re.ASCII)


@dataclasses.dataclass(frozen=True)
class Request:
    """What is asked: the situation as of the issue time, the forecast times, members, seed."""

    situation: Situation
    issued_at: dt.datetime
    times: tuple[dt.datetime, ...]
    members: int
    seed: int
    include_proposed: bool

    @property
    def hours(self) -> float:
        """Hours from the issue time to the last forecast time."""
        return (self.times[-1] - self.issued_at).total_seconds() / 3600.0


def request(
    situation: Situation,
    as_of: str | dt.date | dt.datetime | None,
    horizon: str | float,
    members: int,
    seed: int,
    include_proposed: bool = False,
    times: Sequence[dt.datetime] = (),
) -> Request:
    """Read what is asked; see :func:`crossings.forecast.issue.forecast` for the arguments.

    Raises:
        InputError: the moment is before anything was known, or an argument is out of range.
    """
    if not FEWEST_MEMBERS <= members <= MOST_MEMBERS:
        raise InputError(
            f"members: found {members}, expected {FEWEST_MEMBERS:,} to {MOST_MEMBERS:,}"
        )
    if not 0 <= seed <= MOST_SEED:
        raise InputError(f"seed: found {seed}, expected a whole number from 0 to {MOST_SEED:,}")
    horizon_hours(horizon)
    issued_at = _issue_time(situation, as_of)
    known = situation.as_of(issued_at)
    if not known.claims and not known.events:
        first = min(row.known_at for row in (*situation.claims, *situation.events))
        raise InputError(
            f"as-of: found {issued_at.isoformat()}, expected a moment after the first row was "
            f"known ({first.isoformat()})"
        )
    try:
        end = horizon_end(issued_at, horizon, known.zone)
        grid = _times(issued_at, end, known)
    except (ValueError, OverflowError) as error:
        raise InputError(f"horizon: found {horizon!r}, expected an end in {error}") from error
    asked = {with_fixed_offset(known.moment(t).astimezone(known.zone)) for t in times}
    beyond = sorted(t for t in asked if not issued_at < t <= grid[-1])
    if beyond:
        raise InputError(
            f"times: found {beyond[0].isoformat()}, expected after {issued_at.isoformat()} and not "
            f"after {grid[-1].isoformat()}"
        )
    return Request(
        known, issued_at, tuple(sorted({*grid, *asked})), members, seed, include_proposed
    )


def _issue_time(situation: Situation, as_of: str | dt.date | dt.datetime | None) -> dt.datetime:
    """The moment of the issue, with the offset of the situation's zone."""
    rows = [*situation.claims, *situation.events]
    if not rows:
        raise InputError(
            f"situation {situation.id!r}: found no claims and no events, expected one to forecast "
            "from"
        )
    when = max(row.known_at for row in rows) if as_of is None else situation.moment(as_of)
    issued_at = with_fixed_offset(when.astimezone(situation.zone))
    if issued_at < situation.start:
        raise InputError(
            f"as-of: found {issued_at.isoformat()}, expected a moment after the start of situation "
            f"{situation.id!r} ({situation.start.isoformat()})"
        )
    return issued_at


def horizon_hours(horizon: str | float) -> float:
    """Hours of a horizon such as ``"8d"``, ``"36h"`` or ``2.5`` (hours).

    Raises:
        InputError: it is not one, or not between 1 hour and 180 days.
    """
    number, unit = _horizon(horizon)
    hours = number * {"h": 1, "d": 24, "w": 168}[unit]
    if not 1 <= hours <= LONGEST_HORIZON_HOURS:
        raise InputError(f"horizon: found {horizon!r}, expected between 1h and 180d")
    return hours


def _horizon(horizon: str | float) -> tuple[float, str]:
    if not isinstance(horizon, str):
        return float(horizon), "h"
    match = _HORIZON.fullmatch(horizon)
    if match is None:
        raise InputError(f"horizon: found {horizon!r}, expected days or hours such as 8d or 36h")
    return float(match[1]), match[2]


def horizon_end(issued_at: dt.datetime, horizon: str | float, zone: ZoneInfo) -> dt.datetime:
    """The end of a horizon: whole days end at the same time of day, across summer time too.

    Raises:
        InputError: the horizon is none, or out of range.
        ValueError: it ends after the last year that is understood.
    """
    hours = horizon_hours(horizon)
    _, unit = _horizon(horizon)
    if unit == "h" or hours % 24:
        end = issued_at + dt.timedelta(hours=hours)
    else:
        clock = issued_at.astimezone(zone).replace(tzinfo=None) + dt.timedelta(hours=hours)
        end = clock.replace(tzinfo=zone, fold=1)
    return with_fixed_offset(end.astimezone(dt.UTC).astimezone(zone))


def _times(issued_at: dt.datetime, end: dt.datetime, situation: Situation) -> list[dt.datetime]:
    """Local clock hours for the first days, then the last second of each day, and the end."""
    zone = situation.zone
    found = {end.replace(microsecond=0)}
    first = issued_at.astimezone(zone).date()
    for number in range((end.date() - first).days + 1):
        day = first + dt.timedelta(days=number)
        moments = [day_edge(day, zone, "end")]
        if number <= FINE_DAYS and situation.step_hours <= 6:
            moments += [
                with_fixed_offset(dt.datetime.combine(day, dt.time(h), zone)) for h in CLOCK_HOURS
            ]
        # A day's end one second beyond the horizon is what somebody who says "8d" means.
        limit = end + dt.timedelta(seconds=1)
        found |= {when for when in moments if issued_at < when <= limit}
    return sorted(found)


def canonical(situation: Situation) -> Situation:
    """The same rows in an order of their own, so that a forecast does not hang on the files' order.

    Where two rows of ``priors.csv`` speak of one parameter, the last one known counts.
    """
    return situation.model_copy(
        update={
            "places": tuple(sorted(situation.places, key=lambda p: p.id)),
            "routes": tuple(sorted(situation.routes, key=lambda r: r.id)),
            "events": tuple(sorted(situation.events, key=lambda e: (e.time, e.known_at, e.id))),
            "claims": tuple(sorted(situation.claims, key=lambda c: (c.known_at, c.id))),
            "context": (),
            "priors": tuple(
                sorted(
                    situation.priors,
                    key=lambda p: (p.known_at, p.parameter, p.scope, p.family, p.a, p.b),
                )
            ),
        }
    )
