"""Invented crises: a flight that fades, counted at several places, each in its own rhythm."""

from __future__ import annotations

import datetime as dt

import numpy as np

from crossings.forecast.series.history import Series
from crossings.situation.records import Claim, Place, Situation

START = dt.date(2012, 3, 1)
DAY0 = (START - dt.date(1970, 1, 1)).days


def crisis(
    seed: int, places: int = 3, length: int = 200, prefix: str = "camp"
) -> dict[str, Series]:
    """Series of ``places`` camps over ``length`` days."""
    rng = np.random.default_rng(seed)
    found = {}
    for number in range(places):
        pace = rng.lognormal(4, 1)
        arrivals = rng.gamma(1.0, pace, length + 1) * np.exp(-np.arange(length + 1) / 80)
        total = np.cumsum(arrivals).round()
        gaps = rng.integers(1, 4 + 4 * number, length)
        days = np.cumsum(np.concatenate([[0], gaps]))
        days = days[days <= length]
        name = f"{prefix}-{seed}-{number}"
        found[name] = Series(name, "AAA", DAY0 + days, total[days], DAY0 + days)
    return found


def situation(series: dict[str, Series], name: str = "invented", extra: int = 0) -> Situation:
    """A situation whose claims are these series; ``extra`` people on every figure."""
    start = dt.datetime(2012, 3, 1, tzinfo=dt.UTC)
    places = tuple(
        Place(id=place, name=place, kind="camp", country=one.country, known_at=start)
        for place, one in series.items()
    )
    claims = tuple(
        claim(place, day, people + extra)
        for place, one in series.items()
        for day, people in zip(one.days.tolist(), one.people.tolist(), strict=True)
    )
    return Situation(
        id=name,
        title=name,
        start=start,
        step_hours=24,
        targets=("hosted.stock",),
        tier="dated",
        places=places,
        claims=claims,
    )


def claim(place: str, day: int, people: float, source: str = "office", later: int = 0) -> Claim:
    """A figure for one day, public at its end or ``later`` days after."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    when = dt.datetime.combine(date, dt.time(23, 59, 59), dt.UTC)
    return Claim(
        id=f"{source}-{place}-{day}-{later}",
        measure="hosted",
        counting="stock",
        place=place,
        low=people,
        high=people,
        basis="registration",
        as_of=when,
        as_of_precision="date",
        known_at=when + dt.timedelta(days=later),
        sources=(source,),
    )
