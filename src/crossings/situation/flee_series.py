"""The series of camps in a Flee set-up: files added up, corrections applied.

Both follow Flee's own reading of its data: the files of one row of ``data_layout.csv`` are added,
each carried forward from its last figure, and where people were counted anew all earlier figures
of the camp are multiplied by the ratio of the new figure to the one before it. The corrected series
is the retrospective one: it was known to nobody before the corrections were made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from crossings.situation.flee_records import FleeCorrection, FleeFigure

Series = dict[dt.date, float]
"""People by date, in the order of the dates."""


def added_series(figures: Iterable[FleeFigure]) -> dict[str, Series]:
    """The figures of each series, its files added up, by date.

    Where one file states a date twice the later row holds.
    """
    files: dict[str, dict[str, Series]] = {}
    for row in figures:
        files.setdefault(row.series, {}).setdefault(row.file, {})[row.date] = float(row.count)
    return {name: _added(list(parts.values())) for name, parts in files.items()}


def _added(parts: list[Series]) -> Series:
    if len(parts) == 1:
        return dict(sorted(parts[0].items()))
    total: Series = {}
    latest = [0.0] * len(parts)
    for date in sorted(set().union(*parts)):
        latest = [part.get(date, last) for part, last in zip(parts, latest, strict=True)]
        total[date] = sum(latest)
    return total


def corrected_series(
    series: dict[str, Series], corrections: Iterable[FleeCorrection]
) -> dict[str, Series]:
    """The series with every correction applied to all earlier figures of its camp.

    A correction on a date without a figure, on the first figure, or after a figure of 0 changes
    nothing: there is no ratio.
    """
    dates: dict[str, list[dt.date]] = {}
    for row in corrections:
        dates.setdefault(row.place, []).append(row.date)
    return {
        name: _corrected(values, sorted(dates.get(name, []))) for name, values in series.items()
    }


def _corrected(values: Series, dates: list[dt.date]) -> Series:
    for date in dates:
        earlier = [d for d in values if d < date]
        if date in values and earlier and values[earlier[-1]]:
            ratio = values[date] / values[earlier[-1]]
            values = {d: v * ratio if d < date else v for d, v in values.items()}
    return values
