"""Scores of a forecast given as draws, and of probabilities of events.

A forecast is a set of exchangeable draws ``x_1 ... x_M``, shape (..., member); what came is ``y``,
shape (...). Counts of people are whole numbers, so ties between draws and outcome are common and
every definition here treats them symmetrically. ``docs/scores.md`` explains each with an example.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossings.scoring.checks import Array, cells, finite


def crps(draws: npt.ArrayLike, outcome: npt.ArrayLike, *, fair: bool = True) -> Array:
    """The continuous ranked probability score, ``E|X - y| - E|X - X'| / 2``.

    Gneiting and Raftery (2007), JASA 102, 359-378. The mean difference of two draws is taken over
    pairs of different members (fair, Ferro 2014, QJRMS 140, 1917-1923: the expected score does not
    depend on how many were drawn, but may be slightly negative) or over all pairs (plain: the score
    of the draws taken as the whole distribution).

    Args:
        draws: shape (..., member), people.
        outcome: shape (...), people.
        fair: whether the draws stand for the distribution they came from.

    Returns:
        shape (...), people; smaller is better.

    Raises:
        ValueError: shapes that do not fit, values that are not finite, one draw and ``fair``.
    """
    x, y = cells("draws", draws, outcome)
    members = x.shape[-1]
    if fair and members < 2:
        raise ValueError(f"draws: found {members} on the last axis, expected 2 or more if fair")
    # Sum over pairs i < j of |x_i - x_j| from order statistics: M log M in place of M squared.
    # Differences do not feel a shift; centring keeps the sums small beside large counts.
    ordered = np.sort(x - x.mean(axis=-1, keepdims=True), axis=-1)
    pairs = (ordered * (2 * np.arange(members) - members + 1)).sum(axis=-1)
    divisor = members * (members - 1) if fair else members**2
    return np.asarray(np.abs(x - y).mean(axis=-1) - pairs / divisor)


def bias_of_draws(draws: npt.ArrayLike, outcome: npt.ArrayLike) -> Array:
    """Whether a forecast lay too high (towards 1) or too low (towards -1), from draws.

    ``1 - (P(X <= y) + P(X < y))``, which for whole numbers is ``1 - (P(y) + P(y - 1))`` of Bosse et
    al. (2022), arXiv:2205.07090 (scoringutils), after Funk et al. (2019), PLOS Comput Biol 15(2)
    e1006785, and without ties their form for continuous forecasts.

    Args:
        draws: shape (..., member), people.
        outcome: shape (...), people.

    Returns:
        shape (...), between -1 (every draw below the outcome) and 1, without unit.

    Raises:
        ValueError: shapes that do not fit, values that are not finite.
    """
    x, y = cells("draws", draws, outcome)
    return np.asarray((x > y).mean(axis=-1) - (x < y).mean(axis=-1))


def pit(draws: npt.ArrayLike, outcome: npt.ArrayLike, rng: np.random.Generator) -> Array:
    """The randomised probability integral transform: uniform where the forecast is calibrated.

    ``(a + v (b + 1)) / (M + 1)`` with ``a`` draws below the outcome, ``b`` equal to it and ``v``
    uniform. The form of Czado, Gneiting and Held (2009), Biometrics 65, 1254-1261, for counts, to
    which it tends with many draws; counting the outcome among the draws makes it exactly uniform
    for any number of them (the rank histogram of Hamill 2001, Mon Weather Rev 129, 550-560).

    Args:
        draws: shape (..., member), people.
        outcome: shape (...), people.
        rng: breaks ties; one uniform a cell is taken from it.

    Returns:
        shape (...), between 0 (outcome below every draw) and 1, without unit.

    Raises:
        ValueError: shapes that do not fit, values that are not finite.
    """
    x, y = cells("draws", draws, outcome)
    below = np.asarray((x < y).sum(axis=-1))
    equal = np.asarray((x == y).sum(axis=-1))
    uniform = rng.random(below.shape)
    return np.asarray((below + uniform * (equal + 1)) / (x.shape[-1] + 1))


def brier(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Array:
    """The Brier score of the probability of an event, ``(p - o)^2``.

    Brier (1950), Mon Weather Rev 78, 1-3.

    Args:
        probability: shape (...), between 0 and 1.
        outcome: the same shape or one that broadcasts, 1 or true where the event came.

    Returns:
        shape (...), between 0 and 1; smaller is better, a coin scores 1/4.

    Raises:
        ValueError: a probability outside 0 to 1, an outcome that is neither 0 nor 1.
    """
    p, o = finite("probability", probability), finite("outcome", outcome)
    if ((p < 0) | (p > 1)).any():
        raise ValueError("probability: expected numbers from 0 to 1")
    if ((o != 0) & (o != 1)).any():
        raise ValueError("outcome: expected 0 or 1 (whether the event came)")
    return np.asarray((p - o) ** 2)
