"""The roads of a situation as people in flight use them: which ways, which entrances, when open."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from crossings.dynamics.network import Edge, directed_edges
from crossings.errors import InputError
from crossings.situation.closures import SHUTS, closed_routes
from crossings.situation.records import Situation

F8 = npt.NDArray[np.float64]

REACHED = frozenset({"crossing", "reception", "camp"})
"""Kinds of place that people in flight make for."""


def outward_edges(situation: Situation) -> list[Edge]:
    """The ways that people in flight take; those past a crossing have a limited entrance.

    A one-way route is taken as it stands. Of a route that goes both ways the direction counts that
    leads on: nearer to a crossing, reception or camp, farther from the origins, in hours. A queue
    stands at the crossing, before the way out of it; where none leads on, before the way into it.

    Raises:
        InputError: no route leads out of any origin.
    """
    edges = directed_edges(situation)
    kinds = {p.id: p.kind for p in situation.places}
    origins = [p for p, kind in kinds.items() if kind == "origin"]
    goals = [p for p, kind in kinds.items() if kind in REACHED]
    behind = _hours_from(origins, [(e.tail, e.head, e.hours) for e in edges])
    ahead = _hours_from(goals, [(e.head, e.tail, e.hours) for e in edges])
    far = 1e6
    height = {p: min(far, behind.get(p, far)) - min(far, ahead.get(p, far)) for p in kinds}
    both = {r.id for r in situation.routes if r.both_ways}
    taken = [e for e in edges if e.id not in both or height[e.head] > height[e.tail]]
    if not any(kinds[e.tail] == "origin" for e in taken):
        raise InputError("routes.csv: found no route that leads out of an origin, expected one")
    leads_on = {e.tail for e in taken}
    return [
        Edge(
            e.id,
            e.tail,
            e.head,
            e.hours,
            limited=kinds[e.tail] == "crossing"
            or (kinds[e.head] == "crossing" and e.head not in leads_on),
        )
        for e in taken
    ]


def _hours_from(starts: list[str], ways: list[tuple[str, str, float]]) -> Mapping[str, float]:
    """Hours of the quickest way to every place that can be reached (Bellman-Ford)."""
    hours = dict.fromkeys(starts, 0.0)
    changed = True
    while changed:
        changed = False
        for tail, head, length in ways:
            if hours.get(tail, math.inf) + length < hours.get(head, math.inf):
                hours[head] = hours[tail] + length
                changed = True
    return hours


def openness(
    situation: Situation,
    edges: tuple[Edge, ...],
    start: dt.datetime,
    steps: int,
    step_hours: float,
) -> F8:
    """The share of each step that an edge is open, by the events of the situation, (T, E)."""
    end = start + dt.timedelta(hours=steps * step_hours)
    turns = {e.time for e in situation.events if e.kind in SHUTS or e.kind == "opening"}
    moments = [start, *sorted(t for t in turns if start < t < end), end]
    begins = np.arange(steps) * step_hours
    shut = np.zeros((steps, len(edges)))
    for since, until in itertools.pairwise(moments):
        closed = closed_routes(situation, since)
        low, high = ((when - start).total_seconds() / 3600 for when in (since, until))
        overlap = np.minimum(begins + step_hours, high) - np.maximum(begins, low)
        for e, edge in enumerate(edges):
            if edge.id in closed:
                shut[:, e] += np.maximum(0.0, overlap) / step_hours
    open_ = 1.0 - shut
    # Shares of a step add up to 1 but for rounding, and a closed edge lets nobody through.
    return np.where(open_ > 1e-9, np.minimum(open_, 1.0), 0.0)


def night_share(situation: Situation, start: dt.datetime, steps: int, step_hours: float) -> F8:
    """The share of each step between 20:00 and 07:00 in the situation's zone, (T,)."""
    quarters = np.zeros(steps)
    count = max(1, round(step_hours * 4))
    zone = situation.zone
    for t in range(steps):
        begin = start + dt.timedelta(hours=t * step_hours)
        for q in range(count):
            hour = (begin + dt.timedelta(minutes=15 * q + 7)).astimezone(zone).hour
            quarters[t] += hour >= 20 or hour < 7
    return quarters / count
