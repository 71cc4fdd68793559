"""Seals: small public records by which a forecast is shown to have been made before its outcome.

A seal holds the hashes of a forecast's files and inputs, the issue time, and the quantiles of the
headline's target for all places at each day's end: nothing by place, nothing within a day. Its own
SHA-256 is what is published where others keep the time (a newspaper, a mailing list, a notary).
Whoever has the seal can later check that it is the one whose hash was published, that a forecast is
the one that was sealed, and how good it was. A seal alone does not prove when it was made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from crossings.errors import InputError
from crossings.forecast.outlook import QUANTILE_LEVELS, Outlook
from crossings.forecast.summary import day_ends, headline
from crossings.scoring import coverage, log_wis, wis
from crossings.situation.records import Situation
from crossings.verify.resolution import outcomes

FORMAT = "crossings-seal/1"
MOST_BYTES = 1_000_000


def seal(outlook: Outlook, files: Mapping[str, bytes], inputs: Mapping[str, str]) -> str:
    """The text of a seal.

    Args:
        outlook: the forecast.
        files: the contents of its folder's files, by name.
        inputs: the SHA-256 of each table that it was made from.
    """
    top = headline(outlook)
    ends = day_ends(outlook)
    table = np.rint(outlook.quantiles(top.target, top.place)[list(ends)]).astype(np.int64)
    content = {
        "format": FORMAT,
        "situation": outlook.situation,
        "tier": outlook.tier,
        "issued_at": outlook.issued_at.isoformat(),
        "target": top.target,
        "place": top.place,
        "levels": list(QUANTILE_LEVELS),
        "quantiles": {
            outlook.times[i].isoformat(): row.tolist() for i, row in zip(ends, table, strict=True)
        },
        "members": outlook.members,
        "seed": outlook.seed,
        "versions": outlook.versions,
        "files": {name: hashlib.sha256(text).hexdigest() for name, text in files.items()},
        "inputs": dict(inputs),
    }
    return _text(content | {"sha256": _digest(content)})


def read_seal(text: str, name: str) -> dict[str, Any]:
    """The content of a seal, checked against its own hash.

    Raises:
        InputError: it is no seal, or has been changed since it was made.
    """
    if len(text) > MOST_BYTES:
        raise InputError(f"{name}: found {len(text):,} characters, expected at most {MOST_BYTES:,}")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name}: not readable as JSON ({error})") from error
    found = content.get("format") if isinstance(content, dict) else None
    if found != FORMAT:
        raise InputError(f"{name}: format: found {found!r}, expected {FORMAT!r}")
    stated = content.pop("sha256", None)
    if stated != _digest(content):
        raise InputError(f"{name}: sha256: the seal has been changed since it was made")
    try:
        _check_form(content)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{name}: incomplete or malformed: {error}") from error
    return {**content, "sha256": stated}


def differences(
    content: Mapping[str, Any], files: Mapping[str, bytes], inputs: Mapping[str, str] | None
) -> tuple[str, ...]:
    """What does not agree with a seal, a sentence each; empty where all does.

    Args:
        content: of the seal.
        files: the files of a forecast folder; those that the seal does not name are not looked at.
        inputs: the hashes of a situation's tables as of the seal's issue time, if it is at hand.
    """
    found = []
    for name, digest in content["files"].items():
        if files and name not in files:
            found.append(f"{name}: missing")
        elif files and hashlib.sha256(files[name]).hexdigest() != digest:
            found.append(f"{name}: not the file that was sealed")
    for table, digest in content["inputs"].items() if inputs is not None else ():
        if (inputs or {}).get(table) != digest:
            found.append(f"{table}: not the rows that were sealed")
    return tuple(found)


def score_seal(content: Mapping[str, Any], later: Situation) -> list[dict[str, Any]]:
    """What was sealed beside what came: a row for each time, scores None where not settled."""
    times = [dt.datetime.fromisoformat(time) for time in content["quantiles"]]
    came = outcomes(later, content["target"], content["place"], times)
    rows = []
    for time, quantiles, y in zip(times, content["quantiles"].values(), came, strict=True):
        q = np.asarray(quantiles, dtype=np.float64)
        at = {level: float(q[i]) for i, level in enumerate(QUANTILE_LEVELS)}
        settled = not np.isnan(y)
        rows.append(
            {
                "time": time,
                "median": at[0.5],
                "low90": at[0.05],
                "high90": at[0.95],
                "outcome": float(y) if settled else None,
                "wis": float(wis(q, y)) if settled else None,
                "log_wis": float(log_wis(q, y)) if settled else None,
                "in90": bool(coverage(q, y, 0.9)) if settled else None,
            }
        )
    return rows


def _check_form(content: Mapping[str, Any]) -> None:
    dt.datetime.fromisoformat(content["issued_at"])
    if list(content["levels"]) != list(QUANTILE_LEVELS):
        raise ValueError("levels: expected the 23 hub levels")
    for time, row in content["quantiles"].items():
        if dt.datetime.fromisoformat(time).tzinfo is None:
            raise ValueError(f"{time}: expected a time with its offset")
        if len(row) != len(QUANTILE_LEVELS) or not np.isfinite(row).all():
            raise ValueError(f"{time}: expected {len(QUANTILE_LEVELS)} numbers")
        if (np.diff(row) < 0).any() or min(row) < 0:
            raise ValueError(f"{time}: expected rising numbers of at least 0")
    for key in ("situation", "target", "place"):
        if not isinstance(content[key], str):
            raise ValueError(f"{key}: expected a text")
    for key in ("files", "inputs"):
        if not all(isinstance(v, str) for v in content[key].values()):
            raise ValueError(f"{key}: expected hashes")


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_text(content).encode()).hexdigest()


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=True) + "\n"
