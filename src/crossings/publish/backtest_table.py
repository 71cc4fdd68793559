"""Scores of a backtest on the terminal: one line a situation, every baseline beside ours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crossings.publish.markup import clean

_MODELS = {
    "forecast": "ours",
    "persistence": "persistence",
    "drift": "drift",
    "damped": "damped",
    "increments": "increments",
}


def print_backtest(console: Console, scores: Mapping[str, Mapping[str, Any]]) -> None:
    """Print both tables; ``scores`` is the content of ``scores.json``."""
    console.print(_relative(scores))
    console.print(_people(scores))
    relative = [s["relative_wis"] for s in scores.values() if s.get("relative_wis")]
    if len(relative) > 1:
        mean = math.exp(sum(map(math.log, relative)) / len(relative))
        _say(console, f"Geometric mean of relative WIS over {len(relative)}: {mean:.3f}", "bold")
    _say(
        console,
        "Relative WIS: ours over the best baseline's, which is picked in hindsight; below 1 is "
        "better. 9 in 10: when 56-day blocks are drawn again. 50 %, 90 %: outcomes that lay inside "
        "these ranges, in per cent.",
    )
    if any(found["tier"] == "retrospective" for found in scores.values()):
        _say(
            console,
            "Tier retrospective: later corrections are applied to history and truth alike, so "
            "nobody could have issued exactly these forecasts.",
        )


def _relative(scores: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table("situation", "tier", "cells", "relative WIS", "9 in 10", "50 %", "90 %")
    for name, found in scores.items():
        row = [clean(name, 40), found["tier"], f"{found['n']:,}"]
        if found["n"]:
            interval, relative = found["relative_wis_90_interval"], found["relative_wis"]
            coverage = found["coverage"]["forecast"]
            row += [
                "" if relative is None else f"{relative:.3f}",
                "" if interval is None else f"{interval[0]:.2f}-{interval[1]:.2f}",
                f"{100 * coverage['50']:.0f}",
                f"{100 * coverage['90']:.0f}",
            ]
        else:
            row.append("none scored")
        table.add_row(*(Text(cell) for cell in row))
    return table


def _people(scores: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table("mean WIS, people", *_MODELS.values())
    for name, found in scores.items():
        if found["n"]:
            row = [clean(name, 40), *(f"{found['wis'][model]:,.0f}" for model in _MODELS)]
            table.add_row(*(Text(cell) for cell in row))
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="left" if name == "tier" else "right")
    return table


def _say(console: Console, text: str, style: str = "dim") -> None:
    console.print(Text(text, style=style))
