"""Places with the way made so far on a day, and where each next link leads: what all members share.

The law of where a day ends is worked out on this graph, see :mod:`.day_laws`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

I8 = npt.NDArray[np.int64]

MOST_NODES = 30_000
"""Nodes of all days together; with more people go link by link."""

MOST_NUMBERS = 500_000
"""Nodes of a table of options times ends: beyond, going link by link is hardly dearer."""

CAMP_BITS = 62
"""Camps with a bit of their own in a node; others share."""


class Travel(NamedTuple):
    """How a day's way goes: links (L, 4) as in ``Plan.link``, and the rules that bear on it.

    ``feet``: speed of those on their first link, 0 where they do not walk. ``full_speed``, ``grid``
    and rounding to it as in :class:`.plan.Rules`.
    """

    link: I8
    feet: int
    full_speed: bool
    grid: int
    on_grid: Callable[[int], int]


Step = tuple[str, int, int]
"""``place``, place, way made: goes on from there. ``end``, place, 0 or places + link, way on it."""


class _Graph:
    """The nodes of one table of options."""

    def __init__(self, travel: Travel, first: I8, option: I8, ends: dict[tuple[int, int], int]):
        self.travel, self.first, self.option, self.ends = travel, first.tolist(), option, ends
        self.tail, self.head, self.length, self.speed = travel.link.T.tolist()
        self.places = len(self.first) - 1
        self.steps: dict[tuple[int, int], list[Step]] = {}

    def enter(self, link: int, on: int, made: int, speed: int) -> Step:
        """What comes of going on along a link on which some way is made."""
        way = speed if self.travel.full_speed else max(0, speed - made)
        if on + way <= self.length[link]:
            return "end", self.places + link, on + way
        moved = self.travel.on_grid(made + self.length[link] - on)
        place = self.head[link]
        return ("end", place, 0) if moved >= speed else ("place", place, moved)

    def explore(self, most: int) -> bool:
        """Find all nodes that people can come to; whether they are few and time passes on links."""
        todo: list[tuple[int, int]] = []
        mornings = [(link, 0) for link in range(len(self.length))]
        known = set(mornings)
        for link, length in enumerate(self.length if self.travel.feet else ()):
            days = length // self.travel.feet
            step = self.enter(link, days * self.travel.feet, 0, self.travel.feet)
            todo += [step[1:]] if step[0] == "place" else []
        while mornings or todo:
            if not todo:
                link, on = mornings.pop()
                step = self.enter(link, on, 0, self.speed[link])
            else:
                node = todo.pop()
                if node in self.steps:
                    continue
                if len(self.steps) == most:
                    return False
                place, made = node
                rows = self.option[self.first[place] : self.first[place + 1]].tolist()
                self.steps[node] = [self.enter(e, 0, made, self.speed[e]) for _, e, _ in rows]
                for step in self.steps[node]:
                    if step[0] == "place" and step[2] <= made:
                        return False
                    self.follow(step, todo, mornings, known)
                continue
            self.follow(step, todo, mornings, known)
        return True

    def follow(
        self,
        step: Step,
        todo: list[tuple[int, int]],
        mornings: list[tuple[int, int]],
        known: set[tuple[int, int]],
    ) -> None:
        """Look at what comes after a step, today or tomorrow."""
        kind, where, way = step
        if kind == "place":
            todo.append((where, way))
            return
        self.ends.setdefault((where, way), len(self.ends))
        if where >= self.places and (where - self.places, way) not in known:
            known.add((where - self.places, way))
            mornings.append((where - self.places, way))


def ready_nodes(
    tables: dict[str, Any], options_on: list[int], travel: Travel, plain: bool
) -> dict[str, Any]:
    """The nodes of every table of options.

    Args:
        tables: of the plan, see :class:`.plan.Plan`.
        options_on: the number of the options of each day, (T,).
        travel: how a day's way goes.
        plain: whether laws of a day are wanted and hold: no recent travel, no routes of several
            links, nobody who draws for each link whether to walk.

    Returns:
        ``first_node`` (D + 1,), ``node`` (N, 3), ``step`` and ``end`` (E, 2), and ``node_at``
        (D, P, way made in steps of the grid); without nodes where there would be too many. A step
        is a node, counted from the first of its table, or -1 - end. Nodes come from the last of
        the day to the first; the last of a table are the places in the morning, in their order.
    """
    places = tables["first_option"].shape[1] - 1
    ends = {(p, 0): p for p in range(places)}
    graphs: list[_Graph] = []
    used = 0
    for d in dict.fromkeys(options_on) if plain else ():
        first = tables["first_option"][d]
        graph = _Graph(travel, first - first[0], tables["option"][first[0] : first[-1]], ends)
        if not graph.explore(MOST_NODES - used):
            return _none()
        used += len(graph.steps)
        graphs.append(graph)
    if not graphs or max(len(g.steps) for g in graphs) * len(ends) > MOST_NUMBERS:
        return _none()
    return _laid(graphs, ends, tables["room"], travel.grid)


def _none() -> dict[str, Any]:
    return {
        "first_node": np.zeros(1, np.int64),
        "node": np.zeros((0, 3), np.int64),
        "step": np.zeros(0, np.int64),
        "end": np.zeros((0, 2), np.int64),
        "node_at": np.zeros((0, 0, 0), np.int64),
    }


class _Table:
    """The nodes of one table of options with those that lead to the same steps made one.

    ``nodes``: place, first step counted from ``begin``, camps that matter from there (bits).
    """

    def __init__(
        self, graph: _Graph, ends: dict[tuple[int, int], int], bit: list[int], begin: int
    ) -> None:
        self.graph, self.ends, self.bit, self.begin = graph, ends, bit, begin
        self.nodes: list[tuple[int, int, int]] = []
        self.steps: list[int] = []
        self.number: dict[tuple[int, int], int] = {}
        same: dict[tuple[int, ...], int] = {}
        for node in sorted(graph.steps, key=lambda node: (-node[1], node[0])):
            rows = [self.leads(step) for step in graph.steps[node]]
            key = (node[0], *rows)
            if key not in same:
                same[key] = self.lay(node[0], rows)
            self.number[node] = same[key]
        for place in range(graph.places):
            rows = [
                self.leads(graph.enter(link, 0, 0, graph.speed[link]))
                for _, link, _ in self.options(place)
            ]
            self.lay(place, rows)

    def options(self, place: int) -> list[tuple[int, int, int]]:
        """The options of a place: end, first link, route after it."""
        rows = self.graph.option[self.graph.first[place] : self.graph.first[place + 1]]
        return [(int(end), int(link), int(rest)) for end, link, rest in rows]

    def leads(self, step: Step) -> int:
        """A step as one number: a node, or -1 - end."""
        kind, where, way = step
        return self.number[where, way] if kind == "place" else -1 - self.ends[where, way]

    def lay(self, place: int, steps: list[int]) -> int:
        """Add a node; its number."""
        matter = 0
        for (goal, _, _), step in zip(self.options(place), steps, strict=True):
            matter |= self.bit[goal] | (self.nodes[step][2] if step >= 0 else 0)
        self.nodes.append((place, self.begin + len(self.steps), matter))
        self.steps += steps
        return len(self.nodes) - 1


def _laid(
    graphs: list[_Graph], ends: dict[tuple[int, int], int], room: npt.NDArray[np.float64], grid: int
) -> dict[str, Any]:
    """The tables of all graphs."""
    limited = np.max(room, axis=0) >= 1.0
    bit = [1 << (p % CAMP_BITS) if limited[p] else 0 for p in range(limited.size)]
    furthest = max((made for g in graphs for _, made in g.steps), default=0) // grid
    at = np.full((len(graphs), limited.size, furthest + 1), -1, dtype=np.int64)
    nodes: list[tuple[int, int, int]] = []
    steps: list[int] = []
    first = [0]
    for d, graph in enumerate(graphs):
        table = _Table(graph, ends, bit, len(steps))
        for (place, made), number in table.number.items():
            at[d, place, made // grid] = number
        nodes += table.nodes
        steps += table.steps
        first.append(len(nodes))
    return {
        "first_node": np.array(first, dtype=np.int64),
        "node": np.array(nodes, dtype=np.int64).reshape(-1, 3),
        "step": np.array(steps, dtype=np.int64),
        "end": np.array(list(ends), dtype=np.int64),
        "node_at": at,
    }
