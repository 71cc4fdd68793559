"""The native rules person by person: slow, plain, and written without a look at the engine's code.

What the docstring of :mod:`crossings.dynamics.step` says each does, each does here with a coin of
their own. Ways take whole steps, so that no rule about shares of a step is needed.
"""

from __future__ import annotations

import collections
import dataclasses
import random

import numpy as np
import numpy.typing as npt


@dataclasses.dataclass
class Person:
    """One of those at risk: what they do now, and where; ``factor`` on their rate of deciding."""

    home: str
    factor: float
    state: str = "home"
    place: str = ""
    there: int = 0


@dataclasses.dataclass(frozen=True)
class Way:
    id: str
    tail: str
    head: str
    steps: int
    weight: float
    limit: float = float("inf")


@dataclasses.dataclass(frozen=True)
class World:
    """Rates in a step; ``open_until`` a way is closed from that step on."""

    places: tuple[str, ...]
    ways: tuple[Way, ...]
    pools: tuple[tuple[str, float, int], ...]
    hazard: float
    contagion: float
    leave: float
    settle: dict[str, float]
    move_on: dict[str, float]
    come_back: dict[str, float]
    turn: float
    clump: float
    closed_from: dict[str, int]
    register: float
    counted: str

    def history(self, steps: int, coin: random.Random) -> dict[str, int]:
        """How many are where after ``steps``."""
        return _History(self, coin).after(steps)


class _History:
    def __init__(self, world: World, coin: random.Random) -> None:
        self.world = world
        self.coin = coin
        self.people = [Person(home, f) for home, f, count in world.pools for _ in range(count)]
        self.queues: dict[str, collections.deque[Person]] = {
            way.id: collections.deque() for way in world.ways
        }
        self.arrived: collections.Counter[str] = collections.Counter()
        self.registered = 0
        self.step = 0

    def after(self, steps: int) -> dict[str, int]:
        for self.step in range(steps):
            self._decide()
            for person in self.people:
                if person.state == "road" and person.there == self.step:
                    self._arrive(person)
            for place in self.world.places:
                self._at(place)
            new = self.arrived[self.world.counted] - self.registered
            self.registered += sum(self._says(self.world.register) for _ in range(new))
        counts = collections.Counter(p.state for p in self.people)
        for place in self.world.places:
            counts[f"arrived {place}"] = self.arrived[place]
            counts[f"present {place}"] = sum(
                p.state in ("settled", "passing", "new") and p.place == place for p in self.people
            )
        for way, queue in self.queues.items():
            counts[f"queue {way}"] = len(queue)
        counts["registered"] = self.registered
        return counts

    def _says(self, chance: float) -> bool:
        return self.coin.random() < chance

    def _decide(self) -> None:
        home = [p for p in self.people if p.state == "home"]
        decided = 1 - len(home) / len(self.people)
        rate = self.world.hazard * (1 + self.world.contagion * decided)
        for person in home:
            if self.coin.expovariate(1.0) < rate * person.factor:
                person.state, person.place = "waiting", person.home

    def _arrive(self, person: Person) -> None:
        person.state = "new"
        self.arrived[person.place] += 1

    def _is_open(self, way: Way) -> bool:
        return self.step < self.world.closed_from.get(way.id, 10**9)

    def _at(self, place: str) -> None:
        world = self.world
        for person in self.people:
            if person.place != place:
                continue
            if person.state == "settled" and self._says(world.come_back.get(place, 0)):
                person.state = "returned"
            elif person.state == "new":
                person.state = "settled" if self._says(world.settle.get(place, 0)) else "passing"
        ways = [way for way in world.ways if way.tail == place]
        open_ways = [way for way in ways if self._is_open(way)]
        if open_ways:
            chance = {"passing": world.move_on.get(place, 1.0), "waiting": world.leave}
            leaving = [
                p
                for p in self.people
                if p.place == place and p.state in chance and self._says(chance[p.state])
            ]
            for way in ways:
                if way not in open_ways:
                    turning = [p for p in self.queues[way.id] if self._says(world.turn)]
                    for person in turning:
                        self.queues[way.id].remove(person)
                    leaving += turning
            self.coin.shuffle(leaving)
            for person in leaving:
                weights = [way.weight for way in open_ways]
                chosen = self.coin.choices(open_ways, weights)[0]
                person.state = "queue"
                self.queues[chosen.id].append(person)
        for way in open_ways:
            self._let_through(way)

    def _let_through(self, way: Way) -> None:
        queue = self.queues[way.id]
        room = float(len(queue))
        if way.limit < float("inf"):
            room = self._poisson(way.limit / self.world.clump) * self.world.clump
        while queue and room >= 1:
            person = queue.popleft()
            room -= 1
            person.place = way.head
            person.state, person.there = "road", self.step + way.steps
            if way.steps == 0:
                self._arrive(person)

    def _poisson(self, mean: float) -> int:
        count, until = 0, self.coin.expovariate(1.0)
        while until < mean:
            count += 1
            until += self.coin.expovariate(1.0)
        return count


def histories(world: World, members: int, steps: int, seed: int) -> npt.NDArray[np.int64]:
    """Final counts of many histories, (members, names of :func:`names`)."""
    coin = random.Random(seed)
    rows = [world.history(steps, coin) for _ in range(members)]
    return np.array([[row.get(name, 0) for name in names(world)] for row in rows])


def names(world: World) -> list[str]:
    """What is counted, in order."""
    by_place = [f"{what} {place}" for what in ("arrived", "present") for place in world.places]
    states = ["home", "waiting", "road", "returned", "registered"]
    return [*by_place, *(f"queue {way.id}" for way in world.ways), *states]
