"""Names as written to the places of a situation: every name in every script, ambiguity kept.

A name is compared in two ways, the stricter first: folded (no accents, small letters, other scripts
in Latin letters, no generic words), then by sound (Khankendi, Xankəndi and Hankendi are one). What
fits several places is left open and reported, never guessed away.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pycountry

from crossings.situation.records import ALL, Place, Situation

_HOST_KINDS = frozenset({"town", "reception", "camp", "region"})
_ARABIC = re.compile(r"[\u0600-\u06ff]")


@dataclass(frozen=True, slots=True)
class Match:
    """What a name may mean: ids of places (or ``all``), or the area that people come from."""

    places: tuple[str, ...] = ()
    origin: str = ""
    """The name of the area or country of origin, where the name means that."""
    why: str = ""

    @property
    def place(self) -> str:
        """The id, where there is exactly one."""
        return self.places[0] if len(self.places) == 1 else ""


class PlaceNames:
    """The names of a situation's places, ready to be looked up."""

    def __init__(self, situation: Situation) -> None:
        self.names = {place.id: place.name for place in situation.places}
        self.names[ALL] = "all destinations"
        self.kinds = {place.id: place.kind for place in situation.places}
        self._folded: dict[str, dict[str, None]] = {}
        self._sounds: dict[str, dict[str, None]] = {}
        for place in situation.places:
            for name in (place.name, *place.names):
                self._add(name, place.id)
        origins = [place for place in situation.places if place.kind == "origin"]
        hosts = {p.country for p in situation.places if p.kind in _HOST_KINDS and p.country}
        self._home = {p.country for p in origins if p.country}
        self._hosts = hosts - self._home
        self._areas = {folded(p.admin1): p.admin1 for p in origins if p.admin1}
        self._regions = _by_region(situation.places)

    def _add(self, name: str, place: str) -> None:
        # A name may carry another in brackets: "Hakari bridge (Lachin checkpoint)".
        for part in (name, *re.findall(r"\(([^()]+)\)", name), re.sub(r"\([^()]*\)", " ", name)):
            if folded(part):
                self._folded.setdefault(folded(part), {})[place] = None
                self._sounds.setdefault(sound(part), {})[place] = None

    def find(self, written: str) -> Match:
        """What ``written`` means here: by its whole, then by its parts between commas."""
        for part in _parts(written):
            match = self._find(part)
            if match.places or match.origin:
                return match
        return Match()

    def _find(self, name: str) -> Match:
        key = folded(name)
        if not key:
            return Match()
        if key in self._areas:
            return Match(origin=self._areas[key], why="area of origin")
        if key in self._folded:
            return Match(tuple(self._folded[key]), why="name")
        country = _country(key)
        if country:
            return self._of_country(country, name)
        if key in self._regions:
            return Match(self._regions[key], why="region")
        return Match(tuple(self._sounds.get(sound(name), ())), why="sound")

    def _of_country(self, country: str, name: str) -> Match:
        if country in self._hosts:
            # One country of refuge: the situation counts it as all destinations together.
            one = len(self._hosts) == 1
            return Match((ALL,), why="country of refuge") if one else Match(why="one of several")
        if country in self._home:
            return Match(origin=name, why="country of origin")
        return Match()

    def side(self, place: str) -> str:
        """``host``, ``gate``, ``origin`` or ``other``: what a place is to people on the move."""
        if place == ALL or self.kinds.get(place) in _HOST_KINDS:
            return "host"
        return {"crossing": "gate", "origin": "origin"}.get(self.kinds.get(place, ""), "other")


def _by_region(places: Iterable[Place]) -> dict[str, tuple[str, ...]]:
    """Provinces that are no places themselves, with the places in them."""
    found: dict[str, list[str]] = {}
    for place in places:
        if place.admin1 and place.kind != "origin":
            found.setdefault(folded(place.admin1), []).append(place.id)
    return {region: tuple(ids) for region, ids in found.items()}


def _parts(written: str) -> Iterator[str]:
    yield written
    pieces = [piece.strip() for piece in re.split(r"[,;()]", written)]
    yield from (piece for piece in pieces if piece and piece != written)
    capitals = re.findall(r"[^\W\d_a-z][\w'’-]*(?:\s+[^\W\d_a-z][\w'’-]*)*", written)
    yield from reversed(capitals)


def folded(name: str) -> str:
    """A name without accents, capitals, marks and generic words, in Latin letters."""
    letters = _tables()[0]
    plain = "".join(letters.get(c, c) for c in name.casefold())
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    words = re.findall(r"\w+", bare.replace("'", "").replace("’", ""))
    kept = [word for word in words if word not in _tables()[2]]
    return " ".join(kept or words)


def sound(name: str) -> str:
    """A name as it sounds, roughly; of names in Arabic letters the consonants only."""
    key = folded(name).replace(" ", "")
    for written, heard in _tables()[1]:
        key = key.replace(written, heard)
    key = re.sub(r"(.)\1+", r"\1", key)
    return re.sub(r"[aeiou]", "", key) if _ARABIC.search(name) else key


@cache
def _tables() -> tuple[dict[str, str], list[tuple[str, str]], frozenset[str]]:
    path = files("crossings.reports") / "transliteration.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    spellings = [tuple(entry.split("=")) for entry in table["spellings"]["order"]]
    generic = frozenset(table["generic"]["words"].split())
    return table["letters"], [(a, b) for a, b in spellings], generic


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for country in pycountry.countries:
        for field in ("name", "common_name", "official_name"):
            if getattr(country, field, ""):
                found.setdefault(folded(getattr(country, field)), country.alpha_3)
    return found


def _country(key: str) -> str:
    return _countries().get(key, "")


def country_code(name: str) -> str:
    """The ISO 3166-1 alpha-3 code of a country by its English name; empty for anything else."""
    return _country(folded(name)) if name else ""
