"""Stage 6a: the signs of a measure in a sentence, and the price of what lies between its words.

What lies between a sign and a figure has a price per token, summed once for the sentence, so that
weighing a sign takes constant time. Asides cost next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

from crossings.reports.lexicon import BESIDE, WITHIN, Lexicon, Trigger
from crossings.reports.records import Figure, Sentence, Token

_VERB_PRICE = 1.5
_PRICES = (
    ("light", 0.25),
    ("negation", 0.4),
    ("relative", 0.35),
    ("clause_word", 1.6),
    ("auxiliary", 0.1),
    ("modal", 0.1),
    ("verb", _VERB_PRICE),
    ("conjunction", 0.7),
    ("preposition", 0.25),
    ("determiner", 0.05),
    ("adverb", 0.06),
)
_SIGN_PRICES = {",": 0.7, ";": 2.0, ":": 1.0, "–": 1.0, "—": 1.0, "(": 1.0, ")": 0.6, ".": 1.0}
_LONGEST_INSERTION = 22


@dataclass(slots=True)
class Sign:
    """A trigger found in a sentence, as token span."""

    first: int
    last: int
    trigger: Trigger


class Signs:
    """The signs of one sentence and the price of what lies between any two of its tokens."""

    def __init__(self, sentence: Sentence, lexicon: Lexicon, figures: list[Figure]) -> None:
        self.tokens = sentence.tokens
        self.sets = lexicon.sets
        self.found = _longest(_signs(sentence, lexicon))
        prices = [_price(token) for token in sentence.tokens]
        for position in range(1, len(prices)):
            if sentence.tokens[position].low == "since" and (
                "have" in sentence.tokens[position - 1].classes
            ):
                prices[position] = 0.06  # "have since been released"
            if sentence.tokens[position].low == "to" and (
                sentence.tokens[position - 1].low in lexicon.catenative
            ):
                prices[position - 1] = 0.15  # "chose to go home"
            joined = prices[position - 1 : position] == [_VERB_PRICE] and _joins_verbs(
                sentence.tokens, position
            )
            if joined:  # "have been disarmed and detained"
                prices[position - 1 : position + 1] = [0.2, 0.1]
        for figure in figures:
            if _joins_people(sentence.tokens, figure.first, lexicon):
                prices[figure.first - 1] = 0.1  # "four soldiers and two civilians were killed"
                prices[figure.first] += 0.2
                continue
            prices[figure.first] += 1.3
        _make_units_cheap(sentence.tokens, prices, lexicon)
        for sign in self.found:
            if sign.trigger.form in {"ed", "en"} and "light" not in self.tokens[sign.first].classes:
                prices[sign.first] = max(prices[sign.first], 1.3)
        self.asides = _make_insertions_cheap(sentence.tokens, prices, lexicon)
        self._sums = [0.0, *accumulate(prices)]

    def price(self, first: int, last: int) -> float:
        """The price of the tokens from ``first`` up to ``last``."""
        return self._sums[last] - self._sums[first] if last > first else 0.0


def _signs(sentence: Sentence, lexicon: Lexicon) -> list[Sign]:
    """The triggers that have what they need; of phrases with one beginning only the longest."""
    tokens, words = sentence.tokens, sentence.words
    return [
        Sign(first, last, trigger)
        for first, last, triggers in lexicon.triggers.find(tokens)
        if not _in_a_name(tokens, first, lexicon)
        for trigger in triggers
        if not (trigger.needs and trigger.needs.isdisjoint(words))
        and not (trigger.beside and trigger.beside.isdisjoint(words))
        and _has_what_it_needs(tokens, first, last, trigger, lexicon)
    ]


def _joins_verbs(tokens: list[Token], position: int) -> bool:
    """Whether an "and" joins two participles."""
    return (
        tokens[position].low in {"and", "or"}
        and tokens[position - 1].low.endswith(("ed", "en"))
        and position + 1 < len(tokens)
        and "verb" in tokens[position + 1].classes
        and tokens[position + 1].low.endswith(("ed", "en"))
    )


def _joins_people(tokens: list[Token], first: int, lexicon: Lexicon) -> bool:
    """Whether "and" joins the figure at ``first`` to people counted right before it."""
    if first < 3 or tokens[first - 1].low != "and":
        return False
    hit = lexicon.people.at(tokens, first - 2)
    return hit is not None and hit[1][0].plural


def _in_a_name(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a word is part of the name of a body: the Red Cross."""
    if not tokens[position].text[0].isupper():
        return False
    for first in range(max(0, position - 2), position):
        hit = lexicon.speech.organisations.at(tokens, first)
        if hit is not None and hit[0] > position:
            return True
    return False


