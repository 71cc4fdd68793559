"""Which routes are shut at a moment, and by which event."""

from __future__ import annotations

import datetime as dt

from crossings.situation.records import Event, Route, Situation

SHUTS = frozenset({"closure", "blockade"})
"""Event kinds that shut what they name until an ``opening`` of the same."""


def closed_routes(situation: Situation, when: dt.datetime) -> dict[str, Event]:
    """The routes that are shut at ``when``, each with the event that shut it.

    An event speaks of the route it names, or of every route that touches the place it names; the
    latest one that closes or opens a route decides, and of two at the same moment the later row.
    """
    closed: dict[str, Event] = {}
    acts = [e for e in situation.events if e.time <= when and e.kind in SHUTS | {"opening"}]
    for event in sorted(acts, key=lambda e: e.time):
        for route in situation.routes:
            if not _speaks_of(event, route):
                continue
            if event.kind in SHUTS:
                closed[route.id] = event
            else:
                closed.pop(route.id, None)
    return closed


def _speaks_of(event: Event, route: Route) -> bool:
    if event.route:
        return event.route == route.id
    return bool(event.place) and event.place in (route.from_place, route.to_place)
