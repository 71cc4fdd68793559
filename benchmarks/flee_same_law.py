"""Whether Flee's rules here and Flee itself follow the same law.

``python -m benchmarks.flee_same_law DATA [--python FLEE_PYTHON] [--seeds 200] [--small 3]``

DATA holds Flee set-ups in folders, as ``../shared/data/flee`` does; FLEE_PYTHON is an interpreter
with the extra ``flee``. Compared are random small networks and every set-up at hasten 100 over its
first 100 days: people at each camp on days 20, 50 and 100, people on links then, and the day of the
first arrival at each camp. Both get the series as Flee reads them; where they are read otherwise
here, it is said. Each statistic is a two-sample test (Kolmogorov-Smirnov, which also sees
differences in spread), and Holm's procedure decides over all of them together at 0.05. Flee's
seeds start at ``--first-seed``: a difference is chance or not by seeds that nobody has looked at.
An empty DATA leaves the small networks alone. The result is written after every case, so that a
run that is stopped leaves what it has.

Flee 3.1 of PyPI does not read ``capacity_scaling``: here it is 1 for the comparison. Nor does it
take the people of day 0 off the capacities or add the total to those of day 0, so
``capacity_less_day0`` and ``double_day0`` are off. Nor does it let
people with a route go on for certain, as the rules here do: with awareness 2 and 3 the worker makes
it do so (``flee_worker.follow_routes_for_certain``).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from scipy.stats import ks_2samp

from benchmarks.calibration import machine
from crossings.dynamics.flee.ensemble import run
from crossings.dynamics.flee.from_situation import flee_case
from crossings.dynamics.flee.records import FleeCase, FleeRun, FleeTotals
from crossings.dynamics.flee.settings import Quirks
from crossings.exchange.flee_import import import_flee

RESULT = Path(__file__).parent / "results" / "flee_same_law.md"
LEVEL = 0.05
OURS = 1000
"""Members of the count engine: they are cheap."""
PUBLISHED = dataclasses.replace(Quirks.flee(), capacity_less_day0=False, double_day0=False)
"""The quirks of Flee 3.1 as published on PyPI."""


class Finding(NamedTuple):
    """One statistic: means and standard deviations of both, p-value."""

    case: str
    what: str
    flee: float
    flee_sd: float
    ours: float
    ours_sd: float
    p: float


def random_case(folder: Path, number: int) -> None:
    """Write a small random set-up: 6 to 9 places, a hundred people a day or fewer, 30 days."""
    rng = np.random.default_rng([2718, number])
    count = int(rng.integers(6, 10))
    kinds = ["conflict_zone", "town", "camp", "camp"]
    kinds += list(rng.choice(["conflict_zone", "town", "forwarding_hub", "camp"], count - 4))
    names = [f"place{i}" for i in range(count)]
    rows = ["#name,region,country,gps_x,gps_y,location_type,conflict_date,population"]
    for name, kind in zip(names, kinds, strict=True):
        people = int(rng.integers(150, 2000)) if kind == "camp" else 5000
        country = "Y" if kind == "camp" else "X"
        rows.append(f"{name},r,{country},0,0,{kind},0,{people}")
    pairs = {(i, int(rng.integers(0, i))) for i in range(1, count)}
    pairs |= {(i, int(rng.integers(0, i))) for i in range(2, count)}
    routes = ["#name1,name2,distance,forced_redirection"]
    routes += [f"{names[i]},{names[j]},{rng.integers(30, 500)}," for i, j in sorted(pairs)]
    days = 31
    conflicts = ["#Day," + ",".join(names)]
    onset = rng.integers(0, 20, count)
    for t in range(days):
        values = [
            int(k == "conflict_zone" and (t >= onset[i] or i == 0)) for i, k in enumerate(kinds)
        ]
        conflicts.append(f"{t}," + ",".join(map(str, values)))
    camps = [n for n, k in zip(names, kinds, strict=True) if k == "camp"]
    layout = ["total,total.csv", *(f"{c},{c}.csv" for c in camps)]
    series: dict[str, list[int]] = {c: np.cumsum(rng.integers(0, 40, days)).tolist() for c in camps}
    series["total"] = [sum(day) for day in zip(*series.values(), strict=True)]
    dates = np.datetime64("2020-01-01") + np.arange(days)
    for part in ("input_csv", "source_data"):
        (folder / part).mkdir(parents=True)
    texts = {
        "input_csv/locations.csv": rows,
        "input_csv/routes.csv": routes,
        "input_csv/conflicts.csv": conflicts,
        "input_csv/closures.csv": [
            "#closure_type,name1,name2,closure_start,closure_end",
            "country,X,Y,8,14",
        ],
        "input_csv/sim_period.csv": ["StartDate,2020-01-01", f"Length,{days - 1}"],
        "source_data/data_layout.csv": layout,
    }
    for name, values in series.items():
        texts[f"source_data/{name}.csv"] = [f"{d},{v}" for d, v in zip(dates, values, strict=True)]
    for name, lines in texts.items():
        (folder / name).write_text("\n".join(lines) + "\n")
    settings = {
        "log_levels": {"agent": 0},
        "spawn_rules": {"conflict_spawn_decay": [1.0, 0.5], "sum_from_camps": True},
        "move_rules": {
            "awareness_level": 1 + number % 3,
            "avoid_short_stints": bool(number % 2),
            "start_on_foot": bool(number % 4 == 3),
            "max_move_speed": 250.0,
            "weight_power": 1.0,
            "distance_power": float(rng.choice([0.75, 1.0])),
            "capacity_buffer": float(rng.choice([0.9, 0.6])),
        },
        "optimisations": {"hasten": 1},
    }
    (folder / "simsetting.yml").write_text(yaml.safe_dump(settings))


def flee_runs(
    python: str, folder: Path, settings: Path, days: int, hasten: int, seeds: range
) -> tuple[FleeRun, FleeTotals]:
    """Histories of Flee itself, and the series as it reads them."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "runs.npz"
        worker = Path(__file__).parent / "flee_worker.py"
        numbers = [str(n) for n in (days, hasten, seeds.start, len(seeds))]
        command = [python, str(worker), str(folder), str(settings), *numbers, str(out)]
        subprocess.run(command, check=True, capture_output=True, timeout=3600)
        with np.load(out) as found:
            names = tuple(json.loads(str(found["names"])))
            present, travelling = found["present"], found["travelling"]
            series = {k: np.array(v) for k, v in json.loads(str(found["series"])).items()}
    people = present.sum(axis=2) + travelling
    total = series.pop(next(iter(series)))
    return FleeRun(names, present, present, travelling, people), FleeTotals(total, series)


