"""Stage 5: the noun that a number counts.

From the number the noun phrase is followed to its head: adjectives, nationalities and nouns in the
singular are passed, the plural decides. The result says whether people are counted, in what unit,
and what the noun itself says of them ("evacuees", "deaths").
"""

from __future__ import annotations

from dataclasses import dataclass

from crossings.reports.lexicon import Lexicon, PeopleNoun
from crossings.reports.records import Figure, Sentence, Token

_REACH = 8
"""How many tokens after a number its noun may stand."""


@dataclass(slots=True)
class Head:
    """What a number counts.

    ``kind`` is ``people`` (a people noun), ``thing`` (another noun), ``pronoun`` ("200 of them") or
    ``bare`` (no noun). ``end`` is the token index after the noun phrase.
    """

    kind: str
    end: int
    unit: str = "people"
    measure: str = ""
    responder: bool = False
    name: str = ""
    partitive: bool = False
    """Whether it is part of a larger group: "two of the dead"."""
    modifiers: tuple[str, ...] = ()


def head_of(figure: Figure, sentence: Sentence, lexicon: Lexicon) -> Head:
    """The head noun of ``figure``."""
    tokens = sentence.tokens
    start = figure.last
    while start < len(tokens) and tokens[start].text in {'"', "”", "’"}:
        start += 1
    if start < len(tokens) and tokens[start].low == "of":
        partitive = _partitive(tokens, start, lexicon)
        if partitive is not None:
            return partitive
        if figure.kind == "vague":
            start += 1
            start += start < len(tokens) and "determiner" in tokens[start].classes
        else:
            return Head("bare", start)
    return _noun_phrase(tokens, start, figure, lexicon)


def _partitive(tokens: list[Token], position: int, lexicon: Lexicon) -> Head | None:
    """As in "27 of the people", "300 of them", "11,600 of the most vulnerable IDPs"."""
    after = position + 1
    if after >= len(tokens):
        return None
    if tokens[after].low in {"them", "whom", "us", "which"}:
        return Head("pronoun", after + 1, name=tokens[after].low)
    if tokens[after].low in {"these", "those"} and (
        after + 1 >= len(tokens) or lexicon.people.at(tokens, after + 1) is None
    ):
        if after + 1 < len(tokens) and "thing" in tokens[after + 1].classes:
            return Head("thing", after + 2, name=tokens[after + 1].low)
        return Head("pronoun", after + 1, name=tokens[after].low)
    following = tokens[after + 1].low if after + 1 < len(tokens) else ""
    if tokens[after].low in {"that", "this"} and following in {"figure", "total", "number"}:
        return Head("pronoun", after + 2, name="those")
    if tokens[after].low == "the" and following in {"latter", "former"}:
        return Head("pronoun", after + 2, name="them")
    if "determiner" not in tokens[after].classes:
        return None
    figure = Figure(0, after, after + 1, 0, 0, "", 2, 2, "exact")
    while after < len(tokens) and (
        tokens[after].kind == "number" or "determiner" in tokens[after].classes
    ):
        after += 1
    found = _noun_phrase(tokens, after, figure, lexicon)
    found.partitive = True
    return found if found.kind != "bare" else None


def _noun_phrase(tokens: list[Token], start: int, figure: Figure, lexicon: Lexicon) -> Head:
    """Follow the noun phrase from ``start`` to its head."""
    candidate: Head | None = None
    single = figure.low == 1 and figure.high in {1, None}
    position = start
    modifiers: list[str] = []
    while position < min(len(tokens), start + _REACH):
        token = tokens[position]
        joined = token.low in {"and", ","} and bool(modifiers)
        if token.kind != "word" or joined:
            # "elderly and sick people"
            if not (
                _people_ahead(tokens, position, lexicon)
                if joined
                else _goes_on(tokens, position, start)
            ):
                break
            position += 1
            continue
        hit = lexicon.people.at(tokens, position)
        if hit is not None:
            end, noun = hit[0], _best(hit[1])
            head = _people_head(noun, end, tokens[position:end], modifiers)
            if noun.plural or single:
                if not _modifies(tokens, end, noun, lexicon):
                    return head
                candidate = head if noun.plural else candidate
            modifiers.append(tokens[position].low)
            position = end
            continue
        between = lexicon.between.at(tokens, position)
        if between is not None:
            modifiers += [word.low for word in tokens[position : between[0]]]
            position = between[0]
            continue
        if _is_adverb(token, position - start) or _stops(tokens, position, start, lexicon):
            break
        if "thing" in token.classes or (single and "thing_modifier" in token.classes):
            return candidate or Head("thing", position + 1, name=token.low)
        unknown = _unknown_plural(tokens, position, lexicon, single)
        if unknown is not None:
            return candidate or unknown
        modifiers.append(token.low)
        position += 1
    if candidate is not None:
        return candidate
    if position > start and not _only_passing(tokens[start:position]):
        return Head("thing", position, name=tokens[position - 1].low)
    return Head("bare", start)


