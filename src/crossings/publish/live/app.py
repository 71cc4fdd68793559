"""The server put together: addresses, guards, errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from crossings.errors import BusyError, InputError, OutputError
from crossings.publish.live import forecasts, page, reviewing, situations, tasks
from crossings.publish.live.answers import AnswerError, problem
from crossings.publish.live.guard import HEADERS, Bounded, Guarded
from crossings.publish.live.jobs import Jobs
from crossings.publish.live.settings import Settings
from crossings.publish.live.state import State
from crossings.publish.live.work import make_forecast, make_what_if

WORK = {"forecast": make_forecast, "what-if": make_what_if}


def create_app(settings: Settings) -> FastAPI:
    """The server's application (ASGI) for these settings."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        jobs = Jobs(WORK, settings.max_queue, settings.job_seconds)
        app.state.crossings = State(settings, jobs)
        app.state.crossings.warm()
        yield
        jobs.close()
        app.state.crossings.close()

    app = FastAPI(
        title="crossings",
        version=version("crossings"),
        description="Forecasts of forced displacement: who will arrive, where, by when.",
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    routers = (situations, forecasts, tasks, reviewing, page)
    for router in (one.router for one in routers):
        app.include_router(router)
    _errors(app)
    # The last one added is the first to see a request.
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Guarded, settings=settings)
    app.add_middleware(Bounded, limit=settings.max_body)
    return app


def _errors(app: FastAPI) -> None:
    """Every failure is a problem in one plain line; none shows what is inside."""

    @app.exception_handler(AnswerError)
    async def fault(_: Request, error: AnswerError) -> Response:
        return problem(error.status, error.detail, error.headers)

    @app.exception_handler(InputError)
    async def bad_input(_: Request, error: InputError) -> Response:
        return problem(400, str(error))

    @app.exception_handler(BusyError)
    async def busy(_: Request, error: BusyError) -> Response:
        return problem(503, str(error), {"Retry-After": "5"})

    @app.exception_handler(OutputError)
    async def not_written(_: Request, error: OutputError) -> Response:
        return problem(507, str(error))

    @app.exception_handler(RequestValidationError)
    async def out_of_range(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return problem(422, f"{where}: {first['msg']}")

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        return problem(error.status_code, str(error.detail), error.headers)

    @app.exception_handler(Exception)
    async def unexpected(_: Request, __: Exception) -> Response:
        # This answer is made outside of all guards.
        return problem(500, "Something went wrong here; the server's log says what.", HEADERS)
