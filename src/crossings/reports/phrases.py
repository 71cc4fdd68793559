"""Phrases of the lexicon, found in a run of tokens in one pass.

A phrase is a run of words. ``_`` in a phrase stands for any one word ("lost _ lives"). The longest
phrase that begins at a token wins. Lookup walks a tree of words, so that its cost depends on the
length of the text and of the longest phrase, not on how many phrases there are.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any, Generic, TypeVar

from crossings.reports.records import Token

T = TypeVar("T")
_PAYLOAD = ""  # no word is empty, so that this key is free
_ANY = "_"


class Phrases(Generic[T]):
    """Phrases, each with a payload of type ``T``."""

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}

    def add(self, words: Sequence[str], payload: T) -> None:
        """Add a phrase; the same words twice carry both payloads."""
        node = self._root
        for word in words:
            node = node.setdefault(word, {})
        node.setdefault(_PAYLOAD, []).append(payload)

    @property
    def beginnings(self) -> Set[str]:
        """The words that phrases begin with."""
        return self._root.keys()

    def none_in(self, words: Set[str]) -> bool:
        """Whether no phrase begins with any of these words."""
        return self._root.keys().isdisjoint(words)

    def at(self, tokens: Sequence[Token], position: int) -> tuple[int, list[T]] | None:
        """The longest phrase that begins at ``position``: index after it and its payloads."""
        node = self._root.get(tokens[position].low)
        if node is None:
            return None
        return self._longest(tokens, position + 1, node)

    def _longest(
        self, tokens: Sequence[Token], position: int, node: dict[str, Any]
    ) -> tuple[int, list[T]] | None:
        best: tuple[int, list[T]] | None = None
        if position < len(tokens):
            token = tokens[position]
            for key in (token.low, _ANY):
                if key == _ANY and token.kind == "sign":
                    continue
                deeper = node.get(key)
                if deeper is not None:
                    found = self._longest(tokens, position + 1, deeper)
                    if found is not None and (best is None or found[0] > best[0]):
                        best = found
        if best is None and _PAYLOAD in node:
            best = (position, node[_PAYLOAD])
        return best

    def find(
        self, tokens: Sequence[Token], words: Set[str] | None = None
    ) -> list[tuple[int, int, list[T]]]:
        """All phrases in ``tokens`` as (first, last excluded, payloads), overlaps included.

        ``words``, where they are at hand, are those of the tokens: most tables share none of them.
        """
        root = self._root
        if words is not None and root.keys().isdisjoint(words):
            return []
        found = []
        for position, token in enumerate(tokens):
            node = root.get(token.low)
            if node is not None:
                hit = self._longest(tokens, position + 1, node)
                if hit is not None:
                    found.append((position, hit[0], hit[1]))
        return found
