from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
import xarray as xr

import crossings as cx
from crossings.dynamics import rule_sets
from crossings.dynamics.native_rates import NativeRates
from crossings.dynamics.population import residents
from crossings.dynamics.roads import night_share, openness, outward_edges
from crossings.dynamics.simulation import simulate
from crossings.errors import InputError
from crossings.situation.catalogue import bundled, load
from crossings.situation.folder import new_folder
from crossings.situation.records import Claim, Event, Place, Route, Situation

START = dt.datetime(2030, 5, 1, tzinfo=dt.UTC)
EARLY = START - dt.timedelta(days=30)


def a_place(id: str, kind: Any) -> Place:
    return Place(id=id, name=id.title(), kind=kind, known_at=EARLY)


def a_route(id: str, start: str, end: str, **other: Any) -> Route:
    known = {"distance_km": 40, "speed_kmh": 40, "known_at": EARLY}
    return Route(id=id, from_place=start, to_place=end, **{**known, **other})


def a_claim(id: str, place: str, people: float | None, **other: Any) -> Claim:
    plain = {"measure": "population", "counting": "stock", "sources": "Census", "known_at": EARLY}
    return Claim(id=id, place=place, low=people, high=people, **{**plain, **other})


def an_event(id: str, kind: Any, hour: float, **other: Any) -> Event:
    return Event(id=id, kind=kind, time=START + dt.timedelta(hours=hour), known_at=START, **other)


def border(**other: Any) -> Situation:
    """Two towns, one crossing, a reception and a camp behind it."""
    tables: dict[str, Any] = {
        "places": (
            a_place("upper", "origin"),
            a_place("lower", "origin"),
            a_place("bridge", "crossing"),
            a_place("hall", "reception"),
            a_place("camp", "camp"),
        ),
        "routes": (
            a_route("upper--lower", "upper", "lower", both_ways=True),
            a_route("lower--bridge", "lower", "bridge", both_ways=True),
            a_route("bridge--hall", "bridge", "hall", both_ways=True),
            a_route("hall--camp", "hall", "camp"),
        ),
        "claims": (a_claim("p-all", "all", 50_000), a_claim("p-upper", "upper", 10_000)),
    }
    return Situation(id="s", title="S", start=START, **{**tables, **other})


def everybody(run: xr.Dataset) -> xr.DataArray:
    there = (run["present"] + run["queue"]).sum("place")
    return run["home"] + run["waiting"] + run["travelling"] + there


@pytest.mark.parametrize("name", bundled())
@pytest.mark.parametrize("exact", [True, False], ids=["exact", "smooth"])
def test_bundled_situations_keep_their_people(name: str, exact: bool) -> None:
    run = simulate(load(name), members=40, days=10, exact=exact)
    total = everybody(run)
    assert (total == total.isel(time=0)).all()
    for table in run.data_vars.values():
        assert table.dtype == np.int64
        assert int(table.min()) >= 0
    assert (run["arrived"].diff("time") >= 0).all()
    assert set(run["present"].dims) == {"member", "time", "place"}
    assert run["time"].diff("time").max() <= np.timedelta64(24, "h")
    assert run.attrs["rules"] == "native"
    assert run.attrs["tier"] == load(name).tier
    assert "people at all, as of" in run.attrs["population"]
    assert all(table.attrs["units"] == "people" for table in run.data_vars.values())


def test_the_public_name_chooses_between_this_and_other_rules() -> None:
    assert cx.simulate is rule_sets.simulate


def test_the_same_seed_gives_the_same_bits_in_any_company() -> None:
    one, two = (simulate(border(), members=20, days=3, seed=5) for _ in range(2))
    assert one.identical(two)
    more = simulate(border(), members=30, days=3, seed=5)
    assert one["arrived"].equals(more["arrived"].isel(member=slice(20)))
    other = simulate(border(), members=20, days=3, seed=6)
    assert not one["arrived"].equals(other["arrived"])


