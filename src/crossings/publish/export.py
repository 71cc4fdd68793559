"""What leaves the house: a forecast under a profile, in the formats of others, with its sign-off.

A public export needs the name of somebody who answers for it. It is kept beside the export, in
``sign-off.json`` with the SHA-256 of every file, and on the page itself.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path

from crossings.errors import InputError
from crossings.exchange.forecast_csv import forecast_csv
from crossings.exchange.forecast_folder import read_forecast
from crossings.exchange.forecast_hub import forecast_hub
from crossings.exchange.forecast_netcdf import forecast_netcdf
from crossings.exchange.hxl import hxl_claims, hxl_forecast
from crossings.forecast.outlook import Outlook
from crossings.forecast.summary import day_ends
from crossings.publish.live.single import single_file
from crossings.publish.narrative import narrative
from crossings.publish.report_pdf import situation_report
from crossings.publish.view import View, view
from crossings.situation.catalogue import load
from crossings.situation.records import Situation
from crossings.whole import json_file, write_file, write_files

FORMATS = ("html", "pdf", "narrative", "hub", "hxl", "netcdf", "csv")
"""What :func:`export` writes; ``hub`` and ``hxl`` are folders, the others single files."""

MAX_NAME = 200
"""The longest name of somebody who signs off, in characters."""


@dataclasses.dataclass(frozen=True)
class SignOff:
    """Who answers for a public export, and since when."""

    name: str
    at: dt.datetime

    def __post_init__(self) -> None:
        """Refuse names that are none.

        Raises:
            InputError: the name is empty, too long or has line breaks.
        """
        plain = self.name.strip() == self.name and self.name.isprintable()
        if not self.name or len(self.name) > MAX_NAME or not plain:
            raise InputError(
                f"sign-off: found {self.name[:80]!r}, expected the name and function of a person "
                f"in one line of at most {MAX_NAME} characters"
            )

    @property
    def words(self) -> str:
        """The sign-off as one sentence."""
        return f"Signed off for publication by {self.name}, {self.at:%Y-%m-%d %H:%M} UTC"


def stored(folder: Path | str, situation: Situation | None = None) -> tuple[Outlook, Situation]:
    """A forecast folder with the situation that it was made from.

    Args:
        folder: the forecast folder.
        situation: its situation; None looks among the bundled ones.

    Raises:
        InputError: the folder is no forecast, or its situation is not known here.
    """
    outlook = read_forecast(folder)
    if situation is None:
        try:
            situation = load(outlook.situation)
        except InputError as error:
            raise InputError(
                f"{folder}: the forecast is of situation {outlook.situation!r}, which is not "
                "bundled: name its folder with --situation"
            ) from error
    if situation.id != outlook.situation:
        raise InputError(
            f"situation: found {situation.id!r}, expected {outlook.situation!r}, which the "
            f"forecast in {folder} is of"
        )
    return outlook, situation


def export(
    outlook: Outlook,
    situation: Situation,
    targets: Mapping[str, Path],
    profile: str = "internal",
    sign_off: SignOff | None = None,
) -> tuple[Path, ...]:
    """Write a forecast in other formats.

    Args:
        outlook: the forecast.
        situation: its situation; what came after the issue time is drawn on the page only.
        targets: where to, by format (:data:`FORMATS`).
        profile: ``internal``, or ``public``, which needs a sign-off.
        sign_off: who answers for the export.

    Returns:
        What was written, the sign-offs included.

    Raises:
        InputError: a format or the profile is unknown, or a public export has no sign-off.
        OutputError: a target cannot be written; what was written before it stays.
    """
    for name in targets:
        if name not in FORMATS:
            raise InputError(f"format: found {name!r}, expected one of {', '.join(FORMATS)}")
    if profile == "public" and sign_off is None:
        raise InputError(
            "sign-off: a public export needs the name of somebody who answers for it; "
            'expected --sign-off "NAME, FUNCTION"'
        )
    shown = view(outlook, situation, situation, profile)
    written = []
    for name, target in targets.items():
        files = _content(name, shown, outlook, situation, sign_off)
        if name in ("hub", "hxl"):
            if sign_off is not None:
                files["sign-off.json"] = _record(sign_off, profile, files)
            written.append(write_files(target, files))
            continue
        written.append(write_file(target, files[""]))
        if sign_off is not None:
            beside = target.with_name(f"{target.name}.sign-off.json")
            record = _record(sign_off, profile, {target.name: files[""]})
            written.append(write_file(beside, record))
    return tuple(written)


def shared(shown: View) -> Outlook:
    """The outlook of a view with only those times at which single places may be shown."""
    if shown.profile == "internal":
        return shown.outlook
    kept = list(day_ends(shown.outlook))
    return dataclasses.replace(
        shown.outlook,
        times=tuple(shown.outlook.times[i] for i in kept),
        draws=shown.outlook.draws.isel(time=kept),
    )


def _content(
    name: str, shown: View, outlook: Outlook, situation: Situation, sign_off: SignOff | None
) -> dict[str, bytes]:
    """The files of one format by their path; a single file under the empty path."""
    given = shared(shown)
    if name == "html":
        signed = "" if sign_off is None else sign_off.words
        page = single_file([outlook], situation, shown.profile, signed)
        return {"": page.encode("utf-8", "replace")}
    if name == "pdf":
        signed = "" if sign_off is None else sign_off.words
        return {"": situation_report(outlook, situation, shown.profile, signed)}
    if name == "narrative":
        said = "".join(f"{sentence}\n" for sentence in narrative(shown))
        return {"": said.encode("utf-8", "replace")}
    if name == "hub":
        try:
            return forecast_hub(given)
        except ValueError as error:
            raise InputError(f"hub: {error}") from error
    if name == "hxl":
        return {
            "forecast.csv": hxl_forecast(given, shown.known).encode("utf-8", "replace"),
            "claims.csv": hxl_claims(shown.known.claims, shown.known).encode("utf-8", "replace"),
        }
    if name == "netcdf":
        return {"": forecast_netcdf(given, shown.known)}
    return {"": forecast_csv(given).encode("utf-8", "replace")}


def _record(sign_off: SignOff, profile: str, files: Mapping[str, bytes]) -> bytes:
    content = {
        "profile": profile,
        "signed_off_by": sign_off.name,
        "at": sign_off.at.isoformat(timespec="seconds"),
        "sha256": {name: hashlib.sha256(text).hexdigest() for name, text in files.items()},
    }
    return json_file(content)
