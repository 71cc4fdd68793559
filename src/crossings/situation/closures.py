"""Which routes are shut at a moment, and by which event."""

from __future__ import annotations

import datetime as dt

from crossings.situation.records import Event, Route, Situation

SHUTS = frozenset({"closure", "blockade"})
"""Event kinds that shut what they name until an ``opening`` of the same."""


def closed_routes(situation: Situation, when: dt.datetime) -> dict[str, Event]:
    """The routes that are shut at ``when``, each with the event that shut it.

    An event speaks of the route it names, or of every route that touches the place it names, or,
    where it names only two countries, of every route between them, either way. The latest one that
    closes or opens a route decides, and of two at the same moment the later row.
    """
    closed: dict[str, Event] = {}
    countries = {place.id: place.country for place in situation.places}
    acts = [e for e in situation.events if e.time <= when and e.kind in SHUTS | {"opening"}]
    for event in sorted(acts, key=lambda e: e.time):
        for route in situation.routes:
            if not _speaks_of(event, route, countries):
                continue
            if event.kind in SHUTS:
                closed[route.id] = event
            else:
                closed.pop(route.id, None)
    return closed


def _speaks_of(event: Event, route: Route, countries: dict[str, str]) -> bool:
    ends = route.from_place, route.to_place
    if event.route:
        return event.route == route.id
    if event.place:
        return event.place in ends
    border = {event.from_country, event.to_country}
    return "" not in border and {countries.get(end, "") for end in ends} == border
