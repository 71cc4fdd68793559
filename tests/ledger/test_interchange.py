from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

from crossings import ledger
from crossings.errors import InputError
from crossings.ledger.history import REMOVED
from crossings.ledger.identity import Kept, canonical, digest
from crossings.situation.catalogue import load
from crossings.situation.records import Situation
from tests.ledger.conftest import NewLedger
from tests.ledger.test_store import REPORT, at, claim, context, event
from tests.situation.strategies import situations, texts


def exported(url: str, situation: str | None = None) -> list[str]:
    with ledger.open(url) as book:
        return list(ledger.export_lines(book, situation))


def imported(url: str, lines: list[str]) -> ledger.Imported:
    with ledger.open(url) as book:
        return ledger.import_lines(book, lines, "a.jsonl")


def fill(url: str, situation: Situation | None = None) -> list[str]:
    """A ledger with rows of every kind; the ids of its entries."""
    situation = situation or load("rohingya-2017")
    with ledger.open(url) as book:
        document = book.add_document(REPORT, publisher="a newspaper", published=at(25))
        said: list[Kept] = [claim(), event(), context()]
        read = book.propose("s", said, document=document.id, reader="grammar 1", by="me")
        rows = book.propose(
            situation.id, [*situation.claims, *situation.events, *situation.context], by="me"
        )
        book.review(read.ids[0], "correct", by="me", changes={"low": 2906.0, "high": 2906.0})
        book.review(read.ids[0], "retract", by="me", known_at=at(26), reason="withdrawn")
        for entry in rows.new[:3]:
            book.review(entry, "accept", by="you")
        ledger.remove_name(book, "ombudsman", by="me", reason="asked for")
        return [*read.ids, *rows.ids]


def test_out_and_in_again_is_the_same(new_ledger: NewLedger) -> None:
    first, second = new_ledger(), new_ledger()
    fill(first)
    lines = exported(first)
    done = imported(second, lines)
    assert (done.added, done.present, done.removed) == (len(lines) - 2, 0, 0)
    assert exported(second) == lines
    with ledger.open(first) as a, ledger.open(second) as b:
        assert a.entries() == b.entries()
        assert a.documents() == b.documents()
        assert a.tombstones() == b.tombstones() != []
    again = imported(second, lines)
    assert (again.added, again.present, again.removed) == (0, len(lines) - 2, 0)
    assert exported(second) == lines


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(situation=situations(), reason=texts)
def test_any_rows_go_out_and_in(new_ledger: NewLedger, situation: Situation, reason: str) -> None:
    first, second = new_ledger(), new_ledger()
    with ledger.open(first) as book:
        rows: list[Kept] = [*situation.claims, *situation.events, *situation.context]
        ids = book.propose(situation.id, rows, accept=True, by="me").ids
        for entry in ids[:1]:
            book.review(entry, "reject", by="me", reason=reason)
    lines = exported(first)
    imported(second, lines)
    assert exported(second) == lines


def test_one_situation_goes_out_with_all_that_belongs_to_it(new_ledger: NewLedger) -> None:
    first, second = new_ledger(), new_ledger()
    fill(first)
    part = exported(first, "s")
    kinds = [json.loads(line).get("row") for line in part]
    assert kinds[1:-1] == ["document", *3 * ["entry"], *2 * ["act"], "tombstone"]
    imported(second, part)
    assert exported(second) == part


def test_two_ledgers_are_joined(new_ledger: NewLedger) -> None:
    first, second = new_ledger(), new_ledger()
    ids = fill(first)
    with ledger.open(second) as book:
        book.propose("s", [claim(77)], by="you")
        document = book.add_document(REPORT, publisher="another name")
        same = book.propose("s", [claim(place="goris")], document=document.id)
        assert same.ids[0] == ids[0]
    before = len(exported(second))
    done = imported(second, exported(first))
    assert done.present == 2  # the document and the entry, as they were here
    assert len(exported(second)) == before + done.added + done.removed
    with ledger.open(second) as book:
        assert book.document(document.id).publisher == "another name"
        assert len(book.entry(ids[0]).acts) == 2
        # What was removed there is removed here.
        assert done.removed == 1
        assert "ombudsman" not in book.document(document.id).text
        assert REMOVED in book.document(document.id).text


