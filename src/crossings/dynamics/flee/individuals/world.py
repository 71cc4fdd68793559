"""The places and links of one history as they stand today, and how a morning changes them."""

from __future__ import annotations

import dataclasses
import math

from crossings.dynamics.flee.individuals.hazards import between, cell, forecasting
from crossings.dynamics.flee.records import Closure, FleeCase, Location
from crossings.dynamics.flee.records import Link as LinkRow
from crossings.dynamics.flee.settings import Quirks
from crossings.errors import InputError


@dataclasses.dataclass(slots=True, eq=False)
class Way:
    """One direction of a link, its ``row`` in the file; ``closings``: how often it was shut."""

    number: int
    tail: int
    head: int
    row: LinkRow
    open: bool = True
    closings: int = 0


class Place:
    """A location as it stands today.

    ``k``: intensity of a conflict, 0 without; ``since``: its first day. ``chance``: of moving.
    ``here``: people there; ``arrived``: who ever came over a link. ``ways``, ``shut``: links from
    here, open and closed. ``alike``: people here by trait and value. ``table``: fixed routes, the
    way to each end and its weight or length.
    """

    def __init__(self, number: int, row: Location, foreign: bool) -> None:
        self.number, self.row, self.foreign = number, row, foreign
        self.camp = self.idp = self.town = self.marker = self.flood_zone = False
        self.k, self.since, self.chance = 0.0, -1, 1.0
        self.capacity = float(row.capacity)
        self.population = int(row.population)
        self.here = 0
        self.arrived = 0
        self.ways: list[Way] = []
        self.shut: list[Way] = []
        self.score = 1.0
        self.ipc = self.flood = 0.0
        self.alike: dict[tuple[str, str], int] = {}
        self.table: dict[int, tuple[tuple[int, ...], float]] = {}


