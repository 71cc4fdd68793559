"""What the data file ``statements.toml`` of a language says of events and context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from crossings.reports.clauses import Clause, ClauseWords
from crossings.reports.inflection import Inflection
from crossings.reports.lexicon import Lexicon
from crossings.reports.lexicon_files import load_lexicon
from crossings.reports.patterns import Patterns
from crossings.reports.records import Token
from crossings.reports.word_lists import entries, read_table

_ASSERTING = ("insist", "maintain", "allege", "contend", "deny", "claim")
JUDGEMENT = "judgement"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pattern stands for: an event kind or a relation, and where the sides stand."""

    table: str
    """``event``, ``context``, ``judgement`` or ``other``."""
    kind: str
    subject: str
    object: str
    order: int
    """Place in the file: of two rules that fit a clause the earlier wins."""
    pattern: str
    complement: bool = False
    """What is asserted follows in the next clause and belongs to the statement."""

    @property
    def verbal(self) -> bool:
        """Whether the pattern begins with a verb, whose subject acts."""
        return "~" in self.pattern.split()[0]


@dataclass(frozen=True, slots=True)
class StatementLexicon:
    """Patterns of statements, and of what makes a match no report of something that happened."""

    patterns: Patterns[Rule]
    unreal: Patterns[bool]
    negation: frozenset[str]
    planned: frozenset[str]
    uncertain: frozenset[str]
    denial: frozenset[str]
    doing: frozenset[str]
    wording: frozenset[str]
    clauses: ClauseWords
    definite: frozenset[str]
    pronouns: frozenset[str]
    side_words: frozenset[str]
    relatives: frozenset[str]
    small: Mapping[str, frozenset[str]]
    """Small words by their use: of, joins, other_joins, possessive, infinitive, conditional, by."""
    acting: frozenset[str]
    """Forms of verbs that end a subject: of patterns, of saying, of wording, of doing."""

    def patterns_of_events(self, tokens: Sequence[Token], clause: Clause) -> bool:
        """Whether a clause has a pattern of an event."""
        found = self.patterns.find(tokens, clause.first, clause.last)
        return any(match.payload.table == "event" for match in found)


@cache
def load_statement_lexicon(language: str = "en") -> StatementLexicon:
    """The statement patterns of a language that :func:`load_lexicon` knows."""
    table = read_table(language, "statements")
    lexicon = load_lexicon(language)
    inflection = lexicon.inflection
    classes = {name: text.split() for name, text in table["classes"].items()}
    patterns: Patterns[Rule] = Patterns(inflection, classes)
    order = 0
    for name in ("event", "context", JUDGEMENT, OTHER):
        for section in table[name]:
            order += 1
            _add(patterns, name, section, order)
    unreal, mentions = table["unreal"], table["mentions"]
    clause_words = ClauseWords(
        **{name: frozenset(entries(text)) for name, text in table["clauses"].items()},
        verbs=patterns.verb_forms,
        saying=_saying(lexicon),
        reporting=frozenset(lexicon.speech.verbs),
    )
    return StatementLexicon(
        patterns=patterns,
        unreal=_unreal(inflection, unreal["before"]),
        negation=frozenset(entries(unreal["negation"])),
        planned=frozenset(entries(unreal["planned"])),
        uncertain=frozenset(entries(unreal["uncertain"])),
        denial=frozenset(entries(unreal["denial"])),
        doing=frozenset(entries(mentions["doing"])),
        wording=frozenset(entries(mentions["wording"])),
        clauses=clause_words,
        small={name: frozenset(entries(text)) for name, text in table["small"].items()},
        acting=clause_words.verbs
        | clause_words.saying
        | frozenset(entries(mentions["wording"]))
        | frozenset(entries(mentions["doing"])),
        definite=frozenset(entries(mentions["definite"])),
        side_words=frozenset(entries(mentions["sides"])),
        pronouns=frozenset(entries(mentions["pronouns"])),
        relatives=frozenset(entries(mentions["relatives"])),
    )


def _add(patterns: Patterns[Rule], name: str, section: Mapping[str, Any], order: int) -> None:
    kind = (
        section.get("kind") or section.get("relation") or ("claims" if name == JUDGEMENT else OTHER)
    )
    for line in section["patterns"].splitlines():
        if line.strip():
            subject, object_ = section.get("subject", "before"), section.get("object", "after")
            complement = bool(section.get("complement"))
            rule = Rule(name, kind, subject, object_, order, line.strip(), complement)
            patterns.add(line, rule)


def _saying(lexicon: Lexicon) -> frozenset[str]:
    """Forms after which what is said may follow at once: no nouns, none that need a "that"."""
    speech = lexicon.speech
    return frozenset(
        form
        for form, (lemma, _) in speech.verbs.items()
        if lemma not in speech.weak | speech.telling and form not in speech.nouns
    ) | {form for lemma in _ASSERTING for form in lexicon.inflection.verb(lemma).values()}


def _unreal(inflection: Inflection, text: str) -> Patterns[bool]:
    patterns: Patterns[bool] = Patterns(inflection, {})
    for entry in entries(text):
        patterns.add(entry, True)
    return patterns
