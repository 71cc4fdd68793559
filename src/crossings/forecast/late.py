"""A flight that is a month to three months old: both components, half of the members each.

From a month of figures on the statistical component carries a series. It learnt from slow crises;
on the two fast ones that go on for longer than a month the mechanistic component was the better one
up to three months (``python -m benchmarks.late_mechanistic``), and half of each better than the
statistical one alone. So where there are arrivals to simulate it has half of the members, within a
budget: steps of a day, the last 60 days at most, and few histories, each of them repeated. The half
was not fitted: the gate that weighs components by what they scored here would take weeks of such
forecasts made again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import numpy as np
import xarray as xr

from crossings.forecast.counts import ARRIVED
from crossings.forecast.outlook import ClaimUse, Outlook
from crossings.forecast.request import FEWEST_MEMBERS, Request
from crossings.forecast.sentences import sentence
from crossings.situation.records import ALL

YOUNG = dt.timedelta(days=90)
"""Both crises by which this was measured end about then."""
FRESH = dt.timedelta(days=14)
"""An older last figure leaves the present to a component that simulates weeks without figures."""
SHARE = 0.5
HISTORIES = 250
"""Simulated histories; a hundred at least, and no more than members to fill."""
STEP_HOURS = 24.0

TOGETHER = "statistical and mechanistic"
"""``carried_by`` of their outlooks."""


def with_simulated(
    outlook: Outlook, asked: Request, simulate: Callable[[Request], Outlook]
) -> Outlook:
    """An outlook of the statistical component with simulated members, where that is of use.

    Args:
        outlook: of the statistical component.
        asked: what it answers.
        simulate: makes the outlook of the mechanistic component.
    """
    if not _of_use(outlook, asked):
        left_out = sentence("note.not_simulated")
        return dataclasses.replace(outlook, notes=(*outlook.notes, left_out))
    members = max(1, int(SHARE * asked.members))
    few = max(FEWEST_MEMBERS, min(HISTORIES, members))
    steps = max(STEP_HOURS, asked.situation.step_hours)
    coarse = asked.situation.model_copy(update={"step_hours": steps})
    simulated = simulate(dataclasses.replace(asked, situation=coarse, members=few))
    note = sentence("note.simulated", many=members, members=asked.members, few=few)
    return dataclasses.replace(
        outlook,
        draws=_mixed(outlook, simulated, members),
        claims=_uses(outlook, simulated),
        carried_by=TOGETHER,
        diagnostics=outlook.diagnostics
        | {"mechanistic": simulated.diagnostics | {"members": members, "histories": few}},
        notes=(*outlook.notes, note),
    )


def _of_use(outlook: Outlook, asked: Request) -> bool:
    """Whether it is a total of arrivals, one to three months old and still counted."""
    if outlook.targets != (ARRIVED,) or outlook.places != (ALL,):
        return False
    last = outlook.last_figure
    if last is None or last.value <= 0 or outlook.issued_at - last.as_of > FRESH:
        return False
    if outlook.samples(ARRIVED).min() < last.value:
        return False  # lowered, stated as a range, or far from another source: no running total
    counted = [c for c in asked.situation.claims if c.target == ARRIVED and c.value]
    if not counted:
        return False  # sums of flows: it would simulate another level
    begun = min(c.as_of or c.known_at for c in counted)
    return outlook.tier != "retrospective" and outlook.issued_at - begun <= YOUNG


def _mixed(outlook: Outlook, simulated: Outlook, members: int) -> xr.Dataset:
    """The draws of everybody, the last ``members`` of them simulated, (member, time, place)."""
    total = outlook.draws.sizes["member"]
    order = np.arange(members) % simulated.draws.sizes["member"]
    found = outlook.draws.copy(deep=True)
    found[ARRIVED].values[total - members :, :, 0] = simulated.samples(ARRIVED)[order]
    return found


def _uses(outlook: Outlook, simulated: Outlook) -> tuple[ClaimUse, ...]:
    """One use for every claim: that of the series, or what simulated members made of it."""
    by_claim = {use.claim: use for use in simulated.claims}

    def use(one: ClaimUse) -> ClaimUse:
        other = by_claim.get(one.claim)
        if one.used or other is None or not other.used:
            return one
        reason = f"{other.reason} (in the simulated members)"
        return dataclasses.replace(other, weight=SHARE * other.weight, reason=reason)

    return tuple(use(one) for one in outlook.claims)
