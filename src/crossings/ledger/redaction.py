"""Removing a text or a name for good: from the tables, from free pages and from the log.

What is removed is overwritten by ``[removed]`` (a document's text by nothing) and every row that
changes gets a tombstone: the hash of the row before and after, who and why. Ids and hashes stay, so
that the same document is known when it comes again and stays empty, and other copies of the row can
be found. A hash lets somebody who guesses a text confirm the guess; it does not give the text away.
"""

from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from crossings.errors import InputError, OutputError
from crossings.ledger.database import plain_errors, shown
from crossings.ledger.history import REMOVED
from crossings.ledger.identity import canonical, digest
from crossings.ledger.lookup import document_of, entry_id
from crossings.ledger.schema import (
    TABLES,
    ActRow,
    DocumentRow,
    EntryRow,
    Table,
    TombstoneRow,
)
from crossings.ledger.store import Ledger

SHORTEST_NAME = 2
"""Shorter names would hit half of the words."""

WORDS_OF_A_TEXT = ("quote", "wording", "what", "note")
"""The fields of a record that repeat the text of a document."""

# Fields that hold words of ours, ids of rows and places: no person is named in them.
_OURS = {
    *("id", "measure", "counting", "unit", "place", "route", "kind", "relation", "qualifier"),
    *("basis", "status", "review", "as_of_precision", "part_of", "same_group_as", "bears_on"),
    *("disputes", "sensitivity", "document", "known_at", "as_of", "time"),
}
REMOVABLE: dict[str, tuple[str, ...]] = {
    "document": ("url", "publisher", "text", "by"),
    "entry": ("reader", "by", "record"),
    "act": ("reason", "by", "record"),
    "tombstone": ("reason", "by"),
}
"""The columns of each table in which a name can stand; ``record`` is JSON."""


@dataclasses.dataclass(frozen=True)
class Removal:
    """What was removed: how many rows of each table changed (``document``, ``entry`` ...)."""

    rows: Mapping[str, int]

    def __bool__(self) -> bool:
        return any(self.rows.values())


def remove_text(ledger: Ledger, target: str, *, by: str, reason: str) -> Removal:
    """Remove the text of a document with every quote from it, or the words of one entry, for good.

    Args:
        ledger: an open ledger.
        target: the id of a document or an entry, or the first characters of it.
        by: who removes.
        reason: why; kept in the tombstone, so it must not repeat what is removed.

    Raises:
        InputError: there is no such row, or a name or a reason is missing.
        OutputError: the database cannot be written, or is open elsewhere so that its log cannot be
            cleared: run it again.
    """
    _said(by, reason)
    with ledger.writing() as (session, times):
        rows = _rows_of_text(session, target)
        changed = [pair for row in rows if (pair := _without_words(row)) is not None]
        counts = bury(session, changed, times, by, reason)
    scrub(ledger)
    return Removal(counts)


def remove_name(
    ledger: Ledger,
    name: str,
    *,
    by: str,
    reason: str,
    inside_words: bool = False,
    only_count: bool = False,
) -> Removal:
    """Remove a name (or any phrase) everywhere, whatever its case, for good.

    Args:
        ledger: an open ledger.
        name: what to remove; between its words any space, hyphen or line break may stand.
        by: who removes.
        reason: why; kept in the tombstones.
        inside_words: also where it is part of a longer word.
        only_count: change nothing, tell what would change.

    Raises:
        InputError: the name is too short, or stands in the reason, or a reason is missing.
        OutputError: as :func:`remove_text`.
    """
    _said(by, reason)
    pattern = _pattern(name, inside_words)
    if pattern.search(reason) or pattern.search(by):
        raise InputError("reason: found the name itself, expected words that can stay")
    if only_count:
        with ledger.reading() as session:
            return Removal(_counted(pair[0] for pair in _named(session, pattern)))
    with ledger.writing() as (session, times):
        counts = bury(session, list(_named(session, pattern)), times, by, reason)
    scrub(ledger)
    return Removal(counts)


def bury(
    session: Session,
    changes: list[tuple[Table, dict[str, Any]]],
    times: Iterator[Any],
    by: str,
    reason: str,
) -> dict[str, int]:
    """Write the changed columns of rows, each under a tombstone; count rows by table."""
    for row, columns in changes:
        before = row.digest
        after = digest(row.content() | columns)
        word = word_of(row)
        moment = next(times)
        grave = TombstoneRow(
            id=digest([word, row.id, before, after, reason, by, moment.isoformat()])[:20],
            target=word,
            target_id=row.id,
            digest_before=before,
            digest_after=after,
            reason=reason,
            by=by,
            recorded_at=moment,
        )
        grave.digest = grave.signed()
        session.add(grave)
        session.flush()  # the database lets the row change only once this is there
        for column, value in columns.items():
            setattr(row, column, value)
        row.digest = after
        session.flush()
    return _counted(row for row, _ in changes)


