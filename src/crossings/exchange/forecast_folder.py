"""The forecast folder: ``forecast.csv``, ``forecast.nc``, ``forecast.json`` and ``situation.html``.

All files are made before any is put in its place, and all are put there or none
(:mod:`crossings.whole`). Other files in the folder are left alone.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from crossings.errors import InputError
from crossings.exchange.forecast_csv import forecast_csv
from crossings.exchange.forecast_json import (
    claim_uses,
    forecast_json,
    last_figure,
    read_description,
)
from crossings.exchange.forecast_netcdf import forecast_netcdf, read_draws
from crossings.forecast.outlook import Outlook
from crossings.situation.records import Situation
from crossings.whole import write_files


def write_forecast(
    outlook: Outlook, situation: Situation, folder: Path | str, page: str | None = None
) -> Path:
    """Write a forecast folder.

    Args:
        outlook: the forecast.
        situation: its situation; only what was known at the issue time is used.
        folder: where to; made if it does not exist, parents included.
        page: the text of ``situation.html``; None writes no page.

    Returns:
        The folder.

    Raises:
        OutputError: the folder cannot be written; what stood there before is unchanged.
        InputError: the forecast does not fit the formats.
    """
    known = situation.as_of(outlook.issued_at)
    files = {
        "forecast.csv": forecast_csv(outlook).encode("utf-8", "replace"),
        "forecast.nc": forecast_netcdf(outlook, known),
        "forecast.json": forecast_json(outlook, known).encode("utf-8", "replace"),
    }
    if page is not None:
        files["situation.html"] = page.encode("utf-8", "replace")
    return write_files(folder, files)


def read_forecast(folder: Path | str) -> Outlook:
    """Read the outlook of a forecast folder back.

    Raises:
        InputError: a file is missing or not of this form; the message names it.
    """
    path = Path(folder)
    name = path / "forecast.json"
    try:
        text = name.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name}: not readable as a forecast ({error})") from error
    content = read_description(text, str(name))
    draws = read_draws(path / "forecast.nc")
    try:
        outlook = Outlook(
            situation=content["situation"],
            title=content["title"],
            tier=content["tier"],
            sensitivity=content["sensitivity"],
            issued_at=dt.datetime.fromisoformat(content["issued_at"]),
            time_zone=content["time_zone"],
            times=tuple(dt.datetime.fromisoformat(time) for time in content["times"]),
            draws=draws[content["targets"]],
            claims=claim_uses(content),
            last_figure=last_figure(content),
            members=int(content["members"]),
            seed=int(content["seed"]),
            carried_by=content["carried_by"],
            diagnostics=content["diagnostics"],
            versions=content["versions"],
            notes=tuple(content["notes"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{name}: incomplete or malformed: {error}") from error
    if len(outlook.times) != draws.sizes["time"]:
        found, expected = draws.sizes["time"], len(outlook.times)
        raise InputError(f"{path / 'forecast.nc'}: time: found {found} times, expected {expected}")
    return outlook
