"""Ledgers as JSON Lines: one line a row, with its hash; out and in again gives the same file.

The first line names the format, the last one counts the lines and carries the hash of all of them,
so that a file that was cut short or changed is not taken. Tombstones travel along: what was removed
in one ledger is removed in every ledger that reads its export.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from crossings.errors import InputError
from crossings.ledger.history import REMOVED
from crossings.ledger.identity import KINDS, canonical, decode, digest, document_id
from crossings.ledger.redaction import REMOVABLE, bury, record_without_words, scrub
from crossings.ledger.schema import TABLES, ActRow, DocumentRow, EntryRow, Table, TombstoneRow
from crossings.ledger.store import Ledger
from crossings.situation.tables import shown as quoted

FORMAT = "crossings-ledger"
VERSION = 1

LONGEST_LINE = 200_000_000
"""The longest line that is read, in characters: a document of the largest size, escaped."""

_MOMENTS = {"recorded_at", "published", "retrieved", "known_at"}
_FLUSHED = 500
_MOST_AHEAD = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Imported:
    """What an import did: rows added, rows that were there, rows from which text was removed."""

    added: int
    present: int
    removed: int


def export_lines(ledger: Ledger, situation: str | None = None) -> Iterator[str]:
    """The lines of an export, each with its line feed.

    Args:
        ledger: an open ledger; it is read as it is at one moment.
        situation: only the entries of this situation and what belongs to them.
    """
    hashed = hashlib.sha256()
    count = 0
    with ledger.reading() as session:
        for line in _lines(session, situation):
            hashed.update(line.encode())
            count += 1
            yield line
    yield canonical({"end": count, "sha256": hashed.hexdigest()}) + "\n"


def import_lines(ledger: Ledger, lines: Iterable[str], name: str = "import") -> Imported:
    """Add the rows of an export, all or none.

    A row that is there stays as it is, except that what was removed in the file is removed here
    too; what was removed here is not brought back.

    Args:
        ledger: an open ledger.
        lines: the lines of the file.
        name: of the file, for messages.

    Raises:
        InputError: the file is no export, damaged or cut short; the message names the line.
    """
    with ledger.writing() as (session, times):
        done = _Import(session, times)
        for number, word, row in _checked(lines, name):
            try:
                done.take(word, row)
            except InputError as error:
                raise InputError(f"{name} line {number}: {error}") from error
        done.finish(name)
    if done.removed:
        scrub(ledger)
    return Imported(done.added, done.present, done.removed)


def _lines(session: Session, situation: str | None) -> Iterator[str]:
    yield canonical({"format": FORMAT, "version": VERSION}) + "\n"
    for word, table in TABLES.items():
        rows = select(table).order_by(table.recorded_at, table.id)
        if situation is not None:
            rows = rows.where(_belongs(word, situation))
        for row in session.scalars(rows.execution_options(yield_per=200)):
            yield canonical({"row": word, "sha256": row.digest, **_outward(row)}) + "\n"


def _belongs(word: str, situation: str) -> ColumnElement[bool]:
    """Whether a row belongs to the entries of a situation."""
    mine = select(EntryRow.id).where(EntryRow.situation == situation)
    documents = select(EntryRow.document).where(EntryRow.situation == situation)
    acts = select(ActRow.id).where(ActRow.entry.in_(mine))
    match word:
        case "document":
            return DocumentRow.id.in_(documents)
        case "entry":
            return EntryRow.situation == situation
        case "act":
            return ActRow.entry.in_(mine)
        case _:
            return or_(
                TombstoneRow.target_id.in_(mine),
                TombstoneRow.target_id.in_(documents),
                TombstoneRow.target_id.in_(acts),
            )


def _outward(row: Table) -> dict[str, Any]:
    content = row.content()
    if content.get("record") is not None:
        content["record"] = json.loads(content["record"])
    return content


def _checked(lines: Iterable[str], name: str) -> Iterator[tuple[int, str, Table]]:
    """The rows of a file with their line numbers; raises where the file cannot be trusted."""
    hashed = hashlib.sha256()
    number, ended = 0, False
    for number, line in enumerate(lines, 1):
        where = f"{name} line {number}"
        if ended:
            raise InputError(f"{where}: found more after the end, expected nothing")
        values = _object(line, where)
        if number == 1:
            if values.get("format") != FORMAT or values.get("version") != VERSION:
                raise InputError(f"{where}: expected an export of a ledger, version {VERSION}")
        elif "end" in values:
            if values != {"end": number - 1, "sha256": hashed.hexdigest()}:
                raise InputError(f"{where}: the file was changed: count or hash do not fit")
            ended = True
            continue
        else:
            yield number, str(values.get("row")), _row(values, where)
        hashed.update(line.encode("utf-8", "surrogatepass"))
    if not ended:
        raise InputError(f"{name}: found {number} lines without an end, expected a whole export")


def _object(line: str, where: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise InputError(f"{where}: expected at most {LONGEST_LINE:,} characters")
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise InputError(f"{where}: expected a JSON object")
    return values


def _row(values: dict[str, Any], where: str) -> Table:
    """The row that a line holds, with its hash checked."""
    table = TABLES.get(str(values.pop("row", None)))
    given = values.pop("sha256", None)
    if table is None:
        raise InputError(f"{where}: expected one of the rows {', '.join(TABLES)}")
    columns = {column.name: column for column in table.__table__.columns if column.name != "digest"}
    if set(values) != set(columns):
        odd = sorted(set(values) ^ set(columns))[0]
        raise InputError(f"{where}: expected the fields of a row, {quoted(odd)} is odd")
    if isinstance(values.get("record"), dict):
        values["record"] = canonical(values["record"])
    for column, value in values.items():
        empty_allowed = columns[column].nullable
        if not (isinstance(value, str) or (value is None and empty_allowed)):
            raise InputError(f"{where}: {column}: found {quoted(value)}, expected text")
    try:
        if digest(values) != given:
            raise InputError(f"{where}: the line was changed: its hash does not fit")
        moments = {
            column: dt.datetime.fromisoformat(value)
            for column, value in values.items()
            if column in _MOMENTS and value is not None
        }
    except ValueError as error:
        raise InputError(f"{where}: expected moments such as 2023-09-25T17:00+04:00") from error
    if any(moment.tzinfo is None for moment in moments.values()):
        raise InputError(f"{where}: expected moments with an offset")
    if moments["recorded_at"] > dt.datetime.now(dt.UTC) + _MOST_AHEAD:
        raise InputError(f"{where}: recorded_at: expected no time to come")
    row = table(**values | moments, digest=given)
    if row.signed() != given:
        raise InputError(f"{where}: expected moments in UTC")
    return row


@dataclasses.dataclass
class _Import:
    """An import under way: what is here beside what the file holds."""

    session: Session
    times: Iterator[dt.datetime]
    added: int = 0
    present: int = 0
    removed: int = 0
    table: str = ""
    pending: int = 0
    foreign: dict[str, Table] = dataclasses.field(default_factory=dict)
    odd_documents: dict[str, str] = dataclasses.field(default_factory=dict)
    known: dict[str, set[str]] = dataclasses.field(default_factory=dict)
    """The ids that are here, by table: asking for each row costs more than all the rest."""
    kinds: dict[str, tuple[str, str | None]] = dataclasses.field(default_factory=dict)
    """Kind and document of the entries that are here."""

    def __post_init__(self) -> None:
        for word, table in TABLES.items():
            self.known[word] = set(self.session.scalars(select(table.id)))
        rows = self.session.execute(select(EntryRow.id, EntryRow.kind, EntryRow.document))
        self.kinds = {entry: (kind, document) for entry, kind, document in rows}

    def take(self, word: str, row: Table) -> None:
        """Add a row, or keep the one that is there."""
        self._validate(row)
        if word != self.table or self.pending >= _FLUSHED:
            self.session.flush()  # rows of one table may name those of the tables before it
            self.table, self.pending = word, 0
        here = self.session.get(TABLES[word], row.id) if row.id in self.known[word] else None
        if here is None:
            self.session.add(row)
            self.known[word].add(row.id)
            self.added += 1
            self.pending += 1
            if columns := self._without_removed_words(row):
                why = "the text of its document was removed before"
                bury(self.session, [(row, columns)], self.times, "import", why)
                self.removed += 1
        else:
            self.present += 1
            if here.digest != row.digest:
                self.foreign[row.id] = row
            if isinstance(row, TombstoneRow) and here.digest != row.digest:
                return
        if isinstance(row, TombstoneRow):
            self._follow(row)

    def finish(self, name: str) -> None:
        """Refuse documents whose text is not theirs and was not redacted either."""
        for document, changed in self.odd_documents.items():
            known = select(TombstoneRow.id).where(
                TombstoneRow.target_id == document, TombstoneRow.digest_after == changed
            )
            if self.session.scalar(known) is None:
                raise InputError(f"{name}: document {document[:12]}: its text is not of its hash")

    def _validate(self, row: Table) -> None:
        if isinstance(row, DocumentRow) and document_id(row.text) != row.id:
            self.odd_documents[row.id] = row.digest
        if isinstance(row, EntryRow):
            if row.kind not in KINDS:
                raise InputError(f"kind: found {quoted(row.kind)}, expected one of {list(KINDS)}")
            decode(row.kind, json.loads(row.record))
            if row.document is not None and row.document not in self.known["document"]:
                raise _out_of_order(row.document)
            self.kinds.setdefault(row.id, (row.kind, row.document))
        if isinstance(row, ActRow):
            if row.entry not in self.kinds:
                raise _out_of_order(row.entry)
            if (row.record is not None) != (row.act == "correct"):
                raise InputError("record: expected one with 'correct' and with nothing else")
            if row.record is not None:
                decode(self.kinds[row.entry][0], json.loads(row.record))

    def _without_removed_words(self, row: Table) -> dict[str, Any] | None:
        """The record of a new row without words of a document whose text was removed here."""
        if not isinstance(row, EntryRow | ActRow) or row.record is None:
            return None
        document = self.kinds[row.entry if isinstance(row, ActRow) else row.id][1]
        if document is None or document not in self.emptied:
            return None
        cleaned = record_without_words(row.record)
        return {"record": cleaned} if cleaned != row.record else None

    @cached_property
    def emptied(self) -> set[str]:
        """The documents whose text was removed here."""
        return set(self.session.scalars(select(DocumentRow.id).where(DocumentRow.text == "")))

    def _follow(self, grave: TombstoneRow) -> None:
        """Remove here what a tombstone of the file says was removed there."""
        there = self.foreign.get(grave.target_id)
        here = self.session.get(TABLES.get(grave.target, TombstoneRow), grave.target_id)
        if here is None or there is None or grave.digest_after != there.digest:
            return
        if self._came_of(here, there.digest):
            return  # the row here is the one there with still more removed
        mine, theirs = here.content(), there.content()
        columns = {
            column: value
            for column in REMOVABLE[grave.target]
            if (value := _with_less(column, mine[column], theirs[column])) != mine[column]
        }
        if columns:
            bury(self.session, [(here, columns)], self.times, grave.by, grave.reason)
            self.removed += 1

    def _came_of(self, row: Table, before: str) -> bool:
        """Whether ``row`` once had the hash ``before``."""
        graves = self.session.scalars(select(TombstoneRow).where(TombstoneRow.target_id == row.id))
        earlier = {grave.digest_after: grave.digest_before for grave in graves}
        now: str | None = row.digest
        for _ in range(len(earlier) + 1):
            if now == before:
                return True
            now = earlier.get(now or "")
        return False


def _out_of_order(row_id: str) -> InputError:
    return InputError(f"found a row of {quoted(row_id)}, expected that one before it")


def _with_less(column: str, mine: Any, theirs: Any) -> Any:
    """``mine`` without what is removed in ``theirs``; where both lack something, without either."""
    if column == "record" and mine is not None:
        ours, others = json.loads(mine), json.loads(theirs)
        return canonical({n: _with_less("", v, others.get(n, v)) for n, v in ours.items()})
    if isinstance(mine, list):
        if len(mine) != len(theirs):
            return [REMOVED] if REMOVED in str(theirs) else mine
        return [_with_less("", m, t) for m, t in zip(mine, theirs, strict=True)]
    gone = "" if column == "text" else REMOVED
    if mine in (theirs, gone) or not isinstance(theirs, str):
        return mine
    if theirs == gone or (REMOVED in theirs and REMOVED not in mine):
        return theirs
    return gone if REMOVED in theirs else mine
