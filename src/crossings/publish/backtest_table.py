"""Scores of a backtest on the terminal: one line a situation, every baseline beside ours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_COLUMNS = ("situation", "cells", "relative WIS", "50 %", "90 %")
_BASELINES = {
    "persistence": "persist.",
    "drift": "drift",
    "damped": "damped",
    "increments": "increm.",
}


def print_backtest(console: Console, scores: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the table; ``scores`` is the content of ``scores.json``."""
    table = Table(box=None, header_style="bold")
    for i, name in enumerate(_COLUMNS):
        table.add_column(name, justify="right" if i else "left")
    for name in ("WIS", *_BASELINES.values()):
        table.add_column(name, justify="right")
    for name, found in scores.items():
        table.add_row(*(Text(cell) for cell in _row(name, found)))
    console.print(table)
    relative = [s["relative_wis"] for s in scores.values() if s.get("relative_wis")]
    if len(relative) > 1:
        mean = math.exp(sum(map(math.log, relative)) / len(relative))
        console.print(f"Geometric mean of relative WIS over {len(relative)} situations: {mean:.3f}")
    console.print(
        "Relative WIS: ours over the best baseline's, which is picked in hindsight; below 1 is "
        "better. Range in 9 of 10 draws of 56-day blocks. 50 %, 90 %: outcomes inside these "
        "ranges. WIS in people: ours, then the baselines'.",
        style="dim",
        highlight=False,
    )
    if any(found["tier"] == "retrospective" for found in scores.values()):
        console.print(
            "Tier retrospective: later corrections are applied to history and truth alike, so "
            "nobody could have issued exactly these forecasts.",
            style="dim",
            highlight=False,
        )


def _row(name: str, found: Mapping[str, Any]) -> tuple[str, ...]:
    if not found["n"]:
        return (name, "0", "none scored")
    interval, relative = found["relative_wis_90_interval"], found["relative_wis"]
    spread = "" if interval is None else f" ({interval[0]:.2f}-{interval[1]:.2f})"
    coverage = found["coverage"]["forecast"]
    return (
        name,
        f"{found['n']:,}",
        "" if relative is None else f"{relative:.3f}{spread}",
        f"{100 * coverage['50']:.0f}",
        f"{100 * coverage['90']:.0f}",
        *(f"{found['wis'][model]:,.0f}" for model in ("forecast", *_BASELINES)),
    )
