"""Bytes to characters: byte-order mark, then what the file declares, then UTF-8, then a guess."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from crossings.errors import InputError
from crossings.reports.inputs.sniffing import EXPECTED

_SAMPLE = 64_000
"""Bytes that a guess looks at: enough for any language, and bounded in time."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})"""
    rb"""|<meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
# Web pages that declare Latin 1 mean this (WHATWG Encoding Standard, section 4.2).
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "iso8859-9": "cp1254"}
_LATIN = ("cp1252", "cp1254", "cp1250")
"""Code pages of texts in Latin letters, tried in this order: western, Turkish, central European."""
_IN_WORD = re.compile(r"(?<=[^\W\d_])[^\x00-\x7f‘’­](?=[^\W\d_])")
_NOT_TEXT = frozenset(
    {"base64", "bz2", "hex", "quopri", "rot13", "uu", "zlib", "undefined", "idna"}
)


def decoded(data: bytes, name: str) -> tuple[str, str]:
    """The text of ``data``, and a note where its character set was declared wrongly or guessed.

    Raises:
        InputError: the bytes are no text in any known character set.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), ""
    wide = _wide_encoding(data)
    if wide:
        return data.decode(wide, "replace"), f"characters read as {wide}"
    declared = _declared(data)
    for encoding in (*([declared] if declared else []), "utf-8"):
        try:
            return data.decode(encoding), ""
        except (UnicodeError, LookupError):
            continue
    return _guessed(data, name)


def _declared(data: bytes) -> str:
    match = _DECLARED.search(data[:4096])
    if match is None:
        return ""
    try:
        found = codecs.lookup((match[1] or match[2]).decode("ascii")).name
    except (LookupError, UnicodeError):
        return ""
    if found in _NOT_TEXT or found.startswith(("utf-16", "utf-32", "unicode")):
        return ""  # a page that could be searched for ASCII is not in these
    return _MEANT.get(found, found)


def _wide_encoding(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of its Latin letters and blanks is zero."""
    head = data[:2000]
    if head.count(0) < len(head) // 8:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 8 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 8 * odd else ""


def _guessed(data: bytes, name: str) -> tuple[str, str]:
    """The most likely text, from a sample around the first bytes that are no UTF-8."""
    first = next(
        (i for i in range(0, len(data), _SAMPLE) if not data[i : i + _SAMPLE].isascii()), 0
    )
    sample = data[first : first + _SAMPLE]
    foreign = sum(byte >= 0x80 for byte in sample)
    latin = sum(chr(byte).isalpha() for byte in sample if byte < 0x80)
    if 2 * foreign < latin:
        # Detectors by frequency of letters fail on a few accents among many plain letters.
        encoding = min(_LATIN, key=lambda code: _oddities(sample.decode(code, "replace"), code))
    else:
        best = from_bytes(sample).best()
        if best is None:
            raise InputError(f"{name}: found bytes in no known character set, expected {EXPECTED}")
        encoding = best.encoding
    return data.decode(encoding, "replace"), f"characters read as {encoding} (guessed)"


def _oddities(text: str, encoding: str) -> int:
    """Signs inside words and, read as western, letters that only Icelandic has."""
    odd = sum(not match[0].isalpha() for match in _IN_WORD.finditer(text)) + text.count("\ufffd")
    return odd + sum(c in "ýþðÝÞÐ" for c in text) if encoding == "cp1252" else odd
