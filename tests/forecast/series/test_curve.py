from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from crossings.forecast.series import curve
from crossings.forecast.series.features import FEATURES
from crossings.scoring import QUANTILE_LEVELS


def sample(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Features, and changes whose spread is exp(.5 lead) and whose middle is .4 of the drift."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, len(FEATURES)))
    lead, drift = x[:, FEATURES.index("lead")], x[:, FEATURES.index("damped21")]
    return x, 0.4 * drift + np.exp(0.5 * lead) * rng.normal(size=rows)


def test_a_known_distribution_is_found_again() -> None:
    x, z = sample(6000, 1)
    fitted = curve.fit(x, z, np.ones(z.size))
    probe = np.zeros((3, len(FEATURES)))
    probe[:, FEATURES.index("lead")] = [-1, 0, 1]
    probe[2, FEATURES.index("damped21")] = 1
    q = fitted.quantiles(probe)
    width = np.exp(0.5 * np.array([-1, 0, 1]))[:, np.newaxis]
    expected = np.array([0, 0, 0.4])[:, np.newaxis] + width * norm.ppf(QUANTILE_LEVELS)
    assert np.abs(q - expected).max() < 0.35
    assert np.abs(q - expected)[:, 4:-4].max() < 0.15


def test_the_gradient_is_that_of_the_loss() -> None:
    x, z = sample(40, 2)
    place, spread = curve._columns(x)
    g = curve._standard(spread, spread.mean(axis=0), spread.std(axis=0))
    weights = np.full(z.size, 1 / z.size)
    rng = np.random.default_rng(3)
    sizes = [3, g.shape[1], g.shape[1], 11, 11]
    numbers = rng.normal(scale=0.2, size=sum(sizes))

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        a, up, down, steps_up, steps_down = np.split(at, np.cumsum(sizes)[:-1])
        made = curve.Curve(a, up, down, steps_up, steps_down, np.zeros(7), np.ones(7))
        return curve._loss(made, place, g, z, weights)

    gradient = loss(numbers)[1]
    for i in range(numbers.size):
        step = np.zeros(numbers.size)
        step[i] = 1e-6
        numeric = (loss(numbers + step)[0] - loss(numbers - step)[0]) / 2e-6
        assert gradient[i] == pytest.approx(numeric, rel=1e-3, abs=1e-6)


def test_quantiles_rise_and_the_numbers_survive_a_file() -> None:
    x, z = sample(300, 4)
    fitted = curve.fit(x, z, np.ones(z.size))
    again = curve.Curve.from_dict(fitted.as_dict())
    wild = 50 * np.random.default_rng(5).normal(size=(20, len(FEATURES)))
    q = again.quantiles(wild)
    assert np.array_equal(q, fitted.quantiles(wild))
    assert (np.diff(q, axis=1) >= 0).all()
