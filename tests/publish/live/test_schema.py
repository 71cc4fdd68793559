"""The API keeps to its own description, whatever is asked of it (schemathesis, a real server)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings

from crossings.publish.live.app import create_app
from tests.publish.live import served


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(served.settings(tmp_path_factory.mktemp("store"), port=port, max_queue=2))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/openapi.json")
    server.should_exit = True
    thread.join(timeout=10)


FOLLOWS = "/api/jobs/{job_id}/events"
"""A stream that lasts as long as its job: not one answer to be looked at."""


def test_every_answer_is_one_that_the_description_allows(described: Any) -> None:
    operations = [found.ok() for found in described.get_all_operations()]
    asked = [one for one in operations if one.path != FOLLOWS]
    assert len(asked) >= 10
    for operation in asked:

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def keeps_its_word(case: Any) -> None:
            case.call_and_validate(headers=served.BEARER, timeout=60)

        keeps_its_word()
