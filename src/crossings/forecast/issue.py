"""Issue a forecast: one situation, one moment, nothing known after it.

:func:`forecast` reads the situation through ``as_of``, conditions the mechanistic component on its
claims, runs every member on to the horizon, puts the people on the host's roads, and returns an
:class:`~crossings.forecast.outlook.Outlook`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import numpy.typing as npt
import xarray as xr

from crossings.dynamics.streams import entity_code, normals
from crossings.forecast.corridors import Corridors, corridors
from crossings.forecast.counts import ARRIVED, PRESENT, Table, count
from crossings.forecast.observation import Evidence, gather
from crossings.forecast.onset import OnsetModel
from crossings.forecast.outlook import LastFigure, Outlook
from crossings.forecast.parameters import Priors
from crossings.forecast.parts import of_gates
from crossings.forecast.population import population
from crossings.forecast.published import last_figures, of_all
from crossings.forecast.request import FEWEST_MEMBERS, Request, canonical, request
from crossings.forecast.sampler import Particles, Report, Sampler
from crossings.forecast.unmapped import with_assumed_roads
from crossings.forecast.uses import claim_uses
from crossings.situation.records import ALL, Situation

F8 = npt.NDArray[np.float64]

FUTURES = 2
"""Futures that follow each sampled past, where there are enough members."""

DELAY = dt.timedelta(hours=2)
"""Assumed publication times may be this much later: shown beside every forecast."""

SOME_PEOPLE = 100
"""Arrivals from which one says that people come, where nobody has reported any yet."""


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
        seed: the same seed gives the same bits; 0 to 4,294,967,295.
        include_proposed: whether claims that nobody has accepted yet may enter.
        times: further forecast times, such as the hour of a meeting, within the horizon.
        delay_check: whether to note what would change if every assumed publication time were two
            hours later (a second forecast, where that takes a row away).
        progress: told the share of the work that is done.

    Raises:
        InputError: the moment is before anything was known, or an argument is out of range.
    """
    asked = request(situation, as_of, horizon, members, seed, include_proposed, times)
    outlook = _run(asked, progress)
    if not delay_check:
        return outlook
    note = _delay_note(situation, asked, outlook)
    return dataclasses.replace(outlook, notes=(*outlook.notes, *note))


def later_by(situation: Situation, delay: dt.timedelta = DELAY) -> Situation:
    """The situation with every assumed publication time put off by ``delay``."""
    claims = tuple(
        c.model_copy(update={"known_at": c.known_at + delay}) if c.known_at_assumed else c
        for c in situation.claims
    )
    return situation.model_copy(update={"claims": claims})


