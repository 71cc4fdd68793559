"""Slopes against differences of the log likelihood itself, where counts are large."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from crossings.forecast.corridors import corridors
from crossings.forecast.observation import gather
from crossings.forecast.onset import OnsetModel
from crossings.forecast.parameters import Priors
from crossings.forecast.population import population
from crossings.situation.records import Claim, Situation
from tests.forecast import border

F8 = npt.NDArray[np.float64]

CLAIMS = (
    border.claim("people", 4_000_000, -9, measure="population", counting="stock"),
    border.claim("plan", 900_000, 10, basis="planning", status="planned"),
    border.claim("first", 30_000, 40),
    border.claim("second", 64_000, 70),
    border.claim("more", 68_000, 76, high=None),
    border.claim("books", 61_000, 90, measure="registered", basis="registration"),
    border.claim("day", 20_000, 96, counting="flow"),
    border.claim("last", 101_000, 110, basis="estimate"),
)

RISING = tuple(
    border.claim(f"rising-{hours}", 800.0 * hours, hours, high=None, basis=basis)
    for hours, basis in ((44, "count"), (68, "estimate"), (92, "count"), (112, "estimate"))
)


def model_of(known: Situation) -> OnsetModel:
    shape = corridors(known)
    found = gather(known, shape, border.ISSUED)
    at_risk = population(found, Priors(), border.ISSUED)
    return OnsetModel(known, shape, found, at_risk, Priors(), border.ISSUED, 24.0)


def start(model: OnsetModel) -> tuple[F8, F8]:
    """One member whose flow runs, with everybody's luck in the middle."""
    rng = np.random.default_rng(8)
    z = 0.3 * rng.standard_normal((1, model.parameters))
    z[0, model.index["flow"]] = -2.0
    z[0, model.index["start_hours"]] = -2.0
    return z, 0.5 * rng.standard_normal((1, model.steps, model.channels))


def differences(model: OnsetModel, z: F8, path: F8, step: float, channel: int) -> F8:
    """Central differences in each coordinate, or in each noise of a channel (not negative)."""
    count = model.parameters if channel < 0 else model.steps
    many, paths = np.repeat(z, 2 * count, 0), np.repeat(path, 2 * count, 0)
    for k in range(count):
        for row, sign in ((2 * k, step), (2 * k + 1, -step)):
            if channel < 0:
                many[row, k] += sign
            else:
                paths[row, k, channel] += sign
    parts = model.log_likelihoods(many, paths, len(model.stages) - 1)
    total = parts[0] + 0.5 * parts[1]
    return np.asarray((total[0::2] - total[1::2]) / (2 * step))


@pytest.mark.parametrize(
    ("gates", "claims"), [(1, CLAIMS), (2, CLAIMS), (1, (*CLAIMS[:2], *RISING))]
)
def test_slopes_are_close_to_differences(gates: int, claims: tuple[Claim, ...]) -> None:
    make = border.one_gate if gates == 1 else border.two_gates
    model = model_of(make(*claims))
    assert ("undercount" in model.index) == (claims is not CLAIMS)
    z, path = start(model)
    stage = len(model.stages) - 1
    settled, fresh, in_coordinates, in_path = model.slopes(z, path, stage, 0.5)
    again = model.log_likelihoods(z, path, stage)
    np.testing.assert_array_equal([settled, fresh], again)
    expected = differences(model, z, path, 0.01, -1)
    # The start is a kink within its hour; the share that has decided is in steps of people.
    smooth = np.array([name != "start_hours" for name in model.index])
    size = np.abs(expected[smooth]).max()
    assert size > 1.0
    np.testing.assert_allclose(in_coordinates[0, smooth], expected[smooth], atol=0.05 * size)
    errors = list(model.error_coordinates)
    np.testing.assert_allclose(in_coordinates[0, errors], expected[errors], rtol=0.02, atol=0.01)
    for channel in (model.slope_channels.intensity, *model.slope_channels.fast):
        wanted = differences(model, z, path, 0.1, int(channel))
        found = in_path[0, :, channel]
        np.testing.assert_allclose(found, wanted, atol=0.1 * np.abs(wanted).max() + 0.02)


def test_a_slope_where_nobody_comes_is_nothing() -> None:
    model = model_of(border.one_gate(*CLAIMS))
    z, path = start(model)
    z[0, model.index["flow"]] = 2.0
    _, _, in_coordinates, in_path = model.slopes(z, path, len(model.stages) - 1, 1.0)
    assert np.isfinite(in_coordinates).all()
    for name in ("departure_rate", "decided_at_start", "start_hours"):
        assert in_coordinates[0, model.index[name]] == 0.0
    assert not in_path[0, :, model.slope_channels.intensity].any()
