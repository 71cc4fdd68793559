"""Synthetic situations whose truth is known: the figures follow the law that the forecast assumes.

A :class:`Shape` is a situation whose figures are empty. :func:`draw` takes parameters and noises
from the prior of the model that the forecast builds on it, simulates, and fills in figures by the
formula of :mod:`crossings.forecast.likelihood`, written here a second time in plain terms: the
error of a head count is Student's t with 5 degrees of freedom, a bound says on which side of a
threshold, fixed before, a noisy count lies, a running "at least" is a count that misses a share.
Every draw holds the two versions against each other.

A draw is given up if the *figures* tell of next to no flight, if one of them is negative, if those
of a running count do not rise, or if they are so large that the prior of an unknown population
would follow them. Such rules use the data
only, so the law of the truth given the data is as before and simulation-based calibration stays
exact (Talts et al. 2018). One approximation is kept on purpose: figures rounded to hundreds are
truly rounded, while the likelihood takes rounding as a part of the error's scale.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from crossings.dynamics.engine import History
from crossings.forecast import likelihood
from crossings.forecast.corridors import corridors
from crossings.forecast.members import Members
from crossings.forecast.observation import (
    AT_LEAST,
    AT_MOST,
    RUNNING,
    VALUE,
    Observation,
    gather,
    rounding,
)
from crossings.forecast.onset import OnsetModel
from crossings.forecast.parameters import Priors
from crossings.forecast.population import population
from crossings.situation.records import Claim, Event, Place, Route, Situation

F8 = npt.NDArray[np.float64]

START = dt.datetime(2030, 1, 1, 6, tzinfo=dt.UTC)
HORIZON_HOURS = 14 * 24.0
FEWEST_TOLD = 300.0
"""A draw whose largest count is below this tells of no flight and is given up."""

MOST_TRIES = 2000
THRESHOLD = 1.05
"""A bound asks whether the next count exceeds the last one by 5 %."""


@dataclasses.dataclass(frozen=True)
class Shape:
    """A situation without figures: claims in ``grains`` are rounded, in ``bounds`` compare."""

    name: str
    situation: Situation
    issued_at: dt.datetime
    grains: dict[str, float]
    bounds: frozenset[str]


@dataclasses.dataclass(frozen=True)
class Draw:
    """A synthetic truth, (1, ...) arrays, and the model that is built on its figures."""

    model: OnsetModel
    coordinates: F8
    path: F8
    members: Members
    history: History
    tries: int


def at(hours: float) -> dt.datetime:
    """A moment in hours from the start."""
    return START + dt.timedelta(hours=hours)


def _claim(number: str, hours: float, **fields: object) -> Claim:
    row: dict[str, object] = {
        "id": number,
        "measure": "arrived",
        "counting": "cumulative",
        "low": 1.0,
        "high": 1.0,
        "basis": "count",
        "as_of": at(hours),
        "as_of_precision": "exact",
        "known_at": at(hours + 0.5),
        "sources": (f"source of {number}",),
    }
    return Claim.model_validate(row | fields)


def _population(number: str, people: float) -> Claim:
    return _claim(number, -1000, measure="population", counting="stock", low=people, high=people)


def _planning(number: str, hours: float) -> Claim:
    return _claim(number, hours, basis="planning", status="planned")


def _registered(number: str, hours: float) -> Claim:
    return _claim(number, hours, measure="registered", basis="registration")


def _situation(
    name: str, step: float, gates: int, claims: list[Claim], acts: Sequence[Event] = ()
) -> Situation:
    sides = ("east", "west")[:gates]
    places = [Place(id="home", name="Home", kind="origin", country="AAA", known_at=START)]
    routes = []
    for side in sides:
        for kind, country in (("crossing", "BBB"), ("camp", "BBB")):
            place = f"{side}-{kind}"
            places.append(Place(id=place, name=place, kind=kind, country=country, known_at=START))
        for one, two in (("home", f"{side}-crossing"), (f"{side}-crossing", f"{side}-camp")):
            routes.append(
                Route(
                    id=f"{one}--{two}", from_place=one, to_place=two, distance_km=40, known_at=START
                )
            )
    attack = Event(id="attack", time=START, kind="military_operation", known_at=START)
    return Situation(
        id=name,
        title=name,
        start=START,
        step_hours=step,
        places=tuple(places),
        routes=tuple(routes),
        events=(attack, *acts),
        claims=tuple(claims),
    )


def _shape(
    situation: Situation,
    hours: float,
    grains: dict[str, float] | None = None,
    bounds: frozenset[str] = frozenset(),
) -> Shape:
    return Shape(situation.id, situation, at(hours), grains or {}, bounds)


def many_figures() -> Shape:
    """One gate by the hour, four days, a figure every five hours, books, plans and a bound."""
    claims = [_population("people-1", 90_000), _population("people-2", 130_000)]
    clocks = ("exact", "", "date_evening")
    claims += [
        _claim(f"count-{h}", h, as_of_precision=clocks[i % 3])
        for i, h in enumerate(range(14, 94, 5))
    ]
    claims += [_registered(f"books-{h}", h) for h in (40, 64, 88)]
    claims += [_planning("plan", 20), _claim("more-than", 91.5)]
    return _shape(
        _situation("many-figures", 1, 1, claims),
        96,
        {"count-69": 100.0, "count-84": 100.0},
        frozenset({"more-than"}),
    )


def few_figures() -> Shape:
    """One gate by the hour, two days and a half, three figures."""
    claims = [_population("people", 60_000), *(_claim(f"count-{h}", h) for h in (31, 44, 57))]
    return _shape(_situation("few-figures", 1, 1, claims), 60)


def daily_two_gates() -> Shape:
    """Two gates by the day, two weeks: estimates at each gate, flows and plans for all."""
    claims = [_population("people", 400_000), _planning("plan", 90)]
    for side, first in (("east", 4), ("west", 5)):
        claims += [
            _claim(f"{side}-{d}", 24 * d, place=f"{side}-crossing", basis="estimate")
            for d in range(first, 14, 2)
        ]
    claims += [_claim(f"day-{d}", 24 * d + 18, counting="flow", place="all") for d in (7, 10)]
    return _shape(_situation("daily-two-gates", 24, 2, claims), 24 * 14)


def closures() -> Shape:
    """One gate by the hour: opens after a day, shuts for six hours, is shut at the issue time."""
    acts = [(0, "blockade"), (30, "opening"), (60, "closure"), (66, "opening"), (92, "closure")]
    events = [
        Event.model_validate(
            {"id": f"act-{h}", "time": at(h), "kind": kind, "place": "east-crossing"}
            | {"known_at": at(h)}
        )
        for h, kind in acts
    ]
    claims = [_population("people", 120_000)]
    claims += [_claim(f"count-{h}", h) for h in (36, 42, 48, 54, 59, 65, 72, 80, 88, 94)]
    claims += [_registered(f"books-{h}", h) for h in (58, 82)]
    claims += [_claim("queue", 90, measure="waiting", counting="stock", place="east-crossing")]
    return _shape(_situation("closures", 1, 1, claims, events), 100)


def two_gates() -> Shape:
    """Two gates by two hours, five days: totals first, then one gate's own count, and a bound."""
    claims = [_population("people", 200_000)]
    claims += [_claim(f"all-{h}", h) for h in (30, 42, 54, 66, 78)]
    claims += [
        _claim(f"{side}-{h}", h, place=f"{side}-camp")
        for side, hours in (("east", (90, 100, 112)), ("west", (117,)))
        for h in hours
    ]
    claims += [_claim("more-than", 84)]
    return _shape(_situation("two-gates", 2, 2, claims), 120, bounds=frozenset({"more-than"}))


