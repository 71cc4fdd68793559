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
    led_to = {
        end
        for route in situation.routes
        for end in (route.to_place, *((route.from_place,) if route.both_ways else ()))
    }
    # Where roads are drawn behind the border, people come in where none leads to.
    first = [p for p in left if p.id not in led_to] or left
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
            id=f"{origins[0]} to {place.id} (assumed)",
            from_place=origins[0],
            to_place=place.id,
            known_at=place.known_at,
        )
        for place in first
    )
    return situation.model_copy(update={"places": places, "routes": (*situation.routes, *roads)})
