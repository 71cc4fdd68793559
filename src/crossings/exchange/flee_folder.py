"""The files of a Flee set-up, as text: where they stand and what their rows are.

Flee keeps ``input_csv/`` and ``source_data/`` in one folder. Spreadsheets leave byte order marks,
trailing empty columns, white space and lock files (``.~lock.locations.csv#``) behind; all of it is
borne. Nothing is understood here: the rows go on as lines of stripped cells.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from crossings.errors import InputError
from crossings.exchange.flee_findings import Findings, Line
from crossings.situation.reading import MAX_BYTES

INPUT, SOURCE = "input_csv", "source_data"


class FleeFolder:
    """A set-up on disk. ``used`` gathers the files that were read, by their short names."""

    def __init__(self, path: Path, findings: Findings) -> None:
        """Find the two folders.

        Raises:
            InputError: there is no such folder, no ``locations.csv`` in it, or it is too large.
        """
        try:
            found = path.is_dir()
        except (OSError, ValueError):
            found = False
        if not found:
            raise InputError(f"Flee set-up: found no folder {str(path)!r}, expected one")
        self.path = path
        self.findings = findings
        self.input = path / INPUT if (path / INPUT).is_dir() else path
        self.source = path / SOURCE if (path / SOURCE).is_dir() else path
        self.used: set[Path] = set()
        if not (self.input / "locations.csv").is_file():
            raise InputError(
                f"{path}: found no {INPUT}/locations.csv, expected a Flee set-up with the folders "
                f"{INPUT} and {SOURCE}"
            )
        size = sum(file.stat().st_size for file in self.files())
        if size > MAX_BYTES:
            limit = f"at most {MAX_BYTES / 1e6:g} MB"
            raise InputError(f"{path}: found files of {size / 1e6:.1f} MB, expected {limit}")

    def files(self) -> list[Path]:
        """Every file of the set-up, sorted by name."""
        folders = {self.path, self.input, self.source}
        return sorted(f for folder in folders for f in folder.iterdir() if f.is_file())

    def input_file(self, name: str) -> Path:
        """The path of a file of ``input_csv``."""
        return self.input / name

    def short(self, path: Path) -> str:
        """The name of a file for people: relative to the set-up, or as given."""
        try:
            return path.relative_to(self.path).as_posix()
        except ValueError:
            return path.name

    def text(self, path: Path) -> str:
        """The text of a file; empty, with an error, where it cannot be read."""
        self.used.add(path)
        try:
            data = path.read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.findings.file_error(self.short(path), f"no readable file ({reason})", "this file")
            return ""
        if b"\0" in data:
            self.findings.file_error(self.short(path), "a zero byte", "a text file")
            return ""
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.findings.note(
                "assumed", self.short(path), "no text in UTF-8: read as Windows-1252"
            )
            return data.decode("cp1252", "replace")

    def lines(self, path: Path) -> list[Line]:
        """The rows that are not blank, headings and comments included, cells stripped.

        Empty cells at the end of a row are dropped: spreadsheets add whole columns of them.
        """
        name = self.short(path)
        reader = csv.reader(io.StringIO(self.text(path), newline=""))
        lines = []
        start = 1
        try:
            for row in reader:
                cells = [cell.strip() for cell in row]
                while cells and not cells[-1]:
                    cells.pop()
                if cells:
                    lines.append(Line(name, start, tuple(cells)))
                start = reader.line_num + 1
        except csv.Error as error:
            self.findings.file_error(name, str(error), "cells separated by commas")
        return lines

    def table(self, path: Path, *headings: str) -> tuple[tuple[str, ...], list[Line]]:
        """The heading and the rows of a file; lines that begin with ``#`` later are comments.

        The heading is the first line if it begins with ``#`` or with one of ``headings`` (in lower
        case); without one it is empty.
        """
        lines = self.lines(path)
        heading: tuple[str, ...] = ()
        if lines:
            first = lines[0].cells[0].removeprefix("#").strip()
            if lines[0].cells[0].startswith("#") or first.lower() in headings:
                heading = (first, *lines[0].cells[1:])
                lines = lines[1:]
        return heading, [line for line in lines if not line.cells[0].startswith("#")]

    def note_unused(self) -> None:
        """List the files that nothing was read from."""
        for path in self.files():
            if path in self.used:
                continue
            lock = path.name.startswith(".~lock.") or path.name.startswith("~$")
            why = "a lock file of a spreadsheet" if lock else "Flee reads no such file"
            self.findings.note("left out", self.short(path), why)
