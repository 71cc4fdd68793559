"""Baselines for long published series: a slow crisis counted week after week.

Each sees only the figures dated up to the issue day, made daily by straight lines and kept flat
after the newest, and takes its spread from its own errors on that past. Days and horizons are whole
days; every result holds the 23 hub quantiles, shape (23,), in people and never below 0. The rules
of the first four are those of the outside scorer of slow crises, number for number: relative scores
are ours divided by the best of these four. Random walk and automatic ETS stand beside them.
"""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from crossings.scoring.checks import Array, vector
from crossings.scoring.intervals import QUANTILE_LEVELS

LONGEST_GAP = 31
"""Days without a new figure after which a series says nothing about today."""

FEWEST_FIGURES = 3
FEWEST_ERRORS = 5
FIRST_ORIGIN = 14
LONGEST_MEMORY = 180
SLOPE_DAYS = 30
DAILY_DAMPING = 0.97

BLOCK_DAYS = 7
HALF_LIFE_DAYS = 21
RESAMPLES = 500
LEAST_WEIGHT = 1e-3


@dataclasses.dataclass(frozen=True)
class DailySeries:
    """A series as known on the issue day, one value a day from its first figure to that day.

    ``people`` has shape (day,), the issue day last; ``figures`` is how many figures stand behind
    it and ``age`` how many days old the newest is.
    """

    people: Array
    figures: int
    age: int

    @classmethod
    def from_figures(
        cls, days: npt.ArrayLike, people: npt.ArrayLike, issue_day: int
    ) -> DailySeries:
        """Interpolate the figures dated up to ``issue_day``; later ones are not looked at.

        Args:
            days: whole days on any scale, rising, shape (figure,).
            people: the figures, shape (figure,).
            issue_day: the day of issue on the same scale.

        Raises:
            ValueError: shapes differ, days not whole or not rising, no figure up to the issue day.
        """
        dates, values = vector("days", days), vector("people", people)
        if dates.shape != values.shape or (np.diff(dates) <= 0).any():
            raise ValueError("days: expected as many as figures, rising, one figure at each")
        if (dates % 1 != 0).any():
            raise ValueError("days: found parts of a day, expected whole days")
        known = int(np.searchsorted(dates, issue_day, "right"))
        if known == 0:
            raise ValueError(f"days: found no figure up to day {issue_day}, expected at least one")
        daily = np.interp(np.arange(dates[0], issue_day + 1), dates[:known], values[:known])
        return cls(daily, known, int(issue_day - dates[known - 1]))

    def carries(self, horizon: int) -> bool:
        """Whether there is enough past, and recent enough, for a spread at this horizon (days)."""
        return enough_past(self.figures, self.people.size, self.age, horizon)

    def origins(self, horizon: int) -> npt.NDArray[np.int64]:
        """Past days from which a forecast ``horizon`` days ahead can be checked, shape (origin,).

        Raises:
            ValueError: too little past (see :meth:`carries`), or a horizon below one day.
        """
        if horizon < 1:
            raise ValueError(f"horizon: found {horizon} d, expected 1 or more")
        if not self.carries(horizon):
            raise ValueError(
                f"series: found {self.figures} figures over {self.people.size} days, the newest "
                f"{self.age} days old: too little past for a horizon of {horizon} d"
            )
        return self._origins(horizon)

    def slope(self, day: npt.NDArray[np.int64] | int) -> Array:
        """People a day over the 30 days before ``day`` (over all there are, if fewer)."""
        back = np.minimum(SLOPE_DAYS, day)
        return np.asarray((self.people[day] - self.people[day - back]) / np.maximum(back, 1))

    def _origins(self, horizon: int) -> npt.NDArray[np.int64]:
        days = self.people.size
        return np.arange(_first_origin(days), days - horizon)


def enough_past(figures: int, days: int, age: int, horizon: int) -> bool:
    """Whether so many figures over so many days, the newest ``age`` days old, carry a spread."""
    errors = days - horizon - _first_origin(days)
    return figures >= FEWEST_FIGURES and age <= LONGEST_GAP and errors >= FEWEST_ERRORS


def _first_origin(days: int) -> int:
    return max(FIRST_ORIGIN, days - 1 - LONGEST_MEMORY)


def persistence_with_spread(series: DailySeries, horizon: int) -> Array:
    """The newest value, with the series' own past changes over the horizon, taken both ways.

    Args:
        series: what is known on the issue day.
        horizon: days after it.

    Returns:
        shape (23,), people.

    Raises:
        ValueError: too little past, see :meth:`DailySeries.carries`.
    """
    origins = series.origins(horizon)
    change = series.people[origins + horizon] - series.people[origins]
    errors = np.concatenate([change, -change])
    return _counts(series.people[-1] + np.quantile(errors, QUANTILE_LEVELS))


def drift(series: DailySeries, horizon: int) -> Array:
    """The slope of the last 30 days goes on, with the errors it made before.

    Args:
        series: what is known on the issue day.
        horizon: days after it.

    Returns:
        shape (23,), people.

    Raises:
        ValueError: too little past, see :meth:`DailySeries.carries`.
    """
    return _extrapolated(series, horizon, float(horizon))


