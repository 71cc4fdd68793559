"""Spans of words as names: whether they can speak, and what kind of speaker they are."""

from __future__ import annotations

from crossings.reports.lexicon import Lexicon, PeopleNoun
from crossings.reports.records import Sentence, Token

LONGEST = 12
"""The longest name that is given, in words."""
_WHO_TELL = {"refugees_hosted", "displaced", "evacuated", "returned", "detained"}


def _can_tell(noun: PeopleNoun) -> bool:
    """Whether those a noun counts can be speakers: refugees and guards, not the dead or homes."""
    if noun.unit == "homes":
        return False
    return not noun.measure or noun.responder or noun.measure in _WHO_TELL


def is_capital(token: Token) -> bool:
    """Whether a word begins with a capital letter, or its name does: al-Hol, d'Ivoire."""
    return token.capital


def cut(name: str) -> str:
    """A name without the article and signs around it, of at most ``LONGEST`` words."""
    words = name.strip(" ,.;:'\"“”’‘()-–—").split()
    if words and words[0].lower() in {"the", "a", "an", "by", "that"} and len(words) > 1:
        words = words[1:] if words[0].lower() == "the" else words
    shown = " ".join(words[-LONGEST:])
    return f"{shown})" if "(" in shown and ")" not in shown else shown


class Names:
    """Noun phrases of one sentence as names."""

    def __init__(self, sentence: Sentence, lexicon: Lexicon) -> None:
        self.tokens = sentence.tokens
        self._text = sentence.text
        self._offset = sentence.start
        self._lexicon = lexicon
        self._speech = lexicon.speech

    def text(self, first: int, last: int) -> str:
        """The words of a token span as a name."""
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        return cut(self._text[start - self._offset : end - self._offset])

    def can_speak(self, first: int, last: int) -> bool:
        """Whether a token span can be a speaker: a role, a body, a name."""
        for position in range(first, last):
            token = self.tokens[position]
            if token.low in self._speech.speakers:
                return True
            if "pronoun" in token.classes or token.low in {"i", "we", "you"}:
                continue
            if is_capital(token) and (position > 0 or not self._common(token)):
                return not (token.low in self._lexicon.times and last - first == 1)
            if self._speech.organisations.at(self.tokens, position) is not None:
                return True
            people = self._lexicon.people.at(self.tokens, position)
            if people is not None and people[0] == last and _can_tell(people[1][0]):
                return True
        return False

    def _common(self, token: Token) -> bool:
        return bool(token.classes) or token.low in self._lexicon.times

    def is_time(self, position: int) -> bool:
        """Whether a token belongs to a time expression."""
        token = self.tokens[position]
        return token.low in self._lexicon.times or token.kind == "number"

    def is_hour(self, position: int) -> bool:
        """Whether a number is that of a clock: "9 p.m."."""
        return self._low(position + 1) in self._lexicon.time_words["clock"]

    def _low(self, position: int) -> str:
        return self.tokens[position].low if 0 <= position < len(self.tokens) else ""

    def listed(self, first: int, last: int) -> list[str]:
        """A span as one name, or several if it joins bodies: "UNHCR and IOM"."""
        tokens = self.tokens
        parts = [first]
        for index in range(first + 1, last - 1):
            if tokens[index].text == "," or tokens[index].low == "and":
                parts.append(index + 1)
        pieces = [
            (start, (parts[number + 1] - 1 if number + 1 < len(parts) else last))
            for number, start in enumerate(parts)
        ]
        if len(pieces) > 1 and all(self.is_body(*piece) for piece in pieces):
            return [self.text(*piece) for piece in pieces if piece[1] > piece[0]][:4]
        name = self.text(first, last)
        return [name] if name else []

    def is_group(self, first: int, last: int) -> bool:
        """Whether a span names a body or several speakers: a later "it" or "they"."""
        if not self.can_speak(first, last) or self.is_person(self.text(first, last)):
            return False
        if any(token.kind == "number" for token in self.tokens[first:last]):
            return False
        end = first + 1
        while end < last and "preposition" not in self.tokens[end].classes:
            end += 1
        known = any(
            self._speech.organisations.at(self.tokens, index) is not None
            for index in range(first, end)
        )
        return known or self.tokens[end - 1].low in self._speech.speakers

    def is_body(self, first: int, last: int) -> bool:
        """Whether a short span is a body of its own: an acronym, an organisation, a group."""
        if last <= first:
            return False
        words = [token for token in self.tokens[first:last] if token.low != "the"]
        if not words:
            return False
        if self._speech.organisations.at(self.tokens, last - len(words)) is not None:
            return True
        head = words[-1]
        return (head.text.isupper() and len(head.text) > 1) or head.low in self._speech.speakers

    def is_person(self, name: str) -> bool:
        """Whether a name reads like one person's rather than a body's."""
        if name.lower() in self._speech.organisation_names:
            return False  # White Helmets
        words = name.replace(",", " ").split()
        if any("title" in self._lexicon.classes.get(word.lower(), ()) for word in words):
            return True
        capitals = [
            word
            for word in words
            if word[0].isupper()
            and word.lower() not in self._speech.speakers
            and not word.isupper()
        ]
        if any(word.lower() in self._speech.single for word in words):
            return True
        together = " ".join(capitals[-2:])
        named = len(capitals) >= 2 and words[-1][0].isupper() and name.endswith(together)
        return named and not self._is_body_name(words)

    def _is_body_name(self, words: list[str]) -> bool:
        low = {word.lower() for word in words}
        return bool(low & self._speech.speakers)

    def is_media(self, first: int, last: int) -> bool:
        """Whether a span names a publisher or a channel."""
        return any(
            self._speech.media.at(self.tokens, index) is not None for index in range(first, last)
        )

    def name_is_media(self, name: str) -> bool:
        """Whether a name is that of a publisher or a channel."""
        low = name.lower()
        words = low.split()
        return any(
            " ".join(words[start:end]) in self._speech.media_names
            for start in range(len(words))
            for end in range(start + 1, min(len(words), start + 4) + 1)
        )

    def cited(self, first: int, last: int) -> list[str]:
        """The sources that a bracket names, if it is a citation."""
        tokens = self.tokens
        opening = tokens[first].low
        if opening in {"source", "sources"}:
            after = first + 1 + (tokens[first + 1].text == ":" if first + 1 < last else 0)
            return [self.text(after, last)] if after < last else []
        dated = any(
            token.low in self._lexicon.times
            or token.text == "May"
            or (token.kind == "number" and len(token.text) == 4)
            for token in tokens[first:last]
        )
        explains = first > 1 and is_capital(tokens[first - 2])  # World Food Programme (WFP)
        known = self._speech.organisations.at(tokens, first) is not None
        if not dated and (explains or not known or last - first > LONGEST):
            return []
        found = []
        start = first
        for index in range(first, last + 1):
            if index == last or tokens[index].text == ";":
                if index > start and self._cites(start):
                    name = self.text(start, self._entry_end(start, index))
                    if name not in found:
                        found.append(name)
                start = index + 1
        return found

    def _cites(self, start: int) -> bool:
        token = self.tokens[start]
        known = self._speech.organisations.at(self.tokens, start) is not None
        return is_capital(token) and (known or token.text.isupper())

    def _entry_end(self, start: int, last: int) -> int:
        """Where the name at the head of a citation ends: at a comma, or after eight words."""
        for index in range(start, min(last, start + 8)):
            if self.tokens[index].text == ",":
                return index
        return min(last, start + 8)
