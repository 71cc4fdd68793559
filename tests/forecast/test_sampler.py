"""The sampler on targets whose posterior is known; on the real one, that it repeats itself."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from crossings.forecast.corridors import corridors
from crossings.forecast.observation import gather
from crossings.forecast.onset import OnsetModel
from crossings.forecast.parameters import Priors
from crossings.forecast.population import population
from crossings.forecast.sampler import Particles, Report, Sampler, Stage
from tests.forecast import border

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]


class Plain:
    """A target without errors of its own and without blocks that noises could make up for."""

    refreshed: tuple[int, ...] = ()
    error_coordinates: tuple[int, ...] = ()

    @property
    def blocks(self) -> dict[str, tuple[int, ...]]:
        return {}

    def replay(self, coordinates: F8, path: F8, stage: int) -> F8:
        raise AssertionError("no coordinate of errors, so no replay to compare with")

    def compare(self, told: F8, coordinates: F8, stage: int) -> tuple[F8, F8]:
        raise AssertionError("no coordinate of errors, so nothing to compare")

    @property
    def loose_blocks(self) -> dict[str, tuple[int, ...]]:
        return {}

    def interweave(
        self, block: str, coordinates: F8, moved: F8, path: F8, stage: int
    ) -> tuple[I8, F8, F8]:
        raise AssertionError("no block, so nothing to interweave")

    def interweave_loosely(
        self, block: str, coordinates: F8, moved: F8, path: F8, stage: int
    ) -> tuple[F8, I8, F8, F8]:
        raise AssertionError("no block, so nothing to interweave")


class Walk(Plain):
    """A target with everything known: a linear state space with Gaussian noise.

    x_0 = 2 z_0, x_t = 0.9 x_(t-1) + 0.5 z_1 + 0.3 w_t for 30 steps, with coordinates z and path w
    standard normal; every third state is seen with an error of sd 0.3. Stage s adds two figures.
    """

    parameters = 2
    steps = 30
    channels = 1
    refreshed: tuple[int, ...] = (0,)
    error = 0.3
    keep = 0.9

    def __init__(self) -> None:
        self.channel_codes: I8 = np.array([17], dtype=np.int64)
        self.step_codes: I8 = np.arange(self.steps, dtype=np.int64)
        self.seen = np.arange(2, self.steps, 3)
        self.stages = tuple(
            Stage(n, int(self.seen[n - 1]) + 1 if n < self.seen.size else self.steps)
            for n in range(2, self.seen.size + 1, 2)
        )
        rng = np.random.default_rng(5)
        size = self.parameters + self.steps
        self.states = np.stack([self._states(row) for row in np.eye(size)], axis=1)
        truth = self.states @ rng.standard_normal(size)
        self.figures: F8 = truth[self.seen] + self.error * rng.standard_normal(self.seen.size)

    def _states(self, u: F8) -> F8:
        x, found = 2 * float(u[0]), []
        for w in u[self.parameters :].tolist():
            x = self.keep * x + 0.5 * float(u[1]) + 0.3 * w
            found.append(x)
        return np.array(found)

    def log_likelihoods(self, coordinates: F8, path: F8, stage: int) -> tuple[F8, F8]:
        steps = self.stages[stage].steps
        u = np.concatenate([coordinates, path[:, :steps, 0]], axis=1)
        x: F8 = u @ self.states[:steps, : self.parameters + steps].T
        until = self.stages[stage].figures
        before = self.stages[stage - 1].figures if stage else 0
        seen = x[:, self.seen[:until]]
        log = np.asarray(stats.norm.logpdf(seen, self.figures[:until], self.error))
        return log[:, :before].sum(axis=1), log[:, before:].sum(axis=1)

    def slopes(self, coordinates: F8, path: F8, stage: int, beta: float) -> tuple[F8, F8, F8, F8]:
        settled, fresh = self.log_likelihoods(coordinates, path, stage)
        steps, until = self.stages[stage].steps, self.stages[stage].figures
        weight = np.ones(until)
        weight[self.stages[stage - 1].figures if stage else 0 :] = beta
        design = self.states[self.seen[:until], : self.parameters + steps]
        u = np.concatenate([coordinates, path[:, :steps, 0]], axis=1)
        slope = weight * (self.figures[:until] - u @ design.T) / self.error**2 @ design
        own = self.parameters
        return settled, fresh, slope[:, :own], slope[:, own:, None]

    def exact(self) -> tuple[F8, F8, float]:
        """Mean and covariance of coordinates and path, and the log evidence, by linear algebra.

        With no nonlinearity the joint posterior is that of the Kalman smoother.
        """
        design = self.states[self.seen]
        spread = design @ design.T + self.error**2 * np.eye(self.seen.size)
        gain = np.linalg.solve(spread, design).T
        covariance = np.eye(design.shape[1]) - gain @ design
        evidence = stats.multivariate_normal.logpdf(self.figures, cov=spread)
        return gain @ self.figures, covariance, float(evidence)


class Peaks(Plain):
    """One coordinate of five matters: a posterior with two narrow peaks of known masses."""

    parameters = 5
    steps = 4
    channels = 1
    stages: tuple[Stage, ...] = (Stage(1, 4),)

    def __init__(self, share: float) -> None:
        self.channel_codes: I8 = np.array([3], dtype=np.int64)
        self.step_codes: I8 = np.arange(self.steps, dtype=np.int64)
        self.share = share

    def log_likelihoods(self, coordinates: F8, path: F8, stage: int) -> tuple[F8, F8]:
        z = coordinates[:, 0]
        low = stats.norm.logpdf(z, -1.5, 0.1) + np.log(1 - self.share)
        high = stats.norm.logpdf(z, 1.5, 0.1) + np.log(self.share)
        return np.zeros(len(z)), np.logaddexp(low, high)

    def slopes(self, coordinates: F8, path: F8, stage: int, beta: float) -> tuple[F8, F8, F8, F8]:
        z = coordinates[:, 0]
        slope = np.zeros_like(coordinates)
        slope[:, 0] = beta * (np.where(z < 0, -1.5, 1.5) - z) / 0.1**2
        return *self.log_likelihoods(coordinates, path, stage), slope, np.zeros_like(path)


class Silence(Walk):
    """The same without a word: the posterior is the prior, so every move is seen as proposed."""

    def log_likelihoods(self, coordinates: F8, path: F8, stage: int) -> tuple[F8, F8]:
        return np.zeros(len(path)), np.zeros(len(path))

    def slopes(self, coordinates: F8, path: F8, stage: int, beta: float) -> tuple[F8, F8, F8, F8]:
        """Slopes that have nothing to do with it: a move may propose what it likes."""
        steps = self.stages[stage].steps
        return *self.log_likelihoods(coordinates, path, stage), np.sin(coordinates), path[:, :steps]


SEEDS = range(4)


@pytest.fixture(scope="module")
def runs() -> list[tuple[Particles, Report]]:
    return [Sampler(Walk(), 1000, seed).run() for seed in SEEDS]


def test_the_posterior_of_a_linear_model_is_the_smoothers(
    runs: list[tuple[Particles, Report]],
) -> None:
    mean, covariance, _ = Walk().exact()
    sd = np.sqrt(np.diag(covariance))
    drawn = [np.concatenate([s.coordinates, s.path[:, :, 0]], axis=1) for s, _ in runs]
    z = (np.mean([d.mean(axis=0) for d in drawn], axis=0) - mean) / sd
    ratio = np.mean([d.std(axis=0) for d in drawn], axis=0) / sd
    assert np.abs(z[:2]).max() < 0.3
    assert np.abs(z).max() < 0.3
    assert np.sqrt((z**2).mean()) < 0.12
    assert np.abs(ratio[:2] - 1).max() < 0.25
    assert np.abs(ratio - 1).max() < 0.25
    assert abs(ratio.mean() - 1) < 0.02


def test_where_nothing_is_said_every_move_keeps_the_prior() -> None:
    state, report = Sampler(Silence(), 2000, 1).run(last_rounds=20)
    assert all(rate > 0.9 for move, rate in report.acceptance.items() if move != "glide")
    u = np.concatenate([state.coordinates, state.path[:, :, 0]], axis=1)
    # Standard errors: 0.022 for each mean, 0.032 for each variance, a sixth of that for all.
    assert np.abs(u.mean(axis=0)).max() < 0.09
    assert np.abs(u.var(axis=0) - 1).max() < 0.13
    assert u[:, 2:].var() == pytest.approx(1.0, abs=0.03)
    neighbours = (state.path[:, 1:, 0] * state.path[:, :-1, 0]).mean()
    assert neighbours == pytest.approx(0.0, abs=0.03)


def test_the_state_now_is_the_filters(runs: list[tuple[Particles, Report]]) -> None:
    """What a forecast starts from: the last state, a sum of everything before."""
    walk = Walk()
    mean, covariance, _ = walk.exact()
    last = walk.states[-1]
    expected, sd = last @ mean, np.sqrt(last @ covariance @ last)
    drawn = [np.concatenate([s.coordinates, s.path[:, :, 0]], axis=1) @ last for s, _ in runs]
    assert np.mean([d.mean() for d in drawn]) == pytest.approx(expected, abs=0.1 * sd)
    assert np.mean([d.std() for d in drawn]) == pytest.approx(sd, rel=0.08)


def test_the_evidence_is_that_of_the_linear_model(runs: list[tuple[Particles, Report]]) -> None:
    _, _, exact = Walk().exact()
    found = np.array([report.log_evidence for _, report in runs])
    assert found.mean() == pytest.approx(exact, abs=0.4)
    assert found.std() < 0.6


def test_the_report_tells_what_was_done(runs: list[tuple[Particles, Report]]) -> None:
    state, report = runs[0]
    assert report.stages == len(Walk().stages) == 5
    assert report.temperatures >= report.stages
    assert 1 < report.ancestors < 1000
    assert all(0 < rate < 1 for rate in report.acceptance.values())
    assert report.as_dict()["replays"] == report.replays
    settled, fresh = Walk().log_likelihoods(state.coordinates, state.path, 4)
    np.testing.assert_allclose(state.settled, settled)
    np.testing.assert_allclose(state.fresh, fresh)


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_both_of_two_peaks_are_kept_with_their_masses(share: float) -> None:
    states = [Sampler(Peaks(share), 1000, seed).run()[0] for seed in SEEDS]
    z = np.concatenate([s.coordinates[:, 0] for s in states])
    assert (z > 0).mean() == pytest.approx(share, abs=0.05)
    # Prior N(0, 1) times N(1.5, 0.1^2): a normal with these numbers.
    for side in (z[z > 0], -z[z < 0]):
        assert side.mean() == pytest.approx(1.5 / 1.01, abs=0.02)
        assert side.std() == pytest.approx(0.1 / np.sqrt(1.01), rel=0.1)
    rest = np.concatenate([s.coordinates[:, 1:] for s in states])
    assert np.abs(rest.mean(axis=0)).max() < 0.15
    assert np.abs(rest.std(axis=0) - 1).max() < 0.1


def onset_model() -> OnsetModel:
    known = border.two_gates(
        border.claim("people", 50_000, -9, measure="population", counting="stock"),
        border.claim("first", 400, 40, place="east"),
        border.claim("second", 2_100, 70),
        border.claim("third", 2_900, 75, high=None),
        border.claim("books", 1_700, 90, measure="registered"),
        border.claim("last", 5_200, 110),
    )
    shape = corridors(known)
    found = gather(known, shape, border.ISSUED)
    at_risk = population(found, Priors(), border.ISSUED)
    return OnsetModel(known, shape, found, at_risk, Priors(), border.ISSUED, 24.0)


def run_with_threads(threads: int, seed: int = 7) -> tuple[Particles, Report]:
    before = numba.get_num_threads()
    numba.set_num_threads(threads)
    try:
        return Sampler(onset_model(), 100, seed).run(last_rounds=2)
    finally:
        numba.set_num_threads(before)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one core cannot run two threads")
def test_one_thread_or_two_or_again_give_the_same_bits() -> None:
    first, report = run_with_threads(1)
    for threads in (2, 1):
        state, other = run_with_threads(threads)
        assert other == report
        for one, two in zip(vars(first).values(), vars(state).values(), strict=True):
            assert np.array_equal(one, two)


def test_another_seed_is_another_sample() -> None:
    one, two = run_with_threads(1)[0], run_with_threads(1, seed=8)[0]
    assert not np.intersect1d(one.coordinates, two.coordinates).size


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    Sampler(Peaks(0.5), 100, 1).run(last_rounds=2, progress=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1]
    assert told[-1] == pytest.approx(1.0)
