"""What every score refuses: values that are not finite, shapes that do not fit each other.

A missing outcome is not a bad one, so it must be left out by the caller, who knows why it is
missing; a score never drops it silently and never turns it into "not covered".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def finite(name: str, values: npt.ArrayLike) -> Array:
    """``values`` as floats.

    Raises:
        ValueError: some are NaN or infinite.
    """
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: found NaN or infinite values, expected finite numbers only")
    return array


def vector(name: str, values: npt.ArrayLike) -> Array:
    """``values`` as a one-dimensional array of finite floats.

    Raises:
        ValueError: they have another shape or are not finite.
    """
    array = finite(name, values)
    if array.ndim != 1:
        raise ValueError(f"{name}: found shape {array.shape}, expected one dimension")
    return array


def cells(name: str, forecast: npt.ArrayLike, outcome: npt.ArrayLike) -> tuple[Array, Array]:
    """The forecast, shape (..., n), and the outcomes, shape (..., 1), ready to be compared.

    Raises:
        ValueError: not finite, nothing to score along the last axis, or shapes that do not
            broadcast.
    """
    given, observed = finite(name, forecast), finite("outcome", outcome)
    if given.ndim == 0 or given.shape[-1] == 0:
        raise ValueError(
            f"{name}: found shape {given.shape}, expected at least one on the last axis"
        )
    try:
        np.broadcast_shapes(given.shape[:-1], observed.shape)
    except ValueError as error:
        raise ValueError(
            f"{name} and outcome: found shapes {given.shape} and {observed.shape}, expected "
            f"(..., n) and (...)"
        ) from error
    return given, observed[..., np.newaxis]
