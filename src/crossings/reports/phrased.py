"""The phrases of ``standing.toml`` in one sentence, and the clause of a figure."""

from __future__ import annotations

from crossings.reports.counted import Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.records import Sentence, Token

_CLAUSE = 45
"""The longest way, in tokens, to the edge of a clause."""


class Phrased:
    """Where the phrases of ``standing.toml`` stand in one sentence, looked up once."""

    def __init__(self, sentence: Sentence, lexicon: Lexicon) -> None:
        self.sentence = sentence
        self.lexicon = lexicon
        self._clause: tuple[Count, tuple[int, int]] | None = None
        self._found: dict[str, list[tuple[int, str]]] = {}
        starts = lexicon.standing_starts
        for position, token in enumerate(sentence.tokens):
            for name in starts.get(token.low, ()):
                hit = lexicon.standing[name].at(sentence.tokens, position)
                if hit is not None:
                    self._found.setdefault(name, []).append((position, hit[1][0]))

    def clause(self, count: Count) -> tuple[int, int]:
        """The clause of a figure of the sentence, as token span."""
        if self._clause is None or self._clause[0] is not count:
            self._clause = (count, clause_of(self.sentence.tokens, count))
        return self._clause[1]

    def nearest(self, table: str, first: int, last: int, count: Count) -> tuple[int, str] | None:
        """Where a phrase of a table begins within a token span, nearest to the figure, and it."""
        best: tuple[int, str] | None = None
        for position, phrase in self._found.get(table, ()):
            away = abs(position - count.figure.first)
            inside = first <= position < last
            if inside and (best is None or away < abs(best[0] - count.figure.first)):
                best = position, phrase
        return best

    def hit(self, table: str, first: int, last: int, count: Count) -> str | None:
        """The phrase of a table that begins nearest to the figure within a token span."""
        found = self.nearest(table, first, last, count)
        return found[1] if found is not None else None


def clause_of(tokens: list[Token], count: Count) -> tuple[int, int]:
    """The clause of a figure: between semicolons, quotation marks and conjunctions with a comma."""
    first = count.figure.first
    while (
        first > 0 and count.figure.first - first < _CLAUSE and not _bounds_clause(tokens, first - 1)
    ):
        first -= 1
    last = count.head.end
    ends = min(len(tokens), last + _CLAUSE)
    while last < ends and not _bounds_clause(tokens, last):
        last += 1
    return first, last


def _bounds_clause(tokens: list[Token], position: int) -> bool:
    token = tokens[position]
    if token.text in {";", ":", "(", ")"}:
        return True
    return (
        token.text == ","
        and position + 1 < len(tokens)
        and bool(tokens[position + 1].classes & {"conjunction", "clause_word"})
    )
