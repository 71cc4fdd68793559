"""From histories to counts: whole people by target, place and time, that fit together.

The component simulates the gates; here its members become published counts at the gates and in all,
people on the host's roads and at its places, queues before the crossings, and people not yet in the
books. At every time and in every member

- arrivals never fall, and at no place exceed those of the gate before it,
- nobody is present who has not arrived, and the places together hold no more than all,
- arrivals are never below the last reported figure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics import engine
from crossings.dynamics.streams import entity_code, normals
from crossings.forecast import destinations
from crossings.forecast.corridors import Corridors
from crossings.forecast.members import Members
from crossings.forecast.observation import ARRIVALS, Evidence, moment
from crossings.forecast.onset import OnsetModel
from crossings.forecast.parameters import Priors
from crossings.forecast.pool import Growth, pooled
from crossings.forecast.published import Last, last_figures, of_all, published
from crossings.forecast.request import Request
from crossings.forecast.timeline import Grid, entry_open
from crossings.situation.records import ALL, Claim

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

ARRIVED = "arrived.cumulative"
PRESENT = "present.stock"
WAITING = "waiting.stock"
UNREGISTERED = "unregistered.stock"

OWN_SHARE_SD = 0.8
"""How far a place's share of the next arrivals scatters around its last share (sd on the logit)."""

Table = dict[str, I8]
"""Whole people by place (``all`` among them), each (member, time)."""


class Counts(NamedTuple):
    """The draws by target, and the weights of the claims that entered here by claim id.

    ``moved_on`` names the claims of people who left the host again, ``anchors`` those from whose
    level the arrivals at a place go on.
    """

    targets: dict[str, Table]
    shares: dict[str, float]
    anchors: frozenset[str]
    moved_on: frozenset[str]


def record_steps(grid: Grid, times: Sequence[dt.datetime]) -> I8:
    """The step after whose end each forecast time comes to stand (the nearest end of a step)."""
    positions = np.array([grid.position(t) for t in times])
    return np.clip(np.round(positions - 1e-3).astype(np.int64) - 1, 0, grid.steps - 1)


def count(
    request: Request,
    model: OnsetModel,
    members: Members,
    history: engine.History,
    evidence: Evidence,
    priors: Priors,
    growth: Growth | None = None,
) -> Counts:
    """Whole people by target, place and time.

    ``history`` holds every step of the gates' network for ``members``; ``growth`` is pooled with
    it where it is given.
    """
    shape, gates = model.shape, len(model.shape.gates)
    record = record_steps(model.grid, request.times)
    latest = last_figures(evidence.observations)
    anchors = _anchors(evidence.shares, shape, request.issued_at)
    series = _series(model, members, history, latest, request.seed)
    if growth is not None:
        series = pooled(series, growth, shape, model.grid, request.seed)
    # Forecast times may stand within the step of the last figure: what was reported stays reported.
    level = np.maximum(series[:, record], _floors(shape, latest, anchors))
    total = level[:, :, gates]
    waiting = history.waiting + history.queue.sum(axis=2)
    booked = history.registered[:, record] + int(model.base[gates])
    tables: dict[str, Table] = {
        ARRIVED: {ALL: total},
        PRESENT: {ALL: total.copy()},
        WAITING: {ALL: waiting[:, record]},
        UNREGISTERED: {ALL: np.maximum(0, total - booked)},
    }
    shares: dict[str, float] = {}
    side = destinations.host_side(request.situation, shape)
    if side is not None:
        shares = _walk(tables, side, request, model, evidence, priors, series, record)
        _settle_arrivals(tables, model, level, series, anchors, request, record)
        tables[WAITING] |= _queues(shape, history, record)
    gone, moved_on = _moved_on(request)
    _settle_presence(tables, gone)
    _settle_books(tables, side)
    used = frozenset(claim.id for claim in anchors.values())
    return Counts(tables, shares, used, moved_on)


