"""The command line: parses arguments, calls the rooms, prints. It holds no logic of its own.

One function a command, importing the rooms that it calls inside, so that ``crossings --help``
answers at once. Errors that crossings raises on purpose, and a disk that is full or cannot be
written, end with one line on stderr and status 1 (:func:`main`); wrong usage ends with status 2.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from crossings.cli_ledger import ledger_app
from crossings.cli_ledger_options import By, Database, reviewer
from crossings.cli_record import again, history, seal, verify_seal
from crossings.cli_serve import serve
from crossings.errors import CrossingsError

app = typer.Typer(
    name="crossings",
    help="Forecasts of forced displacement: who will arrive, where, by when, with honest ranges.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


imports = typer.Typer(
    help="Make a situation folder from other tools' files.\n\n"
    "Example: [bold]crossings import flee burundi2015 --out burundi[/bold]",
    no_args_is_help=True,
)
app.add_typer(imports, name="import")
app.add_typer(ledger_app, name="ledger")


def main() -> None:
    """Run the command line; the entry point of the script ``crossings``."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # so that a full disk is told here and not while Python shuts down
    except CrossingsError as error:
        _fail(str(error))
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _fail(f"{where}{error.strerror or error}")


def _fail(message: str) -> None:
    print(f"crossings: {message}", file=sys.stderr)
    sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"crossings {version('crossings')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""


@app.command()
def situations(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """List the bundled situations: rows, period, tier and who said how much.

    Example: [bold]crossings situations[/bold]
    """
    from crossings.publish.listing import print_overviews, print_overviews_json
    from crossings.situation.catalogue import bundled, load, overview

    overviews = [overview(load(name)) for name in bundled()]
    if as_json:
        print_overviews_json(overviews)
    else:
        print_overviews(overviews)


@app.command()
def check(folder: Annotated[Path, typer.Argument(help="A situation folder.")]) -> None:
    """Check a situation folder and list every error and oddity; status 1 if there are errors.

    Example: [bold]crossings check my-situation/[/bold]
    """
    from crossings.publish.listing import print_problems
    from crossings.situation.folder import check_folder

    problems = check_folder(folder)
    print_problems(problems)
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="The folder to be made.")]) -> None:
    """Start a situation folder: a small invented example with explanations, ready to be filled.

    Example: [bold]crossings new my-situation[/bold]
    """
    from crossings.situation.folder import new_folder

    new_folder(folder)
    print(f"{folder}: replace the example by what you know, then run: crossings check {folder}")


@imports.command("flee")
def import_from_flee(
    folder: Annotated[Path, typer.Argument(help="A Flee set-up: input_csv and source_data.")],
    out: Annotated[Path, typer.Option("--out", help="The situation folder to be made.")],
    settings: Annotated[
        Path | None, typer.Option(help="A simsetting.yml; else the set-up's own, else defaults.")
    ] = None,
    tier: Annotated[
        str, typer.Option(help="retrospective: corrected figures; dated: as first reported.")
    ] = "retrospective",
) -> None:
    """Make a situation folder of a Flee set-up and list what was assumed, odd or left out.

    Example: [bold]crossings import flee burundi2015 --out burundi --settings rules.yml[/bold]
    """
    from crossings.exchange.flee_import import import_flee
    from crossings.publish.listing import print_import
    from crossings.situation.folder import save_new_folder

    made = import_flee(folder, settings, tier)
    save_new_folder(made.situation, out)
    print_import(made.situation, made.notes, str(out))


