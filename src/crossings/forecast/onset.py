"""The mechanistic component: the first days and weeks of a flight, as a model to be conditioned.

A pool of people at risk, of whom an unknown share would leave; a hazard of deciding that waves,
events and the sight of others drive; gates of unknown capacity that open, shut, jam and work
themselves in; the host's books. :class:`OnsetModel` turns a situation as of its issue time into the
target of the sampler (:mod:`crossings.forecast.sampler`): coordinates and noises in, log likelihood
out. The model is described in docs/model.md.
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
from crossings.forecast import figures, interweave, likelihood, timeline
from crossings.forecast.corridors import Corridors
from crossings.forecast.observation import Evidence
from crossings.forecast.parameters import Distribution, Priors, look_up, mixture
from crossings.forecast.population import Population
from crossings.forecast.timeline import KICK_HOURS, KICKS
from crossings.situation.records import Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

CAPACITY_KICK_HOURS = 12.0
"""How long an event clogs a road, as the time scale of its fading."""

ERRORS = (
    "source_spread",
    "estimate_factor",
    "clock_hours",
    "registration_spread",
    "planning_spread",
    "intention_spread",
)
"""Parameters that only the comparison with figures depends on."""

NEVER = 1e12
"""The hour at which a flow starts that does not come."""

MOST_AT_RISK = 1e9
"""Nobody is forecast who does not live: a bound for the tail of a wide prior."""

CLUMP = 4.5
"""People a vehicle."""


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
        self.grid = timeline.lay_out(situation, shape, evidence, issued_at, horizon_hours)
        self.gates = len(shape.gates)
        self.base = figures.base_levels(evidence, self.grid, self.gates)
        self.nothing_reported = not any(
            o.role in ("arrived", "registered", "waiting") for o in evidence.observations
        )
        self.figures = figures.as_arrays(evidence, self.grid, self.base, self.nothing_reported)
        self.stages = figures.stages(self.figures, self.grid)
        edges = [
            network.Edge(f"gate:{g.id}", "pool", f"gate:{g.id}", 0.0, True) for g in shape.gates
        ]
        names = ["pool", *(f"gate:{g.id}" for g in shape.gates)]
        self.network = network.build(names, edges, ["pool"])
        self.layout = engine.layout(self.network, self.grid.hours, tuple(names[1:]))
        self.open, self.closed_from = timeline.openness(situation, shape, self.grid)
        self.first_open = timeline.first_open(self.open, self.grid)
        self.trigger, self.attacked = timeline.trigger(situation, self.grid)
        self.kick_kind, self.kick_hour = timeline.kicks(situation, self.grid)
        self.night = timeline.night_share(self.grid, situation)
        self.free_hours = timeline.free_hours(situation, shape)
        self.coordinates = _coordinates(priors, at_risk, self.gates, self.attacked)
        self.index = {c.name: i for i, c in enumerate(self.coordinates)}
        self.tables = np.stack([c.table for c in self.coordinates])
        self.parameters = len(self.coordinates)
        self.refreshed = tuple(self.index[name] for name in ("population", "leaving_share", "flow"))
        self.blocks = {
            "intensity": self._named("departure_rate", "intensity_", "departure_kick:"),
            "capacity": self._named("capacity", "gate_capacity:", "ramp_hours", "night"),
        }
        self.error_coordinates = tuple(self.index[name] for name in ERRORS)
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

    def _named(self, *starts: str) -> tuple[int, ...]:
        """The coordinates whose names begin so."""
        return tuple(i for name, i in self.index.items() if name.startswith(starts))

    def members(self, z: F8) -> Members:
        """The meaning of coordinates ``z`` (M, parameters)."""
        value = dict(zip(self.index, look_up(self.tables, np.ascontiguousarray(z)), strict=True))
        people = np.clip(np.round(value["population"]), 1.0, MOST_AT_RISK)
        flows = ndtr(z[:, self.index["flow"]]) < value["flow_probability"]
        leavers = np.round(people * np.clip(value["leaving_share"], 0.0, 1.0))
        decided = np.where(flows, np.round(leavers * value["decided_at_start"]), 0.0)
        reopens = self._reopening(value)
        start = self._start(value, flows, reopens)
        step = self.grid.hours
        return Members(
            intensity=self._intensity(value, flows, start),
            throughput=self._throughput(value, start, reopens),
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

    def _reopening(self, value: dict[str, F8]) -> F8:
        """The hour at which each member reopens a gate that is shut at the issue time, (M, G)."""
        issue_hour = self.grid.known * self.grid.hours
        shut = np.isfinite(self.closed_from)
        hour = issue_hour + value["reopening_hours"][:, None]
        return np.asarray(np.where(shut, hour, -1e9))

    def _start(self, value: dict[str, F8], flows: npt.NDArray[np.bool_], reopens: F8) -> F8:
        """The hour at which the flow starts: after its trigger, and not before a way is open."""
        opens = self.first_open if np.isfinite(self.first_open) else reopens.min(axis=1)
        start = np.maximum(self.trigger + value["start_hours"], opens)
        return np.asarray(np.where(flows, start, NEVER))

    def _intensity(
        self, value: dict[str, F8], flows: npt.NDArray[np.bool_], start: F8
    ) -> drivers.Intensity:
        return drivers.Intensity(
            rate=np.where(flows, value["departure_rate"], 0.0),
            sd=value["intensity_sd"],
            hours=value["intensity_hours"],
            kick_size=np.stack([value[f"departure_kick:{kind}"] for kind in KICKS], axis=1),
            kick_kind=self.kick_kind,
            kick_hour=self.kick_hour,
            kick_hours=KICK_HOURS,
            before=np.minimum(1.0, value["shut_factor"]),
            start=start,
        )

    def _throughput(self, value: dict[str, F8], start: F8, reopens: F8) -> drivers.Throughput:
        return drivers.Throughput(
            people=np.stack([self._capacity(value, g) for g in range(self.gates)], axis=1),
            first=np.minimum(1.0, value["capacity_first"]),
            ramp=value["ramp_hours"],
            sd=value["capacity_sd"],
            hours=value["capacity_hours"],
            drift=value["capacity_drift"],
            night=value["night"],
            night_share=self.night,
            kick_size=np.stack([value[f"capacity_kick:{kind}"] for kind in KICKS], axis=1),
            kick_kind=self.kick_kind,
            kick_hour=self.kick_hour,
            kick_hours=CAPACITY_KICK_HOURS,
            start=start,
            closed_from=self.closed_from,
            reopens=reopens,
        )

    def _capacity(self, value: dict[str, F8], gate: int) -> F8:
        entries = max(1, len(self.shape.gates[gate].entries))
        spread = np.exp(self.priors.value("gate_spread") * value[f"gate_capacity:{gate}"])
        return np.asarray(value["capacity"] * spread * math.sqrt(entries))

    def simulate(self, m: Members, path: F8, steps: int) -> engine.History:
        """The histories of particles: a deterministic replay of the first ``steps`` of ``path``.

        ``path`` has the shape (M, at least steps, channels).
        """
        noise = engine.Noise(
            seed=0,
            members=np.arange(path.shape[0]),
            steps=np.arange(steps),
            normals=path,
            exact=False,
        )
        return engine.run(self.layout, self._rates(m, path, steps), noise)

    def _rates(self, m: Members, path: F8, steps: int) -> engine.Rates:
        """What drives the members."""
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
        return engine.Rates(
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

    def log_likelihoods(self, coordinates: F8, path: F8, stage: int) -> tuple[F8, F8]:
        """Log likelihoods of the figures before a stage and of those it adds, each (M,)."""
        members = self.members(coordinates)
        history = self.simulate(members, path, self.stages[stage].steps)
        return self._compare(history, members, stage)

    def replay(self, coordinates: F8, path: F8, stage: int) -> engine.History:
        """The histories that the figures up to a stage are compared with."""
        return self.simulate(self.members(coordinates), path, self.stages[stage].steps)

    def compare(self, told: engine.History, coordinates: F8, stage: int) -> tuple[F8, F8]:
        """The log likelihoods of histories under coordinates that differ in errors only."""
        return self._compare(told, self.members(coordinates), stage)

    def interweave(
        self, block: str, coordinates: F8, moved: F8, path: F8, stage: int
    ) -> tuple[I8, F8, F8]:
        """Noises that keep the capacities, or the intensities, while their parameters move."""
        old, new = self.members(coordinates), self.members(moved)
        steps, hours = self.stages[stage].steps, self.grid.hours
        c = self.engine_channels
        if block == "intensity":
            noise, ratio = interweave.same_hazards(
                old.intensity, new.intensity, path, c, steps, hours
            )
            return np.array([c]), noise, ratio
        fast = np.arange(c + 1, path.shape[2], 3 if self.gates > 1 else 2)
        noise, ratio = interweave.same_capacities(
            old.throughput, new.throughput, path, fast, fast + 1, steps, hours
        )
        return fast, noise, ratio

    def _compare(self, history: engine.History, members: Members, stage: int) -> tuple[F8, F8]:
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
