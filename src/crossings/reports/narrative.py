"""Statements with who says them, where and when, and how they hang together.

The sources, places and times come from the stages that serve the figures. One event disputes
another where a side words its own deed differently, or where two speakers say the opposite of one
passage. Context bears on the event that the report is about.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from crossings.reports.attribution import Attribution
from crossings.reports.cues import Cue
from crossings.reports.lexicon import Lexicon
from crossings.reports.mentions import Mention
from crossings.reports.names import is_capital
from crossings.reports.on_demand import BySentence
from crossings.reports.records import ReadContext, ReadEvent, Reading, Sentence
from crossings.reports.statement_lexicon import JUDGEMENT, StatementLexicon
from crossings.reports.statements import Statement, find_statements
from crossings.reports.times import TimePhrase, resolve

_OPPOSITE = {"opening": "closure", "closure": "opening"}
_STRIKES = ("military_operation", "blockade", "flood")
"""Kinds of event whose object, where it is a name, is a place."""

_LEFT = ("from", "left", "of", "at")
"""The same where people were taken away."""

_TIES = ("at", "of", "to", "reached")
"""How a place is tied in where something happened."""

_OPENING = 4
"""Words within which a time or a place still opens a sentence."""

_NEAR = 4
"""Sentences within which two statements of opposite content speak of the same passage."""


class Surroundings(NamedTuple):
    """The places and the times that each sentence names."""

    mentions: BySentence[list[Mention]]
    times: BySentence[list[TimePhrase]]


def tell(
    reading: Reading,
    attribution: Attribution,
    around: Surroundings,
    lexicon: Lexicon,
    known: StatementLexicon,
) -> None:
    """Add the events and the context of a text to its reading."""
    events: list[ReadEvent] = []
    context: list[ReadContext] = []
    statements = find_statements(reading.sentences, known)
    for statement in statements:
        statement.mentions = around.mentions[statement.sentence.index]
        statement.times = around.times[statement.sentence.index]
    told = Counter(s.sentence.index for s in statements if s.rule.table == "event")
    for statement in statements:
        cue = attribution.cue(statement.sentence.index, statement.trigger)
        if statement.rule.table == "event":
            alone = told[statement.sentence.index] == 1
            events.append(_event(statement, cue, reading, lexicon, known, alone))
        else:
            context.append(_context(statement, cue, reading, lexicon))
    for number, event in enumerate(events):
        event.disputes = _disputed(event, events[:number])
    main = _main_event(events)
    for one in context:
        one.bears_on = main
    reading.events, reading.context = events, context


def _event(
    statement: Statement,
    cue: Cue | None,
    reading: Reading,
    lexicon: Lexicon,
    known: StatementLexicon,
    alone: bool,
) -> ReadEvent:
    phrase = _time(statement, reading, lexicon, alone)
    day, precision = _first_day(phrase, reading.published, lexicon)
    sources, via = _speakers(cue)
    if not sources and statement.worded and statement.sides.subject:
        sources = [statement.sides.subject]
    place, why = _place(statement, known)
    return ReadEvent(
        statement.start,
        statement.end,
        statement.rule.kind,
        actor=statement.sides.subject or None,
        target=statement.sides.object or None,
        place=place or None,
        when=phrase.text if phrase is not None else None,
        date=day.isoformat() if day is not None else None,
        date_precision=precision or None,
        sources=sources,
        via=via,
        wording=reading.text[statement.start : statement.end] if sources else "",
        status=statement.status,
        sentence=statement.sentence.index,
        sentence_start=statement.sentence.start,
        sentence_end=statement.sentence.end,
        why={**statement.why, "source": cue.rule if cue else "none named", "place": why},
    )


def _context(
    statement: Statement, cue: Cue | None, reading: Reading, lexicon: Lexicon
) -> ReadContext:
    sources, via = _speakers(cue)
    subject = statement.sides.subject
    rule = cue.rule if cue is not None else "none named"
    if statement.rule.table == JUDGEMENT:
        # The report's own: whoever it speaks of is the object, not the speaker.
        subject = ""
    elif statement.rule.kind == "claims" and not sources and subject:
        sources, rule = [subject], "who accuses, speaks"
    phrase = _time(statement, reading, lexicon)
    place = next((m for m in _mentions(statement) if m.tie == "at" and m.named), None)
    return ReadContext(
        statement.start,
        statement.end,
        statement.rule.kind,
        subject=subject,
        object=statement.sides.object or None,
        place=place.text if place is not None else None,
        since=phrase.text if phrase is not None else None,
        sources=sources,
        via=via,
        sentence=statement.sentence.index,
        sentence_start=statement.sentence.start,
        sentence_end=statement.sentence.end,
        why={**statement.why, "source": rule},
    )


def _speakers(cue: Cue | None) -> tuple[list[str], str | None]:
    return (list(cue.sources), cue.via) if cue is not None else ([], None)


# --- when and where -------------------------------------------------------------------------------


def _time(
    statement: Statement, reading: Reading, lexicon: Lexicon, alone: bool = False
) -> TimePhrase | None:
    """The time in the statement's own words, or one that opens its sentence.

    The only time of a sentence serves where its event is ``alone`` in it.
    """
    phrases = [
        phrase for phrase in statement.times if _is_dated(phrase, reading.published, lexicon)
    ]
    tokens = statement.sentence.tokens
    # "a blockade that grew since June": the time of another verb
    phrases = [
        p
        for p in phrases
        if not any("relative" in t.classes for t in tokens[statement.trigger : p.first])
    ]
    own = [p for p in phrases if statement.first <= p.first < statement.last]
    if own:
        return min(own, key=lambda phrase: abs(phrase.first - statement.trigger))
    opening = next((p for p in phrases if _opens(statement, p.first, p.last)), None)
    return opening or (phrases[0] if alone and len(phrases) == 1 else None)


def _is_dated(phrase: TimePhrase, published: dt.date | None, lexicon: Lexicon) -> bool:
    """Whether a phrase says when, and not how long: "nine months"."""
    when = resolve(_start_of(phrase.text, lexicon), published, lexicon)
    return when is not None and when.precision != "period"


def _opens(statement: Statement, first: int, last: int) -> bool:
    """Whether a time or place opens the sentence: "In Pretoria on 2 November, ..."."""
    tokens = statement.sentence.tokens
    if last > statement.first or first > _OPENING:
        return False
    return first <= 1 or any(token.text == "," for token in tokens[last : last + 4])


def _start_of(phrase: str, lexicon: Lexicon) -> str:
    """A phrase without "since": an event begins when the period begins."""
    first, _, rest = phrase.partition(" ")
    return rest if first.lower() in lexicon.time_words["since"] and rest else phrase


def _first_day(
    phrase: TimePhrase | None, published: dt.date | None, lexicon: Lexicon
) -> tuple[dt.date | None, str]:
    when = (
        resolve(_start_of(phrase.text, lexicon), published, lexicon) if phrase is not None else None
    )
    if when is None:
        return None, ""
    if when.precision == "month":
        return when.day.replace(day=1), "month"
    if when.precision == "year":
        return when.day.replace(month=1, day=1), "year"
    return when.day, when.precision


def _mentions(statement: Statement) -> list[Mention]:
    """The places in a statement's words; else what opens its sentence or comes before "where"."""
    found = statement.mentions
    own = [m for m in found if statement.first <= m.first < statement.last]
    if any(mention.named for mention in own):
        return own
    before = [mention for mention in found if mention.last <= statement.first and mention.named]
    if statement.opener == "where" and before:
        return before[-1:]
    return _opening(statement)


