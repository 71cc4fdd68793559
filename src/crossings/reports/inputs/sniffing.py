"""What is in a file, by its content: the extension is never trusted.

Forms that hold no readable prose (spreadsheets, archives, pictures, programs) are named, so that
the message tells what was found.
"""

from __future__ import annotations

import codecs
import io
import json
import re
import zipfile
from collections import Counter

from crossings.errors import InputError
from crossings.reports.inputs.document import Form

EXPECTED = "plain text, a web page, a PDF, an RSS or Atom feed, or JSON Lines"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.xls, .doc or .ppt)"),
    (b"{\\rtf", "a rich text file (.rtf)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"RIFF", "a sound, film or picture (RIFF)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\x00", "a database (SQLite)"),
)
_ZIP_MEMBERS = (
    ("xl/", "a spreadsheet (.xlsx)"),
    ("word/", "a text document (.docx); save it as PDF or plain text"),
    ("ppt/", "slides (.pptx)"),
    ("content.xml", "an OpenDocument file (.odt, .ods)"),
    ("META-INF/container.xml", "a book (.epub)"),
)
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WEB_PAGE = re.compile(
    r"<!doctype\s+html|<(?:html|head|body|article|main|section|div|p|h1|table)[\s>]", re.IGNORECASE
)
_FEED = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_XML = re.compile(r"<\?xml[\s?]", re.IGNORECASE)
_HEAD = 4096
_DELIMITERS = "\t;,|"
_MOST_CONTROL = 0.02
_TABLE_LINES = 5
_TABLE_SAMPLE = 60


def refuse_binary(data: bytes, name: str) -> None:
    """Let pass what may be text or PDF.

    Raises:
        InputError: ``data`` is empty or a binary form; the message names the form.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise InputError(f"{name}: found an empty file, expected {EXPECTED}")
    found = _binary_form(data)
    if found:
        raise InputError(f"{name}: found {found}, expected {EXPECTED}")


def _binary_form(data: bytes) -> str:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_form(data)
    for signature, found in _SIGNATURES:
        if data.startswith(signature):
            return found
    return ""


def _zip_form(data: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "a damaged zip archive"
    for member, found in _ZIP_MEMBERS:
        if any(name.startswith(member) for name in names):
            return found
    return "a zip archive"


def is_pdf(data: bytes) -> bool:
    """Whether the PDF mark stands near the start (readers allow some bytes before it)."""
    return b"%PDF-" in data[:1024]


def text_form(text: str, name: str) -> Form:
    """The form of a text.

    Raises:
        InputError: it is XML other than a feed or a page, a table, or mostly control characters.
    """
    head = text[:_HEAD].lstrip("\ufeff \t\r\n")
    control = sum(c < " " and c not in "\t\n\r\f" for c in text[:_HEAD])
    if control > _MOST_CONTROL * min(len(text), _HEAD) + 1:
        raise InputError(f"{name}: found a binary file, expected {EXPECTED}")
    if head.startswith("<"):
        if _FEED.search(head) and not re.match(r"<!doctype\s+html|<html", head, re.IGNORECASE):
            return "feed"
        if _WEB_PAGE.search(head):
            return "web page"
        if _XML.match(head):
            raise InputError(
                f"{name}: found XML that is no feed and no web page, expected {EXPECTED}"
            )
    if head.startswith("{") and _is_object(text.lstrip("\ufeff \t\r\n").split("\n", 1)[0]):
        return "JSON Lines"
    if _is_table(text):
        raise InputError(f"{name}: found a table (columns of a spreadsheet), expected {EXPECTED}")
    return "text"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_table(text: str) -> bool:
    """Whether nearly every line has the same number of one delimiter, as no prose has."""
    lines = [line for line in text[: 64 * _HEAD].split("\n")[:_TABLE_SAMPLE] if line.strip()]
    if len(lines) < _TABLE_LINES:
        return False
    for delimiter in _DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        number, times = counts.most_common(1)[0]
        if number >= 2 and times >= 0.9 * len(lines):
            return True
    return False
