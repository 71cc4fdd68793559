"""Events and context: statements without a figure, clause by clause.

Every clause of every sentence is searched for the patterns of ``statements.toml``. The first rule
of the file that fits gives the clause its kind; what is asked for, feared, denied or merely
mentioned again ("the attack") is no statement. Who says it, where and when come from the same
stages that serve the figures.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from crossings.reports.clauses import Clause, clauses
from crossings.reports.mentions import Mention
from crossings.reports.patterns import Found
from crossings.reports.records import Sentence, Token
from crossings.reports.sides import Sides, sides
from crossings.reports.statement_lexicon import JUDGEMENT, OTHER, Rule, StatementLexicon
from crossings.reports.times import TimePhrase


@dataclass(slots=True)
class Statement:
    """A clause that states something, before it is dated, placed and attributed."""

    sentence: Sentence
    first: int
    last: int
    """Tokens of the statement in its sentence, ``last`` excluded."""
    trigger: int
    rule: Rule
    sides: Sides
    status: str = "reported"
    clause: int = 0
    opener: str = ""
    """The word or mark before its clause."""
    worded: bool = False
    """Whether its subject only words it: "calls this an operation"."""
    why: dict[str, str] = field(default_factory=dict)
    mentions: Sequence[Mention] = ()
    """The places named in its sentence."""
    times: Sequence[TimePhrase] = ()
    """The times named in its sentence."""

    @property
    def start(self) -> int:
        """Offset of the first character of its words."""
        return self.sentence.tokens[self.first].start

    @property
    def end(self) -> int:
        """Offset after the last character of its words."""
        return self.sentence.tokens[self.last - 1].end


def find_statements(sentences: Sequence[Sentence], known: StatementLexicon) -> list[Statement]:
    """All statements of a text, in its order."""
    found: list[Statement] = []
    told: set[str] = set()
    subject = ""
    for sentence in sentences:
        if not known.patterns.occur(sentence.tokens):
            subject = leading_name(sentence.tokens) or subject
            continue
        parts = clauses(sentence.tokens, known.clauses)
        here: list[Statement] = []
        for number in range(len(parts)):
            here += _of_clause(sentence, parts, number, known, subject, told)
        found += _merged(here, parts, known)
        told |= {statement.rule.kind for statement in here if statement.rule.table == "event"}
        subject = leading_name(sentence.tokens) or subject
    return found


def _of_clause(
    sentence: Sentence,
    parts: Sequence[Clause],
    number: int,
    known: StatementLexicon,
    subject: str,
    told: set[str],
) -> list[Statement]:
    """At most one event in a clause, and statements of context of different kinds."""
    clause, tokens = parts[number], sentence.tokens
    matches = [
        match
        for match in known.patterns.find(tokens, clause.first, clause.last)
        if _is_statement(tokens, parts, number, match, known, told)
    ]
    found: list[Statement] = []
    for match in _chosen(matches):
        status = _status(tokens, clause, match, known)
        if not status:
            continue
        first, last = _trimmed(tokens, clause, known)
        if match.payload.complement:
            last = _trimmed(tokens, parts[number + 1], known)[1]
        found.append(
            Statement(
                sentence,
                min(first, match.first),
                max(last, match.last),
                match.first,
                match.payload,
                sides(tokens, parts, number, match, known, subject),
                status,
                number,
                clause.opener,
                any(t.low in known.wording for t in tokens[clause.first : match.first]),
                {"rule": f"{match.payload.kind}: {match.payload.pattern}"},
            )
        )
    return _divided(found, tokens, known)


def _chosen(matches: Sequence[Found[Rule]]) -> list[Found[Rule]]:
    """The event of a clause and what it says of the setting, by the order of the rules."""
    event: Found[Rule] | None = None
    context: list[Found[Rule]] = []
    for match in sorted(matches, key=lambda match: (match.payload.order, match.first)):
        if match.payload.table == "event":
            event = event or match
        elif all(
            match.payload.kind != other.payload.kind
            and not (match.first < other.last and other.first < match.last)
            for other in context
        ):
            context.append(match)
    if event is not None and any(_governs(other, event) for other in context):
        event = None
    return sorted([*([event] if event else []), *context], key=lambda match: match.first)


def _governs(context: Found[Rule], event: Found[Rule]) -> bool:
    """Whether the event is only what an accusation or a deal in the same clause is about."""
    rule = context.payload
    if rule.kind == "trades":
        return event.payload.kind == "agreement"
    return rule.kind == "claims" and context.first <= event.first


def _divided(
    found: list[Statement], tokens: Sequence[Token], known: StatementLexicon
) -> list[Statement]:
    """Two statements about the setting in one clause share it: the later begins at its words."""
    context = [statement for statement in found if statement.rule.table != "event"]
    for earlier, later in itertools.pairwise(context):
        if later.trigger > earlier.trigger:
            cut = later.trigger
            if cut > earlier.trigger + 1 and tokens[cut - 1].low in known.small["infinitive"]:
                cut -= 1
            later.first, earlier.last = cut, max(cut, earlier.trigger + 1)
    return found


def _is_statement(
    tokens: Sequence[Token],
    parts: Sequence[Clause],
    number: int,
    match: Found[Rule],
    known: StatementLexicon,
    told: set[str],
) -> bool:
    """Whether a match states something anew and is not denied by whoever speaks of it."""
    rule, clause = match.payload, parts[number]
    before = tokens[match.first - 1] if match.first else None
    if rule.verbal and before is not None and tokens[match.first].text[:1].isupper():
        return False  # part of a name: Rapid Support Forces
    if rule.verbal and before is not None and _is_no_verb(before, tokens[match.first]):
        return False
    if rule.complement:
        if match.first and tokens[match.first - 1].low in known.small["infinitive"]:
            return False  # "to maintain law and order"
        ends = match.last >= clause.last - 1 and number + 1 < len(parts)
        return ends and not known.patterns_of_events(tokens, parts[number + 1])
    if rule.table == JUDGEMENT:
        return tokens[-1].text in '.!?”"'  # a heading judges nothing
    if rule.table != "event":
        return True
    if number and any(
        token.low in known.denial
        for token in tokens[max(parts[number - 1].last - 2, 0) : clause.first]
    ):
        return False
    return not (rule.kind in told and _mentioned(tokens, match, clause, known))


def _is_no_verb(before: Token, token: Token) -> bool:
    """Whether a form of a verb is a noun or an adverb here: "the start of", "sent back"."""
    if token.low.endswith(("ed", "ing")):
        return False
    direction = token.low == "back" and bool(before.classes & {"verb", "maybe_verb", "adverb"})
    return direction or bool(before.classes & {"determiner", "article"})


def _mentioned(
    tokens: Sequence[Token], match: Found[Rule], clause: Clause, known: StatementLexicon
) -> bool:
    """Whether a noun only takes up again what was told: "the attack", "its offensive"."""
    if match.last - match.first > 2:
        return False
    for token in reversed(tokens[max(clause.first, match.first - 2) : match.first]):
        if token.low in known.definite:
            return True
        if token.classes & {"auxiliary", "modal", "article"}:
            return False
    return False


def _status(
    tokens: Sequence[Token], clause: Clause, match: Found[Rule], known: StatementLexicon
) -> str:
    """``reported`` or ``planned``; empty where nothing is said to have happened."""
    if match.payload.kind in ("claims", "commemorates", OTHER):
        return "reported"
    before = max(clause.first, match.first - 9)
    if (
        known.unreal.find(tokens, before, match.first)
        or clause.opener in known.small["conditional"]
    ):
        return ""
    near = {token.low for token in tokens[max(clause.first, match.first - 4) : match.last]}
    if near & (known.negation | known.uncertain):
        return ""
    return "planned" if near & known.planned else "reported"


def _trimmed(tokens: Sequence[Token], clause: Clause, known: StatementLexicon) -> tuple[int, int]:
    """The clause without marks and joining words at its ends."""
    first, last = clause.first, clause.last
    while first < last - 1 and (
        (tokens[first].kind == "sign" and tokens[first].text not in '“"‘(«')
        or tokens[first].low in known.clauses.joins
    ):
        first += 1
    while (
        last - 1 > first
        and tokens[last - 1].kind == "sign"
        and tokens[last - 1].text not in '”"’)»'
    ):
        last -= 1
    return first, last


def _merged(
    found: Sequence[Statement], parts: Sequence[Clause], known: StatementLexicon
) -> list[Statement]:
    """Neighbouring clauses that tell the same kind of thing without a new subject, as one."""
    kept: list[Statement] = []
    for statement in found:
        earlier = next(
            (
                other
                for other in kept
                if other.rule.kind == statement.rule.kind
                and other.rule.table == statement.rule.table
                and statement.clause - other.clause == 1
                and not statement.sides.own_subject
                and statement.rule.kind != "claims"
                and parts[statement.clause].opener in known.clauses.joins | {","}
                and (statement.rule.verbal or " " not in statement.rule.pattern)
            ),
            None,
        )
        if earlier is None:
            kept.append(statement)
        else:
            earlier.last = max(earlier.last, statement.last)
    return kept


def leading_name(tokens: Sequence[Token]) -> str:
    """The name that a sentence begins with, to which "it" in the next one refers."""
    words: list[str] = []
    for token in tokens[:8]:
        if token.text[:1].isupper() and not (
            not words and token.classes & {"preposition", "adverb", "conjunction", "pronoun"}
        ):
            if token.classes & {"determiner"}:
                continue
            words.append(token.text)
        elif words:
            break
        elif token.classes & {"preposition"}:
            return ""
    return " ".join(words)
