"""Stage 3: number expressions with their bounds and qualifier.

Digits, words, multipliers, ranges and vague plurals, with what stands before and after them and
says how exact they are. Nothing is rejected here; see :mod:`crossings.reports.rejection`.

Exact and approximate numbers have ``low == high``, "at least" has no ``high``, "at most" no
``low``, a vague plural the range that the language's table gives it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crossings.reports.lexicon import Lexicon, NumberWords
from crossings.reports.records import Figure, Sentence, Token

LARGEST = 10**12
"""Larger numbers count no people."""


@dataclass(slots=True)
class _Number:
    """A bare number: token span, bounds and kind."""

    first: int
    last: int
    low: int
    high: int
    kind: str
    whole: bool = True


def find_figures(sentence: Sentence, lexicon: Lexicon) -> list[Figure]:
    """All number expressions of a sentence, in order, without overlap."""
    tokens = sentence.tokens
    figures: list[Figure] = []
    position, beginnings = 0, lexicon.numbers.beginnings
    while position < len(tokens):
        token = tokens[position]
        begins = token.kind == "number" or token.low in beginnings
        number = _number_at(tokens, position, lexicon) if begins else None
        if number is None:
            position += 1
            continue
        if not _changes(tokens, number, lexicon):
            number = _with_range(tokens, number, lexicon)
        earliest = figures[-1].last if figures else 0
        figures.append(_qualified(sentence, number, lexicon, earliest))
        position = max(number.last, figures[-1].last, position + 1)
    return figures


def _changes(tokens: list[Token], number: _Number, lexicon: Lexicon) -> bool:
    """Whether "from A to B" says how a figure changed, so that A and B are two figures."""
    before = tokens[max(0, number.first - 9) : number.first]
    if not before or before[-1].low not in lexicon.numbers.joins["from"]:
        return False
    return any(token.low in lexicon.rejections["change"] for token in before)


def _number_at(tokens: list[Token], position: int, lexicon: Lexicon) -> _Number | None:
    token, words = tokens[position], lexicon.numbers
    if token.kind == "number":
        return _digits(tokens, position, lexicon)
    phrase = words.phrases.at(tokens, position)
    spelled = _spelled(tokens, position, words)
    if phrase is not None and (spelled is None or phrase[0] >= spelled.last):
        low, high = phrase[1][0]
        return _Number(position, phrase[0], low, high, "words" if low == high else "vague")
    return spelled


def _digits(tokens: list[Token], position: int, lexicon: Lexicon) -> _Number | None:
    """A number in digits, with spaces as separators and a multiplier after it."""
    words = lexicon.numbers
    day = position > 0 and tokens[position - 1].low in lexicon.rejections["months"]
    value, last = _digit_groups(tokens, position, not day)
    if value is None:
        return None
    multiplied = False
    while last < len(tokens) and tokens[last].low in words.multipliers:
        low = tokens[last].low
        if len(low) <= 2 and tokens[last].start != tokens[last - 1].end:
            break  # "5 m" is a length, "5m" may be five million
        value *= words.multipliers[low]
        multiplied = True
        last += 1
    whole = multiplied or float(value).is_integer()
    if not 0 <= value <= LARGEST:
        return _Number(position, last, 0, 0, "digits", whole=False)
    return _Number(position, last, round(value), round(value), "digits", whole)


def _digit_groups(tokens: list[Token], position: int, grouped: bool) -> tuple[float | None, int]:
    """The value of digits from ``position``: "25,700", "1.85", "10, 000", "7 314", "3.000".

    ``grouped`` says whether other tokens may go on with it; not after "on May 3, 231 were hurt".
    """
    text = tokens[position].text
    last = position + 1
    if grouped and 1 <= len(text.split(",", 1)[0]) <= 3:
        while len(text) < 16 and "." not in text:
            group = _next_group(tokens, last)
            if group is None:
                break
            text += tokens[group - 1].text
            last = group
    parts = text.replace(".", ",").split(",")
    digits = "".join(parts)
    if len(digits) > 15 or not digits.isascii():
        return (None, last) if not digits.isascii() else (float(LARGEST) * 10, last)
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3:
        return float(digits), last
    if len(parts) > 2 and all(len(part) == 2 for part in parts[1:-1]) and len(parts[-1]) == 3:
        return float(digits), last  # 2,50,000
    if len(parts) == 2:
        return float(f"{parts[0]}.{parts[1]}"), last
    return float(digits), last


def _next_group(tokens: list[Token], last: int) -> int | None:
    """Index after a group of three digits that continues the number before it, or nothing."""
    if last >= len(tokens):
        return None
    step = last
    if tokens[step].text in {",", "'", "’"} and step + 1 < len(tokens):
        step += 1
    group = tokens[step]
    if group.kind != "number" or len(group.text) != 3:
        return None
    gap = group.start - tokens[last - 1].end
    return step + 1 if 1 <= gap <= 2 else None


def _spelled(tokens: list[Token], position: int, words: NumberWords) -> _Number | None:
    """A number in words: "twenty-two", "two hundred and fifty", "a dozen", "three million"."""
    total = current = 0
    last = position
    low = tokens[position].low
    if low in words.articles:
        following = tokens[position + 1].low if position + 1 < len(tokens) else ""
        if following not in words.after_article:
            return None
        current, last = words.after_article[following], position + 2
    while last < len(tokens):
        low = tokens[last].low
        value = words.value(low)
        if value is not None and (current == 0 or _adds(current, value)):
            current += value
        elif low in words.multipliers and current and len(low) > 2:
            size = words.multipliers[low]
            if size in {100, 12}:
                current *= size
            else:
                total, current = total + current * size, 0
        elif not (low in words.joins["and"] and _continues(tokens, last, words, current)):
            break
        last += 1
    if last == position:
        return None
    value = total + current
    return _Number(position, last, value, value, "words")


def _adds(current: int, value: int) -> bool:
    """Whether ``value`` can follow ``current`` in one number: twenty + two, hundred + fifty."""
    return (current % 100 == 0 and value < 100) or (
        current % 10 == 0 and current % 100 >= 20 and value < 10
    )


def _continues(tokens: list[Token], position: int, words: NumberWords, current: int) -> bool:
    """Whether an "and" stands inside one number, as in two hundred and fifty."""
    if position + 1 >= len(tokens) or current < 100 or current % 100:
        return False
    value = words.value(tokens[position + 1].low)
    return value is not None and value < 100


def _with_range(tokens: list[Token], number: _Number, lexicon: Lexicon) -> _Number:
    """``number`` widened to a range if another follows: "2 to 3 million", "two or three"."""
    words = lexicon.numbers
    after = number.last
    if after + 1 >= len(tokens) or number.kind == "vague":
        return number
    join = tokens[after].low
    before = tokens[number.first - 1].low if number.first else ""
    is_range = (
        join in words.joins["range"]
        or join in words.joins["or"]
        or (join in words.joins["and"] and before in words.joins["between"])
    )
    if not is_range or not _dash_joins(tokens, number.first, after):
        return number
    other = _number_at(tokens, after + 1, lexicon)
    if other is None or other.kind == "vague":
        return number
    low = number.low
    factor = _shared_multiplier(tokens, number, other, words)
    if factor > 1 and low * factor <= other.high:
        low *= factor
    if not 0 < low < other.high or (join in words.joins["or"] and other.high > 2 * low):
        return number
    return _Number(number.first, other.last, low, other.high, "range", number.whole or factor > 1)


def _dash_joins(tokens: list[Token], first: int, join: int) -> bool:
    """Whether a dash between numbers is that of a range: "15-20", not "Nov 4 - Seven climbers"."""
    if tokens[join].kind == "word":
        return True
    spaced = tokens[join].start > tokens[join - 1].end
    if first == 0 and spaced and re.fullmatch(r"[0-2]?\d\.[0-5]\d", tokens[0].text):
        return False  # the hour before an entry: "13.12 – 450 of them"
    digits = tokens[first].kind == tokens[join + 1].kind == "number"
    return digits or not spaced


def _shared_multiplier(
    tokens: list[Token], number: _Number, other: _Number, words: NumberWords
) -> int:
    """The multiplier that "2 to 3 million" means for its first number too."""
    own = tokens[number.last - 1].low
    shared = tokens[other.last - 1].low
    if own in words.multipliers or shared not in words.multipliers:
        return 1
    return words.multipliers[shared] if number.low < 1000 else 1


def _particle(tokens: list[Token], first: int, lexicon: Lexicon) -> bool:
    """Whether the "up" of "go up to 45" belongs to a verb of change and not to the number."""
    return (
        tokens[first].low == "up"
        and first > 0
        and tokens[first - 1].low in lexicon.rejections["change"] - lexicon.rejections["reaching"]
    )


def _qualified(sentence: Sentence, number: _Number, lexicon: Lexicon, earliest: int) -> Figure:
    """The figure of ``number`` with the qualifiers around it, and its bounds."""
    words = lexicon.numbers
    tokens = sentence.tokens
    shown = first = number.first
    found: list[str] = []
    if number.kind == "range" and first > earliest and tokens[first - 1].low in words.openers:
        shown = first = first - 1
    for _ in range(3):
        hit = _qualifier_before(tokens, first, words, earliest)
        if hit is None or _particle(tokens, hit[0], lexicon):
            break
        start, name, outside = hit
        found.append(name)
        first = start
        if not outside:
            shown = start
    last = number.last
    after = words.qualifiers_after.at(tokens, last) if last < len(tokens) else None
    if after is None and last + 1 < len(tokens) and tokens[last].text in {"-", "+"}:
        after = _glued_qualifier(tokens, last, words)
    if after is not None:
        last = after[0]
        found.append(after[1][0])
    qualifier = _strongest(found, number.kind)
    low, high = _bounds(number, qualifier)
    start, end = tokens[shown].start, tokens[last - 1].end
    text = sentence.text[start - sentence.start : end - sentence.start]
    kind = number.kind if number.whole else "fraction"
    return Figure(sentence.index, first, last, start, end, text, low, high, qualifier, kind)


def _glued_qualifier(
    tokens: list[Token], last: int, words: NumberWords
) -> tuple[int, list[str]] | None:
    """A qualifier glued to the number: "200-odd", "200+"."""
    if tokens[last].text == "+" and tokens[last].start == tokens[last - 1].end:
        return last + 1, ["at_least"]
    if tokens[last].text == "-":
        return words.qualifiers_after.at(tokens, last + 1)
    return None


def _qualifier_before(
    tokens: list[Token], first: int, words: NumberWords, earliest: int
) -> tuple[int, str, bool] | None:
    """The longest qualifier that ends right before ``first``: its start, name, whether outside."""
    end = first
    if end > earliest and tokens[end - 1].text in words.quotes:
        end -= 1  # around "600 people"
    for start in range(max(earliest, end - words.longest_qualifier), end):
        hit = words.qualifiers.at(tokens[:end], start)
        if hit is not None and hit[0] == end:
            phrase = " ".join(token.low for token in tokens[start:end])
            return start, hit[1][0], phrase in words.outside
    return None


def _strongest(found: list[str], kind: str) -> str:
    for name in ("at_least", "at_most"):
        if name in found:
            return name
    if kind in {"vague", "range"}:
        return kind
    return "approx" if "approx" in found else "exact"


def _bounds(number: _Number, qualifier: str) -> tuple[int | None, int | None]:
    if qualifier == "at_least":
        return number.low, None
    if qualifier == "at_most":
        return None, number.high
    return number.low, number.high
