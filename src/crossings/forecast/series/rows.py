"""Rows to learn from: cells of a past crisis whose outcome is known, with their features.

Issue days stand on one weekly grid from the first figure of the crisis plus 30 days, horizons are
7, 14 and 30 days, as in the published score of slow crises. A cell counts where the outcome can be
read from the figures (:meth:`~crossings.forecast.series.history.Known.outcome`) and the past is
long enough for the simple baselines.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from crossings.forecast.series import copies
from crossings.forecast.series.features import features, states
from crossings.forecast.series.forest import row_weights
from crossings.forecast.series.history import F8, Series
from crossings.forecast.series.simple import carries, simple_quantiles

F4 = npt.NDArray[np.float32]

FIRST_ISSUE = 30
STEP = 7
COPIES_STEP = 21
"""Days between issue days of a copy: rows a week apart say nearly the same."""
HORIZONS = (7, 14, 30)
COPIES_SHARE = 0.5
"""Share of a crisis' weight that its copies carry."""


@dataclasses.dataclass(frozen=True)
class Rows:
    """Rows of one crisis: ``x`` (row, feature), ``z`` in either scale and ``weights`` (row,).

    The weights sum to the square root of the cells of the crisis as it was published: many cells
    teach more than few, but those of one crisis hang together. Single precision is enough to learn
    from and halves what is stored.
    """

    x: F4
    z_broad: F4
    z_recent: F4
    weights: F4

    @classmethod
    def joined(cls, parts: Sequence[Rows]) -> Rows:
        """The rows of several crises, each with its full weight."""
        return cls(
            *(
                np.concatenate([getattr(part, field.name) for part in parts])
                for field in dataclasses.fields(cls)
            )
        )


def issue_days(
    series: Mapping[str, Series], until: int, offset: int = 0, step: int = STEP
) -> range:
    """The weekly grid of issue days up to and including ``until``."""
    if not series:
        return range(0)
    first = min(one.first for one in series.values())
    return range(first + FIRST_ISSUE + offset, until + 1, step)


def crisis_rows(crisis: Mapping[str, Series]) -> Rows | None:
    """The rows of a past crisis and of its copies; None where no cell can be learnt from."""
    own = _rows(crisis, 0, STEP)
    if own is None:
        return None
    made = [
        _rows(copies.daily(crisis), 2, COPIES_STEP),
        _rows(copies.every(crisis, copies.WEEKLY), 9, COPIES_STEP),
        _rows(copies.every(crisis, copies.FORTNIGHTLY), 16, COPIES_STEP),
        _rows(copies.sums(crisis), 5, COPIES_STEP),
    ]
    # A kind of copy that gives no rows leaves its weight to the crisis as published.
    share = COPIES_SHARE / len(made)
    kept = [_weighted(rows, share) for rows in made if rows is not None]
    joined = Rows.joined([_weighted(own, 1 - share * len(kept)), *kept])
    return _weighted(joined, math.sqrt(own.weights.size))


def _weighted(rows: Rows, share: float) -> Rows:
    return dataclasses.replace(rows, weights=rows.weights * np.float32(share))


def _rows(crisis: Mapping[str, Series], offset: int, step: int) -> Rows | None:
    parts = list(_by_issue_day(crisis, offset, step))
    if not parts:
        return None
    x, z_broad, z_recent, scale = (np.concatenate(column) for column in zip(*parts, strict=True))
    columns = (x, z_broad, z_recent, row_weights(scale))
    return Rows(*(column.astype(np.float32) for column in columns))


def _by_issue_day(
    crisis: Mapping[str, Series], offset: int, step: int
) -> Iterator[tuple[F8, F8, F8, F8]]:
    """Features, both targets and scale of the cells of each issue day."""
    final = {place: one.known(int(one.public.max())) for place, one in crisis.items()}
    countries = {place: one.country for place, one in crisis.items()}
    end = max((int(known.days[-1]) for known in final.values()), default=0)
    for day in issue_days(crisis, end, offset, step):
        now = states(crisis, day)
        cells, people, simple = [], [], []
        for place, state in now.items():
            values, _ = final[place].outcomes(day + np.array(HORIZONS))
            for horizon, y in zip(HORIZONS, values, strict=True):
                if np.isfinite(y) and carries(state.known, day, horizon):
                    cells.append((place, horizon))
                    people.append(y)
                    simple.append(simple_quantiles(state.known, day, place, horizon))
        if cells:
            f = features(now, countries, cells, simple)
            change = np.array(people) - f.last
            yield f.x, change / f.broad_scale, change / f.recent_scale, f.broad_scale
