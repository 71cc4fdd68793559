"""What becomes of a figure that has stood still: learned from the places of past crises.

A figure repeated for weeks has no increments to draw from, so a rule that resamples them is sure
that it stands for ever. In past crises most such figures had moved a fortnight later. The change
from the last figure, as a share of it, is drawn from past rows whose figure stood still too,
weighted by how near they are in the time it has stood (``k`` days) and in the days ahead (``T``)::

    weight exp(-(log k / k_0)^2 / 2 .7^2 - (log T / T_0)^2 / 2 .4^2)

a Nadaraya-Watson estimate of the distribution (Hall, Wolff and Yao 1999, J. Amer. Statist. Assoc.
94, 154-163). The two widths, a factor of two in time stood and one and a half ahead, were set once.
Shares of the last figure keep it scale free: twice the people, twice the range.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossings.forecast.series.features import FEATURES, TYPICAL_LEAD
from crossings.forecast.series.forest import weighted_quantiles
from crossings.forecast.series.rows import Rows

F8 = npt.NDArray[np.float64]

STOOD_WIDTH, AHEAD_WIDTH = 0.7, 0.4
LEAST_DAYS = 1.0
"""A figure has stood still if the one of a day or more before was the same."""

_SINCE, _LEAD, _GROWTH = (FEATURES.index(name) for name in ("since_move", "lead", "growth"))
_FARTHEST = 1e-12
"""Weight of a row however far it is, so that no cell is without any."""


class Still:
    """Past rows whose figure stood still: time stood, days ahead, change as a share, weight."""

    def __init__(self, rows: Rows) -> None:
        x = np.asarray(rows.x, dtype=float)
        kept = stood(x)
        ahead = TYPICAL_LEAD * np.exp(x[kept, _LEAD])
        # The recent scale is pace times days, and ``growth`` the log of 100 paces over the people.
        pace = np.exp(x[kept, _GROWTH]) / 100
        change = np.asarray(rows.z_recent, dtype=float)[kept] * pace * ahead
        order = np.argsort(change, kind="stable")
        self._change = change[order]
        self._since = np.log(_days(x[kept]))[order]
        self._ahead = np.log(ahead)[order]
        self._weight = np.asarray(rows.weights, dtype=float)[kept][order]

    @property
    def empty(self) -> bool:
        """Whether no figure of the past stood still."""
        return not self._change.size

    def quantiles(self, x: F8, last: F8, levels: F8) -> F8:
        """People at cells whose figures ``last`` stood still, shape (cell, level).

        ``x`` are their features, (cell, feature). Not below nobody.
        """
        since = np.log(_days(x))[:, np.newaxis] - self._since
        ahead = (np.log(TYPICAL_LEAD) + x[:, _LEAD])[:, np.newaxis] - self._ahead
        near = np.exp(-0.5 * (since / STOOD_WIDTH) ** 2 - 0.5 * (ahead / AHEAD_WIDTH) ** 2)
        share = weighted_quantiles(self._change, self._weight * (near + _FARTHEST), levels)
        return np.asarray(np.maximum(last[:, np.newaxis] * (1 + share), 0.0))


def stood(x: F8) -> npt.NDArray[np.bool_]:
    """Which cells, by their features (cell, feature), have a last figure that stood still."""
    return np.asarray(_days(x) >= LEAST_DAYS - 1e-3)


def _days(x: F8) -> F8:
    return np.asarray(np.maximum(np.expm1(np.asarray(x[:, _SINCE], dtype=float)), 1e-3))
