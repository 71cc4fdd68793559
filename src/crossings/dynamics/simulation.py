"""Run the native rules forward over the whole road network of a situation: what could happen.

No figure of arrivals enters: a simulation shows what the rules do under plain rates, a forecast
(:mod:`crossings.forecast`) conditions them on what was reported. The members differ in their rates,
by lognormal factors, and in their luck; all of it is addressed by ids, so that an added place moves
nobody else's history.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from crossings.dynamics import drivers, engine
from crossings.dynamics.layout import Layout, layout
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

RATE, PATH = 101, 102
"""Purposes of the draws here (those of a step are numbered in crossings.dynamics.network)."""


SHARES = ("leaving_share", "decided_at_start", "shut_factor", "capacity_first", "night")
"""Rates that are shares: at most 1."""


@dataclasses.dataclass(frozen=True)
class NativeRates:
    """The plain default rates: medians over the members, for any sudden flight over a border.

    They are the medians of the forecast's default priors, each with the reason given there; those
    on settling are assumptions without a source. ``spread`` scales how far members differ: 1 as in
    :data:`SPREADS`, 0 not at all.
    """

    leaving_share: float = 0.5
    """Of the population, those who would leave in the end (at most 1)."""
    decided_at_start: float = 0.16
    """Of those, who have decided before the start (at most 1)."""
    start_hours: float = 36.0
    """From the start of the situation to the first people on the way."""
    departure_rate: float = 0.004
    """Per hour."""
    shut_factor: float = 0.1
    """Share of that rate before the flow starts (at most 1)."""
    contagion: float = 2.0
    """Seeing all others leave multiplies the rate by one more than this."""
    intensity_sd: float = 0.6
    """Standard deviation of the log of the waves of departure."""
    intensity_hours: float = 48.0
    """How long a wave lasts."""
    preparation_hours: float = 5.0
    """From the decision to the road."""
    capacity: float = 1200.0
    """People an hour past one crossing."""
    capacity_first: float = 0.3
    """Share of it that is there in the first hour (at most 1)."""
    ramp_hours: float = 24.0
    """Time scale until a crossing works fully."""
    capacity_sd: float = 0.25
    """Standard deviation of the log of the hour-to-hour noise."""
    capacity_hours: float = 8.0
    """How long a good or bad spell lasts."""
    capacity_drift: float = 0.05
    """Slow change of the log, per square root of an hour."""
    night: float = 0.7
    """Share of the daytime capacity between 20:00 and 07:00 (at most 1)."""
    people_a_vehicle: float = 4.5
    settle: float = 0.5
    """Of those who arrive at a reception, camp, town or region with a way on, who stay there."""
    stay_hours: float = 12.0
    """How long the others stay."""
    spread: float = 1.0

    def __post_init__(self) -> None:
        shares = (*SHARES, "settle")
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            top = 1.0 if field.name in shares else math.inf
            low = field.name in (*shares, "spread", "contagion") or field.name.endswith("_sd")
            if not (0 <= value <= top and math.isfinite(value) and (value > 0 or low)):
                wanted = "between 0 and 1" if top == 1 else "0 or more" if low else "more than 0"
                raise InputError(f"rates: {field.name}: found {value}, expected {wanted}")


SPREADS: dict[str, float] = {
    "population": 0.2,
    "leaving_share": 0.5,
    "decided_at_start": 1.0,
    "start_hours": 1.2,
    "departure_rate": 1.5,
    "shut_factor": 1.0,
    "contagion": 1.0,
    "intensity_sd": 0.5,
    "intensity_hours": 0.8,
    "preparation_hours": 0.6,
    "capacity": 0.9,
    "capacity_first": 0.8,
    "ramp_hours": 0.8,
    "capacity_sd": 0.5,
    "capacity_hours": 0.6,
    "capacity_drift": 0.6,
    "night": 0.25,
}
"""Standard deviation of the log of a rate between members; ``population`` of the claimed figure."""

CHOICE_SPREAD = 1.0
"""The same for the attraction of a way, which is 1 in the middle."""

GATE_SPREAD = 0.5
"""The same for the capacity of one crossing around the common one."""


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
    value = _values(rates, seed, members)
    home, waiting, staying = _people_at_start(plan, value)
    hazard, capacity = _drives(plan, value, seed, members)
    network = plan.network
    step = plan.step_hours
    choice = _factors(seed, members, [f"{e.id}>{e.head}" for e in network.edges], CHOICE_SPREAD)
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


def _factors(seed: int, members: I8, names: list[str], sd: float) -> F8:
    """Lognormal factors of median 1, addressed by name, (M, names)."""
    codes = np.array([entity_code(name) for name in names], dtype=np.int64)
    purpose = np.full(codes.size, RATE, dtype=np.int64)
    z = normals(seed, members, codes, purpose, np.zeros(1, dtype=np.int64))[:, 0]
    return np.asarray(np.exp(sd * z))


def _values(rates: NativeRates, seed: int, members: I8) -> dict[str, F8]:
    """Every rate of every member, (M,); shares at most 1."""
    found = {}
    for name, sd in SPREADS.items():
        factor = _factors(seed, members, [f"rate:{name}"], sd * rates.spread)[:, 0]
        found[name] = factor if name == "population" else getattr(rates, name) * factor
    for name in SHARES:
        found[name] = np.minimum(1.0, found[name])
    return found


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
    own = _factors(seed, members, [f"gate:{e.id}>{e.head}" for e in edges], spread)
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
