"""Stage 9: the time a figure refers to, as written and as a date.

Time expressions are runs of time words, dates, years and clock times with the words that join them
("since 11 December 2015", "over the past three weeks", "last month"). A phrase is resolved against
the day of publication: a weekday is the last one not after it, "since ..." runs up to it.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from crossings.reports.lexicon import Lexicon
from crossings.reports.records import Sentence, Token

_LONGEST = 12


@dataclass(slots=True)
class TimePhrase:
    """A time expression: token span and text."""

    first: int
    last: int
    text: str


def times_of(sentence: Sentence, lexicon: Lexicon) -> list[TimePhrase]:
    """The time expressions of a sentence, in order."""
    tokens = sentence.tokens
    found: list[TimePhrase] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.kind != "number" and token.low not in lexicon.time_starts:
            position += 1
            continue
        last = _expression(tokens, position, lexicon)
        if last is None:
            position += 1
            continue
        first = _with_openers(tokens, position, lexicon, found[-1].last if found else 0)
        if not _duration(tokens, first, last, lexicon):
            start, end = tokens[first].start, tokens[last - 1].end
            text = sentence.text[start - sentence.start : end - sentence.start]
            found.append(TimePhrase(first, last, text))
        position = last
    return found


def _expression(tokens: list[Token], first: int, lexicon: Lexicon) -> int | None:
    """Index after the time expression that begins at ``first``, or nothing."""
    words = lexicon.time_words
    if tokens[first].low in words["since"] and first + 1 < len(tokens):
        adverb = first > 0 and "have" in tokens[first - 1].classes  # "has since fallen"
        return None if adverb else _since(tokens, first, lexicon)
    last: int | None = None
    position = first
    while position < len(tokens) and position - first < _LONGEST:
        step = _atom(tokens, position, lexicon)
        if step:
            position += step
            last = position
        elif last is not None and _joins(tokens, position, lexicon):
            position += 1
        else:
            break
    return last


def _since(tokens: list[Token], first: int, lexicon: Lexicon) -> int:
    """As in "since the conflict began", "since 11 December": up to the next sign or clause."""
    dated = _expression(tokens, first + 1, lexicon)
    if dated is not None:
        return dated  # "Since 24 February the border guard has cleared"
    position = first + 1
    while position < len(tokens) and position - first <= 7:
        token = tokens[position]
        if token.kind == "sign" and token.text not in {"-", "’"}:
            break
        if position > first + 1 and token.classes & {"conjunction", "relative"}:
            break
        position += 1
    return position


def _atom(tokens: list[Token], position: int, lexicon: Lexicon) -> int:
    """How many tokens of time begin at ``position``: a weekday, a date, "three days"."""
    token = tokens[position]
    words = lexicon.time_words
    phrase = lexicon.time_phrases.at(tokens, position)
    if phrase is not None:
        return phrase[0] - position
    following = tokens[position + 1].low if position + 1 < len(tokens) else ""
    if token.kind == "number":
        return _number_atom(tokens, position, following, words)
    named = (
        token.text[0].isupper()
        and tokens[position + 1 : position + 2]
        and (position > 0 and tokens[position + 1].text[0].isupper())
    )
    following = tokens[position + 1].low if position + 1 < len(tokens) else ""
    titled = named or following in lexicon.speech.publications  # a weekly bulletin
    alone = token.low in words["alone"] and not titled  # the Daily Star
    if token.low in words["weekdays"] or alone or _mid(token.low, words):
        return 1
    if token.low in words["months"] or token.low in words["months_short"]:
        return int(token.text[0].isupper() and _is_month(tokens, position, words))
    if token.low in words["parts"]:
        return 1
    if token.low in words["units"] and position:
        before = tokens[position - 1]
        return int(before.low in words["relative"] or before.kind == "number")
    if token.low in words["relative"] and _unit_follows(tokens, position, words):
        return 1
    if following in words["units"] and lexicon.numbers.value(token.low) is not None:
        return 2
    return 0


def _mid(low: str, words: Mapping[str, frozenset[str]]) -> bool:
    """As in "mid-January", "early-2019"."""
    front, dash, rest = low.partition("-")
    return bool(dash) and front in {"mid", "early", "late"} and rest in words["months"]


def _unit_follows(tokens: list[Token], position: int, words: Mapping[str, frozenset[str]]) -> bool:
    ahead = tokens[position + 1 : position + 4]
    for token in ahead:
        low = token.low
        if low in words["units"] or low in words["parts"]:
            return True
        if low in words["months"] or low in words["weekdays"]:
            return True
        if token.kind != "number" and low not in words["counted"] and low not in words["relative"]:
            return False
    return False


def _number_atom(
    tokens: list[Token], position: int, following: str, words: Mapping[str, frozenset[str]]
) -> int:
    text = tokens[position].text
    before = tokens[position - 1].low if position else ""
    if text.isdecimal() and len(text) == 4 and 1900 <= int(text) <= 2100:
        if (
            before in words["before"]
            or _month(before, words)
            or before in {"(", ",", "-", "–", "/"}
            or position == 0
        ):
            return 1
        return int(before in words["relative"])
    if _month(following, words) or _month(before, words):
        return 1
    if following in {"th", "st", "nd", "rd"}:
        return 2
    if following in words["clock"] or following == ":":
        return 2
    if following in words["units"]:
        return 2
    return 0


def _month(low: str, words: Mapping[str, frozenset[str]]) -> bool:
    return low in words["months"] or low in words["months_short"]


def _is_month(tokens: list[Token], position: int, words: Mapping[str, frozenset[str]]) -> bool:
    """Months that are words too ("may", "march") need a date or a preposition beside them."""
    if tokens[position].low not in {"may", "march", "mar", "jan", "dec", "sep"}:
        return True
    before = tokens[position - 1] if position else None
    after = tokens[position + 1] if position + 1 < len(tokens) else None
    return (
        (before is not None and (before.kind == "number" or before.low in words["before"]))
        or (after is not None and after.kind == "number")
    )  # fmt: skip


def _joins(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a word can stand inside a time expression, with more time after it."""
    token = tokens[position]
    if token.low not in lexicon.time_words["inside"] and token.text not in {",", "-", "–"}:
        return False
    if token.low in {"ago", "later"}:
        return True
    return any(
        _atom(tokens, ahead, lexicon) > 0
        for ahead in range(position + 1, min(position + 3, len(tokens)))
    )