def test_batches_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = simulate(border(), members=20, days=2)
    monkeypatch.setattr("crossings.dynamics.simulation.BATCH", 1000)
    assert whole.identical(simulate(border(), members=20, days=2))


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one processor")
def test_bits_do_not_depend_on_threads() -> None:
    runs = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        runs.append(simulate(border(), members=20, days=3))
    assert runs[0].identical(runs[1])


def test_a_place_apart_moves_nobody_else() -> None:
    plain = border()
    more = plain.model_copy(update={"places": (a_place("island", "town"), *plain.places)})
    one, two = (simulate(s, members=20, days=3) for s in (plain, more))
    assert one["arrived"].equals(two["arrived"].sel(place=one["place"]))


def test_nobody_passes_while_the_crossing_is_shut() -> None:
    acts = (
        an_event("shut", "closure", -5, place="bridge"),
        an_event("open", "opening", 72, place="bridge"),
    )
    rates = NativeRates(start_hours=1.0, departure_rate=0.1)
    run = simulate(border(events=acts), members=50, days=6, rates=rates)
    hall = run["arrived"].sel(place="hall")
    hours = (run["time"] - np.datetime64(START.replace(tzinfo=None))) / np.timedelta64(1, "h")
    assert (hall.where(hours <= 72, 0) == 0).all()
    assert hall.isel(time=-1).median() > 0
    # With no way open they wait at home; nobody joins a queue.
    assert run["waiting"].where(hours == 72, drop=True).median() > 0


def test_members_are_alike_without_spread() -> None:
    rates = NativeRates(spread=0.0, intensity_sd=0.0, capacity_sd=0.0, start_hours=1.0)
    run = simulate(border(), members=200, days=5, rates=rates)
    assert (everybody(run) == 50_000).all()
    left = run["home"].isel(time=-1)
    # 25,000 would leave; their decisions are coins, the rates the same.
    assert 0 < float(left.std()) < 3 * np.sqrt(25_000 / 4)


def test_more_capacity_brings_more_over() -> None:
    narrow, wide = (
        simulate(border(), members=50, days=7, rates=NativeRates(capacity=c, departure_rate=0.1))
        for c in (20.0, 2000.0)
    )
    over = [float(r["arrived"].sel(place="hall").isel(time=-1).mean()) for r in (narrow, wide)]
    assert over[1] > 1.5 * over[0]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ((a_claim("t", "all", 900),), [450, 450]),
        ((a_claim("t", "all", 900), a_claim("u", "upper", 300)), [300, 600]),
        ((a_claim("t", "all", 900), a_claim("u", "upper", 1000)), [450, 450]),
        (
            (a_claim("t", "all", 900), a_claim("u", "upper", 10), a_claim("l", "lower", 20)),
            [300, 600],
        ),
        ((a_claim("u", "upper", 10), a_claim("l", "lower", 20)), [10, 20]),
        ((a_claim("u", "upper", 10),), [10, 0]),
    ],
)
def test_origins_share_the_stated_population(
    claims: tuple[Claim, ...], expected: list[float]
) -> None:
    told = residents(border(claims=claims))
    assert list(told.people.values()) == pytest.approx(expected)
    assert len(told.told) == len(claims)


def test_the_population_is_the_newest_at_the_start() -> None:
    def days(number: int) -> dt.datetime:
        return START + dt.timedelta(days=number)

    claims = (
        a_claim("old", "all", 1, as_of=days(-900)),
        a_claim("new", "all", 2, as_of=days(-9)),
        a_claim("later", "all", 3, as_of=days(2)),
        a_claim("latest", "all", 4, as_of=days(5)),
        a_claim("proposed", "all", 5, as_of=days(-1), review="proposed"),
        a_claim("households", "all", 6, as_of=days(-1), unit="households"),
    )
    assert sum(residents(border(claims=claims)).people.values()) == 2
    assert sum(residents(border(claims=claims[2:])).people.values()) == 3
    assert residents(border(claims=claims)).told[0].endswith("(Census) [new]")


