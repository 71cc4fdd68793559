"""``/``: the page itself and its files, each from the package, none from elsewhere."""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from crossings.publish.live import web
from crossings.publish.live.answers import AnswerError, tagged
from crossings.publish.live.first_view import Asked, document
from crossings.publish.live.guard import policy
from crossings.publish.live.situations import Served
from crossings.publish.live.spoken import language_for

router = APIRouter(include_in_schema=False)

MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
}

FOR_GOOD = "public, max-age=31536000, immutable"
"""How long a file under an address that names its content may be kept: a year."""


@functools.cache
def _script() -> str:
    """The one script inside the document, its import map, as the policy names it."""
    digest = hashlib.sha256(web.import_map().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@router.get("/")
@router.get("/embed")
def page(
    request: Request,
    served: Served,
    s: Annotated[str, Query(max_length=200)] = "",
    f: Annotated[str, Query(max_length=100)] = "",
    lang: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The page for a situation and a forecast; ``/embed`` may stand in a frame of another page."""
    embedded = request.url.path == "/embed"
    sent = {
        "Content-Security-Policy": policy(_script(), "*" if embedded else "'none'"),
        "Vary": "Accept-Language",
    }
    language = language_for(lang, request.headers.get("accept-language", ""))
    found = document(served, Asked(s, f, embedded), language)
    return tagged(request, found.encode("utf-8", "replace"), MEDIA[".html"], headers=sent)


@router.get("/web/{path:path}")
def asset(request: Request, path: str, v: Annotated[str, Query(max_length=64)] = "") -> Response:
    """One of the page's files; kept for good where the address names its content."""
    media = MEDIA.get(PurePosixPath(path).suffix)
    found = None if media is None else web.read(path)
    if found is None or media is None:
        raise AnswerError(404, "There is no such file.")
    return tagged(request, found, media, FOR_GOOD if v == web.stamp(path) else "no-cache")


@router.get("/api/health")
def health() -> dict[str, str]:
    """Whether the server answers."""
    return {"status": "ok"}
