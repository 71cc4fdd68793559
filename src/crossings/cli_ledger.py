"""The commands of ``crossings ledger``: what is entered, listed, shown, compared.

As in :mod:`crossings.cli` a command parses arguments, calls the rooms and prints. Those that decide
about what is kept stand in :mod:`crossings.cli_ledger_review`.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossings import cli_ledger_review
from crossings.cli_ledger_options import (
    AsOf,
    By,
    Counting,
    Database,
    Measure,
    Origin,
    PlaceOption,
    Since,
    SituationOption,
    Source,
    Until,
    asked,
    known_situation,
    moment,
    named_situation,
    open_ledger,
    reviewer,
    scope,
    selection,
    terminal,
)
from crossings.cli_options import Json
from crossings.errors import InputError

if TYPE_CHECKING:
    from crossings.ledger.history import Document
    from crossings.ledger.store import Ledger

ledger_app = typer.Typer(
    help="Figures and statements kept for good: entered, reviewed, compared, exported.\n\n"
    "Example: [bold]crossings ledger compare --situation kosovo-1999 --measure arrived[/bold]",
    no_args_is_help=True,
)


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
    origin: Origin = "",
    counting: Counting = "",
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

    typed_in = named_situation(
        asked(situation, f"Situation ({', '.join(bundled())})", "--situation")
    )
    typed = Bulletin(
        measure=asked(measure, "What is counted", "--measure", "arrived"),
        place=place_named(typed_in, asked(at, "Where", "--at", "all")),
        value=asked(value, "How many (6650, 2900+, ~3000, 200-300)", "--value"),
        as_of=asked(as_of, "As of (17:00, today, 2023-09-25)", "--as-of", "now"),
        source=asked(source, "Who says it", "--source"),
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
        print_entries(terminal(), [(entry, view)], typed_in.zone)
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
        chosen = named_situation(situation) if situation else None
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
            name: choose(book.entries(name), selection(chosen or known_situation(name), **wanted))
            for name in names
        }
    if as_json:
        print_entries_json([row for rows in found.values() for row in rows])
        return
    for name, rows in found.items():
        known = chosen or known_situation(name)
        print_entries(terminal(), rows, known.zone if known else dt.UTC, name)
    if not found:
        print("no entries")


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
            listing.print_document(terminal(), document, mine, dt.UTC)
            read = [e for e in book.entries() if e.document == document.id]
            listing.print_entries(terminal(), choose(read, Selection()), dt.UTC, "Read from it")
            return
        found = book.entry(entry)
        text = book.document(found.document).text if found.document else ""
    view = found.view()
    assert view is not None  # without limits every entry is seen
    if as_json:
        listing.print_entries_json([(found, view)])
        return
    known = known_situation(found.situation)
    mine = [grave for grave in graves if grave.target_id == found.id]
    said = passage(text, view.record.quote)
    listing.print_entry(terminal(), found, view, said, known.zone if known else dt.UTC, mine)


def _document(book: Ledger, start: str) -> Document | None:
    """The document whose id begins with ``start``, where no entry's does."""
    try:
        book.entry(start)
    except InputError:
        return book.document(start)
    return None


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
    counting: Counting = "",
    origin: Origin = "",
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
    from crossings.ledger.side_by_side import matching, side_by_side
    from crossings.publish.history_chart import history_chart
    from crossings.publish.intake import with_ledger
    from crossings.publish.side_by_side import print_side_by_side, side_by_side_json
    from crossings.situation.naming import place_named
    from crossings.whole import write_file

    known = named_situation(situation) if situation else None
    if known is None:
        if database is None:
            raise InputError("--situation: found nothing, expected one (or --database)")
        with open_ledger(database) as book:
            known = scope(book, "")
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
    found = side_by_side(known.claims, asked, known.zone, moment(known, time, "end"))
    if chart is not None:
        write_file(chart, history_chart(found, known.zone).encode())
    if as_json:
        print(side_by_side_json(found))
        return
    print_side_by_side(terminal(), found, known)
    if chart is not None:
        print(f"Written: {chart}")


for name, command in (
    ("review", cli_ledger_review.review),
    ("retract", cli_ledger_review.retract),
    ("redact", cli_ledger_review.redact),
    ("export", cli_ledger_review.export_ledger),
    ("import", cli_ledger_review.import_ledger),
):
    ledger_app.command(name)(command)
