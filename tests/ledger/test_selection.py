from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from crossings import ledger
from crossings.ledger.identity import Kept
from crossings.ledger.selection import Selection, select
from tests.ledger.conftest import NewLedger
from tests.ledger.test_store import at, claim, context, event


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "abcde"),
        ({"kinds": frozenset({"claim"})}, "abc"),
        ({"kinds": frozenset({"event", "context"})}, "de"),
        ({"measure": "killed"}, "b"),
        ({"place": "goris"}, "cd"),
        ({"source": "GOVERNMENT"}, "ab"),
        ({"source": "afp"}, "cd"),
        ({"since": at(25)}, "bc"),
        ({"until": at(25)}, "abd"),
        ({"since": at(25), "until": at(25)}, "b"),
        ({"as_of": at(25)}, "bde"),
        ({"as_of": at(1)}, ""),
        ({"standings": frozenset({"accepted"})}, "b"),
        ({"standings": frozenset({"proposed", "rejected"})}, "acde"),
        ({"measure": "killed", "place": "goris"}, ""),
    ],
)
def test_what_is_wanted_is_found(new_ledger: NewLedger, wanted: dict[str, Any], found: str) -> None:
    records: list[Kept] = [
        claim(id="a", as_of=at(24), known_at=at(26)),
        claim(id="b", measure="killed"),
        claim(id="c", place="goris", as_of=at(27), known_at=at(27), sources="a man", via="AFP"),
        event(id="d", place="goris", publisher="AFP"),
        context(id="e"),
    ]
    with ledger.open(new_ledger()) as book:
        ids = book.propose("s", records).ids
        book.review(ids[1], "accept", by="me")
        names = dict(zip(ids, "abcde", strict=True))
        rows = select(book.entries("s"), Selection(**wanted))
        assert "".join(names[entry.id] for entry, _ in rows) == found
        assert all(view.record.known_at <= dt.datetime.now(dt.UTC) for _, view in rows)
