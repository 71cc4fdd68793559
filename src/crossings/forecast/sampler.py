"""Tempered sequential Monte Carlo over paths: from the prior to the posterior by small steps.

A particle is a vector of standard normals: its parameters' coordinates and the noises of every
step. Its history is a deterministic replay of them, so late, corrected and out-of-order figures
are no special case. Figures enter in stages, in the order of the times they speak of, and within a
stage their likelihood is switched on gradually (Neal 2001; Del Moral, Doucet and Jasra 2006; Chopin
2002 for the stages): each temperature is chosen so that the effective sample size falls to half,
particles are resampled systematically and then moved by Metropolis steps that leave the
distribution reached so far unchanged:

- glides: Hamiltonian moves of everything together along the slopes of the figures' likelihood (see
  :mod:`crossings.forecast.glide`), which the figures' narrow valleys ask for;
- renewal: preconditioned Crank-Nicolson (Cotter et al. 2013) on everything, each direction as far
  as the figures leave it free; nudges: the same on a few parameters of each particle;
- errors: parameters that only the comparison with the figures needs take many steps a replay;
- interwoven moves: parameters and noises together so that the history stays as it is, without a
  replay, or loosely so, with one (see :mod:`crossings.forecast.interweave`);
- refresh: who would leave is drawn anew from the prior, so that the modes of a mixture do not die
  out.

Everything random is addressed by (seed, particle, round, purpose): the same bits with any number of
threads.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from crossings.dynamics.streams import (
    block_normals,
    block_uniforms,
    entity_code,
    normals,
    uniforms,
)
from crossings.forecast import glide

F8 = npt.NDArray[np.float64]

NUDGED = 0.2
"""Probability that a coordinate takes part in a nudge."""

WIDE = 3
"""Particles of the first stage for each later one: the prior is wide, the first figures are few."""

WOVEN = 0.3
"""Probability that a coordinate of a block takes part in an interwoven move."""

LOOSE = 0.4
"""The same for moves that need a replay."""

WOVEN_STEPS = (1.0, 0.5, 0.2, 0.07)
"""Step sizes of interwoven moves, in turn."""

ERROR_STEPS = 12
"""Steps of the parameters of errors for each replay."""

ERROR = 0.3
"""Probability that a parameter of errors takes part in one of them."""

TARGET_ACCEPTANCE = 0.25
GLIDE_ACCEPTANCE = 0.6
LEAPS, LAST_LEAPS = 6, 12
"""Steps along the slope in a glide, on the way and at the end."""

WEAVES, LAST_WEAVES = 8, 12
"""Interwoven moves of each block, which cost no replay, on the way and at the end."""

LOOSE_WEAVES, LAST_LOOSE_WEAVES = 2, 3
"""Those that need one."""

PACES = 8.0
"""The longest leap over the shortest: each particle has its own, at random."""

STEEPEST = 1e4
"""A bound for slopes, which may be anything where counts are small."""

LAST_ROUNDS = 4


class Stage(NamedTuple):
    """A run of figures: how many are in up to its end, and how many steps of the path they need."""

    figures: int
    steps: int


class Target(Protocol):
    """What is sampled: coordinates (``parameters``), noises (``steps``, ``channels``), figures."""

    parameters: int
    steps: int
    channels: int
    stages: tuple[Stage, ...]
    refreshed: tuple[int, ...]
    error_coordinates: tuple[int, ...]
    channel_codes: npt.NDArray[np.int64]
    step_codes: npt.NDArray[np.int64]

    @property
    def blocks(self) -> dict[str, tuple[int, ...]]:
        """Coordinates that noises of the path can make up for, by the name of what they drive."""
        ...

    def log_likelihoods(self, coordinates: F8, path: F8, stage: int) -> tuple[F8, F8]:
        """Log likelihoods of the figures before a stage and of those it adds, each (n,)."""
        ...

    def slopes(self, coordinates: F8, path: F8, stage: int, beta: float) -> tuple[F8, F8, F8, F8]:
        """The same, and where the first plus ``beta`` times the second rises.

        Slopes in the coordinates (n, parameters) and in the noises of the stage's steps
        (n, steps, channels); they need not be exact.
        """
        ...

    def replay(self, coordinates: F8, path: F8, stage: int) -> Any:
        """What the figures up to a stage are compared with; errors' coordinates do not enter."""
        ...

    def compare(self, told: Any, coordinates: F8, stage: int) -> tuple[F8, F8]:
        """The log likelihoods of a replay under coordinates that differ in errors only."""
        ...

    def interweave(
        self, block: str, coordinates: F8, moved: F8, path: F8, stage: int
    ) -> tuple[npt.NDArray[np.int64], F8, F8]:
        """Noises that leave the history as it is while coordinates of a block move.

        Gives the channels, their new noises (n, steps, channels) and the log ratios (n,).
        """
        ...

    @property
    def loose_blocks(self) -> dict[str, tuple[int, ...]]:
        """Coordinates that noises can nearly make up for."""
        ...

    def interweave_loosely(
        self, block: str, coordinates: F8, moved: F8, path: F8, stage: int
    ) -> tuple[F8, npt.NDArray[np.int64], F8, F8]:
        """As :meth:`interweave`, with the coordinates first, of which others may have moved too."""
        ...


