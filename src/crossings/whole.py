"""Writing what is there whole or not at all: one file, or the files of a folder.

Content is made first and written under another name; what stood in its place is exchanged by
renaming, so that a full disk, a missing right or a kill leaves the old content as it was.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from errno import EISDIR
from pathlib import Path
from typing import Any

from crossings.errors import OutputError


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


_MASK = _umask()
"""The process's mask for new files. It can only be read by setting it, which other threads would
see: so once, when this module is loaded."""


def write_file(path: Path | str, content: bytes) -> Path:
    """Write one file.

    Raises:
        OutputError: it cannot be written; what stood there before is unchanged.
    """
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        made = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            made.chmod(0o666 & ~_MASK)
            made.replace(target)
        finally:
            made.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error})") from error
    return target


def json_file(content: Any) -> bytes:
    """The text of a JSON file for people and programs: an entry a line, every script as it is."""
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def write_files(folder: Path | str, files: Mapping[str, bytes], gone: Collection[str] = ()) -> Path:
    """Write files into a folder, by their path in it, and take others out; all of it or nothing.

    A new folder appears by one renaming; in one that exists the old files are put aside first and
    come back if anything fails. Files that are not named are left alone.

    Raises:
        OutputError: the folder cannot be written; what stood there before is unchanged.
    """
    target = Path(folder)
    try:
        if target.exists():
            _replace_files(target, files, gone)
        else:
            _new_folder(target, files)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{target}: cannot be written ({reason})") from error
    return target


def _new_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Write the files beside the place of the new folder and move them there as one."""
    made = [parent for parent in target.parents if not parent.exists()]
    draft = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        _write_all(draft, files)
        draft.chmod(0o777 & ~_MASK)
        draft.rename(target)
    except BaseException:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        for parent in made:  # innermost first
            if parent.exists():
                parent.rmdir()
        raise


def _replace_files(target: Path, files: Mapping[str, bytes], gone: Collection[str]) -> None:
    """Write the files in a hidden folder inside, then exchange them one by one, or none."""
    draft = Path(tempfile.mkdtemp(prefix=".writing.", dir=target))
    old = draft / "old"
    swapped: list[str] = []
    try:
        _write_all(draft, files)
        old.mkdir()
        for name in (*files, *gone):
            if (target / name).is_dir():
                raise IsADirectoryError(EISDIR, f"a folder stands in the way of {name}")
            if (target / name).exists():
                (old / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).rename(old / name)
            swapped.append(name)
            if name in files:
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                (draft / name).rename(target / name)
    except BaseException:
        for name in swapped:
            if (old / name).exists():
                (old / name).replace(target / name)
            else:
                (target / name).unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files so that they are on the disk, or fail."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
