"""Answers to one question on the terminal and as JSON: the range, the claims, their history.

Claims are numbered, so that what became of each can be told by number at 80 columns.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crossings.ledger.reconciled import Reconciled
from crossings.ledger.side_by_side import SideBySide
from crossings.ledger.ties import Row, Tie
from crossings.publish import words
from crossings.publish.ledger_listing import who
from crossings.publish.markup import clean
from crossings.situation.disagreements import Quantity
from crossings.situation.records import ALL, Claim, Situation

BAR = 24
"""Width of the longest bar of a history, in characters."""

MOST_BARS = 24
"""Rows of a history that are shown; a longer one is thinned."""

_ALONE: Mapping[Tie, str] = {
    "ahead": "a plan or a forecast, no count",
    "before": "how it was before",
    "uncertain": "uncertain, as its source says",
    "rejected": "rejected by review",
    "no number or time": "no number or no time is stated",
    "later": "holds for a later time",
    "other counting": "counted otherwise",
    "other unit": "another unit",
    "other place": "another place",
    "other origin": "other people",
}
_COUNTED = {"cumulative": "running total", "stock": "at a moment", "flow": "in a period"}


def print_side_by_side(console: Console, found: SideBySide, situation: Situation) -> None:
    """Print the range with its method, every claim, what is not counted with them, the history."""
    console.print(Text(clean(title(found.quantity, situation)), style="bold"))
    _print_range(console, found, situation.zone)
    console.print(_claims_table(found, situation.zone))
    _print_others(console, found, situation)
    history = found.history
    if len(history) > 1:
        console.print(_history_table(history, situation.zone))


def title(asked: Quantity, situation: Situation | None = None) -> str:
    """``People killed, from Nagorno-Karabakh (running total)``."""
    measure, counting, unit, place, origin = asked
    names = {p.id: p.name for p in situation.places} if situation else {}
    where = "all places together" if place == ALL else names.get(place, place)
    parts = [f"{unit} {measure.replace('_', ' ')}".capitalize()]
    parts += [where] if where else []
    parts += [f"from {origin}"] if origin else []
    return f"{', '.join(parts)} ({_COUNTED[counting]})"


def range_words(said: Reconciled) -> str:
    """``223 to 224 or more``."""
    low, high = words.number(said.low), words.number(said.high)
    span = low if said.low == said.high else f"{low} to {high}"
    return f"{span} or more" if said.open_above else span


def _print_range(console: Console, found: SideBySide, zone: dt.tzinfo) -> None:
    said = found.reconciled
    if said is None:
        console.print(Text("Nobody gives a number that counts for this time."))
        return
    numbers = _numbers(found)
    moment = words.stamp(said.time, zone)
    line = Text.assemble(
        f"As of {moment}: ", (range_words(said), "bold cyan"), f" {found.quantity[2]}"
    )
    if len(said.voices) > 2:
        line.append(f", median {words.number(said.middle)}")
    console.print(line)
    if said.ceiling is not None:
        value, when = said.ceiling
        console.print(
            Text(f"Not above {words.number(value)}, the total as of {words.stamp(when, zone)}.")
        )
    voices = ", ".join(numbers[claim.id] for claim in said.voices)
    console.print(Text(f"How: {said.method}. Counted: {voices}.", style="dim"))


def _numbers(found: SideBySide) -> dict[str, str]:
    return {row.claim.id: str(number) for number, row in enumerate(found.rows, 1)}


def _claims_table(found: SideBySide, zone: dt.tzinfo) -> Table:
    numbers = _numbers(found)
    figures = {row.claim.id: words.figure(row.claim) for row in found.rows}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", justify="right", no_wrap=True)
    for label in ("Figure", "As of", "Who says it", "What became of it"):
        table.add_column(label, overflow="fold")
    counted = {c.id for c in found.reconciled.voices} if found.reconciled else set()
    for row in found.rows:
        claim = row.claim
        style = "" if claim.id in counted else "dim"
        table.add_row(
            Text(numbers[claim.id], style=style),
            Text(words.figure(claim), style="bold" if claim.id in counted else "dim"),
            Text(words.stamp(claim.as_of, zone, claim.as_of_precision), style=style),
            Text(_attributed(claim), style=style),
            Text(became(row, numbers, figures, claim.id in counted), style=style),
        )
    return table


def _attributed(claim: Claim) -> str:
    said = who(claim)
    return said if claim.sources or not claim.publisher else clean(claim.publisher, 120)


def became(row: Row, numbers: Mapping[str, str], figures: Mapping[str, str], counted: bool) -> str:
    """What became of a claim, other claims named by number: ``superseded by 8``."""
    told: list[str] = ["counted"] if counted else []
    grouped: dict[Tie, list[str]] = {}
    for kind, other in row.ties:
        if kind in _ALONE:
            told.append(_ALONE[kind])
        else:
            grouped.setdefault(kind, []).append(other)
    for kind, others in grouped.items():
        named = ", ".join(numbers.get(other, other) for other in others)
        line = f"{kind} {named}"
        if kind == "copy of" and figures.get(others[0]) != figures.get(row.claim.id):
            line += f", which says {figures.get(others[0])}"
        told.append(line)
    return "; ".join(told) or "no longer counted: too old"


def _print_others(console: Console, found: SideBySide, situation: Situation) -> None:
    others = found.other_quantities()
    if not others:
        return
    console.print(Text("Not counted with these", style="bold"))
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for claim, kinds, count in others:
        more = f", newest of {count}" if count > 1 else ""
        when = words.stamp(claim.as_of, situation.zone, claim.as_of_precision)
        what = title(
            (claim.measure, claim.counting, claim.unit, claim.place, claim.origin), situation
        )
        table.add_row(
            f"  {words.figure(claim)}",
            Text(clean(f"{what}, as of {when}{more}")),
            Text("; ".join(_ALONE[kind] for kind in kinds), style="dim"),
        )
    console.print(table)
    console.print()


def _history_table(history: Sequence[Row], zone: dt.tzinfo) -> Table:
    """The figure as it was given, time by time, with a bar for its size."""
    every = -(-len(history) // MOST_BARS)
    shown = [row for i, row in enumerate(history) if i % every == 0 or i == len(history) - 1]
    note = f" ({len(shown)} of {len(history)} bulletins)" if every > 1 else ""
    table = Table(
        title=f"How the figure went{note}",
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
    )
    for label in ("As of", "Known at", "", "Figure"):
        table.add_column(label, no_wrap=True, justify="right" if label == "Figure" else "left")
    top = max((row.claim.value or 0.0 for row in shown), default=1.0) or 1.0
    for row in shown:
        claim = row.claim
        table.add_row(
            words.stamp(claim.as_of, zone, claim.as_of_precision),
            words.stamp(claim.known_at, zone),
            Text(_bar((claim.value or 0.0) / top), style="cyan"),
            words.figure(claim),
        )
    return table


def _bar(share: float) -> str:
    eighths = round(share * BAR * 8)
    part = " ▏▎▍▌▋▊▉"[eighths % 8]
    return "█" * (eighths // 8) + (part if eighths % 8 else "")


def side_by_side_json(found: SideBySide) -> str:
    """The answers as JSON, for programs."""
    said = found.reconciled
    names = ("measure", "counting", "unit", "place", "origin")
    return json.dumps(
        {
            "question": dict(zip(names, found.quantity, strict=True)),
            "reconciled": None
            if said is None
            else {
                "low": said.low,
                "high": said.high,
                "median": said.middle,
                "open_above": said.open_above,
                "time": said.time.isoformat(),
                "method": said.method,
                "claims": [claim.id for claim in said.voices],
                "ceiling": None
                if said.ceiling is None
                else {"value": said.ceiling[0], "time": said.ceiling[1].isoformat()},
            },
            "claims": [_row_json(row) for row in found.rows],
            "others": [_row_json(row) for row in found.others],
        },
        indent=1,
    )


def _row_json(row: Row) -> dict[str, object]:
    return {
        "claim": row.claim.model_dump(mode="json"),
        "ties": [{"kind": kind, "other": other} for kind, other in row.ties],
    }
