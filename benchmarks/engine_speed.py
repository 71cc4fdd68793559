"""What the count engines cost, as ratios measured in one run.

``python -m benchmarks.engine_speed DATA [--python FLEE_PYTHON] [--members 20] [--hasten 10]``

DATA holds Flee set-ups in folders; FLEE_PYTHON is an interpreter with the extra ``flee``. Flee runs
burundi2015 once at the given hasten (1 is full size: minutes), the count engine the same case in an
ensemble; both are CPU time without reading files and compiling. Beside it: other grids of recent
travel, the same rules without ``avoid_short_stints``, a million and a billion people, one and two
threads, memory, and the start of the command. ``--flee-run FILE`` takes the time of Flee from a run
of ``benchmarks/flee_worker.py`` made before, on the same machine and at the same hasten.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.calibration import machine
from crossings.dynamics.flee.ensemble import GRID_KM, run
from crossings.dynamics.flee.from_situation import flee_case
from crossings.dynamics.flee.records import FleeCase, FleeTotals
from crossings.dynamics.flee.settings import Quirks
from crossings.exchange.flee_import import import_flee

RESULT = Path(__file__).parent / "results" / "engine_speed.md"


def cost(
    case: FleeCase, members: int, grid_km: float = GRID_KM, workers: int = 1
) -> tuple[float, float]:
    """CPU and wall-clock seconds a member."""
    cpu, wall = time.process_time(), time.perf_counter()
    run(case, members, 1, Quirks.flee(), grid_km=grid_km, workers=workers)
    return (time.process_time() - cpu) / members, (time.perf_counter() - wall) / members


def flee_cost(
    python: str, folder: Path, settings: Path, days: int, hasten: int
) -> tuple[float, float]:
    """CPU seconds of one run of Flee and its memory in MB."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "run.npz"
        worker = Path(__file__).parent / "flee_worker.py"
        numbers = [str(n) for n in (days, hasten, 0, 1)]
        command = [python, str(worker), str(folder), str(settings), *numbers, str(out)]
        subprocess.run(command, check=True, capture_output=True, timeout=3600)
        return flee_kept(out)


def flee_kept(path: Path) -> tuple[float, float]:
    """CPU seconds and MB of a run of Flee that was kept."""
    with np.load(path) as found:
        return float(found["seconds"][0]), float(found["kilobytes"]) / 1024


def scaled(case: FleeCase, factor: int) -> FleeCase:
    """The same case with so many times as many people."""
    totals = case.totals
    if totals is None:
        raise SystemExit("the case has no totals")
    grown = FleeTotals(totals.total * factor, {k: v * factor for k, v in totals.camps.items()})
    places = tuple(
        p._replace(
            population=p.population * factor,
            capacity=p.capacity * factor if p.capacity > 0 else p.capacity,
        )
        for p in case.network.locations
    )
    network = dataclasses.replace(case.network, locations=places)
    return dataclasses.replace(case, network=network, totals=grown)


def people_rows(
    bare: FleeCase, members: int, row: Callable[[str, str], None], halfway: bool
) -> None:
    """What about a million and about a billion people cost, whole days drawn at once.

    Both in turns, the least of three: another load on the machine must not fall on one of them.
    """
    people = int(run(bare, 1, 1, Quirks.flee()).people[0, -1])
    factors = [max(1, round(size / people)) for size in (10**6, 10**9)]
    sizes = [scaled(bare, factor) for factor in factors]
    least = [np.inf, np.inf]
    for _ in range(3):
        for k, case in enumerate(sizes):
            begun = time.process_time()
            run(case, members, 1, Quirks.flee(), arrivals=False, halfway=halfway)
            least[k] = min(least[k], (time.process_time() - begun) / members)
    row(
        f"the same with {factors[0] * people:,} people, arrivals not counted, "
        + ("camps by halves (not exact)" if halfway else "exact"),
        f"{1e3 * least[0]:.1f} CPU ms",
    )
    row(
        f"with {factors[1] * people:,} people",
        f"{1e3 * least[1]:.1f} CPU ms: {least[1] / least[0]:.2f} times",
    )


def start_up() -> float:
    """Seconds until the command has shown its version, the best of three."""
    best = np.inf
    for _ in range(3):
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "crossings.cli", "--version"], check=True, capture_output=True
        )
        best = min(best, time.perf_counter() - begun)
    return float(best)


def main() -> None:
    """Measure and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--members", type=int, default=20)
    parser.add_argument("--hasten", type=int, default=10)
    parser.add_argument("--flee-run", type=Path, help="a result of flee_worker made before")
    options = parser.parse_args()
    folder = options.data.resolve() / "burundi2015"
    settings = options.data.resolve() / "simsetting.yml"
    case = flee_case(import_flee(folder, settings).situation, hasten=options.hasten)
    cost(dataclasses.replace(case, days=2), 1)
    rows: list[tuple[str, str]] = []

    def row(what: str, value: str) -> None:
        print(f"{what}: {value}", flush=True)
        rows.append((what, value))

    ours, _ = cost(case, options.members)
    if options.flee_run is None:
        flee, megabytes = flee_cost(options.python, folder, settings, case.days, options.hasten)
    else:
        flee, megabytes = flee_kept(options.flee_run)
    row(f"Flee, one run at hasten {options.hasten}", f"{flee:.1f} CPU s, {megabytes:.0f} MB")
    row("count engine, one member", f"{1e3 * ours:.1f} CPU ms: {flee / ours:,.0f} times faster")
    for grid in (10.0, 40.0):
        other, _ = cost(case, options.members, grid)
        row(
            f"the same, recent travel in steps of {grid:g} km",
            f"{1e3 * other:.1f} CPU ms: {flee / other:,.0f} times faster",
        )
    plain = dataclasses.replace(case.settings, avoid_short_stints=False)
    bare = dataclasses.replace(case, settings=plain)
    one, _ = cost(bare, options.members)
    row("without avoid_short_stints", f"{1e3 * one:.1f} CPU ms")
    for halfway in (False, True):
        people_rows(bare, options.members, row, halfway)
    _, single = cost(case, options.members)
    _, double = cost(case, options.members, workers=2)
    row("two threads", f"{single / double:.2f} times as fast as one by the clock")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row("memory of this process", f"{peak:.0f} MB")
    row("start of the command (--version)", f"{start_up():.2f} s by the clock")
    load = os.getloadavg()[0]
    text = "# What the count engine costs\n\n"
    if options.flee_run is not None:
        text += "Flee was run before on the same machine, under another load.\n\n"
    text += f"burundi2015, {case.days} days, hasten {options.hasten}, all quirks, "
    text += (
        f"{options.members} members. Machine: {machine()}, load average {load:.1f} during the run "
    )
    text += (
        "(CPU times are longer the more the machine is shared).\n\n| what | measured |\n|---|---|\n"
    )
    text += "".join(f"| {a} | {b} |\n" for a, b in rows)
    RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
