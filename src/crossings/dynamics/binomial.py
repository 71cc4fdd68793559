"""Drawing whole people: how many of ``n`` do what each does with probability ``p``.

Two samplers. Both invert the distribution where its variance is below 12; they differ above.

``exact_binomial`` and ``stream_binomial`` are exact for every n and p: above variance 12 they are
Hörmann's transformed rejection BTRS (Hörmann 1993, The generation of binomial random variates,
J. Stat. Comput. Simul. 46), whose cost does not grow with n. They are the default of ``simulate``.

``smooth_binomial`` maps one standard normal to a count by a rounded Cornish-Fisher expansion (third
order: skewness and kurtosis; Cornish and Fisher 1938). It is monotone in its normal, so two
scenarios or two neighbouring parameter values that share their normals differ smoothly: the default
of the forecast's sampler, which needs that. Its error against the exact distribution (largest
difference of the distribution functions, computed over n to 1e9 in the tests) is 0.0002 just above
the switch, 0.00004 at variance 40 and 0.000003 at 200; below the switch there is none.
"""

from __future__ import annotations

import math

import numpy as np

from crossings.dynamics.compiled import compiled, hot
from crossings.dynamics.streams import nth_uniform, stream_key, uniforms

INVERSION_BELOW = 12.0
"""Variance below which both samplers invert the distribution function."""


@compiled
def _invert_lower(n: int, p: float, u: float) -> int:
    """The smallest k with P(X <= k) >= u, for p <= 1/2 and a small mean: sums masses upwards."""
    if u <= 1.0 - n * p:
        return 0  # below (1 - p)^n, without working it out
    ratio = p / (1.0 - p)
    mass = math.exp(n * math.log1p(-p))
    total = mass
    k = 0
    while total < u and k < n:
        k += 1
        mass *= ratio * (n - k + 1) / k
        total += mass
        if mass < 1e-17 and k > n * p:
            break  # the total has reached 1 as far as a float can tell
    return k


@compiled
def binomial_quantile(n: int, p: float, u: float) -> int:
    """The binomial quantile by summation, exact up to rounding; meant for variances below 12."""
    if p <= 0.5:
        return _invert_lower(n, p, u)
    return n - _invert_lower(n, 1.0 - p, 1.0 - u)


@compiled
def smooth_binomial(n: int, p: float, z: float) -> int:
    """A whole number between 0 and ``n``, monotone in the standard normal ``z``."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    variance = n * p * (1.0 - p)
    if variance < INVERSION_BELOW:
        return binomial_quantile(n, p, 0.5 * math.erfc(-z * 0.7071067811865476))
    # Rounding to whole people adds the variance of a unit interval, 1/12: take it out first.
    sd = math.sqrt(variance - 1.0 / 12.0)
    skew = (1.0 - 2.0 * p) / sd
    excess = (1.0 - 6.0 * p * (1.0 - p)) / variance
    # The expansion is only monotone in the body; beyond 5 sd the straight line is safer.
    c = min(5.0, max(-5.0, z))
    w = (
        z
        + skew * (c * c - 1.0) / 6.0
        + excess * (c * c * c - 3.0 * c) / 24.0
        - skew * skew * (2.0 * c * c * c - 5.0 * c) / 36.0
    )
    k = math.floor(n * p + sd * w + 0.5)
    return int(min(n, max(0, k)))


@compiled
def _stirling_tail(k: float) -> float:
    """Log k! minus Stirling's formula with k + 1/2 and k + 1 (by lgamma below 10)."""
    if k < 10.0:
        return math.lgamma(k + 1.0) - (k + 0.5) * math.log(k + 1.0) + (k + 1.0) - 0.9189385332046727
    r = 1.0 / ((k + 1.0) * (k + 1.0))
    return (1.0 / 12.0 - (1.0 / 360.0 - r / 1260.0) * r) / (k + 1.0)


@compiled
def _mode_ratio(n: int, p: float, mode: int, k: int) -> float:
    """The log of the probability of ``k`` over that of the mode."""
    odds = p / (1.0 - p)
    return (
        (mode + 0.5) * math.log((mode + 1.0) / (odds * (n - mode + 1.0)))
        + (n + 1.0) * math.log((n - mode + 1.0) / (n - k + 1.0))
        + (k + 0.5) * math.log(odds * (n - k + 1.0) / (k + 1.0))
        + _stirling_tail(mode)
        + _stirling_tail(n - mode)
        - _stirling_tail(k)
        - _stirling_tail(n - k)
    )


@compiled
def _squeeze(variance: float, away: float) -> tuple[float, float]:
    """The middle and half the width of an interval that holds :func:`_mode_ratio`.

    ``away``: how far k lies from the mode, less than half the variance. From Kachitvichyanukul and
    Schmeiser 1988 (Binomial random variate generation, Commun. ACM 31).
    """
    half = away / variance * (((away / 3.0 + 0.625) * away + 1.0 / 6.0) / variance + 0.5)
    return -away * away / (2.0 * variance), half


@compiled
def _passes(n: int, p: float, sd: float, b: float, a: float, k: int, us: float, v: float) -> bool:
    """Whether an attempt outside the box in which all are accepted is accepted."""
    if k < 0 or k > n:
        return False
    mode = math.floor((n + 1) * p)
    height = math.log(v * (2.83 + 5.1 / b) * sd / (a / (us * us) + b))
    away = abs(float(k - mode))
    if away < 0.5 * sd * sd - 1.0:
        middle, half = _squeeze(sd * sd, away)
        if height <= middle - half:
            return True
        if height > middle + half:
            return False
    return height <= _mode_ratio(n, p, mode, k)


