"""How many people live at the origins, from what is claimed of it.

A simulation needs one number an origin: at the start. Of the claims that speak of a time up to then
the newest counts, where there is none the first after it: of each origin for its share, of all
origins together for the total. (A forecast weighs the claims instead; see its room.)
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from crossings.errors import InputError
from crossings.situation.records import ALL, Claim, Situation


class Residents(NamedTuple):
    """People by origin id, and the claims that say so in one line each."""

    people: dict[str, float]
    told: tuple[str, ...]


def residents(situation: Situation) -> Residents:
    """People at each origin of a situation, in the order of its places.

    Origins share a stated total as their own figures stand to each other; an origin without one
    gets an even part of what the others leave (or, where nothing is left, as many as they on
    average). Without a total the origins' own figures stand alone.

    Raises:
        InputError: the situation has no origin, or nobody states a population.
    """
    origins = [p.id for p in situation.places if p.kind == "origin"]
    if not origins:
        raise InputError("places.csv: found no place of kind 'origin', expected at least one")
    newest = _newest(situation)
    own = {o: _value(newest[o]) for o in origins if o in newest}
    total = newest.get(ALL)
    if not own and total is None:
        raise InputError(
            "claims.csv: measure: found no accepted claim of 'population' (people) at an origin or "
            f"at {ALL!r}, expected at least one"
        )
    used = [newest[o] for o in origins if o in newest]
    if total is None:
        return Residents({o: own.get(o, 0.0) for o in origins}, tuple(map(_told, used)))
    unstated = [o for o in origins if o not in own]
    rest = _value(total) - sum(own.values())
    if unstated and rest > 0:
        share = rest / len(unstated)
    else:
        share = sum(own.values()) / len(own) if own else 1.0
    parts = {o: own.get(o, share) for o in origins}
    whole = sum(parts.values())
    if whole <= 0:
        parts, whole = dict.fromkeys(origins, 1.0), float(len(origins))
    people = {o: _value(total) * part / whole for o, part in parts.items()}
    return Residents(people, (_told(total), *map(_told, used)))


def _newest(situation: Situation) -> dict[str, Claim]:
    """By place, the usable claim of a population that speaks of the time nearest to the start."""
    usable = [
        c
        for c in situation.claims
        if c.target == "population.stock"
        and c.unit == "people"
        and c.review == "accepted"
        and c.value is not None
    ]

    def speaks_of(claim: Claim) -> dt.datetime:
        return claim.as_of or claim.known_at

    usable.sort(key=lambda c: (speaks_of(c), c.known_at, c.id))
    after = [c for c in usable if speaks_of(c) > situation.start]
    before = [c for c in usable if speaks_of(c) <= situation.start]
    return {c.place or ALL: c for c in (*reversed(after), *before)}


def _value(claim: Claim) -> float:
    return claim.value or 0.0


def _told(claim: Claim) -> str:
    """One line: the figure, where, as of when, who says so."""
    who = "; ".join(claim.sources) or claim.publisher or "no source named"
    when = (claim.as_of or claim.known_at).date().isoformat()
    return f"{_value(claim):,.0f} people at {claim.place or ALL}, as of {when} ({who}) [{claim.id}]"