class World:
    """All places of a history on day ``t``."""

    def __init__(self, case: FleeCase, quirks: Quirks) -> None:
        self.case, self.quirks, self.t = case, quirks, 0
        self.s = case.settings.effective()
        rows = case.network.locations
        self.places = [Place(i, r, r.country != rows[0].country) for i, r in enumerate(rows)]
        self.at = {r.name: p for r, p in zip(rows, self.places, strict=True)}
        for p in self.places:
            later = p.row.kind == "conflict" and p.row.conflict_date > 0
            given = p.row.intensity
            self._become(p, "town" if later else p.row.kind, 1.0 if given is None else given)
            if p.chance < 0.005 and not p.camp and not p.flood_zone:
                p.camp = True
        self.ways: list[Way] = []
        for link in case.network.links:
            a, b = self.at[link.name1].number, self.at[link.name2].number
            doubled = link.forced_redirection == 1 and quirks.redirection_doubles_links
            for _ in range(2 if doubled else 1):
                for tail, head in ((a, b), (b, a)):
                    way = Way(len(self.ways), tail, head, link)
                    self.ways.append(way)
                    self.places[tail].ways.append(way)

    def _become(self, p: Place, kind: str, k: float) -> None:
        s = self.s
        p.camp, p.idp = kind in {"camp", "idpcamp"}, kind == "idpcamp"
        p.town, p.marker, p.flood_zone = kind == "town", kind == "marker", kind == "flood_zone"
        p.k = k if kind == "conflict" else 0.0
        p.chance = s.default_movechance
        if kind == "camp":
            p.chance = s.camp_movechance
        if kind == "idpcamp":
            p.chance = s.idpcamp_movechance
        if kind == "conflict":
            p.chance = s.conflict_movechance
        if kind in {"forward", "marker"}:
            p.chance = 1.0

    def morning(self) -> None:
        """Types, food, floods, conflicts of the day."""
        t, s, schedule = self.t, self.s, self.case.schedule
        for change in schedule.location_changes:
            if change.day == t:
                k = s.default_conflict_intensity
                k = float(int(k)) if self.quirks.intensity_kept_from_onset else k
                self._become(self.at[change.name], change.kind, k)
        for p in self.places:
            p.ipc = cell(schedule.ipc, p.row.region, t)
            p.flood = cell(schedule.floods, p.row.name, t) if s.flood_rules else 0.0
        if s.flood_rules is None and schedule.conflicts is not None:
            for name in schedule.conflicts.names:
                self._conflict(self.at[name], t)

    def _conflict(self, p: Place, t: int) -> None:
        table = self.case.schedule.conflicts
        now = cell(table, p.row.name, t)
        was = cell(table, p.row.name, t - 1) if t else 0.0
        if now > 1e-6 and was <= 1e-6:
            p.k, p.since, p.town, p.chance = now, t, False, self.s.conflict_movechance
        elif now > 1e-6 and not self.quirks.intensity_kept_from_onset:
            p.k = now
        elif now <= 1e-6 and was > 1e-6:
            p.k = 0.0
            if p.camp and not self.quirks.town_after_conflict:
                p.chance = self.s.idpcamp_movechance if p.idp else self.s.camp_movechance
            else:
                p.town, p.chance = True, self.s.default_movechance

    def closures(self) -> None:
        """What is shut or opened today."""
        for c in self.case.schedule.closures:
            for shutting, day in ((True, c.start), (False, c.end)):
                if day == self.t:
                    self._enact(c, shutting)

    def _enact(self, c: Closure, shutting: bool) -> None:
        if c.kind in {"camp", "idpcamp"}:
            p = self.at[c.name1]
            if shutting:
                p.camp = p.idp = False
                p.town, p.chance = True, self.s.default_movechance
            else:
                self._become(p, c.kind, 0.0)
            return
        for way in self.ways:
            if self._speaks_of(c, way) and way.open == shutting:
                tail = self.places[way.tail]
                source, target = (tail.ways, tail.shut) if shutting else (tail.shut, tail.ways)
                source.remove(way)
                target.append(way)
                way.open = not shutting
                way.closings += shutting

    def _speaks_of(self, c: Closure, way: Way) -> bool:
        tail, head = self.places[way.tail].row, self.places[way.head].row
        if c.kind == "country":
            return {(tail.country, head.country), (head.country, tail.country)} >= {
                (c.name1, c.name2)
            }
        if c.kind == "location":
            return c.name1 in {tail.name, head.name}
        if self.quirks.link_closures_ignored:
            return False
        return (tail.name, head.name) in {(c.name1, c.name2), (c.name2, c.name1)}

    def decay(self, p: Place) -> float:
        """What is left of a conflict's effect, by its age."""
        steps = self.s.conflict_spawn_decay
        if not steps:
            return 1.0
        age = math.floor((self.t - p.since) / self.s.conflict_spawn_decay_interval)
        return steps[min(age, len(steps) - 1)]

    def rescore(self, p: Place) -> None:
        """The base score of a place today."""
        s, q = self.s, self.quirks
        score = 1.0
        if p.foreign:
            if s.use_economic_pull:
                if p.row.trade_volume is None or p.row.hdi is None:
                    raise InputError(f"{p.row.name}: expected trade_volume and hdi")
                score += p.row.trade_volume + p.row.hdi**2
            score *= s.foreign_weight
        elif s.avoid_food_deprived_locations and self.t > 0:
            score *= 1.0 - (p.ipc / 100.0) ** 2
        if p.camp:
            score *= s.camp_weight
        if p.k > 0:
            score *= s.conflict_weight ** (self.decay(p) * p.k)
        if s.flood_rules and q.flood_weighs_twice and p.flood_zone and p.flood > 0:
            score *= between(s.flood_rules.loc_weights, p.flood)
        if forecasting(s.flood_rules, self.t) and q.forecast_of_no_flood_freezes and p.flood_zone:
            score = 0.0
        p.score = score

    def full(self, p: Place) -> float:
        """The multiplier of capacity: 1 with room, 0 when full."""
        room = p.capacity * self.s.capacity_scaling
        low = self.s.capacity_buffer * room
        if room < 1 or p.here <= low:
            return 1.0
        # Divided as Flee does it: people exactly half-way through the buffer are told by rounding.
        width = room * (1.0 - self.s.capacity_buffer)
        return 0.0 if p.here >= room else 1.0 - (p.here - low) / width
