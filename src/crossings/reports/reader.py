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
from crossings.reports.narrative import tell
from crossings.reports.numbers import find_figures
from crossings.reports.records import ReadClaim, Reading, Sentence
from crossings.reports.sentences import sentence_spans
from crossings.reports.shares import add_shares
from crossings.reports.statement_lexicon import load_statement_lexicon
from crossings.reports.tokens import tokenise

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
    sentences = split(text, lexicon)
    reading = Reading(text, day, language, sentences)
    counts: list[Count] = []
    for sentence in sentences:
        figures = find_figures(sentence, lexicon)
        if figures:
            before = sentences[sentence.index - 1] if sentence.index else None
            counts += counts_of(sentence, figures, counts, lexicon, before)
        if len(counts) >= MOST_CLAIMS:
            reading.notes.append(
                f"read up to {len(counts)} figures, more than any report has; the rest is left out"
            )
            break
    reading.claims = [_claim(count) for count in counts]
    attribution = Attribution(text, sentences, lexicon)
    attribute(reading, counts, attribution)
    locate(reading, counts, lexicon)
    date(reading, counts, lexicon)
    tie_claims(reading.claims, counts, lexicon)
    attribution.inherit(reading.claims)
    add_shares(reading, attribution)
    tell(reading, attribution, lexicon, load_statement_lexicon(language))
    return reading


def split(text: str, lexicon: Lexicon) -> list[Sentence]:
    """The sentences of a text with their tokens."""
    return [
        Sentence(index, start, end, text[start:end], tokenise(text[start:end], start, lexicon))
        for index, (start, end) in enumerate(sentence_spans(text, lexicon.abbreviations))
    ]


def _claim(count: Count) -> ReadClaim:
    figure, sentence = count.figure, count.sentence
    return ReadClaim(
        figure.start,
        figure.end,
        figure.text,
        figure.low,
        figure.high,
        figure.qualifier,
        sentence=sentence.index,
        sentence_start=sentence.start,
        sentence_end=sentence.end,
        unit=count.unit,
        measure=count.measure,
        why=count.why,
    )


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
