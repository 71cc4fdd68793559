"""Whether a flow starts at all: before anybody has come, a stated base rate moved by events.

Each event that can set off a flight, and the fear itself (the situation's start), may start a flow
with a probability P, after a lognormal delay with distribution function F. While nobody is reported
to have come, the chance that a flow starts within d days is

    1 - product over events of (1 - P F(t + d)) / (1 - P F(t))

t being the days since the event, less the half day that a first report takes. A ceasefire or
agreement after an event lowers its P. Where every way is shut, only what leaks, and what comes
after the ways open again, can start it. The numbers (:data:`CAUSES`) are judgement with the reasons
written beside them: no list of feared flights that did not come is known to us, and three known
onsets are no base rate. ``docs/model.md`` shows the table; ``python -m benchmarks.start_of_flow``
scores it on the cases we have.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from crossings.forecast.sentences import sentence
from crossings.situation.records import Event, Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

WITHIN = (1, 3, 7, 14)
"""Days."""

SOME_PEOPLE = 100
"""Arrivals from which one says that people come, where nobody has reported any yet."""


class Cause(NamedTuple):
    """What may start a flow: with which probability, after how many days (median, log-sd)."""

    probability: float
    days: float
    spread: float
    reason: str


CAUSES: dict[str, Cause] = {
    "fear": Cause(
        0.25,
        7.0,
        1.2,
        "most feared flights do not come: of four that agencies planned for (Kosovo 1999, "
        "Afghanistan 2001 and 2021, Iraq 2003) one came as feared, far fewer came in the others",
    ),
    "military_operation": Cause(
        0.5,
        3.0,
        1.0,
        "most attacks move people within their country first; where they reach a border, the "
        "first come within a week (2, 3 and 5 days in the three bundled onsets, which were chosen "
        "because people came)",
    ),
    "explosion": Cause(0.1, 3.0, 1.0, "moves few people far by itself"),
    "flood": Cause(0.15, 3.0, 1.0, "people move to the next dry ground, seldom abroad"),
    "evacuation": Cause(0.5, 2.0, 1.0, "is carried out or called off within days"),
    "opening": Cause(
        0.35,
        1.0,
        1.2,
        "after a closure, an opening lets those go who would have gone, mostly at once",
    ),
}
"""By kind of event; ``fear`` stands for the situation itself, from its start."""

CALMER = {"ceasefire": 0.8, "agreement": 0.7}
"""What is left of the probability of earlier causes: people fled after ceasefires too (2023)."""

LEAK = 0.15
"""While every way is shut: the part of the chance of a start that is left (patients, back ways)."""

REOPENING = (5.0, 1.3)
"""Days until a shut way opens again: median and log-sd, as ``reopening_hours``."""

ONE_EVENT = dt.timedelta(days=2)
"""Rows of one kind no further apart than this tell of one event."""

UNREPORTED = 0.5
"""Days that a first report takes."""


class Start(NamedTuple):
    """The probability that a flow starts within so many days, and what it rests on."""

    within: dict[int, float]
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain values for a file."""
        return {
            "at_least": SOME_PEOPLE,
            "within": {f"{days}d": round(p, 3) for days, p in self.within.items()},
            "reasons": list(self.reasons),
        }


def start_of_flow(situation: Situation, issued_at: dt.datetime, shut: bool) -> Start:
    """How likely a flow starts, where nobody is reported to have come by ``issued_at``.

    ``shut`` says that no way out is open then; rows known later must not be in ``situation``.
    """
    causes = _causes(situation, issued_at)
    chances = {days: _chance(causes, float(days), shut) for days in WITHIN}
    said = [_said(kind, age) for kind, age, _ in causes]
    reasons = [sentence("note.start", causes=", ".join(said))]
    calmed = any(factor < 1 for _, _, factor in causes)
    if calmed:
        reasons.append(sentence("note.calmed"))
    if shut:
        reasons.append(sentence("note.shut"))
    reasons.append(sentence("note.base_rates"))
    return Start(chances, tuple(reasons))


def _said(kind: str, age: float) -> str:
    """What may start a flow, and how many days ago it was."""
    days = f"{age:.0f}"
    lately = ".lately" if days in ("0", "1") and kind != "fear" else ""
    return sentence(f"cause.{kind}{lately}", days=days)


