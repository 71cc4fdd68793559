"""Compile what a forecast and a simulation by Flee's rules run, so that the first does not wait.

Compiled code is kept beside the modules. A small forecast of the main job's situation and a small
simulation use nearly all of it; they are made side by side, since a compiler works on one
processor. Part of the installation in the Makefile; harmless to run again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

FORECAST = ("forecast", "nagorno-karabakh-2023", "--as-of", "2023-09-25", "--horizon", "1d")
SIMULATE = ("simulate", "--rules", "flee")
FEW = ("--members", "100")

VALLEY = Path(__file__).resolve().parents[1] / "docs" / "flee-valley"


def main() -> int:
    """Make a forecast and a simulation of a few members and throw them away."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        imported = _start("import", "flee", VALLEY, "--out", folder / "valley").wait()
        side_by_side = [
            _start(*FORECAST, *FEW, "-o", folder / "out"),
            _start(*SIMULATE, *FEW, folder / "valley", "-o", folder / "simulated.csv"),
        ]
        return max(imported, *(process.wait() for process in side_by_side))


def _start(*words: str | Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "crossings.cli", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    raise SystemExit(main())
