"""Where people in flight would go by distance alone: a gravity model on the open roads.

The people who leave an origin spread over the places that receive, in proportion to
1 / (softening + km) ** power by the shortest open way; origins count by their population, from the
first day that fighting is reported there. It is the plain prior of the choice of destination, the
same form that Flee gives to a route (Suleimenova, Bell and Groen 2017, Scientific Reports 7:13377,
equation 1) but taken over the whole way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from crossings.situation.closures import SHUTS, closed_routes
from crossings.situation.records import ALL, Situation

F8 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

UNKNOWN_KM = 100.0
"""Length of a route that states none."""


def open_places(situation: Situation, places: Sequence[str], days: int) -> Flags:
    """Whether each place receives people on each day, (T, K).

    The latest event up to the end of the day that closes or opens the place decides; a place whose
    first such event is an opening did not receive before.
    """
    out = np.ones((days, len(places)), dtype=np.bool_)
    for k, place in enumerate(places):
        acts = sorted(
            (e for e in situation.events if e.place == place and e.kind in SHUTS | {"opening"}),
            key=lambda e: e.time,
        )
        if acts and acts[0].kind == "opening":
            out[:, k] = False
        for event in acts:
            out[max(0, _day(situation, event.time)) :, k] = event.kind == "opening"
    return out


def gravity(
    situation: Situation,
    places: Sequence[str],
    people: dict[str, float],
    days: int,
    power: float,
    softening_km: float,
) -> F8:
    """The share of people in flight that each place would receive on each day, (T, K).

    Args:
        situation: its routes, closures and fighting are used.
        places: ids of the places that receive.
        people: population by origin id.
        days: how many from the start.
        power: exponent of the distance.
        softening_km: kilometres added to every distance.

    Returns:
        Rows that add up to 1, or to 0 on days when no open way leads from an origin to a place.
    """
    receives = open_places(situation, places, days)
    since = _fighting_since(situation, people)
    roads = {
        _day(situation, e.time) for e in situation.events if e.kind in SHUTS or e.kind == "opening"
    }
    turns = {0, *roads, *since.values(), *(np.flatnonzero(_changes(receives)) + 1).tolist()}
    out = np.zeros((days, len(places)))
    starts = sorted(day for day in turns if 0 <= day < days)
    for first, last in zip(starts, [*starts[1:], days], strict=True):
        active = {o: n for o, n in people.items() if since.get(o, days) <= first}
        pull = _pull(situation, places, list(active or people), first, power, softening_km)
        pull = pull * receives[first]
        whole = pull.sum(axis=1, keepdims=True)
        split = np.divide(pull, whole, out=np.zeros_like(pull), where=whole > 0)
        share = np.array(list((active or people).values())) @ split
        out[first:last] = share / share.sum() if share.sum() > 0 else 0.0
    return out


def _changes(flags: Flags) -> Flags:
    return np.asarray((flags[1:] != flags[:-1]).any(axis=1))


def _day(situation: Situation, when: dt.datetime) -> int:
    """The day from the start in which a moment falls."""
    return (when - situation.start) // dt.timedelta(days=1)


def _fighting_since(situation: Situation, people: dict[str, float]) -> dict[str, int]:
    """The first day with a military operation, by origin; one without a place is everywhere."""
    since: dict[str, int] = {}
    for event in situation.events:
        if event.kind != "military_operation":
            continue
        day = max(0, _day(situation, event.time))
        for origin in people if event.place in ("", ALL) else (event.place,):
            since[origin] = min(day, since.get(origin, day))
    return since


def _pull(
    situation: Situation,
    places: Sequence[str],
    origins: Sequence[str],
    day: int,
    power: float,
    softening_km: float,
) -> F8:
    """1 / (softening + km) ** power from each origin to each place, 0 without a way, (O, K)."""
    index = {place.id: i for i, place in enumerate(situation.places)}
    end_of_day = situation.start + dt.timedelta(days=day + 1, seconds=-1)
    closed = closed_routes(situation, end_of_day)
    tails, heads, lengths = [], [], []
    for route in situation.routes:
        if route.id in closed:
            continue
        km = UNKNOWN_KM if route.distance_km is None else max(route.distance_km, 1e-6)
        ways = [(route.from_place, route.to_place)]
        ways += [(route.to_place, route.from_place)] if route.both_ways else []
        for tail, head in ways:
            tails.append(index[tail])
            heads.append(index[head])
            lengths.append(km)
    size = len(situation.places)
    # Duplicate entries of a sparse matrix would be added up: the shortest of parallel ways counts.
    order = np.lexsort((lengths, heads, tails))
    ends = np.array([tails, heads], dtype=np.int64)[:, order]
    first = np.ones(order.size, dtype=np.bool_)
    first[1:] = (ends[:, 1:] != ends[:, :-1]).any(axis=0)
    table = csr_array(
        (np.array(lengths)[order][first], (ends[0][first], ends[1][first])), shape=(size, size)
    )
    km_to = dijkstra(table, indices=[index[o] for o in origins])[:, [index[p] for p in places]]
    with np.errstate(divide="ignore"):
        return np.where(np.isfinite(km_to), (softening_km + km_to) ** -power, 0.0)