def at_least() -> Shape:
    """One gate by two hours, six days: a rising "at least" every half day and nothing else."""
    claims = [_population("people", 150_000)]
    claims += [
        _claim(f"rising-{h}", h, low=h, high=None, qualifier="at_least", sources=("a ministry",))
        for h in range(30, 142, 12)
    ]
    return _shape(_situation("at-least", 2, 1, claims), 142)


SHAPES = (many_figures, few_figures, daily_two_gates, closures, two_gates)
"""The shapes that a study takes in turn."""

BY_NAME = {shape().name: shape for shape in (*SHAPES, at_least)}
"""All shapes, also one that a study takes only where it is asked for alone."""


def build(situation: Situation, issued_at: dt.datetime) -> tuple[OnsetModel, list[Observation]]:
    """The model of a situation as the forecast builds it, and its observations."""
    known = situation.as_of(issued_at)
    shape = corridors(known)
    evidence = gather(known, shape, issued_at)
    priors = Priors(known.priors)
    at_risk = population(evidence, priors, issued_at)
    model = OnsetModel(known, shape, evidence, at_risk, priors, issued_at, HORIZON_HOURS)
    return model, sorted(evidence.observations, key=lambda o: (o.as_of, o.claim))


def draw(shape: Shape, seed: int) -> Draw:
    """A truth from the prior, the figures it would have given, and the model built on them.

    Raises:
        RuntimeError: no draw told of a flight, or two versions of the likelihood disagree.
    """
    rng = np.random.default_rng(seed)
    empty = _used_only(shape)
    model, observations = build(empty, shape.issued_at)
    for tries in range(1, MOST_TRIES + 1):
        z = rng.standard_normal((1, model.parameters))
        path = rng.standard_normal((1, model.grid.steps, model.channels))
        members = model.members(z)
        history = model.simulate(members, path, model.grid.steps)
        figures = _figures(shape, model, observations, members, history, rng)
        counts = [c.value or 0.0 for c in figures.values() if c.basis != "planning"]
        if min(counts) < 0 or max(counts) < FEWEST_TOLD:
            continue
        filled = empty.with_claims(list(figures.values()))
        found, again = build(filled, shape.issued_at)
        if not np.array_equal(found.meaning.tables, model.meaning.tables):
            continue
        if _running(again) != _running(observations):
            continue
        if [(o.claim, o.role, o.as_of) for o in again] != [
            (o.claim, o.role, o.as_of) for o in observations
        ]:
            raise RuntimeError(f"{shape.name}: the figures changed which claims enter")
        _compare(found, again, z, path, members, history)
        return Draw(found, z, path, members, history, tries)
    raise RuntimeError(f"{shape.name}: no flight in {MOST_TRIES} draws")


