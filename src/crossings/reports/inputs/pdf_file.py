"""PDF: the text layer, page by page (no recognition of scanned pages), by pypdf."""

from __future__ import annotations

import io
import logging
import re

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from crossings.errors import InputError
from crossings.reports.inputs.document import Document, safe_name, safe_text

MAX_PAGES = 500
"""Pages that are read; the rest is left out, and said so."""

MAX_CHARACTERS = 20_000_000
"""Characters of text taken out of one file, whatever it unpacks to."""

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # complaints about form, many a page

_HYPHEN = re.compile(r"(?<=[a-z])[-\u00ad]\n(?=[a-z])")
_WRAPPED = re.compile(r"(?<=\S)[ \t]*\n(?=[ \t]*\S)")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")


def read_pdf(data: bytes, name: str) -> Document:
    """The document that a PDF holds, with the date of its making as a hint to its publication.

    Raises:
        InputError: damaged, locked with a password, or without a text layer.
    """
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(f"{name}: found a PDF locked with a password, expected an open one")
        pages = len(reader.pages)
        text = _pages(reader, min(pages, MAX_PAGES))
        title, made = _metadata(reader)
    except InputError:
        raise
    except (PyPdfError, RecursionError, MemoryError, *_DAMAGE) as error:
        reason = type(error).__name__
        raise InputError(
            f"{name}: found a damaged PDF ({reason}), expected a readable one"
        ) from error
    if not text.strip():
        raise InputError(
            f"{name}: found a PDF without text (scanned pages?), expected a text layer"
        )
    left_out = pages - MAX_PAGES
    notes = (f"the last {left_out} of {pages} pages are not read",) if left_out > 0 else ()
    basis = "date when the PDF was made" if made else ""
    return Document(
        name=name,
        text=text,
        form="PDF",
        title=title,
        published=made,
        published_basis=basis,
        notes=notes,
    )


# What a damaged file makes a parser of nested objects stumble over.
_DAMAGE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    OverflowError,
    NotImplementedError,
    OSError,
    EOFError,
    ZeroDivisionError,
)


def _pages(reader: PdfReader, count: int) -> str:
    found: list[str] = []
    length = 0
    for number in range(count):
        page = unwrapped(safe_text(reader.pages[number].extract_text() or ""))
        length += len(page)
        if length > MAX_CHARACTERS:
            break
        found.append(page)
    return "\n\n".join(found)


def unwrapped(text: str) -> str:
    """Lines of a page joined to paragraphs; words divided at a line's end joined again."""
    text = _HYPHEN.sub("", text)
    paragraphs = _PARAGRAPH.split(text)
    return "\n\n".join(_WRAPPED.sub(" ", paragraph).strip() for paragraph in paragraphs)


def _metadata(reader: PdfReader) -> tuple[str, str]:
    """Title and day of making; nothing where the file says nothing usable."""
    try:
        about = reader.metadata
        if about is None:
            return "", ""
        made = about.creation_date
        return safe_name(about.title), made.date().isoformat() if made else ""
    except _DAMAGE:
        return "", ""
