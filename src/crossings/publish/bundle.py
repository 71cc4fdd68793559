"""Everything that the live page shows of one forecast, as plain JSON values.

The page draws; it decides nothing. What a profile withholds, what a claim did in the forecast,
which figures disagree, which routes are shut: all of it is settled here, from the same functions as
the static page, so that the two never differ.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from crossings.forecast.outlook import QUANTILE_LEVELS, Outlook
from crossings.forecast.passages import passages
from crossings.forecast.summary import Headline, day_ends, headline
from crossings.publish import words
from crossings.publish.page_forecast import TIERS
from crossings.publish.page_method import READING, RESPONSIBILITY, limits_of, method_of
from crossings.publish.told import told
from crossings.publish.view import View, is_public, view
from crossings.situation.closures import closed_routes
from crossings.situation.disagreements import disagreements
from crossings.situation.hashes import input_hashes
from crossings.situation.records import ALL, Claim, Context, Event, Situation
from crossings.verify.record import history
from crossings.verify.simple_rules import compared, simple_rules

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.99)
"""Quantiles that the page needs: the ranges, and the risks that "plan for" offers."""

FORMAT = "crossings-page/1"
"""Name and version of the form, under the key ``format``."""


def bundle(
    outlook: Outlook,
    situation: Situation,
    later: Situation | None,
    profile: str,
    sign_off: str = "",
) -> dict[str, Any]:
    """The page's content.

    Args:
        outlook: the forecast.
        situation: its situation; only what was known at the issue time is used.
        later: the situation with what came after; None shows nothing of that.
        profile: ``internal`` or ``public`` (:mod:`crossings.publish.view`).
        sign_off: who answers for publishing it, as a sentence.

    Raises:
        InputError: the profile is not known.
    """
    shown = view(outlook, situation, later, profile)
    return {
        "format": FORMAT,
        "situation": _described(shown),
        "forecast": _forecast(shown),
        "places": [_place(p.id, p) for p in shown.known.places],
        "routes": _routes(shown),
        "flows": _flows(shown),
        "claims": [_claim(shown, c, later=False) for c in shown.known.claims],
        "later": [_claim(shown, c, later=True) for c in shown.later],
        "record": _record(shown, later),
        "disagreements": [
            [claim.id for claim in group.claims]
            for group in disagreements(shown.known.claims, shown.zone)
        ],
        "events": [_event(shown, e) for e in sorted(shown.known.events, key=lambda e: e.time)],
        "context": [_context(c) for c in shown.known.context],
        "words": {
            "all_places": shown.place_name(ALL),
            "targets": {t: words.target_words(t) for t in shown.outlook.targets},
            "tier": TIERS.get(outlook.tier, outlook.tier),
            "method": told(method_of(outlook.carried_by)),
            "limits": [told(limit) for limit in limits_of(outlook.carried_by)],
            "reading": [[told(part) for part in entry] for entry in READING],
            "responsibility": told(RESPONSIBILITY),
            "sign_off": sign_off,
        },
    }


def first_part(content: dict[str, Any]) -> dict[str, Any]:
    """Of the page's content what the first view shows: the headline, its days and its places."""
    forecast = content["forecast"]
    target, last = forecast["headline"]["target"], forecast["last_figure"]
    words = ("all_places", "targets", "tier", "sign_off")
    places = [{key: place[key] for key in ("id", "name", "kind")} for place in content["places"]]
    ends = set(forecast["day_ends"])
    by_day = {
        place: [row if i in ends else None for i, row in enumerate(table)]
        for place, table in forecast["quantiles"][target].items()
    }
    return {
        "id": content["id"],
        "situation": content["situation"],
        "forecast": {k: v for k, v in forecast.items() if k not in ("inputs", "simple_rules")}
        | {"quantiles": {target: by_day}},
        "places": places,
        "claims": [c for c in content["claims"] if last and c["id"] == last["claim"]],
        "words": {key: content["words"][key] for key in words},
    }


