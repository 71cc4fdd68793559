from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crossings.dynamics import streams
from crossings.dynamics.compiled import compiled

ANY = 0.001
"""Chance that a test of luck fails for a sound generator (the seeds are fixed: it does not)."""


def words(text: str) -> list[np.uint64]:
    return [np.uint64(int(word, 16)) for word in text.split()]


@pytest.mark.parametrize(
    ("counter", "key", "out"),
    [
        (
            "00000000 00000000 00000000 00000000",
            "00000000 00000000",
            "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        ),
        (
            "ffffffff ffffffff ffffffff ffffffff",
            "ffffffff ffffffff",
            "408f276d 41c83b0e a20bc7c6 6d5451fd",
        ),
        (
            "243f6a88 85a308d3 13198a2e 03707344",
            "a4093822 299f31d0",
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
    ids=["zeros", "ones", "pi"],
)
def test_philox_gives_the_known_answers_of_random123(counter: str, key: str, out: str) -> None:
    low, high = words(key)
    seed = low | (high << np.uint64(32))
    c0, c1, c2, c3 = words(counter)
    assert list(streams.philox(c0, c1, c2, c3, seed)) == words(out)


@compiled
def quantiles(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    out = np.empty(p.size)
    for i in range(p.size):
        out[i] = streams.normal_quantile(p[i])
    return out


def test_normal_quantile_is_that_of_scipy() -> None:
    tail = np.logspace(-300, -0.4, 2000)
    p = np.concatenate([tail, np.linspace(0.001, 0.999, 2001), 1 - np.logspace(-15, -1, 500)])
    assert np.allclose(quantiles(p), stats.norm.ppf(p), rtol=2e-15, atol=2e-16)
    extremes = np.array([0.5 * 2.0**-52, 1 - 0.5 * 2.0**-52])
    assert np.isfinite(quantiles(extremes)).all()


@given(st.integers(-(2**63), 2**63 - 1), *[st.integers(0, 2**32 - 1)] * 4)
def test_uniforms_are_inside_the_open_interval(
    seed: int, member: int, entity: int, step: int, purpose: int
) -> None:
    assert all(0 < u < 1 for u in streams.uniforms(seed, member, entity, step, purpose))


def test_the_highest_word_does_not_round_to_one() -> None:
    top = np.uint64(0xFFFFFFFF)
    assert streams._unit(top, top) < 1.0
    assert streams._unit(np.uint64(0), np.uint64(0)) > 0.0


def addresses() -> npt.NDArray[np.float64]:
    """Normals with the axes member, step, channel."""
    codes = np.array([streams.entity_code(f"place-{i}") for i in range(10)] * 2)
    purposes = np.repeat([1, 2], 10)
    return streams.normals(7, np.arange(100), codes, purposes, np.arange(100))


def test_normals_are_normal_and_unrelated_across_every_part_of_the_address() -> None:
    z = addresses()
    tests = [stats.kstest(z.ravel(), "norm").pvalue]
    for axis in range(3):
        shifted = np.roll(z, 1, axis=axis).ravel()
        # Of normals and of their squares: their sizes should not go together either.
        tests.append(stats.pearsonr(z.ravel(), shifted).pvalue)
        tests.append(stats.pearsonr(z.ravel() ** 2, shifted**2).pvalue)
    assert min(tests) > ANY / len(tests)
    assert np.unique(z).size == z.size


def test_the_two_uniforms_of_an_address_are_independent() -> None:
    pairs = np.array([streams.uniforms(3, i, 5, 9, 2) for i in range(20_000)])
    cells = np.bincount((pairs * 10).astype(int) @ [10, 1], minlength=100)
    assert stats.chisquare(cells).pvalue > ANY


def test_an_address_gives_the_same_number_in_any_company() -> None:
    z = addresses()
    code = np.array([streams.entity_code("place-3")])
    alone = streams.normals(7, np.array([42]), code, np.array([2]), np.array([17]))
    assert alone.item() == z[42, 17, 13] == streams.normal(7, 42, int(code[0]), 17, 2)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one processor")
def test_bits_do_not_depend_on_threads() -> None:
    found = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        found.append((addresses(), streams.block_normals(1, 2, 50, 3, 5)))
    assert np.array_equal(found[0][0], found[1][0])
    assert np.array_equal(found[0][1], found[1][1])


def test_entity_codes_are_the_same_everywhere() -> None:
    # Fixed by BLAKE2s (RFC 7693), not by Python's own hash, which differs between processes.
    assert streams.entity_code("hakari-bridge") == 0x769DC298
    assert streams.entity_code("Հակարի") == 0x8C81520C
    names = [f"{kind}-{i}" for kind in ("place", "route") for i in range(1000)]
    assert len({streams.entity_code(name) for name in names}) == len(names)


def test_blocks_are_normal_and_differ_by_code() -> None:
    one, two = (streams.block_normals(5, code, 500, 4, 5).ravel() for code in (1, 2))
    assert stats.kstest(one, "norm").pvalue > ANY
    assert stats.pearsonr(one, two).pvalue > ANY
    assert stats.kstest(streams.block_uniforms(5, 1, 5000), "uniform").pvalue > ANY


@compiled
def first_of_streams(
    members: int, days: int, count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The first uniforms of the streams of one place, (member, day, number), and their keys."""
    out, keys = np.empty((members, days, count)), np.empty((members, days))
    for member in range(members):
        for day in range(days):
            key, twist = streams.stream_key(1, member, 7, day, 201)
            keys[member, day] = float(key)
            for n in range(count):
                out[member, day, n] = streams.nth_uniform(key, twist, np.uint64(n))
    return out, keys


def test_the_uniforms_of_a_stream_are_even_and_unrelated() -> None:
    """Within a stream and across neighbouring addresses."""
    draws, keys = first_of_streams(300, 30, 40)
    assert ((draws > 0.0) & (draws < 1.0)).all()
    assert np.unique(draws).size == draws.size
    assert np.unique(keys).size == keys.size
    for sample in (draws.ravel(), draws[:, :, 0].ravel(), draws[:, :, -1].ravel()):
        assert stats.kstest(sample, "uniform").pvalue > ANY
    for a, b in (
        (draws[:, :, :-1], draws[:, :, 1:]),
        (draws[:, :-1], draws[:, 1:]),
        (draws[:-1], draws[1:]),
    ):
        assert stats.pearsonr(a.ravel(), b.ravel()).pvalue > ANY
