"""Run the native rules forward over the whole road network of a situation: what could happen.

No figure of arrivals enters: a simulation shows what the rules do under plain rates, a forecast
(:mod:`crossings.forecast`) conditions them on what was reported. The members differ in their rates,
by lognormal factors, and in their luck; all of it is addressed by ids, so that an added place moves
nobody else's history.
"""

from __future__ import annotations

import datetime as dt
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from crossings.dynamics import drivers, engine
from crossings.dynamics.layout import Layout, layout
from crossings.dynamics.native_rates import (
    CHOICE_SPREAD,
    GATE_SPREAD,
    NativeRates,
    factors,
    values_of,
)
from crossings.dynamics.network import Network, build
from crossings.dynamics.population import Residents, residents
from crossings.dynamics.roads import night_share, openness, outward_edges
from crossings.dynamics.streams import entity_code, normals
from crossings.errors import InputError
from crossings.situation.records import Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

MOST_DAYS = 180
MOST_MEMBERS = 100_000
MOST_BYTES = 4 * 1024**3
"""The largest result, in bytes."""

RECORD_HOURS = 6.0
"""Counts are kept this often, or at every step if steps are longer."""

BATCH = 20_000_000
"""Normals in memory at once: members run in batches of at most so many."""

PATH = 102
"""Purpose of the draws of paths (see :data:`.native_rates.RATE`)."""


class _Plan(NamedTuple):
    """What all members share: the network, the steps, what is open when, who lives where."""

    network: Network
    layout: Layout
    people: tuple[float, ...]
    start: dt.datetime
    step_hours: float
    codes: I8
    open: F8
    night: F8
    first_open: float
    record: I8


