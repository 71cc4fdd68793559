"""What the live page does when things break: python -m benchmarks.page_faults.

A real server in a process of its own with a ledger on SQLite and one kept forecast. Each fault is
brought about from outside: clients that send a byte a second or never read, a job's process killed
half-way, the server killed, the ledger locked by somebody else, no room left for writing (a limit
on the size of files). Counted: answers by status, those that are no problem details, what was
acknowledged, and what of it is not there afterwards. Status 1 if anything acknowledged is lost or a
failure is not a clear answer.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from crossings import ledger
from crossings.exchange.kept import Kept
from crossings.forecast.issue import forecast
from crossings.situation.catalogue import load
from tests.outlooks import at, claim

SITUATION = "nagorno-karabakh-2023"
API = f"/api/situations/{SITUATION}"
HERE = Path(__file__).parent
TOKEN = "a-token-for-the-benchmark"
SLOW = 200
DEAF = 5
ENTRIES = 60
TRIES = 5
ROOM = 40_000
"""Bytes that a file may have where there is no room: less than the ledger has already."""

HALF_WAY = 0.1
"""The share of a job that is done when it is killed."""


class House:
    """A server over a store and a ledger, started and stopped again, and what it acknowledged."""

    def __init__(self, folder: Path) -> None:
        self.store, self.database = folder / "store", folder / "ledger.sqlite"
        self.url = f"sqlite:///{self.database}"
        self.kept = Kept(self.store)
        self.accepted: set[str] = set()
        self.forecasts: set[str] = set()
        self.told: Counter[str] = Counter()
        self.unclear = 0
        situation = load(SITUATION)
        self.forecasts.add(
            self.kept.add(forecast(situation, "2023-09-21", "2d", 500, 1), situation)
        )
        with ledger.open(self.url) as book:
            rows = [
                claim(f"read-{i}", 7000 + i, at(25, 12), review="proposed") for i in range(ENTRIES)
            ]
            book.propose(SITUATION, rows, reader="benchmark", by="benchmark")
            self.waiting = [entry.id for entry in book.entries(SITUATION)]

    @contextlib.contextmanager
    def serving(self, most_bytes: int | None = None) -> Iterator[httpx.Client]:
        """A server that answers; ``most_bytes`` limits how large a file it may write."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])

        command = [sys.executable, "-m", "crossings.cli", "serve", SITUATION]
        command += ["--port", str(self.port), "--store", str(self.store), "--database", self.url]
        self.server = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "CROSSINGS_TOKEN": TOKEN},
        )
        headers = {"Authorization": f"Bearer {TOKEN}"}
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=120, trust_env=False
        )
        try:
            for _ in range(3000):
                with contextlib.suppress(httpx.TransportError):
                    client.get("/api/health")
                    break
                time.sleep(0.1)
            if most_bytes is not None:
                limit = (most_bytes, most_bytes)
                resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE, limit)
            yield client
        finally:
            client.close()
            if self.server.poll() is None:
                self.server.send_signal(signal.SIGINT)
            self.server.wait(timeout=60)

    def note(self, answer: httpx.Response) -> int:
        """Count an answer; one that failed must say so in the form of RFC 9457."""
        self.told[str(answer.status_code)] += 1
        if answer.status_code >= 400:
            kind = answer.headers.get("content-type", "")
            said = answer.json() if "json" in kind else {}
            if kind != "application/problem+json" or not said.get("detail"):
                self.unclear += 1
                print("no problem details:", answer.status_code, answer.text[:200], flush=True)
        return answer.status_code

    def accept(self, client: httpx.Client) -> int:
        """Accept the next entry that waits; remember it where the server says that it did."""
        entry = self.waiting.pop()
        asked = {"act": "accept", "by": "A benchmark"}
        status = self.note(client.post(f"/api/entries/{entry}/review", json=asked))
        if status == 200:
            self.accepted.add(entry)
        return status

    def order(self, client: httpx.Client) -> str:
        """Ask for a forecast; the id of its job, empty where it was refused."""
        asked = {"as_of": "2023-09-20", "horizon": "2d", "members": 400}
        answer = client.post(f"{API}/forecasts", json=asked)
        self.note(answer)
        found: dict[str, Any] = answer.json()
        return str(found.get("id", ""))

    def half_way(self, client: httpx.Client, job: str) -> None:
        """Wait until a job has done a part."""
        for _ in range(2400):
            found = client.get(f"/api/jobs/{job}").json()
            if found["share"] >= HALF_WAY or found["state"] not in ("waiting", "running"):
                return
            time.sleep(0.1)

    def ended(self, client: httpx.Client, job: str) -> dict[str, Any]:
        """The job when it has ended; one that was refused has ended at once."""
        if not job:
            return {"state": "refused", "detail": ""}
        for _ in range(4800):
            found: dict[str, Any] = client.get(f"/api/jobs/{job}").json()
            if found["state"] not in ("waiting", "running"):
                if found["state"] == "done":
                    self.forecasts.add(found["result"]["forecast"])
                return found
            time.sleep(0.25)
        raise RuntimeError("the job did not end")

    def lost(self) -> int:
        """How much of what was acknowledged is not there, read from the disk."""
        with ledger.open(self.url) as book:
            standing = {e.id: e.view() for e in book.entries(SITUATION)}
        gone = [e for e in self.accepted if (v := standing[e]) is None or v.standing != "accepted"]
        kept = {row.id for row in self.kept.all(SITUATION)}
        for one in kept:
            self.kept.read(SITUATION, one)  # what is listed can be read
        return len(gone) + len(self.forecasts - kept)


