"""The noun phrase after a preposition or verb, followed to see whether it names a place."""

from __future__ import annotations

from crossings.reports.lexicon import Lexicon, PlaceWords
from crossings.reports.names import is_capital
from crossings.reports.records import Token
from crossings.reports.tokens import low_at

_NAME_JOINS = {
    "of",
    "de",
    "del",
    "al",
    "el",
    "es",
    "la",
    "le",
    "and",
    "the",
    "da",
    "do",
    "-",
    "’",
    "d",
    "du",
}
_ARTICLES = {"al", "el", "es", "de", "del", "la", "le", "du", "da", "do"}
_LONGEST = 9
_OF = {"of", "between", "to", "with"}
_NO_NAMES = {"adverb", "determiner", "pronoun", "conjunction", "auxiliary", "preposition"}
_NO_DESCRIPTION = {
    "preposition", "verb", "auxiliary", "conjunction", "pronoun", "modal", "clause_word", "adverb",
}  # fmt: skip


def is_capital_at(tokens: list[Token], position: int) -> bool:
    """Whether there is a word with a capital at a position."""
    return position < len(tokens) and is_capital(tokens[position])


def is_name(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a word with a capital can be part of a place's name."""
    token = tokens[position]
    if not is_capital(token) or token.low in lexicon.times or token.low == "may":
        return False
    if token.classes & _NO_NAMES or len(token.text) == 1 or low_at(tokens, position + 1) == "$":
        return False
    if low_at(tokens, position + 1) in {"year", "years"} or _month_in(token, lexicon):
        return False  # New Year, mid-March
    if len(token.text) > 4 and token.text.isupper() and not lexicon.places.known(token.low):
        return False
    people = lexicon.people.at(tokens, position)
    if people is not None and people[1][0].plural and not people[1][0].either:
        return False
    body = _is_body(tokens, position, lexicon)
    return not body or low_at(tokens, position + 1) in lexicon.places.nouns  # "EU countries"


def is_time_word(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word names a month or a day, by itself or within another ("mid-April")."""
    return token.low in lexicon.times or _month_in(token, lexicon)


def _month_in(token: Token, lexicon: Lexicon) -> bool:
    if "-" not in token.low:
        return False
    months, weekdays = lexicon.time_words["months"], lexicon.time_words["weekdays"]
    return any(part in months or part in weekdays for part in token.low.split("-"))


class PlacePhrase:
    """A noun phrase that is being followed to see whether it names a place."""

    def __init__(self, tokens: list[Token], first: int, lexicon: Lexicon) -> None:
        self.tokens = tokens
        self.first = first
        self.last = first
        self.lead = first
        """Where the name begins: "the town OF MIZIA" is Mizia."""
        self.noun = -1
        self.named = False
        self.whole = False
        """Whether the noun before "of" belongs to the place."""
        self._lexicon = lexicon
        self._words = lexicon.places
        while self.last < len(tokens) and self.last - first < _LONGEST and self._takes(self.last):
            self.last += 1

    def _takes(self, position: int) -> bool:
        """Whether the token at ``position`` belongs to the phrase; notes what it is."""
        token, words = self.tokens[position], self._words
        if is_capital(token):
            nation = "nationality" in token.classes and not words.known(token.low)
            if nation or token.low in words.describing:
                return True  # "the northwestern Nigerian state of Zamfara"
            name = is_name(self.tokens, position, self._lexicon)
            if name and low_at(self.tokens, position - 1) == "'s" and self.named:
                name = self._place_follows(position)
            alone = (
                position == self.first
                and token.low in words.nouns
                and not (words.known(token.low) or is_capital_at(self.tokens, position + 1))
            )
            self.named = self.named or (name and not alone)
            if name and token.low in words.nouns:
                self.noun = position
            return name
        if token.low in words.nouns:
            self.noun = position
            return True
        if (
            token.low in _OF
            and self.noun == position - 1 >= self.first
            and not is_capital(self.tokens[position - 1])
        ):
            if token.low == "to" and "determiner" not in self._classes_at(position + 1):
                return False  # "from Batken and Leilek districts to Osh"
            fresh = not self.named or self.tokens[position - 1].low in self._words.partly
            return fresh and self._name_after_of(position)
        if token.low == "'s" or token.low in words.describing or "nationality" in token.classes:
            return position > self.first or token.low != "'s"
        return self._joins(position) if self.named else self._may_describe(position)

    def _classes_at(self, position: int) -> frozenset[str]:
        return self.tokens[position].classes if position < len(self.tokens) else frozenset()

    def _place_follows(self, position: int) -> bool:
        """As in "Spain's Costa del Sol", and not "Panama's Servicio Nacional reported"."""
        last = position
        while last < len(self.tokens) and last - position < 7:
            token = self.tokens[last]
            if not (is_capital(token) or token.low in _NAME_JOINS):
                break
            if token.low in self._lexicon.roles:
                return False
            last += 1
        following = low_at(self.tokens, last)
        says = following in self._lexicon.speech.verbs
        return not says and following not in self._lexicon.roles

    def _name_after_of(self, position: int) -> bool:
        """As in "town of Mizia" (Mizia), "southern parts of China" (the whole)."""
        noun, of = self.tokens[position - 1].low, self.tokens[position].low
        step = position + 1
        while step < len(self.tokens) and "determiner" in self.tokens[step].classes:
            step += 1
        if step >= len(self.tokens):
            return False
        partly = noun in self._words.partly
        if not is_name(self.tokens, step, self._lexicon):
            low = self.tokens[step].low
            return partly and (low in self._words.nouns or low in self._words.describing)
        if of != "of" and not partly:
            return False
        if not partly:
            self.lead = step
        self.whole = partly
        self.named = True
        return True

    def _joins(self, position: int) -> bool:
        """A small word or comma inside a name or a list of names."""
        token, following = self.tokens[position], position + 1
        if low_at(self.tokens, position - 1) == "'s":
            ahead = self.tokens[position : position + 3]
            return any(word.low in self._words.nouns for word in ahead)
        if token.text == "," and not _list_goes_on(self.tokens, following):
            return False
        if token.text == "," and _capitals_to_and(self.tokens, following):
            return True
        if token.text == "," or token.low in {"and", "or"}:
            return _another_place(self.tokens, following, self._lexicon, token.text != ",")
        if token.kind == "word" and low_at(self.tokens, following) in self._words.nouns:
            this = token.low in self._lexicon.time_words["relative"]  # "in Tillabéri this quarter"
            return not (this or token.classes & _NO_DESCRIPTION)  # "Nyakabande transit centre"
        if token.low == "of" and low_at(self.tokens, following) == "the":
            following += 1
        elif token.low == "the":
            return low_at(self.tokens, position - 1) in _OF
        return (
            token.low in _NAME_JOINS
            and following < len(self.tokens)
            and is_capital(self.tokens[following])
        )

    def _may_describe(self, position: int) -> bool:
        """A word or number before a place noun: "evacuation centres", "two camps"."""
        token = self.tokens[position]
        if token.kind == "number":
            return position - self.first < 2
        if token.low == "and":  # "schools and mosques"
            return self.noun >= 0 and low_at(self.tokens, position + 1) in self._words.nouns
        return (
            token.kind == "word"
            and self.noun < 0
            and position - self.first < 4
            and not token.classes & _NO_DESCRIPTION
        )


def edges(phrase: PlacePhrase, words: PlaceWords) -> tuple[int, int]:
    """The span of the place within its noun phrase."""
    tokens = phrase.tokens
    if not phrase.named:
        return phrase.first, phrase.noun + 1
    begin, end = phrase.lead, phrase.last
    while end > begin and not (is_capital(tokens[end - 1]) or tokens[end - 1].low in words.nouns):
        end -= 1
    while begin < end - 1 and not (
        is_capital(tokens[begin])
        or tokens[begin].low in words.nouns
        or tokens[begin].low in words.describing
    ):
        begin += 1
    return begin, end


def _is_body(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    token = tokens[position]
    if lexicon.places.known(token.low):
        return False
    return lexicon.speech.organisations.at(tokens, position) is not None


def _list_goes_on(tokens: list[Token], position: int) -> bool:
    """Whether a comma is one of a list that an "and" closes: not "Bulolo district, Morobe"."""
    for ahead in range(position, min(position + 14, len(tokens))):
        token = tokens[ahead]
        if token.low == "and":
            return True
        listed = is_capital(token) or token.text == "," or "determiner" in token.classes
        if not listed and token.low not in {"of", "province", "state", "region", "district"}:
            return False
    return False


def _capitals_to_and(tokens: list[Token], position: int) -> bool:
    """Whether nothing but names and commas follows up to "and" and one more name."""
    for ahead in range(position, min(position + 12, len(tokens) - 1)):
        token = tokens[ahead]
        if token.low == "and":
            return ahead > position and is_capital(tokens[ahead + 1])
        if not is_capital(token) and token.text != ",":
            return False
    return False


_BEFORE_A_NAME = {"other", "parts", "of", "the"}


def _another_place(tokens: list[Token], position: int, lexicon: Lexicon, final: bool) -> bool:
    """Whether a list of places goes on: "Kenya, Somalia and Ethiopia", "KP and FATA"."""
    while (low := low_at(tokens, position)) in lexicon.places.describing or low in _BEFORE_A_NAME:
        position += 1
    last = position
    while (
        last < len(tokens)
        and last - position < 4
        and (
            is_name(tokens, last, lexicon)
            or (
                last > position
                and tokens[last].low in _ARTICLES
                and is_capital_at(tokens, last + 1)
            )
        )
    ):
        last += 1
    if last == position:
        return False
    names = (" ".join(t.low for t in tokens[position:end]) for end in range(last, position, -1))
    if any(lexicon.places.known(name) for name in names):
        return True
    if low_at(tokens, last) in lexicon.places.nouns:
        return True
    ends = last == len(tokens) or tokens[last].kind in {"sign", "number"}
    ends = ends or bool(tokens[last].classes & {"be", "have", "verb", "modal"})
    return final and (ends or "preposition" in tokens[last].classes) and last - position <= 2
