"""``/api/situations/{id}/proposed`` and ``/api/entries``: what was read waits for a person's word.

Shown by the internal profile only: quotes and documents are not for publishing. Every decision
carries a name and stays in the ledger for good.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from crossings.errors import InputError
from crossings.ledger import Entry, Ledger
from crossings.ledger.quotes import passage
from crossings.publish import words
from crossings.publish.live.answers import AnswerError, described, page_of, stated
from crossings.publish.live.situations import BAD, Page, PerPage, Served
from crossings.publish.live.state import State
from crossings.situation.records import Claim, Counting, Situation

router = APIRouter(tags=["review"])


class Verdict(BaseModel):
    """An entry is taken as it stands, or not at all."""

    model_config = ConfigDict(extra="forbid")

    act: Literal["accept", "reject"]
    by: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    reason: Annotated[str, Field(max_length=2000)] = ""


Bound = Annotated[float, Field(ge=0, le=1e12)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S", default_factory=str)]


class Changes(BaseModel):
    """The fields of a claim that change; what is absent stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"minProperties": 1})

    low: Bound | None = None
    high: Bound | None = None
    measure: Name
    counting: Annotated[Counting, Field(default_factory=lambda: "stock")]
    place: Annotated[str, Field(max_length=200, default_factory=str)]
    unit: Name


class Correction(BaseModel):
    """An entry was misread: what it says instead."""

    model_config = ConfigDict(extra="forbid")

    act: Literal["correct"]
    by: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    reason: Annotated[str, Field(max_length=2000)] = ""
    changes: Changes


Decided = Annotated[Verdict | Correction, Field(discriminator="act")]
"""A decision about an entry."""


@router.get(
    "/api/situations/{situation_id}/proposed",
    responses=BAD,
    summary="What was read and nobody has decided on yet",
)
def proposed(
    request: Request, situation_id: str, served: Served, page: Page = 1, per_page: PerPage = 50
) -> Response:
    """Proposed figures and statements, each in its sentence; no items without a ledger."""
    known = served.situation(situation_id)
    if served.book is None or served.settings.profile != "internal":
        return stated(request, page_of([], page, per_page) | {"ledger": False}, "no-store")
    book = served.book
    waiting = [entry for entry in book.entries(situation_id) if _standing(entry) == "proposed"]
    found = page_of(waiting, page, per_page)
    texts = {entry.document: _text(book, entry.document) for entry in found["items"]}
    found["items"] = [_row(entry, texts[entry.document], known) for entry in found["items"]]
    return stated(request, found | {"ledger": True}, "no-store")


@router.post(
    "/api/entries/{entry_id}/review",
    responses={**BAD, 409: described("The entry, as it stands, cannot become what is asked.")},
    summary="Decide on an entry",
)
def decide(entry_id: str, decided: Decided, served: Served) -> Response:
    """Accept, correct or reject; the entry as it stands then."""
    book = _book(served)
    with _or_missing():
        book.entry(entry_id)
    changes: dict[str, Any] = {}
    if isinstance(decided, Correction):
        changes = decided.changes.model_dump(exclude_unset=True)
    try:
        entry = book.review(
            entry_id, decided.act, by=decided.by, changes=changes, reason=decided.reason
        )
    except InputError as error:
        raise AnswerError(409, str(error)) from error
    served.forget()
    return JSONResponse({"id": entry.id, "standing": _standing(entry)})


@router.get(
    "/api/situations/{situation_id}/documents/{document_id}",
    responses=BAD,
    summary="A document with the places of its figures",
)
def document(request: Request, situation_id: str, document_id: str, served: Served) -> Response:
    """The text and, for each entry read from it, where its quote stands."""
    served.situation(situation_id)
    book = _book(served)
    with _or_missing():
        found = book.document(document_id)
    marks = []
    for entry in book.entries(situation_id):
        view = entry.view()
        if entry.document != found.id or view is None or not view.record.quote:
            continue
        start = found.text.find(view.record.quote)
        if start >= 0:
            end = start + len(view.record.quote)
            marks.append({"entry": entry.id, "start": start, "end": end})
    content = {
        "id": found.id,
        "url": found.url,
        "publisher": found.publisher,
        "published": None if found.published is None else found.published.isoformat(),
        "text": found.text,
        "marks": sorted(marks, key=lambda mark: (mark["start"], mark["end"])),
    }
    return stated(request, content, "no-store")


def _book(served: State) -> Ledger:
    if served.book is None or served.settings.profile != "internal":
        raise AnswerError(404, "ledger: this server shows none")
    return served.book


@contextlib.contextmanager
def _or_missing() -> Iterator[None]:
    """What the ledger does not have is not here."""
    try:
        yield
    except InputError as error:
        raise AnswerError(404, str(error)) from error


def _standing(entry: Entry) -> str:
    view = entry.view()
    return "" if view is None else view.standing


def _text(book: Ledger, document_id: str) -> str:
    return book.document(document_id).text if document_id else ""


def _row(entry: Entry, text: str, known: Situation) -> dict[str, Any]:
    view = entry.view()
    assert view is not None  # proposed entries have one
    record = view.record
    said = passage(text, record.quote)
    row: dict[str, Any] = {
        "id": entry.id,
        "kind": entry.kind,
        "document": entry.document,
        "reader": entry.reader,
        "before": said.before,
        "quote": said.quote,
        "after": said.after,
        "speakers": words.speakers(record),
        "via": record.via,
        "publisher": record.publisher,
        "url": record.url if record.url.startswith(("https://", "http://")) else "",
        "record": record.model_dump(mode="json"),
    }
    if isinstance(record, Claim):
        names = {place.id: place.name for place in known.places}
        row["figure"] = words.figure(record)
        row["quantity"] = words.quantity(record)
        row["place_name"] = names.get(record.place, record.place)
        when = record.as_of
        row["as_of"] = None if when is None else when.astimezone(known.zone).isoformat()
    return row
