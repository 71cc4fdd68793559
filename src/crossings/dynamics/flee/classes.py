"""Classes of people: who shares a class is exchangeable, so a count a class is enough.

A class joins what the rules in force look at: age in the bins that matter, gender, ethnicity,
religion, flood awareness, whether somebody farms, and the home where the way back counts. With none
of these rules there is one class.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from crossings.dynamics.flee.records import AgentRow, Demographic, FleeCase
from crossings.dynamics.flee.settings import FleeSettings, Quirks
from crossings.errors import InputError

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

AGES = ("", "child", "youth", "adult", "elder")
"""Unknown; up to 14; 15 to 18; 19 to 59; over 59: the bounds that the rules name."""


def age_bin(text: str) -> str:
    """The bin of a stated age, empty where none is stated.

    Raises:
        InputError: it is not a number.
    """
    if not text:
        return ""
    try:
        age = float(text)
    except ValueError:
        raise InputError(f"age: found {text!r}, expected a number of years") from None
    return "child" if age <= 14 else "youth" if age < 19 else "adult" if age <= 59 else "elder"


def gender_bin(text: str) -> str:
    """``f`` or ``m`` by the first letter, else empty."""
    first = text[:1].lower()
    return first if first in ("f", "m") else ""


@dataclasses.dataclass(frozen=True)
class PeopleClasses:
    """All classes: ``traits`` in order, ``of`` (class,) their values, ``share`` (P, class).

    ``share`` is the law of the class of somebody who comes to be at a place. With ``homes`` the
    class of kind c and home h is ``h * len(of) + c``; ``share`` is of kinds alone.
    """

    traits: tuple[str, ...]
    of: tuple[tuple[str, ...], ...]
    share: F8
    homes: bool

    def values(self, trait: str) -> tuple[str, ...]:
        """The value of a trait in every kind, empty texts where no rule looks at it."""
        if trait not in self.traits:
            return ("",) * len(self.of)
        k = self.traits.index(trait)
        return tuple(kind[k] for kind in self.of)

    def kind(self, row: AgentRow, farmer: str) -> int:
        """The kind of somebody with given attributes, who farms (yes) or not (no)."""
        found = {**dict(row.attributes), "farmer": farmer}
        return self.of.index(tuple(_binned(t, found.get(t, "")) for t in self.traits))


def classes(case: FleeCase, quirks: Quirks) -> PeopleClasses:
    """The classes that the rules in force tell apart."""
    settings = case.settings
    traits = _traits(settings, quirks)
    by_name = {d.attribute: d for d in case.demographics}
    values: list[list[str]] = []
    for trait in traits:
        found = {_binned(trait, v) for v in by_name[trait].values} if trait in by_name else {""}
        found |= {_binned(trait, dict(row.attributes).get(trait, "")) for row in case.agents}
        if trait == "farmer":
            found = {"no", "yes"}
        values.append(sorted(found))
    kinds = tuple(itertools.product(*values))
    share = np.ones((len(case.network.locations), len(kinds)))
    for i, place in enumerate(case.network.locations):
        for k, trait in enumerate(traits):
            if trait == "farmer":
                law: Mapping[str, float] = {
                    "no": 1 - place.farmer_fraction,
                    "yes": place.farmer_fraction,
                }
            else:
                law = _law(by_name.get(trait), trait, place.name)
            share[i] *= [law.get(kind[k], 0.0) for kind in kinds]
    homes = bool(settings.harvest_months) or (
        settings.stay_close_to_home and not quirks.home_is_here
    )
    return PeopleClasses(traits, kinds, share, homes)


def _traits(settings: FleeSettings, quirks: Quirks) -> tuple[str, ...]:
    """The attributes that a rule in force looks at."""
    s = settings
    wanted = {
        "age": s.children_avoid_hazards or s.elderly_avoid_hazards,
        "gender": s.women_avoid_hazards or (s.children_avoid_hazards and s.boys_take_risk),
        "ethnicity": s.match_camp_ethnicity or s.match_town_ethnicity or s.match_conflict_ethnicity,
        "religion": s.match_camp_religion,
        "floodawareness": s.flood_rules is not None and s.flood_rules.forecaster,
        "farmer": bool(s.harvest_months) and not quirks.harvest_by_all,
    }
    return tuple(trait for trait, needed in wanted.items() if needed)


def _binned(trait: str, text: str) -> str:
    if trait == "age":
        return age_bin(text)
    return gender_bin(text) if trait == "gender" else text


def _law(table: Demographic | None, trait: str, place: str) -> Mapping[str, float]:
    """The probability of each value of a trait for somebody from a place."""
    if table is None:
        return {"": 1.0}
    weights = np.array(table.by_location.get(place, table.default), dtype=float)
    if (weights < 0).any() or not weights.sum() > 0:
        raise InputError(
            f"demographics of {trait}: {place}: expected weights of 0 or more, one of them above 0"
        )
    law: dict[str, float] = {}
    for value, weight in zip(table.values, weights / weights.sum(), strict=True):
        law[_binned(trait, value)] = law.get(_binned(trait, value), 0.0) + float(weight)
    return law
