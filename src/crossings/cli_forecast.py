"""The commands that look ahead: ``forecast``, and ``what-if``, which compares two such views."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossings.cli_options import Horizon, IncludeProposed, Json, Seed, SituationArgument
from crossings.cli_record import again

if TYPE_CHECKING:
    from crossings.forecast.outlook import Outlook
    from crossings.forecast.what_if import Change
    from crossings.situation.records import Situation


def forecast(
    situation: SituationArgument,
    as_of: Annotated[
        str | None,
        typer.Option(help="Issue time: 2023-09-25 (end of that day) or 2023-09-25T17:00+04:00."),
    ] = None,
    horizon: Horizon = "8d",
    members: Annotated[int, typer.Option(help="Simulated histories.")] = 2000,
    seed: Seed = 1,
    include_proposed: IncludeProposed = False,
    database: Annotated[
        str | None,
        typer.Option(help="Add what this ledger holds of it: sqlite:///FILE, postgresql://..."),
    ] = None,
    learn_from: Annotated[
        list[str] | None, typer.Option(help="A past crisis of your library to learn from too.")
    ] = None,
    explain: Annotated[
        bool,
        typer.Option("--reasons", help="Say what moved it since the last kept forecast (longer)."),
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="Reasons since this moment; else the last kept, or a day.")
    ] = None,
    as_json: Json = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Folder for the forecast's files and page.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep it among past forecasts (CROSSINGS_STORE).")
    ] = False,
    replay: Annotated[
        Path | None, typer.Option(help="Make this kept forecast again: the same, or what changed.")
    ] = None,
) -> None:
    """Forecast who will arrive, where, by when, from what was known at the issue time.

    Example: [bold]crossings forecast nagorno-karabakh-2023 --as-of 2023-09-25 -o out/[/bold]
    """
    if replay is not None:
        again(situation, replay, learn_from or (), database)
        return

    from crossings.situation.catalogue import load

    everything = load(situation)  # first: what is wrong with a folder is told at once
    library = [load(name) for name in learn_from or []]
    everything = _with_ledger(everything, database, as_of, include_proposed)
    if explain and since is None:
        since = _last_kept(everything, as_of)

    from crossings.forecast.issue import forecast as issue
    from crossings.publish.progress import progress_bar

    with progress_bar() as progress:
        outlook = issue(
            everything,
            as_of,
            horizon,
            members,
            seed,
            include_proposed=include_proposed,
            delay_check=True,
            explain=explain or since is not None,
            since=since,
            learn_from=library,
            progress=progress,
        )
    _save(outlook, everything, out, keep)
    _show(outlook, everything, out, as_json)


def what_if(
    situation: SituationArgument,
    close: Annotated[
        list[str] | None, typer.Option(help="A crossing that shuts (all: every one).")
    ] = None,
    open_: Annotated[
        list[str] | None, typer.Option("--open", help="A crossing that opens.")
    ] = None,
    capacity: Annotated[
        list[str] | None, typer.Option(help="CROSSING=xF: lets F times as many through.")
    ] = None,
    ceasefire: Annotated[bool, typer.Option("--ceasefire", help="A ceasefire comes.")] = False,
    attack: Annotated[bool, typer.Option("--attack", help="An armed attack comes.")] = False,
    population: Annotated[float | None, typer.Option(help="People at risk.")] = None,
    at: Annotated[str | None, typer.Option(help="When; a date means its beginning.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Issue time, as for a forecast.")] = None,
    horizon: Horizon = "8d",
    members: Annotated[int, typer.Option(help="Pairs of simulated histories.")] = 2000,
    seed: Seed = 1,
    include_proposed: IncludeProposed = False,
    database: Annotated[
        str | None, typer.Option(help="Add what this ledger holds of it, as for a forecast.")
    ] = None,
    as_json: Json = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Folder for what-if.csv and what-if.json.")
    ] = None,
) -> None:
    """What an intervention would change: a scenario under this model, in paired members.

    Example: [bold]crossings what-if nagorno-karabakh-2023 --as-of 2023-09-26 --close all[/bold]
    """
    from crossings.situation.catalogue import load

    everything = _with_ledger(load(situation), database, as_of, include_proposed)

    from crossings.forecast.scenario import read_capacities
    from crossings.forecast.what_if import what_if as compare
    from crossings.publish.progress import progress_bar

    with progress_bar() as progress:
        change = compare(
            everything,
            as_of,
            horizon,
            members,
            seed,
            close=close or (),
            open=open_ or (),
            capacity=read_capacities(capacity or ()),
            ceasefire=ceasefire,
            attack=attack,
            population=population,
            at=at,
            include_proposed=include_proposed,
            progress=progress,
        )
    _tell_change(change, everything, out, as_json)


def _with_ledger(
    situation: Situation, database: str | None, as_of: str | None, include_proposed: bool
) -> Situation:
    """The situation with what a ledger holds of it, where one is named."""
    if database is None:
        return situation
    from crossings.publish.intake import with_ledger

    return with_ledger(situation, database, as_of, include_proposed)


def _last_kept(situation: Situation, as_of: str | None) -> str | None:
    """When the last kept forecast before this one was issued."""
    from crossings.exchange.kept import Kept, default_store, last_kept

    return last_kept(situation, as_of, Kept(default_store()))


def _save(outlook: Outlook, situation: Situation, out: Path | None, keep: bool) -> None:
    """Write the forecast's folder and keep it among past forecasts, as asked."""
    from crossings.exchange.forecast_folder import write_forecast
    from crossings.exchange.kept import Kept, default_store
    from crossings.publish.page import situation_page

    if out is not None:
        page = situation_page(outlook, situation.as_of(outlook.issued_at), situation)
        write_forecast(outlook, situation, out, page)
    if keep:
        Kept(default_store()).add(outlook, situation)


def _show(outlook: Outlook, situation: Situation, out: Path | None, as_json: bool) -> None:
    """Print the forecast, and for people where it was written to."""
    from rich.console import Console

    from crossings.exchange.forecast_json import forecast_json
    from crossings.publish.terminal import print_outlook

    if as_json:
        print(forecast_json(outlook, situation))
        return
    print_outlook(Console(), outlook, situation, later=situation)
    if out is not None:
        print(f"Written to {out}: forecast.csv, forecast.nc, forecast.json, situation.html")


def _tell_change(change: Change, situation: Situation, out: Path | None, as_json: bool) -> None:
    """Write what an intervention changes, where asked, and print it."""
    from rich.console import Console

    from crossings.exchange.what_if_files import what_if_json, write_what_if
    from crossings.publish.change_table import print_change

    if out is not None:
        write_what_if(change, out)
    if as_json:
        print(what_if_json(change))
        return
    print_change(Console(), change, situation)
    if out is not None:
        print(f"Written to {out}: what-if.csv, what-if.json")