def _has_what_it_needs(
    tokens: list[Token], first: int, last: int, trigger: Trigger, lexicon: Lexicon
) -> bool:
    """Whether a trigger has the word near that it needs, and is no noun spelled like a verb."""
    if trigger.needs:
        ends = _phrase_end(tokens, last) if trigger.in_phrase else last + WITHIN
        if not any(token.low in trigger.needs for token in tokens[last:ends]):
            return False
        if trigger.without and any(token.low in trigger.without for token in tokens[last:ends]):
            return False
    if trigger.beside and not any(
        token.low in trigger.beside for token in tokens[max(0, first - BESIDE) : first]
    ):
        return False
    if trigger.transitive and (last >= len(tokens) or tokens[last].kind == "sign"):
        return False
    if (
        trigger.form == "ing"
        and last < len(tokens)
        and tokens[last].low in lexicon.sets["facilities"]
    ):
        return False  # a holding camp
    if trigger.form not in {"base", "s"} or first == 0:
        return True
    before = tokens[first - 1]
    if trigger.form == "s" and last < len(tokens) and "maybe_verb" in tokens[last].classes:
        return False  # "government registers list"
    if before.low == "to" or before.classes & {"modal", "auxiliary", "pronoun", "adverb"}:
        return True
    noun = before.classes & {"determiner", "nationality", "preposition"} or before.low == "'s"
    if noun or trigger.form == "s":
        return not noun
    plural = (
        before.low.endswith("s")
        or before.kind == "number"
        or before.low in lexicon.sets["plural subjects"]
    )
    return plural or "conjunction" in before.classes or before.text[0].isupper()


def _phrase_end(tokens: list[Token], first: int) -> int:
    """The end of the noun phrase that begins at ``first``, as far as signs of a measure look."""
    last = first
    while last < min(len(tokens), first + WITHIN):
        token = tokens[last]
        if token.kind == "sign" or token.classes & _ENDS_A_PHRASE:
            break
        last += 1
    return last


_ENDS_A_PHRASE = {"preposition", "conjunction", "auxiliary", "modal", "pronoun", "clause_word"}


def _make_insertions_cheap(
    tokens: list[Token], prices: list[float], lexicon: Lexicon
) -> list[tuple[int, int]]:
    """What stands in brackets, or between commas after "including", costs next to nothing.

    The spans of those that speak of some of the people before them ("two of them wounded").
    """
    asides: list[tuple[int, int]] = []
    opened: int | None = None
    closing = ""
    for position, token in enumerate(tokens):
        if opened is None:
            following = tokens[position + 1].low if position + 1 < len(tokens) else ""
            if token.text == "(" or (
                token.text == ","
                and (
                    following in lexicon.sets["opens an aside"]
                    or _of_them(tokens, position + 1)
                    or _he_said(tokens, position + 1, lexicon)
                )
            ):
                opened, closing = position, ")" if token.text == "(" else ","
        elif token.text == closing:
            prices[opened : position + 1] = [0.03] * (position + 1 - opened)
            prices[position] = 0.3
            if _of_them(tokens, opened + 1):
                asides.append((opened, position))
            opened = None
        elif position - opened > _LONGEST_INSERTION or token.text == ";":
            opened = None
    return asides


def _of_them(tokens: list[Token], position: int) -> bool:
    """As in "32 soldiers, two of them Nigerian, had died"."""
    ahead = [token.low for token in tokens[position : position + 5]]
    return any(pair in _PARTITIVE for pair in pairwise(ahead))


def _he_said(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """As in "twelve policemen, he disclosed, have been arrested"."""
    return (
        position + 2 < len(tokens)
        and "speaker_pronoun" in tokens[position].classes
        and tokens[position + 1].low in lexicon.speech.verbs
        and tokens[position + 2].text == ","
    )


_PARTITIVE = {("of", "them"), ("of", "whom"), ("of", "these"), ("of", "those")}


def _make_units_cheap(tokens: list[Token], prices: list[float], lexicon: Lexicon) -> None:
    """As in "2.61 lakh persons belonging to 82,445 families are lodged in camps"."""
    for position, token in enumerate(tokens):
        if token.low not in lexicon.sets["equal to"]:
            continue
        for end in range(position + 1, min(position + 7, len(tokens))):
            if tokens[end].low in lexicon.sets["families"]:
                prices[position : end + 1] = [0.02] * (end + 1 - position)
                break


def _longest(signs: list[Sign]) -> list[Sign]:
    """Signs that lie in no longer one."""
    kept: list[Sign] = []
    reach = 0
    for sign in signs:
        if sign.last > reach or (kept and sign.first == kept[-1].first):
            kept.append(sign)
            reach = max(reach, sign.last)
    return kept


def _price(token: Token) -> float:
    if token.kind == "sign":
        return _SIGN_PRICES.get(token.text, 0.15)
    for name, price in _PRICES:
        if name in token.classes:
            return price
    return 0.12


def helpers_before(tokens: list[Token], position: int) -> frozenset[str]:
    """Classes of the auxiliaries right before a verb: be, have, modal; ``to`` for an infinitive."""
    found: set[str] = set()
    index = position - 1
    while index >= 0 and position - index <= 6:
        classes = tokens[index].classes
        if not _HELPERS.isdisjoint(classes):
            found |= classes & _HELPERS
        elif tokens[index].low == "to":
            found.add("to")
        elif _BETWEEN_HELPERS.isdisjoint(classes):
            break
        index -= 1
    return frozenset(found) if found else _NO_HELPERS


_HELPERS = frozenset({"be", "have", "modal"})
_BETWEEN_HELPERS = frozenset({"adverb", "negation", "auxiliary"})
_NO_HELPERS: frozenset[str] = frozenset()
