"""Stage 7b: "X said ...", "..., said X", "said he", "X's figure": verbs and nouns of saying."""

from __future__ import annotations

from crossings.reports.cues import Cue, Speakers
from crossings.reports.figure_owners import figure_of, listed, owned, standing
from crossings.reports.lexicon import Lexicon
from crossings.reports.names import is_capital
from crossings.reports.noun_phrases import NounPhrases
from crossings.reports.records import Sentence, Token
from crossings.reports.saying import has_content, may_speak, says
from crossings.reports.signs import helpers_before
from crossings.reports.tokens import low_at


def spoken_cues(
    sentence: Sentence, names: NounPhrases, memory: Speakers, lexicon: Lexicon
) -> list[Cue]:
    """The cues of verbs of saying, else those of figures that belong to somebody."""
    tokens = sentence.tokens
    cues: list[Cue] = []
    for position, token in enumerate(tokens):
        verb = lexicon.speech.verbs.get(token.low) if token.kind == "word" else None
        if verb is None or not may_speak(tokens, position, verb, lexicon):
            continue
        cue = _cue_at(tokens, position, verb, names, memory, lexicon)
        if cue is not None and cue.rule == _SAYING and cues:
            cue.sources, cue.via = cues[-1].sources, cues[-1].via  # "X said ..., adding that ..."
        if cue is not None:
            _limit(cue, tokens)
            if verb[0] in lexicon.sets["judging"] and not has_content(
                tokens, position + 1, lexicon, True
            ):
                cue.last = min(cue.last, _next_comma(tokens, position))
            cues.append(cue)
            note(cue, names, memory)
    cues = _settled(cues) + figure_of(sentence, names, lexicon)
    cues += listed(sentence, names, memory, lexicon)
    return cues or standing(sentence, names, lexicon) or owned(sentence, names, lexicon)


def _cue_at(
    tokens: list[Token],
    position: int,
    verb: tuple[str, str],
    names: NounPhrases,
    memory: Speakers,
    lexicon: Lexicon,
) -> Cue | None:
    """The cue of the verb of saying at ``position``, if it has a speaker and says something."""
    if verb[0] in lexicon.sets["quotes"]:
        quoted = _quoted_as(tokens, position, names)
        if quoted is not None:
            return quoted
    if verb[1] == "ing":
        return _participle(tokens, position, names, lexicon)
    if verb[0] not in lexicon.speech.telling:
        cue = _inverted(tokens, position, verb, names, memory, lexicon)
        if cue is not None:
            return cue
    return _subject_before(tokens, position, verb, names, memory, lexicon)


def _quoted_as(tokens: list[Token], position: int, names: NounPhrases) -> Cue | None:
    """As in "relief workers quoted refugees as saying that": the quoted, through who quotes."""
    span = names.phrase_after(position + 1)
    if span is None or not names.can_speak(*span):
        return None
    if low_at(tokens, span[1]) != "as" or not low_at(tokens, span[1] + 1).endswith("ing"):
        return None
    found = names.listed(*span)
    relay = names.phrase_before(position)
    via = names.text(*relay) if relay is not None and names.can_speak(*relay) else None
    return Cue(found, via, position, len(tokens), position, "X quoted Y as saying", found[0])


def _limit(cue: Cue, tokens: list[Token]) -> None:
    """A cue that closes what was said does not speak for a new clause after it."""
    if cue.first > 0:
        for position in range(cue.at + 1, len(tokens) - 2):
            new = tokens[position].text in {",", ";"} and tokens[position + 1].low in _NEW_CLAUSE
            named = is_capital(tokens[position + 2]) or (
                tokens[position + 2].low == "the"
                and is_capital(tokens[min(position + 3, len(tokens) - 1)])
            )
            if new and named:
                cue.last = min(cue.last, position)
                return
        return
    for position in range(cue.at + 1, min(cue.at + 9, len(tokens) - 1)):
        aside = tokens[position].low == "as" and tokens[position + 1].low != "of"
        if aside or (
            tokens[position].text in {",", ";"} and tokens[position + 1].low in _NEW_CLAUSE
        ):
            cue.last = position
            return


def _next_comma(tokens: list[Token], position: int) -> int:
    """Index of the next comma before "where", "which", or the end."""
    for comma in range(position, len(tokens) - 1):
        if tokens[comma].text == "," and tokens[comma + 1].low in {"where", "which", "whose"}:
            return comma
    return len(tokens)


_NEW_CLAUSE = {"while", "whereas", "but", "although", "though"}
_SAYING = "X, saying ..."


def _settled(cues: list[Cue]) -> list[Cue]:
    """A cue that speaks forwards ends where the next one begins."""
    for number, cue in enumerate(cues[:-1]):
        later = cues[number + 1]
        if cue.rule == "X said ..." and later.rule == "X said ...":
            cue.last = max(later.at - 1, cue.at + 1)
    return cues


