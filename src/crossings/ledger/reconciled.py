"""What can be said after all: a range over the voices that count.

With one voice the range is what that voice says; with two it spans both; from three on it runs
between two order statistics around the median, chosen so that it would hold the median of such
voices in at least 90 % of cases, or between the lowest and the highest where they are too few for
that (the sign-test interval: Conover, 1999, Practical Nonparametric Statistics, section 3.2). It is
a range of what is said, not of what is true.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import statistics
from collections.abc import Sequence

from crossings.ledger.ties import LASTING, Row, highest, lowest
from crossings.situation.disagreements import Quantity
from crossings.situation.records import Claim

CONFIDENCE = 0.9
"""How often the range of three or more voices should hold the median of such voices."""

STOCK_DAY = dt.timedelta(hours=24)
"""How old a count of people present may be and still answer for a moment."""


@dataclasses.dataclass(frozen=True)
class Reconciled:
    """What can be said: ``low`` to ``high`` in the unit of the quantity at ``time``.

    ``middle`` is the median of the voices. ``open_above`` says that a voice at the upper end said
    "at least". ``ceiling`` is a later running total, which this one cannot have exceeded, with the
    time it holds for. ``voices`` are the claims that count, lowest first.
    """

    low: float
    high: float
    middle: float
    open_above: bool
    time: dt.datetime
    method: str
    voices: tuple[Claim, ...]
    ceiling: tuple[float, dt.datetime] | None = None


def reconciled(rows: Sequence[Row], asked: Quantity, time: dt.datetime | None) -> Reconciled | None:
    """The range of what the voices among the rows of one quantity say.

    Args:
        rows: claims with their ties.
        asked: the quantity.
        time: the moment asked for; the newest that a voice holds for, unless given.

    Returns:
        None where nobody gives a number that counts.
    """
    speaking = [row.claim for row in rows if row.speaks]
    if time is None:
        time = max((c.as_of for c in speaking if c.as_of is not None), default=None)
    voices = [c for c in speaking if time is not None and _answers(c, asked, time)]
    if not voices or time is None:
        return None
    voices.sort(key=lambda c: (lowest(c), highest(c), c.id))
    low, high, how = _range(voices)
    ceiling = _ceiling(rows) if asked[1] == "cumulative" else None
    return Reconciled(
        low=low,
        high=high,
        middle=statistics.median(c.value or 0.0 for c in voices),
        open_above=any(c.high is None and lowest(c) >= high for c in voices),
        time=time,
        method=how,
        voices=tuple(voices),
        ceiling=ceiling,
    )


def _answers(claim: Claim, asked: Quantity, time: dt.datetime) -> bool:
    """Whether a figure can speak for ``time``."""
    assert claim.as_of is not None  # claims without a time are out
    if claim.as_of > time:
        return False
    if asked[1] == "cumulative" or asked[0] in LASTING:
        return True
    return time - claim.as_of <= STOCK_DAY


def _ceiling(rows: Sequence[Row]) -> tuple[float, dt.datetime] | None:
    """The lowest running total given for a later moment."""
    after = [
        (row.claim.high, row.claim.as_of)
        for row in rows
        if row.has("later") and row.claim.as_of is not None and row.claim.high is not None
    ]
    return min(after, default=None)


def _range(voices: Sequence[Claim]) -> tuple[float, float, str]:
    """The range of what the voices say, and how it was made."""
    lows, highs = sorted(map(lowest, voices)), sorted(map(highest, voices))
    count = len(voices)
    if count == 1:
        return lows[0], highs[0], "one independent bulletin: the range is what it says"
    if count == 2:
        return lows[0], highs[1], "two independent bulletins: the range spans both"
    dropped, holds = order_statistics(count)
    if dropped == 0:
        ends = "from the lowest to the highest"
    else:
        ends = f"without the {dropped} lowest and the {dropped} highest"
    how = (
        f"median of {count} independent bulletins; the range runs {ends} and would hold the median "
        f"of such bulletins in {math.floor(100 * holds)} of 100 cases (order statistics)"
    )
    return lows[dropped], highs[count - 1 - dropped], how


def order_statistics(count: int) -> tuple[int, float]:
    """How many voices to drop at each end, and how often what remains holds the median.

    The interval between the (d + 1)-th lowest and highest of n values drawn independently holds the
    median of their distribution with probability 1 - 2 P(X <= d), X binomial (n, 1/2). The largest
    d with at least :data:`CONFIDENCE`; 0 where there is none.
    """
    below = 0.0
    best = (0, 1.0 - 2.0 ** (1 - count))
    for dropped in range((count - 1) // 2):
        below += math.comb(count, dropped) / 2.0**count
        if 1 - 2 * below < CONFIDENCE:
            break
        best = (dropped, 1 - 2 * below)
    return best
