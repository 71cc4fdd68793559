"""Stage 4: numbers that count no people, by what stands around them.

Money, units, ages, dates, years, ordinals, rates, thresholds, capacities, resident population. Each
check returns the reason, or nothing; the first that applies wins.
"""

from __future__ import annotations

from crossings.reports.lexicon import Lexicon
from crossings.reports.records import Figure, Sentence, Token


def rejected(figure: Figure, sentence: Sentence, lexicon: Lexicon) -> str | None:
    """Why ``figure`` cannot count people, or nothing if it may."""
    tokens = sentence.tokens
    if figure.kind == "fraction":
        return "no whole number"
    if figure.high == 0 and figure.low == 0:
        return "nothing counted"
    if figure.low == 1 and _one_who_speaks(figure, tokens, lexicon):
        return "one of a group, or one who speaks"
    if _several_who_speak(figure, tokens):
        return "some who speak"
    if figure.low == figure.high == 1 and _one_family(figure, tokens):
        return "where they belong: of one family"
    if _age(figure, tokens, lexicon) or _apposed_age(figure, tokens):
        return "an age"
    if _aged(figure, tokens, lexicon):
        return "an age"
    if _posts(figure, tokens):
        return "a number of posts"
    if _of_ten(figure, tokens, lexicon):
        return "a share"
    if _clock(figure, tokens, lexicon):
        return "an hour"
    return (
        _by_what_follows(figure, tokens, lexicon)
        or _by_what_precedes(figure, tokens, lexicon)
        or _as_year(figure, tokens, lexicon)
    )


def _one_family(figure: Figure, tokens: list[Token]) -> bool:
    """As in "six people died, five of them from one family"."""
    if figure.first == 0 or figure.last >= len(tokens):
        return False
    of = tokens[figure.first - 1].low in {"from", "of", "in"}
    return of and tokens[figure.last].low in {"family", "household"}


