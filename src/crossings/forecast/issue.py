"""Issue a forecast: one situation, one moment, nothing known after it.

:func:`forecast` reads the situation through ``as_of``. Long published series are carried on by the
statistical component, with simulated members while the flight is young. Otherwise it conditions the
mechanistic component on the claims, runs every member on to the horizon and puts the people on the
host's roads. Either way it returns an :class:`~crossings.forecast.outlook.Outlook`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from crossings.dynamics.streams import block_uniforms, entity_code, normals
from crossings.errors import InputError
from crossings.forecast.corridors import Corridors, corridors
from crossings.forecast.counts import ARRIVED, PRESENT, Counts, Table, count
from crossings.forecast.growth.levels import published_series
from crossings.forecast.late import with_simulated
from crossings.forecast.learned import Coefficients, coefficients
from crossings.forecast.members import Members
from crossings.forecast.observation import Evidence, gather
from crossings.forecast.onset import OnsetModel
from crossings.forecast.outlook import LastFigure, Outlook
from crossings.forecast.parameters import Priors
from crossings.forecast.parts import of_gates
from crossings.forecast.pool import Growth
from crossings.forecast.population import Population, population
from crossings.forecast.published import last_figures, of_all
from crossings.forecast.reasons import reasons
from crossings.forecast.request import FEWEST_MEMBERS, Request, canonical, request
from crossings.forecast.sampler import Particles, Report, Sampler
from crossings.forecast.sentences import sentence
from crossings.forecast.series.component import to_learn_from
from crossings.forecast.series.library import PastCrisis
from crossings.forecast.series.outlook import STATISTICAL, by_series
from crossings.forecast.sides import by_sides
from crossings.forecast.start import Start, drawn_so, start_of_flow
from crossings.forecast.unmapped import with_assumed_roads
from crossings.forecast.uses import claim_uses
from crossings.situation.hashes import whole_hash
from crossings.situation.records import ALL, Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

FUTURES = 2
"""Futures that follow each sampled past, where there are enough members."""

SINCE = dt.timedelta(days=1)
"""What moved a forecast is told since so long before it, where no other moment is named."""

DELAY = dt.timedelta(hours=2)
"""Assumed publication times may be this much later: shown beside every forecast."""


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
    explain: bool = False,
    since: str | dt.date | dt.datetime | None = None,
    learn_from: Sequence[Situation] = (),
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
        explain: whether to say what moved the forecast ``since`` then, by leaving out each new
            bulletin and event in turn (up to nine smaller forecasts).
        since: a moment before ``as_of``, such as that of the last forecast; None a day before.
        learn_from: past crises of the user's own, for the statistical component.
        progress: told the share of the work that is done.

    Raises:
        InputError: the moment is before anything was known, or an argument is out of range.
    """
    asked = request(situation, as_of, horizon, members, seed, include_proposed, times)
    before = _before(asked, since)
    library = [to_learn_from(one) for one in learn_from]
    outlook = _carried(asked, library, progress)
    outlook = dataclasses.replace(
        outlook, diagnostics=outlook.diagnostics | _asked_beside(include_proposed, learn_from)
    )
    if explain:
        outlook = _explained(asked, outlook, library, before)
    if not delay_check or outlook.carried_by.startswith(STATISTICAL):  # its unit of time is the day
        return outlook
    note = _delay_note(situation, asked, outlook)
    return dataclasses.replace(outlook, notes=(*outlook.notes, *note))


def _carried(
    asked: Request, library: Sequence[PastCrisis], progress: Callable[[float], None] | None
) -> Outlook:
    """The outlook of whichever component carries it, of both sides where figures contradict."""

    def made(part: Request) -> Outlook:
        outlook = by_series(part, library, _versions())
        if outlook is None:
            return mechanistic(part, progress)
        return with_simulated(outlook, part, lambda few: mechanistic(few, progress))

    return by_sides(asked, made)


def _before(asked: Request, since: str | dt.date | dt.datetime | None) -> dt.datetime:
    """The moment with which a forecast is compared."""
    if since is None:
        return asked.issued_at - SINCE
    when = asked.situation.moment(since)
    if when >= asked.issued_at:
        raise InputError(
            f"since: found {when.isoformat()}, expected a moment before the forecast is issued "
            f"({asked.issued_at.isoformat()})"
        )
    return when


def _asked_beside(include_proposed: bool, learn_from: Sequence[Situation]) -> dict[str, object]:
    """What else it takes to make the same forecast again, besides the rows known then."""
    library = {one.id: whole_hash(one) for one in learn_from}
    return ({"include_proposed": True} if include_proposed else {}) | (
        {"learn_from": library} if library else {}
    )


