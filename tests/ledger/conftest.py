"""Ledgers on both databases: every test that takes ``url`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crossings import ledger
from tests.ledger.postgresql_server import Server

NewLedger = Callable[[], str]


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of a database with the tables of a ledger, to be copied."""
    url = server.new_database()
    ledger.open(url).close()
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewLedger]:
    """Makes addresses of new ledgers; property tests need one an example."""
    numbers = iter(range(10_000))
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path / f'ledger-{next(numbers)}.sqlite'}"
        return
    server: Server = request.getfixturevalue("server")
    template: str = request.getfixturevalue("template")
    made: list[str] = []

    def new() -> str:
        made.append(server.new_database(template))
        return made[-1]

    yield new
    for url in made:
        server.drop_database(url)


@pytest.fixture
def url(new_ledger: NewLedger) -> str:
    return new_ledger()
