"""Names and hashes of what a ledger keeps: the same content has the same id, here and elsewhere.

A document is its text, so its id is the SHA-256 of the text in UTF-8. A record is the figure (or
the statement) in its words: reading the same document twice, even by a better reader, finds what is
there already. A record without words of a document is everything that was said of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from crossings.errors import InputError
from crossings.situation.records import Claim, Context, Event
from crossings.situation.tables import validated

Kind = Literal["claim", "event", "context"]
Kept = Claim | Event | Context
"""The records that a ledger keeps."""

KINDS: dict[str, type[Claim] | type[Event] | type[Context]] = {
    "claim": Claim,
    "event": Event,
    "context": Context,
}

REFERENCES = {
    "claim": ("part_of", "same_group_as"),
    "event": ("disputes",),
    "context": ("bears_on",),
}
"""The fields of a record that name another record, by kind."""

# What a record says in the words of its document; a better reader may change its mind on the rest.
_SAID = {
    "claim": ("measure", "counting", "unit", "low", "high", "quote"),
    "event": ("kind", "quote"),
    "context": ("subject", "relation", "object", "quote"),
}
# A letter first: a spreadsheet takes 12e345 for a number.
_LETTERS = {"claim": "c", "event": "e", "context": "x"}
_NOT_SAID = {"id", "document", "review"}
_MOMENTS = ("known_at", "as_of", "time")


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: one text for one value."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest(value: Any) -> str:
    """The SHA-256 of the canonical JSON of ``value``, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def document_text(text: str) -> str:
    """``text`` as every database can hold it: what is no character becomes U+FFFD, one for one."""
    return "".join(
        "\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in text
    )


def document_id(text: str) -> str:
    """The content hash of a document."""
    return hashlib.sha256(text.encode()).hexdigest()


def kind_of(record: Kept) -> Kind:
    """The word under which a record is kept."""
    if isinstance(record, Claim):
        return "claim"
    return "event" if isinstance(record, Event) else "context"


def record_ids(situation: str, document: str, records: Sequence[Kept]) -> list[str]:
    """The ids of records that are kept for ``situation`` from ``document`` (empty without any).

    Records that say the same thing in the same words of one document are told apart by their order.
    """
    seen: Counter[str] = Counter()
    ids = []
    for record in records:
        kind = kind_of(record)
        fields = encode(record)
        if document and record.quote:
            said = {name: fields[name] for name in _SAID[kind]}
        else:
            left_out = _NOT_SAID | set(REFERENCES[kind])
            said = {name: value for name, value in fields.items() if name not in left_out}
        content = digest([situation, kind, document, said])
        named = digest([content, seen[content]]) if seen[content] else content
        ids.append(_LETTERS[kind] + named[:19])
        seen[content] += 1
    return ids


def encode(record: Kept) -> dict[str, Any]:
    """A record as plain JSON values; moments keep their offset to the second."""
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in record.model_dump(mode="python").items()
    }


def decode(kind: str, fields: Mapping[str, Any]) -> Kept:
    """The record that :func:`encode` was given.

    Raises:
        InputError: the fields are not those of such a record.
    """
    values = dict(fields)
    for name in _MOMENTS:
        if isinstance(text := values.get(name), str):
            try:
                values[name] = dt.datetime.fromisoformat(text)
            except ValueError as error:
                raise InputError(f"{name}: found {text!r}, expected a date-time") from error
    record, wrong = validated(KINDS[kind], values)
    if wrong:
        field, found, expected = wrong[0]
        raise InputError(f"{field}: found {found}, expected {expected}")
    return record  # type: ignore[no-any-return]
