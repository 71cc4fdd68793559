"""Review through the API, on a real ledger: shown in its sentence, decided by name, then used."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from crossings import ledger
from crossings.publish.live.app import create_app
from tests.outlooks import at, claim
from tests.publish.live.served import BEARER, HOME, settings

ONE = "/api/situations/small-karabakh"
TEXT = "Tegh, 25 September. The mayor said 7,100 people had come by noon. More are expected."


@pytest.fixture
def book(tmp_path: Path) -> str:
    """A ledger with one document and one proposed figure from it."""
    address = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    with ledger.open(address) as made:
        document = made.add_document(TEXT, publisher="A paper", published=at(25, 14), by="test")
        said = claim(
            "read-1", 7100, at(25, 12), sources=("The mayor",), quote="7,100 people had come",
            review="proposed", publisher="A paper", bulletin="b-read",
        )  # fmt: skip
        made.propose("small-karabakh", [said], document=document.id, reader="test", by="test")
    return address


@pytest.fixture
def client(tmp_path: Path, book: str) -> Iterator[TestClient]:
    with TestClient(
        create_app(settings(tmp_path / "store", database=book)), base_url=HOME
    ) as found:
        yield found


def test_what_waits_is_shown_in_its_sentence(client: TestClient) -> None:
    found = client.get(f"{ONE}/proposed").json()
    assert found["ledger"] is True
    [row] = found["items"]
    assert row["before"] + row["quote"] + row["after"] == (
        "The mayor said 7,100 people had come by noon."
    )
    assert (row["figure"], row["speakers"]) == ("7,100", "The mayor")
    document = client.get(f"{ONE}/documents/{row['document']}").json()
    [mark] = document["marks"]
    assert document["text"][mark["start"] : mark["end"]] == "7,100 people had come"


def test_only_what_is_accepted_enters(client: TestClient) -> None:
    def known() -> set[float]:
        rows = client.get(f"{ONE}/claims", params={"per_page": 500}).json()["items"]
        return {row["low"] for row in rows if row["sources"] == ["The mayor"]}

    assert known() == set()
    [row] = client.get(f"{ONE}/proposed").json()["items"]
    path = f"/api/entries/{row['id']}/review"
    corrected = {"act": "correct", "by": "A. Person", "changes": {"low": 7150, "high": 7150}}
    assert client.post(path, json=corrected, headers=BEARER).status_code == 200
    said = client.post(path, json={"act": "accept", "by": "A. Person"}, headers=BEARER)
    assert said.json()["standing"] == "accepted"
    assert known() == {7150}
    assert client.get(f"{ONE}/proposed").json()["items"] == []


def test_a_decision_needs_the_token_a_name_and_an_entry(client: TestClient) -> None:
    [row] = client.get(f"{ONE}/proposed").json()["items"]
    path = f"/api/entries/{row['id']}/review"
    asked = {"act": "accept", "by": "A. Person"}
    assert client.post(path, json=asked).status_code == 401
    for wrong in ({"act": "accept"}, {"act": "accept", "by": " "}, {"act": "burn", "by": "x"}):
        assert client.post(path, json=wrong, headers=BEARER).status_code == 422
    changes = {"act": "correct", "by": "x", "changes": {"sources": "me"}}
    assert client.post(path, json=changes, headers=BEARER).status_code == 422
    assert client.post("/api/entries/none/review", json=asked, headers=BEARER).status_code == 404
    turned = {"act": "correct", "by": "x", "changes": {"low": 8000}}
    said = client.post(path, json=turned, headers=BEARER)
    assert (said.status_code, "at least low" in said.json()["detail"]) == (409, True)
    assert client.get(f"{ONE}/documents/none").status_code == 404


def test_the_public_profile_shows_no_ledger(tmp_path: Path, book: str) -> None:
    given = settings(tmp_path / "store", database=book, profile="public")
    with TestClient(create_app(given), base_url=HOME) as public:
        assert public.get(f"{ONE}/proposed").json()["items"] == []
        assert public.get(f"{ONE}/documents/x").status_code == 404
        asked = {"act": "accept", "by": "A. Person"}
        said = public.post("/api/entries/x/review", json=asked, headers=BEARER)
        assert said.status_code == 404


def test_a_ledger_that_somebody_else_writes_to_is_busy_and_nothing_is_lost(
    tmp_path: Path, book: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossings.ledger.database.PATIENCE_SECONDS", 0.2)
    app = create_app(settings(tmp_path / "store", database=book))
    with TestClient(app, base_url=HOME) as client:
        [entry] = client.get(f"{ONE}/proposed").json()["items"]
        asked = {"act": "accept", "by": "A. Person"}
        other = sqlite3.connect(book.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = client.post(f"/api/entries/{entry['id']}/review", json=asked, headers=BEARER)
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        assert int(refused.headers["retry-after"]) > 0
        assert "another program" in refused.json()["detail"]
        assert client.get(f"{ONE}/proposed").json()["total"] == 1  # reading goes on
        other.execute("ROLLBACK")
        other.close()
        done = client.post(f"/api/entries/{entry['id']}/review", json=asked, headers=BEARER)
        assert done.status_code == 200


def test_a_decision_made_elsewhere_reaches_the_page(
    client: TestClient, book: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossings.publish.live.state.JOINED_SECONDS", 0.0)
    [first, _] = client.get(f"{ONE}/forecasts").json()["items"]
    page = f"{ONE}/forecasts/{first['id']}"
    assert "read-1" not in client.get(page).text
    with ledger.open(book) as other:
        [entry] = other.entries("small-karabakh")
        other.review(entry.id, "accept", by="A. Person")
    assert "The mayor" in client.get(page).text
