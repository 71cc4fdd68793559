"""``crossings`` as a user runs it in a pipe, in the process of the tests: starting costs a second.

What needs a process of its own (a terminal, a full disk, what is imported) starts one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import sys
from pathlib import Path

import pytest

from crossings import cli


@dataclasses.dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object, given: bytes = b"", **variables: str | Path) -> Done:
    """``crossings ARGUMENTS``, 80 columns wide.

    Args:
        arguments: the words of the command.
        given: what stands on standard input, which is no terminal.
        variables: of the environment.
    """
    out, err, nothing = (
        io.TextIOWrapper(io.BytesIO(start), encoding="utf-8") for start in (b"", b"", given)
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ({"COLUMNS": "80", "CROSSINGS_USER": ""} | variables).items():
            patch.setenv(name, str(value))
        patch.setattr(sys, "argv", ["crossings", *map(str, arguments)])
        patch.setattr(sys, "stdin", nothing)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                cli.main()
                status = 0
            except SystemExit as end:
                status = int(end.code or 0)
    return Done(status, _written(out), _written(err))


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    written = stream.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue().decode()
