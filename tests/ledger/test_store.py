from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from crossings import ledger
from crossings.errors import InputError
from crossings.ledger.database import writer
from crossings.ledger.history import Standing
from crossings.ledger.identity import Kept
from crossings.situation.catalogue import load
from crossings.situation.records import Claim, Context, Event
from tests.ledger.conftest import NewLedger

ZONE = dt.timezone(dt.timedelta(hours=4))
REPORT = "Officials said 2,900 people had crossed. The ombudsman spoke of 200 killed."


def at(day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(2023, 9, day, hour, tzinfo=ZONE)


def claim(value: float = 2900, **fields: Any) -> Claim:
    fields = {
        "id": "c1",
        "measure": "arrived",
        "counting": "cumulative",
        "place": "all",
        "low": value,
        "high": value,
        "as_of": at(25),
        "known_at": at(25),
        "sources": ("Government of Armenia",),
        "quote": f"{value:,.0f} people had crossed",
    } | fields
    return Claim(**fields)


def event(**fields: Any) -> Event:
    fields = {"id": "e1", "time": at(20), "kind": "ceasefire", "quote": "a ceasefire"} | fields
    return Event(**{"known_at": at(20)} | fields)


def context(**fields: Any) -> Context:
    fields = {"id": "x1", "subject": "Turkey", "relation": "supports", "known_at": at(25)} | fields
    return Context(**fields)


def test_what_is_read_is_proposed_and_what_is_accepted_is_used(url: str) -> None:
    with ledger.open(url) as book:
        document = book.add_document(REPORT, publisher="a newspaper", published=at(25))
        done = book.propose(
            "s", [claim(), event(), context()], document=document.id, reader="grammar"
        )
        assert len(set(done.ids)) == 3
        assert done.ids == done.new
        assert book.claims("s") == []
        (proposed,) = book.claims("s", review="proposed")
        assert proposed == claim(id=done.ids[0], document=document.id, review="proposed")
        book.review(done.ids[0], "accept", by="A. Reviewer")
        (accepted,) = book.claims("s")
        assert accepted == proposed.model_copy(update={"review": "accepted"})
        assert book.statements("s") == ([], [])
        events, contexts = book.statements("s", review=("accepted", "proposed"))
        assert events == [event(id=done.ids[1])]
        assert contexts == [context(id=done.ids[2])]
        assert book.claims("another") == []


def test_what_was_kept_is_there_when_opened_again(url: str) -> None:
    with ledger.open(url) as book:
        kept = book.add_document(REPORT, url="https://example.org/1", published=at(25), by="me")
        ids = book.propose("s", [claim()], document=kept.id, reader="grammar 1", by="me").ids
        book.review(ids[0], "reject", by="me", reason="not a count")
        before = book.entries()
    with ledger.open(url, create=False) as book:
        assert book.document(kept.id[:9]) == kept
        assert book.entries() == before
        (decision,) = book.entry(ids[0][:7]).acts
        assert (decision.act, decision.by, decision.reason) == ("reject", "me", "not a count")


def test_the_same_document_twice_adds_nothing(url: str) -> None:
    with ledger.open(url) as book:
        one = book.add_document(REPORT, publisher="first", retrieved=at(25))
        assert book.add_document(REPORT, publisher="second") == one
        records: list[Kept] = [claim(), event(), context()]
        first = book.propose("s", records, document=one.id)
        # A better reader knows more of the same figure.
        better: list[Kept] = [claim(place="goris", as_of=at(24)), event(place="goris"), context()]
        second = book.propose("s", better, document=one.id, reader="better")
        assert (second.ids, second.new) == (first.ids, ())
        assert len(book.entries()) == 3
        assert len(book.documents()) == 1
        # The same words for another situation are another entry.
        assert len(book.propose("t", records, document=one.id).new) == 3


def test_equal_records_of_one_document_are_told_apart(url: str) -> None:
    with ledger.open(url) as book:
        document = book.add_document(REPORT).id
        once = book.propose("s", [claim(), claim(id="c2")], document=document)
        assert len(set(once.ids)) == 2
        assert book.propose("s", [claim(), claim(id="c2")], document=document).new == ()


def test_a_bundled_situation_goes_in_and_comes_out(url: str) -> None:
    situation = load("nagorno-karabakh-2023")
    with ledger.open(url) as book:
        records: list[Kept] = [*situation.claims, *situation.events, *situation.context]
        done = book.propose(situation.id, records, accept=True, by="me")
        names = dict(zip((r.id for r in records), done.ids, strict=True))
        assert len(names) == len(set(done.ids))

        def renamed(row: Any) -> Any:
            fields = ("id", "part_of", "same_group_as", "disputes", "bears_on")
            update = {
                f: names.get(v, v) for f in fields if (v := getattr(row, f, None)) is not None
            }
            if isinstance(row, Claim):
                update["review"] = "accepted"
            return row.model_copy(update=update)

        assert book.claims(situation.id) == [renamed(c) for c in situation.claims]
        events, contexts = book.statements(situation.id)
        assert events == [renamed(e) for e in situation.events]
        assert contexts == [renamed(c) for c in situation.context]


def test_a_correction_that_was_published_later_keeps_the_old_figure(url: str) -> None:
    with ledger.open(url) as book:
        (entry,) = book.propose("s", [claim()], accept=True, by="me").ids
        book.review(
            entry, "correct", by="me", changes={"low": 2906.0, "high": 2906.0}, known_at=at(26)
        )
        book.review(entry, "retract", by="me", known_at=at(28), reason="withdrawn")
        for day, value in ((25, 2900), (26, 2906), (27, 2906)):
            (known,) = book.claims("s", as_of=at(day))
            assert (known.low, known.high) == (value, value)
            assert known.known_at == at(min(day, 26))
        assert book.claims("s", as_of=at(24)) == []
        assert book.claims("s", as_of=at(28)) == book.claims("s") == []
        assert [c.low for c in book.claims("s", review="retracted")] == [2906]
        assert book.entry(entry).record.low == 2900  # type: ignore[union-attr]


def test_a_misreading_is_corrected_for_all_times(url: str) -> None:
    with ledger.open(url) as book:
        (entry,) = book.propose("s", [claim(400)]).ids
        book.review(entry, "correct", by="me", changes={"low": 40.0, "high": 40.0})
        (known,) = book.claims("s", as_of=at(25))
        assert (known.low, known.known_at, known.review) == (40, at(25), "accepted")


def test_as_the_ledger_stood(url: str) -> None:
    with ledger.open(url) as book:
        (entry,) = book.propose("s", [claim()]).ids
        proposed = book.entry(entry).recorded_at
        accepted = book.review(entry, "accept", by="me").acts[-1].recorded_at
        book.review(entry, "reject", by="me")
        both: tuple[Standing, ...] = ("accepted", "proposed", "rejected")
        early = proposed - dt.timedelta(microseconds=1)
        assert book.claims("s", review=both, recorded_by=early) == []
        for when, review in ((proposed, "proposed"), (accepted, "accepted"), (None, "rejected")):
            assert [c.review for c in book.claims("s", review=both, recorded_by=when)] == [review]


@pytest.mark.parametrize(
    ("act", "fields", "told"),
    [
        ("accept", {"by": " "}, "found no name"),
        ("aproove", {}, "found 'aproove', expected accept, correct"),
        ("accept", {"changes": {"low": 1}}, "expected them with 'correct'"),
        ("correct", {}, "found none, expected what is corrected"),
        ("correct", {"changes": {"colour": "red"}}, "found 'colour', expected fields"),
        ("correct", {"changes": {"id": "x"}}, "found 'id', expected fields"),
        ("correct", {"changes": {"low": -1.0}}, "low: found '-1.0', expected a number"),
        ("correct", {"changes": {"low": 9e9}}, "high: found '2900.0', expected a number"),
        ("correct", {"changes": {"low": 1.0}, "known_at": at(24)}, "expected none before"),
        ("reject", {"known_at": dt.datetime(2150, 1, 1, tzinfo=dt.UTC)}, "no time to come"),
        ("reject", {"known_at": dt.datetime(2023, 10, 1)}, "expected a moment with an offset"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    url: str, act: Any, fields: dict[str, Any], told: str
) -> None:
    with ledger.open(url) as book:
        (entry,) = book.propose("s", [claim()]).ids
        with pytest.raises(InputError, match=told):
            book.review(entry, act, **{"by": "me"} | fields)
        assert book.entry(entry).acts == ()


def test_many_decisions_are_recorded_all_or_none(url: str) -> None:
    with ledger.open(url) as book:
        ids = book.propose("s", [claim(), claim(50)]).ids
        with pytest.raises(InputError, match="found none that begin with 'nothing'"):
            book.review_all(
                [ledger.Change(ids[0], "accept"), ledger.Change("nothing", "accept")], by="me"
            )
        assert book.claims("s") == []


def test_a_document_of_something_else_is_made_fit(url: str) -> None:
    with ledger.open(url) as book:
        kept = book.add_document("a\0b \ud800 ש 😀\r\n")
        assert kept.text == "a\ufffdb \ufffd ש 😀\r\n"
        assert book.document(kept.id) == kept
        for nothing in ("", " \n"):
            with pytest.raises(InputError, match="found no text"):
                book.add_document(nothing)
        with pytest.raises(InputError, match="expected one of the ledger"):
            book.propose("s", [claim()], document="unknown")


TABLES = ("documents", "entries", "acts", "tombstones")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {table}",
        "UPDATE {table} SET by = 'somebody else'",
        "UPDATE {table} SET digest = 'x', recorded_at = '2001-01-01 00:00:00'",
        "UPDATE {table} SET id = 'x'",
    ],
)
def test_the_database_itself_refuses_to_change_or_delete(url: str, statement: str) -> None:
    with ledger.open(url) as book:
        document = book.add_document(REPORT).id
        (entry,) = book.propose("s", [claim()], document=document).ids
        book.review(entry, "accept", by="me")
        with writer(book.engine).begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO ledger_tombstones VALUES ('t', '2001-01-01 00:00:00.000000', 'me',"
                    " 'x', 'document', 'no such row', 'x', 'y', 'a reason')"
                )
            )
        before = book.entries(), book.documents(), book.tombstones()
        for table in TABLES:
            with pytest.raises(DBAPIError, match="append-only"), writer(book.engine).begin() as c:
                c.execute(text(statement.format(table=f"ledger_{table}")))
        assert (book.entries(), book.documents(), book.tombstones()) == before


