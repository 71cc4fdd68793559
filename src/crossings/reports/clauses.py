"""A sentence into clauses: runs of words around one verb, the size of one statement.

There is no parser: a clause ends at a mark, at a word that opens another clause, after a verb of
saying, and before an "and" that a verb follows. Enumerations ("Egypt, Sudan and Chad sent ...") and
asides of an adverb (", however,") stay whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossings.reports.records import Token

_VERBAL = frozenset({"auxiliary", "modal", "verb"})
_STOPS = frozenset({";", ":", "—", "–"})


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """Words of a language by which clauses are told apart (table ``clauses`` of its file)."""

    openers: frozenset[str]
    relatives: frozenset[str]
    joins: frozenset[str]
    articles: frozenset[str]
    complement: frozenset[str]
    """What opens what is said: that."""
    objects: frozenset[str]
    """What can be claimed without being said: responsibility."""
    manner: frozenset[str]
    """What opens a clause only where one of ``putting`` follows: as the mayor put it."""
    putting: frozenset[str]
    verbs: frozenset[str]
    """Forms that are verbs wherever they stand after "and"."""
    saying: frozenset[str]
    """Forms of verbs of saying after which what is said may follow at once."""
    reporting: frozenset[str]
    """Forms of all verbs of saying, before "that"."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens ``first`` to ``last`` (excluded); ``opener`` is the word or mark before them."""

    first: int
    last: int
    opener: str


def clauses(tokens: Sequence[Token], words: ClauseWords) -> list[Clause]:
    """The clauses of a sentence in order; together they hold all its words."""
    found: list[Clause] = []
    start, opener = 0, ""
    for i, token in enumerate(tokens):
        skip = _boundary(tokens, start, i, words)
        if skip < 0 or i + skip <= start:
            continue
        if i > start:
            found.append(Clause(start, i, opener))
        start, opener = i + skip, token.low if skip else tokens[i - 1].low
    if start < len(tokens):
        found.append(Clause(start, len(tokens), opener))
    return found


def _boundary(tokens: Sequence[Token], start: int, i: int, words: ClauseWords) -> int:
    """How many tokens a boundary at ``i`` takes up; -1 where there is none."""
    low = tokens[i].low
    if low in _STOPS or (low == "-" and _spaced(tokens, i)):
        return 1
    if low in "()":
        return 1 if _long_aside(tokens, i) else -1
    if low == ",":
        return -1 if _enumerates(tokens, i, words) or _aside(tokens, i) else 1
    if low in words.complement and any(
        token.text in words.reporting for token in tokens[max(0, i - 8) : i]
    ):
        return 1
    if low in words.relatives:
        return 0 if i else -1
    if low in words.joins:
        # "the road between A and B is closed": no clause yet that could end here
        complete = any(_is_verb(token, words) for token in tokens[start:i])
        return 1 if complete and _verb_follows(tokens, i + 1, words) else -1
    if low in words.manner and i:
        return 1 if _manner(tokens, i, words) else -1
    if low in words.openers and i:
        return 1
    if i and tokens[i - 1].low in words.saying and _complement(tokens, i, words):
        return 0
    return -1


def _manner(tokens: Sequence[Token], i: int, words: ClauseWords) -> bool:
    """Whether "as" opens a clause: "as the mayor put it", not "such as Bor" or "as many as 40"."""
    return any(token.low in words.putting for token in tokens[i + 1 : i + 9])


def _spaced(tokens: Sequence[Token], i: int) -> bool:
    return (
        0 < i < len(tokens) - 1
        and tokens[i - 1].end < tokens[i].start
        and tokens[i].end < tokens[i + 1].start
    )


def _long_aside(tokens: Sequence[Token], i: int) -> bool:
    """A bracket of more than three words; a shorter one stays in its clause."""
    if tokens[i].low == "(":
        inside = [t.low for t in tokens[i + 1 : i + 5]]
        return ")" not in inside
    before = [t.low for t in tokens[max(0, i - 4) : i]]
    return "(" not in before


def _aside(tokens: Sequence[Token], i: int) -> bool:
    """A comma before or after one or two words between commas: ", however,"."""
    for first in (i, i - 2, i - 3):
        for last in (first + 2, first + 3):
            if first >= 0 and last < len(tokens) and first <= i <= last:
                between = tokens[first + 1 : last]
                if (
                    tokens[first].low == tokens[last].low == ","
                    and i in (first, last)
                    and all("adverb" in token.classes for token in between)
                ):
                    return True
    return False


def _enumerates(tokens: Sequence[Token], i: int, words: ClauseWords) -> bool:
    """A comma of a list of names: capitals or articles only, up to the next comma or "and"."""
    if i == 0 or not tokens[i - 1].text[:1].isupper():
        return False
    for token in tokens[i + 1 : i + 8]:
        if token.low in words.joins:
            return True
        if token.low == ",":
            continue
        if not (token.text[:1].isupper() or token.low in words.articles):
            return False
    return False


def _is_verb(token: Token, words: ClauseWords) -> bool:
    return (
        token.low in words.verbs
        or token.low in words.saying
        or not _VERBAL.isdisjoint(token.classes)
    )


def _verb_follows(tokens: Sequence[Token], i: int, words: ClauseWords) -> bool:
    """Whether a verb stands at ``i``, or a noun phrase and then one, so that a clause begins."""
    while i < len(tokens) and ("adverb" in tokens[i].classes or tokens[i].low in words.joins):
        i += 1
    if i >= len(tokens):
        return False
    if _is_verb(tokens[i], words):
        return True
    reach = 3 if "pronoun" in tokens[i].classes else 7
    for token in tokens[i + 1 : i + reach]:
        low = token.low
        if token.kind == "sign" or low in words.joins or low in words.relatives:
            return False
        if low in words.complement:
            return False
        if _is_verb(token, words):
            return True
    return False


def _complement(tokens: Sequence[Token], i: int, words: ClauseWords) -> bool:
    """Whether what was said begins at ``i``: no preposition, adverb, mark or object of telling."""
    token = tokens[i]
    if token.kind == "sign":
        return token.text in "“\"'‘«"
    if token.classes & {"preposition", "adverb"} or token.low == "to" or token.low in words.objects:
        return False
    # "denies having fired" goes on; in "is said to have" nothing begins.
    return "auxiliary" not in token.classes or token.low.endswith("ing")