def damped_drift(series: DailySeries, horizon: int) -> Array:
    """The slope of the last 30 days goes on, shrinking by 3 % a day.

    Args:
        series: what is known on the issue day.
        horizon: days after it.

    Returns:
        shape (23,), people.

    Raises:
        ValueError: too little past, see :meth:`DailySeries.carries`.
    """
    days = float(sum(DAILY_DAMPING**day for day in range(1, horizon + 1)))
    return _extrapolated(series, horizon, days)


def increments(series: DailySeries, horizon: int, rng: np.random.Generator) -> Array:
    """The newest value plus resampled weeks of daily changes, recent weeks more often.

    A moving-block bootstrap of 500 paths whose blocks lose half their weight every 21 days.

    Args:
        series: what is known on the issue day.
        horizon: days after it.
        rng: draws the blocks. The outside scorer takes a fresh one for every cell, seeded with
            (issue day counted from 1970-01-01, horizon, length of the location's name).

    Returns:
        shape (23,), people.

    Raises:
        ValueError: too little past, see :meth:`DailySeries.carries`.
    """
    series.origins(horizon)
    changes = np.diff(series.people)
    starts = np.arange(max(1, changes.size - BLOCK_DAYS + 1))
    weight = 0.5 ** ((starts[-1] - starts) / HALF_LIFE_DAYS) + LEAST_WEIGHT
    blocks = -(-horizon // BLOCK_DAYS)
    picked = rng.choice(starts, (RESAMPLES, blocks), p=weight / weight.sum())
    days = np.minimum(picked[..., np.newaxis] + np.arange(BLOCK_DAYS), changes.size - 1)
    paths = changes[days].reshape(RESAMPLES, -1)[:, :horizon]
    return _counts(series.people[-1] + np.quantile(paths.sum(axis=1), QUANTILE_LEVELS))


def random_walk(series: DailySeries, horizon: int) -> Array:
    """The newest value, normal around it: daily changes that know nothing of each other.

    The variance grows with the horizon; that of one day is the mean square of the daily changes of
    the last 180 days.

    Args:
        series: what is known on the issue day.
        horizon: days after it.

    Returns:
        shape (23,), people.

    Raises:
        ValueError: too little past, see :meth:`DailySeries.carries`.
    """
    series.origins(horizon)
    changes = np.diff(series.people)[-LONGEST_MEMORY:]
    sd = np.sqrt(np.mean(changes**2) * horizon)
    return _counts(series.people[-1] + sd * norm.ppf(QUANTILE_LEVELS))


def automatic_ets(series: DailySeries, horizon: int) -> Array:
    """Exponential smoothing, the form chosen by its corrected information criterion.

    Hyndman, Koehler, Snyder and Grose (2002), Int J Forecast 18, 439-454: additive errors with no
    trend, a trend, or a damped trend, fitted to the daily series of the last 180 days by
    statsmodels; normal quantiles from its own variance.

    Args:
        series: what is known on the issue day.
        horizon: days after it.

    Returns:
        shape (23,), people.

    Raises:
        ValueError: too little past, see :meth:`DailySeries.carries`.
        ImportError: statsmodels (the extra ``verify``) is not installed.
    """
    import pandas as pd  # noqa: PLC0415 (heavy, and needed here only)
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # noqa: PLC0415 (an extra)

    series.origins(horizon)
    people = pd.Series(series.people[-LONGEST_MEMORY:])
    if np.ptp(people) == 0:  # nothing to fit: it has stood still
        return _counts(np.full(len(QUANTILE_LEVELS), series.people[-1]))
    fits = []
    for trend, damped in ((None, False), ("add", False), ("add", True)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a fit has not converged is told by its AICc
            model = ETSModel(people, error="add", trend=trend, damped_trend=damped)
            fits.append(model.fit(disp=False, maxiter=200))
    best = min(fits, key=lambda fit: fit.aicc if np.isfinite(fit.aicc) else np.inf)
    ahead = best.get_prediction(start=people.size, end=people.size + horizon - 1)
    mean = float(np.asarray(ahead.predicted_mean)[-1])
    sd = float(np.sqrt(np.maximum(np.asarray(ahead.forecast_variance)[-1], 0)))
    return _counts(np.asarray(mean + sd * norm.ppf(QUANTILE_LEVELS)))


def _extrapolated(series: DailySeries, horizon: int, days: float) -> Array:
    """The present slope for ``days`` days, with the errors of doing so on every past origin."""
    origins = series.origins(horizon)
    change = series.people[origins + horizon] - series.people[origins]
    errors = change - series.slope(origins) * days
    growth = series.slope(series.people.size - 1) * days
    return _counts(series.people[-1] + growth + np.quantile(errors, QUANTILE_LEVELS))


def _counts(quantiles: Array) -> Array:
    """Quantiles of a count: nobody can be fewer than none."""
    return np.maximum(quantiles, 0)
