"""Opens a file, finds out what it is, and gives the documents in it; finds files in folders."""

from __future__ import annotations

import dataclasses
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from crossings.errors import InputError
from crossings.reports.inputs.characters import decoded
from crossings.reports.inputs.document import MAX_BYTES, Document
from crossings.reports.inputs.json_lines import read_lines
from crossings.reports.inputs.plain_text import read_text
from crossings.reports.inputs.sniffing import is_pdf, refuse_binary, text_form

MAX_FILES = 100_000
"""Files that one call may name or find in folders."""


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those in the folders named, sorted within each folder.

    Hidden files, and links out of a folder, are passed over.

    Raises:
        InputError: a path does not exist, a folder holds no file, or there are too many.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for file in _files(path):
            found[file] = None
            if len(found) > MAX_FILES:
                raise InputError(f"{path}: found more than {MAX_FILES:,} files, expected fewer")
    return list(found)


def _files(path: Path) -> Iterator[Path]:
    try:
        if not path.is_dir():
            if not path.exists():
                raise InputError(f"{path}: found nothing of this name, expected a file or folder")
            yield path
            return
        inside = sorted(
            file
            for file in path.rglob("*")
            if file.is_file()
            and not file.is_symlink()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{str(path)!r}: {reason}") from error
    if not inside:
        raise InputError(f"{path}: found an empty folder, expected files to read")
    yield from inside


def standard_input(paths: Sequence[Path]) -> tuple[list[Path], bytes] | None:
    """What standard input holds where ``paths`` is ``-`` alone, up to the limit and one byte more.

    Raises:
        InputError: ``-`` among other paths.
    """
    if Path("-") not in paths:
        return None
    if len(paths) > 1:
        raise InputError("-: found other paths beside it, expected standard input alone")
    return [Path("standard input")], sys.stdin.buffer.read(MAX_BYTES + 1)


def open_file(path: Path) -> list[Document | InputError]:
    """The documents in the file at ``path``; those that cannot be used as errors in their place.

    Raises:
        InputError: the file cannot be read, is over 20 MB, or is of a form that is not read.
    """
    name = str(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(f"{name}: found a device or pipe, expected a file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{name}: {reason}") from error
    return open_bytes(data, name)


def open_bytes(data: bytes, name: str) -> list[Document | InputError]:
    """The documents in ``data``; ``name`` stands in messages and in :attr:`Document.name`.

    Raises:
        InputError: over 20 MB, empty, or of a form that is not read.
    """
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // 1_000_000
        raise InputError(f"{name}: found more than {limit} MB, expected at most {limit} MB")
    if is_pdf(data):
        from crossings.reports.inputs.pdf_file import read_pdf

        return [read_pdf(data, name)]
    refuse_binary(data, name)
    text, note = decoded(data, name)
    documents: list[Document | InputError]
    match text_form(text, name):
        case "feed":
            from crossings.reports.inputs.news_feed import read_feed

            documents = list(read_feed(data, name))
        case "web page":
            from crossings.reports.inputs.web_page import read_page

            documents = [read_page(text, name)]
        case "JSON Lines":
            documents = list(read_lines(text, name))
        case _:
            documents = [read_text(text, name)]
    return [_with_note(document, note) for document in documents] if note else documents


def _with_note(document: Document | InputError, note: str) -> Document | InputError:
    if isinstance(document, InputError):
        return document
    return dataclasses.replace(document, notes=(*document.notes, note))
