"""Stage 10: how a figure stands: its status, what it counts, what it rests on.

The status as spoken (forecast, planned, uncertain, prior, historical), the counting (cumulative,
stock, flow) and the basis, from the phrases of ``standing.toml`` and the resolved time.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from crossings.reports.counted import Count
from crossings.reports.lexicon import Lexicon
from crossings.reports.records import ReadClaim, Sentence, Token
from crossings.reports.times import When

_OLD = dt.timedelta(days=30)
_CLAUSE = 45
"""The longest way, in tokens, to the edge of a clause."""
_STOCKS = {"sheltered", "refugees_hosted", "in_need", "missing"}
_PLANNABLE = {"other", "evacuated", "returned", "in_need", "sheltered", "refugees_hosted"}


class Phrased:
    """Where the phrases of ``standing.toml`` stand in one sentence, looked up once."""

    def __init__(self, sentence: Sentence, lexicon: Lexicon) -> None:
        self.sentence = sentence
        self._clause: tuple[Count, tuple[int, int]] | None = None
        words = {token.low for token in sentence.tokens}
        self._found = {
            name: [
                (first, payloads[0]) for first, _, payloads in phrases.find(sentence.tokens, words)
            ]
            for name, phrases in lexicon.standing.items()
        }

    def clause(self, count: Count) -> tuple[int, int]:
        """The clause of a figure of the sentence, as token span."""
        if self._clause is None or self._clause[0] is not count:
            self._clause = (count, _clause(self.sentence.tokens, count))
        return self._clause[1]

    def hit(self, table: str, first: int, last: int, count: Count) -> str | None:
        """The phrase of a table that begins nearest to the figure within a token span."""
        best: tuple[int, str] | None = None
        for position, phrase in self._found[table]:
            if first <= position < last:
                away = abs(position - count.figure.first)
                if best is None or away < best[0]:
                    best = away, phrase
        return best[1] if best else None


def status_of(
    count: Count, when: When | None, today: dt.date | None, phrased: Phrased
) -> tuple[str, str]:
    """The status as spoken, and why; ``today`` is the day of the text, if that is known."""
    tokens = count.sentence.tokens
    first, last = phrased.clause(count)
    if count.tie == "prior" or phrased.hit(
        "prior", count.figure.first - 7, count.figure.first, count
    ):
        return "prior", "an earlier value of the same figure"
    if _said_before_now(tokens, count):
        return "prior", "had been put, now another"
    unsure = phrased.hit("uncertain", first, last, count)
    if unsure and not (unsure == "fear" and _for_fear(tokens)):
        return "uncertain", unsure
    coming = _to_come(tokens, count, phrased)
    return coming or _past(count, when, today, phrased) or ("reported", "")


def _to_come(tokens: list[Token], count: Count, phrased: Phrased) -> tuple[str, str] | None:
    """Whether a figure is planned or foreseen, or may only have been reached, and why."""
    first, last = phrased.clause(count)
    planned = phrased.hit("planned", first, count.head.end + 10, count)
    foreseen = phrased.hit("forecast", first, min(last, count.head.end + 10), count)
    plannable = count.measure in _PLANNABLE or not foreseen
    if planned and plannable and _governs(planned, count, tokens):
        return "planned", planned
    if foreseen:
        if count.measure in _HARM and foreseen.split()[0] in _MAYBE:
            return "uncertain", foreseen  # what has happened, and is not known yet
        organised = count.measure in _ORGANISED and foreseen in _EXPECTED
        return ("planned" if organised else "forecast"), foreseen
    modal = _modal(tokens, count)
    if not modal:
        return None
    if count.measure in _HARM and modal in _MAYBE:
        return "uncertain", f"the verb has {modal}"
    planned_too = modal in _INTENDS and count.measure in _PLANNABLE
    return ("planned" if planned_too else "forecast"), f"the verb has {modal}"


def _past(
    count: Count, when: When | None, today: dt.date | None, phrased: Phrased
) -> tuple[str, str] | None:
    """Whether a figure is of an earlier event, and why."""
    tokens = count.sentence.tokens
    first, last = phrased.clause(count)
    if when is not None and today is not None and not when.running and when.day < today - _OLD:
        return "historical", f"{when.day.isoformat()} is long before publication"
    if phrased.hit("historical", first, last, count):
        return "historical", "an earlier event"
    year = _year_of_event(tokens, first, count.figure.first)
    if year and today is not None and year < today.year:
        return "historical", f"an event of {year}"
    if count.figure.first and _elsewhere_in_time(tokens, count):
        return "historical", "the time of an earlier event: since ..., when"
    return None


_HARM = {"killed", "injured", "missing"}
_MAYBE = {"could", "may", "might"}
_ORGANISED = {"evacuated", "returned"}
_EXPECTED = {"expected to", "are expected", "is expected", "expected in"}


def _modal(tokens: list[Token], count: Count) -> str:
    """The modal of the verb that governs the figure: will, may, would ..."""
    if count.sign is None or count.sign.trigger.form == "":
        return ""
    for position in range(count.sign.first - 1, max(-1, count.sign.first - 5), -1):
        token = tokens[position]
        if "modal" in token.classes:
            return token.low
        if not token.classes & {"be", "have", "auxiliary", "adverb", "negation"}:
            return ""
    return ""


_INTENDS = {"will", "would", "shall", "'ll"}


def _for_fear(tokens: list[Token]) -> bool:
    """As in "they slept outside for fear of aftershocks"."""
    return any(a.low == "for" and b.low == "fear" for a, b in pairwise(tokens))


def superseded(count: Count, later: Count) -> bool:
    """Whether a later figure of the sentence replaces one: "but this had dropped to 173,064"."""
    if later.sentence is not count.sentence:
        return False
    between = [token.low for token in count.sentence.tokens[count.head.end : later.figure.first]]
    it = any(a in _IT and b in {"had", "has", "was", "fell", "rose"} for a, b in pairwise(between))
    return it and between[-1:] == ["to"] and bool(_CHANGED & set(between))


_IT = {"this", "it", "that", "figure", "number", "toll"}
_CHANGED = {"dropped", "fallen", "risen", "climbed", "grown", "fell", "rose", "revised", "gone"}


def _said_before_now(tokens: list[Token], count: Count) -> bool:
    """As in "which had put the dead at 2,445, now speaks of 1,000"."""
    before = tokens[max(0, count.figure.first - 7) : count.figure.first]
    put = any(
        a.low == "had" and b.low in {"put", "said", "reported", "given", "spoken", "estimated"}
        for a, b in pairwise(before)
    )
    return put and any(token.low == "now" for token in tokens[count.head.end :])


def _year_of_event(tokens: list[Token], first: int, last: int) -> int:
    """The year of an event named by it before the figure: "a 1999 tremor killed more than"."""
    for position in range(max(1, first), last - 1):
        year, noun = tokens[position], tokens[position + 1]
        plain = noun.kind == "word" and noun.text.islower() and "preposition" not in noun.classes
        if year.kind == "number" and len(year.text) == 4 and plain and not noun.classes:
            before = tokens[position - 1]
            if year.text.startswith(("19", "20")) and "determiner" in before.classes:
                return int(year.text)
    return 0


def _elsewhere_in_time(tokens: list[Token], count: Count) -> bool:
    """As in "the deadliest attack since August, when 17 soldiers were killed"."""
    words = [token.low for token in tokens[max(0, count.figure.first - 6) : count.figure.first]]
    return "when" in words and "since" in words[: words.index("when")]


def _governs(phrase: str, count: Count, tokens: list[Token]) -> bool:
    """Whether a phrase of planning stands before the figure, or right after its noun."""
    start = max(0, count.figure.first - 18)
    before = " ".join(token.low for token in tokens[start : count.figure.first])
    after = " ".join(token.low for token in tokens[count.head.end : count.head.end + 8])
    return phrase in before or phrase in after


def _clause(tokens: list[Token], count: Count) -> tuple[int, int]:
    """The clause of a figure: between semicolons, quotation marks and conjunctions with a comma."""
    first = count.figure.first
    while (
        first > 0 and count.figure.first - first < _CLAUSE and not _bounds_clause(tokens, first - 1)
    ):
        first -= 1
    last = count.head.end
    ends = min(len(tokens), last + _CLAUSE)
    while last < ends and not _bounds_clause(tokens, last):
        last += 1
    return first, last


def _bounds_clause(tokens: list[Token], position: int) -> bool:
    token = tokens[position]
    if token.text in {";", ":", "(", ")"}:
        return True
    return (
        token.text == ","
        and position + 1 < len(tokens)
        and bool(tokens[position + 1].classes & {"conjunction", "clause_word"})
    )


def counting_of(count: Count, claim: ReadClaim, phrased: Phrased) -> tuple[str, str]:
    """What the figure counts: since the start, present now, or in a period."""
    first, last = phrased.clause(count)
    for name in ("cumulative", "flow", "stock"):
        phrase = phrased.hit(name, first, last, count)
        if phrase is not None and not (name == "flow" and claim.measure in _STOCKS):
            if name == "cumulative" and claim.measure in _STOCKS:
                continue
            return name, phrase
    if claim.measure in _STOCKS:
        return "stock", f"{claim.measure} is a state"
    return "cumulative", "no period named"


def basis_of(count: Count, claim: ReadClaim, phrased: Phrased) -> tuple[str, str]:
    """What the figure rests on."""
    tokens = count.sentence.tokens
    if claim.status in {"planned", "forecast"}:
        phrase = phrased.hit("on intention", 0, len(tokens), count)
        return ("intention", phrase) if phrase else ("planning", f"status {claim.status}")
    near = (max(0, count.figure.first - 14), count.head.end + 14)
    for name in ("registration", "eyewitness", "planning"):
        phrase = phrased.hit(f"on {name}", *near, count)
        if phrase is not None:
            return name, phrase
    if claim.qualifier in {"approx", "vague", "range"}:
        return "estimate", f"qualifier {claim.qualifier}"
    phrase = phrased.hit("on estimate", *near, count)
    if phrase in {"estimate", "estimates", "estimated", "estimating", "projection"}:
        return "estimate", phrase
    return "count", "an exact figure"
