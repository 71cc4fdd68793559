"""When things can happen in the mechanistic component: its steps, and what events say of them."""

from __future__ import annotations

import datetime as dt
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics import network
from crossings.forecast.corridors import Corridors
from crossings.forecast.observation import Evidence
from crossings.situation.closures import SHUTS, closed_routes
from crossings.situation.records import Event, Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

TRIGGERS = frozenset({"military_operation", "explosion", "flood", "evacuation"})
"""Event kinds that can set off a flight."""

KICKS = (*sorted(TRIGGERS), "ceasefire", "agreement")
KICK_HOURS = 72.0
"""How long an event moves people to leave, as the time scale of its fading."""

LEAK = 0.02
"""Share of a gate's capacity that a closed crossing still lets through (patients, exceptions)."""

PARTIAL = 0.3
"""The same for a closure whose intensity is 'partial'."""

LONGEST_HOURS = 60 * 24.0
"""The window of history that is simulated reaches back no further."""

MOST_STEPS = 420
"""Known steps; where the window has more hours than this the steps are longer."""


class Grid(NamedTuple):
    """Steps of ``hours`` from ``start``: ``known`` up to the issue time, ``steps`` in all."""

    start: dt.datetime
    hours: float
    known: int
    steps: int

    def position(self, when: dt.datetime) -> float:
        """A moment in steps from the start."""
        return (when - self.start).total_seconds() / 3600.0 / self.hours

    def codes(self, steps: int) -> I8:
        """Addresses of the first ``steps`` steps: an hour has the same address in any grid."""
        first = int(self.start.timestamp() // 3600)
        return np.asarray(first + np.arange(steps) * int(self.hours), dtype=np.int64)


def lay_out(
    situation: Situation,
    shape: Corridors,
    evidence: Evidence,
    issued_at: dt.datetime,
    horizon_hours: float,
) -> Grid:
    """Choose start and step: no earlier than 60 days before the issue, at most 420 known steps."""
    first = [o.as_of for o in evidence.observations if o.role in ("arrived", "registered")]
    start = min([situation.start, *(w - dt.timedelta(hours=12) for w in first)])
    start = min(start, issued_at - dt.timedelta(hours=situation.step_hours))
    opened = opening(situation, shape, issued_at)
    if not first or opened <= min(first):
        # Nobody can pass before: a day ahead of the opening is all that needs steps.
        start = max(start, opened - dt.timedelta(hours=24))
    start = max(start, issued_at - dt.timedelta(hours=LONGEST_HOURS))
    local = start.astimezone(situation.zone)
    step = next(
        float(s)
        for s in (1, 2, 3, 4, 6, 8, 12, 24)
        if s >= situation.step_hours
        and (s == 24 or (issued_at - start).total_seconds() / 3600 / s <= MOST_STEPS)
    )
    hour = 0 if step >= 24 else int(local.hour // step * step)
    local = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    # Differences of times in one zone would go by the wall clock, wrong across summer time.
    local = local.astimezone(dt.UTC)
    known = max(1, math.ceil((issued_at - local).total_seconds() / 3600 / step - 1e-3))
    ahead = math.ceil(horizon_hours / step - 1e-3) + 1
    return Grid(local, step, known, known + ahead)


def opening(situation: Situation, shape: Corridors, issued_at: dt.datetime) -> dt.datetime:
    """The first moment since the start at which any gate is open; the issue time if none was."""
    entries = {entry for gate in shape.gates for entry in gate.entries}
    if not entries:
        return situation.start
    moments = [situation.start]
    moments += [e.time for e in situation.events if situation.start < e.time <= issued_at]
    for when in sorted(moments):
        if not _all_shut(situation, entries, when):
            return when
    return issued_at


def shut_spells(
    situation: Situation, shape: Corridors, issued_at: dt.datetime
) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
    """The spells in which no gate was open after one had been, each with its end; all are over."""
    entries = {entry for gate in shape.gates for entry in gate.entries}
    first = opening(situation, shape, issued_at)
    moments = {e.time for e in situation.events if first < e.time <= issued_at}
    found, begun = [], None
    for when in sorted(moments) if entries else ():
        shut = _all_shut(situation, entries, when)
        if shut and begun is None:
            begun = when
        elif not shut and begun is not None:
            found.append((begun, when))
            begun = None
    return tuple(found)


def _all_shut(situation: Situation, entries: set[str], when: dt.datetime) -> bool:
    """Whether no crossing among ``entries`` is open at a moment."""
    shut = closed_routes(situation, when)
    for entry in entries:
        touching = [r.id for r in situation.routes if entry in (r.from_place, r.to_place)]
        if not touching or not all(route in shut for route in touching):
            return False
    return True


def openness(situation: Situation, shape: Corridors, grid: Grid) -> tuple[F8, F8]:
    """The share of a step that each gate is open, (T, G); the hour from which it is shut, or inf.

    What happens after the issue time is not known: a gate that is shut then is left to the members,
    who each reopen it at a time of their own.
    """
    open_ = np.ones((grid.steps, len(shape.gates)))
    closed_from = np.full(len(shape.gates), np.inf)
    for g, gate in enumerate(shape.gates):
        if not gate.entries:
            continue
        states = np.stack([entry_open(situation, entry, grid) for entry in gate.entries])
        open_[: grid.known, g] = states[:, : grid.known].mean(axis=0)
        last = states[:, grid.known - 1].mean()
        if last <= LEAK:
            closed_from[g] = grid.known * grid.hours
        elif last < 1.0:
            open_[grid.known :, g] = last
    return open_, closed_from


def entry_open(situation: Situation, entry: str, grid: Grid) -> F8:
    """How far one crossing is open in each step, by the events that name it or a route to it."""
    touching = {r.id for r in situation.routes if entry in (r.from_place, r.to_place)}
    state = np.ones(grid.steps)
    acts = [
        e
        for e in situation.events
        if (e.place == entry or (e.route and e.route in touching))
        and (e.kind in SHUTS or e.kind == "opening")
    ]
    for event in sorted(acts, key=lambda e: (e.time, e.id)):
        position = max(0.0, grid.position(event.time))
        k = int(position)
        if k >= grid.steps:
            continue
        after = 1.0
        if event.kind in SHUTS:
            after = PARTIAL if event.intensity.strip().lower() == "partial" else LEAK
        state[k] = state[k] * (position - k) + after * (1 - (position - k))
        state[k + 1 :] = after
    return state


def first_open(open_: F8, grid: Grid) -> float:
    """The first hour at which any gate is open; inf if none was before the issue time."""
    known = (open_[: grid.known] > LEAK + 1e-9).any(axis=1)
    if not known.any():
        return math.inf
    k = int(np.argmax(known))
    share = float(open_[k].max())
    return (k + (1 - share if k > 0 and share < 1 else 0.0)) * grid.hours


def trigger(situation: Situation, grid: Grid) -> tuple[float, bool]:
    """The hour of the first event that can set off a flight, and whether it was an attack."""
    early = min(grid.start, situation.start) - dt.timedelta(days=3)
    acts = [e for e in situation.events if e.kind in TRIGGERS and e.time >= early]
    attacked = any(e.kind == "military_operation" for e in acts)
    if not acts:
        return grid.position(situation.start) * grid.hours, attacked
    return grid.position(min(e.time for e in acts)) * grid.hours, attacked


def kicks(situation: Situation, grid: Grid) -> tuple[I8, F8]:
    """Kind and hour of the events within the window that move intensity and capacity.

    Several rows may tell of one event: of a kind, one counts in any twelve hours.
    """
    chosen: list[Event] = []
    for event in sorted(situation.events, key=lambda e: (e.time, e.id)):
        recent = event.time >= grid.start - dt.timedelta(hours=2 * KICK_HOURS)
        if event.kind in KICKS and recent and not event.disputes:
            near = dt.timedelta(hours=12)
            if not any(e.kind == event.kind and event.time - e.time < near for e in chosen):
                chosen.append(event)
    kinds = np.array([KICKS.index(e.kind) for e in chosen], dtype=np.int64)
    return kinds, np.array([grid.position(e.time) * grid.hours for e in chosen])


def night_share(grid: Grid, situation: Situation) -> F8:
    """The share of each step that lies between 20:00 and 07:00 local time."""
    share = np.zeros(grid.steps)
    minutes = int(grid.hours * 60)
    for k in range(grid.steps):
        begin = (grid.start + dt.timedelta(hours=k * grid.hours)).astimezone(situation.zone)
        samples = [(begin + dt.timedelta(minutes=m)).hour for m in range(15, minutes, 30)]
        share[k] = np.mean([hour >= 20 or hour < 7 for hour in samples])
    return share


def free_hours(situation: Situation, shape: Corridors) -> float:
    """Hours from the origin to the nearest gate without a queue (quickest way, mean of origins)."""
    hours = {p: 0.0 for gate in shape.gates for p in gate.entries}
    edges = network.directed_edges(situation)
    for _ in range(len(situation.places)):
        for edge in edges:
            if edge.head in hours:
                through = hours[edge.head] + edge.hours
                if through < hours.get(edge.tail, math.inf):
                    hours[edge.tail] = through
    found = [hours[p.id] for p in situation.places if p.kind == "origin" and p.id in hours]
    return float(np.mean(found)) if found else 1.0