def is_vague(phrase: TimePhrase, tokens: list[Token], lexicon: Lexicon) -> bool:
    """Whether a phrase says little ("now") or is the date of a dateline ("CHANGSHA, May 11 (")."""
    words = [token.low for token in tokens[phrase.first : phrase.last]]
    after = tokens[phrase.last].text if phrase.last < len(tokens) else ""
    dateline = phrase.first <= 4 and tokens[0].text.isupper() and after in {"(", "-", "–", "—"}
    return dateline or all(word in lexicon.time_words["vague"] for word in words)


def _with_openers(tokens: list[Token], first: int, lexicon: Lexicon, earliest: int) -> int:
    """The expression with the words that open it: "as of", "between", "late last"."""
    openers = lexicon.time_words["before"]
    start = first
    while start > earliest and first - start < 4 and tokens[start - 1].low in openers:
        small = tokens[start - 1].low in {"of", "to", "and"} and start == first and first > 1
        if small and tokens[start - 2].low not in openers | {"as"}:
            break
        start -= 1
    if start > earliest and tokens[start - 1].low == "as" and tokens[start].low == "of":
        start -= 1
    return start


def _duration(tokens: list[Token], first: int, last: int, lexicon: Lexicon) -> bool:
    """As in "for two days", "13 hours after the quake": how long, not when."""
    before = tokens[first - 1].low if first else ""
    after = tokens[last].low if last < len(tokens) else ""
    if after in {"after", "before"} and tokens[last - 1].low in lexicon.time_words["units"]:
        return not any(token.low in lexicon.time_words["relative"] for token in tokens[first:last])
    return before == "for" and any(token.kind == "number" for token in tokens[first:last])


# --- resolving ------------------------------------------------------------------------------------


@dataclass(slots=True)
class When:
    """A resolved time: its last day, how exact it is, and whether it is a span up to that day."""

    day: dt.date
    precision: str
    running: bool = False


def resolve(
    phrase: str, published: dt.date | None, lexicon: Lexicon, *, planned: bool = False
) -> When | None:
    """What a time phrase means, given the day of publication; nothing if that cannot be told.

    A month or weekday without a year or date is the last one; the next one where it is that of
    something ``planned`` and the phrase looks ahead ("by March").
    """
    words = [
        word.strip(".,()").lower() for word in phrase.replace("–", " ").replace("-", " ").split()
    ]
    running = bool({"since", "so", "now", "currently", "presently", "date"} & set(words))
    if (
        running
        and published is not None
        and words[0] in {"since", "so", "now", "currently", "presently", "to"}
    ):
        return When(published, "day", True)
    ahead = planned and published is not None and _next_named(words, published, lexicon)
    if ahead:
        return ahead
    dated = _calendar_date(words, published, lexicon)
    if dated is not None:
        return dated
    if published is None:
        return None
    return _relative_date(words, published, lexicon)


