"""A forecast as a small forecast hub (hubverse, schema v6.0.0): configuration and model output.

Hubs know dates, not hours: of each day after the issue date the last forecast time is given, as the
central quantiles at the 23 levels and as samples, where the same sample number is one joint draw
over targets, places and days. Horizons are days after the reference date (the day of issue in the
situation's zone).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from crossings.exchange.forecast_csv import guarded
from crossings.forecast.outlook import QUANTILE_LEVELS, Outlook
from crossings.forecast.summary import day_ends
from crossings.whole import json_file

MODEL = "crossings-outlook"
"""Team and model; hubs allow letters, digits and ``_`` in each of the two."""

SAMPLES = 100
"""Joint draws that are given, spread evenly over the members."""

COLUMNS = (
    "reference_date",
    "target",
    "horizon",
    "location",
    "target_end_date",
    "output_type",
    "output_type_id",
    "value",
)
_SCHEMA = "https://raw.githubusercontent.com/hubverse-org/schemas/main/v6.0.0"


def forecast_hub(outlook: Outlook) -> dict[str, bytes]:
    """The files of the hub by their path in it.

    Raises:
        ValueError: the horizon ends on the day of issue, so that there is no day to forecast.
    """
    zone = ZoneInfo(outlook.time_zone)
    reference = outlook.issued_at.astimezone(zone).date()
    days = _days(outlook, zone, reference)
    if not days:
        raise ValueError("the forecast ends on its day of issue: a hub has no place for hours")
    name = f"{reference.isoformat()}-{MODEL}"
    output = _model_output(outlook, reference, days)
    return {
        f"model-output/{MODEL}/{name}.csv": output.encode(),
        "hub-config/admin.json": json_file(_admin(outlook)),
        "hub-config/tasks.json": json_file(_tasks(outlook, reference, days)),
        "hub-config/model-metadata-schema.json": json_file(_metadata_schema()),
        f"model-metadata/{MODEL}.yml": _metadata(outlook).encode(),
    }


def _days(outlook: Outlook, zone: ZoneInfo, reference: dt.date) -> dict[int, int]:
    """Position of the forecast time that closes each day after the reference date, by horizon."""
    found = {}
    for i in day_ends(outlook):
        closed = (outlook.times[i].astimezone(zone) - dt.timedelta(seconds=1)).date()
        if closed > reference:
            found[(closed - reference).days] = i
    return found


def _model_output(outlook: Outlook, reference: dt.date, days: dict[int, int]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    picked = np.unique(np.linspace(0, outlook.members - 1, min(SAMPLES, outlook.members)).round())
    members = picked.astype(np.int64)
    for target in outlook.targets:
        for place in outlook.places:
            draws = outlook.samples(target, place)
            table = np.rint(outlook.quantiles(target, place)).astype(np.int64)
            for horizon, i in days.items():
                end = (reference + dt.timedelta(days=horizon)).isoformat()
                task = (reference.isoformat(), guarded(target), horizon, guarded(place), end)
                for level, value in zip(QUANTILE_LEVELS, table[i].tolist(), strict=True):
                    writer.writerow((*task, "quantile", f"{level:g}", value))
                for number, value in enumerate(draws[members, i].tolist()):
                    writer.writerow((*task, "sample", number, value))
    return out.getvalue()


def _admin(outlook: Outlook) -> dict[str, Any]:
    # The schema does not take "UTC" for a zone.
    zone = "Etc/UTC" if outlook.time_zone == "UTC" else outlook.time_zone
    return {
        "schema_version": f"{_SCHEMA}/admin-schema.json",
        "name": outlook.title,
        "maintainer": "crossings",
        "contact": {"name": "whoever issued the forecast", "email": "unknown@example.org"},
        "repository": {"host": "none", "owner": "none", "name": outlook.situation},
        "file_format": ["csv"],
        "timezone": zone,
        "model_output_dir": "model-output",
    }


def _tasks(outlook: Outlook, reference: dt.date, days: dict[int, int]) -> dict[str, Any]:
    ends = [(reference + dt.timedelta(days=h)).isoformat() for h in days]
    task = {
        "task_ids": {
            "reference_date": _values([reference.isoformat()]),
            "target": _values(list(outlook.targets)),
            "horizon": _values(list(days)),
            "location": _values(list(outlook.places)),
            "target_end_date": _values(ends),
        },
        "output_type": {
            "quantile": {
                "output_type_id": {"required": list(QUANTILE_LEVELS)},
                "is_required": True,
                "value": {"type": "integer", "minimum": 0},
            },
            "sample": {
                "output_type_id_params": {
                    "type": "integer",
                    "min_samples_per_task": 1,
                    "max_samples_per_task": SAMPLES,
                    "compound_taskid_set": ["reference_date"],
                },
                "is_required": False,
                "value": {"type": "integer", "minimum": 0},
            },
        },
        "target_metadata": [
            {
                "target_id": target,
                "target_name": target.replace(".", ", "),
                "target_units": "people",
                "target_keys": {"target": target},
                "target_type": "continuous",
                "is_step_ahead": True,
                "time_unit": "day",
            }
            for target in outlook.targets
        ],
    }
    return {
        "schema_version": f"{_SCHEMA}/tasks-schema.json",
        "derived_task_ids": ["target_end_date"],
        "rounds": [
            {
                "round_id_from_variable": True,
                "round_id": "reference_date",
                "model_tasks": [task],
                "submissions_due": {"relative_to": "reference_date", "start": 0, "end": 0},
            }
        ],
    }


def _values(values: list[Any]) -> dict[str, Any]:
    return {"required": None, "optional": values}


def _metadata_schema() -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Model metadata",
        "type": "object",
        "properties": {
            name: {"type": "string"}
            for name in ("team_abbr", "model_abbr", "team_name", "model_name", "methods")
        },
        "required": ["team_abbr", "model_abbr", "methods"],
    }


def _metadata(outlook: Outlook) -> str:
    team, model = MODEL.split("-")
    methods = f"component: {outlook.carried_by}; {outlook.members} members; seed {outlook.seed}"
    lines = {
        "team_abbr": team,
        "model_abbr": model,
        "team_name": "crossings",
        "model_name": "crossings outlook",
        "methods": f"{methods}; history of tier {outlook.tier}",
    }
    # A JSON string is a YAML string, whatever it holds.
    return "".join(f"{key}: {json.dumps(text)}\n" for key, text in lines.items())
