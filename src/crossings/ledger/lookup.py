"""Rows of a ledger found and turned into what the rooms exchange."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from crossings.errors import InputError
from crossings.ledger.history import Decision, Document, Entry, Tombstone
from crossings.ledger.identity import decode
from crossings.ledger.schema import ActRow, DocumentRow, EntryRow, TombstoneRow
from crossings.situation.tables import shown as quoted


def entry_id(session: Session, start: str) -> str:
    """The id of the one entry whose id begins with ``start``.

    Raises:
        InputError: there is none, or there are several.
    """
    found = session.scalars(
        select(EntryRow.id).where(EntryRow.id.startswith(start, autoescape=True)).limit(2)
    ).all()
    if not start or len(found) != 1:
        raise no_single("entry", start, len(found))
    return found[0]


def document_of(session: Session, start: str) -> DocumentRow | None:
    """The document whose id begins with ``start``, ``None`` where there is none.

    Raises:
        InputError: there are several.
    """
    begins = DocumentRow.id.startswith(start, autoescape=True)
    found = session.scalars(select(DocumentRow).where(begins).limit(2)).all() if start else []
    if len(found) > 1:
        raise no_single("document", start, len(found))
    return found[0] if found else None


def no_single(what: str, start: str, found: int) -> InputError:
    """The error where ``found`` rows begin with ``start`` and one was expected."""
    many = "several" if found and start else "none"
    return InputError(
        f"{what}: found {many} that begin with {quoted(start)}, expected the id of one"
    )


def present(session: Session, ids: Sequence[str]) -> set[str]:
    """Those of ``ids`` that are entries already."""
    found: set[str] = set()
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        found.update(session.scalars(select(EntryRow.id).where(EntryRow.id.in_(part))))
    return found


def entries_of(
    session: Session, ids: Sequence[str] | None, situation: str | None = None
) -> list[Entry]:
    """Entries with their acts: those of ``ids`` in their order, or all of a situation."""
    rows = select(EntryRow).order_by(EntryRow.recorded_at, EntryRow.id)
    acts = select(ActRow).order_by(ActRow.recorded_at, ActRow.id)
    if ids is not None:
        rows, acts = rows.where(EntryRow.id.in_(ids)), acts.where(ActRow.entry.in_(ids))
    elif situation is not None:
        rows = rows.where(EntryRow.situation == situation)
        acts = acts.join(EntryRow, EntryRow.id == ActRow.entry).where(
            EntryRow.situation == situation
        )
    decided: dict[str, list[ActRow]] = {}
    for act in session.scalars(acts):
        decided.setdefault(act.entry, []).append(act)
    entries = {row.id: _entry(row, decided.get(row.id, ())) for row in session.scalars(rows)}
    return list(entries.values()) if ids is None else [entries[i] for i in ids]


def _entry(row: EntryRow, acts: Iterable[ActRow]) -> Entry:
    return Entry(
        id=row.id,
        situation=row.situation,
        kind=row.kind,  # type: ignore[arg-type] # held by the database
        document=row.document or "",
        reader=row.reader,
        by=row.by,
        recorded_at=row.recorded_at,
        record=decode(row.kind, json.loads(row.record)),
        acts=tuple(
            Decision(
                id=act.id,
                act=act.act,  # type: ignore[arg-type] # held by the database
                by=act.by,
                recorded_at=act.recorded_at,
                known_at=act.known_at,
                reason=act.reason,
                record=None if act.record is None else decode(row.kind, json.loads(act.record)),
            )
            for act in acts
        ),
    )


def document_from(row: DocumentRow) -> Document:
    """A row as a document."""
    return Document(
        row.id,
        row.url,
        row.publisher,
        row.published,
        row.retrieved,
        row.text,
        row.by,
        row.recorded_at,
    )


def tombstone_from(row: TombstoneRow) -> Tombstone:
    """A row as a tombstone."""
    return Tombstone(
        row.id,
        row.target,
        row.target_id,
        row.digest_before,
        row.digest_after,
        row.reason,
        row.by,
        row.recorded_at,
    )
