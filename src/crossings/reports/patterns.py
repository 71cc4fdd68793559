"""Patterns over words, written in the data files of a language, and where they occur.

A pattern is a line of items, matched one after the other within a clause:

- ``border``: this word; ``a|b``: one of several; ``?again``: this word or nothing
- ``attack~``: any form of a verb; ``ally+``: a noun in the singular or plural
- ``<passage>``: a word of that class, as the file defines it
- ``_``: one word, no preposition and no adverb
- ``..`` and ``...``: up to four and up to nine words of any kind

Patterns are found by their first word, so that the cost depends on the length of the text and not
on how many patterns there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from crossings.reports.inflection import Inflection
from crossings.reports.records import Token

T = TypeVar("T")

_GAPS = {"..": 4, "...": 9}


@dataclass(frozen=True, slots=True)
class _Item:
    words: frozenset[str]
    gap: int = 0
    """Words of any kind that may stand here; then ``words`` is empty."""
    optional: bool = False
    free: bool = False
    """One word of any kind but a preposition or an adverb."""


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A pattern found at tokens ``first`` to ``last`` (excluded)."""

    first: int
    last: int
    payload: T


class Patterns(Generic[T]):
    """Patterns, each with a payload; the earlier added wins where several begin at a word."""

    def __init__(self, inflection: Inflection, classes: Mapping[str, Iterable[str]]) -> None:
        self._inflection = inflection
        self._classes = {
            name: frozenset(word for entry in words for word in self._forms(entry))
            for name, words in classes.items()
        }
        self._by_word: dict[str, list[tuple[tuple[_Item, ...], T]]] = {}
        self._verb_forms: set[str] = set()

    def words_of(self, name: str) -> frozenset[str]:
        """The words of a class, in all their forms."""
        return self._classes[name]

    @property
    def verb_forms(self) -> frozenset[str]:
        """All forms of the verbs that patterns begin with, except those that are nouns as well."""
        return frozenset(self._verb_forms)

    def add(self, pattern: str, payload: T) -> None:
        """Add a pattern.

        Raises:
            ValueError: it begins with a gap or an optional word, or names an unknown class.
        """
        items = tuple(self._item(text) for text in pattern.split())
        if not items or items[0].gap or items[0].optional:
            raise ValueError(f"pattern {pattern!r}: expected a word first")
        for choice in pattern.split(maxsplit=1)[0].split("|"):
            if choice.endswith("~"):
                forms = self._inflection.verb(choice[:-1])
                self._verb_forms |= {forms["ed"], forms["en"]}
        for word in items[0].words:
            self._by_word.setdefault(word, []).append((items, payload))

    def occur(self, tokens: Sequence[Token]) -> bool:
        """Whether any pattern lies anywhere in a sentence, across its clauses too."""
        known, last = self._by_word, len(tokens)
        for position, token in enumerate(tokens):
            for items, _ in known.get(token.low, ()):
                if _match(tokens, position + 1, last, items, 1) is not None:
                    return True
        return False

    def find(self, tokens: Sequence[Token], first: int, last: int) -> list[Found[T]]:
        """All patterns that lie within tokens ``first`` to ``last``, by where they begin."""
        found = []
        for position in range(first, last):
            for items, payload in self._by_word.get(tokens[position].low, ()):
                end = _match(tokens, position + 1, last, items, 1)
                if end is not None:
                    found.append(Found(position, end, payload))
        return found

    def _item(self, text: str) -> _Item:
        if text in _GAPS:
            return _Item(frozenset(), _GAPS[text])
        if text == "_":
            return _Item(frozenset(), free=True)
        optional = text.startswith("?")
        words: set[str] = set()
        for choice in text.removeprefix("?").split("|"):
            if choice.startswith("<"):
                if choice[1:-1] not in self._classes:
                    raise ValueError(f"pattern item {choice!r}: expected a class of the file")
                words |= self._classes[choice[1:-1]]
            else:
                words |= self._forms(choice)
        return _Item(frozenset(words), optional=optional)

    def _forms(self, entry: str) -> set[str]:
        if entry.endswith("~"):
            return set(self._inflection.verb(entry[:-1]).values())
        if entry.endswith("+"):
            return {entry[:-1], self._inflection.plural(entry[:-1])}
        return {entry}


def _match(
    tokens: Sequence[Token], position: int, last: int, items: Sequence[_Item], index: int
) -> int | None:
    """Where the items from ``index`` on end, if they match from ``position`` on."""
    if index == len(items):
        return position
    item = items[index]
    if item.gap:
        for skipped in range(item.gap + 1):
            end = _match(tokens, position + skipped, last, items, index + 1)
            if end is not None:
                return end
            if position + skipped >= last:
                return None
        return None
    if position < last and _fits(tokens[position], item):
        end = _match(tokens, position + 1, last, items, index + 1)
        if end is not None:
            return end
    return _match(tokens, position, last, items, index + 1) if item.optional else None


def _fits(token: Token, item: _Item) -> bool:
    if item.free:
        return token.kind != "sign" and not token.classes & {"preposition", "adverb"}
    return token.low in item.words
