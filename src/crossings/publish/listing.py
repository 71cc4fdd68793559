"""What the command line says of situation folders: the list of the bundled ones, their problems."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crossings.situation.catalogue import Overview
from crossings.situation.flee_records import FleeNote
from crossings.situation.records import Situation
from crossings.situation.tables import Problem

SPEAKERS_SHOWN = 8
"""How many sources of a situation the readable list names; the JSON names all."""


def print_overviews(overviews: Sequence[Overview], console: Console | None = None) -> None:
    """Print a readable list of situations."""
    console = console or Console()
    if not overviews:
        console.print("no situations are bundled")
    for overview in overviews:
        console.print(Text.assemble((overview.id, "bold"), "  ", overview.title))
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim")
        table.add_column(overflow="fold")
        table.add_row("  figures", Text(_period(overview)))
        table.add_row("  tier", Text(overview.tier))
        table.add_row("  rows", Text(", ".join(f"{n} {name}" for name, n in overview.rows.items())))
        for label, line in zip(
            chain(["  claims"], repeat("")), _speakers(overview.sources), strict=False
        ):
            table.add_row(label, Text(line))
        console.print(table)


def print_overviews_json(overviews: Sequence[Overview]) -> None:
    """Print situations as a JSON list, for programs."""
    entries = []
    for overview in overviews:
        entry = dataclasses.asdict(overview)
        for edge in ("first", "last"):
            entry[edge] = entry[edge].isoformat() if entry[edge] else None
        entries.append(entry)
    json.dump(entries, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def print_problems(problems: Sequence[Problem]) -> None:
    """Print every problem on a line of its own, then how many there are."""
    for problem in problems:
        print(f"{problem.severity}: {problem}")
    errors = sum(problem.severity == "error" for problem in problems)
    print(f"{_count(errors, 'error')}, {_count(len(problems) - errors, 'warning')}")


def print_import(situation: Situation, notes: Sequence[FleeNote], where: str) -> None:
    """Print what an import assumed, found odd and left out, then what it made."""
    for note in notes:
        place = f"{note.file} line {note.line}" if note.line is not None else note.file
        print(f"{note.kind}: {place + ': ' if place else ''}{note.text}")
    print(
        f"Written to {where}: {_count(len(situation.places), 'place')}, "
        f"{_count(len(situation.routes), 'route')}, {_count(len(situation.events), 'event')}, "
        f"{_count(len(situation.claims), 'claim')}, tier {situation.tier}"
    )


def print_simulation(about: Mapping[str, Any], members: int, where: str) -> None:
    """Print what a simulation was made of; ``about`` are the attributes of its result."""
    print(f"Written to {where}: {_count(members, 'member')}, {about['rules']} rules")
    if about["totals"] == "given":
        print(f"Totals are given, not simulated. Known beforehand: {about['given']}.")
    if "population" in about:
        print(f"Population at the start:\n{about['population']}")


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _period(overview: Overview) -> str:
    if overview.first is None or overview.last is None:
        return "none is dated"
    return f"{overview.first:%Y-%m-%d} to {overview.last:%Y-%m-%d}"


def _speakers(sources: dict[str, int]) -> Iterator[str]:
    for source, count in list(sources.items())[:SPEAKERS_SHOWN]:
        yield f"{count:4d}  {source}"
    others = list(sources.values())[SPEAKERS_SHOWN:]
    if others:
        yield f"{sum(others):4d}  {_count(len(others), 'other source')}"
