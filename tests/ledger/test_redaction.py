from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from crossings import ledger
from crossings.errors import InputError, OutputError
from crossings.ledger import database
from crossings.ledger.history import REMOVED
from crossings.ledger.identity import Kept
from tests.ledger.conftest import NewLedger
from tests.ledger.postgresql_server import Server
from tests.ledger.test_store import claim, context, event

NAME = "Jané Xylander-Doe"
TEXT = f"Some 2,900 people had crossed, said Ms {NAME.upper()}. One was {NAME}'s aunt.\n" * 40


def stored(url: str, server: Server | None) -> bytes:
    """Every byte that the database keeps of its tables."""
    if url.startswith("sqlite"):
        file = Path(str(make_url(url).database))
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert server is not None
    server.execute("CHECKPOINT")
    return b"".join(p.read_bytes() for p in (server.data / "base").rglob("*") if p.is_file())


@pytest.fixture
def own_server(url: str, request: pytest.FixtureRequest) -> Server | None:
    return request.getfixturevalue("server") if url.startswith("postgresql") else None


def filled(book: ledger.Ledger) -> tuple[str, str]:
    document = book.add_document(
        TEXT, publisher=f"{NAME} news", url="https://e.org/Jané-xylander-doe"
    )
    records: list[Kept] = [
        claim(sources=(NAME, "police"), note=f"so said {NAME}", quote=TEXT[:70]),
        event(wording=f"as {NAME} calls it", quote="crossed"),
        context(subject=NAME, what="aunt"),
    ]
    entry = book.propose("s", records, document=document.id, by=NAME).ids[0]
    book.review(entry, "correct", by=NAME, reason=f"{NAME} says so", changes={"via": NAME})
    return document.id, entry


def spellings(name: str) -> list[bytes]:
    forms = [name, name.upper(), name.lower(), unicodedata.normalize("NFD", name), "xylander"]
    return [form.encode() for form in forms] + [json.dumps(name)[1:-1].encode()]


def test_a_name_is_gone_from_every_byte(url: str, own_server: Server | None) -> None:
    with ledger.open(url) as book:
        document, entry = filled(book)
        book.add_document("another text", publisher="somebody else")
        assert any(form in stored(url, own_server) for form in spellings(NAME))
        told = ledger.remove_name(
            book, "jané  xylander doe", by="me", reason="why", only_count=True
        )
        assert told.rows == {"document": 1, "entry": 3, "act": 1, "tombstone": 0}
        assert ledger.remove_name(book, NAME, by="me", reason="asked for") == told
        after = stored(url, own_server)
        for form in spellings(NAME):
            assert form not in after
        known = book.entry(entry)
        assert known.record.sources == (REMOVED, "police")
        assert known.record.low == 2900  # type: ignore[union-attr]
        assert known.by == known.acts[0].by == REMOVED
        assert REMOVED in book.document(document).text
        assert "2,900 people had crossed" in book.document(document).text
        graves = book.tombstones()
        assert {g.target_id for g in graves} >= {document, entry}
        assert {(g.by, g.reason) for g in graves} == {("me", "asked for")}
        assert not ledger.remove_name(book, NAME, by="me", reason="again")
        # It does not come back with the same document.
        assert book.add_document(TEXT).text == book.document(document).text


def test_a_text_is_gone_with_its_quotes(url: str, own_server: Server | None) -> None:
    with ledger.open(url) as book:
        document, _ = filled(book)
        removed = ledger.remove_text(book, document[:10], by="me", reason="not ours to keep")
        assert removed.rows == {"document": 1, "entry": 3, "act": 1, "tombstone": 0}
        assert b"One was" not in stored(url, own_server)
        assert b"as Jan" not in stored(url, own_server)
        assert book.document(document).text == ""
        (known,) = book.claims("s")
        assert (known.quote, known.note, known.low) == (REMOVED, REMOVED, 2900)
        assert book.add_document(TEXT).text == ""
        with pytest.raises(InputError, match="removed for good"):
            book.propose("s", [claim(5)], document=document)
        # The words of one entry only.
        (other,) = book.propose("s", [claim(7, note="a secret")]).ids
        assert ledger.remove_text(book, other, by="me", reason="private").rows["entry"] == 1
        assert b"a secret" not in stored(url, own_server)


def test_a_name_in_a_tombstone_goes_too(url: str, own_server: Server | None) -> None:
    with ledger.open(url) as book:
        document, _ = filled(book)
        ledger.remove_text(book, document, by="me", reason=f"asked for by {NAME}")
        removed = ledger.remove_name(book, NAME, by="me", reason="asked for")
        assert removed.rows["tombstone"] == 5
        assert NAME.encode() not in stored(url, own_server)


@pytest.mark.parametrize(
    ("name", "inside", "hit"),
    [("ann", False, False), ("ann", True, True), ("Annual", False, True), ("1.5", False, False)],
)
def test_a_name_is_a_word(url: str, name: str, inside: bool, hit: bool) -> None:
    with ledger.open(url) as book:
        document = book.add_document("The annual count is 1,500.").id
        removed = ledger.remove_name(book, name, by="me", reason="why", inside_words=inside)
        assert bool(removed) is hit
        assert (REMOVED in book.document(document).text) is hit


def test_what_cannot_be_removed_is_refused(url: str) -> None:
    with ledger.open(url) as book:
        document, _ = filled(book)
        for name in ("", " ", "a"):
            with pytest.raises(InputError, match="at least 2 letters"):
                ledger.remove_name(book, name, by="me", reason="why")
        with pytest.raises(InputError, match="the name itself"):
            ledger.remove_name(book, NAME, by="me", reason=f"{NAME} asked")
        with pytest.raises(InputError, match="reason: found nothing"):
            ledger.remove_text(book, document, by="me", reason=" ")
        with pytest.raises(InputError, match="by: found nothing"):
            ledger.remove_name(book, NAME, by="", reason="why")
        with pytest.raises(InputError, match="begin with 'no such'"):
            ledger.remove_text(book, "no such", by="me", reason="why")
        assert book.tombstones() == []


def test_a_log_that_is_read_elsewhere_is_told(
    new_ledger: NewLedger, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "postgresql" in request.node.name:
        pytest.skip("the log beside the file is of SQLite")
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.2)
    url = new_ledger()
    with ledger.open(url) as book, ledger.open(url) as other:
        document, _ = filled(book)
        with other.engine.connect() as reader:
            reader.execute(text("SELECT count(*) FROM ledger_documents"))
            with pytest.raises(OutputError, match="another program has"):
                ledger.remove_text(book, document, by="me", reason="why")
        ledger.scrub(book)
        assert b"One was" not in stored(url, None)