def test_what_was_removed_here_is_not_brought_back(new_ledger: NewLedger) -> None:
    first, second = new_ledger(), new_ledger()
    fill(first)
    lines = exported(first)
    imported(second, lines)
    with ledger.open(first) as book:
        book.propose("s", [claim(5, quote="200 killed")], document=book.documents()[0].id)
    later = exported(first)
    with ledger.open(second) as book:
        document = book.documents()[0].id
        ledger.remove_text(book, document, by="me", reason="not ours")
        done = ledger.import_lines(book, later, "later.jsonl")
        assert (done.added, done.removed) == (1, 1)
        assert book.document(document).text == ""
    assert "200 killed" not in "".join(exported(second))
    # And the other ledger, told of it, forgets too.
    imported(first, exported(second))
    assert "200 killed" not in "".join(exported(first))


def changed(
    lines: list[str], number: int, change: Callable[[dict[str, object]], object]
) -> list[str]:
    values = json.loads(lines[number])
    change(values)
    return [*lines[:number], canonical(values) + "\n", *lines[number + 1 :]]


def signed(values: dict[str, object], **fields: object) -> None:
    """Change a line and give it the hash that it should have."""
    values |= fields
    content = {k: v for k, v in values.items() if k not in ("row", "sha256")}
    if isinstance(content.get("record"), dict):
        content["record"] = canonical(content["record"])
    values["sha256"] = digest(content)


DAMAGES: list[tuple[Callable[[list[str]], list[str]], str]] = [
    (lambda x: x[:-1], "without an end"),
    (lambda x: [], "found 0 lines without an end"),
    (lambda x: [*x[:3], *x[4:]], "count or hash do not fit"),
    (lambda x: [*x, x[2]], "more after the end"),
    (lambda x: ["not json\n", *x[1:]], "line 1: expected a JSON object"),
    (lambda x: ["[" * 100_000, *x[1:]], "line 1: expected a JSON object"),
    (lambda x: ["{}\n", *x[1:]], "line 1: expected an export of a ledger"),
    (lambda x: changed(x, 0, lambda v: v.update(version=9)), "expected an export"),
    (lambda x: changed(x, 2, lambda v: v.update(by="x")), "line 3: the line was changed"),
    (lambda x: changed(x, 2, lambda v: v.update(row="x")), "line 3: expected one of the rows"),
    (lambda x: changed(x, 2, lambda v: v.pop("by")), "line 3: expected the fields of a row"),
    (lambda x: changed(x, 2, lambda v: v.update(by=7)), "by: found '7', expected text"),
    (lambda x: changed(x, 2, lambda v: signed(v, by="x")), "count or hash do not fit"),
    (lambda x: changed(x, 2, lambda v: signed(v, document="x")), "expected that one before"),
    (lambda x: changed(x, 2, lambda v: signed(v, kind="x")), "kind: found 'x'"),
    (lambda x: changed(x, 2, lambda v: signed(v, record={})), "expected a value"),
    (lambda x: changed(x, 2, lambda v: signed(v, recorded_at="x")), "expected moments"),
    (
        lambda x: changed(x, 2, lambda v: signed(v, recorded_at="2099-01-01T00:00:00+00:00")),
        "expected no time to come",
    ),
    (
        lambda x: changed(x, 2, lambda v: signed(v, recorded_at="2020-01-01T00:00:00")),
        "expected moments with an offset",
    ),
]


def test_a_file_that_is_not_whole_changes_nothing(new_ledger: NewLedger) -> None:
    first, second = new_ledger(), new_ledger()
    with ledger.open(first) as book:
        document = book.add_document(REPORT)
        book.propose("s", [claim(), event()], document=document.id)
    lines = exported(first)
    with ledger.open(second) as book:
        empty = list(ledger.export_lines(book))
        for damage, told in DAMAGES:
            with pytest.raises(InputError, match=told):
                ledger.import_lines(book, damage(lines), "a.jsonl")
            assert list(ledger.export_lines(book)) == empty


def test_a_text_that_is_not_of_its_hash_is_refused(new_ledger: NewLedger) -> None:
    first, second = new_ledger(), new_ledger()
    with ledger.open(first) as book:
        book.add_document(REPORT)
    (head, row, _) = exported(first)
    values = json.loads(row)
    signed(values, text="something else")
    lines = [head, canonical(values) + "\n"]
    import hashlib

    end = {"end": 2, "sha256": hashlib.sha256("".join(lines).encode()).hexdigest()}
    with pytest.raises(InputError, match="its text is not of its hash"):
        imported(second, [*lines, canonical(end) + "\n"])
