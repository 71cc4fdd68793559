"""Stage 6c: how a figure hangs on an earlier one: part of it, beside it, its value before."""

from __future__ import annotations

from itertools import pairwise

from crossings.reports.counted import Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.nouns import Head
from crossings.reports.records import Figure, Token


def tie_of(
    figure: Figure,
    head: Head,
    tokens: list[Token],
    found: list[Count],
    earlier: list[Count],
    lexicon: Lexicon,
) -> tuple[str, Count | None]:
    """How a figure hangs on an earlier one."""
    first = figure.first
    if _changes_to(tokens, figure, lexicon):
        return "prior", found[-1] if found else None
    opening = not found and (
        head.kind == "pronoun" or head.partitive or _opens_with_them(tokens, first, lexicon)
    )
    previous = found[-1] if found else (topic_of(earlier) if earlier else None)
    if previous is None:
        return "", None
    window = [token.low for token in tokens[max(0, first - 6) : first]]
    last = window[-1] if window else ""
    if not found and not opening:
        return _tie_across(tokens, first, previous, lexicon)
    if (
        opening
        or _after_including(tokens, first, previous)
        or last in {"including", "included", "includes"}
        or _of_them(window, head)
        or _among_them_after(tokens, head.end, lexicon)
    ):
        own = head.kind == "pronoun" or head.partitive or "whom" in window[-2:]
        if previous.tie == "part" and previous.tied_to and not own and last in {",", "and"}:
            return "part", previous.tied_to  # "fifteen of them Saudi and four Sudanese"
        return "part", previous
    if _shares(tokens, first, previous, lexicon) and previous.tied_to is not None:
        return "part", previous.tied_to
    if _compared(window, lexicon):
        return "prior", previous
    if last == "(" and head.kind in {"people", "bare"}:
        return "same", previous
    with_place = last in {"with", "'s"} and first > 1 and tokens[first - 2].text[0].isupper()
    if with_place and head.kind == "bare":
        return "list", previous
    named = first > 1 and tokens[first - 1].text[0].isupper() and window[-2:-1] != []
    if named and window[-2] in {",", "and", ";", ":", "while"}:
        return "list", previous  # "Pakistan hosts 1.4 million and Iran 780,000"
    if last == "or" and first - previous.head.end == 1 and _other_unit(previous, head):
        return "same", previous  # "7,214 families or 27,964 persons"
    if last in {",", "and", ";", "or", "but", "while", "/"} or (
        tokens[first].low in {"another", "a"} and first - previous.head.end < 4
    ):
        return _list_tie(previous, tokens, first, last, lexicon)
    return "", None


_FAMILIES = {"families", "households"}


def _other_unit(previous: Count, head: Head) -> bool:
    """Whether one counts families and the other people."""
    if head.kind != "people":
        return False
    return (previous.unit in _FAMILIES) != (head.unit in _FAMILIES)


def _tie_across(
    tokens: list[Token], first: int, previous: Count, lexicon: Lexicon
) -> tuple[str, Count | None]:
    """How the first figure of a sentence hangs on one of the sentence before, by words alone."""
    window = [token.low for token in tokens[max(0, first - 6) : first]]
    last = window[-1] if window else ""
    if last in {"to", "with"} and len(window) < 5 and {"compares", "compared"} & set(window):
        return "prior", previous
    before = {token.low for token in tokens[:first]}
    if last in {"including", "includes"} and lexicon.sets["them"] & before:
        return "part", previous  # "these deaths had one cause, including 730 children"
    denied = any("negation" in token.classes for token in tokens[:first])
    if denied:
        return "", None  # "the figure may not include a few thousand"
    if before & lexicon.sets["comprises"] and before & lexicon.sets["sums"] and first <= _OPENING:
        return "part", previous  # "The government number comprises up to 230,000 children"
    if _largest_share(tokens[:first], lexicon):
        return "part", previous  # "The largest number is in Klungkung, with 22,737 people"
    return "", None


_OPENING = 9
"""The longest opening, in tokens, that says of what the figure after it is a part."""


def _largest_share(tokens: list[Token], lexicon: Lexicon) -> bool:
    """Whether a sentence opens with the largest share of those before."""
    opening = [token.low for token in tokens[:_OPENING]]
    return any(
        most in lexicon.sets["largest"] and share in lexicon.sets["shares"]
        for most, share in pairwise(opening)
    )


def _compared(window: list[str], lexicon: Lexicon) -> bool:
    """Whether the figure is one that another is compared to: "up from", "against a peak of"."""
    last = window[-1] if window else ""
    return (
        " ".join(window[-2:]) in {"up from", "down from", "compared to", "compared with"}
        or last in {"against", "versus"}
        or (last == "of" and bool({"peak", "high"} & set(window)))
        or _falls_from(window, lexicon)
    )