@dataclasses.dataclass
class Particles:
    """The population: ``coordinates`` (n, parameters), ``path`` (n, steps, channels).

    ``settled`` and ``fresh`` (n,) are the log likelihoods before the stage and of the stage.
    """

    coordinates: F8
    path: F8
    settled: F8
    fresh: F8


@dataclasses.dataclass(frozen=True)
class Report:
    """What the sampler did: kept with every forecast."""

    stages: int
    temperatures: int
    log_evidence: float
    replays: int
    acceptance: dict[str, float]
    ancestors: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a file."""
        return {
            "stages": self.stages,
            "temperatures": self.temperatures,
            "log_evidence": round(self.log_evidence, 3),
            "replays": self.replays,
            "acceptance": {k: round(v, 3) for k, v in sorted(self.acceptance.items())},
            "distinct_ancestors": self.ancestors,
        }


class Sampler:
    """Runs the population of one target from the prior to the posterior."""

    def __init__(self, target: Target, particles: int, seed: int) -> None:
        self.target = target
        self.n = particles
        self.seed = seed
        self.pace = 0.15
        self.care = 4.0
        self.information = np.zeros(0)
        self.reach = np.full(target.parameters, 0.5)
        self.accepted: dict[str, list[float]] = {}
        self.replays = 0
        self.round = 0
        self.stage = 0
        self.beta = 0.0
        self.ancestors = np.arange(particles)

    def run(
        self, last_rounds: int = LAST_ROUNDS, progress: Callable[[float], None] | None = None
    ) -> tuple[Particles, Report]:
        """Take in all stages; ``progress`` is told the share of the work that is done."""
        tell = progress if progress is not None else lambda _: None
        target = self.target
        state = self._start(WIDE * self.n, target.stages[0].steps)
        evidence, temperatures = 0.0, 0
        count = len(target.stages)
        for stage in range(count):
            self.stage, self.beta = stage, 0.0
            state.settled, state.fresh = self._evaluate(state.coordinates, state.path)
            while self.beta < 1.0:
                following = self._next(state.fresh)
                log_weight = (following - self.beta) * state.fresh
                top = float(log_weight.max())
                weight = np.exp(log_weight - top)
                evidence += top + float(np.log(weight.mean()))
                self.beta = following
                self._resample(state, weight)
                self._move(state)
                temperatures += 1
                tell(0.7 * (stage + self.beta) / count)
            if stage == 0:
                self._narrow(state)
        for number in range(last_rounds):
            self._move_thoroughly(state)
            tell(0.7 + 0.3 * (number + 1) / last_rounds)
        rates = {name: float(np.mean(rate)) for name, rate in self.accepted.items()}
        distinct = int(np.unique(self.ancestors).size)
        return state, Report(count, temperatures, evidence, self.replays, rates, distinct)

    def _start(self, particles: int, steps: int) -> Particles:
        """Draws from the prior, with as much of the path as the first stage needs."""
        target = self.target
        self.n = particles
        self.ancestors = np.arange(particles)
        coordinates = block_normals(
            self.seed, entity_code("parameter"), self.n, 1, target.parameters
        )
        path = self._path(slice(0, steps))
        return Particles(coordinates[:, 0], path, np.zeros(self.n), np.zeros(self.n))

    def _path(self, window: slice) -> F8:
        """Noises of the prior for a window of the path, addressed by entity and step."""
        return normals(
            self.seed,
            np.arange(self.n, dtype=np.int64),
            self.target.channel_codes,
            np.full(self.target.channels, entity_code("path"), dtype=np.int64),
            self.target.step_codes[window],
        )

    def _narrow(self, state: Particles) -> None:
        """Go on with every ``WIDE``-th particle, and with the rest of the path from the prior."""
        chosen = slice(0, None, WIDE)
        self.ancestors = self.ancestors[chosen]
        self.n = self.ancestors.size
        state.coordinates = state.coordinates[chosen].copy()
        state.settled, state.fresh = state.settled[chosen], state.fresh[chosen]
        begun = state.path[chosen]
        rest = self._path(slice(begun.shape[1], self.target.steps))
        state.path = np.concatenate([begun, rest], axis=1)

    def _evaluate(self, coordinates: F8, path: F8) -> tuple[F8, F8]:
        self.replays += 1
        settled, fresh = self.target.log_likelihoods(coordinates, path, self.stage)
        return _finite(settled), _finite(fresh)

    def _code(self, purpose: str) -> int:
        return (entity_code(purpose) + self.round * 7919) & 0xFFFFFFFF

    def _block(self, purpose: str, steps: int, channels: int) -> F8:
        """Fresh standard normals for one move of one round, shape (n, steps, channels)."""
        return block_normals(self.seed, self._code(purpose), self.n, steps, channels)

    def _next(self, fresh: F8) -> float:
        """The next temperature of the stage: where the effective sample size is half, or 1."""

        def effective(to: float) -> float:
            weight = np.exp((to - self.beta) * (fresh - fresh.max()))
            return float(weight.sum() ** 2 / (weight**2).sum())

        if effective(1.0) >= 0.5 * self.n:
            return 1.0
        low, high = self.beta, 1.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            if effective(middle) >= 0.5 * self.n:
                low = middle
            else:
                high = middle
        return max(high, self.beta + 1e-9)

    def _resample(self, state: Particles, weight: F8) -> None:
        """Systematic resampling (Kitagawa 1996) with one uniform."""
        self.round += 1
        u = uniforms(self.seed, 0, self.round, 0, entity_code("resample"))[0]
        edges = np.cumsum(weight / weight.sum())
        chosen = np.searchsorted(edges, (np.arange(self.n) + u) / self.n).clip(0, self.n - 1)
        self.ancestors = self.ancestors[chosen]
        state.coordinates = state.coordinates[chosen]
        state.path = state.path[chosen]
        state.settled, state.fresh = state.settled[chosen], state.fresh[chosen]

    def _move(self, state: Particles) -> None:
        """The moves after each temperature."""
        self._refresh(state)
        self._nudge(state)
        self._glide(state, LEAPS)
        self._renew(state, 0)
        for number in range(WEAVES):
            self._interweave(state, number)
        for number in range(LOOSE_WEAVES):
            self._interweave_loosely(state, number)
        self._move_errors(state)

    def _move_thoroughly(self, state: Particles) -> None:
        """A round at the end, when all figures are in."""
        self.round += 1
        self._move_errors(state)
        self._glide(state, LAST_LEAPS)
        for number in range(2):
            self._renew(state, number)
        for number in range(LAST_WEAVES):
            self._interweave(state, number)
        for number in range(LAST_LOOSE_WEAVES):
            self._interweave_loosely(state, number)
        self._nudge(state)
        self._refresh(state)

    def _decide(
        self,
        name: str,
        state: Particles,
        value: tuple[F8, F8],
        extra: F8 | float = 0.0,
        rows: npt.NDArray[np.int64] | None = None,
    ) -> npt.NDArray[np.bool_]:
        """Metropolis decisions, of all particles or of some ``rows``."""
        who = np.arange(self.n) if rows is None else rows
        settled, fresh = state.settled[who], state.fresh[who]
        log_ratio = value[0] - settled + self.beta * (value[1] - fresh) + extra
        uniform = block_uniforms(self.seed, self._code(f"accept {name}"), self.n)[who]
        yes = np.asarray(np.log(uniform) < log_ratio)
        kind, rate = name.partition(" ")[0], float(yes.mean())
        self.accepted.setdefault(kind, []).append(rate)
        state.settled[who] = np.where(yes, value[0], settled)
        state.fresh[who] = np.where(yes, value[1], fresh)
        return yes

    def _glide(self, state: Particles, leaps: int) -> None:
        """Follow the slope for a few leaps: see :mod:`crossings.forecast.glide`."""
        place = self._place(state)
        coordinates, path = state.coordinates, state.path.copy()
        _, _, slope = self._slopes(coordinates, path)
        metric = glide.learn(slope)
        self.information = metric.information
        momentum = metric.momentum(self._block("glide", 1, place.shape[1])[:, 0])
        uniform = block_uniforms(self.seed, self._code("glide pace"), self.n)
        pace = (self.pace * PACES**-uniform)[:, None]
        energy = 0.5 * (momentum * metric.velocity(momentum) + place**2).sum(axis=1)
        momentum -= 0.5 * pace * (place - slope)
        value = (state.settled, state.fresh)
        for leap in range(leaps):
            place = place + pace * metric.velocity(momentum)
            coordinates = self._read(place, path)
            settled, fresh, slope = self._slopes(coordinates, path)
            value = (settled, fresh)
            last = leap == leaps - 1
            momentum -= (0.5 * pace if last else pace) * (place - slope)
        energy -= 0.5 * (momentum * metric.velocity(momentum) + place**2).sum(axis=1)
        energy = np.where(np.isfinite(energy), energy, -np.inf)
        yes = self._decide("glide", state, value, energy)
        _take(state, yes, coordinates, path)
        factor = np.exp(0.5 * (float(yes.mean()) - GLIDE_ACCEPTANCE))
        self.pace = float(np.clip(self.pace * factor, 0.01, 0.5))

    def _renew(self, state: Particles, number: int) -> None:
        """Crank-Nicolson on everything, each direction as far as the figures leave it free."""
        place = self._place(state)
        if self.information.size != place.shape[1]:
            return
        step = 1.0 / np.sqrt(1.0 + self.care * self.information)
        fresh = self._block(f"free {number}", 1, place.shape[1])[:, 0]
        place = np.sqrt(1.0 - step**2) * place + step * fresh
        path = state.path.copy()
        coordinates = self._read(place, path)
        yes = self._decide(f"free {number}", state, self._evaluate(coordinates, path))
        _take(state, yes, coordinates, path)
        self.care = float(np.clip(self.care * np.exp(TARGET_ACCEPTANCE - yes.mean()), 0.5, 1e4))

    def _place(self, state: Particles) -> F8:
        """Coordinates and the noises of the stage in one row a particle."""
        path = state.path[:, : self.target.stages[self.stage].steps]
        return np.concatenate([state.coordinates, path.reshape(self.n, -1)], axis=1)

    def _read(self, place: F8, path: F8) -> F8:
        """The coordinates of such rows; their noises go into ``path``."""
        steps, own = self.target.stages[self.stage].steps, self.target.parameters
        path[:, :steps] = place[:, own:].reshape(self.n, steps, -1)
        return np.ascontiguousarray(place[:, :own])

    def _slopes(self, coordinates: F8, path: F8) -> tuple[F8, F8, F8]:
        self.replays += 1
        settled, fresh, one, two = self.target.slopes(coordinates, path, self.stage, self.beta)
        slope = np.concatenate([one, two.reshape(one.shape[0], -1)], axis=1)
        slope = np.clip(np.nan_to_num(slope, nan=0.0), -STEEPEST, STEEPEST)
        return _finite(settled), _finite(fresh), slope

    def _refresh(self, state: Particles) -> None:
        """Draw who would leave anew from the prior: the modes of a mixture must not die out."""
        x = state.coordinates
        fresh = self._block("refresh", 1, x.shape[1])[:, 0]
        pick = ndtr(self._block("refresh which", 1, x.shape[1])[:, 0])
        chance = np.zeros(x.shape[1])
        chance[list(self.target.refreshed)] = 0.5
        moved = np.where(pick < chance, fresh, x)
        yes = self._decide("refresh", state, self._evaluate(moved, state.path))
        state.coordinates = np.where(yes[:, None], moved, x)

    def _nudge(self, state: Particles) -> None:
        """Move a few coordinates of each particle, each particle its own, as far as each can go.

        The reach of a coordinate follows the acceptance of the moves that it took part in: what
        the figures say little of is drawn anew, what they bind moves a little.
        """
        x = state.coordinates
        fresh = self._block("nudge", 1, x.shape[1])[:, 0]
        pick = ndtr(self._block("nudge which", 1, x.shape[1])[:, 0]) < NUDGED
        moved = np.where(pick, np.sqrt(1 - self.reach**2) * x + self.reach * fresh, x)
        yes = self._decide("nudge", state, self._evaluate(moved, state.path))
        state.coordinates = np.where(yes[:, None], moved, x)
        rate = float(yes.mean())
        each = (pick & yes[:, None]).sum(axis=0) / np.maximum(1, pick.sum(axis=0))
        factor = np.exp(2.0 * (each - rate) + 0.5 * (rate - TARGET_ACCEPTANCE))
        self.reach = np.clip(self.reach * factor, 0.02, 1.0)

    def _interweave(self, state: Particles, number: int) -> None:
        """Move parameters and noises together: the history stays, no replay is needed."""
        steps = self.target.stages[self.stage].steps
        step = WOVEN_STEPS[(self.round + number) % len(WOVEN_STEPS)]
        for block, members in self.target.blocks.items():
            name = f"woven {block} {number}"
            x = state.coordinates
            moved = self._shifted(x, members, (name, f"{name} which"), WOVEN, step)
            channels, noise, ratio = self.target.interweave(block, x, moved, state.path, self.stage)
            uniform = block_uniforms(self.seed, self._code(f"accept {name}"), self.n)
            yes = np.asarray(np.log(uniform) < ratio)
            self.accepted.setdefault("woven", []).append(float(yes.mean()))
            state.coordinates = np.where(yes[:, None], moved, x)
            for k, channel in enumerate(channels):
                state.path[yes, :steps, channel] = noise[yes, :, k]

    def _interweave_loosely(self, state: Particles, number: int) -> None:
        """The same for what noises can nearly make up for: accepted by a replay.

        Particles of which no coordinate takes part stay where they are, without a replay.
        """
        steps = self.target.stages[self.stage].steps
        step = WOVEN_STEPS[(self.round + number) % len(WOVEN_STEPS)]
        for block, members in self.target.loose_blocks.items():
            name = f"loose {block} {number}"
            moved = self._shifted(state.coordinates, members, (name, f"{name} which"), LOOSE, step)
            rows = np.flatnonzero((moved != state.coordinates).any(axis=1))
            if not rows.size:
                continue
            path = state.path[rows]
            moved, channels, noise, ratio = self.target.interweave_loosely(
                block, state.coordinates[rows], moved[rows], path, self.stage
            )
            for k, channel in enumerate(channels):
                path[:, :steps, channel] = noise[:, :, k]
            yes = self._decide(name, state, self._evaluate(moved, path), ratio, rows)
            state.coordinates[rows[yes]] = moved[yes]
            state.path[rows[yes]] = path[yes]

    def _shifted(
        self, x: F8, members: tuple[int, ...], purposes: tuple[str, str], share: float, step: float
    ) -> F8:
        """Some coordinates ``members`` moved by Crank-Nicolson, each with the chance ``share``.

        ``purposes`` address the fresh normals, and those that say who takes part.
        """
        chosen = np.array(members, dtype=np.int64)
        fresh = self._block(purposes[0], 1, chosen.size)[:, 0]
        pick = ndtr(self._block(purposes[1], 1, chosen.size)[:, 0]) < share
        moved = x.copy()
        moved[:, chosen] = np.where(
            pick, np.sqrt(1 - step**2) * x[:, chosen] + step * fresh, x[:, chosen]
        )
        return moved

    def _move_errors(self, state: Particles) -> None:
        """Move what only the errors of figures depend on: many steps at one replay's price."""
        errors = self.target.error_coordinates
        if not errors:
            return
        self.replays += 1
        told = self.target.replay(state.coordinates, state.path, self.stage)
        for number in range(ERROR_STEPS):
            x = state.coordinates
            step = 0.4 if number % 2 else 1.0
            purposes = (f"error {number}", f"error which {number}")
            moved = self._shifted(x, errors, purposes, ERROR, step)
            value = self.target.compare(told, moved, self.stage)
            yes = self._decide(f"error {number}", state, value)
            state.coordinates = np.where(yes[:, None], moved, x)


def _finite(value: F8) -> F8:
    """Log likelihoods with a number in place of none."""
    return np.where(np.isfinite(value), value, -1e300)


def _take(state: Particles, yes: npt.NDArray[np.bool_], coordinates: F8, path: F8) -> None:
    """Particles that were accepted take their new coordinates and paths."""
    state.coordinates = np.where(yes[:, None], coordinates, state.coordinates)
    state.path[yes] = path[yes]
