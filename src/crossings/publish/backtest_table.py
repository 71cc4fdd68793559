"""A backtest on the terminal: crises, horizons, places, every baseline, parts, worst misses.

Scores of different tiers share no table, and each table says what the forecasts could know.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crossings.publish.backtest_words import (
    HINDSIGHT,
    MODEL_WORDS,
    RETROSPECTIVE,
    Found,
    by_tier,
    geometric_mean,
    held,
    held_by_all,
    interval,
    miss_words,
    people,
    percent,
    ratio,
)
from crossings.publish.markup import clean
from crossings.publish.words import figure, speakers
from crossings.situation.records import Claim

MOST_PLACES = 12
"""Places of a crisis that are shown: those that add most to its error."""


def print_backtest(console: Console, scores: Mapping[str, Found]) -> None:
    """Print the report; ``scores`` are as ``run_backtest`` returns them."""
    for tier, found in by_tier(scores).items():
        told = held_by_all(tier, found)
        _show(console, _relative(found), told)
        _show(console, _baselines(found), told)
        mean = geometric_mean(found)
        if mean:
            said = f"Geometric mean of relative WIS over {mean[1]} of tier {tier}: {mean[0]:.3f}\n"
            _say(console, said, "bold")
    for name, one in scores.items():
        if one["n"]:
            _print_crisis(console, name, one)
    _say(console, HINDSIGHT)
    _say(console, "50 %, 90 %: outcomes that lay inside these ranges, in per cent.")
    if any(found["tier"] == "retrospective" for found in scores.values()):
        _say(console, RETROSPECTIVE)


def _print_crisis(console: Console, name: str, found: Found) -> None:
    details = found["details"]
    _say(console, clean(f"{name}: {found['title']}", 100), "bold")
    told = held(found)
    horizons = sorted(found["by_horizon"].items(), key=lambda row: int(row[0]))
    _show(console, _by("days ahead", horizons), told)
    places = [(details["places"].get(p, p), one) for p, one in found["by_place"].items()]
    places.sort(key=lambda row: -row[1]["wis"]["forecast"] * row[1]["n"])
    _show(console, _by("place", places[:MOST_PLACES]), told)
    if len(places) > MOST_PLACES:
        _say(console, f"{len(places) - MOST_PLACES} more places: see report.html.\n")
    _show(console, _parts(details["parts"]), told)
    _misses(console, found)


def _relative(scores: Mapping[str, Found]) -> Table:
    timed = any("in_time" in s["details"] for s in scores.values())
    heads = ("situation", "cells", "relative WIS", "9 in 10", "50 %", "90 %")
    table = _table(*heads, *(("in time",) if timed else ()))
    for name, found in scores.items():
        row = [clean(name, 32), f"{found['n']:,}"]
        if found["n"]:
            row += _ratio_cells(found)
            if timed:
                row.append(ratio(found["details"].get("in_time", {}).get("relative_wis")))
        else:
            row.append("none scored")
        _add(table, row)
    return table


def _baselines(scores: Mapping[str, Found]) -> Table:
    table = _table("mean WIS, people", *MODEL_WORDS.values())
    for name, found in scores.items():
        if found["n"]:
            _add(table, [clean(name, 32), *_model_cells(found)])
    return table


def _by(first: str, rows: list[tuple[str, Found]]) -> Table:
    table = _table(first, "cells", "rel.", "9 in 10", "50 %", "90 %", *_SHORT.values())
    for label, one in rows:
        _add(table, [clean(label, 18), f"{one['n']:,}", *_ratio_cells(one), *_model_cells(one)])
    return table


def _parts(parts: Found) -> Table:
    table = _table("which part carried it", "weight", "pool", "crises alone", "increments alone")
    rows = [("all cells", parts), *((f"{h} days", p) for h, p in parts["by_horizon"].items())]
    for label, one in rows:
        if one["n"]:
            weight = f"{percent(1 - one['weight_of_increments'])} % crises"
            scores = [people(one["wis"][p]) for p in ("pool", "learned", "increments")]
            _add(table, [label, weight, *scores])
    return table


def _misses(console: Console, found: Found) -> None:
    rows = found["details"]["misses"]
    if rows:
        _say(console, f"The {len(rows)} worst misses, and the newest figure known then", "bold")
    for number, miss in enumerate(rows, start=1):
        said = f"{number}. {clean(miss['place_name'], 60)}, {miss_words(miss)}"
        for row in miss["claims"][:1]:
            claim = Claim.model_validate(row)
            said += f" ({clean(f'{figure(claim)}: {speakers(claim)}', 120)})"
        console.print(Text(f"{said}."))
    console.print()


def _ratio_cells(one: Found) -> list[str]:
    coverage = one["coverage"]["forecast"]
    return [
        ratio(one["relative_wis"]),
        interval(one["relative_wis_90_interval"]),
        percent(coverage["50"]),
        percent(coverage["90"]),
    ]


def _model_cells(one: Found) -> list[str]:
    return [people(one["wis"][model]) for model in MODEL_WORDS]


_SHORT = {"forecast": "ours", "persistence": "pers.", "drift": "drift", "damped": "damp.",
          "increments": "incr."}  # fmt: skip


def _add(table: Table, row: list[str]) -> None:
    table.add_row(*(Text(cell) for cell in row))


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, collapse_padding=True)
    table.add_column(first, overflow="fold")
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _show(console: Console, table: Table, told: str) -> None:
    console.print(table)
    _say(console, f"{told}\n")


def _say(console: Console, text: str, style: str = "dim") -> None:
    console.print(Text(text, style=style))
