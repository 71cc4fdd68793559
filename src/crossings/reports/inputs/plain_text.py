"""Plain text: as it is, with what its first lines say of date, publisher, title and address.

The text is not changed, so that offsets count the characters of the file.
"""

from __future__ import annotations

import datetime as dt
import re

from crossings.reports.inputs.document import Document, safe_name, safe_text, web_address

_HEAD_LINES = 12
_HEAD_CHARACTERS = 1_500
_FIELD = re.compile(
    r"^\s{0,8}(title|headline|subject|date|published(?: on)?|source|publisher|url|link)"
    r"\s*:\s*(\S.{0,480})$",
    re.IGNORECASE,
)
_FIELD_OF = {
    "title": "title",
    "headline": "title",
    "subject": "title",
    "date": "published",
    "published": "published",
    "published on": "published",
    "source": "publisher",
    "publisher": "publisher",
    "url": "url",
    "link": "url",
}
_MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for month in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = r"(?P<iso>\d{4}-\d{2}-\d{2})"
_DAY_FIRST = rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m1>{_MONTH})\.?,?\s+(?P<y1>\d{{4}})"
_MONTH_FIRST = rf"(?P<m2>{_MONTH})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{{4}})"
_DATE = rf"(?:{_ISO}|{_DAY_FIRST}|{_MONTH_FIRST})(?![\d-])"
_WRITTEN = re.compile(_DATE, re.IGNORECASE)
# A date at the very top: alone, after the word "date", or as the dateline of an agency
# ("GENEVA, 25 September 2023 (UNHCR) -").
_TOP = re.compile(
    rf"\s{{0,20}}(?:(?:date|published|posted|updated)\b:?\s{{0,4}})?{_DATE}", re.IGNORECASE
)
_DATELINE = re.compile(
    rf"\s{{0,20}}[^\W\d_][^\n.!?:;]{{1,60}}?[,–—-]\s{{0,3}}{_DATE}", re.IGNORECASE
)


def read_text(text: str, name: str) -> Document:
    """The document that a plain text is."""
    text = safe_text(text)
    fields = _fields(text)
    published = written_date(fields.get("published", ""))
    basis = "date line at the top"
    if not published:
        match = _TOP.match(text) or _DATELINE.match(text)
        published, basis = _day(match) if match else "", "date at the top"
    return Document(
        name=name,
        text=text,
        title=safe_name(fields.get("title", "")),
        publisher=safe_name(fields.get("publisher", "")),
        published=published,
        published_basis=basis if published else "",
        url=web_address(fields.get("url", "").strip()),
    )


def _fields(text: str) -> dict[str, str]:
    """Lines like ``Date: ...`` before the first line of another kind that follows a blank one."""
    found: dict[str, str] = {}
    for line in text[:_HEAD_CHARACTERS].split("\n")[:_HEAD_LINES]:
        match = _FIELD.match(line)
        if match:
            found.setdefault(_FIELD_OF[" ".join(match[1].lower().split())], match[2])
    return found


def written_date(text: str) -> str:
    """The first full date in ``text`` as ``2023-09-25``; empty where there is none."""
    match = _WRITTEN.search(text)
    return _day(match) if match else ""


def _day(match: re.Match[str]) -> str:
    try:
        if match["iso"]:
            return dt.date.fromisoformat(match["iso"]).isoformat()
        part = "1" if match["d1"] else "2"
        month = _MONTHS[match[f"m{part}"].lower()]
        return dt.date(int(match[f"y{part}"]), month, int(match[f"d{part}"])).isoformat()
    except ValueError:
        return ""  # 31 April
