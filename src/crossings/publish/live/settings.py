"""What a server is given when it starts, and its bounds."""

from __future__ import annotations

import dataclasses
import ipaddress
import secrets
from collections.abc import Mapping
from pathlib import Path

from crossings.errors import InputError
from crossings.situation.records import Situation

LOOPBACK_NAMES = frozenset({"localhost"})
SHORTEST_TOKEN = 16


@dataclasses.dataclass(frozen=True)
class Settings:
    """A server's situations, store and bounds.

    ``sources`` says what each situation is loaded from: a bundled name or a folder.
    ``token`` is asked of everything that writes and, unless ``host`` is this machine itself, of
    everything else too. ``store`` is the folder of kept forecasts, ``database`` the ledger whose
    accepted claims enter, if there is one. Bounds: ``max_body`` bytes of a
    request, ``max_queue`` jobs waiting, ``job_seconds`` for one job, ``max_members`` of a forecast
    asked for through the page.
    """

    situations: Mapping[str, Situation]
    sources: Mapping[str, str]
    store: Path
    token: str
    host: str = "127.0.0.1"
    port: int = 8000
    profile: str = "internal"
    database: str | None = None
    max_body: int = 1_000_000
    max_queue: int = 8
    job_seconds: float = 600.0
    max_members: int = 4000

    def __post_init__(self) -> None:
        """Refuse settings that a server must not start with.

        Raises:
            InputError: no situation, a token that can be guessed, an unknown profile.
        """
        if not self.situations:
            raise InputError("serve: found no situation, expected at least one")
        if len(self.token) < SHORTEST_TOKEN:
            raise InputError(
                f"token: found {len(self.token)} characters, expected at least {SHORTEST_TOKEN}"
            )
        if self.profile not in ("internal", "public"):
            raise InputError(f"profile: found {self.profile!r}, expected 'internal' or 'public'")

    @property
    def local(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine itself."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def new_token() -> str:
    """A token that cannot be guessed."""
    return secrets.token_urlsafe(24)
