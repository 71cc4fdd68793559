"""Forecasts that are kept: one forecast folder each, under the id of its situation.

A kept forecast is never changed. Its id is its issue time in UTC and the beginning of the SHA-256
of its ``forecast.json``: the same forecast is kept once, two of the same moment side by side.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

from crossings.errors import InputError
from crossings.exchange.forecast_folder import read_forecast, write_forecast
from crossings.exchange.forecast_json import forecast_json, read_description
from crossings.forecast.outlook import Outlook
from crossings.situation.records import Situation

_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{12}")
_SITUATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


def default_store() -> Path:
    """Where forecasts are kept if nothing else is said: CROSSINGS_STORE, or the user's data."""
    stated = os.environ.get("CROSSINGS_STORE", "")
    if stated:
        return Path(stated)
    data = os.environ.get("XDG_DATA_HOME", "") or str(Path.home() / ".local" / "share")
    return Path(data) / "crossings" / "forecasts"


@dataclasses.dataclass(frozen=True)
class KeptForecast:
    """A kept forecast in a list: when it was issued, how far it goes, its headline."""

    id: str
    situation: str
    issued_at: dt.datetime
    horizon_hours: float
    members: int
    seed: int
    headline: dict[str, Any]


class Kept:
    """A folder of kept forecasts."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def add(self, outlook: Outlook, situation: Situation, page: str | None = None) -> str:
        """Keep a forecast; returns its id. One that is kept already stays as it is.

        Raises:
            InputError: the situation's id is no name for a folder.
            OutputError: it cannot be written; nothing is left.
        """
        forecast_id = kept_id(outlook, situation)
        place = self._place(outlook.situation, forecast_id)
        if not (place / "forecast.json").is_file():
            write_forecast(outlook, situation, place, page)
        return forecast_id

    def all(self, situation: str) -> list[KeptForecast]:
        """The forecasts of a situation in the order of their issue times.

        Folders that are no forecast are passed over.
        """
        found = []
        for path in sorted(self._shelf(situation).glob("*/forecast.json")):
            if not _ID.fullmatch(path.parent.name):
                continue
            row = _described(path)
            if row is not None and row.situation == situation:
                found.append(row)
        return found

    def read(self, situation: str, forecast_id: str) -> Outlook:
        """A kept forecast.

        Raises:
            InputError: there is none of this id, or its files cannot be read.
        """
        place = self._place(situation, forecast_id)
        if not (place / "forecast.json").is_file():
            raise InputError(f"forecast: found no {forecast_id!r} of situation {situation!r}")
        return read_forecast(place)

    def _shelf(self, situation: str) -> Path:
        if not _SITUATION.fullmatch(situation):
            raise InputError(f"situation: found {situation!r}, expected letters, digits, . _ and -")
        return self.folder / situation

    def _place(self, situation: str, forecast_id: str) -> Path:
        if not _ID.fullmatch(forecast_id):
            raise InputError(f"forecast: found {forecast_id!r}, expected the id of a kept forecast")
        return self._shelf(situation) / forecast_id


def last_kept(
    situation: Situation, as_of: str | dt.date | dt.datetime | None, store: Kept
) -> str | None:
    """When the last forecast of a situation before a moment was issued; None if none is kept."""
    before = None if as_of is None else situation.moment(as_of)
    if before is None:
        before = max((r.known_at for r in (*situation.claims, *situation.events)), default=None)
    issued = [row.issued_at for row in store.all(situation.id)]
    earlier = [when for when in issued if before is not None and when < before]
    return max(earlier).isoformat() if earlier else None


@functools.lru_cache(maxsize=1000)
def _described(path: Path) -> KeptForecast | None:
    """The row of a kept forecast, which never changes; None where it cannot be read."""
    try:
        content = read_description(path.read_text(encoding="utf-8"), str(path))
        return KeptForecast(
            path.parent.name,
            str(content["situation"]),
            dt.datetime.fromisoformat(content["issued_at"]),
            float(content["horizon_hours"] or 0.0),
            int(content["members"]),
            int(content["seed"]),
            dict(content["headline"]),
        )
    except (InputError, OSError, KeyError, TypeError, ValueError):
        return None


def kept_id(outlook: Outlook, situation: Situation) -> str:
    """The id under which a forecast is kept."""
    content = json.loads(forecast_json(outlook, situation))
    content.pop("versions", None)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return f"{outlook.issued_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{digest[:12]}"
