"""Lay out a case for the kernel: the tables of every day, each kept once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from crossings.dynamics.flee.classes import PeopleClasses, classes
from crossings.dynamics.flee.nodes import Travel, ready_nodes
from crossings.dynamics.flee.options import (
    Choices,
    Routes,
    attraction,
    choices,
    home_factors,
    move_chances,
)
from crossings.dynamics.flee.paths import ready_courses
from crossings.dynamics.flee.places import Day, Roads, days, roads
from crossings.dynamics.flee.plan import CAMP, CONFLICT, SHUT, SHUTTING, TOWN, Plan, Rules, fixed
from crossings.dynamics.flee.ready import ready_choices
from crossings.dynamics.flee.records import FleeCase
from crossings.dynamics.flee.settings import Quirks
from crossings.dynamics.flee.spawning import GIVEN, spawning
from crossings.dynamics.streams import entity_code
from crossings.errors import InputError

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]


class _Distinct:
    """Arrays kept once each."""

    def __init__(self) -> None:
        self.kept: list[npt.NDArray[np.generic]] = []
        self._number: dict[bytes, int] = {}

    def add(self, table: npt.NDArray[np.generic]) -> int:
        key = np.ascontiguousarray(table).tobytes()
        if key not in self._number:
            self._number[key] = len(self.kept)
            self.kept.append(table)
        return self._number[key]

    def stack(self) -> npt.NDArray[np.generic]:
        return np.stack(self.kept)


def lay_out(
    case: FleeCase,
    quirks: Quirks,
    batch: float,
    grid_km: float,
    laws_from: int = -1,
    ages: bool = False,
) -> Plan:
    """Lay out a case; from so many people on they end their day by a law, never if that is -1.

    With ``ages`` people are told apart by when they set out.

    Raises:
        InputError: the case contradicts itself; a rule lacks what it needs.
    """
    s = case.settings.effective()
    links = roads(case, quirks)
    each_day = days(case, quirks, links)
    people = classes(case, quirks)
    spawn = spawning(case, quirks, each_day)
    population = np.array([p.population for p in case.network.locations], dtype=np.int64)
    if s.take_from_population and s.movechance_pop_scale_factor:
        raise InputError(
            "move_rules: movechance_pop_scale_factor together with take_from_population: expected "
            "one of them"
        )
    scores, numbers = _scores(case, quirks, people, each_day, population)
    ways, ways_on, options_on = _ways(case, quirks, links, each_day)
    kept = case.days * (1 if spawn.way == GIVEN else population.size) if ages else 0
    rules = _rules(case, quirks, batch, grid_km, laws_from, kept)
    link = _columns(links.tail, links.head, fixed(links.km), fixed(links.speed))
    tables = ways | scores
    ready, scene_on = _ready(rules, tables, options_on, numbers[0], case, quirks)
    on = _columns(options_on, *numbers[:3])
    courses, courses_on = ready_courses(
        tables, on, link, links.walk, rules.softening, rules.weight_power
    )
    if scene_on[0] < 0:
        courses_on = scene_on
    nodes = _nodes(case, quirks, rules, tables, options_on, link, links.walk)
    laws = list(map(tuple, _columns(options_on, *numbers[:3]).tolist()))
    laws_number = {law: k for k, law in enumerate(dict.fromkeys(laws))}
    laws_on = [laws_number[law] if nodes["node"].size else -1 for law in laws]
    codes = [entity_code(name) for name in case.network.names]
    harvest = _harvest(case).astype(np.int64)
    return Plan(
        places=population.size,
        kinds=len(people.of),
        homes=people.homes,
        way_in=spawn.way,
        top_speed=int(fixed(s.max_move_speed)),
        walking=int(fixed(s.max_walk_speed)),
        place=_columns(codes, population, spawn.initial),
        link=link,
        walk=links.walk,
        on=_columns(
            ways_on, options_on, *numbers, harvest, spawn.total, scene_on, courses_on, laws_on
        ),
        **ready,
        **courses,
        **nodes,
        **ways,
        **scores,
        home_factor=home_factors(case, quirks),
        share=people.share,
        placed=_placed(case, people),
        rate=np.ascontiguousarray(spawn.rate, dtype=float),
        sink=_sinks(case, quirks),
        farms=np.array([quirks.harvest_by_all or v == "yes" for v in people.values("farmer")]),
        alike=np.array([_alike(people.values("ethnicity")), _alike(people.values("religion"))]),
        rules=rules,
    )


def _columns(*columns: Sequence[int] | I8) -> I8:
    """Whole numbers side by side."""
    return np.ascontiguousarray(np.array(columns, dtype=np.int64).T)


def _rules(
    case: FleeCase,
    quirks: Quirks,
    batch: float,
    grid_km: float,
    laws_from: int,
    ages: int,
) -> Rules:
    s = case.settings.effective()
    plain = not (s.fixed_routes and quirks.fixed_routes_ignore_capacity)
    changing = s.use_pop_for_loc_weight and s.take_from_population
    grid = max(1, int(fixed(grid_km)))
    return Rules(
        softening=s.weight_softening if plain else 0.0,
        weight_power=s.weight_power if plain else 1.0,
        buffer=s.capacity_buffer,
        prune=s.pruning_threshold if plain and s.pruning_threshold >= 1.001 else 0.0,
        capacity=plain,
        on_foot=s.start_on_foot,
        short_stints=s.avoid_short_stints,
        full_speed=quirks.full_speed_on_every_link,
        take=s.take_from_population,
        pop_power=s.pop_power_for_loc_weight if changing else 0.0,
        match_camp=s.match_camp_ethnicity,
        match_faith=s.match_camp_religion,
        match_town=s.match_town_ethnicity,
        match_conflict=s.match_conflict_ethnicity,
        match_population=quirks.camps_match_nobody,
        faith=s.avg_religion_fraction,
        batch=batch,
        grid=grid,
        shift=grid.bit_length() - 1 if grid & (grid - 1) == 0 else -1,
        laws_from=laws_from,
        ages=ages,
    )


def _ready(
    rules: Rules,
    tables: dict[str, Any],
    options_on: list[int],
    attraction_on: list[int],
    case: FleeCase,
    quirks: Quirks,
) -> tuple[dict[str, Any], list[int]]:
    """Weights made ready, unless they differ between members or with more than kind and place."""
    varying = rules.pop_power != 0.0 or rules.match_camp or rules.match_faith
    varying = varying or rules.match_town or rules.match_conflict
    ready, scene_on = ready_choices(
        tables, options_on, attraction_on, rules.softening, rules.weight_power
    )
    if varying or rules.prune > 0.0 or home_factors(case, quirks).size:
        scene_on = [-1] * len(scene_on)
    return ready, scene_on


def _nodes(
    case: FleeCase, quirks: Quirks, rules: Rules, tables: dict[str, Any], options_on: list[int],
    link: I8, walk: F8,
) -> dict[str, Any]:  # fmt: skip
    """The nodes of a day, where nothing but the place and the way made so far matters on it."""
    s = case.settings.effective()
    plain = rules.laws_from >= 0 and not rules.short_stints and not walk.any()
    plain = plain and not (tables["option"][:, 2] > 0).any() and not s.harvest_months
    plain = plain and not home_factors(case, quirks).size

    def on_grid(way: int) -> int:
        return (way + (rules.grid - 1) // 2) // rules.grid * rules.grid

    feet = int(fixed(s.max_walk_speed)) if rules.on_foot else 0
    travel = Travel(link, feet, rules.full_speed, rules.grid, on_grid)
    return ready_nodes(tables, options_on, travel, plain)


def _ways(
    case: FleeCase, quirks: Quirks, links: Roads, each_day: list[Day]
) -> tuple[dict[str, Any], list[int], list[int]]:
    """Open links and options, and their numbers on each day."""
    routes = Routes()
    found: list[Choices] = []
    numbers: dict[object, int] = {}
    ways_number: dict[object, int] = {}
    ways_on, options_on, shut, first_way, way = [], [], [], [], []
    before: Day | None = None
    offset = 0
    for day in each_day:
        turning = day.shutting if links.tail.size > links.ways else np.zeros_like(day.shutting)
        if (day.ways, turning.tobytes()) not in ways_number:
            ways_number[day.ways, turning.tobytes()] = len(ways_number)
            shut.append(SHUT * day.shut + SHUTTING * turning)
            counts = [len(ways) for ways in day.ways]
            first_way.append(offset + np.concatenate(([0], np.cumsum(counts))))
            way += [e for ways in day.ways for e in ways]
            offset = len(way)
        ways_on.append(ways_number[day.ways, turning.tobytes()])
        key: object = (ways_on[-1], day.marker.tobytes())
        if case.settings.fixed_routes:
            key = (key, day.score.tobytes(), b"" if before is None else before.score.tobytes())
        if key not in numbers:
            numbers[key] = len(found)
            found.append(choices(case, quirks, links, day, before, routes))
        options_on.append(numbers[key])
        before = day
    starts = np.cumsum([0, *(c.end.size for c in found[:-1])])
    tables = {
        "shut": np.array(shut, dtype=np.int64),
        "first_way": np.array(first_way, dtype=np.int64),
        "way": np.array(way, dtype=np.int64),
        "first_option": np.array([c.first + o for c, o in zip(found, starts, strict=True)]),
        "option": np.concatenate([_columns(c.end, c.link, c.rest) for c in found]),
        "option_factor": np.concatenate([np.stack((c.near, c.path), axis=1) for c in found]),
        "route": _columns(*routes.tables()),
    }
    return tables, ways_on, options_on


def _scores(
    case: FleeCase,
    quirks: Quirks,
    people: PeopleClasses,
    each_day: list[Day],
    population: I8,
) -> tuple[dict[str, Any], list[list[int]]]:
    """Attractions, chances, flags and capacities, and their numbers on each day."""
    s = case.settings
    tables = {name: _Distinct() for name in ("attraction", "chance", "flags", "room")}
    on: dict[str, list[int]] = {name: [] for name in tables}
    for t, day in enumerate(each_day):
        attracted = attraction(case, quirks, people, day, t)
        if s.use_pop_for_loc_weight and not s.take_from_population:
            power = np.maximum(1, population) ** s.pop_power_for_loc_weight
            attracted = attracted * np.where(day.camp, 1.0, power)
        flags = CAMP * day.camp + TOWN * day.town + CONFLICT * (day.conflict > 0)
        chance = move_chances(case, quirks, people, day, population.astype(float), t)
        row = {
            "attraction": attracted,
            "chance": chance,
            "flags": flags.astype(np.int64),
            "room": day.capacity,
        }
        for name, table in row.items():
            on[name].append(tables[name].add(table))
    return {k: v.stack() for k, v in tables.items()}, list(on.values())


def _placed(case: FleeCase, people: PeopleClasses) -> I8:
    """People of agents.csv: place, kind without and with a farm, how many, (rows, 4)."""
    index = {name: i for i, name in enumerate(case.network.names)}
    rows = []
    for row in case.agents:
        if row.location not in index:
            raise InputError(f"agents: found {row.location!r}, expected a known location")
        kinds = (people.kind(row, farmer="no"), people.kind(row, farmer="yes"))
        rows.append((index[row.location], *kinds, row.people))
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def _sinks(case: FleeCase, quirks: Quirks) -> F8:
    """The probability by which somebody in a camp stops for good on a day, (P,)."""
    if not case.settings.camps_are_sinks or quirks.sinks_ignored:
        return np.zeros(len(case.network.locations))
    return np.array([p.sink or 0.0 for p in case.network.locations])


def _harvest(case: FleeCase) -> npt.NDArray[np.bool_]:
    """Whether a day lies in a month of harvest, (T,)."""
    months = case.settings.harvest_months
    if not months:
        return np.zeros(case.days, dtype=bool)
    if case.start is None:
        raise InputError("harvest_months: expected a start date")
    dates = [case.start + dt.timedelta(days=t) for t in range(case.days)]
    return np.array([date.month in months for date in dates])


def _alike(values: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Which kinds share a value, (K, K)."""
    found = np.array(values)
    return np.asarray(found[:, None] == found[None, :])