def _series(
    model: OnsetModel,
    members: Members,
    history: engine.History,
    latest: dict[int, Last],
    seed: int,
) -> I8:
    """Published counts of every gate and of all after each step, shape (M, T, gates + 1)."""
    gates = len(model.shape.gates)
    arrived = history.arrived[:, :, 1:].astype(float) + model.base[:gates]
    figures = of_all(latest, gates)
    out = np.empty((*arrived.shape[:2], gates + 1), dtype=np.int64)

    def publish(simulated: F8, last: Last | None, name: str) -> I8:
        factor = members.errors.estimate_factor if last is not None and last.estimate else 1.0
        return published(simulated, last, members.errors.spread * factor, model.grid, seed, name)

    if gates == 1:
        out[:, :, 0] = publish(arrived[:, :, 0], next(iter(figures), None), model.shape.gates[0].id)
        out[:, :, 1] = out[:, :, 0]
        return out
    for g, gate in enumerate(model.shape.gates):
        out[:, :, g] = publish(arrived[:, :, g], latest.get(g), gate.id)
    whole = out[:, :, :gates].sum(axis=2)
    if gates in latest and figures == (latest[gates],):
        whole = np.maximum(whole, publish(arrived.sum(axis=2), latest[gates], ALL))
    out[:, :, gates] = np.maximum.accumulate(whole, axis=1)
    return out


def _anchors(claims: Sequence[Claim], shape: Corridors, issued_at: dt.datetime) -> dict[str, Claim]:
    """The newest count of arrivals at each place behind a gate that has a series of its own.

    What a witness saw and what is "at least" or "at most" says too little to go on from.
    """
    found: dict[str, Claim] = {}
    for claim in sorted(claims, key=lambda c: (moment(c, issued_at), c.value or 0.0, c.id)):
        counted = claim.low is not None and claim.high is not None and claim.basis != "eyewitness"
        arrivals = claim.measure in ARRIVALS and claim.counting == "cumulative"
        if counted and arrivals and shape.gate_of(claim.place) is not None:
            found[claim.place] = claim
    return found


def _floors(shape: Corridors, latest: dict[int, Last], anchors: dict[str, Claim]) -> I8:
    """What is reported of each gate and of all already, (gates + 1,).

    A place's count is a floor of its gate where neither the gate nor all have a figure.
    """
    gates = len(shape.gates)
    figures = of_all(latest, gates)
    floor = np.zeros(gates + 1)
    for g in range(gates):
        if g in latest:
            floor[g] = latest[g].value
        elif not figures:
            behind = [c for p, c in anchors.items() if shape.gate_of(p) == g]
            floor[g] = max((float(c.value or 0.0) for c in behind), default=0.0)
    total = sum(figure.value for figure in figures)
    if gates == 1:
        floor[:] = total if figures else floor[0]
    else:
        floor[gates] = max(total, floor[:gates].sum())
    return np.asarray(np.round(floor), dtype=np.int64)


def _walk(
    tables: dict[str, Table],
    side: destinations.HostSide,
    request: Request,
    model: OnsetModel,
    evidence: Evidence,
    priors: Priors,
    series: I8,
    record: I8,
) -> dict[str, float]:
    """Put everybody who comes through a gate on the host's roads; the weights of shares' claims."""
    situation, grid = request.situation, model.grid
    gates = len(model.shape.gates)
    alpha, used = destinations.concentrations(
        side, situation, evidence.shares, priors, request.issued_at, grid.hours
    )
    share = destinations.shares(alpha, request.members, request.seed)
    inflow = np.diff(series[:, :, :gates], axis=1, prepend=0)
    entries = [entry for gate in model.shape.gates for entry in gate.entries]
    is_open = {entry: entry_open(situation, entry, grid) for entry in entries}
    kept = np.unique(record)
    onward = destinations.walk(
        side, share, inflow, is_open, grid.hours, grid.codes(grid.steps), kept, request.seed
    )
    place_of = np.searchsorted(kept, record)
    for place in side.places:
        tables[ARRIVED][place] = onward.arrived[place][:, place_of]
        tables[PRESENT][place] = onward.present[place][:, place_of]
    return used


