"""Records refuse what no rule could use."""

from __future__ import annotations

import dataclasses

import pytest

from crossings.dynamics.flee.records import FleeNetwork, Link, Location
from crossings.dynamics.flee.settings import FleeSettings, Quirks
from crossings.errors import InputError


def place(name: str) -> Location:
    return Location(name, "r", "c", 0.0, 0.0, "town")


def test_a_network_names_each_place_once_and_knows_the_ends_of_its_links() -> None:
    with pytest.raises(InputError, match="'a' twice"):
        FleeNetwork((place("a"), place("a")), ())
    with pytest.raises(InputError, match="found end 'b'"):
        FleeNetwork((place("a"),), (Link("a", "b", 1.0),))
    with pytest.raises(InputError, match="km"):
        FleeNetwork((place("a"), place("b")), (Link("a", "b", float("nan")),))


def test_settings_refuse_what_contradicts_itself() -> None:
    with pytest.raises(InputError, match="both"):
        FleeSettings(flood_zone_spawning_only=True)
    with pytest.raises(InputError, match="take_from_population"):
        FleeSettings(flood_driven="constant")
    with pytest.raises(InputError, match="max_move_speed"):
        FleeSettings(max_move_speed=0.0)


def test_version_1_rules_override_five_settings() -> None:
    given = FleeSettings(use_v1_rules=True, start_on_foot=True, avoid_short_stints=True)
    used = given.effective()
    assert (used.max_move_speed, used.camp_weight, used.conflict_weight) == (200.0, 2.0, 0.25)
    assert not used.start_on_foot
    assert not used.avoid_short_stints
    assert FleeSettings().effective() == FleeSettings()


def test_quirks_are_off_unless_asked_for() -> None:
    assert not any(dataclasses.astuple(Quirks()))
    assert all(dataclasses.astuple(Quirks.flee()))