def _running(observations: list[Observation]) -> list[str]:
    """The claims of running counts."""
    return [o.claim for o in observations if o.kind == RUNNING]


def _used_only(shape: Shape) -> Situation:
    """The shape's situation without the claims that others stand for whatever their figures."""
    known = shape.situation.as_of(shape.issued_at)
    uses = gather(known, corridors(known), shape.issued_at).uses
    used = {use.claim for use in uses if use.used}
    return known.model_copy(update={"claims": tuple(c for c in known.claims if c.id in used)})


def _figures(
    shape: Shape,
    model: OnsetModel,
    observations: list[Observation],
    members: Members,
    history: History,
    rng: np.random.Generator,
) -> dict[str, Claim]:
    """Claims with figures, by id, in the order of time: a bound asks about the count before it."""
    claims = {c.id: c for c in model.situation.claims}
    filled: dict[str, Claim] = {}
    last = FEWEST_TOLD
    for o in observations:
        if o.claim in shape.bounds:
            threshold = float(round(THRESHOLD * last)) + 0.5
            centre, scale = centre_and_scale(
                dataclasses.replace(o, rounding=rounding(threshold, "exact")),
                model,
                members,
                history,
            )
            above = centre + scale * rng.standard_normal() >= threshold
            bound = {"low": threshold, "high": None, "qualifier": "at_least"}
            if not above:
                bound = {"low": None, "high": threshold, "qualifier": "at_most"}
            filled[o.claim] = claims[o.claim].model_copy(update=bound)
            continue
        bare = dataclasses.replace(o, rounding=0.0)
        centre, scale = centre_and_scale(bare, model, members, history)
        value = _to_people(o.role, centre + scale * rng.standard_t(5))
        if o.role not in ("planning", "intention"):
            value = _as_told(value, shape.grains.get(o.claim, 1.0))
        if o.role == "arrived" and o.period == 0 and o.series == len(model.shape.gates):
            last = max(last, value)
        high = None if o.kind == RUNNING else value
        filled[o.claim] = claims[o.claim].model_copy(update={"low": value, "high": high})
    return filled


