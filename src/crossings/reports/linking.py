"""A reading joined to a situation: its figures and statements as rows of the situation's tables.

Places become ids where exactly one fits, times become moments in the situation's zone, measures
become targets by the table ``targets.toml``. Everything arrives as ``proposed``: nothing that a
program read enters a forecast before a person has accepted it, unless asked otherwise.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from crossings.errors import InputError
from crossings.reports.inputs.document import Document
from crossings.reports.lexicon_files import load_lexicon
from crossings.reports.place_names import MOVED, Match, PlaceNames, country_code, folded
from crossings.reports.records import ReadClaim, ReadContext, ReadEvent, Reading
from crossings.situation.records import (
    ALL,
    Basis,
    Claim,
    Context,
    Counting,
    Event,
    EventKind,
    Qualifier,
    Relation,
    Situation,
    Status,
)
from crossings.situation.times import day_edge

REPORT = "The report itself"
"""Whom a judgement is attributed to that the report makes in its own voice."""


_PRECISIONS = {"day": "date", "period": "date_inferred"}
"""Precision of a time as read, in the words of a situation's tables, where these differ."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Rows ready for :meth:`Situation.with_claims` and for a ledger, and what was left open."""

    claims: tuple[Claim, ...] = ()
    events: tuple[Event, ...] = ()
    context: tuple[Context, ...] = ()
    open_questions: tuple[str, ...] = ()

    @property
    def records(self) -> tuple[Claim | Event | Context, ...]:
        """All rows: claims, events, context."""
        return (*self.claims, *self.events, *self.context)


def link(reading: Reading, document: Document, situation: Situation) -> Linked:
    """Join a reading to a situation.

    Raises:
        InputError: the day of publication is not known, so that nobody could say since when the
            figures were public.
    """
    if reading.published is None:
        raise InputError(
            f"{document.name}: found no day of publication, expected one in the report or "
            "--published 2023-09-25"
        )
    linker = _Linker(reading, document, situation)
    events = tuple(linker.event(number) for number in range(len(reading.events)))
    return Linked(
        (
            *(linker.claim(claim, "c", number) for number, claim in enumerate(reading.claims)),
            *(linker.claim(claim, "s", number) for number, claim in enumerate(reading.shares)),
        ),
        events,
        tuple(linker.statement(number) for number in range(len(reading.context))),
        tuple(linker.open_questions),
    )


class _Linker:
    """What all rows of one reading share."""

    def __init__(self, reading: Reading, document: Document, situation: Situation) -> None:
        self._reading, self._document, self._situation = reading, document, situation
        self._names = PlaceNames(situation)
        self._stem = document.sha256[:10]
        self._known_at = _moment(document.published, reading, situation)
        self.open_questions: dict[str, None] = {}

    def claim(self, read: ReadClaim, letter: str, number: int) -> Claim:
        match = self._match(read.place)
        measure, counting = target(read, self._names.side(match.place))
        place = match.place
        if not place and read.measure in MOVED and not read.place and read.origin:
            self._ask(f"{read.figure_text} {read.unit}: no place of arrival is stated")
        as_of, precision = self._as_of(read)
        return Claim(
            id=self._id(letter, number),
            measure=measure,
            counting=_one_of(Counting, counting, "cumulative"),
            unit=read.unit,
            place=place,
            origin=self._origin(read, match),
            low=read.low,
            high=read.high,
            qualifier=_one_of(Qualifier, read.qualifier, "exact"),
            basis=_one_of(Basis, read.basis, "estimate"),
            as_of=as_of,
            as_of_precision=precision,
            status=_one_of(Status, read.status, "reported"),
            part_of=self._id("c", read.part_of),
            same_group_as=self._id("c", read.same_group_as),
            bulletin=self._bulletin(read),
            document=self._document.sha256,
            review="proposed",
            note=_note(read, match),
            **self._said(read),
        )

    def event(self, number: int) -> Event:
        read = self._reading.events[number]
        match = self._match(read.place)
        time, note = self._event_time(read)
        notes = [note, _unlinked(read.place, match)]
        if read.status != "reported":
            notes.append(f"{read.status}, not yet happened")
        return Event(
            id=self._id("e", number),
            time=time,
            kind=_one_of(EventKind, read.kind, "other"),
            place="" if match.place == ALL else match.place,
            from_country=country_code(read.actor or ""),
            wording=read.wording,
            disputes=self._id("e", read.disputes),
            note="; ".join(filter(None, notes)),
            **self._said(read),
        )

    def statement(self, number: int) -> Context:
        read = self._reading.context[number]
        return Context(
            id=self._id("x", number),
            subject=read.subject or "; ".join(read.sources) or REPORT,
            relation=_one_of(Relation, read.relation, "other"),
            object=(read.object or "")[:200],
            what=self._reading.words(read),
            since=read.since or "",
            bears_on=self._id("e", read.bears_on),
            **self._said(read),
        )

    def _said(self, read: ReadClaim | ReadEvent | ReadContext) -> dict[str, Any]:
        """Who said it, where it was published and since when it was known, and the words."""
        return {
            "sources": tuple(source.replace(";", ",") for source in read.sources),
            "via": read.via or "",
            "publisher": self._document.publisher,
            "url": self._document.url,
            "known_at": self._known_at,
            "quote": quote(self._reading, read),
        }

    def _id(self, letter: str, number: int | None) -> str:
        return "" if number is None else f"{self._stem}-{letter}{number + 1}"

    def _match(self, written: str | None) -> Match:
        if not written:
            return Match()
        match = self._names.find(written)
        if len(match.places) > 1:
            places = ", ".join(self._names.names[place] for place in match.places)
            self._ask(f"{written!r} can be {places}: left open")
        elif not match.places and not match.origin and any(c.isupper() for c in written):
            listed = load_lexicon().places.known(written.casefold())
            where = "a place of the name list, but not" if listed else "no place"
            self._ask(f"{written!r} is {where} of {self._situation.id}")
        return match

    def _ask(self, question: str) -> None:
        self.open_questions[question] = None

    def _origin(self, read: ReadClaim, match: Match) -> str:
        written = read.origin or ""
        if not written:
            return match.origin
        found = self._names.find(written)
        if found.place and found.place == match.place:
            return ""  # nobody comes from where they arrive
        return found.origin or self._names.names.get(found.place, "") or written

    def _as_of(self, read: ReadClaim) -> tuple[dt.datetime, str]:
        """When the figure holds: as stated, at the latest when it was published."""
        if not read.as_of_date:
            return self._known_at, "date_inferred"
        stated = self._situation.moment(read.as_of_date)
        ahead = read.status in ("forecast", "planned")
        precision = _PRECISIONS.get(read.as_of_precision or "", read.as_of_precision or "date")
        return stated if ahead else min(stated, self._known_at), precision

    def _event_time(self, read: ReadEvent) -> tuple[dt.datetime, str]:
        dated = [
            read,
            *([self._reading.events[read.disputes]] if read.disputes is not None else []),
        ]
        for event in dated:
            if event.date:
                start = self._situation.moment(event.date)
                day = start.astimezone(self._situation.zone).date()
                return day_edge(day, self._situation.zone, "start"), ""
        day = self._known_at.astimezone(self._situation.zone).date()
        return day_edge(day, self._situation.zone, "start"), "time not stated: day of the report"

    def _bulletin(self, read: ReadClaim) -> str:
        """One act of publishing: what one speaker says in one document is one observation."""
        speaker = re.sub(r"\W+", "-", folded("; ".join(read.sources)))[:60].strip("-")
        return f"{self._stem}-{speaker or 'report'}"


