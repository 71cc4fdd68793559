"""Nagorno-Karabakh 2023, forecast as it could have been issued, beside what was reported.

    python -m benchmarks.demonstration

A demonstration on one known case, not evidence: the priors were written down (with reasons, in the
situation's ``priors.csv``) before anything was scored, but by people who know how it ended. Tier of
the history: vintage, with publication hours mostly assumed, so everything is shown again with all
of those two hours later.

The outcome at a moment is the Government of Armenia's running count of arrivals, linear between
its timed figures; the final count is that of 3 October, 12:00 (100,617). Baselines see the same
figures at the same time. They count from the opening of the road (0 people on 24 September, 14:00)
and know the 120,000 people commonly stated to live there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import crossings as cx
from crossings.forecast.issue import forecast, later_by
from crossings.forecast.observation import PEOPLE_PER_FAMILY
from crossings.scoring import baselines, coverage, log_wis, wis

F8 = npt.NDArray[np.float64]

NAME = "nagorno-karabakh-2023"
RESULTS = Path(__file__).parent / "results"
ZONE = dt.timezone(dt.timedelta(hours=4))
OPENED = dt.datetime(2023, 9, 24, 14, tzinfo=ZONE)
FINAL = dt.datetime(2023, 10, 3, 12, tzinfo=ZONE)
POPULATION = 120_000
BEFORE = ("2023-09-20T18:00+04:00", "2023-09-22T12:00+04:00")
ISSUES = (
    "2023-09-24T22:00+04:00",
    "2023-09-25T06:00+04:00",
    "2023-09-25T17:00+04:00",
    "2023-09-26T08:00+04:00",
    "2023-09-27T08:00+04:00",
    "2023-09-28T08:00+04:00",
    "2023-09-29T10:00+04:00",
    "2023-09-30T12:00+04:00",
)
LEADS = {"+6 h": 6, "+24 h": 24, "+72 h": 72}
VAGUE = frozenset({"doubtful", "date_inferred", "between_10_and_14", "inferred", "date"})


def figures(situation: cx.Situation) -> list[tuple[dt.datetime, float]]:
    """The running count of arrivals: head counts with a stated hour, rising, in time order."""
    rows = sorted(
        (c.as_of, c.low)
        for c in situation.claims
        if c.target == "arrived.cumulative"
        and c.place == "all"
        and c.basis == "count"
        and c.qualifier in ("exact", "approx")
        and c.status == "reported"
        and c.review == "accepted"
        and c.as_of is not None
        and c.low is not None
        and not c.same_group_as
        and c.as_of_precision not in VAGUE
    )
    rising: list[tuple[dt.datetime, float]] = []
    for when, value in rows:
        if not rising or (when > rising[-1][0] and value >= rising[-1][1]):
            rising.append((when, value))
    return rising


def outcome(series: list[tuple[dt.datetime, float]], when: dt.datetime) -> float:
    """The count at a moment, linear between figures, 0 before the road opened."""
    known = [(OPENED, 0.0), *(row for row in series if row[0] > OPENED)]
    hours = [(t - OPENED).total_seconds() for t, _ in known]
    return float(np.interp((when - OPENED).total_seconds(), hours, [v for _, v in known]))


def baseline_quantiles(
    situation: cx.Situation, issued_at: dt.datetime, leads: list[float]
) -> dict[str, F8]:
    """Every baseline at the leads (hours), each (lead, 23), from figures then known."""
    series = [row for row in figures(situation.as_of(issued_at)) if row[0] > OPENED]
    hours = [(OPENED - issued_at).total_seconds() / 3600]
    hours += [(t - issued_at).total_seconds() / 3600 for t, _ in series]
    known = baselines.KnownFigures(hours, [0.0, *(v for _, v in series)])
    return {
        "persistence": baselines.persistence(known, leads),
        "drift 24 h": baselines.drift(known, leads),
        "drift, capped": baselines.capped_drift(known, leads, population=POPULATION),
        "drift x lognormal(0, .5), capped": baselines.capped_probabilistic_drift(
            known, leads, population=POPULATION
        ),
        "exodus": baselines.exodus(known, leads, population=POPULATION),
        "planning: 40,000 families": baselines.planning_figure(
            known, leads, 40_000, unit="families", persons_per_family=PEOPLE_PER_FAMILY
        ),
        "planning: 120,000 will go": baselines.planning_figure(known, leads, 120_000),
    }


def scored_issue(
    situation: cx.Situation, issue: str, series: list[tuple[dt.datetime, float]], members: int
) -> list[dict[str, Any]]:
    """One issue time: a row for each target with the outcome, the ranges and every score."""
    issued_at = situation.moment(issue)
    times = {name: issued_at + dt.timedelta(hours=h) for name, h in LEADS.items()}
    times["3 Oct 12:00"] = FINAL
    outlook = forecast(
        situation,
        issue,
        horizon=(FINAL - issued_at).total_seconds() / 3600 + 1,
        members=members,
        times=list(times.values()),
    )
    leads = [(t - issued_at).total_seconds() / 3600 for t in times.values()]
    compared = baseline_quantiles(situation, issued_at, leads)
    table = outlook.quantiles("arrived.cumulative")
    rows = []
    for i, (name, when) in enumerate(times.items()):
        ours = table[outlook.index(when)]
        y = outcome(series, when)
        every = {"crossings": ours, **{k: q[i] for k, q in compared.items()}}
        rows.append(
            {
                "issued_at": issued_at.isoformat(),
                "target": name,
                "time": when.isoformat(),
                "reported": round(y),
                "last_figure": None if outlook.last_figure is None else outlook.last_figure.value,
                "age_hours": None
                if outlook.last_figure is None
                else round(outlook.last_figure.age_hours, 1),
                "q05": round(ours[2]),
                "q25": round(ours[6]),
                "median": round(ours[11]),
                "q75": round(ours[16]),
                "q95": round(ours[20]),
                "in50": bool(coverage(ours, y, 0.5)),
                "in90": bool(coverage(ours, y, 0.9)),
                "wis": {k: round(float(wis(q, y)), 1) for k, q in every.items()},
                "log_wis": {k: round(float(log_wis(q, y)), 5) for k, q in every.items()},
            }
        )
    return rows


def before_anybody(situation: cx.Situation, members: int) -> list[dict[str, Any]]:
    """The road is shut and nobody is out: odds that at least 100 people come within days."""
    rows = []
    for issue in BEFORE:
        outlook = forecast(situation, issue, horizon="8d", members=members)
        odds = outlook.diagnostics["start_of_flow"]["within"]
        issued_at = situation.moment(issue)
        for days in (1, 3, 7):
            came = outcome(figures(situation), issued_at + dt.timedelta(days=days)) >= 100
            p = float(odds[f"{days}d"])
            rows.append(
                {
                    "issued_at": issue,
                    "within_days": days,
                    "probability": p,
                    "came": came,
                    "brier": round((p - came) ** 2, 4),
                }
            )
    return rows


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Mean scores by target and over all, and coverage."""
    names = list(rows[0]["wis"])
    targets = [*LEADS, "3 Oct 12:00"]
    mean: dict[str, Any] = {}
    for score in ("wis", "log_wis"):
        mean[score] = {
            m: {
                **{
                    t: float(np.mean([r[score][m] for r in rows if r["target"] == t]))
                    for t in targets
                },
                "all": float(np.mean([r[score][m] for r in rows])),
            }
            for m in names
        }
    widths = {r["issued_at"]: r["q95"] - r["q05"] for r in rows if r["target"] == "3 Oct 12:00"}
    return {
        "cells": len(rows),
        "in50": sum(r["in50"] for r in rows),
        "in90": sum(r["in90"] for r in rows),
        "width90_final": widths,
        **mean,
    }


