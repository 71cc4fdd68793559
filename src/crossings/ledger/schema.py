"""The tables of a ledger. Rows are only ever added; the database itself refuses the rest.

======================  ============================================================================
``ledger_documents``    texts that were read, by their content hash
``ledger_entries``      claims and statements as they were first entered
``ledger_acts``         what people decided about an entry: accept, correct, reject, retract
``ledger_tombstones``   what was removed for good from a row of the other tables, and why
======================  ============================================================================

The triggers stand in the migrations. They let a row be updated only where a tombstone names its
hash before and after: that is the way of :mod:`crossings.ledger.redaction` and leaves a trace.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Dialect, ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from crossings.ledger.identity import digest


class Instant(TypeDecorator[dt.datetime]):
    """An aware moment, kept in UTC to the microsecond."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """In UTC; SQLite keeps no offset."""
        if value is None:
            return None
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        moment: dt.datetime = value
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


class Table(DeclarativeBase):
    """Base of the tables.

    ``recorded_at`` is when the ledger learned of the row: it grows from row to row and orders
    them. ``digest`` is the hash of all other columns (:meth:`content`).
    """

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant, index=True)
    by: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))

    def content(self) -> dict[str, Any]:
        """Every column but the hash, as JSON values."""
        values = {}
        for column in self.__table__.columns:
            if column.name != "digest":
                value = getattr(self, column.name)
                if isinstance(value, dt.datetime):
                    value = value.astimezone(dt.UTC).isoformat()
                values[column.name] = value
        return values

    def signed(self) -> str:
        """The hash of what the row holds now."""
        return digest(self.content())


class DocumentRow(Table):
    """A text that was read; its id is the SHA-256 of the text."""

    __tablename__ = "ledger_documents"

    url: Mapped[str] = mapped_column(Text)
    publisher: Mapped[str] = mapped_column(Text)
    published: Mapped[dt.datetime | None] = mapped_column(Instant)
    retrieved: Mapped[dt.datetime | None] = mapped_column(Instant)
    text: Mapped[str] = mapped_column(Text)


class EntryRow(Table):
    """A claim or statement as first entered; ``record`` is its JSON."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("kind IN ('claim', 'event', 'context')", name="ledger_entries_kind"),
    )

    situation: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    document: Mapped[str | None] = mapped_column(ForeignKey("ledger_documents.id"), index=True)
    reader: Mapped[str] = mapped_column(Text)
    record: Mapped[str] = mapped_column(Text)


class ActRow(Table):
    """A decision about an entry; ``record`` is the corrected JSON, ``None`` for other acts."""

    __tablename__ = "ledger_acts"
    __table_args__ = (
        CheckConstraint(
            "act IN ('accept', 'correct', 'reject', 'retract')", name="ledger_acts_act"
        ),
        CheckConstraint("(record IS NOT NULL) = (act = 'correct')", name="ledger_acts_record"),
    )

    entry: Mapped[str] = mapped_column(ForeignKey("ledger_entries.id"), index=True)
    act: Mapped[str] = mapped_column(String(10))
    known_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text)
    record: Mapped[str | None] = mapped_column(Text)


class TombstoneRow(Table):
    """What stands where something was removed: the hash of the row before and after, and why."""

    __tablename__ = "ledger_tombstones"
    __table_args__ = (
        CheckConstraint("target IN ('document', 'entry', 'act')", name="ledger_tombstones_target"),
    )

    target: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[str] = mapped_column(String(64), index=True)
    digest_before: Mapped[str] = mapped_column(String(64))
    digest_after: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)


TABLES: dict[str, type[DocumentRow] | type[EntryRow] | type[ActRow] | type[TombstoneRow]] = {
    "document": DocumentRow,
    "entry": EntryRow,
    "act": ActRow,
    "tombstone": TombstoneRow,
}
"""The tables in an order in which rows can be added, by the word for one row."""
