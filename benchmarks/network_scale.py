"""What a large network costs under the native engine.

``python -m benchmarks.network_scale [--places 25000] [--routes 100000] [--members 4] [--days 14]``

A random network: each place is joined to its four nearest, then the shortest further pairs are
joined until there are as many routes as asked for. All lead both ways. A billion people live at the
origins. Steps of a day; every place is kept on every day. Printed are CPU seconds a member, what
10,000 members would take on two cores, and memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.calibration import machine
from crossings.dynamics import engine
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


def main() -> None:
    """Measure and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", type=int, default=25_000)
    parser.add_argument("--routes", type=int, default=100_000)
    parser.add_argument("--origins", type=int, default=2500)
    parser.add_argument("--members", type=int, default=4)
    parser.add_argument("--days", type=int, default=14)
    options = parser.parse_args()
    laid = network(options.places, options.origins, options.routes)
    layout = engine.layout(laid, 24.0)
    steps = np.arange(options.days)

    def history(members: int) -> engine.History:
        noise = engine.Noise(1, np.arange(members), steps, np.empty((members, 0, 1)), True)
        return engine.run(layout, rates(laid, members, options.days, 10**9), noise)

    history(1)
    begun = time.process_time()
    done = history(options.members)
    seconds = (time.process_time() - begun) / options.members
    occupied = (done.present[0] > 0).sum(axis=1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    text = (
        "# What a large network costs\n\n"
        f"{options.places:,} places, {len(laid.edges) // 2:,} routes both ways, "
        f"{options.origins:,} origins, 1,000,000,000 people, {options.days} days in steps of a "
        f"day; after them {occupied[-1]:,} places are occupied.\n\n"
        f"{seconds:.2f} CPU s a member, {1e3 * seconds / options.days:.0f} ms a step; "
        f"10,000 members would take {10_000 * seconds / 2 / 60:.0f} minutes "
        f"on 2 cores (calculated, not run). "
        f"Memory of the process: {peak:.1f} GB with {options.members} members at once.\n\n"
        f"Machine: {machine()}, load average {os.getloadavg()[0]:.1f} during the run.\n"
    )
    print(text)
    RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
