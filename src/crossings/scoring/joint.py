"""Scores of joint draws (several places, days or targets at once), and of densities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from crossings.scoring.checks import Array, cells, finite

LEAST_BANDWIDTH = 1e-3
"""The narrowest kernel of :func:`log_score`, in log(x + 1): .1 % of a count."""


def energy_score(draws: npt.ArrayLike, outcome: npt.ArrayLike, *, fair: bool = True) -> Array:
    """The energy score ``E|X - y| - E|X - X'| / 2`` of vectors: the CRPS of several counts at once.

    Gneiting and Raftery (2007), JASA 102, 359-378, section 4.3, with Euclidean distance. It sees
    what marginal scores cannot: whether draws that are high at one place are high at the other.

    Args:
        draws: shape (..., member, part), people.
        outcome: shape (..., part), people.
        fair: whether pairs are taken over different members only (Ferro 2014).

    Returns:
        shape (...), people; smaller is better.

    Raises:
        ValueError: shapes that do not fit, values that are not finite, one draw and ``fair``.
    """
    x, y = finite("draws", draws), finite("outcome", outcome)
    if x.ndim < 2 or x.shape[:-2] + x.shape[-1:] != y.shape:
        raise ValueError(
            f"draws and outcome: found shapes {x.shape} and {y.shape}, expected "
            "(..., member, part) and (..., part)"
        )
    members = x.shape[-2]
    if fair and members < 2:
        raise ValueError(f"draws: found {members} members, expected 2 or more if fair")
    near = np.linalg.norm(x - y[..., np.newaxis, :], axis=-1).mean(axis=-1)
    pairs = np.zeros(near.shape)
    for lag in range(1, members):  # a loop over lags holds one copy of the draws, not M of them
        apart = x[..., lag:, :] - x[..., :-lag, :]
        pairs = pairs + np.linalg.norm(apart, axis=-1).sum(axis=-1)
    divisor = members * (members - 1) if fair else members**2
    return np.asarray(near - pairs / divisor)


def log_score(draws: npt.ArrayLike, outcome: npt.ArrayLike) -> Array:
    """The negative log of a density smoothed from the draws, on the scale of log(x + 1).

    A Gaussian kernel for each draw, its width by Silverman's rule (1986, Density Estimation, eq.
    3.31, ``.9 min(sd, iqr / 1.34) M^-1/5``). It punishes outcomes that no draw came near without
    bound, so one surprise can outweigh everything: look at it beside scores in people.

    Args:
        draws: shape (..., member), people.
        outcome: shape (...), people.

    Returns:
        shape (...), without unit (nats); smaller is better.

    Raises:
        ValueError: shapes that do not fit, values that are not finite, below 0, fewer than 2 draws.
    """
    x, y = cells("draws", draws, outcome)
    if x.shape[-1] < 2:
        raise ValueError(f"draws: found {x.shape[-1]} on the last axis, expected 2 or more")
    if (x < 0).any() or (y < 0).any():
        raise ValueError("draws and outcome: found negative counts, expected 0 or more")
    x, y = np.log1p(x), np.log1p(y)
    low, high = np.quantile(x, (0.25, 0.75), axis=-1)
    spread = np.minimum(x.std(axis=-1, ddof=1), (high - low) / 1.34)
    width = np.maximum(0.9 * spread * x.shape[-1] ** -0.2, LEAST_BANDWIDTH)[..., np.newaxis]
    kernels = -0.5 * ((x - y) / width) ** 2 - np.log(width * np.sqrt(2 * np.pi))
    return np.asarray(np.log(x.shape[-1]) - logsumexp(kernels, axis=-1))
