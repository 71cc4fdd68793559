"""The rates of the native rules where no figure informs them, and how members differ in them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import numpy.typing as npt

from crossings.dynamics.streams import entity_code, normals
from crossings.errors import InputError

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

RATE = 101
"""Purpose of the draws of rates (those of a step are numbered in crossings.dynamics.network)."""

SHARES = ("leaving_share", "decided_at_start", "shut_factor", "capacity_first", "night")
"""Rates that are shares: at most 1."""


@dataclasses.dataclass(frozen=True)
class NativeRates:
    """The plain default rates: medians over the members, for any sudden flight over a border.

    They are the medians of the forecast's default priors, each with the reason given there; those
    on settling are assumptions without a source. ``spread`` scales how far members differ: 1 as in
    :data:`SPREADS`, 0 not at all.
    """

    leaving_share: float = 0.5
    """Of the population, those who would leave in the end (at most 1)."""
    decided_at_start: float = 0.16
    """Of those, who have decided before the start (at most 1)."""
    start_hours: float = 36.0
    """From the start of the situation to the first people on the way."""
    departure_rate: float = 0.004
    """Per hour."""
    shut_factor: float = 0.1
    """Share of that rate before the flow starts (at most 1)."""
    contagion: float = 2.0
    """Seeing all others leave multiplies the rate by one more than this."""
    intensity_sd: float = 0.6
    """Standard deviation of the log of the waves of departure."""
    intensity_hours: float = 48.0
    """How long a wave lasts."""
    preparation_hours: float = 5.0
    """From the decision to the road."""
    capacity: float = 1200.0
    """People an hour past one crossing."""
    capacity_first: float = 0.3
    """Share of it that is there in the first hour (at most 1)."""
    ramp_hours: float = 24.0
    """Time scale until a crossing works fully."""
    capacity_sd: float = 0.25
    """Standard deviation of the log of the hour-to-hour noise."""
    capacity_hours: float = 8.0
    """How long a good or bad spell lasts."""
    capacity_drift: float = 0.05
    """Slow change of the log, per square root of an hour."""
    night: float = 0.7
    """Share of the daytime capacity between 20:00 and 07:00 (at most 1)."""
    people_a_vehicle: float = 4.5
    settle: float = 0.5
    """Of those who arrive at a reception, camp, town or region with a way on, who stay there."""
    stay_hours: float = 12.0
    """How long the others stay."""
    spread: float = 1.0

    def __post_init__(self) -> None:
        shares = (*SHARES, "settle")
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            top = 1.0 if field.name in shares else math.inf
            low = field.name in (*shares, "spread", "contagion") or field.name.endswith("_sd")
            if not (0 <= value <= top and math.isfinite(value) and (value > 0 or low)):
                wanted = "between 0 and 1" if top == 1 else "0 or more" if low else "more than 0"
                raise InputError(f"rates: {field.name}: found {value}, expected {wanted}")


SPREADS: dict[str, float] = {
    "population": 0.2,
    "leaving_share": 0.5,
    "decided_at_start": 1.0,
    "start_hours": 1.2,
    "departure_rate": 1.5,
    "shut_factor": 1.0,
    "contagion": 1.0,
    "intensity_sd": 0.5,
    "intensity_hours": 0.8,
    "preparation_hours": 0.6,
    "capacity": 0.9,
    "capacity_first": 0.8,
    "ramp_hours": 0.8,
    "capacity_sd": 0.5,
    "capacity_hours": 0.6,
    "capacity_drift": 0.6,
    "night": 0.25,
}
"""Standard deviation of the log of a rate between members; ``population`` of the claimed figure."""

CHOICE_SPREAD = 1.0
"""The same for the attraction of a way, which is 1 in the middle."""

GATE_SPREAD = 0.5
"""The same for the capacity of one crossing around the common one."""


def factors(seed: int, members: I8, names: list[str], sd: float) -> F8:
    """Lognormal factors of median 1, addressed by name, (M, names); ``sd`` is that of their log."""
    codes = np.array([entity_code(name) for name in names], dtype=np.int64)
    purpose = np.full(codes.size, RATE, dtype=np.int64)
    z = normals(seed, members, codes, purpose, np.zeros(1, dtype=np.int64))[:, 0]
    return np.asarray(np.exp(sd * z))


def values_of(rates: NativeRates, seed: int, members: I8) -> dict[str, F8]:
    """Every rate of every member, (M,); shares at most 1."""
    found = {}
    for name, sd in SPREADS.items():
        factor = factors(seed, members, [f"rate:{name}"], sd * rates.spread)[:, 0]
        found[name] = factor if name == "population" else getattr(rates, name) * factor
    for name in SHARES:
        found[name] = np.minimum(1.0, found[name])
    return found
