"""Running counts that are told as "at least": whose bounds are counts all the same.

A lone "at least 3,000" is a bound: who says it may have seen a tenth of the people. A source that
gives a new and higher "at least" again and again keeps a count, and says of the newest round figure
that it is more by now. Its figures are then read as counts that miss a share of the people, the
same share all along (``undercount`` in :mod:`crossings.forecast.parameters`), and no longer as
bounds above which anything goes.

A source keeps a running count where at least :data:`FEWEST` of its "at least" figures of one series
each exceed all its earlier ones. Nobody counts everybody who says less than others said before him.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

FEWEST = 3
"""Rising figures that make a running count: two may be two glimpses, a third goes on."""

BELOW = 0.1
"""Who says less than somebody said before him, by more than this share, counts a part."""


class Told(NamedTuple):
    """A level that somebody told: who, of what (role and number of the series), when, how many.

    ``open`` says that it is an "at least" of somebody who may keep a count.
    """

    claim: str
    speaker: str
    series: tuple[str, int]
    as_of: dt.datetime
    people: float
    open: bool


def running_counts(told: Iterable[Told]) -> frozenset[str]:
    """The claims told as "at least" that belong to a running count."""
    lines: dict[tuple[str, int], list[Told]] = {}
    for one in sorted(told, key=lambda t: (t.as_of, t.people, t.claim)):
        lines.setdefault(one.series, []).append(one)
    found: set[str] = set()
    for line in lines.values():
        for speaker in {one.speaker for one in line if one.open}:
            mine = _rising([one for one in line if one.speaker == speaker])
            others = [one for one in line if one.speaker != speaker]
            if _rises(mine) >= FEWEST and not _refuted(mine, others):
                found |= {one.claim for one in mine}
    return frozenset(found)


def _rising(line: list[Told]) -> list[Told]:
    """The "at least" of one speaker that are not below any earlier figure of his, in time order."""
    kept: list[Told] = []
    highest = 0.0
    for one in line:
        if one.open and one.people >= highest:
            kept.append(one)
        highest = max(highest, one.people)
    return kept


def _rises(line: list[Told]) -> int:
    """How many figures, each of its own moment, exceed all before them."""
    newest = {one.as_of: one.people for one in line}
    return len(set(newest.values()))


def _refuted(line: list[Told], others: list[Told]) -> bool:
    """Whether others had said clearly more by the time of one of these figures."""
    return any(
        other.as_of <= one.as_of and one.people < (1.0 - BELOW) * other.people
        for one in line
        for other in others
    )
