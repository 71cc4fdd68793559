"""The reader: a text through all stages, to a :class:`Reading`."""

from __future__ import annotations

import datetime as dt

from crossings.errors import InputError
from crossings.reports.attribution import Attribution
from crossings.reports.counts import Count, counts_of
from crossings.reports.lexicon import Lexicon, load_lexicon
from crossings.reports.narrative import tell
from crossings.reports.numbers import find_figures
from crossings.reports.places import mentions_of, origin_of, place_of
from crossings.reports.records import ReadClaim, Reading, Sentence
from crossings.reports.relations import basis_of, counting_of, status_of, tie_claims
from crossings.reports.sentences import sentence_spans
from crossings.reports.statement_lexicon import load_statement_lexicon
from crossings.reports.times import TimePhrase, When, resolve, times_of
from crossings.reports.tokens import tokenise


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
            counts += counts_of(sentence, figures, counts, lexicon)
    reading.claims = [_claim(count) for count in counts]
    attribution = Attribution(text, sentences, lexicon)
    _attribute(reading, counts, attribution)
    _locate(reading, counts, lexicon)
    _date(reading, counts, lexicon)
    tie_claims(reading.claims, counts)
    tell(reading, attribution, lexicon, load_statement_lexicon(language))
    return reading


def _date(reading: Reading, counts: list[Count], lexicon: Lexicon) -> None:
    """Give every claim its time, status, counting and basis."""
    phrases = [times_of(sentence, lexicon) for sentence in reading.sentences]
    for claim, count in zip(reading.claims, counts, strict=True):
        phrase, why = _time_of(claim, count, phrases)
        when = None
        if phrase is not None:
            claim.as_of = phrase.text
            when = resolve(phrase.text, reading.published, lexicon)
        if when is None and reading.published is not None and phrase is None:
            when, why = When(reading.published, "day"), "the day of publication"
        if when is not None:
            claim.as_of_date = when.day.isoformat()
            claim.as_of_precision = when.precision
        claim.why["as_of"] = why
        claim.status, claim.why["status"] = status_of(count, when, reading.published, lexicon)
        claim.counting, claim.why["counting"] = counting_of(count, claim, lexicon)
        claim.basis, claim.why["basis"] = basis_of(count, claim, lexicon)


def _time_of(
    claim: ReadClaim, count: Count, phrases: list[list[TimePhrase]]
) -> tuple[TimePhrase | None, str]:
    own = phrases[claim.sentence]
    if own:
        first, end = count.figure.first, count.head.end
        nearest = min(own, key=lambda p: p.first - end if p.first >= end else first - p.last + 2)
        return nearest, "the nearest time in the sentence"
    for back in (1, 2):
        if claim.sentence >= back and phrases[claim.sentence - back]:
            return phrases[claim.sentence - back][0], "the time named before"
    return None, "none named"


def _locate(reading: Reading, counts: list[Count], lexicon: Lexicon) -> None:
    """Give every claim its place and origin, in one pass over the sentences."""
    mentions = [mentions_of(sentence, lexicon) for sentence in reading.sentences]
    last = ""
    seen = 0
    for claim, count in zip(reading.claims, counts, strict=True):
        while seen < claim.sentence:
            named = [m for m in mentions[seen] if m.named]
            last = named[0].text if named else last
            seen += 1
        own = mentions[claim.sentence]
        mention, why = place_of(count, own, lexicon)
        if mention is not None:
            claim.place = mention.text
        elif last:
            claim.place, why = last, "the place named last"
        claim.why["place"] = why or "none named"
        origin = origin_of(count, own)
        if origin is not None and (
            claim.place != origin.text or claim.measure in {"displaced", "fled"}
        ):
            claim.origin = origin.text


def _attribute(reading: Reading, counts: list[Count], attribution: Attribution) -> None:
    """Name the source of every claim."""
    for claim, count in zip(reading.claims, counts, strict=True):
        cue = attribution.cue(claim.sentence, count.figure.first)
        if cue is not None:
            claim.sources, claim.via = list(cue.sources), cue.via
            claim.why["source"] = cue.rule
        else:
            claim.why["source"] = "none named in the sentence"


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
