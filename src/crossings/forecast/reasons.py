"""What moved a forecast: the forecast again without each new bulletin and event.

Since the forecast before (or a day ago) some figures and events became known. Each
bulletin and each event is left out in turn and the forecast made again with fewer members; how far
the median at the end of the horizon moves is what it did, given all the rest. Effects do not add
up: two figures that say the same leave nothing for either. One more forecast with another seed
tells how large a difference is chance. Leaving out works alike for every component.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Iterable

import numpy as np

from crossings.forecast.outlook import Outlook
from crossings.forecast.timeline import KICKS
from crossings.situation.closures import SHUTS
from crossings.situation.records import ALL, Claim, Event, Situation

MOVING = frozenset({*KICKS, *SHUTS, "opening"})
"""Kinds of events that a forecast takes account of."""

MOST = 6
"""Bulletins and events that are left out in turn: the weightiest and newest."""

MOST_EVENTS = 2
"""Of these at most so many events, the newest."""

ONE_EVENT = dt.timedelta(days=1)
"""Rows of one kind and place no further apart than this tell of one event."""

MEMBERS = 300
"""Of each forecast that is made again."""

Run = Callable[[Situation, dt.datetime, int, int], Outlook]
"""Makes a forecast of a situation: issue time, members, seed."""


@dataclasses.dataclass(frozen=True)
class Reason:
    """What one bulletin or event did: the median without it, and with it, in people.

    ``kind`` is ``claims`` or ``event``, ``rows`` the ids; ``visible`` says that the difference is
    larger than that between two seeds.
    """

    kind: str
    rows: tuple[str, ...]
    without: float
    median: float
    visible: bool
    sentence: str


@dataclasses.dataclass(frozen=True)
class Reasons:
    """What moved a forecast since ``since``; ``before`` is the median of then for the same time."""

    since: dt.datetime
    before: float | None
    median: float
    chance: float
    found: tuple[Reason, ...]
    untried: int

    def sentences(self) -> tuple[str, ...]:
        """One plain sentence each, the largest effect first."""
        said = []
        since = f"{self.since.day} {self.since:%B %Y, %H:%M}"
        if self.before is not None:
            more = self.median - self.before
            change = (
                f"{_people(abs(more))} {'more' if more > 0 else 'fewer'}" if more else "as many"
            )
            said.append(
                f"From what was known on {since} the median for the same time was "
                f"{_people(self.before)} people; now it is {_people(self.median)}, {change}."
            )
        said += [reason.sentence for reason in self.found]
        if not self.found:
            said.append(f"No figure or event that enters became known after {since}.")
        if self.untried:
            told = "bulletin or event was" if self.untried == 1 else "bulletins and events were"
            said.append(f"{self.untried} more new {told} not tried.")
        return tuple(said)

    def as_dict(self) -> dict[str, object]:
        """Plain values for a file."""
        return {
            "since": self.since.isoformat(),
            "median_before": None if self.before is None else round(self.before),
            "median": round(self.median),
            "between_seeds": round(self.chance, 3),
            "found": [
                {**dataclasses.asdict(r), "without": round(r.without), "median": round(r.median)}
                for r in self.found
            ],
            "untried": self.untried,
            "sentences": list(self.sentences()),
        }


def reasons(situation: Situation, outlook: Outlook, since: dt.datetime, run: Run) -> Reasons:
    """Leave out each bulletin and event that became known after ``since``, one at a time.

    Args:
        situation: as of the issue time.
        outlook: the forecast that is to be explained.
        since: when the forecast before was issued; told in the situation's zone.
        run: makes a forecast up to the end of the same horizon.
    """
    issued_at, members = outlook.issued_at, min(MEMBERS, outlook.members)

    def median(known: Situation, when: dt.datetime = issued_at, seed: int = outlook.seed) -> float:
        made = run(known, when, members, seed)
        target = outlook.targets[0]
        return float(np.median(made.samples(target, ALL)[:, -1]))

    as_it_is = median(situation)
    other_seed = median(situation, seed=outlook.seed ^ 1)
    chance = abs(_log_ratio(other_seed, as_it_is))
    tried, rest = _new(situation, outlook, since)
    found = []
    for kind, rows in tried:
        fewer = _without(situation, kind, {row.id for row in rows})
        if not fewer.claims and not fewer.events:
            continue
        other = median(fewer)
        effect = _log_ratio(as_it_is, other)
        visible = abs(effect) > max(0.02, 2.0 * chance)
        sentence = _sentence(situation, rows, other, as_it_is, visible)
        ids = tuple(row.id for row in rows)
        found.append((abs(effect), Reason(kind, ids, other, as_it_is, visible, sentence)))
    found.sort(key=lambda one: (-one[0], one[1].rows))
    known = situation.as_of(since)
    early = since >= situation.start and bool(known.claims or known.events)
    before = median(known, since) if early else None
    since = since.astimezone(situation.zone)
    return Reasons(since, before, as_it_is, chance, tuple(r for _, r in found), rest)


def _log_ratio(one: float, other: float) -> float:
    """The log of the ratio of two numbers of people, a hundred added to both."""
    return math.log((one + 100.0) / (other + 100.0))


def _new(
    situation: Situation, outlook: Outlook, since: dt.datetime
) -> tuple[list[tuple[str, list[Claim | Event]]], int]:
    """New bulletins whose claims enter and new events, and how many more there are."""
    weights = {use.claim: use.weight for use in outlook.claims if use.used}
    bulletins: dict[str, list[Claim | Event]] = {}
    weight: dict[str, tuple[float, dt.datetime]] = {}
    for claim in situation.claims:
        if claim.known_at <= since or claim.id not in weights:
            continue
        name = claim.bulletin or claim.id
        bulletins.setdefault(name, []).append(claim)
        most = max(weights[claim.id], weight.get(name, (0.0, since))[0])
        weight[name] = (most, claim.as_of or claim.known_at)
    moving = [e for e in situation.events if e.kind in MOVING]
    events = [e for e in moving if e.known_at > since and not _told_before(e, moving, since)]
    newest = sorted(_together(events), key=lambda rows: (rows[0].time, rows[0].id), reverse=True)
    ordered = sorted(bulletins, key=lambda name: (weight[name], name), reverse=True)
    groups: list[tuple[str, list[Claim | Event]]] = []
    groups += [("event", [*rows]) for rows in newest[:MOST_EVENTS]]
    groups += [("claims", bulletins[name]) for name in ordered]
    groups += [("event", [*rows]) for rows in newest[MOST_EVENTS:]]
    return groups[:MOST], max(0, len(groups) - MOST)


def _told_before(event: Event, events: Iterable[Event], since: dt.datetime) -> bool:
    """Whether another row told of the same event before: a new row of it moves nothing."""
    return any(_same(event, other) and other.known_at <= since for other in events)


def _same(one: Event, other: Event) -> bool:
    return (
        one.kind == other.kind
        and (not one.place or not other.place or one.place == other.place)
        and abs(one.time - other.time) <= ONE_EVENT
    )


def _together(events: Iterable[Event]) -> list[list[Event]]:
    """Rows that tell of one event."""
    found: list[list[Event]] = []
    for event in events:
        mine = next((rows for rows in found if _same(event, rows[0])), None)
        if mine is None:
            found.append([event])
        else:
            mine.append(event)
    return found


def _without(situation: Situation, kind: str, ids: set[str]) -> Situation:
    if kind == "event":
        left = tuple(e for e in situation.events if e.id not in ids)
        return situation.model_copy(update={"events": left})
    # Its copies would say the same in its place.
    claims = tuple(
        c for c in situation.claims if c.id not in ids and not ids & {c.same_group_as, c.part_of}
    )
    return situation.model_copy(update={"claims": claims})


def _sentence(
    situation: Situation,
    rows: Iterable[Claim | Event],
    without: float,
    median: float,
    visible: bool,
) -> str:
    """What the rows are, and what the median would be without them."""
    names = {p.id: p.name for p in situation.places}
    said = []
    for row in rows:
        where = names.get(row.place, "")
        if isinstance(row, Event):
            when = row.time.astimezone(situation.zone)
            place = f" at {where}" if where else ""
            said.append(f"{row.kind.replace('_', ' ')}{place} on {_moment(when)}")
            continue
        told = (row.as_of or row.known_at).astimezone(situation.zone)
        source = ", ".join(row.sources) or row.publisher or "unnamed"
        place = f" at {where}" if where else ""
        said.append(
            f"{_people(row.value or 0.0)} {row.unit} {row.measure}{place}, as of "
            f"{_moment(told)} ({source})"
        )
    what = "; ".join(said[:3]) + (f" and {len(said) - 3} more" if len(said) > 3 else "")
    change = "raises" if median > without else "lowers"
    if not visible:
        return (
            f"{what}: no visible difference ({_people(without)} without, {_people(median)} with)."
        )
    return (
        f"{what}: {change} the median by {_people(abs(median - without))} people, from "
        f"{_people(without)} to {_people(median)}."
    )


def _moment(when: dt.datetime) -> str:
    return f"{when.day} {when:%B, %H:%M}"


def _people(value: float) -> str:
    return f"{value:,.0f}"