def _next_named(words: list[str], published: dt.date, lexicon: Lexicon) -> When | None:
    """The next month or weekday that a phrase looking ahead names, without a year of its own."""
    if any(word.isdecimal() and len(word) == 4 for word in words):
        return None
    sure = bool(lexicon.sets["looks ahead"] & set(words))
    months = _month_numbers(lexicon)
    named = next((index for index, word in enumerate(words) if word in months), None)
    if named is not None:
        month = months[words[named]]
        if not sure and not (
            words[0] in lexicon.sets["may look ahead"] and month > published.month
        ):
            return None
        year = published.year + (month < published.month)
        length = calendar.monthrange(year, month)[1]
        day = _day_beside(words, named)
        if day is not None and day <= length:
            date = dt.date(year, month, day)
            return When(date if date >= published else _a_year_on(date), "day")
        return When(dt.date(year, month, length), "month")
    weekdays = sorted(set(words) & lexicon.time_words["weekdays"])
    if sure and weekdays:
        on = (_weekday_numbers(lexicon)[weekdays[-1]] - published.weekday()) % 7
        return When(published + dt.timedelta(days=on), "day")
    return None


def _a_year_on(date: dt.date) -> dt.date:
    last = calendar.monthrange(date.year + 1, date.month)[1]
    return date.replace(year=date.year + 1, day=min(date.day, last))


def _calendar_date(words: list[str], published: dt.date | None, lexicon: Lexicon) -> When | None:
    months = _month_numbers(lexicon)
    years = [
        int(w.rstrip("s")) for w in words if w.rstrip("s").isdecimal() and len(w.rstrip("s")) == 4
    ]
    named = [(index, months[word]) for index, word in enumerate(words) if word in months]
    year = years[-1] if years and 1800 <= years[-1] <= 2200 else None
    if not named:
        if year is None or len(words) > 8:
            return None
        end = dt.date(year, 12, 31)
        return When(min(end, published) if published and published.year == year else end, "year")
    index, month = named[-1]
    day = _day_beside(words, index)
    if year is None:
        if published is None:
            return None
        year = published.year
        earlier = dt.date(year, month, 1) > published
        if earlier or ("last" in words and month == published.month):
            year -= 1
    length = calendar.monthrange(year, month)[1]
    if day is not None and 1 <= day <= length:
        return When(dt.date(year, month, day), "day")
    end = dt.date(year, month, length)
    return When(
        min(end, published) if published and published >= dt.date(year, month, 1) else end, "month"
    )


def _day_beside(words: list[str], index: int) -> int | None:
    for beside in (index - 1, index + 1, index - 2):
        if 0 <= beside < len(words):
            digits = words[beside].rstrip("stndrh")
            if digits.isdecimal() and 1 <= int(digits) <= 31:
                return int(digits)
    return None


def _relative_date(words: list[str], published: dt.date, lexicon: Lexicon) -> When | None:
    found = set(words)
    weekdays = sorted(found & lexicon.time_words["weekdays"])
    if weekdays:
        number = _weekday_numbers(lexicon)[weekdays[-1]]
        back = (published.weekday() - number) % 7
        return When(published - dt.timedelta(days=back), "day")
    if found & {"yesterday"} or phrase_in(words, "day before") or phrase_in(words, "last night"):
        return When(published - dt.timedelta(days=1), "day")
    if found & {"today", "tonight", "overnight", "morning", "now", "evening", "dawn"}:
        return When(published, "day")
    if "last" in found or "previous" in found:
        if "week" in found:
            return When(published - dt.timedelta(days=published.weekday() + 1), "week")
        if "month" in found:
            return When(published.replace(day=1) - dt.timedelta(days=1), "month")
        if "year" in found:
            return When(dt.date(published.year - 1, 12, 31), "year")
    if found & {
        "past",
        "last",
        "this",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "hours",
        "recent",
    }:
        return When(published, "period", True)
    return None


def phrase_in(words: list[str], phrase: str) -> bool:
    """Whether a run of words holds a phrase."""
    return f" {phrase} " in f" {' '.join(words)} "


def _month_numbers(lexicon: Lexicon) -> dict[str, int]:
    names, short = lexicon.time_order["months"], lexicon.time_order["months_short"]
    return {word: number for listed in (short, names) for number, word in enumerate(listed, 1)}


def _weekday_numbers(lexicon: Lexicon) -> dict[str, int]:
    return {word: number for number, word in enumerate(lexicon.time_order["weekdays"])}
