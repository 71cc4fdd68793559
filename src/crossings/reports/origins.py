"""Stage 8d: where the people of a figure came from.

In order: a place tied in by "from" or left, what "of X" says of those who move, who sends them, the
place where they lived until they were moved, where the event was that drives them on, and their
nationality. ``grammar.toml`` has the words.
"""

from __future__ import annotations

from itertools import pairwise

from crossings.reports.counted import HARM, Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.mentions import Mention
from crossings.reports.names import is_capital
from crossings.reports.places import residence_of
from crossings.reports.records import Token

_MOVES = {"fled", "crossed", "arrived", "returned", "evacuated", "sheltered"}
_DRIVEN = {"crossed", "fled", "arrived", "evacuated"}
_ABROAD = {"refugees_hosted", "fled", "crossed", "arrived"}
_UPROOTED = {"displaced", "evacuated", "fled"}
_RETURNED = "returned"
SENT = {"returned", "crossed"}
"""Measures of people whom others may send away."""
ON_THE_WAY = {"fled", "crossed", "arrived"}
"""Measures of people between two places."""

Origin = tuple[str, str]
"""The name of a place, and why."""


def origin_of(
    count: Count, mentions: list[Mention], lexicon: Lexicon, country: str
) -> Origin | None:
    """Where the people came from, and why; ``country`` is what "the country" means."""
    return (
        _left(count, mentions, lexicon, country)
        or _fled_what_is_there(count, mentions, lexicon)
        or _of(count, mentions)
        or _sent(count, mentions, lexicon)
        or _lived(count, mentions, lexicon)
        or _driven(count, mentions)
        or _at_home(count, lexicon)
        or _by_nationality(count, lexicon)
    )


def _left(count: Count, mentions: list[Mention], lexicon: Lexicon, country: str) -> Origin | None:
    """A place tied in by "from", or the object of "flee": the nearest to what was done."""
    tokens, end = count.sentence.tokens, count.head.end
    left = [m for m in mentions if m.tie in {"from", "left"} and _is_theirs(m, count, lexicon)]
    theirs = [m for m in left if not _of_some(m, tokens, lexicon)]
    left = theirs or left
    around = count.sign.last if count.sign is not None else end
    for mention in sorted(left, key=lambda m: abs(m.first - around)):
        if mention.named:
            return mention.text, f"{mention.tie} {mention.text}"
        if mention.text.endswith("country"):
            own = tokens[mention.first - 1].low in lexicon.sets["their own"]
            nation = _nation(tokens, count.figure.last, end, lexicon) if own else ""
            if nation or country:
                return nation or country, "their country" if nation else "the country before"
        inner = next((m for m in mentions if m.named and _within(mention, m, tokens)), None)
        if inner is not None:
            words = count.sentence.text[
                tokens[mention.first].start - count.sentence.start : tokens[inner.last - 1].end
                - count.sentence.start
            ]
            return words, f"{mention.tie} {words}"
        if mention.text.lower() not in lexicon.sets["no origin"]:
            return mention.text, f"{mention.tie} {mention.text}"
    return None


