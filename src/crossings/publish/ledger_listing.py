"""A ledger on the terminal: entries in a table, one entry with its history.

Readable at 80 columns and in a pipe; text from outside is cleaned and never read as markup.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crossings.ledger.history import Decision, Document, Entry, Tombstone, View
from crossings.ledger.identity import Kept, encode
from crossings.ledger.quotes import Passage
from crossings.publish import words
from crossings.publish.markup import clean
from crossings.situation.records import Claim, Context, Event

ID_SHOWN = 7
"""Characters of an id in a table: enough to name one of some thousands."""

STYLES = {"proposed": "yellow", "accepted": "green", "rejected": "red", "retracted": "red"}
_DONE = {"accept": "accepted", "correct": "corrected", "reject": "rejected", "retract": "retracted"}


def says(record: Kept, short: bool = False) -> str:
    """What a record states, in a line: ``at least 2,900 people arrived``."""
    if isinstance(record, Claim):
        return f"{words.figure(record)} {words.quantity(record)}"
    if isinstance(record, Event):
        return record.kind.replace("_", " ")
    relation = "" if record.relation == "other" else record.relation
    parts = [record.subject, relation, record.object]
    if not (short and record.object):
        parts.append(record.what)
    return " ".join(part for part in parts if part)


def place_of(record: Kept) -> str:
    """Where: the id of a place, or whence where only that is stated."""
    if isinstance(record, Context):
        return ""
    if isinstance(record, Claim) and not record.place and record.origin:
        return f"from {record.origin}"
    return record.place


def who(record: Kept) -> str:
    """Who says it, through whom."""
    return clean(words.speakers_via(record), 160)


def when(record: Kept, zone: dt.tzinfo) -> str:
    """The moment that it refers to, in ``zone``."""
    if isinstance(record, Claim):
        return words.stamp(record.as_of, zone, record.as_of_precision)
    if isinstance(record, Event):
        stated = words.stamp(record.time, zone)
        return stated.removesuffix(" 00:00")  # the start of a day stands for the day
    return clean(record.since, 20)


def _where_and_when(record: Kept, zone: dt.tzinfo) -> str:
    return ", ".join(part for part in (place_of(record), when(record, zone)) if part)


def print_entries(
    console: Console, rows: Sequence[tuple[Entry, View]], zone: dt.tzinfo, title: str = ""
) -> None:
    """Print entries in a table, then how many there are of each standing."""
    table = Table(
        title=clean(title) or None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("Id", no_wrap=True)
    table.add_column("What", min_width=18, overflow="fold")
    table.add_column("Where, as of", max_width=18, overflow="fold")
    table.add_column("Who says it", min_width=12, overflow="fold")
    table.add_column("Review", min_width=9, no_wrap=True)
    for entry, view in rows:
        table.add_row(
            entry.id[:ID_SHOWN],
            Text(clean(says(view.record, short=True), 60)),
            Text(clean(_where_and_when(view.record, zone), 70)),
            Text(who(view.record)),
            Text(view.standing, style=STYLES[view.standing]),
        )
    if rows:
        console.print(table)
    counts = {name: sum(view.standing == name for _, view in rows) for name in STYLES}
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    console.print(Text(told or "no entries", style="dim"))


def print_entries_json(rows: Sequence[tuple[Entry, View]]) -> None:
    """Print entries as a JSON list, for programs."""
    entries = [
        {
            "id": entry.id,
            "situation": entry.situation,
            "kind": entry.kind,
            "standing": view.standing,
            "document": entry.document,
            "reader": entry.reader,
            "by": entry.by,
            "recorded_at": entry.recorded_at.isoformat(),
            "record": encode(view.record),
        }
        for entry, view in rows
    ]
    json.dump(entries, sys.stdout, ensure_ascii=True, indent=1)
    sys.stdout.write("\n")


def print_quote(console: Console, said: Passage) -> None:
    """Print a quote in its sentence, the quote itself in bold."""
    if not said.quote:
        return
    before, after = clean(said.before, 400), clean(said.after, 400)
    sentence = Text()
    sentence.append(f"{before} " if before else "", style="dim")
    sentence.append(clean(said.quote, 700), style="bold")
    glue = "" if said.after[:1] in ",.;:!?)”" else " "
    sentence.append(f"{glue}{after}" if after else "", style="dim")
    if not said.found:
        sentence.append("  (no text of the document is kept around it)", style="dim")
    console.print(Padding(sentence, (0, 0, 0, 2)))


def print_entry(
    console: Console,
    entry: Entry,
    view: View,
    said: Passage,
    zone: dt.tzinfo,
    graves: Sequence[Tombstone] = (),
) -> None:
    """Print an entry: what it states, its words, its fields, and what was decided when by whom."""
    head = Text.assemble(
        (clean(says(view.record), 200), "bold"),
        "  ",
        (view.standing, STYLES[view.standing]),
        (", corrected" if view.corrected else ""),
    )
    console.print(head)
    print_quote(console, said)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for label, value in _facts(entry, view.record, zone):
        if value:
            table.add_row(f"  {label}", Text(clean(value)))
    console.print(table)
    console.print(Text("History", style="bold"))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for moment, told in sorted(_story(entry, graves, zone)):
        table.add_row(f"  {words.stamp(moment, zone)}", Text(clean(told)))
    console.print(table)


def print_document(
    console: Console, document: Document, graves: Sequence[Tombstone], zone: dt.tzinfo
) -> None:
    """Print what is known of a document and the beginning of its text."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    facts = (
        ("document", document.id),
        ("publisher", document.publisher),
        ("address", document.url),
        ("published", _moment(document.published, zone)),
        ("retrieved", _moment(document.retrieved, zone)),
        ("added", f"{_moment(document.recorded_at, zone)}  {document.by}"),
        ("text", f"{len(document.text):,} characters" if document.text else "removed"),
    )
    for label, value in facts:
        if value:
            table.add_row(f"  {label}", Text(clean(value, 300)))
    for grave in graves:
        table.add_row("  removed", Text(clean(_buried(grave, zone))))
    console.print(table)
    if document.text:
        console.print(Padding(Text(clean(document.text, 600), style="dim"), (0, 0, 0, 2)))


