"""Backtests: forecast past issue days again, each from what was known then, and score them.

Each situation is forecast by the statistical component with nothing learnt from itself: of several
situations each learns from the others (leave one crisis out), besides the past crises that come
with the package. The same bits come out whatever the number of workers.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import multiprocessing
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from crossings.errors import InputError
from crossings.forecast.series.component import Statistical, statistical, to_learn_from
from crossings.forecast.series.history import day_number
from crossings.forecast.series.library import Chosen, PastCrisis
from crossings.forecast.series.replay import Issue
from crossings.situation.records import Situation
from crossings.verify.cell_scores import CellScores, Key, Truth, score_cells, scores_of
from crossings.verify.cluster import on_cluster
from crossings.verify.details import details_of

F8 = npt.NDArray[np.float64]

HORIZONS = (7, 14, 30)
EVERY = 7
LONGEST_HORIZON = 180
MODEL = "pool"

_DAYS = re.compile(r"\s*(\d{1,4})\s*d?\s*", re.ASCII)


@dataclasses.dataclass(frozen=True)
class Plan:
    """What to forecast again: every so many days or on ``days``, and how many days ahead."""

    every: int = EVERY
    days: tuple[dt.date, ...] = ()
    horizons: tuple[int, ...] = HORIZONS

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.every < 1:
            raise InputError(f"every: found {self.every} d, expected 1 or more")
        bad = [h for h in self.horizons if not 1 <= h <= LONGEST_HORIZON]
        if bad or not self.horizons:
            raise InputError(
                f"horizons: found {list(self.horizons)}, expected days from 1 to {LONGEST_HORIZON}"
            )


@dataclasses.dataclass(frozen=True)
class Backtest:
    """The forecasts of one situation with what came.

    ``issues`` are in the order of the days, ``truth`` holds the published figures by place,
    ``learnt_from`` and ``left_out`` name past crises, ``scores`` is what ``scores.json`` holds and
    ``details`` what ``details.json`` does (:mod:`crossings.verify.details`).
    """

    situation: str
    title: str
    tier: str
    target: str
    truth: dict[str, Figures]
    issues: tuple[Issue, ...]
    learnt_from: tuple[str, ...]
    left_out: tuple[str, ...]
    scores: dict[str, object]
    details: dict[str, object]


Figures = tuple[npt.NDArray[np.int64], F8]
"""Days since 1970-01-01, and people, shape (figure,)."""


def backtest(
    situations: Sequence[Situation],
    plan: Plan | None = None,
    learn_from: Sequence[Situation] = (),
    workers: int = 1,
    done: Callable[[Backtest], None] | None = None,
    scheduler: str | None = None,
) -> list[Backtest]:
    """Backtest situations, in their order.

    Args:
        situations: each is forecast with what the others and ``learn_from`` teach.
        plan: issue days and horizons; the default is the published score's.
        learn_from: the user's own library of past crises.
        workers: processes over situations; where there are more than situations, each has
            threads over its issue times. The result does not depend on it.
        done: told of each backtest when it is finished, in the order of the situations.
        scheduler: address of a Dask scheduler whose workers do it, or ``local`` for a cluster of
            ``workers`` processes on this machine; None for plain processes.

    Raises:
        InputError: a situation has no series that can be backtested, two have the same id, or the
            scheduler does not answer.
    """
    plan = plan or Plan()
    tasks = list(tasks_of(situations, learn_from))
    results = []
    for result in run_tasks(tasks, plan, workers, scheduler=scheduler):
        if done is not None:
            done(result)
        results.append(result)
    return results


@dataclasses.dataclass(frozen=True)
class Task:
    """One situation to be backtested, and the past crises of others that may teach it.

    With ``in_time`` it is forecast a second time by those alone that had ended before.
    """

    situation: Situation
    learn_from: tuple[PastCrisis, ...]
    in_time: bool = False


def tasks_of(situations: Sequence[Situation], learn_from: Sequence[Situation]) -> Iterator[Task]:
    """One task a situation: it learns from the library and from the other situations."""
    ids = [one.id for one in situations]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise InputError(f"backtest: found situation {twice[0]!r} twice, expected it once")
    library = tuple(to_learn_from(one) for one in learn_from)
    taught = {one.id: _lesson(one) for one in situations} if len(situations) > 1 else {}
    for one in situations:
        others = (lesson for name, lesson in taught.items() if name != one.id)
        taught_by = (*library, *(lesson for lesson in others if lesson is not None))
        yield Task(one, taught_by, in_time=len(situations) > 1)


def _lesson(situation: Situation) -> PastCrisis | None:
    try:
        return to_learn_from(situation)
    except InputError:
        return None  # too short to teach, which says nothing against forecasting it


def run_tasks(
    tasks: Sequence[Task],
    plan: Plan,
    workers: int,
    progress: Callable[[float], None] | None = None,
    scheduler: str | None = None,
) -> Iterator[Backtest]:
    """The backtests in the order of the tasks, in ``workers`` processes or on a Dask cluster.

    Args:
        tasks: what is to be done.
        plan: issue days and horizons.
        workers: processes, and threads within them: see :func:`backtest`.
        progress: told the share that is done of one task, where it is done in this process.
        scheduler: see :func:`backtest`.
    """
    if workers < 1:
        raise InputError(f"workers: found {workers}, expected 1 or more")
    if scheduler is not None:
        yield from on_cluster(backtest_one, tasks, plan, scheduler, workers)
        return
    if workers == 1 or len(tasks) == 1:
        for task in tasks:
            yield backtest_one(task, plan, workers, progress)
        return
    context = multiprocessing.get_context("spawn")
    each = -(-workers // len(tasks))
    with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=context) as pool:
        yield from pool.map(backtest_one, tasks, [plan] * len(tasks), [each] * len(tasks))


def backtest_one(
    task: Task,
    plan: Plan,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Backtest:
    """Backtest one situation.

    Raises:
        InputError: it has no series, or none that is long enough.
    """
    component = statistical(task.situation, learn_from=task.learn_from)
    days = list(plan.days) or component.issue_days(plan.every)
    issues = _issues(component, days, plan, workers, progress)
    if not issues:
        raise InputError(
            f"backtest: situation {task.situation.id!r}: found no series of the target "
            f"{component.target or 'none'} with two figures by an issue day, expected one that "
            f"goes on for more than 30 days"
        )
    truth = truth_of(component)
    cells = score_cells(truth, forecasts_of(issues))
    details = details_of(component, cells, issues)
    if task.in_time:
        details["in_time"] = _in_time(component, days, plan, workers, truth)
    return Backtest(
        task.situation.id,
        task.situation.title,
        task.situation.tier,
        component.target,
        {place: (known.days, known.people) for place, known in truth.items()},
        issues,
        component.learnt.names,
        component.learnt.left_out,
        _described(cells),
        details,
    )


def _issues(
    component: Statistical,
    days: Sequence[dt.date],
    plan: Plan,
    workers: int,
    progress: Callable[[float], None] | None = None,
) -> tuple[Issue, ...]:
    found = []
    for issue in component.issues(days, plan.horizons, workers) if days else ():
        found.append(issue)
        if progress is not None:
            progress(min(1.0, len(found) / len(days)))
    return tuple(found)


def _in_time(
    component: Statistical, days: Sequence[dt.date], plan: Plan, workers: int, truth: Truth
) -> dict[str, object]:
    """The scores with what was learnt from crises alone that had ended by the first issue day.

    Leaving out the crisis itself still lets later ones teach earlier ones. This does not: it is
    what somebody could have learnt then.
    """
    ended = tuple(c for c in component.learnt.crises if c.marks.last < day_number(min(days)))
    names: dict[str, object] = {"learnt_from": [c.name for c in ended]}
    if not ended:
        return names
    others = tuple(c.name for c in component.learnt.crises if c not in ended)
    then = dataclasses.replace(
        component, learnt=Chosen(ended, (*component.learnt.left_out, *others))
    )
    return names | scored(truth, forecasts_of(_issues(then, days, plan, workers)))


def truth_of(component: Statistical) -> Truth:
    """The figures as they were known in the end: the newest revision of each."""
    end = max(int(one.public.max()) for one in component.series.values())
    return {place: one.known(end) for place, one in component.series.items()}


def forecasts_of(issues: Sequence[Issue]) -> dict[Key, F8]:
    """The quantiles by cell, in whole people as they are written."""
    return {
        (issue.day, place, horizon): np.rint(issue.quantiles[i])
        for issue in issues
        for i, (place, horizon) in enumerate(issue.cells)
    }


def scored(truth: Truth, forecasts: Mapping[Key, F8]) -> dict[str, object]:
    """The scores of one situation; only counts where no cell can be scored."""
    return _described(score_cells(truth, forecasts))


def _described(cells: CellScores) -> dict[str, object]:
    if not cells.keys:
        return {"n": 0, "skipped": cells.skipped, "missing": cells.missing}
    return scores_of(cells)


def plan_from(every: str, horizons: str, issue_times: Path | None = None) -> Plan:
    """A plan from texts: ``7d``; ``7d,14d,30d``; a file with one ISO date a line.

    Raises:
        InputError: one of them is not of this form, or the file cannot be read.
    """
    days: tuple[dt.date, ...] = ()
    if issue_times is not None:
        try:
            text = issue_times.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{issue_times}: not readable as a list of dates ({error})") from error
        days = issue_dates(text, str(issue_times))
    ahead = tuple(sorted({_days("horizons", part) for part in horizons.split(",")}))
    return Plan(_days("every", every), days, ahead)


def _days(name: str, text: str) -> int:
    match = _DAYS.fullmatch(text)
    if match is None:
        raise InputError(f"{name}: found {text!r}, expected days such as 7d")
    return int(match[1])


def issue_dates(text: str, name: str) -> tuple[dt.date, ...]:
    """Issue days from a text with one ISO date a line; empty lines and ``#`` are passed over.

    Raises:
        InputError: a line is no date, or there is none.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.partition("#")[0].strip()
        if plain:
            try:
                found.append(dt.date.fromisoformat(plain))
            except ValueError as error:
                raise InputError(
                    f"{name}: line {number}: found {plain!r}, expected a date such as 2015-06-01"
                ) from error
    if not found:
        raise InputError(f"{name}: found no date, expected one a line")
    return tuple(sorted(set(found)))
