"""The same rules person by person: slow, plain, and independent of the count engine.

Every person is a row of a few arrays and is worked through in order of creation, as in Flee. Those
who stand at the same place with the same traits are drawn together as long as no capacity can bind
on that day; where one can, people are worked through one by one. Nothing is shared with the count
engine but the records: places, scores, options and spawning are written a second time here, so that
a mistake in one of them shows as a difference in law (``tests/dynamics/flee/test_same_law.py``).
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

from crossings.dynamics.flee.records import FleeCase, FleeRun
from crossings.dynamics.flee.settings import Quirks
from crossings.errors import InputError

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

Traits = tuple[tuple[str, str], ...]


class _Place:
    """A location as it stands today."""

    def __init__(self, number: int, row: Any, foreign: bool) -> None:
        self.number, self.row, self.foreign = number, row, foreign
        self.kind = row.kind
        self.camp = self.idp = self.town = self.marker = self.flood_zone = False
        self.k, self.since, self.chance = 0.0, -1, 1.0
        self.capacity = float(row.capacity)
        self.population = int(row.population)
        self.here = 0
        self.arrived = 0
        self.ways: list[_Way] = []
        self.shut: list[_Way] = []
        self.score = 1.0
        self.ipc = self.flood = 0.0
        self.alike: dict[tuple[str, str], int] = {}
        self.table: dict[int, tuple[tuple[int, ...], float]] = {}


class _Way:
    def __init__(self, number: int, tail: int, head: int, row: Any) -> None:
        self.number, self.tail, self.head = number, tail, head
        self.km, self.speed, self.walk = row.distance, row.max_move_speed, row.walk_probability
        self.open = True


class _Simulation:
    """One history."""

    def __init__(self, case: FleeCase, quirks: Quirks, seed: int, member: int) -> None:
        self.case, self.quirks, self.t = case, quirks, 0
        self.s = case.settings.effective()
        self.rng = np.random.default_rng([seed, member, 77])
        rows = case.network.locations
        self.places = [_Place(i, r, r.country != rows[0].country) for i, r in enumerate(rows)]
        self.at = {r.name: p for r, p in zip(rows, self.places, strict=True)}
        for p in self.places:
            later = p.kind == "conflict" and p.row.conflict_date > 0
            given = p.row.intensity
            self.become(p, "town" if later else p.kind, 1.0 if given is None else given)
            if p.chance < 0.005 and not p.camp and not p.flood_zone:
                p.camp = True
        self.ways: list[_Way] = []
        for link in case.network.links:
            a, b = self.at[link.name1].number, self.at[link.name2].number
            doubled = link.forced_redirection == 1 and quirks.redirection_doubles_links
            for _ in range(2 if doubled else 1):
                for tail, head in ((a, b), (b, a)):
                    way = _Way(len(self.ways), tail, head, link)
                    self.ways.append(way)
                    self.places[tail].ways.append(way)
        self.people: list[dict[str, Any]] = []
        self.debt = 0

    # -- places

    def become(self, p: _Place, kind: str, k: float) -> None:
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
                self.become(self.at[change.name], change.kind, k)
        for p in self.places:
            p.ipc = _cell(schedule.ipc, p.row.region, t)
            p.flood = _cell(schedule.floods, p.row.name, t) if s.flood_rules else 0.0
        if s.flood_rules is None and schedule.conflicts is not None:
            for name in schedule.conflicts.names:
                self.conflict(self.at[name], t)

    def conflict(self, p: _Place, t: int) -> None:
        table = self.case.schedule.conflicts
        now = _cell(table, p.row.name, t)
        was = _cell(table, p.row.name, t - 1) if t else 0.0
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
        for c in self.case.schedule.closures:
            for shutting, day in ((True, c.start), (False, c.end)):
                if day != self.t:
                    continue
                if c.kind in {"camp", "idpcamp"}:
                    p = self.at[c.name1]
                    if shutting:
                        p.camp = p.idp = False
                        p.town, p.chance = True, self.s.default_movechance
                    else:
                        self.become(p, c.kind, 0.0)
                    continue
                for way in self.ways:
                    if self.speaks_of(c, way) and way.open == shutting:
                        tail = self.places[way.tail]
                        source, target = (
                            (tail.ways, tail.shut) if shutting else (tail.shut, tail.ways)
                        )
                        source.remove(way)
                        target.append(way)
                        way.open = not shutting

    def speaks_of(self, c: Any, way: _Way) -> bool:
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

    def decay(self, p: _Place) -> float:
        steps = self.s.conflict_spawn_decay
        if not steps:
            return 1.0
        age = math.floor((self.t - p.since) / self.s.conflict_spawn_decay_interval)
        return steps[min(age, len(steps) - 1)]

    def rescore(self, p: _Place) -> None:
        s, q = self.s, self.quirks
        score = 1.0
        if p.foreign:
            if s.use_economic_pull:
                score += p.row.trade_volume + p.row.hdi**2
            score *= s.foreign_weight
        elif s.avoid_food_deprived_locations and self.t > 0:
            score *= 1.0 - (p.ipc / 100.0) ** 2
        if p.camp:
            score *= s.camp_weight
        if p.k > 0:
            score *= s.conflict_weight ** (self.decay(p) * p.k)
        if s.flood_rules and q.flood_weighs_twice and p.flood_zone and p.flood > 0:
            score *= _between(s.flood_rules.loc_weights, p.flood)
        if self.forecasting() and q.forecast_of_no_flood_freezes and p.flood_zone:
            score = 0.0
        p.score = score

    # -- floods

    def forecasting(self) -> bool:
        r = self.s.flood_rules
        return bool(
            r and r.forecaster and r.forecaster_timescale > 1 and self.t <= r.forecaster_end_time
        )

    def forecast(self, p: _Place, of_now: bool) -> float:
        r = self.s.flood_rules
        total = 0.0
        if r is None:
            return total
        for day in range(self.t + 1, self.t + r.forecaster_timescale + 1):
            table = self.case.schedule.floods
            if day > r.forecaster_end_time or table is None or day >= len(table.values):
                break
            level = _cell(table, p.row.name, day)
            if level > 0:
                seen = p.flood if of_now else level
                total += _between(r.loc_weights, seen) * r.forecaster_weights[day]
        return total

    def aware(self, person: dict[str, Any]) -> float:
        value = person["floodawareness"]
        weights = self.s.flood_rules.awareness_weights if self.s.flood_rules else ()
        return weights[int(value)] if value.isdigit() and int(value) < len(weights) else 1.0

    # -- people

    def come(self, p: _Place, n: int, traits: Traits | None = None, born: bool = True) -> None:
        for _ in range(n):
            person: dict[str, Any] = {
                "home": p.number, "place": p.number, "way": None, "on": 0.0, "moved": 0.0,
                "recent": 0.0, "first": True, "route": (), "active": True, "away": False,
            }  # fmt: skip
            found = dict(traits or ())
            for d in self.case.demographics:
                if traits is None:
                    w = np.array(d.by_location.get(p.row.name, d.default), dtype=float)
                    found[d.attribute] = d.values[self.rng.choice(len(w), p=w / w.sum())]
            for name in ("age", "gender", "ethnicity", "religion", "floodawareness"):
                person[name] = found.get(name, "")
            person["farmer"] = self.rng.random() < p.row.farmer_fraction
            self.people.append(person)
            p.here += 1
            if born and self.s.take_from_population:
                p.population = max(0, p.population - 1)

    def start(self) -> None:
        s, totals = self.s, self.case.totals
        for p in self.places:
            count = 0
            if not s.empty_camps_on_day0 and (p.row.kind in {"camp", "idpcamp"} or s.flood_driven):
                count = p.row.initial_idps
                if s.insert_day0 and totals and p.row.name in totals.camps:
                    count += int(totals.camps[p.row.name][0])
            self.come(p, count, born=False)
            seen = 0 if totals is None or p.row.name not in totals.camps else 1
            if self.quirks.capacity_less_day0 and seen and s.insert_day0 and p.capacity > 0:
                p.capacity -= int(totals.camps[p.row.name][0])  # type: ignore[union-attr]
        for row in self.case.agents:
            self.come(self.at[row.location], row.people, row.attributes)

    def spawn(self) -> None:
        s, t = self.s, self.t
        if s.conflict_driven or s.flood_driven:
            for p in self.places:
                self.come(p, self.number(p))
            return
        new = self.new_people()
        weights = np.zeros(len(self.places))
        for p in self.places:
            if p.k > 0:
                weights[p.number] = p.population * p.k * self.decay(p)
            hungry = s.starvation_driven_spawning and t > 0
            if hungry and (p.k > 0 or not s.conflict_zone_spawning_only):
                weights[p.number] += p.population * p.ipc / 100.0
        if new:
            # One by one in random order: people are told apart by when they were made.
            for i in self.rng.choice(len(weights), size=new, p=weights / weights.sum()):
                self.come(self.places[i], 1)

    def number(self, p: _Place) -> int:
        s = self.s
        if s.conflict_driven:
            if p.k <= 0:
                return 0
            rate, mode = s.displaced_per_conflict_day * p.k, str(s.conflict_driven)
        else:
            if p.flood <= 0:
                return 0
            rate, mode = _between(s.displaced_per_flood_day, p.flood), str(s.flood_driven)
        if mode == "pop_ratio":
            return math.floor(rate * p.population)
        if mode == "poisson":
            return int(self.rng.poisson(rate if s.conflict_driven else math.floor(rate)))
        return math.floor(rate)

    def new_people(self) -> int:
        case, s, t = self.case, self.s, self.t
        if case.newcomers is not None:
            return int(case.newcomers[t])
        if case.totals is None:
            return 0
        series = list(case.totals.camps.values()) if s.sum_from_camps else [case.totals.total]
        change = sum(int(v[t]) - (int(v[t - 1]) if t else 0) for v in series)
        if t == 0:
            if s.sum_from_camps and self.quirks.double_day0:
                change += int(case.totals.total[0])
            change *= not s.empty_camps_on_day0
        new = change - self.debt
        if s.insert_day0 and t == 0:
            new = 0
        self.debt = max(0, -new)
        return max(0, new)

    # -- scores and routes

    def full(self, p: _Place) -> float:
        room = p.capacity * self.s.capacity_scaling
        low = self.s.capacity_buffer * room
        if room < 1 or p.here <= low:
            return 1.0
        return 0.0 if p.here >= room else 1.0 - (p.here - low) / (room - low)

    def wanted(self, person: dict[str, Any], p: _Place) -> float:
        """The score of an endpoint to a person."""
        s, q = self.s, self.quirks
        e = self.after_hazards(person, p.score)
        if s.stay_close_to_home:
            a = self.places[person["place"] if q.home_is_here else person["home"]].row
            b = p.row
            km = _km(a.y, a.x, b.y, b.x) if q.home_is_here else _km(a.x, a.y, b.x, b.y)
            e /= max(1.0, km) ** s.home_distance_power
        if s.flood_rules and p.flood > 0:
            e *= _between(s.flood_rules.loc_weights, p.flood)
        if s.flood_rules and self.forecasting():
            f = self.forecast(p, q.forecast_of_no_flood_freezes)
            if f > 0 or q.forecast_of_no_flood_freezes:
                e *= f**2 / s.flood_rules.forecaster_timescale * self.aware(person)
        if p.camp:
            if s.match_camp_ethnicity:
                e *= 10 * self.share(p, "ethnicity", person, 0.1)
            if s.match_camp_religion:
                e *= self.share(p, "religion", person, s.avg_religion_fraction)
                e /= s.avg_religion_fraction
            return e
        rule = s.match_conflict_ethnicity if p.k > 0 else s.match_town_ethnicity
        if rule:
            e *= 10 * self.share(p, "ethnicity", person, 0.1)
        if s.use_pop_for_loc_weight:
            e *= max(1, p.population) ** s.pop_power_for_loc_weight
        return e

    def after_hazards(self, person: dict[str, Any], e: float) -> float:
        s, squared = self.s, False
        age = float(person["age"]) if person["age"] else -1.0
        gender = person["gender"][:1].lower()
        if s.children_avoid_hazards:
            if age >= 0 and age < 19:
                e, squared = e**2, True
            boy = gender == "m" and age > 14 and (self.quirks.boys_of_any_age or age < 19)
            if s.boys_take_risk and boy:
                e = 1.0
        if s.elderly_avoid_hazards and age > 59:
            e, squared = e**2, True
        if s.women_avoid_hazards and gender == "f" and not squared:
            e = e**2
        return e

    def share(self, p: _Place, trait: str, person: dict[str, Any], neutral: float) -> float:
        alike = p.alike.get((trait, person[trait]), 0)
        if self.quirks.camps_match_nobody:
            return alike / (p.population if p.population >= 1 else 1e8)
        everybody = p.alike.get(("", ""), 0)
        return alike / everybody if everybody else neutral

    def recount(self) -> None:
        for p in self.places:
            p.alike = defaultdict(int)
        for person in self.people:
            if person["way"] is None:
                alike = self.places[person["place"]].alike
                alike["", ""] += 1
                for trait in ("ethnicity", "religion"):
                    alike[trait, person[trait]] += 1

    def paths(self, origin: int, markers_count: bool) -> list[tuple[tuple[int, ...], float]]:
        hops = max(1, self.s.awareness_level)
        if self.s.awareness_level == 0:
            return []
        found: list[tuple[tuple[int, ...], float]] = []

        def further(path: tuple[int, ...], km: float, used: int) -> None:
            for way in self.places[path[-1]].ways:
                if way.head in path:
                    continue
                longer = (*path, way.head)
                marker = self.places[way.head].marker
                if not marker:
                    found.append((longer[1:], km + way.km))
                now = used if marker and not markers_count else used + 1
                if now < hops:
                    further(longer, km + way.km, now)

        further((origin,), 0.0, 0)
        return found

    def make_table(self, p: _Place) -> None:
        """Fixed routes: the best way to each destination."""
        s = self.s
        p.table = {}
        if p.marker:
            return

        def weight(end: int, length: float) -> float:
            goal = self.places[end]
            e = goal.score
            if s.flood_rules and goal.flood > 0:
                e *= _between(s.flood_rules.loc_weights, goal.flood)
            return float(((s.weight_softening + e) / length**s.distance_power) ** s.weight_power)

        best: dict[int, tuple[tuple[int, ...], float, float]] = {}
        for path, km in self.paths(p.number, True):
            w = weight(path[-1], s.softening + km)
            if path[-1] not in best or w > best[path[-1]][1]:
                best[path[-1]] = (path, w, s.softening + km)
        for hub, (begun, _, length) in [(p.number, ((), 0.0, s.softening)), *best.items()]:
            for names in self.case.network.major_routes:
                for way in (names, names[::-1]):
                    stops = [self.at[name].number for name in way]
                    km = self.along(stops)
                    if stops[0] == hub and stops[-1] not in {p.number, *best} and km < math.inf:
                        whole = (length + km) / 4.0
                        path = (*begun, *stops[1:])
                        best[stops[-1]] = (path, weight(stops[-1], whole), whole)
        for end, (path, w, length) in best.items():
            kept = w if self.quirks.fixed_routes_ignore_capacity else length
            p.table[end] = (path, kept)

    def along(self, stops: list[int]) -> float:
        km = 0.0
        for i in range(len(stops) - 1):
            ways = [w for w in self.places[stops[i]].ways if w.head == stops[i + 1]]
            if not ways:
                return math.inf
            km += ways[0].km
        return km

    def weights(self, person: dict[str, Any]) -> tuple[list[tuple[int, ...]], F8]:
        """The routes a person may choose and their weights."""
        s, here = self.s, self.places[person["place"]]
        if s.fixed_routes and self.quirks.fixed_routes_ignore_capacity:
            found = list(here.table.values())
            w = [v * self.wanted(person, self.places[path[-1]]) for path, v in found]
            return [path for path, _ in found], np.array(w)
        if s.fixed_routes:
            options = list(here.table.values())
        else:
            options = [(path, s.softening + km) for path, km in self.paths(here.number, False)]
        w = []
        for path, length in options:
            goal = self.places[path[-1]]
            e = s.weight_softening + self.wanted(person, goal)
            w.append((e / length**s.distance_power * self.full(goal)) ** s.weight_power)
        out = np.array(w)
        if s.pruning_threshold >= 1.001 and out.size:
            out[out < out.max() / s.pruning_threshold] = 0.0
        return [path for path, _ in options], out

    # -- a day of a person

    def decide(self, person: dict[str, Any], forced: bool) -> None:
        s, here = self.s, self.places[person["place"]]
        if not person["active"] or self.harvest(person):
            return
        certain = person["route"] or (forced and here.town)
        chance = 1.0 if certain else self.chance(person, here)
        if not self.rng.random() < chance:
            return
        if not person["route"]:
            routes, w = self.weights(person)
            if not routes:
                return
            share = w / w.sum() if w.sum() > 0 else np.full(len(w), 1 / len(w))
            person["route"] = routes[int(np.searchsorted(np.cumsum(share), self.rng.random()))]
        route = person["route"]
        ways = [w for w in here.ways if w.head == route[0]]
        goal = self.places[route[-1]]
        plain = not (s.fixed_routes and self.quirks.fixed_routes_ignore_capacity)
        if not ways or (plain and goal.camp and self.full(goal) < 0.5):
            person["route"] = ()
            return
        person["route"] = route[1:]
        person["way"], person["on"] = ways[0], 0.0
        here.here -= 1

    def chance(self, person: dict[str, Any], p: _Place) -> float:
        s, q = self.s, self.quirks
        chance = p.chance
        if s.movechance_pop_scale_factor:
            size = max(p.population, p.capacity) / s.movechance_pop_base
            chance *= max(0.0, size) ** s.movechance_pop_scale_factor
        if s.flee_when_starving:
            chance = p.ipc / 100.0 + (1.0 - p.ipc / 100.0) * chance
        r = s.flood_rules
        if r and p.flood > 0 and r.movechances:
            chance = _between(r.movechances, p.flood)
        if r and self.forecasting():
            f = self.forecast(p, False)
            if f > 0 or q.forecast_of_no_flood_freezes:
                chance *= f / r.forecaster_timescale * self.aware(person)
        return chance

    def harvest(self, person: dict[str, Any]) -> bool:
        months = self.s.harvest_months
        here, home = self.places[person["place"]], self.places[person["home"]]
        now = False
        if months and (self.quirks.harvest_by_all or person["farmer"]):
            date = (self.case.start or dt.date(2000, 1, 1)) + dt.timedelta(days=self.t)
            now = date.month in months
        if now != person["away"]:
            person["away"] = now
            here.here += -1 if now else 1
            home.here += 1 if now else -1
        return now

    def travel(self, person: dict[str, Any]) -> None:
        s = self.s
        for _ in range(1000):
            way = person["way"]
            if way is None:
                return
            v = way.speed or s.max_move_speed
            if person["first"] and s.start_on_foot:
                v = s.max_walk_speed
            if self.rng.random() < way.walk:
                v = s.max_walk_speed
            step = v if self.quirks.full_speed_on_every_link else max(0.0, v - person["moved"])
            person["on"] += step
            person["moved"] += step
            if not person["on"] > way.km:
                return
            person["first"] = False
            person["moved"] -= person["on"] - way.km
            person["way"], person["on"] = None, 0.0
            if not way.open:
                person["place"] = way.tail
                self.places[way.tail].here += 1
                return
            person["place"] = way.head
            self.places[way.head].here += 1
            self.places[way.head].arrived += 1
            if not person["moved"] < v:
                return
            index = (person["recent"] + person["moved"] / s.max_move_speed) / 2
            self.decide(person, s.avoid_short_stints and index < 0.5)

    def evening(self) -> None:
        sinks = self.s.camps_are_sinks and not self.quirks.sinks_ignored
        for person in self.people:
            person["recent"] = (person["recent"] + person["moved"] / self.s.max_move_speed) / 2
            person["moved"] = 0.0
            if sinks and person["way"] is None and not person["away"]:
                p = self.places[person["place"]]
                if p.camp and self.rng.random() < (p.row.sink or 0.0):
                    person["active"] = False

    def day(self, t: int) -> None:
        self.t = t
        self.morning()
        self.spawn()
        self.closures()
        for p in self.places:
            # Within the loop: a route table sees later places with the scores of yesterday.
            if self.quirks.stale_route_scores or not self.s.fixed_routes:
                self.rescore(p)
                p.capacity += max(0, p.row.capacity_per_day)
                if self.s.fixed_routes:
                    self.make_table(p)
        if self.s.fixed_routes and not self.quirks.stale_route_scores:
            for p in self.places:
                self.rescore(p)
                p.capacity += max(0, p.row.capacity_per_day)
            for p in self.places:
                self.make_table(p)
        self.recount()
        for person in self.people:
            if person["way"] is None:
                self.decide(person, False)
        for person in self.people:
            self.travel(person)
        self.evening()


def _cell(table: Any, name: str, t: int) -> float:
    if table is None or name not in table.names:
        return 0.0
    return float(table.values[t][table.names.index(name)])


def _between(values: tuple[float, ...], level: float) -> float:
    if level > len(values) - 1:
        raise InputError(f"flood level: found {level:g}, expected at most {len(values) - 1}")
    low = min(math.floor(level), len(values) - 2) if len(values) > 1 else 0
    if len(values) == 1:
        return values[0]
    return values[low] + (values[low + 1] - values[low]) * (level - low)


def _km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    a, b, d = math.radians(lat1), math.radians(lat2), math.radians(lon2 - lon1)
    x = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(d / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(min(1.0, x)))


def run_individuals(
    case: FleeCase, members: int = 100, seed: int = 1, quirks: Quirks | None = None
) -> FleeRun:
    """Run a case person by person; every place is kept.

    Cost grows with people x days x members. Meant as a reference and for small cases.
    """
    count = len(case.network.locations)
    present = np.zeros((members, case.days, count), dtype=np.int64)
    arrived = np.zeros_like(present)
    travelling = np.zeros((members, case.days), dtype=np.int64)
    people = np.zeros_like(travelling)
    for i in range(members):
        one = _Simulation(case, Quirks() if quirks is None else quirks, seed, i)
        one.start()
        for t in range(case.days):
            one.day(t)
            present[i, t] = [p.here for p in one.places]
            arrived[i, t] = [p.arrived for p in one.places]
            travelling[i, t] = sum(person["way"] is not None for person in one.people)
            people[i, t] = len(one.people)
    return FleeRun(case.network.names, present, arrived, travelling, people)
