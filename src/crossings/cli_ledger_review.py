"""The commands of ``crossings ledger`` that decide about what is kept, remove it or pass it on."""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossings.cli_ledger_options import (
    By,
    Database,
    Measure,
    PlaceOption,
    SituationOption,
    Source,
    asked,
    known_situation,
    moment,
    on_a_terminal,
    open_ledger,
    reviewer,
    scope,
    selection,
    terminal,
)
from crossings.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crossings.ledger.store import Ledger
    from crossings.situation.records import Situation


def review(
    situation: SituationOption = "",
    accept: Annotated[list[str], typer.Option(help="Accept these ids.")] = [],  # noqa: B006
    reject: Annotated[list[str], typer.Option(help="Reject these ids.")] = [],  # noqa: B006
    reason: Annotated[str, typer.Option(help="Why, with --accept or --reject.")] = "",
    table_out: Annotated[
        Path | None, typer.Option("--export", help="Write a table to fill in.")
    ] = None,
    table_in: Annotated[
        Path | None, typer.Option("--import", help="Take the decisions of a filled-in table.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was decided before.")
    ] = False,
    measure: Measure = "",
    place: PlaceOption = "",
    source: Source = "",
    by: By = "",
    database: Database = None,
) -> None:
    """Accept, correct or reject what was read: by keyboard on a terminal, or in a table.

    Example: [bold]crossings ledger review --situation nagorno-karabakh-2023[/bold]
    """
    from crossings.ledger.selection import select as choose

    name = reviewer(by)
    with open_ledger(database) as book:
        if accept or reject:
            _decide(book, accept, reject, reason, name)
            return
        chosen = scope(book, situation)
        if table_in is not None:
            _review_from_table(book, chosen, table_in, name)
            return
        wanted = selection(
            chosen,
            measure=measure,
            place=place,
            source=source,
            standing="" if everything else "proposed",
        )
        rows = choose(book.entries(chosen.id), wanted)
        if table_out is not None:
            from crossings.ledger.review_table import write_table
            from crossings.whole import write_file

            texts = {document.id: document.text for document in book.documents()}
            write_file(table_out, write_table(rows, texts).encode())
            print(f"Written: {table_out}, {len(rows)} entries to review")
        elif not rows:
            print(f"Nothing of {chosen.id} waits for review in {book.name}")
        elif not on_a_terminal():
            raise InputError(
                f"review: found no terminal for {len(rows)} entries, expected one, or --export "
                "FILE.csv, or --accept ID"
            )
        else:
            from crossings.publish.ledger_review import Reviewer

            session = Reviewer(book, chosen, name, terminal(), _key, _line)
            session.run([entry for entry, _ in rows])


def _key() -> str:
    """The next key, as soon as it is pressed; what was typed ahead is not lost."""
    try:
        import termios
        import tty
    except ImportError:  # Windows
        return typer.getchar()
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal, termios.TCSANOW)
    try:
        pressed = os.read(terminal, 1)
        while pressed[:1] == b"\x1b" and select.select([terminal], [], [], 0.05)[0]:
            pressed += os.read(terminal, 16)  # an arrow or a function key
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
    return pressed.decode(errors="replace")


def _line(question: str, default: str) -> str:
    answer: str = typer.prompt(question, default=default, show_default=bool(default))
    return answer


def _decide(book: Ledger, accept: list[str], reject: list[str], reason: str, by: str) -> None:
    from crossings.ledger.deciding import Change

    changes = [Change(entry, "accept", reason=reason) for entry in accept]
    changes += [Change(entry, "reject", reason=reason) for entry in reject]
    book.review_all(changes, by=by)
    print(f"{len(accept)} accepted, {len(reject)} rejected")


def _review_from_table(book: Ledger, chosen: Situation, table: Path, by: str) -> None:
    from collections import Counter

    from crossings.ledger.review_table import read_table

    try:
        text = table.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{table}: found bytes that are no UTF-8, expected CSV in it") from error
    entries = {entry.id: entry for entry in book.entries(chosen.id)}
    changes = read_table(text, entries, chosen.zone, table.name)
    book.review_all(changes, by=by)
    tally = Counter(change.act for change in changes)
    told = ", ".join(f"{count} {act}" for act, count in sorted(tally.items()))
    print(f"{table}: {told or 'nothing decided'}")