def _of_some(mention: Mention, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "most of them from Honduras": whose country it is, not where they set out."""
    before = tokens[max(0, mention.first - 4) : mention.first]
    return any(token.low in lexicon.sets["most of them"] for token in before)


_THING_FLED = 7
"""How far, in tokens, a place may stand after the verb of fleeing what happens there."""


def _fled_what_is_there(count: Count, mentions: list[Mention], lexicon: Lexicon) -> Origin | None:
    """As in "fled fresh violence in West Darfur", "fled their homes in Marawi City"."""
    if count.measure not in ON_THE_WAY | _UPROOTED:
        return None
    tokens = count.sentence.tokens
    for mention in mentions:
        if mention.tie != "at" or not mention.named or not _is_theirs(mention, count, lexicon):
            continue
        for verb in range(mention.first - 2, max(-1, mention.first - _THING_FLED), -1):
            token = tokens[verb]
            if lexicon.places.verbs.get(token.low) == "left":
                if "preposition" in tokens[verb + 1].classes:
                    break
                return mention.text, f"{token.low} what is in {mention.text}"
            goes = verb != mention.first - 1 and "preposition" in token.classes
            if token.kind == "sign" or goes or token.classes & {"be", "have", "clause_word"}:
                break
    return None


_FAR = 3
"""How many tokens after the noun of the dead or hurt "from X" tells where they were from."""


def _is_theirs(mention: Mention, count: Count, lexicon: Lexicon) -> bool:
    """Whether a place left is that of the figure, and not of a number between the two."""
    tokens = count.sentence.tokens
    end, unit = count.head.end, max(0, mention.first - 3)
    if any(t.low in lexicon.rejections["units"] for t in tokens[unit : mention.first]):
        return False  # "30 km from the border"
    if count.measure in HARM:
        return 0 <= mention.first - end <= _FAR
    if mention.first >= end:
        between = count.sentence.tokens[end : mention.first]
    else:
        between = count.sentence.tokens[mention.last : count.figure.first]
    return not any(t.kind == "number" and ("," in t.text or len(t.text) > 4) for t in between)


def _within(outer: Mention, inner: Mention, tokens: list[Token]) -> bool:
    """As in "from other towns in eastern Ghouta", "from areas to the north of Raqqa"."""
    between = tokens[outer.last : inner.first]
    return 0 < len(between) <= 7 and all(
        t.classes & {"preposition", "determiner", "conjunction"} or t.low in _COMPASS
        for t in between
    )


_COMPASS = {"north", "south", "east", "west"}


def _of(count: Count, mentions: list[Mention]) -> Origin | None:
    """As in "35,000 people of western Mizoram took shelter"."""
    of = [m for m in mentions if m.tie == "of" and m.first - count.head.end in {1, 2} and m.named]
    return (of[0].text, f"of {of[0].text}") if of and count.measure in _MOVES else None


def _sent(count: Count, mentions: list[Mention], lexicon: Lexicon) -> Origin | None:
    """Who sends people away: "Egyptian authorities deported 24", "deported by Thailand"."""
    tokens = count.sentence.tokens
    for position in range(count.head.end, min(count.head.end + 6, len(tokens) - 1)):
        sent = lexicon.triggers.at(tokens, position)
        if sent is None or sent[0] >= len(tokens) or tokens[sent[0]].low != "by":
            continue
        if any(trigger.measure == _RETURNED and trigger.form for trigger in sent[1]):
            name = _nation(tokens, sent[0] + 1, min(sent[0] + 5, len(tokens)), lexicon)
            return (name, f"sent away by {name}") if name else None
    sign = count.sign
    if sign is None or not (
        sign.trigger.role == "object"
        or (sign.trigger.role == "either" and sign.last <= count.figure.first)
    ):
        return None
    senders = [m for m in mentions if m.tie == "subject" and m.named and m.last <= sign.first]
    if senders and count.measure == _RETURNED:
        return senders[-1].text, f"sent by {senders[-1].text}"
    return None


def _lived(count: Count, mentions: list[Mention], lexicon: Lexicon) -> Origin | None:
    """Where they had been until they were moved: "93 who had been living in Libya were flown"."""
    if count.measure not in {"returned", "evacuated"}:
        return None
    tokens, end = count.sentence.tokens, count.head.end
    for mention in mentions:
        if mention.tie != "at" or not mention.named or not 0 < mention.first - end <= 12:
            continue
        between = tokens[end : mention.first]
        if any(token.low in lexicon.sets["living"] for token in between) and not any(
            token.text == ";" or token.low == "and" for token in between
        ):
            return mention.text, f"had lived in {mention.text}"
    return None


def _driven(count: Count, mentions: list[Mention]) -> Origin | None:
    """Where the event was: "Fighting in Khartoum has pushed 20,000 people across the border"."""
    sign = count.sign
    if sign is None or count.measure not in _DRIVEN or sign.first >= count.figure.first:
        return None
    if sign.trigger.role not in {"object", "noun"}:
        return None
    if not any(m.tie == "to" and m.first >= count.head.end for m in mentions):
        return None
    at = [m for m in mentions if m.tie == "at" and m.named and m.last <= sign.first]
    organised = count.measure == "evacuated"
    near = [m for m in at if (organised or not m.of_speaker) and sign.first - m.last <= 5]
    return (near[-1].text, f"driven out of {near[-1].text}") if near else None


def _at_home(count: Count, lexicon: Lexicon) -> Origin | None:
    """As in "about 100 Nordegg residents were forced from their homes"."""
    home = residence_of(count, lexicon) if count.measure in _UPROOTED else None
    return (home.text, "where they live") if home is not None else None


def _by_nationality(count: Count, lexicon: Lexicon) -> Origin | None:
    """The country of "Egyptian authorities deported", of "Afghan refugees" who are hosted."""
    tokens = count.sentence.tokens
    if count.measure in _ABROAD:
        first, last = count.figure.last, count.head.end
    elif count.measure == _RETURNED and count.sign is not None:
        if count.sign.trigger.role != "object":
            return None
        by = [token.low for token in tokens[count.sign.last : count.sign.last + 1]] == ["by"]
        first, last = max(0, count.sign.first - 6), count.sign.first
        if by:
            first, last = count.sign.last, min(count.sign.last + 4, len(tokens))
    else:
        return None
    name = _nation(tokens, first, last, lexicon)
    return (name, f"nationality: {name}") if name else None


def _nation(tokens: list[Token], first: int, last: int, lexicon: Lexicon) -> str:
    """The country that a word of a token span names."""
    for token in tokens[first:last]:
        if token.low in lexicon.countries and is_capital(token):
            return lexicon.countries[token.low]
    return ""


def between(count: Count, mentions: list[Mention]) -> tuple[str, str] | None:
    """Origin and place of those who cross "between France and the United Kingdom"."""
    if count.measure not in ON_THE_WAY:
        return None
    tokens = count.sentence.tokens
    for mention, following in pairwise(mentions):
        joined = {token.low for token in tokens[mention.last : following.first]}
        two = mention.first and tokens[mention.first - 1].low == "between"
        if two and "and" in joined and following.first - mention.last <= 2:
            return mention.text, following.text
    for mention in mentions:
        if mention.first and tokens[mention.first - 1].low == "between":
            first, _, last = mention.text.partition(" and ")
            return (first, last.removeprefix("the ")) if last else None
    return None
