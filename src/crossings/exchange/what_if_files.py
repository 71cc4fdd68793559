"""``what-if.csv`` and ``what-if.json``: a scenario under the model, beside the same members as is.

The table has the columns of ``forecast.csv`` with ``branch`` in front: ``as_is``, ``scenario`` or
``difference``, whose quantiles are those of the paired differences (they are not differences of
quantiles). Values are people, but hours for ``queue.hours``.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crossings.exchange.forecast_csv import guarded
from crossings.forecast.outlook import QUANTILE_LEVELS
from crossings.forecast.what_if import LABEL, QUEUE_HOURS, Change
from crossings.whole import write_files

FORMAT = "crossings what-if 1"
BRANCHES = ("as_is", "scenario", "difference")
COLUMNS = ("branch", "issued_at", "target", "place", "time", "output_type", "output_type_id")


def what_if_csv(change: Change) -> str:
    """The table as text, rows in the order of branch, target, place, time and level."""
    zone = ZoneInfo(change.time_zone)
    issued = change.issued_at.astimezone(zone).isoformat()
    times = [time.astimezone(zone).isoformat() for time in change.times]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, "value"))
    for branch in BRANCHES:
        for target in change.targets:
            digits = 1 if target == QUEUE_HOURS else None
            for place in change.places:
                table = change.quantiles(branch, target, place, QUANTILE_LEVELS)
                names = (branch, issued, guarded(target), guarded(place))
                for time, values in zip(times, table, strict=True):
                    writer.writerows(
                        (*names, time, "quantile", f"{level:g}", round(float(value), digits))
                        for level, value in zip(QUANTILE_LEVELS, values, strict=True)
                    )
    return out.getvalue()


def what_if_json(change: Change) -> str:
    """What the scenario is and what it changes at the end of the horizon."""
    zone = ZoneInfo(change.time_zone)
    content: dict[str, Any] = {
        "format": FORMAT,
        "label": LABEL,
        "profile": "internal",
        "hostile": change.hostile,
        "situation": change.situation,
        "title": change.title,
        "issued_at": change.issued_at.astimezone(zone).isoformat(),
        "scenario": change.words,
        "at": change.at.astimezone(zone).isoformat(),
        "interventions": [
            {"kind": one.kind, "place": one.place, "value": one.value}
            for one in change.interventions
        ],
        "end": change.times[-1].astimezone(zone).isoformat(),
        "at_the_end": {
            target: {
                place: {branch: _range(change, branch, target, place) for branch in BRANCHES}
                for place in change.places
            }
            for target in change.targets
        },
        "members": int(change.as_is.sizes["member"]),
        "seed": change.seed,
        "notes": list(change.notes),
    }
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _range(change: Change, branch: str, target: str, place: str) -> dict[str, float]:
    low, median, high = change.quantiles(branch, target, place, (0.05, 0.5, 0.95))[-1]
    return {"low90": round(low, 1), "median": round(median, 1), "high90": round(high, 1)}


def write_what_if(change: Change, folder: Path | str) -> Path:
    """Write both files into a folder.

    Raises:
        OutputError: the folder cannot be written.
    """
    files = {"what-if.csv": what_if_csv(change), "what-if.json": what_if_json(change)}
    return write_files(folder, {name: text.encode("utf-8") for name, text in files.items()})