def _as_told(value: float, grain: float) -> float:
    """A figure rounded to ``grain``; one that is not rounded never looks as if it were."""
    told = round(value / grain) * grain
    return told + 1.0 if grain == 1.0 and told % 5 == 0 else told


def _to_people(role: str, value: float) -> float:
    if role in ("planning", "intention"):
        return math.exp(value)
    return math.exp(value) - 1.0 if role == "waiting" else value


def _from_people(role: str, value: float) -> float:
    if role in ("planning", "intention"):
        return math.log(max(1.0, value))
    return math.log1p(value) if role == "waiting" else value


def centre_and_scale(
    o: Observation, model: OnsetModel, members: Members, history: History
) -> tuple[float, float]:
    """Where a figure of the one member lies and how far it strays, on the scale of comparison."""
    rates = members.errors
    if o.role in ("planning", "intention"):
        spread = rates.planning if o.role == "planning" else rates.intention
        return math.log(max(1, int(members.leavers[0]))), float(spread[0])
    known, hours = model.grid.known, model.grid.hours
    position = model.grid.position(o.as_of)
    if o.role == "waiting":
        k = min(known - 1, max(0, int(position) - 1))
        count = int(history.queue[0, k, o.series])
        return math.log1p(count), likelihood.QUEUE_LOG_SD
    arrived = history.arrived[0, :known, 1:]
    total = arrived.sum(axis=1) if o.series >= arrived.shape[1] else arrived[:, o.series]
    counts = history.registered[0, :known] if o.role == "registered" else total
    ends = np.concatenate([[0.0], counts])

    def level(where: float) -> float:
        return float(np.interp(where, np.arange(known + 1.0), ends))

    steps = o.period / hours
    centre = level(position) - (level(position - steps) if steps else 0.0)
    if o.kind == RUNNING:
        centre /= 1.0 + float(rates.undercount[0])
    flow = (level(position + 0.5) - level(position - 0.5)) / hours
    relative = float(rates.registration[0] if o.role == "registered" else rates.spread[0])
    if o.role == "arrived" and o.estimate:
        relative = min(0.5, relative * float(rates.estimate_factor[0]))
    clock = math.hypot(float(rates.clock[0]), o.clock_hours)
    parts = (relative * centre, o.rounding, clock * flow, likelihood.FLOOR_SD)
    return centre, math.hypot(*parts)


def log_density(o: Observation, model: OnsetModel, members: Members, history: History) -> float:
    """The log likelihood of one figure up to a constant, by library distributions."""
    centre, scale = centre_and_scale(o, model, members, history)
    low, high = _from_people(o.role, o.low), _from_people(o.role, o.high)
    value: float
    if o.kind in (VALUE, RUNNING):
        value = float(stats.t.logpdf(low, 5, centre, scale) - stats.t.logpdf(0.0, 5))
    elif o.kind == AT_LEAST:
        value = float(stats.norm.logcdf((centre - low) / scale))
    elif o.kind == AT_MOST:
        value = float(stats.norm.logcdf((high - centre) / scale))
    else:
        raise RuntimeError(f"{o.claim}: no synthetic figure is a range")
    return o.weight * value


def _compare(
    model: OnsetModel,
    observations: list[Observation],
    z: F8,
    path: F8,
    members: Members,
    history: History,
) -> None:
    """Hold the law that the figures were drawn from against the likelihood of the forecast."""
    mine = sum(log_density(o, model, members, history) for o in observations)
    parts = model.log_likelihoods(z, path[:, : model.grid.known], len(model.stages) - 1)
    theirs = float(parts[0][0] + parts[1][0])
    if not math.isclose(mine, theirs, rel_tol=1e-6, abs_tol=1e-6):
        raise RuntimeError(f"log likelihood: {theirs} in the forecast, {mine} by its formula")
