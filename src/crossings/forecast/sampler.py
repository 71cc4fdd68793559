"""Tempered sequential Monte Carlo over paths: from the prior to the posterior by small steps.

A particle is a vector of standard normals: its parameters' coordinates and the noises of every
step. Its history is a deterministic replay of them, so late, corrected and out-of-order figures
are no special case. Figures enter in stages, in the order of the times they speak of, and within a stage
their likelihood is switched on gradually (Neal 2001; Del Moral, Doucet and Jasra 2006; Chopin 2002
for the stages): each temperature is chosen so that the effective sample size falls to half,
particles are resampled systematically and then moved by Metropolis steps that leave the
distribution reached so far unchanged:

- parameters: preconditioned Crank-Nicolson (Cotter et al. 2013) around the population's mean with
  its covariance, all at once;
- nudges: a few coordinates of each particle a little;
- the end of the path, where the newest figures bind; windows elsewhere, whose mean is kept: a
  change that does not shift all that follows is accepted far more often;
- refresh: coordinates drawn anew from the prior, so that the modes of a mixture do not die out;
  those named by the target (who would leave) alone and often.

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

F8 = npt.NDArray[np.float64]

REFRESH = 0.12
"""Probability that a coordinate is drawn anew in a refresh of all."""

NUDGED = 0.15
"""Probability that a coordinate takes part in a nudge."""

TARGET_ACCEPTANCE = 0.25
LAST_ROUNDS = 8


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
    often_refreshed: tuple[int, ...]
    channel_codes: npt.NDArray[np.int64]
    step_codes: npt.NDArray[np.int64]
    window_steps: tuple[int, int]

    def log_likelihoods(self, coordinates: F8, path: F8, stage: int) -> tuple[F8, F8]:
        """Log likelihoods of the figures before a stage and of those it adds, each (n,)."""
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
        self.scale = {"parameters": 0.5, "end": 0.7, "window": 0.7, "nudge": 0.5}
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
        coordinates = block_normals(
            self.seed, entity_code("parameter"), self.n, 1, target.parameters
        )
        path = normals(
            self.seed,
            np.arange(self.n, dtype=np.int64),
            target.channel_codes,
            np.full(target.channels, entity_code("path"), dtype=np.int64),
            target.step_codes,
        )
        state = Particles(coordinates[:, 0], path, np.zeros(self.n), np.zeros(self.n))
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
        for number in range(last_rounds):
            self._move_thoroughly(state)
            tell(0.7 + 0.3 * (number + 1) / last_rounds)
        rates = {name: float(np.mean(rate)) for name, rate in self.accepted.items()}
        distinct = int(np.unique(self.ancestors).size)
        return state, Report(count, temperatures, evidence, self.replays, rates, distinct)

    def _evaluate(self, coordinates: F8, path: F8) -> tuple[F8, F8]:
        self.replays += 1
        settled, fresh = self.target.log_likelihoods(coordinates, path, self.stage)
        return (
            np.where(np.isfinite(settled), settled, -1e300),
            np.where(np.isfinite(fresh), fresh, -1e300),
        )

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
        self._move_end(state, 0)
        self._refresh(state, self.target.often_refreshed)
        self._nudge(state, 0)
        self._move_end(state, 1)
        if self.round % 2:
            self._move_window(state, 0)
            self._refresh(state)
        else:
            self._move_parameters(state)

    def _move_thoroughly(self, state: Particles) -> None:
        """A round at the end, when all figures are in."""
        self.round += 1
        self._move_parameters(state)
        for number in range(3):
            self._move_window(state, number)
        self._move_end(state, 0)
        for number in range(2):
            self._nudge(state, number)
        self._refresh(state, self.target.often_refreshed)
        self._refresh(state)

    def _decide(
        self, name: str, state: Particles, value: tuple[F8, F8], extra: F8 | float = 0.0
    ) -> npt.NDArray[np.bool_]:
        """Metropolis decisions; the step size of a move follows its acceptance."""
        log_ratio = value[0] - state.settled + self.beta * (value[1] - state.fresh) + extra
        uniform = block_uniforms(self.seed, self._code(f"accept {name}"), self.n)
        yes = np.asarray(np.log(uniform) < log_ratio)
        kind, rate = name.partition(" ")[0], float(yes.mean())
        self.accepted.setdefault(kind, []).append(rate)
        if kind in self.scale:
            factor = np.exp(0.8 * (rate - TARGET_ACCEPTANCE))
            self.scale[kind] = float(np.clip(self.scale[kind] * factor, 0.02, 0.98))
        state.settled = np.where(yes, value[0], state.settled)
        state.fresh = np.where(yes, value[1], state.fresh)
        return yes

    def _move_parameters(self, state: Particles) -> None:
        """Crank-Nicolson around the population: reversible for its normal approximation."""
        x = state.coordinates
        mean = x.mean(axis=0)
        root = _root(x - mean)
        inverse = np.asarray(np.linalg.inv(root), dtype=np.float64)
        step = self.scale["parameters"]
        fresh = self._block("move parameters", 1, x.shape[1])[:, 0]
        moved = mean + np.sqrt(1 - step**2) * (x - mean) + step * _times(fresh, root)
        value = self._evaluate(moved, state.path)
        prior = (x**2).sum(axis=1) - (moved**2).sum(axis=1)
        around = (_times(moved - mean, inverse) ** 2).sum(axis=1)
        around -= (_times(x - mean, inverse) ** 2).sum(axis=1)
        yes = self._decide("parameters", state, value, 0.5 * (prior + around))
        state.coordinates = np.where(yes[:, None], moved, x)

    def _length(self, number: int, code: str) -> tuple[int, float]:
        """A window's length in steps, log-uniform between the target's bounds, and a uniform."""
        one, two = uniforms(self.seed, number, self.round, 0, entity_code(code))
        low, high = self.target.window_steps
        return max(1, round(low * (high / low) ** one)), two

    def _renew(self, state: Particles, name: str, window: slice, keep_mean: bool) -> None:
        """Crank-Nicolson on a window of the path, with the mean of each channel kept or not.

        Keeping the mean is Crank-Nicolson on the part orthogonal to a constant: reversible too.
        """
        step = self.scale[name.partition(" ")[0]]
        fresh = self._block(f"move {name}", window.stop - window.start, self.target.channels)
        before = state.path[:, window].copy()
        if keep_mean:
            fresh -= fresh.mean(axis=1, keepdims=True)
            mean = before.mean(axis=1, keepdims=True)
            state.path[:, window] = mean + np.sqrt(1 - step**2) * (before - mean) + step * fresh
        else:
            state.path[:, window] = np.sqrt(1 - step**2) * before + step * fresh
        value = self._evaluate(state.coordinates, state.path)
        yes = self._decide(name, state, value)
        state.path[~yes, window] = before[~yes]

    def _move_end(self, state: Particles, number: int) -> None:
        """Renew the end of the path, as far as figures are in."""
        stop = self.target.stages[self.stage].steps
        length, _ = self._length(number, "end")
        self._renew(state, f"end {number}", slice(max(0, stop - length), stop), keep_mean=False)

    def _move_window(self, state: Particles, number: int) -> None:
        """Renew a window anywhere before the end."""
        stop = self.target.stages[self.stage].steps
        length, where = self._length(number, "window")
        length = min(max(2, length), stop)
        first = int(where * (stop - length + 1))
        self._renew(state, f"window {number}", slice(first, first + length), keep_mean=length > 1)

    def _refresh(self, state: Particles, some: tuple[int, ...] = ()) -> None:
        """Draw some coordinates anew from the prior: an independence step for each of them.

        ``some`` names coordinates that are each drawn with even chance, alone; without it each of
        all has the chance ``REFRESH``.
        """
        x = state.coordinates
        name = "pool" if some else "refresh"
        fresh = self._block(name, 1, x.shape[1])[:, 0]
        pick = ndtr(self._block(f"{name} which", 1, x.shape[1])[:, 0])
        chance = np.full(x.shape[1], 0.0 if some else REFRESH)
        chance[list(some)] = 0.5
        moved = np.where(pick < chance, fresh, x)
        yes = self._decide(name, state, self._evaluate(moved, state.path))
        state.coordinates = np.where(yes[:, None], moved, x)

    def _nudge(self, state: Particles, number: int) -> None:
        """Move a few coordinates of each particle a little, each particle its own."""
        x = state.coordinates
        step = self.scale["nudge"]
        fresh = self._block(f"nudge {number}", 1, x.shape[1])[:, 0]
        pick = ndtr(self._block(f"nudge which {number}", 1, x.shape[1])[:, 0])
        moved = np.where(pick < NUDGED, np.sqrt(1 - step**2) * x + step * fresh, x)
        yes = self._decide(f"nudge {number}", state, self._evaluate(moved, state.path))
        state.coordinates = np.where(yes[:, None], moved, x)


def _times(rows: F8, matrix: F8) -> F8:
    """``rows @ matrix.T`` in a fixed order of additions, whatever the number of threads."""
    return np.asarray(np.einsum("ij,kj->ik", rows, matrix, optimize=False))


def _root(centred: F8) -> F8:
    """A Cholesky factor of the covariance of ``centred`` (n, p), kept away from singular."""
    covariance = np.einsum("ij,ik->jk", centred, centred, optimize=False) / len(centred)
    covariance += 1e-4 * np.eye(covariance.shape[0])
    return np.asarray(np.linalg.cholesky(covariance))
