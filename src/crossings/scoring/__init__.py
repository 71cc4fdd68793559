"""How good a forecast was: scores as pure functions on arrays, and the baselines it must beat.

Knows nothing of situations, claims or forecasts. :mod:`~crossings.scoring.intervals` scores
quantiles, :mod:`~crossings.scoring.probabilistic` draws and probabilities;
:mod:`~crossings.scoring.baselines` are for the first days of a crisis,
:mod:`~crossings.scoring.series_baselines` for long published series. Smaller scores are better.
"""

from crossings.scoring.intervals import (
    QUANTILE_LEVELS,
    WISParts,
    bias,
    coverage,
    log_wis,
    pinball,
    wis,
    wis_parts,
)
from crossings.scoring.probabilistic import bias_of_draws, brier, crps, pit

__all__ = [
    "QUANTILE_LEVELS",
    "WISParts",
    "bias",
    "bias_of_draws",
    "brier",
    "coverage",
    "crps",
    "log_wis",
    "pinball",
    "pit",
    "wis",
    "wis_parts",
]
