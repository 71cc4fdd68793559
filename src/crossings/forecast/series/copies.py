"""Copies of a past crisis as it could have been published: more regimes from few crises.

The same flight may be counted daily, weekly or every other week, by camp or by group of camps. A
forest that has seen only one way of publishing takes its rhythm for the crisis. So each past crisis
also teaches as a smooth daily counter (monotone cubic through its figures), as weekly and as
fortnightly figures on straight lines, and as sums of two to four of its places. Copies of the
crisis that is forecast are never made.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.interpolate import PchipInterpolator

from crossings.forecast.series.history import F8, I8, Series

Crisis = Mapping[str, Series]

WEEKLY, FORTNIGHTLY = 7, 14
FEWEST_STEPS = 4
MOST_TOGETHER = 4
FEWEST_SUMS = 3
SEED = 1


def daily(crisis: Crisis) -> dict[str, Series]:
    """Every series as a smooth daily counter."""
    found = {}
    for place, days, people in _final(crisis):
        every = np.arange(days[0], days[-1] + 1)
        smooth = np.asarray(PchipInterpolator(days, people)(every), dtype=float)
        found[place] = _copy(crisis[place], every, smooth)
    return found


def every(crisis: Crisis, step: int) -> dict[str, Series]:
    """Every series on straight lines, one figure each ``step`` days."""
    found = {}
    for place, days, people in _final(crisis):
        if days[-1] - days[0] >= FEWEST_STEPS * step:
            some = np.arange(days[0], days[-1] + 1, step)
            found[place] = _copy(crisis[place], some, np.interp(some, days, people))
    return found


def sums(crisis: Crisis) -> dict[str, Series]:
    """Sums of random groups of places, each carried forward from its last figure."""
    final = list(_final(crisis))
    rng = np.random.default_rng(SEED)
    found = {}
    for number in range(max(FEWEST_SUMS, len(final) // 2)):
        size = min(len(final), int(rng.integers(2, MOST_TOGETHER + 1)))
        group = [final[i] for i in rng.choice(len(final), size, replace=False)]
        days = np.unique(np.concatenate([d for _, d, _ in group]))
        start, end = max(d[0] for _, d, _ in group), min(d[-1] for _, d, _ in group)
        days = days[(days >= start) & (days <= end)]
        if days.size < FEWEST_STEPS:
            continue
        total = np.sum([p[np.searchsorted(d, days, "right") - 1] for _, d, p in group], axis=0)
        name = f"sum {number}"
        found[name] = Series(name, "", days, total, days)
    return found


def _final(crisis: Crisis) -> list[tuple[str, I8, F8]]:
    """Days and people of each series with two figures or more, as they were known in the end."""
    found = []
    for place in sorted(crisis):
        known = crisis[place].known(int(crisis[place].public.max()))
        if known.days.size > 1:
            found.append((place, known.days, known.people))
    return found


def _copy(series: Series, days: I8, people: F8) -> Series:
    return Series(series.place, series.country, days, people, days)
