"""A decision about an entry: what it may be, and the row that keeps it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from crossings.errors import InputError
from crossings.ledger.history import Act, Entry
from crossings.ledger.identity import Kept, canonical, decode, digest, document_text, encode
from crossings.ledger.schema import ActRow
from crossings.situation.tables import shown as quoted


@dataclasses.dataclass(frozen=True)
class Change:
    """A decision to be recorded; the fields are those of ``Ledger.review``."""

    entry: str
    act: Act
    changes: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    reason: str = ""
    known_at: dt.datetime | None = None


def aware(name: str, when: dt.datetime | None) -> dt.datetime | None:
    """``when``, which must have an offset.

    Raises:
        InputError: it has none.
    """
    if when is not None and when.tzinfo is None:
        raise InputError(f"{name}: found {when.isoformat()}, expected a moment with an offset")
    return when


def decided(entry: Entry, change: Change, by: str, now: dt.datetime) -> ActRow:
    """The row of a decision.

    Raises:
        InputError: the act is unknown, what it changes cannot be, or its time is impossible.
    """
    if change.act not in ("accept", "correct", "reject", "retract"):
        raise InputError(
            f"act: found {quoted(change.act)}, expected accept, correct, reject or retract"
        )
    known_at = aware("known_at", change.known_at)
    if known_at is None:
        known_at = now if change.act == "retract" else entry.basis()
    view = entry.view()
    assert view is not None  # without limits every entry is seen
    if known_at is not None and known_at > now:
        raise InputError(f"known_at: found {known_at.isoformat()}, expected no time to come")
    if known_at is not None and known_at < entry.record.known_at:
        raise InputError(
            f"known_at: found {known_at.isoformat()}, expected none before the figure itself was "
            f"public ({entry.record.known_at.isoformat()})"
        )
    record = None
    if change.act == "correct":
        record = canonical(encode(_corrected(entry, view.record, change.changes, known_at)))
    elif change.changes:
        raise InputError(f"changes: found some with {change.act!r}, expected them with 'correct'")
    return act_row(entry.id, change.act, known_at, change.reason, record, by, now)


def _corrected(
    entry: Entry, record: Kept, changes: Mapping[str, Any], known_at: dt.datetime | None
) -> Kept:
    fields = encode(record)
    unknown = sorted(set(changes) - (set(fields) - {"id", "review", "document"}))
    if unknown:
        raise InputError(f"changes: found {quoted(unknown[0])}, expected fields of the record")
    if not changes:
        raise InputError("changes: found none, expected what is corrected")
    fields |= dict(changes)
    if known_at is not None:
        if "known_at" in changes:
            raise InputError(
                "changes: found known_at, expected it without a time since when the correction "
                "was public, which is its known_at"
            )
        fields["known_at"] = known_at
        if entry.kind == "claim":
            fields["known_at_assumed"] = False
    return decode(entry.kind, fields)


def act_row(
    entry: str,
    act: str,
    known_at: dt.datetime | None,
    reason: str,
    record: str | None,
    by: str,
    now: dt.datetime,
) -> ActRow:
    """The row that keeps an act; ``record`` is the corrected JSON of an act ``correct``."""
    reason, by = document_text(reason), document_text(by)
    content = [entry, act, known_at and known_at.isoformat(), reason, record, by, now.isoformat()]
    return ActRow(
        id=digest(content)[:20],
        entry=entry,
        act=act,
        known_at=known_at,
        reason=reason,
        record=record,
        by=by,
        recorded_at=now,
    )
