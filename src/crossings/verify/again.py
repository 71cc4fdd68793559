"""A kept forecast made again: the same bits, or what is different and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

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
) -> Again:
    """Issue a kept forecast again from what its situation says today about that time.

    Args:
        kept: the forecast as it was kept.
        situation: its situation.
        kept_inputs: the SHA-256 of each table when it was made.
        inputs: the SHA-256 of each table as of the issue time, as the situation stands today.
        progress: told the share of the work that is done.
    """
    horizon = (kept.times[-1] - kept.issued_at).total_seconds() / 3600
    made = forecast(
        situation,
        kept.issued_at,
        horizon,
        kept.members,
        kept.seed,
        times=kept.times,
        progress=progress,
    )
    changed = [
        f"the rows of {table} known at the issue time are others than then"
        for table in sorted({*kept_inputs, *inputs})
        if kept_inputs.get(table) != inputs.get(table)
    ]
    changed += [
        f"{part} is {made.versions.get(part, 'absent')}, was {kept.versions.get(part, 'absent')}"
        for part in sorted({*kept.versions, *made.versions})
        if kept.versions.get(part) != made.versions.get(part)
    ]
    return Again(made, _same_draws(kept, made), tuple(changed))


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
