"""Baselines for the first days of a crisis: what a forecast must beat to be worth making.

Each takes the cumulative figures known when the forecast is issued and returns quantiles at the 23
hub levels for every horizon, shape (horizon, 23), in people. A point forecast repeats its value at
every level. Times are hours relative to the issue time; daily data are multiples of 24.

The rules are those of the study of Nagorno-Karabakh 2023 (drift of the last 24 h) and, with a
window of :data:`ONSET_WINDOW` and a spread of :data:`ONSET_SPREAD`, those by which other onsets are
scored from outside.
"""

from __future__ import annotations

import dataclasses
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from crossings.errors import InputError
from crossings.scoring.checks import Array, vector
from crossings.scoring.intervals import QUANTILE_LEVELS

ONSET_WINDOW = 72.0
"""Hours over which the onset scorer takes the slope."""

ONSET_SPREAD = 0.7
"""Standard deviation of the log of the slope in the onset scorer's capped drift."""

NORMAL_QUANTILES: Array = np.array([NormalDist().inv_cdf(level) for level in QUANTILE_LEVELS])
"""Standard normal quantiles at the hub levels, shape (23,)."""

PEOPLE_UNITS = ("people", "persons")
FAMILY_UNITS = ("families", "households")


@dataclasses.dataclass(frozen=True)
class KnownFigures:
    """The figures of one series that were public at the issue time.

    ``hours`` are their times relative to the issue time, rising and at most 0; ``people`` the
    figures; both of shape (figure,). There may be none: nobody has been counted yet.

    Raises:
        ValueError: shapes differ, times do not rise or lie after the issue time, a negative figure.
    """

    hours: Array
    people: Array

    def __init__(self, hours: npt.ArrayLike, people: npt.ArrayLike) -> None:
        """Check the figures and keep them as read-only arrays of floats."""
        for name, values in (("hours", hours), ("people", people)):
            array = vector(name, values).copy()
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if self.hours.shape != self.people.shape:
            raise ValueError(
                f"figures: found {self.hours.size} times for {self.people.size} values"
            )
        if (np.diff(self.hours) <= 0).any():
            raise ValueError("hours: expected rising times, one figure at each")
        if (self.hours > 0).any():
            raise ValueError(
                f"hours: found {self.hours[-1]:g} after the issue time, expected 0 or less"
            )
        if (self.people < 0).any():
            raise ValueError(f"people: found {self.people.min():g}, expected no negative count")

    @property
    def last(self) -> float:
        """The newest figure, in people.

        Raises:
            ValueError: there is none.
        """
        if self.people.size == 0:
            raise ValueError("figures: found none, expected at least one before the issue time")
        return float(self.people[-1])

    @property
    def floor(self) -> float:
        """What a cumulative count cannot fall below: the newest figure, 0 while there is none."""
        return self.last if self.people.size else 0.0

    def slope(self, window: float) -> float:
        """People an hour over the last ``window`` hours before the issue time.

        Linear between figures and flat after the newest: hours without a figure count as hours
        without arrivals. From the first figure on where that is later; 0 where it is all there is.

        Raises:
            ValueError: there is no figure, or the window is not positive.
        """
        if not window > 0:
            raise ValueError(f"window: found {window:g} h, expected more than 0")
        newest = self.last
        start = max(float(self.hours[0]), -window)
        if start == 0:
            return 0.0
        return (newest - float(np.interp(start, self.hours, self.people))) / -start


def persistence(figures: KnownFigures, horizons: npt.ArrayLike) -> Array:
    """Nobody else comes: the newest figure as a point.

    Args:
        figures: what is known at the issue time, at least one figure.
        horizons: hours after it, shape (horizon,).

    Returns:
        shape (horizon, 23), people.

    Raises:
        ValueError: no figure, or horizons that are negative or not finite.
    """
    return _point(np.full_like(_horizons(horizons), figures.last))


def drift(figures: KnownFigures, horizons: npt.ArrayLike, *, window: float = 24.0) -> Array:
    """It goes on as in the last ``window`` hours: the newest figure plus slope times horizon.

    Args:
        figures: what is known at the issue time, at least one figure.
        horizons: hours after it, shape (horizon,).
        window: hours over which the slope is taken, see :meth:`KnownFigures.slope`.

    Returns:
        shape (horizon, 23), people.

    Raises:
        ValueError: no figure, bad horizons or window.
    """
    return _point(figures.last + figures.slope(window) * _horizons(horizons))


def capped_drift(
    figures: KnownFigures, horizons: npt.ArrayLike, *, population: float, window: float = 24.0
) -> Array:
    """:func:`drift`, but never more than ``population`` (or the newest figure, if that is more).

    Args:
        figures: what is known at the issue time, at least one figure.
        horizons: hours after it, shape (horizon,).
        population: people at risk as commonly stated before.
        window: hours over which the slope is taken.

    Returns:
        shape (horizon, 23), people.

    Raises:
        ValueError: no figure, bad horizons or window, a negative population.
    """
    cap = max(_people(population), figures.last)
    return np.minimum(drift(figures, horizons, window=window), cap)


