"""Who comes to be in a history: at the start and on each day."""

from __future__ import annotations

import math

import numpy as np

from crossings.dynamics.flee.individuals.hazards import between
from crossings.dynamics.flee.individuals.people import TRAITS, Person
from crossings.dynamics.flee.individuals.world import Place, World


class Newcomers:
    """``people``: all there are, oldest first. ``debt``: falls of the series still to be paid."""

    def __init__(self, world: World, rng: np.random.Generator) -> None:
        self.world, self.rng = world, rng
        self.people: list[Person] = []
        self.debt = 0

    def _come(
        self, p: Place, n: int, traits: tuple[tuple[str, str], ...] | None = None, born: bool = True
    ) -> None:
        """Add people at a place; their traits are drawn unless given."""
        case = self.world.case
        for _ in range(n):
            found = dict(traits or ())
            for d in case.demographics:
                if traits is None:
                    w = np.array(d.by_location.get(p.row.name, d.default), dtype=float)
                    found[d.attribute] = d.values[self.rng.choice(len(w), p=w / w.sum())]
            known = {name: found.get(name, "") for name in TRAITS}
            farmer = bool(self.rng.random() < p.row.farmer_fraction)
            self.people.append(Person(p.number, p.number, known, farmer))
            p.here += 1
            if born and self.world.s.take_from_population:
                p.population = max(0, p.population - 1)

    def start(self) -> None:
        """The people there are before the first day."""
        world, s = self.world, self.world.s
        totals = world.case.totals
        for p in world.places:
            known = None if totals is None else totals.camps.get(p.row.name)
            published = 0 if known is None or not s.insert_day0 else int(known[0])
            count = 0
            if not s.empty_camps_on_day0 and (p.row.kind in {"camp", "idpcamp"} or s.flood_driven):
                count = p.row.initial_idps + published
            self._come(p, count, born=False)
            if world.quirks.capacity_less_day0 and p.capacity > 0:
                p.capacity -= published
        for row in world.case.agents:
            self._come(world.at[row.location], row.people, row.attributes)

    def spawn(self) -> None:
        """The people who set out today."""
        world, s = self.world, self.world.s
        if s.conflict_driven or s.flood_driven:
            for p in world.places:
                self._come(p, self._number(p))
            return
        new = self._by_totals()
        weights = np.zeros(len(world.places))
        for p in world.places:
            if p.k > 0:
                weights[p.number] = p.population * p.k * world.decay(p)
            hungry = s.starvation_driven_spawning and world.t > 0
            if hungry and (p.k > 0 or not s.conflict_zone_spawning_only):
                weights[p.number] += p.population * p.ipc / 100.0
        if new:
            # One by one in random order: people are told apart by when they were made.
            for i in self.rng.choice(len(weights), size=new, p=weights / weights.sum()):
                self._come(world.places[i], 1)

    def _number(self, p: Place) -> int:
        """How many set out from a place by its conflict or flood."""
        s = self.world.s
        if s.conflict_driven:
            if p.k <= 0:
                return 0
            rate, mode = s.displaced_per_conflict_day * p.k, str(s.conflict_driven)
        else:
            if p.flood <= 0:
                return 0
            rate, mode = between(s.displaced_per_flood_day, p.flood), str(s.flood_driven)
        if mode == "pop_ratio":
            return math.floor(rate * p.population)
        if mode == "poisson":
            return int(self.rng.poisson(rate if s.conflict_driven else math.floor(rate)))
        return math.floor(rate)

    def _by_totals(self) -> int:
        """How many set out today by the published series."""
        case, s, t = self.world.case, self.world.s, self.world.t
        if case.newcomers is not None:
            return int(case.newcomers[t])
        if case.totals is None:
            return 0
        series = list(case.totals.camps.values()) if s.sum_from_camps else [case.totals.total]
        change = sum(int(v[t]) - (int(v[t - 1]) if t else 0) for v in series)
        if t == 0:
            if s.sum_from_camps and self.world.quirks.double_day0:
                change += int(case.totals.total[0])
            change *= not s.empty_camps_on_day0
        new = change - self.debt
        if s.insert_day0 and t == 0:
            new = 0
        self.debt = max(0, -new)
        return max(0, new)
