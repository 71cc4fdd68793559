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


_PREFIXED = re.compile(r"[a-z]{1,3}[-‐‑'’][^\W\d_a-z]")
_REMEMBERED = 50_000
"""Words whose description is kept, so that a word is looked up once and not at every use."""

_Word = tuple[str, str, frozenset[str], bool]
"""The word in small letters, its kind, its classes, whether it has a capital."""


def tokenise(text: str, offset: int, lexicon: Lexicon) -> list[Token]:
    """The tokens of one sentence that begins at ``offset`` of the document."""
    tokens: list[Token] = []
    known = lexicon.described
    for match in _TOKEN.finditer(text):
        word = match.group()
        described = known.get(word)
        if described is None:
            described = _described(word, match.lastgroup or "sign", lexicon)
            if len(known) >= _REMEMBERED:
                known.clear()
            known[word] = described
        low, kind, classes, capital = described
        start, end = match.span()
        tokens.append(Token(word, low, offset + start, offset + end, kind, classes, capital))
    return tokens


def _described(word: str, kind: str, lexicon: Lexicon) -> _Word:
    """What a token is by itself, wherever it stands."""
    low = word.lower().replace("’", "'")
    classes = lexicon.classes.get(low, _NOTHING) if kind == "word" else _NOTHING
    if len(word) > 1 and "pronoun" in classes and word.isupper():
        classes = _NOTHING  # the US, the WHO
    capital = kind == "word" and (word[0].isupper() or _PREFIXED.match(word) is not None)
    return low, kind, classes, capital


_NOTHING: frozenset[str] = frozenset()


def low_at(tokens: list[Token], position: int) -> str:
    """The word at a position in small letters; nothing beyond the ends."""
    return tokens[position].low if 0 <= position < len(tokens) else ""
