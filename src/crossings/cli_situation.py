"""The commands about situations: which there are, checking one, and making one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossings.cli_options import Json


def situations(as_json: Json = False) -> None:
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


def new(folder: Annotated[Path, typer.Argument(help="The folder to be made.")]) -> None:
    """Start a situation folder: a small invented example with explanations, ready to be filled.

    Example: [bold]crossings new my-situation[/bold]
    """
    from crossings.situation.folder import new_folder

    new_folder(folder)
    print(f"{folder}: replace the example by what you know, then run: crossings check {folder}")


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
