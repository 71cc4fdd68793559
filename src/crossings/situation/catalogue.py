"""Situations by name: those that come with the package, and anybody's folders."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections import Counter
from pathlib import Path

from crossings.errors import InputError
from crossings.situation.folder import load_folder
from crossings.situation.records import Situation, Tier
from crossings.situation.tables import SETTINGS_FILE, TABLES

_BUNDLED = Path(__file__).parents[1] / "catalogue"

UNNAMED = "no source named"
"""The speaker of claims that name neither a source nor a publisher."""


def bundled() -> tuple[str, ...]:
    """The ids of the situations that come with the package, sorted."""
    return tuple(sorted(path.parent.name for path in _BUNDLED.glob(f"*/{SETTINGS_FILE}")))


def load(name_or_folder: str | os.PathLike[str]) -> Situation:
    """The bundled situation of this name, or the one in this folder.

    A bundled name goes before a folder of the same name; write ``./name`` for the folder.

    Raises:
        InputError: there is neither, or the folder has errors.
    """
    if name_or_folder in bundled():
        return load_folder(_BUNDLED / name_or_folder)
    try:
        found = name_or_folder != "" and Path(name_or_folder).is_dir()
    except (OSError, ValueError):
        found = False
    if not found:
        names = ", ".join(bundled()) or "none are bundled"
        raise InputError(
            f"situation: found no {str(name_or_folder)!r}, expected a folder or one of: {names}"
        )
    return load_folder(name_or_folder)


@dataclasses.dataclass(frozen=True)
class Overview:
    """What a situation holds, in numbers.

    ``rows`` counts rows by table; ``first`` and ``last`` are the earliest and latest moment that a
    reported claim refers to (``None`` without any; what was believed before and what was planned
    would stretch the period by years); ``sources`` counts claims by who said them, the most heard
    first (a claim of two sources counts for both).
    """

    id: str
    title: str
    tier: Tier
    rows: dict[str, int]
    first: dt.datetime | None
    last: dt.datetime | None
    sources: dict[str, int]


def overview(situation: Situation) -> Overview:
    """Rows, period and speakers of ``situation``."""
    dated = [c.as_of for c in situation.claims if c.as_of is not None and c.status == "reported"]
    speakers = Counter(
        speaker
        for claim in situation.claims
        for speaker in claim.sources or (claim.publisher or UNNAMED,)
    )
    return Overview(
        id=situation.id,
        title=situation.title,
        tier=situation.tier,
        rows={table.field: len(getattr(situation, table.field)) for table in TABLES},
        first=min(dated, default=None),
        last=max(dated, default=None),
        sources=dict(sorted(speakers.items(), key=lambda item: (-item[1], item[0]))),
    )
