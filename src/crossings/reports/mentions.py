"""Stage 8a: the places named in a sentence, and how each is tied in.

In X, to X, from X, of X, the object of "flee" or "enter", a host as subject, the label of a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossings.reports.lexicon import Lexicon, PlaceWords
from crossings.reports.names import is_capital
from crossings.reports.place_phrases import (
    PlacePhrase,
    edges,
    is_capital_at,
    is_name,
    is_time_word,
)
from crossings.reports.records import Sentence, Token
from crossings.reports.tokens import low_at


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
        if not (token.capital or token.low in words.ties_in):
            position += 1
            continue
        tie: str | None = None
        start = position + 1
        if token.low in words.ties_in:
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
            if _told_there(tokens, mention.first, lexicon):
                mention.tie = "told"
            found.append(mention)
            position = max(position + 1, mention.last)
        else:
            position += 1
    return found


def _tie_at(tokens: list[Token], position: int, lexicon: Lexicon) -> tuple[str | None, int]:
    """How a word ties in a place after it, if it does, and where that place would begin."""
    token, words = tokens[position], lexicon.places
    before, following = low_at(tokens, position - 1), low_at(tokens, position + 1)
    tie = words.ties.get(token.low)
    if (
        before == "according"
        or following in lexicon.sets["no place follows"]
        or _qualifies(tokens, position, lexicon)
    ):
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


def _qualifies(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a preposition only opens a number: "Over 1 million refugees flee Ukraine"."""
    hit = lexicon.numbers.qualifiers.at(tokens, position)
    return hit is not None and hit[0] < len(tokens) and tokens[hit[0]].kind == "number"


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
    if low_at(tokens, after) == "'s":
        return any(token.low in roles for token in tokens[after + 1 : after + 5])
    after += low_at(tokens, after) == ","
    verb = lexicon.speech.verbs.get(low_at(tokens, after))
    return (
        verb is not None
        and verb[1] in {"ed", "s"}
        and verb[0] not in lexicon.speech.weak
        and low_at(tokens, after) not in lexicon.speech.nouns
    )


def _told_there(tokens: list[Token], first: int, lexicon: Lexicon) -> bool:
    """Whether it is where something was said: "told reporters in Geneva that", "said in Goma"."""
    if first < 2 or tokens[first - 1].low not in {"in", "at", "from"}:
        return False
    for position in range(first - 2, max(-1, first - 6), -1):
        token = tokens[position]
        noun = position > 0 and "determiner" in tokens[position - 1].classes  # told a briefing
        if token.low in lexicon.speech.verbs and not (noun or token.low in lexicon.speech.nouns):
            said = lexicon.speech.verbs[token.low][0] not in lexicon.speech.weak
            return said and all(word.kind == "word" for word in tokens[position:first])
        if token.kind != "word" or token.classes & {"verb", "be", "have"} or token.low == "that":
            return False
    return False


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
    return position if low_at(tokens, position) in {",", "(", ":", "-", "–", "—"} else 0


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
    while last < len(tokens) and last - position < 5 and is_name(tokens, last, lexicon):
        last += 1
    if last == position or (position > 0 and _goes_before(tokens, position - 1, lexicon)):
        return None
    row = _labels_row(tokens, last) and tokens[last - 1].low not in lexicon.roles
    if row and lexicon.numbers.qualifiers.at(tokens, last - 1) is None:
        return Mention(position, last, span_text(sentence, position, last), "label", True)
    name = " ".join(token.low for token in tokens[position:last])
    if name in lexicon.speech.media_names:
        return None  # Xinhua is a county too
    words = lexicon.places
    heading = position == 0 and tokens[0].text.isupper() and last > 1
    if heading and words.known(tokens[0].low) and len(tokens[0].text) > 3:
        return Mention(0, 1, tokens[0].text, "label", True)  # SUDAN Humanitarian Update
    if position == 0 and low_at(tokens, last) == "," and _known_at(tokens, last + 1, lexicon):
        return Mention(position, last, span_text(sentence, position, last), "subject", True)
    whole = words.known(name) or (last - position > 1 and tokens[last - 1].low in words.nouns)
    if not whole and low_at(tokens, last) not in words.nouns:
        return None
    if tokens[last - 1].low in lexicon.sets["vessels"]:
        return None
    if low_at(tokens, last) == "$" or (last - position == 1 and name in words.nouns):
        return None
    mention = _place_at(sentence, position, "bare", lexicon)
    if mention is not None and mention.first == position and mention.last >= last:
        after = low_at(tokens, mention.last)
        subject = after not in {"'s", ","} and (
            _is_subject(tokens, position) or _hosts(tokens, mention.last, lexicon)
        )
        mention.tie = "subject" if subject else "bare"
        return mention
    if words.known(name):  # "Sudan's interior ministry"
        return Mention(position, last, span_text(sentence, position, last), "bare", True)
    return None