def _participle(
    tokens: list[Token], position: int, names: NounPhrases, lexicon: Lexicon
) -> Cue | None:
    """As in "..., confirming that 15" (of the subject), "reports claiming that", "are saying"."""
    if not has_content(tokens, position + 1, lexicon):
        return None
    if "be" in helpers_before(tokens, position):
        span = names.phrase_before(position)
    elif position and (tokens[position - 1].text == "," or tokens[position - 1].low == "and"):
        span = names.subject()
    else:
        span = names.phrase_before(position)
    if span is None or not names.can_speak(*span):
        return None
    found = names.listed(*span)
    speaker = found[0] if found else ""
    return Cue(found, None, position, len(tokens), position, _SAYING, speaker)


def _inverted(
    tokens: list[Token],
    position: int,
    verb: tuple[str, str],
    names: NounPhrases,
    memory: Speakers,
    lexicon: Lexicon,
) -> Cue | None:
    """As in "..., said X, the Y" and "Said X: ..."."""
    before = tokens[position - 1].text if position else ""
    if before not in {"", ",", '"', "”", "’", "'", "–", "—", "?", "!"}:
        return None
    if position + 1 >= len(tokens):
        return None
    following = tokens[position + 1]
    if following.kind != "word" or following.low in {"that", "it", "in", "on", "to", "at", "by"}:
        return None
    if following.low in {"he", "she", "they"}:
        if position + 2 < len(tokens) and tokens[position + 2].classes & _COMPLEMENT:
            return None  # "a doctor, reached by phone, said he had 346 patients"
        speaker = memory.person or memory.group
        return Cue([speaker] if speaker else [], None, 0, len(tokens), position, "said he")
    span = names.phrase_after(position + 1)
    if span is None:
        return None
    after = tokens[span[1]] if span[1] < len(tokens) else None
    if after is not None and after.classes & {"be", "have", "modal", "verb"}:
        return None  # "X, the Y, said the crowding was caused by"
    # Who stands there with an article after "said" speaks, whatever the trade.
    article = "determiner" in tokens[span[0]].classes and verb[1] == "ed"
    role = verb[0] in lexicon.sets["plainly says"] and article and bool(before)
    if (
        not (role or names.can_speak(*span))
        or verb[0] in lexicon.speech.by_counting | lexicon.sets["no speaker follows"]
    ):
        return None
    name = names.text(*span)
    return Cue([name], None, 0, len(tokens), position, "..., said X", name)


_COMPLEMENT = {"be", "have", "modal", "verb", "maybe_verb", "auxiliary"}


def _subject_before(
    tokens: list[Token],
    position: int,
    verb: tuple[str, str],
    names: NounPhrases,
    memory: Speakers,
    lexicon: Lexicon,
) -> Cue | None:
    who = _relative_before(tokens, position, lexicon)
    if who is not None:
        span = names.phrase_before(who - (tokens[who - 1].text == ","))
    else:
        span = names.phrase_before(position)
    if span is None:
        return None
    first, last = span
    before = tokens[first - 1] if first else None
    if (
        before is not None
        and before.low in lexicon.sets["object of"]
        and verb[0] not in lexicon.speech.telling
    ):
        return None  # "in a report published on Friday"
    if _is_counted(tokens, first, last, names, lexicon):
        return None
    modal = verb[0] in lexicon.sets["confirms"] and "modal" in helpers_before(tokens, position)
    if verb[1] == "base" and not (modal or _is_plural(tokens, first, last, lexicon)):
        return None
    told = names.phrase_after(position + 1) if verb[0] in lexicon.speech.telling else None
    backwards = verb[0] not in lexicon.speech.not_after and _speaks_backwards(
        tokens, first, told[1] if told else position + 1, names
    )
    if verb[0] in lexicon.speech.weak and not (backwards and first > 0):
        finds = any(token.low in lexicon.speech.finding for token in tokens[first:last])
        strict = verb[0] in lexicon.speech.only_that and not (
            (verb[0] == "find" and finds)
            or (
                verb[0] in lexicon.sets["identifies"]
                and _ends_as_body(tokens, first, last, lexicon)
            )
        )
        if not has_content(tokens, position + 1, lexicon, strict):
            return None
        known = tokens[first].text in memory.named or _is_body(tokens, first, lexicon)
        pronoun = "speaker_pronoun" in tokens[first].classes
        one = tokens[first].low in lexicon.speech.one
        known = known or (pronoun and bool(memory.group or (one and memory.person)))
        if last - first == 1 and not known:
            return None  # "Chittagong counted 29"
    cue = _speaker(tokens, first, last, position, names, memory, lexicon)
    if cue is None:
        return None
    unsaid = verb[0] in lexicon.speech.by_counting or verb[0] in lexicon.sets["intends"]
    cue.weak = unsaid and not backwards
    if backwards:
        cue.first = 0
        cue.rule = "..., X said" if cue.speaker else cue.rule
    if told is not None:
        cue.via = names.told(position + 1)
    return cue


def _is_counted(
    tokens: list[Token], first: int, last: int, names: NounPhrases, lexicon: Lexicon
) -> bool:
    """Whether a subject is people who are counted, or a number of them, and no speaker."""
    opening = range(first, min(last, first + 3))
    if any(tokens[n].kind == "number" and not names.is_hour(n) for n in opening):
        return True
    if any(lexicon.numbers.multipliers.get(tokens[n].low, 0) >= 1000 for n in range(first, last)):
        return True  # "hosts just under a million registered Syrians"
    totals = lexicon.rejections["toll_general"]  # "the number of people reported missing"
    return any(tokens[n].low in totals and low_at(tokens, n + 1) == "of" for n in opening)


