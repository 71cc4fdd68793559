"""Stage 8a: the places named in a sentence, and how each is tied in.

In X, to X, from X, of X, the object of "flee" or "enter", a host as subject, the label of a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossings.reports.lexicon import Lexicon, PlaceWords
from crossings.reports.names import is_capital
from crossings.reports.records import Sentence, Token

_NO_PLACE = {"least", "most", "all", "total", "which", "addition"}
_NAME_JOINS = {
    "of",
    "de",
    "del",
    "al",
    "el",
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
_ARTICLES = {"al", "el", "de", "del", "la", "le", "du", "da", "do"}
_LONGEST = 9

_OF = {"of", "between", "to", "with"}
_NO_NAMES = {"adverb", "determiner", "pronoun", "conjunction", "auxiliary", "preposition"}
_NO_DESCRIPTION = {
    "preposition", "verb", "auxiliary", "conjunction", "pronoun", "modal", "clause_word", "adverb",
}  # fmt: skip


@dataclass(slots=True)
class Mention:
    """A place named in a sentence: token span, text, how it is tied in, whether it has a name."""

    first: int
    last: int
    text: str
    tie: str
    named: bool
    of_speaker: bool = False
    """Whether it only says where the one who speaks is or belongs: "the mayor of Goma said"."""


def mentions_of(sentence: Sentence, lexicon: Lexicon) -> list[Mention]:
    """The places named in a sentence, in order."""
    tokens = sentence.tokens
    words = lexicon.places
    found: list[Mention] = []
    position = _after_dateline(tokens, lexicon) if sentence.index == 0 else 0
    while position < len(tokens):
        token = tokens[position]
        if token.kind != "word" or not (token.low in words.ties_in or is_capital(token)):
            position += 1
            continue
        tie, start = _tie_at(tokens, position, lexicon)
        mention = _place_at(sentence, start, tie, lexicon) if tie is not None else None
        if mention is not None and token.low == "for" and not _sure(mention, tokens, lexicon):
            mention = None
        if token.low in words.everywhere:
            mention = Mention(position, position + 1, token.text, "at", True)
        if mention is None and is_capital(token) and not _inside(found, position):
            mention = _bare_name(sentence, position, lexicon)
        if mention is not None:
            mention.of_speaker = _of_speaker(mention, tokens, lexicon)
            found.append(mention)
            position = max(position + 1, mention.last)
        else:
            position += 1
    return found


def _tie_at(tokens: list[Token], position: int, lexicon: Lexicon) -> tuple[str | None, int]:
    """How a word ties in a place after it, if it does, and where that place would begin."""
    token, words = tokens[position], lexicon.places
    before, following = _low(tokens, position - 1), _low(tokens, position + 1)
    tie = words.ties.get(token.low)
    if before == "according" or following in _NO_PLACE:
        tie = None
    if token.low == "of" and before in lexicon.roles and before not in lexicon.speech.single:
        tie = None  # the Ministry of Civil Affairs
    if token.low == "to" and position + 1 < len(tokens) and _infinitive(tokens[position + 1]):
        tie = None
    if tie is None and token.low == "out" and following == "of":
        return "from", position + 2
    if tie is None and not _passive(tokens, position):
        tie = words.verbs.get(token.low)
    return tie, position + 1


def _of_speaker(mention: Mention, tokens: list[Token], lexicon: Lexicon) -> bool:
    """Whether a place stands in the name of a speaker: "officials in Goma", "Chad's army said"."""
    before = mention.first - 1
    while before > 0 and "determiner" in tokens[before].classes:
        before -= 1
    roles = lexicon.roles
    if before > 0 and tokens[before].low in {"of", "in", "at", "for", "from"}:
        role = tokens[before - 1]
        if role.low in roles and lexicon.people.at(tokens, before - 1) is None:
            return True
        if role.low in lexicon.speech.single:
            return True
    after = mention.last
    if _low(tokens, after) == "'s":
        return any(token.low in roles for token in tokens[after + 1 : after + 5])
    after += _low(tokens, after) == ","
    verb = lexicon.speech.verbs.get(_low(tokens, after))
    return (
        verb is not None
        and verb[1] in {"ed", "s"}
        and verb[0] not in lexicon.speech.weak
        and _low(tokens, after) not in lexicon.speech.nouns
    )


def _after_dateline(tokens: list[Token], lexicon: Lexicon) -> int:
    """Index after "GENEVA (Reuters) -": the place of writing is not where it happened."""
    position = 0
    while (
        position < min(4, len(tokens))
        and tokens[position].text.isupper()
        and (tokens[position].kind == "word")
    ):
        position += 1
    name = " ".join(token.low for token in tokens[:position])
    if not position or name in lexicon.countries:
        return 0
    return position if _low(tokens, position) in {",", "(", ":", "-", "–", "—"} else 0


def is_capital_at(tokens: list[Token], position: int) -> bool:
    """Whether there is a word with a capital at a position."""
    return position < len(tokens) and is_capital(tokens[position])


def _low(tokens: list[Token], position: int) -> str:
    return tokens[position].low if 0 <= position < len(tokens) else ""


def _infinitive(token: Token) -> bool:
    return "maybe_verb" in token.classes and not is_capital(token)


def _sure(mention: Mention, tokens: list[Token], lexicon: Lexicon) -> bool:
    """Whether a mention is a known place or ends in a place noun, not any name."""
    span = tokens[mention.first : mention.last]
    if span[-1].low in lexicon.places.nouns:
        return True
    names = (
        " ".join(token.low for token in span[first:last])
        for first in range(len(span))
        for last in range(first + 1, min(len(span), first + 4) + 1)
    )
    return any(lexicon.places.known(name) for name in names)


def _inside(found: list[Mention], position: int) -> bool:
    return bool(found) and found[-1].first <= position < found[-1].last


def _passive(tokens: list[Token], position: int) -> bool:
    return position > 0 and "be" in tokens[position - 1].classes


def _bare_name(sentence: Sentence, position: int, lexicon: Lexicon) -> Mention | None:
    """A name without a preposition: a subject, a possessive, the label of a row."""
    tokens = sentence.tokens
    last = position
    while last < len(tokens) and last - position < 5 and _is_name(tokens, last, lexicon):
        last += 1
    if last == position or (position > 0 and is_capital(tokens[position - 1])):
        return None
    if _labels_row(tokens, last) and lexicon.numbers.qualifiers.at(tokens, last - 1) is None:
        return Mention(position, last, span_text(sentence, position, last), "label", True)
    name = " ".join(token.low for token in tokens[position:last])
    words = lexicon.places
    if position == 0 and _low(tokens, last) == "," and _known_at(tokens, last + 1, lexicon):
        return Mention(position, last, span_text(sentence, position, last), "subject", True)
    whole = words.known(name) or (last - position > 1 and tokens[last - 1].low in words.nouns)
    if not whole and _low(tokens, last) not in words.nouns:
        return None
    if tokens[last - 1].low in _VESSELS:
        return None
    if _low(tokens, last) == "$" or (last - position == 1 and name in words.nouns):
        return None
    mention = _place_at(sentence, position, "bare", lexicon)
    if mention is not None and mention.first == position and mention.last >= last:
        after = _low(tokens, mention.last)
        subject = after not in {"'s", ","} and _is_subject(tokens, position)
        mention.tie = "subject" if subject else "bare"
        return mention
    if words.known(name):  # "Sudan's interior ministry"
        return Mention(position, last, span_text(sentence, position, last), "bare", True)
    return None


def _known_at(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a known place stands at a position: "Bardarash, Dohuk Governorate – 1,016"."""
    names = (
        " ".join(token.low for token in tokens[position:end])
        for end in range(position + 1, min(position + 4, len(tokens)))
    )
    return is_capital_at(tokens, position) and any(lexicon.places.known(name) for name in names)


