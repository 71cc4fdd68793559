"""What becomes of figures that went straight: learned from the places of past crises.

Increments that hardly differed give a range of hardly any width, whatever lies ahead. In past
crises such ranges were wrong nearly always: where the middle 90 % of the increments spanned less
than a tenth of the change that they expect, one outcome in 28 lay inside. So for figures that went
straight the change from the last figure, as a share of the change expected, is drawn from past rows
near them in straightness ``r`` and in days ahead ``T``::

    weight exp(-(log r / r_0)^2 / 2 .7^2 - (log T / T_0)^2 / 2 .4^2)

as for figures that stood still (:mod:`crossings.forecast.series.still`), with the same widths.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from crossings.forecast.series.features import FEATURES, TYPICAL_LEAD
from crossings.forecast.series.forest import weighted_quantiles
from crossings.forecast.series.rows import Rows
from crossings.forecast.series.still import stood
from crossings.scoring import QUANTILE_LEVELS

F8 = npt.NDArray[np.float64]

STRAIGHTNESS_WIDTH, AHEAD_WIDTH = 0.7, 0.4
STRAIGHT, CROOKED = 0.1, 0.2
"""Range of the increments over the change they expect: up to the first the law stands alone, from
the second on the increments do, in between a share of it. Past rows tell nothing apart below."""

ODDS_OF_STRAIGHT = -3.3
"""Log odds that such figures go straight on, before this crisis has shown it: 1 to 27."""

_LEAD = FEATURES.index("lead")
_LOW, _MIDDLE, _HIGH = (FEATURES.index(f"increments_{level}") for level in ("05", "50", "95"))
_MEDIAN = len(QUANTILE_LEVELS) // 2
_NORMAL = norm.ppf(QUANTILE_LEVELS) / norm.ppf(0.95)
"""Quantiles of a normal distribution that reach from -1 to 1 between .05 and .95."""

_FARTHEST = 1e-12
"""Weight of a row however far it is, so that no cell is without any."""


class Steady:
    """Past rows whose figures had moved: straightness, days ahead, change as a share, weight."""

    def __init__(self, rows: Rows) -> None:
        x = np.asarray(rows.x, dtype=float)
        ratio = straightness(x)
        kept = np.isfinite(ratio) & (ratio > 0)
        expected = _people(x[kept, _MIDDLE])
        share = np.asarray(rows.z_recent, dtype=float)[kept] / expected
        order = np.argsort(share, kind="stable")
        self._share = share[order]
        self._ratio = np.log(np.maximum(ratio[kept], STRAIGHT))[order]
        self._ahead = np.log(TYPICAL_LEAD) + x[kept, _LEAD][order]
        self._weight = np.asarray(rows.weights, dtype=float)[kept][order]

    @property
    def empty(self) -> bool:
        """Whether no figures of the past had moved."""
        return not self._share.size

    def quantiles(self, x: F8, last: F8, scale: F8, levels: F8) -> F8:
        """People at cells whose figures went straight, shape (cell, level).

        ``x`` are their features (cell, feature), ``last`` their last figures and ``scale`` the
        people that one unit of ``z`` stands for in the recent scale, (cell,). Not below nobody.
        """
        ratio = np.log(np.maximum(straightness(x), STRAIGHT))[:, np.newaxis] - self._ratio
        ahead = (np.log(TYPICAL_LEAD) + x[:, _LEAD])[:, np.newaxis] - self._ahead
        near = np.exp(-0.5 * (ratio / STRAIGHTNESS_WIDTH) ** 2 - 0.5 * (ahead / AHEAD_WIDTH) ** 2)
        share = weighted_quantiles(self._share, self._weight * (near + _FARTHEST), levels)
        change = (scale * _people(x[:, _MIDDLE]))[:, np.newaxis] * share
        return np.asarray(np.maximum(np.sort(last[:, np.newaxis] + change, axis=1), 0.0))


def straightness(x: F8) -> F8:
    """The range of the increments over the size of the change they expect, (cell,); inf for none.

    0 is a straight line. Cells without increments, or whose figure stood still, have inf.
    """
    low, middle, high = (_people(x[:, column]) for column in (_LOW, _MIDDLE, _HIGH))
    moves = (np.abs(middle) > 0) & ~stood(x)
    ratio = (high - low) / np.where(moves, np.abs(middle), 1.0)
    return np.asarray(np.where(moves, ratio, np.inf))


def with_width(increments: F8, last: F8) -> F8:
    """Increments, (cell, level), that span from .05 to .95 a tenth of the change they expect.

    Those that span more stay as they are: past rows tell nothing apart below.
    """
    middle = increments[:, _MEDIAN : _MEDIAN + 1]
    least = 0.5 * STRAIGHT * np.abs(middle - last[:, np.newaxis]) * _NORMAL
    off = increments - middle
    return np.asarray(
        middle + np.where(_NORMAL < 0, np.minimum(off, least), np.maximum(off, least))
    )


def share_of_law(x: F8) -> F8:
    """How far the law stands for the increments, shape (cell,): 1 on straight lines, 0 off them."""
    ratio = np.clip(straightness(x), STRAIGHT, CROOKED)
    return np.asarray(np.log(CROOKED / ratio) / np.log(CROOKED / STRAIGHT))


def _people(said: F8) -> F8:
    """What a simple rule said, in units of the recent scale: the features hold its signed log."""
    return np.asarray(np.sign(said) * np.expm1(np.abs(said)) / 4)
