"""One person."""

from __future__ import annotations

import dataclasses

from crossings.dynamics.flee.individuals.world import Way

TRAITS = ("age", "gender", "ethnicity", "religion", "floodawareness")
"""What rules may look at in a person; an empty text where nothing is stated."""


@dataclasses.dataclass(slots=True)
class Person:
    """``home``, ``place``: numbers of places; on a link (``way``) the place is that left last.

    ``closings``: how often the link was shut before they set out on it. ``on``: km made on it,
    ``moved``: km made today, ``recent``: recent travel in days of top speed. ``first``: still on
    the first link. ``route``: places still to go. ``active``: may still move; ``away``: counted at
    home (harvest).
    """

    home: int
    place: int
    traits: dict[str, str]
    farmer: bool
    way: Way | None = None
    closings: int = 0
    on: float = 0.0
    moved: float = 0.0
    recent: float = 0.0
    first: bool = True
    route: tuple[int, ...] = ()
    active: bool = True
    away: bool = False