def _described(shown: View) -> dict[str, Any]:
    known = shown.known
    return {
        "id": known.id,
        "title": known.title,
        "start": _time(known.start, shown.zone),
        "time_zone": known.time_zone,
        "tier": known.tier,
        "licence": known.licence,
        "sensitivity": known.sensitivity,
        "profile": shown.profile,
        "left_out": [told(sentence) for sentence in shown.left_out],
    }


def _forecast(shown: View) -> dict[str, Any]:
    outlook = shown.outlook
    top = headline(outlook)
    last = outlook.last_figure
    figures = top.range
    return {
        "issued_at": _time(outlook.issued_at, shown.zone),
        "times": [_time(t, shown.zone) for t in outlook.times],
        "day_ends": list(day_ends(outlook)),
        "by_place": list(shown.by_place),
        "targets": list(outlook.targets),
        "places": list(outlook.places),
        "levels": list(LEVELS),
        "quantiles": _quantiles(outlook, shown.by_place),
        "stages": [list(stage) for stage in shown.stages(top.target)],
        "headline": {
            "target": top.target,
            "place": top.place,
            "time": _time(figures.time, shown.zone),
            "median": figures.median,
            "low90": figures.low90,
            "high90": figures.high90,
            "plan_for": figures.plan_for,
        },
        "counted_as": sorted(shown.counted_as(top.target)),
        "odds": shown.odds,
        "simple_rules": _simple_rules(shown, top),
        "last_figure": None
        if last is None
        else {
            "claim": last.claim,
            "value": last.value,
            "as_of": _time(last.as_of, shown.zone),
            "age_hours": round(last.age_hours, 1),
        },
        "shares_assumed": shown.shares_assumed,
        "members": outlook.members,
        "seed": outlook.seed,
        "carried_by": outlook.carried_by,
        "versions": outlook.versions,
        "notes": [told(note) for note in outlook.notes],
        "moved": _moved(shown),
        "inputs": input_hashes(shown.known),
    }


def _moved(shown: View) -> dict[str, Any] | None:
    """What moved the forecast since a moment before, where that was asked for.

    Medians at the end without and with each bulletin or event, whose rows are named by id.
    """
    told_of = shown.moved
    if not told_of:
        return None
    fields = ("kind", "rows", "without", "median", "visible")
    return {
        "since": _time(dt.datetime.fromisoformat(told_of["since"]), shown.zone),
        "before": told_of["median_before"],
        "median": told_of["median"],
        "untried": told_of["untried"],
        "found": [{field: one[field] for field in fields} for one in told_of["found"]],
    }


def _simple_rules(shown: View, top: Headline) -> list[dict[str, Any]]:
    """By rule a table (day end; 5 %, median, 95 %) of the headline's quantity."""
    times = [shown.outlook.times[i] for i in day_ends(shown.outlook)]
    at = [QUANTILE_LEVELS.index(level) for level in (0.05, 0.5, 0.95)]
    return [
        {"name": rule.name, "values": np.rint(rule.quantiles[:, at]).astype(np.int64).tolist()}
        for rule in simple_rules(shown.outlook, shown.known, top.target, top.place, times)
    ]


def _record(shown: View, later: Situation | None) -> dict[str, Any] | None:
    """How the forecast did by now beside the simple rules; None where nothing is settled."""
    if later is None:
        return None
    top = headline(shown.outlook)
    found = compared(shown.outlook, shown.known, later, top.target, top.place)
    return None if found is None else dataclasses.asdict(found)


def record_rows(
    outlooks: Sequence[Outlook], situation: Situation, profile: str
) -> list[dict[str, Any]]:
    """Forecasts of a situation beside what came by now; of what came only what may be shown."""
    if profile != "internal":
        shown = tuple(c for c in situation.claims if is_public(c))
        situation = situation.model_copy(update={"claims": shown})
    zone = situation.zone
    return [
        {
            **dataclasses.asdict(row),
            "issued_at": _time(row.issued_at, zone),
            "time": _time(row.time, zone),
        }
        for row in history(outlooks, situation)
    ]


