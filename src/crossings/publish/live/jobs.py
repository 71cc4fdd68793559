"""Jobs: forecasts and scenarios, one after another, each in a process of its own.

A process can be ended at any moment, so a job can be cancelled and cannot outlive its time. A job's
result is a kept forecast (or a scenario's JSON): what is not finished leaves nothing behind.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import multiprocessing as mp
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any, Literal

State = Literal["waiting", "running", "done", "failed", "cancelled"]
ENDED: frozenset[State] = frozenset({"done", "failed", "cancelled"})

KEPT = 200
"""Jobs that are remembered after they ended."""

Work = Callable[[dict[str, Any], Callable[[float], None]], dict[str, Any]]
"""What a job does: takes what was asked and a function that is told the share done."""


@dataclasses.dataclass
class Job:
    """One job as it stands; ``share`` is how much is done, 0 to 1.

    ``asked`` is told to whoever looks at the job; ``given`` (paths) to the work only.
    """

    id: str
    kind: str
    asked: dict[str, Any]
    given: dict[str, Any] = dataclasses.field(default_factory=dict, repr=False)
    state: State = "waiting"
    share: float = 0.0
    detail: str = ""
    result: dict[str, Any] | None = None
    made: dt.datetime = dataclasses.field(default_factory=lambda: dt.datetime.now(dt.UTC))

    def as_dict(self) -> dict[str, Any]:
        """The job for an answer."""
        return {
            "id": self.id,
            "kind": self.kind,
            "asked": self.asked,
            "state": self.state,
            "share": round(self.share, 3),
            "detail": self.detail,
            "result": self.result,
            "made": self.made.isoformat(timespec="seconds"),
        }


class QueueFullError(Exception):
    """Too many jobs are waiting."""


class Jobs:
    """A queue of jobs, one running at a time, and what became of the last ones.

    Args:
        work: what to do, by kind of job; functions at the top of a module, with plain arguments.
        queue: how many may wait.
        seconds: how long one may run.
    """

    def __init__(self, work: Mapping[str, Work], queue: int, seconds: float) -> None:
        self._work = work
        self._queue = queue
        self._seconds = seconds
        self._jobs: dict[str, Job] = {}
        self._process: mp.process.BaseProcess | None = None
        self._changed = threading.Condition()
        self._closed = False
        self._runner = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._runner.start()

    def submit(self, kind: str, asked: dict[str, Any], given: dict[str, Any]) -> Job:
        """Put a job at the end of the queue; the work takes ``asked`` and ``given`` together.

        Raises:
            QueueFullError: as many jobs wait as may.
        """
        with self._changed:
            waiting = sum(job.state == "waiting" for job in self._jobs.values())
            if waiting >= self._queue:
                raise QueueFullError
            job = Job(secrets.token_hex(8), kind, asked, given)
            self._jobs[job.id] = job
            self._forget()
            self._changed.notify_all()
            return job

    def get(self, job_id: str) -> Job | None:
        """The job of this id, if it is remembered."""
        return self._jobs.get(job_id)

    def all(self) -> list[Job]:
        """Every job that is remembered, the newest first."""
        with self._changed:
            return list(reversed(self._jobs.values()))

    def cancel(self, job_id: str) -> Job | None:
        """End a job that waits or runs; one that has ended stays as it is."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is None or job.state in ENDED:
                return job
            running = job.state == "running"
            job.state = "cancelled"
            if running and self._process is not None:
                self._process.kill()
            self._changed.notify_all()
            return job

    def close(self) -> None:
        """End what runs and take no more."""
        with self._changed:
            self._closed = True
            for job in self._jobs.values():
                if job.state not in ENDED:
                    job.state = "cancelled"
            if self._process is not None:
                self._process.kill()
            self._changed.notify_all()
        self._runner.join(timeout=10)

    def _forget(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.state in ENDED]
        for job_id in ended[: max(0, len(ended) - KEPT)]:
            del self._jobs[job_id]

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._closed and self._next() is None:
                    self._changed.wait()
                job = self._next()
                if self._closed or job is None:
                    return
                job.state = "running"
                ours, theirs = mp.Pipe(duplex=False)
                arguments = (self._work[job.kind], job.asked | job.given, theirs)
                context = mp.get_context("spawn")
                process = context.Process(target=_work, args=arguments, daemon=True)
                self._process = process
                process.start()
                theirs.close()
            self._follow(job, process, ours)

    def _next(self) -> Job | None:
        return next((job for job in self._jobs.values() if job.state == "waiting"), None)

    def _follow(self, job: Job, process: mp.process.BaseProcess, ours: Connection) -> None:
        """Take what the process tells until it ends or its time is over."""
        deadline = time.monotonic() + self._seconds  # a clock that is set right ends no job
        told: tuple[str, Any] | None = None  # ("done", result) or ("failed", why)
        while told is None and time.monotonic() < deadline:
            try:
                if not ours.poll(0.2):
                    continue
                kind, value = ours.recv()
            except (EOFError, OSError):
                told = ("failed", "the process ended before it was done")
                break
            if kind == "share":
                job.share = float(value)
            else:
                told = (kind, value)
        if told is None:
            told = ("failed", f"stopped after {self._seconds:.0f} s, the longest a job may take")
        process.kill()
        process.join()
        ours.close()
        with self._changed:
            self._process = None
            if job.state == "running":
                state, what = told
                if state == "done" and isinstance(what, dict):
                    job.state, job.share, job.result = "done", 1.0, what
                else:
                    job.state, job.detail = "failed", str(what)[:2000]
            self._changed.notify_all()


def _work(work: Work, asked: dict[str, Any], pipe: Connection) -> None:
    """In the job's process: do the work and tell what came of it."""
    from crossings.errors import CrossingsError  # noqa: PLC0415 (the process begins here)

    try:
        result = work(asked, lambda share: pipe.send(("share", share)))
        pipe.send(("done", result))
    except CrossingsError as error:
        pipe.send(("failed", str(error)))
    except Exception as error:
        pipe.send(("failed", f"unexpected: {type(error).__name__}"))
    finally:
        pipe.close()
