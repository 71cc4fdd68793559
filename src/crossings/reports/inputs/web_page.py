"""Web pages: the main text without navigation, with title, publisher, date and address.

The extraction is trafilatura's; a page from which it gets nothing (a fragment, a page of two
sentences, one nested beyond reason) is read plainly, tag by tag.
"""

from __future__ import annotations

import html.parser
import re

from trafilatura import bare_extraction

from crossings.errors import InputError
from crossings.reports.inputs.document import Document, safe_name, safe_text, web_address

_SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "nav", "footer", "svg", "iframe", "head", "form"}
)
_BLOCK = frozenset(
    (
        *("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table"),
        *("article", "section", "blockquote", "header", "main", "dd", "dt", "figcaption", "pre"),
    )
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAX_DEPTH = 2_000
"""Tags open at once; trafilatura walks the tree recursively, so deeper pages are read plainly."""


def read_page(text: str, name: str) -> Document:
    """The document that a web page holds.

    Raises:
        InputError: the page has no text.
    """
    found = _extracted(text) if _depth(text) < _MAX_DEPTH else None
    # A line is a paragraph there; an empty line between keeps headline and sentence apart.
    main = safe_text(str(getattr(found, "text", None) or "")).replace("\n", "\n\n") if found else ""
    notes: tuple[str, ...] = ()
    if not main.strip():
        main = plain_text(text)
        notes = ("main text not told apart from the rest of the page",)
    if not main.strip():
        raise InputError(f"{name}: found a web page without text, expected prose")
    published = str(getattr(found, "date", None) or "")
    known = _DAY.fullmatch(published) is not None
    return Document(
        name=name,
        text=main,
        form="web page",
        title=safe_name(getattr(found, "title", None)),
        publisher=safe_name(getattr(found, "sitename", None)),
        published=published if known else "",
        published_basis="date in the page" if known else "",
        url=web_address(getattr(found, "url", None)),
        notes=notes,
    )


def _extracted(text: str) -> object | None:
    """What trafilatura finds, or ``None`` where it finds nothing or gives up."""
    try:
        return bare_extraction(
            text,
            include_comments=False,
            with_metadata=True,
            # A date that merely stands somewhere in the page is not its date.
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except (RecursionError, ValueError, TypeError, AttributeError, AssertionError, IndexError):
        return None  # whatever is wrong with the page, it can still be read plainly


def _depth(text: str) -> int:
    """The deepest nesting of tags, roughly: opened less closed."""
    depth = deepest = 0
    for match in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]{0,200}>", text):
        if match[2].lower() in ("br", "img", "meta", "link", "input", "hr", "source", "wbr"):
            continue
        depth += -1 if match[1] else 1
        depth = max(depth, 0)
        deepest = max(deepest, depth)
    return deepest


class _Plain(html.parser.HTMLParser):
    """Collects text outside scripts, styles and navigation; a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipping: str = ""
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping:
            self._inside += tag == self._skipping
        elif tag in _SKIPPED:
            self._skipping, self._inside = tag, 1
        elif tag in _BLOCK:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            self._inside -= tag == self._skipping
            if self._inside == 0:
                self._skipping = ""
        elif tag in _BLOCK:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCK and not self._skipping:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.parts.append(data)

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Read over a section such as ``<![CDATA[``; of a kind that nobody knows, as a comment."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:  # the base class knows no other way out
            return self.parse_bogus_comment(i, report)


def plain_text(markup: str) -> str:
    """The text of some markup: tags dropped, scripts and styles with what is in them."""
    parser = _Plain()
    parser.feed(markup)
    parser.close()
    text = safe_text("".join(parser.parts))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n\n".join(line for line in lines if line)
