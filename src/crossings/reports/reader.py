"""The reader: a text through all stages, to a :class:`Reading`."""

from __future__ import annotations

import datetime as dt

from crossings.errors import InputError
from crossings.reports.attribution import Attribution
from crossings.reports.counted import Count
from crossings.reports.counts import counts_of
from crossings.reports.describe import attribute, date, locate
from crossings.reports.groups import tie_claims
from crossings.reports.lexicon import Lexicon
from crossings.reports.lexicon_files import load_lexicon
from crossings.reports.mentions import mentions_of
from crossings.reports.narrative import Surroundings, tell
from crossings.reports.numbers import find_figures
from crossings.reports.on_demand import OnDemand
from crossings.reports.records import ReadClaim, Reading, Sentence, Token
from crossings.reports.sentences import sentence_spans
from crossings.reports.shares import add_shares
from crossings.reports.statement_lexicon import load_statement_lexicon
from crossings.reports.times import times_of
from crossings.reports.tokens import tokenise

Spans = list[tuple[int, int]]

BLOCK = 500
"""Sentences that are read together. A longer document is read in blocks, so that its words take up
memory only while their block is read; nothing refers from one block to another."""

_NO_TOKENS: list[Token] = []
_NO_WORDS: frozenset[str] = frozenset()

MOST_CLAIMS = 20_000
"""Figures after which a document is read no further, so that its cost has a bound."""


def read(text: str, published: str | dt.date | None = None, *, language: str = "en") -> Reading:
    """Read a report: every attributed figure about people, with who said it, where and when.

    Args:
        text: the plain text of one document.
        published: the day it was published (ISO 8601), against which "Wednesday" or "last month"
            is resolved; ``None`` if unknown.
        language: the code of a language folder.

    Raises:
        InputError: ``published`` is no date, or there is no such language.
    """
    lexicon = load_lexicon(language)
    day = _day(published)
    spans = sentence_spans(text, lexicon.abbreviations)
    reading = Reading(text, day, language, [])
    for first in range(0, len(spans), BLOCK):
        block = _block(text, spans[first : first + BLOCK], reading, lexicon)
        if len(spans) > BLOCK:
            for sentence in block.sentences:
                # of no use after reading
                sentence.text, sentence.tokens, sentence.words = "", _NO_TOKENS, _NO_WORDS
        _append(reading, block)
        if len(reading.claims) >= MOST_CLAIMS:
            reading.notes.append(
                f"read up to {len(reading.claims)} figures, more than any report has; "
                "the rest is left out"
            )
            break
    return reading


def split(text: str, spans: Spans, lexicon: Lexicon) -> list[Sentence]:
    """The sentences of a text at these spans, with their tokens."""
    found: list[Sentence] = []
    for index, (start, end) in enumerate(spans):
        tokens = tokenise(text[start:end], start, lexicon)
        words = frozenset([token.low for token in tokens])
        found.append(Sentence(index, start, end, text[start:end], tokens, words))
    return found


def _block(text: str, spans: Spans, before: Reading, lexicon: Lexicon) -> Reading:
    """A run of sentences through all stages; indices count within it."""
    reading, counts = counted(text, spans, before, lexicon)
    sentences = reading.sentences
    attribution = Attribution(text, sentences, lexicon)
    attribute(reading, counts, attribution)
    size = len(sentences)
    mentions = OnDemand(size, lambda index: mentions_of(sentences[index], lexicon))
    times = OnDemand(size, lambda index: times_of(sentences[index], lexicon))
    locate(reading, counts, mentions, lexicon)
    date(reading, counts, times, lexicon)
    tie_claims(reading.claims, counts, lexicon)
    attribution.inherit(reading.claims)
    add_shares(reading, attribution)
    known = load_statement_lexicon(before.language)
    tell(reading, attribution, Surroundings(mentions, times), lexicon, known)
    return reading


def counted(
    text: str, spans: Spans, before: Reading, lexicon: Lexicon
) -> tuple[Reading, list[Count]]:
    """The sentences at these spans and the figures in them that count people, not yet described."""
    sentences = split(text, spans, lexicon)
    reading = Reading(text, before.published, before.language, sentences)
    counts: list[Count] = []
    for sentence in sentences:
        figures = find_figures(sentence, lexicon)
        if figures:
            earlier = sentences[sentence.index - 1] if sentence.index else None
            counts += counts_of(sentence, figures, counts, lexicon, earlier)
        if len(before.claims) + len(counts) >= MOST_CLAIMS:
            break
    reading.claims = [
        ReadClaim.of_figure(
            count.figure, count.sentence, unit=count.unit, measure=count.measure, why=count.why
        )
        for count in counts
    ]
    return reading, counts


def _append(reading: Reading, block: Reading) -> None:
    """Add a block to what was read before it: its indices count on from there."""
    sentences, claims, events = len(reading.sentences), len(reading.claims), len(reading.events)
    for sentence in block.sentences:
        sentence.index += sentences
    for claim in [*block.claims, *block.shares]:
        claim.sentence += sentences
        claim.part_of = _shifted(claim.part_of, claims)
        claim.same_group_as = _shifted(claim.same_group_as, claims)
    for event in block.events:
        event.sentence += sentences
        event.disputes = _shifted(event.disputes, events)
    for statement in block.context:
        statement.sentence += sentences
        statement.bears_on = _shifted(statement.bears_on, events)
    reading.sentences += block.sentences
    reading.claims += block.claims
    reading.shares += block.shares
    reading.events += block.events
    reading.context += block.context


def _shifted(index: int | None, by: int) -> int | None:
    return index + by if index is not None else None


def _day(published: str | dt.date | None) -> dt.date | None:
    if published is None or published == "":
        return None
    if isinstance(published, dt.datetime):
        return published.date()
    if isinstance(published, dt.date):
        return published
    try:
        return dt.date.fromisoformat(published.strip()[:10])
    except ValueError as error:
        raise InputError(
            f"published: found {published!r}, expected a date such as 2023-09-25"
        ) from error
