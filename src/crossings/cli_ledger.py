"""The commands of ``crossings ledger``: what is kept, reviewed, removed, compared.

As in :mod:`crossings.cli` a command parses arguments, calls the rooms and prints.
"""

from __future__ import annotations

import datetime as dt
import getpass
import os
import select
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossings.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from crossings.ledger.history import Document
    from crossings.ledger.selection import Selection
    from crossings.ledger.store import Ledger
    from crossings.situation.records import Situation

ledger_app = typer.Typer(
    help="Figures and statements kept for good: entered, reviewed, compared, exported.",
    no_args_is_help=True,
)

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
Since = Annotated[str, typer.Option(help="Figures as of then or later.", show_default=False)]
Until = Annotated[str, typer.Option(help="Figures as of then or earlier.", show_default=False)]
AsOf = Annotated[
    str, typer.Option("--as-of", help="Only what was public by then.", show_default=False)
]
By = Annotated[
    str,
    typer.Option("--by", help="Who decides. Default: CROSSINGS_USER, else the login name."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


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


def _on_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _asked(value: str, question: str, option: str, default: str = "") -> str:
    """``value``, or what is typed for it on a terminal."""
    if value.strip():
        return value
    if not _on_a_terminal():
        raise InputError(f"{option}: found nothing, expected it (or a terminal to ask on)")
    answer: str = typer.prompt(question, default=default or None)
    return answer


def _situation(name: str) -> Situation:
    from crossings.situation.catalogue import load

    return load(name)


def _scope(book: Ledger, name: str) -> Situation:
    """The situation of a command; the only one of the ledger where none is named."""
    if name:
        return _situation(name)
    there = list(book.situations())
    if len(there) == 1:
        return _situation(there[0])
    raise InputError(
        f"--situation: found nothing, expected one of: {', '.join(there) or 'the ledger is empty'}"
    )


def _selection(
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
        since=_moment(situation, since, "start"),
        until=_moment(situation, until, "end"),
        as_of=_moment(situation, as_of, "end"),
    )


def _moment(situation: Situation | None, text: str, edge: str) -> dt.datetime | None:
    from zoneinfo import ZoneInfo

    from crossings.situation.times import read_moment

    if not text:
        return None
    zone = situation.zone if situation is not None else ZoneInfo("UTC")
    try:
        return read_moment(text, zone, "start" if edge == "start" else "end")
    except ValueError as error:
        raise InputError(f"time: found {text!r}, expected {error}") from error


@ledger_app.command()
def add(
    situation: SituationOption = "",
    measure: Measure = "",
    at: PlaceOption = "",
    value: Annotated[
        str, typer.Option(help="6650, 2900+, ~3000, 200-300.", show_default=False)
    ] = "",
    as_of: Annotated[
        str,
        typer.Option(help="When it holds: 17:00, today, 2023-09-25, ...", show_default=False),
    ] = "",
    source: Annotated[str, typer.Option(help="Who says it.", show_default=False)] = "",
    known_at: Annotated[
        str, typer.Option(help="When it was public; else assumed from --as-of.", show_default=False)
    ] = "",
    origin: Annotated[
        str, typer.Option("--from", help="Where the people come from.", show_default=False)
    ] = "",
    counting: Annotated[
        str, typer.Option(help="cumulative, stock or flow; follows from the measure.")
    ] = "",
    unit: Annotated[str, typer.Option(help="people, children, families, ...")] = "people",
    basis: Annotated[str, typer.Option(help="count, registration, estimate, planning, ...")] = "",
    via: Annotated[str, typer.Option(help="Through whom.")] = "",
    publisher: Annotated[str, typer.Option(help="Who printed it.")] = "",
    url: Annotated[str, typer.Option(help="Where.")] = "",
    quote: Annotated[str, typer.Option(help="The words.")] = "",
    bulletin: Annotated[str, typer.Option(help="A name for one act of publishing.")] = "",
    sensitivity: Annotated[str, typer.Option(help="public, internal or restricted.")] = "",
    note: Annotated[str, typer.Option(help="What else must be known.")] = "",
    proposed: Annotated[bool, typer.Option(help="Leave the review to somebody else.")] = False,
    by: By = "",
    database: Database = None,
) -> None:
    """Enter a bulletin by hand; on a terminal what is missing is asked for.

    Example: [bold]crossings ledger add --situation nagorno-karabakh-2023 --measure arrived
    --at Armenia --value 6650 --as-of 2023-09-25T21:00+04:00 --source "Government of Armenia"[/bold]
    """
    from crossings.ledger.by_hand import Bulletin, claim_by_hand
    from crossings.publish.ledger_listing import print_entries
    from crossings.situation.catalogue import bundled
    from crossings.situation.naming import place_named

    typed_in = _situation(_asked(situation, f"Situation ({', '.join(bundled())})", "--situation"))
    typed = Bulletin(
        measure=_asked(measure, "What is counted", "--measure", "arrived"),
        place=place_named(typed_in, _asked(at, "Where", "--at", "all")),
        value=_asked(value, "How many (6650, 2900+, ~3000, 200-300)", "--value"),
        as_of=_asked(as_of, "As of (17:00, today, 2023-09-25)", "--as-of", "now"),
        source=_asked(source, "Who says it", "--source"),
        known_at=known_at,
        counting=counting,
        unit=unit,
        origin=origin,
        basis=basis,
        via=via,
        publisher=publisher,
        url=url,
        quote=quote,
        bulletin=bulletin,
        sensitivity=sensitivity,
        note=note,
    )
    claim = claim_by_hand(typed, typed_in, dt.datetime.now(dt.UTC))
    name = reviewer(by)
    with open_ledger(database, create=True) as book:
        done = book.propose(typed_in.id, [claim], reader="by hand", by=name, accept=not proposed)
        entry = book.entry(done.ids[0])
        view = entry.view()
        assert view is not None  # without limits every entry is seen
        print_entries(_console(), [(entry, view)], typed_in.zone)
        known = view.record.known_at.isoformat()
        assumed = " (assumed)" if claim.known_at_assumed else ""
        there = "Kept" if done.new else "Was there already"
        print(f"{there} in {book.name}; public since {known}{assumed}")


@ledger_app.command("list")
def list_entries(
    situation: SituationOption = "",
    measure: Measure = "",
    place: PlaceOption = "",
    source: Source = "",
    since: Since = "",
    until: Until = "",
    as_of: AsOf = "",
    review: Annotated[
        str, typer.Option(help="proposed, accepted, rejected or retracted.", show_default=False)
    ] = "",
    kind: Annotated[str, typer.Option(help="claim, event or context.", show_default=False)] = "",
    document: Annotated[
        str, typer.Option(help="Read from this document.", show_default=False)
    ] = "",
    as_json: Json = False,
    database: Database = None,
) -> None:
    """List entries, filtered by what they say, where, when and who says it.

    Example: [bold]crossings ledger list --situation nagorno-karabakh-2023 --measure arrived[/bold]
    """
    from crossings.ledger.selection import select as choose
    from crossings.publish.ledger_listing import print_entries, print_entries_json

    with open_ledger(database) as book:
        chosen = _situation(situation) if situation else None
        names = [chosen.id] if chosen else list(book.situations())
        wanted = {
            "measure": measure,
            "place": place,
            "source": source,
            "since": since,
            "until": until,
            "as_of": as_of,
            "standing": review,
            "kind": kind,
            "document": document,
        }
        found = {
            name: choose(book.entries(name), _selection(chosen or _known(name), **wanted))
            for name in names
        }
    if as_json:
        print_entries_json([row for rows in found.values() for row in rows])
        return
    for name, rows in found.items():
        known = chosen or _known(name)
        print_entries(_console(), rows, known.zone if known else dt.UTC, name)
    if not found:
        print("no entries")


def _known(name: str) -> Situation | None:
    """The situation of this id where it is bundled; entries may be of any other."""
    from crossings.situation.catalogue import bundled, load

    return load(name) if name in bundled() else None


@ledger_app.command()
def show(
    entry: Annotated[str, typer.Argument(help="The id of an entry or a document, or its start.")],
    as_json: Json = False,
    database: Database = None,
) -> None:
    """Show one entry with its words and its whole history, or a document.

    Example: [bold]crossings ledger show c44b8b6[/bold]
    """
    from crossings.ledger.quotes import passage
    from crossings.ledger.selection import Selection
    from crossings.ledger.selection import select as choose
    from crossings.publish import ledger_listing as listing

    with open_ledger(database) as book:
        graves = book.tombstones()
        if document := _document(book, entry):
            mine = [grave for grave in graves if grave.target_id == document.id]
            listing.print_document(_console(), document, mine, dt.UTC)
            read = [e for e in book.entries() if e.document == document.id]
            listing.print_entries(_console(), choose(read, Selection()), dt.UTC, "Read from it")
            return
        found = book.entry(entry)
        text = book.document(found.document).text if found.document else ""
    view = found.view()
    assert view is not None  # without limits every entry is seen
    if as_json:
        listing.print_entries_json([(found, view)])
        return
    known = _known(found.situation)
    mine = [grave for grave in graves if grave.target_id == found.id]
    said = passage(text, view.record.quote)
    listing.print_entry(_console(), found, view, said, known.zone if known else dt.UTC, mine)


def _document(book: Ledger, start: str) -> Document | None:
    """The document whose id begins with ``start``, where no entry's does."""
    try:
        book.entry(start)
    except InputError:
        return book.document(start)
    return None


@ledger_app.command()
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
        chosen = _scope(book, situation)
        if table_in is not None:
            _review_from_table(book, chosen, table_in, name)
            return
        wanted = _selection(
            chosen,
            measure=measure,
            place=place,
            source=source,
            standing="" if everything else "proposed",
        )
        rows = choose(book.entries(chosen.id), wanted)
        if table_out is not None:
            from crossings.exchange.whole import write_file
            from crossings.ledger.review_table import write_table

            texts = {document.id: document.text for document in book.documents()}
            write_file(table_out, write_table(rows, texts).encode())
            print(f"Written: {table_out}, {len(rows)} entries to review")
        elif not rows:
            print(f"Nothing of {chosen.id} waits for review in {book.name}")
        elif not _on_a_terminal():
            raise InputError(
                f"review: found no terminal for {len(rows)} entries, expected one, or --export "
                "FILE.csv, or --accept ID"
            )
        else:
            from crossings.publish.ledger_review import Reviewer

            session = Reviewer(book, chosen, name, _console(), _key, _line)
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
    from crossings.ledger.store import Change

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


@ledger_app.command()
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
        since = _moment(_known(found.situation), known_at, "end")
        book.review(found.id, "retract", by=reviewer(by), reason=reason, known_at=since)
        print(f"{found.id} retracted; the figure is kept with its history")


@ledger_app.command()
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
    reason, who = _asked(reason, "Why", "--reason"), reviewer(by)
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
            if not _on_a_terminal():
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


@ledger_app.command()
def compare(
    measure: Annotated[str, typer.Option("--measure", help="arrived, killed, ...")],
    situation: SituationOption = "",
    place: PlaceOption = "",
    time: Annotated[
        str, typer.Option(help="The moment asked for; else the newest.", show_default=False)
    ] = "",
    as_of: AsOf = "",
    unit: Annotated[str, typer.Option(help="people, children, ...", show_default=False)] = "",
    counting: Annotated[
        str, typer.Option(help="cumulative, stock or flow.", show_default=False)
    ] = "",
    origin: Annotated[
        str, typer.Option("--from", help="Where the people come from.", show_default=False)
    ] = "",
    include_proposed: Annotated[
        bool, typer.Option(help="Also what nobody has accepted yet.")
    ] = False,
    chart: Annotated[
        Path | None, typer.Option(help="Write the history as a chart to this file (.svg).")
    ] = None,
    as_json: Json = False,
    database: Annotated[
        str | None,
        typer.Option(help="A ledger whose claims stand beside the situation's own."),
    ] = None,
) -> None:
    """Put every answer to one question side by side: who, when, what became of it, what remains.

    Without --database the claims of the situation itself are compared.

    Example: [bold]crossings ledger compare --situation kosovo-1999 --measure arrived[/bold]
    """
    from crossings.exchange.whole import write_file
    from crossings.ledger.side_by_side import matching, side_by_side
    from crossings.publish.history_chart import history_chart
    from crossings.publish.intake import with_ledger
    from crossings.publish.side_by_side import print_side_by_side, side_by_side_json
    from crossings.situation.naming import place_named

    known = _situation(situation) if situation else None
    if known is None:
        if database is None:
            raise InputError("--situation: found nothing, expected one (or --database)")
        with open_ledger(database) as book:
            known = _scope(book, "")
    if database is not None:
        known = with_ledger(known, database, as_of or None, include_proposed)
    if as_of:
        known = known.as_of(as_of)
    asked = matching(
        known.claims,
        measure=measure,
        counting=counting,
        unit=unit,
        place=place_named(known, place) if place else None,
        origin=origin,
    )
    found = side_by_side(known.claims, asked, known.zone, _moment(known, time, "end"))
    if chart is not None:
        write_file(chart, history_chart(found, known.zone).encode())
    if as_json:
        print(side_by_side_json(found))
        return
    print_side_by_side(_console(), found, known)
    if chart is not None:
        print(f"Written: {chart}")


@ledger_app.command("export")
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
    from crossings.exchange.whole import write_file

    with open_ledger(database) as book:
        lines = list(ledger.export_lines(book, situation or None))
    if str(out) == "-":
        sys.stdout.buffer.write("".join(lines).encode())
    else:
        write_file(out, "".join(lines).encode())
        print(f"Written: {out}, {len(lines) - 2} rows")


@ledger_app.command("import")
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


def _console() -> Console:
    from rich.console import Console

    return Console()
