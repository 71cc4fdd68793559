"""Which part of the pool carried a backtest: what each part alone would have scored, by cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from crossings.forecast.series.replay import Issue
from crossings.scoring import wis
from crossings.verify.cell_scores import FORECAST, CellScores, Key

F8 = npt.NDArray[np.float64]

LEARNED, INCREMENTS = "learned", "increments"


class Parts:
    """The pool and its parts on the scored cells.

    ``weight`` is that of the increments of the place's own past, the rest is that of what past
    crises taught; ``wis`` by part, people; all (cell,). A part that could not be made scores NaN.
    """

    def __init__(self, cells: CellScores, issues: Sequence[Issue]) -> None:
        at: dict[Key, tuple[Issue, int]] = {
            (issue.day, place, horizon): (issue, i)
            for issue in issues
            for i, (place, horizon) in enumerate(issue.cells)
        }
        found = [at[key] for key in cells.keys]
        self.keys = cells.keys
        self.last: F8 = np.array([issue.last[i] for issue, i in found])
        self.weight: F8 = np.array([issue.weight[i] for issue, i in found])
        self.wis = {
            "pool": cells.wis[FORECAST],
            LEARNED: _scores([issue.learned[i] for issue, i in found], cells.outcome),
            INCREMENTS: _scores([issue.plain[i] for issue, i in found], cells.outcome),
        }

    def summary(self, chosen: npt.NDArray[np.bool_] | None = None) -> dict[str, Any]:
        """Mean weight and mean scores over the cells where all parts could be made."""
        kept = np.isfinite(list(self.wis.values())).all(axis=0)
        if chosen is not None:
            kept &= chosen
        if not kept.any():
            return {"n": 0}
        return {
            "n": int(kept.sum()),
            "weight_of_increments": float(self.weight[kept].mean()),
            "wis": {part: float(values[kept].mean()) for part, values in self.wis.items()},
        }

    def described(self) -> dict[str, Any]:
        """The summary of all cells, by horizon and by place."""
        horizons = np.array([key[2] for key in self.keys])
        places = np.array([key[1] for key in self.keys])
        return {
            **self.summary(),
            "by_horizon": {
                str(h): self.summary(horizons == h) for h in np.unique(horizons).tolist()
            },
            "by_place": {p: self.summary(places == p) for p in np.unique(places).tolist()},
        }


def _scores(quantiles: Sequence[F8], outcome: F8) -> F8:
    """The WIS of each cell; NaN where there are no quantiles."""
    q = np.array(quantiles)
    usable = np.isfinite(q).all(axis=1)
    found = np.full(len(q), np.nan)
    if usable.any():
        found[usable] = wis(np.sort(np.maximum(q[usable], 0), axis=1), outcome[usable])
    return found
