"""Stage 6: what happened to the people counted.

Every sign of a measure in the sentence (a verb, a state, a noun; see ``measures.toml``) is weighed
against the figure: where it stands, whether its role allows the people there, and what lies
between. The cheapest sign wins. What lies between has a price per token, summed once for the
sentence, so that weighing a sign takes constant time.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

from crossings.reports.lexicon import BESIDE, WITHIN, Lexicon, Trigger
from crossings.reports.nouns import Head
from crossings.reports.records import Figure, Sentence, Token

TOO_FAR = 4.5
"""A sign that costs more says nothing about the figure."""
_REACH = 45
_IMPOSSIBLE = 99.0
_OTHER = 0.25
"""How much weaker signs of the measure ``other`` are: it says least."""

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
_NOUN_COST = {"refugees_hosted": 2.6, "displaced": 1.2, "other": 1.9, "in_need": 1.2}
_SURE_NOUNS = {
    "dead", "bodies", "corpses", "deaths", "fatalities", "injuries", "injured", "wounded",
    "missing",
    "arrests", "arrivals", "homeless", "new arrivals", "death", "body", "fatality", "apprehensions",
    "displacements", "new displacements", "evacuations", "returns", "crossings", "entries",
    "departures", "expulsions", "deportations", "interceptions", "removals", "detentions",
    "homicides", "repatriations", "border crossings",
    "bodies of", "dead bodies", "injury", "remains",
}  # fmt: skip
_NOTHING_ELSE = {
    "bodies", "body", "corpses", "corpse", "dead bodies", "deaths", "fatalities", "remains",
}  # fmt: skip
_INSERTIONS = {
    "including",
    "most",
    "mostly",
    "many",
    "mainly",
    "among",
    "some",
    "about",
    "half",
    "or",
}
_LONGEST_INSERTION = 22
_PLURALS = {"people", "men", "women", "children", "police", "more", "who", "others", "dead"}


@dataclass(slots=True)
class Sign:
    """A trigger found in a sentence, as token span."""

    first: int
    last: int
    trigger: Trigger


@dataclass(slots=True)
class Verdict:
    """The measure that won for a figure, what it cost, and why."""

    measure: str
    cost: float
    why: str
    sign: Sign | None = None


class Signs:
    """The signs of one sentence and the price of what lies between any two of its tokens."""

    def __init__(self, sentence: Sentence, lexicon: Lexicon, figures: list[Figure]) -> None:
        self.tokens = sentence.tokens
        self.found = _longest(
            [
                Sign(first, last, trigger)
                for first, last, triggers in lexicon.triggers.find(sentence.tokens)
                for trigger in triggers
                if _has_what_it_needs(sentence.tokens, first, last, trigger)
                and not _in_a_name(sentence.tokens, first, lexicon)
            ]
        )
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
        _make_units_cheap(sentence.tokens, prices)
        for sign in self.found:
            if sign.trigger.form in {"ed", "en"} and "light" not in self.tokens[sign.first].classes:
                prices[sign.first] = max(prices[sign.first], 1.3)
        self.asides = _make_insertions_cheap(sentence.tokens, prices, lexicon)
        self._sums = [0.0, *accumulate(prices)]

    def price(self, first: int, last: int) -> float:
        """The price of the tokens from ``first`` up to ``last``."""
        return self._sums[last] - self._sums[first] if last > first else 0.0


def _joins_verbs(tokens: list[Token], position: int) -> bool:
    """Whether an "and" joins two participles."""
    return (
        tokens[position].low in {"and", "or"}
        and tokens[position - 1].low.endswith(("ed", "en"))
        and position + 1 < len(tokens)
        and "verb" in tokens[position + 1].classes
        and tokens[position + 1].low.endswith(("ed", "en"))
    )


def measure_of(figure: Figure, head: Head, signs: Signs) -> Verdict:
    """The cheapest reading of what happened to the people of ``figure``."""
    best = Verdict("other", TOO_FAR, "no sign near")
    if head.measure:
        cost = 0.05 if head.name in _SURE_NOUNS else _NOUN_COST.get(head.measure, 0.9)
        cost -= 0.15 if head.partitive and cost < 0.1 else 0.0  # "70 of the wounded"
        cost -= 0.3 if head.name in _NOTHING_ELSE else 0.0  # "received 64 bodies"
        best = Verdict(head.measure, cost, f"noun: {head.name}")
    for sign in signs.found:
        if sign.last <= figure.first - _REACH:
            continue
        if sign.first >= head.end + _REACH:
            break
        cost = _cost(sign, figure, head, signs)
        if head.measure == "detained" and sign.trigger.measure in {"evacuated", "arrived"}:
            cost += 1.0  # prisoners who are moved stay prisoners
        if head.measure == "returned" and sign.trigger.measure in _RECEIVED:
            cost += 1.0  # returnees who are received
        if cost < best.cost:
            best = Verdict(sign.trigger.measure, cost, _reason(sign, cost), sign)
    living = best.sign is not None and best.sign.trigger.name in _LIVING
    if best.measure == "other" and living and head.measure in _GROUPS:
        best = Verdict(head.measure, best.cost, f"noun: {head.name}, {best.why}", best.sign)
    return best


_GROUPS = {"refugees_hosted", "displaced", "returned", "evacuated"}
_RECEIVED = {"arrived", "other", "refugees_hosted"}
_LIVING = {"live", "accept", "register", "receive", "remain", "reside", "stay", "settle", "admit"}
_FACILITIES = {
    "camp", "camps", "centre", "centres", "center", "centers", "site", "sites", "cell", "cells",
    "facility", "facilities", "country", "countries", "area", "areas", "point", "points",
}  # fmt: skip


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


def _has_what_it_needs(tokens: list[Token], first: int, last: int, trigger: Trigger) -> bool:
    """Whether a trigger has the word near that it needs, and is no noun spelled like a verb."""
    if trigger.needs:
        ahead = tokens[last : last + WITHIN]
        if not any(token.low in trigger.needs for token in ahead):
            return False
    if trigger.beside and not any(
        token.low in trigger.beside for token in tokens[max(0, first - BESIDE) : first]
    ):
        return False
    if trigger.transitive and (last >= len(tokens) or tokens[last].kind == "sign"):
        return False
    if trigger.form == "ing" and last < len(tokens) and tokens[last].low in _FACILITIES:
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
    plural = before.low.endswith("s") or before.kind == "number" or before.low in _PLURALS
    return plural or "conjunction" in before.classes or before.text[0].isupper()


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
                    following in _INSERTIONS
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


def _make_units_cheap(tokens: list[Token], prices: list[float]) -> None:
    """As in "2.61 lakh persons belonging to 82,445 families are lodged in camps"."""
    for position, token in enumerate(tokens):
        if token.low not in {"belonging", "comprising", "representing", "equivalent"}:
            continue
        for end in range(position + 1, min(position + 7, len(tokens))):
            if tokens[end].low in {"families", "households"}:
                prices[position : end + 1] = [0.02] * (end + 1 - position)
                break


def sign_before(figure: Figure, signs: Signs) -> Verdict | None:
    """What was said of "them" before: "Civilians streamed out, 12,500 of them ..."."""
    for sign in reversed(signs.found):
        if sign.last <= figure.first and sign.trigger.role in {"subject", "either", "object"}:
            return Verdict(sign.trigger.measure, 1.0, f"said of them: {sign.trigger.name}", sign)
    return None


def _reason(sign: Sign, cost: float) -> str:
    return f"{sign.trigger.role}: {sign.trigger.name} ({cost:.2f})"


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


def _cost(sign: Sign, figure: Figure, head: Head, signs: Signs) -> float:
    """What it costs to read the figure as the one the sign speaks of."""
    if any(
        first < sign.first < last <= len(signs.tokens) and not first < figure.first < last
        for first, last in signs.asides
    ):
        return _IMPOSSIBLE
    own = sign.trigger.cost + (_OTHER if sign.trigger.measure == "other" else 0.0)
    if sign.first >= head.end:
        return own + _cost_after(sign, figure, head, signs)
    if sign.last <= figure.first:
        return own + _cost_before(sign, figure, signs)
    if sign.first >= figure.last and sign.trigger.role != "noun":
        return sign.trigger.cost + (1.0 if head.measure == sign.trigger.measure else 1.5)
    if sign.first >= figure.last and sign.last > head.end:
        return sign.trigger.cost + 0.5  # "20 lives lost"
    return _IMPOSSIBLE


def helpers_before(tokens: list[Token], position: int) -> frozenset[str]:
    """Classes of the auxiliaries right before a verb: be, have, modal; ``to`` for an infinitive."""
    found: set[str] = set()
    index = position - 1
    while index >= 0 and position - index <= 6:
        classes = tokens[index].classes
        if classes & {"be", "have", "modal"}:
            found |= classes & {"be", "have", "modal"}
        elif tokens[index].low == "to":
            found.add("to")
        elif not classes & {"adverb", "negation", "auxiliary"} or tokens[index].kind == "sign":
            break
        index -= 1
    return frozenset(found)


def _takes_object(tokens: list[Token], after: int) -> bool:
    """Whether what follows a verb reads like its object."""
    if after >= len(tokens):
        return False
    token = tokens[after]
    if token.kind == "number":
        return True
    if token.kind != "word":
        return False
    if token.classes & {"determiner", "speaker_pronoun"}:
        return True
    plain = not token.classes & {"preposition", "conjunction", "adverb", "clause_word", "auxiliary"}
    return plain and (token.low.endswith("s") or token.text[0].isupper())


def _cost_after(sign: Sign, figure: Figure, head: Head, signs: Signs) -> float:
    """The people stand before the sign: they are its subject."""
    tokens, trigger = signs.tokens, sign.trigger
    gap = signs.price(head.end, sign.first)
    helpers = helpers_before(tokens, sign.first)
    cost = gap
    if any("relative" in token.classes for token in tokens[head.end : sign.first]):
        cost += 0.7
    if trigger.role == "noun":
        return 2.2 + gap
    if trigger.role == "state":
        if helpers & {"be", "have"}:
            return min(gap, _main_verb(sign, head, signs, gap))
        reduced = 0.45 if head.partitive and sign.first - head.end <= 1 else 0.0
        return gap + reduced + (0.0 if sign.first - head.end <= 4 else 0.4)
    if trigger.role in {"object", "either"}:
        return _verb_after(sign, head, signs, cost, helpers)
    if trigger.form in {"ed", "en", "base", "s"} and _counts_others(tokens, sign.last):
        return _IMPOSSIBLE
    if trigger.form in {"ed", "en"} and "be" in helpers and "have" not in helpers:
        return _IMPOSSIBLE  # "300 are left"
    if helpers:
        return min(cost, _main_verb(sign, head, signs, cost))
    return cost + (1.0 if trigger.form == "ing" else 0.0)


def _counts_others(tokens: list[Token], after: int) -> bool:
    """Whether the verb's object is another number of people: "the crash left at least 53 dead"."""
    ahead = tokens[after : after + 4]
    number = next((n for n, token in enumerate(ahead) if token.kind == "number"), None)
    return number is not None and all(
        token.kind == "word" and not token.classes & {"preposition", "conjunction"}
        for token in ahead[:number]
        if token.low not in {"at", "than", "about", "over"}
    )


