"""The API keeps to its own description, whatever is asked of it (schemathesis, a real server)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from crossings.publish.live.app import create_app
from tests.publish.live import served
from tests.publish.live.test_browser import running


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    app = create_app(served.settings(tmp_path_factory.mktemp("store"), max_queue=2))
    with running(app) as address:
        yield schemathesis.openapi.from_url(f"{address}/api/openapi.json")


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
