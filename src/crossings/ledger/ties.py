"""How the claims of one quantity stand to each other: who repeats, corrects or contradicts whom.

A repetition of a bulletin is no second voice, a speaker counts once, with the newest figure, and a
figure that the count has since overtaken counts no more.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from crossings.situation.disagreements import contradict, differ
from crossings.situation.records import Claim

_APART = dt.timedelta(days=2)
_BEYOND = 1.05  # more than rounding

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

LASTING = frozenset({"population", "host_population", "capacity"})
"""Measures that hardly move: what was said before the crisis answers too."""


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


def by_time(claim: Claim) -> tuple[dt.datetime, dt.datetime, str]:
    """The order of claims: by the time they hold for, then by when they were public."""
    return claim.as_of or claim.known_at, claim.known_at, claim.id


def lowest(claim: Claim) -> float:
    """The least that a figure may mean, in its unit; 0 where it gives no number."""
    bound = claim.low if claim.low is not None else claim.high
    return bound if bound is not None else 0.0


def highest(claim: Claim) -> float:
    """The most that a figure may mean; its lower bound where it says "at least"."""
    bound = claim.high if claim.high is not None else claim.low
    return bound if bound is not None else 0.0


Ties = list[tuple[Tie, str]]


def _out(ties: Ties) -> bool:
    return any(kind in OUT for kind, _ in ties)


def ties_between(
    claims: Sequence[Claim], zone: ZoneInfo, time: dt.datetime | None
) -> dict[str, Ties]:
    """How each claim of one quantity stands to the others, by the id of the claim.

    Args:
        claims: all that count the same thing.
        zone: in which a bare date is a day.
        time: the moment that is asked for; figures for a later one do not speak. None: no limit.
    """
    ties: dict[str, Ties] = {claim.id: _own_ties(claim, claims) for claim in claims}
    originals = _originals([c for c in claims if not _out(ties[c.id])], ties)
    if time is not None:
        for claim in originals:
            if claim.as_of is not None and claim.as_of > time:
                ties[claim.id].append(("later", ""))
    known = [claim for claim in originals if not _out(ties[claim.id])]
    newest: dict[str, Claim] = {}
    for claim in sorted(known, key=by_time):
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
            ties[claim.id].append(("overtaken by", max(past, key=by_time).id))
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
    rows = [(c, _speaker(c), c.as_of or c.known_at, lowest(c), highest(c)) for c in claims]
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
    return later.low > highest(earlier) and (exact or differ(later, earlier))
