"""Nothing acknowledged is lost and nothing stands there in part, whenever a process dies."""

from __future__ import annotations

import contextlib
import os
import signal

from crossings import ledger
from tests.ledger.killing import kill_writers, losses
from tests.ledger.postgresql_server import Server

KILLS = 20


def test_a_writer_is_killed_at_any_moment(url: str) -> None:
    ledger.open(url).close()
    tally = kill_writers(url, KILLS, seed=1)
    assert tally.kills == KILLS
    assert len(tally.acknowledged) > KILLS
    assert losses(url, tally) == []


def test_a_server_is_killed_at_any_moment(server: Server) -> None:
    own = Server()
    try:
        url = own.url()
        ledger.open(url).close()

        def kill(writer: int) -> None:
            own.kill()
            with contextlib.suppress(ProcessLookupError):
                os.kill(writer, signal.SIGKILL)  # or it would go on when the server is back
            own.start()

        tally = kill_writers(url, 3, seed=2, kill=kill)
        assert tally.acknowledged
        assert losses(url, tally) == []
    finally:
        own.stop()
