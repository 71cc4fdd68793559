"""What the coordinates of a particle mean: the people and the rules of one member.

Every parameter is one standard normal through the quantile function of its prior
(:mod:`crossings.forecast.parameters`). :class:`Meaning` reads coordinates as the fields of the
drivers, carries slopes back the same way, and keeps the number of those decided at the start while
the pool changes.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from crossings.dynamics import drivers
from crossings.forecast import likelihood
from crossings.forecast.figure_slopes import InErrors
from crossings.forecast.interweave import Pool
from crossings.forecast.parameter_slopes import Slopes
from crossings.forecast.parameters import (
    Distribution,
    Priors,
    inverse,
    look_up,
    look_up_with_slope,
    mixture,
)
from crossings.forecast.population import Population
from crossings.forecast.timeline import KICK_HOURS, KICKS

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
    "undercount",
)
"""Parameters that only the comparison with figures depends on."""

NEVER = 1e12
"""The hour at which a flow starts that does not come."""

MOST_AT_RISK = 1e9
"""Nobody is forecast who does not live: a bound for the tail of a wide prior."""


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


@dataclasses.dataclass(frozen=True)
class Setting:
    """What of the situation bears on the members: hours of the window, gates (G), events (J).

    ``step_hours`` and ``issue_hour``; ``entries`` (G,) crossings that lead into a gate;
    ``closed_from`` (G,) as in :func:`crossings.forecast.timeline.openness`; ``first_open`` and
    ``trigger`` the hours of the first opening and of what sets off the flight; ``attacked`` whether
    that was an attack; ``kick_kind`` and ``kick_hour`` (J,); ``night`` the share of a step, (T,).
    """

    step_hours: float
    issue_hour: float
    entries: tuple[int, ...]
    closed_from: F8
    first_open: float
    trigger: float
    attacked: bool
    kick_kind: I8
    kick_hour: F8
    night: F8

    def left(self, lasting: float) -> F8:
        """What is left of each event in each step, (T, J), if its effect lasts so many hours."""
        return drivers.kicks_left(self.kick_hour, lasting, self.night.size, self.step_hours)


class Meaning:
    """Reads coordinates in one setting."""

    def __init__(
        self, priors: Priors, at_risk: Population, setting: Setting, running: bool = False
    ) -> None:
        """``running``: whether there is a running "at least", whose undercount is to be found."""
        self.setting = setting
        self.gates = len(setting.entries)
        self.gate_spread = priors.value("gate_spread")
        self.coordinates = _coordinates(priors, at_risk, self.gates, setting.attacked, running)
        self.index = {c.name: i for i, c in enumerate(self.coordinates)}
        self.tables = np.stack([c.table for c in self.coordinates])
        self.intensity_left = setting.left(KICK_HOURS)
        self.capacity_left = setting.left(CAPACITY_KICK_HOURS)

    def with_events(self, kind: I8, hour: F8) -> Meaning:
        """The same with other events."""
        other = copy.copy(self)
        other.setting = dataclasses.replace(self.setting, kick_kind=kind, kick_hour=hour)
        other.intensity_left = other.setting.left(KICK_HOURS)
        other.capacity_left = other.setting.left(CAPACITY_KICK_HOURS)
        return other

    def members(self, z: F8) -> Members:
        """The meaning of coordinates ``z`` (M, parameters)."""
        value = dict(zip(self.index, look_up(self.tables, np.ascontiguousarray(z)), strict=True))
        people = np.clip(np.round(value["population"]), 1.0, MOST_AT_RISK)
        flows = ndtr(z[:, self.index["flow"]]) < value["flow_probability"]
        leavers = np.round(people * np.clip(value["leaving_share"], 0.0, 1.0))
        decided = np.where(flows, np.round(leavers * value["decided_at_start"]), 0.0)
        reopens = self._reopening(value)
        start = self._start(value, flows, reopens)
        step = self.setting.step_hours
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
                undercount=value.get("undercount", np.zeros(z.shape[0])),
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
        shut = np.isfinite(self.setting.closed_from)
        hour = self.setting.issue_hour + value["reopening_hours"][:, None]
        return np.asarray(np.where(shut, hour, -1e9))

    def _start(self, value: dict[str, F8], flows: npt.NDArray[np.bool_], reopens: F8) -> F8:
        """The hour at which the flow starts: after its trigger, and not before a way is open."""
        opens = (
            self.setting.first_open if np.isfinite(self.setting.first_open) else reopens.min(axis=1)
        )
        start = np.maximum(self.setting.trigger + value["start_hours"], opens)
        return np.asarray(np.where(flows, start, NEVER))

    def _intensity(
        self, value: dict[str, F8], flows: npt.NDArray[np.bool_], start: F8
    ) -> drivers.Intensity:
        return drivers.Intensity(
            rate=np.where(flows, value["departure_rate"], 0.0),
            sd=value["intensity_sd"],
            hours=value["intensity_hours"],
            kick_size=np.stack([value[f"departure_kick:{kind}"] for kind in KICKS], axis=1),
            kick_kind=self.setting.kick_kind,
            kick_left=self.intensity_left,
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
            night_share=self.setting.night,
            kick_size=np.stack([value[f"capacity_kick:{kind}"] for kind in KICKS], axis=1),
            kick_kind=self.setting.kick_kind,
            kick_left=self.capacity_left,
            start=start,
            closed_from=self.setting.closed_from,
            reopens=reopens,
        )

    def _capacity(self, value: dict[str, F8], gate: int) -> F8:
        entries = max(1, self.setting.entries[gate])
        spread = np.exp(self.gate_spread * value[f"gate_capacity:{gate}"])
        return np.asarray(value["capacity"] * spread * math.sqrt(entries))

    def slopes(self, z: F8, m: Members, s: Slopes, e: InErrors) -> F8:
        """Slopes in the coordinates ``z``, (M, parameters), from those in their meaning ``m``."""
        value, slope = look_up_with_slope(self.tables, np.ascontiguousarray(z))
        named = dict(zip(self.index, value, strict=True))
        found = self._in_values(named, m, s, e)
        nothing = np.zeros(z.shape[0])
        in_values = np.stack([found.get(name, nothing) for name in self.index], axis=1)
        return np.asarray(in_values * slope.T)

    def _in_values(self, value: dict[str, F8], m: Members, s: Slopes, e: InErrors) -> dict[str, F8]:
        """Slopes in the values of the parameters, by their names."""
        step = self.setting.step_hours
        prepare, book = value["preparation_hours"], value["registration_hours"]
        people = s.leavers + e.leavers
        share = np.clip(value["leaving_share"], 0.0, 1.0)
        late = np.isfinite(self.setting.first_open) & (
            self.setting.trigger + value["start_hours"] > self.setting.first_open
        )
        found = {
            "population": people * share,
            "leaving_share": people * np.clip(value["population"], 1.0, MOST_AT_RISK),
            "decided_at_start": np.where(m.flows, s.decided, 0.0),
            "departure_rate": s.rate,
            "contagion": s.contagion,
            "preparation_hours": -s.leave * np.exp(-step / prepare) * step / prepare**2,
            "intensity_sd": s.intensity_sd,
            "intensity_hours": s.intensity_hours,
            "shut_factor": np.where(value["shut_factor"] < 1.0, s.before, 0.0),
            "capacity": s.people.sum(axis=1) / value["capacity"],
            "capacity_first": np.where(value["capacity_first"] < 1.0, s.first, 0.0),
            "ramp_hours": s.ramp,
            "capacity_sd": s.capacity_sd,
            "capacity_hours": s.capacity_hours,
            "capacity_drift": s.drift,
            "night": s.night,
            "source_spread": e.spread,
            "estimate_factor": e.estimate_factor,
            "clock_hours": e.clock,
            "registration_hours": -s.register * np.exp(-step / book) * step / book**2,
            "registration_capacity": s.register_cap * step,
            "registration_spread": e.registration,
            "planning_spread": e.planning,
            "intention_spread": e.intention,
            "undercount": e.undercount,
            "start_hours": np.where(m.flows & late, s.start, 0.0),
            "choice_sd": s.choice_sd,
        }
        spread = self.gate_spread
        for g in range(self.gates):
            found[f"gate_capacity:{g}"] = s.people[:, g] * spread
            found[f"gate_choice:{g}"] = s.choice[:, g]
        for k, kind in enumerate(KICKS):
            found[f"departure_kick:{kind}"] = s.departure_kick[:, k]
            found[f"capacity_kick:{kind}"] = s.capacity_kick[:, k]
        return found

    def pools(self, coordinates: F8, moved: F8) -> tuple[F8, Pool, Pool, F8]:
        """Coordinates ``moved`` with as many setting out at the start as before.

        Where the pool moved or getting ready takes longer, their share gives way.

        Gives them, the pools before and after, not rounded to people so that the way back is the
        same, and the log ratios (M,) of prior and Jacobian.
        """
        k = self.index["decided_at_start"]
        before, slope = look_up_with_slope(self.tables, np.ascontiguousarray(coordinates))
        after, _ = look_up_with_slope(self.tables, np.ascontiguousarray(moved))
        old, new = self._leavers(before), self._leavers(after)
        ready, ready_new = self._ready(before), self._ready(after)
        table, share, z = self.tables[k], before[k], coordinates[:, k]
        same = (old == new) & (ready == ready_new)
        wanted = np.where(same, share, share * (old * ready) / np.maximum(1e-9, new * ready_new))
        z_new = np.where(same, z, inverse(table, wanted))
        _, slope_new = look_up_with_slope(table[None], np.ascontiguousarray(z_new[:, None]))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log(wanted / share * slope[k] / slope_new[0]) + 0.5 * (z**2 - z_new**2)
        possible = np.isfinite(ratio) & (wanted < table[-1]) & (wanted > table[0])
        moved = moved.copy()
        moved[:, k] = z_new
        contagion = self.index["contagion"]
        return (
            moved,
            Pool(old, old * share, before[contagion], ready),
            Pool(new, new * wanted, after[contagion], ready_new),
            np.where(same, 0.0, np.where(possible, ratio, -np.inf)),
        )

    def _ready(self, value: F8) -> F8:
        """The chance of being ready in a step once decided, from values (parameters, M)."""
        hours = value[self.index["preparation_hours"]]
        return np.asarray(1.0 - np.exp(-self.setting.step_hours / hours))

    def _leavers(self, value: F8) -> F8:
        """Who would go, not rounded, from values (parameters, M)."""
        people = np.clip(value[self.index["population"]], 1.0, MOST_AT_RISK)
        return np.asarray(people * np.clip(value[self.index["leaving_share"]], 0.0, 1.0))


def _leaving(priors: Priors) -> F8:
    scopes = ("few", "partial", "total")
    return mixture(
        [(priors.value("leaving_weight", s), priors.get("leaving_share", s)) for s in scopes]
    )


def _coordinates(
    priors: Priors, at_risk: Population, gates: int, attacked: bool, running: bool
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
    if running:
        found.append(Coordinate("undercount", priors.get("undercount").table()))
    return tuple(found)
