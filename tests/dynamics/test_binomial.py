from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crossings.dynamics import binomial
from crossings.dynamics.compiled import compiled
from crossings.dynamics.streams import stream_key

I8 = npt.NDArray[np.int64]
F8 = npt.NDArray[np.float64]

SIZES = (1, 2, 7, 30, 47, 49, 100, 1000, 12_345, 10**6, 10**9)
CHANCES = (1e-9, 1e-6, 1e-3, 0.01, 0.1, 0.3, 0.5, 0.62, 0.9, 0.999, 1 - 1e-6, 1 - 1e-9)
SETTINGS = list(itertools.product(SIZES, CHANCES))
NEAR_THE_SWITCH = [(48, 0.5), (1200, 0.0101), (10**6, 12.1 / 1e6), (10**6, 1 - 11.9 / 1e6)]
DRAWS = 20_000


@compiled
def exact_draws(n: int, p: float, entity: int, count: int) -> I8:
    out = np.empty(count, np.int64)
    for i in range(count):
        out[i] = binomial.exact_binomial(n, p, 1, i, entity, 0, 1)
    return out


@compiled
def stream_draws(n: int, p: float, count: int) -> I8:
    key, twist = stream_key(7, 1, 2, 3, 4)
    out, tick = np.empty(count, np.int64), 0
    for i in range(count):
        out[i], tick = binomial.stream_binomial(n, p, key, twist, tick)
    return out


@compiled
def squeezes(variance: float, away: F8) -> tuple[F8, F8]:
    middle, half = np.empty(away.size), np.empty(away.size)
    for i in range(away.size):
        middle[i], half[i] = binomial._squeeze(variance, away[i])
    return middle, half


@compiled
def smooth_of(n: int, p: float, z: F8) -> I8:
    out = np.empty(z.size, np.int64)
    for i in range(z.size):
        out[i] = binomial.smooth_binomial(n, p, z[i])
    return out


@compiled
def clumped_of(mean: float, clump: float, z: F8) -> I8:
    out = np.empty(z.size, np.int64)
    for i in range(z.size):
        out[i] = binomial.clumped_throughput(mean, clump, z[i])
    return out


