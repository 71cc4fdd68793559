"""A figure that counts people, between the stages that find it and those that describe it."""

from __future__ import annotations

from dataclasses import dataclass, field

from crossings.reports.nouns import Head
from crossings.reports.records import Figure, Sentence
from crossings.reports.signs import Sign

HARM = frozenset({"killed", "injured", "missing"})
"""Measures of people whom something has befallen, and who do not move."""


@dataclass(slots=True)
class Count:
    """A figure that counts people, with what is known of it so far."""

    figure: Figure
    sentence: Sentence
    head: Head
    unit: str
    measure: str
    cost: float
    tie: str = ""
    """How it hangs on an earlier figure: ``part``, ``list``, ``prior``, ``same`` or nothing."""
    tied_to: Count | None = None
    why: dict[str, str] = field(default_factory=dict)
    sign: Sign | None = None
    """The sign that gave the measure, if one did."""
