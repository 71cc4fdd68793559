"""The command line: the entry point, and which commands there are. It holds no logic of its own.

The commands stand in the modules ``cli_*``. Each is one function that parses arguments, calls the
rooms and prints. It imports the rooms that it calls inside, so that ``crossings --help`` answers at
once. Errors that crossings raises on purpose, and a disk that is full or cannot be written, end
with one line on stderr and status 1 (:func:`main`); wrong usage ends with status 2.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from crossings.cli_backtest import backtest
from crossings.cli_export import export
from crossings.cli_forecast import forecast, what_if
from crossings.cli_ledger import ledger_app
from crossings.cli_read import read
from crossings.cli_record import history, seal, verify_seal
from crossings.cli_serve import serve
from crossings.cli_simulate import simulate
from crossings.cli_situation import check, import_from_flee, new, situations
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


for name, command in (
    ("situations", situations),
    ("check", check),
    ("new", new),
    ("simulate", simulate),
    ("forecast", forecast),
    ("what-if", what_if),
    ("backtest", backtest),
    ("read", read),
    ("export", export),
    ("serve", serve),
    ("history", history),
    ("seal", seal),
    ("verify-seal", verify_seal),
):
    app.command(name)(command)
imports.command("flee")(import_from_flee)


if __name__ == "__main__":
    main()