def _goes_before(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a word belongs to the name after it: a capital, no time ("in mid-April Chad")."""
    return is_capital(tokens[position]) and not is_time_word(tokens[position], lexicon)


def _known_at(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a known place stands at a position: "Bardarash, Dohuk Governorate – 1,016"."""
    names = (
        " ".join(token.low for token in tokens[position:end])
        for end in range(position + 1, min(position + 4, len(tokens)))
    )
    return is_capital_at(tokens, position) and any(lexicon.places.known(name) for name in names)


def _hosts(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a verb of hosting, sending or having follows: "Chad has taken in", "Gedeo hosts"."""
    while position < len(tokens) and tokens[position].classes & {"have", "be", "adverb"}:
        position += 1
    return low_at(tokens, position) in lexicon.places.hosting


def _hosts_people(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """As in "Gedeo zone hosts 642,152": the verb, and not people who are hosts."""
    after = position + 1
    if tokens[position].low not in lexicon.places.hosting or after >= len(tokens):
        return False
    counted = lexicon.numbers.qualifiers.at(tokens, after) is not None
    return counted or tokens[after].kind == "number" or "determiner" in tokens[after].classes


def _is_subject(tokens: list[Token], position: int) -> bool:
    return position == 0 or low_at(tokens, position - 1) in {",", "the", "and", "while", "but"}


def _labels_row(tokens: list[Token], last: int) -> bool:
    """Whether a name is the label of a row: "Maluku (Ambon): 1,123", "Romania 41,200"."""
    step = last
    if low_at(tokens, step) == "(":
        while step < len(tokens) and tokens[step].text != ")" and step - last < 8:
            step += 1
        step += 1
    colon = low_at(tokens, step) == ":" and step + 1 < len(tokens)
    if colon:
        return tokens[step + 1].kind == "number" or tokens[step + 1].text == "("
    return (
        step == last
        and step < len(tokens)
        and tokens[step].kind == "number"
        and ("," in tokens[step].text)
    )


def _place_at(sentence: Sentence, start: int, tie: str, lexicon: Lexicon) -> Mention | None:
    """The place that begins at ``start``: a name, or a place noun of its own."""
    tokens = sentence.tokens
    words = lexicon.places
    first = start
    while first < len(tokens) and (
        "determiner" in tokens[first].classes
        or (tokens[first].low in words.dropped and _describes_a_place(tokens, first, words))
    ):
        first += 1
    qualified = lexicon.numbers.qualifiers.at(tokens, first) if first < len(tokens) else None
    if qualified is not None and qualified[0] < len(tokens):
        first = qualified[0] if tokens[qualified[0]].kind == "number" else first
    phrase = PlacePhrase(tokens, first, lexicon)
    if not phrase.named and phrase.noun < 0:
        return None
    if not phrase.named and _describes(tokens, phrase.last, lexicon):
        return None  # state radio, camp residents
    follower = tokens[phrase.last] if phrase.last < len(tokens) else None
    opens = start == 1 and follower is not None and follower.text.islower()  # In Pemba aid groups
    if (
        follower is not None
        and not (opens or _hosts_people(tokens, phrase.last, lexicon))
        and follower.low in lexicon.speech.speakers
        and (phrase.named and follower.low not in words.nouns)
    ):
        return None  # "to Sudan Tribune reporters", "the Coast guards"
    begin, end = edges(phrase, words)
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


def _describes_a_place(tokens: list[Token], position: int, words: PlaceWords) -> bool:
    """Whether a word only describes the place after it: "the capital Juba", not "the capital"."""
    if tokens[position].low not in words.nouns:
        return True
    if position + 1 >= len(tokens):
        return False
    following = tokens[position + 1]
    return (
        is_capital(following) or following.low in words.nouns or following.low in words.describing
    )


def _describes(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a place noun only describes the plain noun that follows it."""
    if position >= len(tokens) or tokens[position].kind != "word" or tokens[position].classes:
        return False
    low = tokens[position].low
    speaks = low in lexicon.speech.media_names or low in lexicon.speech.speakers
    return speaks or lexicon.people.at(tokens, position) is not None


def span_text(sentence: Sentence, first: int, last: int) -> str:
    """The words of a token span, without marks at its ends."""
    start, end = sentence.tokens[first].start, sentence.tokens[last - 1].end
    return sentence.text[start - sentence.start : end - sentence.start].strip(" ,.")
