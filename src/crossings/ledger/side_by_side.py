"""One question, every answer: who gave which figure, what became of it, what can be said today.

The question is a measure at a place at a time. Claims answer it only where they count the same
thing (counting, unit, place and origin alike); others are listed beside it and never averaged with
it.

What can be said is a range over independent bulletins (:mod:`crossings.ledger.ties` tells which
they are, :mod:`crossings.ledger.reconciled` makes the range).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from crossings.errors import InputError
from crossings.ledger.reconciled import Reconciled, reconciled
from crossings.ledger.ties import Row, Tie, by_time, ties_between
from crossings.situation.disagreements import Quantity, quantity
from crossings.situation.records import Claim


@dataclasses.dataclass(frozen=True)
class SideBySide:
    """The answers to one question.

    ``rows`` are the claims of the quantity, in the order of the times they hold for; ``others`` are
    claims of the same measure that count something else. ``reconciled`` is ``None`` where nobody
    gives a number that counts.
    """

    quantity: Quantity
    rows: tuple[Row, ...]
    others: tuple[Row, ...]
    reconciled: Reconciled | None

    @property
    def history(self) -> tuple[Row, ...]:
        """One row an independent bulletin: the figure as it was given, time by time."""
        out: set[Tie] = {"copy of", "part of", "ahead", "before", "rejected", "no number or time"}
        return tuple(r for r in self.rows if not any(kind in out for kind, _ in r.ties))

    def other_quantities(self) -> list[tuple[Claim, tuple[Tie, ...], int]]:
        """What else the measure counts: the newest claim of each, in what it differs, how many."""
        newest: dict[Quantity, tuple[Claim, tuple[Tie, ...], int]] = {}
        for row in self.others:
            if row.claim.review == "rejected" or row.claim.value is None:
                continue
            key = quantity(row.claim)
            before = newest[key][2] if key in newest else 0
            newest[key] = (row.claim, tuple(kind for kind, _ in row.ties), before + 1)
        return sorted(newest.values(), key=lambda found: (len(found[1]), -found[2]))


def quantities(claims: Iterable[Claim]) -> list[tuple[Quantity, int]]:
    """What claims count, each with how many of them do, the most first."""
    counts: dict[Quantity, int] = {}
    for claim in claims:
        counts[quantity(claim)] = counts.get(quantity(claim), 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0][2] != "people", item[0]))


def matching(
    claims: Iterable[Claim],
    *,
    measure: str,
    counting: str = "",
    unit: str = "",
    place: str | None = None,
    origin: str = "",
) -> Quantity:
    """The quantity that most claims count, among those that fit what is asked.

    Args:
        claims: what was public together.
        measure: such as ``arrived``.
        counting: ``cumulative``, ``stock`` or ``flow``; empty for any.
        unit: empty for any.
        place: a place id, ``None`` for any.
        origin: part of its name; empty for any.

    Raises:
        InputError: no claim fits; the message names what there is.
    """
    there = quantities(claims)
    fitting = [
        found
        for found, _ in there
        if found[0] == measure
        and found[1] == (counting or found[1])
        and found[2] == (unit or found[2])
        and found[3] == (found[3] if place is None else place)
        and origin.casefold() in found[4].casefold()
    ]
    if fitting:
        return fitting[0]
    same = [" ".join(part for part in found if part) for found, _ in there if found[0] == measure]
    measures = sorted({found[0] for found, _ in there})
    raise InputError(
        f"compare: found no claim of {measure!r} that fits, expected one of: "
        + "; ".join((same or measures)[:12])
    )


def side_by_side(
    claims: Iterable[Claim], asked: Quantity, zone: ZoneInfo, time: dt.datetime | None = None
) -> SideBySide:
    """Put the claims that answer a question beside each other.

    Args:
        claims: what was public together: ``situation.as_of(t).claims`` or ``ledger.claims(...)``.
        asked: measure, counting, unit, place and origin.
        zone: in which a bare date is a day.
        time: the moment that is asked for; the newest that a figure holds for, unless given.
    """
    same_measure = [claim for claim in claims if claim.measure == asked[0]]
    mine = sorted((c for c in same_measure if quantity(c) == asked), key=by_time)
    ties = ties_between(mine, zone, time)
    rows = tuple(Row(claim, tuple(ties[claim.id])) for claim in mine)
    others = tuple(
        Row(claim, tuple((tie, "") for tie in _otherwise(claim, asked)))
        for claim in sorted(same_measure, key=by_time)
        if quantity(claim) != asked
    )
    return SideBySide(asked, rows, others, reconciled(rows, asked, time))


def _otherwise(claim: Claim, asked: Quantity) -> list[Tie]:
    """In what a claim counts something else than was asked for."""
    names: tuple[Tie, ...] = ("other counting", "other unit", "other place", "other origin")
    return [
        name
        for name, mine, wanted in zip(names, quantity(claim)[1:], asked[1:], strict=True)
        if mine != wanted
    ]
