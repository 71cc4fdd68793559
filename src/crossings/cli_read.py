"""``crossings read``: reports to figures, shown or entered into a ledger."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossings.cli_ledger_options import By, Database, reviewer

if TYPE_CHECKING:
    from crossings.publish.intake import Intake
    from crossings.reports.batch import Outcome
    from crossings.reports.model_endpoint import ModelSettings


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
    from crossings.errors import InputError
    from crossings.publish.intake import Intake
    from crossings.publish.progress import count_bar
    from crossings.publish.reading import print_failures
    from crossings.reports.batch import read_files
    from crossings.reports.inputs.opening import files_in, standard_input

    if (accept or database) and not into:
        raise InputError("--into: found nothing, expected the situation that the figures are for")
    files, given = standard_input(paths) or (files_in(paths), None)
    asked = _model(model, model_url, seconds)
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
            if not _shown(done, intake, as_json):
                failed.append(done)
    if intake is not None:
        print(intake.summary(), file=sys.stderr if as_json else sys.stdout)
    if failed:
        print_failures(failed)
        raise typer.Exit(1)


def _model(name: str, url: str, seconds: float) -> ModelSettings | None:
    """The language model to ask, if any; its answer must leave time to read the document."""
    from dataclasses import replace

    from crossings.reports.model_endpoint import settings

    asked = settings(url, name)
    return replace(asked, seconds=0.8 * seconds) if asked else None


def _shown(done: Outcome, intake: Intake | None, as_json: bool) -> bool:
    """Print what was read of one document; False where nothing could be read."""
    from rich.console import Console

    from crossings.publish.reading import print_reading, reading_json

    if done.reading is None or done.document is None:
        return False
    if as_json:
        print(reading_json(done.document, done.reading))
    else:
        questions = intake.questions if intake else ()
        print_reading(Console(), done.document, done.reading, questions)
    return True
