"""The worst misses of a backtest, each with what was known then: figures, speakers, events.

Neighbouring weeks and horizons miss the same surge many times over. So a miss stands for all cells
of its place that end within four weeks of it, and says how many they are.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from crossings.forecast.series.component import Statistical
from crossings.forecast.series.history import day_of
from crossings.scoring import QUANTILE_LEVELS
from crossings.situation.records import Claim, Event, Situation
from crossings.situation.times import day_edge
from crossings.verify.cell_scores import BASELINES, FORECAST, CellScores

MOST = 10
SAME_MISS_DAYS = 28
MOST_CLAIMS = 4
MOST_EVENTS = 3
RECENT = dt.timedelta(days=31)

_LOW, _MEDIAN, _HIGH = (QUANTILE_LEVELS.index(level) for level in (0.05, 0.5, 0.95))


def worst_misses(cells: CellScores, component: Statistical) -> list[dict[str, Any]]:
    """Up to ten misses, the largest score in people first, as plain values for a file."""
    found: list[dict[str, Any]] = []
    score = cells.wis[FORECAST]
    place = np.array([key[1] for key in cells.keys])
    end = np.array([key[0] + key[2] for key in cells.keys])
    free = np.ones(len(cells.keys), bool)
    for i in np.lexsort((np.arange(score.size), -score)):
        if len(found) == MOST or score[i] <= 0:
            break
        if not free[i]:
            continue
        same = (place == place[i]) & (np.abs(end - end[i]) <= SAME_MISS_DAYS) & free
        free &= ~same
        found.append(_miss(cells, int(i), int(same.sum()), component))
    return found


def _miss(cells: CellScores, i: int, same: int, component: Statistical) -> dict[str, Any]:
    day, place, horizon = cells.keys[i]
    quantiles = cells.quantiles[FORECAST][i]
    end = day_edge(day_of(day), component.situation.zone, "end")
    known = component.situation.as_of(end)
    past = component.series[place].known(day)
    names = {p.id: p.name for p in known.places}
    return {
        "place": place,
        "place_name": names.get(place, place),
        "issued": day_of(day).isoformat(),
        "end": day_of(day + horizon).isoformat(),
        "horizon": horizon,
        "median": float(quantiles[_MEDIAN]),
        "low90": float(quantiles[_LOW]),
        "high90": float(quantiles[_HIGH]),
        "outcome": float(cells.outcome[i]),
        "wis": float(cells.wis[FORECAST][i]),
        "baselines": {m: float(cells.wis[m][i]) for m in BASELINES},
        "share_of_all_wis": float(cells.wis[FORECAST][i] / cells.wis[FORECAST].sum()),
        "cells": same,
        "last_figure": float(past.people[-1]),
        "last_day": day_of(int(past.days[-1])).isoformat(),
        "claims": [
            claim.model_dump(mode="json") for claim in claims_known(known, component.target, place)
        ],
        "events": [event.model_dump(mode="json") for event in _events_known(known, place, end)],
    }


def claims_known(known: Situation, target: str, place: str) -> list[Claim]:
    """The newest figures of a target at a place that were public, the newest first."""
    fitting = [
        c for c in known.claims if c.target == target and c.place == place and c.value is not None
    ]
    fitting.sort(key=lambda c: (c.as_of or c.known_at, c.known_at, c.id), reverse=True)
    return fitting[:MOST_CLAIMS]


def _events_known(known: Situation, place: str, end: dt.datetime) -> list[Event]:
    """The newest events of the month before; those of the place itself, and such of none, first."""
    recent = [e for e in known.events if end - e.known_at <= RECENT and e.time <= end]
    recent.sort(key=lambda e: (e.place in (place, ""), e.time, e.id), reverse=True)
    return recent[:MOST_EVENTS]
