"""The metric of gliding moves, against dense linear algebra."""

from __future__ import annotations

import numpy as np
import pytest

from crossings.forecast import glide


def test_the_leading_directions_are_found_and_stretched() -> None:
    rng = np.random.default_rng(1)
    true, _ = np.linalg.qr(rng.standard_normal((60, 3)))
    slopes = rng.standard_normal((250, 3)) * np.sqrt([400.0, 50.0, 9.0]) @ true.T
    metric = glide.learn(slopes)
    information = slopes.T @ slopes / len(slopes)
    assert metric.weights.size == 3
    np.testing.assert_allclose(metric.weights, [400.0, 50.0, 9.0], rtol=0.35)
    found = metric.directions * metric.weights @ metric.directions.T
    # No slope was longer than three times the median, so none was cut but a few.
    assert np.linalg.norm(found - information) < 0.25 * np.linalg.norm(information)


def test_velocity_is_the_inverse_metric_and_momenta_have_it_as_their_covariance() -> None:
    rng = np.random.default_rng(2)
    metric = glide.learn(rng.standard_normal((250, 40)) * np.geomspace(20, 0.1, 40))
    dense = np.eye(40) + metric.directions * metric.weights @ metric.directions.T
    given = rng.standard_normal((7, 40))
    np.testing.assert_allclose(metric.velocity(given) @ dense, given, atol=1e-9)
    root = metric.momentum(np.eye(40))
    np.testing.assert_allclose(root @ root.T, dense, rtol=1e-9, atol=1e-9)


def test_where_nothing_is_said_the_metric_is_the_priors() -> None:
    metric = glide.learn(np.zeros((50, 10)))
    given = np.random.default_rng(3).standard_normal((4, 10))
    assert metric.weights.size == 0
    np.testing.assert_array_equal(metric.velocity(given), given)


def test_one_wild_slope_does_not_make_the_metric() -> None:
    slopes = np.random.default_rng(4).standard_normal((250, 10))
    wild = slopes.copy()
    wild[0] *= 1e6
    assert glide.learn(wild).weights.max() == pytest.approx(
        glide.learn(slopes).weights.max(), rel=0.2
    )