def _settle_arrivals(
    tables: dict[str, Table],
    model: OnsetModel,
    level: I8,
    series: I8,
    anchors: dict[str, Claim],
    request: Request,
    record: I8,
) -> None:
    """Arrivals at places: the gate's, or on from a figure of their own, never above the gate's."""
    arrived, present = tables[ARRIVED], tables[PRESENT]
    for g, gate in enumerate(model.shape.gates):
        for place in gate.places:
            if place in gate.whole:
                arrived[place] = level[:, :, g].copy()
                continue
            if place in anchors:
                walked = np.maximum(1, arrived[place])
                arrived[place] = _on_from(anchors[place], model, series[:, :, g], request, record)
                ratio = arrived[place] / walked
                present[place] = np.floor(present[place] * ratio).astype(np.int64)
            arrived[place] = np.minimum(arrived[place], level[:, :, g])


def _on_from(claim: Claim, model: OnsetModel, gate: I8, request: Request, record: I8) -> I8:
    """Arrivals at a place, on from its last figure with its share of what comes through the gate.

    ``gate`` (M, T) are the gate's arrivals. The next share scatters around the last one.
    """
    value = float(claim.value or 0.0)
    position = model.grid.position(moment(claim, request.issued_at))
    then = gate[:, min(model.grid.steps - 1, max(0, round(position) - 1))].astype(float)
    gained = np.maximum(0.0, gate[:, record] - then[:, None])
    ratio = np.minimum(1.0, value / np.maximum(1.0, then))
    code = np.array([entity_code(f"anchor:{claim.place}")])
    member = np.arange(request.members, dtype=np.int64)
    z = normals(request.seed, member, code, code, np.array([0]))[:, 0, 0]
    logit = np.log((ratio + 0.01) / (1.01 - ratio)) + OWN_SHARE_SD * z
    own = 1.0 / (1.0 + np.exp(-logit))
    return np.asarray(np.round(value + own[:, None] * gained), dtype=np.int64)


def _queues(shape: Corridors, history: engine.History, record: I8) -> Table:
    """The queue of a gate stands before its crossings, in equal parts."""
    found: Table = {}
    for g, gate in enumerate(shape.gates):
        queue = history.queue[:, :, g][:, record]
        found |= {place: np.zeros_like(queue) for place in gate.places}
        among = len(gate.entries)
        for number, entry in enumerate(gate.entries):
            found[entry] = (queue + among - 1 - number) // among
    return found


def _moved_on(request: Request) -> tuple[dict[str, int], frozenset[str]]:
    """People known to have left the host again, by place, and the claims that say so."""
    newest: dict[str, Claim] = {}
    for claim in sorted(
        request.situation.claims, key=lambda c: (moment(c, request.issued_at), c.id)
    ):
        believed = claim.review == "accepted" or (
            claim.review == "proposed" and request.include_proposed
        )
        left = claim.target == "moved_on.cumulative" and claim.unit == "people"
        if left and believed and claim.status == "reported" and claim.value is not None:
            newest[claim.place or ALL] = claim
    gone = {place: round(float(claim.value or 0.0)) for place, claim in newest.items()}
    return gone, frozenset(claim.id for claim in newest.values())


def _settle_presence(tables: dict[str, Table], gone: dict[str, int]) -> None:
    """Take off those who moved on; nobody present has not arrived, and places fit within all.

    Nobody is assumed to move on later: who comes after the last such figure stays.
    """
    arrived, present = tables[ARRIVED], tables[PRESENT]
    left = max(gone.get(ALL, 0), sum(n for place, n in gone.items() if place != ALL))
    present[ALL] = np.maximum(0, present[ALL] - left)
    places = [place for place in present if place != ALL]
    for place in places:
        here = np.minimum(present[place], arrived[place])
        present[place] = np.maximum(0, here - gone.get(place, 0))
    if places:
        together = np.sum([present[place] for place in places], axis=0)
        fitting = np.minimum(1.0, present[ALL] / np.maximum(1, together))
        for place in places:
            present[place] = np.floor(present[place] * fitting).astype(np.int64)


def _settle_books(tables: dict[str, Table], side: destinations.HostSide | None) -> None:
    """Those not in the books yet are the newest, so nearest the border: filled outwards."""
    tables[UNREGISTERED][ALL] = np.minimum(tables[UNREGISTERED][ALL], tables[PRESENT][ALL])
    left = tables[UNREGISTERED][ALL]
    for place in destinations.by_nearness(side) if side is not None else ():
        here = np.minimum(left, tables[PRESENT][place])
        tables[UNREGISTERED][place] = here
        left = left - here
