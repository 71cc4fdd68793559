from __future__ import annotations

import numpy as np
from scipy.stats import norm

from crossings.forecast.series.draws import COMMON, correlations, levels, values
from crossings.forecast.series.history import F8, Known
from crossings.forecast.series.pool import LEVELS
from crossings.forecast.series.replay import Issue

LEADS = np.array([1.0, 4.0, 16.0])


def issue(day: int, places: tuple[str, ...]) -> Issue:
    """A standard normal forecast of each place, 14 days ahead."""
    n = len(places)
    q = np.tile(norm.ppf(LEVELS), (n, 1))
    return Issue(day, tuple((p, 14) for p in places), np.zeros(n), q, q, q, np.zeros(n))


def known(errors: F8) -> Known:
    """Outcomes every 7 days from day 14."""
    return Known(14 + 7 * np.arange(errors.size), errors)


def test_places_that_erred_together_are_drawn_together() -> None:
    rng = np.random.default_rng(1)
    shared, alone = rng.normal(size=150), rng.normal(size=150)
    truth = {"a": known(shared), "b": known(shared + 0.1 * alone), "c": known(alone)}
    past = [issue(7 * k, ("a", "b", "c")) for k in range(150)]
    matrix = correlations(["a", "b", "c"], past, truth)
    assert matrix[0, 1] > 0.7
    assert abs(matrix[0, 2]) < 0.3
    assert np.allclose(np.diag(matrix), 1)
    assert (np.linalg.eigvalsh(matrix) > 0).all()
    at = norm.ppf(levels(1, 4000, LEADS, ["a", "b", "c"], matrix))
    assert abs(np.corrcoef(at[:, 1, 0], at[:, 1, 1]).ravel()[1] - matrix[0, 1]) < 0.05


def test_without_past_errors_places_hardly_move_together() -> None:
    matrix = correlations(["a", "b"], [], {})
    assert np.isclose(matrix[0, 1], COMMON)


def test_days_of_a_place_hang_together_as_a_random_walk() -> None:
    at = levels(1, 8000, LEADS, ["a"], np.eye(1))[:, :, 0]
    assert np.abs(np.atleast_2d(np.corrcoef(norm.ppf(at).T))[0] - np.sqrt(1 / LEADS)).max() < 0.05
    # Each day alone is uniform: the quantiles stay what they were.
    assert np.abs(np.quantile(at, LEVELS, axis=0) - LEVELS[:, np.newaxis]).max() < 0.02


def test_luck_belongs_to_the_place() -> None:
    alone = levels(1, 50, LEADS, ["b"], np.eye(1))
    beside = levels(1, 50, LEADS, ["a", "b"], np.eye(2))
    assert np.array_equal(alone[:, :, 0], beside[:, :, 1])
    assert not np.array_equal(alone, levels(2, 50, LEADS, ["b"], np.eye(1)))


def test_values_at_the_levels_are_the_quantiles_and_tails_go_on() -> None:
    q = 1000 + 100 * norm.ppf(LEVELS)[np.newaxis]
    at = np.concatenate([[0.0001], LEVELS, [0.9999]])[:, np.newaxis]
    found = values(q, at)[:, 0]
    assert np.allclose(found[1:-1], q[0])
    assert found[0] < q[0, 0] - 50
    assert found[-1] > q[0, -1] + 50
    assert (values(q - 5000, at) >= 0).all()
