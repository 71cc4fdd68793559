"""The forecast as a plain value: draws by target, place and time, and everything behind them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

QUANTILE_LEVELS: tuple[float, ...] = (
    0.01,
    0.025,
    *(round(i / 20, 2) for i in range(1, 20)),
    0.975,
    0.99,
)
"""The 23 levels of the forecast hubs."""


@dataclasses.dataclass(frozen=True)
class ClaimUse:
    """What became of one claim that was public at the issue time.

    ``weight`` is the share of an observation's full weight with which it entered (0 where it was
    left out), ``role`` the quantity it informed (``arrived``, ``population``, ...; empty where it
    was left out), ``reason`` one plain sentence.
    """

    claim: str
    role: str
    weight: float
    reason: str

    @property
    def used(self) -> bool:
        """Whether the claim entered the forecast."""
        return self.weight > 0


@dataclasses.dataclass(frozen=True)
class LastFigure:
    """The newest figure of the headline's target: people, as of when, how old at issue."""

    claim: str
    value: float
    as_of: dt.datetime
    age_hours: float


@dataclasses.dataclass(frozen=True)
class Outlook:
    """A forecast issued at ``issued_at`` for the ``times`` after it.

    ``draws`` has one integer variable a target (``arrived.cumulative`` ...) with the dimensions
    ``(member, time, place)`` in whole people; place ``all`` comes first. Times are aware datetimes
    in the situation's zone; the coordinate ``time`` of ``draws`` is the same in UTC without zone.
    ``carried_by`` names the component that made it, ``diagnostics`` what the sampler reported.
    """

    situation: str
    title: str
    tier: str
    sensitivity: str
    issued_at: dt.datetime
    time_zone: str
    times: tuple[dt.datetime, ...]
    draws: xr.Dataset
    claims: tuple[ClaimUse, ...]
    last_figure: LastFigure | None
    members: int
    seed: int
    carried_by: str
    diagnostics: dict[str, Any]
    versions: dict[str, str]
    notes: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """The forecast targets, the headline's first."""
        return tuple(str(name) for name in self.draws.data_vars)

    @property
    def places(self) -> tuple[str, ...]:
        """The place ids, ``all`` first."""
        return tuple(str(place) for place in self.draws["place"].values)

    def samples(self, target: str, place: str = "all") -> npt.NDArray[np.int64]:
        """The draws of one target at one place: whole people, shape (member, time).

        Raises:
            KeyError: there is no such target or place.
        """
        return np.asarray(self.draws[target].sel(place=place).values, dtype=np.int64)

    def quantiles(
        self, target: str, place: str = "all", levels: tuple[float, ...] = QUANTILE_LEVELS
    ) -> npt.NDArray[np.float64]:
        """Quantiles over members (linear between order statistics), shape (time, level)."""
        return np.quantile(self.samples(target, place), levels, axis=0).T

    def exceedance(
        self, target: str, threshold: float, place: str = "all"
    ) -> npt.NDArray[np.float64]:
        """The probability of at least ``threshold`` people at each time, shape (time,)."""
        return np.asarray((self.samples(target, place) >= threshold).mean(axis=0), dtype=float)

    def index(self, when: dt.datetime) -> int:
        """The position of the last forecast time that is not after ``when``.

        Raises:
            ValueError: every forecast time is later.
        """
        fitting = [i for i, time in enumerate(self.times) if time <= when]
        if not fitting:
            raise ValueError(f"{when.isoformat()} is before the first forecast time")
        return fitting[-1]


def versions_now() -> dict[str, str]:
    """The versions of what makes a forecast, by name: this package, numpy, numba, Python."""
    try:
        own = version("crossings")
    except PackageNotFoundError:
        own = "unknown"
    return {
        "crossings": own,
        "numpy": np.__version__,
        "numba": version("numba"),
        "python": platform.python_version(),
    }
