"""The statistical component on the five past crises, each forecast by what the others taught.

    python -m benchmarks.series --flee FOLDER     run it and keep the table
    python -m benchmarks.series                                 print the kept table again

``FOLDER`` holds the five Flee set-ups. Each is imported (tier retrospective) and backtested
weekly, 7, 14 and 30 days ahead, with itself left out; then once more with the figures as they were
first reported (tier dated), by the same models. Two fast crises that the component was not
made for follow, read from ``benchmarks/truth/``. ``benchmarks/results/series.json`` keeps the
table with the scores of every baseline, coverage by crisis and horizon, and the time it took.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np

import crossings as cx
from benchmarks.fit_series import CRISES
from crossings.exchange.flee_import import import_flee
from crossings.forecast.series.history import Known, Series, day_number
from crossings.forecast.series.library import chosen, models
from crossings.forecast.series.replay import replay
from crossings.forecast.series.rows import HORIZONS, issue_days
from crossings.verify.backtest import Plan, Task, backtest_one, forecasts_of, scored

TRUTH = Path(__file__).parent / "truth"
OTHER_REGIMES = ("kosovo-1999", "kosovo-1999-fyrom-stock", "rohingya-2017")
RESULTS = Path(__file__).parent / "results" / "series.json"

VARIANTS_TRIED = 265
"""Variants of features, models, pools and copies that were scored on these five crises before the
component was frozen, counted generously: 130 for its first form, 130 for this one. What follows
from choosing among so many is optimism: the unseen crises are the test, not this table."""


def measured(flee: Path) -> dict[str, Any]:
    """Scores and times by crisis, in either tier."""
    found: dict[str, Any] = by_crisis(flee, "retrospective")
    found["geometric_mean"] = geometric_mean([found[name]["relative_wis"] for name in CRISES])
    found["dated"] = by_crisis(flee, "dated")
    found["other_regimes"] = {name: other_regime(name) for name in OTHER_REGIMES}
    found["one_forecast"] = one_forecast(flee)
    found["variants_tried"] = VARIANTS_TRIED
    return found


def by_crisis(flee: Path, tier: str) -> dict[str, Any]:
    """The backtest of each crisis, itself left out."""
    found: dict[str, Any] = {}
    for name in CRISES:
        situation = import_flee(flee / name, tier=tier).situation
        wall, cpu = time.perf_counter(), time.process_time()
        result = backtest_one(Task(situation, ()), Plan())
        scores = dict(result.scores)
        scores.pop("by_place")
        found[name] = {
            **scores,
            "left_out": list(result.left_out),
            "wall_s": round(time.perf_counter() - wall, 1),
            "cpu_s": round(time.process_time() - cpu, 1),
        }
        print(tier, name, found[name]["relative_wis"], flush=True)
    return found


def one_forecast(flee: Path) -> dict[str, float]:
    """Seconds of a forecast of South Sudan, 30 days ahead: first, and with the models at hand."""
    situation = import_flee(flee / "ssudan2013").situation
    seconds = {}
    for name in ("first_s", "again_s"):
        start, cpu = time.perf_counter(), time.process_time()
        cx.forecast(situation, "2014-12-31", "30d")
        seconds[name] = round(time.perf_counter() - start, 2)
        seconds[name.replace("_s", "_cpu_s")] = round(time.process_time() - cpu, 2)
    return seconds


def other_regime(name: str) -> dict[str, Any]:
    """Scores of a fast crisis from day 30 on: figures come daily, and nothing was chosen by it."""
    figures: dict[str, dict[int, float]] = {}
    with (TRUTH / f"{name}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = day_number(dt.date.fromisoformat(row["date"]))
            figures.setdefault(row["location"], {})[day] = float(row["value"])
    series = {}
    for place, values in figures.items():
        days = np.array(sorted(values), dtype=np.int64)
        people = np.array([values[day] for day in days.tolist()])
        series[place] = Series(place, "", days, people, days)
    end = max(int(one.days[-1]) for one in series.values())
    issues = replay(
        series, models(chosen(series)), dict.fromkeys(issue_days(series, end - 1), HORIZONS)
    )
    truth = {place: Known(one.days, one.people) for place, one in series.items()}
    scores = dict(scored(truth, forecasts_of(list(issues))))
    scores.pop("by_place")
    return scores


def geometric_mean(values: list[float]) -> float:
    """Of positive numbers."""
    return math.exp(sum(map(math.log, values)) / len(values))


def table(found: dict[str, Any]) -> str:
    """The kept results in lines of text."""
    lines = ["Tier retrospective: later corrections stand in history and truth alike.", ""]
    lines += crisis_table(found)
    lines += ["", "Tier dated: the figures as first reported.", "", *crisis_table(found["dated"])]
    dated = geometric_mean([found["dated"][name]["relative_wis"] for name in CRISES])
    lines += ["", f"Geometric mean of relative WIS in tier dated {dated:.3f}."]
    lines += [
        "",
        "By days ahead, retrospective: relative WIS, and outcomes inside the 50 % and 90 % ranges",
    ]
    for name in CRISES:
        parts = [
            f"{h} d {s['relative_wis']:.3f} ({100 * s['coverage']['forecast']['50']:.0f}/"
            f"{100 * s['coverage']['forecast']['90']:.0f})"
            for h, s in found[name]["by_horizon"].items()
        ]
        lines.append(f"{name:<13} " + ", ".join(parts))
    mean = {
        level: sum(found[n]["coverage"]["forecast"][level] for n in CRISES) / len(CRISES)
        for level in ("50", "90")
    }
    others = [
        f"{name} {s['relative_wis']:.3f} ({s['n']} cells)"
        for name, s in found["other_regimes"].items()
    ]
    one = found["one_forecast"]
    lines += [
        "",
        f"Geometric mean of relative WIS {found['geometric_mean']:.3f}; mean coverage "
        f"{100 * mean['50']:.0f} and {100 * mean['90']:.0f} %.",
        f"Other regimes, relative WIS: {'; '.join(others)}.",
        f"One forecast of South Sudan, 30 days: {one['first_s']} s ({one['first_cpu_s']} s CPU), "
        f"again {one['again_s']} s ({one['again_cpu_s']} s CPU).",
        f"Variants scored on these crises before freezing: about {found['variants_tried']}.",
    ]
    return "\n".join(lines)


def crisis_table(found: dict[str, Any]) -> list[str]:
    """One line a crisis: cells, relative WIS with its interval, coverage, every mean WIS, time."""
    models = ("forecast", "persistence", "drift", "damped", "increments")
    lines = [
        f"{'crisis':<13}{'cells':>6}{'rel. WIS':>10}{'9 in 10':>12}{'50 %':>6}{'90 %':>6}"
        + "".join(f"{m[:9]:>11}" for m in models)
        + f"{'CPU s':>7}"
    ]
    for name in CRISES:
        s = found[name]
        low, high = s["relative_wis_90_interval"]
        c = s["coverage"]["forecast"]
        lines.append(
            f"{name:<13}{s['n']:>6}{s['relative_wis']:>10.3f}{f'{low:.2f}-{high:.2f}':>12}"
            f"{100 * c['50']:>6.0f}{100 * c['90']:>6.0f}"
            + "".join(f"{s['wis'][m]:>11,.0f}" for m in models)
            + f"{s['cpu_s']:>7.1f}"
        )
    return lines


def main() -> None:
    """Run and keep, or print what is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flee", type=Path)
    asked = parser.parse_args()
    if asked.flee is not None:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(measured(asked.flee), indent=1) + "\n", encoding="utf-8")
    print(table(json.loads(RESULTS.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
