"""Whether the mechanistic component adds anything to a series of a month or more.

    python -m benchmarks.late_mechanistic           run it and keep the table
    python -m benchmarks.late_mechanistic --print   print the kept table again

Of the crises that we have only the two bundled ones that go on for longer than a month have borders
to simulate (the stocks of camps of the five others have none): Rohingya 2017 and Kosovo 1999, in
steps of a day. From day 30 on, every week, all arrivals are forecast 7, 14 and 30 days ahead by
the statistical component (on the cleaned series in ``benchmarks/truth``), by the mechanistic one
(conditioned on the claims of the last 60 days at most), by half of each, and by both with the
online gate of the statistical component, the mechanistic one in the place of the increments.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import crossings as cx
from crossings.forecast.counts import ARRIVED
from crossings.forecast.mechanistic import mechanistic
from crossings.forecast.request import request
from crossings.forecast.series.history import Known, Series, day_number, day_of
from crossings.forecast.series.library import chosen, models
from crossings.forecast.series.pool import gate, mixed
from crossings.forecast.series.replay import replay
from crossings.forecast.series.rows import HORIZONS, issue_days
from crossings.scoring import coverage, wis
from crossings.situation.records import ALL, Situation

F8 = npt.NDArray[np.float64]

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "late_mechanistic.json"
CRISES = ("rohingya-2017", "kosovo-1999")
MEMBERS = 250
MODELS = ("statistical", "mechanistic", "half", "gated")


def truth(name: str) -> Series:
    """The cleaned series of all arrivals."""
    with (HERE / "truth" / f"{name}.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["location"] == ALL]
    days = np.array([day_number(dt.date.fromisoformat(row["date"])) for row in rows])
    return Series(ALL, "", days, np.array([float(row["value"]) for row in rows]), days)


def simulated(situation: Situation, day: int) -> tuple[dict[int, F8], float]:
    """The mechanistic quantiles by horizon (days), and the CPU seconds that they took."""
    start = time.process_time()
    asked = request(situation, day_of(day), f"{max(HORIZONS)}d", MEMBERS, seed=1)
    outlook = mechanistic(asked)
    ahead = [round((t - asked.issued_at).total_seconds() / 86400) for t in outlook.times]
    quantiles = outlook.quantiles(ARRIVED)
    found = {h: np.asarray(quantiles[ahead.index(h)], dtype=float) for h in HORIZONS}
    return found, time.process_time() - start


def measured(name: str) -> dict[str, Any]:
    """Scores of one crisis."""
    situation, series = cx.load(name), truth(name)
    known = Known(series.days, series.people)
    days = list(issue_days({ALL: series}, int(series.days[-1]) - 1))
    fitted = models(chosen({ALL: series}, name=name))
    issues = list(replay({ALL: series}, fitted, dict.fromkeys(days, HORIZONS)))
    cells: list[tuple[int, int]] = []
    said: dict[str, list[F8]] = {model: [] for model in MODELS}
    outcomes: list[float] = []
    seconds = []
    for issue in issues:
        by_horizon, cpu = simulated(situation, issue.day)
        seconds.append(cpu)
        print(name, day_of(issue.day), f"{cpu:.1f} s CPU", flush=True)
        for i, (_, horizon) in enumerate(issue.cells):
            outcome = float(known.outcomes(np.array([issue.day + horizon]))[0][0])
            if np.isfinite(outcome):
                cells.append((issue.day, horizon))
                outcomes.append(outcome)
                said["statistical"].append(issue.quantiles[i])
                said["mechanistic"].append(by_horizon[horizon])
    y = np.array(outcomes)
    both = [np.array(said[model]) for model in ("statistical", "mechanistic")]
    half = np.full(y.size, 0.5)
    weight = gated(known, cells, both, y)
    quantiles = {
        "statistical": both[0],
        "mechanistic": both[1],
        "half": mixed(both, [half, half]),
        "gated": mixed(both, [1 - weight, weight]),
    }
    return {
        "cells": len(cells),
        "issues": len(issues),
        "cpu_s_a_forecast": round(float(np.mean(seconds)), 1),
        "weight_of_mechanistic": [round(float(w), 3) for w in (weight.min(), weight.max())],
        "wis": {m: float(wis(q, y).mean()) for m, q in quantiles.items()},
        "wis_by_horizon": by_horizon_of(cells, quantiles, y),
        "coverage": {
            m: {
                str(round(100 * level)): float(coverage(q, y, level).mean()) for level in (0.5, 0.9)
            }
            for m, q in quantiles.items()
        },
    }


def gated(known: Known, cells: list[tuple[int, int]], both: list[F8], y: F8) -> F8:
    """The weight of the mechanistic component in each cell, from the cells resolved before it."""
    ends = known.outcomes(np.array([day + horizon for day, horizon in cells]))[1]
    score = [wis(q, y) for q in both]
    found = np.empty(y.size)
    for i, (day, _) in enumerate(cells):
        past = np.flatnonzero(ends <= day)
        place = np.zeros(past.size, dtype=np.int64)
        asked = np.zeros(1, dtype=np.int64)
        found[i] = gate(day, ends[past], place, score[0][past], score[1][past], asked)[0]
    return found


def by_horizon_of(
    cells: list[tuple[int, int]], quantiles: Mapping[str, F8], y: F8
) -> dict[str, dict[str, float]]:
    """Mean WIS by days ahead and model."""
    ahead = np.array([horizon for _, horizon in cells])
    return {
        str(h): {m: float(wis(q[ahead == h], y[ahead == h]).mean()) for m, q in quantiles.items()}
        for h in np.unique(ahead).tolist()
    }


def table(found: dict[str, Any]) -> str:
    """The kept results in lines of text."""
    lines = [f"{'crisis':<15}{'cells':>6}" + "".join(f"{m:>13}" for m in MODELS) + f"{'CPU s':>7}"]
    for name, s in found.items():
        wis_ = "".join(f"{s['wis'][m]:>13,.0f}" for m in MODELS)
        lines.append(f"{name:<15}{s['cells']:>6}{wis_}{s['cpu_s_a_forecast']:>7.1f}")
        for horizon, scores in s["wis_by_horizon"].items():
            lines.append(
                f"{f'  {horizon} d ahead':<21}" + "".join(f"{scores[m]:>13,.0f}" for m in MODELS)
            )
        held = (f"{100 * c['50']:.0f}/{100 * c['90']:.0f}" for c in s["coverage"].values())
        lines.append(f"{'  50/90 % hold':<21}" + "".join(f"{text:>13}" for text in held))
    lines += ["", "Mean WIS in people; CPU seconds of one mechanistic forecast 30 days ahead."]
    return "\n".join(lines)


def main() -> None:
    """Run and keep, or print what is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", dest="only_print")
    if not parser.parse_args().only_print:
        found = {name: measured(name) for name in CRISES}
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(table(json.loads(RESULTS.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
