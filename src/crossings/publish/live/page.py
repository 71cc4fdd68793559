"""``/``: the page itself and its files, each from the package, none from elsewhere."""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import PurePosixPath

from fastapi import APIRouter, Request, Response

from crossings.publish.live import web
from crossings.publish.live.answers import AnswerError, tagged
from crossings.publish.live.guard import policy

router = APIRouter(include_in_schema=False)

MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
}


@functools.cache
def _script() -> str:
    """The one script inside the document, its import map, as the policy names it."""
    digest = hashlib.sha256(web.import_map().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@router.get("/")
@router.get("/embed")
def page(request: Request) -> Response:
    """The page; ``/embed`` is the same and may stand in a frame of another page."""
    ancestors = "*" if request.url.path == "/embed" else "'none'"
    sent = {"Content-Security-Policy": policy(_script(), ancestors)}
    return tagged(request, web.index().encode(), MEDIA[".html"], headers=sent)


@router.get("/web/{path:path}")
def asset(request: Request, path: str) -> Response:
    """One of the page's files."""
    media = MEDIA.get(PurePosixPath(path).suffix)
    found = None if media is None else web.read(path)
    if found is None or media is None:
        raise AnswerError(404, "There is no such file.")
    return tagged(request, found, media)


@router.get("/api/health")
def health() -> dict[str, str]:
    """Whether the server answers."""
    return {"status": "ok"}
