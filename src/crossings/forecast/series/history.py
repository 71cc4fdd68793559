"""Published figures as series: one source, one place, one target, each figure with its dates.

A figure counts for the day that it refers to and may be used from the day on which it was public.
Days are whole days since 1970-01-01 in the situation's zone, values are people.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from crossings.situation.records import ALL, Claim, Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

EPOCH = dt.date(1970, 1, 1)

LONGEST_GAP = 31
"""Days between two figures over which a straight line still stands for what was between."""

_BASES = ("planning", "intention")


@dataclasses.dataclass(frozen=True)
class Known:
    """A series as known on one day: ``days`` rising and ``people`` at each, shape (figure,)."""

    days: I8
    people: F8

    def until(self, day: int) -> Known | None:
        """The figures that refer to days up to ``day``; None if there are none."""
        count = int(np.searchsorted(self.days, day, "right"))
        return Known(self.days[:count], self.people[:count]) if count else None

    def outcomes(self, days: I8) -> tuple[F8, I8]:
        """The values on ``days``: a figure, or a straight line between two not too far apart.

        Returns:
            people, NaN where there is no such value; and the day of the figure that ends the
            line, after the last figure where there is none. Both of shape (day,).
        """
        j = np.searchsorted(self.days, days)
        end = np.append(self.days, np.iinfo(np.int64).max)[j]
        start = self.days[np.maximum(j - 1, 0)]
        fits = (end == days) | ((j > 0) & (j < self.days.size) & (end - start <= LONGEST_GAP))
        return np.where(fits, np.interp(days, self.days, self.people), np.nan), end


@dataclasses.dataclass(frozen=True)
class Series:
    """All figures of one place: ``days`` they refer to, ``people``, and day they were ``public``.

    Arrays of shape (figure,), in the order in which they became public; a later figure for the
    same day is a revision. ``claims`` are the ids, ``others`` those of other sources' figures;
    ``summed`` says that they are sums of daily flows.
    """

    place: str
    country: str
    days: I8
    people: F8
    public: I8
    claims: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    summed: bool = False

    def known(self, day: int) -> Known:
        """What was public on ``day``, the newest revision of each figure."""
        kept = np.flatnonzero(self.public <= day)
        days, newest = np.unique(self.days[kept][::-1], return_index=True)
        return Known(days, self.people[kept][::-1][newest])

    @property
    def first(self) -> int:
        """The first day that a figure refers to."""
        return int(self.days.min())


def day_number(day: dt.date) -> int:
    """Whole days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(number: int) -> dt.date:
    """The date of a day number."""
    return EPOCH + dt.timedelta(days=number)


def published_series(
    situation: Situation, target: str, include_proposed: bool = False
) -> dict[str, Series]:
    """The series of a target by place id, in the order of the places; ``all`` last if it has one.

    Where several sources count one place, the series is that of the source with most figures known
    (the newest, if equal): figures of different sources are never joined to one line. Where nobody
    publishes a running total of a cumulative target, the source's daily flows are summed up.
    """
    measure, _, counting = target.partition(".")
    levels: dict[str, list[Claim]] = {}
    flows: dict[str, list[Claim]] = {}
    for claim in situation.claims:
        seen = claim.review == "accepted" or (include_proposed and claim.review == "proposed")
        if claim.measure != measure or not seen or not _usable(claim):
            continue
        if claim.counting == counting:
            levels.setdefault(claim.place, []).append(claim)
        elif counting == "cumulative" and claim.counting == "flow":
            flows.setdefault(claim.place, []).append(claim)
    countries = {place.id: place.country for place in situation.places}
    found = {}
    for place in (*(place.id for place in situation.places), ALL):
        if place in levels:
            found[place] = _series(place, countries.get(place, ""), levels[place], situation)
        elif place in flows and not levels:
            found[place] = _summed(
                _series(place, countries.get(place, ""), flows[place], situation)
            )
    return found


def _summed(flows: Series) -> Series:
    """A running total of daily flows from the first on; days without one lie between neighbours."""
    known = flows.known(int(flows.public.max()))
    days = np.arange(known.days[0], known.days[-1] + 1)
    total = np.cumsum(np.interp(days, known.days, known.people))
    at = {day: i for i, day in enumerate(flows.days.tolist())}  # the newest revision of each day
    newest = [at[day] for day in known.days.tolist()]
    return dataclasses.replace(
        flows,
        days=known.days,
        people=total[known.days - known.days[0]],
        public=np.maximum.accumulate(flows.public[newest]),
        claims=tuple(flows.claims[i] for i in newest),
        summed=True,
    )


def _usable(claim: Claim) -> bool:
    """Whether a claim is a figure of a series: one number of people, not for a later day."""
    return (
        claim.unit == "people"
        and claim.low is not None
        and claim.high is not None
        and claim.status == "reported"
        and claim.basis not in _BASES
        and (claim.as_of is None or claim.as_of <= claim.known_at)
    )


def _series(place: str, country: str, claims: list[Claim], situation: Situation) -> Series:
    main = _main_source(claims)
    used = sorted((c for c in claims if c.sources[:1] == main), key=lambda c: (c.known_at, c.id))
    return Series(
        place,
        country,
        np.array([_day(c.as_of or c.known_at, situation) for c in used], dtype=np.int64),
        np.array([c.value for c in used], dtype=float),
        np.array([_day(c.known_at, situation) for c in used], dtype=np.int64),
        tuple(c.id for c in used),
        tuple(c.id for c in claims if c.sources[:1] != main),
    )


def _main_source(claims: Iterable[Claim]) -> tuple[str, ...]:
    """The source with most figures; among equals the one that spoke last."""
    claims = sorted(claims, key=lambda c: (c.known_at, c.id))
    count = Counter(c.sources[:1] for c in claims)
    last = {c.sources[:1]: i for i, c in enumerate(claims)}
    return max(count, key=lambda source: (count[source], last[source]))


def _day(moment: dt.datetime, situation: Situation) -> int:
    return day_number(moment.astimezone(situation.zone).date())
