"""A kept forecast made again: the same bits, or what is different and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from crossings.forecast import forecast
from crossings.forecast.outlook import Outlook
from crossings.situation.records import Situation


@dataclasses.dataclass(frozen=True)
class Again:
    """A forecast made again: whether every draw is the same, and what changed between the two."""

    outlook: Outlook
    same: bool
    changed: tuple[str, ...]


def replay(
    kept: Outlook,
    situation: Situation,
    kept_inputs: Mapping[str, str],
    inputs: Mapping[str, str],
    progress: Callable[[float], None] | None = None,
    learn_from: Sequence[Situation] = (),
) -> Again:
    """Issue a kept forecast again from what its situation says today about that time.

    Args:
        kept: the forecast as it was kept.
        situation: its situation.
        kept_inputs: the SHA-256 of each table when it was made.
        inputs: the SHA-256 of each table as of the issue time, as the situation stands today.
        progress: told the share of the work that is done.
        learn_from: the user's library of past crises: those that it was made with, for the same.
    """
    horizon = (kept.times[-1] - kept.issued_at).total_seconds() / 3600
    made = forecast(
        situation,
        kept.issued_at,
        horizon,
        kept.members,
        kept.seed,
        times=kept.times,
        include_proposed=bool(kept.diagnostics.get("include_proposed")),
        learn_from=learn_from,
        progress=progress,
    )
    changed = [
        f"the rows of {table} known at the issue time are others than then"
        for table in sorted({*kept_inputs, *inputs})
        if kept_inputs.get(table) != inputs.get(table)
    ]
    changed += _library_changes(library_of(kept), library_of(made))
    changed += [
        f"{part} is {made.versions.get(part, 'absent')}, was {kept.versions.get(part, 'absent')}"
        for part in sorted({*kept.versions, *made.versions})
        if kept.versions.get(part) != made.versions.get(part)
    ]
    return Again(made, _same_draws(kept, made), tuple(changed))


def library_of(outlook: Outlook) -> dict[str, str]:
    """The past crises of the user's own that a forecast was given, by id with their hashes."""
    return dict(outlook.diagnostics.get("learn_from", {}))


def _library_changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What is different between two libraries, a sentence each."""
    found = []
    for name in sorted({*before, *now}):
        if name not in now:
            found.append(f"it learnt from {name} too, which is not given (--learn-from)")
        elif name not in before:
            found.append(f"it did not learn from {name}, which is given now")
        elif before[name] != now[name]:
            found.append(f"the rows of {name}, which it learnt from, are others than then")
    return found


def _same_draws(kept: Outlook, made: Outlook) -> bool:
    return (
        kept.times == made.times
        and kept.places == made.places
        and set(kept.targets) == set(made.targets)
        and all(
            np.array_equal(kept.draws[target].values, made.draws[target].values)
            for target in kept.targets
        )
    )