def _people_ahead(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a people noun in the plural follows within two adjectives."""
    for ahead in range(position + 1, min(position + 4, len(tokens))):
        if tokens[ahead].kind != "word" or tokens[ahead].classes & _NO_ADJECTIVE:
            return False
        hit = lexicon.people.at(tokens, ahead)
        if hit is not None and _best(hit[1]).plural:
            return ahead > position + 1
    return False


_NO_ADJECTIVE = {"preposition", "determiner", "auxiliary", "modal", "pronoun", "conjunction"}


def _best(nouns: list[PeopleNoun]) -> PeopleNoun:
    return nouns[0]


def _people_head(noun: PeopleNoun, end: int, words: list[Token], modifiers: list[str]) -> Head:
    name = " ".join(word.low for word in words)
    return Head(
        "people", end, noun.unit, noun.measure, noun.responder, name, modifiers=tuple(modifiers)
    )


def _goes_on(tokens: list[Token], position: int, start: int) -> bool:
    """Whether a sign may stand inside a noun phrase: quotes, a hyphen, a comma of adjectives."""
    return tokens[position].text in {'"', "“", "‘", "'", "-"} and position - start < 3


def _modifies(tokens: list[Token], end: int, noun: PeopleNoun, lexicon: Lexicon) -> bool:
    """Whether a people noun only describes the next: "refugee camps", "people smugglers"."""
    if end >= len(tokens) or tokens[end].kind != "word":
        return False
    token = tokens[end]
    if "thing" in token.classes:
        return True
    hit = lexicon.people.at(tokens, end)
    if hit is not None and _best(hit[1]).plural:
        # "20 Chinese tourists", "20 women migrants", but "20 people dead", "20 people missing".
        following = _best(hit[1])
        named = noun.either and following.measure in _GROUPS and "verb" not in token.classes
        if named:
            return True  # "12,000 Rohingya refugees"
        return following.measure == "" and token.low not in {"others", "homes"}
    return False


_GROUPS = {"refugees_hosted", "displaced", "returned", "evacuated", "detained"}


def _stops(tokens: list[Token], position: int, start: int, lexicon: Lexicon) -> bool:
    """Whether a word ends the noun phrase: prepositions, auxiliaries, conjunctions, verbs."""
    token, inside = tokens[position], position > start
    classes = token.classes
    if token.low in lexicon.time_words["relative"]:
        return True
    rate = not inside and token.low in lexicon.numbers.articles and position + 1 < len(tokens)
    if rate and tokens[position + 1].low in lexicon.time_words["units"]:
        return True  # "1,500 a day"
    adverbs = all("adverb" in passed.classes for passed in tokens[start:position])
    if adverbs and ("finite" in classes or _finite(tokens, position, lexicon)):
        return True
    if classes & {"preposition", "auxiliary", "modal", "conjunction", "pronoun", "clause_word"}:
        return True
    if "determiner" in classes and (inside or token.low in {"this", "that", "the", "last"}):
        return True
    if "verb" not in classes or inside:
        return False
    return not token.low.endswith(("ed", "ing")) or _past(tokens, position, lexicon)


def _is_adverb(token: Token, offset: int) -> bool:
    """Whether an adverb follows the number, so that no noun does: "80,000 ever left"."""
    return offset == 0 and token.low in {"ever", "never", "actually", "easily", "eventually"}


def _past(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a form in -ed is the verb, with a name as its object: "4,000 entered Serbia"."""
    after = position + 1
    if not tokens[position].low.endswith("ed") or after >= len(tokens):
        return False
    named = tokens[after].kind == "word" and tokens[after].text[0].isupper()
    return (
        named
        and "nationality" not in tokens[after].classes
        and (lexicon.people.at(tokens, after) is None)
    )


def _finite(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a verb follows the number at once: "400,000 flee Goma"."""
    if "maybe_verb" not in tokens[position].classes or position + 1 >= len(tokens):
        return False
    following = tokens[position + 1]
    ends = following.classes & {"determiner", "preposition"} or following.kind == "sign"
    return bool(ends or following.text[0].isupper()) and (
        lexicon.triggers.at(tokens, position) is not None
    )


def _unknown_plural(
    tokens: list[Token], position: int, lexicon: Lexicon, single: bool
) -> Head | None:
    """A plural that is in no list: people if it reads like the name of a people, else a thing."""
    token = tokens[position]
    low = token.low
    if not low.endswith("s") or low.endswith(("ss", "us", "is")) or len(low) < 4:
        return None
    if token.classes & {"verb", "adverb"}:
        return None
    if "maybe_verb" in token.classes and single:
        return None  # after more than one a form in -s is no verb
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if token.text[0].isupper() and not token.text.isupper():
        if following is None or not (following.kind == "word" and following.text[0].isupper()):
            return Head("people", position + 1, name=low)
        return None
    if low.endswith(lexicon.person_endings) and low not in lexicon.no_persons and len(low) > 5:
        return Head("people", position + 1, name=low)
    return Head("thing", position + 1, name=low)


def _only_passing(tokens: list[Token]) -> bool:
    """Whether what was passed are adverbs, participles and the like, so that no noun is there."""
    return all(
        token.kind != "word"
        or token.classes & {"adverb", "verb", "maybe_verb", "determiner"}
        or token.low in {"others", "more", "other", "dead", "missing"}
        or (token.low.endswith("ed") and token.text.islower())
        for token in tokens
    )
