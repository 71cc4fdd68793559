"""The mechanistic component: the claims condition it, every member runs on to the horizon.

In the first days its members are pooled with those of the growth component. Where nothing was
reported yet, members are chosen so that flows start as often as the base rate says.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from crossings.dynamics.streams import block_uniforms, entity_code, normals
from crossings.forecast.corridors import Corridors, corridors
from crossings.forecast.counts import ARRIVED, PRESENT, Counts, Table, count
from crossings.forecast.growth.levels import published_series
from crossings.forecast.learned import Coefficients, coefficients
from crossings.forecast.members import Members
from crossings.forecast.observation import Evidence, gather
from crossings.forecast.onset import OnsetModel
from crossings.forecast.outlook import LastFigure, Outlook, versions_now
from crossings.forecast.parameters import Priors
from crossings.forecast.parts import of_gates
from crossings.forecast.pool import Growth
from crossings.forecast.population import Population, population
from crossings.forecast.published import last_figures, of_all
from crossings.forecast.request import Request, canonical
from crossings.forecast.sampler import Particles, Report, Sampler
from crossings.forecast.sentences import sentence
from crossings.forecast.start import Start, drawn_so, start_of_flow
from crossings.forecast.unmapped import with_assumed_roads
from crossings.forecast.uses import claim_uses
from crossings.situation.records import ALL, Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

FUTURES = 2
"""Futures that follow each sampled past, where there are enough members."""


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
        versions=versions_now(),
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
