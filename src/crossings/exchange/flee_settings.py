"""``simsetting.yml``: Flee's settings by their dotted paths, each known key with its type.

The keys are those that Flee 3 reads (``log_levels`` have no counterpart here and are left out).
A key that Flee does not know is passed over there in silence; here it is an error if it is nearly a
known one, and listed otherwise.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from crossings.errors import InputError
from crossings.exchange.flee_findings import Findings
from crossings.exchange.flee_folder import FleeFolder

MAX_BYTES = 1_000_000

_FLAGS = {
    "spawn_rules": (
        *("take_from_population", "insert_day0", "empty_camps_on_day0", "camps_are_sinks"),
        *("conflict_zone_spawning_only", "flood_zone_spawning_only", "sum_from_camps"),
        *("read_from_agents_csv_file", "starvation_driven_spawning"),
    ),
    "move_rules": (
        *("avoid_short_stints", "start_on_foot", "use_v1_rules", "stay_close_to_home"),
        *("use_pop_for_loc_weight", "WomenAvoidHazards", "ChildrenAvoidHazards"),
        *("ElderlyAvoidHazards", "BoysTakeRisk", "MatchCampReligion", "MatchCampEthnicity"),
        *("MatchTownEthnicity", "MatchConflictEthnicity", "fixed_routes"),
        *("two_system_decision_making", "use_economic_pull", "flee_when_starving"),
        *("avoid_food_deprived_locations", "flood_rules.flood_forecaster"),
    ),
}
_NUMBERS = {
    "spawn_rules": (
        *("average_social_connectivity", "conflict_spawn_decay_interval"),
        "conflict_driven_spawning.displaced_per_conflict_day",
    ),
    "move_rules": (
        *("max_move_speed", "max_walk_speed", "max_crossing_speed", "foreign_weight"),
        *("camp_weight", "conflict_weight", "conflict_movechance", "camp_movechance"),
        *("idpcamp_movechance", "default_movechance", "awareness_level", "capacity_buffer"),
        *("capacity_scaling", "softening", "weight_softening", "weight_power", "distance_power"),
        *("home_distance_power", "pop_power_for_loc_weight", "movechance_pop_base"),
        *("movechance_pop_scale_factor", "pruning_threshold", "avg_religion_fraction"),
        *("flood_rules.max_flood_level", "flood_rules.flood_forecaster_timescale"),
        "flood_rules.flood_forecaster_end_time",
    ),
    "optimisations": ("hasten",),
    "": ("default_conflict_intensity", "number_of_steps"),
}
_LISTS = {
    "spawn_rules": ("conflict_spawn_decay", "flood_driven_spawning.displaced_per_flood_day"),
    "move_rules": (
        *("harvest_months", "flood_rules.flood_movechances", "flood_rules.flood_loc_weights"),
        *("flood_rules.flood_link_weights", "flood_rules.flood_forecaster_weights"),
        "flood_rules.flood_awareness_weights",
    ),
}
_WORDS = {
    "spawn_rules": ("conflict_driven_spawning.spawn_mode", "flood_driven_spawning.spawn_mode"),
}


def _paths(groups: Mapping[str, tuple[str, ...]]) -> set[str]:
    return {f"{group}.{key}" if group else key for group, keys in groups.items() for key in keys}


FLAGS, NUMBERS, LISTS, WORDS = (_paths(g) for g in (_FLAGS, _NUMBERS, _LISTS, _WORDS))
KNOWN = FLAGS | NUMBERS | LISTS | WORDS
"""Every key that is carried over, as a dotted path."""

_UNUSED = {
    "conflict_input_file": "Flee's run script sets it",
    "flood_level_input_file": "Flee's run script sets it",
    "number_of_steps": "the length of the period holds",
    "move_rules.max_crossing_speed": "Flee never uses it",
    "move_rules.flood_rules.max_flood_level": "Flee never uses it",
    "move_rules.flood_rules.flood_link_weights": "Flee never uses it",
}


def read_settings(folder: FleeFolder, given: Path | None, findings: Findings) -> dict[str, Any]:
    """The settings by dotted path: from the file given, else the folder's own, else none.

    Raises:
        InputError: the file given does not exist.
    """
    own = (folder.path / "simsetting.yml", folder.input / "simsetting.yml")
    path = given or next((p for p in own if p.is_file()), None)
    if given is not None and not given.is_file():
        raise InputError(f"--settings: found no file {str(given)!r}, expected a simsetting.yml")
    if path is None:
        findings.note("assumed", "simsetting.yml", "no such file: Flee's defaults hold")
        return {}
    name = folder.short(path)
    if path.stat().st_size > MAX_BYTES:
        findings.file_error(name, f"{path.stat().st_size} bytes", f"at most {MAX_BYTES}")
        return {}
    return _understood(name, _parsed(name, folder.text(path), findings), findings)


def _parsed(name: str, text: str, findings: Findings) -> dict[str, Any]:
    try:
        # An alias may stand for a whole tree and grow without bound when written out.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise ValueError("an alias (*name)")
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        found = " ".join(str(error).split())[:200]
        findings.file_error(name, found, "settings in YAML without aliases")
        return {}
    if content is not None and not isinstance(content, dict):
        findings.file_error(name, type(content).__name__, "entries by name")
        return {}
    return content or {}


def _leaves(content: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        path = f"{above}{key}"
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value


def _understood(name: str, content: dict[str, Any], findings: Findings) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for written, value in _leaves(content):
        if written.startswith("log_levels."):
            continue
        key = _renamed(name, written, findings)
        if key in _UNUSED:
            findings.note("left out", name, f"{key}: {_UNUSED[key]}")
        elif key not in KNOWN:
            _unknown(name, written, findings)
        elif value is not None and _has_type(name, key, value, findings):
            settings[key] = value
    if "log_levels" in content:
        findings.note("left out", name, "log_levels: there are no logs of agents here")
    _check_values(name, settings, findings)
    return settings


def _renamed(name: str, written: str, findings: Findings) -> str:
    """The key under the name that is kept here, where Flee's code and documentation differ."""
    group, _, rest = written.partition(".")
    if written == "spawn_rules.camps_are_sicks":
        findings.note("warning", name, f"{written}: Flee's misspelling of camps_are_sinks")
        return "spawn_rules.camps_are_sinks"
    if rest.startswith("flood_driven_spawn_mode."):
        return f"{group}.flood_driven_spawning.{rest.partition('.')[2]}"
    if rest == "flood_driven_spawning.flood_spawn_mode":
        text = f"{written}: Flee reads spawn_mode and ignores this key; it is used here"
        findings.note("warning", name, text)
        return f"{group}.flood_driven_spawning.spawn_mode"
    return written


