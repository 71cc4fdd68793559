"""Stage 7: who a figure comes from.

In each sentence the cues of attribution are collected: "according to X", "X said" before, after or
inverted, "X: ...", "X told Y" (Y relays it), pronouns, quotations over several sentences, citations
in brackets. A cue has the span of tokens it speaks for; the nearest cue that speaks for a figure
wins. A bare sentence after an attributed one has no source of its own.
"""

from __future__ import annotations

from crossings.reports.cues import Cue, Speakers
from crossings.reports.figure_owners import STANDING
from crossings.reports.lexicon import Lexicon
from crossings.reports.noun_phrases import NounPhrases
from crossings.reports.records import Sentence, Token
from crossings.reports.signs import helpers_before
from crossings.reports.speaking import note, same_body, spoken_cues


def cues_of(sentence: Sentence, memory: Speakers, lexicon: Lexicon) -> list[Cue]:
    """The attributions of a sentence; ``memory`` is read for pronouns and updated."""
    names = NounPhrases(sentence, lexicon)
    subject = names.subject()
    if subject is not None and names.is_group(*subject):
        if not same_body(sentence.tokens, *subject, memory, lexicon):
            memory.group = names.text(*subject)
    elif subject is not None and names.can_speak(*subject) and subject[1] - subject[0] > 1:
        name = names.text(*subject)
        if names.is_person(name) and not set(name.split()) <= memory.named:
            memory.person = name
    words = sentence.words
    cues: list[Cue] = []
    if not lexicon.speech.according.none_in(words):
        cues = _according(sentence, names, memory, lexicon)
    for cue in cues:
        note(cue, names, memory)
    if not cues:
        cues = _said_by_noun(sentence, names, lexicon) or _counted_by(sentence, names, lexicon)
    spoken = spoken_cues(sentence, names, memory, lexicon)
    if cues:  # "according to X, the official toll stands at 113"
        spoken = [cue for cue in spoken if cue.rule != STANDING]
    cues = _quoted_by(cues, spoken)
    if not cues:
        cues += _colon(sentence, names, lexicon)
    cited = _citations(sentence, names)
    if not cues or len(cited) > 1:
        cues = cited or cues
    for name in names.persons():
        memory.named.update(word for word in name.split() if word[0].isupper())
        if not set(name.lower().split()) <= set(memory.person.lower().split()):
            memory.person = name
    _relay(cues, sentence, names, lexicon)
    return cues


def _quoted_by(according: list[Cue], spoken: list[Cue]) -> list[Cue]:
    """Who is quoted is the source, and who quotes the relay: "he said, quoting survivors"."""
    quoted = [cue for cue in according if cue.rule in {"citing", "quoting"}]
    if not quoted or not spoken or not spoken[0].sources:
        return according + spoken
    for cue in quoted:
        cue.via = cue.via or spoken[0].sources[0]
    return according


# --- according to X -------------------------------------------------------------------------------


