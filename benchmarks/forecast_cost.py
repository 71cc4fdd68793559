"""What one forecast costs: seconds, CPU seconds and memory, each in a process of its own.

    python -m benchmarks.forecast_cost

Kernels are compiled before (a first run is not counted). Ratios are against the first case.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import crossings as cx
from benchmarks.calibration import machine

RESULTS = Path(__file__).parent / "results"
CASES = (
    ("nagorno-karabakh-2023", "2023-09-25", "8d"),
    ("nagorno-karabakh-2023", "2023-09-28T08:00+04:00", "8d"),
    ("nagorno-karabakh-2023", "2023-09-30T12:00+04:00", "8d"),
    ("rohingya-2017", "2017-09-14", "15d"),
    ("kosovo-1999", "1999-04-12", "15d"),
)
MEMBERS = 2000


def one(name: str, as_of: str, horizon: str) -> dict[str, Any]:
    """What a forecast takes in this process; imports, loading and compiling are not counted."""
    situation = cx.load(name)
    cx.forecast(situation, as_of, horizon="2d", members=100)
    wall, cpu = time.perf_counter(), time.process_time()
    outlook = cx.forecast(situation, as_of, horizon=horizon, members=MEMBERS)
    return {
        "situation": name,
        "as_of": as_of,
        "horizon": horizon,
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "replays": outlook.diagnostics["sampler"]["replays"],
        "steps_known": outlook.diagnostics["steps_known"],
    }


def main() -> None:
    """Run every case in a fresh process; keep and print the table."""
    if len(sys.argv) == 4:
        print(json.dumps(one(*sys.argv[1:])))
        return
    rows = []
    for case in CASES:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.forecast_cost", *case],
            check=True,
            capture_output=True,
            text=True,
        )
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    first = rows[0]["seconds"]
    for row in rows:
        row["ratio"] = round(row["seconds"] / first, 2)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    found = {"members": MEMBERS, "machine": machine() | {"load": load}, "cases": rows}
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "forecast_cost.json").write_text(json.dumps(found, indent=1) + "\n")
    print(f"{MEMBERS} members; {found['machine']}; {platform.platform()}")
    for row in rows:
        print(row)


if __name__ == "__main__":
    main()