_VESSELS = {"ship", "boat", "vessel", "ferry"}


def _is_subject(tokens: list[Token], position: int) -> bool:
    return position == 0 or _low(tokens, position - 1) in {",", "the", "and", "while", "but"}


def _labels_row(tokens: list[Token], last: int) -> bool:
    """Whether a name is the label of a row: "Maluku (Ambon): 1,123", "Romania 41,200"."""
    step = last
    if _low(tokens, step) == "(":
        while step < len(tokens) and tokens[step].text != ")" and step - last < 8:
            step += 1
        step += 1
    colon = _low(tokens, step) == ":" and step + 1 < len(tokens)
    if colon:
        return tokens[step + 1].kind == "number" or tokens[step + 1].text == "("
    return (
        step == last
        and step < len(tokens)
        and tokens[step].kind == "number"
        and ("," in tokens[step].text)
    )


def _is_name(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a word with a capital can be part of a place's name."""
    token = tokens[position]
    if not is_capital(token) or token.low in lexicon.times or token.low == "may":
        return False
    if token.classes & _NO_NAMES or len(token.text) == 1 or _low(tokens, position + 1) == "$":
        return False
    if _low(tokens, position + 1) in {"year", "years"} or _month_in(token, lexicon):
        return False  # New Year, mid-March
    if len(token.text) > 4 and token.text.isupper() and not lexicon.places.known(token.low):
        return False
    people = lexicon.people.at(tokens, position)
    if people is not None and people[1][0].plural and not people[1][0].either:
        return False
    body = _is_body(tokens, position, lexicon)
    return not body or _low(tokens, position + 1) in lexicon.places.nouns  # "EU countries"


def _month_in(token: Token, lexicon: Lexicon) -> bool:
    return "-" in token.low and bool(
        set(token.low.split("-")) & (lexicon.time_words["months"] | lexicon.time_words["weekdays"])
    )


class _Phrase:
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
            name = _is_name(self.tokens, position, self._lexicon)
            if name and _low(self.tokens, position - 1) == "'s" and self.named:
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
            fresh = not self.named or self.tokens[position - 1].low in self._words.partly
            return fresh and self._name_after_of(position)
        if token.low == "'s" or token.low in words.describing or "nationality" in token.classes:
            return position > self.first or token.low != "'s"
        return self._joins(position) if self.named else self._may_describe(position)

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
        following = _low(self.tokens, last)
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
        if not _is_name(self.tokens, step, self._lexicon):
            return partly and self.tokens[step].low in self._words.nouns | self._words.describing
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
        if _low(self.tokens, position - 1) == "'s":
            ahead = self.tokens[position : position + 3]
            return any(word.low in self._words.nouns for word in ahead)
        if token.text == "," and not _list_goes_on(self.tokens, following):
            return False
        if token.text == "," and _capitals_to_and(self.tokens, following):
            return True
        if token.text == "," or token.low in {"and", "or"}:
            return _another_place(self.tokens, following, self._lexicon, token.text != ",")
        if token.kind == "word" and _low(self.tokens, following) in self._words.nouns:
            return not token.classes & _NO_DESCRIPTION  # "Nyakabande transit centre"
        if token.low == "of" and _low(self.tokens, following) == "the":
            following += 1
        elif token.low == "the":
            return _low(self.tokens, position - 1) in _OF
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
            return self.noun >= 0 and _low(self.tokens, position + 1) in self._words.nouns
        return (
            token.kind == "word"
            and self.noun < 0
            and position - self.first < 4
            and not token.classes & _NO_DESCRIPTION
        )


def _place_at(sentence: Sentence, start: int, tie: str, lexicon: Lexicon) -> Mention | None:
    """The place that begins at ``start``: a name, or a place noun of its own."""
    tokens = sentence.tokens
    words = lexicon.places
    first = start
    while first < len(tokens) and (
        "determiner" in tokens[first].classes or tokens[first].low in words.dropped
    ):
        first += 1
    phrase = _Phrase(tokens, first, lexicon)
    if not phrase.named and phrase.noun < 0:
        return None
    if not phrase.named and _describes(tokens, phrase.last, lexicon):
        return None  # state radio, camp residents
    follower = tokens[phrase.last] if phrase.last < len(tokens) else None
    opens = start == 1 and follower is not None and follower.text.islower()  # In Pemba aid groups
    if (
        follower is not None
        and not opens
        and follower.low in lexicon.speech.speakers
        and (phrase.named and follower.low not in words.nouns)
    ):
        return None  # "to Sudan Tribune reporters", "the Coast guards"
    begin, end = _edges(phrase, words)
    if end <= begin:
        return None
    glued = end + 1 < len(tokens) and tokens[end].text == "-" and tokens[end + 1].kind == "number"
    if phrase.named and glued and tokens[end].start == tokens[end - 1].end:
        end += 2  # Beldangi-2
    head = tokens[end - 1].low
    if head in words.not_places:
        return None
    span = {token.low for token in tokens[first:end] if is_capital(token)} | {head}
    if span & lexicon.roles and not words.known(head):
        return None
    if all("nationality" in token.classes for token in tokens[begin:end]):
        return None  # the Armenian government
    if tokens[begin].low in words.not_places:
        return None  # Hurricane Matthew
    before = {token.low for token in tokens[first:begin]}
    if before & words.not_places:
        return None
    return Mention(begin, end, span_text(sentence, begin, end), tie, phrase.named)


def _describes(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a place noun only describes the plain noun that follows it."""
    if position >= len(tokens) or tokens[position].kind != "word" or tokens[position].classes:
        return False
    low = tokens[position].low
    return low in lexicon.speech.media_names | lexicon.speech.speakers or (
        lexicon.people.at(tokens, position) is not None
    )


def _edges(phrase: _Phrase, words: PlaceWords) -> tuple[int, int]:
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


def span_text(sentence: Sentence, first: int, last: int) -> str:
    """The words of a token span, without marks at its ends."""
    start, end = sentence.tokens[first].start, sentence.tokens[last - 1].end
    return sentence.text[start - sentence.start : end - sentence.start].strip(" ,.")


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


def _another_place(tokens: list[Token], position: int, lexicon: Lexicon, final: bool) -> bool:
    """Whether a list of places goes on: "Kenya, Somalia and Ethiopia", "KP and FATA"."""
    while _low(tokens, position) in lexicon.places.describing | {"other", "parts", "of", "the"}:
        position += 1
    last = position
    while (
        last < len(tokens)
        and last - position < 4
        and (
            _is_name(tokens, last, lexicon)
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
    if _low(tokens, last) in lexicon.places.nouns:
        return True
    ends = last == len(tokens) or tokens[last].kind in {"sign", "number"}
    ends = ends or bool(tokens[last].classes & {"be", "have", "verb", "modal"})
    return final and (ends or "preposition" in tokens[last].classes) and last - position <= 2
