"""Shares of women, children and the elderly among people counted: claims of measure ``share``.

A share is part of a figure ("several hundred refugees ..., most of whom were women and children"),
from which it takes its place, its time and, without a speaker of its own, its speaker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from crossings.reports.attribution import Attribution
from crossings.reports.lexicon_files import load_lexicon
from crossings.reports.numbers import find_figures
from crossings.reports.patterns import Patterns
from crossings.reports.records import ReadClaim, Reading, Sentence, Token
from crossings.reports.word_lists import entries, read_table

_NEAR = 1
"""Sentences back to the figure that a share is of."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    low: int | None
    high: int | None
    qualifier: str


@dataclass(frozen=True, slots=True)
class _Words:
    fractions: Patterns[_Bounds]
    after_percent: Patterns[bool]
    percent: frozenset[str]
    groups: frozenset[str]
    before: dict[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class _Found:
    first: int
    last: int
    bounds: _Bounds


def add_shares(reading: Reading, attribution: Attribution) -> None:
    """Add the shares that a text states to its reading."""
    words = _words(reading.language)
    shares: list[ReadClaim] = []
    for sentence in reading.sentences:
        for found in _in_sentence(sentence, words, reading.language):
            shares.append(_share(found, sentence, reading, attribution, words))
    reading.shares = shares


def _in_sentence(sentence: Sentence, words: _Words, language: str) -> Iterator[_Found]:
    tokens = sentence.tokens
    if words.groups.isdisjoint(sentence.words):
        return
    taken = -1
    for found in sorted(
        [*_fractions(tokens, words), *_percentages(sentence, words, language)],
        key=lambda found: (found.first, -found.last),
    ):
        inside = tokens[found.first : found.last]
        if found.first >= taken and not any(token.text in ";:()" for token in inside):
            taken = found.last
            yield found


def _fractions(tokens: Sequence[Token], words: _Words) -> Iterator[_Found]:
    for match in words.fractions.find(tokens, 0, len(tokens)):
        bounds, first = match.payload, match.first
        for phrase, qualifier in words.before.items():
            start = match.first - len(phrase)
            if start >= 0 and tuple(token.low for token in tokens[start : match.first]) == phrase:
                first, bounds = start, _changed(bounds, qualifier)
                break
        yield _Found(first, _with_group(tokens, match.last, words), bounds)


def _changed(bounds: _Bounds, qualifier: str) -> _Bounds:
    match qualifier:
        case "at_least":
            return _Bounds(bounds.low, None, qualifier)
        case "at_most":
            return _Bounds(None, bounds.high, qualifier)
        case "approx":
            return _Bounds(bounds.low, bounds.high, qualifier)
    return bounds


def _percentages(sentence: Sentence, words: _Words, language: str) -> Iterator[_Found]:
    tokens = sentence.tokens
    for figure in find_figures(sentence, load_lexicon(language)):
        after = figure.last
        if (
            after + 1 < len(tokens)
            and tokens[after].low == "per"
            and tokens[after + 1].low == "cent"
        ):
            after += 2
        elif after < len(tokens) and tokens[after].low in words.percent:
            after += 1
        else:
            continue
        bounds = _Bounds(figure.low, figure.high, figure.qualifier)
        if max(figure.low or 0, figure.high or 0) > 100:
            continue
        for match in words.after_percent.find(tokens, after, min(after + 12, len(tokens))):
            if match.first == after:
                yield _Found(figure.first, _with_group(tokens, match.last, words), bounds)
                break


def _with_group(tokens: Sequence[Token], last: int, words: _Words) -> int:
    """The end of the group: "women" and what is joined to it by "and"."""
    while last + 1 < len(tokens) and (
        "conjunction" in tokens[last].classes or tokens[last].text == ","
    ):
        if tokens[last + 1].low not in words.groups:
            break
        last += 2
    return last


def _share(
    found: _Found, sentence: Sentence, reading: Reading, attribution: Attribution, words: _Words
) -> ReadClaim:
    tokens = sentence.tokens
    whole = _whole(reading, sentence, tokens[found.last - 1].end)
    of = reading.claims[whole] if whole is not None else None
    cue = attribution.cue(sentence.index, found.first)
    sources, via = (cue.sources, cue.via) if cue is not None else ([], None)
    if cue is None and of is not None:
        sources, via = of.sources, of.via
    start, end = tokens[found.first].start, tokens[found.last - 1].end
    group = [t.low for t in tokens[found.first : found.last] if t.low in words.groups]
    return ReadClaim(
        start,
        end,
        reading.text[start:end],
        found.bounds.low,
        found.bounds.high,
        found.bounds.qualifier,
        unit="percent",
        measure="share",
        place=of.place if of is not None else None,
        origin=of.origin if of is not None else None,
        sources=list(sources),
        via=via,
        as_of=of.as_of if of is not None else None,
        as_of_date=of.as_of_date if of is not None else None,
        as_of_precision=of.as_of_precision if of is not None else None,
        part_of=whole,
        counting="stock",
        basis=of.basis if of is not None else "estimate",
        sentence=sentence.index,
        sentence_start=sentence.start,
        sentence_end=sentence.end,
        why={"group": " and ".join(group)},
    )


def _whole(reading: Reading, sentence: Sentence, end: int) -> int | None:
    """The figure that a share is of: the last one in or before it, at most a sentence back."""
    before = [
        number
        for number, claim in enumerate(reading.claims)
        if claim.start < end and 0 <= sentence.index - claim.sentence <= _NEAR
    ]
    return before[-1] if before else None


@cache
def _words(language: str) -> _Words:
    table = read_table(language, "shares")
    inflection = load_lexicon(language).inflection
    classes = {name: text.split() for name, text in table["classes"].items()}
    fractions: Patterns[_Bounds] = Patterns(inflection, classes)
    for section in table["share"]:
        low, high = section["bounds"]
        bounds = _Bounds(low, high, section["qualifier"])
        for line in section["patterns"].splitlines():
            if line.strip():
                fractions.add(line, bounds)
    after: Patterns[bool] = Patterns(inflection, classes)
    after.add("<group>", True)
    for opener in table["percent"]["openers"].split():
        after.add(f"{opener} ... <group>", True)
    before = {
        tuple(phrase.split()): name
        for name, text in table["before"].items()
        for phrase in entries(text + ",")
    }
    return _Words(
        fractions,
        after,
        fractions.words_of("percent"),
        fractions.words_of("group"),
        before,
    )
