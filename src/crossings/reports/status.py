"""Stage 10a: the status of a figure as spoken: planned, forecast, uncertain, prior, historical.

From the phrases of ``standing.toml``, the modal of the verb that governs the figure and the
resolved time. What is not known comes before what is to come, and that before what is past.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from crossings.reports.counted import HARM, Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.phrased import Phrased
from crossings.reports.records import Token
from crossings.reports.times import When

_OLD = dt.timedelta(days=30)
_PLANNABLE = {"other", "evacuated", "returned", "in_need", "sheltered", "refugees_hosted"}
_ORGANISED = {"evacuated", "returned"}
_BEFORE, _AFTER = 18, 8
"""How many tokens before a figure, and after its noun, a phrase of planning governs it."""
_CHAIN = 6
"""How many tokens may stand between a figure and the verb whose object it is."""

Told = tuple[str, str]
"""A status and why."""


def status_of(count: Count, when: When | None, today: dt.date | None, phrased: Phrased) -> Told:
    """The status as spoken, and why; ``today`` is the day of the text, if that is known."""
    tokens, lexicon = count.sentence.tokens, phrased.lexicon
    if count.tie == "prior" or _earlier(count, phrased):
        return "prior", "an earlier value of the same figure"
    if _said_before_now(tokens, count, lexicon):
        return "prior", "had been put, now another"
    modal = modal_of(count, lexicon)
    unsure = _unsure(count, phrased)
    foreseen = count.measure not in HARM and modal in lexicon.sets["modals of intent"]
    if unsure and not (unsure in lexicon.sets["fears"] and (foreseen or _for_fear(tokens))):
        return "uncertain", unsure
    dated = _dated(count, when, today, phrased)
    if dated is not None and not modal:
        return dated
    return _to_come(count, phrased, modal) or dated or _past(count, phrased) or ("reported", "")


def _unsure(count: Count, phrased: Phrased) -> str | None:
    """A phrase of doubt in the clause, or a verb of belief right before the figure."""
    tokens, (first, last) = count.sentence.tokens, phrased.clause(count)
    found = phrased.nearest("uncertain", first, last, count)
    if found is not None:
        after = found[0] + len(found[1].split())
        duty = found[1].endswith("have") and after < len(tokens) and tokens[after].low == "to"
        return None if duty else found[1]  # "may have to leave"
    return phrased.hit("uncertain next", count.figure.first - 1, count.figure.first, count)


def _earlier(count: Count, phrased: Phrased) -> bool:
    """Whether a phrase such as "up from" or "in yesterday's bulletin" stands before the figure."""
    first = count.figure.first
    found = phrased.nearest("prior", first - 7, first, count)
    if found is None:
        return False
    tokens, last = count.sentence.tokens, found[0] + len(found[1].split())
    compares = bool(tokens[last - 1].classes & {"preposition"})
    return not (compares and any(token.text == "," for token in tokens[last:first]))


def _to_come(count: Count, phrased: Phrased, modal: str) -> Told | None:
    """Whether a figure is planned or foreseen, or may only have been reached, and why."""
    tokens, sets = count.sentence.tokens, phrased.lexicon.sets
    first, last = phrased.clause(count)
    end = count.head.end
    planned = _governing("planned", count, phrased)
    if _described(count):
        return ("planned", planned) if planned and _touches(planned, count) else None
    foreseen = phrased.hit("forecast", first, min(last, end + 10), count) or phrased.hit(
        "forecast next", count.figure.first - 1, count.figure.first, count
    )
    if planned and (count.measure in _PLANNABLE or not foreseen):
        return "planned", planned
    if foreseen:
        if count.measure in HARM and foreseen.split()[0] in sets["modals of chance"]:
            return "uncertain", foreseen  # what has happened, and is not known yet
        organised = count.measure in _ORGANISED and foreseen in sets["organised if expected"]
        return ("planned" if organised else "forecast"), foreseen
    if not modal and _headline(tokens, count):
        modal = "to"
    if not modal:
        return None
    if count.measure in HARM and modal in sets["modals of chance"]:
        return "uncertain", f"the verb has {modal}"
    intended = modal not in sets["modals of chance"] and count.measure in _PLANNABLE
    return ("planned" if intended else "forecast"), f"the verb has {modal}"


def _governing(table: str, count: Count, phrased: Phrased) -> str | None:
    """A phrase that stands before the figure in its clause, or right after its noun."""
    first = max(phrased.clause(count)[0], count.figure.first - _BEFORE)
    end = count.head.end
    before = phrased.hit(table, first, count.figure.first, count)
    return before or phrased.hit(table, end, _clear(count.sentence.tokens, end), count)


def _clear(tokens: list[Token], end: int) -> int:
    """How far what follows a figure still speaks of it: not beyond the next number."""
    for position in range(end, min(end + _AFTER, len(tokens))):
        if tokens[position].kind == "number":
            return position
    return end + _AFTER


def _touches(phrase: str, count: Count) -> bool:
    """Whether a phrase ends at the figure: "a plan for 200,000 refugees", "agreed to take 900"."""
    words = phrase.split()
    tokens = count.sentence.tokens[: count.figure.first]
    low = [token.low for token in tokens[-len(words) - 1 :]]
    return low[1:] == words or low[: len(words)] == words


def _described(count: Count) -> bool:
    """Whether what was found only says which people: "aid for 1.6 million displaced by war"."""
    sign, end = count.sign, count.head.end
    if sign is None:
        return count.head.measure == "displaced" and count.measure == "displaced"
    reduced = sign.trigger.form in {"ed", "en"} and 0 <= sign.first - end <= 1
    return reduced and count.measure != "other"


def modal_of(count: Count, lexicon: Lexicon) -> str:
    """The modal of the verb that governs the figure: will, may, would, "to" of "is to"."""
    tokens, end = count.sentence.tokens, count.head.end
    verb = _verb_before(count, lexicon)
    sign = count.sign if count.sign is not None and count.sign.trigger.form else None
    if sign is not None and not sign.first < verb and not _modal_follows(tokens, end):
        return _modal_before(tokens, sign.first, lexicon)
    if verb >= 0 and not _modal_follows(tokens, end):
        return _modal_before(tokens, verb, lexicon)
    for position in range(end, min(end + 4, len(tokens))):
        token = tokens[position]
        if "modal" in token.classes:
            return _modal_at(tokens, position, lexicon)
        if not token.classes & {"adverb", "relative", "negation"}:
            break
    return ""


def _modal_follows(tokens: list[Token], end: int) -> bool:
    """Whether a modal stands right after the noun: the people are the subject of its verb."""
    return end < len(tokens) and "modal" in tokens[end].classes


def _verb_before(count: Count, lexicon: Lexicon) -> int:
    """Index of the verb whose object or goal the figure is; -1 if there is none right before."""
    tokens = count.sentence.tokens
    for position in range(count.figure.first - 1, max(-1, count.figure.first - _CHAIN), -1):
        token = tokens[position]
        if token.kind != "word" or token.classes & {"clause_word", "modal", "be", "have"}:
            return -1
        verb = token.classes & {"verb", "maybe_verb"} or token.low in lexicon.rejections["change"]
        if verb and "preposition" not in token.classes:
            return position
    return -1


def _modal_before(tokens: list[Token], verb: int, lexicon: Lexicon) -> str:
    """The modal in the chain of helpers before a verb: "will help to take", "is to fly"."""
    leads = lexicon.catenative | lexicon.sets["leads to a verb"]
    for position in range(verb - 1, max(-1, verb - 7), -1):
        token = tokens[position]
        if "modal" in token.classes:
            return _modal_at(tokens, position, lexicon)
        if token.low == "to" and position:
            before = tokens[position - 1]
            if before.low in lexicon.sets["be to"]:
                return "to"
            if before.low not in leads:
                return ""
        elif token.low not in leads and not (
            token.classes & {"be", "have", "auxiliary", "adverb", "negation"}
        ):
            return ""
    return ""


def _modal_at(tokens: list[Token], position: int, lexicon: Lexicon) -> str:
    """The modal at a position, if it looks ahead: "can" does not, "would have" does not."""
    low = tokens[position].low
    ahead = tokens[position + 1] if position + 1 < len(tokens) else None
    chance = low in lexicon.sets["modals of chance"]
    if ahead is not None and "have" in ahead.classes and not chance and position + 2 < len(tokens):
        done = "verb" in tokens[position + 2].classes or "be" in tokens[position + 2].classes
        return "" if done else low
    return low if chance or low in lexicon.sets["modals of intent"] else ""


def _headline(tokens: list[Token], count: Count) -> bool:
    """As in "EU to resettle 40,000 Afghans": an infinitive where the sentence has no verb yet."""
    for position in range(1, count.figure.first - 1):
        token = tokens[position]
        if token.low == "to" and "maybe_verb" in tokens[position + 1].classes:
            return count.figure.first - position <= _CHAIN
        if token.classes & {"verb", "be", "have", "modal", "maybe_verb"} or token.kind == "sign":
            return False
    return False


def _dated(count: Count, when: When | None, today: dt.date | None, phrased: Phrased) -> Told | None:
    """Whether a figure is of an event that is dated long before the text, and why."""
    if today is None:
        return None
    if when is not None and not when.running and when.day < today - _OLD:
        return "historical", f"{when.day.isoformat()} is long before publication"
    first, _ = phrased.clause(count)
    year = _year_of_event(count.sentence.tokens, first, count.figure.first, phrased.lexicon)
    return ("historical", f"an event of {year}") if year and year < today.year else None


def _past(count: Count, phrased: Phrased) -> Told | None:
    """Whether a phrase says that a figure is of an earlier event."""
    if phrased.hit("historical", *phrased.clause(count), count):
        return "historical", "an earlier event"
    if count.figure.first and _elsewhere_in_time(count.sentence.tokens, count):
        return "historical", "the time of an earlier event: since ..., when"
    return None


def _for_fear(tokens: list[Token]) -> bool:
    """As in "they slept outside for fear of aftershocks"."""
    return any(a.low == "for" and b.low == "fear" for a, b in pairwise(tokens))


def superseded(count: Count, later: Count, lexicon: Lexicon) -> bool:
    """Whether a later figure of the sentence replaces one: "but this had dropped to 173,064"."""
    if later.sentence is not count.sentence:
        return False
    between = [token.low for token in count.sentence.tokens[count.head.end : later.figure.first]]
    it = any(
        a in lexicon.sets["it, a figure"] and b in {"had", "has", "was", "fell", "rose"}
        for a, b in pairwise(between)
    )
    return it and between[-1:] == ["to"] and bool(lexicon.sets["changed"] & set(between))


def _said_before_now(tokens: list[Token], count: Count, lexicon: Lexicon) -> bool:
    """As in "which had put the dead at 2,445, now speaks of 1,000"."""
    before = tokens[max(0, count.figure.first - 7) : count.figure.first]
    put = any(
        a.low == "had" and b.low in lexicon.sets["had been told"] for a, b in pairwise(before)
    )
    return put and any(token.low == "now" for token in tokens[count.head.end :])


def told_before(count: Count, lexicon: Lexicon) -> bool:
    """Whether a figure had been given before: "it had found", "the mission initially spoke of"."""
    tokens = count.sentence.tokens
    for position in range(max(0, count.figure.first - 9), count.figure.first - 1):
        if tokens[position].low not in lexicon.sets["told before"]:
            continue
        step = position + 1
        while step < count.figure.first and "adverb" in tokens[step].classes:
            step += 1
        verb = lexicon.speech.verbs.get(tokens[step].low)
        if verb is not None and verb[0] in lexicon.sets["gives a number"]:
            return verb[1] in {"ed", "en"}
    return False


def _year_of_event(tokens: list[Token], first: int, last: int, lexicon: Lexicon) -> int:
    """The year of an event named by it before the figure: "a 1999 tremor killed more than"."""
    for position in range(max(1, first), last - 1):
        year, noun = tokens[position], tokens[position + 1]
        plain = noun.kind == "word" and noun.text.islower()
        plain = plain and noun.low not in lexicon.sets["no events"]
        if year.kind == "number" and len(year.text) == 4 and plain and not noun.classes:
            before = tokens[position - 1]
            if year.text.startswith(("19", "20")) and "determiner" in before.classes:
                return int(year.text)
    return 0


def _elsewhere_in_time(tokens: list[Token], count: Count) -> bool:
    """As in "the deadliest attack since August, when 17 soldiers were killed"."""
    words = [token.low for token in tokens[max(0, count.figure.first - 6) : count.figure.first]]
    return "when" in words and "since" in words[: words.index("when")]
