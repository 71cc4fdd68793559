"""How tests are run, and the database server that several rooms are tested on."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numba
import pytest
from hypothesis import HealthCheck, settings

from tests.ledger.postgresql_server import Server, binaries

# How long an example takes says something of the machine and of what numba compiles first. Where a
# change is judged, the examples are the same each time; elsewhere they differ and find more.
settings.register_profile(
    "crossings",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("crossings")


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """So few members as in tests are faster on one core than shared out."""
    numba.set_num_threads(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    if binaries() is None:
        reason = "no PostgreSQL binaries (apt-get install postgresql)"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(f"{reason}, but CI must test on PostgreSQL")
        pytest.skip(reason)
    running = Server()
    yield running
    running.stop()
