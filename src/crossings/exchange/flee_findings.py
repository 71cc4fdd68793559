"""What an import of a Flee set-up finds: errors, all told at once, and notes that are kept."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Literal

from crossings.errors import InputError
from crossings.situation.folder import SHOWN_PROBLEMS
from crossings.situation.tables import Problem, shown

Kind = Literal["assumed", "warning", "left out"]


@dataclasses.dataclass(frozen=True)
class Line:
    """A row of one of Flee's files: its file, the number of its line, its cells, stripped."""

    file: str
    number: int
    cells: tuple[str, ...]

    def cell(self, index: int) -> str:
        """The cell at ``index``; empty where the row is shorter."""
        return self.cells[index] if index < len(self.cells) else ""


@dataclasses.dataclass(frozen=True)
class Note:
    """Something assumed, odd or left out; ``line`` is ``None`` where the file as such is meant."""

    kind: Kind
    file: str
    line: int | None
    text: str

    def __str__(self) -> str:
        where = self.file + (f" line {self.line}" if self.line is not None else "")
        return f"{self.kind}: {where + ': ' if where else ''}{self.text}"


class Findings:
    """Errors and notes, gathered while the files are read."""

    def __init__(self) -> None:
        self.errors: list[Problem] = []
        self.notes: list[Note] = []

    def error(self, line: Line, column: str, found: str, expected: str) -> None:
        """A cell that cannot be used; ``found`` is put in quotes."""
        self.errors.append(Problem("error", line.file, line.number, column, shown(found), expected))

    def file_error(self, file: str, found: str, expected: str) -> None:
        """A file that cannot be used as a whole."""
        self.errors.append(Problem("error", file, None, "", found, expected))

    def note(self, kind: Kind, where: Line | str, text: str) -> None:
        """Something that whoever imports should know."""
        if isinstance(where, Line):
            self.notes.append(Note(kind, where.file, where.number, text))
        else:
            self.notes.append(Note(kind, where, None, text))

    def whole(self, line: Line, index: int, column: str, empty: int | None = None) -> int | None:
        """A whole number of at least 0; ``empty`` where the cell is, ``None`` with an error."""
        text = line.cell(index)
        if not text:
            return empty
        number = self.number(line, index, column)
        if number is None:
            return None
        if number < 0 or not number.is_integer():
            self.error(line, column, text, "a whole number of at least 0")
            return None
        return int(number)

    def number(self, line: Line, index: int, column: str) -> float | None:
        """A finite number; ``None`` where the cell is empty, or with an error."""
        text = line.cell(index)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not abs(value) < 1e15:
            self.error(line, column, text, "a number, written like 2906 or 39.8")
            return None
        return value

    def raise_errors(self, folder: Path) -> None:
        """Raise the errors found so far, if there are any.

        Raises:
            InputError: the message names the first 20 of them.
        """
        if not self.errors:
            return
        if len(self.errors) == 1:
            raise InputError(f"{folder}: {self.errors[0]}")
        lines = [f"{folder}: {len(self.errors)} errors", *map(str, self.errors[:SHOWN_PROBLEMS])]
        if len(self.errors) > SHOWN_PROBLEMS:
            lines.append(f"and {len(self.errors) - SHOWN_PROBLEMS} more")
        raise InputError("\n  ".join(lines))
