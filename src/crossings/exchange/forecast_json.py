"""``forecast.json``: the headline and everything behind it, for programs.

Keys are sorted and nothing in it depends on when or where it was written, so that equal forecasts
give equal files. ``inputs`` holds the SHA-256 of each table as it was known at the issue time:
whoever holds the same situation can check that the same rows were used.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from crossings.errors import InputError
from crossings.forecast.outlook import ClaimUse, LastFigure, Outlook
from crossings.forecast.summary import PLAN_LEVEL, Range, day_ends, headline
from crossings.situation.hashes import input_hashes
from crossings.situation.records import Situation

FORMAT = "crossings-forecast/1"
"""Name and version of the form, under the key ``format``."""


def forecast_json(outlook: Outlook, situation: Situation) -> str:
    """The file's text. ``situation`` is cut to what was known at the issue time."""
    zone = ZoneInfo(outlook.time_zone)
    known = situation.as_of(outlook.issued_at)
    content = {
        "format": FORMAT,
        "situation": outlook.situation,
        "title": outlook.title,
        "tier": outlook.tier,
        "sensitivity": outlook.sensitivity,
        "licence": known.licence,
        "issued_at": outlook.issued_at.isoformat(),
        "time_zone": outlook.time_zone,
        "times": [time.isoformat() for time in outlook.times],
        "horizon_hours": _hours(outlook),
        "targets": list(outlook.targets),
        "places": list(outlook.places),
        "headline": _headline(outlook, zone),
        "exceedance": _exceedance(outlook, zone),
        "start_of_flow": outlook.diagnostics.get("start_of_flow"),
        "reasons": outlook.diagnostics.get("reasons"),
        "last_figure": _last_figure(outlook.last_figure),
        "claims": [_claim(use, known) for use in outlook.claims],
        "members": outlook.members,
        "seed": outlook.seed,
        "carried_by": outlook.carried_by,
        "diagnostics": outlook.diagnostics,
        "versions": outlook.versions,
        "notes": list(outlook.notes),
        "inputs": input_hashes(known),
    }
    plain = _plain(content)
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _hours(outlook: Outlook) -> float | None:
    if not outlook.times:
        return None
    return (outlook.times[-1] - outlook.issued_at).total_seconds() / 3600


def _headline(outlook: Outlook, zone: ZoneInfo) -> dict[str, Any]:
    top = headline(outlook)
    return {"target": top.target, "place": top.place, "unit": "people", **_range(top.range, zone)}


def _range(figures: Range, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "time": figures.time.astimezone(zone).isoformat(),
        "median": round(figures.median),
        "interval_50": [round(figures.low50), round(figures.high50)],
        "interval_90": [round(figures.low90), round(figures.high90)],
        "plan_for": math.ceil(figures.plan_for),
        "plan_for_level": PLAN_LEVEL,
    }


def _exceedance(outlook: Outlook, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The probability of at least so many people, at each day's end, for round thresholds."""
    top = headline(outlook)
    final = outlook.samples(top.target, top.place)[:, -1]
    low, high = np.quantile(final, (0.01, 0.99))
    powers = range(int(math.log10(max(high, 1.0))) + 1)
    steps = [m * 10**p for p in powers for m in (1, 2, 5)]
    thresholds = [step for step in steps if 0.5 * low <= step <= high]
    rows = []
    for threshold in thresholds:
        chances = outlook.exceedance(top.target, threshold, top.place)
        rows += [
            {
                "target": top.target,
                "place": top.place,
                "time": outlook.times[i].astimezone(zone).isoformat(),
                "at_least": threshold,
                "probability": round(float(chances[i]), 4),
            }
            for i in day_ends(outlook)
        ]
    return rows


def _claim(use: ClaimUse, situation: Situation) -> dict[str, Any]:
    """What became of a claim, with the claim's own words on who said what."""
    row: dict[str, Any] = dataclasses.asdict(use)
    stated = next((c for c in situation.claims if c.id == use.claim), None)
    if stated is not None:
        fields = {"low", "high", "qualifier", "unit", "as_of", "known_at", "sources", "via"}
        fields |= {"measure", "counting", "place", "publisher", "url"}
        row["stated"] = stated.model_dump(mode="json", include=fields)
    return row


def _last_figure(last: LastFigure | None) -> dict[str, Any] | None:
    return None if last is None else {**dataclasses.asdict(last), "as_of": last.as_of.isoformat()}


def _plain(value: Any) -> Any:
    """``value`` in the types that JSON has; numbers that are not finite become null."""
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def read_description(text: str, name: str) -> dict[str, Any]:
    """The content of a ``forecast.json``.

    Args:
        text: the file's text.
        name: of the file, for messages.

    Raises:
        InputError: the text is no JSON object of the form :data:`FORMAT`.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InputError(f"{name}: not readable as JSON ({error})") from error
    found = content.get("format") if isinstance(content, dict) else None
    if found != FORMAT:
        raise InputError(f"{name}: format: found {found!r}, expected {FORMAT!r}")
    return dict(content)


def claim_uses(content: dict[str, Any]) -> tuple[ClaimUse, ...]:
    """What became of the claims, from the content of a ``forecast.json``."""
    return tuple(
        ClaimUse(row["claim"], row["role"], float(row["weight"]), row["reason"])
        for row in content["claims"]
    )


def last_figure(content: dict[str, Any]) -> LastFigure | None:
    """The last figure, from the content of a ``forecast.json``."""
    row = content["last_figure"]
    if row is None:
        return None
    as_of = dt.datetime.fromisoformat(row["as_of"])
    return LastFigure(row["claim"], float(row["value"]), as_of, float(row["age_hours"]))