def capped_probabilistic_drift(
    figures: KnownFigures,
    horizons: npt.ArrayLike,
    *,
    population: float,
    window: float = 24.0,
    spread: float = 0.5,
) -> Array:
    """:func:`capped_drift` with a lognormal factor on the slope, median 1.

    The study's last baseline. The onset scorer's ``capped`` is the same with
    ``window=ONSET_WINDOW, spread=ONSET_SPREAD`` and the population times the place's share. Where
    figures fall, the quantiles are put in rising order, which that scorer does not do.

    Args:
        figures: what is known at the issue time, at least one figure.
        horizons: hours after it, shape (horizon,).
        population: people at risk as commonly stated before.
        window: hours over which the slope is taken.
        spread: standard deviation of the log of the factor.

    Returns:
        shape (horizon, 23), people.

    Raises:
        ValueError: no figure, bad horizons, window or spread, a negative population.
    """
    cap = max(_people(population), figures.last)
    growth = figures.slope(window) * _horizons(horizons)[:, np.newaxis] * _lognormal(spread)
    return np.sort(np.minimum(figures.last + growth, cap), axis=-1)


def exodus(
    figures: KnownFigures,
    horizons: npt.ArrayLike,
    *,
    population: float,
    share: float = 1.0,
    spread: float = 0.2,
) -> Array:
    """Everybody leaves, at once: population times share with a lognormal spread, at every horizon.

    Never below the newest figure, since a cumulative count does not fall; this makes it a little
    harder to beat late. Needs no figure.

    Args:
        figures: what is known at the issue time.
        horizons: hours after it, shape (horizon,).
        population: people at risk as commonly stated before.
        share: the part of them expected here, such as a place's part of the newest figures.
        spread: standard deviation of the log.

    Returns:
        shape (horizon, 23), people.

    Raises:
        ValueError: bad horizons or spread, a negative population or share.
    """
    return _settled(figures, horizons, _people(population * share), spread)


def planning_figure(
    figures: KnownFigures,
    horizons: npt.ArrayLike,
    value: float,
    *,
    unit: str = "people",
    persons_per_family: float | None = None,
    spread: float = 0.0,
) -> Array:
    """What officials said they prepare for, taken as the forecast, at every horizon.

    Never below the newest figure. A figure in families needs the number of persons in one, which
    whoever publishes the score must state beside it: it is an assumption, not part of the claim.

    Args:
        figures: what is known at the issue time.
        horizons: hours after it, shape (horizon,).
        value: the planning figure (a claim's ``value``) in ``unit``.
        unit: ``people``, ``persons``, ``families`` or ``households`` (a claim's ``unit``).
        persons_per_family: persons in a family or household.
        spread: standard deviation of the log; 0 for a point.

    Returns:
        shape (horizon, 23), people.

    Raises:
        InputError: the unit is not one of these, or families without ``persons_per_family``.
        ValueError: bad horizons or spread, a negative figure.
    """
    if unit in FAMILY_UNITS:
        if persons_per_family is None or not persons_per_family > 0:
            raise InputError(
                f"planning figure: found {value:g} {unit}, expected persons_per_family with it "
                "(more than 0)"
            )
        value = value * persons_per_family
    elif unit not in PEOPLE_UNITS:
        raise InputError(
            f"planning figure: unit: found {unit!r}, expected one of "
            f"{', '.join(PEOPLE_UNITS + FAMILY_UNITS)}"
        )
    return _settled(figures, horizons, _people(value), spread)


def _settled(figures: KnownFigures, horizons: npt.ArrayLike, median: float, spread: float) -> Array:
    """The same lognormal quantiles at every horizon, never below the newest figure."""
    quantiles = np.maximum(median * _lognormal(spread), figures.floor)
    return np.tile(quantiles, (_horizons(horizons).size, 1))


def _point(values: Array) -> Array:
    """A point forecast, shape (horizon,), as the quantiles of one certain value."""
    return np.repeat(values[:, np.newaxis], len(QUANTILE_LEVELS), axis=1)


def _lognormal(spread: float) -> Array:
    """Quantiles of a lognormal factor with median 1, shape (23,)."""
    if not 0 <= spread < np.inf:
        raise ValueError(f"spread: found {spread:g}, expected 0 or more")
    return np.exp(spread * NORMAL_QUANTILES)


def _horizons(horizons: npt.ArrayLike) -> Array:
    """Hours after the issue time, shape (horizon,)."""
    hours = vector("horizons", horizons)
    if (hours < 0).any():
        raise ValueError(f"horizons: found {hours.min():g} h, expected none before the issue time")
    return hours


def _people(number: float) -> float:
    """A number of people that can cap or carry a baseline."""
    if not 0 <= number < np.inf:
        raise ValueError(f"population or planning figure: found {number:g}, expected 0 or more")
    return float(number)
