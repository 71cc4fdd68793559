"""Stage 6: what happened to the people counted.

Every sign of a measure in the sentence (a verb, a state, a noun; see ``measures.toml``) is weighed
against the figure: where it stands, whether its role allows the people there, and what lies
between. The cheapest sign wins. What lies between has a price per token, summed once for the
sentence, so that weighing a sign takes constant time.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from crossings.reports.lexicon import Lexicon
from crossings.reports.nouns import Head
from crossings.reports.records import Figure, Token
from crossings.reports.signs import Sign, Signs, helpers_before

TOO_FAR = 4.5
"""A sign that costs more says nothing about the figure."""
_REACH = 45
_IMPOSSIBLE = 99.0
_OTHER = 0.25
"""How much weaker signs of the measure ``other`` are: it says least."""
_NOUN_COST = {"refugees_hosted": 2.6, "displaced": 1.2, "other": 1.9, "in_need": 1.2}
GIVES_WAY = {"other": 0.8, "refugees_hosted": 0.3}
"""Measures that give way to what else is said of the people, "refugees arriving in Greece": what a
sign of one costs more."""


@dataclass(slots=True)
class Verdict:
    """The measure that won for a figure, what it cost, and why."""

    measure: str
    cost: float
    why: str
    sign: Sign | None = None


def measure_of(figure: Figure, head: Head, signs: Signs) -> Verdict:
    """The cheapest reading of what happened to the people of ``figure``."""
    best = Verdict("other", TOO_FAR, "no sign near")
    stated = head.measure or _inner(figure, head, signs)
    if head.measure:
        cost = 0.05 if head.name in signs.sets["sure nouns"] else _NOUN_COST.get(head.measure, 0.9)
        cost -= 0.15 if head.partitive and cost < 0.1 else 0.0  # "70 of the wounded"
        cost -= 0.3 if head.name in signs.sets["nothing else"] else 0.0  # "received 64 bodies"
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
        taken = sign.trigger.measure in _TAKEN_IN and sign.last <= figure.first
        if stated in _STAYS and taken and not sign.trigger.beside:
            cost += 1.6  # the displaced, the wounded whom a town takes in
        if cost < best.cost:
            best = Verdict(sign.trigger.measure, cost, _reason(sign, cost), sign)
    living = best.sign is not None and best.sign.trigger.name in signs.sets["living there"]
    if best.measure == "other" and living and head.measure in _GROUPS:
        best = Verdict(head.measure, best.cost, f"noun: {head.name}, {best.why}", best.sign)
    return best


def _inner(figure: Figure, head: Head, signs: Signs) -> str:
    """The measure that a word inside the noun phrase states: "64 wounded people"."""
    for sign in signs.found:
        if figure.last <= sign.first < head.end and sign.trigger.role != "noun":
            return sign.trigger.measure
    return ""


_STAYS = {"displaced", "injured", "evacuated"}
_TAKEN_IN = {"arrived", "refugees_hosted", "sheltered"}
_GROUPS = {"refugees_hosted", "displaced", "returned", "evacuated"}
_RECEIVED = {"arrived", "other", "refugees_hosted"}


def sign_before(figure: Figure, signs: Signs) -> Verdict | None:
    """What was said of "them" before: "Civilians streamed out, 12,500 of them ..."."""
    for sign in reversed(signs.found):
        if sign.last <= figure.first and sign.trigger.role in {"subject", "either", "object"}:
            return Verdict(sign.trigger.measure, 1.0, f"said of them: {sign.trigger.name}", sign)
    return None


def measure_by_name(tokens: list[Token], lexicon: Lexicon, last: bool = False) -> str:
    """What the first noun among the tokens that tells it says of its people, or the ``last`` one.

    Empty where no noun tells it: those of a measure that gives way (:data:`GIVES_WAY`) do not.
    """
    found = lexicon.people.find(tokens)
    for _, _, nouns in reversed(found) if last else found:
        measure = nouns[0].measure
        if measure and measure not in GIVES_WAY:
            return measure
    return ""


def _reason(sign: Sign, cost: float) -> str:
    return f"{sign.trigger.role}: {sign.trigger.name} ({cost:.2f})"


def _cost(sign: Sign, figure: Figure, head: Head, signs: Signs) -> float:
    """What it costs to read the figure as the one the sign speaks of."""
    if any(
        first < sign.first < last <= len(signs.tokens) and not first < figure.first < last
        for first, last in signs.asides
    ):
        return _IMPOSSIBLE
    if not _suits(sign, figure, head, signs):
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


def _suits(sign: Sign, figure: Figure, head: Head, signs: Signs) -> bool:
    """Whether a sign speaks of such people, and stands in the voice in which it means this."""
    trigger = sign.trigger
    if trigger.heads and trigger.heads.isdisjoint((head.name, *head.modifiers)):
        return False
    if not trigger.voice:
        return True
    active = sign.last <= figure.first and "be" not in helpers_before(signs.tokens, sign.first)
    return active == (trigger.voice == "active")


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
        touching = sign.first - head.end <= 1
        reduced = 0.45 if head.partitive and touching else 0.0
        reduced = max(reduced, _reduced_relative(sign, head, signs))
        return gap + reduced + (0.0 if sign.first - head.end <= 4 else 0.4)
    if trigger.role in {"object", "either"}:
        aside = 0.0 if helpers else _reduced_relative(sign, head, signs)
        return _verb_after(sign, head, signs, cost, helpers) + aside
    if trigger.form in {"ed", "en", "base", "s"} and _counts_others(tokens, sign.last):
        return _IMPOSSIBLE
    passive = "be" in helpers and ("have" not in helpers or _been(tokens, sign.first))
    if trigger.form in {"ed", "en"} and passive:
        return _IMPOSSIBLE  # "300 are left", "had been moved out"
    if helpers or (trigger.form == "ed" and _after_participle(sign, head, tokens)):
        return min(cost, _main_verb(sign, head, signs, cost))
    return cost + (1.0 if trigger.form == "ing" else 0.0)


def _after_participle(sign: Sign, head: Head, tokens: list[Token]) -> bool:
    """Whether a participle stands between the people and a verb: "Muslims expelled from X fled"."""
    if head.end >= sign.first - 1:
        return False
    token = tokens[head.end]
    return "verb" in token.classes and token.low.endswith(("ed", "en"))


_REDUCED = 0.75


def _reduced_relative(sign: Sign, head: Head, signs: Signs) -> float:
    """What a participle costs before a main verb: "families displaced by war have returned"."""
    touching = sign.first - head.end <= 1 and not _of_the(head, signs.tokens)
    return _REDUCED if touching and _finite_later(sign, signs) else 0.0


def _of_the(head: Head, tokens: list[Token]) -> bool:
    """Whether the people are those of whom a part is told: "five of the seven people missing"."""
    before = [token.low for token in tokens[max(0, head.end - 6) : head.end]]
    return any(
        pair in {("of", "the"), ("of", "those"), ("of", "these")} for pair in pairwise(before)
    )


def _finite_later(sign: Sign, signs: Signs) -> bool:
    """Whether another sign with "have" or "be" follows in the clause: the main verb."""
    for other in signs.found:
        if other.first <= sign.last or other.trigger.role == "noun":
            continue
        between = signs.tokens[sign.last : other.first]
        if len(between) > 12 or any(
            token.text in {",", ";", ":"} or token.classes & {"clause_word", "relative"}
            for token in between
        ):
            return False
        if helpers_before(signs.tokens, other.first) & {"have", "be"}:
            return True
        if other.trigger.role == "subject" and other.trigger.form == "ed":
            return True
    return False


def _been(tokens: list[Token], position: int) -> bool:
    """Whether "been" stands right before a participle, adverbs aside."""
    position -= 1
    while position > 0 and "adverb" in tokens[position].classes:
        position -= 1
    return position >= 0 and tokens[position].low in {"been", "being"}


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
    if helpers:
        return min(cost, _main_verb(sign, head, signs, cost))
    return cost + (0.4 if trigger.form in {"ed", "en"} else 0.0)


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
        linked = near.low in signs.sets["links a noun"]
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
        if near.low in signs.sets["names who did"]:
            return gap + 1.0
        return gap + 4.5
    if tokens[sign.last].low == "that":
        return _IMPOSSIBLE  # "warned that 400,000": what was said, and not who was told
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
