"""What simple rules would have said at the same moment from the same figures: the yardstick.

Where the published series is long enough the rules for long series are taken
(:mod:`crossings.scoring.series_baselines`), else those for the first days
(:mod:`crossings.scoring.baselines`). They see the figures that would settle the forecast
(:mod:`crossings.verify.resolution`) as they were known at the issue time.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from crossings.forecast.outlook import Outlook
from crossings.forecast.summary import day_ends
from crossings.scoring import baselines, coverage, series_baselines, wis
from crossings.situation.records import ALL, Claim, Situation
from crossings.verify.resolution import outcomes, settling

F8 = npt.NDArray[np.float64]
DAY = 86400.0

RuleName = Literal["persistence", "drift", "damped", "exodus"]
"""Nobody else comes; it goes on as lately; it goes on and slackens; everybody leaves."""


@dataclasses.dataclass(frozen=True)
class SimpleRule:
    """The 23 hub quantiles of one rule at some times, shape (time, 23), people."""

    name: RuleName
    quantiles: F8


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A forecast beside the simple rules on the same days: mean WIS in people, and coverage.

    ``days`` is how many of the forecast's days are settled; ``wis`` is keyed by ``forecast`` and by
    the names of the rules.
    """

    days: int
    in50: int
    in90: int
    wis: dict[str, float]


def simple_rules(
    outlook: Outlook, known: Situation, target: str, place: str, times: Sequence[dt.datetime]
) -> tuple[SimpleRule, ...]:
    """The rules that what was known can carry; none where no figure was.

    Args:
        outlook: the forecast that they stand beside; the population of ``exodus`` is the one that
            it believed most.
        known: its situation as of the issue time.
        target: what is counted.
        place: where.
        times: moments after the issue time.
    """
    figures = settling(known, target, place)
    if not figures or not times:
        return ()
    series = _daily(figures, outlook.issued_at)
    horizons = [max(1, round((t - outlook.issued_at).total_seconds() / DAY)) for t in times]
    if series is not None and series.carries(max(horizons)):
        long: tuple[tuple[RuleName, Callable[[series_baselines.DailySeries, int], F8]], ...] = (
            ("persistence", series_baselines.persistence_with_spread),
            ("drift", series_baselines.drift),
            ("damped", series_baselines.damped_drift),
        )
        return tuple(
            SimpleRule(name, np.array([rule(series, h) for h in horizons])) for name, rule in long
        )
    first = _first_days(figures, outlook.issued_at)
    hours = [(t - outlook.issued_at).total_seconds() / 3600 for t in times]
    window = baselines.ONSET_WINDOW
    found = [
        SimpleRule("persistence", baselines.persistence(first, hours)),
        SimpleRule("drift", np.maximum(baselines.drift(first, hours, window=window), 0)),
    ]
    people = _believed(outlook, known)
    if people is not None and target.endswith(".cumulative") and place == ALL:
        found.append(SimpleRule("exodus", baselines.exodus(first, hours, population=people)))
    return tuple(found)


def compared(
    outlook: Outlook, known: Situation, later: Situation, target: str, place: str
) -> Comparison | None:
    """Score a forecast and the rules at each day's end that is settled by now; None without any."""
    ends = day_ends(outlook)
    times = [outlook.times[i] for i in ends]
    came = outcomes(later, target, place, times)
    kept = np.flatnonzero(~np.isnan(came))
    if not kept.size:
        return None
    own = outlook.quantiles(target, place)[list(ends)][kept]
    chosen = [times[i] for i in kept]
    quantiles = {"forecast": own} | {
        str(rule.name): rule.quantiles
        for rule in simple_rules(outlook, known, target, place, chosen)
    }
    y = came[kept]
    inside = [int(np.sum(coverage(own, y, level))) for level in (0.5, 0.9)]
    mean = {name: float(np.mean(wis(q, y))) for name, q in quantiles.items()}
    return Comparison(int(kept.size), inside[0], inside[1], mean)


def _daily(figures: Sequence[Claim], issued_at: dt.datetime) -> series_baselines.DailySeries | None:
    """The figures by whole days before the issue time, the last of each day."""
    by_day: dict[int, float] = {}
    for claim in figures:
        if claim.as_of is not None and claim.as_of <= issued_at:
            age = (issued_at - claim.as_of).total_seconds() / DAY
            by_day[-math.floor(age)] = claim.value or 0.0
    if not by_day:
        return None
    days = sorted(by_day)
    return series_baselines.DailySeries.from_figures(days, [by_day[d] for d in days], 0)


def _first_days(figures: Sequence[Claim], issued_at: dt.datetime) -> baselines.KnownFigures:
    """The figures by hours before the issue time."""
    rows = {
        (c.as_of - issued_at).total_seconds() / 3600: c.value or 0.0
        for c in figures
        if c.as_of is not None and c.as_of <= issued_at
    }
    hours = sorted(rows)
    return baselines.KnownFigures(hours, [rows[h] for h in hours])


def _believed(outlook: Outlook, known: Situation) -> float | None:
    """The population that the forecast weighed most, if any was stated."""
    weights = {use.claim: use.weight for use in outlook.claims if use.used}
    stated = [
        c
        for c in known.claims
        if c.measure == "population" and c.place in ("", ALL) and c.value and c.id in weights
    ]
    if not stated:
        return None
    return float(max(stated, key=lambda c: weights[c.id]).value or 0.0)
