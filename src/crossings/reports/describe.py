"""The stages that describe the claims of a reading: by whom, where, as of when."""

from __future__ import annotations

import datetime as dt
import re

from crossings.reports.attribution import Attribution
from crossings.reports.counted import Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.mentions import Mention
from crossings.reports.on_demand import BySentence, OnDemand
from crossings.reports.origins import ON_THE_WAY, SENT, Origin, between, origin_of
from crossings.reports.phrased import Phrased
from crossings.reports.place_choice import Candidate, Choice, best, candidates
from crossings.reports.place_variants import variants
from crossings.reports.places import of_nation, residence_of
from crossings.reports.records import ReadClaim, Reading
from crossings.reports.relations import basis_of, counting_of
from crossings.reports.status import status_of, superseded, told_before
from crossings.reports.times import TimePhrase, When, is_vague, resolve


def attribute(reading: Reading, counts: list[Count], attribution: Attribution) -> None:
    """Name the source of every claim."""
    for claim, count in zip(reading.claims, counts, strict=True):
        cue = attribution.cue(claim.sentence, count.figure.first)
        if cue is not None:
            claim.sources, claim.via = list(cue.sources), cue.via
            claim.why["source"] = cue.rule
        else:
            claim.why["source"] = "none named in the sentence"


def locate(
    reading: Reading,
    counts: list[Count],
    mentions: BySentence[list[Mention]],
    lexicon: Lexicon,
    choose: Choice | None = None,
) -> None:
    """Give every claim its place and origin; ``mentions`` are the places of each sentence.

    ``choose`` picks among the candidates of a figure; without it their fitted weights do.
    """
    if not counts:
        return
    index = {id(count): number for number, count in enumerate(counts)}
    sentences = reading.sentences
    wide = OnDemand(
        len(sentences), lambda index: variants(sentences[index], mentions[index], lexicon)
    )
    before: str | None = None
    for number, (claim, count) in enumerate(zip(reading.claims, counts, strict=True)):
        own = wide[claim.sentence]
        home = residence_of(count, lexicon)
        if home is not None:
            own = [*own, home]
        tied = reading.claims[index[id(count.tied_to)]] if count.tied_to is not None else None
        near = number > 0 and claim.sentence - reading.claims[number - 1].sentence <= 1
        country = country_before(mentions, claim.sentence, lexicon)
        origin = origin_of(count, mentions[claim.sentence], lexicon, country)
        crossing = between(count, mentions[claim.sentence])
        found = candidates(
            count, wide, own, before if near else None, tied.place if tied else None, lexicon
        )
        chosen = (choose or best)(number, found)
        claim.place = chosen.text if chosen is not None else None
        claim.why["place"] = chosen.why() if chosen is not None else "none named"
        if crossing is not None:
            origin, claim.place = (crossing[0], "between"), crossing[1]
        before = claim.place
        if origin is not None:
            _set_origin(claim, count, origin, chosen, lexicon)
        if claim.origin is None and claim.measure in _MOVED - {"displaced"}:
            _origin_before(claim, tied, reading.claims[:number])
        if claim.place is None:
            claim.place = of_nation(count, lexicon)
            claim.why["place"] = "their nation" if claim.place else claim.why["place"]


def _set_origin(
    claim: ReadClaim, count: Count, origin: Origin, chosen: Candidate | None, lexicon: Lexicon
) -> None:
    """Note where they came from; who only came from there is not there."""
    mention = chosen.mention if chosen is not None else None
    aboard = count.sign is not None and count.sign.trigger.name in lexicon.sets["aboard"]
    away = mention is None or mention.tie in {"from", "left"} or claim.measure in SENT
    same = claim.place == origin[0]
    if same and away and (aboard or claim.measure in _LEFT_IT):
        claim.place, claim.why["place"], same = None, "only where they came from is named", False
    if not same or claim.measure in _FROM_THERE:
        claim.origin, claim.why["origin"] = origin


