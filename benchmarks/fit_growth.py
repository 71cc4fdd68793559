"""Fit the growth component on past crises, and show that the shipped coefficients match.

    python -m benchmarks.fit_growth --flee FOLDER [--check]

The series: the cleaned figures of the three bundled onsets (``benchmarks/truth``), and of the five
crises of Flee's repository (FOLDER holds ``<crisis>/source_data``; UNHCR's figures) the totals and
camps with dense figures, in windows of 25 days from where a series begins to surge (one crisis has
none). Of each window every day is an issue day, at 1, 3, 7 and 14 days. The loss is the weighted
interval score in people over the mean rise of the crisis, that on the log over the mean log rise,
and half that on the log of the rise; each onset weighs two, each of Flee's crises one. With seven
crises a strong pull keeps the coefficients near the values written in ``START``, each with its
reason. One set is fitted on all and one without each crisis. The spreads are then widened by
``WIDER``: the next crisis differs from all by more than they differ among themselves. Pull and
factor were chosen by looking at leave-one-out scores of these same onsets, so those are a little
too good.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import functools
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import ndtri

from crossings.dynamics.streams import block_normals
from crossings.forecast.growth.component import NAMES, Noises, go_on
from crossings.forecast.growth.levels import LONGEST_LEAD, Level, Series, pace
from crossings.forecast.outlook import QUANTILE_LEVELS
from crossings.forecast.seen import marks
from crossings.forecast.series.history import day_number

F8 = npt.NDArray[np.float64]
HERE = Path(__file__).parent
SHIPPED = HERE.parent / "src/crossings/forecast/growth/coefficients.json"
LEVELS = np.array(QUANTILE_LEVELS)
HORIZONS = (1, 3, 7, 14)
ONSETS = {
    "rohingya-2017": (dt.date(2017, 8, 25), True),
    "kosovo-1999": (dt.date(1999, 3, 24), True),
    "nagorno-karabakh-2023": (dt.date(2023, 9, 24), False),
}
"""First day, and whether the figures are estimates."""

DENSE = {
    "burundi2015": ("total", "Mahama", "Nduta", "Nyarugusu"),
    "car2013": ("total",),
    "mali2012": ("total",),
    "ssudan2013": ("total", "Pugnido", "Kakuma", "Rhino", "Kiryandongo", "Kule"),
}
"""Series of Flee's crises with at least six figures in a month of their surges."""

# Value, and how far it may be pulled. The pace of the last days goes on (level 0 at an age of a
# week), halves while the age grows fourfold (decline 0.5), within a factor of about two (spreads; a
# flow that stops is likelier than one that grows fivefold); a recount every three weeks or so, of a
# tenth of the figure.
START = {
    "short_weight": (0.7, 0.3),
    "level": (0.0, 0.3),
    "decline": (0.5, 0.3),
    "spread_below": (1.0, 0.5),
    "spread_above": (0.7, 0.3),
    "drift": (0.2, 0.1),
    "recount_rate": (-3.0, 0.7),
    "recount_size": (-2.3, 0.7),
    "recount_spread": (1.0, 0.4),
    "floor": (-3.0, 1.0),
}
PULL = 0.05
WIDER = 1.4
MOST_ROWS = 60
DRAWS, DAYS = 300, 26


class Figures(NamedTuple):
    """One published series: crisis, name, days (ordinals), people, first day, whether estimates."""

    crisis: str
    name: str
    days: npt.NDArray[np.int64]
    people: F8
    start: int
    estimate: bool


class Rows(NamedTuple):
    """Cells to fit on: what was known (see the kernel), days on, outcome, crisis."""

    known: F8
    ahead: npt.NDArray[np.int64]
    outcome: F8
    crisis: npt.NDArray[np.str_]
    horizon: npt.NDArray[np.int64]


