"""The names of speakers: noun phrases before and after a cue, and whether they can speak."""

from __future__ import annotations

from crossings.reports.lexicon import Lexicon, PeopleNoun
from crossings.reports.records import Sentence, Token

LONGEST = 12
"""The longest name that is given, in words."""
_REACH = 22
_OPENERS = {
    "but", "and", "meanwhile", "however", "earlier", "later", "separately", "also", "yet", "still",
    "so", "then", "while", "as", "when", "although", "though", "because", "that", "where",
    "recently", "previously", "after", "before", "since", "if",
}  # fmt: skip
_WHO_TELL = {"refugees_hosted", "displaced", "evacuated", "returned", "detained"}
_BREAKS = {
    "but", "while", "whereas", "when", "as", "because", "although", "or", "nor", "if",
}  # fmt: skip
_AFTER_PARTICIPLE = {"on", "by", "in", "at", "to", "late", "early", "from", "this", "last"}
_INSIDE_NAMES = {"'", "’", "-", ".", "&", "/"}
_QUOTES = {'"', "“", "”", "«", "»", "‘"}
_STOPS = {";", ":", "(", ")", "–", "—", "[", "]", "…", "?", "!"} | _QUOTES


def _can_tell(noun: PeopleNoun) -> bool:
    """Whether those a noun counts can be speakers: refugees and guards, not the dead or homes."""
    if noun.unit == "homes":
        return False
    return not noun.measure or noun.responder or noun.measure in _WHO_TELL


