"""``crossings export``: a forecast written for others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from crossings.forecast.outlook import Outlook
    from crossings.situation.records import Situation


def export(
    source: Annotated[str, typer.Argument(help="A forecast folder, or a situation to forecast.")],
    html: Annotated[Path | None, typer.Option(help="File for the page.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="File for the report, two pages.")] = None,
    narrative: Annotated[Path | None, typer.Option(help="File for ten plain sentences.")] = None,
    hub: Annotated[Path | None, typer.Option(help="Folder for a forecast hub.")] = None,
    hxl: Annotated[Path | None, typer.Option(help="Folder for tables with HXL tags.")] = None,
    netcdf: Annotated[Path | None, typer.Option(help="File for every draw (.nc).")] = None,
    csv: Annotated[Path | None, typer.Option(help="File for the quantiles.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Issue time, where a situation is given.")
    ] = None,
    horizon: Annotated[str, typer.Option(help="How far, where a situation is given.")] = "8d",
    profile: Annotated[
        str, typer.Option(help="internal, or public: leaves out what could endanger people.")
    ] = "internal",
    sign_off: Annotated[
        str, typer.Option(help="Who answers for a public export: name and function.")
    ] = "",
    situation: Annotated[
        str | None, typer.Option(help="The situation of a forecast folder, if not bundled.")
    ] = None,
) -> None:
    """Write a forecast for others: page, forecast hub, HXL tables, netCDF, CSV.

    Example: [bold]crossings export out/ --hub hub/ --hxl tables/[/bold]
    """
    import datetime as dt

    from crossings.errors import InputError
    from crossings.publish.export import SignOff
    from crossings.publish.export import export as write

    named = {
        "html": html,
        "pdf": pdf,
        "narrative": narrative,
        "hub": hub,
        "hxl": hxl,
        "netcdf": netcdf,
        "csv": csv,
    }
    targets = {name: path for name, path in named.items() if path is not None}
    if not targets:
        raise InputError("export: found no target, expected at least one of --html, --hub, ...")
    signed = SignOff(sign_off, dt.datetime.now(dt.UTC)) if sign_off else None
    outlook, known = _stored_or_made(source, situation, as_of, horizon)
    for path in write(outlook, known, targets, profile, signed):
        print(f"Written: {path}")


def _stored_or_made(
    source: str, situation: str | None, as_of: str | None, horizon: str
) -> tuple[Outlook, Situation]:
    """The forecast of a folder, or a new one of a situation, with the situation itself."""
    from crossings.forecast.issue import forecast as issue
    from crossings.publish.export import stored
    from crossings.publish.progress import progress_bar
    from crossings.situation.catalogue import load

    if (Path(source) / "forecast.json").is_file():
        return stored(source, None if situation is None else load(situation))
    known = load(source)
    with progress_bar() as progress:
        return issue(known, as_of, horizon, progress=progress), known
