"""How far a simulation of many places lies from what was reported: the measure of Flee's users."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossings.scoring.checks import finite

Array = npt.NDArray[np.float64]


def relative_difference(
    simulated: npt.ArrayLike, reported: npt.ArrayLike, *, rescaled: bool = False
) -> Array:
    """The relative difference over places, ``sum_i |s_i - d_i| / max(1, sum_i d_i)``.

    Its mean over days is the averaged relative difference (ARD) of Suleimenova, Bell and Groen
    (2017), Scientific Reports 7:13377, equation 5. Rescaled, the simulated places are first
    multiplied by one number so that they add up to what was reported: only their shares count.

    Args:
        simulated: shape (..., place), people.
        reported: the same shape, people.
        rescaled: whether only shares count.

    Returns:
        shape (...), at least 0, without unit; twice the share of people in the wrong place when
        both add up to the same.

    Raises:
        ValueError: a value is not finite, or the shapes differ.
    """
    s, d = finite("simulated", simulated), finite("reported", reported)
    if s.shape != d.shape:
        raise ValueError(f"simulated: found shape {s.shape}, expected that of reported, {d.shape}")
    whole = d.sum(axis=-1, keepdims=True)
    if rescaled:
        there = s.sum(axis=-1, keepdims=True)
        s = s * np.divide(whole, there, out=np.ones_like(whole), where=there > 0)
    return np.asarray(np.abs(s - d).sum(axis=-1) / np.maximum(1.0, whole[..., 0]))
