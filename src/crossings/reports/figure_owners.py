"""Stage 7c: whose a figure is: "X's estimate", a list that is kept, a toll that is revised."""

from __future__ import annotations

from itertools import pairwise

from crossings.reports.counted import HARM
from crossings.reports.cues import Cue, Speakers
from crossings.reports.lexicon import Lexicon
from crossings.reports.names import is_capital
from crossings.reports.noun_phrases import NounPhrases
from crossings.reports.records import Sentence, Token
from crossings.reports.tokens import low_at

STANDING = "X's figures stand at"


def figure_of(sentence: Sentence, names: NounPhrases, lexicon: Lexicon) -> list[Cue]:
    """As in "the official government figure of 262,704", "an IDMC estimate of 500"."""
    tokens = sentence.tokens
    cues: list[Cue] = []
    if lexicon.speech.figures.isdisjoint(sentence.words):
        return cues
    for position in range(1, len(tokens) - 1):
        if tokens[position].low not in lexicon.speech.figures or tokens[position + 1].low != "of":
            continue
        owner = position - 1
        owner -= tokens[owner].low == "'s" and owner > 0
        known = lexicon.speech.organisations.at(tokens, owner) is not None
        low = tokens[owner].low
        if known or (low in lexicon.speech.speakers and low not in lexicon.speech.figures):
            name = names.text(owner, owner + 1 if tokens[owner + 1].low == "'s" else position)
            last = min(position + 7, len(tokens))
            cues.append(Cue([name], None, position, last, position, "X figure of", name))
    return cues


def listed(sentence: Sentence, names: NounPhrases, memory: Speakers, lexicon: Lexicon) -> list[Cue]:
    """As in "the union has a list of 51", "the council keeps a register of"."""
    tokens = sentence.tokens
    cues = []
    for position in range(1, len(tokens) - 3):
        low = tokens[position].low
        if low not in lexicon.speech.keeping and low not in lexicon.speech.revising:
            continue
        listing = _record_after(tokens, position, lexicon)
        if listing is None:
            continue
        span = names.phrase_before(position)
        if span is None:
            continue
        name = names.text(*span) if names.can_speak(*span) else ""
        if span[1] - span[0] == 1 and "speaker_pronoun" in tokens[span[0]].classes:
            one = tokens[span[0]].low in lexicon.speech.one
            name = memory.person if one else memory.group
        if name:
            cues.append(Cue([name], None, position, len(tokens), listing, "X has a list of", name))
    return cues


def _record_after(tokens: list[Token], position: int, lexicon: Lexicon) -> int | None:
    """The "list of" that is kept, or the "its toll" that is changed, by the verb at a position."""
    ahead = range(position + 1, min(position + 6, len(tokens)))
    if tokens[position].low in lexicon.speech.keeping:
        listing = next((n for n in ahead if tokens[n].low in lexicon.sets["kept lists"]), None)
        if listing is not None and low_at(tokens, listing + 1) in {"of", "with"}:
            return listing
    if tokens[position].low in lexicon.speech.keeping and _on_its_books(tokens, position):
        return position
    if tokens[position].low in lexicon.sets["gives"] and _counts_harm(
        tokens, position + 1, lexicon
    ):
        return position
    if tokens[position].low not in lexicon.speech.revising:
        return None
    own = any(tokens[n].low in _OWN for n in ahead[:3])
    total = next((n for n in ahead if tokens[n].low in lexicon.rejections["toll"]), None)
    return total if own and total is not None and low_at(tokens, total + 1) in _TOTALS else None


def _on_its_books(tokens: list[Token], position: int) -> bool:
    """As in "the authority had 36 deaths on its books"."""
    ahead = [token.low for token in tokens[position + 1 : position + 10]]
    return any(
        ahead[n : n + 1] == ["on"]
        and ahead[n + 1 : n + 2]
        and ahead[n + 1] in _OWN
        and ahead[n + 2 : n + 3]
        and ahead[n + 2] in _BOOKS
        for n in range(len(ahead))
    )


