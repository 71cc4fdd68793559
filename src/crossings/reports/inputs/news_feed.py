"""RSS (0.9x, 1.0, 2.0) and Atom: every entry is a document.

Parsed by defusedxml: entities are refused, so that no feed can grow in memory or open files.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from crossings.errors import InputError
from crossings.reports.inputs.document import Document, safe_name, web_address
from crossings.reports.inputs.web_page import plain_text

_ENTRIES = frozenset({"item", "entry"})
_BODIES = ("encoded", "content", "description", "summary")
_DATES = ("pubDate", "published", "date", "issued", "updated", "modified")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))?")


def read_feed(data: bytes, name: str) -> Iterator[Document | InputError]:
    """The entries of a feed in their order; an entry without text is an error of its own.

    Raises:
        InputError: no well-formed feed, or one with entity definitions.
    """
    try:
        root = fromstring(data)
    except DefusedXmlException as error:
        raise InputError(
            f"{name}: found a feed with entity definitions, expected one without"
        ) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise InputError(
            f"{name}: found XML that is not well formed ({error}), expected RSS or Atom"
        ) from error
    entries = [element for element in root.iter() if _tag(element) in _ENTRIES]
    if not entries:
        raise InputError(f"{name}: found a feed without entries, expected RSS or Atom with some")
    channel = next((e for e in root.iter() if _tag(e) == "channel"), root)
    publisher = safe_name(_text(channel, "title"))
    for number, entry in enumerate(entries, 1):
        yield _document(entry, f"{name} entry {number}", publisher)


def _document(entry: Element, name: str, publisher: str) -> Document | InputError:
    title = plain_text(_text(entry, "title"))
    body = max((plain_text(_markup(entry, tag)) for tag in _BODIES), key=len)
    if not (title or body):
        return InputError(f"{name}: found no text, expected a title or a description")
    published = next((d for d in (_moment(_text(entry, tag)) for tag in _DATES) if d), "")
    source = _text(entry, "source")
    return Document(
        name=name,
        # A headline is a statement of its own, and often all there is.
        text=body if body.startswith(title) else f"{title}\n\n{body}" if body else title,
        form="feed",
        id=safe_name(_text(entry, "guid") or _text(entry, "id")),
        title=safe_name(title),
        publisher=safe_name(source) or publisher,
        published=published,
        published_basis="date of the entry" if published else "",
        url=_link(entry),
    )


def _tag(element: Element) -> str:
    """The name of an element without its name space; empty for comments."""
    return element.tag.rpartition("}")[2] if not callable(element.tag) else ""


def _child(element: Element, tag: str) -> Element | None:
    return next((child for child in element if _tag(child) == tag), None)


def _text(element: Element, tag: str) -> str:
    child = _child(element, tag)
    return "".join(child.itertext()).strip() if child is not None else ""


def _markup(entry: Element, tag: str) -> str:
    """The body of an entry: escaped markup as text, inline XHTML in lines."""
    child = _child(entry, tag)
    if child is None:
        return ""
    if len(child) == 0:
        return child.text or ""
    return "\n".join(part for part in child.itertext())


def _link(entry: Element) -> str:
    for child in entry:
        if _tag(child) == "link" and child.get("rel", "alternate") == "alternate":
            return web_address(child.get("href") or child.text)
    return ""


def _moment(text: str) -> str:
    """A date of a feed (RFC 822 or ISO 8601) in ISO 8601; nothing where it is neither."""
    if _ISO.fullmatch(text):
        return text
    try:
        return email.utils.parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