def onsets() -> list[Figures]:
    """The cleaned series of the bundled onsets."""
    found = []
    for crisis, (first, estimate) in ONSETS.items():
        series: dict[str, dict[int, float]] = {}
        with (HERE / "truth" / f"{crisis}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                day = dt.date.fromisoformat(row["date"]).toordinal()
                series.setdefault(row["location"], {})[day] = float(row["value"])
        for name, by_day in series.items():
            days = np.array(sorted(by_day))
            people = np.array([by_day[d] for d in days])
            found.append(Figures(crisis, name, days, people, first.toordinal(), estimate))
    return found


def flee(folder: Path) -> list[Figures]:
    """The surges of the dense series of Flee's crises."""
    found = []
    for crisis, names in DENSE.items():
        source = folder / crisis / "source_data"
        with (source / "data_layout.csv").open(encoding="utf-8-sig") as file:
            layout = {
                row[0]: [cell.strip() for cell in row[1:] if cell.strip()]
                for row in csv.reader(file)
                if row
            }
        for name in names:
            by_day = _added([_figures(source / part) for part in layout[name]])
            days = np.array(sorted(by_day))
            people = np.maximum.accumulate([by_day[d] for d in days])
            for i in _surges(days, people):
                window = slice(i, int(np.searchsorted(days, days[i] + 45)))
                found.append(
                    Figures(crisis, name, days[window], people[window], int(days[i]), True)
                )
    return found


def _figures(path: Path) -> dict[int, float]:
    found = {}
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for row in csv.reader(file):
            try:
                found[dt.date.fromisoformat(row[0].strip()[:10]).toordinal()] = float(row[1])
            except (ValueError, IndexError):
                continue
    return found


def _added(parts: list[dict[int, float]]) -> dict[int, float]:
    """Several files of one place: each carried on from its last figure, and added."""
    found = {}
    for day in sorted(set().union(*parts)):
        last = [max((d for d in part if d <= day), default=None) for part in parts]
        found[day] = sum(part[d] for part, d in zip(parts, last, strict=True) if d is not None)
    return found


def _surges(days: npt.NDArray[np.int64], people: F8) -> Iterable[int]:
    """Figures from which a series grows by 30 % (and 300 people) or more in three weeks."""
    last = -10_000
    for i in range(len(days) - 1):
        if days[i] - last < 45 or people[i + 1] < 500:
            continue
        j = int(np.searchsorted(days, days[i] + 21, "right")) - 1
        if j > i and people[j] >= 1.3 * max(people[i], 300):
            last = days[i]
            yield i


def cells(figures: Figures) -> list[tuple[list[float], int, float, int]]:
    """Every issue day and horizon of a series: what was known, days on, outcome, horizon."""
    days, people, found = figures.days, figures.people, []
    first = days[0] if figures.people[0] > 0 else days[1]
    for issued in range(int(first), int(first) + (22 if figures.crisis in ONSETS else 25)):
        known = int(np.searchsorted(days, issued, "right"))
        counted = int((people[:known] > 0).sum())
        enough = counted >= (1 if figures.crisis in ONSETS else 2)
        if not enough or people[known - 1] < 300 or issued - days[known - 1] > 10:
            continue
        stated = pace(_series(figures, known))
        for horizon in HORIZONS:
            day = issued + horizon
            j = int(np.searchsorted(days, day))
            if j >= len(days) or (days[j] != day and days[j] - days[j - 1] > 7):
                continue
            outcome = max(float(np.interp(day, days, people)), stated.last)
            row = [stated.last, stated.short, stated.long, stated.age, float(stated.estimate)]
            found.append((row, int(day - days[known - 1]), outcome, horizon))
    return found


def _series(figures: Figures, known: int) -> Series:
    """The first figures of a series, each at the end of its day."""

    def end(day: int) -> dt.datetime:
        return dt.datetime.fromordinal(int(day) + 1)

    levels = [
        Level(end(d), float(v), figures.estimate)
        for d, v in zip(figures.days[:known], figures.people[:known], strict=True)
        if v > 0
    ]
    opened = dt.datetime.fromordinal(figures.start)
    first = levels[0].as_of
    start = max(first - LONGEST_LEAD, min(opened, first - dt.timedelta(days=1)))
    return Series(start, tuple(levels))


def rows(series: list[Figures]) -> Rows:
    """The cells of all series."""
    found = [(s.crisis, *cell) for s in series for cell in cells(s)]
    return Rows(
        np.array([row for _, row, _, _, _ in found]),
        np.array([ahead for _, _, ahead, _, _ in found]),
        np.array([outcome for *_, outcome, _ in found]),
        np.array([crisis for crisis, *_ in found]),
        np.array([horizon for *_, horizon in found]),
    )


def quantiles(values: F8, cells_: Rows) -> F8:
    """The quantiles that the coefficients give for each cell, (cell, level)."""
    # The same stratified normals at every call: the loss is smooth in the coefficients.
    days = np.arange(1.0, DAYS)
    draws = _noises()
    until = np.clip(cells_.ahead, 1, DAYS - 1)
    gaps, at_risk = np.ones(DAYS - 1), np.full(DRAWS, 1e12)
    paths = go_on(cells_.known, until, values, *draws, days, gaps, at_risk)
    chosen = np.sort(paths[np.arange(until.size), :, until - 1], axis=1)
    place = LEVELS * (DRAWS - 1)
    below = place.astype(int)
    return np.asarray(
        chosen[:, below] + (place - below) * (chosen[:, below + 1] - chosen[:, below])
    )


@functools.cache
def _noises() -> Noises:
    z = block_normals(5, 1, DRAWS, DAYS - 1, 4)
    even = (np.argsort(np.argsort(z, axis=0), axis=0) + 0.5) / DRAWS
    normal = ndtri(even)
    return Noises(
        np.ascontiguousarray(normal[:, 0, 3]),
        np.ascontiguousarray(normal[:, :, 0]),
        np.ascontiguousarray(even[:, :, 1]),
        np.ascontiguousarray(normal[:, :, 2]),
    )


def wis(q: F8, y: F8) -> F8:
    """The weighted interval score of each cell."""
    error = y[:, None] - q
    return np.asarray(2 * np.maximum(LEVELS * error, (LEVELS - 1) * error).mean(axis=1))


def loss(values: F8, cells_: Rows) -> float:
    """The mean loss over crises, and the pull towards the start."""
    q, y, last = quantiles(values, cells_), cells_.outcome, cells_.known[:, 0]
    people, logs = wis(q, y), wis(np.log1p(q), np.log1p(y))
    rise = np.log((y - last) / last + 0.01)
    risen = wis(np.log(np.maximum(q - last[:, None], 0) / last[:, None] + 0.01), rise)
    total = weights = 0.0
    for crisis in np.unique(cells_.crisis):
        mine = cells_.crisis == crisis
        scale = np.mean(y[mine] - last[mine]) + 1
        log_scale = np.mean(np.log(y[mine] / last[mine])) + 0.01
        weight = 2.0 if crisis in ONSETS else 1.0
        value = people[mine] / scale + logs[mine] / log_scale + 0.5 * risen[mine]
        total += weight * float(value.mean()) / 2
        weights += weight
    pulled = [((v - a) / b) ** 2 for v, (a, b) in zip(values, START.values(), strict=True)]
    return total / weights + PULL * float(np.sum(pulled))


def thinned(cells_: Rows) -> Rows:
    """At most ``MOST_ROWS`` cells of each crisis, evenly."""
    keep = []
    for crisis in np.unique(cells_.crisis):
        mine = np.flatnonzero(cells_.crisis == crisis)
        keep.append(mine[np.linspace(0, mine.size - 1, min(MOST_ROWS, mine.size)).astype(int)])
    return take(cells_, np.concatenate(keep))


def take(cells_: Rows, which: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Rows:
    """Some of the cells."""
    columns: list[Any] = [column[which] for column in cells_]
    return Rows(*columns)


def fit(cells_: Rows) -> F8:
    """The coefficients of least loss (Nelder and Mead 1965)."""
    start = _start()
    steps = np.diag([0.5 * b for _, b in START.values()])
    simplex = np.vstack([start, start + steps])
    options = {"maxfev": 300, "xatol": 0.005, "fatol": 5e-5, "initial_simplex": simplex}
    # The stubs know no initial simplex.
    found = cast(Any, minimize)(loss, start, args=(cells_,), method="Nelder-Mead", options=options)
    return np.asarray(found.x)


def _start() -> F8:
    return np.array([a for a, _ in START.values()])


def wider(values: F8, factor: float = WIDER) -> F8:
    """The coefficients with wider spreads."""
    scaled = values.copy()
    for name in ("spread_below", "spread_above", "drift"):
        scaled[NAMES.index(name)] *= factor
    return scaled


def fitted(series: list[Figures]) -> dict[str, object]:
    """What is shipped: coefficients on all and without each crisis, and what they saw."""
    cells_ = rows(series)
    crises = sorted({s.crisis for s in series})
    sets = {}
    for left_out in ["", *crises]:
        values = wider(fit(thinned(take(cells_, cells_.crisis != left_out))))
        sets[left_out] = {n: round(float(v), 4) for n, v in zip(NAMES, values, strict=True)}
        print(left_out or "all", sets[left_out], flush=True)
    return {
        "component": "growth",
        "crises": {crisis: _seen([s for s in series if s.crisis == crisis]) for crisis in crises},
        "prior": {n: round(float(v), 4) for n, v in zip(NAMES, wider(_start()), strict=True)},
        "all": sets.pop(""),
        "without": sets,
    }


def _seen(series: list[Figures]) -> dict[str, object]:
    dated = sorted(
        {
            (dt.date.fromordinal(int(d)), float(v))
            for s in series
            for d, v in zip(s.days, s.people, strict=True)
        }
    )
    text = "\n".join(f"{day.isoformat()} {value:.0f}" for day, value in dated)
    known = marks(
        ((day_number(day), value) for day, value in dated),
        {s.name for s in series} - {"total"},
    )
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), **known.as_dict()}


def main() -> None:
    """Fit and write, or fit and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flee", type=Path, required=True)
    parser.add_argument("--check", action="store_true", help="compare with the shipped file")
    asked = parser.parse_args()
    found = json.dumps(fitted([*onsets(), *flee(asked.flee)]), indent=1, sort_keys=True) + "\n"
    if asked.check:
        print("the same" if found == SHIPPED.read_text() else "DIFFERENT from the shipped file")
    else:
        SHIPPED.write_text(found)


if __name__ == "__main__":
    main()