def simulate(
    situation: Situation,
    members: int = 1000,
    seed: int = 1,
    days: int = 14,
    step_hours: float | None = None,
    as_of: str | dt.date | dt.datetime | None = None,
    exact: bool = True,
    rates: NativeRates | None = None,
    first_member: int = 0,
) -> xr.Dataset:
    """Simulate a situation from its start, by the native rules.

    Args:
        situation: the crisis; its claimed populations, routes, closures and openings are used.
        members: how many histories, 1 to 100,000.
        seed: the same seed gives the same bits, with any number of threads.
        days: how long, 1 to 180.
        step_hours: length of a step, 1 to 24 and a divisor of 24; default that of the situation.
        as_of: use only what was known at that moment (a bare date: the end of that day).
        exact: exact binomials, or the smooth ones of the forecast's sampler.
        rates: the rates' medians, :class:`NativeRates` by default.
        first_member: the number of the first history: a run may be made in parts.

    Returns:
        Whole people with dimensions ``(member, time, place)``: ``arrived`` (cumulative),
        ``present`` (who came there and has not gone on), ``queue`` (before the ways out of the
        place), and with ``(member, time)``: ``home`` (those who never leave included), ``waiting``
        (decided, not yet on the way), ``travelling``. ``home + waiting +
        travelling`` and ``present + queue`` of all places add up to the same number at every time.
        ``time`` is in UTC, every 6 hours.

    Raises:
        InputError: an argument is out of range; the situation has no origin, no route out of one or
            no claimed population; the result would be larger than 4 GiB.
    """
    _check_range("members", members, 1, MOST_MEMBERS)
    _check_range("days", days, 1, MOST_DAYS)
    if not 0 <= seed < 2**63:
        raise InputError(f"seed: found {seed}, expected a whole number from 0 to 2^63 - 1")
    known = situation if as_of is None else situation.as_of(as_of)
    rates = NativeRates() if rates is None else rates
    told = residents(known)
    plan = _plan(known, told, rates, days, step_hours or known.step_hours)
    places = len(plan.network.places)
    size = 8 * members * plan.record.size * (3 * places + 3)
    if size > MOST_BYTES:
        raise InputError(
            f"simulation: found {members} members, {plan.record.size} times and {places} places, "
            f"{size / 1024**3:.1f} GiB in all; expected at most {MOST_BYTES // 1024**3} GiB"
        )
    per_member = plan.codes.size * (1 + 3 * plan.network.gates)
    batch = max(1, BATCH // per_member)
    runs = [
        _run(plan, rates, first_member + np.arange(first, min(first + batch, members)), seed, exact)
        for first in range(0, members, batch)
    ]
    run = xr.concat(runs, dim="member") if len(runs) > 1 else runs[0]
    run.attrs = {
        "title": known.title,
        "situation": known.id,
        "rules": "native",
        "totals": "modelled",
        "table": "arrived",
        "binomials": "exact" if exact else "smooth",
        "seed": seed,
        "start": plan.start.isoformat(),
        "start_utc": plan.start.astimezone(dt.UTC).replace(tzinfo=None).isoformat(),
        "as_of": "" if as_of is None else known.moment(as_of).isoformat(),
        "step_hours": plan.step_hours,
        "tier": known.tier,
        "population": "\n".join(told.told),
        "source": f"crossings {version('crossings')}",
        "licence": known.licence,
    }
    return run


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high or value != int(value):
        raise InputError(f"{name}: found {value}, expected a whole number from {low} to {high:,}")


def _plan(
    situation: Situation, told: Residents, rates: NativeRates, days: int, step_hours: float
) -> _Plan:
    """Lay out the network and the steps."""
    if not 1 <= step_hours <= 24 or 24 % step_hours:
        raise InputError(f"step: found {step_hours:g} hours, expected a divisor of 24 from 1 to 24")
    edges = outward_edges(situation)
    settling = [p.id for p in situation.places if p.kind in ("reception", "camp", "town", "region")]
    network = build(
        [p.id for p in situation.places],
        edges,
        list(told.people),
        settle=dict.fromkeys(settling, rates.settle),
        dwell_hours=dict.fromkeys(settling, rates.stay_hours),
    )
    steps = round(days * 24 / step_hours)
    open_ = openness(situation, network.edges, situation.start, steps, step_hours)
    gates = open_[:, network.gate >= 0] if network.gates else open_
    passable = (gates > 0).any(axis=1)
    every = max(1, round(RECORD_HOURS / step_hours))
    first_hour = int(situation.start.timestamp() // 3600)
    return _Plan(
        network=network,
        layout=layout(network, step_hours),
        people=tuple(told.people.values()),
        start=situation.start,
        step_hours=step_hours,
        codes=first_hour + (np.arange(steps) * step_hours).astype(np.int64),
        open=open_,
        night=night_share(situation, situation.start, steps, step_hours),
        first_open=float(np.argmax(passable)) * step_hours if passable.any() else 0.0,
        record=np.arange(every - 1, steps, every, dtype=np.int64),
    )


def _run(plan: _Plan, rates: NativeRates, members: I8, seed: int, exact: bool) -> xr.Dataset:
    """The histories of some members as a dataset without attributes."""
    value = values_of(rates, seed, members)
    home, waiting, staying = _people_at_start(plan, value)
    hazard, capacity = _drives(plan, value, seed, members)
    network = plan.network
    step = plan.step_hours
    choice = factors(seed, members, [f"{e.id}>{e.head}" for e in network.edges], CHOICE_SPREAD)
    history = engine.run(
        plan.layout,
        engine.Rates(
            home=home,
            waiting=waiting,
            hazard=hazard,
            origin_factor=np.ones(len(network.origins)),
            contagion=value["contagion"],
            leave=1.0 - np.exp(-step / value["preparation_hours"]),
            capacity=capacity,
            open=plan.open,
            weight=(choice if rates.spread > 0 else np.ones_like(choice))[:, None, :],
            register=np.zeros(members.size),
            register_cap=np.zeros(members.size),
            come_back=np.zeros(len(network.places)),
            clump=rates.people_a_vehicle,
            inject_place=np.zeros(0, dtype=np.int64),
            inject=np.zeros((members.size, plan.codes.size, 0), dtype=np.int64),
        ),
        engine.Noise(seed, members, plan.codes, np.empty((members.size, 0, 1)), exact),
        plan.record,
    )
    return _dataset(plan, history, members, staying)


def _dataset(plan: _Plan, history: engine.History, members: I8, staying: I8) -> xr.Dataset:
    """Name dimensions and units."""
    network = plan.network
    queue = np.zeros_like(history.arrived)
    for e, tail in enumerate(network.tail):
        queue[:, :, tail] += history.queue[:, :, e]
    hours = (plan.record + 1) * plan.step_hours
    utc = plan.start.astimezone(dt.UTC).replace(tzinfo=None)
    times = np.datetime64(utc, "ns") + (hours * 3600).astype("timedelta64[s]")
    by_place = {"arrived": history.arrived, "present": history.present, "queue": queue}
    overall = {
        "home": history.home + staying[:, None],
        "waiting": history.waiting,
        "travelling": history.travelling,
    }
    meanings = {
        "arrived": "people who have arrived at the place since the start",
        "present": "people who came to the place and have not gone on",
        "queue": "people who queue before the ways out of the place",
        "home": "people at home, those who never leave included",
        "waiting": "people who have decided to leave and are not yet on the way",
        "travelling": "people on the road",
    }
    data = {
        name: (("member", "time", "place"), table, {"units": "people", "long_name": meanings[name]})
        for name, table in by_place.items()
    }
    data_overall = {
        name: (("member", "time"), table, {"units": "people", "long_name": meanings[name]})
        for name, table in overall.items()
    }
    coordinates = {"member": members, "time": times, "place": np.array(network.places)}
    return xr.Dataset({**data, **data_overall}, coords=coordinates)


def _people_at_start(plan: _Plan, value: dict[str, F8]) -> tuple[I8, I8, I8]:
    """Whole people at home who will leave and who wait, (M, O), and those who never leave, (M,)."""
    people = np.rint(np.array(plan.people) * value["population"][:, None]).astype(np.int64)
    leavers = np.rint(people * value["leaving_share"][:, None]).astype(np.int64)
    waiting = np.rint(leavers * value["decided_at_start"][:, None]).astype(np.int64)
    return leavers - waiting, waiting, (people - leavers).sum(axis=1)


def _drives(plan: _Plan, value: dict[str, F8], seed: int, members: I8) -> tuple[F8, F8]:
    """Hazard (M, T) and capacities (M, T, G)."""
    count, steps, gates = members.size, plan.codes.size, plan.network.gates
    edges = [e for e in plan.network.edges if e.limited]
    names = ["intensity", *(f"fast:{e.id}>{e.head}" for e in edges)]
    names += [f"slow:{e.id}>{e.head}" for e in edges]
    codes = np.array([entity_code(name) for name in names], dtype=np.int64)
    path = normals(seed, members, codes, np.full(codes.size, PATH, dtype=np.int64), plan.codes)
    start = np.maximum(value["start_hours"], plan.first_open)
    no_size, no_kind = np.zeros((count, 0)), np.zeros(0, dtype=np.int64)
    no_kick = np.zeros((steps, 0))
    hazard = drivers.hazards(
        drivers.Intensity(
            rate=value["departure_rate"],
            sd=value["intensity_sd"],
            hours=value["intensity_hours"],
            before=value["shut_factor"],
            start=start,
            kick_size=no_size,
            kick_kind=no_kind,
            kick_left=no_kick,
        ),
        path,
        0,
        steps,
        plan.step_hours,
    )
    spread = GATE_SPREAD if value["capacity"].std() > 0 else 0.0
    own = factors(seed, members, [f"gate:{e.id}>{e.head}" for e in edges], spread)
    fast = np.arange(1, gates + 1, dtype=np.int64)
    capacity = drivers.capacities(
        drivers.Throughput(
            people=value["capacity"][:, None] * own,
            first=value["capacity_first"],
            ramp=value["ramp_hours"],
            sd=value["capacity_sd"],
            hours=value["capacity_hours"],
            drift=value["capacity_drift"],
            night=value["night"],
            night_share=plan.night,
            start=start,
            closed_from=np.full(gates, np.inf),
            reopens=np.full((count, gates), -1e9),
            kick_size=no_size,
            kick_kind=no_kind,
            kick_left=no_kick,
        ),
        path,
        fast,
        fast + gates,
        steps,
        plan.step_hours,
    )
    return hazard, capacity