def _moment(moment: dt.datetime | None, zone: dt.tzinfo) -> str:
    return "" if moment is None else words.stamp(moment, zone)


def _buried(grave: Tombstone, zone: dt.tzinfo) -> str:
    return (
        f"{words.stamp(grave.recorded_at, zone)} by {grave.by}: {grave.reason} "
        f"(hash before {grave.digest_before[:12]})"
    )


def _facts(entry: Entry, record: Kept, zone: dt.tzinfo) -> list[tuple[str, str]]:
    facts = [
        ("id", entry.id),
        ("situation", entry.situation),
        ("says", who(record)),
        ("published by", f"{record.publisher} {record.url}".strip()),
        ("place", place_of(record)),
        ("as of", when(record, zone)),
    ]
    if isinstance(record, Claim):
        assumed = " (assumed)" if record.known_at_assumed else ""
        facts += [
            ("known at", words.stamp(record.known_at, zone) + assumed),
            ("counting", f"{record.counting}; {record.basis}; {record.status}"),
            ("origin", record.origin),
            ("part of", record.part_of),
            ("same as", record.same_group_as),
            ("bulletin", record.bulletin),
            ("note", record.note),
        ]
    else:
        facts.append(("known at", words.stamp(record.known_at, zone)))
        facts.append(("wording", getattr(record, "wording", "")))
    facts.append(("document", entry.document[:12]))
    facts.append(("read by", entry.reader))
    return facts


def _story(
    entry: Entry, graves: Sequence[Tombstone], zone: dt.tzinfo
) -> list[tuple[dt.datetime, str]]:
    by = f" by {entry.by}" if entry.by else ""
    story = [(entry.recorded_at, f"entered{by}: {says(entry.record)}")]
    record = entry.record
    for act in entry.acts:
        story.append((act.recorded_at, _told(act, record, zone)))
        record = act.record or record
    story += [(g.recorded_at, f"words removed by {g.by}: {g.reason}") for g in graves]
    return story


def _told(act: Decision, before: Kept, zone: dt.tzinfo) -> str:
    since = f", public since {words.stamp(act.known_at, zone)}" if act.known_at else ""
    told = f"{_DONE[act.act]} by {act.by}{since}"
    if act.record is not None:
        old, new = encode(before), encode(act.record)
        changes = [f"{n} {old[n]!s} to {new[n]!s}" for n in new if new[n] != old[n]]
        told += f": {'; '.join(changes)}"
    return f"{told} ({act.reason})" if act.reason else told