def _table(head: str, rows: list[str]) -> list[str]:
    return [head, "|---" * (head.count("|") - 1) + "|", *rows, ""]


def _before(rows: list[dict[str, Any]]) -> list[str]:
    return _table(
        "| issued | within | probability that at least 100 people come | came | Brier |",
        [
            f"| {r['issued_at'][:16]} | {r['within_days']} d | {r['probability']:.2f} | "
            f"{'yes' if r['came'] else 'no'} | {r['brier']:.3f} |"
            for r in rows
        ],
    )


def _cells(rows: list[dict[str, Any]]) -> list[str]:
    lines = []
    for r in rows:
        last = "none" if r["last_figure"] is None else f"{r['last_figure']:,.0f}"
        lines.append(
            f"| {r['issued_at'][5:16]} | {last} ({r['age_hours']} h) | {r['target']} | "
            f"{r['median']:,} | {r['q25']:,}-{r['q75']:,} | {r['q05']:,}-{r['q95']:,} | "
            f"{r['reported']:,} | {r['wis']['crossings']:,.0f} | {r['wis']['exodus']:,.0f} |"
        )
    head = "| issued | last figure (age) | for | median | 50 % | 90 % | reported | WIS | exodus |"
    return _table(head, lines)


def _scores(total: dict[str, Any]) -> list[str]:
    widths = ", ".join(f"{k[5:16]} {v:,}" for k, v in total["width90_final"].items())
    lines = [
        f"90 % ranges hold in {total['in90']} of {total['cells']}, 50 % ranges in "
        f"{total['in50']}. Width of the 90 % range for 3 October, by issue time: {widths}.",
        "",
    ]
    for score, unit, digits in (("wis", "people", 0), ("log_wis", "log(x+1)", 3)):
        heads = list(next(iter(total[score].values())))
        lines += _table(
            f"| mean WIS ({unit}) | " + " | ".join(heads) + " |",
            [
                f"| {m} | " + " | ".join(f"{by[h]:,.{digits}f}" for h in heads) + " |"
                for m, by in total[score].items()
            ],
        )
    return lines


def report(found: dict[str, Any]) -> str:
    """The result as Markdown."""
    lines = [
        "# Demonstration: Nagorno-Karabakh 2023",
        "",
        f"Made by `python -m benchmarks.demonstration`: {found['members']} members, seed 1.",
        "One known case: a demonstration, not evidence. Tier of the history: vintage; publication",
        "hours mostly assumed. Population known to the baselines: 120,000.",
        "",
        "## Before anybody came",
        "",
        *_before(found["before"]),
        "## As published",
        "",
        *_cells(found["as_published"]["rows"]),
        *_scores(found["as_published"]["summary"]),
        "## Known two hours later",
        "",
        *_scores(found["two_hours_later"]["summary"]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Run the demonstration and keep its result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    situation = cx.load(NAME)
    series = figures(situation)
    found: dict[str, Any] = {
        "members": arguments.members,
        "before": before_anybody(situation, arguments.members),
    }
    for key, seen in (("as_published", situation), ("two_hours_later", later_by(situation))):
        rows = [r for i in ISSUES for r in scored_issue(seen, i, series, arguments.members)]
        found[key] = {"summary": summary(rows), "rows": rows}
    arguments.out.mkdir(parents=True, exist_ok=True)
    text = report(found)
    (arguments.out / "demonstration.json").write_text(json.dumps(found, indent=1) + "\n")
    (arguments.out / "demonstration.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
