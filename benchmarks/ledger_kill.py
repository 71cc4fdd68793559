"""Kill writers of a ledger at any moment, many times, and count what was acknowledged and lost.

    python -m benchmarks.ledger_kill [--kills 500] [--server-kills 20] [--seed 1]

On SQLite and PostgreSQL the writing process is killed; on PostgreSQL also the server with all its
processes. Status 1 if anything acknowledged is lost, stands there in part or is damaged.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from crossings import ledger
from tests.ledger.killing import Tally, kill_writers, losses
from tests.ledger.postgresql_server import Server, binaries


def report(name: str, tally: Tally, lost: list[str], seconds: float) -> bool:
    print(
        f"{name}: {tally.kills} kills, {len(tally.acknowledged):,} writes acknowledged, "
        f"{tally.silent} writers killed before their first; lost, in part or damaged: {len(lost)} "
        f"({seconds:.0f} s)"
    )
    for line in lost[:20]:
        print(f"  {line}")
    return not lost


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill writers of a ledger.")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--server-kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    fine = True
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'ledger.sqlite'}"
        ledger.open(url).close()
        start = time.monotonic()
        tally = kill_writers(url, asked.kills, asked.seed)
        fine &= report("SQLite", tally, losses(url, tally), time.monotonic() - start)
    if binaries() is None:
        print("PostgreSQL: no binaries, not run")
        return 0 if fine else 1
    server = Server()
    try:
        url = server.url()
        ledger.open(url).close()
        start = time.monotonic()
        tally = kill_writers(url, asked.kills, asked.seed)
        fine &= report("PostgreSQL", tally, losses(url, tally), time.monotonic() - start)

        def kill(writer: int) -> None:
            server.kill()
            with contextlib.suppress(ProcessLookupError):
                os.kill(writer, signal.SIGKILL)  # or it would go on when the server is back
            server.start()

        start = time.monotonic()
        tally = kill_writers(url, asked.server_kills, asked.seed, kill)
        fine &= report("PostgreSQL server", tally, losses(url, tally), time.monotonic() - start)
    finally:
        server.stop()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
