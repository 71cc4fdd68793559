"""Roads that nobody drew: people arrive where no route of the folder leads.

A folder may name the countries that people reach and no roads, or leave a neighbour without any. A
road from the origin to such places is assumed, so that people may be forecast to go there.
Nothing is assumed for a place in a country that drawn roads lead to already.
"""

from __future__ import annotations

from crossings.forecast.corridors import corridors
from crossings.situation.records import Place, Route, Situation

ORIGIN = "origin (assumed)"


def with_assumed_roads(situation: Situation) -> Situation:
    """The situation with a road from an origin to every country of the host side without one."""
    shape = corridors(situation)
    reached = {place for gate in shape.gates for place in gate.places}
    host = [p for p in situation.places if p.id not in shape.origin_side and p.kind != "marker"]
    countries = {p.country for p in host if p.id in reached}
    left = [p for p in host if p.id not in reached and not (reached and p.country in countries)]
    # Where roads are drawn behind the border, people come in where those begin.
    first = _ways_in(situation, {p.id for p in left})
    if not first:
        return situation
    origins = [p.id for p in situation.places if p.kind == "origin"]
    places = situation.places
    if not origins:
        origins = [ORIGIN]
        known_at = min(p.known_at for p in left)
        places = (*places, Place(id=ORIGIN, name=ORIGIN, kind="origin", known_at=known_at))
    roads = tuple(
        Route(
            id=f"{origins[0]} to {place} (assumed)",
            from_place=origins[0],
            to_place=place,
            known_at=min(p.known_at for p in left),
        )
        for place in first
    )
    return situation.model_copy(update={"places": places, "routes": (*situation.routes, *roads)})


def _ways_in(situation: Situation, places: set[str]) -> list[str]:
    """Places from which the drawn roads lead to all of ``places``."""
    onward: dict[str, set[str]] = {place: set() for place in places}
    for route in situation.routes:
        for start, end in (
            (route.from_place, route.to_place),
            *([(route.to_place, route.from_place)] if route.both_ways else []),
        ):
            if start in places and end in places:
                onward[start].add(end)
    led_to = set().union(*onward.values()) if onward else set()
    found: list[str] = []
    reached: set[str] = set()
    for place in [*sorted(places - led_to), *sorted(led_to)]:
        if place in reached:
            continue
        found.append(place)
        stack = [place]
        while stack:
            here = stack.pop()
            if here not in reached:
                reached.add(here)
                stack.extend(onward[here])
    return found
