"""What is given to be read: files into documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crossings.errors import InputError


@dataclass(frozen=True, slots=True)
class Document:
    """One text to be read, with its name and the day of publication as given (or empty)."""

    id: str
    text: str
    published: str = ""


def documents(path: Path, published: str = "") -> Iterator[Document]:
    """The documents of a file: one a line in ``.jsonl`` (id, text, published), else the whole text.

    Raises:
        InputError: a line is no JSON object with a text.
        OSError: the file cannot be read.
    """
    if path.suffix == ".jsonl":
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _from_line(path, number, line, published)
    else:
        yield Document(path.stem, path.read_text(encoding="utf-8", errors="replace"), published)


def _from_line(path: Path, number: int, line: str, published: str) -> Document:
    where = f"{path}: line {number}"
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: found no JSON ({error}), expected an object") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise InputError(f"{where}: text: expected an object with a text")
    return Document(
        str(row.get("id") or f"{path.stem}-{number}"),
        row["text"],
        published or str(row.get("published") or ""),
    )
