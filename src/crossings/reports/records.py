"""The plain records that pass from stage to stage of the reader.

Offsets count characters of the document's text, as a half-open span: ``text[start:end]``. Nothing
here is checked against a situation; that is done when a reading is linked to one.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Token:
    """A word, a number or a sign. ``low`` is the text in small letters with plain apostrophes."""

    text: str
    low: str
    start: int
    end: int
    kind: str
    """``word``, ``number`` or ``sign``."""
    classes: frozenset[str] = frozenset()
    """Word classes of the lexicon: preposition, determiner, people, verb ..."""
    capital: bool = False
    """Whether it is a word with a capital letter, or its name has one: al-Hol, d'Ivoire."""


@dataclass(slots=True)
class Sentence:
    """One sentence and its tokens; of a long document that has been read, only its span is kept."""

    index: int
    start: int
    end: int
    text: str
    tokens: list[Token]
    words: frozenset[str] = frozenset()
    """Its words in small letters, by which a stage sees that it has nothing to look for."""


@dataclass(slots=True)
class Figure:
    """A number expression, before it is known whether it counts people.

    ``first`` and ``last`` are the token indices of the whole expression within its sentence
    (``last`` excluded), qualifier included; ``low`` and ``high`` are bounds as in ``Claim``.
    """

    sentence: int
    first: int
    last: int
    start: int
    end: int
    text: str
    low: int | None
    high: int | None
    qualifier: str
    kind: str = "digits"
    """``digits``, ``words``, ``vague`` or ``another`` (a number that is only implied)."""
    why: str = ""


@dataclass(slots=True)
class ReadClaim:
    """One attributed figure as read, in the terms of ``Claim``.

    ``as_of`` is the phrase as written, ``as_of_date`` what it means given the day of publication
    (ISO 8601; the last day of a period) and ``as_of_precision`` how exact that is. ``part_of`` and
    ``same_group_as`` are indices into the claims of the same reading. ``why`` names, stage by
    stage, the rule that won.
    """

    start: int
    end: int
    figure_text: str
    low: int | None
    high: int | None
    qualifier: str
    unit: str = "people"
    measure: str = "other"
    place: str | None = None
    origin: str | None = None
    sources: list[str] = field(default_factory=list)
    via: str | None = None
    as_of: str | None = None
    as_of_date: str | None = None
    as_of_precision: str | None = None
    status: str = "reported"
    part_of: int | None = None
    same_group_as: int | None = None
    counting: str = "cumulative"
    basis: str = "estimate"
    sentence: int = 0
    sentence_start: int = 0
    sentence_end: int = 0
    why: dict[str, str] = field(default_factory=dict)
    reader: str = "grammar"
    """What read it: ``grammar``, or ``model`` with the name of the model."""

    @classmethod
    def of_figure(cls, figure: Figure, sentence: Sentence, **fields: Any) -> ReadClaim:
        """The claim of a figure in its sentence; ``fields`` are what else is known of it."""
        return cls(
            figure.start,
            figure.end,
            figure.text,
            figure.low,
            figure.high,
            figure.qualifier,
            sentence=sentence.index,
            sentence_start=sentence.start,
            sentence_end=sentence.end,
            **fields,
        )


@dataclass(slots=True)
class ReadEvent:
    """One statement that something happened, as read, in the terms of ``Event``.

    ``start`` and ``end`` span the words of the statement, whose ``wording`` they are where a side
    is speaking. ``when``, ``date`` and ``date_precision`` are as ``as_of`` of a claim, but an
    action's date is the first day of a period. ``actor`` did it, ``target`` it was done to.
    ``disputes`` is the index of the event in the same reading that this one contradicts.
    """

    start: int
    end: int
    kind: str
    actor: str | None = None
    target: str | None = None
    place: str | None = None
    when: str | None = None
    date: str | None = None
    date_precision: str | None = None
    sources: list[str] = field(default_factory=list)
    via: str | None = None
    wording: str = ""
    status: str = "reported"
    disputes: int | None = None
    sentence: int = 0
    sentence_start: int = 0
    sentence_end: int = 0
    why: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ReadContext:
    """One statement about the wider setting, as read, in the terms of ``Context``.

    ``bears_on`` is the index of an event of the same reading.
    """

    start: int
    end: int
    relation: str
    subject: str
    object: str | None = None
    place: str | None = None
    since: str | None = None
    sources: list[str] = field(default_factory=list)
    via: str | None = None
    bears_on: int | None = None
    sentence: int = 0
    sentence_start: int = 0
    sentence_end: int = 0
    why: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """What one document says: its sentences and the claims, events and context found in them."""

    text: str
    published: dt.date | None
    language: str
    sentences: list[Sentence]
    claims: list[ReadClaim] = field(default_factory=list)
    events: list[ReadEvent] = field(default_factory=list)
    context: list[ReadContext] = field(default_factory=list)
    shares: list[ReadClaim] = field(default_factory=list)
    """Shares of women, children, the elderly: measure ``share``, unit ``percent``, ``part_of`` the
    claim that they are a share of."""
    notes: list[str] = field(default_factory=list)
    """What a person should know of how it was read."""

    def quote(self, found: ReadClaim | ReadEvent | ReadContext) -> str:
        """The sentence in which something was found, verbatim."""
        return self.text[found.sentence_start : found.sentence_end]

    def words(self, found: ReadClaim | ReadEvent | ReadContext) -> str:
        """The very words of a figure or a statement."""
        return self.text[found.start : found.end]

    def as_dict(self, identity: str = "") -> dict[str, Any]:
        """The reading as plain values, in the order of ``crossings read --json``."""
        return {
            "id": identity,
            "claims": [dataclasses.asdict(claim) for claim in self.claims],
            "shares": [dataclasses.asdict(claim) for claim in self.shares],
            "events": [dataclasses.asdict(event) for event in self.events],
            "context": [dataclasses.asdict(statement) for statement in self.context],
        }
