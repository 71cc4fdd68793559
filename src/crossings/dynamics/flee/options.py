"""The ways that people at a place may choose, and what each kind of person thinks of their ends.

An option is a path of open links to a place that is no marker. ``choices`` lists the options of
every place for one day as one flat table; a route that takes more than one link is known by the
number of what remains of it after the first (:class:`Routes`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.flee.classes import PeopleClasses
from crossings.dynamics.flee.floods import flood_value, forecasting
from crossings.dynamics.flee.places import Day, Roads
from crossings.dynamics.flee.records import FleeCase
from crossings.dynamics.flee.settings import FleeSettings, Quirks

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

MAJOR_ROUTES_SHORTER = 4.0
"""A way over a major route counts as so many times shorter."""


class Routes:
    """Routes still to go, each known by a number; 0 is none.

    A route is its next place and the route that remains from there.
    """

    def __init__(self) -> None:
        self._number: dict[tuple[int, ...], int] = {(): 0}
        self.next, self.rest, self.final = [-1], [0], [-1]

    def number(self, places: tuple[int, ...]) -> int:
        """The number of the route over ``places``."""
        if places not in self._number:
            rest = self.number(places[1:])
            self._number[places] = len(self.next)
            self.next.append(places[0])
            self.rest.append(rest)
            self.final.append(places[-1])
        return self._number[places]

    def tables(self) -> tuple[I8, I8, I8]:
        """Next place, remaining route and last place of every route, each (routes,)."""
        return (
            np.array(self.next, dtype=np.int64),
            np.array(self.rest, dtype=np.int64),
            np.array(self.final, dtype=np.int64),
        )


class Choices(NamedTuple):
    """The options of a day: those of place p are ``first[p]`` up to ``first[p + 1]``.

    ``end``, ``link`` (taken first), ``rest`` (route after it), ``near`` (factor of the way on the
    score of the end), ``path`` (factor on the softened score).
    """

    first: I8
    end: I8
    link: I8
    rest: I8
    near: F8
    path: F8


class _Path(NamedTuple):
    places: tuple[int, ...]
    km: float


def _paths(origin: int, day: Day, links: Roads, hops: int, markers_count: bool) -> Iterator[_Path]:
    """Every simple path of up to so many hops, each prefix that does not end at a marker."""
    stack: list[tuple[tuple[int, ...], float, int]] = [((), 0.0, 0)]
    while stack:
        places, km, used = stack.pop()
        here = places[-1] if places else origin
        for e in day.ways[here]:
            head = int(links.head[e])
            if head == origin or head in places:
                continue
            path = (*places, head)
            length = km + float(links.km[e])
            marker = bool(day.marker[head])
            now = used + (0 if marker and not markers_count else 1)
            if not marker:
                yield _Path(path, length)
            if now < hops:
                stack.append((path, length, now))


def choices(
    case: FleeCase, quirks: Quirks, links: Roads, today: Day, yesterday: Day | None, routes: Routes
) -> Choices:
    """The options of every place on a day."""
    s = case.settings.effective()
    hops = max(1, abs(s.awareness_level))
    first, rows = [0], []
    for origin in range(len(today.ways)):
        if s.awareness_level == 0:
            found: list[tuple[_Path, float]] = []
        elif s.fixed_routes:
            found = _fixed(case, quirks, links, today, yesterday, origin, hops)
        else:
            found = [
                (path, (s.softening + path.km) ** -s.distance_power)
                for path in _paths(origin, today, links, hops, markers_count=False)
            ]
        for path, factor in found:
            link = next(e for e in today.ways[origin] if links.head[e] == path.places[0])
            end = path.places[-1]
            near = _near(case, origin, end) if s.stay_close_to_home and quirks.home_is_here else 1.0
            rows.append((end, link, routes.number(path.places[1:]), near, factor))
        first.append(len(rows))
    table = np.array(rows, dtype=float).reshape(-1, 5)
    return Choices(
        np.array(first, dtype=np.int64),
        table[:, 0].astype(np.int64),
        table[:, 1].astype(np.int64),
        table[:, 2].astype(np.int64),
        table[:, 3].copy(),
        table[:, 4].copy(),
    )


def _fixed(
    case: FleeCase,
    quirks: Quirks,
    links: Roads,
    today: Day,
    yesterday: Day | None,
    origin: int,
    hops: int,
) -> list[tuple[_Path, float]]:
    """The best way to each destination, major routes among them, by today's scores.

    With the quirk that scores count twice the factor is the whole weight of the way, else that of
    its length alone.
    """
    if today.marker[origin]:
        return []
    s = case.settings.effective()
    score = today.score
    if quirks.stale_route_scores:
        old = np.ones(score.size) if yesterday is None else yesterday.score
        score = np.where(np.arange(score.size) <= origin, score, old)
    if s.flood_rules is not None:
        flood = flood_value(s.flood_rules.loc_weights, today.flood, "flood_loc_weights")
        score = np.where(today.flood > 0, score * flood, score)

    def weight(end: int, length: float) -> float:
        value = (s.weight_softening + score[end]) / length**s.distance_power
        return float(value**s.weight_power)

    best: dict[int, tuple[_Path, float]] = {}
    for path in _paths(origin, today, links, hops, markers_count=True):
        end, length = path.places[-1], s.softening + path.km
        if end not in best or weight(end, length) > weight(end, best[end][1]):
            best[end] = (path, length)
    for path, length in _major(case, links, today, origin, best):
        best.setdefault(path.places[-1], (path, length))
    if quirks.fixed_routes_ignore_capacity:
        return [(path, weight(end, length)) for end, (path, length) in best.items()]
    return [(path, length**-s.distance_power) for path, length in best.values()]


def _major(
    case: FleeCase,
    links: Roads,
    today: Day,
    origin: int,
    best: dict[int, tuple[_Path, float]],
) -> list[tuple[_Path, float]]:
    """Ways over major routes from here and from every destination on the table."""
    s = case.settings
    index = {name: i for i, name in enumerate(case.network.names)}
    found = []
    for hub in (origin, *best):
        start = best[hub][0] if hub != origin else _Path((), 0.0)
        for names in case.network.major_routes:
            for way in (names, names[::-1]):
                stops = tuple(index[name] for name in way)
                if stops[0] != hub or stops[-1] == origin:
                    continue
                km = start.km
                for a, b in itertools.pairwise(stops):
                    lengths = [links.km[e] for e in today.ways[a] if links.head[e] == b]
                    km = km + float(lengths[0]) if lengths else np.inf
                if np.isfinite(km):
                    path = _Path((*start.places, *stops[1:]), km)
                    found.append((path, (s.softening + km) / MAJOR_ROUTES_SHORTER))
    return found


def _near(case: FleeCase, here: int, end: int) -> float:
    """The factor of stay_close_to_home for the way from a place to another, as Flee has it."""
    a, b = case.network.locations[here], case.network.locations[end]
    return home_factor(case.settings, a.y, a.x, b.y, b.x)


def home_factor(
    settings: FleeSettings, lat1: float, lon1: float, lat2: float, lon2: float
) -> float:
    """1 / max(1, great-circle km) to the power of home_distance_power."""
    a, b = np.radians(lat1), np.radians(lat2)
    half = np.sin((b - a) / 2) ** 2
    half += np.cos(a) * np.cos(b) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    km = 2 * 6371.0 * np.arcsin(np.sqrt(min(1.0, half)))
    return float(max(1.0, km) ** -settings.home_distance_power)


def attraction(case: FleeCase, quirks: Quirks, people: PeopleClasses, today: Day, t: int) -> F8:
    """What each kind of person thinks of each place as an end, (kind, P).

    Without the parts that differ between members (population, shares of alike people) and those
    that depend on the way or the home.
    """
    s = case.settings
    score = np.tile(today.score, (len(people.of), 1))
    for c, (age, gender) in enumerate(
        zip(people.values("age"), people.values("gender"), strict=True)
    ):
        squared = False
        if s.children_avoid_hazards:
            if age in ("child", "youth"):
                score[c] **= 2
                squared = True
            risky = ("youth", "adult", "elder") if quirks.boys_of_any_age else ("youth",)
            if s.boys_take_risk and gender == "m" and age in risky:
                score[c] = 1.0
        if s.elderly_avoid_hazards and age == "elder":
            score[c] **= 2
            squared = True
        if s.women_avoid_hazards and gender == "f" and not squared:
            score[c] **= 2
    rules = s.flood_rules
    if rules is not None:
        weight = flood_value(rules.loc_weights, today.flood, "flood_loc_weights")
        score *= np.where(today.flood > 0, weight, 1.0)
        if forecasting(rules, t):
            aware = awareness(case, people)[:, None]
            if quirks.forecast_of_no_flood_freezes:
                score *= today.forecast_now**2 / rules.forecaster_timescale * aware
            else:
                factor = today.forecast**2 / rules.forecaster_timescale * aware
                score *= np.where(today.forecast > 0, factor, 1.0)
    return score


def awareness(case: FleeCase, people: PeopleClasses) -> F8:
    """The weight of the flood forecast to each kind of person, (kind,)."""
    rules = case.settings.flood_rules
    weights = () if rules is None else rules.awareness_weights
    found = []
    for value in people.values("floodawareness"):
        known = value.strip().lstrip("-").isdigit() and int(value) < len(weights)
        found.append(weights[int(value)] if known else 1.0)
    return np.array(found)


def move_chances(
    case: FleeCase, quirks: Quirks, people: PeopleClasses, today: Day, residents: F8, t: int
) -> F8:
    """The chance of each kind of person to move from each place on a day, (kind, P).

    ``residents`` (P,) is the population that movechance_pop_scale_factor looks at.
    """
    s = case.settings
    capacity = today.capacity / s.capacity_scaling if s.capacity_scaling else today.capacity
    chance = today.base_chance.copy()
    if s.movechance_pop_scale_factor:
        size = np.maximum(residents, capacity) / s.movechance_pop_base
        chance = chance * np.maximum(size, 0.0) ** s.movechance_pop_scale_factor
    if s.flee_when_starving:
        chance = today.starving + (1.0 - today.starving) * chance
    rules = s.flood_rules
    if rules is not None and rules.movechances:
        level = flood_value(rules.movechances, today.flood, "flood_movechances")
        chance = np.where(today.flood > 0, level, chance)
    out = np.tile(chance, (len(people.of), 1))
    if rules is not None and forecasting(rules, t):
        factor = today.forecast / rules.forecaster_timescale * awareness(case, people)[:, None]
        if not quirks.forecast_of_no_flood_freezes:
            factor = np.where(today.forecast > 0, factor, 1.0)
        out *= factor
    return out


def home_factors(case: FleeCase, quirks: Quirks) -> F8:
    """The factor of stay_close_to_home from the true home, (home, P); empty without the rule."""
    if not case.settings.stay_close_to_home or quirks.home_is_here:
        return np.ones((0, 0))
    places = case.network.locations
    return np.array(
        [[home_factor(case.settings, a.x, a.y, b.x, b.y) for b in places] for a in places]
    )
