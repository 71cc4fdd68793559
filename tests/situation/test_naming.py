from __future__ import annotations

import pytest

from crossings.errors import InputError
from crossings.situation.catalogue import bundled, load
from crossings.situation.naming import place_named, places_named
from crossings.situation.records import ALL

KARABAKH = load("nagorno-karabakh-2023")


@pytest.mark.parametrize("name", bundled())
def test_a_place_is_found_by_each_of_its_names(name: str) -> None:
    situation = load(name)
    for place in situation.places:
        for known in (place.id, place.name, *place.names, place.name.upper()):
            assert place.id in places_named(situation, known)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Khankendi", "stepanakert"),
        ("XANKƏNDI", "stepanakert"),
        ("Степанакерт", "stepanakert"),
        ("hakari bridge", "hakari-bridge"),
        ("Vayots  Dzor", "vayots-dzor"),
        ("Armenia", ALL),
        ("ARM", ALL),
        ("all", ALL),
        ("Total", ALL),
    ],
)
def test_a_place_by_its_name(name: str, place: str) -> None:
    assert place_named(KARABAKH, name) == place


@pytest.mark.parametrize("name", ["", "Atlantis", "Azerbaijan", "…"])
def test_a_name_of_none_lists_the_places(name: str) -> None:
    with pytest.raises(InputError, match=r"expected one of: stepanakert, .*, all"):
        place_named(KARABAKH, name)


def test_a_name_of_several_lists_those() -> None:
    first, second = KARABAKH.places[0], KARABAKH.places[1].model_copy(update={"names": ("Mets",)})
    twins = (first.model_copy(update={"names": ("Mets",)}), second)
    with pytest.raises(InputError, match="found 'mets', expected one of: stepanakert, martakert"):
        place_named(KARABAKH.model_copy(update={"places": twins}), "mets")
