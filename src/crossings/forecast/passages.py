"""How many people a forecast expects on each route, for the map.

An outlook counts people at places. On a network where each place is reached one way, the people
who take a route are those who arrive at its far end; where the far end is not counted they are
those who take the routes that lead on from it. Where several routes lead to a place they are put on
the quickest from a place of origin: a drawing, not an estimate of how they divide.
"""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

from crossings.dynamics.network import Edge, directed_edges
from crossings.forecast.outlook import Outlook
from crossings.situation.records import Situation


def passages(
    outlook: Outlook, situation: Situation, target: str, start: int, end: int
) -> dict[str, tuple[str, float]]:
    """The median number of people who take each route between two forecast times.

    Args:
        outlook: the forecast.
        situation: its situation; only places and routes are used.
        target: a cumulative target, such as ``arrived.cumulative``.
        start: position of the forecast time to count from; -1 counts since the start.
        end: position of the forecast time to count to.

    Returns:
        Of each route that leads to a counted place: the id of the place at its far end, and people.
        Routes between places of origin are left out: the forecast does not count there.
    """
    tree = _quickest(situation)
    children: dict[str, list[Edge]] = {}
    for edge in tree.values():
        children.setdefault(edge.tail, []).append(edge)
    counted = set(outlook.places)

    def through(place: str) -> npt.NDArray[np.int64] | None:
        if place in counted:
            total = outlook.samples(target, place)
            before = total[:, start] if start >= 0 else 0
            return np.asarray(total[:, end] - before, dtype=np.int64)
        onward = [n for e in children.get(place, []) if (n := through(e.head)) is not None]
        return np.asarray(np.sum(onward, axis=0), dtype=np.int64) if onward else None

    found = {}
    for place, edge in tree.items():
        people = through(place)
        if people is not None:
            found[edge.id] = (place, float(np.median(people)))
    return found


def _quickest(situation: Situation) -> dict[str, Edge]:
    """The last edge of the quickest way from any origin to each place (Dijkstra's algorithm)."""
    leaving: dict[str, list[Edge]] = {}
    for edge in directed_edges(situation):
        leaving.setdefault(edge.tail, []).append(edge)
    heap = sorted((0.0, p.id, "") for p in situation.places if p.kind == "origin")
    by_key = {f"{e.id}>{e.head}": e for edges in leaving.values() for e in edges}
    reached: dict[str, str] = {}
    while heap:
        hours, place, key = heapq.heappop(heap)
        if place in reached:
            continue
        reached[place] = key
        for edge in leaving.get(place, []):
            heapq.heappush(heap, (hours + edge.hours, edge.head, f"{edge.id}>{edge.head}"))
    return {place: by_key[key] for place, key in reached.items() if key}