def retract(
    entry: Annotated[str, typer.Argument(help="The id of an entry, or its start.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    known_at: Annotated[
        str,
        typer.Option(help="When it was public that the source withdrew it; else now."),
    ] = "",
    by: By = "",
    database: Database = None,
) -> None:
    """Note that a source withdrew a figure; forecasts of earlier times still know it.

    Example: [bold]crossings ledger retract c44b8b6 --reason "withdrawn by the ministry"[/bold]
    """
    with open_ledger(database) as book:
        found = book.entry(entry)
        since = moment(known_situation(found.situation), known_at, "end")
        book.review(found.id, "retract", by=reviewer(by), reason=reason, known_at=since)
        print(f"{found.id} retracted; the figure is kept with its history")


def redact(
    target: Annotated[
        str, typer.Argument(help="The id of a document or entry whose words go.")
    ] = "",
    name: Annotated[str, typer.Option(help="A name to remove everywhere.")] = "",
    reason: Annotated[str, typer.Option(help="Why; is kept.", prompt=False)] = "",
    inside_words: Annotated[
        bool, typer.Option(help="Also where the name is part of a longer word.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by: By = "",
    database: Database = None,
) -> None:
    """Remove a text or a name for good; a tombstone with hash and reason stays.

    Example: [bold]crossings ledger redact --name "Jane Doe" --reason "private person"[/bold]
    """
    from crossings import ledger

    if bool(target) == bool(name):
        raise InputError("redact: expected either the id of a document or entry, or --name")
    reason, who = asked(reason, "Why", "--reason"), reviewer(by)
    with open_ledger(database) as book:
        if name:
            found = ledger.remove_name(
                book,
                name,
                by=reviewer(by),
                reason=reason,
                inside_words=inside_words,
                only_count=True,
            )
            question = f"Remove the name from {_counted(found.rows)} for good?"
        else:
            question = "Remove these words for good?"
        if not yes:
            if not on_a_terminal():
                raise InputError("redact: found no terminal to ask on, expected --yes")
            typer.confirm(question, abort=True)
        if name:
            gone = ledger.remove_name(book, name, by=who, reason=reason, inside_words=inside_words)
        else:
            gone = ledger.remove_text(book, target, by=who, reason=reason)
        print(f"Removed from {_counted(gone.rows)}; copies and backups are not reached")


def _counted(rows: Mapping[str, int]) -> str:
    plural = {"document": "documents", "entry": "entries", "act": "acts", "tombstone": "tombstones"}
    told = [f"{n} {word if n == 1 else plural[word]}" for word, n in rows.items() if n]
    return ", ".join(told) or "no rows"


def export_ledger(
    out: Annotated[Path, typer.Option("-o", "--out", help="A file: .jsonl, or - for stdout.")],
    situation: Annotated[
        str, typer.Option(help="The id of a situation; everything without it.")
    ] = "",
    database: Database = None,
) -> None:
    """Write a ledger as JSON Lines with hashes, tombstones included.

    Example: [bold]crossings ledger export -o ledger.jsonl[/bold]
    """
    from crossings import ledger
    from crossings.whole import write_file

    with open_ledger(database) as book:
        lines = list(ledger.export_lines(book, situation or None))
    if str(out) == "-":
        sys.stdout.buffer.write("".join(lines).encode())
    else:
        write_file(out, "".join(lines).encode())
        print(f"Written: {out}, {len(lines) - 2} rows")


def import_ledger(
    file: Annotated[Path, typer.Argument(help="An export of a ledger.")],
    database: Database = None,
) -> None:
    """Add the rows of an export; what was removed there is removed here.

    Example: [bold]crossings ledger import ledger.jsonl --database sqlite:///copy.sqlite[/bold]
    """
    from crossings import ledger

    with file.open(encoding="utf-8", newline="\n") as lines:
        try:
            with open_ledger(database, create=True) as book:
                done = ledger.import_lines(book, lines, file.name)
        except UnicodeDecodeError as error:
            raise InputError(f"{file}: found bytes that are no UTF-8") from error
    print(f"{done.added} rows added, {done.present} were there, {done.removed} cleared of words")
