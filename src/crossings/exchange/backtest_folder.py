"""The folder of a backtest: truth, forecasts in the form of a hub, scores.

For each situation a folder of its name with ``truth.csv`` (location, date, value: the published
figures), ``model-output/crossings-pool/`` with one file an issue day, ``scores.json``,
``details.json`` (calibration, parts of the pool, worst misses) and ``backtest.json`` with what it
was made from. The files of a situation appear together; a second run
with the same inputs and code takes what is there, so that a backtest that was stopped goes on.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from crossings import __version__
from crossings.errors import InputError
from crossings.exchange.forecast_csv import guarded
from crossings.forecast.outlook import QUANTILE_LEVELS
from crossings.forecast.series.history import day_of
from crossings.forecast.series.library import bundled_crises
from crossings.forecast.series.replay import Issue
from crossings.situation.hashes import input_hashes
from crossings.situation.records import Situation
from crossings.verify.backtest import MODEL, Backtest, Plan, Task, run_tasks, tasks_of
from crossings.whole import json_file, write_file, write_files

FORMAT = "crossings-backtest/2"
TEAM = "crossings"
COLUMNS = (
    "reference_date",
    "location",
    "horizon",
    "target_end_date",
    "output_type",
    "output_type_id",
    "value",
)


def run_backtest(
    situations: Sequence[Situation],
    folder: Path | str,
    plan: Plan | None = None,
    learn_from: Sequence[Situation] = (),
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
    scheduler: str | None = None,
) -> dict[str, Any]:
    """Backtest situations into a folder; situations that are there already are taken as they are.

    Returns:
        by situation the content of its ``scores.json``, and under ``details`` of ``details.json``.

    Raises:
        InputError: see :func:`crossings.verify.backtest.backtest`.
        OutputError: the folder cannot be written.
    """
    plan = plan or Plan()
    tasks = list(tasks_of(situations, learn_from))
    made_from = {task.situation.id: _made_from(task, plan) for task in tasks}
    folders = {name: Path(folder) / _folder_name(name) for name in made_from}
    left = [t for t in tasks if not _is_done(folders[t.situation.id], made_from[t.situation.id])]
    count = len(tasks) - len(left)

    def within(share: float) -> None:
        if progress is not None:
            progress((count + share) / len(tasks))

    for result in run_tasks(left, plan, workers, within, scheduler) if left else ():
        files = backtest_files(result, made_from[result.situation])
        write_files(folders[result.situation], files)
        count += 1
        within(0.0)
    scores = {name: _read(path / "scores.json") for name, path in folders.items()}
    write_file(Path(folder) / "scores.json", json_file(scores))
    return {
        name: scores[name] | {"details": _read(path / "details.json")}
        for name, path in folders.items()
    }


def _read(path: Path) -> Any:
    """The content of a file of a backtest folder.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: not readable ({error}); remove its folder, and it is made again"
        ) from error


def backtest_files(result: Backtest, made_from: dict[str, Any]) -> dict[str, bytes]:
    """The files of one situation by their path in its folder."""
    model = f"{TEAM}-{MODEL}"
    files = {
        f"model-output/{model}/{day_of(issue.day)}-{model}.csv": _model_output(issue).encode()
        for issue in result.issues
    }
    return {
        "truth.csv": _truth(result).encode(),
        "scores.json": json_file(_described(result)),
        "details.json": json_file(result.details),
        "backtest.json": json_file(made_from),
        **files,
    }


def _described(result: Backtest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "situation": result.situation,
        "title": result.title,
        "tier": result.tier,
        "target": result.target,
        "learnt_from": list(result.learnt_from),
        "left_out": list(result.left_out),
        **result.scores,
    }


def _truth(result: Backtest) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("location", "date", "value"))
    for place, (days, people) in result.truth.items():
        for day, value in zip(days.tolist(), people.tolist(), strict=True):
            writer.writerow((guarded(place), day_of(day).isoformat(), f"{value:.10g}"))
    return out.getvalue()


def _model_output(issue: Issue) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    reference = day_of(issue.day).isoformat()
    levels = [f"{level:g}" for level in QUANTILE_LEVELS]
    whole = np.rint(issue.quantiles).astype(np.int64).tolist()
    for (place, horizon), values in zip(issue.cells, whole, strict=True):
        end = day_of(issue.day + horizon).isoformat()
        task = (reference, guarded(place), horizon, end, "quantile")
        writer.writerows((*task, level, v) for level, v in zip(levels, values, strict=True))
    return out.getvalue()


def _made_from(task: Task, plan: Plan) -> dict[str, Any]:
    """What the result depends on: rows, plan, past crises and version."""
    crises = (*bundled_crises(), *task.learn_from)
    return {
        "format": FORMAT,
        "version": __version__,
        "inputs": input_hashes(task.situation),
        "plan": {
            "every": plan.every,
            "days": [day.isoformat() for day in plan.days],
            "horizons": list(plan.horizons),
        },
        "past_crises": {
            one.name: hashlib.sha256(
                b"".join(
                    np.ascontiguousarray(getattr(one.rows, f.name)).tobytes()
                    for f in dataclasses.fields(one.rows)
                )
            ).hexdigest()
            for one in crises
        },
    }


def _is_done(folder: Path, made_from: dict[str, Any]) -> bool:
    """Whether the folder holds the result of just this."""
    try:
        there = json.loads((folder / "backtest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(there == made_from)


def _folder_name(situation: str) -> str:
    """A situation's id as the name of a folder.

    Raises:
        InputError: it would lead out of the folder.
    """
    if "/" in situation or "\\" in situation or situation.startswith("."):
        raise InputError(f"situation: found the id {situation!r}, expected one without / and .")
    return situation
