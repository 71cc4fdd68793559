"""What a series says on the day of issue, as numbers that mean the same in every crisis.

Every rate is divided by the series' own recent pace, every time by a typical one, so that a camp of
a thousand and a country of a million, counted daily or monthly, can teach each other. The target
of all models is ``z = (y - L) / S``: the change from the last figure ``L`` over a scale of people,
``S = s T`` with the days ``T`` from that figure (not from the issue) to the day forecast.

With daily increments up to the last figure, ``rate_k`` and ``pace_k`` are exponentially weighted
means of them and of their absolute values, half-lives ``k`` = 7, 21, 60 and 180 days, and
``f = .02 sqrt(L) + .001 L + .05`` people a day is a floor under every pace. There are two
scales: the broad one is the geometric mean of ``pace_k + f``, the recent one ``pace_21 + f``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from crossings.forecast.series.history import Known, Series
from crossings.scoring import QUANTILE_LEVELS

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

HALF_LIVES = (7, 21, 60, 180)
FEWEST_FIGURES = 2
TYPICAL_LEAD, TYPICAL_GAP, TYPICAL_AGE = 20.0, 15.0, 120.0
REMEMBERED, LOW_DAYS = 60, 60
"""Figures among which the highest and the largest step are sought, days over which the lowest."""
ONE_PERSON = 0.5
"""Changes smaller than this, in people, are none."""
DAMPING = 0.03
"""Share by which a rate is taken to shrink each day, in the drift that the models are offered."""


class State:
    """One series as known on one day: the numbers from which its features are made."""

    __slots__ = ("ages", "floor", "gap", "known", "last", "paces", "rates", "values")

    def __init__(self, known: Known, day: int) -> None:
        """Raises ``ValueError`` with fewer than two figures."""
        if known.days.size < FEWEST_FIGURES:
            raise ValueError(f"series: found {known.days.size} figures, expected 2 or more")
        self.known = known
        self.last = float(known.people[-1])
        self.gap = int(day - known.days[-1])
        self.floor = 0.02 * np.sqrt(self.last) + 0.001 * self.last + 0.05
        days = np.arange(known.days[0], known.days[-1] + 1)
        daily = np.interp(days, known.days, known.people)
        self.rates, self.paces = _weighted_means(np.diff(daily))
        self.values = _history(known, daily)


def _weighted_means(increments: F8) -> tuple[F8, F8]:
    """Exponentially weighted means of daily increments and of their size, shape (half-life,)."""
    age = np.arange(increments.size - 1, -1, -1)
    weights = 0.5 ** (age / np.array(HALF_LIVES)[:, np.newaxis])
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ increments, weights @ np.abs(increments)


def _history(known: Known, daily: F8) -> dict[str, float]:
    """How the series has been published and how it moved, figure by figure."""
    gaps, changes = np.diff(known.days).astype(float), np.diff(known.people)
    rates = changes / gaps
    back = min(30, daily.size - 1)
    # A straight correction of the past leaves parts of a person.
    moved = np.flatnonzero(np.abs(changes) >= ONE_PERSON)
    age = known.days[-1] - known.days[1:]
    weight = 0.5 ** (age / 60.0) * np.sqrt(gaps)
    weight /= weight.sum()
    last_move = known.days[moved[-1] + 1] if moved.size else known.days[0]
    return {
        "last_rate": rates[-1],
        "slope": (daily[-1] - daily[-1 - back]) / back,
        "typical_rate": float(np.median(np.abs(rates[-8:]))),
        "unsteady": float(np.std(np.diff(rates[-9:]))) if rates.size > 1 else abs(rates[-1]),
        "gap": gaps[-1],
        "typical_gap": float(np.median(gaps[-8:])),
        "age": float(known.days[-1] - known.days[0]),
        "still": float(weight @ (np.abs(changes) < ONE_PERSON)),
        "falling": float(weight @ (changes <= -ONE_PERSON)),
        "since_move": float(known.days[-1] - last_move),
        "last_move": changes[moved[-1]] if moved.size else 0.0,
        "typical_move": float(np.median(np.abs(changes[-26:]))),
        "fastest_rise": float(rates[-26:].max()),
        "fastest_fall": float(rates[-26:].min()),
        "previous_rate": rates[-2] if rates.size > 1 else 0.0,
        **_landmarks(known),
    }


def _landmarks(known: Known) -> dict[str, float]:
    """How far the last figure stands from the high, the low and the largest step before it."""
    days, people = known.days[-REMEMBERED:], known.people[-REMEMBERED:]
    steps = np.diff(people)
    largest = int(np.argmax(np.abs(steps)))
    recent = people[days >= days[-1] - LOW_DAYS]
    return {
        "figures": float(known.days.size),
        "below_high": float(people.max() - people[-1]),
        "above_low": float(people[-1] - recent.min()),
        "largest_move": float(steps[largest]),
        "since_largest": float(days[-1] - days[largest + 1]),
    }


def states(series: Mapping[str, Series], day: int) -> dict[str, State]:
    """The states of the series that have figures enough on that day, by place."""
    known = {place: one.known(day) for place, one in series.items()}
    return {p: State(k, day) for p, k in known.items() if k.days.size >= FEWEST_FIGURES}


def surroundings(
    place: str, all_states: Mapping[str, State], countries: Mapping[str, str]
) -> tuple[float, float, float, float, float]:
    """What the other series did: share of the total, their pace and rate, growth since our figure.

    Returns:
        our share of all people; the others' pace (60 d) and rate (21 d) in people a day; what the
        others, and those of the same country, grew by since our last figure, people.
    """
    own = all_states[place]
    total = sum(state.last for state in all_states.values())
    pace = rate = growth = near = 0.0
    since = own.known.days[-1]
    for other, state in all_states.items():
        if other == place:
            continue
        pace += float(state.paces[2])
        rate += float(state.rates[1])
        if state.known.days[-1] > since:
            grown = state.last - float(np.interp(since, state.known.days, state.known.people))
            growth += grown
            near += grown if countries.get(other, "") == countries.get(place, "") else 0.0
    return (own.last + 1) / (total + 1), pace, rate, growth, near


@dataclasses.dataclass(frozen=True)
class Features:
    """The features of cells (place, issue day, horizon): ``x`` of shape (cell, feature).

    ``last`` is the last figure, ``broad_scale`` and ``recent_scale`` the people that one unit of
    ``z`` stands for in either scale, all of shape (cell,).
    """

    x: F8
    last: F8
    broad_scale: F8
    recent_scale: F8


def features(
    all_states: Mapping[str, State],
    countries: Mapping[str, str],
    cells: Sequence[tuple[str, int]],
    simple: Sequence[Mapping[str, F8] | None],
) -> Features:
    """The features of cells ``(place, horizon in days)`` on one issue day.

    Every place must be among ``all_states``; ``simple`` is what the simple rules say of each cell
    (:func:`~crossings.forecast.series.simple.simple_quantiles`).
    """
    about = {
        place: surroundings(place, all_states, countries)
        for place in dict.fromkeys(place for place, _ in cells)
    }
    rows = []
    for (place, h), rules in zip(cells, simple, strict=True):
        state = all_states[place]
        now = (state.last, state.gap, h, state.floor, *state.rates, *state.paces)
        said = [state.last if rules is None else float(rules[r][at]) for r, at in _SAID.values()]
        rows.append((*now, *state.values.values(), *about[place], *said))
    return _designed(np.array(rows, dtype=float).reshape(len(cells), -1))


_SAID = {
    f"{rule}_{level:02d}": (rule, QUANTILE_LEVELS.index(level / 100))
    for rule, levels in {
        "increments": (5, 25, 50, 75, 95),
        "persistence": (95,),
        "damped": (5, 50, 95),
        "drift": (50,),
    }.items()
    for level in levels
}
"""The quantiles of simple rules that are features: the rule and the place of the level."""

_RAW = (
    *("last", "stale", "horizon", "floor"),
    *(f"rate{k}" for k in HALF_LIVES),
    *(f"pace{k}" for k in HALF_LIVES),
    *("last_rate", "slope", "typical_rate", "unsteady", "gap", "typical_gap", "age"),
    *("still", "falling", "since_move", "last_move", "typical_move"),
    *("fastest_rise", "fastest_fall", "previous_rate"),
    *("figures", "below_high", "above_low", "largest_move", "since_largest"),
    *("share", "others_pace", "others_rate", "others_growth", "near_growth"),
    *_SAID,
)


def _designed(table: F8) -> Features:
    """Scale-free features from the raw numbers, shape (cell, raw number)."""
    raw = dict(zip(_RAW, table.T, strict=True))
    floor, lead = raw["floor"], raw["horizon"] + raw["stale"]
    pace = raw["pace21"] + floor
    paces = [np.log(raw[f"pace{k}"] + floor) for k in HALF_LIVES]
    scale = pace * lead
    drift = (1 - np.exp(-DAMPING * lead)) / (DAMPING * lead)
    rate = {k: np.clip(raw[f"rate{k}"] / pace, -3, 3) for k in HALF_LIVES}
    others = raw["others_pace"]
    columns = {
        **{f"rate{k}": rate[k] for k in HALF_LIVES},
        "last_rate": np.clip(raw["last_rate"] / pace, -3, 3),
        "slope": np.clip(raw["slope"] / pace, -3, 3),
        "damped21": rate[21] * drift,
        "damped7": rate[7] * drift,
        "one_way": np.abs(raw["rate21"] / pace),
        "lead": np.log(lead / TYPICAL_LEAD),
        **{f"pace{k}": np.log((raw[f"pace{k}"] + floor) / pace) for k in (7, 60, 180)},
        "typical_rate": np.log((raw["typical_rate"] + floor) / pace),
        "unsteady": np.log((raw["unsteady"] + floor) / pace),
        "above_floor": np.log(pace / floor),
        "gap": np.log(raw["gap"] / TYPICAL_GAP),
        "typical_gap": np.log(raw["typical_gap"] / TYPICAL_GAP),
        "age": np.log(raw["age"] / TYPICAL_AGE + 1e-3),
        "growth": np.log(100 * pace / (raw["last"] + 1)),
        "stale": np.log1p(raw["stale"]),
        "still": raw["still"],
        "falling": raw["falling"],
        "share": np.log(raw["share"]),
        "others_pace": np.log((others + 1) / (pace + 1)),
        "others_rate": raw["others_rate"] / (others + 1e-6),
        "others_growth": raw["others_growth"] / (60 * (others + 0.1)),
        "near_growth": raw["near_growth"] / (60 * (others + 0.1)),
        "since_move": np.log1p(raw["since_move"]),
        "last_move": _signed_log(raw["last_move"] / scale),
        "typical_move": _signed_log(raw["typical_move"] / scale),
        "fastest_rise": _signed_log(raw["fastest_rise"] / pace),
        "fastest_fall": _signed_log(raw["fastest_fall"] / pace),
        "lead_in_gaps": np.log(lead / raw["typical_gap"]),
        "stale_in_gaps": np.log((raw["stale"] + 1) / raw["typical_gap"]),
        "horizon_in_gaps": np.log(raw["horizon"] / raw["typical_gap"]),
        "below_high": _signed_log(raw["below_high"] / scale),
        "above_low": _signed_log(raw["above_low"] / scale),
        "largest_move": _signed_log(raw["largest_move"] / scale),
        "since_largest": np.log1p(raw["since_largest"]),
        "figures": np.log(raw["figures"]),
        "previous_rate": np.clip(raw["previous_rate"] / pace, -3, 3),
        **{name: _signed_log(4 * (raw[name] - raw["last"]) / scale) for name in _SAID},
    }
    broad_scale = np.exp(np.mean(paces, axis=0)) * lead
    return Features(np.column_stack(list(columns.values())), raw["last"], broad_scale, scale)


FEATURES: tuple[str, ...] = (
    *(f"rate{k}" for k in HALF_LIVES),
    *("last_rate", "slope", "damped21", "damped7", "one_way", "lead"),
    *(f"pace{k}" for k in (7, 60, 180)),
    *("typical_rate", "unsteady", "above_floor", "gap", "typical_gap", "age", "growth"),
    *("stale", "still", "falling", "share", "others_pace", "others_rate"),
    *("others_growth", "near_growth", "since_move", "last_move", "typical_move"),
    *("fastest_rise", "fastest_fall", "lead_in_gaps", "stale_in_gaps", "horizon_in_gaps"),
    *("below_high", "above_low", "largest_move", "since_largest", "figures", "previous_rate"),
    *_SAID,
)
"""The names of the columns of ``Features.x``, in their order."""


def _signed_log(x: F8) -> F8:
    return np.asarray(np.sign(x) * np.log1p(np.abs(x)))
