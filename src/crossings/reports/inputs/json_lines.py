"""JSON Lines: a document a line, ``{"text": ..., "id": ..., "published": ..., ...}``."""

from __future__ import annotations

import json
from collections.abc import Iterator

from crossings.errors import InputError
from crossings.reports.inputs.document import Document, safe_name, safe_text, web_address

FIELDS = ("id", "text", "published", "publisher", "title", "url")
"""The fields that are read; others are allowed and ignored."""


def read_lines(text: str, name: str) -> Iterator[Document | InputError]:
    """The documents of a file, line by line; a line that cannot be used is an error of its own."""
    # Only a line feed ends a line: other separators may stand inside a text.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip("\ufeff \t\r"):
            yield _document(line.strip("\ufeff \t\r"), f"{name} line {number}")


def _document(line: str, name: str) -> Document | InputError:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return InputError(f"{name}: found no JSON, expected an object with text, id, published")
    if not isinstance(entry, dict):
        return InputError(f"{name}: found {type(entry).__name__}, expected an object with text")
    for field in FIELDS:
        value = entry.get(field)
        if value is not None and not isinstance(value, str | int):
            return InputError(f"{name}, {field}: found {type(value).__name__}, expected text")
    body = entry.get("text")
    if not isinstance(body, str) or not body.strip():
        return InputError(f"{name}, text: found nothing, expected the text of a report")
    published = safe_name(entry.get("published"))
    return Document(
        name=name,
        text=safe_text(body),
        form="JSON Lines",
        id=safe_name(str(entry["id"])) if entry.get("id") is not None else "",
        title=safe_name(entry.get("title")),
        publisher=safe_name(entry.get("publisher")),
        published=published,
        published_basis="field published" if published else "",
        url=web_address(entry.get("url")),
    )
