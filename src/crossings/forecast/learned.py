"""Coefficients learned from past crises, so chosen that no crisis is forecast by what saw it.

A file of coefficients names the crises that it was fitted on, with a hash of their series and the
marks by which they are known again (:mod:`crossings.forecast.seen`), and holds one set fitted on
all of them, one without each, and the values that they were pulled towards. For a situation that is
taken for one of them :func:`coefficients` gives the set without it, for one that is taken for
several the values that saw none.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from importlib.resources import files
from typing import Any

from crossings.forecast.seen import Marks, marks
from crossings.forecast.series.history import day_number
from crossings.situation.records import Situation


@dataclasses.dataclass(frozen=True)
class Coefficients:
    """The coefficients by name, the crises left out when they were fitted, and those they saw."""

    values: dict[str, float]
    left_out: tuple[str, ...]
    fitted_on: tuple[str, ...]


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
    """The crises that a situation is."""
    figures = (
        (day_number((c.as_of or c.known_at).astimezone(situation.zone).date()), value)
        for c in situation.claims
        for value in {c.low, c.high}
        if value is not None
    )
    own = marks(figures, (place.id for place in situation.places))
    return tuple(
        name
        for name, seen in sorted(crises.items())
        if name == situation.id or Marks.from_dict(seen).same(own)
    )


@functools.cache
def _content(component: str) -> dict[str, Any]:
    path = files("crossings.forecast") / component / "coefficients.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))
