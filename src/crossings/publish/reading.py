"""What was read, on the terminal: figures with who says them, then events, then the setting.

A wide terminal gets tables, a narrow one a block a statement. The words of the report stand beside
everything, so that a person can check at a glance. Text from outside is shown as text.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crossings.publish import words
from crossings.publish.markup import clean
from crossings.reports.batch import Outcome
from crossings.reports.inputs.document import Document
from crossings.reports.records import ReadClaim, ReadContext, ReadEvent, Reading

WIDE = 110
"""Columns from which on figures stand in tables."""

LONGEST_WORDS = 240
"""Most characters of the report's words that are shown for one statement."""


_RELATION_WORDS = {
    "supports": "supports",
    "supplies": "supplies",
    "allies": "is an ally of",
    "trades": "trades with",
    "mediates": "mediates",
    "commemorates": "commemorates",
    "claims": "says of",
    "other": "",
}


@dataclass(frozen=True)
class _Row:
    """One statement, ready to be shown."""

    what: str
    where: str
    who: str
    when: str
    words: str


def reading_json(document: Document, reading: Reading) -> str:
    """One line of JSON, the same for the same document; all characters outside ASCII escaped."""
    return json.dumps(reading.as_dict(document.id or document.name))


def print_failures(failed: Sequence[Outcome]) -> None:
    """List on stderr what could not be read, a line each."""
    for outcome in failed:
        print(f"crossings: {clean(outcome.error)}", file=sys.stderr)


def print_reading(
    console: Console, document: Document, reading: Reading, questions: Sequence[str] = ()
) -> None:
    """Print a reading; ``questions`` are what was left open when it was joined to a situation."""
    _print_heading(console, document, reading)
    _print_rows(console, "Figures", [_of_claim(reading, c) for c in _figures(reading)])
    _print_rows(console, "Events", [_of_event(reading, event) for event in reading.events])
    _print_rows(console, "Setting", [_of_context(reading, one) for one in reading.context])
    if questions:
        console.print(Text("Left open", style="bold"))
        for question in questions:
            console.print(Padding(Text(clean(question)), (0, 0, 0, 2)))
        console.print()


def _print_heading(console: Console, document: Document, reading: Reading) -> None:
    about = [document.title, document.publisher]
    if reading.published is not None:
        about.append(f"published {reading.published.isoformat()}")
    else:
        about.append("day of publication not known")
    console.print(Text(clean(document.id or document.name), style="bold"))
    console.print(Text(clean(" · ".join(filter(None, about))), style="dim"))
    for note in (*document.notes, *reading.notes):
        console.print(Text(clean(note), style="dim"))
    if not (reading.claims or reading.events or reading.context):
        console.print("No figure about people and no statement found.")
    console.print()


def _print_rows(console: Console, title: str, rows: Sequence[_Row]) -> None:
    if not rows:
        return
    if console.width >= WIDE:
        console.print(_table(title, rows, console.width))
        return
    console.print(Text(title, style="bold"))
    for row in rows:
        _print_block(console, row)
    console.print()


def _table(title: str, rows: Sequence[_Row], width: int) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
    what = {"Figures": "Figure", "Events": "What happened"}.get(title, "Relation")
    table.add_column(what, ratio=5, style="bold")
    table.add_column("Place", ratio=4, overflow="fold")
    table.add_column("Who says it", ratio=5, overflow="fold")
    table.add_column("As of" if title == "Figures" else "When", width=10)
    table.add_column("The words", ratio=8, style="dim")
    for row in rows:
        cells = (row.what, row.where, row.who, row.when, f"“{row.words}”")
        table.add_row(*(Text(cell) for cell in cells))
    table.width = min(width, 170)
    return table


def _print_block(console: Console, row: _Row) -> None:
    top = Text(row.what, style="bold")
    for part in (row.where, row.when):
        if part:
            top.append(f" · {part}", style="not bold")
    console.print(top)
    console.print(Padding(Text(row.who), (0, 0, 0, 4)))
    console.print(Padding(Text(f"“{row.words}”", style="dim"), (0, 0, 0, 4)))


def _figures(reading: Reading) -> list[ReadClaim]:
    return sorted([*reading.claims, *reading.shares], key=lambda claim: claim.start)


def _of_claim(reading: Reading, claim: ReadClaim) -> _Row:
    place = claim.place or ""
    if claim.origin:
        place = f"{place} (from {claim.origin})" if place else f"from {claim.origin}"
    what = f"{_figure(claim)} {claim.unit}, {claim.measure.replace('_', ' ')}"
    if claim.measure == "share":
        what = f"{words.figure(claim)} %, {claim.why['group']}".replace(" (given in words)", "")
    if claim.status != "reported":
        what = f"{what} ({claim.status})"
    text, start, end = reading.text, claim.sentence_start, claim.sentence_end
    # Of a long sentence the part around the figure.
    if end - start > LONGEST_WORDS:
        start = max(start, claim.start - LONGEST_WORDS // 2)
        end = min(end, claim.end + LONGEST_WORDS // 2)
    cut_left, cut_right = start > claim.sentence_start, end < claim.sentence_end
    shown = f"{'…' * cut_left}{text[start:end]}{'…' * cut_right}"
    return _Row(
        clean(what, 120),
        clean(place, 80),
        _who(claim),
        clean(claim.as_of_date or claim.as_of or "", 40),
        clean(shown, LONGEST_WORDS + 20),
    )


def _figure(claim: ReadClaim) -> str:
    """``at least 2,900``; where it was given in words these, with what they are taken for."""
    if claim.qualifier != "vague" or claim.low is None or claim.high is None:
        return words.figure(claim)
    return f"{claim.figure_text} ({words.number(claim.low)}–{words.number(claim.high)})"


def _of_event(reading: Reading, event: ReadEvent) -> _Row:
    what = event.kind.replace("_", " ")
    if event.actor:
        what = f"{what} by {event.actor}"
    if event.status != "reported":
        what = f"{what} ({event.status})"
    if event.disputes is not None:
        disputed = reading.words(reading.events[event.disputes])
        what = f"{what}; disputes “{clean(disputed, 60)}”"
    return _Row(
        clean(what, 200),
        clean(event.place or "", 80),
        _who(event),
        clean(event.date or event.when or "", 40),
        clean(reading.words(event), LONGEST_WORDS),
    )


def _of_context(reading: Reading, one: ReadContext) -> _Row:
    subject, said = one.subject or words.ITSELF, _RELATION_WORDS[one.relation]
    what = " ".join(filter(None, (subject, said, one.object)))
    if one.relation == "other":
        what = f"about {subject}"
    return _Row(
        clean(what, 160),
        clean(one.place or "", 80),
        _who(one),
        clean(one.since or "", 40),
        clean(reading.words(one), LONGEST_WORDS),
    )


def _who(read: ReadClaim | ReadEvent | ReadContext) -> str:
    return clean(words.speakers_via(read), 160)
