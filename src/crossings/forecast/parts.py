"""Counts of a part tell of the whole: what places behind a gate say of a gate that nobody counts.

Where neither a gate nor all arrivals have a figure, but places behind the gate do, at least as many
people came through it as were counted at any one place, and as many as at its crossings together,
since everybody passes one of them. Where each crossing has a fresh figure, their sum is the count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from crossings.forecast.corridors import Corridors, Gate
from crossings.forecast.observation import (
    ARRIVALS,
    AT_LEAST,
    VALUE,
    Evidence,
    Observation,
    clock_hours,
    moment,
    rounding,
)
from crossings.situation.records import Claim

FRESH = dt.timedelta(hours=24)
"""Figures of several crossings no further apart than this are one count."""


def of_gates(evidence: Evidence, shape: Corridors, issued_at: dt.datetime) -> list[Observation]:
    """What counts at places say of gates that no figure of their own and no total tells of."""
    told = {o.series for o in evidence.observations if o.role == "arrived"}
    if len(shape.gates) in told:
        return []
    return [
        observation
        for number, gate in enumerate(shape.gates)
        if number not in told
        for observation in _of_gate(evidence.shares, gate, number, issued_at)
    ]


def _of_gate(
    claims: Iterable[Claim], gate: Gate, number: int, issued_at: dt.datetime
) -> list[Observation]:
    counts = [
        c
        for c in claims
        if c.place in gate.places
        and c.measure in ARRIVALS
        and c.counting == "cumulative"
        and c.low is not None
    ]
    newest: dict[str, Claim] = {}
    found = []
    for claim in sorted(counts, key=lambda c: (moment(c, issued_at), c.known_at, c.id)):
        newest[claim.place] = claim
        when = moment(claim, issued_at)
        crossings = [newest[entry] for entry in gate.entries if entry in newest]
        together = sum(c.low or 0.0 for c in crossings)
        most = max(together, *(c.low or 0.0 for c in newest.values()))
        complete = len(crossings) == len(gate.entries) and all(
            c.low == c.high and c.basis != "eyewitness" and when - moment(c, issued_at) <= FRESH
            for c in crossings
        )
        whole = complete and most == together
        found.append(
            Observation(
                claim=claim.id,
                role="arrived",
                series=number,
                as_of=when,
                period=0.0,
                low=most,
                high=most,
                kind=VALUE if whole else AT_LEAST,
                rounding=rounding(most, claim.qualifier),
                clock_hours=clock_hours(claim.as_of_precision if claim.as_of else "date"),
                estimate=claim.basis not in ("count", "registration"),
                weight=1.0,
            )
        )
    return found
