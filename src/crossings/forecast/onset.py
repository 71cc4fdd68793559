"""The mechanistic component: the first days and weeks of a flight, as a model to be conditioned.

A pool of people at risk, of whom an unknown share would leave; a hazard of deciding that waves, events
and the sight of others drive; gates of unknown capacity that open, shut, jam and work themselves in;
the host's books. :class:`OnsetModel` turns a situation as of its issue time into the target of the
sampler (:mod:`crossings.forecast.sampler`): coordinates and noises in, log likelihood out. The model
and its first measurements are described in docs/model.md.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from crossings.dynamics import drivers, engine, network
from crossings.dynamics.streams import entity_code
from crossings.forecast import likelihood
from crossings.forecast.corridors import Corridors
from crossings.forecast.observation import AT_MOST, VALUE, Evidence, Observation
from crossings.forecast.parameters import Distribution, Priors, look_up, mixture
from crossings.forecast.population import Population
from crossings.forecast.sampler import Stage
from crossings.situation.closures import SHUTS, closed_routes
from crossings.situation.records import Event, Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

TRIGGERS = frozenset({"military_operation", "explosion", "flood", "evacuation"})
"""Event kinds that can set off a flight."""

KICKS = (*sorted(TRIGGERS), "ceasefire", "agreement")
KICK_HOURS = 72.0
CAPACITY_KICK_HOURS = 12.0
LEAK = 0.02
"""Share of a gate's capacity that a closed crossing still lets through (patients, exceptions)."""

PARTIAL = 0.3
"""The same for a closure whose intensity is 'partial'."""

LONGEST_HOURS = 60 * 24.0
MOST_STEPS = 420
MOST_STAGES = 20
NOTHING_REPORTED = 200.0
"""People who could have crossed without any report of it."""

CLUMP = 4.5
"""People a vehicle."""


