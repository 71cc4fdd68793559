from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crossings.dynamics.flee.from_situation import _field, flee_case, flee_series
from crossings.dynamics.flee.records import Closure, FleeCase
from crossings.dynamics.flee.settings import FleeSettings, FloodRules
from crossings.errors import InputError
from crossings.exchange.flee_import import import_flee
from crossings.exchange.flee_settings import FLAGS, KNOWN, LISTS, WORDS
from crossings.situation.flee_records import RULES_PREFIX, FleeSetting, FleeTables
from crossings.situation.records import Situation
from tests.exchange.flee_setups import FILES, setup

UNUSED = {"number_of_steps", "optimisations.hasten"}
"""Keys that are known and have no bearing on the rules here."""


@pytest.fixture
def situation(tmp_path: Path) -> Situation:
    return import_flee(setup(tmp_path)).situation


def case(tmp_path: Path, **changed: str | None) -> FleeCase:
    return flee_case(import_flee(setup(tmp_path, **changed)).situation)


def test_network_and_schedule_are_those_of_the_files(situation: Situation) -> None:
    made = flee_case(situation)
    assert [(p.name, p.kind, p.population, p.capacity) for p in made.network.locations] == [
        ("Alba", "conflict", 5000, -1),
        ("Brod", "town", 0, -1),
        ("Cava", "camp", 0, 900),
        ("Dorn", "camp", 0, 700),
    ]
    assert [(link.name1, link.name2, link.distance) for link in made.network.links] == [
        ("Alba", "Brod", 60),
        ("Brod", "Cava", 80),
        ("Brod", "Dorn", 120),
    ]
    assert made.schedule.closures == (
        Closure("country", "Mali", "DRC", 2, -1),
        Closure("country", "Mali", "DRC", -1, 5),
        Closure("link", "Brod", "Dorn", 1, -1),
        Closure("camp", "Dorn", "", 0, -1),
        Closure("camp", "Dorn", "", -1, 4),
    )
    assert made.schedule.conflicts is not None
    assert made.schedule.conflicts.values[:, 0].tolist() == [1.0] * 6 + [0.0] * 4
    assert (made.days, made.settings.max_move_speed) == (10, 200.0)


def test_series_are_interpolated_and_truncated(situation: Situation) -> None:
    totals = flee_case(situation).totals
    assert totals is not None
    assert totals.total.tolist() == [0, 75, 150, 225, 300, 300, 300, 300, 300, 300]
    # 0, 87.5 on the 4th, 140 on the 5th and 6th: corrected, see the test of the import.
    assert totals.camps["Cava"].tolist() == [0, 29, 58, 87, 140, 140, 140, 140, 140, 140]
    tenth = flee_case(situation, hasten=10)
    assert tenth.totals is not None
    assert tenth.totals.camps["Cava"].tolist()[:4] == [0, 2, 5, 8]
    assert tenth.network.locations[0].population == 500


def test_the_tier_says_which_series(tmp_path: Path) -> None:
    dated = import_flee(setup(tmp_path), tier="dated").situation
    assert list(flee_series(dated)["Cava"].values()) == [0, 100, 160, 140]


def test_capacities_can_be_left_out(situation: Situation) -> None:
    assert {p.capacity for p in flee_case(situation, capacities=False).network.locations} == {-1}


def test_totals_may_follow_from_the_conflict(situation: Situation, tmp_path: Path) -> None:
    modelled = flee_case(situation, totals="modelled")
    assert (modelled.totals, modelled.settings.conflict_driven) == (None, "constant")
    rules = "spawn_rules:\n  conflict_driven_spawning:\n    spawn_mode: poisson\n"
    rules += "    displaced_per_conflict_day: 70\n"
    own = import_flee(setup(tmp_path / "own", simsetting=rules)).situation
    driven = flee_case(own, totals="modelled").settings
    assert (driven.conflict_driven, driven.displaced_per_conflict_day) == ("poisson", 70)
    assert flee_case(own).settings.conflict_driven is None


def _value(key: str) -> Any:
    if key in FLAGS:
        return False
    if key in LISTS:
        return [1, 2]
    return "poisson" if key in WORDS else 0.5 if key.endswith("buffer") else 1


