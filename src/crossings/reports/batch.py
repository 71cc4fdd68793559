"""Many files at once: in parallel, in the order given, with a bound to the time of each document.

One bad document never stops the rest: it is an outcome with an error in its place.
"""

from __future__ import annotations

import dataclasses
import heapq
import os
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path

from crossings.errors import InputError
from crossings.reports.inputs.document import Document
from crossings.reports.model_endpoint import ModelSettings
from crossings.reports.records import Reading
from crossings.reports.workers import Answer, Open, Read, Worker

SECONDS = 60.0
"""Seconds that opening one file, and reading one document, may take."""

CHARACTERS_A_SECOND = 100_000
"""A long document may take a second more for each of these: a fifth of the usual pace."""

START_SECONDS = 120.0
"""Seconds that a process may take to start; they are not those of its first document."""

_TOGETHER = 16
"""Documents of one file that are handed over together."""


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document: its reading, or the error that tells why there is none."""

    name: str
    document: Document | None = None
    reading: Reading | None = None
    error: str = ""


def read_files(
    files: Sequence[Path],
    *,
    published: str = "",
    language: str = "en",
    model: ModelSettings | None = None,
    given: bytes | None = None,
    workers: int | None = None,
    seconds: float = SECONDS,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Outcome]:
    """Read the documents in ``files``; outcomes come in the order of files and of their documents.

    Args:
        files: what to open, by name.
        published: the day of publication for all of them, before what each one states.
        language: the code of the language.
        model: a language model that is asked as well; none unless given.
        given: bytes to read in place of the content of the only file (standard input).
        workers: processes, by default one for each processor.
        seconds: for opening one file and for reading one document, and one more for each 100,000
            characters of it; what takes longer is left out.
        progress: called with how many documents are done and how many are known of.
    """
    most = workers or os.cpu_count() or 1
    batch = _Batch(published, language, model, seconds)
    for number, file in enumerate(files):
        batch.add(number, 0, Open(str(file), given))
    try:
        while batch.unfinished():
            batch.start_workers(most)
            batch.collect()
            yield from batch.next_in_order()
            if progress is not None:
                progress(batch.done, batch.known)
    finally:
        batch.stop()


@dataclasses.dataclass(slots=True)
class _Running:
    """A worker at a task: which answers are still to come, and until when the next."""

    worker: Worker
    file: int
    first: int
    task: Open | Read
    deadline: float
    answered: int = 0


class _Batch:
    """Tasks waiting, tasks running, and outcomes by file until their turn has come."""

    def __init__(
        self, published: str, language: str, model: ModelSettings | None, seconds: float
    ) -> None:
        self.done = self.known = 0
        self._published, self._language, self._model = published, language, model
        self._seconds = seconds
        self._waiting: list[tuple[int, int, int, Open | Read]] = []
        self._count = 0
        self._running: list[_Running] = []
        self._idle: list[Worker] = []
        self._outcomes: dict[int, dict[int, Outcome]] = {}
        self._expected: dict[int, int] = {}
        self._next = (0, 0)

    def add(self, file: int, first: int, task: Open | Read) -> None:
        """Add a task; earlier files and documents are taken first."""
        self._count += 1
        heapq.heappush(self._waiting, (file, first, self._count, task))
        if isinstance(task, Open):
            self.known += 1

    def unfinished(self) -> bool:
        """Whether anything is waiting, running, or not yet given out."""
        return bool(self._waiting or self._running)

    def start_workers(self, most: int) -> None:
        """Give waiting tasks to idle workers, starting new ones up to ``most``."""
        while self._waiting and len(self._running) < most:
            file, first, _, task = heapq.heappop(self._waiting)
            worker = self._idle.pop() if self._idle else Worker()
            worker.give(task)
            begins = 0.0 if worker.started else START_SECONDS
            deadline = time.monotonic() + begins + self._limit(task, 0)
            self._running.append(_Running(worker, file, first, task, deadline))

    def collect(self) -> None:
        """Wait for an answer or a deadline, and take what has come."""
        until = min(running.deadline for running in self._running)
        ready = wait(
            [running.worker.connection for running in self._running],
            max(until - time.monotonic(), 0),
        )
        now = time.monotonic()
        for running in list(self._running):
            if running.worker.connection in ready:
                if not running.worker.started and running.worker.begin():
                    running.deadline = now + self._limit(running.task, 0)
                    continue
                answer = running.worker.answer()
                if answer is None:
                    self._end(running, "stopped the process that read it, left out")
                else:
                    self._take(running, answer)
            elif now >= running.deadline:
                limit = self._limit(running.task, running.answered)
                self._end(running, f"took longer than {limit:g} s, left out")

    def next_in_order(self) -> Iterator[Outcome]:
        """The outcomes whose turn has come."""
        file, number = self._next
        while file in self._expected:
            if number == self._expected[file]:
                del self._expected[file], self._outcomes[file]
                file, number = file + 1, 0
            elif number in self._outcomes[file]:
                yield self._outcomes[file].pop(number)
                number += 1
            else:
                break
        self._next = file, number

    def stop(self) -> None:
        """End all workers."""
        for worker in [*self._idle, *(running.worker for running in self._running)]:
            worker.kill()
        self._idle, self._running = [], []

    def _take(self, running: _Running, answer: Answer) -> None:
        match running.task:
            case Open(path, _):
                self._opened(running, path, answer)
                self._rest(running)
            case Read(documents):
                document = documents[running.answered]
                self._put(running, document, answer)
                running.answered += 1
                running.deadline = time.monotonic() + self._limit(running.task, running.answered)
                if running.answered == len(documents):
                    self._rest(running)

    def _limit(self, task: Open | Read, answered: int) -> float:
        """Seconds until the next answer must have come."""
        if isinstance(task, Open) or answered >= len(task.documents):
            return self._seconds
        return self._seconds + len(task.documents[answered].text) // CHARACTERS_A_SECOND

    def _rest(self, running: _Running) -> None:
        self._running.remove(running)
        self._idle.append(running.worker)

    def _opened(self, running: _Running, path: str, answer: Answer) -> None:
        found = answer if isinstance(answer, list) else [answer]
        self._expected[running.file] = len(found)
        self._outcomes[running.file] = {}
        self.known += len(found) - 1
        together: list[tuple[int, Document]] = []
        for number, entry in enumerate(found):
            if isinstance(entry, Document):
                together.append((number, entry))
            else:
                self._outcomes[running.file][number] = Outcome(path, error=str(entry))
                self.done += 1
            # Only neighbours go together, so that the place of each answer is known.
            if len(together) == _TOGETHER or not isinstance(entry, Document):
                self._hand_over(running.file, together)
                together = []
        self._hand_over(running.file, together)

    def _hand_over(self, file: int, together: list[tuple[int, Document]]) -> None:
        if together:
            documents = tuple(document for _, document in together)
            self.add(file, together[0][0], self._read(documents))

    def _read(self, documents: tuple[Document, ...]) -> Read:
        return Read(documents, self._published, self._language, self._model)

    def _put(self, running: _Running, document: Document, answer: Answer) -> None:
        number = running.first + running.answered
        self._outcomes[running.file][number] = (
            Outcome(document.name, document, answer)
            if isinstance(answer, Reading)
            else Outcome(document.name, document, error=str(answer))
        )
        self.done += 1

    def _end(self, running: _Running, reason: str) -> None:
        """Kill a worker; what it was at gets an error, what it had not begun waits again."""
        running.worker.kill()
        self._running.remove(running)
        match running.task:
            case Open(path, _):
                self._opened(running, path, InputError(f"{path}: {reason}"))
            case Read(documents):
                document = documents[running.answered]
                self._put(running, document, InputError(f"{document.name}: {reason}"))
                rest = documents[running.answered + 1 :]
                if rest:
                    first = running.first + running.answered + 1
                    self.add(running.file, first, self._read(rest))