def scrub(ledger: Ledger) -> None:
    """Rewrite the database without what was deleted or overwritten in it.

    SQLite: the file is rebuilt and its log cut to nothing. PostgreSQL: the tables are rewritten;
    its own log and backups outlive that for as long as they are kept.

    Raises:
        OutputError: another program has the ledger open.
    """
    with plain_errors(ledger.url):
        if ledger.engine.dialect.name == "sqlite":
            connection = ledger.engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute("PRAGMA temp_store = FILE")  # it holds only what stays
                cursor.execute("VACUUM")
                busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                cursor.close()
            finally:
                connection.close()
            if busy:
                raise OutputError(
                    f"database {shown(ledger.url)}: removed, but another program has it open and "
                    "its log still holds the old text; close it and run this again"
                )
        else:
            engine = ledger.engine.execution_options(isolation_level="AUTOCOMMIT")
            with engine.connect() as session:
                names = ", ".join(table.__tablename__ for table in TABLES.values())
                session.execute(text(f"VACUUM (FULL) {names}"))


def word_of(row: Table) -> str:
    """The word for a row's table: ``document``, ``entry``, ``act`` or ``tombstone``."""
    return next(word for word, table in TABLES.items() if isinstance(row, table))


def _counted(rows: Iterator[Table]) -> dict[str, int]:
    counts = dict.fromkeys(TABLES, 0)
    for row in rows:
        counts[word_of(row)] += 1
    return counts


def _said(by: str, reason: str) -> None:
    for field, value in (("by", by), ("reason", reason)):
        if not value.strip():
            raise InputError(f"{field}: found nothing, expected who removes it and why")


def _rows_of_text(session: Session, target: str) -> list[Table]:
    document = document_of(session, target)
    if document is None:
        entry = session.get(EntryRow, entry_id(session, target))
        assert entry is not None
        entries = [entry]
    else:
        entries = list(session.scalars(select(EntryRow).where(EntryRow.document == document.id)))
    acts = session.scalars(select(ActRow).where(ActRow.entry.in_([e.id for e in entries])))
    return [*([document] if document else []), *entries, *acts]


def _without_words(row: Table) -> tuple[Table, dict[str, Any]] | None:
    """A row and its columns without the words of a text; ``None`` where it has none."""
    if isinstance(row, DocumentRow):
        return (row, {"text": ""}) if row.text else None
    if isinstance(row, EntryRow | ActRow) and row.record is not None:
        cleaned = record_without_words(row.record)
        return (row, {"record": cleaned}) if cleaned != row.record else None
    return None


def record_without_words(record: str) -> str:
    """The JSON of a record without what repeats the text of its document."""
    fields = json.loads(record)
    for name in WORDS_OF_A_TEXT:
        if fields.get(name):
            fields[name] = REMOVED
    return canonical(fields)


def _pattern(name: str, inside_words: bool) -> re.Pattern[str]:
    words = name.split()
    if len("".join(words)) < SHORTEST_NAME:
        raise InputError(f"name: found {name!r}, expected at least {SHORTEST_NAME} letters")
    between = r"(?:[\s\-_+.]|%20)+"
    forms = {
        between.join(re.escape(spell(unicodedata.normalize(form, word))) for word in words)
        for form in ("NFC", "NFD")
        for spell in (str, quote)
    }
    either = "|".join(sorted(forms, key=len, reverse=True))
    edges = ("", "") if inside_words else (r"(?<!\w)", r"(?!\w)")
    return re.compile(f"{edges[0]}(?:{either}){edges[1]}", re.IGNORECASE)


def _named(session: Session, pattern: re.Pattern[str]) -> Iterator[tuple[Table, dict[str, Any]]]:
    """Rows in which the name stands, with the columns as they are to be."""

    def cleaned(value: str) -> str:
        return pattern.sub(REMOVED, value)

    for word, table in TABLES.items():
        for row in session.scalars(select(table).order_by(table.recorded_at, table.id)).all():
            changed: dict[str, Any] = {}
            for column in REMOVABLE[word]:
                old = getattr(row, column)
                if old is None:
                    continue
                new = _record_without_name(old, cleaned) if column == "record" else cleaned(old)
                if new != old:
                    changed[column] = new
            if changed:
                yield row, changed


def _record_without_name(record: str, cleaned: Callable[[str], str]) -> str:
    fields = json.loads(record)
    for name, value in fields.items():
        if name in _OURS or not value:
            continue
        if isinstance(value, str):
            fields[name] = cleaned(value)
        elif isinstance(value, list):
            fields[name] = [cleaned(entry) for entry in value]
    return canonical(fields)
