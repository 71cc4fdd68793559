"""Stage 2: a sentence into tokens, each with the word classes the lexicon knows.

Letters and digits that a missing space glues together ("between159,000") are two tokens. Words
joined by hyphen or apostrophe ("twenty-two", "d'Azur") are one; a possessive "'s" is a token of
its own, so that "Bor's" is found as Bor.
"""

from __future__ import annotations

import re

from crossings.reports.lexicon import Lexicon
from crossings.reports.records import Token

_TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<word>(?:[^\W\d_]\.){2,}"  # U.S., a.m.
    r"|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+|[-‐‑][^\W\d_]+)*)"
    r"|(?P<clitic>['’]s\b)"
    r"|(?P<sign>[^\w\s]|_)"
)


def tokenise(text: str, offset: int, lexicon: Lexicon) -> list[Token]:
    """The tokens of one sentence that begins at ``offset`` of the document."""
    tokens: list[Token] = []
    classes = lexicon.classes
    nothing: frozenset[str] = frozenset()
    for match in _TOKEN.finditer(text):
        word = match.group()
        low = word.lower().replace("’", "'")
        kind = match.lastgroup or "sign"
        known = classes.get(low, nothing) if kind == "word" else nothing
        if known and len(word) > 1 and "pronoun" in known and word.isupper():
            known = nothing  # the US, the WHO
        tokens.append(
            Token(
                word,
                low,
                offset + match.start(),
                offset + match.end(),
                kind,
                known,
            )
        )
    return tokens


def low_at(tokens: list[Token], position: int) -> str:
    """The word at a position in small letters; nothing beyond the ends."""
    return tokens[position].low if 0 <= position < len(tokens) else ""
