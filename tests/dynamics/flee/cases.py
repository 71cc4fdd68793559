"""Small Flee cases for hypothesis: networks, schedules, traits and options in any combination."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import strategies as st

from crossings.dynamics.flee.records import (
    AgentRow,
    Closure,
    Demographic,
    FleeCase,
    FleeNetwork,
    FleeSchedule,
    FleeTotals,
    Link,
    Location,
    LocationChange,
    Table,
)
from crossings.dynamics.flee.settings import FleeSettings, FloodRules, Quirks

DAYS = 9


@st.composite
def networks(draw: st.DrawFn) -> FleeNetwork:
    """Four to seven places of every kind, joined, with more links than needed."""
    count = draw(st.integers(4, 7))
    kinds = ["conflict", "town", "camp"]
    kinds += draw(
        st.lists(
            st.sampled_from(["conflict", "town", "camp", "idpcamp", "forward", "marker"]),
            min_size=count - 3,
            max_size=count - 3,
        )
    )
    places = []
    for i, kind in enumerate(kinds):
        camp = kind in ("camp", "idpcamp")
        places.append(
            Location(
                name="abcdefg"[i],
                region="rs"[i % 2],
                country="Y" if kind == "camp" else "X",
                x=float(draw(st.integers(-3, 3))),
                y=float(draw(st.integers(-3, 3))),
                kind=kind,  # type: ignore[arg-type]
                population=0 if camp else draw(st.integers(500, 900)),
                capacity=draw(st.sampled_from([-1, 30, 60, 1000])) if camp else -1,
                intensity=draw(st.sampled_from([None, 0.5])),
                initial_idps=draw(st.integers(0, 5)) if camp else 0,
                capacity_per_day=draw(st.sampled_from([0, 0, 2])) if camp else 0,
                sink=0.2,
                farmer_fraction=0.5,
                trade_volume=0.5,
                hdi=0.7,
            )
        )
    pairs = [(i, draw(st.integers(0, i - 1))) for i in range(1, count)]
    pairs += [(i, draw(st.integers(0, i - 1))) for i in range(2, count) if draw(st.booleans())]
    links = tuple(
        Link(
            "abcdefg"[i],
            "abcdefg"[j],
            float(draw(st.integers(20, 350))),
            draw(st.sampled_from([0, 0, 1, 2])),
            draw(st.sampled_from([None, None, 120.0])),
            draw(st.sampled_from([0.0, 0.0, 0.3])),
        )
        for i, j in pairs
    )
    major = (("a", "b"),) if (1, 0) in pairs else ()
    return FleeNetwork(tuple(places), links, major)


@st.composite
def schedules(draw: st.DrawFn, network: FleeNetwork) -> FleeSchedule:
    """Conflicts that come, change and go; a closure of any kind; a change of type."""
    names = network.names
    values = np.zeros((DAYS, len(names)))
    values[:, 0] = 1.0
    for j in range(1, len(names)):
        if draw(st.integers(0, 3)) == 0:
            start, end = sorted(draw(st.tuples(st.integers(0, DAYS), st.integers(0, DAYS))))
            values[start:end, j] = draw(st.sampled_from([0.4, 1.0]))
            values[(start + end) // 2 : end, j] *= 0.5
    link = network.links[draw(st.integers(0, len(network.links) - 1))]
    closures = draw(
        st.sampled_from(
            [
                (),
                (Closure("country", "X", "Y", 3, 6),),
                (Closure("location", link.name1, "", 2, 5),),
                (Closure("link", link.name1, link.name2, 1, -1),),
                (Closure("camp", "c", "", 0, 4),),
            ]
        )
    )
    changes = draw(st.sampled_from([(), (LocationChange("b", "camp", 3),)]))
    return FleeSchedule(closures, changes, Table(names, values))


@st.composite
def cases(draw: st.DrawFn) -> tuple[FleeCase, Quirks]:
    """A case of about 150 people and quirks: half of the options on, in any combination."""
    network = draw(networks())
    schedule = draw(schedules(network))
    s = draw(settings())
    if s.flood_rules is not None:
        levels = np.zeros((DAYS + 4, 2))
        levels[2:7] = draw(st.sampled_from([1.0, 2.0]))
        schedule = FleeSchedule(
            schedule.closures, schedule.location_changes, None, Table(("a", "b"), levels)
        )
    if s.flee_when_starving or s.avoid_food_deprived_locations or s.starvation_driven_spawning:
        ipc = np.linspace([10.0, 60.0], [50.0, 20.0], DAYS)
        schedule = FleeSchedule(
            schedule.closures,
            schedule.location_changes,
            schedule.conflicts,
            schedule.floods,
            Table(("r", "s"), ipc),
        )
    camps = {
        p.name: np.cumsum([5, *[10] * (DAYS - 1)]) for p in network.locations if "camp" in p.kind
    }
    total = np.sum(list(camps.values()), axis=0) if camps else np.arange(DAYS)
    totals = FleeTotals(total, camps)
    newcomers = draw(st.sampled_from([None, np.array([60, 0, 40, 0, 30, 0, 10, 0, 0])]))
    agents = (
        AgentRow("b", (("age", "17"), ("gender", "m"), ("ethnicity", "p")), 6),
        AgentRow("a", (), 4),
    )
    case = FleeCase(
        network,
        s,
        DAYS,
        dt.date(2020, 6, 26),
        schedule,
        totals,
        newcomers,
        demographics=_demographics(),
        agents=agents if draw(st.booleans()) else (),
    )
    return case, draw(st.sampled_from([Quirks(), Quirks.flee()]))


def _demographics() -> tuple[Demographic, ...]:
    return (
        Demographic("age", ("8", "17", "40", "70"), (3.0, 2.0, 4.0, 1.0), {}),
        Demographic("gender", ("f", "m"), (0.5, 0.5), {"a": (0.2, 0.8)}),
        Demographic("ethnicity", ("p", "q"), (0.7, 0.3), {}),
        Demographic("religion", ("u", "v"), (0.4, 0.6), {}),
        Demographic("floodawareness", ("0", "1"), (0.5, 0.5), {}),
    )


@st.composite
def settings(draw: st.DrawFn) -> FleeSettings:
    """Settings of any combination of options that Flee allows together."""

    def maybe(odds: int = 3) -> bool:
        return draw(st.integers(0, odds)) == 0

    mode = draw(st.sampled_from(["totals", "totals", "conflict", "flood"]))
    spawn = draw(st.sampled_from(["constant", "poisson", "pop_ratio"]))
    flood = mode == "flood"
    take = flood or maybe()
    fixed = maybe(5)
    return FleeSettings(
        take_from_population=take,
        insert_day0=not maybe(),
        empty_camps_on_day0=maybe(),
        camps_are_sinks=maybe(),
        sum_from_camps=not maybe(),
        starvation_driven_spawning=maybe(5),
        conflict_spawn_decay=draw(st.sampled_from([(), (1.0, 0.5, 0.25)])),
        conflict_spawn_decay_interval=3,
        conflict_driven=spawn if mode == "conflict" else None,  # type: ignore[arg-type]
        displaced_per_conflict_day=0.03 if spawn == "pop_ratio" else 14.0,
        flood_driven=spawn if flood else None,  # type: ignore[arg-type]
        displaced_per_flood_day=(0.0, 0.03, 0.05) if spawn == "pop_ratio" else (0.0, 12.0, 15.0),
        max_move_speed=draw(st.sampled_from([150.0, 360.0])),
        foreign_weight=draw(st.sampled_from([1.0, 2.0])),
        camp_weight=draw(st.sampled_from([1.0, 2.0])),
        camp_movechance=0.05,
        awareness_level=draw(st.sampled_from([1, 1, 2, 3])),
        capacity_buffer=draw(st.sampled_from([0.9, 0.5])),
        avoid_short_stints=maybe(1),
        start_on_foot=maybe(),
        softening=draw(st.sampled_from([10.0, 50.0])),
        weight_softening=draw(st.sampled_from([0.0, 0.2])),
        weight_power=draw(st.sampled_from([1.0, 1.5])),
        distance_power=draw(st.sampled_from([1.0, 0.75])),
        stay_close_to_home=maybe(),
        use_pop_for_loc_weight=maybe(),
        movechance_pop_scale_factor=0.1 if not take and maybe() else 0.0,
        pruning_threshold=draw(st.sampled_from([1.0, 1.0, 3.0])),
        women_avoid_hazards=maybe(),
        children_avoid_hazards=maybe(),
        elderly_avoid_hazards=maybe(),
        boys_take_risk=maybe(),
        match_camp_religion=maybe(5),
        match_camp_ethnicity=maybe(5),
        match_town_ethnicity=maybe(5),
        match_conflict_ethnicity=maybe(5),
        fixed_routes=fixed,
        use_economic_pull=maybe(),
        harvest_months=(7,) if maybe(4) else (),
        flee_when_starving=maybe(5),
        avoid_food_deprived_locations=maybe(5),
        flood_rules=FloodRules(
            movechances=(0.0, 0.4, 0.8),
            loc_weights=(1.0, 0.6, 0.3),
            forecaster=maybe(1),
            forecaster_timescale=3,
            forecaster_weights=(1.0,) * (DAYS + 4),
            forecaster_end_time=DAYS,
            awareness_weights=(0.8, 1.2),
        )
        if flood
        else None,
    )