def _verb_after(
    sign: Sign, head: Head, signs: Signs, cost: float, helpers: frozenset[str]
) -> float:
    """A verb whose object the people are: passive, or a participle right after them."""
    trigger, tokens = sign.trigger, signs.tokens
    if trigger.form == "ing" and trigger.role == "object":
        return 3.0 + cost if "be" in helpers else _IMPOSSIBLE
    if trigger.form in {"ed", "en"} and "be" in helpers:
        return min(cost, _main_verb(sign, head, signs, cost))
    if trigger.role == "object" and "have" in helpers:
        return _IMPOSSIBLE  # "20 rebels have killed": they are who did it
    if head.name == "those" and sign.first - head.end <= 1:
        cost += 0.7  # "nine of those sheltering there were killed"
    if trigger.role == "object" and trigger.form not in {"ed", "en"}:
        return _IMPOSSIBLE
    if _takes_object(tokens, sign.last):
        return _IMPOSSIBLE
    if trigger.role == "object":
        return cost + (0.6 if sign.first - head.end <= 2 else 2.5)
    return cost + (0.4 if trigger.form in {"ed", "en"} and not helpers else 0.0)


def _main_verb(sign: Sign, head: Head, signs: Signs, cost: float) -> float:
    """A finite verb after a reduced relative is the main one: "displaced by war have returned"."""
    between = signs.tokens[head.end : sign.first]
    if (
        between
        and "relative" in between[0].classes
        and not any("verb" in token.classes and "be" not in token.classes for token in between[1:])
    ):
        return cost  # the verb of the relative clause itself
    if len(between) > 25 or any(
        token.text in {",", ";", ":", "(", ")"}
        or token.kind == "number"
        or token.classes & {"clause_word", "conjunction"}
        for token in between[int(bool(between) and "relative" in between[0].classes) :]
    ):
        return cost
    return min(cost, 0.4 + 0.03 * len(between))