class Grid(NamedTuple):
    """Steps of ``hours`` from ``start``: ``known`` up to the issue time, ``steps`` in all."""

    start: dt.datetime
    hours: float
    known: int
    steps: int

    def position(self, when: dt.datetime) -> float:
        """A moment in steps from the start."""
        return (when - self.start).total_seconds() / 3600.0 / self.hours

    def codes(self, steps: int) -> I8:
        """Addresses of the first ``steps`` steps: the same hour has the same address in any grid."""
        first = int(self.start.timestamp() // 3600)
        return np.asarray(first + np.arange(steps) * int(self.hours), dtype=np.int64)


@dataclasses.dataclass(frozen=True)
class Coordinate:
    """One normal coordinate of a particle and the table of its parameter's quantiles."""

    name: str
    table: F8


class Members(NamedTuple):
    """What a set of coordinates means, for each member (M): see the fields of the drivers."""

    intensity: drivers.Intensity
    throughput: drivers.Throughput
    errors: likelihood.ErrorRates
    leavers: I8
    stayers: I8
    decided: I8
    contagion: F8
    leave: F8
    register: F8
    register_cap: F8
    choice: F8
    choice_sd: F8
    flows: npt.NDArray[np.bool_]


class OnsetModel:
    """The model of one situation at one issue time; a target for the sampler."""

    def __init__(
        self,
        situation: Situation,
        shape: Corridors,
        evidence: Evidence,
        at_risk: Population,
        priors: Priors,
        issued_at: dt.datetime,
        horizon_hours: float,
    ) -> None:
        self.situation = situation
        self.shape = shape
        self.priors = priors
        self.issued_at = issued_at
        self.grid = _grid(situation, shape, evidence, issued_at, horizon_hours)
        self.gates = len(shape.gates)
        self.base = _base(evidence, self.grid, self.gates)
        self.nothing_reported = not any(
            o.role in ("arrived", "registered", "waiting") for o in evidence.observations
        )
        self.figures = _figures(evidence, self)
        self.stages = _stages(self.figures, self.grid)
        edges = [
            network.Edge(f"gate:{g.id}", "pool", f"gate:{g.id}", 0.0, True) for g in shape.gates
        ]
        names = ["pool", *(f"gate:{g.id}" for g in shape.gates)]
        self.network = network.build(names, edges, ["pool"])
        self.layout = engine.layout(self.network, self.grid.hours, tuple(names[1:]))
        self.open, self.closed_from = _openness(situation, shape, self.grid)
        self.first_open = _first_open(self.open, self.grid)
        self.trigger, self.attacked = _trigger(situation, self.grid)
        self.kick_kind, self.kick_hour = _kicks(situation, self.grid)
        self.night = _night_share(self.grid, situation)
        self.free_hours = _free_hours(situation, shape)
        self.coordinates = _coordinates(priors, at_risk, self.gates, self.attacked)
        self.index = {c.name: i for i, c in enumerate(self.coordinates)}
        self.tables = np.stack([c.table for c in self.coordinates])
        self.parameters = len(self.coordinates)
        self.often_refreshed = tuple(
            self.index[name] for name in ("population", "leaving_share", "flow")
        )
        self.steps = self.grid.known
        self.window_steps = (
            max(1, round(3 / self.grid.hours)),
            max(6, round(24 / self.grid.hours)),
        )
        self.step_codes = self.grid.codes(self.grid.known)
        self.engine_channels = self.network.channels
        extra = ["intensity"]
        for gate in shape.gates:
            extra += [f"fast:{gate.id}", f"slow:{gate.id}"]
            if self.gates > 1:
                extra.append(f"choice:{gate.id}")
        own = self.network.channel_entity * 31 + self.network.channel_purpose
        codes = [*(int(c) & 0xFFFFFFFF for c in own), *(entity_code(name) for name in extra)]
        self.channel_codes = np.array(codes, dtype=np.int64)
        self.channels = len(codes)

    def members(self, z: F8) -> Members:
        """The meaning of coordinates ``z`` (M, parameters)."""
        value = dict(zip(self.index, look_up(self.tables, np.ascontiguousarray(z)), strict=True))
        people = np.maximum(1.0, np.round(value["population"]))
        flows = ndtr(z[:, self.index["flow"]]) < value["flow_probability"]
        leavers = np.round(people * np.clip(value["leaving_share"], 0.0, 1.0))
        decided = np.where(flows, np.round(leavers * value["decided_at_start"]), 0.0)
        start = np.maximum(self.trigger + value["start_hours"], self.first_open)
        reopens = np.full((len(z), self.gates), -1e9)
        issue_hour = self.grid.known * self.grid.hours
        for g in range(self.gates):
            if np.isfinite(self.closed_from[g]):
                reopens[:, g] = issue_hour + value["reopening_hours"]
        if not np.isfinite(self.first_open):
            start = np.maximum(self.trigger + value["start_hours"], reopens.min(axis=1))
        start = np.where(flows, start, 1e12)
        kick_size = np.stack([value[f"departure_kick:{kind}"] for kind in KICKS], axis=1)
        capacity_kick = np.stack([value[f"capacity_kick:{kind}"] for kind in KICKS], axis=1)
        step = self.grid.hours
        return Members(
            intensity=drivers.Intensity(
                rate=np.where(flows, value["departure_rate"], 0.0),
                sd=value["intensity_sd"],
                hours=value["intensity_hours"],
                kick_size=kick_size,
                kick_kind=self.kick_kind,
                kick_hour=self.kick_hour,
                kick_hours=KICK_HOURS,
                before=np.minimum(1.0, value["shut_factor"]),
                start=start,
            ),
            throughput=drivers.Throughput(
                people=np.stack([self._capacity(value, g) for g in range(self.gates)], axis=1),
                first=np.minimum(1.0, value["capacity_first"]),
                ramp=value["ramp_hours"],
                sd=value["capacity_sd"],
                hours=value["capacity_hours"],
                drift=value["capacity_drift"],
                night=value["night"],
                night_share=self.night,
                kick_size=capacity_kick,
                kick_kind=self.kick_kind,
                kick_hour=self.kick_hour,
                kick_hours=CAPACITY_KICK_HOURS,
                start=start,
                closed_from=self.closed_from,
                reopens=reopens,
            ),
            errors=likelihood.ErrorRates(
                spread=value["source_spread"],
                estimate_factor=value["estimate_factor"],
                clock=value["clock_hours"],
                registration=value["registration_spread"],
                planning=value["planning_spread"],
                intention=value["intention_spread"],
            ),
            leavers=leavers.astype(np.int64),
            stayers=(people - leavers).astype(np.int64),
            decided=decided.astype(np.int64),
            contagion=value["contagion"],
            leave=1.0 - np.exp(-step / value["preparation_hours"]),
            register=1.0 - np.exp(-step / value["registration_hours"]),
            register_cap=np.round(value["registration_capacity"] * step),
            choice=np.stack([value[f"gate_choice:{g}"] for g in range(self.gates)], axis=1),
            choice_sd=value["choice_sd"],
            flows=flows,
        )

    def _capacity(self, value: dict[str, F8], gate: int) -> F8:
        entries = max(1, len(self.shape.gates[gate].entries))
        spread = np.exp(self.priors.value("gate_spread") * value[f"gate_capacity:{gate}"])
        return np.asarray(value["capacity"] * spread * math.sqrt(entries))

    def simulate(self, m: Members, path: F8, steps: int) -> engine.History:
        """The histories of particles: a deterministic replay of the first ``steps`` of ``path``.

        ``path`` has the shape (M, at least steps, channels).
        """
        count = path.shape[0]
        step = self.grid.hours
        c = self.engine_channels
        stride = 3 if self.gates > 1 else 2
        hazard = drivers.hazards(m.intensity, path, c, steps, step)
        fast = np.arange(c + 1, path.shape[2], stride)
        capacity = drivers.capacities(m.throughput, path, fast, fast + 1, steps, step)
        weight = np.ones((count, 1, 1))
        if self.gates > 1:
            weight = _choice_weights(m, path[:, :steps, c + 3 :: stride], step)
        rates = engine.Rates(
            home=(m.leavers - m.decided)[:, None],
            waiting=m.decided[:, None],
            hazard=hazard,
            origin_factor=np.ones(1),
            contagion=m.contagion,
            leave=m.leave,
            capacity=capacity,
            open=self.open[:steps],
            weight=weight,
            register=m.register,
            register_cap=m.register_cap,
            come_back=np.zeros(1 + self.gates),
            clump=CLUMP,
            inject_place=np.zeros(0, dtype=np.int64),
            inject=np.zeros((count, steps, 0), dtype=np.int64),
        )
        noise = engine.Noise(
            seed=0,
            members=np.arange(count),
            steps=np.arange(steps),
            normals=path,
            exact=False,
        )
        return engine.run(self.layout, rates, noise)

    def log_likelihoods(self, coordinates: F8, path: F8, stage: int) -> tuple[F8, F8]:
        """Log likelihoods of the figures before a stage and of those it adds, each (M,)."""
        members = self.members(coordinates)
        history = self.simulate(members, path, self.stages[stage].steps)
        before = self.stages[stage - 1].figures if stage else 0
        return likelihood.log_likelihoods(
            self.figures,
            (before, self.stages[stage].figures),
            members.errors,
            history,
            members.leavers.astype(float),
            self.grid.hours,
            self.free_hours,
        )


def _grid(
    situation: Situation,
    shape: Corridors,
    evidence: Evidence,
    issued_at: dt.datetime,
    horizon_hours: float,
) -> Grid:
    """Choose start and step: no earlier than 60 days before the issue, at most 420 known steps."""
    first = [o.as_of for o in evidence.observations if o.role in ("arrived", "registered")]
    start = min([situation.start, *(w - dt.timedelta(hours=12) for w in first)])
    start = min(start, issued_at - dt.timedelta(hours=situation.step_hours))
    opened = _opening(situation, shape, issued_at)
    if not first or opened <= min(first):
        # Nobody can pass before: a day ahead of the opening is all that needs steps.
        start = max(start, opened - dt.timedelta(hours=24))
    start = max(start, issued_at - dt.timedelta(hours=LONGEST_HOURS))
    local = start.astimezone(situation.zone)
    step = next(
        float(s)
        for s in (1, 2, 3, 4, 6, 8, 12, 24)
        if s >= situation.step_hours
        and (s == 24 or (issued_at - start).total_seconds() / 3600 / s <= MOST_STEPS)
    )
    hour = 0 if step >= 24 else int(local.hour // step * step)
    local = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    # Differences of times in one zone would go by the wall clock, wrong across summer time.
    local = local.astimezone(dt.UTC)
    known = max(1, math.ceil((issued_at - local).total_seconds() / 3600 / step - 1e-3))
    ahead = math.ceil(horizon_hours / step - 1e-3) + 1
    return Grid(local, step, known, known + ahead)


def _opening(situation: Situation, shape: Corridors, issued_at: dt.datetime) -> dt.datetime:
    """The first moment since the start at which any gate is open; the issue time if none was."""
    entries = {entry for gate in shape.gates for entry in gate.entries}
    if not entries:
        return situation.start
    moments = [situation.start]
    moments += [e.time for e in situation.events if situation.start < e.time <= issued_at]
    for when in sorted(moments):
        shut = closed_routes(situation, when)
        for entry in sorted(entries):
            touching = [r.id for r in situation.routes if entry in (r.from_place, r.to_place)]
            if not touching or not all(route in shut for route in touching):
                return when
    return issued_at


def _base(evidence: Evidence, grid: Grid, gates: int) -> F8:
    """People who had come before the window starts, by series (gates, then all)."""
    base = np.zeros(gates + 1)
    for o in sorted(evidence.observations, key=lambda o: o.as_of):
        if o.role == "arrived" and o.period == 0 and o.kind == VALUE and o.as_of < grid.start:
            base[o.series] = o.low
    base[gates] = base[:gates].sum() if base[:gates].any() else base[gates]
    if gates == 1:
        base[0] = base[1] = base.max()
    return base


def _figures(evidence: Evidence, model: OnsetModel) -> likelihood.Figures:
    """The observations within the window as arrays; without any arrivals, that nothing was told."""
    grid, gates = model.grid, model.gates
    kept = [
        o
        for o in evidence.observations
        if o.as_of >= grid.start or o.role in ("planning", "intention")
    ]
    rows = [(likelihood.ROLES[o.role], *_row(o, grid)) for o in kept]
    bases = [float(model.base[o.series]) if o.role == "arrived" else 0.0 for o in kept]
    if model.nothing_reported:
        quiet = NOTHING_REPORTED
        position = max(0.0, grid.known - 12.0 / grid.hours)
        rows.append(
            (
                likelihood.ARRIVED,
                gates,
                position,
                0.0,
                quiet,
                quiet,
                AT_MOST,
                quiet / 2,
                6.0,
                0.0,
                1.0,
            )
        )
        bases.append(0.0)
    # In the order of time, plans first: the sampler takes figures in this order.
    order = sorted(
        range(len(rows)), key=lambda j: (rows[j][0] < likelihood.PLANNING, rows[j][2], j)
    )
    rows, bases = [rows[j] for j in order], [bases[j] for j in order]
    columns = list(zip(*rows, strict=True))
    whole = {0, 1, 6}
    arrays = [
        np.array(column, dtype=np.int64 if i in whole else float)
        for i, column in enumerate([*columns, bases])
    ]
    return likelihood.Figures(*arrays)


def _stages(figures: likelihood.Figures, grid: Grid) -> tuple[Stage, ...]:
    """Cut the figures into at most ``MOST_STAGES`` runs; each needs the steps up to its last one."""
    count = figures.role.size
    per = max(2, math.ceil(count / MOST_STAGES))
    cuts = [*range(per, count, per), count]
    timed = figures.role < likelihood.PLANNING
    stages = []
    for cut in cuts:
        last = float(np.max(figures.position[:cut][timed[:cut]], initial=0.0))
        stages.append(Stage(cut, min(grid.known, max(1, math.ceil(last + 1.5)))))
    stages[-1] = Stage(count, grid.known)
    return tuple(stages)


def _row(o: Observation, grid: Grid) -> tuple[float, ...]:
    return (
        o.series,
        grid.position(o.as_of),
        o.period / grid.hours,
        o.low,
        o.high,
        o.kind,
        o.rounding,
        o.clock_hours,
        float(o.estimate),
        o.weight,
    )


def _openness(situation: Situation, shape: Corridors, grid: Grid) -> tuple[F8, F8]:
    """The share of a step that each gate is open, (T, G); the hour from which it is shut, or inf.

    What happens after the issue time is not known: a gate that is shut then is left to the members,
    who each reopen it at a time of their own.
    """
    open_ = np.ones((grid.steps, len(shape.gates)))
    closed_from = np.full(len(shape.gates), np.inf)
    for g, gate in enumerate(shape.gates):
        if not gate.entries:
            continue
        states = np.stack([entry_open(situation, entry, grid) for entry in gate.entries])
        open_[: grid.known, g] = states[:, : grid.known].mean(axis=0)
        last = states[:, grid.known - 1].mean()
        if last <= LEAK:
            closed_from[g] = grid.known * grid.hours
        elif last < 1.0:
            open_[grid.known :, g] = last
    return open_, closed_from


def entry_open(situation: Situation, entry: str, grid: Grid) -> F8:
    """How far one crossing is open in each step, by the events that name it or a route to it."""
    touching = {r.id for r in situation.routes if entry in (r.from_place, r.to_place)}
    state = np.ones(grid.steps)
    acts = [
        e
        for e in situation.events
        if (e.place == entry or (e.route and e.route in touching))
        and (e.kind in SHUTS or e.kind == "opening")
    ]
    for event in sorted(acts, key=lambda e: (e.time, e.id)):
        position = max(0.0, grid.position(event.time))
        k = int(position)
        if k >= grid.steps:
            continue
        after = 1.0
        if event.kind in SHUTS:
            after = PARTIAL if event.intensity.strip().lower() == "partial" else LEAK
        state[k] = state[k] * (position - k) + after * (1 - (position - k))
        state[k + 1 :] = after
    return state


def _first_open(open_: F8, grid: Grid) -> float:
    """The first hour at which any gate is open; inf if none was before the issue time."""
    known = (open_[: grid.known] > LEAK + 1e-9).any(axis=1)
    if not known.any():
        return math.inf
    k = int(np.argmax(known))
    share = float(open_[k].max())
    return (k + (1 - share if k > 0 and share < 1 else 0.0)) * grid.hours


def _trigger(situation: Situation, grid: Grid) -> tuple[float, bool]:
    """The hour of the first event that can set off a flight, and whether it was an attack."""
    early = min(grid.start, situation.start) - dt.timedelta(days=3)
    acts = [e for e in situation.events if e.kind in TRIGGERS and e.time >= early]
    attacked = any(e.kind == "military_operation" for e in acts)
    if not acts:
        return grid.position(situation.start) * grid.hours, attacked
    return grid.position(min(e.time for e in acts)) * grid.hours, attacked


def _kicks(situation: Situation, grid: Grid) -> tuple[I8, F8]:
    """Kind and hour of the events within the window that move intensity and capacity.

    Several rows may tell of one event: of a kind, one counts in any twelve hours.
    """
    chosen: list[Event] = []
    for event in sorted(situation.events, key=lambda e: (e.time, e.id)):
        recent = event.time >= grid.start - dt.timedelta(hours=2 * KICK_HOURS)
        if event.kind in KICKS and recent and not event.disputes:
            near = dt.timedelta(hours=12)
            if not any(e.kind == event.kind and event.time - e.time < near for e in chosen):
                chosen.append(event)
    kinds = np.array([KICKS.index(e.kind) for e in chosen], dtype=np.int64)
    return kinds, np.array([grid.position(e.time) * grid.hours for e in chosen])


def _night_share(grid: Grid, situation: Situation) -> F8:
    """The share of each step that lies between 20:00 and 07:00 local time."""
    share = np.zeros(grid.steps)
    minutes = int(grid.hours * 60)
    for k in range(grid.steps):
        begin = (grid.start + dt.timedelta(hours=k * grid.hours)).astimezone(situation.zone)
        samples = [(begin + dt.timedelta(minutes=m)).hour for m in range(15, minutes, 30)]
        share[k] = np.mean([hour >= 20 or hour < 7 for hour in samples])
    return share


def _free_hours(situation: Situation, shape: Corridors) -> float:
    """Hours from the origin to the nearest gate without a queue (quickest way, mean of origins)."""
    hours = {p: 0.0 for gate in shape.gates for p in gate.entries}
    edges = network.directed_edges(situation)
    for _ in range(len(situation.places)):
        for edge in edges:
            if edge.head in hours:
                through = hours[edge.head] + edge.hours
                if through < hours.get(edge.tail, math.inf):
                    hours[edge.tail] = through
    found = [hours[p.id] for p in situation.places if p.kind == "origin" and p.id in hours]
    return float(np.mean(found)) if found else 1.0


def _leaving(priors: Priors) -> F8:
    scopes = ("few", "partial", "total")
    return mixture(
        [(priors.value("leaving_weight", s), priors.get("leaving_share", s)) for s in scopes]
    )


def _coordinates(
    priors: Priors, at_risk: Population, gates: int, attacked: bool
) -> tuple[Coordinate, ...]:
    """Every parameter of a member, in a fixed order."""
    plain = [
        "decided_at_start",
        "departure_rate",
        "contagion",
        "preparation_hours",
        "intensity_sd",
        "intensity_hours",
        "shut_factor",
        "capacity",
        "capacity_first",
        "ramp_hours",
        "capacity_sd",
        "capacity_hours",
        "capacity_drift",
        "night",
        "source_spread",
        "estimate_factor",
        "clock_hours",
        "registration_hours",
        "registration_capacity",
        "registration_spread",
        "planning_spread",
        "intention_spread",
        "start_hours",
        "reopening_hours",
        "choice_sd",
    ]
    found = [
        Coordinate("population", mixture(list(at_risk.parts))),
        Coordinate("leaving_share", _leaving(priors)),
        Coordinate("flow", Distribution("normal", 0.0, 1.0).table()),
        Coordinate(
            "flow_probability",
            priors.get("flow_probability", "attack" if attacked else "").table(),
        ),
    ]
    found += [Coordinate(name, priors.get(name).table()) for name in plain]
    for g in range(gates):
        normal = Distribution("normal", 0.0, 1.0).table()
        found.append(Coordinate(f"gate_capacity:{g}", normal))
        spread = priors.value("gate_choice") if gates > 1 else 0.0
        found.append(Coordinate(f"gate_choice:{g}", Distribution("normal", 0.0, spread).table()))
    for kind in KICKS:
        found.append(
            Coordinate(f"departure_kick:{kind}", priors.get("departure_kick", kind).table())
        )
        kick = (
            priors.get("capacity_kick", kind)
            if priors.has("capacity_kick", kind)
            else Distribution("fixed", 0.0, 0.0)
        )
        found.append(Coordinate(f"capacity_kick:{kind}", kick.table()))
    return tuple(found)


def _choice_weights(members: Members, noise: F8, step_hours: float) -> F8:
    """Attraction of the gates over time: a fixed part and an AR(1) of 48 hours, (M, T, G)."""
    keep = math.exp(-step_hours / 48.0)
    y = np.empty_like(noise)
    y[:, 0] = members.choice_sd[:, None] * noise[:, 0]
    fresh = members.choice_sd[:, None] * math.sqrt(1 - keep * keep)
    for t in range(1, noise.shape[1]):
        y[:, t] = keep * y[:, t - 1] + fresh * noise[:, t]
    return np.exp(np.clip(y + members.choice[:, None, :], -15.0, 15.0))
