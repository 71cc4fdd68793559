"""One question, every answer: who gave which figure, what became of it, what can be said today.

The question is a measure at a place at a time. Claims answer it only where they count the same
thing (counting, unit, place and origin alike); others are listed beside it and never averaged with
it.

What can be said is a range over independent bulletins. A repetition of a bulletin is no second
voice, a speaker counts once, with the newest figure, and a figure that the count has since
overtaken counts no more. With one voice the range is what that voice says; with two it spans both;
from three on it runs between two order statistics around the median, chosen so that it would hold
the median of such voices in at least 90 % of cases, or between the lowest and the highest where
they are too few for that (the sign-test interval: Conover, 1999, Practical Nonparametric
Statistics, section 3.2). It is a range of what is said, not of what is true.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from crossings.errors import InputError
from crossings.situation.disagreements import contradict, differ, quantity
from crossings.situation.records import Claim

_APART = dt.timedelta(days=2)
_BEYOND = 1.05  # more than rounding

Quantity = tuple[str, str, str, str, str]
"""Measure, counting, unit, place and origin."""

Tie = Literal[
    "copy of",
    "superseded by",
    "corrected by",
    "overtaken by",
    "later",
    "agrees with",
    "contradicts",
    "part of",
    "other counting",
    "other unit",
    "other place",
    "other origin",
    "ahead",
    "before",
    "uncertain",
    "rejected",
    "no number or time",
]
"""How a claim stands to another one, or to the question."""

OUT: frozenset[Tie] = frozenset(
    {
        *("copy of", "superseded by", "corrected by", "overtaken by", "later", "part of"),
        *("ahead", "before", "uncertain", "rejected", "no number or time"),
    }
)
"""What keeps a claim from being a voice of its own today."""

CONFIDENCE = 0.9
"""How often the range of three or more voices should hold the median of such voices."""

LASTING = frozenset({"population", "host_population", "capacity"})
"""Measures that hardly move: what was said before the crisis answers too."""

STOCK_DAY = dt.timedelta(hours=24)
"""How old a count of people present may be and still answer for a moment."""


@dataclasses.dataclass(frozen=True)
class Row:
    """A claim beside the others: its ties as (kind, id of the other or empty)."""

    claim: Claim
    ties: tuple[tuple[Tie, str], ...] = ()

    def has(self, tie: Tie) -> bool:
        """Whether the claim has a tie of this kind."""
        return any(kind == tie for kind, _ in self.ties)

    @property
    def speaks(self) -> bool:
        """Whether the claim is a voice of its own today."""
        return not any(kind in OUT for kind, _ in self.ties)


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


@dataclasses.dataclass(frozen=True)
class SideBySide:
    """The answers to one question.

    ``rows`` are the claims of the quantity, in the order of the times they hold for; ``others`` are
    claims of the same measure that count something else. ``reconciled`` is ``None`` where nobody
    gives a number that counts.
    """

    quantity: Quantity
    rows: tuple[Row, ...]
    others: tuple[Row, ...]
    reconciled: Reconciled | None

    @property
    def history(self) -> tuple[Row, ...]:
        """One row an independent bulletin: the figure as it was given, time by time."""
        out: set[Tie] = {"copy of", "part of", "ahead", "before", "rejected", "no number or time"}
        return tuple(r for r in self.rows if not any(kind in out for kind, _ in r.ties))

    def other_quantities(self) -> list[tuple[Claim, tuple[Tie, ...], int]]:
        """What else the measure counts: the newest claim of each, in what it differs, how many."""
        newest: dict[Quantity, tuple[Claim, tuple[Tie, ...], int]] = {}
        for row in self.others:
            if row.claim.review == "rejected" or row.claim.value is None:
                continue
            key = quantity(row.claim)
            before = newest[key][2] if key in newest else 0
            newest[key] = (row.claim, tuple(kind for kind, _ in row.ties), before + 1)
        return sorted(newest.values(), key=lambda found: (len(found[1]), -found[2]))


def quantities(claims: Iterable[Claim]) -> list[tuple[Quantity, int]]:
    """What claims count, each with how many of them do, the most first."""
    counts: dict[Quantity, int] = {}
    for claim in claims:
        counts[quantity(claim)] = counts.get(quantity(claim), 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0][2] != "people", item[0]))


def matching(
    claims: Iterable[Claim],
    *,
    measure: str,
    counting: str = "",
    unit: str = "",
    place: str | None = None,
    origin: str = "",
) -> Quantity:
    """The quantity that most claims count, among those that fit what is asked.

    Args:
        claims: what was public together.
        measure: such as ``arrived``.
        counting: ``cumulative``, ``stock`` or ``flow``; empty for any.
        unit: empty for any.
        place: a place id, ``None`` for any.
        origin: part of its name; empty for any.

    Raises:
        InputError: no claim fits; the message names what there is.
    """
    there = quantities(claims)
    fitting = [
        found
        for found, _ in there
        if found[0] == measure
        and found[1] == (counting or found[1])
        and found[2] == (unit or found[2])
        and found[3] == (found[3] if place is None else place)
        and origin.casefold() in found[4].casefold()
    ]
    if fitting:
        return fitting[0]
    same = [" ".join(part for part in found if part) for found, _ in there if found[0] == measure]
    measures = sorted({found[0] for found, _ in there})
    raise InputError(
        f"compare: found no claim of {measure!r} that fits, expected one of: "
        + "; ".join((same or measures)[:12])
    )


def side_by_side(
    claims: Iterable[Claim], asked: Quantity, zone: ZoneInfo, time: dt.datetime | None = None
) -> SideBySide:
    """Put the claims that answer a question beside each other.

    Args:
        claims: what was public together: ``situation.as_of(t).claims`` or ``ledger.claims(...)``.
        asked: measure, counting, unit, place and origin.
        zone: in which a bare date is a day.
        time: the moment that is asked for; the newest that a figure holds for, unless given.
    """
    same_measure = [claim for claim in claims if claim.measure == asked[0]]
    mine = sorted((c for c in same_measure if quantity(c) == asked), key=_by_time)
    ties = _ties(mine, zone, time)
    rows = tuple(Row(claim, tuple(ties[claim.id])) for claim in mine)
    others = tuple(
        Row(claim, tuple((tie, "") for tie in _otherwise(claim, asked)))
        for claim in sorted(same_measure, key=_by_time)
        if quantity(claim) != asked
    )
    return SideBySide(asked, rows, others, _reconciled(rows, asked, time))


def _by_time(claim: Claim) -> tuple[dt.datetime, dt.datetime, str]:
    return claim.as_of or claim.known_at, claim.known_at, claim.id


Ties = list[tuple[Tie, str]]


def _out(ties: Ties) -> bool:
    return any(kind in OUT for kind, _ in ties)


def _ties(claims: Sequence[Claim], zone: ZoneInfo, time: dt.datetime | None) -> dict[str, Ties]:
    """How each claim of one quantity stands to the others at ``time``."""
    ties: dict[str, Ties] = {claim.id: _own_ties(claim, claims) for claim in claims}
    originals = _originals([c for c in claims if not _out(ties[c.id])], ties)
    if time is not None:
        for claim in originals:
            if claim.as_of is not None and claim.as_of > time:
                ties[claim.id].append(("later", ""))
    known = [claim for claim in originals if not _out(ties[claim.id])]
    newest: dict[str, Claim] = {}
    for claim in sorted(known, key=_by_time):
        newest[_speaker(claim)] = claim
    for claim in known:
        last = newest[_speaker(claim)]
        if last is not claim:
            same_time = last.as_of == claim.as_of
            ties[claim.id].append(("corrected by" if same_time else "superseded by", last.id))
    current = list(newest.values())
    for claim in current:
        past = [c for c in current if _counts_past(c, claim)]
        if past:
            ties[claim.id].append(("overtaken by", max(past, key=_by_time).id))
    for a, b in _rivals(originals):
        if kind := _between(a, b, ties, zone):
            ties[a.id].append((kind, b.id))
            ties[b.id].append((kind, a.id))
    return ties


def _rivals(claims: Sequence[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """Pairs of different speakers, without those that plainly do not bear on each other.

    A total that is higher at least two days later has grown; counts of people present are of one
    day. Most pairs of a long series are of this kind and cost only a comparison.
    """
    rows = [(c, _speaker(c), c.as_of or c.known_at, _low(c), _high(c)) for c in claims]
    rows.sort(key=lambda row: (row[2], row[0].id))
    for i, (a, speaker, when, _, high) in enumerate(rows):
        for b, other, later, low, _ in rows[i + 1 :]:
            apart = later - when >= _APART
            if apart and a.counting != "cumulative" and a.measure not in LASTING:
                break
            if apart and a.counting == "cumulative" and low > _BEYOND * high:
                continue
            if speaker != other:
                yield a, b


def _originals(claims: Sequence[Claim], ties: dict[str, Ties]) -> list[Claim]:
    """The claims that repeat no other; the others are marked as copies of what was public first.

    A copy is marked as the same people, of the same bulletin and moment, or the same figure of the
    same speaker for the same moment.
    """
    originals: list[Claim] = []
    first: dict[object, Claim] = {}
    for claim in sorted(claims, key=lambda c: (c.known_at, c.id)):
        keys: list[object] = [("id", claim.id)]
        keys += [("id", claim.same_group_as)] if claim.same_group_as else []
        keys += [("bulletin", claim.bulletin, claim.as_of)] if claim.bulletin else []
        keys.append((_speaker(claim), claim.low, claim.high, claim.as_of))
        original = next((first[key] for key in keys if key in first), None)
        if original is None:
            original = claim
            originals.append(claim)
        else:
            ties[claim.id].append(("copy of", original.id))
        for key in keys:
            first.setdefault(key, original)
    return originals


def _between(a: Claim, b: Claim, ties: dict[str, Ties], zone: ZoneInfo) -> Tie | None:
    """Whether two speakers contradict each other, or agree where both speak for today."""
    if contradict(a, b, zone):
        return "contradicts"
    voices = not (_out(ties[a.id]) or _out(ties[b.id]))
    return "agrees with" if voices and not differ(a, b) and _same_story(a, b, zone) else None


def _own_ties(claim: Claim, claims: Sequence[Claim]) -> Ties:
    """What can be told of a claim by itself."""
    ties: Ties = []
    if claim.review == "rejected":
        ties.append(("rejected", ""))
    if claim.status in ("planned", "forecast") or claim.basis in ("planning", "intention"):
        ties.append(("ahead", ""))
    elif claim.status in ("prior", "historical") and claim.measure not in LASTING:
        ties.append(("before", ""))
    elif claim.status == "uncertain":
        ties.append(("uncertain", ""))
    if claim.value is None or claim.as_of is None:
        ties.append(("no number or time", ""))
    if any(other.id == claim.part_of for other in claims):
        ties.append(("part of", claim.part_of))
    return ties


def _speaker(claim: Claim) -> str:
    """Who counts: the office where a person speaks for one, else the name as it stands."""
    name = claim.sources[0] if claim.sources else claim.publisher
    _, comma, office = name.partition(", ")
    return (office if comma else name).casefold().strip()


def _same_story(a: Claim, b: Claim, zone: ZoneInfo) -> bool:
    """Whether equal figures bear each other out: totals that stood still, counts of one day."""
    assert a.as_of is not None  # claims without a time are out
    assert b.as_of is not None
    if a.counting == "cumulative":
        return True
    return a.as_of.astimezone(zone).date() == b.as_of.astimezone(zone).date()


def _counts_past(later: Claim, earlier: Claim) -> bool:
    """Whether a running total by somebody else has grown past ``earlier``."""
    assert later.as_of is not None  # claims without a time are out
    assert earlier.as_of is not None
    if earlier.counting != "cumulative" or later.as_of <= earlier.as_of or later.low is None:
        return False
    exact = later.qualifier == earlier.qualifier == "exact"
    return later.low > _high(earlier) and (exact or differ(later, earlier))


def _otherwise(claim: Claim, asked: Quantity) -> list[Tie]:
    """In what a claim counts something else than was asked for."""
    names: tuple[Tie, ...] = ("other counting", "other unit", "other place", "other origin")
    return [
        name
        for name, mine, wanted in zip(names, quantity(claim)[1:], asked[1:], strict=True)
        if mine != wanted
    ]


def _reconciled(
    rows: Sequence[Row], asked: Quantity, time: dt.datetime | None
) -> Reconciled | None:
    speaking = [row.claim for row in rows if row.speaks]
    if time is None:
        time = max((c.as_of for c in speaking if c.as_of is not None), default=None)
    voices = [c for c in speaking if time is not None and _answers(c, asked, time)]
    if not voices or time is None:
        return None
    voices.sort(key=lambda c: (_low(c), _high(c), c.id))
    low, high, how = _range(voices)
    ceiling = _ceiling(rows) if asked[1] == "cumulative" else None
    return Reconciled(
        low=low,
        high=high,
        middle=_median([c.value or 0.0 for c in voices]),
        open_above=any(c.high is None and _low(c) >= high for c in voices),
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


def _low(claim: Claim) -> float:
    bound = claim.low if claim.low is not None else claim.high
    return bound if bound is not None else 0.0


def _high(claim: Claim) -> float:
    bound = claim.high if claim.high is not None else claim.low
    return bound if bound is not None else 0.0


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _range(voices: Sequence[Claim]) -> tuple[float, float, str]:
    """The range of what the voices say, and how it was made."""
    lows, highs = sorted(map(_low, voices)), sorted(map(_high, voices))
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