def _counts_harm(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """As in "the ministry gives 175 killed"."""
    if position + 1 >= len(tokens) or tokens[position].kind != "number":
        return False
    return any(
        found[1][0].measure in HARM
        for index in range(position + 1, min(position + 3, len(tokens)))
        if (found := lexicon.triggers.at(tokens, index)) is not None
    )


_BOOKS = {"books", "records", "record", "lists", "list", "rolls", "roll", "files", "register"}
_OWN = {"its", "their", "his", "her", "the", "a", "an"}
_TOTALS = {"of", "to", "from", "as", "by", "at", ",", ":"}


def standing(sentence: Sentence, names: NounPhrases, lexicon: Lexicon) -> list[Cue]:
    """As in "official figures for Syria stand at", "the tally from the ministry is"."""
    tokens = sentence.tokens
    cues: list[Cue] = []
    if lexicon.sets["figures of"].isdisjoint(sentence.words):
        return cues
    for position in range(len(tokens) - 2):
        if tokens[position].low not in lexicon.sets["figures of"]:
            continue
        verb = next(
            (n for n in range(position + 1, min(position + 16, len(tokens))) if _stands(tokens, n)),
            None,
        )
        maker = next(
            (n for n in range(position + 1, verb or 0) if tokens[n].low in lexicon.sets["made by"]),
            None,
        )
        official = position > 0 and tokens[position - 1].low in {"official", "government"}
        if verb is None or not (maker is not None or official):
            continue
        span = names.phrase_after(maker + 1) if maker is not None else (position - 1, position + 1)
        if span is not None and names.can_speak(*span):
            found = names.listed(*span)
            cues.append(Cue(found, None, position, len(tokens), position, STANDING))
    for cue, later in pairwise(cues):
        cue.last = later.first
    return cues


def _stands(tokens: list[Token], position: int) -> bool:
    low = tokens[position].low
    return low in {"stand", "stands", "stood", "show", "shows", "put", "puts"} or (
        low in {"is", "was", "are", "were"} and position + 1 < len(tokens)
    )


def owned(sentence: Sentence, names: NounPhrases, lexicon: Lexicon) -> list[Cue]:
    """As in "IDMC's estimate of 7,500", "estimates by the ministry"."""
    tokens, words = sentence.tokens, sentence.words
    speech = lexicon.speech
    owns = "reckoning" in words or not speech.figures.isdisjoint(words)
    if not owns and speech.publications.isdisjoint(words):
        return []
    for position in range(3, len(tokens)):
        own = [token.low for token in tokens[position - 3 : position]]
        if own[0] == "by" and own[2] == "own" and tokens[position].low in lexicon.speech.figures:
            span = names.subject()
            if span is not None and (names.can_speak(*span) or is_capital(tokens[span[0]])):
                name = names.text(*span)
                return [Cue([name], None, 0, len(tokens), position, "by its own count", name)]
    for position in range(1, len(tokens)):
        owner = position - 1
        published = tokens[position].low in lexicon.speech.publications
        while published and owner > position - 5 and owner > 1 and tokens[owner].low != "'s":
            owner -= 1
        reckoned = tokens[position].low == "reckoning"
        if not published and not reckoned and tokens[position].low not in lexicon.speech.figures:
            continue
        if tokens[owner].low == "'s" and owner > 0:
            span = names.phrase_before(owner)
            before = tokens[max(0, span[0] - 2) : span[0] + 1] if span is not None else []
            by = any(token.low == "by" for token in before)
            if span is not None and names.can_speak(*span) and (by or names.is_body(*span)):
                name = names.text(*span)
                first = _clause_start(tokens, position)
                return [Cue([name], None, first, len(tokens), position, "X's figure", name)]
    return []


def _clause_start(tokens: list[Token], position: int) -> int:
    """Where the part of a sentence begins that a semicolon closes off."""
    return max((n + 1 for n in range(position) if tokens[n].text == ";"), default=0)
