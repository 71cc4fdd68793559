"""The parameters of the mechanistic component, their priors, and how a normal becomes a value.

Every parameter of a member is one standard normal coordinate pushed through the quantile function
of its prior, so that the sampler works on normals alone. The defaults below hold for any sudden
flight over a border and are wide; a situation narrows them in ``priors.csv``, each row with its
reason.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy import stats

from crossings.errors import InputError
from crossings.situation.records import Prior

F8 = npt.NDArray[np.float64]

_REACH = 6.0
_CELLS = 2400
_GRID = np.linspace(-_REACH, _REACH, _CELLS + 1)
_GRID_P = stats.norm.cdf(_GRID)

FAMILIES: dict[str, str] = {
    "lognormal": "a = median (> 0), b = standard deviation of the log (>= 0)",
    "normal": "a = mean, b = standard deviation (>= 0)",
    "beta": "a and b = the two shapes (> 0)",
    "uniform": "a = lower, b = upper bound (a <= b)",
    "fixed": "a = the value, b is not used",
}
"""The families that ``priors.csv`` may name, and what ``a`` and ``b`` mean."""


@dataclasses.dataclass(frozen=True)
class Distribution:
    """A prior distribution: ``family`` is a key of :data:`FAMILIES`."""

    family: str
    a: float
    b: float
    reason: str = ""

    def quantile(self, p: F8) -> F8:
        """The quantile function.

        Raises:
            InputError: the family is unknown or its numbers are out of range.
        """
        a, b = self.a, self.b
        if self.family == "lognormal" and a > 0 and b >= 0:
            return np.asarray(a * np.exp(b * stats.norm.ppf(p)))
        if self.family == "normal" and b >= 0:
            return np.asarray(a + b * stats.norm.ppf(p))
        if self.family == "beta" and a > 0 and b > 0:
            return np.asarray(stats.beta.ppf(p, a, b))
        if self.family == "uniform" and a <= b:
            return np.asarray(a + (b - a) * p)
        if self.family == "fixed":
            return np.full_like(p, a)
        meaning = FAMILIES.get(self.family, "one of " + ", ".join(FAMILIES))
        raise InputError(
            f"priors.csv: family {self.family!r} with a={a:g}, b={b:g}: expected {meaning}"
        )

    def table(self) -> F8:
        """The exact quantiles at 2,401 normals from -6 to 6, for :func:`look_up`."""
        return self.quantile(_GRID_P)


@nb.njit(parallel=True, cache=True)
def look_up(tables: F8, z: F8) -> F8:
    """Parameter values (parameter, member) of normals ``z`` (member, parameter).

    ``tables`` (parameter, 2401) are quantiles on the grid; between them the map is linear.
    """
    members, parameters = z.shape
    out = np.empty((parameters, members))
    for i in nb.prange(members):
        for j in range(parameters):
            x = (min(_REACH, max(-_REACH, z[i, j])) + _REACH) * (_CELLS / (2 * _REACH))
            k = min(_CELLS - 1, int(x))
            out[j, i] = tables[j, k] + (x - k) * (tables[j, k + 1] - tables[j, k])
    return out


@nb.njit(parallel=True, cache=True)
def look_up_with_slope(tables: F8, z: F8) -> tuple[F8, F8]:
    """The values of :func:`look_up` and their slopes in the normals, (parameter, member) each."""
    members, parameters = z.shape
    out = np.empty((2, parameters, members))
    per = _CELLS / (2 * _REACH)
    for i in nb.prange(members):
        for j in range(parameters):
            x = (min(_REACH, max(-_REACH, z[i, j])) + _REACH) * per
            k = min(_CELLS - 1, int(x))
            step = tables[j, k + 1] - tables[j, k]
            out[0, j, i] = tables[j, k] + (x - k) * step
            out[1, j, i] = step * per
    return out[0], out[1]


def inverse(table: F8, value: F8) -> F8:
    """The normals that the table gives these values at (its ends for values beyond them)."""
    return np.asarray(np.interp(value, table, _GRID))


def _default(family: str, a: float, b: float, reason: str) -> Distribution:
    return Distribution(family, a, b, reason)


# Key: parameter, or parameter:scope. Times in hours, rates per hour, people whole.
DEFAULTS: dict[str, Distribution] = {
    "population_spread": _default(
        "fixed", 0.2, 0, "log-sd of the truth around a stated population: census against estimate"
    ),
    "population_unknown": _default(
        "lognormal",
        150_000,
        1.5,
        "no population stated: flights that made news, 10,000 to 1.5 million",
    ),
    "leaving_weight:total": _default(
        "fixed", 0.2, 0, "nearly everybody of a stated group leaves: rare, but it happens"
    ),
    "leaving_weight:partial": _default("fixed", 0.4, 0, "a large part leaves"),
    "leaving_weight:few": _default(
        "fixed", 0.4, 0, "most stated populations at risk are far larger than the flight"
    ),
    "leaving_share:total": _default("beta", 25, 1, "total exodus: 96 % on average"),
    "leaving_share:partial": _default("beta", 3, 3, "half, give or take a quarter"),
    "leaving_share:few": _default("lognormal", 0.06, 1.2, "a few per cent, 1 % to 40 %"),
    "decided_at_start": _default("beta", 1, 4, "some have decided before the way opens"),
    "departure_rate": _default(
        "lognormal", 0.004, 1.5, "per hour: 9 % of the leavers a day, from under 1 % to over 60 %"
    ),
    "contagion": _default(
        "lognormal", 2.0, 1.0, "seeing others leave multiplies the rate up to 1 + k"
    ),
    "preparation_hours": _default("lognormal", 5.0, 0.6, "from the decision to the road"),
    "intensity_sd": _default("lognormal", 0.6, 0.5, "log-sd of the waves of departure"),
    "intensity_hours": _default("lognormal", 48.0, 0.8, "how long a wave of departures lasts"),
    "shut_factor": _default(
        "lognormal", 0.1, 1.0, "while there is no way out few decide: share of the open rate"
    ),
    "capacity": _default(
        "lognormal",
        1200.0,
        0.9,
        "people an hour over one border road: a lane of full cars, checked",
    ),
    "gate_spread": _default(
        "fixed", 0.5, 0, "log-sd of one crossing's capacity around the common one"
    ),
    "capacity_first": _default(
        "lognormal", 0.3, 0.8, "share of the capacity there in the first hour"
    ),
    "ramp_hours": _default("lognormal", 24.0, 0.8, "time scale until a crossing works fully"),
    "capacity_sd": _default("lognormal", 0.25, 0.5, "log-sd of the hour-to-hour noise"),
    "capacity_hours": _default("lognormal", 8.0, 0.6, "how long a good or bad spell lasts"),
    "capacity_drift": _default("lognormal", 0.05, 0.6, "slow change per root hour, heavy-tailed"),
    "night": _default("uniform", 0.4, 1.0, "share of the daytime capacity between 20:00 and 07:00"),
    "source_spread": _default("lognormal", 0.005, 0.7, "relative error of a head count at a post"),
    "estimate_factor": _default(
        "lognormal", 10.0, 0.5, "an estimate's relative error over that of a head count"
    ),
    "clock_hours": _default("lognormal", 0.5, 0.5, "error of a stated clock time"),
    "registration_hours": _default("lognormal", 5.0, 0.6, "from arrival to the host's books"),
    "registration_spread": _default(
        "lognormal", 0.1, 0.5, "relative error of the lag model: desks open, close and catch up"
    ),
    "registration_capacity": _default("lognormal", 800.0, 0.7, "people registered an hour"),
    "undercount": _default(
        "lognormal",
        0.03,
        1.5,
        'how many more came than a running "at least" says, as a share of those it says: seven '
        '"at least" of labelled passages stand beside another figure of the same people, of which '
        "four are the same, the others 3, 17 and 20 % higher; wider, since one report hides what "
        "its source misses: a third more in one of twenty, twice as many in one of a hundred",
    ),
    "planning_spread": _default(
        "lognormal", 0.9, 0.4, "log-sd of who finally goes around an official planning figure"
    ),
    "intention_spread": _default("lognormal", 0.7, 0.4, "the same for announced intentions"),
    "flow_probability": _default("fixed", 0.35, 0, "most feared flights do not come"),
    "flow_probability:attack": _default(
        "fixed",
        0.6,
        0,
        "after an armed attack on the place people live in flight is likelier than not",
    ),
    "start_hours": _default(
        "lognormal", 36.0, 1.2, "from the trigger to the first people on the way"
    ),
    "reopening_hours": _default("lognormal", 120.0, 1.3, "until a shut border opens"),
    "choice_sd": _default("lognormal", 0.5, 0.5, "how much the choice between crossings varies"),
    "gate_choice": _default("fixed", 1.0, 0, "log-sd of the attraction of a crossing"),
    "departure_kick": _default("normal", 0.3, 0.5, "an attack moves people; so may its end"),
    "departure_kick:ceasefire": _default(
        "normal", -0.2, 0.5, "fewer leave under a ceasefire, perhaps"
    ),
    "departure_kick:agreement": _default("normal", -0.1, 0.5, "an agreement may calm or alarm"),
    "capacity_kick:explosion": _default("normal", -0.2, 0.4, "roads and ambulances taken up"),
    "destination_concentration": _default(
        "fixed", 3.0, 0, "prior weight of equal shares among destinations, in people-groups"
    ),
}
"""The default priors, each with the reason for it."""


class Priors:
    """The priors of one situation: its own rows over the defaults."""

    def __init__(self, rows: Iterable[Prior] = ()) -> None:
        self._table = dict(DEFAULTS)
        for row in rows:
            key = f"{row.parameter}:{row.scope}" if row.scope else row.parameter
            if row.parameter not in {name.partition(":")[0] for name in DEFAULTS} | {
                "source_reliability"
            }:
                known = sorted({name.partition(":")[0] for name in DEFAULTS})
                raise InputError(
                    f"priors.csv: parameter: found {row.parameter!r}, expected one of "
                    + ", ".join([*known, "source_reliability"])
                )
            self._table[key] = Distribution(row.family, row.a, row.b, row.reason)
            self._table[key].quantile(np.array([0.5]))

    def get(self, parameter: str, scope: str = "") -> Distribution:
        """The prior of a parameter for a scope, or for all where the scope has none of its own.

        Raises:
            KeyError: there is no such parameter.
        """
        scoped = self._table.get(f"{parameter}:{scope}")
        return scoped if scoped is not None else self._table[parameter]

    def has(self, parameter: str, scope: str = "") -> bool:
        """Whether a prior stands for exactly this parameter and scope."""
        return (f"{parameter}:{scope}" if scope else parameter) in self._table

    def value(self, parameter: str, scope: str = "") -> float:
        """The number of a parameter that is fixed (the median of one that is not)."""
        return float(self.get(parameter, scope).quantile(np.array([0.5]))[0])


def mixture(parts: list[tuple[float, Distribution]]) -> F8:
    """The table of a mixture: the first part takes the lowest normals, and so on."""
    weights = np.array([weight for weight, _ in parts])
    edges = np.concatenate([[0.0], np.cumsum(weights / weights.sum())])
    part = np.clip(np.searchsorted(edges, _GRID_P, "right") - 1, 0, len(parts) - 1)
    within = (_GRID_P - edges[part]) / np.maximum(1e-12, edges[part + 1] - edges[part])
    inner = np.clip(within, 0.001, 0.999)
    value = np.empty_like(_GRID_P)
    for number, (_, distribution) in enumerate(parts):
        mine = part == number
        value[mine] = distribution.quantile(inner[mine])
    return value
