"""Situation folders: loading, checking, saving, starting a new one.

A folder is a few text files that a person can write by hand and keep in git: ``situation.toml`` and
one CSV file a table (:mod:`crossings.situation.tables` lists the columns).
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from crossings.errors import InputError, OutputError
from crossings.situation.base import Record
from crossings.situation.checking import check_contents
from crossings.situation.flee_records import FleeTables
from crossings.situation.flee_tables import FLEE_TABLES
from crossings.situation.reading import Contents, read_contents
from crossings.situation.records import Situation
from crossings.situation.tables import SETTINGS_FILE, TABLES, Problem, Table, write_cells
from crossings.situation.times import write_moment
from crossings.whole import write_files

SHOWN_PROBLEMS = 20
"""How many problems the message of an :class:`InputError` spells out."""

_TEMPLATE = Path(__file__).with_name("template")
_TOML_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f]')


def load_folder(path: str | os.PathLike[str]) -> Situation:
    """The situation in the folder at ``path``.

    Raises:
        InputError: there is no such folder, or it has errors; the message names the first
            20 of them by file, line and column.
    """
    contents = _contents(path)
    problems = [*contents.problems, *check_contents(contents)]
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors or contents.settings is None:
        raise InputError(_message(Path(path), errors))
    tables = {t.field: tuple(r.record for r in contents.rows[t.file]) for t in TABLES}
    rows: Any = {t.field: tuple(r.record for r in contents.rows[t.file]) for t in FLEE_TABLES}
    flee = FleeTables.model_construct(**rows)
    return contents.settings.model_copy(update={**tables, "flee": None if flee.is_empty else flee})


def check_folder(path: str | os.PathLike[str]) -> list[Problem]:
    """Every error and every warning in the folder at ``path``, by file and line.

    Raises:
        InputError: there is no such folder.
    """
    contents = _contents(path)
    problems = [*contents.problems, *check_contents(contents)]
    order = [SETTINGS_FILE, *(table.file for table in (*TABLES, *FLEE_TABLES))]
    return sorted(
        problems, key=lambda p: (order.index(p.file) if p.file in order else -1, p.line or 0)
    )


def _contents(path: str | os.PathLike[str]) -> Contents:
    folder = Path(path)
    try:
        if not folder.is_dir():
            raise InputError(f"situation folder: found no folder {str(folder)!r}, expected one")
        return read_contents(folder)
    except (OSError, ValueError) as error:  # a name that is too long, or with a zero byte
        raise InputError(f"situation folder {str(folder)!r}: {_reason(error)}") from error


def _message(folder: Path, errors: list[Problem]) -> str:
    if len(errors) == 1:
        return f"{folder}: {errors[0]}"
    lines = [f"{folder}: {len(errors)} errors", *map(str, errors[:SHOWN_PROBLEMS])]
    if len(errors) > SHOWN_PROBLEMS:
        lines.append(f"and {len(errors) - SHOWN_PROBLEMS} more")
    return "\n  ".join(lines)


def save_folder(situation: Situation, path: str | os.PathLike[str]) -> None:
    """Write ``situation`` as a folder at ``path``; ``load_folder`` gives the same value back.

    An error leaves what was there. Other files in an existing folder are kept, but for the tables
    of an earlier Flee set-up.

    Raises:
        OutputError: the folder cannot be written.
    """
    folder = Path(path)
    with _writing(folder):
        files = {name: text.encode() for name, text in _files(situation).items()}
        write_files(folder, files, [t.file for t in FLEE_TABLES if t.file not in files])


def new_folder(path: str | os.PathLike[str]) -> None:
    """Start a situation folder at ``path``: a small fictitious example with explanations.

    Raises:
        InputError: something that is not an empty folder stands there.
        OutputError: the folder cannot be written.
    """
    folder = Path(path)
    with _writing(folder):
        _check_unused(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for file in _TEMPLATE.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())


def save_new_folder(situation: Situation, path: str | os.PathLike[str]) -> None:
    """Write ``situation`` as a folder at a name that is not in use yet.

    Raises:
        InputError: something that is not an empty folder stands there.
        OutputError: the folder cannot be written.
    """
    folder = Path(path)
    with _writing(folder):
        _check_unused(folder)
    save_folder(situation, folder)


def _check_unused(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise InputError(f"new folder: found {str(folder)!r}, expected a name not in use")


def _reason(error: OSError | ValueError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Tell in one error that a folder cannot be written."""
    try:
        yield
    except (OSError, ValueError) as error:
        told = f"situation folder {str(folder)!r} cannot be written: {_reason(error)}"
        raise OutputError(told) from error


def _files(situation: Situation) -> dict[str, str]:
    """The text of every file, by name."""
    files = {SETTINGS_FILE: _settings_text(situation)}
    for table in TABLES:
        files[table.file] = _table_text(table, getattr(situation, table.field), situation)
    for table in FLEE_TABLES if situation.flee is not None else ():
        rows = getattr(situation.flee, table.field)
        if rows:
            files[table.file] = _table_text(table, rows, situation)
    return files


def _table_text(table: Table, rows: Iterable[Record], situation: Situation) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(write_cells(table, row, situation.zone) for row in rows)
    return text.getvalue()


def _settings_text(situation: Situation) -> str:
    tables = {*(table.field for table in TABLES), "flee"}
    entries = {f: getattr(situation, f) for f in Situation.model_fields if f not in tables}
    entries["start"] = write_moment(situation.start, situation.zone, "start")
    return "".join(f"{key} = {_toml(value)}\n" for key, value in entries.items())


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    text = _TOML_ESCAPED.sub(_toml_escape, value)
    # Notes of several lines stay readable; the white space around them is not part of the text.
    return f'"""\n{text}\n"""' if "\n" in value else f'"{text}"'


def _toml_escape(match: re.Match[str]) -> str:
    character = match[0]
    return (
        character if character == "\n" else json.dumps(character)[1:-1].replace("\x7f", r"\u007f")
    )