def _opening(statement: Statement) -> list[Mention]:
    """The named place that opens the sentence: "In Mekelle, people celebrated"."""
    found = statement.mentions
    return [m for m in found if m.named and m.tie == "at" and _opens(statement, m.first, m.last)][
        :1
    ]


def _place(statement: Statement, known: StatementLexicon) -> tuple[str, str]:
    """Where an event took place: a passage with its name, else the nearest named place."""
    if statement.rule.kind in ("closure", "opening"):
        passage = _passage(statement, known.patterns.words_of("passage"))
        if passage:
            return passage, "the passage itself"
    actor = statement.sides.subject
    mentions = [
        mention
        for mention in _mentions(statement)
        if mention.named
        and mention.text not in actor
        and mention.tie != "subject"
        and not (mention.tie == "bare" and _follows(statement, mention, known.side_words))
    ]
    ties = _LEFT if statement.rule.kind == "evacuation" else _TIES
    ranked = sorted(
        mentions, key=lambda m: (m.tie not in ties, abs(m.first - statement.trigger))
    ) or [m for m in _opening(statement) if m.text not in actor]
    if ranked:
        return ranked[0].text, f"named in its words ({ranked[0].tie})"
    target = statement.sides.object
    if statement.rule.kind in _STRIKES and target[:1].isupper() and " " not in target:
        return target, "what was hit"
    return "", "none named"


