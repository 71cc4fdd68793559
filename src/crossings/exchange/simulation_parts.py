"""A simulation too large for the memory it may take: made and kept in parts of some members.

The parts stand beside the result in ``<name>.parts`` until all are complete, each written whole or
not at all. Streams are addressed by the number of a member, so the result is the same bits however
it is cut. Whoever stops the run keeps the complete parts: the same command goes on with the rest.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import h5netcdf
import numpy as np
import xarray as xr

from crossings.dynamics.rule_sets import bytes_per_member, simulate
from crossings.errors import InputError, InterruptedRunError, OutputError
from crossings.exchange.simulation_file import (
    check_name,
    csv_text,
    simulation_netcdf,
    write_simulation,
)
from crossings.situation.records import Situation
from crossings.whole import write_file

DEFAULT_MEMORY = 2 * 1024**3

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}

_OVERHEAD = 3
"""Copies of a part that exist at once, at most: as computed, as 32 bits, as compressed."""


def read_size(text: str) -> int:
    """Bytes of a size such as ``500MB``, ``2 GB`` or ``1.5GiB``.

    Raises:
        InputError: it is none, or less than 16 MB.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise InputError(f"--memory: found {text!r}, expected a size such as 500MB or 2GB")
    base = 1024 if match[3] else 1000
    size = int(float(match[1]) * base ** _POWERS[match[2].lower()])
    if size < 16_000_000:
        raise InputError(f"--memory: found {text!r}, expected at least 16MB")
    return size