def test_as_of_hides_what_was_not_known() -> None:
    late = a_claim("late", "all", 7, known_at=START + dt.timedelta(days=9), as_of=EARLY)
    known = border(claims=(late, a_claim("p", "all", 1000)))
    assert "[late]" in simulate(known, members=2, days=1).attrs["population"]
    assert "[late]" not in simulate(known, members=2, days=1, as_of=START).attrs["population"]


def test_people_in_flight_do_not_walk_back() -> None:
    edges = outward_edges(border())
    assert [(e.tail, e.head, e.limited) for e in edges] == [
        ("upper", "lower", False),
        ("lower", "bridge", False),
        ("bridge", "hall", True),
        ("hall", "camp", False),
    ]


def test_a_crossing_without_a_way_on_is_limited_before_it() -> None:
    routes = (a_route("r", "lower", "bridge", both_ways=True),)
    (edge,) = outward_edges(border(routes=routes))
    assert (edge.tail, edge.head, edge.limited) == ("lower", "bridge", True)


def test_openness_counts_parts_of_steps() -> None:
    acts = (
        an_event("shut", "closure", 1.5, route="hall--camp"),
        an_event("open", "opening", 8, place="camp"),
        an_event("blocked", "blockade", 10, place="bridge"),
    )
    one = border(events=acts)
    edges = tuple(outward_edges(one))
    found = dict(zip([e.id for e in edges], openness(one, edges, START, 4, 3.0).T, strict=True))
    assert found["hall--camp"] == pytest.approx([0.5, 0, 1 / 3, 1])
    assert found["lower--bridge"] == pytest.approx([1, 1, 1, 1 / 3])
    assert found["bridge--hall"] == pytest.approx([1, 1, 1, 1 / 3])
    assert found["upper--lower"] == pytest.approx([1, 1, 1, 1])


def test_nights_are_local() -> None:
    one = border(time_zone="Asia/Yerevan")  # four hours ahead of UTC
    assert night_share(one, START, 24, 1.0).tolist() == [1.0] * 3 + [0.0] * 13 + [1.0] * 8
    assert night_share(one, START, 1, 24.0) == pytest.approx([11 / 24])


def test_a_new_folder_can_be_simulated(tmp_path: Path) -> None:
    new_folder(tmp_path / "mine")
    run = simulate(load(tmp_path / "mine"), members=50, days=4)
    assert float(run["arrived"].sel(place="southtown").isel(time=-1).mean()) > 0


@pytest.mark.parametrize(
    ("changes", "arguments", "told"),
    [
        ({}, {"days": 0}, "days: found 0, expected a whole number from 1 to 180"),
        ({}, {"days": 400}, "days: found 400"),
        ({}, {"members": 0}, "members: found 0"),
        ({}, {"seed": -1}, "seed: found -1"),
        ({}, {"step_hours": 7}, "step: found 7 hours"),
        ({}, {"step_hours": 0.5}, "step: found 0.5 hours"),
        ({}, {"members": 100_000, "days": 180}, "expected at most 4 GiB"),
        ({"places": (a_place("bridge", "crossing"),)}, {}, "no place of kind 'origin'"),
        ({"claims": ()}, {}, "found no accepted claim of 'population'"),
        ({"routes": ()}, {}, "no route that leads out of an origin"),
    ],
)
def test_bad_input_is_told(changes: dict[str, Any], arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        simulate(border(**changes), **arguments)


@pytest.mark.parametrize(
    ("rate", "value"), [("night", 1.2), ("capacity", 0.0), ("spread", -1.0), ("ramp_hours", np.nan)]
)
def test_rates_out_of_range_are_told(rate: str, value: float) -> None:
    with pytest.raises(InputError, match=f"rates: {rate}: found {value}"):
        NativeRates(**{rate: value})