def test_sqlite_refuses_to_replace(new_ledger: NewLedger, request: pytest.FixtureRequest) -> None:
    if "postgresql" in request.node.name:
        pytest.skip("INSERT OR REPLACE is of SQLite")
    with ledger.open(new_ledger()) as book:
        book.add_document(REPORT)
        for columns in ("*", "rowid, *"):
            names = "rowid, id, recorded_at, by, digest, url, publisher, published, retrieved, text"
            into = names if columns != "*" else names.removeprefix("rowid, ")
            with pytest.raises(DBAPIError, match="append-only"), writer(book.engine).begin() as c:
                c.execute(
                    text(
                        f"INSERT OR REPLACE INTO ledger_documents ({into}) "
                        f"SELECT {columns} FROM ledger_documents"
                    )
                )
        assert len(book.documents()) == 1


def test_postgresql_refuses_to_truncate(
    new_ledger: NewLedger, request: pytest.FixtureRequest
) -> None:
    if "sqlite" in request.node.name:
        pytest.skip("TRUNCATE is of PostgreSQL")
    with ledger.open(new_ledger()) as book:
        for table in TABLES:
            with pytest.raises(DBAPIError, match="append-only"), writer(book.engine).begin() as c:
                c.execute(text(f"TRUNCATE ledger_{table} CASCADE"))
