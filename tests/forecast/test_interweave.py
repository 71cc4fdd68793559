"""Interwoven moves leave what drives a history as it is, and the prior too."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pytest

from crossings.dynamics import drivers
from crossings.forecast.corridors import corridors
from crossings.forecast.observation import gather
from crossings.forecast.onset import OnsetModel
from crossings.forecast.parameters import Priors
from crossings.forecast.population import population
from crossings.situation.catalogue import load

F8 = npt.NDArray[np.float64]

CASES = (("nagorno-karabakh-2023", "2023-09-26"), ("kosovo-1999", "1999-04-06"))


def model_of(name: str, as_of: str) -> OnsetModel:
    whole = load(name)
    issued_at: dt.datetime = whole.moment(as_of)
    known = whole.as_of(issued_at)
    shape, priors = corridors(known), Priors(known.priors)
    evidence = gather(known, shape, issued_at)
    at_risk = population(evidence, priors, issued_at)
    return OnsetModel(known, shape, evidence, at_risk, priors, issued_at, 24.0)


@pytest.fixture(scope="module", params=CASES, ids=[name for name, _ in CASES])
def model(request: pytest.FixtureRequest) -> OnsetModel:
    return model_of(*request.param)


def proposal(model: OnsetModel, block: str, members: int) -> tuple[F8, F8, F8]:
    rng = np.random.default_rng(3)
    z = rng.standard_normal((members, model.parameters))
    path = rng.standard_normal((members, model.steps, model.channels))
    moved = z.copy()
    chosen = list(model.blocks[block])
    moved[:, chosen] = 0.9 * z[:, chosen] + np.sqrt(1 - 0.81) * rng.standard_normal(
        (members, len(chosen))
    )
    return z, moved, path


def driven(model: OnsetModel, z: F8, path: F8) -> tuple[F8, F8]:
    members, steps, hours = model.members(z), model.steps, model.grid.hours
    c = model.engine_channels
    fast = np.arange(c + 1, path.shape[2], 3 if model.gates > 1 else 2)
    hazard = drivers.hazards(members.intensity, path, c, steps, hours)
    capacity = drivers.capacities(members.throughput, path, fast, fast + 1, steps, hours)
    return hazard, capacity


@pytest.mark.parametrize("block", ["intensity", "capacity"])
def test_hazards_and_capacities_stay_as_they_are(model: OnsetModel, block: str) -> None:
    z, moved, path = proposal(model, block, 20)
    channels, noise, _ = model.interweave(block, z, moved, path, len(model.stages) - 1)
    woven = path.copy()
    woven[:, : noise.shape[1], channels] = noise
    assert np.abs(woven - path).max() > 0.1
    before, after = driven(model, z, path), driven(model, moved, woven)
    np.testing.assert_allclose(after[0], before[0], rtol=1e-6)
    np.testing.assert_allclose(after[1], before[1], rtol=1e-6)


@pytest.mark.parametrize("block", ["intensity", "capacity"])
def test_the_way_back_undoes_the_way_there(model: OnsetModel, block: str) -> None:
    z, moved, path = proposal(model, block, 20)
    stage = len(model.stages) - 1
    channels, noise, there = model.interweave(block, z, moved, path, stage)
    woven = path.copy()
    woven[:, : noise.shape[1], channels] = noise
    _, again, back = model.interweave(block, moved, z, woven, stage)
    np.testing.assert_allclose(again, path[:, : noise.shape[1], channels], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(back, -there, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("block", ["intensity", "capacity"])
def test_the_prior_is_kept(model: OnsetModel, block: str) -> None:
    rng = np.random.default_rng(11)
    members, chosen = 1500, list(model.blocks[block])
    z = rng.standard_normal((members, model.parameters))
    path = rng.standard_normal((members, model.steps, model.channels))
    taken = 0.0
    for step in (0.1, 0.3, 0.05, 0.2, 0.1, 0.3):
        moved = z.copy()
        fresh = rng.standard_normal((members, len(chosen)))
        moved[:, chosen] = np.sqrt(1 - step**2) * z[:, chosen] + step * fresh
        channels, noise, ratio = model.interweave(block, z, moved, path, len(model.stages) - 1)
        yes = np.log(rng.random(members)) < ratio
        taken += yes.mean()
        z = np.where(yes[:, None], moved, z)
        for k, channel in enumerate(channels):
            path[yes, : noise.shape[1], channel] = noise[yes, :, k]
    assert taken > 0.5
    assert np.abs(z[:, chosen].mean(axis=0)).max() < 4.5 / np.sqrt(members)
    assert z[:, chosen].var() == pytest.approx(1.0, abs=0.05)
    for channel in channels:
        noises = path[:, : noise.shape[1], channel]
        size = noises.size
        assert noises.mean() == pytest.approx(0.0, abs=5 / np.sqrt(size))
        assert noises.var() == pytest.approx(1.0, abs=5 * np.sqrt(2 / size))
