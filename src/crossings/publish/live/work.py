"""What jobs do, in processes of their own: functions with plain arguments and plain results."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from crossings.exchange.kept import Kept, last_kept
from crossings.exchange.what_if_files import BRANCHES, what_if_json
from crossings.forecast.issue import forecast
from crossings.forecast.what_if import Change, what_if
from crossings.publish.intake import with_ledger
from crossings.publish.page import situation_page
from crossings.publish.told import told
from crossings.situation.catalogue import load
from crossings.situation.records import ALL, Situation


def make_forecast(asked: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    """Issue a forecast and keep it; the result names it.

    ``asked`` holds ``source`` (a bundled name or a folder), ``store``, ``as_of``, ``horizon``,
    ``members``, ``seed``, ``database`` (the ledger's address, or None) and ``reasons``: whether to
    say what moved it since the last kept forecast.
    """
    situation, store = _situation(asked), Kept(asked["store"])
    explain = asked["reasons"]
    outlook = forecast(
        situation,
        asked["as_of"],
        asked["horizon"],
        asked["members"],
        asked["seed"],
        explain=explain,
        since=last_kept(situation, asked["as_of"], store) if explain else None,
        progress=progress,
    )
    page = situation_page(outlook, situation.as_of(outlook.issued_at), situation)
    kept = store.add(outlook, situation, page)
    return {"situation": outlook.situation, "forecast": kept}


def make_what_if(asked: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    """Compare the members of a forecast with themselves under an intervention.

    ``asked`` holds what :func:`make_forecast` takes, but for reasons, and the interventions of
    :func:`crossings.forecast.what_if.what_if`; the result is what the page draws.
    """
    change = what_if(
        _situation(asked),
        asked["as_of"],
        asked["horizon"],
        asked["members"],
        asked["seed"],
        close=asked["close"],
        open=asked["open"],
        capacity=asked["capacity"],
        ceasefire=asked["ceasefire"],
        attack=asked["attack"],
        population=asked["population"],
        at=asked["at"],
        progress=progress,
    )
    zone = ZoneInfo(change.time_zone)
    content: dict[str, Any] = json.loads(what_if_json(change))
    last = {time.astimezone(zone).date(): i for i, time in enumerate(change.times)}
    content["notes"] = [told(note) for note in change.notes]
    content["days"] = [
        {
            "time": change.times[i].astimezone(zone).isoformat(),
            "targets": {
                target: {branch: _range(change, branch, target, i) for branch in BRANCHES}
                for target in change.targets
            },
        }
        for i in sorted(last.values())
    ]
    return content


def _range(change: Change, branch: str, target: str, i: int) -> list[float]:
    """5 %, median and 95 % of all places together at one time."""
    values = change.quantiles(branch, target, ALL, (0.05, 0.5, 0.95))[i]
    return [round(float(value), 1) for value in values]


def _situation(asked: dict[str, Any]) -> Situation:
    situation = load(asked["source"])
    if asked["database"] is None:
        return situation
    return with_ledger(situation, asked["database"], asked["as_of"], False)
