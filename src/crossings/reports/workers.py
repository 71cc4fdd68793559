"""Processes that open files and read documents, one task at a time, and can be killed.

A document can be built to keep any parser busy for hours or to fill the memory. So parsing and
reading happen in processes of their own: each has a limit to its memory, and whoever waits for an
answer too long kills the process and goes on. The process is started anew (not forked), so that it
works from any program and thread.
"""

from __future__ import annotations

import contextlib
import dataclasses
import signal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

from crossings.errors import CrossingsError, InputError
from crossings.reports.inputs.document import Document
from crossings.reports.inputs.opening import open_bytes, open_file
from crossings.reports.lexicon_files import load_lexicon
from crossings.reports.model_endpoint import ModelSettings
from crossings.reports.reader import read
from crossings.reports.records import Reading

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows
    resource = None

MEMORY_BYTES = 4_000_000_000
"""Address space of one process; what needs more is reported as too large."""


@dataclasses.dataclass(frozen=True, slots=True)
class Open:
    """The task to open a file; with ``data``, to take these bytes for its content."""

    path: str
    data: bytes | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """The task to read documents, answered one by one."""

    documents: tuple[Document, ...]
    published: str
    language: str
    model: ModelSettings | None = None


_STARTED = "started"

Answer = list[Document | InputError] | Reading | CrossingsError


class Worker:
    """One such process. ``connection`` becomes ready when there is an answer or it has died.

    Its first message says that it has started: time is counted from there, so that a busy machine
    takes nothing from the time of the first document.
    """

    def __init__(self) -> None:
        self.started = False
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def give(self, task: Open | Read) -> None:
        """Hand over a task; its answers (one, or one a document) come through ``connection``."""
        with contextlib.suppress(OSError):  # it has died: the connection tells
            self.connection.send(task)

    def begin(self) -> bool:
        """Take the message that it has started; false where it has died before."""
        try:
            self.started = self.connection.recv() == _STARTED
        except (EOFError, OSError):
            self.started = False
        return self.started

    def answer(self) -> Answer | None:
        """The next answer; ``None`` where the process has died."""
        try:
            answer: Answer = self.connection.recv()
        except (EOFError, OSError):
            return None
        return answer

    def kill(self) -> None:
        """End the process at once, whatever it does."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def _serve(connection: Connection[Any, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us decides when we end
    _limit_memory()
    load_lexicon()
    with contextlib.suppress(OSError):
        connection.send(_STARTED)
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        match task:
            case Open(path, data):
                connection.send(_opened(path, data))
            case Read(documents):
                for document in documents:
                    connection.send(_reading(document, task))


def _limit_memory() -> None:
    if resource is None:
        return
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _opened(path: str, data: bytes | None) -> Answer:
    try:
        return open_file(Path(path)) if data is None else open_bytes(data, path)
    except InputError as error:
        return error
    except Exception as error:  # a parser met what its authors did not foresee: the rest goes on
        return InputError(f"{path}: {_unforeseen(error)}")


def _reading(document: Document, task: Read) -> Answer:
    published = task.published or document.published or None
    try:
        reading = read(document.text, published, language=task.language)
        if task.model is not None:
            from crossings.reports.model_reader import read_with_model

            reading, report = read_with_model(reading, task.model)
            reading.notes += report.notes(task.model.model)
    except InputError as error:
        return InputError(f"{document.name}: {error}")
    except Exception as error:
        return InputError(f"{document.name}: {_unforeseen(error)}")
    # Tokens and words are many and of no use after reading.
    bare = [
        dataclasses.replace(sentence, tokens=[], words=frozenset())
        for sentence in reading.sentences
    ]
    return dataclasses.replace(reading, sentences=bare)


def _unforeseen(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return f"needs more than {MEMORY_BYTES // 1_000_000_000} GB of memory, left out"
    return f"cannot be read ({type(error).__name__})"