def _their_own(tokens: list[Token], first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether a span names only the records of who spoke before: "its figures"."""
    own = tokens[first].low in lexicon.sets["their own"]
    return (
        own
        and last - first <= 3
        and tokens[last - 1].low in (lexicon.speech.figures | lexicon.sets["records"])
    )


def _according(
    sentence: Sentence, names: NounPhrases, memory: Speakers, lexicon: Lexicon
) -> list[Cue]:
    tokens, beginnings = sentence.tokens, lexicon.speech.according.beginnings
    cues: list[Cue] = []
    position = 0
    while position < len(tokens):
        if tokens[position].low not in beginnings:
            position += 1
            continue
        hit = lexicon.speech.according.at(tokens, position)
        if hit is None or _is_relay(tokens, position, lexicon):
            position += 1
            continue
        after, rule = _past_records(tokens, hit[0], lexicon), hit[1][0]
        span = names.phrase_after(after)
        if span is None or not names.can_speak(*span):
            position += 1
            continue
        found = names.listed(*span)
        if memory.group and _their_own(tokens, *span, lexicon):
            found = [memory.group]  # "according to its figures"
        first = _inserted(tokens, position, span[1])
        cues.append(Cue(found, None, first, len(tokens), position, rule, found[0] if found else ""))
        position = span[1]
    for number, cue in enumerate(cues):
        if len(cues) > 1 and number:
            cue.first = cues[number - 1].at
    return cues


def _inserted(tokens: list[Token], position: int, after: int) -> int:
    """Where what it speaks for begins: "..., on which, according to survivors, 15 died"."""
    aside = position > 2 and tokens[position - 1].text == "," and after < len(tokens)
    if aside and tokens[after].text == "," and "relative" in tokens[position - 2].classes:
        return position - 2
    return 0


_MADE_BY = frozenset({"by", "from"})


def _said_by_noun(sentence: Sentence, names: NounPhrases, lexicon: Lexicon) -> list[Cue]:
    """As in "complaints by the ministry that", "a number issued each evening by the unit"."""
    tokens = sentence.tokens
    if _MADE_BY.isdisjoint(sentence.words):
        return []
    totals, figures = lexicon.rejections["toll"], lexicon.speech.figures
    for position in range(len(tokens) - 2):
        by = position + 1
        rule = "claims by X that"
        first = position
        if tokens[position].low in totals or tokens[position].low in figures:
            while by < len(tokens) - 1 and by - position < 5 and tokens[by].low != "by":
                by += 1
            issued = tokens[position + 1].low in lexicon.sets["issued"]
            if not (issued and tokens[by].low == "by"):
                continue
            rule, first = "a figure issued by X", 0
        elif tokens[position].low not in lexicon.speech.said_nouns or (
            tokens[by].low not in {"by", "from"}
        ):
            continue
        span = names.phrase_after(by + 1)
        if span is None or not names.can_speak(*span):
            continue
        that = span[1] < len(tokens) and tokens[span[1]].low == "that"
        if first and not that:
            continue
        found = names.listed(*span)
        return [Cue(found, None, first, len(tokens), position, rule, found[0] if found else "")]
    return []


def _counted_by(sentence: Sentence, names: NounPhrases, lexicon: Lexicon) -> list[Cue]:
    """As in "346,000 people had been registered as displaced by the tracking matrix"."""
    tokens = sentence.tokens
    cues: list[Cue] = []
    if "by" not in sentence.words:
        return cues
    for position in range(2, len(tokens) - 2):
        verb = lexicon.speech.verbs.get(tokens[position].low)
        if verb is None or verb[1] not in {"ed", "en"}:
            continue
        if "be" not in helpers_before(tokens, position):
            continue
        for by in range(position + 1, min(position + 7, len(tokens) - 1)):
            if tokens[by].kind != "word":
                break
            if tokens[by].low == "by":
                span = names.phrase_after(by + 1)
                if span is not None and names.can_speak(*span):
                    found = names.listed(*span)
                    put = span[1] < len(tokens) and tokens[span[1]].low in {"at", "to"}
                    last = len(tokens) if put else by  # "is put by the council at 750,000"
                    cues.append(Cue(found, None, 0, last, position, "counted by X", found[0]))
                break
    return cues


def _past_records(tokens: list[Token], after: int, lexicon: Lexicon) -> int:
    """Index after "reports received from", "figures compiled by": who made them is the source."""
    step = after
    while step < len(tokens) and step - after < 5:
        token = tokens[step]
        if token.low in {"from", "by"} and step > after:
            return step + 1
        record = token.low in lexicon.speech.figures or token.low in lexicon.sets["records"]
        if not (
            record
            or token.classes & {"determiner", "verb"}
            or token.low in lexicon.sets["of records"]
        ):
            return after
        step += 1
    return after


def _is_relay(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """As in "published by" after a named statement is the channel, not the source."""
    return (
        position > 0
        and tokens[position - 1].text == ","
        and (lexicon.speech.via_by.at(tokens, position) is not None)
    )


# --- X: ..., (X, May 2014) ------------------------------------------------------------------------


def _colon(sentence: Sentence, names: NounPhrases, lexicon: Lexicon) -> list[Cue]:
    """As in "Governor Serhiy Haidai: "..."": a speaker, a colon and a quotation."""
    tokens = sentence.tokens
    if ":" not in sentence.words:
        return []
    first = _after_hour(tokens)
    for position in range(first + 1, min(len(tokens) - 1, first + 14)):
        if tokens[position].text == ":":
            quoted = tokens[position + 1].text in {'"', "“", "'", "‘"}
            named = first < position and names.can_speak(first, position)
            if named and (quoted or _is_role(tokens, first, position, lexicon)):
                name = names.text(first, position)
                return [Cue([name], None, position, len(tokens), position, "X: ...", name)]
            return []
    return []


def _after_hour(tokens: list[Token]) -> int:
    """Index after the hour before an entry: "09:10 – Interior minister: ..."."""
    for position, token in enumerate(tokens[:5]):
        if token.text in {"–", "—", "-"}:
            return position + 1
        if token.kind == "word":
            break
    return 0


def _is_role(tokens: list[Token], first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether a short run of words names a role or a body, without a verb."""
    span = tokens[first:last]
    if len(span) > 8 or any(t.classes & {"verb", "be", "have"} or t.low == "by" for t in span):
        return False
    records = lexicon.speech.figures | lexicon.rejections["toll"] | lexicon.sets["records"]
    if any(token.low in records or token.low in lexicon.sets["reads out"] for token in span):
        return False
    return any(
        token.low in lexicon.speech.speakers - records
        or lexicon.speech.organisations.at(tokens, index) is not None
        for index, token in enumerate(span, first)
    )


def _citations(sentence: Sentence, names: NounPhrases) -> list[Cue]:
    """As in "(IOM, May 2014)", "(source: X)": each speaks for what stands before it."""
    tokens = sentence.tokens
    cues: list[Cue] = []
    first = 0
    if "(" not in sentence.words:
        return cues
    for position, token in enumerate(tokens):
        if token.text != "(":
            continue
        close = position + 1
        while close < len(tokens) and close - position < 90 and tokens[close].text != ")":
            close += 1
        named = names.cited(position + 1, close) if close > position + 1 else []
        if named:
            cues.append(Cue(named[:4], None, first, close, position, "citation"))
            first = close
    if cues:
        cues[-1].last = len(tokens)
    return cues


# --- relays ---------------------------------------------------------------------------------------


def _interviewed(
    tokens: list[Token], position: int, cues: list[Cue], names: NounPhrases, lexicon: Lexicon
) -> bool:
    """As in "survivors interviewed by UNHCR", "in an interview with El Universo"."""
    asked = tokens[position].low in lexicon.speech.reached_by
    said_in = lexicon.speech.said_in.at(tokens, position)
    if said_in is not None:
        span = names.phrase_after(said_in[0])
    elif asked and position + 1 < len(tokens) and tokens[position + 1].low == "by":
        span = names.phrase_after(position + 2)
    else:
        return False
    if span is not None and names.can_speak(*span):
        for cue in cues:
            cue.via = cue.via or names.text(*span)
    return True


def _relay(cues: list[Cue], sentence: Sentence, names: NounPhrases, lexicon: Lexicon) -> None:
    """Who relays: "published by X", "wrote on Twitter", a medium beside another source."""
    tokens = sentence.tokens
    starts = lexicon.speech.relay_starts
    for position in range(len(tokens) if cues else 0):
        if tokens[position].low not in starts:
            continue
        hit = lexicon.speech.via_by.at(tokens, position)
        if _interviewed(tokens, position, cues, names, lexicon):
            continue
        if hit is not None:
            span = names.phrase_after(hit[0])
            if span is not None and names.is_media(*span):
                for cue in cues:
                    if names.text(*span) not in cue.sources:
                        cue.via = cue.via or names.text(*span)
        elif tokens[position].low in lexicon.speech.channelling:
            _by_channel(cues, tokens, position, names, lexicon)
    for cue in cues:
        _said_to(cue, tokens, names)
    if len(cues) >= 2:
        _split_media(cues, names)


def _by_channel(
    cues: list[Cue], tokens: list[Token], position: int, names: NounPhrases, lexicon: Lexicon
) -> None:
    """As in "wrote on Twitter", "told over state radio"."""
    if position + 1 >= len(tokens):
        return
    channel = lexicon.speech.channels.at(tokens, position + 1)
    if channel is None:
        return
    spoken = names.text(position + 1, channel[0])
    for cue in cues:
        if 0 < position - cue.at <= 4:
            cue.via = cue.via or spoken


def _said_to(cue: Cue, tokens: list[Token], names: NounPhrases) -> None:
    """As in "officials confirmed to the Daily Star that"."""
    after = cue.at + 1
    if after + 1 < len(tokens) and tokens[after].low == "to":
        span = names.phrase_after(after + 1)
        if span is not None and names.is_media(*span):
            cue.via = cue.via or names.text(*span)


def _split_media(cues: list[Cue], names: NounPhrases) -> None:
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
