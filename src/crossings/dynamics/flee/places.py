"""What holds at each place on each day: type, conflict, flood, move chance, score, open links.

None of it differs between members. :class:`Day` lists it for one day, :func:`days` walks
through the schedules in the order of Flee's day: changes of type, conflicts or floods, closures,
then the scores.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from crossings.dynamics.flee.floods import flood_value, forecasting, on_day, sum_of_forecast
from crossings.dynamics.flee.records import Closure, FleeCase, LocationKind
from crossings.dynamics.flee.settings import Quirks
from crossings.errors import InputError

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NO_CONFLICT = 1e-6
"""Intensities up to this are no conflict."""


@dataclasses.dataclass(frozen=True)
class Roads:
    """Directed links: ``tail``, ``head``, ``speed`` (km a day), ``walk`` (probability), ``km``.

    The first ``ways`` of them may be taken. With the quirk that shutting a link turns people back
    each has a copy that is never open, in the same order behind them: there go those who are on a
    link when it is shut.
    """

    ways: int
    tail: I8
    head: I8
    km: F8
    speed: F8
    walk: F8


def roads(case: FleeCase, quirks: Quirks) -> Roads:
    """Both directions of every row of routes.csv, one after the other."""
    index = {name: i for i, name in enumerate(case.network.names)}
    rows: list[tuple[int, int, float, float, float]] = []
    for link in case.network.links:
        a, b = index[link.name1], index[link.name2]
        speed = link.max_move_speed or case.settings.effective().max_move_speed
        twice = link.forced_redirection == 1 and quirks.redirection_doubles_links
        for _ in range(2 if twice else 1):
            rows.append((a, b, link.distance, speed, link.walk_probability))
            rows.append((b, a, link.distance, speed, link.walk_probability))
    ways = len(rows)
    closures = (c for c in case.schedule.closures if c.kind not in ("camp", "idpcamp"))
    if quirks.shutting_turns_back and any(c.start >= 0 and c.end >= c.start for c in closures):
        rows += rows
    table = np.array(rows, dtype=float).reshape(-1, 5)
    return Roads(
        ways=ways,
        tail=table[:, 0].astype(np.int64),
        head=table[:, 1].astype(np.int64),
        km=table[:, 2].copy(),
        speed=table[:, 3].copy(),
        walk=table[:, 4].copy(),
    )


@dataclasses.dataclass(frozen=True)
class Day:
    """One day, for places (P): what decisions look at.

    ``conflict``: intensity, 0 without one. ``decayed``: intensity times decay. ``base_chance``:
    move chance of the type. ``score``: the base score. ``starving``: IPC / 100. ``flood``: level.
    ``ways``: for each place its open links in order. ``forecast``: the sum F of each place, and
    ``forecast_now`` the same with the weight of the current level. For links (L): ``shut`` now, and
    ``shutting`` on this day.
    """

    camp: Flags
    idp: Flags
    town: Flags
    marker: Flags
    flood_zone: Flags
    conflict: F8
    decayed: F8
    base_chance: F8
    capacity: F8
    score: F8
    starving: F8
    flood: F8
    forecast: F8
    forecast_now: F8
    ways: tuple[tuple[int, ...], ...]
    shut: Flags
    shutting: Flags


class _World:
    """The places as they change from day to day."""

    def __init__(self, case: FleeCase, quirks: Quirks, links: Roads) -> None:
        self.case, self.quirks, self.links = case, quirks, links
        self.settings = case.settings.effective()
        places = case.network.locations
        self.index = {p.name: i for i, p in enumerate(places)}
        count = len(places)
        self.camp, self.idp, self.town, self.marker, self.flood_zone = (
            np.zeros(count, dtype=bool) for _ in range(5)
        )
        self.conflict = np.zeros(count)
        self.since = np.full(count, -1)
        self.chance = np.ones(count)
        self.capacity = np.array([p.capacity for p in places], dtype=float)
        if quirks.capacity_less_day0 and self.settings.insert_day0 and case.totals is not None:
            start = {name: int(series[0]) for name, series in case.totals.camps.items()}
            seen = np.array([start.get(p.name, 0) for p in places], dtype=float)
            self.capacity = np.where(self.capacity > 0, self.capacity - seen, self.capacity)
        self.foreign = np.array([p.country != places[0].country for p in places])
        for i, place in enumerate(places):
            kind: LocationKind = place.kind
            intensity = 1.0 if place.intensity is None else place.intensity
            if kind == "conflict" and place.conflict_date > 0:
                kind = "town"
            self.set_kind(i, kind, intensity)
            if self.chance[i] < 0.005 and not self.camp[i] and not self.flood_zone[i]:
                self.camp[i] = True
        self.open: list[list[int]] = [[] for _ in range(count)]
        self.closed: list[list[int]] = [[] for _ in range(count)]
        for e, tail in enumerate(links.tail[: links.ways]):
            self.open[tail].append(e)
        self.shutting = np.zeros(links.tail.size, dtype=bool)

    def set_kind(self, i: int, kind: LocationKind, intensity: float) -> None:
        s = self.settings
        for flags in (self.camp, self.idp, self.town, self.marker, self.flood_zone):
            flags[i] = False
        self.conflict[i] = 0.0
        self.camp[i] = kind in ("camp", "idpcamp")
        self.idp[i] = kind == "idpcamp"
        self.town[i] = kind == "town"
        self.marker[i] = kind == "marker"
        self.flood_zone[i] = kind == "flood_zone"
        if kind == "conflict":
            self.conflict[i] = intensity
        self.chance[i] = {
            "camp": s.camp_movechance,
            "idpcamp": s.idpcamp_movechance,
            "conflict": s.conflict_movechance,
            "forward": 1.0,
            "marker": 1.0,
            "flood_zone": s.default_movechance,
            "town": s.default_movechance,
        }[kind]

    def change_kinds(self, t: int) -> None:
        for change in self.case.schedule.location_changes:
            if change.day == t:
                intensity = float(int(self.settings.default_conflict_intensity))
                if not self.quirks.intensity_kept_from_onset:
                    intensity = self.settings.default_conflict_intensity
                self.set_kind(self.index[change.name], change.kind, intensity)

    def change_conflicts(self, t: int) -> None:
        table = self.case.schedule.conflicts
        if table is None:
            return
        for name, column in zip(table.names, table.values.T, strict=True):
            i, now = self.index[name], column[t]
            before = column[t - 1] if t > 0 else 0.0
            if before <= NO_CONFLICT < now:
                self.conflict[i], self.since[i] = now, t
                self.chance[i] = self.settings.conflict_movechance
                self.town[i] = False
            elif now <= NO_CONFLICT < before:
                self._end_conflict(i)
            elif now > NO_CONFLICT and not self.quirks.intensity_kept_from_onset:
                self.conflict[i] = now

    def _end_conflict(self, i: int) -> None:
        s = self.settings
        self.conflict[i] = 0.0
        if self.camp[i] and not self.quirks.town_after_conflict:
            self.chance[i] = s.idpcamp_movechance if self.idp[i] else s.camp_movechance
            return
        self.town[i] = True
        self.chance[i] = s.default_movechance

    def close_and_open(self, t: int) -> None:
        self.shutting = np.zeros(self.shutting.size, dtype=bool)
        for closure in self.case.schedule.closures:
            if closure.start == t:
                self._enact(closure, shut=True)
            if closure.end == t:
                self._enact(closure, shut=False)

    def _enact(self, closure: Closure, shut: bool) -> None:
        if closure.kind in ("camp", "idpcamp"):
            i = self.index[closure.name1]
            if shut:
                self.camp[i] = self.idp[i] = False
                self.town[i] = True
                self.chance[i] = self.settings.default_movechance
            else:
                self.set_kind(i, closure.kind, 0.0)
            return
        if closure.kind == "link" and self.quirks.link_closures_ignored:
            return
        touched = self._touched(closure)
        source, target = (self.open, self.closed) if shut else (self.closed, self.open)
        for i, ways in enumerate(source):
            moved = [e for e in ways if touched[e]]
            if moved:
                source[i] = [e for e in ways if not touched[e]]
                target[i].extend(moved)
                self.shutting[moved] |= shut

    def _touched(self, closure: Closure) -> Flags:
        """The directed links that a closure speaks of."""
        tail, head = self.links.tail, self.links.head
        if closure.kind == "country":
            countries = np.array([p.country for p in self.case.network.locations])
            a, b = countries[tail], countries[head]
            one, two = closure.name1, closure.name2
        else:
            for name in (closure.name1, *((closure.name2,) if closure.kind == "link" else ())):
                if name not in self.index:
                    raise InputError(f"closures: found {name!r}, expected a known location")
            a, b = tail, head
            if closure.kind == "location":
                return np.asarray(
                    (a == self.index[closure.name1]) | (b == self.index[closure.name1])
                )
            one, two = self.index[closure.name1], self.index[closure.name2]  # type: ignore[assignment]
        return np.asarray(((a == one) & (b == two)) | ((a == two) & (b == one)))

    def decay(self, t: int) -> F8:
        """The decay of each conflict since its onset."""
        steps = self.settings.conflict_spawn_decay
        if not steps:
            return np.ones(self.conflict.size)
        age = (t - self.since) // self.settings.conflict_spawn_decay_interval
        return np.asarray(np.array(steps)[np.minimum(age, len(steps) - 1)])


def days(case: FleeCase, quirks: Quirks, links: Roads) -> list[Day]:
    """What holds on each day of a case.

    Raises:
        InputError: a schedule names an unknown location or has too few days, or a rule lacks a
            value it needs.
    """
    _check(case, quirks)
    world = _World(case, quirks, links)
    found: list[Day] = []
    for t in range(case.days):
        world.change_kinds(t)
        if case.settings.flood_rules is None:
            world.change_conflicts(t)
        world.close_and_open(t)
        found.append(_day(world, t, found[-1] if found else None))
    return found


def _check(case: FleeCase, quirks: Quirks) -> None:
    s = case.settings
    known = set(case.network.names)
    if s.awareness_level == 0 and not quirks.awareness_zero_freezes:
        raise InputError("awareness_level: found 0, by which nobody moves, expected 1, 2 or 3")
    if s.two_system_decision_making:
        raise InputError(
            "two_system_decision_making: found true, expected false: Flee 3.1 cannot switch it on"
        )
    schedule = case.schedule
    tables = {"conflicts": schedule.conflicts, "floods": schedule.floods, "ipc": schedule.ipc}
    for name, table in tables.items():
        if table is None:
            continue
        if len(table.values) < case.days:
            raise InputError(f"{name}: found {len(table.values)} days, expected {case.days}")
        for column in table.names:
            if name != "ipc" and column not in known:
                raise InputError(f"{name}: found {column!r}, expected a known location")
    for change in schedule.location_changes:
        if change.name not in known:
            raise InputError(f"location changes: found {change.name!r}, expected a known location")
    for closure in schedule.closures:
        if closure.kind in ("camp", "idpcamp") and closure.name1 not in known:
            raise InputError(f"closures: found {closure.name1!r}, expected a known location")


def _day(world: _World, t: int, before: Day | None) -> Day:
    case, s = world.case, world.settings
    places = case.network.locations
    starving = on_day(case.schedule.ipc, [p.region for p in places], t) / 100.0
    flood = np.zeros(len(places))
    forecast = forecast_now = np.zeros(len(places))
    if s.flood_rules is not None:
        flood = on_day(case.schedule.floods, case.network.names, t)
        forecast, forecast_now = sum_of_forecast(case, s.flood_rules, t, flood)
    world.capacity += np.array([max(0, p.capacity_per_day) for p in places])
    decayed = world.conflict * world.decay(t)
    lists = tuple(tuple(ways) for ways in world.open)
    shut = np.zeros(world.links.tail.size, dtype=bool)
    shut[[e for ways in world.closed for e in ways]] = True
    shut[world.links.ways :] = True
    same = before is not None and before.ways == lists
    return Day(
        camp=world.camp.copy(),
        idp=world.idp.copy(),
        town=world.town.copy(),
        marker=world.marker.copy(),
        flood_zone=world.flood_zone.copy(),
        conflict=world.conflict.copy(),
        decayed=decayed,
        base_chance=world.chance.copy(),
        capacity=world.capacity * s.capacity_scaling,
        score=_score(world, t, decayed, starving, flood),
        starving=starving,
        flood=flood,
        forecast=forecast,
        forecast_now=forecast_now,
        ways=before.ways if before is not None and same else lists,
        shut=before.shut if before is not None and same else shut,
        shutting=world.shutting,
    )


def _score(world: _World, t: int, decayed: F8, starving: F8, flood: F8) -> F8:
    """The base score of every place (section 6 of the rules)."""
    s, places = world.settings, world.case.network.locations
    score = np.ones(len(places))
    if s.use_economic_pull:
        for i in np.flatnonzero(world.foreign):
            trade, hdi = places[i].trade_volume, places[i].hdi
            if trade is None or hdi is None:
                raise InputError(
                    f"locations: {places[i].name}: expected trade_volume and hdi, which "
                    "use_economic_pull needs of every foreign location"
                )
            score[i] = 1.0 + trade + hdi**2
    score[world.foreign] *= s.foreign_weight
    if s.avoid_food_deprived_locations and t > 0:
        score *= np.where(world.foreign, 1.0, 1.0 - starving**2)
    score[world.camp] *= s.camp_weight
    score *= np.where(world.conflict > 0, s.conflict_weight**decayed, 1.0)
    rules = s.flood_rules
    if rules is not None and world.quirks.flood_weighs_twice:
        weight = flood_value(rules.loc_weights, flood, "flood_loc_weights")
        score *= np.where(world.flood_zone & (flood > 0), weight, 1.0)
    if forecasting(rules, t) and world.quirks.forecast_of_no_flood_freezes:
        score[world.flood_zone] = 0.0
    return score
