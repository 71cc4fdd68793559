"""Stage 7: who a figure comes from.

In each sentence the cues of attribution are collected: "according to X", "X said" before, after or
inverted, "X: ...", "X told Y" (Y relays it), pronouns, quotations over several sentences, citations
in brackets. A cue has the span of tokens it speaks for; the nearest cue that speaks for a figure
wins. A bare sentence after an attributed one has no source of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crossings.reports.lexicon import Lexicon
from crossings.reports.measures import helpers_before
from crossings.reports.names import Names, cut, is_capital
from crossings.reports.records import Sentence, Token


@dataclass(slots=True)
class Cue:
    """One attribution: who speaks, through whom, for which tokens, and the rule that found it."""

    sources: list[str]
    via: str | None
    first: int
    last: int
    at: int
    """Token of the cue itself, to measure how near it is."""
    rule: str
    speaker: str = ""


@dataclass(slots=True)
class Speakers:
    """Who spoke or was named last, for pronouns."""

    person: str = ""
    group: str = ""
    quoting: Cue | None = None


@dataclass(slots=True)
class Quotation:
    """A quotation that runs over several sentences: first and last sentence index."""

    first: int
    last: int
    sentences: list[int] = field(default_factory=list)


def cues_of(sentence: Sentence, memory: Speakers, lexicon: Lexicon) -> list[Cue]:
    """The attributions of a sentence; ``memory`` is read for pronouns and updated."""
    names = Names(sentence, lexicon)
    cues = _according(sentence, names, lexicon)
    cues += _spoken(sentence, names, memory, lexicon)
    if not cues:
        cues += _colon(sentence, names, lexicon)
    if not cues:
        cues += _citations(sentence, names, lexicon)
    _remember(cues, names, memory)
    _relay(cues, sentence, names, lexicon)
    return cues


def choose(cues: list[Cue], position: int) -> Cue | None:
    """The cue that speaks for the token at ``position``: among those that do, the nearest."""
    fitting = [cue for cue in cues if cue.first <= position < cue.last]
    return min(fitting, key=lambda cue: abs(cue.at - position)) if fitting else None


def _remember(cues: list[Cue], names: Names, memory: Speakers) -> None:
    for name in names.persons():
        memory.person = name
    for cue in cues:
        if cue.speaker:
            if names.is_person(cue.speaker):
                memory.person = cue.speaker
            else:
                memory.group = cue.speaker


# --- according to X -------------------------------------------------------------------------------


def _according(sentence: Sentence, names: Names, lexicon: Lexicon) -> list[Cue]:
    tokens = sentence.tokens
    cues = []
    position = 0
    while position < len(tokens):
        hit = lexicon.speech.according.at(tokens, position)
        if hit is None or _is_relay(tokens, position, lexicon):
            position += 1
            continue
        after, rule = hit[0], hit[1][0]
        span = names.phrase_after(after)
        if span is None or not names.can_speak(*span):
            position += 1
            continue
        found = names.listed(*span)
        cues.append(Cue(found, None, 0, len(tokens), position, rule, found[0] if found else ""))
        position = span[1]
    for number, cue in enumerate(cues):
        if len(cues) > 1 and number:
            cue.first = cues[number - 1].at
    return cues


def _is_relay(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """As in "published by" after a named statement is the channel, not the source."""
    return (
        position > 0
        and tokens[position - 1].text == ","
        and (lexicon.speech.via_by.at(tokens, position) is not None)
    )


# --- X said ---------------------------------------------------------------------------------------


def _spoken(sentence: Sentence, names: Names, memory: Speakers, lexicon: Lexicon) -> list[Cue]:
    tokens = sentence.tokens
    cues: list[Cue] = []
    for position, token in enumerate(tokens):
        verb = lexicon.speech.verbs.get(token.low) if token.kind == "word" else None
        if verb is None or not _may_speak(tokens, position, verb, lexicon):
            continue
        cue = _inverted(tokens, position, names, memory) or _subject_before(
            tokens, position, verb, names, memory, lexicon
        )
        if cue is not None:
            cues.append(cue)
    return _settled(cues)


def _settled(cues: list[Cue]) -> list[Cue]:
    """A later cue that speaks backwards ends where an earlier one that speaks forwards begins."""
    for number, cue in enumerate(cues[:-1]):
        later = cues[number + 1]
        if cue.rule == "X said ..." and later.rule == "X said ...":
            cue.last = max(later.at - 1, cue.at + 1)
    return cues


def _may_speak(tokens: list[Token], position: int, verb: tuple[str, str], lexicon: Lexicon) -> bool:
    lemma, form = verb
    token = tokens[position]
    if position and is_capital(token) and is_capital(tokens[position - 1]):
        return False  # the United States
    if form == "ing":
        return False
    if token.low in lexicon.speech.nouns:
        before = tokens[position - 1] if position else None
        if before is None or before.classes & {"determiner", "preposition"} or before.low == "'s":
            return False
    if "be" in helpers_before(tokens, position) and form in {"ed", "en"}:
        return False
    if position + 1 < len(tokens) and tokens[position + 1].low in {"by", "as"} and lemma != "say":
        return False
    if lemma in lexicon.speech.weak:
        return _has_content(tokens, position + 1)
    return True


def _has_content(tokens: list[Token], after: int) -> bool:
    """Whether a weak verb of saying is followed by what is said: that, a number, a quotation."""
    for token in tokens[after : after + 6]:
        if token.low == "that" or token.kind == "number" or token.text in {":", '"', "“", "‘"}:
            return True
        if token.text in {",", ".", ";"}:
            return False
        if token.low in {"at", "least", "some", "about", "more", "over", "hundreds", "thousands"}:
            return True
    return False


def _inverted(tokens: list[Token], position: int, names: Names, memory: Speakers) -> Cue | None:
    """As in "..., said X, the Y" and "Said X: ..."."""
    before = tokens[position - 1].text if position else ""
    if before not in {"", ",", '"', "”", "’", "'", "–", "—"}:
        return None
    if position + 1 >= len(tokens):
        return None
    following = tokens[position + 1]
    if following.kind != "word" or following.low in {"that", "it", "in", "on", "to"}:
        return None
    span = names.phrase_after(position + 1)
    if span is None or not names.can_speak(*span):
        return None
    if following.low in {"he", "she", "they"}:
        speaker = memory.person or memory.group
        return Cue([speaker] if speaker else [], None, 0, len(tokens), position, "said he")
    name = names.text(*span)
    return Cue([name], None, 0, len(tokens), position, "..., said X", name)


def _subject_before(
    tokens: list[Token],
    position: int,
    verb: tuple[str, str],
    names: Names,
    memory: Speakers,
    lexicon: Lexicon,
) -> Cue | None:
    span = names.phrase_before(position)
    if span is None:
        return None
    first, last = span
    subject = tokens[first]
    found: list[str] = []
    speaker = ""
    if last - first == 1 and "speaker_pronoun" in subject.classes:
        if (
            subject.low == "it"
            and not _has_content(tokens, position + 1)
            and (first == 0 or tokens[first - 1].text not in {",", '"', "”"})
        ):
            return None
        pronoun_person = subject.low in lexicon.speech.one
        name = memory.person if pronoun_person else memory.group
        name = name or memory.group or memory.person
        found = [name] if name else []
        rule = f"pronoun: {subject.low}"
    elif names.can_speak(first, last):
        found = names.listed(first, last)
        speaker = found[0] if found else ""
        rule = "X said ..."
    else:
        return None
    post = _speaks_backwards(tokens, first, position, names)
    cue = Cue(found, None, position, len(tokens), position, rule, speaker)
    if post:
        cue.first = 0
        cue.rule = "..., X said" if speaker else rule
    if verb[0] in lexicon.speech.telling:
        cue.via = names.told(position + 1)
    return cue


def _speaks_backwards(tokens: list[Token], first: int, verb: int, names: Names) -> bool:
    """Whether "X said" closes what was said before it."""
    if first == 0:
        return False
    before = tokens[first - 1]
    if before.text in {'"', "”", "’", "»"}:
        return True
    if before.text in {",", "–", "—", "-"}:
        return names.trails_off(verb + 1) or (
            verb + 1 < len(tokens) and tokens[verb + 1].text in {",", ";"}
        )
    if before.low == "as":
        return True
    return names.trails_off(verb + 1) and first > 4


# --- X: ..., (X, May 2014) ------------------------------------------------------------------------


def _colon(sentence: Sentence, names: Names, lexicon: Lexicon) -> list[Cue]:
    """As in "Governor Serhiy Haidai: "..."": a speaker, a colon and a quotation."""
    tokens = sentence.tokens
    for position in range(1, min(len(tokens) - 1, 14)):
        if tokens[position].text == ":":
            quoted = tokens[position + 1].text in {'"', "“", "'", "‘"}
            if quoted and names.can_speak(0, position):
                name = names.text(0, position)
                return [Cue([name], None, position, len(tokens), position, "X: ...", name)]
            return []
    return []


def _citations(sentence: Sentence, names: Names, lexicon: Lexicon) -> list[Cue]:
    """As in "(IOM, May 2014)", "(source: X)": sources in brackets."""
    tokens = sentence.tokens
    found: list[str] = []
    at = 0
    for position, token in enumerate(tokens):
        if token.text != "(":
            continue
        close = position + 1
        while close < len(tokens) and tokens[close].text != ")":
            close += 1
        inside = tokens[position + 1 : close]
        if not inside or len(inside) > 90:
            continue
        named = names.cited(position + 1, close)
        if named:
            found += [name for name in named if name not in found]
            at = at or position
    return [Cue(found[:4], None, 0, len(tokens), at, "citation")] if found else []


# --- relays ---------------------------------------------------------------------------------------


def _relay(cues: list[Cue], sentence: Sentence, names: Names, lexicon: Lexicon) -> None:
    """Who relays: "published by X", "wrote on Twitter", a medium beside another source."""
    tokens = sentence.tokens
    for position in range(len(tokens)):
        hit = lexicon.speech.via_by.at(tokens, position)
        if hit is not None:
            span = names.phrase_after(hit[0])
            if span is not None and names.is_media(*span):
                for cue in cues:
                    if names.text(*span) not in cue.sources:
                        cue.via = cue.via or names.text(*span)
        elif tokens[position].low == "on" and position + 1 < len(tokens):
            channel = lexicon.speech.channels.at(tokens, position + 1)
            if channel is not None and cues:
                spoken = names.text(position + 1, channel[0])
                for cue in cues:
                    if 0 < position - cue.at <= 4:
                        cue.via = cue.via or spoken
    if len(cues) >= 2:
        _split_media(cues, names)


def _split_media(cues: list[Cue], names: Names) -> None:
    """A medium and another speaker in one sentence: the medium relays what the other said."""
    media = [cue for cue in cues if cue.sources and names.name_is_media(cue.sources[0])]
    others = [cue for cue in cues if cue.sources and not names.name_is_media(cue.sources[0])]
    if not media or not others:
        return
    for cue in others:
        cue.via = cue.via or media[0].sources[0]
        cue.first = min(cue.first, media[0].first)
        cue.last = max(cue.last, media[0].last)
    for cue in media:
        cues.remove(cue)


__all__ = ["Cue", "Quotation", "Speakers", "choose", "cues_of", "cut", "is_capital"]
