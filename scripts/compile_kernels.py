"""Compile what a forecast runs, so that the first one does not wait for it.

Compiled code is kept beside the modules; a small forecast of the main job's situation uses all of
it. Part of the installation in the Makefile; harmless to run again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

JOB = ("forecast", "nagorno-karabakh-2023", "--as-of", "2023-09-25", "--horizon", "1d")


def main() -> int:
    """Make a forecast of a few members and throw it away."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "crossings.cli", *JOB, "--members", "100", "-o", folder]
        return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
