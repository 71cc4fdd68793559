"""Entries as a table to be reviewed in a spreadsheet, and the filled-in table read back.

One row an entry, as it stands now. The reviewer writes a word under ``decision`` (accept, correct,
reject or retract), may change the cells of the record, and may say why. A changed cell makes the
decision a correction. Rows without a decision and without changes are left alone.

No cell is taken for a formula: text that begins with a sign that spreadsheets act on stands behind
an apostrophe, which is taken away when the table comes back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from crossings.errors import InputError
from crossings.ledger.deciding import Change
from crossings.ledger.history import REMOVED, Entry, View
from crossings.ledger.identity import Kept, digest, encode
from crossings.ledger.quotes import passage
from crossings.situation.tables import CLAIMS, CONTEXT, EVENTS, Table, read_cells, shown

ASKED = ("decision", "reason", "public_since")
"""The columns that the reviewer fills in."""

TOLD = ("id", "state", "standing", "kind", "sentence")
"""The columns that only inform; ``state`` is how the entry stood when the table was written."""

TABLES: Mapping[str, Table] = {"claim": CLAIMS, "event": EVENTS, "context": CONTEXT}

LARGEST = 50_000_000
"""The largest table that is read, in characters."""

_NOT_CHANGED = {"id", "review", "document", "part_of", "same_group_as", "disputes", "bears_on"}
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "|", "%")
_DECISIONS = ("accept", "correct", "reject", "retract")
_WORDS = {"yes": "accept", "y": "accept", "ok": "accept", "no": "reject", "n": "reject"}


def write_table(rows: Iterable[tuple[Entry, View]], texts: Mapping[str, str]) -> str:
    """The table, with a byte order mark so that spreadsheets read it as UTF-8.

    Args:
        rows: entries with how they stand.
        texts: texts of documents by id, from which the sentence of each quote is taken.
    """
    chosen = list(rows)
    columns = _columns({entry.kind for entry, _ in chosen} or {"claim"})
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*ASKED, *TOLD, *columns])
    for entry, view in chosen:
        said = passage(texts.get(entry.document, ""), view.record.quote)
        sentence = " ".join(f"{said.before}{said.quote}{said.after}".split())
        told = (entry.id, _state(view), view.standing, entry.kind, sentence)
        cells = _cells(entry.kind, view.record)
        writer.writerow(
            [*("" for _ in ASKED), *map(_safe, told), *(_safe(cells.get(c, "")) for c in columns)]
        )
    return "\ufeff" + out.getvalue()


def read_table(
    text: str, entries: Mapping[str, Entry], zone: ZoneInfo, name: str = "table"
) -> list[Change]:
    """The decisions that a filled-in table holds.

    Args:
        text: the file; columns in any order, separated by commas or semicolons.
        entries: the entries of the ledger by id.
        zone: in which a bare date counts.
        name: of the file, for messages.

    Raises:
        InputError: the first row that cannot be used: file, line, column, found, expected.
    """
    if len(text) > LARGEST:
        raise InputError(f"{name}: found {len(text):,} characters, expected at most {LARGEST:,}")
    heading, rows = _rows(text, name)
    changes = []
    seen: set[str] = set()
    for line, cells in rows:
        where = f"{name} line {line}"
        if len(cells) > len(heading) and any(cell.strip() for cell in cells[len(heading) :]):
            raise InputError(f"{where}: found {len(cells)} cells, expected {len(heading)}")
        row = {column: _plain(cell) for column, cell in zip(heading, cells, strict=False)}
        entry = entries.get(row["id"].strip())
        if entry is None:
            raise InputError(f"{where}, id: found {shown(row['id'])}, expected an id of the ledger")
        if entry.id in seen:
            raise InputError(f"{where}, id: found {entry.id} twice, expected it once")
        seen.add(entry.id)
        if change := _change(entry, row, zone, where):
            changes.append(change)
    return changes


def _columns(kinds: set[str]) -> list[str]:
    columns: list[str] = []
    for kind, table in TABLES.items():
        if kind in kinds:
            columns += [c for c in table.columns if c not in columns and c not in _NOT_CHANGED]
    # A context has no kind of its own, an event has: its column is named apart.
    return ["event_kind" if c == "kind" else c for c in columns]


def _cells(kind: str, record: Kept) -> dict[str, str]:
    """The cells of a record by column; moments in full, since a spreadsheet rewrites bare dates."""
    cells = {}
    for name, value in encode(record).items():
        column = TABLES[kind].column_of(name)
        if column in _NOT_CHANGED:
            continue
        if isinstance(value, bool):
            text = "true" if value else "false"
        elif isinstance(value, float):
            text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        elif isinstance(value, list | tuple):
            text = "; ".join(value)
        else:
            text = "" if value is None else str(value)
        cells["event_kind" if column == "kind" else column] = text
    return cells


def _state(view: View) -> str:
    # A letter first: a spreadsheet takes 12e345 for a number.
    return "s" + digest([view.standing, encode(view.record)])[:12]


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_ACTIVE) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell


def _rows(text: str, name: str) -> tuple[list[str], Sequence[tuple[int, list[str]]]]:
    """The heading and the rows that are not blank, each with the line where it starts."""
    body = text.removeprefix("\ufeff")
    first = body.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{name} line {line}: {error}, expected a table in CSV") from error
    heading = [cell.strip() for cell in rows[0][1]] if rows else []
    for column in ("id", "state", "decision"):
        if heading.count(column) != 1:
            found = "none" if column not in heading else "several"
            raise InputError(f"{name} line 1: found {found} of column {column!r}, expected one")
    return heading, rows[1:]


def _change(entry: Entry, row: Mapping[str, str], zone: ZoneInfo, where: str) -> Change | None:
    view = entry.view()
    assert view is not None  # without limits every entry is seen
    changed = {
        column: row[column]
        for column, cell in _cells(entry.kind, view.record).items()
        if column in row and not _same(row[column], cell)
    }
    decision = row["decision"].strip().casefold()
    decision = _WORDS.get(decision, decision)
    if not decision and not changed:
        return None
    if row["state"].strip() != _state(view):
        raise InputError(
            f"{where}: {entry.id} was decided since the table was written, expected a table "
            "written anew"
        )
    if decision and decision not in _DECISIONS:
        found = shown(row["decision"])
        raise InputError(f"{where}, decision: found {found}, expected {', '.join(_DECISIONS)}")
    if changed and decision in ("reject", "retract"):
        raise InputError(
            f"{where}, {next(iter(changed))}: found a change with {decision!r}, expected none"
        )
    if decision == "correct" and not changed:
        raise InputError(f"{where}, decision: found 'correct', expected a changed cell")
    known_at = None
    if since := row.get("public_since", "").strip():
        fields = _read(entry.kind, {"known_at": since}, zone, where, "public_since")
        known_at = fields["known_at"]
    values = _read(entry.kind, changed, zone, where)
    act = "correct" if changed else decision
    return Change(entry.id, act, values, row.get("reason", "").strip(), known_at)  # type: ignore[arg-type]


def _same(cell: str, written: str) -> bool:
    """Whether a cell is as it was written; spreadsheets change line ends and the case of words."""
    if cell.casefold() in ("true", "false") or REMOVED in written:
        return cell.casefold() == written.casefold()
    return cell.replace("\r\n", "\n") == written.replace("\r\n", "\n")


def _read(
    kind: str, cells: Mapping[str, str], zone: ZoneInfo, where: str, column: str = ""
) -> dict[str, Any]:
    """Cells as values; an emptied cell gives the empty value of its field."""
    table = TABLES[kind]
    named = {("kind" if c == "event_kind" else c): cell for c, cell in cells.items()}
    fields, wrong = read_cells(table, named, zone)
    if wrong:
        raise InputError(
            f"{where}, {column or wrong[0][0]}: found {wrong[0][1]}, expected {wrong[0][2]}"
        )
    for name in named:
        field = table.field_of(name)
        if field not in fields:
            info = table.record.model_fields[field]
            if info.is_required():
                raise InputError(f"{where}, {name}: found nothing, expected a value")
            fields[field] = info.default
    return fields
