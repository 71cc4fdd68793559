"""Issue a forecast: one situation, one moment, nothing known after it.

:func:`forecast` reads the situation through ``as_of``, conditions the mechanistic component on its
claims, runs every member on to the horizon, puts the people on the host's roads, and returns an
:class:`~crossings.forecast.outlook.Outlook`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import platform
import re
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import numpy.typing as npt
import xarray as xr

from crossings.dynamics import engine
from crossings.dynamics.streams import entity_code, normals
from crossings.errors import InputError
from crossings.forecast import destinations
from crossings.forecast.corridors import Corridors, corridors
from crossings.forecast.observation import Evidence, gather
from crossings.forecast.onset import Grid, Members, OnsetModel, entry_open
from crossings.forecast.outlook import ClaimUse, LastFigure, Outlook
from crossings.forecast.parameters import Priors
from crossings.forecast.population import population
from crossings.forecast.published import Last, last_figures, published
from crossings.forecast.sampler import Particles, Report, Sampler
from crossings.situation.records import ALL, Situation
from crossings.situation.times import with_fixed_offset

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

LONGEST_HORIZON_HOURS = 180 * 24
MOST_MEMBERS = 100_000
FUTURES = 2
"""Futures that follow each sampled past, where there are enough members."""

CLOCK_HOURS = (6, 12, 18)
FINE_DAYS = 4
"""Forecast times within the day are given this many days ahead; then the ends of days."""

DELAY = dt.timedelta(hours=2)
"""Assumed publication times may be this much later: shown beside every forecast."""


@dataclasses.dataclass(frozen=True)
class Request:
    """What is asked: the situation as of the issue time, how far, how many members, which seed."""

    situation: Situation
    issued_at: dt.datetime
    times: tuple[dt.datetime, ...]
    members: int
    seed: int
    include_proposed: bool


def forecast(
    situation: Situation,
    as_of: str | dt.date | dt.datetime | None = None,
    horizon: str | float = "8d",
    members: int = 2000,
    seed: int = 1,
    *,
    include_proposed: bool = False,
    times: Sequence[dt.datetime] = (),
    delay_check: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Outlook:
    """Forecast arrivals, people present, waiting and unregistered after a moment.

    Args:
        situation: everything known of the crisis; rows known after ``as_of`` are not looked at.
        as_of: the issue time; a bare date means the end of that day, None the newest row.
        horizon: how far, such as ``"8d"`` or ``"36h"``, or hours; up to 180 days.
        members: how many histories, 100 to 100,000.
        seed: the same seed gives the same bits.
        include_proposed: whether claims that nobody has accepted yet may enter.
        times: further forecast times, such as the hour of a meeting, within the horizon.
        delay_check: whether to forecast again with every assumed publication time two hours later
            and to note what changes.
        progress: told the share of the work that is done.

    Raises:
        InputError: the moment is before the situation, or an argument is out of range.
    """
    request = _request(situation, as_of, horizon, members, seed, include_proposed, times)
    if not 100 <= members <= MOST_MEMBERS:
        raise InputError(f"members: found {members}, expected 100 to {MOST_MEMBERS:,}")
    outlook = _run(request, progress)
    if not delay_check:
        return outlook
    fewer = max(100, members // 4)
    delayed = _request(
        later_by(situation), request.issued_at, horizon, fewer, seed, include_proposed, times
    )
    return dataclasses.replace(
        outlook, notes=(*outlook.notes, _delay_note(_run(delayed, None), outlook))
    )


def _delay_note(delayed: Outlook, outlook: Outlook) -> str:
    """What the forecast would be if the assumed publication times were later."""
    target = outlook.targets[0]
    low, middle, high = delayed.quantiles(target, levels=(0.05, 0.5, 0.95))[-1]
    figure = delayed.last_figure
    last = f"{figure.value:,.0f}" if figure is not None else "none"
    return (
        "Some publication times are assumed. Were all of those 2 hours later, the last figure would be "
        f"{last} and the end of the horizon: median {middle:,.0f}, 9 in 10 between {low:,.0f} and "
        f"{high:,.0f} ({delayed.members} members)."
    )


def later_by(situation: Situation, delay: dt.timedelta = DELAY) -> Situation:
    """The situation with every assumed publication time put off: how much hangs on the assumption."""
    claims = tuple(
        c.model_copy(update={"known_at": c.known_at + delay}) if c.known_at_assumed else c
        for c in situation.claims
    )
    return situation.model_copy(update={"claims": claims})


def horizon_hours(horizon: str | float) -> float:
    """Hours of a horizon such as ``"8d"``, ``"36h"`` or ``2.5`` (hours).

    Raises:
        InputError: it is not one, or not between 1 hour and 180 days.
    """
    if isinstance(horizon, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([hdw])\s*", horizon)
        if match is None:
            raise InputError(
                f"horizon: found {horizon!r}, expected days or hours such as 8d or 36h"
            )
        hours = float(match[1]) * {"h": 1, "d": 24, "w": 168}[match[2]]
    else:
        hours = float(horizon)
    if not 1 <= hours <= LONGEST_HORIZON_HOURS:
        raise InputError(f"horizon: found {horizon!r}, expected between 1h and 180d")
    return hours


def _request(
    situation: Situation,
    as_of: str | dt.date | dt.datetime | None,
    horizon: str | float,
    members: int,
    seed: int,
    include_proposed: bool,
    times: Sequence[dt.datetime],
) -> Request:
    hours = horizon_hours(horizon)
    if as_of is None:
        rows = [*situation.claims, *situation.events]
        if not rows:
            raise InputError(
                f"situation {situation.id!r} has no claims and no events to forecast from"
            )
        as_of = max(row.known_at for row in rows)
    issued_at = with_fixed_offset(situation.moment(as_of).astimezone(situation.zone))
    if issued_at < situation.start:
        raise InputError(
            f"as-of: found {issued_at.isoformat()}, expected a moment after the start of situation "
            f"{situation.id!r} ({situation.start.isoformat()})"
        )
    known = situation.as_of(issued_at)
    if not known.claims and not known.events:
        first = min(row.known_at for row in [*situation.claims, *situation.events])
        raise InputError(
            f"as-of: found {issued_at.isoformat()}, expected a moment after the first row was known "
            f"({first.isoformat()})"
        )
    end = issued_at + dt.timedelta(hours=hours)
    grid_times = _times(issued_at, end, known)
    asked = {with_fixed_offset(known.moment(t).astimezone(known.zone)) for t in times}
    beyond = [t for t in asked if not issued_at < t <= end]
    if beyond:
        raise InputError(f"times: found {beyond[0].isoformat()}, expected within the horizon")
    merged = tuple(sorted(set(grid_times) | asked))
    return Request(known, issued_at, merged, members, seed, include_proposed)


def _times(issued_at: dt.datetime, end: dt.datetime, situation: Situation) -> list[dt.datetime]:
    """Local clock hours for the first days, then the last second of each day, and the end."""
    found = {with_fixed_offset(end.replace(microsecond=0).astimezone(situation.zone))}
    day = issued_at.astimezone(situation.zone).date()
    last = end.astimezone(situation.zone).date()
    number = 0
    while day <= last:
        clocks = [dt.time(23, 59, 59)]
        if number <= FINE_DAYS and situation.step_hours <= 6:
            clocks += [dt.time(h) for h in CLOCK_HOURS]
        for clock in clocks:
            when = with_fixed_offset(dt.datetime.combine(day, clock, situation.zone))
            # A day's end one second beyond the horizon is what somebody who says "8d" means.
            if issued_at < when <= end + dt.timedelta(seconds=1):
                found.add(when)
        day += dt.timedelta(days=1)
        number += 1
    return sorted(found)


def _run(request: Request, progress: Callable[[float], None] | None) -> Outlook:
    """Condition, simulate on, and put the result together."""
    situation, issued_at = request.situation, request.issued_at
    priors = Priors(situation.priors)
    shape = corridors(situation)
    evidence = gather(situation, shape, issued_at, request.include_proposed)
    at_risk = population(evidence, priors, issued_at)
    hours = (request.times[-1] - issued_at).total_seconds() / 3600.0
    model = OnsetModel(situation, shape, evidence, at_risk, priors, issued_at, hours)
    futures = FUTURES if request.members >= 1000 else 1
    particles = -(-request.members // futures)
    state, report = Sampler(model, particles, request.seed).run(progress=progress)
    coordinates, path = _futures(model, state, request, particles)
    members = model.members(coordinates)
    history = model.simulate(members, path, model.grid.steps)
    record = record_steps(model.grid, request.times)
    counts, share_uses = _counts(request, model, members, history, evidence, priors, record)
    draws = _dataset(counts, request, shape, situation)
    latest = last_figures(evidence.observations)
    return Outlook(
        situation=situation.id,
        title=situation.title,
        tier=situation.tier,
        sensitivity=situation.sensitivity,
        issued_at=issued_at,
        time_zone=situation.time_zone,
        times=request.times,
        draws=draws,
        claims=_uses(situation, evidence, at_risk.uses, share_uses),
        last_figure=_last_figure(latest, shape, issued_at),
        members=request.members,
        seed=request.seed,
        carried_by="mechanistic",
        diagnostics=_diagnostics(model, report, counts, request, particles),
        versions=_versions(),
        notes=_notes(request, latest, shape),
    )


def _futures(
    model: OnsetModel, state: Particles, request: Request, particles: int
) -> tuple[F8, F8]:
    """Coordinates and whole paths of all members: each past is followed by futures of its own."""
    chosen = np.arange(request.members) % particles
    ahead = model.grid.steps - model.grid.known
    fresh = normals(
        request.seed,
        np.arange(request.members, dtype=np.int64),
        model.channel_codes,
        np.full(model.channels, entity_code("future"), dtype=np.int64),
        model.grid.codes(model.grid.steps)[model.grid.known :],
    )
    path = np.empty((request.members, model.grid.steps, model.channels))
    path[:, : model.grid.known] = state.path[chosen]
    path[:, model.grid.known :] = fresh[:, :ahead]
    return state.coordinates[chosen], path


def record_steps(grid: Grid, times: Sequence[dt.datetime]) -> I8:
    """The step after whose end each forecast time comes to stand (the nearest end of a step)."""
    positions = np.array([grid.position(t) for t in times])
    return np.clip(np.round(positions - 1e-3).astype(np.int64) - 1, 0, grid.steps - 1)


def _counts(
    request: Request,
    model: OnsetModel,
    members: Members,
    history: engine.History,
    evidence: Evidence,
    priors: Priors,
    record: I8,
) -> tuple[dict[str, dict[str, I8]], dict[str, float]]:
    """Whole people by target and place, each (member, time); the weights of claims for shares."""
    shape, situation, grid = model.shape, request.situation, model.grid
    gates = len(shape.gates)
    latest = last_figures(evidence.observations)
    arrived = history.arrived[:, :, 1:].astype(float) + model.base[:gates]
    estimate = any(last.estimate for last in latest.values())
    factor = members.errors.estimate_factor if estimate else 1.0
    spread = np.minimum(0.5, members.errors.spread * factor)
    series = _series(arrived, latest, spread, grid, request.seed)
    total = series[:, :, gates]
    unregistered = np.maximum(0, total - history.registered - int(model.base[gates]))
    waiting = history.waiting + history.queue.sum(axis=2)
    found: dict[str, dict[str, I8]] = {
        "arrived.cumulative": {ALL: total[:, record]},
        "present.stock": {ALL: total[:, record]},
        "waiting.stock": {ALL: waiting[:, record]},
        "unregistered.stock": {ALL: unregistered[:, record]},
    }
    side = destinations.host_side(situation, shape)
    if side is None:
        return found, {}
    alpha, used = destinations.concentrations(
        side, situation, evidence.shares, priors, request.issued_at, grid.hours
    )
    share = destinations.shares(alpha, request.members, request.seed)
    inflow = np.diff(series[:, :, :gates], axis=1, prepend=0)
    entries = [e for gate in shape.gates for e in gate.entries]
    is_open = {e: entry_open(situation, e, grid) for e in entries}
    codes = grid.codes(grid.steps)
    kept = np.unique(record)
    onward = destinations.walk(
        side, situation, share, inflow, is_open, grid.hours, codes, kept, request.seed
    )
    place_of = np.searchsorted(kept, record)
    for place in side.places:
        found["arrived.cumulative"][place] = onward.arrived[place][:, place_of]
        found["present.stock"][place] = onward.present[place][:, place_of]
    for g, gate in enumerate(shape.gates):
        for place in gate.whole:
            found["arrived.cumulative"][place] = series[:, :, g][:, record]
    _anchor(found, model, evidence, series, request, record)
    _spread_waiting(found, model, history, record)
    _spread_unregistered(found, side, situation)
    return found, used


def _series(arrived: F8, latest: dict[int, Last], spread: F8, grid: Grid, seed: int) -> I8:
    """Published counts of every gate and of all, shape (M, T, gates + 1)."""
    members, steps, gates = arrived.shape
    out = np.empty((members, steps, gates + 1), dtype=np.int64)
    if gates == 1:
        both = [latest[s] for s in (0, 1) if s in latest]
        last = max(both, key=lambda one: (one.as_of, one.value), default=None)
        out[:, :, 0] = published(arrived[:, :, 0], last, spread, grid, seed, "0")
        out[:, :, 1] = out[:, :, 0]
        return out
    for g in range(gates):
        out[:, :, g] = published(arrived[:, :, g], latest.get(g), spread, grid, seed, str(g))
    whole = out[:, :, :gates].sum(axis=2)
    if gates in latest and not all(g in latest for g in range(gates)):
        counted = published(arrived.sum(axis=2), latest[gates], spread, grid, seed, ALL)
        whole = np.maximum(whole, counted)
    out[:, :, gates] = np.maximum.accumulate(whole, axis=1)
    return out


def _anchor(
    found: dict[str, dict[str, I8]],
    model: OnsetModel,
    evidence: Evidence,
    series: I8,
    request: Request,
    record: I8,
) -> None:
    """Places behind a gate with a published series of their own go on from its last figure."""
    own: dict[str, list[tuple[float, float]]] = {}
    for claim in evidence.shares:
        if claim.measure in ("arrived", "crossed") and claim.counting == "cumulative":
            position = model.grid.position(claim.as_of or claim.known_at)
            own.setdefault(claim.place, []).append((position, float(claim.value or 0.0)))
    for place, figures in own.items():
        gate = model.shape.gate_of(place)
        if gate is None:
            continue
        figures.sort()
        at, value = figures[-1]
        step = min(model.grid.steps - 1, max(0, round(at) - 1))
        gate_then = series[:, step, gate].astype(float)
        gained = series[:, :, gate][:, record] - gate_then[:, None]
        ratio = np.minimum(1.0, value / np.maximum(1.0, gate_then))
        code = entity_code(f"anchor:{place}")
        z = normals(
            request.seed,
            np.arange(request.members, dtype=np.int64),
            np.array([code]),
            np.array([code]),
            np.array([0]),
        )[:, 0, 0]
        logit = np.log((ratio + 0.01) / (1.01 - ratio)) + 0.8 * z
        own_share = 1.0 / (1.0 + np.exp(-logit))
        found["arrived.cumulative"][place] = np.asarray(
            np.round(value + own_share[:, None] * np.maximum(0.0, gained)), dtype=np.int64
        )


def _spread_waiting(
    found: dict[str, dict[str, I8]], model: OnsetModel, history: engine.History, record: I8
) -> None:
    """The queue of a gate stands before its crossings, in equal parts."""
    for place in found["arrived.cumulative"]:
        if place != ALL:
            found["waiting.stock"][place] = np.zeros_like(found["waiting.stock"][ALL])
    for g, gate in enumerate(model.shape.gates):
        queue = history.queue[:, :, g][:, record]
        for number, entry in enumerate(gate.entries):
            count = len(gate.entries)
            found["waiting.stock"][entry] = (queue + count - 1 - number) // count


def _spread_unregistered(
    found: dict[str, dict[str, I8]], side: destinations.HostSide, situation: Situation
) -> None:
    """Those not in the books yet are the newest, so they are nearest the border: filled outwards."""
    left = found["unregistered.stock"][ALL].copy()
    for place in destinations.by_nearness(side, situation):
        here = np.minimum(left, found["present.stock"][place.id])
        found["unregistered.stock"][place.id] = here
        left = left - here


def _dataset(
    counts: dict[str, dict[str, I8]], request: Request, shape: Corridors, situation: Situation
) -> xr.Dataset:
    """The draws: one integer variable a target, (member, time, place), place ``all`` first."""
    behind = [p for gate in shape.gates for p in gate.places]
    places = [ALL, *behind]
    if "crossed.cumulative" in situation.targets:
        counts["crossed.cumulative"] = counts["arrived.cumulative"]
    if "hosted.stock" in situation.targets:
        counts["hosted.stock"] = _hosted(counts, situation)
    order = [t for t in situation.targets if t in counts]
    order = ["arrived.cumulative", *(t for t in [*order, *counts] if t != "arrived.cumulative")]
    utc = [np.datetime64(t.astimezone(dt.UTC).replace(tzinfo=None), "ns") for t in request.times]
    return xr.Dataset(
        {
            target: (
                ("member", "time", "place"),
                np.stack([counts[target][p] for p in places], axis=2),
            )
            for target in dict.fromkeys(order)
        },
        coords={"time": utc, "place": places, "member": np.arange(request.members)},
    )


def _hosted(counts: dict[str, dict[str, I8]], situation: Situation) -> dict[str, I8]:
    """People present as the host counts them: arrivals less those last known to have moved on."""
    gone: dict[str, float] = {}
    for claim in sorted(situation.claims, key=lambda c: (c.as_of or c.known_at, c.id)):
        if claim.target == "moved_on.cumulative" and claim.status == "reported":
            gone[claim.place] = float(claim.value or 0.0)
    arrived = counts["arrived.cumulative"]
    left = {p: gone.get(p, 0.0) for p in arrived}
    left[ALL] = max(left[ALL], sum(v for p, v in left.items() if p != ALL))
    return {p: np.maximum(0, a - round(left[p])) for p, a in arrived.items()}


def _uses(
    situation: Situation,
    evidence: Evidence,
    people: tuple[ClaimUse, ...],
    shares: dict[str, float],
) -> tuple[ClaimUse, ...]:
    """What became of every claim, in the order of the claims."""
    final = {use.claim: use for use in evidence.uses} | {use.claim: use for use in people}
    anchored = {
        c.id
        for c in evidence.shares
        if c.measure in ("arrived", "crossed") and c.counting == "cumulative"
    }
    for claim in evidence.shares:
        weight = shares.get(claim.id, 0.0)
        if weight > 0 or claim.id in anchored:
            reason = "where people go after the border"
            final[claim.id] = ClaimUse(claim.id, "destination", max(weight, 0.05), reason)
        else:
            reason = "shares are read from another measure, or from several places at once"
            final[claim.id] = ClaimUse(claim.id, "", 0.0, reason)
    return tuple(final[c.id] for c in situation.claims)


def _last_figure(
    latest: dict[int, Last], shape: Corridors, issued_at: dt.datetime
) -> LastFigure | None:
    """The newest figure of all arrivals, or the sum of the gates' newest."""
    total = len(shape.gates)
    gates = [latest[g] for g in range(total) if g in latest]
    if total == 1 and total in latest:
        gates.append(latest[total])
        gates = [max(gates, key=lambda one: (one.as_of, one.value))]
    elif len(gates) < total and total in latest:
        gates = [latest[total]]
    if not gates:
        return None
    newest = max(gates, key=lambda one: one.as_of)
    age = (issued_at - newest.as_of).total_seconds() / 3600.0
    return LastFigure(newest.claim, sum(one.value for one in gates), newest.as_of, age)