def _explained(
    asked: Request, outlook: Outlook, library: Sequence[PastCrisis], since: dt.datetime
) -> Outlook:
    """The outlook with what moved it since a moment before."""

    def run(known: Situation, issued_at: dt.datetime, members: int, seed: int) -> Outlook:
        again = dataclasses.replace(
            asked, situation=known, issued_at=issued_at, members=members, seed=seed
        )
        return _carried(again, library, None)

    found = reasons(asked.situation, outlook, since, run)
    return dataclasses.replace(
        outlook, diagnostics=outlook.diagnostics | {"reasons": found.as_dict()}
    )


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
    known = later_by(situation).as_of(asked.issued_at)
    missing = len(asked.situation.claims) - len(known.claims)
    if not missing:
        return (sentence("note.delay_same"),)
    if not known.claims and not known.events:
        return (sentence("note.delay_nothing"),)
    fewer = max(FEWEST_MEMBERS, asked.members // 4)
    delayed = _carried(dataclasses.replace(asked, situation=known, members=fewer), (), None)
    low, middle, high = delayed.quantiles(delayed.targets[0], levels=(0.05, 0.5, 0.95))[-1]
    figure = delayed.last_figure
    said = sentence(
        "note.delay" if figure is not None else "note.delay_no_figure",
        last="" if figure is None else f"{figure.value:,.0f}",
        median=f"{middle:,.0f}",
        low=f"{low:,.0f}",
        high=f"{high:,.0f}",
        members=delayed.members,
    )
    return (said,)


class Conditioned(NamedTuple):
    """The mechanistic component conditioned on what was known: every member, past and future.

    ``asked`` holds the situation with assumed roads, ``known`` the one as it was told.
    """

    asked: Request
    known: Situation
    shape: Corridors
    evidence: Evidence
    at_risk: Population
    priors: Priors
    model: OnsetModel
    particles: int
    coordinates: F8
    path: F8
    report: Report


def condition(asked: Request, progress: Callable[[float], None] | None = None) -> Conditioned:
    """Condition the mechanistic component on the claims, and give each member a future."""
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
    return Conditioned(
        asked,
        known,
        shape,
        evidence,
        at_risk,
        priors,
        model,
        particles,
        coordinates,
        path,
        report,
    )


def mechanistic(asked: Request, progress: Callable[[float], None] | None = None) -> Outlook:
    """The outlook of the mechanistic component, in the first days pooled with the growth one."""
    ready = condition(asked, progress)
    asked, known, model, shape = ready.asked, ready.known, ready.model, ready.shape
    evidence, issued_at = ready.evidence, asked.issued_at
    members = model.members(ready.coordinates)
    history = model.simulate(members, ready.path, model.grid.steps)
    growth = _growth(ready, members)
    counts = count(asked, model, members, history, evidence, ready.priors, growth)
    start = None
    if model.nothing_reported:
        chosen, start = by_base_rate(ready, counts)
        counts = counts._replace(targets=_chosen(counts.targets, chosen))
    last = _last_figure(evidence, shape, issued_at)
    weight = growth.weight(len(shape.gates))
    return Outlook(
        situation=known.id,
        title=known.title,
        tier=known.tier,
        sensitivity=known.sensitivity,
        issued_at=issued_at,
        time_zone=known.time_zone,
        times=asked.times,
        draws=dataset(counts.targets, asked, shape, known),
        claims=claim_uses(known, evidence, ready.at_risk, counts, ready.priors, model.grid.start),
        last_figure=last,
        members=asked.members,
        seed=asked.seed,
        carried_by="mechanistic and growth" if weight else "mechanistic",
        diagnostics=_diagnostics(ready, start) | _component(growth, weight),
        versions=_versions(),
        notes=_notes(last, growth.learned, weight, start),
    )


def _growth(ready: Conditioned, members: Members) -> Growth:
    """The growth component: what it learned, the published series, each member's population."""
    told = published_series(
        ready.evidence, ready.asked.situation, ready.shape, ready.asked.issued_at
    )
    at_risk = (members.leavers + members.stayers).astype(float)
    return Growth(coefficients("growth", ready.known), told, at_risk)


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


def dataset(
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


def by_base_rate(ready: Conditioned, counts: Counts) -> tuple[I8, Start]:
    """Members so chosen that flows start in as many of them as the base rate says, (M,)."""
    asked = ready.asked
    shut = bool(np.isfinite(ready.model.closed_from).all())
    start = start_of_flow(asked.situation, asked.issued_at, shut)
    ends = [(t - asked.issued_at).total_seconds() / 86400.0 for t in asked.times]
    even = float(block_uniforms(asked.seed, entity_code("start of flow"), 1)[0])
    return drawn_so(counts.targets[ARRIVED][ALL], np.array(ends), start, even), start


def _chosen(targets: dict[str, Table], chosen: I8) -> dict[str, Table]:
    return {
        target: {place: people[chosen] for place, people in table.items()}
        for target, table in targets.items()
    }


def _diagnostics(ready: Conditioned, start: Start | None) -> dict[str, object]:
    """What the sampler did, and the odds of a flow where none was seen yet."""
    model = ready.model
    found: dict[str, object] = {
        "sampler": ready.report.as_dict(),
        "particles": ready.particles,
        "step_hours": model.grid.hours,
        "steps_known": model.grid.known,
        "window_start": model.grid.start.isoformat(),
        "gates": [gate.id for gate in model.shape.gates],
        "observations": int(model.figures.role.size),
    }
    if start is not None:
        found["start_of_flow"] = start.as_dict()
    return found


def _component(growth: Growth, weight: float) -> dict[str, object]:
    """What the growth component was, and how far it carried the forecast."""
    if weight <= 0:
        return {}
    learned = growth.learned
    return {
        "growth": {
            "weight": weight,
            "fitted_on": list(learned.fitted_on),
            "left_out": list(learned.left_out),
        }
    }


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


def _notes(
    last: LastFigure | None, learned: Coefficients, weight: float, start: Start | None
) -> tuple[str, ...]:
    """Plain remarks that belong with the forecast."""
    notes = [sentence("note.mechanistic")]
    if weight > 0:
        names, count = ", ".join(learned.left_out), len(learned.fitted_on)
        key = "note.pool_without" if names else "note.pool"
        percent = f"{100 * (1 - weight):.0f}"
        notes = [sentence(key, percent=percent, count=count, names=names)]
    if start is not None:
        notes.append(sentence("note.nobody_reported"))
        notes.append(" ".join(start.reasons))
    elif last is None:
        notes.append(sentence("note.nobody_counted"))
    elif last.age_hours > 36:
        notes.append(sentence("note.old_figure", hours=f"{last.age_hours:.0f}"))
    return tuple(notes)