@hot
def _rejection(n: int, p: float, key: np.uint64, twist: np.uint64, tick: int) -> tuple[int, int]:
    """Hörmann's BTRS for p <= 1/2 and n p >= 10, from a stream; the count and the next tick."""
    mean = n * p
    sd = math.sqrt(mean * (1.0 - p))
    b = 1.15 + 2.53 * sd
    a = -0.0873 + 0.0248 * b + 0.01 * p
    box = 0.92 * b - 4.2  # b times the height of a box under the curve, into which most fall
    while True:
        u = nth_uniform(key, twist, np.uint64(tick)) - 0.5
        v = nth_uniform(key, twist, np.uint64(tick + 1))
        tick += 2
        us = 0.5 - abs(u)
        k = math.floor((2.0 * a / us + b) * u + mean + 0.5)
        if (us >= 0.07 and v * b <= box) or _passes(n, p, sd, b, a, k, us, v):
            return k, tick


@hot
def stream_binomial(
    n: int, p: float, key: np.uint64, twist: np.uint64, tick: int
) -> tuple[int, int]:
    """An exact binomial from the uniforms of a stream from ``tick`` on, and the next tick.

    See :func:`.streams.nth_uniform`. What is certain takes no uniform.
    """
    if n <= 0 or p <= 0.0:
        return 0, tick
    if p >= 1.0:
        return n, tick
    if n * p * (1.0 - p) < INVERSION_BELOW:
        return binomial_quantile(n, p, nth_uniform(key, twist, np.uint64(tick))), tick + 1
    k, tick = _rejection(n, min(p, 1.0 - p), key, twist, tick)
    return k if p <= 0.5 else n - k, tick


@compiled
def binomial_at(n: int, p: float, key: np.uint64, twist: np.uint64, tick: int) -> int:
    """The same without the next tick: for a stream in which every draw has a place of its own."""
    return stream_binomial(n, p, key, twist, tick)[0]


@compiled
def exact_binomial(
    n: int, p: float, seed: int, member: int, entity: int, step: int, purpose: int
) -> int:
    """An exact binomial at an address (see :mod:`crossings.dynamics.streams`)."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    key, twist = stream_key(seed, member, entity, step, purpose)
    return binomial_at(n, p, key, twist, 0)


@compiled
def exact_poisson(mean: float, seed: int, member: int, entity: int, step: int, purpose: int) -> int:
    """An exact Poisson count at an address.

    ``purpose`` must be below 65,536: the bits above count the attempts of the rejection.
    By inversion for means below 12, else Hörmann's PTRS (Hörmann 1993, The transformed rejection
    method for generating Poisson random variables, Insurance: Mathematics and Economics 12).
    """
    if mean <= 0.0:
        return 0
    if mean < INVERSION_BELOW:
        u = uniforms(seed, member, entity, step, purpose)[0]
        mass = math.exp(-mean)
        total, k = mass, 0
        while total < u and (mass > 1e-17 or k < mean):
            k += 1
            mass *= mean / k
            total += mass
        return k
    log_mean, smu = math.log(mean), math.sqrt(mean)
    b = 0.931 + 2.53 * smu
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    v_r = 0.9277 - 3.6224 / (b - 2.0)
    attempt = 0
    while True:
        u, v = uniforms(seed, member, entity, step, purpose + (attempt << 16))
        attempt += 1
        u -= 0.5
        us = 0.5 - abs(u)
        k = math.floor((2.0 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= v_r:
            return int(k)
        if k < 0 or (us < 0.013 and v > us):
            continue
        log_v = math.log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b)
        if log_v <= -mean + k * log_mean - math.lgamma(k + 1.0):
            return int(k)


@compiled
def clumped_throughput(mean: float, clump: float, z: float) -> int:
    """People let through in a step when they come in vehicles: a whole number, monotone in ``z``.

    ``mean`` people on average, ``clump`` (at least 1) of them a vehicle.
    The number of vehicles is Poisson with mean ``mean / clump`` (by summation below 12, by the
    rounded Cornish-Fisher expansion above), so the variance in people is ``mean * clump``.
    """
    if mean <= 0.0:
        return 0
    vehicles = mean / clump
    if vehicles < INVERSION_BELOW:
        u = 0.5 * math.erfc(-z * 0.7071067811865476)
        mass = math.exp(-vehicles)
        total = mass
        k = 0
        while total < u and (mass > 1e-17 or k < vehicles):
            k += 1
            mass *= vehicles / k
            total += mass
        # Half a person is rounded by where in the mass of its k the luck fell: right on average.
        within = min(0.999999, max(0.0, 1.0 - (total - u) / mass))
        return math.floor(k * clump + within)
    sd = math.sqrt(vehicles)
    c = min(5.0, max(-5.0, z))
    count = vehicles + sd * z + (c * c - 1.0) / 6.0
    return int(max(0.0, math.floor(count * clump + 0.5)))


@compiled
def let_through(limit: float, clump: float, queueing: int, z: float) -> int:
    """How many of a queue pass an entrance that lets ``limit`` people through on average."""
    # Far below capacity everybody passes whatever the luck: 160 of 200 vehicles would have to fail.
    if limit > 200.0 * clump and queueing < 0.2 * limit:
        return queueing
    return min(queueing, clumped_throughput(limit, clump, z))