def read_otherwise(name: str, case: FleeCase, totals: FleeTotals) -> list[str]:
    """The series of a case that Flee reads otherwise, in words."""
    ours = {} if case.totals is None else case.totals.camps
    found = []
    for camp, values in totals.camps.items():
        apart = np.flatnonzero(values != ours[camp])
        if apart.size:
            found.append(f"{name}, {camp}, {apart.size} of {values.size} days")
    return found


def compare(name: str, case: FleeCase, ours: FleeRun, flee: FleeRun) -> list[Finding]:
    """All statistics of a case."""
    days = [t - 1 for t in (20, 50, 100) if t <= case.days] + (
        [case.days - 1] if case.days < 50 else []
    )
    found: list[Finding] = []

    def add(what: str, a: np.ndarray, b: np.ndarray) -> None:
        if a.std() == 0 and b.std() == 0 and a.mean() == b.mean():
            return
        p = float(ks_2samp(a, b).pvalue)
        flee_mean, flee_sd, mean, sd = (float(v) for v in (a.mean(), a.std(), b.mean(), b.std()))
        found.append(Finding(name, what, flee_mean, flee_sd, mean, sd, p))

    for t in days:
        add(f"on links, day {t + 1}", flee.travelling[:, t], ours.travelling[:, t])
    for place in case.network.locations:
        if place.kind not in ("camp", "idpcamp"):
            continue
        one = flee.present[:, :, flee.names.index(place.name)]
        two = ours.present[:, :, ours.names.index(place.name)]
        for t in days:
            add(f"{place.name}, day {t + 1}", one[:, t], two[:, t])
        start = min(one[:, 0].min(), two[:, 0].min())
        add(
            f"{place.name}, first arrival",
            *(
                np.where((x > start).any(axis=1), (x > start).argmax(axis=1), case.days)
                for x in (one, two)
            ),
        )
    return found


