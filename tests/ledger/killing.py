"""Writers that are killed at any moment, and what must be there afterwards.

:class:`Nursery` is a process that has imported everything and forks a writer for each kill, so that
a kill costs milliseconds. A writer acknowledges what a method of the ledger has returned from.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from crossings import ledger
from crossings.ledger.schema import TABLES
from tests.ledger.test_store import claim

BATCH = 5
"""Claims that are proposed and accepted together: all of them are there, or none."""


@dataclasses.dataclass
class Tally:
    """What came of many kills."""

    kills: int = 0
    acknowledged: dict[str, str] = dataclasses.field(default_factory=dict)
    """What was acknowledged: id -> ``document``, ``entry`` or ``act`` (the entry that it is of)."""
    silent: int = 0
    """Writers that died before they had acknowledged anything."""


def write_until_killed(url: str, start: int) -> None:
    """Add documents, batches of claims and decisions for ever, and say when each is done."""
    with ledger.open(url, create=False) as book:
        for number in itertools.count(start):
            document = book.add_document(f"Report {number} of {os.getpid()}").id
            _say("document", document)
            records = [claim(float(i), id=f"c{i}", quote=f"{number}.{i}") for i in range(BATCH)]
            ids = book.propose("s", records, document=document, accept=True, by="writer").ids
            for entry in ids:
                _say("entry", entry)
            book.review(ids[0], "reject", by="writer")
            _say("act", ids[0])


def _say(*words: str) -> None:
    os.write(1, (" ".join(words) + "\n").encode())


def nursery(url: str) -> None:
    """Fork a writer for each line of standard input; say ``born PID`` and ``gone PID``."""
    for number, _ in enumerate(sys.stdin):
        child = os.fork()
        if child == 0:
            try:
                write_until_killed(url, number * 1_000_000)
            finally:
                os._exit(1)  # the database went away: nothing more is acknowledged
        _say("born", str(child))
        os.waitpid(child, 0)
        _say("gone", str(child))


def kill_writers(
    url: str, kills: int, seed: int, kill: Callable[[int], None] | None = None
) -> Tally:
    """Kill ``kills`` writers, each at a moment of its own.

    Args:
        url: a ledger that is there.
        kills: how many.
        seed: of the moments.
        kill: kills in place of ``kill -9`` of the writer; is given its process.
    """
    luck = random.Random(seed)
    tally = Tally()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.killing", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            for _ in range(kills):
                process.stdin.write("another\n")
                process.stdin.flush()
                writer = int(process.stdout.readline().split()[1])
                before = len(tally.acknowledged)
                for _ in range(luck.randrange(2 * BATCH)):
                    _note(tally, process.stdout.readline())
                time.sleep(luck.uniform(0, 0.03))
                (kill or _kill)(writer)
                while not (line := process.stdout.readline()).startswith("gone"):
                    _note(tally, line)
                tally.kills += 1
                tally.silent += len(tally.acknowledged) == before
            process.stdin.close()
        except BaseException:
            process.kill()
            raise
    return tally


def _kill(writer: int) -> None:
    os.kill(writer, signal.SIGKILL)


def _note(tally: Tally, line: str) -> None:
    word, row = line.split()
    tally.acknowledged[f"{word} {row}"] = row


def losses(url: str, tally: Tally) -> list[str]:
    """What was acknowledged and is not there, what is there in part, what is damaged."""
    found = []
    with ledger.open(url, create=False) as book:
        entries = {entry.id: entry for entry in book.entries("s")}
        documents = {document.id for document in book.documents()}
        for word_and_id, row in tally.acknowledged.items():
            word = word_and_id.split()[0]
            entry = entries.get(row)
            there = {
                "document": row in documents,
                "entry": entry is not None and bool(entry.acts),
                "act": entry is not None and any(a.act == "reject" for a in entry.acts),
            }
            if not there[word]:
                found.append(f"lost: {word_and_id}")
        batches: dict[str, int] = {}
        for entry in entries.values():
            batches[entry.document] = batches.get(entry.document, 0) + 1
            if not entry.acts:
                found.append(f"in part: {entry.id} was entered and not accepted")
        found += [f"in part: {n} entries of {d}" for d, n in batches.items() if n != BATCH]
        with book.reading() as session:
            for table in TABLES.values():
                for item in session.query(table):
                    if item.signed() != item.digest:
                        found.append(f"damaged: {item.id}")
            if book.engine.dialect.name == "sqlite":
                told = session.connection().exec_driver_sql("PRAGMA integrity_check").scalar()
                if told != "ok":
                    found.append(f"damaged: {told}")
    return found


if __name__ == "__main__":
    nursery(sys.argv[1])
