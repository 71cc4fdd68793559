"""What the commands of ``crossings ledger`` share: their options, and how these are understood."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from crossings.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from crossings.ledger.selection import Selection
    from crossings.ledger.store import Ledger
    from crossings.situation.records import Situation

Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="sqlite:///FILE or postgresql://USER@HOST/NAME. "
        "Default: CROSSINGS_DATABASE, else a file in your data directory.",
        show_default=False,
    ),
]
SituationOption = Annotated[
    str, typer.Option("--situation", help="A bundled situation or a folder.", show_default=False)
]
Measure = Annotated[str, typer.Option("--measure", help="arrived, killed, ...", show_default=False)]
PlaceOption = Annotated[
    str, typer.Option("--place", "--at", help="A place by any of its names.", show_default=False)
]
Source = Annotated[
    str, typer.Option("--source", help="Part of a name of who says it.", show_default=False)
]
Origin = Annotated[
    str, typer.Option("--from", help="Where the people come from.", show_default=False)
]
Counting = Annotated[
    str,
    typer.Option(
        "--counting",
        help="cumulative, stock or flow; else as the measure suggests.",
        show_default=False,
    ),
]
Since = Annotated[str, typer.Option(help="Figures as of then or later.", show_default=False)]
Until = Annotated[str, typer.Option(help="Figures as of then or earlier.", show_default=False)]
AsOf = Annotated[
    str, typer.Option("--as-of", help="Only what was public by then.", show_default=False)
]
By = Annotated[
    str,
    typer.Option("--by", help="Who decides. Default: CROSSINGS_USER, else the login name."),
]


def open_ledger(database: str | None, create: bool = False) -> Ledger:
    """The ledger that a command works on."""
    from crossings import ledger

    return ledger.open(database, create)


def reviewer(by: str) -> str:
    """Who decides: as given, else from the environment, else the login name."""
    name = by or os.environ.get("CROSSINGS_USER", "")
    if not name:
        try:
            name = getpass.getuser()
        except (KeyError, OSError):
            raise InputError("by: found no login name, expected --by NAME") from None
    return name


def on_a_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def asked(value: str, question: str, option: str, default: str = "") -> str:
    """``value``, or what is typed for it on a terminal."""
    if value.strip():
        return value
    if not on_a_terminal():
        raise InputError(f"{option}: found nothing, expected it (or a terminal to ask on)")
    answer: str = typer.prompt(question, default=default or None)
    return answer


def named_situation(name: str) -> Situation:
    """The bundled situation of this name, or the one in this folder."""
    from crossings.situation.catalogue import load

    return load(name)


def scope(book: Ledger, name: str) -> Situation:
    """The situation of a command; the only one of the ledger where none is named."""
    if name:
        return named_situation(name)
    there = list(book.situations())
    if len(there) == 1:
        return named_situation(there[0])
    raise InputError(
        f"--situation: found nothing, expected one of: {', '.join(there) or 'the ledger is empty'}"
    )


def selection(
    situation: Situation | None,
    *,
    measure: str = "",
    place: str = "",
    source: str = "",
    since: str = "",
    until: str = "",
    as_of: str = "",
    standing: str = "",
    kind: str = "",
    document: str = "",
) -> Selection:
    """The filters of a command as they are understood."""
    from typing import get_args

    from crossings.ledger.history import Standing
    from crossings.ledger.identity import KINDS
    from crossings.ledger.selection import Selection
    from crossings.situation.naming import place_named

    for option, value, allowed in (
        ("--review", standing, get_args(Standing)),
        ("--kind", kind, tuple(KINDS)),
    ):
        if value and value not in allowed:
            raise InputError(f"{option}: found {value!r}, expected one of {', '.join(allowed)}")
    if place and situation is not None:
        place = place_named(situation, place)
    return Selection(
        kinds=frozenset({kind} if kind else ()),
        standings=frozenset({standing} if standing else ()),  # type: ignore[arg-type] # checked
        measure=measure,
        place=place,
        source=source,
        document=document,
        since=moment(situation, since, "start"),
        until=moment(situation, until, "end"),
        as_of=moment(situation, as_of, "end"),
    )


def moment(situation: Situation | None, text: str, edge: str) -> dt.datetime | None:
    """A moment as it is written in a table, in the situation's zone; ``None`` for nothing."""
    from zoneinfo import ZoneInfo

    from crossings.situation.times import read_moment

    if not text:
        return None
    zone = situation.zone if situation is not None else ZoneInfo("UTC")
    try:
        return read_moment(text, zone, "start" if edge == "start" else "end")
    except ValueError as error:
        raise InputError(f"time: found {text!r}, expected {error}") from error


def known_situation(name: str) -> Situation | None:
    """The situation of this id where it is bundled; entries may be of any other."""
    from crossings.situation.catalogue import bundled, load

    return load(name) if name in bundled() else None


def terminal() -> Console:
    """Where to print."""
    from rich.console import Console

    return Console()