def _ends_as_body(tokens: list[Token], first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether a subject holds an acronym, a known organisation or a kind of body."""
    return any(
        _is_body(tokens, position, lexicon) and tokens[position].low not in lexicon.countries
        for position in range(first, last)
    )


_RELATIVE = 9
"""The longest relative clause between a speaker and the verb, in tokens."""


def _relative_before(tokens: list[Token], position: int, lexicon: Lexicon) -> int | None:
    """The "who" of a relative clause that ends at ``position``: "staff who run it say"."""
    for who in range(position - 1, max(0, position - _RELATIVE), -1):
        token = tokens[who]
        if token.low in {"that", "which"} and tokens[who - 1].low in lexicon.speech.speakers:
            return who
        if token.low == "which" and who > 1 and tokens[who - 1].text == ",":
            return who  # "the ministry, which had put the dead at 2,445"
        if token.low in {"who", "whose"} and "relative" in token.classes:
            preposition = who > 1 and "preposition" in tokens[who - 1].classes
            return who - preposition
        if token.kind == "sign" or token.low == "that" or says(token, lexicon):
            return None
    return None


def _is_body(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether one word is a body or a role, not only a name."""
    token = tokens[position]
    known = lexicon.speech.organisations.at(tokens, position) is not None
    known = known or token.low in lexicon.countries or token.low in lexicon.speech.capitals
    acronym = token.text.isupper() and len(token.text) > 1
    return known or acronym or token.low in lexicon.speech.speakers


def _is_plural(tokens: list[Token], first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether a subject can have a verb without an -s."""
    head = tokens[last - 1]
    if head.low.endswith("s") or head.text.isupper() or last - first > 3:
        return True
    people = lexicon.people.at(tokens, last - 1)
    if people is not None and people[1][0].plural:
        return True
    return head.low in lexicon.sets["plural heads"] or any(
        token.low == "and" for token in tokens[first:last]
    )


def _speaker(
    tokens: list[Token],
    first: int,
    last: int,
    position: int,
    names: NounPhrases,
    memory: Speakers,
    lexicon: Lexicon,
) -> Cue | None:
    """The cue of a subject: a name or role, or a pronoun for who spoke last."""
    low = tokens[first].low
    if last - first == 1 and "speaker_pronoun" in tokens[first].classes:
        if low == "it" and not _said_of_it(tokens, first, position, lexicon):
            return None
        name = memory.person if low in lexicon.speech.one else memory.group
        name = name or memory.group or memory.person
        found = [name] if name else []
        return Cue(found, None, position, len(tokens), position, f"pronoun: {low}")
    if not names.can_speak(first, last):
        return None
    found = names.listed(first, last)
    if same_body(tokens, first, last, memory, lexicon):
        found = [memory.group]
    speaker = found[0] if found else ""
    return Cue(found, None, position, len(tokens), position, "X said ...", speaker)


def same_body(
    tokens: list[Token], first: int, last: int, memory: Speakers, lexicon: Lexicon
) -> bool:
    """Whether "the group", "the agency" is the body with a name that spoke last."""
    the = first > 0 and tokens[first - 1].low == "the"
    span = tokens[first:last]
    span = span[1:] if span[0].low == "the" else span if the else []
    group = memory.group
    named = group.lower() in lexicon.speech.organisation_names or (
        group.isupper() and group.isalpha()
    )
    return named and len(span) == 1 and span[0].low in lexicon.sets["a body"]


def _said_of_it(tokens: list[Token], first: int, position: int, lexicon: Lexicon) -> bool:
    """Whether "it" is a body that speaks, and not the weather: "it said", not "it is feared"."""
    after_comma = first > 0 and tokens[first - 1].text in {",", '"', "”"}
    return after_comma or has_content(tokens, position + 1, lexicon)


def _speaks_backwards(tokens: list[Token], first: int, after: int, names: NounPhrases) -> bool:
    """Whether "X said" closes what was said before it."""
    if first == 0:
        return False
    before = tokens[first - 1]
    if before.text in {'"', "”", "’", "»"}:
        return True
    if before.text in {",", "–", "—", "-"}:
        return names.trails_off(after) or low_at(tokens, after) in {",", ";"}
    if before.low == "as":
        return True
    return names.trails_off(after) and first > 4


def note(cue: Cue, names: NounPhrases, memory: Speakers) -> None:
    """Remember who spoke; a bare role ("the commissioner") keeps the fuller name it had."""
    name = cue.speaker
    if name and name.split()[0].lower() in {"his", "her", "their", "its"}:
        name = " ".join(word for word in name.split() if word[0].isupper())  # "its head, X Y"
    if not name:
        return
    if names.is_person(name):
        memory.named.update(word for word in name.split() if word[0].isupper())
        if not set(name.lower().split()) <= set(memory.person.lower().split()):
            memory.person = name
    else:
        memory.group = name
