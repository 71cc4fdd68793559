"""The statistical component at work: past weeks forecast again, then the day that is asked for.

What the crisis itself has taught (outcomes for the forest, scores for the gate) is found by
forecasting every week of the fixed grid before the issue day again, each with what was known then.
So a forecast depends on the figures known at its issue time and on nothing that was stored.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from crossings.forecast.series.curve import Curve
from crossings.forecast.series.features import Features, features, states
from crossings.forecast.series.forest import Forest, Outcomes, freshness, row_weights
from crossings.forecast.series.history import F8, I8, Series
from crossings.forecast.series.pool import LEVELS, gate, mixed, scores, stretched
from crossings.forecast.series.rows import HORIZONS, issue_days
from crossings.forecast.series.simple import simple_quantiles
from crossings.forecast.series.steady import ODDS_OF_STRAIGHT, Steady, share_of_law, with_width
from crossings.forecast.series.still import Still, stood

CURVE_SHARE = 0.1
"""Weight of the quantile function in the pool of the learned models; the forests share the rest."""

PLAIN_CENTRE, PLAIN_TAIL = 1.3, 1.5
"""What the half-widths of the increments are stretched by: as they stand they are too narrow."""

NO_WIDTH = 1.0
"""People: increments that span less than this from their lowest to their highest have never
differed. That the days ahead bring nothing new after ``n`` days that did not is then at most
``n / (n + T)`` (Laplace's rule of succession), and so is their weight."""

POOL_TAIL = 1.1
"""What the pool's half-widths at .05 and .95 are stretched by: few crises show few rare jumps."""


@dataclasses.dataclass(frozen=True)
class Models:
    """What was learnt from past crises: forests in two scales, quantile function, two laws.

    The laws are those of figures that stood still, and of figures that went straight.
    """

    broad: Forest
    recent: Forest
    curve: Curve
    still: Still
    steady: Steady


@dataclasses.dataclass(frozen=True)
class Issue:
    """The forecasts of one day, in people.

    ``cells`` are ``(place, horizon in days)``; ``quantiles`` the pool, ``learned`` the models of
    past crises alone and ``plain`` the increments alone (NaN where the past is too short for them;
    where figures stood still or went straight, what such figures of past crises did),
    all (cell, level); ``weight`` (cell,) is that of the increments.
    """

    day: int
    cells: tuple[tuple[str, int], ...]
    last: F8
    quantiles: F8
    learned: F8
    plain: F8
    weight: F8


def halved(one: Issue, other: Issue) -> Issue:
    """Two forecasts of one day mixed half and half: the cells that both have.

    The lower of two last figures is named, as in an outlook of two sides.
    """
    cells = tuple(cell for cell in one.cells if cell in other.cells)
    a, b = ([issue.cells.index(cell) for cell in cells] for issue in (one, other))
    half = np.full(len(cells), 0.5)

    def mixture(first: F8, second: F8) -> F8:
        found = mixed([first[a], second[b]], [half, half])
        return np.where(np.isfinite(first[a] + second[b]), found, np.nan)

    return Issue(
        one.day,
        cells,
        np.minimum(one.last[a], other.last[b]),
        mixture(one.quantiles, other.quantiles),
        mixture(one.learned, other.learned),
        mixture(one.plain, other.plain),
        (one.weight[a] + other.weight[b]) / 2,
    )


class _Cells:
    """All cells of the replay as flat arrays, in the order of issue days."""

    def __init__(self, blocks: Sequence[_Block], numbers: Mapping[str, int], models: Models):
        self.cells = [cell for block in blocks for cell in block.cells]
        self.day = np.concatenate([np.full(len(b.cells), b.day) for b in blocks])
        self.place = np.array([numbers[place] for place, _ in self.cells], dtype=np.int64)
        self.horizon = np.array([h for _, h in self.cells], dtype=np.int64)
        self.last = np.concatenate([b.features.last for b in blocks])
        broad = np.concatenate([b.features.broad_scale for b in blocks])
        recent = np.concatenate([b.features.recent_scale for b in blocks])
        self.learns = np.concatenate([b.learns for b in blocks])
        self.most = np.concatenate([b.most for b in blocks])
        x = np.concatenate([b.features.x for b in blocks])
        plain = np.concatenate([b.plain for b in blocks])
        self.bare = with_width(plain, self.last)
        self.plain = _unless_still(self.bare, x, self.last, models).copy()
        self.straight = _Straight.of(plain, x, self.last, recent, models)
        change = recent[:, np.newaxis] * models.curve.quantiles(x)
        self.curve = self.last[:, np.newaxis] + change
        self.grown = tuple(
            (forest, scale, forest.leaves(x))
            for forest, scale in ((models.broad, broad), (models.recent, recent))
        )
        self.learned = np.full(self.plain.shape, np.nan)


class _Straight(NamedTuple):
    """What past crises' figures did where figures went straight, and how far that counts.

    Quantiles of the ``law`` (cell, level) and its ``share`` (cell,): 0 where figures went crooked.
    """

    law: F8
    share: F8

    @classmethod
    def of(cls, plain: F8, x: F8, last: F8, scale: F8, models: Models) -> _Straight:
        """Of cells with increments ``plain`` and features ``x``."""
        share = np.where(np.isfinite(plain[:, 0]), share_of_law(x), 0.0)
        at, law = np.flatnonzero(share), plain.copy()
        if models.steady.empty or not at.size:
            return cls(law, np.zeros(last.size))
        law[at] = models.steady.quantiles(x[at], last[at], scale[at], LEVELS)
        return cls(law, share)


@dataclasses.dataclass(frozen=True)
class _Block:
    """The cells of one issue day, before anything is forecast."""

    day: int
    cells: tuple[tuple[str, int], ...]
    features: Features
    plain: F8
    most: F8
    learns: npt.NDArray[np.bool_]


def replay(
    series: Mapping[str, Series],
    models: Models,
    asked: Mapping[int, Sequence[int]],
    workers: int = 1,
) -> Iterator[Issue]:
    """Forecast the ``asked`` horizons (days) by issue day, in the order of the days.

    Places with fewer than two figures on a day have no cell then. The result for a day is the same
    whatever else is asked and however many ``workers`` (threads over issue days) there are, and
    uses only figures that were public on that day.
    """
    if not asked or not series:
        return
    grid = set(issue_days(series, max(asked)))
    numbers = {place: i for i, place in enumerate(series)}
    countries = {place: one.country for place, one in series.items()}
    found = (
        _block(series, countries, day, HORIZONS if day in grid else (), asked.get(day, ()))
        for day in sorted(grid | set(asked))
    )
    blocks = [block for block in found if block is not None]
    if not blocks:
        return
    cells = _Cells(blocks, numbers, models)
    places = [np.flatnonzero(cells.day == block.day) for block in blocks]

    def learned(number: int) -> _Learned:
        return _learned(series, cells, blocks[number].day, places[number])

    with ThreadPoolExecutor(workers) as threads:
        by_day = threads.map(learned, range(len(blocks)))
        yield from _gated(cells, blocks, places, by_day, asked)


def _gated(
    cells: _Cells,
    blocks: Sequence[_Block],
    places: Sequence[I8],
    by_day: Iterable[_Learned],
    asked: Mapping[int, Sequence[int]],
) -> Iterator[Issue]:
    """The pool of each day, whose gate rests on the scores of the days before."""
    for block, at, said in zip(blocks, places, by_day, strict=True):
        issue = _issue(cells, block.day, at, said)
        wanted = np.isin(cells.horizon[at], list(asked.get(block.day, ())))
        if wanted.any():
            yield _only(issue, wanted)


def _block(
    series: Mapping[str, Series],
    countries: Mapping[str, str],
    day: int,
    past: Sequence[int],
    asked: Sequence[int],
) -> _Block | None:
    now = states(series, day)
    cells = tuple((place, h) for place in now for h in sorted({*past, *asked}))
    if not cells:
        return None
    simple = [simple_quantiles(now[place].known, day, place, h) for place, h in cells]
    unknown = np.full(LEVELS.size, np.nan)
    plain = np.array([unknown if said is None else said["increments"] for said in simple])
    learns = np.isin([h for _, h in cells], past) & np.isfinite(plain[:, 0])
    plain = stretched(plain, PLAIN_CENTRE, PLAIN_TAIL)
    past_days = np.array([now[place].values["age"] for place, _ in cells])
    ahead = np.array([now[place].gap + h for place, h in cells], dtype=float)
    most = np.where(plain[:, -1] - plain[:, 0] < NO_WIDTH, past_days / (past_days + ahead), 1.0)
    return _Block(day, cells, features(now, countries, cells, simple), plain, most, learns)


def _unless_still(plain: F8, x: F8, last: F8, models: Models) -> F8:
    """The increments, but what past crises' figures did where the last figure has stood still."""
    still = np.flatnonzero(stood(x) & np.isfinite(plain[:, 0]))
    if models.still.empty or not still.size:
        return plain
    changed = plain.copy()
    changed[still] = models.still.quantiles(x[still], last[still], LEVELS)
    return changed


class _Learned(NamedTuple):
    """What the models of past crises say of the cells of one day, and what was resolved before.

    ``quantiles`` (cell, level); of the resolved cells ``past`` the outcome in ``people`` and the
    day ``end`` that told it.
    """

    quantiles: F8
    past: I8
    people: F8
    end: I8


def _learned(series: Mapping[str, Series], cells: _Cells, day: int, at: I8) -> _Learned:
    """The models' forecasts of the cells ``at`` one day, from what was resolved before it."""
    earlier = np.flatnonzero(cells.learns & (cells.day < day))
    people, end = _resolved(series, cells, day, earlier)
    kept = np.isfinite(people)
    past, people, end = earlier[kept], people[kept], end[kept]
    forests = [
        _by_forest(
            forest, scale, leaves, at, past, people - cells.last[past], day - cells.day[past]
        )
        for forest, scale, leaves in cells.grown
    ]
    last = cells.last[at, np.newaxis]
    parts = [*(last + change for change in forests), cells.curve[at]]
    shares = [(1 - CURVE_SHARE) / 2, (1 - CURVE_SHARE) / 2, CURVE_SHARE]
    learned = mixed(parts, [np.full(at.size, share) for share in shares])
    return _Learned(learned, past, people, end)


def _issue(cells: _Cells, day: int, at: I8, said: _Learned) -> Issue:
    """The pool of the cells ``at`` one day; those of the days before must be done."""
    learned, past = said.quantiles, said.past
    cells.learned[at] = learned
    cells.plain[at] = _unless_straight(cells, day, at, said)
    weight = gate(
        day,
        said.end,
        cells.place[past],
        scores(cells.learned[past], said.people),
        scores(cells.plain[past], said.people),
        cells.place[at],
    )
    plain = cells.plain[at]
    usable = np.isfinite(plain[:, 0])
    weight = np.where(usable, np.minimum(weight, cells.most[at]), 0.0)
    pooled = mixed([learned, np.where(usable[:, np.newaxis], plain, learned)], [1 - weight, weight])
    quantiles = np.sort(np.maximum(stretched(pooled, 1.0, POOL_TAIL), 0.0), axis=1)
    named = tuple(cells.cells[i] for i in at)
    return Issue(day, named, cells.last[at], quantiles, learned, plain, weight)


def _unless_straight(cells: _Cells, day: int, at: I8, said: _Learned) -> F8:
    """The increments of the cells ``at`` one day, but the law of straight figures for a share.

    The law gives way as far as the increments have done better than it on this very crisis.
    """
    law, share = cells.straight
    bare, straight = cells.bare, np.flatnonzero(share[at])
    if not straight.size:
        return cells.plain[at]
    past, on = said.past, share[said.past] > 0
    trust = gate(
        day,
        said.end[on],
        cells.place[past[on]],
        scores(law[past[on]], said.people[on]),
        scores(bare[past[on]], said.people[on]),
        cells.place[at[straight]],
        ODDS_OF_STRAIGHT,
    )
    cell = at[straight]
    of_law = share[cell] * (1 - np.minimum(trust, cells.most[cell]))
    changed = cells.plain[at]
    changed[straight] = mixed([law[cell], bare[cell]], [of_law, 1 - of_law])
    return changed


def _by_forest(
    forest: Forest, scale: F8, leaves: csr_matrix, at: I8, past: I8, change: F8, age: I8
) -> F8:
    """Quantiles of the change of the cells ``at`` in people, (cell, level), by one forest.

    ``change`` and ``age`` (days since issue) are of the resolved cells ``past`` of this crisis.
    """
    own = None
    if past.size:
        weights = row_weights(scale[past]) * past.size * freshness(age)
        own = Outcomes(change / scale[past], weights, leaves[past])
    return scale[at, np.newaxis] * forest.quantiles(leaves[at], own, LEVELS)


def _resolved(series: Mapping[str, Series], cells: _Cells, day: int, earlier: I8) -> tuple[F8, I8]:
    """Outcomes of past cells as known on ``day`` (NaN if open), and the day that resolved them."""
    people, end = np.full(earlier.size, np.nan), np.zeros(earlier.size, dtype=np.int64)
    for number, one in enumerate(series.values()):
        own = np.flatnonzero(cells.place[earlier] == number)
        if own.size:
            ends = (cells.day + cells.horizon)[earlier[own]]
            people[own], end[own] = one.known(day).outcomes(ends)
    return people, end


def _only(issue: Issue, wanted: npt.NDArray[np.bool_]) -> Issue:
    """The cells that were asked for."""
    return Issue(
        issue.day,
        tuple(cell for cell, kept in zip(issue.cells, wanted, strict=True) if kept),
        *(
            getattr(issue, name)[wanted]
            for name in ("last", "quantiles", "learned", "plain", "weight")
        ),
    )
