"""Quotations that run over several sentences, so that one attribution speaks for all of them."""

from __future__ import annotations

from crossings.reports.records import Sentence

_LONGEST = 12
"""Sentences after which an unclosed quotation is taken as closed."""


def quotation_groups(text: str, sentences: list[Sentence]) -> list[int | None]:
    """For each sentence the number of the quotation it shares with a neighbour, or nothing."""
    groups: list[int | None] = [None] * len(sentences)
    group = 0
    opened_in: int | None = None
    for sentence in sentences:
        was_open = opened_in is not None
        if opened_in is not None and sentence.index - opened_in > _LONGEST:
            opened_in, was_open = None, False
        opened_in = _after(text, sentence, opened_in)
        if was_open:
            groups[sentence.index] = group
            if groups[sentence.index - 1] is None:
                groups[sentence.index - 1] = group
        if opened_in is None or (opened_in == sentence.index and was_open):
            group += 1
    return groups


def _after(text: str, sentence: Sentence, opened_in: int | None) -> int | None:
    """In which sentence the quotation that is open at the end of ``sentence`` was opened."""
    for token in sentence.tokens:
        if token.text in {"“", "«"}:
            if opened_in is None:
                opened_in = sentence.index
        elif token.text in {"”", "»"}:
            opened_in = None
        elif token.text == '"':
            starts = token.start == sentence.start or text[token.start - 1].isspace()
            if starts and opened_in is not None:
                continue  # a new paragraph of the same quotation
            opened_in = sentence.index if opened_in is None else None
    return opened_in