def _diagnostics(
    model: OnsetModel,
    report: Report,
    counts: dict[str, dict[str, I8]],
    request: Request,
    particles: int,
) -> dict[str, object]:
    """What the sampler did, and the odds of a flow where none was seen yet."""
    found: dict[str, object] = {
        "sampler": report.as_dict(),
        "particles": particles,
        "step_hours": model.grid.hours,
        "steps_known": model.grid.known,
        "window_start": model.grid.start.isoformat(),
        "gates": [gate.id for gate in model.shape.gates],
        "observations": int(model.figures.role.size),
    }
    arrived = counts["arrived.cumulative"][ALL]
    if not any(o == 0 for o in model.figures.role.tolist()) or model.nothing_reported:
        odds = {}
        for days in (1, 3, 7, 14):
            limit = request.issued_at + dt.timedelta(days=days)
            within = [i for i, t in enumerate(request.times) if t <= limit]
            if within and request.times[-1] >= limit - dt.timedelta(hours=1):
                odds[f"{days}d"] = round(float((arrived[:, within[-1]] >= 100).mean()), 3)
        found["probability_that_people_come"] = odds
    return found


def _versions() -> dict[str, str]:
    try:
        own = version("crossings")
    except PackageNotFoundError:
        own = "unknown"
    return {
        "crossings": own,
        "numpy": np.__version__,
        "numba": version("numba"),
        "python": platform.python_version(),
    }


def _notes(request: Request, latest: dict[int, Last], shape: Corridors) -> tuple[str, ...]:
    """Plain remarks that belong with the forecast."""
    notes = [
        "Carried by the mechanistic component alone: a model of departures, crossings and registration "
        "conditioned on the reported figures."
    ]
    last = _last_figure(latest, shape, request.issued_at)
    if last is None:
        notes.append(
            "Nobody has reported arrivals yet: the forecast rests on events, stated populations and "
            "the base rate of feared flights, and is very wide."
        )
    elif last.age_hours > 36:
        notes.append(
            f"The last figure is {last.age_hours:.0f} hours old: read the nearest times as estimates "
            "of the present too."
        )
    return tuple(notes)
