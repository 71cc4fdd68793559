"""``data_layout.csv``, the series it names, and ``registration_corrections.csv``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from crossings.exchange.flee_findings import Findings, Line
from crossings.exchange.flee_folder import FleeFolder
from crossings.exchange.flee_period import ZONE, Period, read_date
from crossings.situation.flee_records import TOTAL, FleeCorrection, FleeFigure
from crossings.situation.times import day_edge


def read_figures(
    folder: FleeFolder, camps: list[str], names: set[str], findings: Findings
) -> list[FleeFigure]:
    """Every figure of every file that the layout names, undivided, in the order of the layout."""
    path = folder.source / "data_layout.csv"
    if not path.exists():
        findings.file_error(folder.short(path), "no such file", "the series and their files")
        return []
    _, lines = folder.table(path, "name", "location")
    figures: list[FleeFigure] = []
    seen: set[str] = set()
    for number, line in enumerate(lines):
        name = line.cell(0)
        total = name.lower() == TOTAL
        if number == 0 and not total:
            text = f"Flee takes the first row as the total, and it is named {name!r}"
            findings.note("warning", line, text)
        if name in seen:
            findings.error(line, "name", name, "each series once")
            continue
        seen.add(name)
        if not total and name not in names:
            text = f"series {name!r} has no location: kept as claims, out of every simulation"
            findings.note("warning", line, text)
        files = [cell for cell in line.cells[1:] if cell]
        if not files:
            findings.note("warning", line, f"series {name!r} names no file")
        for file in files:
            figures += _read_series(folder, line, TOTAL if total else name, file, findings)
    for camp in camps:
        if camp not in seen:
            text = f"camp {camp!r} has no series: no figure to compare with"
            findings.note("warning", folder.short(path), text)
    return figures


def _read_series(
    folder: FleeFolder, layout: Line, name: str, file: str, findings: Findings
) -> list[FleeFigure]:
    path = folder.source / Path(file)
    if Path(file).is_absolute() or ".." in Path(file).parts or not path.is_file():
        findings.error(layout, "file", file, "the name of a file beside data_layout.csv")
        return []
    figures: dict[dt.date, FleeFigure] = {}
    for line in folder.lines(path):
        if line.cells[0].startswith("#"):
            continue
        if line.cells[0].lower() in ("date", "datetime"):
            continue
        if not line.cell(1):
            continue  # Flee passes over rows without a count, too
        date = read_date(line, 0, "date", findings)
        count = findings.whole(line, 1, "count")
        if date is None or count is None:
            continue
        if date in figures:
            findings.note("warning", line, f"{date} again: the later row holds")
        figures[date] = FleeFigure(
            series=name, file=file, date=date, count=count, known_at=day_edge(date, ZONE, "end")
        )
    if not figures:
        findings.error(layout, "file", file, "a file with at least one figure")
    return [figures[date] for date in sorted(figures)]


def read_corrections(
    folder: FleeFolder, dates: dict[str, set[dt.date]], period: Period, findings: Findings
) -> list[FleeCorrection]:
    """The corrections; ``dates`` are those of each series, of which a correction must be one."""
    path = folder.input_file("registration_corrections.csv")
    if not path.exists():
        return []
    _, lines = folder.table(path, "name", "location", "camp")
    rows = []
    for line in lines:
        name = line.cell(0)
        date = read_date(line, 1, "date", findings)
        if name not in dates:
            findings.error(line, "camp", name, "a series of data_layout.csv")
        elif date is not None and date not in dates[name]:
            findings.error(line, "date", line.cell(1), f"a date of the series {name!r}")
        elif date is not None:
            if date == min(dates[name]):
                text = f"{name!r} is corrected at its first figure: nothing before it to correct"
                findings.note("warning", line, text)
            if date < period.start:
                findings.note("warning", line, f"Flee ignores corrections before {period.start}")
            known = day_edge(date, ZONE, "end")
            note = "; ".join(cell for cell in line.cells[2:] if cell)
            rows.append(FleeCorrection(place=name, date=date, note=note, known_at=known))
    return rows
