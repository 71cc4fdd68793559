"""What jobs do, in processes of their own: functions with plain arguments and plain results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crossings.exchange.kept import Kept
from crossings.forecast.issue import forecast
from crossings.publish.intake import with_ledger
from crossings.publish.page import situation_page
from crossings.situation.catalogue import load


def make_forecast(asked: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    """Issue a forecast and keep it; the result names it.

    ``asked`` holds ``source`` (a bundled name or a folder), ``store``, ``as_of``, ``horizon``,
    ``members``, ``seed`` and ``database`` (the ledger's address, or None).
    """
    situation = load(asked["source"])
    if asked["database"] is not None:
        situation = with_ledger(situation, asked["database"], asked["as_of"], False)
    outlook = forecast(
        situation,
        asked["as_of"],
        asked["horizon"],
        asked["members"],
        asked["seed"],
        progress=progress,
    )
    page = situation_page(outlook, situation.as_of(outlook.issued_at), situation)
    kept = Kept(asked["store"]).add(outlook, situation, page)
    return {"situation": outlook.situation, "forecast": kept}
