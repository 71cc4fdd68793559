"""Cumulative counts: they never fall, unless their source has lowered them before.

Nobody who came has not come, so a running total can only rise. A published one that falls is being
corrected, or is no running total at all; which of the two nothing tells. Then it may fall again in
part of the members: as many as the falls were among its last 26 steps, one half at most.
"""

from __future__ import annotations

import numpy as np

from crossings.dynamics.streams import block_uniforms, entity_code
from crossings.forecast.series.features import ONE_PERSON
from crossings.forecast.series.history import F8, Known

STEPS = 26
"""Newest steps among which falls are counted."""
MOST_FALLING = 0.5
"""Of members: in the others it has been corrected for the last time."""

ROUNDS = 5
"""At most, of putting the values of each time in the order of the paths so far."""


def falls(known: Known) -> tuple[int, int]:
    """How many of the newest steps of a series went down, and how many there are."""
    steps = np.diff(known.people[-(STEPS + 1) :])
    return int((steps <= -ONE_PERSON).sum()), int(steps.size)


def as_counted(people: F8, known: Known, seed: int, place: str) -> F8:
    """Draws of a cumulative count, (member, time), as such a count can go on.

    Args:
        people: the draws, before this is known of them.
        known: the figures at the issue time.
        seed: decides which members of a series that has fallen may fall again.
        place: its id.
    """
    paths = rising(people, float(known.people[-1]))
    down, steps = falls(known)
    if not down:
        return paths
    luck = block_uniforms(seed, entity_code(f"lowered:{place}"), len(people))
    lowered = luck < min(MOST_FALLING, down / steps)
    return np.asarray(np.where(lowered[:, np.newaxis], people, paths))


def rising(people: F8, least: float) -> F8:
    """Draws (member, time) as paths that never fall, each time with nearly the same distribution.

    A running maximum alone would lift every distribution to that of the highest value so far. So
    its members keep only their order at each time, and take the values of the draws in that order
    (Schefzik, Thorarinsdottir and Gneiting 2013, Statist. Sci. 28, 616-640); where that lets a path
    fall the maximum is taken again, which is needed less each time.
    """
    draws = np.ascontiguousarray(np.maximum(people, least).T)  # sorting goes along each time
    each = np.maximum.accumulate(np.sort(draws, axis=1), axis=0)
    paths = np.maximum.accumulate(draws, axis=0)
    for _ in range(ROUNDS):
        moved = np.empty_like(paths)
        np.put_along_axis(moved, np.argsort(paths, axis=1, kind="stable"), each, axis=1)
        paths = np.maximum.accumulate(moved, axis=0)
        if np.array_equal(paths, moved):
            break
    return np.asarray(paths.T)
