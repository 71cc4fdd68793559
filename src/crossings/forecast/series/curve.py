"""The two-piece quantile function: few numbers, smooth tails, fitted to past crises.

    q_tau(z) = a (rates, damped) + sigma+ Q_tau  above the median, a (...) - sigma- Q_tau  below,

with ``sigma+`` and ``sigma-`` log-linear in a few features, one shape ``Q`` for either side, and
``z = (y - L) / S`` as in :mod:`~crossings.forecast.series.features`. All numbers minimise the
weighted pinball loss plus a small ridge penalty, by L-BFGS. A two-piece location-scale family as
in Wallis (2014, Statist. Sci. 29, 106-112), its quantile function fitted as in Koenker and Bassett
(1978).
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.stats import norm

from crossings.forecast.series.features import FEATURES
from crossings.scoring import QUANTILE_LEVELS

F8 = npt.NDArray[np.float64]

LOCATION = ("damped21", "damped7", "last_rate")
SPREAD = ("lead", "pace7", "pace180", "typical_rate", "above_floor", "still", "one_way")

RIDGE = 0.02
MOST_STEPS = 300
FARTHEST = 3.0
"""Features beyond this many standard deviations of the past are taken to be there."""

_LEVELS = np.array(QUANTILE_LEVELS)
_MEDIAN = _LEVELS.size // 2
_SIDE = np.abs(norm.ppf(_LEVELS[_MEDIAN + 1 :]))
_NORMAL_STEPS = np.log(np.diff(np.concatenate([[0.0], _SIDE])))
_LOG_BOUNDS = (-7.0, 5.0)


@dataclasses.dataclass(frozen=True)
class Curve:
    """A fitted quantile function: what :func:`fit` found and :meth:`quantiles` evaluates.

    ``location`` (3,), ``up`` and ``down`` (1 + features of the spread,), ``steps_up`` and
    ``steps_down`` (11,): logs of the steps of ``Q`` over those of the normal distribution;
    ``centre`` and ``width`` of the features of the spread.
    """

    location: F8
    up: F8
    down: F8
    steps_up: F8
    steps_down: F8
    centre: F8
    width: F8

    def quantiles(self, x: F8) -> F8:
        """The 23 quantiles of ``z`` for features of shape (cell, feature): (cell, level)."""
        place, spread = _columns(x)
        g = _standard(spread, self.centre, self.width)
        return _evaluate(self, place, g)[0]

    def as_dict(self) -> dict[str, list[float]]:
        """The numbers by name."""
        return {f.name: getattr(self, f.name).tolist() for f in dataclasses.fields(self)}

    @classmethod
    def from_dict(cls, numbers: dict[str, list[float]]) -> Curve:
        """The curve that :meth:`as_dict` described."""
        return cls(**{name: np.array(values) for name, values in numbers.items()})


def fit(x: npt.ArrayLike, z: npt.ArrayLike, weights: npt.ArrayLike) -> Curve:
    """The curve with least weighted pinball loss: ``x`` (row, feature), ``z``, ``weights`` (row,).

    The weights are taken as shares of their sum.
    """
    place, spread = _columns(np.asarray(x, dtype=float))
    change, share = np.asarray(z, dtype=float), np.asarray(weights, dtype=float)
    centre, width = spread.mean(axis=0), spread.std(axis=0) + 1e-6
    g = np.column_stack([np.ones(change.size), (spread - centre) / width])
    sizes = np.cumsum([place.shape[1], g.shape[1], g.shape[1], _SIDE.size])
    share = share / share.sum()
    penalty = np.full(sizes[-1] + _SIDE.size, RIDGE)
    penalty[: sizes[0]] = penalty[sizes[0]] = penalty[sizes[1]] = 0.0

    def curve(numbers: F8) -> Curve:
        location, up, down, steps_up, steps_down = np.split(numbers, sizes)
        return Curve(location, up, down, steps_up, steps_down, centre, width)

    def loss(numbers: F8) -> tuple[float, F8]:
        value, gradient = _loss(curve(numbers), place, g, change, share)
        return value + 0.5 * float(penalty @ numbers**2), gradient + penalty * numbers

    start = np.zeros(penalty.size)
    start[0] = 0.3
    start[sizes[0]] = start[sizes[1]] = -1.0
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
    return curve(found.x)


def _columns(x: F8) -> tuple[F8, F8]:
    """The features that move the location and those that move the spread."""
    return (
        x[:, [FEATURES.index(name) for name in LOCATION]],
        x[:, [FEATURES.index(name) for name in SPREAD]],
    )


def _standard(spread: F8, centre: F8, width: F8) -> F8:
    """A column of ones, and the features of the spread in standard deviations."""
    scaled = np.clip((spread - centre) / width, -FARTHEST, FARTHEST)
    return np.column_stack([np.ones(len(spread)), scaled])


def _evaluate(c: Curve, place: F8, g: F8) -> tuple[F8, F8, F8, F8, F8]:
    """Quantiles (cell, level), both spreads (cell,), and the shapes of both sides (11,)."""
    middle = place @ c.location
    up = np.exp(np.clip(g @ c.up, *_LOG_BOUNDS))
    down = np.exp(np.clip(g @ c.down, *_LOG_BOUNDS))
    shape_up = np.cumsum(np.exp(_NORMAL_STEPS + c.steps_up))
    shape_down = np.cumsum(np.exp(_NORMAL_STEPS + c.steps_down))
    q = np.empty((len(place), _LEVELS.size))
    q[:, _MEDIAN] = middle
    q[:, _MEDIAN + 1 :] = middle[:, None] + up[:, None] * shape_up
    q[:, _MEDIAN - 1 :: -1] = middle[:, None] - down[:, None] * shape_down
    return q, up, down, shape_up, shape_down


def _loss(c: Curve, place: F8, g: F8, z: F8, weights: F8) -> tuple[float, F8]:
    """The weighted mean of twice the pinball loss, and its gradient in all numbers."""
    q, up, down, shape_up, shape_down = _evaluate(c, place, g)
    error = z[:, None] - q
    scale = 2 * weights[:, None] / _LEVELS.size
    value = float((scale * np.maximum(_LEVELS * error, (_LEVELS - 1) * error)).sum())
    slope = scale * ((error < 0) - _LEVELS)
    above, below = slope[:, _MEDIAN + 1 :], slope[:, _MEDIAN - 1 :: -1]
    step_up = np.cumsum((above * up[:, None]).sum(axis=0)[::-1])[::-1]
    step_down = -np.cumsum((below * down[:, None]).sum(axis=0)[::-1])[::-1]
    gradient = np.concatenate(
        [
            place.T @ slope.sum(axis=1),
            g.T @ ((above @ shape_up) * up),
            -(g.T @ ((below @ shape_down) * down)),
            step_up * np.exp(_NORMAL_STEPS + c.steps_up),
            step_down * np.exp(_NORMAL_STEPS + c.steps_down),
        ]
    )
    return value, gradient
