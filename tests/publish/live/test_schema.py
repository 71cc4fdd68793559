"""The API keeps to its own description, whatever is asked of it (schemathesis, a real server)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossings import ledger
from crossings.publish.live.app import create_app
from tests.outlooks import at, claim
from tests.publish.live import served
from tests.publish.live.test_browser import running
from tests.publish.live.test_reviewing import TEXT

SITUATION = "small-karabakh"
HERE = f"/api/situations/{SITUATION}"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with two kept forecasts, a figure that waits for review and one job."""
    folder = tmp_path_factory.mktemp("store")
    database = f"sqlite:///{folder / 'ledger.sqlite'}"
    with ledger.open(database) as book:
        document = book.add_document(TEXT, publisher="A paper", published=at(25, 14), by="test")
        said = claim("read-1", 7100, at(25, 12), quote="7,100 people", review="proposed")
        book.propose(SITUATION, [said], document=document.id, reader="test", by="test")
    with running(
        create_app(served.settings(folder / "kept", max_queue=2, database=database))
    ) as found:
        httpx.post(f"{found}{HERE}/forecasts", json={}, headers=served.BEARER, timeout=60)
        yield found


@pytest.fixture(scope="module")
def there(address: str) -> dict[str, list[str]]:
    """By parameter of a path what this server has."""

    def ids(path: str) -> list[str]:
        rows = httpx.get(f"{address}{path}", headers=served.BEARER, timeout=60).json()["items"]
        return [str(row["id"]) for row in rows]

    waiting = httpx.get(f"{address}{HERE}/proposed", timeout=60).json()["items"]
    return {
        "situation_id": [SITUATION],
        "forecast_id": ids(f"{HERE}/forecasts"),
        "job_id": ids("/api/jobs"),
        "entry_id": [row["id"] for row in waiting],
        "document_id": [row["document"] for row in waiting],
    }


FOLLOWS = "/api/jobs/{job_id}/events"
"""A stream that lasts as long as its job: not one answer to be looked at."""


def test_every_answer_is_one_that_the_description_allows(
    address: str, there: dict[str, list[str]]
) -> None:
    assert all(there.values())
    described: Any = schemathesis.openapi.from_url(f"{address}/api/openapi.json", timeout=60)
    operations: list[Any] = [found.ok() for found in described.get_all_operations()]
    asked = [one for one in operations if one.path != FOLLOWS]
    assert len(asked) >= 10
    answers = set()
    for operation in asked:

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), data=st.data())
        def keeps_its_word(case: Any, data: st.DataObject) -> None:
            # A made-up name leads to nothing: mostly ask for what is there.
            for name, made_up in case.path_parameters.items():
                real = there[name] * 4
                case.path_parameters[name] = data.draw(st.sampled_from([*real, made_up]))
            answer = case.call_and_validate(headers=served.BEARER, timeout=60)
            answers.add((case.operation.path, answer.status_code < 400))
            if answer.status_code == 202:  # make room for the next one
                httpx.delete(f"{address}{answer.headers['location'][0]}", headers=served.BEARER)

        keeps_its_word()
    assert {path for path, well in answers if well} == {one.path for one in asked}