def _quantiles(outlook: Outlook, by_place: tuple[int, ...]) -> dict[str, dict[str, Any]]:
    """By target and place a table (time, level) of whole people; null where it is withheld."""
    open_times = set(by_place)
    found: dict[str, dict[str, Any]] = {}
    for target in outlook.targets:
        found[target] = {}
        for place in outlook.places:
            table = np.rint(outlook.quantiles(target, place, LEVELS)).astype(np.int64).tolist()
            found[target][place] = [
                row if place == "all" or i in open_times else None for i, row in enumerate(table)
            ]
    return found


def _place(place_id: str, place: Any) -> dict[str, Any]:
    keys = ("name", "kind", "country", "admin1", "pcode", "lat", "lon")
    return {"id": place_id, "names": list(place.names), **{k: getattr(place, k) for k in keys}}


def _routes(shown: View) -> list[dict[str, Any]]:
    """Every route with the event that shuts it at the issue time, if any does."""
    shut = closed_routes(shown.known, shown.outlook.issued_at)
    return [
        {
            "id": r.id,
            "from": r.from_place,
            "to": r.to_place,
            "distance_km": r.distance_km,
            "closed_by": shut[r.id].id if r.id in shut else None,
        }
        for r in shown.known.routes
    ]


def _flows(shown: View) -> list[dict[str, Any]]:
    """Median people over each route between the day ends, in the direction of travel."""
    target = next((t for t in shown.outlook.targets if t.endswith(".cumulative")), "")
    if not target:
        return []
    found = []
    start = -1
    for end in day_ends(shown.outlook):
        over = passages(shown.outlook, shown.known, target, start, end)
        people = [
            {"route": route, "to": head, "people": round(count)}
            for route, (head, count) in over.items()
        ]
        found.append({"from": start, "to": end, "people": people})
        start = end
    return found


def _attributed(record: Claim | Event | Context, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "sources": list(record.sources),
        "speakers": words.speakers(record),
        "via": record.via,
        "publisher": record.publisher,
        "url": record.url if record.url.startswith(("https://", "http://")) else "",
        "quote": record.quote,
        "known_at": _time(record.known_at, zone),
    }


def _claim(shown: View, claim: Claim, later: bool) -> dict[str, Any]:
    use = shown.uses.get(claim.id)
    return {
        "id": claim.id,
        **_attributed(claim, shown.zone),
        "measure": claim.measure,
        "counting": claim.counting,
        "unit": claim.unit,
        "place": claim.place,
        "place_name": shown.place_name(claim.place),
        "origin": shown.place_name(claim.origin),
        "low": claim.low,
        "high": claim.high,
        "qualifier": claim.qualifier,
        "basis": claim.basis,
        "precision": claim.as_of_precision,
        "document": claim.document,
        "as_of": None if claim.as_of is None else _time(claim.as_of, shown.zone),
        "as_of_words": words.stamp(claim.as_of, shown.zone, claim.as_of_precision),
        "known_words": words.stamp(claim.known_at, shown.zone),
        "known_at_assumed": claim.known_at_assumed,
        "figure": words.figure(claim),
        "quantity": words.quantity(claim),
        "ahead": words.is_ahead(claim),
        "status": claim.status,
        "review": claim.review,
        "note": claim.note,
        "later": later,
        "used": bool(use and use.used),
        "weight": 0.0 if use is None else round(use.weight, 3),
        "role": "" if use is None else use.role,
        "reason": told("" if use is None else use.reason),
    }


def _event(shown: View, event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        **_attributed(event, shown.zone),
        "time": _time(event.time, shown.zone),
        "time_words": words.stamp(event.time, shown.zone),
        "kind": event.kind,
        "place": event.place,
        "place_name": shown.place_name(event.place),
        "route": event.route,
        "wording": event.wording,
        "disputes": event.disputes,
        "note": event.note,
    }


def _context(row: Context) -> dict[str, Any]:
    return {
        "id": row.id,
        **_attributed(row, ZoneInfo("UTC")),
        "subject": row.subject,
        "relation": row.relation,
        "object": row.object,
        "what": row.what,
        "since": row.since,
        "bears_on": row.bears_on,
    }


def _time(when: dt.datetime, zone: ZoneInfo) -> str:
    return when.astimezone(zone).isoformat()
