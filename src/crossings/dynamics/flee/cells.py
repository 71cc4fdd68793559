"""Counts of exchangeable people in a table that grows and merges: one row a state that occurs.

A cell is a place or link, a class, the route still to go, the way made on the link, the recent
travel and the way made today. Adding people to a state that is there already raises its count;
only states with people cost anything.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import compiled, hot, inner

I8 = npt.NDArray[np.int64]

WHERE, CLASS, ROUTE, ON, RECENT, MOVED, PEOPLE = range(7)
"""The columns of a row."""

_MIX = 0x9E3779B97F4A7C15 - (1 << 64)


class Cells(NamedTuple):
    """``rows`` (capacity, 7); ``slot`` finds a row by its hash.

    The first two numbers of ``slot`` are the number of rows and the generation, the others (a power
    of 2) the slots: one of an older generation is empty.
    """

    rows: I8
    slot: I8


@compiled
def new_cells(capacity: int) -> Cells:
    """An empty table for up to ``capacity`` states, a power of 2."""
    slot = np.zeros(2 * capacity + 2, np.int64)
    slot[1] = 1
    return Cells(np.empty((capacity, 7), np.int64), slot)


@hot
def clear(cells: Cells) -> None:
    """Take everybody out."""
    cells.slot[0] = 0
    cells.slot[1] += 1


@hot
def push(
    cells: Cells, where: int, cls: int, route: int, on: int, recent: int, moved: int, people: int
) -> bool:
    """Add people in a row of their own, to a table used as a list; False where it is full."""
    i = cells.slot[0]
    if i == cells.rows.shape[0]:
        return False
    row = cells.rows[i]
    row[WHERE] = where
    row[CLASS] = cls
    row[ROUTE] = route
    row[ON] = on
    row[RECENT] = recent
    row[MOVED] = moved
    row[PEOPLE] = people
    cells.slot[0] = i + 1
    return True


@inner
def add(
    cells: Cells, where: int, cls: int, route: int, on: int, recent: int, moved: int, people: int
) -> bool:
    """Add people to a state; False where the table is full."""
    # States whose recent travel differs by a few kilometres only share a line of the cache.
    h = where * 0x632BE59BD9B4E019
    h = (h ^ cls) * _MIX
    h = (h ^ route) * _MIX
    h = (h ^ on) * _MIX
    h ^= h >> 29
    h = (h ^ (recent >> 23)) * _MIX
    h = (h ^ moved ^ ((recent & 0xFFFFF) << 20)) * _MIX
    h ^= h >> 32
    h = (h << 3) | ((recent >> 20) & 7)
    mask = cells.slot.size - 3
    k = h & mask
    generation = cells.slot[1]
    while True:
        entry = cells.slot[k + 2]
        if entry >> 32 != generation:
            i = cells.slot[0]
            if not push(cells, where, cls, route, on, recent, moved, people):
                return False
            cells.slot[k + 2] = (generation << 32) | i
            return True
        row = cells.rows[entry & 0xFFFFFFFF]
        if (
            row[WHERE] == where
            and row[CLASS] == cls
            and row[ROUTE] == route
            and row[ON] == on
            and row[RECENT] == recent
            and row[MOVED] == moved
        ):
            row[PEOPLE] += people
            return True
        k = (k + 1) & mask