def distance(draws: I8, n: int, p: float) -> float:
    """The largest difference of the distribution functions of draws and of the binomial."""
    values, counts = np.unique(draws, return_counts=True)
    some = slice(None, None, max(1, values.size // 300))  # scipy takes its time over each
    cumulated = np.cumsum(counts)[some] / draws.size
    return float(np.abs(cumulated - stats.binom.cdf(values[some], n, p)).max())


def bound(tests: int) -> float:
    """What the distance stays under in all tests but for a chance of 0.001 (Massart 1990)."""
    return math.sqrt(math.log(2 * tests / 0.001) / (2 * DRAWS))


def test_exact_binomial_has_the_binomial_distribution() -> None:
    cases = SETTINGS + NEAR_THE_SWITCH
    far = {}
    for i, (n, p) in enumerate(cases):
        draws = exact_draws(n, p, i, DRAWS)
        assert draws.min() >= 0
        assert draws.max() <= n
        if distance(draws, n, p) > bound(len(cases)):
            far[n, p] = distance(draws, n, p)
    assert far == {}


def test_that_test_finds_a_small_error() -> None:
    draws = exact_draws(10_000, 0.3 * 1.01, 0, DRAWS)
    assert distance(draws, 10_000, 0.3) > bound(len(SETTINGS))


def test_binomials_of_a_stream_have_the_binomial_distribution() -> None:
    cases = [*SETTINGS, *NEAR_THE_SWITCH]
    for n, p in cases:
        assert distance(stream_draws(n, p, DRAWS), n, p) < bound(len(cases)), (n, p)


def test_exact_binomial_takes_whole_moments_far_out() -> None:
    draws = exact_draws(10**9, 0.25, 5, 200_000).astype(float)
    sd = math.sqrt(10**9 * 0.25 * 0.75)
    assert abs(draws.mean() - 2.5e8) < 4 * sd / math.sqrt(draws.size)
    assert draws.std() == pytest.approx(sd, rel=4 / math.sqrt(2 * draws.size))


@pytest.mark.parametrize("p", [1e-6, 0.01, 0.2, 0.37, 0.5])
def test_the_squeeze_holds_the_probability(p: float) -> None:
    """What is accepted or rejected without logarithms would be with them."""
    for variance in np.geomspace(binomial.INVERSION_BELOW, 1e6, 60):
        n = math.ceil(variance / (p * (1 - p)))
        mode = math.floor((n + 1) * p)
        far = min(n * p * (1 - p) / 2 - 1, 40 * math.sqrt(variance))
        away = np.arange(1, math.ceil(far))
        up = np.cumsum(np.log((n - mode - away + 1) * p / ((mode + away) * (1 - p))))
        below = away[away <= mode]
        down = np.cumsum(np.log((mode - below + 1) * (1 - p) / ((n - mode + below) * p)))
        middle, half = squeezes(n * p * (1 - p), away.astype(float))
        assert (np.abs(up - middle) < half).all()
        assert (np.abs(down - middle[: below.size]) < half[: below.size]).all()


@compiled
def smooth_thresholds(n: int, p: float, ks: I8) -> F8:
    """The largest normal that still gives at most k: the map is monotone, so bisection finds it."""
    out = np.empty(ks.size)
    for i in range(ks.size):
        low, high = -12.0, 12.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            if binomial.smooth_binomial(n, p, middle) <= ks[i]:
                low = middle
            else:
                high = middle
        out[i] = low
    return out


def smooth_error(n: int, p: float) -> float:
    """The largest error of the smooth sampler's distribution function, without sampling."""
    middle, sd = n * p, math.sqrt(n * p * (1 - p))
    low, high = max(0, math.floor(middle - 6 * sd - 3)), min(n, math.ceil(middle + 6 * sd + 3))
    ks = np.unique(np.linspace(low, high, 801).astype(np.int64))
    ours = stats.norm.cdf(smooth_thresholds(n, p, ks))
    return float(np.abs(ours - stats.binom.cdf(ks, n, p)).max())


def by_variance(low: float, high: float) -> list[tuple[int, float]]:
    found = []
    for variance in np.geomspace(low, high, 12):
        for n in (50, 100, 1000, 10**5, 10**7, 10**9):
            if n / 4 >= variance:
                p = 0.5 * (1 - math.sqrt(1 - 4 * variance / n)) if n < 10**8 else variance / n
                found += [(n, p), (n, 1 - p)]
    return found


@pytest.mark.parametrize(
    ("low", "high", "largest"),
    [(12.001, 15, 2e-4), (15, 40, 1.4e-4), (40, 200, 4e-5), (200, 1e4, 3e-6), (1e4, 2e8, 1e-8)],
)
def test_smooth_binomial_is_as_near_as_it_says(low: float, high: float, largest: float) -> None:
    errors = [smooth_error(n, p) for n, p in by_variance(low, high)]
    assert max(errors) <= largest
    # Not said too carefully either.
    assert max(errors) > largest / 2


def test_smooth_binomial_is_exact_below_the_switch() -> None:
    cases = [(n, p) for n, p in SETTINGS if 0 < n * p * (1 - p) < binomial.INVERSION_BELOW]
    assert len(cases) > 50
    assert max(smooth_error(n, p) for n, p in cases) < 1e-8


def test_smooth_binomial_has_the_mean_and_variance() -> None:
    z = stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    for n, p in SETTINGS + NEAR_THE_SWITCH:
        draws = smooth_of(n, p, z).astype(float)
        sd = math.sqrt(n * p * (1 - p))
        assert abs(draws.mean() - n * p) < 2e-3 * max(sd, 0.01)
        if sd > 0.1:
            assert draws.std() == pytest.approx(sd, rel=5e-3)


@settings(max_examples=300)
@given(
    st.integers(0, 10**9),
    st.floats(0, 1),
    st.floats(-40, 40),
    st.floats(0, 3),
)
def test_smooth_binomial_is_monotone_and_within_bounds(
    n: int, p: float, z: float, more: float
) -> None:
    low, high = binomial.smooth_binomial(n, p, z), binomial.smooth_binomial(n, p, z + more)
    assert 0 <= low <= high <= n


@pytest.mark.parametrize(("n", "p", "k"), [(0, 0.5, 0), (9, 0.0, 0), (9, 1.0, 9), (9, -0.1, 0)])
def test_what_is_certain(n: int, p: float, k: int) -> None:
    assert binomial.smooth_binomial(n, p, 0.3) == k
    assert binomial.exact_binomial(n, p, 1, 2, 3, 4, 5) == k


@pytest.mark.parametrize("mean", [0.5, 5, 53.9, 54.1, 300, 1e4, 1e6])
def test_clumped_throughput_has_mean_and_variance_of_vehicles(mean: float) -> None:
    clump = 4.5
    z = stats.norm.ppf((np.arange(400_000) + 0.5) / 400_000)
    people = clumped_of(mean, clump, z)
    assert (np.diff(people) >= 0).all()
    assert people.min() >= 0
    assert people.mean() == pytest.approx(mean, rel=2e-3)
    assert people.std() == pytest.approx(math.sqrt(mean * clump), rel=0.01)


def test_nobody_passes_what_lets_nobody_through() -> None:
    assert binomial.clumped_throughput(0.0, 4.5, 3.0) == 0