def target(read: ReadClaim, side: str) -> tuple[str, str]:
    """Measure and counting under which a figure enters a forecast, by the table ``targets.toml``.

    ``side`` says what its place is: ``host``, ``gate``, ``origin`` or ``other``.
    """
    stated = (read.measure, side, read.unit, read.counting)
    for *conditions, becomes in _rows():
        if all(want in ("*", have) for want, have in zip(conditions, stated, strict=True)):
            measure, _, counting = becomes.partition(".")
            return measure, counting
    return read.measure, read.counting


@cache
def _rows() -> list[list[str]]:
    path = files("crossings.reports") / "targets.toml"
    rows: list[list[str]] = tomllib.loads(path.read_text(encoding="utf-8"))["rows"]
    return rows


def quote(reading: Reading, read: ReadClaim | ReadEvent | ReadContext) -> str:
    """The words of a statement; of a figure the part of its sentence between marks."""
    if not isinstance(read, ReadClaim):
        return reading.words(read)
    text, start, end = reading.text, read.start, read.end
    left = max(text.rfind(mark, read.sentence_start, start) for mark in (", ", "; ", ": ", " – "))
    start = max(left + 2, read.sentence_start) if left >= 0 else read.sentence_start
    ends = [
        at for mark in (", ", "; ", " – ") if (at := text.find(mark, end, read.sentence_end)) > 0
    ]
    return text[start : min(ends, default=read.sentence_end)].strip()


def _note(read: ReadClaim, match: Match) -> str:
    """What a reviewer should know: whose share, which model read it, which place was written."""
    model = f"read by {read.reader}" if read.reader != "grammar" else ""
    return "; ".join(filter(None, (read.why.get("group"), model, _unlinked(read.place, match))))


def _unlinked(written: str | None, match: Match) -> str:
    return f"place as written: {written}" if written and not match.place else ""


def _moment(published: str, reading: Reading, situation: Situation) -> dt.datetime:
    """When a document was public: the moment it states, else the end of that day."""
    assert reading.published is not None
    if len(published) > 10:
        try:
            stated = dt.datetime.fromisoformat(published)
        except ValueError:
            stated = None
        if stated is not None and stated.tzinfo is not None and stated.date() == reading.published:
            return situation.moment(stated)
    return situation.moment(reading.published)


def _one_of(values: Any, value: str, default: str) -> Any:
    return value if value in get_args(values) else default
