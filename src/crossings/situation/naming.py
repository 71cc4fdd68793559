"""Places by the names that people use: in any script, with or without accents, by their country."""

from __future__ import annotations

import re
import unicodedata

import pycountry

from crossings.errors import InputError
from crossings.situation.records import ALL, Place, Situation
from crossings.situation.tables import shown

EVERYWHERE = frozenset({"all", "total", "everywhere", "all places"})
"""Words for all destinations together."""

_DESTINATIONS = frozenset({"reception", "camp", "region", "town"})
_NOT_A_LETTER = re.compile(r"[\W_]+")
_IN_BRACKETS = re.compile(r"\([^)]*\)")


def plain(name: str) -> str:
    """A name as it is compared: letters and digits without accents, case or punctuation."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_A_LETTER.sub(" ", letters).strip()


def places_named(situation: Situation, name: str) -> tuple[str, ...]:
    """The ids of the places that ``name`` may mean; empty where it is the name of none.

    A country means all destinations together where every destination lies in it.
    """
    wanted = plain(name)
    if wanted in EVERYWHERE:
        return (ALL,)
    found = tuple(place.id for place in situation.places if wanted in _names(place))
    if found or not wanted:
        return found
    return _of_country(situation, name)


def place_named(situation: Situation, name: str) -> str:
    """The id of the one place that ``name`` means.

    Raises:
        InputError: it means none, or several, which are listed.
    """
    found = places_named(situation, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"place: found {shown(name)}, expected one of: {', '.join(found)}")
    known = ", ".join([*(place.id for place in situation.places), ALL])
    raise InputError(f"place: found {shown(name)}, expected one of: {known}")


def _names(place: Place) -> set[str]:
    names = [place.id, place.name, *place.names]
    return {plain(name) for name in names} | {plain(_IN_BRACKETS.sub("", name)) for name in names}


def _of_country(situation: Situation, name: str) -> tuple[str, ...]:
    try:
        country = pycountry.countries.lookup(name.strip()).alpha_3
    except LookupError:
        return ()
    homes = {place.country for place in situation.places if place.kind == "origin"}
    ends = [
        place
        for place in situation.places
        if place.kind in _DESTINATIONS and place.country not in homes
    ]
    if ends and all(place.country == country for place in ends):
        return (ALL,)
    return tuple(place.id for place in ends if place.country == country)
