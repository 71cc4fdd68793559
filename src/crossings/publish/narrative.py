"""A forecast and what is known in plain sentences, each figure with its source in brackets.

Written from the claims by fixed rules, nothing else: a sentence stands only where there is a figure
for it, and where sources disagree the sentence says so and puts nobody right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from crossings.forecast.summary import day_ends, headline, ranges
from crossings.publish import words
from crossings.publish.view import View
from crossings.situation.records import ALL, Claim, Event

HARM = ("killed", "injured")
MOST_VOICES = 3
MOST_PLACES = 3


def narrative(view: View) -> tuple[str, ...]:
    """Up to ten sentences or pairs of sentences, the forecast first."""
    claims = [c for c in view.known.claims if c.review == "accepted" and c.value is not None]
    said = (
        f"{_forecast(view)} {_planning(view)}",
        _next_day(view),
        *(_latest(view, claims, target) for target in _counted(view)),
        _eyewitness(view, claims),
        _population(view, claims),
        *(_harm(view, claims, measure) for measure in HARM),
        _events(view),
        _plans(view, claims),
        _unknown(view),
    )
    return tuple(sentence[0].upper() + sentence[1:] for sentence in said if sentence)[:10]


def _source(record: Claim | Event) -> str:
    return f"({words.speakers_via(record)})"


def _forecast(view: View) -> str:
    when, median, interval, _ = words.headline_parts(headline(view.outlook), view.zone)
    counted = words.target_words(headline(view.outlook).target)
    issued = words.moment(view.issued_at, year=True)
    return (
        f"{when}, the middle of the forecast is {median} {counted}; 9 in 10 cases lie between "
        f"{interval} (crossings, issued {issued} from what was public by then)."
    )


def _planning(view: View) -> str:
    _, _, _, plan = words.headline_parts(headline(view.outlook), view.zone)
    return f"To be covered in 9 of 10 cases, plan for {plan} (crossings)."


def _next_day(view: View) -> str:
    """The end of the first day, and where most people are expected by then."""
    top = headline(view.outlook)
    i = day_ends(view.outlook)[0]
    total = ranges(view.outlook, top.target, top.place)[i]
    if total.time == top.range.time:
        return ""
    step = words.step_of(total)
    sentence = (
        f"{words.by_then(view.times[i])}: {words.rounded(total.median, step)} "
        f"({words.between(total.low90, total.high90, step)})"
    )
    kinds = {place.id: place.kind for place in view.known.places}
    rows = []
    for stage in view.stages(top.target):
        row = ranges(view.outlook, top.target, stage[0])[i]
        passing = all(kinds.get(place) == "crossing" for place in stage)
        if not passing and 1 <= row.median < 0.98 * total.median:
            rows.append((row, view.stage_name(stage)))
    rows.sort(key=lambda entry: -entry[0].median)
    there = "; ".join(
        f"{name} {words.rounded(row.median, words.step_of(row))} "
        f"({words.between(row.low90, row.high90, words.step_of(row))})"
        for row, name in rows[:MOST_PLACES]
    )
    return f"{sentence}{', most of them counted at ' + there if there else ''} (crossings)."


def _counted(view: View) -> tuple[str, ...]:
    """The targets whose newest figure is told: what is forecast and what is taken for it."""
    top = headline(view.outlook).target
    own = [top, *sorted(view.counted_as(top) - {top})]
    return tuple(dict.fromkeys([*own, "registered.cumulative"]))


def _latest(view: View, claims: Sequence[Claim], target: str) -> str:
    """The newest figure of all places, and the one about a day before."""
    series = sorted(
        (
            c
            for c in claims
            if c.target == target and c.place in (ALL, "")
            and c.unit == "people" and c.status == "reported" and c.as_of is not None
            and c.qualifier in ("exact", "approx")
        ),
        key=lambda c: c.as_of.timestamp() if c.as_of else 0.0,
    )  # fmt: skip
    if not series:
        return ""
    newest = series[-1]
    assert newest.as_of is not None  # only those with a time are kept
    now = words.moment(newest.as_of.astimezone(view.zone))
    sentence = f"{words.figure(newest)} {words.quantity(newest)} as of {now} {_source(newest)}"
    before = [
        c for c in series[:-1] if c.as_of and (newest.as_of - c.as_of).total_seconds() >= 64_800
    ]
    if before:
        earlier = before[-1]
        assert earlier.as_of is not None
        then = words.moment(earlier.as_of.astimezone(view.zone))
        sentence += f"; {words.figure(earlier)} as of {then} {_source(earlier)}"
    return f"{sentence}."


def _eyewitness(view: View, claims: Sequence[Claim]) -> str:
    seen = [c for c in claims if c.basis == "eyewitness" and c.measure in ("arrived", "crossed")]
    if not seen:
        return ""
    newest = max(seen, key=lambda c: c.as_of.timestamp() if c.as_of else 0.0)
    when = words.stamp(newest.as_of, view.zone, newest.as_of_precision)
    what = f"{words.figure(newest)} {words.quantity(newest)}"
    return f"Eyewitnesses: {what} as of {when} {_source(newest)}, a lower bound."


def _population(view: View, claims: Sequence[Claim]) -> str:
    """How many are at risk, by those who say so, the smallest and the largest figure."""
    stated = sorted(
        (c for c in claims if c.measure == "population" and c.place in (ALL, "")),
        key=lambda c: c.value or 0.0,
    )
    if not stated:
        return ""
    low, high = stated[0], stated[-1]
    if low.value == high.value:
        return f"People at risk: {words.figure(low)} {_source(low)}."
    return (
        f"How many people are at risk is disputed: from {words.figure(low)} {_source(low)} to "
        f"{words.figure(high)} {_source(high)}."
    )


def _harm(view: View, claims: Sequence[Claim], measure: str) -> str:
    """The newest tolls by different figures: they may be of different events."""
    tolls = sorted(
        (
            c for c in claims
            if c.measure == measure and not c.part_of and c.unit == "people"
            and c.status == "reported" and c.as_of is not None
        ),
        key=lambda c: (c.as_of.timestamp() if c.as_of else 0.0, c.known_at),
        reverse=True,
    )  # fmt: skip
    if not tolls:
        return ""
    told: dict[float | None, Claim] = {}
    for claim in tolls:
        told.setdefault(claim.value, claim)
    shown = list(told.values())[:MOST_VOICES]
    parts = [
        f"{words.figure(c)} as of {words.stamp(c.as_of, view.zone, c.as_of_precision)} {_source(c)}"
        for c in shown
    ]
    more = ", which may count different events" if len(parts) > 1 else ""
    return f"People {measure}{more}: {'; '.join(parts)}."


def _events(view: View) -> str:
    """The newest event that somebody disputes, in the words of both; else the newest event."""
    events = sorted(view.known.events, key=lambda e: (e.time, e.id))
    by_id = {e.id: e for e in events}
    rivals = [e for e in events if e.disputes in by_id]
    if rivals:
        rival = rivals[-1]
        first = by_id[rival.disputes]
        return (
            f"What happened on {_on(view, first)} is worded differently: "
            f"{_worded(first)}, {_worded(rival)}."
        )
    if not events:
        return ""
    newest = events[-1]
    what = newest.kind.replace("_", " ")
    if newest.kind == "other":
        what = words.short(newest.note or newest.wording or newest.quote or what, 160)
    return f"The newest event, on {_on(view, newest)}: {what.rstrip('.')} {_source(newest)}."


def _on(view: View, event: Event) -> str:
    """When an event was; the beginning of a day stands for a day without an hour."""
    local = event.time.astimezone(view.zone)
    return words.stamp(event.time, view.zone, "day" if local.time() == dt.time(0) else "")


def _worded(event: Event) -> str:
    own = event.wording or event.quote or event.kind.replace("_", " ")
    return f"“{words.short(own, 160)}” {_source(event)}"


def _plans(view: View, claims: Sequence[Claim]) -> str:
    plans = [c for c in claims if words.is_ahead(c) and c.unit == "people"]
    if not plans:
        return ""
    voices: dict[str, Claim] = {}
    for claim in sorted(plans, key=lambda c: c.known_at):
        voices[words.speakers(claim)] = claim
    rows = list(voices.values())[-MOST_VOICES:]
    said = "; ".join(f"{words.figure(c)} {words.ahead(c)} {_source(c)}" for c in rows)
    return f"Plans and announcements, which are no counts: {said}."


def _unknown(view: View) -> str:
    if view.shares_assumed:
        return (
            "No figure says yet where people go after the border: how the forecast divides them "
            "between places is assumed (crossings)."
        )
    return ""
