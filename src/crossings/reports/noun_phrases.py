"""The noun phrases before a cue, as names of speakers."""

from __future__ import annotations

from crossings.reports.lexicon import Lexicon
from crossings.reports.names import LONGEST, is_capital
from crossings.reports.phrases_after import REACH, PhrasesAfter
from crossings.reports.records import Sentence

_QUOTES = {'"', "“", "”", "«", "»", "‘"}
_STOPS = {";", ":", "(", ")", "–", "—", "[", "]", "…", "?", "!"} | _QUOTES


_VERBAL = frozenset({"verb", "auxiliary", "modal"})


class NounPhrases(PhrasesAfter):
    """Finds the noun phrases of one sentence in which a speaker is named."""

    def __init__(self, sentence: Sentence, lexicon: Lexicon) -> None:
        super().__init__(sentence, lexicon)
        self._first: tuple[int, int] | None = None
        self._looked = False

    def subject(self) -> tuple[int, int] | None:
        """The first noun phrase of the sentence, before its first verb."""
        if not self._looked:
            self._first, self._looked = self._subject(), True
        return self._first

    def _subject(self) -> tuple[int, int] | None:
        for position, token in enumerate(self.tokens):
            if position and (
                not _VERBAL.isdisjoint(token.classes)
                or ("maybe_verb" in token.classes and self._acts(position))
            ):
                last = self._without_hedges(position)
                last -= last > 1 and "relative" in self.tokens[last - 1].classes
                if last > 1 and self.tokens[last - 1].text == ",":
                    return self._around_insertion(last - 1)
                return self._trimmed(self._back(last), last) if last else None
        return None

    def _acts(self, position: int) -> bool:
        """Whether what may be a verb has an object that an article opens."""
        after = position + 1
        return after < len(self.tokens) and "determiner" in self.tokens[after].classes

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
        for close in range(first, last):
            if self.tokens[close].text == "(":
                break
            if self.tokens[close].text == ")" and first > 2:  # "Doctors (MSF) in the camps"
                last = first - (self.tokens[first - 1].text == "(")
                return self._trimmed(self._back(last), last)
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
        return self._without_inner_time(last)

    def _without_inner_time(self, last: int) -> int:
        """The end of the name before "had by Sunday afternoon received"."""
        first = last
        while first > 0 and last - first < 7 and self._in_a_time(first - 1):
            first -= 1
        if first < last and first > 0 and "have" in self.tokens[first - 1].classes:
            return self._without_hedges(first)
        return last

    def _in_a_time(self, position: int) -> bool:
        """Whether a token can stand in a time between a speaker and the verb."""
        token = self.tokens[position]
        small = token.low in self._lexicon.sets["inside a time"] or token.text == ","
        return small or self.is_time(position)

    def _around_insertion(self, comma: int) -> tuple[int, int] | None:
        """As in "X, the Y, said": the base before the insertion, with it."""
        opening = comma - 1
        while opening > 0 and self.tokens[opening].text != ",":
            if self.tokens[opening].text in _STOPS or comma - opening > REACH:
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
        names = any(
            is_capital(token) or token.low in self._speech.speakers
            for token in self.tokens[opening + 1 : comma]
        )
        clause = bool(self.tokens[opening + 1].classes & {"relative", "clause_word"})
        short = comma - trimmed[0] <= LONGEST and not clause
        return (trimmed[0], comma if short and names else opening)  # not ", for their part,"

    def _back(self, last: int) -> int:
        """The first token of the noun phrase that ends before ``last``."""
        first = last
        if last and "speaker_pronoun" in self.tokens[last - 1].classes:
            return last - 1
        while first > 0 and last - first < REACH:
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
        if token.kind == "sign" and (token.text in _STOPS or self._is_dash(position)):
            return True
        if token.text == ",":
            return not self._role_before_name(position)
        if token.low == "and":
            return not self._joins_names(position, last)
        if (
            token.classes & {"relative", "modal", "be", "have"}
            or token.low in self._lexicon.sets["breaks a name"]
        ):
            return True
        participle = token.low.endswith("ing") and self._low(position - 1) != ","
        if "verb" in token.classes and not participle and not self._attribute(position):
            # "survivors interviewed by UNHCR" is one phrase
            return token.low not in self._speech.reached_by or self._low(position + 1) != "by"
        return False

    def _is_dash(self, position: int) -> bool:
        """Whether a hyphen stands alone: "BEIRUT, July 26 - Lebanon's council said"."""
        token = self.tokens[position]
        before = self.tokens[position - 1] if position else None
        return token.text == "-" and before is not None and before.end < token.start

    def _role_before_name(self, comma: int) -> bool:
        """As in "the head of the commission, Alsir Khaled": one phrase."""
        after = self.tokens[comma + 1] if comma + 1 < len(self.tokens) else None
        if after is None or comma == 0:
            return False
        if self._speech.organisations.at(self.tokens, comma + 1) is not None:
            return False  # "in Ouaddai province, UNHCR said"
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
            tokens[first].low in self._lexicon.sets["opens a clause"]
            or tokens[first].text == ","
            or self._leading_time(first)
        ):
            first += 1
        first = self._after_opening_phrase(first, last)
        while last > first and (
            self.is_time(last - 1)
            or tokens[last - 1].low in self._lexicon.sets["ends no name"]
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
        if token.kind == "number":
            following = self._low(first + 1)
            return following in self._lexicon.times or self.is_hour(first)
        clock = self._lexicon.time_words["clock"]
        timely = token.low in self._lexicon.times or token.low in clock
        return timely and token.low not in {"time", "times"}

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
