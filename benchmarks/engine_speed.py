"""What the count engines cost, as ratios measured in one run.

``python -m benchmarks.engine_speed DATA [--python FLEE_PYTHON] [--members 20] [--hasten 10]``

DATA holds Flee set-ups in folders; FLEE_PYTHON is an interpreter with the extra ``flee``. Flee runs
burundi2015 once at the given hasten (1 is full size: minutes), the count engine the same case in an
ensemble; both are CPU time without reading files and compiling. Beside it: Flee with fewer agents
and in parallel, the Monte Carlo error of either at equal time, the least number of draws, other
grids of recent travel, the same rules without ``avoid_short_stints``, a million and a billion
people, one and two threads, memory, and the start of the command. ``--flee-run FILE`` takes the
time of Flee from a run of ``benchmarks/flee_worker.py`` made before, on the same machine and at the
same hasten; ``--keep-flee`` takes the rows of Flee with fewer agents from the last result, and
marks them; ``--mpiexec`` names the command that starts parallel programs (with FLEE_PYTHON needing
``mpi4py``).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import yaml

from benchmarks.calibration import machine
from benchmarks.engine_draws import least_draws, seconds_a_draw
from crossings.dynamics.flee.ensemble import GRID_KM, run
from crossings.dynamics.flee.from_situation import flee_case
from crossings.dynamics.flee.records import FleeCase, FleeTotals
from crossings.dynamics.flee.settings import Quirks
from crossings.exchange.flee_import import import_flee

RESULT = Path(__file__).parent / "results" / "engine_speed.md"


def cost(
    case: FleeCase,
    members: int,
    grid_km: float = GRID_KM,
    workers: int = 1,
    ages: bool = False,
    arrivals: bool = True,
) -> tuple[float, float]:
    """CPU and wall-clock seconds a member."""
    cpu, wall = time.process_time(), time.perf_counter()
    run(
        case,
        members,
        1,
        Quirks.flee(),
        grid_km=grid_km,
        workers=workers,
        arrivals=arrivals,
        ages=ages,
    )
    return (time.process_time() - cpu) / members, (time.perf_counter() - wall) / members


class FleeCost(NamedTuple):
    """CPU seconds of a run of Flee, its memory in MB, and the spread of camps on the last day.

    ``spread``: the standard deviation between seeds in people, root mean square over camps.
    """

    seconds: float
    megabytes: float
    spread: float


class FleeRuns(NamedTuple):
    """How to run Flee on a folder: the interpreter, the set-up, the command for parallel runs."""

    python: str
    folder: Path
    settings: Path
    days: int
    camps: tuple[str, ...]
    mpiexec: str | None = None

    def cost(self, hasten: int, seeds: int = 1, processes: int = 1) -> FleeCost:
        """What a run costs, seeds taken together; CPU time and memory of all processes."""
        with tempfile.TemporaryDirectory() as scratch:
            out = Path(scratch) / "run.npz"
            worker = Path(__file__).parent / "flee_worker.py"
            numbers = [str(n) for n in (self.days, hasten, 0, seeds)]
            command = [self.python, str(worker), str(self.folder), str(self.settings), *numbers]
            command.append(str(out))
            if processes > 1:
                command = [str(self.mpiexec), "-n", str(processes), *command, "parallel"]
            subprocess.run(command, check=True, capture_output=True, timeout=3600)
            parts = [self.kept(path, hasten) for path in Path(scratch).glob("*.npz")]
        return FleeCost(
            sum(p.seconds for p in parts), sum(p.megabytes for p in parts), parts[0].spread
        )

    def kept(self, path: Path, hasten: int) -> FleeCost:
        """What a run that was kept cost."""
        with np.load(path) as found:
            names = json.loads(str(found["names"]))
            camps = hasten * found["present"][:, -1, [names.index(c) for c in self.camps]]
            seconds, megabytes = found["seconds"].mean(), float(found["kilobytes"]) / 1024
        return FleeCost(float(seconds), megabytes, spread(camps))


def spread(camps: npt.NDArray[np.int64]) -> float:
    """The standard deviation of members (M, K), root mean square over columns."""
    return float(np.sqrt(camps.var(axis=0, ddof=1).mean())) if len(camps) > 1 else float("nan")


Row = Callable[[str, str], None]

EARLIER = " (of an earlier run)"
"""Marks what was not measured again."""


def flee_rows(flee: FleeRuns, case: FleeCase, ours: float, members: int, row: Row) -> None:
    """Flee with fewer agents and in parallel, and the error of either at equal CPU time."""
    seeds = 20
    coarse = {hasten: flee.cost(hasten, seeds if hasten == 100 else 1) for hasten in (10, 100)}
    for hasten, cost_of in coarse.items():
        row(f"Flee, one run at hasten {hasten}", f"{cost_of.seconds:.2f} CPU s")
    if flee.mpiexec is not None:
        both = flee.cost(10, processes=2)
        row("Flee in parallel (MPI, 2 processes) at hasten 10", f"{both.seconds:.2f} CPU s in both")
    camps = run(case, members, 1, Quirks.flee(), places=flee.camps).present[:, -1]
    # The error of a mean falls with the root of the number of runs, so of the time for them.
    error = spread(camps) * np.sqrt(ours)
    least = coarse[100].spread * np.sqrt(coarse[100].seconds)
    row(
        f"Monte Carlo error of camps on the last day after one CPU second (Flee: {seeds} seeds at "
        f"hasten 100; here: {members} members at full size)",
        f"{least:,.0f} people in Flee, {error:,.0f} here: {least / error:.1f} times less",
    )


def earlier_flee_rows(row: Row) -> None:
    """The rows of :func:`flee_rows` as the last result has them, marked so."""
    starts = tuple(f"| {start}" for start in ("Flee, one run at hasten 10", "Flee in", "Monte"))
    for line in RESULT.read_text(encoding="utf-8").splitlines():
        if line.startswith(starts):
            what, value = line.strip("| ").split(" | ")
            row(what.removesuffix(EARLIER) + EARLIER, value)


def draw_rows(case: FleeCase, ours: float, row: Row) -> None:
    """The time of a member against the least number of draws."""
    moving, going = least_draws(case, Quirks.flee())
    one = seconds_a_draw()
    least = (moving + going) * one
    row(
        "least number of draws D = (states at places that some may leave) + (groups that set out), "
        "summed over the days",
        f"{moving:,} + {going:,} = {moving + going:,}",
    )
    row(
        f"D draws of {1e9 * one:.1f} ns",
        f"{1e3 * least:.1f} CPU ms: a member takes {ours / least:.0f} times as long",
    )


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


def people_rows(bare: FleeCase, members: int, row: Row) -> None:
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
            run(case, members, 1, Quirks.flee(), arrivals=False)
            least[k] = min(least[k], (time.process_time() - begun) / members)
    row(
        f"the same with {factors[0] * people:,} people, arrivals not counted",
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


def flee_default_rows(flee: FleeRuns, bare: FleeCase, hasten: int, members: int, row: Row) -> None:
    """Flee and the laws of a day without ``avoid_short_stints``, as Flee has it by default.

    The laws also without capacities: those of a set-up are known with hindsight only.
    """
    with tempfile.TemporaryDirectory() as scratch:
        settings = Path(scratch) / "simsetting.yml"
        chosen = yaml.safe_load(flee.settings.read_text(encoding="utf-8"))
        chosen["move_rules"]["avoid_short_stints"] = False
        settings.write_text(yaml.safe_dump(chosen), encoding="utf-8")
        theirs = flee._replace(settings=settings).cost(hasten).seconds
    row("Flee without avoid_short_stints (its default), one run", f"{theirs:.1f} CPU s")
    places = tuple(p._replace(capacity=-1) for p in bare.network.locations)
    free = dataclasses.replace(bare, network=dataclasses.replace(bare.network, locations=places))
    for text, case in (("", bare), (", without capacities", free)):
        ours, _ = cost(case, 5 * members, arrivals=False)
        row(
            f"count engine, the same{text}, arrivals not counted: whole days by law",
            f"{1e3 * ours:.1f} CPU ms: {theirs / ours:,.0f} times faster",
        )


def engine_rows(case: FleeCase, bare: FleeCase, members: int, flee: float, row: Row) -> None:
    """Other grids of recent travel, none, other numbers of people, threads."""
    for grid in (10.0, 40.0):
        other, _ = cost(case, members, grid)
        row(
            f"count engine, recent travel in steps of {grid:g} km",
            f"{1e3 * other:.1f} CPU ms: {flee / other:,.0f} times faster",
        )
    ordered, _ = cost(case, members, ages=True)
    row(
        "count engine in Flee's order (ages), one member",
        f"{1e3 * ordered:.1f} CPU ms: {flee / ordered:,.0f} times faster",
    )
    one, _ = cost(bare, members)
    row("count engine, without avoid_short_stints", f"{1e3 * one:.1f} CPU ms")
    people_rows(bare, members, row)
    _, single = cost(case, members)
    _, double = cost(case, members, workers=2)
    row("two threads", f"{single / double:.2f} times as fast as one by the clock")


def main() -> None:
    """Measure and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--members", type=int, default=20)
    parser.add_argument("--hasten", type=int, default=10)
    parser.add_argument("--flee-run", type=Path, help="a result of flee_worker made before")
    parser.add_argument(
        "--keep-flee", action="store_true", help="do not run Flee with fewer agents again"
    )
    parser.add_argument("--mpiexec", help="runs Flee in parallel too")
    options = parser.parse_args()
    folder = options.data.resolve() / "burundi2015"
    settings = options.data.resolve() / "simsetting.yml"
    case = flee_case(import_flee(folder, settings).situation, hasten=options.hasten)
    bare = dataclasses.replace(
        case, settings=dataclasses.replace(case.settings, avoid_short_stints=False)
    )
    cost(dataclasses.replace(case, days=2), 1)
    rows: list[tuple[str, str]] = []

    def row(what: str, value: str) -> None:
        print(f"{what}: {value}", flush=True)
        rows.append((what, value))

    known = () if case.totals is None else case.totals.camps
    camps = tuple(name for name in known if name in case.network.names)
    runs = FleeRuns(options.python, folder, settings, case.days, camps, options.mpiexec)
    ours, _ = cost(case, options.members)
    kept = options.flee_run
    flee = runs.cost(options.hasten) if kept is None else runs.kept(kept, options.hasten)
    row(
        f"Flee, one run at hasten {options.hasten}",
        f"{flee.seconds:.1f} CPU s, {flee.megabytes:.0f} MB",
    )
    faster = f"{flee.seconds / ours:,.0f} times faster"
    row("count engine, one member", f"{1e3 * ours:.1f} CPU ms: {faster}")
    if options.keep_flee:
        earlier_flee_rows(row)
    else:
        flee_rows(runs, case, ours, options.members, row)
    draw_rows(case, ours, row)
    flee_default_rows(runs, bare, options.hasten, options.members, row)
    engine_rows(case, bare, options.members, flee.seconds, row)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row("memory of this process", f"{peak:.0f} MB")
    row("start of the command (--version)", f"{start_up():.2f} s by the clock")
    text = "# What the count engine costs\n\n"
    if kept is not None:
        text += "Flee at full size was run before on the same machine, under another load.\n\n"
    text += f"burundi2015, {case.days} days, hasten {options.hasten}, all quirks, "
    text += f"{options.members} members unless said. Machine: {machine()}, "
    text += f"load average {os.getloadavg()[0]:.1f} during the run (CPU times are longer the more "
    text += "the machine is shared).\n\n| what | measured |\n|---|---|\n"
    text += "".join(f"| {a} | {b} |\n" for a, b in rows)
    RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