def _delay_note(situation: Situation, asked: Request, outlook: Outlook) -> tuple[str, ...]:
    """What the forecast would be if the assumed publication times were later, if any is."""
    assumed = [c for c in asked.situation.claims if c.known_at_assumed]
    if not assumed:
        return ()
    start = "Some publication times are assumed. Were all of those 2 hours later, "
    known = later_by(situation).as_of(asked.issued_at)
    missing = len(asked.situation.claims) - len(known.claims)
    if not missing:
        return (start + "the same figures would have been known.",)
    if not known.claims and not known.events:
        return (start + "nothing would have been known yet.",)
    fewer = max(FEWEST_MEMBERS, asked.members // 4)
    delayed = _run(dataclasses.replace(asked, situation=known, members=fewer), None)
    low, middle, high = delayed.quantiles(delayed.targets[0], levels=(0.05, 0.5, 0.95))[-1]
    figure = delayed.last_figure
    last = f"{figure.value:,.0f}" if figure is not None else "none"
    return (
        f"{start}the last figure would be {last} and the end of the horizon: median {middle:,.0f}, "
        f"9 in 10 between {low:,.0f} and {high:,.0f} ({delayed.members} members).",
    )


def _run(asked: Request, progress: Callable[[float], None] | None) -> Outlook:
    """Condition, simulate on, and put the result together."""
    known, issued_at = asked.situation, asked.issued_at
    asked = dataclasses.replace(asked, situation=with_assumed_roads(canonical(known)))
    situation = asked.situation
    priors = Priors(situation.priors)
    shape = corridors(situation)
    evidence = gather(situation, shape, issued_at, asked.include_proposed)
    evidence = evidence.with_more(of_gates(evidence, shape, issued_at))
    at_risk = population(evidence, priors, issued_at)
    model = OnsetModel(situation, shape, evidence, at_risk, priors, issued_at, asked.hours)
    particles = -(-asked.members // (FUTURES if asked.members >= 1000 else 1))
    state, report = Sampler(model, particles, asked.seed).run(progress=progress)
    coordinates, path = _futures(model, state, asked, particles)
    members = model.members(coordinates)
    history = model.simulate(members, path, model.grid.steps)
    counts = count(asked, model, members, history, evidence, priors)
    last = _last_figure(evidence, shape, issued_at)
    return Outlook(
        situation=known.id,
        title=known.title,
        tier=known.tier,
        sensitivity=known.sensitivity,
        issued_at=issued_at,
        time_zone=known.time_zone,
        times=asked.times,
        draws=_dataset(counts.targets, asked, shape, known),
        claims=claim_uses(known, evidence, at_risk, counts, priors, model.grid.start),
        last_figure=last,
        members=asked.members,
        seed=asked.seed,
        carried_by="mechanistic",
        diagnostics=_diagnostics(model, report, counts.targets[ARRIVED][ALL], asked, particles),
        versions=_versions(),
        notes=_notes(last, model.nothing_reported),
    )


def _futures(model: OnsetModel, state: Particles, asked: Request, particles: int) -> tuple[F8, F8]:
    """Coordinates and whole paths of all members: each past is followed by futures of its own."""
    chosen = np.arange(asked.members) % particles
    known = model.grid.known
    path = np.empty((asked.members, model.grid.steps, model.channels))
    path[:, :known] = state.path[chosen]
    path[:, known:] = normals(
        asked.seed,
        np.arange(asked.members, dtype=np.int64),
        model.channel_codes,
        np.full(model.channels, entity_code("future"), dtype=np.int64),
        model.grid.codes(model.grid.steps)[known:],
    )
    return state.coordinates[chosen], path


def _dataset(
    counts: dict[str, Table], asked: Request, shape: Corridors, known: Situation
) -> xr.Dataset:
    """The draws: one integer variable a target, (member, time, place), place ``all`` first.

    The situation may ask for two more words for the same people: ``crossed`` for arrived, and
    ``hosted`` for present.
    """
    same = {"crossed.cumulative": ARRIVED, "hosted.stock": PRESENT}
    wanted = [t for t in known.targets if t in counts or t in same]
    targets = list(dict.fromkeys([ARRIVED, *wanted, *counts]))
    behind = {place for gate in shape.gates for place in gate.places}
    places = [ALL, *(p.id for p in known.places if p.id in behind)]
    utc = [np.datetime64(t.astimezone(dt.UTC).replace(tzinfo=None), "ns") for t in asked.times]
    draws = {
        target: np.stack([counts[same.get(target, target)][p] for p in places], axis=2)
        for target in targets
    }
    return xr.Dataset(
        {target: (("member", "time", "place"), people) for target, people in draws.items()},
        coords={"time": utc, "place": places, "member": np.arange(asked.members)},
    )


def _last_figure(evidence: Evidence, shape: Corridors, issued_at: dt.datetime) -> LastFigure | None:
    """The newest figure of all arrivals, or the sum of the gates' newest."""
    figures = of_all(last_figures(evidence.observations), len(shape.gates))
    if not figures:
        return None
    newest = max(figures, key=lambda one: one.as_of)
    age = (issued_at - newest.as_of).total_seconds() / 3600.0
    return LastFigure(newest.claim, sum(one.value for one in figures), newest.as_of, age)


def _diagnostics(
    model: OnsetModel,
    report: Report,
    arrived: npt.NDArray[np.int64],
    asked: Request,
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
    if model.nothing_reported:
        odds = {}
        for days in (1, 3, 7, 14):
            limit = asked.issued_at + dt.timedelta(days=days)
            within = [i for i, t in enumerate(asked.times) if t <= limit]
            if within and asked.times[-1] >= limit - dt.timedelta(hours=1):
                come = arrived[:, within[-1]] >= SOME_PEOPLE
                odds[f"{days}d"] = round(float(come.mean()), 3)
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


def _notes(last: LastFigure | None, nothing_reported: bool) -> tuple[str, ...]:
    """Plain remarks that belong with the forecast."""
    notes = [
        "Carried by the mechanistic component alone: a model of departures, crossings and "
        "registration conditioned on the reported figures."
    ]
    if nothing_reported:
        notes.append(
            "Nobody has reported arrivals yet: the forecast rests on events, stated populations "
            "and the base rate of feared flights, and is very wide."
        )
    elif last is None:
        notes.append(
            "Nobody has counted all arrivals yet: their level rests on bounds, parts and flows."
        )
    elif last.age_hours > 36:
        notes.append(
            f"The last figure is {last.age_hours:.0f} hours old: read the nearest times as "
            "estimates of the present too."
        )
    return tuple(notes)
