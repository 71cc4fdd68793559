"""What a person makes of the ways from a place: their ends, paths and weights."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from crossings.dynamics.flee.individuals.hazards import aware, between, forecast, forecasting
from crossings.dynamics.flee.individuals.people import Person
from crossings.dynamics.flee.individuals.world import Place, World

F8 = npt.NDArray[np.float64]

Path = tuple[int, ...]
"""The numbers of the places on a way, without the first."""


def recount(world: World, people: Iterable[Person]) -> None:
    """Who is where, by ethnicity and religion, for the match rules."""
    for p in world.places:
        p.alike = defaultdict(int)
    for person in people:
        if person.way is None:
            alike = world.places[person.place].alike
            alike["", ""] += 1
            for trait in ("ethnicity", "religion"):
                alike[trait, person.traits[trait]] += 1


def ways_and_weights(world: World, person: Person) -> tuple[list[Path], F8]:
    """The routes a person may choose and their weights, (routes,)."""
    s, here = world.s, world.places[person.place]
    if s.fixed_routes and world.quirks.fixed_routes_ignore_capacity:
        found = list(here.table.values())
        w = [v * _wanted(world, person, world.places[path[-1]]) for path, v in found]
        return [path for path, _ in found], np.array(w)
    if s.fixed_routes:
        options = list(here.table.values())
    else:
        options = [(path, s.softening + km) for path, km in _paths(world, here.number, False)]
    w = []
    for path, length in options:
        goal = world.places[path[-1]]
        e = s.weight_softening + _wanted(world, person, goal)
        w.append((e / length**s.distance_power * world.full(goal)) ** s.weight_power)
    out = np.array(w)
    if s.pruning_threshold >= 1.001 and out.size:
        out[out < out.max() / s.pruning_threshold] = 0.0
    return [path for path, _ in options], out


def _wanted(world: World, person: Person, p: Place) -> float:
    """The score of an endpoint to a person."""
    s, q = world.s, world.quirks
    e = _after_hazards(world, person, p.score)
    if s.stay_close_to_home:
        a = world.places[person.place if q.home_is_here else person.home].row
        b = p.row
        km = _km(a.y, a.x, b.y, b.x) if q.home_is_here else _km(a.x, a.y, b.x, b.y)
        e /= max(1.0, km) ** s.home_distance_power
    if s.flood_rules and p.flood > 0:
        e *= between(s.flood_rules.loc_weights, p.flood)
    if s.flood_rules and forecasting(s.flood_rules, world.t):
        level = p.flood if q.forecast_of_no_flood_freezes else None
        f = forecast(world.case, p.row.name, world.t, level)
        if f > 0 or q.forecast_of_no_flood_freezes:
            heeded = aware(s.flood_rules, person.traits["floodawareness"])
            e *= f**2 / s.flood_rules.forecaster_timescale * heeded
    if p.camp:
        if s.match_camp_ethnicity:
            e *= 10 * _share(world, p, "ethnicity", person, 0.1)
        if s.match_camp_religion:
            e *= _share(world, p, "religion", person, s.avg_religion_fraction)
            e /= s.avg_religion_fraction
        return e
    rule = s.match_conflict_ethnicity if p.k > 0 else s.match_town_ethnicity
    if rule:
        e *= 10 * _share(world, p, "ethnicity", person, 0.1)
    if s.use_pop_for_loc_weight:
        e *= max(1, p.population) ** s.pop_power_for_loc_weight
    return e


def _after_hazards(world: World, person: Person, e: float) -> float:
    """A score after the rules by which some avoid or seek danger."""
    s, squared = world.s, False
    age = float(person.traits["age"]) if person.traits["age"] else -1.0
    gender = person.traits["gender"][:1].lower()
    if s.children_avoid_hazards:
        if age >= 0 and age < 19:
            e, squared = e**2, True
        boy = gender == "m" and age > 14 and (world.quirks.boys_of_any_age or age < 19)
        if s.boys_take_risk and boy:
            e = 1.0
    if s.elderly_avoid_hazards and age > 59:
        e, squared = e**2, True
    if s.women_avoid_hazards and gender == "f" and not squared:
        e = e**2
    return e


def _share(world: World, p: Place, trait: str, person: Person, neutral: float) -> float:
    """The share of those at a place who are like a person in a trait."""
    alike = p.alike.get((trait, person.traits[trait]), 0)
    if world.quirks.camps_match_nobody:
        return alike / (p.population if p.population >= 1 else 1e8)
    everybody = p.alike.get(("", ""), 0)
    return alike / everybody if everybody else neutral


def _paths(world: World, origin: int, markers_count: bool) -> list[tuple[Path, float]]:
    """Every path of as many links as people know of, with its length in km."""
    hops = max(1, world.s.awareness_level)
    if world.s.awareness_level == 0:
        return []
    found: list[tuple[Path, float]] = []

    def further(path: Path, km: float, used: int) -> None:
        for way in world.places[path[-1]].ways:
            if way.head in path:
                continue
            longer = (*path, way.head)
            marker = world.places[way.head].marker
            if not marker:
                found.append((longer[1:], km + way.row.distance))
            now = used if marker and not markers_count else used + 1
            if now < hops:
                further(longer, km + way.row.distance, now)

    further((origin,), 0.0, 0)
    return found


def make_table(world: World, p: Place) -> None:
    """Fixed routes: the best way to each destination."""
    s = world.s
    p.table = {}
    if p.marker:
        return

    def weight(end: int, length: float) -> float:
        goal = world.places[end]
        e = goal.score
        if s.flood_rules and goal.flood > 0:
            e *= between(s.flood_rules.loc_weights, goal.flood)
        return float(((s.weight_softening + e) / length**s.distance_power) ** s.weight_power)

    best: dict[int, tuple[Path, float, float]] = {}
    for path, km in _paths(world, p.number, True):
        w = weight(path[-1], s.softening + km)
        if path[-1] not in best or w > best[path[-1]][1]:
            best[path[-1]] = (path, w, s.softening + km)
    for hub, (begun, _, length) in [(p.number, ((), 0.0, s.softening)), *best.items()]:
        for names in world.case.network.major_routes:
            for way in (names, names[::-1]):
                stops = [world.at[name].number for name in way]
                km = _along(world, stops)
                if stops[0] == hub and stops[-1] not in {p.number, *best} and km < math.inf:
                    whole = (length + km) / 4.0
                    path = (*begun, *stops[1:])
                    best[stops[-1]] = (path, weight(stops[-1], whole), whole)
    for end, (path, w, length) in best.items():
        kept = w if world.quirks.fixed_routes_ignore_capacity else length
        p.table[end] = (path, kept)


def _along(world: World, stops: list[int]) -> float:
    """The length of a major route in km, infinite where a link of it is shut or missing."""
    km = 0.0
    for i in range(len(stops) - 1):
        ways = [w for w in world.places[stops[i]].ways if w.head == stops[i + 1]]
        if not ways:
            return math.inf
        km += ways[0].row.distance
    return km


def _km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance of two points in degrees."""
    a, b, d = math.radians(lat1), math.radians(lat2), math.radians(lon2 - lon1)
    x = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(d / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(min(1.0, x)))
