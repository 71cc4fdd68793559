"""Random streams that are addressed, not advanced.

Every draw has an address: (seed, member, entity, step, purpose). The number at an address depends
on nothing else, so the same seed gives the same bits whatever the number of threads, and two
scenarios that differ in one closure share the luck of everything else. Entities are places and
routes, known by a hash of their id: adding a row to a table moves nobody else's stream.

The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as
1, 2, 3; SC 2011), a keyed bijection of 128-bit counters. Normals come by inversion (Wichura 1988,
algorithm AS 241, relative error about 1e-16), so that a draw is a monotone function of one uniform.
"""

from __future__ import annotations

import hashlib
import math

import numba as nb
import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import compiled, entry, inlined, parallel_entry

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT32 = np.uint64(32)
_SHIFT20 = np.uint64(20)
_SHIFT12 = np.uint64(12)
_SHIFT27 = np.uint64(27)
_SHIFT30 = np.uint64(30)
_SHIFT31 = np.uint64(31)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-52


def entity_code(identifier: str) -> int:
    """A 32-bit code of an id, the same on every machine (BLAKE2s of its UTF-8 bytes)."""
    digest = hashlib.blake2s(identifier.encode("utf-8"), digest_size=4).digest()
    return int.from_bytes(digest, "little")


@inlined
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, seed: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Philox4x32-10 of the counter (c0, c1, c2, c3) under the 64-bit key ``seed``."""
    k0 = seed & _LOW
    k1 = seed >> _SHIFT32
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (
            ((p1 >> _SHIFT32) ^ c1 ^ k0) & _LOW,
            p1 & _LOW,
            ((p0 >> _SHIFT32) ^ c3 ^ k1) & _LOW,
            p0 & _LOW,
        )
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@inlined
def _unit(high: np.uint64, low: np.uint64) -> float:
    """A uniform in the open interval (0, 1) from two 32-bit words.

    The middle of one of 2^52 cells: with 53 bits adding the half would round the last one to 1.
    """
    bits = (high << _SHIFT20) ^ (low >> _SHIFT12)
    return (float(bits) + 0.5) * _TO_UNIT


@inlined
def _words_at(
    seed: int, member: int, entity: int, step: int, purpose: int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """The four random words at an address."""
    return philox(
        np.uint64(member) & _LOW,
        np.uint64(entity) & _LOW,
        np.uint64(step) & _LOW,
        np.uint64(purpose) & _LOW,
        np.uint64(seed),
    )


@compiled
def uniforms(seed: int, member: int, entity: int, step: int, purpose: int) -> tuple[float, float]:
    """Two independent uniforms in (0, 1) at an address.

    ``member``, ``entity``, ``step`` and ``purpose`` are taken modulo 2^32, ``seed`` modulo 2^64.
    """
    w0, w1, w2, w3 = _words_at(seed, member, entity, step, purpose)
    return _unit(w0, w1), _unit(w2, w3)


@compiled
def stream_key(
    seed: int, member: int, entity: int, step: int, purpose: int
) -> tuple[np.uint64, np.uint64]:
    """The key of the stream at an address: for many draws there (:func:`nth_uniform`)."""
    w0, w1, w2, w3 = _words_at(seed, member, entity, step, purpose)
    return (w0 << _SHIFT32) | w1, (w2 << _SHIFT32) | w3


@inlined
def nth_uniform(key: np.uint64, twist: np.uint64, n: np.uint64) -> float:
    """The uniform in (0, 1) number ``n`` of a stream, at a tenth of the cost of :func:`uniforms`.

    SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators; OOPSLA 2014)
    from a starting point of the stream's own, with the second half of its key mixed in between.
    """
    z = key + n * _GOLDEN
    z = (z ^ (z >> _SHIFT30)) * _MIX1
    z ^= twist
    z = (z ^ (z >> _SHIFT27)) * _MIX2
    z ^= z >> _SHIFT31
    return (float(z >> _SHIFT12) + 0.5) * _TO_UNIT


@compiled
def normal_quantile(p: float) -> float:
    """The standard normal quantile of ``p`` in (0, 1): AS 241, PPND16 (Wichura 1988)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return (
            q
            * (
                (
                    (
                        (
                            (
                                (
                                    (2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r
                                    + 6.7265770927008700853e4
                                )
                                * r
                                + 4.5921953931549871457e4
                            )
                            * r
                            + 1.3731693765509461125e4
                        )
                        * r
                        + 1.9715909503065514427e3
                    )
                    * r
                    + 1.3314166789178437745e2
                )
                * r
                + 3.3871328727963666080e0
            )
            / (
                (
                    (
                        (
                            (
                                (
                                    (5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r
                                    + 3.9307895800092710610e4
                                )
                                * r
                                + 2.1213794301586595867e4
                            )
                            * r
                            + 5.3941960214247511077e3
                        )
                        * r
                        + 6.8718700749205790830e2
                    )
                    * r
                    + 4.2313330701600911252e1
                )
                * r
                + 1.0
            )
        )
    r = math.sqrt(-math.log(p if q < 0 else 1.0 - p))
    value = _quantile_tail(r)
    return -value if q < 0 else value


@compiled
def _quantile_tail(r: float) -> float:
    """AS 241 for the tails: ``r`` = sqrt(-log of the tail's probability)."""
    if r <= 5.0:
        r -= 1.6
        top = 7.74545014278341407640e-4
        for c in (
            2.27238449892691845833e-2,
            2.41780725177450611770e-1,
            1.27045825245236838258e0,
            3.64784832476320460504e0,
            5.76949722146069140550e0,
            4.63033784615654529590e0,
            1.42343711074968357734e0,
        ):
            top = top * r + c
        bottom = 1.05075007164441684324e-9
        for c in (
            5.47593808499534494600e-4,
            1.51986665636164571966e-2,
            1.48103976427480074590e-1,
            6.89767334985100004550e-1,
            1.67638483018380384940e0,
            2.05319162663775882187e0,
            1.0,
        ):
            bottom = bottom * r + c
        return top / bottom
    r -= 5.0
    top = 2.01033439929228813265e-7
    for c in (
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580e0,
        5.46378491116411436990e0,
        6.65790464350110377720e0,
    ):
        top = top * r + c
    bottom = 2.04426310338993978564e-15
    for c in (
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ):
        bottom = bottom * r + c
    return top / bottom


@compiled
def normal(seed: int, member: int, entity: int, step: int, purpose: int) -> float:
    """The standard normal at an address."""
    return normal_quantile(uniforms(seed, member, entity, step, purpose)[0])


@parallel_entry
def normals(
    seed: int,
    members: npt.NDArray[np.int64],
    entities: npt.NDArray[np.int64],
    purposes: npt.NDArray[np.int64],
    steps: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """Standard normals of many addresses, shape (member, step, channel).

    A channel is one (entity, purpose); ``entities`` and ``purposes`` have equal length.
    """
    out = np.empty((members.size, steps.size, entities.size))
    for i in nb.prange(members.size):
        for k in range(steps.size):
            for c in range(entities.size):
                out[i, k, c] = normal(seed, members[i], entities[c], steps[k], purposes[c])
    return out


@parallel_entry
def block_normals(
    seed: int, code: int, members: int, steps: int, channels: int
) -> npt.NDArray[np.float64]:
    """Standard normals of shape (member, step, channel) that belong to no place: for proposals.

    ``code`` names the block; two normals come from each counter.
    """
    out = np.empty((members, steps, channels))
    for i in nb.prange(members):
        for k in range(steps):
            for c in range(0, channels, 2):
                one, two = uniforms(seed, i, c, k, code)
                out[i, k, c] = normal_quantile(one)
                if c + 1 < channels:
                    out[i, k, c + 1] = normal_quantile(two)
    return out


@entry
def block_uniforms(seed: int, code: int, members: int) -> npt.NDArray[np.float64]:
    """One uniform in (0, 1) a member, shape (member,)."""
    out = np.empty(members)
    for i in range(members):
        out[i] = uniforms(seed, i, 0, 0, code)[0]
    return out
