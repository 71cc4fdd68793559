"""The ledger: documents, claims and statements kept for good, with every decision about them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from crossings.errors import InputError
from crossings.ledger.database import address, connect, default_url, plain_errors, shown, writer
from crossings.ledger.deciding import Change, act_row, aware, decided
from crossings.ledger.history import (
    Act,
    Document,
    Entry,
    Standing,
    Tombstone,
    as_shown,
    without_unknown,
)
from crossings.ledger.identity import (
    REFERENCES,
    Kept,
    canonical,
    document_id,
    document_text,
    encode,
    kind_of,
    record_ids,
)
from crossings.ledger.lookup import (
    document_from,
    document_of,
    entries_of,
    entry_id,
    no_single,
    present,
    tombstone_from,
)
from crossings.ledger.schema import ActRow, DocumentRow, EntryRow, Table, TombstoneRow
from crossings.situation.records import Claim, Context, Event
from crossings.situation.tables import shown as quoted

MAX_DOCUMENT = 20_000_000
"""The longest document that is kept, in characters."""

ACCEPTED: frozenset[Standing] = frozenset({"accepted"})
"""What a forecast takes unless asked otherwise."""


@dataclasses.dataclass(frozen=True)
class Proposal:
    """What became of records that were proposed.

    ``ids`` holds the entry of each record in their order, ``new`` those that were not there before.
    """

    ids: tuple[str, ...]
    new: tuple[str, ...]


class Ledger:
    """An open ledger; use :func:`crossings.ledger.open` and ``with``.

    Rows are only added. Every write is one transaction: when a method returns, what it wrote
    survives the death of the process and of the machine; when it raises, nothing was written.
    Methods raise :class:`~crossings.errors.InputError` for what cannot be used and
    :class:`~crossings.errors.OutputError` where the database cannot be written.
    """

    def __init__(self, url: str | None = None, create: bool = True) -> None:
        self.url = address(url or default_url())
        self.engine: Engine = connect(self.url, create)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @property
    def name(self) -> str:
        """The database as it may be shown: without user, password and options."""
        return shown(self.url)

    # Writing

    def add_document(
        self,
        text: str,
        *,
        url: str = "",
        publisher: str = "",
        published: dt.datetime | None = None,
        retrieved: dt.datetime | None = None,
        by: str = "",
    ) -> Document:
        """Keep a document; the same text again gives the document that is there.

        Args:
            text: the whole text, up to 20 million characters. What is no character (a lone
                surrogate, a zero) is kept as U+FFFD.
            url: where it was published.
            publisher: who published it.
            published: when it became public, with an offset.
            retrieved: when it was fetched; now, unless given.
            by: who adds it.
        """
        text = document_text(text)
        if not text.strip():
            raise InputError("document: found no text, expected some")
        if len(text) > MAX_DOCUMENT:
            raise InputError(f"document: found {len(text)} characters, expected {MAX_DOCUMENT:,}")
        with self.writing() as (session, clock):
            row = session.get(DocumentRow, document_id(text))
            if row is None:
                row = DocumentRow(
                    id=document_id(text),
                    url=document_text(url),
                    publisher=document_text(publisher),
                    published=aware("published", published),
                    retrieved=aware("retrieved", retrieved) or dt.datetime.now(dt.UTC),
                    text=text,
                    by=by,
                    recorded_at=next(clock),
                )
                _add(session, row)
            return document_from(row)

    def propose(
        self,
        situation: str,
        records: Sequence[Kept],
        *,
        document: str = "",
        reader: str = "",
        by: str = "",
        accept: bool = False,
        reason: str = "",
    ) -> Proposal:
        """Enter claims, events and context as ``proposed``; what is there already adds nothing.

        Args:
            situation: the id of the situation that they belong to.
            records: claims and statements. Their ids are replaced by ids made of their content;
                where one names another of these records (``part_of`` and the like) it goes along.
            document: the id of the document they were read from, empty for none.
            reader: what read them: a grammar, a model with its version, a person.
            by: who enters them.
            accept: whether ``by`` vouches for the new ones at once.
            reason: why, where they are accepted at once.
        """
        if not situation.strip():
            raise InputError("situation: found nothing, expected the id of a situation")
        ids = record_ids(situation, document, records)
        local = {record.id: entry for record, entry in zip(records, ids, strict=True)}
        with self.writing() as (session, clock):
            if document:
                source = session.get(DocumentRow, document)
                if source is None:
                    raise InputError(
                        f"document: found {quoted(document)}, expected one of the ledger"
                    )
                if not source.text:
                    raise InputError(
                        f"document {document[:12]}: its text was removed for good; nothing is "
                        "taken from it any more"
                    )
            there = present(session, ids)
            new = [(i, r) for i, r in zip(ids, records, strict=True) if i not in there]
            for entry, record in new:
                kept = _linked(record, local).model_copy(update={"id": entry})
                if isinstance(kept, Claim):
                    kept = kept.model_copy(update={"review": "proposed"})
                row = EntryRow(
                    id=entry,
                    situation=situation,
                    kind=kind_of(kept),
                    document=document or None,
                    reader=reader,
                    record=canonical(encode(kept)),
                    by=by,
                    recorded_at=next(clock),
                )
                _add(session, row)
            if accept:
                session.flush()
                for entry, _ in new:
                    _add(session, act_row(entry, "accept", None, reason, None, by, next(clock)))
        return Proposal(tuple(ids), tuple(entry for entry, _ in new))

    def review(
        self,
        entry: str,
        act: Act,
        *,
        by: str,
        changes: Mapping[str, Any] | None = None,
        reason: str = "",
        known_at: dt.datetime | None = None,
    ) -> Entry:
        """Accept, correct, reject or retract an entry; the old figure is kept.

        Args:
            entry: its id, or the first characters of it.
            act: ``accept``, ``correct``, ``reject`` or ``retract``.
            by: who decides; must not be empty.
            changes: for ``correct``: the fields of the record that change, as values.
            reason: why.
            known_at: since when it was public what the decision rests on: it changes nothing before
                that moment. ``None``: the decision rests on the words of the document alone and
                holds for all times (a misreading). A retraction without it dates from now.
        """
        return self.review_all([Change(entry, act, changes or {}, reason, known_at)], by=by)[0]

    def review_all(self, changes: Iterable[Change], *, by: str) -> list[Entry]:
        """Record many decisions, all or none; see :meth:`review`."""
        if not by.strip():
            raise InputError("review: found no name, expected who decides")
        touched = []
        with self.writing() as (session, clock):
            for change in changes:
                entry = entries_of(session, [entry_id(session, change.entry)])[0]
                _add(session, decided(entry, change, by, next(clock)))
                session.flush()
                touched.append(entry.id)
            return entries_of(session, touched)

    # Reading

    def claims(
        self,
        situation: str,
        *,
        as_of: dt.datetime | None = None,
        review: Standing | Collection[Standing] = ACCEPTED,
        recorded_by: dt.datetime | None = None,
    ) -> list[Claim]:
        """The claims of a situation as they were known at a time, in the order of entry.

        Args:
            situation: its id.
            as_of: nothing that became public later is shown: no claim, no correction, no
                retraction. ``None``: everything known.
            review: which claims: ``accepted`` unless asked otherwise; several words for several.
            recorded_by: as this ledger stood then, to repeat what was done with it.
        """
        found = self._records(situation, as_of, review, recorded_by)
        return [record for record in found if isinstance(record, Claim)]

    def statements(
        self,
        situation: str,
        *,
        as_of: dt.datetime | None = None,
        review: Standing | Collection[Standing] = ACCEPTED,
        recorded_by: dt.datetime | None = None,
    ) -> tuple[list[Event], list[Context]]:
        """The events and the context of a situation; arguments as in :meth:`claims`."""
        found = self._records(situation, as_of, review, recorded_by)
        return (
            [record for record in found if isinstance(record, Event)],
            [record for record in found if isinstance(record, Context)],
        )

    def _records(
        self,
        situation: str,
        as_of: dt.datetime | None,
        review: Standing | Collection[Standing],
        recorded_by: dt.datetime | None,
    ) -> list[Kept]:
        wanted = {review} if isinstance(review, str) else set(review)
        as_of, recorded_by = aware("as_of", as_of), aware("recorded_by", recorded_by)
        entries = self.entries(situation)
        visible, hidden = [], set()
        for entry in entries:
            view = entry.view(as_of, recorded_by)
            if view is None:
                hidden.add(entry.id)
            elif view.standing in wanted:
                visible.append(as_shown(view, entry))
        return without_unknown(visible, hidden)

    def entries(self, situation: str | None = None) -> list[Entry]:
        """Every entry with its history, of one situation or of all, in the order of entry."""
        with self.reading() as session:
            return entries_of(session, None, situation)

    def entry(self, entry: str) -> Entry:
        """One entry by its id or the first characters of it."""
        with self.reading() as session:
            return entries_of(session, [entry_id(session, entry)])[0]

    def document(self, document: str) -> Document:
        """A document by its id or the first characters of it."""
        with self.reading() as session:
            row = document_of(session, document)
            if row is None:
                raise no_single("document", document, 0)
            return document_from(row)

    def documents(self) -> list[Document]:
        """Every document, in the order of entry."""
        with self.reading() as session:
            rows = session.scalars(
                select(DocumentRow).order_by(DocumentRow.recorded_at, DocumentRow.id)
            )
            return [document_from(row) for row in rows]

    def tombstones(self) -> list[Tombstone]:
        """What was removed for good, in the order of removal."""
        with self.reading() as session:
            rows = session.scalars(
                select(TombstoneRow).order_by(TombstoneRow.recorded_at, TombstoneRow.id)
            )
            return [tombstone_from(row) for row in rows]

    def situations(self) -> dict[str, int]:
        """How many entries there are, by situation."""
        with self.reading() as session:
            counts = session.execute(
                select(EntryRow.situation, func.count())
                .group_by(EntryRow.situation)
                .order_by(EntryRow.situation)
            )
            return {str(name): int(count) for name, count in counts}

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that reads the tables as they are at its start."""
        with plain_errors(self.url), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, Iterator[dt.datetime]]]:
        """A transaction that writes, and the times to record its rows with."""
        with (
            plain_errors(self.url),
            Session(writer(self.engine), expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session, clock(session)


def clock(session: Session) -> Iterator[dt.datetime]:
    """Times of recording: now, but always after what is recorded already."""
    newest = (
        session.scalar(select(func.max(table.recorded_at)))
        for table in (DocumentRow, EntryRow, ActRow, TombstoneRow)
    )
    last = max((moment for moment in newest if moment is not None), default=None)
    while True:
        now = dt.datetime.now(dt.UTC)
        last = now if last is None or now > last else last + dt.timedelta(microseconds=1)
        yield last


def _add(session: Session, row: Table) -> None:
    row.digest = row.signed()
    session.add(row)


def _linked(record: Kept, local: Mapping[str, str]) -> Kept:
    """``record`` with the references to records beside it replaced by their entries."""
    update = {
        name: local[target]
        for name in REFERENCES[kind_of(record)]
        if (target := getattr(record, name)) in local
    }
    return record.model_copy(update=update) if update else record
