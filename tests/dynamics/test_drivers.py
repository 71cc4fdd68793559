from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from crossings.dynamics import drivers

F8 = npt.NDArray[np.float64]
NO_KIND = np.zeros(0, dtype=np.int64)
NO_KICK = np.zeros((100, 0))


def intensity(members: int = 1, **other: Any) -> drivers.Intensity:
    """A steady intensity of 0.01 an hour, from the first hour."""
    one = np.ones(members)
    plain = drivers.Intensity(
        rate=0.01 * one,
        sd=0 * one,
        hours=24 * one,
        kick_size=np.zeros((members, 1)),
        kick_kind=NO_KIND,
        kick_left=NO_KICK,
        before=0 * one,
        start=0 * one,
    )
    return plain._replace(**other)


def throughput(
    members: int = 1, steps: int = 48, gates: int = 1, **other: Any
) -> drivers.Throughput:
    """A gate that lets 100 people an hour through, steadily, by day and night."""
    one = np.ones(members)
    plain = drivers.Throughput(
        people=np.full((members, gates), 100.0),
        first=one,
        ramp=one,
        sd=0 * one,
        hours=8 * one,
        drift=0 * one,
        night=one,
        night_share=np.zeros(steps),
        kick_size=np.zeros((members, 1)),
        kick_kind=NO_KIND,
        kick_left=NO_KICK,
        start=0 * one,
        closed_from=np.full(gates, np.inf),
        reopens=np.full((members, gates), -1e9),
    )
    return plain._replace(**other)


def one_gate(flow: drivers.Throughput, steps: int = 48, step_hours: float = 1.0) -> F8:
    """Capacities of the first gate of one member without noise, people a step, (T,)."""
    fast, slow = np.array([0]), np.array([1])
    path = np.zeros((1, steps, 2))
    return drivers.capacities(flow, path, fast, slow, steps, step_hours)[0, :, 0]


@pytest.mark.parametrize("step_hours", [1.0, 6.0])
def test_intensity_is_a_stationary_autoregression_on_the_log(step_hours: float) -> None:
    members, steps, sd, hours = 20_000, 40, 0.6, 24.0
    path = np.random.default_rng(1).standard_normal((members, steps, 3))
    drive = intensity(members, sd=np.full(members, sd), hours=np.full(members, hours))
    x = np.log(drivers.hazards(drive, path, 1, steps, step_hours) / (0.01 * step_hours))
    assert np.allclose(x.std(axis=0), sd, rtol=0.03)
    assert np.allclose(x.mean(axis=0), 0, atol=0.03)
    for lag in (1, 5):
        expected = math.exp(-lag * step_hours / hours)
        assert np.corrcoef(x[:, 10], x[:, 10 + lag])[0, 1] == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("step_hours", [1.0, 3.0, 24.0])
def test_hazard_is_a_rate_times_the_step(step_hours: float) -> None:
    steady = drivers.hazards(intensity(), np.zeros((1, 5, 1)), 0, 5, step_hours)
    assert np.allclose(steady, 0.01 * step_hours)


def test_the_flow_starts_within_a_step() -> None:
    drive = intensity(start=np.array([2.25]), before=np.array([0.1]))
    found = drivers.hazards(drive, np.zeros((1, 4, 1)), 0, 4, 1.0)[0]
    assert np.allclose(found, 0.01 * np.array([0.1, 0.1, 0.75 + 0.025, 1]))


def test_a_kick_comes_at_its_hour_and_fades() -> None:
    left = drivers.kicks_left(np.array([3.0]), 12.0, 30, 1.0)
    drive = intensity(kick_size=np.array([[0.0, 0.8]]), kick_kind=np.array([1]), kick_left=left)
    found = np.log(drivers.hazards(drive, np.zeros((1, 30, 1)), 0, 30, 1.0)[0] / 0.01)
    age = np.arange(30) + 0.5 - 3.0
    assert np.allclose(found, np.where(age >= 0, 0.8 * np.exp(-age / 12), 0))
    gate = throughput(kick_size=drive.kick_size, kick_kind=drive.kick_kind, kick_left=left)
    assert np.allclose(one_gate(gate, 30), 100 * np.exp(found))


def test_a_crossing_works_itself_in_from_the_start_of_the_flow() -> None:
    flow = throughput(first=np.array([0.2]), ramp=np.array([10.0]), start=np.array([5.0]))
    found = one_gate(flow)
    age = np.arange(48) + 0.5 - 5.0
    expected = 100 * (0.2 + 0.8 * (1 - np.exp(-age / 10)))
    assert np.allclose(found[5:], expected[5:])
    assert (found[:5] == 0).all()


@pytest.mark.parametrize("start", [0.5, 7.25])
def test_a_step_that_starts_late_counts_in_part(start: float) -> None:
    found = one_gate(throughput(start=np.array([start])))
    whole = math.ceil(start)
    assert found[whole - 1] == pytest.approx(100 * (whole - start))
    assert np.allclose(found[whole:], 100)


def test_nights_let_fewer_through() -> None:
    night = np.tile([1.0, 0.5, 0.0, 0.0], 12)
    found = one_gate(throughput(night=np.array([0.4]), night_share=night))
    assert np.allclose(found, 100 * np.tile([0.4, 0.7, 1, 1], 12))


@pytest.mark.parametrize("step_hours", [1.0, 6.0])
def test_a_gate_is_shut_between_its_closing_and_its_reopening(step_hours: float) -> None:
    shut, reopens = 10.0, 27.5
    flow = throughput(closed_from=np.array([shut]), reopens=np.array([[reopens]]))
    found = one_gate(flow, 8, step_hours)
    begin = np.arange(8) * step_hours
    before = np.clip(shut - begin, 0, step_hours)
    after = np.clip(begin + step_hours - reopens, 0, step_hours)
    assert np.allclose(found, 100 * (before + after))


def test_the_noise_of_capacity_is_fast_and_the_walk_is_slow() -> None:
    members, steps = 20_000, 30
    path = np.random.default_rng(2).standard_normal((members, steps, 4))
    one = np.ones(members)
    fast, slow = np.array([0, 2]), np.array([1, 3])

    def logs(**other: F8) -> F8:
        flow = throughput(members, steps, 2, **other)
        return np.log(drivers.capacities(flow, path, fast, slow, steps, 1.0) / 100)

    c = logs(sd=0.25 * one)
    assert np.allclose(c.std(axis=0), 0.25, rtol=0.03)
    assert np.corrcoef(c[:, 9, 0], c[:, 13, 0])[0, 1] == pytest.approx(math.exp(-0.5), abs=0.03)
    assert abs(np.corrcoef(c[:, 9, 0], c[:, 9, 1])[0, 1]) < 0.03
    b = logs(drift=0.05 * one)
    # E (z exp(.15 z^2))^2 = (1 - .6)^(-3/2) for a normal z; the cut at 4 takes little off.
    step_sd = 0.05 * (1 - 0.6) ** -0.75
    assert np.allclose(b.std(axis=0)[:, 0], step_sd * np.sqrt(np.arange(1, 31)), rtol=0.1)
