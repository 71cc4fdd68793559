"""Stage 8b: what else a place named in a sentence may be read as.

The owner and the owned of "Ethiopia's Tigray region", the whole of a list ("Haifa, Nahariya and
other towns"), the name beside a noun ("the capital, Juba"), a name no list knows but that hosts.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossings.reports.lexicon import Lexicon
from crossings.reports.mentions import Mention, span_text
from crossings.reports.names import is_capital
from crossings.reports.place_phrases import is_capital_at, is_name
from crossings.reports.records import Sentence, Token


def variants(sentence: Sentence, mentions: Sequence[Mention], lexicon: Lexicon) -> list[Mention]:
    """The places named in a sentence, with what else they may be read as.

    The owner and the owned of "Ethiopia's Tigray region", two names joined by "and", and a name
    that no list knows but that hosts, or is called a town.
    """
    tokens = sentence.tokens
    found = list(mentions)
    for mention in mentions:
        whole = mention.named and not lexicon.places.known(mention.text.lower())  # Cox's Bazar
        for position in range(mention.first + 1, mention.last - 1) if whole else ():
            if tokens[position].low == "'s":
                owner = span_text(sentence, mention.first, position)
                owned = span_text(sentence, position + 1, mention.last)
                found.append(Mention(mention.first, position, owner, "owner", True))
                named = any(is_capital(token) for token in tokens[position + 1 : mention.last])
                found.append(Mention(position + 1, mention.last, owned, mention.tie, named))
                break
        beside = _named_after(sentence, mention, lexicon)
        if beside is not None:
            found.append(beside)
        joined = _joined(sentence, mention, lexicon)
        if joined is not None:
            found.remove(mention)  # a list is one place
            found.append(joined)
    taken = {n for mention in mentions for n in range(mention.first, mention.last)}
    for position, token in enumerate(tokens):
        if not token.capital or position in taken or not token.text[0].isupper():
            continue
        if token.low in lexicon.numbers.beginnings or lexicon.numbers.phrases.at(tokens, position):
            continue
        before = tokens[position - 1] if position else None
        if token.low in lexicon.roles or lexicon.people.at(tokens, position) is not None:
            continue
        if before is not None and not (
            before.kind == "sign"
            or before.low in lexicon.sets["opens a name"]
            or "be" in before.classes
        ):
            continue
        last = position
        while last < len(tokens) and last - position < 4 and is_name(tokens, last, lexicon):
            last += 1
        if last > position and last not in taken and _is_told_of(tokens, last, lexicon):
            text = span_text(sentence, position, last)
            found.append(Mention(position, last, text, "unknown", True))
    return found


def _is_told_of(tokens: list[Token], after: int, lexicon: Lexicon) -> bool:
    """Whether what follows a name makes it a place: "X has 200", "X, the oldest settlement, is"."""
    if after >= len(tokens):
        return False
    token = tokens[after]
    if token.low in lexicon.sets["has or suffers"] or token.classes & {"have", "be"}:
        return True
    if token.low == "in":
        return after > 1 and is_capital_at(tokens, after + 1)  # not "Floods in Pakistan"
    if token.text == "," and after + 1 < len(tokens) and tokens[after + 1].low == "where":
        return True
    if token.text == ",":
        ahead = tokens[after + 1 : after + 7]
        return any(word.low in lexicon.places.nouns for word in ahead) and bool(
            ahead and "determiner" in ahead[0].classes
        )
    return False


_MOST_WORDS = 4
"""Words that one entry of a list of places may have before its noun, or in its name."""
_MOST_ENTRIES = 6


def _joined(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Mention | None:
    """A place with the rest of its list: "Haifa, Nahariya and other towns", "schools and halls"."""
    tokens = sentence.tokens
    position, last = mention.last, 0
    for _ in range(_MOST_ENTRIES):
        if position + 1 >= len(tokens) or tokens[position].low not in {",", "and", "or"}:
            break
        final = tokens[position].text != ","
        oxford = not final and tokens[position + 1].low in {"and", "or"}
        end = _entry(tokens, position + 1 + oxford, lexicon)
        if end is None:
            break
        position = end
        if final or oxford:
            last = end
            break
    if not last:
        return None
    text = span_text(sentence, mention.first, last)
    return Mention(mention.first, last, text, mention.tie, mention.named, mention.of_speaker)


def _entry(tokens: list[Token], first: int, lexicon: Lexicon) -> int | None:
    """Where an entry of a list of places ends: a name, or a place noun with what describes it."""
    words, position = lexicon.places, first
    while position < len(tokens) and (
        "determiner" in tokens[position].classes
        or tokens[position].kind == "number"
        or tokens[position].low in lexicon.numbers.words
        or tokens[position].low in words.describing
        or tokens[position].low in words.dropped
        or tokens[position].low in lexicon.sets["more of a list"]
    ):
        position += 1
    last = position
    while last < len(tokens) and last - position < _MOST_WORDS and _in_name(tokens, last, lexicon):
        last += 1
    if last > position and last < len(tokens) and tokens[last].low in words.nouns:
        return last + 1  # "Batken and Leilek districts"
    if last > position:
        ends = last == len(tokens) or not _speaks(tokens, last, lexicon)
        return last if ends and is_capital(tokens[last - 1]) else None
    for end in range(position, min(position + _MOST_WORDS, len(tokens))):
        token = tokens[end]
        if token.low in words.nouns and token.low not in words.not_places:
            return end + 1
        if token.kind != "word" or token.classes:
            return None
    return None


def _in_name(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a token stands in the name of a place, small words of names included."""
    if is_name(tokens, position, lexicon):
        return True
    small = tokens[position].low in lexicon.sets["inside names of places"]
    return small and is_capital_at(tokens, position + 1)


def _speaks(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a name before a position is no place but somebody: "in Goma and UNHCR said"."""
    low = tokens[position].low
    return low in lexicon.speech.verbs or low in lexicon.roles


def _named_after(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Mention | None:
    """The name beside a noun for it: "moved to the Mongolian capital, Ulaanbaatar, over"."""
    tokens, first = sentence.tokens, mention.last + 1
    single = tokens[mention.last - 1].low in lexicon.sets["stands for a name"]
    if mention.named or not single or first >= len(tokens) or tokens[first - 1].text != ",":
        return None
    last = first
    while last < len(tokens) and last - first < 4 and is_name(tokens, last, lexicon):
        last += 1
    ends = last == len(tokens) or tokens[last].kind == "sign"
    if last == first or not ends:
        return None
    return Mention(first, last, span_text(sentence, first, last), mention.tie, True)
