"""Who may do what, how large a request may be, and what a browser may do with an answer."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crossings.publish.live.answers import problem
from crossings.publish.live.settings import Settings, is_loopback

READS = frozenset({"GET", "HEAD", "OPTIONS"})


def policy(scripts: str = "", ancestors: str = "'none'") -> str:
    """The content security policy: this origin only, and the inline scripts of these hashes."""
    allowed = f"'self' {scripts}".strip()
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {ancestors}"
    )


HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Bounded:
    """Refuse request bodies above a size, whether they say their length or not."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in and stop at the limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        stated = dict(scope["headers"]).get(b"content-length", b"0")
        if not stated.isdigit() or int(stated) > self.limit:
            await self._refuse(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            # Whoever reads the body is told that no more of it comes.
            return message if taken <= self.limit else {"type": "http.disconnect"}

        async def unless_too_much(message: Message) -> None:
            if taken <= self.limit:
                await send(message)

        try:
            await self.app(scope, counted, unless_too_much)
        except ClientDisconnect:
            if taken <= self.limit:
                raise
        if taken > self.limit:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = problem(413, f"body: expected at most {self.limit:,} bytes")
        await said(scope, receive, send)


class Guarded:
    """Ask for the token where it is needed, and set the security headers on every answer.

    A server on this machine answers under this machine's own names only: a foreign page must not
    reach it under a name of its own.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.wanted = settings.token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer 401."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if self.settings.local and not _own_name(Headers(scope=scope).get("host", "")):
            said = problem(400, "host: this server answers to localhost and 127.0.0.1 only")
            await said(scope, receive, with_headers)
            return
        writes = scope["method"] not in READS
        inside = scope["path"].startswith("/api/") and scope["path"] != "/api/health"
        asked = writes or (inside and not self.settings.local)
        if asked and not self._allowed(scope):
            said = problem(
                401,
                "token: expected the header 'Authorization: Bearer TOKEN'",
                {"WWW-Authenticate": "Bearer"},
            )
            await said(scope, receive, with_headers)
            return
        await self.app(scope, receive, with_headers)

    def _allowed(self, scope: Scope) -> bool:
        stated = Headers(scope=scope).get("authorization", "")
        scheme, _, given = stated.partition(" ")
        right = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self.wanted)
        return scheme.lower() == "bearer" and right


def _own_name(host: str) -> bool:
    """Whether a ``Host`` names this machine, whatever the port."""
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
