"""Names as written to the places of a situation: every name in every script, ambiguity kept.

A name is compared in three ways, the strictest first: folded (no accents, small letters, other
scripts in Latin letters), without generic words ("the town of"), then by sound (Khankendi, Xankəndi
and Hankendi are one). What fits several places is left open and reported, never guessed away.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pycountry

from crossings.reports.lexicon_files import load_lexicon
from crossings.situation.naming import plain
from crossings.situation.records import ALL, Place, Situation

_HOST_KINDS = frozenset({"town", "reception", "camp", "region"})
MOVED = frozenset({"arrived", "crossed", "fled", "hosted", "refugees_hosted", "registered"})
"""Measures of people who went from one place to another."""

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
        self._indexes: list[tuple[str, Callable[[str], str], dict[str, dict[str, None]]]] = [
            ("name", folded, {}),
            ("name without generic words", bare, {}),
            ("sound", sound, {}),
        ]
        for place in situation.places:
            for name in (place.name, *place.names):
                self._add(name, place.id)
        origins = [place for place in situation.places if place.kind == "origin"]
        hosts = {p.country for p in situation.places if p.kind in _HOST_KINDS and p.country}
        self._home = {p.country for p in origins if p.country}
        self._hosts = hosts - self._home
        self._areas = {bare(p.admin1): p.admin1 for p in origins if p.admin1}
        # What those who count call the area: "Kosovo", "Rakhine State".
        for claim in situation.claims:
            if claim.measure in MOVED and claim.origin and claim.origin not in self.names:
                self._areas.setdefault(bare(claim.origin), claim.origin)
        self._regions = _by_region(situation.places)

    def _add(self, name: str, place: str) -> None:
        # A name may carry others: "Hakari bridge (Lachin checkpoint)", "Pec / Peja".
        outside = re.sub(r"\([^()]*\)", " ", name)
        for part in (name, *re.findall(r"\(([^()]+)\)", name), *outside.split(" / ")):
            for _, key, index in self._indexes:
                if key(part):
                    index.setdefault(key(part), {})[place] = None

    def find(self, written: str) -> Match:
        """What ``written`` means here: by its whole, then by its parts between commas."""
        for part in _parts(written):
            match = self._find(part)
            if match.places or match.origin:
                return match
        return Match()

    def _find(self, name: str) -> Match:
        if not folded(name):
            return Match()
        for why, key, index in self._indexes:
            if key(name) in index:
                return Match(tuple(index[key(name)]), why=why)
            if key is bare:  # areas and countries come before what only sounds alike
                match = self._of_area(name)
                if match.places or match.origin or match.why:
                    return match
        return Match()

    def _of_area(self, name: str) -> Match:
        within = [
            area for key, area in self._areas.items() if set(bare(name).split()) <= set(key.split())
        ]
        if bare(name) in self._areas or len(within) == 1:  # Karabakh is Nagorno-Karabakh
            return Match(origin=self._areas.get(bare(name), within[0]), why="area of origin")
        country = country_code(name)
        if country:
            return self._of_country(country, name)
        if bare(name) in self._regions:
            return Match(self._regions[bare(name)], why="region")
        return Match()

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
            found.setdefault(bare(place.admin1), []).append(place.id)
    return {region: tuple(ids) for region, ids in found.items()}


def _parts(written: str) -> Iterator[str]:
    yield written
    pieces = [piece.strip() for piece in re.split(r"[,;()]", written)]
    yield from (piece for piece in pieces if piece and piece != written)
    capitals = re.findall(r"[^\W\d_a-z][\w'’-]*(?:\s+[^\W\d_a-z][\w'’-]*)*", written)
    yield from reversed(capitals)


def folded(name: str) -> str:
    """A name without accents, capitals and marks, in Latin letters."""
    letters = _tables()[0]
    # Compatibility letters first: a mathematical A is an A.
    latin = "".join(letters.get(c, c) for c in unicodedata.normalize("NFKC", name).casefold())
    return plain(latin.replace("'", "").replace("’", ""))


def bare(name: str) -> str:
    """A folded name without generic words; all of it where it has no others."""
    words = folded(name).split()
    return " ".join([word for word in words if word not in _tables()[2]] or words)


def sound(name: str) -> str:
    """A name as it sounds, roughly; of names in Arabic letters the consonants only."""
    key = bare(name).replace(" ", "")
    for written, heard in _tables()[1]:
        key = key.replace(written, heard)
    key = re.sub(r"(.)\1+", r"\1", key)
    return re.sub(r"[aeiou]", "", key) if _ARABIC.search(name) else key


@cache
def _tables() -> tuple[dict[str, str], list[tuple[str, str]], frozenset[str], dict[str, str]]:
    path = files("crossings.reports") / "transliteration.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    spellings = [tuple(entry.split("=")) for entry in table["spellings"]["order"]]
    generic = frozenset(table["generic"]["words"].split())
    return table["letters"], [(a, b) for a, b in spellings], generic, table["countries"]


@cache
def _countries() -> dict[str, str]:
    found = dict(_tables()[3])
    for country in pycountry.countries:
        for field in ("name", "common_name", "official_name"):
            if getattr(country, field, ""):
                found.setdefault(folded(getattr(country, field)), country.alpha_3)
    return found


def country_code(name: str) -> str:
    """ISO 3166-1 alpha-3 code of a country by its name or adjective; empty for anything else."""
    key = folded(name)
    first_name = load_lexicon().countries.get(key, "")
    return _countries().get(key, "") or _countries().get(folded(first_name), "")
