"""Figures that contradict each other by far: part of the members follow each side.

Two sources that count the same people at the same time a factor of three apart, or one source whose
newest figure is twenty times its figure of the day before, cannot both be the level from which a
flight goes on, and no error of counting is so wide. A forecast conditioned on all of them follows
one and is sure of it. So the forecast is made twice, each time without the figures of one side,
and half of the members come from either: a mixture over which of them counts what is asked for.
One half is what is left where nothing tells which is right; no past crisis was fitted for it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple

import xarray as xr

from crossings.forecast.counts import ARRIVED
from crossings.forecast.outlook import ClaimUse, Outlook
from crossings.forecast.request import FEWEST_MEMBERS, Request
from crossings.forecast.sentences import sentence
from crossings.situation.records import ALL, Claim, Situation

FACTOR = 3.0
"""Counts of two sources further apart than this are not the noise of counting."""

SAME_TIME = dt.timedelta(hours=6)
"""A count that is lower than another contradicts it up to so much later: it should have grown."""

BEFORE = dt.timedelta(hours=1)
"""Earlier than this by more, a lower count contradicts nothing: in its first hours a flight grows
tenfold (Karabakh: about 30 people at 14:00, 377 at 18:00 on 24 September 2023)."""

RECENT = dt.timedelta(days=3)
"""Older disagreements are past."""

JUMP = 20.0
"""Times by which one source's count changes in ``SOON``, beyond what any known flight did: the
fastest of the bundled ones rose 11.5 times, in six days (Kosovo, from 29 March 1999)."""

SOON = dt.timedelta(days=3)
"""Two figures no further apart than this should be of one size."""

FEW = 100.0
"""From fewer people than this a count may rise by any factor in a day."""

_NO_COUNT = frozenset({"eyewitness", "planning", "intention"})
_CAME = frozenset({"arrived", "crossed", "fled", "hosted", "refugees_hosted"})


class Sides(NamedTuple):
    """Two sides: the claims that each does without, what contradicts, what becomes of it."""

    first_without: frozenset[str]
    second_without: frozenset[str]
    contradiction: str
    halves: str

    @property
    def sentence(self) -> str:
        """Both in one, for the notes of a forecast."""
        return f"{self.contradiction} {self.halves}"


def sides(
    situation: Situation, issued_at: dt.datetime, include_proposed: bool = False
) -> Sides | None:
    """The two sides of what is known of arrivals or a target; None where nothing is so far apart.

    Args:
        situation: as of the issue time.
        issued_at: the issue time.
        include_proposed: whether claims that nobody has accepted yet count.
    """
    reviews = {"accepted", "proposed"} if include_proposed else {"accepted"}
    entering = [c for c in situation.claims if c.review in reviews and _time(c) <= issued_at]
    for target in sorted({ARRIVED, *situation.targets}):
        counts = sorted(
            (c for c in entering if _counts(c, target)),
            key=lambda c: (_time(c), c.known_at, c.id),
        )
        everybody = [c for c in counts if c.place == ALL]
        found = _far_apart(situation, everybody, issued_at) or _jump(counts)
        if found is not None:
            return found
    return None


def halves(asked: Request, split: Sides) -> tuple[tuple[Request, int], tuple[Request, int]]:
    """What to ask of either side, and how many of its members count: half of them each.

    The sides share the luck of their members.
    """
    half = asked.members // 2
    first, second = (
        (dataclasses.replace(asked, situation=known, members=max(FEWEST_MEMBERS, members)), members)
        for known, members in zip(
            known_to(asked.situation, split), (half, asked.members - half), strict=True
        )
    )
    return first, second


def known_to(situation: Situation, split: Sides) -> tuple[Situation, Situation]:
    """The situation as either side has it: without the claims of the other."""
    first, second = (
        situation.model_copy(
            update={"claims": tuple(c for c in situation.claims if c.id not in without)}
        )
        for without in (split.first_without, split.second_without)
    )
    return first, second


def unsplit(split: Sides) -> str:
    """What is said where the sides cannot be put together and all figures stand."""
    return f"{split.contradiction} {sentence('note.not_split')}"


def by_sides(asked: Request, made: Callable[[Request], Outlook]) -> Outlook:
    """The outlook that ``made`` gives, or that of two sides together where figures are far apart.

    Where another component carries each of them they cannot be put together: then the outlook of
    all figures stands, with the sentence.
    """
    split = sides(asked.situation, asked.issued_at, asked.include_proposed)
    if split is None:
        return made(asked)
    first, second = (_cut(made(part), members) for part, members in halves(asked, split))
    shape = (first.carried_by, first.targets, first.places)
    if shape != (second.carried_by, second.targets, second.places):
        whole = made(asked)
        return dataclasses.replace(whole, notes=(*whole.notes, unsplit(split)))
    return _together(asked, first, second, split)


def _cut(outlook: Outlook, members: int) -> Outlook:
    """The first members of an outlook."""
    kept = outlook.draws.isel(member=slice(members))
    return dataclasses.replace(outlook, draws=kept, members=members)


def joined(first: xr.Dataset, second: xr.Dataset) -> xr.Dataset:
    """The members of both sides, numbered through; times and places are the same."""
    draws = xr.concat([first, second], dim="member", coords="minimal", compat="equals")
    return draws.assign_coords(member=range(draws.sizes["member"]))


def _together(asked: Request, first: Outlook, second: Outlook, split: Sides) -> Outlook:
    last = min(
        (o.last_figure for o in (first, second) if o.last_figure is not None),
        key=lambda figure: figure.value,
        default=None,
    )
    notes = dict.fromkeys((*first.notes, *second.notes, split.sentence))
    return dataclasses.replace(
        first,
        draws=joined(first.draws, second.draws),
        members=asked.members,
        claims=_uses(asked.situation, first, second),
        last_figure=last,
        diagnostics=first.diagnostics
        | {
            "sides": {
                "why": split.sentence,
                "members": [first.members, second.members],
                "without": [sorted(split.first_without), sorted(split.second_without)],
                "second": second.diagnostics,
            }
        },
        notes=tuple(notes),
    )


def _uses(situation: Situation, first: Outlook, second: Outlook) -> tuple[ClaimUse, ...]:
    """One use for every claim: half of its weight where only one side has it."""
    of_first, of_second = ({use.claim: use for use in o.claims} for o in (first, second))
    found = []
    for claim in situation.claims:
        one, other = of_first.get(claim.id), of_second.get(claim.id)
        if one is not None and other is not None:
            found.append(max(one, other, key=lambda use: use.weight))
            continue
        only = one or other
        if only is None:
            found.append(ClaimUse(claim.id, "", 0.0, sentence("reason.no_side")))
        else:
            reason = sentence("reason.one_side", said=only.reason)
            found.append(dataclasses.replace(only, weight=only.weight / 2, reason=reason))
    return tuple(found)


def _far_apart(
    situation: Situation, counts: Iterable[Claim], issued_at: dt.datetime
) -> Sides | None:
    """Two sources whose newest counts of one moment are far apart; those furthest, if several."""
    recent = [c for c in counts if issued_at - RECENT <= _time(c)]
    newest = {(c.sources[0], c.origin): c for c in recent}
    pairs = [
        (low, high)
        for low in newest.values()
        for high in newest.values()
        if high.origin == low.origin
        and _people(high) >= FACTOR * _people(low) + FEW
        and -BEFORE <= _time(low) - _time(high) <= SAME_TIME
    ]
    if not pairs:
        return None
    low, high = max(pairs, key=lambda pair: _people(pair[1]) / (_people(pair[0]) + 1))
    return Sides(
        _of_source(situation, high),
        _of_source(situation, low),
        sentence(
            "note.apart",
            one=low.sources[0],
            few=f"{_people(low):,.0f}",
            other=high.sources[0],
            many=f"{_people(high):,.0f}",
        ),
        sentence("note.apart_halves"),
    )


def _of_source(situation: Situation, claim: Claim) -> frozenset[str]:
    """What the source of a claim says of people who came."""
    return frozenset(
        c.id
        for c in situation.claims
        if c.sources[:1] == claim.sources[:1]
        and c.measure in _CAME
        and c.status in ("reported", "uncertain")
        and c.basis not in ("planning", "intention")
    )


def _jump(counts: Iterable[Claim]) -> Sides | None:
    """A source whose newest figure is of another size than the one before, and nobody near it."""
    counts = list(counts)
    lines: dict[tuple[str, str, str], list[Claim]] = {}
    for claim in counts:
        lines.setdefault((claim.place, claim.sources[0], claim.origin), []).append(claim)
    for line in lines.values():
        newest = line[-1]
        before = [c for c in line if _time(c) < _time(newest)]
        if not before or _time(newest) - _time(before[-1]) > SOON:
            continue
        low, high = sorted((_people(before[-1]), _people(newest)))
        if low < FEW or high < JUMP * low:
            continue
        if any(_confirms(c, newest) for c in counts):
            continue
        same = frozenset(c.id for c in line if _time(c) == _time(newest))
        return Sides(
            frozenset(),
            same,
            sentence(
                "note.jump",
                one=newest.sources[0],
                now=f"{_people(newest):,.0f}",
                place=newest.place,
                before=f"{_people(before[-1]):,.0f}",
            ),
            sentence("note.jump_halves"),
        )
    return None


def _confirms(one: Claim, other: Claim) -> bool:
    """Whether another source counts about as many at that place at nearly that time."""
    low, high = sorted((_people(one), _people(other)))
    return (
        one.place == other.place
        and one.sources[0] != other.sources[0]
        and abs(_time(one) - _time(other)) <= SOON
        and high < FACTOR * low + FEW
    )


def _people(claim: Claim) -> float:
    return claim.value or 0.0


def _time(claim: Claim) -> dt.datetime:
    return claim.as_of or claim.known_at


def _counts(claim: Claim, target: str) -> bool:
    """Whether a claim is one number of people, counted by a named source."""
    return (
        claim.target == target
        and claim.unit == "people"
        and claim.low is not None
        and claim.low == claim.high
        and bool(claim.sources)
        and claim.status == "reported"
        and claim.basis not in _NO_COUNT
        and not claim.part_of
    )
