"""A pseudo-terminal for tests of commands that show or ask something on one."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
PATIENCE_SECONDS = 120
"""How long a command may take to ask or to end: the machine may be busy."""


class Terminal:
    """The end at which a person would sit; all that is written to it is taken up at once.

    A terminal that nobody reads holds a few thousand bytes; then whoever writes to it stands still.
    """

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()
        self._written = b""
        self._changed = threading.Condition()
        self._closed = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                more = os.read(self._ours, 65536)
            except OSError:  # the other end is closed
                more = b""
            with self._changed:
                self._written += more
                self._closed = not more
                self._changed.notify_all()
            if not more:
                return

    def shown(self) -> str:
        """All that was written so far, without colours and movements of the cursor."""
        return ESCAPES.sub("", self._written.decode(errors="replace"))

    def wait_for(self, text: str, after: int) -> int:
        """Wait until ``text`` is shown behind the first ``after`` characters; where it ends."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or text in self.shown()[after:], PATIENCE_SECONDS
            )
        found = self.shown().find(text, after)
        assert found >= 0, f"never shown: {text!r} in {self.shown()!r}"
        return found + len(text)

    def type(self, keys: str) -> None:
        """What a person types."""
        os.write(self._ours, keys.encode())

    def close(self) -> None:
        """Wait for the last of what was written. Every process on the other end has ended."""
        self._reader.join(PATIENCE_SECONDS)
        assert not self._reader.is_alive()
        os.close(self._ours)


@contextmanager
def command_on_a_terminal(
    *arguments: str | Path, answer: int | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], Terminal]]:
    """``crossings ARGUMENTS`` on a terminal 80 columns wide.

    Its errors go to the terminal. So do its questions and its answer, unless ``answer`` says where
    the answer goes (``subprocess.PIPE``).
    """
    terminal = Terminal()
    theirs = terminal.theirs
    process = subprocess.Popen(
        [sys.executable, "-m", "crossings.cli", *map(str, arguments)],
        stdin=theirs,
        stdout=theirs if answer is None else answer,
        stderr=theirs,
        env=os.environ | {"COLUMNS": "80", "TERM": "xterm"},
        close_fds=True,
    )
    os.close(theirs)
    try:
        yield process, terminal
        process.wait(PATIENCE_SECONDS)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        terminal.close()


def on_a_terminal(questions: Sequence[tuple[str, str]], *arguments: str | Path) -> tuple[int, str]:
    """The status of a command and what it showed; each text is typed once its prompt is there."""
    with command_on_a_terminal(*arguments) as (process, terminal):
        read = 0
        for prompt, keys in questions:
            read = terminal.wait_for(prompt, read)
            terminal.type(keys)
    return process.returncode, terminal.shown()
