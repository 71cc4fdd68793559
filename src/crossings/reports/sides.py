"""Who did something to whom: subject and object of a clause, as far as words tell.

No parser: a noun phrase is a run of words up to a preposition, mark or verb; names are preferred.
What cannot be told stays empty rather than guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossings.reports.clauses import Clause
from crossings.reports.patterns import Found
from crossings.reports.records import Token
from crossings.reports.statement_lexicon import Rule, StatementLexicon

_LONGEST = 9
_CLAUSES = 6
"""Clauses back in which a subject is looked for."""
_BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "get", "got"})


@dataclass(frozen=True, slots=True)
class Sides:
    """Who does it, and to or with whom; ``own_subject`` where the clause names its own subject."""

    subject: str = ""
    object: str = ""
    own_subject: bool = False
    """Whether the clause names its subject before the trigger."""


def sides(
    tokens: Sequence[Token],
    parts: Sequence[Clause],
    number: int,
    match: Found[Rule],
    known: StatementLexicon,
    subject_before: str,
) -> Sides:
    """The sides of the clause ``parts[number]`` whose trigger is ``match``.

    ``subject_before`` is the name that the sentence before began with: what "it" refers to.
    """
    clause, rule = parts[number], match.payload
    ends = match.first
    if rule.table == "context" and not rule.verbal and rule.subject == "before":
        ends = match.last  # "flags and portraits of": the noun is the subject
    before = _subject(tokens, clause.first, ends, known)
    own = bool(before)
    if not before or before.lower() in known.pronouns | known.relatives | {"this"}:
        before = _inherited(tokens, parts, number, known, subject_before, before)
    passive = _is_passive(tokens, clause, match)
    subject_at, object_at = rule.subject, rule.object
    if passive and subject_at == "before" and object_at in ("after", "to", "with"):
        subject_at, object_at = "by", "before"
    found = {"before": before}

    def at(place: str) -> str:
        if place == "before":
            return found["before"]
        return _at(tokens, parts, number, match, place, known)

    object_ = at(object_at)
    if rule.table != "event" or rule.verbal:
        return Sides(at(subject_at), object_, own)
    doer = _at(tokens, parts, number, match, "by", known)
    if not doer and any(
        t.low in known.doing | known.wording for t in tokens[clause.first : match.first]
    ):
        doer = before
    return Sides(doer, "", own)


def _is_passive(tokens: Sequence[Token], clause: Clause, match: Found[Rule]) -> bool:
    before = [t.low for t in tokens[max(clause.first, match.first - 3) : match.first]]
    return bool(_BE & set(before)) and tokens[match.first].low.endswith(("ed", "en", "t", "n"))


def _at(
    tokens: Sequence[Token],
    parts: Sequence[Clause],
    number: int,
    match: Found[Rule],
    place: str,
    known: StatementLexicon,
) -> str:
    clause = parts[number]
    match place:
        case "after" | "of":
            first = match.last - match.payload.pattern.endswith(" _")
            return phrase(tokens, first, clause.last, known)
        case "by" | "to" | "with" | "between":
            return _after_word(tokens, clause, match, place, known)
        case "possessor":
            for i in range(match.last - 1, clause.first, -1):
                if tokens[i].low in known.small["possessive"]:
                    return _back(tokens, clause.first, i, known)
            return ""
        case "noun":
            return _noun_before(tokens, clause.first, match.first)
        case "apposed":
            heads = (_head(tokens, parts[e], known) for e in range(number - 1, -1, -1))
            return next((name for name in heads if name), "")
    return ""


def _open(known: StatementLexicon) -> frozenset[str]:
    """Words that cannot end a name."""
    return known.small["joins"] | known.small["of"]


def _inside(known: StatementLexicon) -> frozenset[str]:
    """Words that may stand inside a name."""
    return _open(known) | known.small["possessive"]


def _head(tokens: Sequence[Token], clause: Clause, known: StatementLexicon) -> str:
    """The last name before an apposition: "Belarus, Moscow's ally"; "Russia - the old ally -"."""
    end = clause.last
    while end > clause.first and tokens[end - 1].kind == "sign":
        end -= 1
    return _back(tokens, clause.first, end, known)


def _after_word(
    tokens: Sequence[Token], clause: Clause, match: Found[Rule], word: str, known: StatementLexicon
) -> str:
    """What follows a word such as "with" in the clause; for "to" the object where it is missing."""
    if tokens[match.last - 1].low == word:
        return phrase(tokens, match.last, clause.last, known)
    for i in range(match.last, clause.last):
        # "a ceasefire brokered by Russia": by belongs to the verb before it
        if tokens[i].low == word and not tokens[i - 1].low.endswith("ed"):
            return phrase(tokens, i + 1, clause.last, known)
    if word != "to":
        return ""
    after = match.first + 1
    if after < clause.last and tokens[after].text[:1].isupper():
        return phrase(tokens, after, clause.last, known)  # "supplies Chad with weapons"
    return phrase(tokens, match.last, clause.last, known)


def _noun_before(tokens: Sequence[Token], first: int, end: int) -> str:
    """The noun right before the trigger: "a CEASEFIRE brokered by"."""
    start = end
    while start > first and not tokens[start - 1].classes & {"determiner", "preposition", "verb"}:
        start -= 1
    return _joined(tokens, start, end)


def _back(tokens: Sequence[Token], first: int, end: int, known: StatementLexicon) -> str:
    """The name that ends at ``end``."""
    start = end
    while start > first and end - start < _LONGEST:
        token = tokens[start - 1]
        if token.text[:1].isupper() or (start < end and token.low in _inside(known)):
            start -= 1
        else:
            break
    while start < end and (
        tokens[start].classes & {"preposition", "conjunction", "determiner", "adverb"}
        or tokens[start].low in _inside(known)
    ):
        start += 1
    return _joined(tokens, start, end)


def phrase(tokens: Sequence[Token], first: int, last: int, known: StatementLexicon) -> str:
    """The noun phrase that begins at ``first``: "both Azerbaijan and Armenia" without "both"."""
    while first < last and (
        tokens[first].kind == "sign"
        or tokens[first].low in known.small["of"]
        or tokens[first].classes & {"determiner"}
    ):
        first += 1
    end = first
    while end < last and end - first < _LONGEST:
        token = tokens[end]
        if token.kind == "sign" and token.text not in "'’“”\"":
            if not (token.text == "," and end + 1 < last and tokens[end + 1].text[:1].isupper()):
                break
        elif _ends_phrase(token, known):
            break
        end += 1
    while end > first and (tokens[end - 1].low in _open(known) or tokens[end - 1].kind == "sign"):
        end -= 1
    return _joined(tokens, first, end)


def _ends_phrase(token: Token, known: StatementLexicon) -> bool:
    if token.classes & {"preposition"}:
        return token.low not in known.small["of"]
    return bool(token.classes & {"relative", "auxiliary", "modal"}) or (
        token.low in known.small["other_joins"]
    )


def _subject(tokens: Sequence[Token], first: int, trigger: int, known: StatementLexicon) -> str:
    """The noun phrase of the clause before its verb, without what leads up to it."""
    while first < trigger and (
        tokens[first].kind == "sign"
        or (
            tokens[first].classes & {"adverb", "conjunction"}
            and not tokens[first].classes & {"determiner"}
        )
    ):
        first += 1
    if first < trigger and (
        tokens[first].classes & {"preposition"} or _is_verb(tokens[first], known)
    ):
        return _name_before(tokens, first, trigger, known)
    end = first
    while end < trigger and end - first < _LONGEST:
        token = tokens[end]
        if (token.classes & {"adverb"} or _is_verb(token, known) or _past(token)) and end > first:
            break
        if token.classes & {"preposition"} and token.low not in known.small["of"]:
            break
        end += 1
    if end == trigger and end > first and tokens[end - 1].classes & {"determiner"}:
        end = first  # "the" before a noun that is itself the trigger
    while first < end and tokens[first].classes & {"determiner"} and end - first > 1:
        first += 1
    if any(token.text in "()" for token in tokens[first:end]):
        return _name_before(tokens, first, trigger, known)
    while end > first and tokens[end - 1].low in _open(known) | {","}:
        end -= 1
    return _joined(tokens, first, end)


def _is_verb(token: Token, known: StatementLexicon) -> bool:
    return bool(token.classes & {"auxiliary", "modal", "verb"}) or (token.low in known.acting)


def _past(token: Token) -> bool:
    return token.low.endswith("ed") and token.text == token.low


def _name_before(tokens: Sequence[Token], first: int, trigger: int, known: StatementLexicon) -> str:
    """The name right before the verb: "For two years Addis Ababa sealed off ..."."""
    end = trigger
    while end > first and (tokens[end - 1].kind == "sign" or _is_verb(tokens[end - 1], known)):
        end -= 1
    return _back(tokens, first, end, known)


def _inherited(
    tokens: Sequence[Token],
    parts: Sequence[Clause],
    number: int,
    known: StatementLexicon,
    subject_before: str,
    pronoun: str,
) -> str:
    """The subject of an earlier clause where this one has none; for "it", that of the text."""
    if pronoun.lower() in known.relatives and number:
        return _head(tokens, parts[number - 1], known)
    # After an aside the sentence goes on: "Russia - Armenia's ally - is busy".
    goes_on = not pronoun and parts[number].opener in ("–", "—", ",", ")")
    near = range(max(number - _CLAUSES, 0), number)
    for earlier in near if goes_on else reversed(near):
        clause = parts[earlier]
        found = _subject(tokens, clause.first, clause.last, known)
        if found.lower() in known.relatives and earlier:
            return _head(tokens, parts[earlier - 1], known)
        if found and found.lower() not in known.pronouns | {"this", "there"}:
            return found
    return subject_before if pronoun else ""


def _joined(tokens: Sequence[Token], first: int, end: int) -> str:
    """The words as written, with one blank where the text has white space."""
    words = []
    for i in range(first, end):
        glued = i > first and tokens[i - 1].end == tokens[i].start
        words.append(tokens[i].text if glued or i == first else f" {tokens[i].text}")
    return "".join(words).strip(' "“”‘’()')
