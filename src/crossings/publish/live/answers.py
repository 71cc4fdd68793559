"""The forms of answers: JSON with an ETag, pages of a list, problem details (RFC 9457)."""

from __future__ import annotations

import functools
import gzip
import hashlib
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from crossings.publish.markup import json_bytes

PROBLEM = "application/problem+json"

SMALL = 1000
"""Bodies up to this many bytes are sent as they are."""

MOST_HELD = 1_000_000
"""Bodies from this many bytes on are prepared anew each time."""


class Problem(BaseModel):
    """What went wrong, in the form of RFC 9457."""

    type: str = Field("about:blank", description="A URI that names the kind of problem.")
    title: str
    status: int
    detail: str = ""


def described(when: str) -> dict[str, Any]:
    """How the API's description tells of a problem."""
    return {"description": when, "content": {PROBLEM: {"schema": Problem.model_json_schema()}}}


class AnswerError(Exception):
    """An answer that is not the one asked for: status and one plain line."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem as an answer."""
    said = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail[:2000])
    return JSONResponse(said.model_dump(), status, headers=dict(headers or {}), media_type=PROBLEM)


def stated(request: Request, content: Any, cache: str = "no-cache") -> Response:
    """``content`` as JSON with an ETag; 304 without a body where the reader has it already."""
    return tagged(request, json_bytes(content), "application/json", cache)


def tagged(
    request: Request,
    body: bytes,
    media: str,
    cache: str = "no-cache",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """``body`` with an ETag; 304 without it where the reader has it already (RFC 9110).

    What is asked for again and again is compressed and hashed once.
    """
    tag, packed = _prepared(body) if len(body) < MOST_HELD else (_tag(body), None)
    sent = {"ETag": tag, "Cache-Control": cache, **(headers or {})}
    known = request.headers.get("if-none-match", "")
    if tag in (entry.strip().removeprefix("W/") for entry in known.split(",")):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)
    if packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        varies = ", ".join(filter(None, (sent.get("Vary"), "Accept-Encoding")))
        sent |= {"Content-Encoding": "gzip", "Vary": varies}
        return Response(packed, media_type=media, headers=sent)
    return Response(body, media_type=media, headers=sent)


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@functools.lru_cache(maxsize=128)
def _prepared(body: bytes) -> tuple[str, bytes | None]:
    """ETag and compressed form of a body; small ones are not worth compressing."""
    return _tag(body), gzip.compress(body, 9, mtime=0) if len(body) > SMALL else None


def page_of(rows: Sequence[Any], page: int, per_page: int) -> dict[str, Any]:
    """One page of a list, counted from 1; an empty one beyond the end."""
    start = (page - 1) * per_page
    return {
        "total": len(rows),
        "page": page,
        "pages": -(-len(rows) // per_page),
        "items": list(rows[start : start + per_page]),
    }
