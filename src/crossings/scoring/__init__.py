"""How good a forecast was: scores as pure functions on arrays, and the baselines it must beat.

Knows nothing of situations, claims or forecasts. :mod:`~crossings.scoring.intervals` scores
quantiles, :mod:`~crossings.scoring.probabilistic` draws and probabilities,
:mod:`~crossings.scoring.joint` several counts at once, :mod:`~crossings.scoring.differences` a
simulation of many places; :mod:`~crossings.scoring.comparison` asks
whether one forecast is better than another, :mod:`~crossings.scoring.decisions` (loaded by its own
name: it needs scikit-learn) what it is worth to who acts on it;
:mod:`~crossings.scoring.baselines` are for the first days of a crisis,
:mod:`~crossings.scoring.series_baselines` for long published series. Smaller scores are better.
"""

from crossings.scoring.comparison import (
    Comparison,
    Interval,
    bootstrap_ratio,
    diebold_mariano,
    pairwise_skill,
    relative_score,
)
from crossings.scoring.differences import relative_difference
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
from crossings.scoring.joint import energy_score, log_score
from crossings.scoring.probabilistic import bias_of_draws, brier, crps, pit

__all__ = [
    "QUANTILE_LEVELS",
    "Comparison",
    "Interval",
    "WISParts",
    "bias",
    "bias_of_draws",
    "bootstrap_ratio",
    "brier",
    "coverage",
    "crps",
    "diebold_mariano",
    "energy_score",
    "log_score",
    "log_wis",
    "pairwise_skill",
    "pinball",
    "pit",
    "relative_difference",
    "relative_score",
    "wis",
    "wis_parts",
]
