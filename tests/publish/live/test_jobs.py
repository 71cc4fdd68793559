"""Jobs run in processes of their own: they end, fail, are cancelled, and outlive no bound."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crossings.errors import InputError
from crossings.publish.live.jobs import ENDED, Job, Jobs, QueueFullError
from crossings.publish.live.work import make_what_if
from crossings.situation.folder import new_folder


def doubles(asked: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    progress(0.5)
    return {"twice": 2 * asked["number"], "path": asked["path"]}


def sleeps(asked: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    progress(0.1)
    time.sleep(600)
    return {}


def refuses(asked: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    raise InputError("horizon: found 0 d, expected more")


def breaks(asked: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    raise RuntimeError("a secret from inside")


def dies(asked: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    os._exit(9)


WORK = {"double": doubles, "sleep": sleeps, "refuse": refuses, "break": breaks, "die": dies}


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs(WORK, queue=3, seconds=300)
    yield made
    made.close()


def until(job: Job, *states: str) -> Job:
    """Wait for a state, at most two minutes: the machine may be busy."""
    for _ in range(1200):
        if job.state in states:
            return job
        time.sleep(0.1)
    raise AssertionError(job)


def test_a_job_ends_with_its_result_and_keeps_what_it_was_given_to_itself(jobs: Jobs) -> None:
    job = until(jobs.submit("double", {"number": 21}, {"path": "/secret"}), *ENDED)
    assert (job.state, job.share) == ("done", 1.0)
    assert job.result == {"twice": 42, "path": "/secret"}
    assert "given" not in job.as_dict()


def test_what_goes_wrong_is_told_without_what_is_inside(jobs: Jobs) -> None:
    refused = until(jobs.submit("refuse", {}, {}), *ENDED)
    broken = until(jobs.submit("break", {}, {}), *ENDED)
    dead = until(jobs.submit("die", {}, {}), *ENDED)
    assert {refused.state, broken.state, dead.state} == {"failed"}
    assert refused.detail == "horizon: found 0 d, expected more"
    assert broken.detail == "unexpected: RuntimeError"
    assert "ended before" in dead.detail


def test_running_and_waiting_jobs_can_be_cancelled_and_the_next_one_runs(jobs: Jobs) -> None:
    first = until(jobs.submit("sleep", {}, {}), "running")
    second = jobs.submit("sleep", {}, {})
    third = jobs.submit("double", {"number": 1}, {"path": ""})
    jobs.cancel(second.id)
    jobs.cancel(first.id)
    assert until(third, *ENDED).state == "done"
    assert (first.state, second.state) == ("cancelled", "cancelled")
    assert jobs.cancel(third.id) is third
    assert third.state == "done"


def test_the_queue_is_bounded(jobs: Jobs) -> None:
    until(jobs.submit("sleep", {}, {}), "running")
    for _ in range(3):
        jobs.submit("sleep", {}, {})
    with pytest.raises(QueueFullError):
        jobs.submit("sleep", {}, {})


def test_no_job_outlives_its_time() -> None:
    jobs = Jobs(WORK, queue=3, seconds=5)
    try:
        job = until(jobs.submit("sleep", {}, {}), *ENDED)
        assert job.state == "failed"
        assert "longest a job may take" in job.detail
    finally:
        jobs.close()


def test_a_scenario_s_result_is_what_the_page_draws(tmp_path: Path) -> None:
    new_folder(tmp_path / "mine")
    asked: dict[str, Any] = {
        "source": str(tmp_path / "mine"), "database": None, "as_of": "2030-05-03",
        "horizon": "2d", "members": 100, "seed": 1, "close": ["all"], "open": [],
        "capacity": {}, "ceasefire": False, "attack": False, "population": None, "at": None,
    }  # fmt: skip
    shares: list[float] = []
    found = make_what_if(asked, shares.append)
    assert json.loads(json.dumps(found)) == found
    assert [len(day["targets"]["arrived.cumulative"]["difference"]) for day in found["days"]]
    last = found["days"][-1]["targets"]["arrived.cumulative"]
    assert last["difference"][1] <= 0 <= last["as_is"][0]
    assert shares
    assert max(shares) <= 1