def _origin_before(claim: ReadClaim, tied: ReadClaim | None, earlier: list[ReadClaim]) -> None:
    """The origin of the figure a claim is tied to, or of the last one of the same measure."""
    near = (
        other
        for other in reversed(earlier)
        if claim.sentence - other.sentence <= 2
        and (other.measure == claim.measure or {other.measure, claim.measure} <= ON_THE_WAY)
    )
    lender = tied if tied is not None and tied.origin else next(near, None)
    if lender is not None and lender.origin and lender.origin != claim.place:
        claim.origin, claim.why["origin"] = lender.origin, "as the figure before it"


def country_before(mentions: BySentence[list[Mention]], sentence: int, lexicon: Lexicon) -> str:
    """What "the country" means in a sentence: the last country named in it or before it."""
    for back in range(sentence, max(-1, sentence - 4), -1):
        for mention in reversed(mentions[back]):
            if mention.text.lower() in lexicon.countries:
                return mention.text
    return ""


_MOVED = {"fled", "crossed", "arrived", "returned", "evacuated", "displaced", "refugees_hosted"}
_FROM_THERE = {"displaced", "fled", "evacuated"}
_LEFT_IT = _MOVED - {"displaced", "fled", "evacuated"}


def date(
    reading: Reading, counts: list[Count], phrases: BySentence[list[TimePhrase]], lexicon: Lexicon
) -> None:
    """Give every claim its time, status, counting and basis; ``phrases`` are those of time."""
    today = reading.published or _latest_year(reading, phrases, lexicon)
    phrased: Phrased | None = None
    for claim, count in zip(reading.claims, counts, strict=True):
        if phrased is None or phrased.sentence is not count.sentence:
            phrased = Phrased(count.sentence, lexicon)
        phrase, why = _time_of(claim, count, phrases, lexicon)
        when = resolve(phrase.text, reading.published, lexicon) if phrase is not None else None
        told = why == _NEAREST and phrase is not None and _of_an_event(phrase, count, lexicon)
        claim.status, claim.why["status"] = status_of(count, when if told else None, today, phrased)
        _set_time(claim, phrase, when, why, reading.published, lexicon)
        _set_plan(claim, count)
        claim.counting, claim.why["counting"] = counting_of(count, claim, phrased)
        claim.basis, claim.why["basis"] = basis_of(count, claim, phrased)
    _mark_prior(reading.claims, counts, lexicon)


def _set_time(
    claim: ReadClaim,
    phrase: TimePhrase | None,
    when: When | None,
    why: str,
    published: dt.date | None,
    lexicon: Lexicon,
) -> None:
    """Note the phrase of time and what it means; that of a plan looks ahead."""
    if phrase is not None:
        claim.as_of = phrase.text
        if claim.status in _AHEAD:
            when = resolve(phrase.text, published, lexicon, planned=True)
    elif published is not None:
        when, why = When(published, "day"), "the day of publication"
    if when is not None:
        claim.as_of_date = when.day.isoformat()
        claim.as_of_precision = when.precision
    claim.why["as_of"] = why


def _set_plan(claim: ReadClaim, count: Count) -> None:
    """Who comes is not planned but expected; to be resettled or taken in is not to be there."""
    coming = claim.status == "planned" and claim.measure == "arrived"
    if coming and count.head.measure == "arrived":
        claim.status = "forecast"  # "plans for 25,000 arrivals"
    if claim.status == "planned" and claim.measure in _NOT_YET:
        claim.measure = "other"
        claim.why["measure"] += "; planned"


_NOT_YET = {"refugees_hosted", "arrived", "sheltered"}