def _age(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "children under five", "those over 60"."""
    number = number_start(figure, tokens)
    while number < figure.last and tokens[number].low in _LIMITS:
        number += 1
    if (
        number > 2
        and tokens[number - 1].low in {"and", "to", "or"}
        and (tokens[number - 3].low == "aged")
    ):
        return True  # aged six and seven
    limit = number - 1
    value = figure.high or figure.low or 0
    if limit < 1 or tokens[limit].low not in _LIMITS or value > 100:
        return False
    before = lexicon.people.at(tokens, limit - 1)
    whose = before is not None or tokens[limit - 1].low in {"those", "anyone", "everyone", "nobody"}
    return whose and not _people_follow(figure, tokens, lexicon)


def _apposed_age(figure: Figure, tokens: list[Token]) -> bool:
    """As in "the driver, 53, died"."""
    if figure.first == 0 or figure.last >= len(tokens) or figure.last - figure.first > 1:
        return False
    commas = tokens[figure.first - 1].text == tokens[figure.last].text == ","
    return commas and figure.kind == "digits" and 0 < (figure.low or 0) < 110


def _aged(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "19 of them under fifteen", "a man of 62"."""
    value = figure.high or figure.low or 0
    if not 0 < value < 110 or figure.kind == "vague" or figure.first == 0:
        return False
    if _people_at(tokens, figure.last, lexicon) or _person_at(tokens, figure.last, lexicon):
        return False
    limit = tokens[figure.first].low in {"under", "over", "below", "above"}
    if limit and figure.last - figure.first == 2:
        return tokens[figure.first - 1].low in {"them", "are", "were", "whom", "is", "was", "be"}
    person = lexicon.people.at(tokens, figure.first - 2) if figure.first > 1 else None
    return tokens[figure.first - 1].low == "of" and person is not None and not person[1][0].plural


def _posts(figure: Figure, tokens: list[Token]) -> bool:
    """As in "counting at four crossings": places, not the act."""
    after = tokens[figure.last].low if figure.last < len(tokens) else ""
    before = tokens[figure.first - 1].low if figure.first else ""
    return after in {"crossings", "entries"} and before in {"at", "through", "via", "across", "of"}


def _of_ten(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """The second number of "nine in ten of them", "one out of five"."""
    first = figure.first
    if (figure.high or 0) > 100 or first < 2 or tokens[first - 1].low not in {"in", "of"}:
        return False
    before = first - 2 - (tokens[first - 1].low == "of" and tokens[first - 2].low == "out")
    if tokens[first - 1].low == "of" and before == first - 2:
        return False
    number = tokens[before]
    small = number.kind == "number" or lexicon.numbers.value(number.low) is not None
    return small and not _people_at(tokens, figure.last, lexicon)


def _clock(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "by nine there was no room", "until six"."""
    plain = figure.last - figure.first == 1 and figure.kind == "words"
    if not plain or not 0 < (figure.high or 0) <= 12 or figure.first == 0:
        return False
    at = tokens[figure.first - 1].low in {"at", "by", "until", "till", "after", "before", "around"}
    after = tokens[figure.last] if figure.last < len(tokens) else None
    ends = (
        after is None
        or after.kind == "sign"
        or bool(after.classes & {"preposition", "pronoun", "conjunction", "clause_word"})
        or after.low in {"there", "in"}
    )
    verb = figure.first > 1 and "verb" in tokens[figure.first - 2].classes
    return at and ends and not (verb and tokens[figure.first - 1].low == "by")


_LIMITS = {"under", "over", "below", "above", "aged"}


def _one_who_speaks(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "one of the reasons", "said one woman", "one man told us"."""
    verbs = lexicon.speech.verbs
    if figure.last >= len(tokens):
        return False
    if tokens[figure.last].low == "of":
        following = tokens[figure.last + 1].low if figure.last + 1 < len(tokens) else ""
        return following not in {"them", "whom"}
    if tokens[figure.first].low == "one" and _pronoun(figure, tokens, lexicon):
        return True
    before = tokens[figure.first - 1] if figure.first else None
    if before is not None and before.low in verbs and before.low not in lexicon.speech.weak:
        return figure.first > 1 and tokens[figure.first - 2].kind == "sign"
    after = [token.low for token in tokens[figure.last + 1 : figure.last + 4]]
    return bool({"said", "told", "says", "tells"} & set(after))


def _pronoun(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """As in "the smallest one", "this one": no number of people."""
    if _people_at(tokens, figure.last, lexicon) or lexicon.people.at(tokens, figure.last):
        return False
    before = tokens[max(0, figure.first - 2) : figure.first]
    adjective = len(before) == 2 and before[1].kind == "word" and not before[1].classes
    pointing = before[-1:] if not adjective else before[:1]
    return any(token.low in _POINTING for token in pointing)


_POINTING = {"the", "this", "that", "each", "every", "which", "no", "any", "my", "your", "our"}


def _several_who_speak(figure: Figure, tokens: list[Token]) -> bool:
    """As in "..., two aid workers told Reuters": who tells it, not whom it is about."""
    after = tokens[figure.last : figure.last + 4]
    opens = figure.first == 0 or tokens[figure.first - 1].text in {",", '"', "”"}
    few = 1 < (figure.high or 0) <= 10 and figure.kind != "vague"
    told = next((n for n, token in enumerate(after) if token.low in {"told", "said"}), None)
    return opens and few and told is not None and all(t.kind == "word" for t in after[:told])


def number_start(figure: Figure, tokens: list[Token]) -> int:
    """Index of the first token of the bare number, after its qualifiers."""
    for index in range(figure.first, figure.last):
        if tokens[index].kind == "number":
            return index
    return figure.first


def _by_what_follows(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> str | None:
    after = figure.last
    if after >= len(tokens):
        return None
    token = tokens[after]
    glued = token.start == tokens[after - 1].end
    if token.text in {"-", "‑", "–"} and glued and after + 1 < len(tokens):
        if tokens[after + 1].start != token.end:
            return None
        return "a compound: " + tokens[after + 1].low
    month = token.low in lexicon.rejections["months"]
    if month and (not token.text[0].isupper() or (figure.high or figure.low or 0) > 31):
        return None
    return _by_unit(figure, tokens, lexicon) or _by_ratio(figure, tokens, lexicon)


def _by_unit(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> str | None:
    """Why a unit after a number keeps it from counting people."""
    after = figure.last
    token = tokens[after]
    glued = token.start == tokens[after - 1].end
    money = token.low in lexicon.rejections["currencies"] and token.text.isupper()
    if money or token.low in lexicon.rejections["units"] or token.text in {"%", "°"}:
        return f"a unit: {token.low}"
    if "nationality" in token.classes and after + 1 < len(tokens):
        unit = tokens[after + 1].low  # "100 million Swiss francs"
        if unit in lexicon.rejections["units"] or unit in lexicon.rejections["before"]:
            return f"a unit: {unit}"
    if glued and token.kind == "word" and tokens[after - 1].kind == "number":
        return f"glued to {token.low}"
    return "feet" if token.text == "'" and glued else None


def _by_ratio(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> str | None:
    """Whether a number is part of a time, a ratio, a share or a rate."""
    after = figure.last
    token = tokens[after]
    glued = token.start == tokens[after - 1].end
    ratio = token.text in {":", "/"} and glued and after + 1 < len(tokens)
    if ratio and tokens[after + 1].kind == "number":
        return "a time or a ratio"
    if token.low == "in" and after + 1 < len(tokens) and 0 < (figure.high or 0) <= 10:
        out_of = tokens[after + 1]
        number = out_of.text if out_of.kind == "number" else lexicon.numbers.value(out_of.low)
        if number is not None and not (isinstance(number, str) and len(number) == 4):
            return "a share"  # one in seven
    phrase = lexicon.rejection_phrases["rate_after"].at(tokens, after)
    if phrase is not None and figure.kind != "vague":  # "drove thousands out of the slums"
        return f"a rate: {phrase[1][0]}"
    return None


def _by_what_precedes(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> str | None:
    start = figure.first
    if start == 0:
        return None
    bare = number_start(figure, tokens)
    for index in {start - 1, bare - 1} - {-1}:
        reason = _by_neighbour(tokens, index, figure, lexicon)
        if reason is not None:
            return reason
    window = tokens[max(0, start - 4) : start]
    for offset in range(len(window)):
        phrase = lexicon.rejection_phrases["threshold_before"].at(window, offset)
        if phrase is not None and phrase[0] == len(window):
            return f"a threshold: {phrase[1][0]}"
    return None


def _by_neighbour(tokens: list[Token], index: int, figure: Figure, lexicon: Lexicon) -> str | None:
    """Why the token at ``index`` keeps the number right after it from counting people."""
    before = tokens[index]
    glued = before.end == tokens[index + 1].start
    after_word = index > 0 and tokens[index - 1].end == before.start
    money = before.low in lexicon.rejections["currencies"] and before.text.isupper()
    if (money or before.low in lexicon.rejections["before"]) and tokens[
        index + 1
    ].start - before.end <= 1:
        article = before.low in {"a", "no"} and before.text != "No"
        counted = before.kind == "word" and _people_at(tokens, figure.last, lexicon)
        return None if article or counted else f"after {before.low}"
    if not glued:
        return None
    if before.kind == "word" and before.text[0].isupper():
        return f"glued to {before.text}"
    if before.text in {".", ":", "/"} and after_word and tokens[index - 1].kind == "number":
        return "part of a time, a date or a decimal"
    if before.text in {"-", "‑", "+", "#", "="}:
        return "part of a name" if after_word else "a signed number"
    return None


def _as_year(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> str | None:
    """Four digits that read as a year, or a day of a month."""
    bare = number_start(figure, tokens)
    token = tokens[bare]
    if token.kind != "number" or figure.last - bare > 3:
        return None
    before = tokens[bare - 1].low if bare else ""
    if before == "." and bare > 1:
        before = tokens[bare - 2].low  # "Aug. 11"
    months = lexicon.rejections["months"]
    dated = (figure.low or 0) <= 31 or _is_year(token.text)
    if before in months and dated and not _people_follow(figure, tokens, lexicon):
        return "a date"
    if bare > 2 and before in {"and", "to", "-", "–", "or"} and tokens[bare - 3].low in months:
        return "a date" if (figure.low or 0) <= 31 else None  # March 28 and 29
    if figure.last - bare == 3:  # a range of years: 1998-2004
        ends = {tokens[bare].text, tokens[bare + 2].text}
        return "years" if all(_is_year(text) for text in ends) else None
    if not _is_year(token.text):
        return None
    if before in lexicon.rejections["year_before"] and not _people_follow(figure, tokens, lexicon):
        return "a year"
    following = tokens[figure.last] if figure.last < len(tokens) else None
    if bare == figure.first and not _people_follow(figure, tokens, lexicon):
        return "a year"
    if following is not None and following.text in {")", "-", "–"}:
        return "a year"
    return None


def _people_at(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a people noun in the plural stands at a position or right after it."""
    for index in range(position, min(position + 2, len(tokens))):
        hit = lexicon.people.at(tokens, index)
        if hit is not None and hit[1][0].plural:
            return True
    return False


def _person_at(tokens: list[Token], position: int, lexicon: Lexicon) -> bool:
    """Whether a people noun stands at a position, singular or plural: "one woman"."""
    return position < len(tokens) and lexicon.people.at(tokens, position) is not None


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdecimal() and 1800 <= int(text) <= 2100


def _people_follow(figure: Figure, tokens: list[Token], lexicon: Lexicon) -> bool:
    """Whether a people noun follows within three words."""
    for index in range(figure.last, min(figure.last + 3, len(tokens))):
        if tokens[index].kind != "word" or "preposition" in tokens[index].classes:
            return False
        if lexicon.numbers.opens_number(tokens[index].low):
            return False  # "the landslide of January 4 killed nineteen people"
        hit = lexicon.people.at(tokens, index)
        if hit is not None and hit[1][0].plural:
            return True
    return False
