"""A quote in its sentence: what a person must see to judge what was read."""

from __future__ import annotations

import dataclasses
import re

MOST_AROUND = 300
"""Most characters that are shown on either side of a quote."""

_ENDS = re.compile(r"[.!?…։。؟]['\"”»)\]]*\s+|\n\s*\n")


@dataclasses.dataclass(frozen=True)
class Passage:
    """A quote with the rest of its sentence; only the quote where it is not found in the text."""

    before: str
    quote: str
    after: str
    found: bool


def passage(text: str, quote: str) -> Passage:
    """``quote`` in the sentence of ``text`` in which it first stands, white space aside."""
    words = quote.split()
    if not words:
        return Passage("", "", "", False)
    match = re.search(r"\s+".join(re.escape(word) for word in words), text)
    if match is None:
        return Passage("", quote, "", False)
    before = text[max(0, match.start() - MOST_AROUND) : match.start()]
    after = text[match.end() : match.end() + MOST_AROUND]
    starts = [end.end() for end in _ENDS.finditer(before)]
    cut = "" if starts or match.start() <= MOST_AROUND else "…"
    before = cut + before[starts[-1] if starts else 0 :]
    # A quote that is a sentence of its own needs no other after it.
    closed = _ENDS.match(match[0][-1:] + after)
    end = _ENDS.search(after)
    if closed:
        after = ""
    elif end:
        after = after[: end.end()].rstrip()
    elif match.end() + MOST_AROUND < len(text):
        after += "…"
    return Passage(before.lstrip(), match[0], after.rstrip(), True)
