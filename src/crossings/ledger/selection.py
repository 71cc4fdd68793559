"""Entries chosen by what they say, who says it, where and when."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

from crossings.ledger.history import Entry, Standing, View
from crossings.ledger.identity import Kept
from crossings.situation.records import Claim, Context, Event


@dataclasses.dataclass(frozen=True)
class Selection:
    """What is wanted; whatever is empty is not asked for.

    ``source`` is part of a name among who says it, through whom and who published it. ``since`` and
    ``until`` bound the moment that a figure refers to or an event happened, ``as_of`` what was
    public.
    """

    kinds: frozenset[str] = frozenset()
    standings: frozenset[Standing] = frozenset()
    measure: str = ""
    place: str = ""
    source: str = ""
    document: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    as_of: dt.datetime | None = None


def select(entries: Iterable[Entry], wanted: Selection) -> list[tuple[Entry, View]]:
    """The entries that are wanted, each as it stood at ``wanted.as_of``, in their order."""
    found = []
    for entry in entries:
        view = entry.view(wanted.as_of)
        if view is not None and _is_wanted(entry, view, wanted):
            found.append((entry, view))
    return found


def moment_of(record: Kept) -> dt.datetime | None:
    """When a figure holds or an event happened; ``None`` where that is not stated."""
    if isinstance(record, Claim):
        return record.as_of
    return record.time if isinstance(record, Event) else None


def _is_wanted(entry: Entry, view: View, wanted: Selection) -> bool:
    record = view.record
    if wanted.kinds and entry.kind not in wanted.kinds:
        return False
    if wanted.standings and view.standing not in wanted.standings:
        return False
    if wanted.document and not entry.document.startswith(wanted.document):
        return False
    if wanted.measure and getattr(record, "measure", "") != wanted.measure:
        return False
    if wanted.place and (isinstance(record, Context) or record.place != wanted.place):
        return False
    if wanted.source and not _said_by(record, wanted.source):
        return False
    return _in_time(moment_of(record), wanted)


def _said_by(record: Kept, name: str) -> bool:
    names = (*record.sources, record.via, record.publisher)
    return any(name.casefold() in said.casefold() for said in names)


def _in_time(when: dt.datetime | None, wanted: Selection) -> bool:
    if wanted.since is None and wanted.until is None:
        return True
    if when is None:
        return False
    after = wanted.since is None or when >= wanted.since
    return after and (wanted.until is None or when <= wanted.until)
