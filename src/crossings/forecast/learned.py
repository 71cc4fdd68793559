"""Coefficients learned from past crises, so chosen that no crisis is forecast by what saw it.

A file of coefficients names the crises that it was fitted on, with a hash of their series and short
fingerprints of their figures (day and people), and holds one set fitted on all of them, one without
each, and the values that they were pulled towards. A situation that shares a single figure with a
crisis is taken for that crisis: :func:`coefficients` then gives the set without it, and where it is
taken for several, the values that saw none.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import hashlib
import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from crossings.situation.records import Situation

LEAST = 1000.0
"""Smaller figures are no fingerprint: they fall together by chance."""


@dataclasses.dataclass(frozen=True)
class Coefficients:
    """The coefficients by name, the crises left out when they were fitted, and those they saw."""

    values: dict[str, float]
    left_out: tuple[str, ...]
    fitted_on: tuple[str, ...]


def fingerprint(day: dt.date, people: float) -> str:
    """A short hash of one published figure."""
    return hashlib.sha256(f"{day.isoformat()} {people:.0f}".encode()).hexdigest()[:10]


def coefficients(component: str, situation: Situation) -> Coefficients:
    """The coefficients of a component for a situation (already as of the issue time).

    Raises:
        FileNotFoundError: the component has no coefficients.
    """
    content = _content(component)
    crises: dict[str, Any] = content["crises"]
    left_out = _overlap(situation, crises)
    if not left_out:
        return Coefficients(dict(content["all"]), (), tuple(sorted(crises)))
    if len(left_out) > 1:
        return Coefficients(dict(content["prior"]), left_out, ())
    fitted_on = tuple(name for name in sorted(crises) if name not in left_out)
    return Coefficients(dict(content["without"][left_out[0]]), left_out, fitted_on)


def _overlap(situation: Situation, crises: dict[str, Any]) -> tuple[str, ...]:
    """The crises that a situation is, by its id or by a figure in common."""
    own = fingerprints(
        ((c.as_of or c.known_at).astimezone(situation.zone).date(), value)
        for c in situation.claims
        for value in {c.low, c.high}
        if value is not None
    )
    return tuple(
        name
        for name, seen in sorted(crises.items())
        if name == situation.id or own & set(seen["fingerprints"])
    )


def fingerprints(figures: Iterable[tuple[dt.date, float]]) -> frozenset[str]:
    """The fingerprints of figures large enough to have one."""
    return frozenset(fingerprint(day, people) for day, people in figures if people >= LEAST)


@functools.cache
def _content(component: str) -> dict[str, Any]:
    path = files("crossings.forecast") / component / "coefficients.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))