def fingerprint(situation: Situation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What a run is made of: parts of another one must not be mixed in."""
    content = situation.model_dump_json().encode("utf-8", "replace")
    return {**arguments, "situation": hashlib.sha256(content).hexdigest()}


def write_in_parts(
    make: Callable[[int, int], xr.Dataset],
    members: int,
    bytes_per_member: int,
    memory: int,
    out: Path | str,
    made_of: Mapping[str, Any],
    progress: Callable[[float], None] | None = None,
) -> Path:
    """Make a simulation within a memory limit and write it.

    Args:
        make: the members from a first number on, so many: ``make(first, count)``.
        members: how many there are in all.
        bytes_per_member: of the result.
        memory: bytes that the run may take.
        out: a name that ends in ``.nc`` or ``.csv``.
        made_of: what the run is made of, fit for JSON; see :func:`fingerprint`.
        progress: called with the share that is done.

    Raises:
        InterruptedRunError: somebody stopped the run; the message says how to go on.
        InputError: parts of another run stand in the way.
        OutputError: a file cannot be written.
    """
    target = check_name(out)
    count = max(1, min(members, memory // (_OVERHEAD * max(1, bytes_per_member))))
    parts = target.with_name(f"{target.name}.parts")
    if count >= members and not parts.exists():
        return write_simulation(make(0, members), target)
    try:
        _claim(parts, {**made_of, "members": members})
        for first in _missing(parts, members, count):
            size = min(count, members - first)
            name = parts / f"{first:08d}-{size:08d}.nc"
            write_file(name, simulation_netcdf(make(first, size)))
            if progress is not None:
                progress((first + size) / members)
        written = _joined(parts, target, members, memory)
    except KeyboardInterrupt as stop:
        done = sum(size for _, size, _ in _complete(parts))
        raise InterruptedRunError(
            f"stopped: {done:,} of {members:,} members are complete in {parts}; give the same "
            "command again to go on, or delete that folder"
        ) from stop
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error})") from error
    shutil.rmtree(parts, ignore_errors=True)
    return written


def _claim(parts: Path, made_of: Mapping[str, Any]) -> None:
    """Make the folder of the parts, or find the one of the same run."""
    text = json.dumps(made_of, sort_keys=True, default=str)
    note = parts / "run.json"
    if not parts.exists():
        parts.mkdir()
        note.write_text(text, encoding="utf-8")
    elif not note.is_file() or note.read_text(encoding="utf-8") != text:
        raise InputError(
            f"{parts}: found parts of another run, expected none: delete the folder or choose "
            "another name"
        )


def _complete(parts: Path) -> list[tuple[int, int, Path]]:
    """The complete parts: first member, number of members, file; in order."""
    found = []
    for path in sorted(parts.glob("????????-????????.nc")):
        first, _, size = path.stem.partition("-")
        found.append((int(first), int(size), path))
    return found


def _missing(parts: Path, members: int, count: int) -> Iterator[int]:
    """The first members of the parts still to be made; a gap is never longer than ``count``."""
    have = {first: size for first, size, _ in _complete(parts)}
    first = 0
    while first < members:
        if first not in have:
            yield first
            first += min(count, members - first)
        else:
            first += have[first]


def _joined(parts: Path, target: Path, members: int, memory: int) -> Path:
    """Join the parts to one file."""
    files = [path for _, _, path in _complete(parts)]
    if target.suffix == ".nc":
        draft = parts / "whole.nc"
        shutil.copyfile(files[0], draft)
        _append(draft, files[1:], members)
        draft.replace(target)
        return target
    return write_file(target, "".join(_csv_in_parts(files, members, memory)).encode())


def _append(draft: Path, files: list[Path], members: int) -> None:
    """Lengthen the dimension ``member`` of a file and fill it from others."""
    with h5netcdf.File(draft, "a") as whole:
        first = whole.dimensions["member"].size
        whole.resize_dimension("member", members)
        for path in files:
            with h5netcdf.File(path, "r") as part:
                size = part.dimensions["member"].size
                for name, variable in part.variables.items():
                    if "member" in variable.dimensions:
                        whole.variables[name][first : first + size] = variable[...]
                first += size


def _csv_in_parts(files: list[Path], members: int, memory: int) -> Iterator[str]:
    """The table over all members, some times at once."""
    with xr.open_dataset(files[0], engine="h5netcdf") as stored:
        frame = stored.isel(member=slice(0, 1)).load()
    name = frame.attrs["table"]
    times, places = frame.sizes["time"], frame.sizes["place"]
    step = max(1, memory // (_OVERHEAD * 8 * members * max(1, places)))
    for t in range(0, times, step):
        rows = []
        for path in files:
            with h5netcdf.File(path, "r") as part:
                rows.append(np.asarray(part.variables[name][:, t : t + step]))
        block = frame.isel(time=slice(t, t + step))
        yield csv_text(block, np.concatenate(rows), heading=t == 0)


def simulate_to_file(
    situation: Situation,
    out: Path | str,
    members: int,
    memory: int = DEFAULT_MEMORY,
    progress: Callable[[float], None] | None = None,
    **arguments: Any,
) -> tuple[Path, dict[str, Any]]:
    """Simulate a situation into a file, in parts where memory is short.

    Args:
        situation: the crisis.
        out: a name that ends in ``.nc`` or ``.csv``.
        members: how many histories.
        memory: bytes that the run may take.
        progress: called with the share that is done.
        arguments: further ones of :func:`crossings.dynamics.rule_sets.simulate`.

    Returns:
        The file, and the attributes of the run.

    Raises:
        CrossingsError: as :func:`write_in_parts` and ``simulate`` do.
    """
    check_name(out)
    attributes: dict[str, Any] = {}
    places = arguments.get("places")

    def make(first: int, count: int) -> xr.Dataset:
        run = simulate(situation, count, first_member=first, **arguments)
        attributes.update(run.attrs)
        return run

    size = bytes_per_member(
        situation,
        arguments.get("rules", "native"),
        arguments.get("totals"),
        arguments.get("days"),
        None if places is None else len(places),
    )
    made_of = fingerprint(situation, {**arguments, "version": version("crossings")})
    file = write_in_parts(make, members, size, memory, out, made_of, progress)
    return file, attributes