def chances(situation: Situation, issued_at: dt.datetime, days: F8, shut: bool) -> F8:
    """The probability that a flow starts within each of some numbers of days, shape (time,)."""
    causes = _causes(situation, issued_at)
    return np.array([_chance(causes, float(d), shut) for d in days])


def _causes(situation: Situation, issued_at: dt.datetime) -> list[tuple[str, float, float]]:
    """Kind, age in days and calming factor of what may start a flow."""
    events = sorted((e for e in situation.events if not e.disputes), key=lambda e: (e.time, e.id))
    events = [e for e in events if e.time <= issued_at]
    found = [("fear", _days(issued_at - situation.start), 1.0)]
    kept: list[Event] = []
    for event in events:
        if event.kind not in CAUSES or event.time < situation.start - dt.timedelta(days=3):
            continue
        if event.kind == "opening" and not _after_a_closure(event, events):
            continue
        if any(e.kind == event.kind and event.time - e.time < ONE_EVENT for e in kept):
            continue
        kept.append(event)
        calm = math.prod(
            CALMER[kind]
            for kind in CALMER
            if any(e.kind == kind and e.time >= event.time for e in events)
        )
        found.append((event.kind, _days(issued_at - event.time), calm))
    return found


def _after_a_closure(opening: Event, events: list[Event]) -> bool:
    return any(e.kind in ("closure", "blockade") and e.time < opening.time for e in events)


def _chance(causes: list[tuple[str, float, float]], days: float, shut: bool) -> float:
    """The probability of a start within ``days``."""
    free = _free(causes, 0.0, days)
    if not shut:
        return free
    # The ways open again at a time with a density: what is left of the days then counts in full.
    grid = np.linspace(0.0, days, 29)
    opens = np.diff(ndtr(np.log(np.maximum(grid, 1e-9) / REOPENING[0]) / REOPENING[1]))
    after = [_free(causes, float(t), days) for t in 0.5 * (grid[1:] + grid[:-1])]
    return LEAK * free + (1.0 - LEAK) * float(np.sum(opens * np.array(after)))


def _free(causes: list[tuple[str, float, float]], after: float, days: float) -> float:
    """The probability of a start between ``after`` and ``days`` from now with the ways open."""
    none = 1.0
    for kind, age, calm in causes:
        cause = CAUSES[kind]
        p = cause.probability * calm
        since = age - UNREPORTED

        def before(when: float, cause: Cause = cause) -> float:
            if when <= 0:
                return 0.0
            return float(ndtr(math.log(when / cause.days) / cause.spread))

        quiet = 1.0 - p * before(since)
        started = p * (before(since + days) - before(since + after))
        none *= 1.0 - started / quiet
    return 1.0 - none


def _days(span: dt.timedelta) -> float:
    return span.total_seconds() / 86400.0


def drawn_so(arrived: I8, ends: F8, chances: Start, seed: float) -> I8:
    """Members chosen so that flows start in as many of them as the base rate says, (M,).

    Args:
        arrived: the arrivals of each member at the forecast times, (M, T).
        ends: days from the issue time to each forecast time, (T,).
        chances: the probabilities that a flow starts.
        seed: a uniform number, for systematic resampling.
    """
    members = arrived.shape[0]
    started = arrived >= SOME_PEOPLE
    first = np.where(started.any(axis=1), ends[np.argmax(started, axis=1)], np.inf)
    cuts = [0.0, *(float(d) for d in chances.within if d <= ends[-1] + 0.05), np.inf]
    edges = np.array(cuts)
    kind = np.searchsorted(edges[1:-1] + 0.05, first)
    known = [0.0, *(p for d, p in chances.within.items() if d <= ends[-1] + 0.05), 1.0]
    target = np.diff(known)
    weight = np.zeros(members)
    for k, share in enumerate(target):
        mine = kind == k
        if mine.any():
            weight[mine] = share / mine.sum()
    if weight.sum() <= 0:
        return np.arange(members)
    # Those of one kind stand together, so that each kind has its share to within one member.
    order = np.argsort(kind, kind="stable")
    level = np.cumsum(weight[order] / weight.sum())
    chosen = np.searchsorted(level, (np.arange(members) + seed) / members)
    return np.asarray(order[chosen.clip(0, members - 1)], dtype=np.int64)
