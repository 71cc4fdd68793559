"""A day of one history: everybody decides, then travels, one after the other."""

from __future__ import annotations

import datetime as dt

import numpy as np

from crossings.dynamics.flee.individuals.choices import make_table, recount, ways_and_weights
from crossings.dynamics.flee.individuals.hazards import aware, between, forecast, forecasting
from crossings.dynamics.flee.individuals.newcomers import Newcomers
from crossings.dynamics.flee.individuals.people import Person
from crossings.dynamics.flee.individuals.world import Place, World

MOST_LINKS = 1000
"""In one day, on links without length."""


class Days:
    """Takes a world and its people from one day to the next."""

    def __init__(self, world: World, newcomers: Newcomers, rng: np.random.Generator) -> None:
        self.world, self.newcomers, self.rng = world, newcomers, rng

    def pass_day(self, t: int) -> None:
        """The whole of day ``t``, in the order of Flee."""
        world, people = self.world, self.newcomers.people
        world.t = t
        world.morning()
        self.newcomers.spawn()
        world.closures()
        self._scores()
        recount(world, people)
        for person in people:
            if person.way is None:
                self._decide(person, False)
        for person in people:
            self._travel(person)
        self._evening()

    def _scores(self) -> None:
        world, fixed = self.world, self.world.s.fixed_routes
        stale = world.quirks.stale_route_scores
        for p in world.places:
            world.rescore(p)
            p.capacity += max(0, p.row.capacity_per_day)
            if fixed and stale:
                # Within the loop: a table sees later places with the scores of yesterday.
                make_table(world, p)
        if fixed and not stale:
            for p in world.places:
                make_table(world, p)

    def _decide(self, person: Person, forced: bool) -> None:
        """Whether a person at a place sets out, and where to; forced: from towns for certain."""
        world, here = self.world, self.world.places[person.place]
        if not person.active or self._harvest(person):
            return
        certain = person.route or (forced and here.town)
        chance = 1.0 if certain else self._chance(person, here)
        if not self.rng.random() < chance:
            return
        if not person.route:
            routes, w = ways_and_weights(world, person)
            if not routes:
                return
            share = w / w.sum() if w.sum() > 0 else np.full(len(w), 1 / len(w))
            person.route = routes[int(np.searchsorted(np.cumsum(share), self.rng.random()))]
        route = person.route
        ways = [w for w in here.ways if w.head == route[0]]
        goal = world.places[route[-1]]
        plain = not (world.s.fixed_routes and world.quirks.fixed_routes_ignore_capacity)
        if not ways or (plain and goal.camp and world.full(goal) < 0.5):
            person.route = ()
            return
        person.route = route[1:]
        person.way, person.on, person.closings = ways[0], 0.0, ways[0].closings
        here.here -= 1

    def _chance(self, person: Person, p: Place) -> float:
        """The chance that a person without a route sets out."""
        world, s = self.world, self.world.s
        chance = p.chance
        if s.movechance_pop_scale_factor:
            size = max(p.population, p.capacity) / s.movechance_pop_base
            chance *= max(0.0, size) ** s.movechance_pop_scale_factor
        if s.flee_when_starving:
            chance = p.ipc / 100.0 + (1.0 - p.ipc / 100.0) * chance
        r = s.flood_rules
        if r and p.flood > 0 and r.movechances:
            chance = between(r.movechances, p.flood)
        if r and forecasting(r, world.t):
            f = forecast(world.case, p.row.name, world.t, None)
            if f > 0 or world.quirks.forecast_of_no_flood_freezes:
                heeded = aware(r, person.traits["floodawareness"])
                chance *= f / r.forecaster_timescale * heeded
        return chance

    def _harvest(self, person: Person) -> bool:
        """Whether a person is at home for the harvest; counts are moved there and back."""
        world, months = self.world, self.world.s.harvest_months
        here, home = world.places[person.place], world.places[person.home]
        now = False
        if months and (world.quirks.harvest_by_all or person.farmer):
            date = (world.case.start or dt.date(2000, 1, 1)) + dt.timedelta(days=world.t)
            now = date.month in months
        if now != person.away:
            person.away = now
            here.here += -1 if now else 1
            home.here += 1 if now else -1
        return now

    def _travel(self, person: Person) -> None:
        """A person on a link goes on until the day is over."""
        world, s = self.world, self.world.s
        for _ in range(MOST_LINKS):
            way = person.way
            if way is None:
                return
            v = way.row.max_move_speed or s.max_move_speed
            if person.first and s.start_on_foot:
                v = s.max_walk_speed
            if self.rng.random() < way.row.walk_probability:
                v = s.max_walk_speed
            step = v if world.quirks.full_speed_on_every_link else max(0.0, v - person.moved)
            person.on += step
            person.moved += step
            if not person.on > way.row.distance:
                return
            person.first = False
            person.moved -= person.on - way.row.distance
            person.way, person.on = None, 0.0
            turned = world.quirks.shutting_turns_back and way.closings > person.closings
            if not way.open or turned:
                person.place = way.tail
                world.places[way.tail].here += 1
                return
            person.place = way.head
            world.places[way.head].here += 1
            world.places[way.head].arrived += 1
            if not person.moved < v:
                return
            index = (person.recent + person.moved / s.max_move_speed) / 2
            self._decide(person, s.avoid_short_stints and index < 0.5)

    def _evening(self) -> None:
        """Recent travel halves towards today's; in camps that are sinks some stop for good."""
        world, s = self.world, self.world.s
        sinks = s.camps_are_sinks and not world.quirks.sinks_ignored
        for person in self.newcomers.people:
            person.recent = (person.recent + person.moved / s.max_move_speed) / 2
            person.moved = 0.0
            if sinks and person.way is None and not person.away:
                p = world.places[person.place]
                if p.camp and self.rng.random() < (p.row.sink or 0.0):
                    person.active = False
