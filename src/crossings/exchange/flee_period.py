"""``sim_period.csv``: when a Flee set-up starts and how many days it lasts.

Flee knows dates only. They are taken as days in UTC, which is said in the notes of the import.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

from crossings.exchange.flee_findings import Findings, Line
from crossings.exchange.flee_folder import FleeFolder
from crossings.situation.times import day_edge

ZONE = ZoneInfo("UTC")
LONGEST = 200_000


@dataclasses.dataclass(frozen=True)
class Period:
    """The days 0 to ``days`` - 1 from ``start``; a figure may also stand at the day after."""

    start: dt.date
    days: int

    @property
    def end(self) -> dt.date:
        """The day after the last one."""
        return self.start + dt.timedelta(self.days)

    def begins(self, day: int = 0) -> dt.datetime:
        """The first second of a day."""
        return day_edge(self.start + dt.timedelta(day), ZONE, "start")

    def known(self, day: int) -> dt.datetime:
        """When what happened on a day is taken as known: at its last second."""
        return day_edge(self.start + dt.timedelta(day), ZONE, "end")


def read_period(folder: FleeFolder, findings: Findings) -> Period | None:
    """The period, or ``None`` with errors."""
    path = folder.input_file("sim_period.csv")
    _, lines = folder.table(path)
    entries = {line.cells[0].lower(): line for line in lines}
    known = ("startdate", "length")
    for name, line in entries.items():
        if name not in known:
            findings.note("left out", line, f"{line.cells[0]!r} is no entry that Flee reads")
    for name, label in zip(known, ("StartDate", "Length"), strict=True):
        if name not in entries and path in folder.used:
            findings.file_error(folder.short(path), f"no row {label}", f"{label},... as a row")
    if any(name not in entries for name in known):
        return None
    start = read_date(entries["startdate"], 1, "StartDate", findings)
    days = findings.whole(entries["length"], 1, "Length")
    if days is None or not 1 <= days <= LONGEST:
        findings.error(entries["length"], "Length", entries["length"].cell(1), "a number of days")
        return None
    return Period(start, days) if start else None


def read_date(line: Line, index: int, column: str, findings: Findings) -> dt.date | None:
    """The date that a cell begins with (a time of day may follow), or ``None`` with an error."""
    try:
        return dt.date.fromisoformat(line.cell(index)[:10])
    except ValueError:
        findings.error(line, column, line.cell(index), "a date, written like 2013-12-15")
        return None
