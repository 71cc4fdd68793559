"""A server's application over the small made-up situation, with two kept forecasts."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from crossings.exchange.kept import Kept
from crossings.publish.live.settings import Settings
from tests.outlooks import ISSUED, outlook, situation

TOKEN = "a-token-for-the-tests"
HOME = "http://127.0.0.1"
"""The name under which a server on this machine is reached."""

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def settings(store: Path, **changed: Any) -> Settings:
    """Settings over the small situation; two forecasts are kept, the newer from more members."""
    known = situation()
    kept = Kept(store)
    if not kept.all(known.id):
        kept.add(outlook(members=200), known)
        later = dataclasses.replace(outlook(), issued_at=ISSUED + dt.timedelta(hours=1))
        kept.add(later, known)
    base: dict[str, Any] = {
        "situations": {known.id: known},
        "sources": {known.id: "nowhere"},
        "store": store,
        "token": TOKEN,
    }
    return Settings(**(base | changed))
