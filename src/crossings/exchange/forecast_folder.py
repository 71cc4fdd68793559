"""The forecast folder: ``forecast.csv``, ``forecast.nc``, ``forecast.json`` and ``situation.html``.

All files are made before any is put in its place. In a new folder they appear together, by one
renaming; in a folder that exists the old files are put aside first and come back if anything fails.
Other files in the folder are left alone.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Mapping
from errno import EISDIR
from pathlib import Path

from crossings.errors import InputError, OutputError
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
    target = Path(folder)
    known = situation.as_of(outlook.issued_at)
    files = {
        "forecast.csv": forecast_csv(outlook).encode("utf-8", "replace"),
        "forecast.nc": forecast_netcdf(outlook, known),
        "forecast.json": forecast_json(outlook, known).encode("utf-8", "replace"),
    }
    if page is not None:
        files["situation.html"] = page.encode("utf-8", "replace")
    try:
        if target.exists():
            _replace_files(target, files)
        else:
            _new_folder(target, files)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{target}: the forecast could not be written: {reason}") from error
    return target


def _new_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Write the files beside the place of the new folder and move them there as one."""
    made = [parent for parent in target.parents if not parent.exists()]
    draft = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        _write_all(draft, files)
        draft.chmod(0o777 & ~_umask())
        draft.rename(target)
    except BaseException:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        for parent in made:  # innermost first
            if parent.exists():
                parent.rmdir()
        raise


def _replace_files(target: Path, files: Mapping[str, bytes]) -> None:
    """Write the files in a hidden folder inside, then exchange them one by one, or none."""
    draft = Path(tempfile.mkdtemp(prefix=".forecast.", dir=target))
    old = draft / "old"
    swapped: list[str] = []
    try:
        _write_all(draft, files)
        old.mkdir()
        for name in files:
            if (target / name).is_dir():
                raise IsADirectoryError(EISDIR, f"a folder stands in the way of {name}")
            if (target / name).exists():
                (target / name).rename(old / name)
            swapped.append(name)
            (draft / name).rename(target / name)
    except BaseException:
        for name in swapped:
            if (old / name).exists():
                (old / name).replace(target / name)
            else:
                (target / name).unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files so that they are on the disk, or fail."""
    for name, content in files.items():
        with (folder / name).open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())


def _umask() -> int:
    """The process's mask for new files, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


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
