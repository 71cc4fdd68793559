"""What came: which figure settles a forecast, of whom, in which revision.

The rule, the same for every target and place:

- Only figures of people that their sources reported as counted or estimated count: no plans, no
  intentions, no figures of earlier times, none rejected, none that is part of another, no bounds
  ("at least") and no eyewitness's glimpse.
- Of several figures for one moment the one published last stands: the last revision that is known
  when the forecast is scored. Of two published together, the one of the speaker who reports this
  quantity most often.
- Between two figures at most 7 days apart the outcome lies on the straight line between them;
  beyond the last figure, or in a wider gap, a forecast is not settled and not scored.
- A running total never falls by a later figure of another source that is only older or rounder:
  of a cumulative target the highest figure so far stands.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from crossings.situation.records import Claim, Situation

F8 = npt.NDArray[np.float64]

LONGEST_GAP = dt.timedelta(days=7)
"""Two figures further apart than this say nothing about the time between them."""

_STATED = frozenset({"exact", "approx"})
_UNUSED = frozenset({"forecast", "planned", "prior", "historical", "uncertain"})


def settling(situation: Situation, target: str, place: str) -> tuple[Claim, ...]:
    """The figures that settle a target at a place, one a moment, in the order of time."""
    fitting = [c for c in situation.claims if c.target == target and _settles(c, place)]
    voices = Counter(speaker for claim in fitting for speaker in claim.sources)
    chosen: dict[dt.datetime, Claim] = {}
    for claim in sorted(fitting, key=lambda c: (c.known_at, _voice(c, voices), c.id)):
        assert claim.as_of is not None  # what has no time settles nothing
        chosen[claim.as_of] = claim
    rows = [chosen[when] for when in sorted(chosen)]
    if not target.endswith(".cumulative"):
        return tuple(rows)
    rising: list[Claim] = []
    for claim in rows:
        if not rising or (claim.value or 0.0) >= (rising[-1].value or 0.0):
            rising.append(claim)
    return tuple(rising)


def outcomes(situation: Situation, target: str, place: str, times: Sequence[dt.datetime]) -> F8:
    """What came at each of ``times``, shape (time,), people; NaN where it is not settled."""
    rows = settling(situation, target, place)
    found = np.full(len(times), np.nan)
    if not rows:
        return found
    seconds = np.array([c.as_of.timestamp() for c in rows if c.as_of is not None])
    people = np.array([c.value or 0.0 for c in rows])
    gap = LONGEST_GAP.total_seconds()
    for i, time in enumerate(times):
        at = time.timestamp()
        after = int(np.searchsorted(seconds, at))
        if after < seconds.size and seconds[after] == at:
            found[i] = people[after]
        elif 0 < after < seconds.size and seconds[after] - seconds[after - 1] <= gap:
            found[i] = np.interp(at, seconds, people)
    return found


def _settles(claim: Claim, place: str) -> bool:
    return (
        claim.place == place
        and claim.unit == "people"
        and claim.qualifier in _STATED
        and claim.status not in _UNUSED
        and claim.review == "accepted"
        and claim.basis not in ("eyewitness", "intention", "planning")
        and not claim.part_of
        and claim.as_of is not None
        and claim.value is not None
    )


def _voice(claim: Claim, voices: Counter[str]) -> int:
    return max((voices[speaker] for speaker in claim.sources), default=0)
