"""The shape of a flight over a border, read off a situation's network.

The sampler does not walk the whole map: it sees one pool of people at risk and the *gates* through
which they come. A gate is a part of the host side that hangs together (the crossings that lead into
it and the places behind them). Everything behind a gate is walked afterwards, on the full network.
"""

from __future__ import annotations

import dataclasses

from crossings.situation.records import ALL, Place, Situation

MAX_GATES = 6
"""Gates beyond this number are merged with the last: nobody could tell their capacities apart."""

_ARRIVAL_KINDS = frozenset({"crossing", "reception", "camp"})


@dataclasses.dataclass(frozen=True)
class Gate:
    """A connected part of the host side.

    ``entries`` are the places through which people come in, ``places`` all its places, ``whole``
    those through which everybody passes on arrival, so that a count there is a count of the gate.
    """

    id: str
    entries: tuple[str, ...]
    places: tuple[str, ...]
    whole: frozenset[str]


@dataclasses.dataclass(frozen=True)
class Corridors:
    """The origin side and the gates of a situation; always at least one gate."""

    origin_side: frozenset[str]
    gates: tuple[Gate, ...]

    def gate_of(self, place: str) -> int | None:
        """The number of the gate that a place lies behind; None for the origin side or unrouted."""
        for number, gate in enumerate(self.gates):
            if place in gate.places:
                return number
        return None

    def series_of(self, place: str) -> int | None:
        """Which arrivals a count at ``place`` counts: a gate's number, the number of gates for all.

        None where the count is of a part of a gate only.
        """
        if place in ("", ALL):
            return len(self.gates)
        number = self.gate_of(place)
        if number is not None and place in self.gates[number].whole:
            return number
        return None


def corridors(situation: Situation) -> Corridors:
    """Read the gates off the places and routes of a situation.

    The origin side is every origin and every place of the same countries that is not a crossing,
    reception or camp. A situation without routes over the border has one gate, ``all``.
    """
    origin_side = _origin_side(situation)
    neighbours: dict[str, set[str]] = {
        p.id: set() for p in situation.places if p.id not in origin_side
    }
    for route in situation.routes:
        if route.from_place in neighbours and route.to_place in neighbours:
            neighbours[route.from_place].add(route.to_place)
            neighbours[route.to_place].add(route.from_place)
    entries = {
        end
        for route in situation.routes
        for start, end in _directions(route.from_place, route.to_place, route.both_ways)
        if start in origin_side and end in neighbours
    }
    parts = [p for p in _components(neighbours) if p & entries]
    if not parts:
        return Corridors(origin_side, (Gate(ALL, (), (), frozenset()),))
    order = {place.id: i for i, place in enumerate(situation.places)}
    parts.sort(key=lambda part: min(order[p] for p in part))
    if len(parts) > MAX_GATES:
        parts = [*parts[: MAX_GATES - 1], set().union(*parts[MAX_GATES - 1 :])]
    # In the order of their ids, which is that of the edges of the network built on them.
    gates = sorted((_gate(situation, p, entries, order) for p in parts), key=lambda g: g.id)
    return Corridors(origin_side, tuple(gates))


def _directions(a: str, b: str, both: bool) -> list[tuple[str, str]]:
    return [(a, b), (b, a)] if both else [(a, b)]


def _origin_side(situation: Situation) -> frozenset[str]:
    home = {p.country for p in situation.places if p.kind == "origin"}

    def inside(place: Place) -> bool:
        if place.kind == "origin":
            return True
        return place.kind not in _ARRIVAL_KINDS and place.country in home and place.country != ""

    return frozenset(p.id for p in situation.places if inside(p))


def _components(neighbours: dict[str, set[str]]) -> list[set[str]]:
    seen: set[str] = set()
    parts = []
    for start in neighbours:
        if start in seen:
            continue
        part, stack = set(), [start]
        while stack:
            node = stack.pop()
            if node not in part:
                part.add(node)
                stack.extend(neighbours[node] - part)
        seen |= part
        parts.append(part)
    return parts


def _gate(situation: Situation, part: set[str], entries: set[str], order: dict[str, int]) -> Gate:
    places = tuple(sorted(part, key=order.__getitem__))
    mine = tuple(p for p in places if p in entries)
    whole = _whole(situation, part, mine)
    label = next((p for p in places if p in whole), mine[0])
    return Gate(label, mine, places, whole)


def _whole(situation: Situation, part: set[str], entries: tuple[str, ...]) -> frozenset[str]:
    """Places that everybody who comes in passes before anybody can have stopped.

    With one entry: it, and what follows it without a branch as long as only crossings and
    receptions were passed. With several: the one place that all of them lead to directly.
    """
    kinds = {p.id: p.kind for p in situation.places}
    onward: dict[str, set[str]] = {p: set() for p in part}
    for route in situation.routes:
        for start, end in _directions(route.from_place, route.to_place, route.both_ways):
            if start in part and end in part:
                onward[start].add(end)
    found: set[str] = set()
    if len(entries) == 1:
        place = entries[0]
        while place not in found:
            found.add(place)
            following = onward[place] - found
            if len(following) != 1 or kinds[place] not in ("crossing", "marker", "reception"):
                break
            place = next(iter(following))
        return frozenset(found)
    reached = [onward[e] - set(entries) for e in entries]
    common = set.intersection(*reached) if reached else set()
    if len(common) == 1 and all(len(r) == 1 for r in reached):
        found |= common
    return frozenset(found)