def _follows(statement: Statement, mention: Mention, words: frozenset[str]) -> bool:
    before = statement.sentence.tokens[max(mention.first - 2, 0) : mention.first]
    return any(token.low in words for token in before)


def _passage(statement: Statement, passages: frozenset[str]) -> str:
    """A road, bridge or crossing with the names before it: "the Simón Bolívar bridge"."""
    tokens = statement.sentence.tokens
    for i in range(statement.first, statement.last):
        if tokens[i].low not in passages:
            continue
        first = i
        while first > statement.first and (
            is_capital(tokens[first - 1])
            or tokens[first - 1].text == "-"
            or tokens[first - 1].kind == "number"
        ):
            first -= 1
        while first < i and (
            not is_capital(tokens[first]) or tokens[first].classes & {"determiner"}
        ):
            first += 1
        if first < i:
            return _text(statement.sentence, first, i + 1)
        if i + 2 < statement.last and tokens[i + 1].low == "at" and is_capital(tokens[i + 2]):
            last = i + 3
            while last < statement.last and is_capital(tokens[last]):
                last += 1
            return _text(statement.sentence, i + 2, last)
    return ""


def _text(sentence: Sentence, first: int, last: int) -> str:
    tokens = sentence.tokens
    start, end = tokens[first].start - sentence.start, tokens[last - 1].end - sentence.start
    return " ".join(sentence.text[start:end].split())


# --- how statements hang together -----------------------------------------------------------------


def _disputed(event: ReadEvent, earlier: Sequence[ReadEvent]) -> int | None:
    """The earlier event that this one contradicts, or words differently for the one who did it."""
    if not event.sources:
        return None
    for number, other in enumerate(earlier):
        if other.sources == event.sources:
            continue
        if other.kind == event.kind and other.actor and _speaks_for(event.sources, other.actor):
            return number
        near = event.sentence - other.sentence <= _NEAR
        if near and _OPPOSITE.get(event.kind) == other.kind and not _dated_apart(event, other):
            return number
    return None


def _speaks_for(sources: Sequence[str], actor: str) -> bool:
    """Whether one of the speakers is the one who acted, by name."""
    words = {word for word in actor.casefold().split() if word[:1].isalpha()}
    return any(words & set(source.casefold().split()) for source in sources)


def _dated_apart(event: ReadEvent, other: ReadEvent) -> bool:
    return bool(event.date and other.date and event.date != other.date)


def _main_event(events: Sequence[ReadEvent]) -> int | None:
    """What the report is about: the first attack, else the first event."""
    for number, event in enumerate(events):
        if event.kind == "military_operation":
            return number
    return 0 if events else None
