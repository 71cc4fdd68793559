"""Stage 7b: whether a verb of saying speaks here, and whether something is said after it."""

from __future__ import annotations

from crossings.reports.lexicon import Lexicon
from crossings.reports.names import is_capital
from crossings.reports.records import Token
from crossings.reports.signs import helpers_before
from crossings.reports.tokens import low_at


def may_speak(tokens: list[Token], position: int, verb: tuple[str, str], lexicon: Lexicon) -> bool:
    """Whether a form of a verb of saying is one here, and not a noun, an adjective, a passive."""
    lemma, form = verb
    token = tokens[position]
    before = tokens[position - 1] if position else None
    if before is not None and is_capital(token) and is_capital(before):
        return False  # the United States
    if lemma == "put" and low_at(tokens, position + 1) == "up":
        return False  # who gives shelter
    helpers = helpers_before(tokens, position)
    if before is not None and (before.low == "to" or "to" in helpers):
        return False
    if token.low in lexicon.speech.nouns and (
        before is None or before.classes & {"determiner", "preposition"} or before.low == "'s"
    ):
        return False
    if form in {"ed", "en"}:
        if "be" in helpers or (
            before is not None and (before.classes & {"determiner"} or before.kind == "number")
        ):
            return False  # "31 reported deaths"
        following = low_at(tokens, position + 1)
        channel = (
            lexicon.speech.channels.at(tokens, position + 2)
            if low_at(tokens, position + 2)
            else None
        )
        if following in {"by", "as"} and token.low != "said" and channel is None:
            return False
        infinitive = position + 2 < len(tokens) and bool(
            tokens[position + 2].classes & {"be", "have", "maybe_verb", "auxiliary"}
        )
        if following == "to" and infinitive and "have" not in helpers and lemma != "say":
            return lemma == "claim" and _is_speaker_before(tokens, position, lexicon)
    if lemma == "claim":
        ahead = tokens[position + 1 : position + 7]
        return not any(word.low in lexicon.speech.claimed for word in ahead)
    if lemma in lexicon.speech.past_only and form in {"base", "s"}:
        if low_at(tokens, position + 1) == "that":
            return lemma != "witness"
        before = _before_its_date(tokens, position, lexicon)
        plain = before is not None and lexicon.speech.organisations.at(tokens, position - 1)
        acronym = before is not None and before.text.isupper() and len(before.text) > 1
        named = plain or acronym or _is_speaker(before, lexicon)
        if lemma in lexicon.speech.body_counts and named:
            return True  # "UNICEF counts among them"
        return lemma == "estimate" and bool(plain or _is_speaker(before, lexicon))
    return True


def _before_its_date(tokens: list[Token], position: int, lexicon: Lexicon) -> Token | None:
    """The word before a verb, a date aside: "the situation report of 28 December lists"."""
    step = position - 1
    while step >= 0 and (tokens[step].kind == "number" or tokens[step].low in lexicon.times):
        step -= 1
    if 0 < step < position - 1 and "preposition" in tokens[step].classes:
        step -= 1
    return tokens[step] if step >= 0 else None


def _is_speaker_before(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether somebody claims to have done it: "the group claimed to have killed eight"."""
    ahead = [token.low for token in tokens[position + 1 : position + 5]]
    before = tokens[position - 1] if position else None
    return (
        "have" in ahead
        and before is not None
        and (
            is_capital(before)
            or _is_speaker(before, lexicon)
            or "speaker_pronoun" in before.classes
        )
    )


def _is_speaker(token: Token | None, lexicon: Lexicon) -> bool:
    return token is not None and token.low in lexicon.speech.speakers


def has_content(tokens: list[Token], after: int, lexicon: Lexicon, only_that: bool = False) -> bool:
    """Whether what is said follows: that, a quotation, or (unless ``only_that``) a number."""
    for position, token in enumerate(tokens[after : after + 11], after):
        if token.low == "that" or token.text in {":", '"', "“", "‘"}:
            return True
        if (
            position == after
            and token.low == "to"
            and tokens[after - 1].low in lexicon.sets["admits"]
        ):
            return True  # "admits to nineteen dead"
        if token.text in {",", ".", ";"}:
            return False
        if only_that:
            continue
        if token.kind == "number":
            return True
        if lexicon.numbers.qualifiers.at(tokens, position) is not None:
            return True
        if lexicon.numbers.opens_number(token.low):
            return True
        if lexicon.numbers.phrases.at(tokens, position) is not None:
            return True
    return False


def says(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word is a verb of saying and no noun spelled like one."""
    return token.low in lexicon.speech.verbs and token.low not in lexicon.speech.nouns