def power(statistics: int, seeds: int) -> float:
    """The shift, in standard deviations, that is found in 4 of 5 comparisons at Holm's first level.

    By simulation of normal samples of the sizes used.
    """
    rng = np.random.default_rng(31)
    pairs = [(rng.normal(size=seeds), rng.normal(size=OURS)) for _ in range(200)]
    for shift in np.arange(0.05, 3.0, 0.05):
        found = [ks_2samp(a + shift, b).pvalue <= LEVEL / statistics for a, b in pairs]
        if np.mean(found) >= 0.8:
            return float(shift)
    return float("inf")


def holm(findings: list[Finding]) -> list[Finding]:
    """The statistics in which the two differ, all tests taken together."""
    differing = []
    for k, finding in enumerate(sorted(findings, key=lambda f: f.p)):
        if finding.p > LEVEL / (len(findings) - k):
            break
        differing.append(finding)
    return differing


def main() -> None:
    """Compare and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--settings", type=Path, help="default: DATA/simsetting.yml")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--small", type=int, default=12, help="random small networks")
    parser.add_argument("--out", type=Path, default=RESULT, help="the table; a .json beside it")
    options = parser.parse_args()
    settings = (options.settings or options.data / "simsetting.yml").resolve()
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    findings: list[Finding] = []
    otherwise: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        jobs = []
        for k in range(options.small):
            folder = Path(scratch) / f"small{k}"
            random_case(folder, k)
            jobs.append((f"small {k}", folder, folder / "simsetting.yml", 30, 1))
        for folder in sorted(p for p in options.data.resolve().iterdir() if p.is_dir()):
            jobs.append((folder.name, folder, settings, 100, 100))
        for name, folder, rules, days, hasten in jobs:
            imported = import_flee(folder, rules).situation
            case = flee_case(imported, days, hasten=hasten)
            chosen = dataclasses.replace(case.settings, capacity_scaling=1.0)
            flee, totals = flee_runs(options.python, folder, rules, days, hasten, seeds)
            otherwise += read_otherwise(name, case, totals)
            case = dataclasses.replace(case, settings=chosen, totals=totals)
            ours = run(case, OURS, seeds.start + 1, PUBLISHED, ages=True)
            findings += compare(name, case, ours, flee)
            write(findings, otherwise, seeds, options.out)


def write(findings: list[Finding], otherwise: list[str], seeds: range, out: Path) -> None:
    """Print and keep the table."""
    differing = holm(findings)
    small = sum(f.p < LEVEL for f in findings)
    shift = power(len(findings), len(seeds))
    cases = ", ".join(dict.fromkeys(f.case for f in findings))
    lines = [
        "# Flee's rules here against Flee itself",
        "",
        f"Cases: {cases}.",
        f"{len(findings)} statistics, seeds {seeds.start} to {seeds.stop - 1} of Flee 3.1, "
        f"{OURS} members here, all quirks of Flee 3.1, in its order.",
        f"By Holm's procedure at {LEVEL} they differ in {len(differing)}; "
        f"{small} p-values are below {LEVEL} ({LEVEL * len(findings):.0f} expected by chance).",
        f"A shift of a mean by {shift:.2f} standard deviations would have been found in 4 of 5",
        "comparisons (normal samples of these sizes, at Holm's first level).",
        "With awareness 2 and 3 Flee is made to let people with a route go on for certain (see the",
        "docstring); without that the small networks 1 and 2 differ at p below 1e-90.",
        "Series that Flee reads otherwise (here it got Flee's): "
        + ("; ".join(otherwise) or "none")
        + ".",
        f"Machine: {machine()}.",
        "",
        "| case | statistic | Flee, mean (sd) | here, mean (sd) | p | differs |",
        "|---|---|---|---|---|---|",
    ]
    for f in sorted(findings, key=lambda f: f.p)[:40]:
        lines.append(
            f"| {f.case} | {f.what} | {f.flee:.2f} ({f.flee_sd:.2f}) | {f.ours:.2f} "
            f"({f.ours_sd:.2f}) | {f.p:.2g} | {'yes' if f in differing else 'no'} |"
        )
    lines += ["", "The 40 smallest p-values are shown."]
    text = "\n".join(lines) + "\n"
    print(text, flush=True)
    out.write_text(text, encoding="utf-8")
    table = [f._asdict() | {"differs": f in differing} for f in findings]
    kept = {"first_seed": seeds.start, "seeds": len(seeds), "shift_found": shift, "table": table}
    out.with_suffix(".json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
