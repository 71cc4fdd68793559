"""A document: a text that somebody published, with what is known of its publication.

Everything that can be read (plain text, web page, PDF, feed, JSON Lines) becomes documents first.
The offsets of every quote count characters of :attr:`Document.text`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import unicodedata
from typing import Literal

Form = Literal["text", "web page", "PDF", "feed", "JSON Lines"]
"""What a file turned out to be."""

MAX_BYTES = 20_000_000
"""The largest file that is read, in bytes (20 MB)."""

MAX_NAME = 500
"""Most characters of a title, publisher or identifier that are kept."""

# What would reorder, hide or break the text around it: control characters other than tab and line
# feed, half characters (lone surrogates), directional overrides, and the byte-order mark.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclasses.dataclass(frozen=True)
class Document:
    """A text and where it comes from; unknown fields are empty.

    ``published`` is a date (``2023-09-25``) or a date-time, as the file states it in ISO 8601;
    ``published_basis`` says where in the file that stands. ``name`` is the file, with the number of
    the line or entry where it holds several documents.
    """

    name: str
    text: str
    form: Form = "text"
    id: str = ""
    title: str = ""
    publisher: str = ""
    published: str = ""
    published_basis: str = ""
    url: str = ""
    notes: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Hash of the text in UTF-8: the same article in another file is the same document."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()


def safe_text(text: str) -> str:
    """``text`` with plain line feeds and with a blank for every character that is no text.

    Apart from line ends the length stays, so that offsets into the original hold.
    """
    return _UNSAFE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def safe_name(value: object) -> str:
    """A title, name or address on one line, cut to 500 characters; empty where it is no text."""
    if not isinstance(value, str):
        return ""
    line = " ".join(safe_text(value).split())
    return unicodedata.normalize("NFC", line[:MAX_NAME])


def web_address(value: object) -> str:
    """``value`` where it is an http or https address, else nothing."""
    address = safe_name(value)
    return address if re.fullmatch(r"https?://[^\s<>\"']+", address) else ""
