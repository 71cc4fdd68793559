"""Interwoven moves leave what drives a history as it is, and the prior too."""

from __future__ import annotations

import datetime as dt
import itertools

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


def test_where_there_is_no_way_out_nobody_reaches_a_gate() -> None:
    model = model_of("nagorno-karabakh-2023", "2023-09-26")
    rng = np.random.default_rng(8)
    z = rng.standard_normal((200, model.parameters))
    z[:, model.index["flow"]] = -2.0
    path = rng.standard_normal((200, model.steps, model.channels))
    members = model.members(z)
    passable = model.passable(members, model.steps)
    queued = model.walk(members, path, model.steps).queued.sum(axis=2)
    joined = np.diff(queued, axis=1, prepend=0) > 0
    assert joined.any()
    assert not (joined & ~passable).any()
    assert (~passable).any()


LOOSE = ["pool", "start", "waves", "spells"]


def test_levels_between_figures_stay_when_waves_grow(model: OnsetModel) -> None:
    z, moved, path = loose_proposal(model, "waves", 60)
    _, woven, _ = loosened(model, "waves", z, moved, path)
    before, after = np.log(driven(model, z, path)[0]), np.log(driven(model, moved, woven)[0])
    edges = model.windows[-1]
    assert edges.size > 3
    assert np.abs(after - before).max() > 0.01
    for begin, end in itertools.pairwise(edges):
        np.testing.assert_allclose(
            after[:, begin:end].mean(axis=1), before[:, begin:end].mean(axis=1), atol=1e-6
        )


def loosened(model: OnsetModel, block: str, z: F8, moved: F8, path: F8) -> tuple[F8, F8, F8]:
    """The coordinates, the path and the log ratios of a loosely interwoven move."""
    moved, channels, noise, ratio = model.interweave_loosely(
        block, z, moved, path, len(model.stages) - 1
    )
    woven = path.copy()
    woven[:, : noise.shape[1], channels] = noise
    return moved, woven, ratio


def loose_proposal(model: OnsetModel, block: str, members: int) -> tuple[F8, F8, F8]:
    rng = np.random.default_rng(4)
    z = rng.standard_normal((members, model.parameters))
    z[:, model.index["flow"]] = -2.0
    path = rng.standard_normal((members, model.steps, model.channels))
    moved = z.copy()
    chosen = list(model.loose_blocks[block])
    moved[:, chosen] += 0.1 * rng.standard_normal((members, len(chosen)))
    return z, moved, path


@pytest.mark.parametrize("block", LOOSE)
def test_nearly_as_many_decide_when_the_pool_or_the_start_moves(
    model: OnsetModel, block: str
) -> None:
    z, moved, path = loose_proposal(model, block, 60)
    moved, woven, ratio = loosened(model, block, z, moved, path)
    possible = np.isfinite(ratio) & (ratio > -1e200)
    assert possible.sum() > 20
    counts = []
    for coordinates, noises in ((z, path), (moved, woven)):
        members = model.members(coordinates)
        walk = model.walk(members, noises, model.steps)
        counts.append((members.leavers - walk.home[:, -1])[possible])
    few = 30 + 0.03 * counts[0]
    assert (np.abs(counts[1] - counts[0]) < few).mean() > 0.9


@pytest.mark.parametrize("block", LOOSE)
def test_the_way_back_from_a_loose_move_undoes_the_way_there(model: OnsetModel, block: str) -> None:
    z, moved, path = loose_proposal(model, block, 60)
    moved, woven, there = loosened(model, block, z, moved, path)
    possible = np.isfinite(there) & (there > -1e3)
    assert possible.sum() > 20
    z, moved, path, woven = z[possible], moved[possible], path[possible], woven[possible]
    home, again, back = loosened(model, block, moved, z, woven)
    np.testing.assert_allclose(home, z, atol=1e-6)
    np.testing.assert_allclose(back, -there[possible], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(again, path, atol=1e-3)


@pytest.mark.parametrize("block", LOOSE)
def test_the_prior_is_kept_by_loose_moves(model: OnsetModel, block: str) -> None:
    rng = np.random.default_rng(12)
    members, chosen = 1500, list(model.loose_blocks[block])
    z = rng.standard_normal((members, model.parameters))
    path = rng.standard_normal((members, model.steps, model.channels))
    taken = 0.0
    for step in (0.1, 0.3, 0.05, 0.2, 0.1, 0.3):
        moved = z.copy()
        fresh = rng.standard_normal((members, len(chosen)))
        moved[:, chosen] = np.sqrt(1 - step**2) * z[:, chosen] + step * fresh
        moved, woven, ratio = loosened(model, block, z, moved, path)
        yes = np.log(rng.random(members)) < ratio
        taken += yes.mean()
        z, path = np.where(yes[:, None], moved, z), np.where(yes[:, None, None], woven, path)
    assert taken > 0.5
    touched = [*chosen, model.index["decided_at_start"]]
    assert np.abs(z[:, touched].mean(axis=0)).max() < 4.5 / np.sqrt(members)
    assert np.abs(z[:, touched].var(axis=0) - 1).max() < 5 * np.sqrt(2 / members)
    noises = path[:, :, model.engine_channels]
    assert noises.mean() == pytest.approx(0.0, abs=5 / np.sqrt(noises.size))
    assert noises.var() == pytest.approx(1.0, abs=5 * np.sqrt(2 / noises.size))
