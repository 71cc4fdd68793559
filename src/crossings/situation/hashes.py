"""Hashes of a situation's rows: whoever holds the same ones can check that they were used."""

from __future__ import annotations

import hashlib
import json

from crossings.situation.records import Situation

_TABLES = ("places", "routes", "events", "claims", "context", "priors")


def input_hashes(situation: Situation) -> dict[str, str]:
    """SHA-256 of each table, over its rows in a fixed form and order; of the description too."""
    described = situation.model_dump_json(include={"id", "start", "time_zone", "step_hours"})
    hashes = {"situation": _digest([described])}
    for table in _TABLES:
        hashes[table] = _digest([row.model_dump_json() for row in getattr(situation, table)])
    return hashes


def whole_hash(situation: Situation) -> str:
    """One SHA-256 over all of :func:`input_hashes`."""
    return _digest([json.dumps(input_hashes(situation), sort_keys=True)])


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "replace")).hexdigest()
