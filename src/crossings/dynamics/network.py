"""The road network as flat arrays that a kernel can walk: places, directed edges, origins.

A :class:`Network` holds what does not differ between members. People leave their homes at origins,
choose an edge, queue at its entrance where its capacity is limited, travel, arrive at the next
place, and there either settle or move on. Several origins may stand at one place: they are the
classes of people with different rates.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.streams import entity_code
from crossings.errors import InputError
from crossings.situation.records import Route, Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

DEFAULT_SPEED_KMH = 40.0
"""Used where a route states no speed: a loaded car on a mountain or field road."""

# What a draw is for: the last part of an address (see crossings.dynamics.streams).
DEPART, LEAVE, MOVE_ON, SETTLE, THROUGH, REGISTER, RETURN, SPLIT, TURN = range(1, 10)


@dataclasses.dataclass(frozen=True)
class Edge:
    """A way in one direction: ids of its ends, hours of travel, the route it belongs to."""

    id: str
    tail: str
    head: str
    hours: float
    limited: bool = False


class Channels(NamedTuple):
    """Which normal of a step belongs to which draw; -1 where a place or edge has no such draw.

    ``entity`` and ``purpose`` (channel,) are the address of each. ``depart``, ``leave`` (O,): to
    decide and to set out; ``settle``, ``move_on``, ``come_back`` (P,): of those who arrived, who
    pass through and who settled; ``through``, ``split``, ``turn`` (E,): past a limited entrance,
    into one of several edges, and away from the queue of a closed one; ``register``: into the
    host's books.
    """

    entity: I8
    purpose: I8
    depart: I8
    leave: I8
    settle: I8
    move_on: I8
    come_back: I8
    through: I8
    split: I8
    turn: I8
    register: int


@dataclasses.dataclass(frozen=True)
class Network:
    """Places (P), edges (E) sorted by tail, and origins (O), as arrays.

    ``order`` (P,) lists the places so that most edges go forward, and ``forward`` (E,) says which
    do: such an edge can be passed within one step. ``settle`` (P,) is the share of arrivals that
    stay for good, ``dwell`` (P,) the mean hours before the others move on (0: at once). ``gate``
    (E,) numbers the edges of limited capacity, -1 for the rest. The edges out of place p are those
    from ``first_edge[p]`` up to ``first_edge[p + 1]``.
    """

    places: tuple[str, ...]
    edges: tuple[Edge, ...]
    origins: tuple[str, ...]
    tail: I8
    head: I8
    hours: F8
    gate: I8
    first_edge: I8
    order: I8
    forward: npt.NDArray[np.bool_]
    origin_place: I8
    settle: F8
    dwell: F8
    draws: Channels

    @property
    def gates(self) -> int:
        """The number of edges with limited capacity."""
        return int((self.gate >= 0).sum())

    @property
    def channel_entity(self) -> I8:
        """The entity of each normal of a step, (channel,)."""
        return self.draws.entity

    @property
    def channel_purpose(self) -> I8:
        """The purpose of each normal of a step, (channel,)."""
        return self.draws.purpose

    @property
    def channels(self) -> int:
        """The number of normals that one step of one member takes."""
        return int(self.draws.entity.size)

    def place_index(self, place: str) -> int:
        """The position of a place id.

        Raises:
            ValueError: the network does not have it.
        """
        return self.places.index(place)


def build(
    places: Sequence[str],
    edges: Sequence[Edge],
    origins: Sequence[str],
    settle: Mapping[str, float] | None = None,
    dwell_hours: Mapping[str, float] | None = None,
    returns: frozenset[str] = frozenset(),
) -> Network:
    """Lay out a network.

    ``origins`` are place ids, one for each pool of people (repeat an id for classes). ``settle``
    gives the share of arrivals at a place that stay there (default 0 where an edge leads on, 1 at
    a dead end), ``dwell_hours`` the mean stay of the others (default 0). Settled people may go back
    from the places in ``returns``.

    Raises:
        InputError: an edge, origin, share or stay names a place that is not in ``places``; a place
            or an edge stands there twice; travel hours or a stay are negative, or a share is not
            between 0 and 1.
    """
    ids = tuple(places)
    position = {place: i for i, place in enumerate(ids)}
    shares, stays = dict(settle or {}), dict(dwell_hours or {})
    _check(ids, edges, [*origins, *shares, *stays, *sorted(returns)], shares, stays)
    ordered = tuple(sorted(edges, key=lambda e: (position[e.tail], e.id, e.head)))
    tail = np.array([position[e.tail] for e in ordered], dtype=np.int64)
    head = np.array([position[e.head] for e in ordered], dtype=np.int64)
    first_edge = np.searchsorted(tail, np.arange(len(ids) + 1)).astype(np.int64)
    settled = np.where(first_edge[1:] == first_edge[:-1], 1.0, 0.0)
    for place, share in shares.items():
        # Whoever comes to a dead end stays, whatever was said of it.
        settled[position[place]] = max(settled[position[place]], share)
    dwell = np.zeros(len(ids))
    for place, stay in stays.items():
        dwell[position[place]] = stay
    limited = np.array([e.limited for e in ordered], dtype=bool)
    origin_place = np.array([position[o] for o in origins], dtype=np.int64)
    rank = _rank(len(ids), tail, head, origin_place)
    return Network(
        places=ids,
        edges=ordered,
        origins=tuple(origins),
        tail=tail,
        head=head,
        hours=np.array([e.hours for e in ordered], dtype=float),
        gate=np.where(limited, np.cumsum(limited) - 1, -1).astype(np.int64),
        first_edge=first_edge,
        order=np.argsort(rank, kind="stable").astype(np.int64),
        forward=rank[head] > rank[tail],
        origin_place=origin_place,
        settle=settled,
        dwell=dwell,
        draws=_channels(ids, ordered, tuple(origins), returns, settled, dwell),
    )


def _check(
    places: tuple[str, ...],
    edges: Sequence[Edge],
    named: Sequence[str],
    shares: Mapping[str, float],
    stays: Mapping[str, float],
) -> None:
    """Refuse what no kernel could walk."""
    known = set(places)
    if len(known) < len(places):
        twice = next(p for i, p in enumerate(places) if p in places[:i])
        raise InputError(f"places: found {twice!r} twice, expected every place once")
    seen: set[tuple[str, str]] = set()
    for edge in edges:
        for end in (edge.tail, edge.head):
            if end not in known:
                raise InputError(f"route {edge.id}: found end {end!r}, expected a known place")
        if (edge.id, edge.head) in seen:
            raise InputError(f"route {edge.id}: found it twice towards {edge.head}, expected once")
        seen.add((edge.id, edge.head))
        if not 0 <= edge.hours < math.inf:
            raise InputError(f"route {edge.id}: found {edge.hours} hours, expected 0 or more")
    for place in named:
        if place not in known:
            raise InputError(f"network: found place {place!r}, expected a known place")
    for place, share in shares.items():
        if not 0 <= share <= 1:
            raise InputError(f"place {place}: found a share of {share} to settle, expected 0 to 1")
    for place, stay in stays.items():
        if not 0 <= stay < math.inf:
            raise InputError(f"place {place}: found a stay of {stay} hours, expected 0 or more")


def _rank(places: int, tail: I8, head: I8, origins: I8) -> I8:
    """Rank places by the order in which a depth-first search from the origins finishes, reversed.

    On a network without cycles this is a topological order; on others it puts as many edges
    forward as that search finds.
    """
    children: list[list[int]] = [[] for _ in range(places)]
    for a, b in zip(tail.tolist(), head.tolist(), strict=True):
        children[a].append(b)
    seen = np.zeros(places, dtype=bool)
    finished: list[int] = []
    entered = np.zeros(places, dtype=bool)
    entered[head] = True
    roots = [*origins.tolist(), *np.flatnonzero(~entered).tolist(), *range(places)]
    for root in roots:
        stack = [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                finished.append(node)
                continue
            if seen[node]:
                continue
            seen[node] = True
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(children[node]) if not seen[child])
    rank = np.empty(places, dtype=np.int64)
    rank[np.array(finished[::-1], dtype=np.int64)] = np.arange(places)
    return rank


def _channels(
    places: tuple[str, ...],
    edges: tuple[Edge, ...],
    origins: tuple[str, ...],
    returns: frozenset[str],
    settle: F8,
    dwell: F8,
) -> Channels:
    """Number the normals of a step; only draws whose outcome is not certain have one."""
    entity: list[int] = []
    purpose: list[int] = []

    def channel(name: str, kind: int, needed: bool = True) -> int:
        if not needed:
            return -1
        entity.append(entity_code(name))
        purpose.append(kind)
        return len(entity) - 1

    def whole(numbers: Iterable[int]) -> I8:
        return np.array(list(numbers), dtype=np.int64)

    classes = [origins[:i].count(origin) for i, origin in enumerate(origins)]
    pools = [f"origin:{o}:{n}" if n else o for o, n in zip(origins, classes, strict=True)]
    names = [f"{e.id}>{e.head}" for e in edges]
    ways_out = Counter(e.tail for e in edges)
    several = [ways_out[e.tail] > 1 for e in edges]
    ways = list(zip(names, several, strict=True))
    return Channels(
        depart=whole(channel(pool, DEPART) for pool in pools),
        leave=whole(channel(pool, LEAVE) for pool in pools),
        settle=whole(
            channel(p, SETTLE, ways_out[p] > 0 and 0 < settle[i] < 1) for i, p in enumerate(places)
        ),
        move_on=whole(
            channel(p, MOVE_ON, ways_out[p] > 0 and dwell[i] > 0) for i, p in enumerate(places)
        ),
        come_back=whole(channel(p, RETURN, p in returns) for p in places),
        through=whole(
            channel(name, THROUGH, e.limited) for name, e in zip(names, edges, strict=True)
        ),
        split=whole(channel(name, SPLIT, many) for name, many in ways),
        turn=whole(channel(name, TURN, many) for name, many in ways),
        register=channel("register", REGISTER),
        # Last, for the channels above fill them.
        entity=whole(entity),
        purpose=whole(purpose),
    )


def travel_hours(route: Route, situation: Situation) -> float:
    """Hours that a route takes without a queue: distance over speed.

    Where no distance is stated it is 1.3 times the great circle; where even that is unknown, 0.
    """
    distance = route.distance_km
    if distance is None:
        distance = 1.3 * great_circle_km(situation, route.from_place, route.to_place)
    return distance / (route.speed_kmh or DEFAULT_SPEED_KMH)


def great_circle_km(situation: Situation, a: str, b: str) -> float:
    """The great-circle distance between two places in kilometres; 0 where one has no position."""
    one, two = situation.place(a), situation.place(b)
    if one.lat is None or one.lon is None or two.lat is None or two.lon is None:
        return 0.0
    lat1, lat2 = np.radians([one.lat, two.lat])
    half = np.sin((lat2 - lat1) / 2) ** 2
    half += np.cos(lat1) * np.cos(lat2) * np.sin(np.radians(two.lon - one.lon) / 2) ** 2
    return float(2 * 6371.0 * np.arcsin(np.sqrt(half)))


def directed_edges(situation: Situation, limited: frozenset[str] = frozenset()) -> list[Edge]:
    """Every route of a situation as one or two edges; those of ``limited`` ids have a capacity."""
    edges = []
    for route in situation.routes:
        hours = travel_hours(route, situation)
        is_limited = route.id in limited
        edges.append(Edge(route.id, route.from_place, route.to_place, hours, is_limited))
        if route.both_ways:
            edges.append(Edge(route.id, route.to_place, route.from_place, hours, is_limited))
    return edges
