"""How a past crisis is known again, so that no crisis is forecast by what saw it.

All components that learn from past crises ask here. A situation is taken for a past crisis if it
has its name, one figure in common (same day, same people), or two places of one name in the same
years. What is stored of a past crisis are short hashes of its figures and places.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

LEAST = 100
"""Figures of fewer people are shared by chance."""
SAME_PLACES = 2
MARGIN_DAYS = 366
"""Two crises lie in the same years if no more days than this lie between them."""


@dataclasses.dataclass(frozen=True)
class Marks:
    """Hashes of the figures and places of a crisis, and its first and last day.

    Days count from 1970-01-01.
    """

    figures: frozenset[str]
    places: frozenset[str]
    first: int
    last: int

    def same(self, other: Marks) -> bool:
        """Whether the two are one crisis, or editions of one."""
        if self.figures & other.figures:
            return True
        if len(self.places & other.places) < SAME_PLACES:
            return False
        return other.first <= self.last + MARGIN_DAYS and other.last >= self.first - MARGIN_DAYS

    def with_edition(self, other: Marks) -> Marks:
        """The marks by which either form of one crisis is known."""
        return dataclasses.replace(self, figures=self.figures | other.figures)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a file."""
        return {
            "figures": sorted(self.figures),
            "places": sorted(self.places),
            "first": self.first,
            "last": self.last,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Marks:
        """The marks that :meth:`as_dict` wrote."""
        return cls(
            frozenset(kept["figures"]), frozenset(kept["places"]), kept["first"], kept["last"]
        )


def marks(figures: Iterable[tuple[int, float]], places: Iterable[str]) -> Marks:
    """The marks of a crisis by its figures (day, people) and the ids of its places.

    Ids are compared without regard to case, blanks and underscores. Without figures no years are
    known, and the places tell nothing.
    """
    told = list(figures)
    plain = {place.casefold().replace("_", "").replace(" ", "") for place in places}
    return Marks(
        frozenset(_hash(f"{day} {people:.0f}") for day, people in told if people >= LEAST),
        frozenset(_hash(place) for place in plain - {"all"}) if told else frozenset(),
        min((day for day, _ in told), default=0),
        max((day for day, _ in told), default=0),
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
