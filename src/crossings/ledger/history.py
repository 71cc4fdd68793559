"""An entry and what people decided about it; how it stood at a time.

Two clocks run beside each other. ``known_at`` says since when something was public: it is the gate
of a forecast to the past. ``recorded_at`` says since when this ledger holds it: with it a forecast
is repeated as it was issued.

An act without ``known_at`` judges the reading: the document said so all along, so the act holds
for every time. An act with ``known_at`` rests on something that became public then (the source
corrected itself, the figure was refuted) and changes nothing before that moment.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Literal

from crossings.ledger.identity import Kept, Kind

Act = Literal["accept", "correct", "reject", "retract"]
Standing = Literal["proposed", "accepted", "rejected", "retracted"]

REMOVED = "[removed]"
"""What stands in place of a text or a name that was removed for good."""


@dataclasses.dataclass(frozen=True)
class Document:
    """A text that was read; ``id`` is its content hash. ``text`` is empty once it is removed."""

    id: str
    url: str
    publisher: str
    published: dt.datetime | None
    retrieved: dt.datetime | None
    text: str
    by: str
    recorded_at: dt.datetime


@dataclasses.dataclass(frozen=True)
class Decision:
    """An act about an entry: who, when, why.

    ``known_at`` is ``None`` where the reading is judged; ``record`` is the corrected record of an
    act ``correct``.
    """

    id: str
    act: Act
    by: str
    recorded_at: dt.datetime
    known_at: dt.datetime | None
    reason: str
    record: Kept | None


@dataclasses.dataclass(frozen=True)
class Tombstone:
    """What was removed from a row, and why: hash of the row before and after."""

    id: str
    target: str
    target_id: str
    digest_before: str
    digest_after: str
    reason: str
    by: str
    recorded_at: dt.datetime


@dataclasses.dataclass(frozen=True)
class View:
    """An entry as it stood at some time: its record then, and how far it was trusted."""

    record: Kept
    standing: Standing
    corrected: bool = False


@dataclasses.dataclass(frozen=True)
class Entry:
    """A claim or statement with its whole history, oldest act first."""

    id: str
    situation: str
    kind: Kind
    document: str
    reader: str
    by: str
    recorded_at: dt.datetime
    record: Kept
    acts: tuple[Decision, ...] = ()

    def view(
        self, as_of: dt.datetime | None = None, recorded_by: dt.datetime | None = None
    ) -> View | None:
        """How the entry stood, ``None`` where it was not known or not recorded yet.

        Args:
            as_of: only what was public by then counts; ``None`` for everything.
            recorded_by: only what the ledger held by then counts; ``None`` for everything.
        """
        if recorded_by is not None and self.recorded_at > recorded_by:
            return None
        acts = [a for a in self.acts if recorded_by is None or a.recorded_at <= recorded_by]
        view = View(self.record, "proposed")
        for act in acts:
            if act.known_at is None:
                view = _after(view, act)
        if as_of is not None and view.record.known_at > as_of:
            return None
        if view.standing == "rejected":
            return view
        later = [a for a in acts if a.known_at and (as_of is None or a.known_at <= as_of)]
        for act in sorted(later, key=lambda a: (a.known_at or a.recorded_at, a.recorded_at)):
            view = _after(view, act)
        return view

    def basis(self) -> dt.datetime | None:
        """The ``known_at`` of the newest public ground for how the entry stands; ``None``: reading.

        A later decision that names no ground of its own must not reach back behind it.
        """
        return max((a.known_at for a in self.acts if a.known_at), default=None)


def _after(view: View, act: Decision) -> View:
    match act.act:
        case "accept":
            return dataclasses.replace(view, standing="accepted")
        case "reject":
            return dataclasses.replace(view, standing="rejected")
        case "retract":
            return dataclasses.replace(view, standing="retracted")
        case "correct":
            assert act.record is not None  # held by the database
            return View(act.record, "accepted", corrected=True)


def as_shown(view: View, entry: Entry) -> Kept:
    """The record of a view under the entry's id, with its review as the entry stands.

    A retracted figure counts as rejected; statements carry no review.
    """
    update: dict[str, object] = {"id": entry.id}
    if entry.kind == "claim":
        update["review"] = "rejected" if view.standing == "retracted" else view.standing
        update["document"] = entry.document or getattr(view.record, "document", "")
    return view.record.model_copy(update=update)


def without_unknown(records: Sequence[Kept], hidden: set[str]) -> list[Kept]:
    """``records`` with references to ``hidden`` entries emptied, so that nothing tells of them."""
    kept = []
    for record in records:
        fields = ("part_of", "same_group_as", "disputes", "bears_on")
        dangling = {f: "" for f in fields if getattr(record, f, "") in hidden}
        kept.append(record.model_copy(update=dangling) if dangling else record)
    return kept