@app.command()
def simulate(
    situation: Annotated[str, typer.Argument(help="A bundled situation or a folder.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="A file: .nc (every member) or .csv (by day).")
    ],
    rules: Annotated[str, typer.Option(help="native, or flee for an imported set-up.")] = "native",
    flee_compatible: Annotated[
        bool, typer.Option("--flee-compatible", help="All of Flee's quirks, else none.")
    ] = False,
    totals: Annotated[
        str | None, typer.Option(help="given (from the published series) or modelled.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Use figures of places known then; needed with totals given.")
    ] = None,
    members: Annotated[int, typer.Option(help="Simulated histories.", min=1)] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bits.")] = 1,
    days: Annotated[
        int | None, typer.Option(help="How long from the start; 14, or the whole period given.")
    ] = None,
    place: Annotated[
        list[str] | None, typer.Option(help="Keep this place only; may be given again.")
    ] = None,
    memory: Annotated[str, typer.Option(help="What results may take: 500MB, 2GB.")] = "2GB",
) -> None:
    """Run the rules forward from the start: what could happen, and no forecast.

    Native rules, totals modelled: whatever was reported. Totals given: a known number of people
    spreads over the places. Stop with Ctrl-C and complete parts are kept.

    Example: [bold]crossings simulate rohingya-2017 --days 30 -o rohingya.nc[/bold]
    """
    from crossings.exchange.simulation_parts import read_size, simulate_to_file
    from crossings.publish.listing import print_simulation
    from crossings.publish.progress import progress_bar
    from crossings.situation.catalogue import load

    limit = read_size(memory)
    everything = load(situation)
    with progress_bar() as progress:
        file, about = simulate_to_file(
            everything,
            out,
            members,
            limit,
            progress,
            rules=rules,
            flee_compatible=flee_compatible,
            totals=totals,
            as_of=as_of,
            seed=seed,
            days=days,
            places=place,
        )
    print_simulation(about, members, str(file))


@app.command()
def forecast(
    situation: Annotated[str, typer.Argument(help="A bundled situation or a folder.")],
    as_of: Annotated[
        str | None,
        typer.Option(help="Issue time: 2023-09-25 (end of that day) or 2023-09-25T17:00+04:00."),
    ] = None,
    horizon: Annotated[str, typer.Option(help="How far: 8d, 36h.")] = "8d",
    members: Annotated[int, typer.Option(help="Simulated histories.")] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bits.")] = 1,
    include_proposed: Annotated[
        bool, typer.Option(help="Let claims enter that nobody has accepted yet.")
    ] = False,
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
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
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
    if database is not None:
        from crossings.publish.intake import with_ledger

        everything = with_ledger(everything, database, as_of, include_proposed)

    from rich.console import Console

    from crossings.exchange.forecast_folder import write_forecast
    from crossings.exchange.forecast_json import forecast_json
    from crossings.exchange.kept import Kept, default_store, last_kept
    from crossings.forecast.issue import forecast as issue
    from crossings.publish.page import situation_page
    from crossings.publish.progress import progress_bar
    from crossings.publish.terminal import print_outlook

    if explain and since is None:
        since = last_kept(everything, as_of, Kept(default_store()))
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
    if out is not None:
        page = situation_page(outlook, everything.as_of(outlook.issued_at), everything)
        write_forecast(outlook, everything, out, page)
    if keep:
        Kept(default_store()).add(outlook, everything)
    if as_json:
        print(forecast_json(outlook, everything))
    else:
        print_outlook(Console(), outlook, everything, later=everything)
        if out is not None:
            print(f"Written to {out}: forecast.csv, forecast.nc, forecast.json, situation.html")


@app.command(name="what-if")
def what_if(
    situation: Annotated[str, typer.Argument(help="A bundled situation or a folder.")],
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
    horizon: Annotated[str, typer.Option(help="How far: 8d, 36h.")] = "8d",
    members: Annotated[int, typer.Option(help="Pairs of simulated histories.")] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bits.")] = 1,
    include_proposed: Annotated[
        bool, typer.Option(help="Let claims enter that nobody has accepted yet.")
    ] = False,
    database: Annotated[
        str | None, typer.Option(help="Add what this ledger holds of it, as for a forecast.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Folder for what-if.csv and what-if.json.")
    ] = None,
) -> None:
    """What an intervention would change: a scenario under this model, in paired members.

    Example: [bold]crossings what-if nagorno-karabakh-2023 --as-of 2023-09-26 --close all[/bold]
    """
    from crossings.situation.catalogue import load

    everything = load(situation)
    if database is not None:
        from crossings.publish.intake import with_ledger

        everything = with_ledger(everything, database, as_of, include_proposed)

    from rich.console import Console

    from crossings.exchange.what_if_files import what_if_json, write_what_if
    from crossings.forecast.scenario import read_capacities
    from crossings.forecast.what_if import what_if as compare
    from crossings.publish.change_table import print_change
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
    if out is not None:
        write_what_if(change, out)
    if as_json:
        print(what_if_json(change))
    else:
        print_change(Console(), change, everything)
        if out is not None:
            print(f"Written to {out}: what-if.csv, what-if.json")


@app.command()
def backtest(
    situations: Annotated[list[str], typer.Argument(help="Bundled situations or folders.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for truth, forecasts, scores.")],
    every: Annotated[str, typer.Option(help="Days between issue times: 7d.")] = "7d",
    issue_times: Annotated[
        Path | None, typer.Option(help="A file with one issue date a line, in place of --every.")
    ] = None,
    horizons: Annotated[str, typer.Option(help="Days ahead: 7d,14d,30d.")] = "7d,14d,30d",
    learn_from: Annotated[
        list[str] | None, typer.Option(help="A situation of your library to learn from too.")
    ] = None,
    workers: Annotated[
        int, typer.Option(help="Over situations and issue times; the same result.")
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(help="A Dask scheduler: tcp://HOST:8786, or local (with --workers)."),
    ] = None,
) -> None:
    """Forecast the past of situations again, each issue with what was known then, and score it.

    Writes truth.csv, model-output/ and scores.json for each situation, and report.html. The same
    command goes on where it was stopped.

    Example: [bold]crossings backtest my-crisis/ -o backtest/[/bold]
    """
    from crossings.situation.catalogue import load

    loaded = [load(name) for name in situations]
    library = [load(name) for name in learn_from or []]

    from rich.console import Console

    from crossings.exchange.backtest_folder import run_backtest
    from crossings.exchange.whole import write_file
    from crossings.publish.backtest_page import backtest_page
    from crossings.publish.backtest_table import print_backtest
    from crossings.publish.progress import progress_bar
    from crossings.verify.backtest import plan_from

    plan = plan_from(every, horizons, issue_times)
    with progress_bar() as progress:
        scores = run_backtest(loaded, out, plan, library, workers, progress, scheduler)
    write_file(out / "report.html", backtest_page(scores).encode("utf-8", "replace"))
    print_backtest(Console(), scores)
    print(f"Written to {out}: report.html, and truth, forecasts and scores for each situation")


@app.command()
def read(
    paths: Annotated[
        list[Path], typer.Argument(help="Reports, or folders of them; - for standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON a document.")] = False,
    published: Annotated[
        str, typer.Option(help="Day of publication, in place of what a report states: 2023-09-25.")
    ] = "",
    into: Annotated[
        str, typer.Option(help="Enter what is read into the ledger, for this situation.")
    ] = "",
    database: Database = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Vouch for all of it at once, without review.")
    ] = False,
    by: By = "",
    model: Annotated[
        str, typer.Option(help="Ask a language model as well, by its name at --model-url.")
    ] = "",
    model_url: Annotated[
        str, typer.Option(help="An OpenAI-compatible endpoint: http://localhost:8080/v1.")
    ] = "",
    seconds: Annotated[float, typer.Option(help="How long one document may take.", min=1)] = 60.0,
) -> None:
    """Read reports: every figure about people, with who says it, where and when.

    Text, web pages, PDF, RSS and Atom feeds, JSON Lines (id, text, published); up to 20 MB each.
    What cannot be read is listed at the end, with status 1. A model is asked only where one is
    named here or in CROSSINGS_MODEL and CROSSINGS_MODEL_URL.

    Example: [bold]crossings read report.txt --into nagorno-karabakh-2023[/bold]
    """
    from dataclasses import replace

    from rich.console import Console

    from crossings.errors import InputError
    from crossings.publish.intake import Intake
    from crossings.publish.progress import count_bar
    from crossings.publish.reading import print_failures, print_reading, reading_json
    from crossings.reports.batch import read_files
    from crossings.reports.inputs.opening import files_in, standard_input
    from crossings.reports.model_endpoint import settings

    if (accept or database) and not into:
        raise InputError("--into: found nothing, expected the situation that the figures are for")
    files, given = standard_input(paths) or (files_in(paths), None)
    asked = settings(model_url, model)
    asked = replace(asked, seconds=0.8 * seconds) if asked else None
    intake = Intake(into, database, reviewer(by), accept) if into else None
    failed = []
    with count_bar("Reading") as progress:
        for outcome in read_files(
            files,
            published=published,
            model=asked,
            given=given,
            seconds=seconds,
            progress=progress,
        ):
            done = intake.enter(outcome) if intake else outcome
            if done.reading is None or done.document is None:
                failed.append(done)
            elif as_json:
                print(reading_json(done.document, done.reading))
            else:
                questions = intake.questions if intake else ()
                print_reading(Console(), done.document, done.reading, questions)
    if intake is not None:
        print(intake.summary(), file=sys.stderr if as_json else sys.stdout)
    if failed:
        print_failures(failed)
        raise typer.Exit(1)


@app.command()
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
    from crossings.forecast.issue import forecast as issue
    from crossings.publish.export import SignOff, stored
    from crossings.publish.export import export as write
    from crossings.publish.progress import progress_bar
    from crossings.situation.catalogue import load

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
    if (Path(source) / "forecast.json").is_file():
        outlook, known = stored(source, None if situation is None else load(situation))
    else:
        known = load(source)
        with progress_bar() as progress:
            outlook = issue(known, as_of, horizon, progress=progress)
    for path in write(outlook, known, targets, profile, signed):
        print(f"Written: {path}")


app.command()(serve)
app.command()(history)
app.command()(seal)
app.command("verify-seal")(verify_seal)


if __name__ == "__main__":
    main()
