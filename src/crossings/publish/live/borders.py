"""Coasts and boundaries around a situation, as lines for the map.

From world-atlas 2.0.2 (Natural Earth 1:10m, public domain), stored compressed. A boundary is drawn
to find one's way, not to say whose a place is: the page says so, and the country of each place is
the one that the situation states.
"""

from __future__ import annotations

import functools
import gzip
import json
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from crossings.situation.records import Situation

MARGIN = 0.6
"""How far beyond the places lines are kept, in parts of their extent."""

LEAST_DEGREES = 1.0


@functools.cache
def _arcs() -> tuple[npt.NDArray[np.float64], ...]:
    """Every arc of the atlas as points (lon, lat), decoded from its quantised differences."""
    stored = files("crossings.publish").joinpath("web", "vendor", "countries-10m.json.gz")
    topology: dict[str, Any] = json.loads(gzip.decompress(stored.read_bytes()))
    scale = np.array(topology["transform"]["scale"])
    shift = np.array(topology["transform"]["translate"])
    return tuple(np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"])


def borders(situation: Situation) -> dict[str, Any]:
    """Lines (lon, lat) near the situation's places; none where no place has a position."""
    at = [(p.lon, p.lat) for p in situation.places if p.lon is not None and p.lat is not None]
    if not at:
        return {"lines": []}
    points = np.array(at)
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum((high - low) * MARGIN, LEAST_DEGREES)
    low, high = low - room, high + room
    lines = []
    for arc in _arcs():
        near = ((arc >= low) & (arc <= high)).all(axis=1)
        if not near.any():
            continue
        # A point on either side of what is near, so that lines run to the edge.
        wide = near | np.roll(near, 1) | np.roll(near, -1)
        for part in _runs(wide):
            lines.append(np.round(arc[part], 3).tolist())
    return {"lines": lines}


def _runs(chosen: npt.NDArray[np.bool_]) -> list[slice]:
    """The stretches of at least two chosen points that follow each other."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    pairs = edges.reshape(-1, 2).tolist()
    return [slice(start, end) for start, end in pairs if end - start > 1]
