"""A server's application over the small made-up situation, with two kept forecasts."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from crossings.exchange.kept import Kept
from crossings.forecast.reasons import Reason, Reasons
from crossings.publish.live.settings import Settings
from tests.outlooks import ISSUED, outlook, situation

TOKEN = "a-token-for-the-tests"
HOME = "http://127.0.0.1"
"""The name under which a server on this machine is reached."""

BEARER = {"Authorization": f"Bearer {TOKEN}"}


MOVED = Reasons(
    ISSUED - dt.timedelta(days=1),
    31_000.0,
    62_000.0,
    0.01,
    (
        Reason("claims", ("a-6650", "a-2906"), 40_000.0, 62_000.0, True, "6,650 people arrived"),
        Reason("event", ("op",), 63_000.0, 62_000.0, False, "military operation"),
    ),
    2,
)
"""What moved the newer of the two forecasts."""


def settings(store: Path, **changed: Any) -> Settings:
    """Settings over the small situation; two forecasts are kept, the newer from more members."""
    known = situation()
    kept = Kept(store)
    if not kept.all(known.id):
        kept.add(outlook(members=200), known)
        newer = outlook()
        told = newer.diagnostics | {"reasons": MOVED.as_dict()}
        issued_at = ISSUED + dt.timedelta(hours=1)
        kept.add(dataclasses.replace(newer, issued_at=issued_at, diagnostics=told), known)
    base: dict[str, Any] = {
        "situations": {known.id: known},
        "sources": {known.id: "nowhere"},
        "store": store,
        "token": TOKEN,
    }
    return Settings(**(base | changed))
