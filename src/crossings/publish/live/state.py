"""What the addresses share: settings, kept forecasts, jobs, and pages that were made already."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import threading
import time
from typing import Any

from fastapi import Request

from crossings import ledger
from crossings.errors import BusyError, InputError
from crossings.exchange.kept import Kept
from crossings.forecast.outlook import Outlook
from crossings.publish.bundle import bundle, first_part, record_rows
from crossings.publish.live.answers import AnswerError
from crossings.publish.live.borders import borders
from crossings.publish.live.jobs import Jobs
from crossings.publish.live.settings import Settings
from crossings.publish.markup import json_bytes
from crossings.situation.catalogue import overview
from crossings.situation.records import Situation

CACHED = 32
"""Pages that are held ready."""

RECORDED = 30
"""Kept forecasts that are set beside what came: the newest."""

JOINED_SECONDS = 5.0
"""How long a situation joined with the ledger's claims is held: others decide too."""


@dataclasses.dataclass(frozen=True)
class Page:
    """What the page shows of a kept forecast, as JSON texts.

    ``first`` is what the first view needs, ``whole`` everything known at its issue, ``later`` what
    was reported after that.
    """

    first: bytes
    whole: bytes
    later: bytes


class State:
    """One server's state; safe to use from several threads."""

    def __init__(self, settings: Settings, jobs: Jobs) -> None:
        self.settings = settings
        self.jobs = jobs
        self.kept = Kept(settings.store)
        self._pages: collections.OrderedDict[tuple[str, str], Page] = collections.OrderedDict()
        database = settings.database
        self.book = None if database is None else ledger.open(database, create=False)
        self._joined: dict[str, tuple[float, Situation]] = {}
        self._records: dict[str, tuple[object, list[dict[str, Any]]]] = {}
        self._around: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self._warming: threading.Thread | None = None
        self._closed = threading.Event()

    def situation(self, situation_id: str) -> Situation:
        """The situation of this id.

        Raises:
            AnswerError: 404, there is none.
        """
        found = self.settings.situations.get(situation_id)
        if found is None:
            raise AnswerError(404, f"situation: found no {situation_id[:200]!r} on this server")
        if self.book is None:
            return found
        with self._lock:
            joined = self._joined.get(situation_id)
        if joined is None or time.monotonic() - joined[0] > JOINED_SECONDS:
            claims = self.book.claims(situation_id)
            events, context = self.book.statements(situation_id)
            whole = found.with_claims(claims).with_statements(events, context)
            with self._lock:
                if joined is not None and joined[1] != whole:  # somebody decided elsewhere
                    for key in [k for k in self._pages if k[0] == situation_id]:
                        del self._pages[key]
                elif joined is not None:
                    whole = joined[1]
                joined = (time.monotonic(), whole)
                self._joined[situation_id] = joined
        return joined[1]

    def close(self) -> None:
        """Let go of the ledger."""
        self._closed.set()
        if self._warming is not None:
            self._warming.join()
        if self.book is not None:
            self.book.close()

    def forget(self) -> None:
        """Look at the ledger again: a decision was made."""
        with self._lock:
            self._joined.clear()
            self._pages.clear()

    def warm(self) -> None:
        """Make ready, beside everything else, what the first readers ask for."""
        self._warming = threading.Thread(target=self._make_ready, daemon=True)
        self._warming.start()

    def _make_ready(self) -> None:
        for situation_id in list(self.settings.situations)[:CACHED]:
            kept = self.kept.all(situation_id)
            if self._closed.is_set():
                return
            if kept:
                # Whoever asks for it is told what is wrong with it.
                with contextlib.suppress(AnswerError, InputError, BusyError):
                    self.page(situation_id, kept[-1].id)
                    self.around(situation_id)

    def listed(self) -> dict[str, Any]:
        """Every situation with its rows, period, speakers and how many forecasts are kept."""
        rows = []
        for one in self.settings.situations.values():
            row = dataclasses.asdict(overview(one))
            for edge in ("first", "last"):
                row[edge] = row[edge].isoformat() if row[edge] else None
            row["forecasts"] = len(self.kept.all(one.id))
            rows.append(row)
        return {"items": rows, "profile": self.settings.profile}

    def forecasts(self, situation_id: str) -> list[dict[str, Any]]:
        """Id, issue time, horizon and headline of each kept forecast."""
        return [
            {
                "id": row.id,
                "issued_at": row.issued_at.isoformat(),
                "horizon_hours": row.horizon_hours,
                "members": row.members,
                "seed": row.seed,
                "headline": row.headline,
            }
            for row in self.kept.all(situation_id)
        ]

    def outlook(self, situation_id: str, forecast_id: str) -> Outlook:
        """A kept forecast.

        Raises:
            AnswerError: 404, there is none, or none that can be read.
        """
        self.situation(situation_id)
        try:
            return self.kept.read(situation_id, forecast_id)
        except InputError as error:
            raise AnswerError(404, str(error)) from error

    def around(self, situation_id: str) -> dict[str, Any]:
        """Coasts and boundaries around a situation's places; made once."""
        situation = self.situation(situation_id)
        if situation_id not in self._around:
            self._around[situation_id] = borders(situation)
        return self._around[situation_id]

    def record(self, situation_id: str) -> list[dict[str, Any]]:
        """The kept forecasts beside what came by now, under the server's profile."""
        situation = self.situation(situation_id)
        ids = tuple(row.id for row in self.kept.all(situation_id))[-RECORDED:]
        key = (situation_id, ids, id(situation))
        with self._lock:
            held = self._records.get(situation_id)
        if held is None or held[0] != key:
            outlooks = [self.kept.read(situation_id, one) for one in ids]
            held = (key, record_rows(outlooks, situation, self.settings.profile))
            with self._lock:
                self._records[situation_id] = held
        return held[1]

    def page(self, situation_id: str, forecast_id: str) -> Page:
        """What the page shows of a kept forecast; made once and held ready."""
        key = (situation_id, forecast_id)
        situation = self.situation(situation_id)
        with self._lock:
            held = self._pages.get(key)
            if held is not None:
                self._pages.move_to_end(key)
                return held
        outlook = self.outlook(situation_id, forecast_id)
        content = bundle(outlook, situation, situation, self.settings.profile)
        content["id"] = forecast_id
        later = content.pop("later")
        made = Page(
            json_bytes(first_part(content)), json_bytes(content), json_bytes({"items": later})
        )
        with self._lock:
            self._pages[key] = made
            while len(self._pages) > CACHED:
                self._pages.popitem(last=False)
        return made


def state(request: Request) -> State:
    """The state of the server that a request came to."""
    found: State = request.app.state.crossings
    return found