def _mark_prior(claims: list[ReadClaim], counts: list[Count], lexicon: Lexicon) -> None:
    """Mark figures that a newer one near by replaces."""
    for number, (claim, count) in enumerate(zip(claims, counts, strict=True)):
        if claim.status in {"reported", "historical"} and told_before(count, lexicon):
            near = (
                claims[n]
                for n in (number + 1, number - 1, number + 2, number - 2)
                if 0 <= n < len(counts)
            )
            newer = next((one for one in near if _replaces(one, claim)), None)
            if newer is not None:
                claim.status, claim.why["status"] = "prior", f"now {newer.figure_text}"
    for claim, count, later in zip(claims, counts, counts[1:], strict=False):
        if claim.status == "reported" and superseded(count, later, lexicon):
            claim.status, claim.why["status"] = "prior", f"then {later.figure.text}"


_AHEAD = {"planned", "forecast"}


def _replaces(newer: ReadClaim, claim: ReadClaim) -> bool:
    """Whether a claim near by gives another number for the same, as that of now."""
    return (
        newer.measure == claim.measure
        and newer.unit == claim.unit
        and newer.status == "reported"
        and (newer.low, newer.high) != (claim.low, claim.high)
        and abs(newer.sentence - claim.sentence) <= 2
    )


def _latest_year(
    reading: Reading, phrases: BySentence[list[TimePhrase]], lexicon: Lexicon
) -> dt.date | None:
    """When a text without a date may have been written: in the latest year that it names.

    Where it speaks of weekdays, in a later year than any it names.
    """
    years = [
        int(token.text)
        for sentence in reading.sentences
        for token in sentence.tokens
        if re.fullmatch("(?:19|20)[0-9][0-9]", token.text)
    ]
    if not years:
        return None
    weekdays = any(
        token.low in lexicon.time_words["weekdays"]
        for found, sentence in zip(phrases, reading.sentences, strict=True)
        for phrase in found
        for token in sentence.tokens[phrase.first : phrase.last]
    )
    year = max(years)
    return dt.date(year + 1, 12, 31) if weekdays else dt.date(year, 12, 31)


_NEAREST = "the nearest time in the sentence"


def _of_an_event(phrase: TimePhrase, count: Count, lexicon: Lexicon) -> bool:
    """Whether a time dates an event ("in 2004", "floods of 2010"), not a count ("as of 2014")."""
    first = phrase.text.lower().split()[0]
    if first in lexicon.sets["opens a running time"] or " and " in phrase.text:
        return False
    if not first[0].isdigit():
        return True
    before = count.sentence.tokens[max(0, phrase.first - 2) : phrase.first]
    lead = count.sentence.tokens[max(0, phrase.first - 6) : max(0, phrase.first - 2)]
    return (
        len(before) == 2
        and not any(token.low in lexicon.sets["since an event"] for token in lead)
        and before[1].low == "of"
        and before[0].kind == "word"
        and before[0].low not in lexicon.times | lexicon.time_words["before"]
        and before[0].low not in lexicon.sets["no events"]
    )


_VAGUE, _OTHER_CLAUSE = 25, 40
"""Tokens farther that a phrase such as "now" counts than a date; and one behind a semicolon."""


def _time_of(
    claim: ReadClaim, count: Count, phrases: BySentence[list[TimePhrase]], lexicon: Lexicon
) -> tuple[TimePhrase | None, str]:
    own = phrases[claim.sentence]
    if own:
        first, end = count.figure.first, count.head.end
        tokens = count.sentence.tokens

        def away(phrase: TimePhrase) -> int:
            after = phrase.first >= end
            between = tokens[end : phrase.first] if after else tokens[phrase.last : first]
            distance = len(between) + (0 if after else 2)
            distance += _VAGUE if is_vague(phrase, tokens, lexicon) else 0
            return distance + (_OTHER_CLAUSE if any(t.text == ";" for t in between) else 0)

        nearest = min(own, key=away)
        return nearest, _NEAREST if away(nearest) < _OTHER_CLAUSE else "a time of another clause"
    for back in (1, 2):
        if claim.sentence >= back and phrases[claim.sentence - back]:
            return phrases[claim.sentence - back][0], "the time named before"
    return None, "none named"