def _unknown(name: str, written: str, findings: Findings) -> None:
    near = difflib.get_close_matches(written, KNOWN, 1, 0.85)
    if near:
        findings.file_error(name, f"the key {written!r}", f"{near[0]!r}, or another known key")
    else:
        findings.note("left out", name, f"{written!r} is no key that Flee reads")


def _has_type(name: str, key: str, value: Any, findings: Findings) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    numbers = isinstance(value, list) and all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in value
    )
    rules = (
        (FLAGS, isinstance(value, bool), "true or false"),
        (NUMBERS, number and abs(value) < 1e15, "a number"),
        (LISTS, numbers, "a list of numbers"),
        (WORDS, value in ("constant", "poisson", "pop_ratio"), "constant, poisson or pop_ratio"),
    )
    for keys, right, expected in rules:
        if key in keys and not right:
            findings.file_error(name, f"{key}: {json.dumps(value, default=str)}", expected)
            return False
    return True


def _check_values(name: str, settings: dict[str, Any], findings: Findings) -> None:
    for key, value in settings.items():
        least = -1 if key.endswith("awareness_level") else 0
        if key in NUMBERS and value < least:
            findings.file_error(name, f"{key}: {value}", f"a number of at least {least}")
    if settings.get("move_rules.awareness_level") == 0:
        text = "awareness_level 0: nobody ever moves in Flee, and it is refused here"
        findings.note("warning", name, f"{text} except with --flee-compatible")
    hasten = settings.get("optimisations.hasten", 1)
    if hasten != 1:
        text = f"optimisations.hasten {hasten}: all people are simulated here, at no more cost"
        findings.note("left out", name, text)
    for key in ("spawn_rules.camps_are_sinks", "move_rules.two_system_decision_making"):
        if settings.get(key):
            findings.note("warning", name, f"{key}: without effect in Flee itself")
