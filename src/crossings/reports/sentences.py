"""Stage 1: a text into sentences.

A sentence ends at a full stop, question or exclamation mark followed by white space and something
that can begin one, at an empty line, or where a missing space glues two sentences together. What
looks like an end after an abbreviation of the language is none. A "sentence" longer than
``LONGEST`` characters is cut at white space, so that later stages have a bound to their work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 2_000

# A mark with closing quotes or brackets, then white space; or an empty line; or a glued capital.
_END = re.compile(
    r"""(?P<mark>[.!?…][)\]"'”’»]{0,3})(?P<gap>\s+)"""
    r"""|(?P<blank>[ \t]{0,50}\n[ \t]{0,50}(?:\n\s{0,50}|(?=[-•*·▪–])))"""
    r"""|(?<=[a-z)”])(?P<glued>[.!?])(?=["“]?[A-Z][a-z])"""
    r"""|(?P<bullet>\s[•▪●■◦]\s)"""
)
_WORD_BEFORE = re.compile(r"([^\s(\[“\"]{1,40})$")
_STARTS = re.compile(r"""["'“‘«(\[]{0,3}[A-ZÀ-ÞΑ-ΩА-ЯԱ-Ֆ0-9]|[^\x00-\x7f]|[-*]\s""")
_INITIAL = re.compile(r"^(?:[A-Z]\.)+$|^[A-Z]$")


def sentence_spans(text: str, abbreviations: frozenset[str]) -> list[tuple[int, int]]:
    """The spans of the sentences of ``text``, without white space around them, in order."""
    spans: list[tuple[int, int]] = []
    for start, end in _raw_spans(text, abbreviations):
        spans.extend(_short_spans(text, start, end))
    return spans


def _raw_spans(text: str, abbreviations: frozenset[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        if match.start() < start:
            continue
        if match.group("mark") is not None:
            end, after = match.end("mark"), match.end()
            if not _ends_here(text, match.start(), after, abbreviations):
                continue
        elif match.group("glued") is not None:
            end = after = match.end("glued")
            if _is_abbreviation(text, match.start(), abbreviations):
                continue
        else:
            end, after = match.start(), match.end()
        yield start, end
        start = after
    yield start, len(text)


def _ends_here(text: str, mark: int, after: int, abbreviations: frozenset[str]) -> bool:
    if after < len(text) and not _STARTS.match(text, after):
        return False
    return text[mark] != "." or not _is_abbreviation(text, mark, abbreviations)


def _is_abbreviation(text: str, mark: int, abbreviations: frozenset[str]) -> bool:
    word = _WORD_BEFORE.search(text, max(0, mark - 40), mark)
    if word is None:
        return False
    found = word.group(1)
    return found.lower().rstrip(".") in abbreviations or bool(_INITIAL.match(found))


def _short_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        cut = max(text.rfind(" ", start + 1, start + LONGEST), start + LONGEST // 2)
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if right > left:
        yield start + left, start + right
