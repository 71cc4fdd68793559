"""``/api/jobs``: forecasts that are being made; progress as server-sent events, cancellation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from crossings.publish.live.answers import AnswerError, described, stated
from crossings.publish.live.jobs import ENDED, Job, QueueFullError
from crossings.publish.live.situations import BAD, MOMENT, Served
from crossings.publish.live.state import State

router = APIRouter(tags=["jobs"])

TOLD_EVERY = 0.25
"""Seconds between two looks at a job whose progress somebody follows."""

FULL: dict[int | str, dict[str, Any]] = {
    **BAD,
    403: described("This server does not allow it: its profile, or its bounds."),
    429: described("Too many jobs are waiting."),
}


Asked = Annotated[str, Field(max_length=40, json_schema_extra={"pattern": MOMENT})] | None
"""A moment, or nothing."""


class ForecastAsked(BaseModel):
    """What a forecast is asked with."""

    model_config = ConfigDict(extra="forbid")

    as_of: Asked = None
    horizon: Annotated[str, Field(max_length=10, pattern=r"^\d{1,4}(\.\d+)?[dh]$")] = "8d"
    members: Annotated[int, Field(ge=100, le=100_000)] = 2000
    seed: Annotated[int, Field(ge=0, le=4_294_967_295)] = 1


class ExplainedAsked(ForecastAsked):
    """A forecast to make and keep."""

    reasons: Annotated[
        bool, Field(description="Say what moved it since the last kept forecast (longer).")
    ] = False


@router.post(
    "/api/situations/{situation_id}/forecasts",
    status_code=202,
    responses=FULL,
    summary="Make a forecast and keep it",
    tags=["forecasts"],
)
def ask(situation_id: str, asked: ExplainedAsked, served: Served) -> Response:
    """Put a forecast into the queue; the answer is its job."""
    _checked(asked, situation_id, served)
    return _queued(served, "forecast", asked, situation_id)


class WhatIfAsked(ForecastAsked):
    """What a scenario is asked with: at least one thing that is otherwise."""

    close: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)] = []
    open: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)] = []
    capacity: Annotated[
        dict[str, Annotated[float, Field(ge=0, le=100)]],
        Field(max_length=20, description="By crossing: so many times as many people pass."),
    ] = {}
    ceasefire: bool = False
    attack: bool = False
    population: Annotated[float | None, Field(ge=0, le=1e9)] = None
    at: Asked = None


@router.post(
    "/api/situations/{situation_id}/what-if",
    status_code=202,
    responses=FULL,
    summary="Ask for a scenario under this model",
    tags=["forecasts"],
)
def ask_what_if(situation_id: str, asked: WhatIfAsked, served: Served) -> Response:
    """Put a scenario into the queue; its job's result is the paired difference.

    The public profile shows no scenario in which somebody attacks.
    """
    _checked(asked, situation_id, served)
    if asked.attack and served.settings.profile != "internal":
        raise AnswerError(403, "attack: hostile scenarios belong to the internal profile only")
    return _queued(served, "what-if", asked, situation_id)


def _checked(asked: ForecastAsked, situation_id: str, served: State) -> None:
    """Refuse at once what would fail in the queue."""
    whole = served.situation(situation_id)
    if asked.as_of is not None:
        whole.moment(asked.as_of)
    if asked.members > served.settings.max_members:
        limit = served.settings.max_members
        raise AnswerError(403, f"members: found {asked.members}, expected at most {limit} here")


def _queued(served: State, kind: str, asked: ForecastAsked, situation_id: str) -> Response:
    wanted = {**asked.model_dump(), "situation": situation_id}
    given = {
        "source": served.settings.sources[situation_id],
        "store": str(served.settings.store),
        "database": served.settings.database,
    }
    try:
        job = served.jobs.submit(kind, wanted, given)
    except QueueFullError as error:
        raise AnswerError(429, "jobs: as many wait as may; try again later") from error
    return JSONResponse(job.as_dict(), 202, headers={"Location": f"/api/jobs/{job.id}"})


@router.get("/api/jobs", responses=BAD, summary="Jobs, the newest first")
def jobs(request: Request, served: Served) -> Response:
    """Every job that is remembered."""
    return stated(request, {"items": [job.as_dict() for job in served.jobs.all()]}, "no-store")


@router.get("/api/jobs/{job_id}", responses=BAD, summary="One job as it stands")
def one(request: Request, job_id: str, served: Served) -> Response:
    """State, share done, and what came of it."""
    return stated(request, _job(served, job_id).as_dict(), "no-store")


@router.delete("/api/jobs/{job_id}", responses=BAD, summary="Cancel a job")
def cancel(job_id: str, served: Served) -> Response:
    """End a job that waits or runs; one that has ended stays as it is."""
    _job(served, job_id)
    job = served.jobs.cancel(job_id)
    return JSONResponse(None if job is None else job.as_dict())


@router.get("/api/jobs/{job_id}/events", responses=BAD, summary="Follow a job")
async def follow(request: Request, job_id: str, served: Served) -> Response:
    """Server-sent events: the job each time that it has changed, until it has ended."""
    job = _job(served, job_id)

    async def told() -> AsyncIterator[str]:
        last = ""
        while True:
            now = json.dumps(job.as_dict(), ensure_ascii=False)
            if now != last:
                yield f"data: {now}\n\n"
                last = now
            if job.state in ENDED or await request.is_disconnected():
                return
            await asyncio.sleep(TOLD_EVERY)

    return StreamingResponse(told(), media_type="text/event-stream")


def _job(served: State, job_id: str) -> Job:
    found = served.jobs.get(job_id)
    if found is None:
        raise AnswerError(404, f"job: found no {job_id[:100]!r}")
    return found
