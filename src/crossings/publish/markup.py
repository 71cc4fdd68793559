"""Text from outside made safe to stand in a page.

Everything that comes from a situation or an outlook passes through here. Markup is escaped,
characters that would reorder or hide the text around them are dropped, over-long text is cut, and
only web addresses become links.
"""

from __future__ import annotations

import html
import json
import unicodedata
from typing import Any
from urllib.parse import urlsplit

from crossings.publish.words import short

LONG = 700
"""Most characters of a quote or note that are shown."""
SHORT = 160
"""Most characters of a name that are shown."""
_MAX_URL = 2000

# Directional embeddings, overrides and isolates: text that is cut or wrapped may not end them.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(value: str, limit: int = LONG) -> str:
    """Text fit for people: one line, no control or reordering characters, cut to ``limit``."""
    head = value[: 4 * limit]
    kept = "".join(
        " " if char in "\n\t\r" else char
        for char in head
        if char in "\n\t\r"
        or (char not in _BIDI and unicodedata.category(char) not in ("Cc", "Cs"))
    )
    return short(" ".join(kept.split()), limit)


def text(value: str, limit: int = LONG) -> str:
    """Escaped text, for the content of an element or the value of an attribute."""
    return html.escape(clean(value, limit), quote=True)


def name(value: str, limit: int = SHORT) -> str:
    """A name or a foreign phrase, isolated so that its direction does not spill over."""
    return f"<bdi>{text(value, limit)}</bdi>"


def link(label: str, url: str) -> str:
    """``label`` as a link where ``url`` is a web address, else as plain text."""
    shown = name(label)
    if not is_web_address(url):
        return shown
    target = html.escape(url, quote=True)
    return f'<a href="{target}" rel="noopener noreferrer">{shown}</a>'


def json_bytes(content: Any) -> bytes:
    """JSON without blanks; half of a surrogate pair, which UTF-8 cannot hold, becomes ``?``.

    Raises:
        ValueError: a number is not finite.
    """
    plain = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return plain.encode("utf-8", "replace")


def script_json(content: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    whole = json_bytes(content).decode()
    return whole.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def is_web_address(url: str) -> bool:
    """Whether ``url`` is an http or https address without blanks or control characters."""
    if not url or len(url) > _MAX_URL:
        return False
    if any(c.isspace() or unicodedata.category(c) in ("Cc", "Cs", "Cf") for c in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def head(title: str, style: str) -> str:
    """The start of a page without scripts, up to its body; ``title`` and ``style`` are markup."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n"
    )