@pytest.mark.parametrize("key", sorted(KNOWN - UNUSED))
def test_every_setting_of_flee_is_understood(key: str, situation: Situation) -> None:
    assert situation.flee is not None
    rows = {
        key: _value(key),
        "spawn_rules.take_from_population": True,  # flood-driven runs need it
    }
    settings = tuple(
        FleeSetting(key=RULES_PREFIX + k, value=json.dumps(v), known_at=situation.start)
        for k, v in rows.items()
    )
    tables = situation.flee.model_copy(update={"settings": (*situation.flee.settings, *settings)})
    whole = situation.model_copy(update={"flee": tables})
    # An unknown field would be refused by the settings.
    assert flee_case(whole, totals="modelled").settings.take_from_population


def test_every_field_of_the_settings_has_a_key() -> None:
    fields = {f.name for f in dataclasses.fields(FleeSettings)} - {"flood_rules", "hasten"}
    assert fields == {_field(key) for key in KNOWN - UNUSED if ".flood_rules." not in key}
    below = {
        key.rpartition(".")[2].removeprefix("flood_") for key in KNOWN if ".flood_rules." in key
    }
    assert below == {f.name for f in dataclasses.fields(FloodRules)}


def test_floods_food_changes_people_and_major_routes(tmp_path: Path) -> None:
    made = case(
        tmp_path,
        location_changes="#name,type,day\nBrod,idp camp,3\n",
        agents="location,age\nAlba,20\nAlba,20\n",
        flood_level="#Day,Brod\n" + "".join(f"{d},{d // 4}\n" for d in range(10)),
        region_attributes_IPC="#Day,North\n0,10\n9,100\n",
        demographics_age="age,Default,Alba\n20,0.7,0.6\n7,0.3,0.4\n",
        major_routes="Alba,Brod,Cava\n",
        routes="#name1,name2,distance,forced,max_move_speed,walk_probability\n"
        "Alba,Brod,60,2,150,0.5\nBrod,Cava,80\nBrod,Dorn,120\n",
        simsetting="spawn_rules:\n  read_from_agents_csv_file: True\n",
    )
    assert [(c.name, c.kind, c.day) for c in made.schedule.location_changes] == [
        ("Brod", "idpcamp", 3)
    ]
    assert [(a.location, a.attributes, a.people) for a in made.agents] == [
        ("Alba", (("age", "20"),), 2)
    ]
    assert made.schedule.floods is not None
    assert made.schedule.floods.values[:, 1].tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
    assert made.schedule.ipc is not None
    np.testing.assert_allclose(made.schedule.ipc.values[:, 0], np.linspace(10, 100, 10))
    (age,) = made.demographics
    assert (age.values, age.default, age.by_location) == (
        ("20", "7"),
        (0.7, 0.3),
        {"Alba": (0.6, 0.4)},
    )
    assert made.network.major_routes == (("Alba", "Brod", "Cava"),)
    first = made.network.links[0]
    assert (first.forced_redirection, first.max_move_speed, first.walk_probability) == (2, 150, 0.5)


def test_attributes_of_locations(tmp_path: Path) -> None:
    text = FILES["input_csv/locations.csv"].splitlines()
    text = [text[0] + ",conflict_intensity,initial_idps", text[1] + ",0.5,40", *text[2:]]
    place = case(tmp_path, locations="\n".join(text) + "\n").network.locations[0]
    assert (place.intensity, place.initial_idps) == (0.5, 40)


@pytest.mark.parametrize(("days", "told"), [(0, "expected 1 to 10"), (11, "expected 1 to 10")])
def test_days_out_of_the_period(situation: Situation, days: int, told: str) -> None:
    with pytest.raises(InputError, match=told):
        flee_case(situation, days)


def test_what_is_no_flee_setup(situation: Situation) -> None:
    with pytest.raises(InputError, match="crossings import flee"):
        flee_case(situation.model_copy(update={"flee": None}))
    with pytest.raises(InputError, match="crossings import flee"):
        flee_case(situation.model_copy(update={"flee": FleeTables()}))
    assert situation.flee is not None
    none = situation.model_copy(update={"flee": situation.flee.model_copy(update={"figures": ()})})
    with pytest.raises(InputError, match="found no series"):
        flee_case(none)