def crowd(house: House) -> dict[str, Any]:
    """Slow clients and deaf ones at once; the others are answered, the memory stays."""
    with house.serving() as client:
        path = f"{API}/forecasts/{next(iter(house.forecasts))}"
        client.get(path)
        before = _memory(house.server.pid)
        held = [socket.create_connection(("127.0.0.1", house.port)) for _ in range(SLOW + DEAF)]
        for one in held[SLOW:]:
            one.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 200).encode())
        taken = []
        for letter in b"GET / HTTP/1.1\r\nHost: x":
            for one in held[:SLOW]:
                one.sendall(bytes([letter]))
            begun = time.perf_counter()
            house.note(client.get(path))
            house.accept(client)
            taken.append(time.perf_counter() - begun)
            time.sleep(0.5)
        grown = _memory(house.server.pid) - before
        for one in held:
            one.close()
    p95 = round(float(np.percentile(taken, 95)) * 1000, 1)
    return {"read_and_write_p95_ms": p95, "memory_grown_MB": round(grown / 1e6, 1)}


def killed_job(house: House) -> dict[str, Any]:
    """A job's process is killed half-way: it has failed and left nothing; the next works."""
    with house.serving() as client:
        before = sorted(house.store.rglob("*"))
        job = house.order(client)
        house.half_way(client, job)
        for child in _children(house.server.pid):
            os.kill(child, signal.SIGKILL)
        found = house.ended(client, job)
        same = sorted(house.store.rglob("*")) == before
        after = house.ended(client, house.order(client))
    return {
        "job": found["state"],
        "said": found["detail"],
        "left": not same,
        "next": after["state"],
    }


def killed_server(house: House) -> dict[str, Any]:
    """The server is killed while a job runs and somebody decides; what it acknowledged stays."""
    with house.serving() as client:
        job = house.order(client)
        for _ in range(TRIES):
            house.accept(client)
        house.half_way(client, job)
        children = _children(house.server.pid)
        house.server.kill()
        house.server.wait()
        time.sleep(2)
        running = [child for child in children if Path(f"/proc/{child}").exists()]
    with house.serving() as client:
        status = house.note(client.get(f"{API}/forecasts"))
    return {"answers_again": status, "processes_left": len(running)}


def locked(house: House) -> dict[str, Any]:
    """Somebody else writes to the ledger and does not end: 503; afterwards the same works."""
    with house.serving() as client:
        other = sqlite3.connect(house.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        reads = house.note(client.get(f"{API}/claims?per_page=1"))
        refused = house.accept(client)
        other.execute("ROLLBACK")
        other.close()
        after = house.accept(client)
    return {"reads": reads, "writes": refused, "after": after}


def full(house: House) -> dict[str, Any]:
    """No room to write: decisions and jobs say so, reading goes on."""
    with house.serving(most_bytes=ROOM) as client:
        writes = [house.accept(client) for _ in range(3 * TRIES)]
        job = house.ended(client, house.order(client))
        reads = house.note(client.get(f"{API}/forecasts/{next(iter(house.forecasts))}"))
    with house.serving() as client:
        after = house.accept(client)
    return {
        "writes": dict(Counter(map(str, writes))),
        "job": job["state"],
        "said": job["detail"].replace(str(house.store), "STORE"),
        "reads": reads,
        "after": after,
    }


def _memory(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


def _children(pid: int) -> list[int]:
    """The processes that a process started and that do its jobs."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for thread in Path(f"/proc/{pid}/task").iterdir():
        found += (thread / "children").read_text().split()
    commands = {int(one): Path(f"/proc/{one}/cmdline").read_bytes() for one in set(found)}
    return [one for one, command in commands.items() if b"spawn_main" in command]


FAULTS: tuple[Callable[[House], dict[str, Any]], ...] = (
    full, locked, killed_job, killed_server, crowd,
)  # fmt: skip


def main() -> int:
    """Break, count, keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=HERE / "results" / "page_faults.json")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        found: dict[str, Any] = {}
        for fault in FAULTS:
            found[fault.__name__] = fault(house) | {"lost": house.lost()}
            print(fault.__name__, found[fault.__name__], flush=True)
        found["answers"] = dict(sorted(house.told.items()))
        found["failures_that_are_no_problem_details"] = house.unclear
        found["acknowledged"] = {
            "decisions": len(house.accepted), "forecasts": len(house.forecasts),
        }  # fmt: skip
    chosen.output.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))
    lost = sum(found[fault.__name__]["lost"] for fault in FAULTS)
    return 1 if lost or house.unclear else 0


if __name__ == "__main__":
    sys.exit(main())
