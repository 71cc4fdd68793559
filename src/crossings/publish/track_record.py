"""Past forecasts beside what came, sealed ones too, on the terminal and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from crossings.publish import words
from crossings.publish.markup import clean
from crossings.publish.terminal import plain_table
from crossings.situation.records import Situation
from crossings.verify.record import HistoryRow

CAVEAT = (
    "Cells of one crisis hang together: neighbouring forecasts are right or wrong together, and a "
    "few of them prove little."
)


def print_history(console: Console, rows: Sequence[HistoryRow], situation: Situation) -> None:
    """Print past forecasts of a situation, one a row, and in words how often the range held."""
    zone = situation.zone
    if not rows:
        console.print("No forecast of this situation is kept.")
        return
    table = plain_table(
        f"{clean(situation.title)} (history: {situation.tier})",
        ("Issued", False), ("By end of", False), ("Median", True), ("9 in 10", True),
        ("Came", True), ("Held", True), ("WIS", True),
    )  # fmt: skip
    for row in rows:
        step = words.step_for(row.high90 - row.low90)
        table.add_row(
            words.stamp(row.issued_at, zone),
            words.closing_day(row.time.astimezone(zone)),
            words.rounded(row.median, step),
            words.between(row.low90, row.high90, step),
            "–" if row.outcome is None else words.number(round(row.outcome)),
            f"{row.in90} of {row.settled}" if row.settled else "–",
            "–" if row.wis is None else words.number(round(row.wis)),
        )
    console.print(table)
    settled = sum(row.settled for row in rows)
    held = sum(row.in90 for row in rows)
    if settled:
        said = (
            f"Came: what was reported for that time. Held: days on which the 9-in-10 range held, "
            f"{held} of {settled} in all. WIS: mean over those days, people. {CAVEAT}"
        )
        console.print(Text(said, style="dim"))


def history_json(rows: Sequence[HistoryRow]) -> list[dict[str, Any]]:
    """Past forecasts as plain values, times as ISO 8601."""
    return [
        {
            **dataclasses.asdict(row),
            "issued_at": row.issued_at.isoformat(),
            "time": row.time.isoformat(),
        }
        for row in rows
    ]


def print_seal(
    console: Console,
    content: Mapping[str, Any],
    wrong: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    zone: ZoneInfo,
) -> None:
    """Print what a seal says, whether all agrees with it, and what came where that is known."""
    counted = words.target_words(str(content["target"]))
    console.print(Text(f"{clean(str(content['situation']))}: {clean(counted)}", style="bold"))
    console.print(f"Seal {clean(str(content['sha256']))}", highlight=False)
    console.print(
        f"States that it was issued at {clean(str(content['issued_at']))}.", highlight=False
    )
    for sentence in wrong:
        console.print(Text(clean(sentence), style="bold red"))
    table = plain_table(
        "", ("By the end of", False), ("Median", True), ("9 in 10", True), ("What came", True),
        ("Held", False),
    )  # fmt: skip
    for row in rows:
        step = words.step_for(row["high90"] - row["low90"])
        came = row["outcome"]
        table.add_row(
            words.closing_day(row["time"].astimezone(zone)),
            words.rounded(row["median"], step),
            words.between(row["low90"], row["high90"], step),
            "–" if came is None else words.number(round(came)),
            "–" if came is None else "yes" if row["in90"] else "no",
        )
    console.print(table)