def is_capital(token: Token) -> bool:
    """Whether a word begins with a capital letter."""
    return token.kind == "word" and token.text[0].isupper()


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

    def _low(self, position: int) -> str:
        return self.tokens[position].low if 0 <= position < len(self.tokens) else ""

    def subject(self) -> tuple[int, int] | None:
        """The first noun phrase of the sentence, before its first verb."""
        for position, token in enumerate(self.tokens):
            following = self.tokens[position + 1] if position + 1 < len(self.tokens) else token
            acts = "maybe_verb" in token.classes and "determiner" in following.classes
            if position and (acts or token.classes & {"verb", "auxiliary", "modal"}):
                last = self._without_hedges(position)
                return self._trimmed(self._back(last), last) if last else None
        return None

    # --- before and after -------------------------------------------------------------------------

    def phrase_before(self, verb: int) -> tuple[int, int] | None:
        """The noun phrase that is the subject of the verb at ``verb``."""
        last = self._without_hedges(verb)
        last = self._without_anonymity(last)
        if last <= 0:
            return None
        if self.tokens[last - 1].low in {"and", "but"} and last > 1:
            return self.subject()  # "X disputes the number and says ..."
        if self.tokens[last - 1].text == ",":
            return self._around_insertion(last - 1)
        first = self._back(last)
        return self._trimmed(first, last)

    def _without_anonymity(self, last: int) -> int:
        """The end of the name before "who asked not to be named", commas aside."""
        end = last - 1 if last and self.tokens[last - 1].text == "," else last
        for first in range(max(0, end - 9), end - 2):
            hit = self._speech.anonymous.at(self.tokens, first)
            if hit is not None and hit[0] == end:
                return first - 1 if first and self.tokens[first - 1].text == "," else first
        return last

    def _without_hedges(self, last: int) -> int:
        while last > 0 and (
            self.tokens[last - 1].low in self._speech.hedges
            or "adverb" in self.tokens[last - 1].classes
        ):
            last -= 1
        return last

    def _around_insertion(self, comma: int) -> tuple[int, int] | None:
        """As in "X, the Y, said": the base before the insertion, with it."""
        opening = comma - 1
        while opening > 0 and self.tokens[opening].text != ",":
            if self.tokens[opening].text in _STOPS or comma - opening > _REACH:
                return None
            opening -= 1
        if opening <= 0:
            return None
        first = self._back(opening)
        if first >= opening or not self.can_speak(first, opening):
            inside = self._trimmed(opening + 1, comma)
            return inside
        trimmed = self._trimmed(first, opening)
        if trimmed is None:
            return None
        whole = comma - trimmed[0]
        return (trimmed[0], comma if whole <= LONGEST else opening)

    def _back(self, last: int) -> int:
        """The first token of the noun phrase that ends before ``last``."""
        first = last
        while first > 0 and last - first < _REACH:
            if self.tokens[first - 1].text == ")" and first > 2 and self._text_at(first - 3) == "(":
                first -= 3  # (AFP)
            elif self._begins_after(first - 1, last):
                break
            else:
                first -= 1
        return first

    def _text_at(self, position: int) -> str:
        return self.tokens[position].text

    def _begins_after(self, position: int, last: int) -> bool:
        """Whether the noun phrase that ends before ``last`` begins after ``position``."""
        token = self.tokens[position]
        if token.kind == "sign" and token.text in _STOPS:
            return True
        if token.text == ",":
            return not self._role_before_name(position)
        if token.low == "and":
            return not self._joins_names(position, last)
        if token.classes & {"relative", "modal", "be", "have"} or token.low in _BREAKS:
            return True
        participle = token.low.endswith("ing") and self._low(position - 1) != ","
        if "verb" in token.classes and not participle and not self._attribute(position):
            # "survivors interviewed by UNHCR" is one phrase
            return token.low not in self._speech.reached_by or self._low(position + 1) != "by"
        return False

    def _attribute(self, position: int) -> bool:
        """Whether a participle stands inside a noun phrase: "state-run", "the united party"."""
        following = self.tokens[position + 1] if position + 1 < len(self.tokens) else None
        before = self.tokens[position - 1] if position else None
        if is_capital(self.tokens[position]) and position:
            return True
        return (
            following is not None
            and following.kind == "word"
            and not following.classes & {"determiner", "preposition", "pronoun", "auxiliary"}
            and before is not None
            and bool(before.classes & {"determiner"} or before.low in {"'s", "of"})
        )

    def _role_before_name(self, comma: int) -> bool:
        """As in "the head of the commission, Alsir Khaled": one phrase."""
        after = self.tokens[comma + 1] if comma + 1 < len(self.tokens) else None
        if after is None or comma == 0:
            return False
        role = False
        for index in range(comma - 1, max(-1, comma - 9), -1):
            token = self.tokens[index]
            if token.kind == "sign" and token.text not in {"-", "'", "’"}:
                break
            if "verb" in token.classes or token.low == "according" or self.is_time(index):
                return False
            role = role or token.low in self._speech.speakers
        return role and is_capital(after)

    def _joins_names(self, position: int, last: int) -> bool:
        """Whether "and" joins two speakers: "US and Mexican officials", "UNHCR and partners"."""
        before, after = self.tokens[position - 1], self.tokens[position + 1 : last]
        left = is_capital(before) or before.low in self._speech.speakers
        right = any(is_capital(word) or word.low in self._speech.speakers for word in after)
        if position > 0 and left and right and len(after) <= 9:
            return True
        of = position > 2 and self.tokens[position - 2].low in {"of", "for"}
        return of and self.tokens[position - 3].low in self._speech.speakers

    def _trimmed(self, first: int, last: int) -> tuple[int, int] | None:
        """A span without openers ("But on Monday ...") and times at its ends."""
        tokens = self.tokens
        while first < last and (
            tokens[first].low in _OPENERS or tokens[first].text == "," or self._leading_time(first)
        ):
            first += 1
        first = self._after_opening_phrase(first, last)
        while last > first and (
            self.is_time(last - 1)
            or tokens[last - 1].low in {"on", "in", "this", "at", "by", "from", "since", "until"}
            or tokens[last - 1].text == ","
        ):
            last -= 1
        while last - first > 1:
            cut_at = next(
                (
                    index
                    for index in range(first + 1, last - 1)
                    if tokens[index].low in {"on", "in"} and self.is_time(index + 1)
                ),
                None,
            )
            if cut_at is None:
                break
            last = cut_at
        return (first, last) if last > first else None

    def _leading_time(self, first: int) -> bool:
        token = self.tokens[first]
        return token.low in self._lexicon.times and token.low not in {"time", "times"}

    def _after_opening_phrase(self, first: int, last: int) -> int:
        """As in "In Gaza officials", "On Monday the UN": the subject after an opening phrase."""
        tokens = self.tokens
        if first >= last or "preposition" not in tokens[first].classes:
            return first
        for index in range(last - 1, first, -1):
            if tokens[index].classes & {"determiner"} or tokens[index].text == ",":
                return index + (tokens[index].text == ",")
        index = first + 1
        while index < last - 1 and (is_capital(tokens[index]) or self.is_time(index)):
            index += 1
        return index

    def phrase_after(self, first: int) -> tuple[int, int] | None:
        """The noun phrase that begins at ``first``."""
        tokens = self.tokens
        last = first
        while last < len(tokens) and last - first < _REACH:
            if tokens[last].text == "(" and last + 2 < len(tokens) and tokens[last + 2].text == ")":
                last += 3  # (AFP)
            elif self._ends_phrase(last, first):
                break
            else:
                last += 1
        while last > first and (
            tokens[last - 1].classes & {"preposition", "conjunction", "determiner", "adverb"}
            or tokens[last - 1].text in {",", "'", "-"}
        ):
            last -= 1
        return (first, last) if last > first else None

    def _ends_phrase(self, position: int, first: int) -> bool:
        """Whether the noun phrase that began at ``first`` ends before ``position``."""
        token = self.tokens[position]
        if token.text == ",":
            return not self._apposition_follows(position, first)
        if token.kind == "sign":
            return token.text not in _INSIDE_NAMES
        if token.classes & {"be", "have", "modal", "relative", "clause_word"}:
            return True
        if position == first:
            return False
        following = self.tokens[position + 1] if position + 1 < len(self.tokens) else None
        if token.low == "to" and following is not None and "maybe_verb" in following.classes:
            return True  # told residents to leave
        noun = token.low.endswith("ing") and (following is None or following.kind == "sign")
        if "verb" in token.classes and not is_capital(token) and not noun:
            return not (token.low.endswith("ed") and self._attribute(position))
        if token.low in {"and", "or"}:
            return not self._joins_after(position)
        return self.is_time(position) and not self._inside_name(position)

    def _inside_name(self, position: int) -> bool:
        """As in "New York Times": a word of time inside a name."""
        return is_capital(self.tokens[position]) and is_capital(self.tokens[position - 1])

    def _apposition_follows(self, comma: int, first: int) -> bool:
        """As in "the head of the commission, Alsir Khaled" or "Keo Vy, cabinet chief for ..."."""
        tokens = self.tokens
        after = comma + 1
        if after >= len(tokens) or tokens[after].kind != "word":
            return False
        if tokens[after].low in {"and", "but", "as", "which", "who", "while", "with", "adding"}:
            return False
        ahead = tokens[after : after + 9]
        role = any(token.low in self._speech.speakers for token in ahead)
        role_before = any(
            token.low in self._speech.speakers for token in tokens[max(first, comma - 8) : comma]
        )
        if comma - first > 8:
            return False
        name_before = is_capital(tokens[comma - 1]) and not role_before
        return (name_before and role) or (
            role_before
            and is_capital(tokens[after])
            and after + 1 < len(tokens)
            and is_capital(tokens[after + 1])
        )

    def _joins_after(self, position: int) -> bool:
        after = self.tokens[position + 1 : position + 4]
        return any(is_capital(word) or word.low in self._speech.speakers for word in after)

    # --- kinds of names ---------------------------------------------------------------------------

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
        known = self._speech.organisations.at(self.tokens, end - 1) is not None
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
        single = {"official", "spokesman", "spokeswoman", "spokesperson", "witness", "resident",
                  "doctor", "minister", "mayor", "governor", "director", "nurse", "survivor",
                  "sheikh", "villager", "woman", "man", "source", "chief", "commander",
                  "director-general", "commissioner", "secretary", "president"}  # fmt: skip
        if any(word.lower() in single for word in words):
            return True
        together = " ".join(capitals[-2:])
        named = len(capitals) >= 2 and words[-1][0].isupper() and name.endswith(together)
        return named and not self._is_body_name(words)

    def _is_body_name(self, words: list[str]) -> bool:
        low = {word.lower() for word in words}
        return bool(low & self._speech.speakers)

    def persons(self) -> list[str]:
        """Persons named with their office or title in the sentence, or as its subject."""
        found = []
        subject = self.subject()
        if subject is not None and self.can_speak(*subject):
            name = self.text(*subject)
            if self.is_person(name) and "speaker_pronoun" not in self.tokens[subject[0]].classes:
                found.append(name)
        tokens = self.tokens
        for index in range(len(tokens) - 1):
            token = tokens[index]
            title = "title" in token.classes
            if title and is_capital(tokens[index + 1]):
                end = index + 1
                while end < len(tokens) and end < index + 5 and is_capital(tokens[end]):
                    end += 1
                found.append(self.text(index, end))
        return found

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

    def told(self, after: int) -> str | None:
        """Who was told: "told the BBC", "told Radio Dabanga that"."""
        span = self.phrase_after(after)
        if span is None:
            return None
        name = self.text(*span)
        if self.tokens[span[0]].low in {"reporters", "journalists", "them", "him", "her", "me"}:
            return None
        return name or None

    def trails_off(self, after: int) -> bool:
        """Whether nothing is said after the verb: a time, a place, an occasion, then the end."""
        tokens = self.tokens
        for words, index in enumerate(range(after, len(tokens)), 1):
            token = tokens[index]
            if token.text in {".", ";", "!", "?"} and index >= len(tokens) - 3:
                return True
            if token.text == "," or token.low in {"as", "while", "adding", "and"}:
                return True
            if token.low in {"that", ":"} or token.text in {'"', "“", ":"}:
                return False
            if token.kind == "number" and not self.is_time(index):
                return False
            if words > 12 or (words == 1 and not self._trailing(index)):
                return False
            noun = token.low.endswith("ing") or (
                token.low.endswith("ed") and self._low(index + 1) in _AFTER_PARTICIPLE
            )
            if token.classes & {"be", "have", "modal", "verb"} and words > 1 and not noun:
                return False
        return True

    def _trailing(self, index: int) -> bool:
        token = self.tokens[index]
        return bool(
            token.low in self._lexicon.times
            or token.classes & {"preposition", "adverb"}
            or token.low in {"reporters", "here"}
            or self._speech.media.at(self.tokens, index) is not None
            or is_capital(token)
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
        if not dated and (explains or not known or last - first > 8):
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
