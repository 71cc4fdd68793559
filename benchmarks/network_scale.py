"""What a large network costs under the native engine.

``python -m benchmarks.network_scale [--members 8] [--folder FOLDER] [--chunk 100] [--threads 2]``

A random network: each place is joined to its four nearest, then the shortest further pairs are
joined until there are as many routes as asked for. All lead both ways. A billion people live at the
origins. Steps of a day; some target places are kept on every day. Members are run in chunks, each
of which is a file of the folder once it is done: a run that was stopped goes on where it was
(Ctrl-C loses the chunk that is under way). Kept are CPU seconds, seconds by the clock and the
memory of the process, without laying out the network and compiling.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np
from scipy.spatial import cKDTree

from benchmarks.calibration import machine
from crossings.dynamics import engine
from crossings.dynamics.layout import layout
from crossings.dynamics.network import Edge, Network, build

RESULT = Path(__file__).parent / "results" / "network_scale.md"


def network(places: int, origins: int, routes: int) -> Network:
    """Places at random, joined to their four nearest and more, by routes of 1 to 20 hours."""
    rng = np.random.default_rng(1)
    position = rng.random((places, 2))
    found = cKDTree(position).query(position, k=20)
    far, near = np.asarray(found[0]), np.asarray(found[1])
    length = {
        (min(i, int(j)), max(i, int(j))): (rank > 4, float(d))
        for i in range(places)
        for rank, (d, j) in reversed(list(enumerate(zip(far[i], near[i], strict=True))))
        if i != j
    }
    pairs = sorted(length, key=lambda pair: length[pair])[:routes]
    edges = []
    for k, (a, b) in enumerate(sorted(pairs)):
        hours = float(rng.uniform(1, 20))
        edges.append(Edge(f"r{k}", f"p{a}", f"p{b}", hours))
        edges.append(Edge(f"r{k}", f"p{b}", f"p{a}", hours))
    names = [f"p{i}" for i in range(places)]
    return build(
        names,
        edges,
        names[:origins],
        settle=dict.fromkeys(names, 0.3),
        dwell_hours=dict.fromkeys(names, 12.0),
    )


def rates(laid: Network, members: int, days: int, people: int) -> engine.Rates:
    """The same rates for all members."""
    origins, edges = len(laid.origins), len(laid.edges)
    none = np.zeros(0, dtype=np.int64)
    return engine.Rates(
        home=np.full((members, origins), people // origins, dtype=np.int64),
        waiting=np.zeros((members, origins), dtype=np.int64),
        hazard=np.full((members, days), 0.08),
        origin_factor=np.ones(origins),
        contagion=np.zeros(members),
        leave=np.full(members, 0.5),
        capacity=np.zeros((members, days, 0)),
        open=np.ones((days, edges)),
        weight=np.ones((members, 1, edges)),
        register=np.zeros(members),
        register_cap=np.zeros(members),
        come_back=np.zeros(len(laid.places)),
        clump=4.0,
        inject_place=none,
        inject=np.zeros((members, days, 0), dtype=np.int64),
    )


class Chunk(NamedTuple):
    """What some members cost: CPU and wall-clock seconds, the memory of the process in GB."""

    members: int
    cpu: float
    wall: float
    peak: float
    threads: int


class Task(NamedTuple):
    """What is run: everything on which the members in a folder must agree."""

    places: int
    routes: int
    origins: int
    people: int
    days: int
    targets: int
    chunk: int
    code: str


def code() -> str:
    """A digest of the sources that a member depends on, this one included."""
    found = hashlib.blake2s(Path(__file__).read_bytes())
    for path in sorted(Path(engine.__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def check(folder: Path, task: Task) -> None:
    """Note the task in a folder, or see that its members are of the same one."""
    note = folder / "task.json"
    if note.exists():
        kept = json.loads(note.read_text(encoding="utf-8"))
        for name, value in task._asdict().items():
            if kept.get(name) != value:
                raise SystemExit(
                    f"{note}: {name}: found {kept.get(name)}, expected {value}: "
                    "name another folder or run with the options of before"
                )
    else:
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(task._asdict(), indent=1) + "\n", encoding="utf-8")


class Runner:
    """Runs members and keeps them, a chunk a file."""

    def __init__(self, task: Task, folder: Path, threads: int) -> None:
        numba.set_num_threads(threads)
        self.task, self.folder, self.threads = task, folder, threads
        self.network = network(task.places, task.origins, task.routes)
        far = self.network.places[task.origins :]
        targets = far[:: max(1, len(far) // task.targets)][: task.targets]
        self.layout = layout(self.network, 24.0, kept=targets)
        self.history(0, 1)  # compiles

    def history(self, first: int, members: int) -> engine.History:
        """The days of some members."""
        days = self.task.days
        numbers, nothing = first + np.arange(members), np.empty((members, 0, 1))
        noise = engine.Noise(1, numbers, np.arange(days), nothing, True)
        return engine.run(self.layout, rates(self.network, members, days, self.task.people), noise)

    def chunk(self, first: int, members: int) -> Chunk:
        """Run members, or read what they cost where they are kept; the file is whole or absent."""
        path = self.folder / f"members_{first:06d}_{members}.npz"
        if not path.exists():
            cpu, wall = time.process_time(), time.perf_counter()
            done = self.history(first, members)
            part = path.with_suffix(".part")
            with part.open("wb") as file:
                np.savez(file, present=done.present, arrived=done.arrived)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            cost = Chunk(
                members,
                time.process_time() - cpu,
                time.perf_counter() - wall,
                peak,
                self.threads,
            )
            path.with_suffix(".json").write_text(json.dumps(cost._asdict()), encoding="utf-8")
            part.replace(path)
        return Chunk(**json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))

    def run(self, members: int) -> list[Chunk]:
        """All members, telling how far it is."""
        found: list[Chunk] = []
        try:
            for first in range(0, members, self.task.chunk):
                found.append(self.chunk(first, min(self.task.chunk, members - first)))
                done = sum(c.members for c in found)
                cpu, wall = sum(c.cpu for c in found), sum(c.wall for c in found)
                print(f"{done:,} of {members:,} members: {cpu:.0f} CPU s, {wall:.0f} s", flush=True)
        except KeyboardInterrupt:
            done = sum(c.members for c in found)
            raise SystemExit(
                f"stopped: {done:,} of {members:,} members are kept in {self.folder}; "
                "the same command goes on with the rest"
            ) from None
        return found


def report(task: Task, found: list[Chunk]) -> str:
    """What the members cost, as Markdown."""
    members, cpu = sum(c.members for c in found), sum(c.cpu for c in found)
    wall, peak = sum(c.wall for c in found), max(c.peak for c in found)
    threads = "/".join(str(n) for n in sorted({c.threads for c in found}))
    each = cpu / members
    lines = [
        f"{task.places:,} places, {task.routes:,} routes both ways, {task.origins:,} origins, "
        f"{task.people:,} people, {task.days} days in steps of a day, exact draws; "
        f"{task.targets:,} places are kept on every day.",
        f"{members:,} members were run in chunks of {task.chunk}: {cpu:,.0f} CPU s, "
        f"{wall:,.0f} s by the clock with {threads} threads ({wall / 60:.1f} minutes), "
        f"{peak:.1f} GB at most.",
        f"A member takes {each:.3f} CPU s, {1e3 * each / task.days:.0f} ms a step. "
        f"10,000 members of that cost are {10_000 * each / 2 / 60:.0f} minutes on 2 cores"
        + ("." if members >= 10_000 else " (calculated, not run)."),
        f"Machine: {machine()}, load average {os.getloadavg()[0]:.1f} at the end.",
    ]
    return "# What a large network costs\n\n" + "\n\n".join(lines) + "\n"


def main() -> None:
    """Measure and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", type=int, default=25_000)
    parser.add_argument("--routes", type=int, default=100_000)
    parser.add_argument("--origins", type=int, default=2500)
    parser.add_argument("--targets", type=int, default=250, help="places that are kept")
    parser.add_argument("--members", type=int, default=8)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--chunk", type=int, default=100, help="members at once")
    parser.add_argument("--threads", type=int, default=numba.config.NUMBA_NUM_THREADS)
    parser.add_argument("--folder", type=Path, help="keep chunks here, go on with those there")
    asked = parser.parse_args()
    sizes = (asked.places, asked.routes, asked.origins, 10**9, asked.days, asked.targets)
    task = Task(*sizes, asked.chunk, code())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if asked.folder is None else asked.folder
        check(folder, task)
        found = Runner(task, folder, asked.threads).run(asked.members)
    text = report(task, found)
    print(text)
    RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
