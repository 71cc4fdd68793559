"""Sources that count the same people at the same time and are far apart: said beside a forecast."""

from __future__ import annotations

import datetime as dt

from crossings.situation.records import ALL, Claim, Situation

FACTOR = 3.0
"""Counts further apart than this are not the noise of counting."""

SAME_TIME = dt.timedelta(hours=6)
"""Counts of a growing flight are compared where they speak of nearly one moment."""

RECENT = dt.timedelta(days=3)
"""Older disagreements are past."""

_NO_COUNT = frozenset({"eyewitness", "planning", "intention"})


def far_apart(situation: Situation, target: str, issued_at: dt.datetime) -> tuple[str, ...]:
    """One sentence where two sources' newest counts of everybody are far apart; else nothing.

    Args:
        situation: as of the issue time.
        target: such as ``arrived.cumulative``.
        issued_at: the issue time.
    """
    counts = sorted(
        (c for c in situation.claims if _counts(c, target, issued_at)),
        key=lambda c: (c.as_of or c.known_at, c.known_at, c.id),
    )
    newest = {(claim.sources[0], claim.origin): claim for claim in counts}
    pairs = [
        (low, high)
        for low in newest.values()
        for high in newest.values()
        if high.origin == low.origin
        and (high.value or 0.0) >= FACTOR * (low.value or 0.0) + 100
        and abs(_time(high) - _time(low)) <= SAME_TIME
    ]
    if not pairs:
        return ()
    low, high = max(pairs, key=lambda pair: (pair[1].value or 0.0) / ((pair[0].value or 0.0) + 1))
    return (
        f"Sources are far apart: {low.sources[0]} counts {low.value or 0:,.0f}, {high.sources[0]} "
        f"{high.value or 0:,.0f} at nearly the same time. The range may follow one of them: ask "
        "what each counts before planning by it.",
    )


def _time(claim: Claim) -> dt.datetime:
    return claim.as_of or claim.known_at


def _counts(claim: Claim, target: str, issued_at: dt.datetime) -> bool:
    """Whether a claim is one number of people, counted by a named source not long ago."""
    return (
        claim.target == target
        and claim.place == ALL
        and claim.unit == "people"
        and claim.low is not None
        and claim.low == claim.high
        and bool(claim.sources)
        and claim.status == "reported"
        and claim.review != "rejected"
        and claim.basis not in _NO_COUNT
        and not claim.part_of
        and issued_at - RECENT <= _time(claim) <= issued_at
    )