_AGENT = 5.0


def _reached(between: list[Token]) -> bool:
    """Whether a noun and a number are joined by a verb of reaching, in one clause."""
    if any(token.text in {";", ":"} or token.low in {"but", "while"} for token in between):
        return False
    return any(
        "toll_verb" in token.classes and "preposition" not in token.classes
        for token in between[-6:]
    )


def _cost_before(sign: Sign, figure: Figure, signs: Signs) -> float:
    """The people stand after the sign: they are its object, or what its noun is "of"."""
    tokens, trigger = signs.tokens, sign.trigger
    gap = signs.price(sign.last, figure.first)
    near = tokens[figure.first - 1] if figure.first else None
    if near is None:
        return _IMPOSSIBLE
    if trigger.role == "noun":
        linked = near.low in {"of", "for", "to", "at", "with", ":", "by", "among", "is", "was"}
        reached = _reached(tokens[sign.last : figure.first])
        if linked and sign.last == figure.first - 1:
            return 0.2
        if reached:
            return 0.5 + 0.05 * (figure.first - sign.last)
        loose = (0.5 if linked else 1.6) + gap
        return loose if loose < 2.6 else _IMPOSSIBLE
    if trigger.role == "state":
        copula = any("be" in token.classes for token in tokens[sign.last : figure.first])
        return gap + (0.6 if copula else 2.0)
    if trigger.role == "subject":
        if near.low in {"including", "were", "are", "was"}:
            return gap + 1.0
        return gap + 4.5
    cost = gap
    helpers = helpers_before(tokens, sign.first)
    if trigger.form in {"ed", "en"} and "be" in helpers:
        cost += 1.8
    if near.low == "by":
        return cost + _AGENT
    if near.text == ",":
        cost += 1.2
    touching = sign.last == figure.first  # "taken in 716,000": the preposition is the verb's
    if (
        not touching
        and "preposition" in near.classes
        and near.low not in {"including", "than", "up", "over"}
    ):
        cost += 1.2
    return cost