def _shares(tokens: list[Token], first: int, previous: Count, lexicon: Lexicon) -> bool:
    """As in "Turkey accounts for some 250,000 of them, Lebanon for over 190,000"."""
    named = first > 1 and tokens[first - 1].low == "for" and tokens[first - 2].text[0].isupper()
    return (
        named
        and previous.tie == "part"
        and any(token.low in lexicon.sets["accounts"] for token in tokens[:first])
    )


def _after_including(tokens: list[Token], first: int, previous: Count) -> bool:
    """As in "including a pregnant woman and three children"."""
    for position in range(first - 1, max(previous.head.end, first - 8) - 1, -1):
        token = tokens[position]
        if token.low in {"including", "except", "among"}:
            return True
        if token.classes & {"verb", "be", "have", "modal"} or token.text in {";", ")", "."}:
            return False
    return False


def topic_of(earlier: list[Count]) -> Count:
    """What "them" at the head of a sentence means: the first figure of the sentence before."""
    latest = topic = earlier[-1]
    for count in reversed(earlier):
        if count.sentence is not latest.sentence:
            break
        if count.tie not in {"part", "prior"}:
            topic = count
    return topic


def _of_them(window: list[str], head: Head) -> bool:
    """Whether "of whom", "among them", "of these" stands before the figure."""
    if head.kind == "pronoun" or head.partitive or "whom" in window[-5:]:
        return True
    if window[-2:] == ["of", "which"]:
        return True
    return bool({"of", "among", "amongst"} & set(window[-5:])) and bool(
        {"them", "these", "those"} & set(window[-4:])
    )


def _among_them_after(tokens: list[Token], end: int, lexicon: Lexicon) -> bool:
    """As in "killed 14 people there, five children among them"."""
    ahead = [token.low for token in tokens[end : end + 2]]
    return len(ahead) == 2 and ahead[0] in {"among", "amongst"} and ahead[1] in lexicon.sets["them"]


def _changes_to(tokens: list[Token], figure: Figure, lexicon: Lexicon) -> bool:
    """Whether the figure is the first of "risen from 19 to 37"."""
    if not figure.first or tokens[figure.first - 1].low != "from":
        return False
    after = figure.last
    ranged = after + 1 < len(tokens) and tokens[after].low == "to"
    if ranged and tokens[after + 1].kind == "number":
        return True
    before = {token.low for token in tokens[max(0, figure.first - 8) : figure.first]}
    return bool(before & lexicon.sets["changed from"])


def _falls_from(window: list[str], lexicon: Lexicon) -> bool:
    """Whether the figure is what another one rose or fell from: "a slight fall on Sunday's"."""
    return bool(lexicon.sets["changes"] & set(window)) and bool({"on", "from"} & set(window[-3:]))


def _list_tie(
    previous: Count, tokens: list[Token], first: int, last: str, lexicon: Lexicon
) -> tuple[str, Count]:
    """In a list that began with "including" or "of this number", every entry is a part of it."""
    shared = tokens[0].low == "of" and _names_those_before(tokens, lexicon)
    if shared and previous.tie == "part" and previous.tied_to is not None:
        return "part", previous.tied_to
    if previous.tie == "part" and last in {",", "and"} and previous.tied_to is not None:
        between = tokens[previous.head.end : first]
        if len(between) <= 14 and not any("be" in token.classes for token in between):
            return "part", previous.tied_to
    return "list", previous


def _names_those_before(tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "Of these, OCHA estimates that", "Of this number some 128,000", "Of the total, 300"."""
    ahead = [token.low for token in tokens[1:4]]
    if ahead[:1] and ahead[0] in lexicon.sets["them"]:
        return True
    pointing = ahead[:1] and ahead[0] in {"this", "that", "the"}
    return bool(pointing) and any(word in lexicon.sets["sums"] for word in ahead[1:])


def _opens_with_them(tokens: list[Token], first: int, lexicon: Lexicon) -> bool:
    """As in "Among them were 10", "Of these, 5.9 million", "They included seven"."""
    opening = {token.low for token in tokens[:first]}
    if tokens[0].low in {"of", "among", "amongst"} and _names_those_before(tokens, lexicon):
        return True
    if first <= 4 and " ".join(token.low for token in tokens[:2]) in lexicon.sets["broken down"]:
        return True
    return first <= 6 and bool(
        (opening & {"among", "amongst", "of"} and opening & {"them", "these", "those"})
        or (opening & lexicon.sets["stands for people"] and opening & lexicon.sets["comprises"])
    )
