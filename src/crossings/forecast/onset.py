"""The mechanistic component: the first days and weeks of a flight, as a model to be conditioned.

A pool of people at risk, of whom an unknown share would leave; a hazard of deciding that waves,
events and the sight of others drive; gates of unknown capacity that open, shut, jam and work
themselves in; the host's books. :class:`OnsetModel` turns a situation as of its issue time into the
target of the sampler (:mod:`crossings.forecast.sampler`): coordinates and noises in, log likelihood
out. The model is described in docs/model.md.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import numpy.typing as npt

from crossings.dynamics import drivers, engine, gates, network
from crossings.dynamics.drivers import Intensity, Throughput
from crossings.dynamics.layout import layout
from crossings.dynamics.streams import entity_code
from crossings.forecast import figures, glide, interweave, likelihood, slopes, timeline
from crossings.forecast.corridors import Corridors
from crossings.forecast.members import ERRORS, Meaning, Members, Setting
from crossings.forecast.observation import RUNNING, Evidence
from crossings.forecast.parameters import Priors
from crossings.forecast.population import Population
from crossings.forecast.timeline import KICKS
from crossings.situation.records import Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

CLUMP = 4.5
"""People a vehicle."""


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
            o.role in ("arrived", "registered", "waiting") and o.high > 0
            for o in evidence.observations
        )
        self.figures = figures.as_arrays(evidence, self.grid, self.base, self.nothing_reported)
        self.stages = figures.stages(self.figures, self.grid)
        self.windows = figures.windows(self.figures, self.stages)
        edges = [
            network.Edge(f"gate:{g.id}", "pool", f"gate:{g.id}", 0.0, True) for g in shape.gates
        ]
        names = ["pool", *(f"gate:{g.id}" for g in shape.gates)]
        self.network = network.build(names, edges, ["pool"])
        self.layout = layout(self.network, self.grid.hours, tuple(names[1:]))
        self.open, self.closed_from = timeline.openness(situation, shape, self.grid)
        trigger, attacked = timeline.trigger(situation, self.grid)
        kick_kind, kick_hour = timeline.kicks(situation, self.grid)
        self.free_hours = timeline.free_hours(situation, shape)
        self.meaning = Meaning(
            priors,
            at_risk,
            Setting(
                step_hours=self.grid.hours,
                issue_hour=self.grid.known * self.grid.hours,
                entries=tuple(len(g.entries) for g in shape.gates),
                closed_from=self.closed_from,
                first_open=timeline.first_open(self.open, self.grid),
                trigger=trigger,
                attacked=attacked,
                kick_kind=kick_kind,
                kick_hour=kick_hour,
                night=timeline.night_share(self.grid, situation),
            ),
            running=bool((self.figures.kind == RUNNING).any()),
        )
        self.coordinates, self.index = self.meaning.coordinates, self.meaning.index
        self.parameters = len(self.coordinates)
        self.refreshed = tuple(self.index[name] for name in ("population", "leaving_share", "flow"))
        self.blocks = {
            "intensity": self._named("departure_rate", "intensity_", "departure_kick:"),
            "capacity": self._named("capacity", "gate_capacity:", "ramp_hours", "night"),
        }
        self.loose_blocks = {
            "pool": self._named(
                "population", "leaving_share", "contagion", "departure_rate", "preparation_hours"
            ),
            "start": self._named("start_hours", "shut_factor"),
            "waves": self._named("intensity_sd"),
            "spells": self._named("capacity_sd"),
        }
        self.error_coordinates = tuple(self.index[name] for name in ERRORS if name in self.index)
        self.steps = self.grid.known
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
        stride = 3 if self.gates > 1 else 2
        draws, c = self.network.draws, self.engine_channels
        fast = np.arange(c + 1, self.channels, stride)
        self.draws = gates.Draws(
            depart=int(draws.depart[0]),
            leave=int(draws.leave[0]),
            through=draws.through,
            split=draws.split,
            turn=draws.turn,
            register=int(draws.register),
        )
        self.slope_channels = slopes.Channels(
            intensity=c,
            fast=fast,
            slow=fast + 1,
            choice=fast + 2 if self.gates > 1 else fast,
        )

    def members(self, z: F8) -> Members:
        """The meaning of coordinates ``z`` (M, parameters)."""
        return self.meaning.members(z)

    def _named(self, *starts: str) -> tuple[int, ...]:
        """The coordinates whose names begin so."""
        return tuple(i for name, i in self.index.items() if name.startswith(starts))

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

    def walk(self, m: Members, path: F8, steps: int) -> gates.Walk:
        """The same people by gate, quicker."""
        return self._walk(self._rates(m, path, steps), path)

    def _walk(self, rates: engine.Rates, path: F8) -> gates.Walk:
        return gates.walk(rates, self.draws, self.layout.reroute, path)

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
        history = self.walk(members, path, self.stages[stage].steps)
        return self._compare(history, members, stage)

    def replay(self, coordinates: F8, path: F8, stage: int) -> gates.Walk:
        """The histories that the figures up to a stage are compared with."""
        return self.walk(self.members(coordinates), path, self.stages[stage].steps)

    def compare(self, told: gates.Walk, coordinates: F8, stage: int) -> tuple[F8, F8]:
        """The log likelihoods of histories under coordinates that differ in errors only."""
        return self._compare(told, self.members(coordinates), stage)

    def slopes(self, coordinates: F8, path: F8, stage: int, beta: float) -> tuple[F8, F8, F8, F8]:
        """The two log likelihoods as in :meth:`log_likelihoods`, and where they rise.

        The slopes of the sum, the second times ``beta``, in the coordinates (M, parameters) and in
        the noises of the stage's steps (M, steps, channels).
        """
        members = self.members(coordinates)
        steps = self.stages[stage].steps
        rates = self._rates(members, path, steps)
        history = self._walk(rates, path)
        settled, fresh = self._compare(history, members, stage)
        before = self.stages[stage - 1].figures if stage else 0
        found, in_errors = slopes.empty(path.shape[0], steps, path.shape[2], self.gates, len(KICKS))
        slopes.fill(
            self.figures,
            members.errors,
            members.leavers.astype(float),
            rates,
            history,
            members.intensity,
            members.throughput,
            members.choice_sd,
            self.draws,
            self.slope_channels,
            path,
            self.grid.hours,
            before,
            self.stages[stage].figures,
            beta,
            found,
            in_errors,
        )
        by_coordinate = self.meaning.slopes(coordinates, members, found, in_errors)
        return settled, fresh, by_coordinate, found.path

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
        fast = self.slope_channels.fast
        noise, ratio = interweave.same_capacities(
            old.throughput, new.throughput, path, fast, fast + 1, steps, hours
        )
        return fast, noise, ratio

    def interweave_loosely(
        self, block: str, coordinates: F8, moved: F8, path: F8, stage: int
    ) -> tuple[F8, I8, F8, F8]:
        """Noises that nearly keep the history while the parameters of a block move.

        Where who would go, how long they get ready or when they start moves, as many set out: the
        share decided at the start gives way, and the coordinates come back with it. Where the size
        of waves or spells moves, the mean levels between figures stay.
        """
        if block in ("waves", "spells"):
            return (moved, *self._same_averages(block, coordinates, moved, path, stage))
        moved, pool, new_pool, ratio = self.meaning.pools(coordinates, moved)
        old, new = self.members(coordinates), self.members(moved)
        steps, hours = self.stages[stage].steps, self.grid.hours
        c = self.engine_channels
        passable = self.passable(old, steps)
        noise, more = interweave.same_departures(
            old.intensity, new.intensity, pool, new_pool, passable, path, c, steps, hours
        )
        ratio = ratio + more
        channels = np.array([c])
        if block == "start":
            fast = self.slope_channels.fast
            gates, more = interweave.same_capacities(
                old.throughput, new.throughput, path, fast, fast + 1, steps, hours
            )
            channels, noise = np.array([c, *fast]), np.concatenate([noise, gates], axis=2)
            ratio = ratio + more
        return moved, channels, noise, ratio

    def _same_averages(
        self, block: str, coordinates: F8, moved: F8, path: F8, stage: int
    ) -> tuple[I8, F8, F8]:
        """Noises that keep the mean intensity, or capacities, between figures; log ratios."""
        old, new = self.members(coordinates), self.members(moved)
        one: Intensity | Throughput = old.intensity
        two: Intensity | Throughput = new.intensity
        channels = np.array([self.engine_channels])
        if block == "spells":
            one, two = old.throughput, new.throughput
            channels = self.slope_channels.fast
        noises, ratio = [], np.zeros(path.shape[0])
        edges, hours = self.windows[stage], self.grid.hours
        for channel in channels:
            with glide.one_thread():
                noise, more = interweave.same_averages(
                    one.sd, two.sd, one.hours, path, int(channel), edges, hours
                )
            noises.append(noise)
            ratio = ratio + more
        return channels, np.concatenate(noises, axis=2), ratio

    def passable(self, m: Members, steps: int) -> npt.NDArray[np.bool_]:
        """In which steps each member has a way to set out on, (M, steps)."""
        begin = np.arange(steps) * self.grid.hours
        started = begin + self.grid.hours > m.throughput.start[:, None]
        shut = begin[:, None] >= self.closed_from
        again = begin[:, None] + self.grid.hours > np.maximum(
            self.closed_from, m.throughput.reopens[:, None]
        )
        ways = (self.open[:steps] > 0.0) & (~shut | again)
        return np.asarray(started & ways.any(axis=2))

    def _compare(self, history: gates.Walk, members: Members, stage: int) -> tuple[F8, F8]:
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


def _choice_weights(members: Members, noise: F8, step_hours: float) -> F8:
    """Attraction of the gates over time: a fixed part and an AR(1) of 48 hours, (M, T, G)."""
    keep = math.exp(-step_hours / slopes.CHOICE_HOURS)
    y = np.empty_like(noise)
    y[:, 0] = members.choice_sd[:, None] * noise[:, 0]
    fresh = members.choice_sd[:, None] * math.sqrt(1 - keep * keep)
    for t in range(1, noise.shape[1]):
        y[:, t] = keep * y[:, t - 1] + fresh * noise[:, t]
    return np.exp(np.clip(y + members.choice[:, None, :], -15.0, 15.0))
