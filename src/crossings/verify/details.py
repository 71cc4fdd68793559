"""What a report of a backtest shows beside scores: calibration, parts of the pool, misses."""

from __future__ import annotations

from collections.abc import Sequence

from crossings.forecast.series.component import Statistical
from crossings.forecast.series.replay import Issue
from crossings.verify.calibration import exceedance, held_by_level, mean_bias, pit_histogram
from crossings.verify.cell_scores import BASELINES, FORECAST, CellScores, relative_interval
from crossings.verify.misses import worst_misses
from crossings.verify.parts_of_pool import Parts


def details_of(
    component: Statistical, cells: CellScores, issues: Sequence[Issue]
) -> dict[str, object]:
    """Plain values for ``details.json``; only names where no cell is scored."""
    names = {p.id: p.name for p in component.situation.places}
    found: dict[str, object] = {
        "counting": component.counting,
        "issues": len(issues),
        "places": {place: names.get(place, place) for place in component.series},
        "figures": {place: int(one.days.size) for place, one in component.series.items()},
        "speakers": _speakers(component),
    }
    if not cells.keys:
        return found
    parts = Parts(cells, issues)
    quantiles = cells.quantiles[FORECAST]
    return found | {
        "against": {m: _against(cells, m) for m in BASELINES},
        "held_by_level": {m: held_by_level(q, cells.outcome) for m, q in cells.quantiles.items()},
        "pit": pit_histogram(quantiles, cells.outcome),
        "bias": mean_bias(quantiles, cells.outcome),
        "exceedance": exceedance(quantiles, cells.outcome, parts.last),
        "parts": parts.described(),
        "misses": worst_misses(cells, component),
    }


def _against(cells: CellScores, baseline: str) -> dict[str, object]:
    """Our mean score over that of one baseline, with its interval; None where it never erred."""
    theirs = float(cells.wis[baseline].mean())
    return {
        "relative_wis": float(cells.wis[FORECAST].mean()) / theirs if theirs else None,
        "interval": relative_interval(cells, against=(baseline,)),
    }


def _speakers(component: Statistical) -> list[str]:
    """Who stated the figures of the series, the most heard first."""
    used = {claim for one in component.series.values() for claim in one.claims}
    counts: dict[str, int] = {}
    for claim in component.situation.claims:
        for speaker in claim.sources if claim.id in used else ():
            counts[speaker] = counts.get(speaker, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))
