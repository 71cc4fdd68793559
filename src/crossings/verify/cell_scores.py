"""Scores of backtested cells beside the baselines: the numbers of the published score.

A cell is (issue day, place, horizon). It is scored where the outcome can be read from the published
figures (on a straight line between two at most 31 days apart) and where every baseline can be made
from figures dated up to the issue day. All of this is as in the outside scorer of slow crises, with
which these numbers agree to 1e-6 on the same files.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from crossings.forecast.series.history import Known, day_of
from crossings.forecast.series.rows import FIRST_ISSUE, HORIZONS, STEP
from crossings.forecast.series.simple import RULES, simple_quantiles
from crossings.scoring import QUANTILE_LEVELS, coverage, log_wis, wis

F8 = npt.NDArray[np.float64]

FORECAST = "forecast"
BASELINES = RULES
BLOCK_DAYS = 56
RESAMPLES = 1000
SEED = 1

Truth = Mapping[str, Known]
"""Published figures by place."""

Key = tuple[int, str, int]
"""Issue day, place, horizon in days."""


@dataclasses.dataclass(frozen=True)
class CellScores:
    """Scores of scored cells: ``keys`` and ``outcome`` (cell,), and by model arrays (cell,).

    ``quantiles`` by model have the shape (cell, level); ``wis`` is in people, ``log`` on
    log(x + 1), ``in50`` and ``in90`` say whether the outcome lay in the central interval.
    ``skipped`` cells were forecast and cannot be scored, ``missing`` ones are
    required and were not forecast.
    """

    keys: tuple[Key, ...]
    outcome: F8
    quantiles: dict[str, F8]
    wis: dict[str, F8]
    log: dict[str, F8]
    in50: dict[str, npt.NDArray[np.bool_]]
    in90: dict[str, npt.NDArray[np.bool_]]
    skipped: int
    missing: int


def required_cells(truth: Truth) -> list[Key]:
    """Cells that have to be forecast: weekly from the first figure plus 30 days, 7, 14, 30 days."""
    first = min(int(known.days[0]) for known in truth.values())
    return [
        (day, place, horizon)
        for place, known in truth.items()
        for day in range(first + FIRST_ISSUE, int(known.days[-1]), STEP)
        for horizon in HORIZONS
    ]


def score_cells(truth: Truth, forecasts: Mapping[Key, F8]) -> CellScores:
    """Score forecasts (23 quantiles each) of one crisis.

    Raises:
        ValueError: a forecast has not 23 finite quantiles.
    """
    kept: list[Key] = []
    quantiles: dict[str, list[F8]] = {name: [] for name in (FORECAST, *BASELINES)}
    outcomes: list[float] = []
    scorable = {key: _scorable(truth, key) for key in {*forecasts, *required_cells(truth)}}
    for key in sorted(forecasts):
        found = scorable[key]
        if found is not None:
            kept.append(key)
            outcomes.append(found[0])
            for name, q in {FORECAST: np.sort(forecasts[key]), **found[1]}.items():
                quantiles[name].append(q)
    y = np.array(outcomes)
    stacked = {m: np.array(q).reshape(-1, len(QUANTILE_LEVELS)) for m, q in quantiles.items()}
    missing = sum(scorable[k] is not None for k in required_cells(truth) if k not in forecasts)
    return CellScores(
        tuple(kept),
        y,
        stacked,
        {m: wis(q, y) for m, q in stacked.items()},
        {m: log_wis(q, y) for m, q in stacked.items()},
        {m: coverage(q, y, 0.5) for m, q in stacked.items()},
        {m: coverage(q, y, 0.9) for m, q in stacked.items()},
        len(forecasts) - len(kept),
        missing,
    )


def _scorable(truth: Truth, key: Key) -> tuple[float, dict[str, F8]] | None:
    """Outcome and baselines of a cell, or None if it has either not."""
    day, place, horizon = key
    known = truth.get(place)
    if known is None:
        return None
    y = float(known.outcomes(np.array([day + horizon]))[0][0])
    past = known.until(day)
    if past is None or not np.isfinite(y):
        return None
    baselines = simple_quantiles(past, day, place, horizon)
    return None if baselines is None else (y, baselines)


def summary(cells: CellScores, chosen: npt.ArrayLike | None = None) -> dict[str, object]:
    """Means over the cells (all, or those ``chosen`` by a mask), relative scores and coverage.

    The relative score is ours over that of the baseline whose mean is least: picked in hindsight,
    so a hard yardstick. None where no baseline erred at all.
    """
    kept = np.ones(len(cells.keys), bool) if chosen is None else np.asarray(chosen, bool)
    mean = {m: float(values[kept].mean()) for m, values in cells.wis.items()}
    best = min(BASELINES, key=mean.__getitem__)
    logs = {m: float(values[kept].mean()) for m, values in cells.log.items()}
    best_log = min(logs[m] for m in BASELINES)
    return {
        "n": int(kept.sum()),
        "wis": mean,
        "best_baseline": best,
        "relative_wis": mean[FORECAST] / mean[best] if mean[best] else None,
        "relative_wis_log": logs[FORECAST] / best_log if best_log else None,
        "coverage": {
            m: {"50": float(cells.in50[m][kept].mean()), "90": float(cells.in90[m][kept].mean())}
            for m in mean
        },
    }


def relative_interval(
    cells: CellScores,
    chosen: npt.ArrayLike | None = None,
    against: tuple[str, ...] = BASELINES,
    level: float = 0.9,
) -> tuple[float, float] | None:
    """An interval of the relative WIS: a bootstrap over blocks of 56 days of issue.

    Whole blocks of the calendar, all places together, are drawn again 1000 times, and the best of
    the baselines ``against`` is chosen anew each time. None with fewer than two blocks, or without
    any error. ``chosen`` is a mask of cells; all if None.
    """
    kept = np.ones(len(cells.keys), bool) if chosen is None else np.asarray(chosen, bool)
    block = np.array([key[0] for key in cells.keys])[kept] // BLOCK_DAYS
    names, number = np.unique(block, return_inverse=True)
    if names.size < 2:
        return None
    sums = {m: np.bincount(number, w[kept], names.size) for m, w in cells.wis.items()}
    drawn = np.random.default_rng(SEED).integers(0, names.size, (RESAMPLES, names.size))
    total = {m: s[drawn].sum(axis=1) for m, s in sums.items()}
    best = np.min([total[m] for m in against], axis=0)
    if (best <= 0).any():
        return None
    low, high = np.quantile(total[FORECAST] / best, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def scores_of(cells: CellScores) -> dict[str, object]:
    """Everything that ``scores.json`` holds of one crisis: all cells, by horizon, by place."""
    horizons = np.array([key[2] for key in cells.keys])
    places = np.array([key[1] for key in cells.keys])
    return {
        **summary(cells),
        "skipped": cells.skipped,
        "missing": cells.missing,
        "relative_wis_90_interval": relative_interval(cells),
        "first_issue": day_of(min(k[0] for k in cells.keys)).isoformat(),
        "last_issue": day_of(max(k[0] for k in cells.keys)).isoformat(),
        "by_horizon": {
            str(h): _with_interval(cells, horizons == h) for h in np.unique(horizons).tolist()
        },
        "by_place": {p: _with_interval(cells, places == p) for p in np.unique(places).tolist()},
    }


def _with_interval(cells: CellScores, chosen: npt.NDArray[np.bool_]) -> dict[str, object]:
    return {
        **summary(cells, chosen),
        "relative_wis_90_interval": relative_interval(cells, chosen),
    }
