"""The road network as flat arrays that a kernel can walk: places, directed edges, origins.

A :class:`Network` holds what does not differ between members. People leave their homes at origins,
choose an edge, queue at its entrance where its capacity is limited, travel, arrive at the next
place, and there either settle or move on. Several origins may stand at one place: they are the
classes of people with different rates.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from crossings.dynamics.streams import entity_code
from crossings.errors import InputError
from crossings.situation.records import Route, Situation

DEFAULT_SPEED_KMH = 40.0
"""Used where a route states no speed: a loaded car on a mountain or field road."""

# What a draw is for: the last part of an address (see crossings.dynamics.streams).
DEPART, LEAVE, MOVE_ON, SETTLE, THROUGH, REGISTER, RETURN, SPLIT = range(1, 9)


@dataclasses.dataclass(frozen=True)
class Edge:
    """A way in one direction: ids of its ends, hours of travel, the route it belongs to."""

    id: str
    tail: str
    head: str
    hours: float
    limited: bool = False


@dataclasses.dataclass(frozen=True)
class Network:
    """Places (P), edges (E) sorted by tail, and origins (O), as arrays.

    ``order`` ranks places so that most edges go forward; an edge that goes forward can be passed
    within one step. ``settle`` is the share of arrivals that stay for good, ``dwell`` the mean hours
    before the others move on (0: at once). ``gate`` numbers the edges of limited capacity, -1 for
    the rest. The channel arrays say which normal of a step belongs to which draw.
    """

    places: tuple[str, ...]
    edges: tuple[Edge, ...]
    origins: tuple[str, ...]
    tail: npt.NDArray[np.int64]
    head: npt.NDArray[np.int64]
    hours: npt.NDArray[np.float64]
    gate: npt.NDArray[np.int64]
    first_edge: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]
    rank: npt.NDArray[np.int64]
    origin_place: npt.NDArray[np.int64]
    settle: npt.NDArray[np.float64]
    dwell: npt.NDArray[np.float64]
    channel_entity: npt.NDArray[np.int64]
    channel_purpose: npt.NDArray[np.int64]
    origin_channel: npt.NDArray[np.int64]
    place_channel: npt.NDArray[np.int64]
    edge_channel: npt.NDArray[np.int64]
    return_channel: npt.NDArray[np.int64]
    register_channel: int

    @property
    def gates(self) -> int:
        """The number of edges with limited capacity."""
        return int((self.gate >= 0).sum())

    @property
    def channels(self) -> int:
        """The number of normals that one step of one member takes."""
        return int(self.channel_entity.size)

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
        InputError: an edge or origin names a place that is not in ``places``.
    """
    ids = tuple(places)
    position = {place: i for i, place in enumerate(ids)}
    for edge in edges:
        for end in (edge.tail, edge.head):
            if end not in position:
                raise InputError(f"route {edge.id}: found end {end!r}, expected a known place")
    for origin in origins:
        if origin not in position:
            raise InputError(f"origin: found {origin!r}, expected a known place")
    ordered = tuple(sorted(edges, key=lambda e: (position[e.tail], e.id, e.head)))
    tail = np.array([position[e.tail] for e in ordered], dtype=np.int64)
    head = np.array([position[e.head] for e in ordered], dtype=np.int64)
    first_edge = np.searchsorted(tail, np.arange(len(ids) + 1)).astype(np.int64)
    dead_end = first_edge[1:] == first_edge[:-1]
    settled = np.where(dead_end, 1.0, 0.0)
    for place, share in (settle or {}).items():
        if not dead_end[position[place]]:
            settled[position[place]] = share
    dwell = np.zeros(len(ids))
    for place, stay in (dwell_hours or {}).items():
        dwell[position[place]] = stay
    limited = np.array([e.limited for e in ordered], dtype=bool)
    gate = np.where(limited, np.cumsum(limited) - 1, -1).astype(np.int64)
    origin_place = np.array([position[o] for o in origins], dtype=np.int64)
    rank = _rank(len(ids), tail, head, origin_place)
    channels = _channels(ids, ordered, tuple(origins), returns)
    return Network(
        places=ids,
        edges=ordered,
        origins=tuple(origins),
        tail=tail,
        head=head,
        hours=np.array([e.hours for e in ordered], dtype=float),
        gate=gate,
        first_edge=first_edge,
        order=np.argsort(rank, kind="stable").astype(np.int64),
        rank=rank,
        origin_place=origin_place,
        settle=settled,
        dwell=dwell,
        **channels,
    )


def _rank(
    places: int,
    tail: npt.NDArray[np.int64],
    head: npt.NDArray[np.int64],
    origins: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
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
) -> dict[str, npt.NDArray[np.int64] | int]:
    """Number the normals of a step: two an origin, up to three a place, two an edge, one in all."""
    entity: list[int] = []
    purpose: list[int] = []

    def channel(code: int, kind: int) -> int:
        entity.append(code)
        purpose.append(kind)
        return len(entity) - 1

    copies: dict[str, int] = {}
    origin_channel = []
    for origin in origins:
        copies[origin] = copies.get(origin, -1) + 1
        code = entity_code(f"origin:{origin}:{copies[origin]}" if copies[origin] else origin)
        origin_channel.append(channel(code, DEPART))
        channel(code, LEAVE)
    leads_on = {e.tail for e in edges}
    place_channel = []
    for place in places:
        if place in leads_on:
            place_channel.append(channel(entity_code(place), MOVE_ON))
            channel(entity_code(place), SETTLE)
        else:
            place_channel.append(-1)
    edge_channel = []
    for edge in edges:
        code = entity_code(f"{edge.id}>{edge.head}")
        edge_channel.append(channel(code, THROUGH))
        channel(code, SPLIT)
    return_channel = [channel(entity_code(p), RETURN) if p in returns else -1 for p in places]
    register = channel(0, REGISTER)
    return {
        "channel_entity": np.array(entity, dtype=np.int64),
        "channel_purpose": np.array(purpose, dtype=np.int64),
        "origin_channel": np.array(origin_channel, dtype=np.int64),
        "place_channel": np.array(place_channel, dtype=np.int64),
        "edge_channel": np.array(edge_channel, dtype=np.int64),
        "return_channel": np.array(return_channel, dtype=np.int64),
        "register_channel": register,
    }


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
    """Every route of a situation as one or two edges; those named in ``limited`` have a capacity."""
    edges = []
    for route in situation.routes:
        hours = travel_hours(route, situation)
        is_limited = route.id in limited
        edges.append(Edge(route.id, route.from_place, route.to_place, hours, is_limited))
        if route.both_ways:
            edges.append(Edge(route.id, route.to_place, route.from_place, hours, is_limited))
    return edges
