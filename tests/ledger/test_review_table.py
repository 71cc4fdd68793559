from __future__ import annotations

import csv
import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from crossings.errors import InputError
from crossings.ledger.history import Entry, View
from crossings.ledger.identity import Kept, kind_of, record_ids
from crossings.ledger.review_table import ASKED, read_table, write_table
from crossings.situation.records import Situation
from tests.ledger.test_store import REPORT, at, claim, context, event
from tests.situation.strategies import situations

UTC = ZoneInfo("UTC")


def entries_of(records: list[Kept], document: str = "") -> dict[str, Entry]:
    ids = record_ids("s", document, records)
    return {
        name: Entry(
            name, "s", kind_of(r), document, "", "", at(26), r.model_copy(update={"id": name})
        )
        for name, r in zip(ids, records, strict=True)
    }


def table_of(entries: dict[str, Entry]) -> str:
    views = [(entry, view) for entry in entries.values() if (view := entry.view())]
    return write_table(views, {"d": REPORT})


def filled(table: str, row: int = 0, **cells: str) -> str:
    """The table as a spreadsheet saves it after some cells were filled in."""
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline="")))
    rows[row] |= cells
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@settings(max_examples=60)
@given(situations())
def test_a_table_that_is_not_filled_in_changes_nothing(situation: Situation) -> None:
    entries = entries_of([*situation.claims, *situation.events, *situation.context])
    table = table_of(entries)
    assert read_table(table, entries, situation.zone) == []
    for row in csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@settings(max_examples=40)
@given(situations(), situations())
def test_every_cell_comes_back_as_it_was_typed(one: Situation, other: Situation) -> None:
    """A record typed over another, in cells that are safe to open, is that record."""
    for old, new in zip(one.claims, other.claims, strict=False):
        before, after = entries_of([old]), entries_of([new])
        ((name, entry),) = before.items()
        target = next(iter(after.values()))
        cells = next(csv.DictReader(io.StringIO(table_of(after)[1:], newline="")))
        typed = {
            column: cell
            for column, cell in cells.items()
            if column not in (*ASKED, "id", "state", "standing", "kind", "sentence")
        }
        changes = read_table(filled(table_of(before), 0, **typed), before, one.zone)
        fields = {"id", "document", "review", "part_of", "same_group_as"}
        wanted = target.record.model_dump(exclude=fields)
        if not changes:
            assert entry.record.model_dump(exclude=fields) == wanted
            continue
        ((change),) = changes
        assert (change.entry, change.act) == (name, "correct")
        typed_over = type(old).model_validate(old.model_dump() | dict(change.changes))
        assert typed_over.model_dump(exclude=fields) == wanted


def test_a_decision_is_read_with_its_reason() -> None:
    entries = entries_of([claim(), event(), context()], "d")
    first, second, third = entries
    table = table_of(entries)
    assert "Officials said 2,900 people had crossed." in table
    for row, word, act in ((0, "accept", "accept"), (1, " Yes ", "accept"), (2, "no", "reject")):
        (change,) = read_table(filled(table, row, decision=word, reason="seen"), entries, UTC)
        assert (change.entry, change.act) == ((first, second, third)[row], act)
        assert (change.reason, change.changes, change.known_at) == ("seen", {}, None)
    (change,) = read_table(filled(table, 0, low="2906", high="2906", place=""), entries, UTC)
    assert (change.act, change.changes) == ("correct", {"low": 2906, "high": 2906, "place": ""})
    (change,) = read_table(
        filled(table, 0, decision="retract", public_since="2023-09-26"), entries, UTC
    )
    assert change.act == "retract"
    assert change.known_at is not None
    assert change.known_at.isoformat() == "2023-09-26T23:59:59+00:00"


def test_semicolons_and_other_columns_do_no_harm() -> None:
    entries = entries_of([claim()])
    rows = list(csv.reader(io.StringIO(table_of(entries)[1:], newline="")))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([[*row, "mine"] for row in rows])
    assert read_table(out.getvalue(), entries, UTC) == []


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"decision": "perhaps"}, "t.csv line 2, decision: found 'perhaps', expected accept"),
        ({"decision": "correct"}, "expected a changed cell"),
        ({"decision": "reject", "low": "5"}, "low: found a change with 'reject'"),
        ({"low": "many"}, "line 2, low: found 'many', expected a number"),
        ({"as_of": "25/09/2023"}, "line 2, as_of: found '25/09/2023', expected a date"),
        ({"measure": ""}, "line 2, measure: found nothing, expected a value"),
        ({"decision": "reject", "public_since": "x"}, "public_since: found 'x'"),
        ({"id": "c123"}, "line 2, id: found 'c123', expected an id"),
        ({"decision": "accept", "state": "s0"}, "was decided since the table was written"),
    ],
)
def test_a_cell_that_cannot_be_is_told(cells: dict[str, str], told: str) -> None:
    entries = entries_of([claim()])
    with pytest.raises(InputError, match=told):
        read_table(filled(table_of(entries), 0, **cells), entries, UTC, "t.csv")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "found none of column 'id'"),
        ("id,state\n", "found none of column 'decision'"),
        ('id,state,decision\n"c1,x\n', "line 2"),
    ],
)
def test_a_table_of_something_else_is_told(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_table(text, {}, UTC)


def test_the_same_row_twice_is_told() -> None:
    entries = entries_of([claim()])
    table = table_of(entries)
    with pytest.raises(InputError, match=r"line 3, id: found .* twice"):
        read_table(table + table.splitlines()[1] + "\r\n", entries, UTC)


def view_of(entry: Entry) -> View:
    view = entry.view()
    assert view is not None
    return view


def test_a_formula_is_text() -> None:
    sign: Any
    for sign in "=+-@'\t":
        note = f"{sign}cmd|' /C calc'!A0".strip()
        entries = entries_of([claim(note=note)])
        (entry,) = entries.values()
        table = table_of(entries)
        if note[0] in "=+-@'":
            assert f"'{note}" in table
        assert read_table(table, entries, UTC) == []
        assert view_of(entry).record.note == note  # type: ignore[union-attr]
