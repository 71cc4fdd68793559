from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from crossings.dynamics.gates import Walk
from crossings.forecast import likelihood
from crossings.forecast.likelihood import ErrorRates, Figures, log_likelihoods
from crossings.forecast.observation import AT_LEAST, AT_MOST, RANGE, RUNNING, VALUE

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

STEPS, GATES, STEP_HOURS, FREE_HOURS = 12, 2, 2.0, 3.0
KINDS = (VALUE, AT_LEAST, AT_MOST, RANGE, RUNNING)


@dataclasses.dataclass(frozen=True)
class Figure:
    """One figure, in the terms of the formula."""

    role: str = "arrived"
    series: int = GATES
    position: float = 6.0
    period: float = 0.0
    low: float = 1000.0
    high: float = 1000.0
    kind: int = VALUE
    rounding: float = 1.0
    clock: float = 0.0
    estimate: bool = False
    weight: float = 1.0
    base: float = 0.0


@dataclasses.dataclass(frozen=True)
class Member:
    """One simulated history with its error rates; counts by step (and gate)."""

    arrived: I8
    registered: I8
    waiting: I8
    queue: I8
    queued: I8
    leavers: float = 50_000.0
    spread: float = 0.01
    estimate_factor: float = 10.0
    clock: float = 0.5
    registration: float = 0.1
    planning: float = 0.9
    intention: float = 0.7
    undercount: float = 0.0


def arrays(figures: list[Figure]) -> Figures:
    def column(name: str) -> F8:
        return np.array([float(getattr(f, name)) for f in figures])

    return Figures(
        role=np.array([likelihood.ROLES[f.role] for f in figures], dtype=np.int64),
        series=column("series").astype(np.int64),
        position=column("position"),
        period=column("period"),
        low=column("low"),
        high=column("high"),
        kind=column("kind").astype(np.int64),
        rounding=column("rounding"),
        clock=column("clock"),
        estimate=column("estimate"),
        weight=column("weight"),
        base=column("base"),
    )


def evaluate(
    figures: list[Figure], members: list[Member], cuts: tuple[int, int] | None = None
) -> tuple[F8, F8]:
    def stack(pick: Callable[[Member], I8 | float]) -> npt.NDArray[np.generic]:
        return np.stack([np.asarray(pick(m)) for m in members])

    registered = stack(lambda m: m.registered).astype(np.int64)
    history = Walk(
        home=np.zeros_like(registered),
        waiting=stack(lambda m: m.waiting).astype(np.int64),
        registered=registered,
        queue=stack(lambda m: m.queue).astype(np.int64),
        queued=stack(lambda m: m.queued).astype(np.int64),
        arrived=stack(lambda m: m.arrived).astype(np.int64),
    )
    rates = ErrorRates(
        spread=np.array([m.spread for m in members]),
        estimate_factor=np.array([m.estimate_factor for m in members]),
        clock=np.array([m.clock for m in members]),
        registration=np.array([m.registration for m in members]),
        planning=np.array([m.planning for m in members]),
        intention=np.array([m.intention for m in members]),
        undercount=np.array([m.undercount for m in members]),
    )
    leavers = np.array([m.leavers for m in members])
    return log_likelihoods(
        arrays(figures),
        cuts or (0, len(figures)),
        rates,
        history,
        leavers,
        STEP_HOURS,
        FREE_HOURS,
    )


def one(figure: Figure, member: Member) -> float:
    return float(evaluate([figure], [member])[1][0])


# The formula once more, slowly.


def level(counts: I8, position: float) -> float:
    return float(np.interp(position, np.arange(counts.size + 1), [0, *counts]))


def log_chance(f: Figure, low: float, high: float, model: float, sd: float) -> float:
    if f.kind in (VALUE, RUNNING):
        return float(np.log((1 + ((low - model) / sd) ** 2 / 5) ** -3 / sd))
    if f.kind == AT_LEAST:
        return float(stats.norm.logcdf((model - low) / sd))
    if f.kind == AT_MOST:
        return float(stats.norm.logcdf((high - model) / sd))
    return float(np.log(stats.norm.cdf((high - model) / sd) - stats.norm.cdf((low - model) / sd)))


def queued_for(f: Figure, m: Member) -> float:
    """Hours since as many had joined the queue as have passed by now."""
    k = max(0, int(f.position) - 1)
    passed = m.queued[k, f.series] - m.queue[k, f.series]
    since = next(j for j in range(k + 1) if m.queued[j, f.series] >= passed)
    return (k - since) * STEP_HOURS


def slowly(f: Figure, m: Member) -> float:
    if f.role in ("planning", "intention"):
        sd = m.planning if f.role == "planning" else m.intention
        return log_chance(f, math.log(f.low), math.log(f.high), math.log(m.leavers), sd)
    if f.role == "waiting":
        k = max(0, int(f.position) - 1)
        count = m.queue[k, f.series] if f.series < GATES else m.waiting[k] + m.queue[k].sum()
        return log_chance(f, math.log1p(f.low), math.log1p(f.high), math.log1p(count), 0.5)
    if f.role == "travel_time":
        hours = queued_for(f, m) + FREE_HOURS
        return log_chance(f, math.log(f.low), math.log(f.high), math.log(hours), 0.4)
    counts = m.arrived.sum(axis=1) if f.series >= GATES else m.arrived[:, f.series]
    spread = m.spread * (m.estimate_factor if f.estimate else 1)
    if f.role == "registered":
        counts, spread = m.registered, m.registration
    now = level(counts, f.position)
    told = now / (1 + m.undercount) if f.kind == RUNNING else now
    model = now - level(counts, f.position - f.period) if f.period else f.base + told
    flow = (level(counts, f.position + 0.5) - level(counts, f.position - 0.5)) / STEP_HOURS
    variance = (min(0.5, spread) * model) ** 2 + f.rounding**2 + 15.0**2
    variance += (m.clock**2 + f.clock**2) * flow**2
    return log_chance(f, f.low, f.high, model, math.sqrt(variance))


@st.composite
def histories(draw: st.DrawFn) -> Member:
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    joined = rng.integers(0, draw(st.sampled_from([2, 50, 3000])), (STEPS, GATES))
    queued = joined.cumsum(axis=0)
    passed = np.minimum.accumulate(queued[::-1], axis=0)[::-1]
    passed = np.maximum.accumulate((passed * rng.uniform(0.2, 1, (STEPS, GATES))).astype(int), 0)
    return Member(
        arrived=passed,
        registered=(passed.sum(axis=1) * 0.7).astype(int),
        waiting=rng.integers(0, 5000, STEPS),
        queue=queued - passed,
        queued=queued,
        leavers=float(rng.integers(1000, 10**6)),
        spread=rng.uniform(0.001, 0.2),
        estimate_factor=rng.uniform(1, 20),
        clock=rng.uniform(0.1, 3),
        registration=rng.uniform(0.01, 0.4),
        planning=rng.uniform(0.2, 2),
        intention=rng.uniform(0.2, 2),
        undercount=rng.uniform(0, 1),
    )


@st.composite
def figures(draw: st.DrawFn, kinds: tuple[int, ...] = KINDS) -> Figure:
    role = draw(st.sampled_from(list(likelihood.ROLES)))
    low = draw(st.floats(2, 60)) if role == "travel_time" else float(draw(st.integers(1, 60_000)))
    kind = draw(st.sampled_from(kinds))
    one_gate = role == "travel_time"
    return Figure(
        role=role,
        series=draw(st.integers(0, GATES - one_gate)),
        position=draw(st.floats(0, STEPS - 0.5)),
        period=draw(st.sampled_from([0.0, 0.0, 3.0])),
        low=low,
        high=low * draw(st.floats(1.5, 4)) if kind == RANGE else low,
        kind=kind,
        rounding=draw(st.floats(0.1, 300)),
        clock=draw(st.sampled_from([0.0, 2.0, 8.0])),
        estimate=draw(st.booleans()),
        weight=draw(st.sampled_from([1.0, 0.3])),
        base=draw(st.sampled_from([0.0, 700.0])),
    )


@given(st.lists(figures(), min_size=1, max_size=6), st.lists(histories(), min_size=1, max_size=4))
def test_it_is_the_formula(said: list[Figure], members: list[Member]) -> None:
    with np.errstate(divide="ignore", under="ignore"):
        slow = np.array([[slowly(f, m) for f in said] for m in members])
    # Beyond the reach of doubles a range keeps a slope of its own: see the test of that.
    sure = [f.kind != RANGE or bool((slow[:, j] > -5).all()) for j, f in enumerate(said)]
    kept = [f for f, ok in zip(said, sure, strict=True) if ok]
    if kept:
        expected = (slow[:, sure] * [f.weight for f in kept]).sum(axis=1)
        np.testing.assert_allclose(evaluate(kept, members)[1], expected, rtol=1e-6, atol=1e-6)


@given(st.lists(figures(), min_size=1, max_size=6), histories(), st.data())
def test_figures_before_a_cut_and_after_it_add_up(
    said: list[Figure], member: Member, data: st.DataObject
) -> None:
    until = data.draw(st.integers(1, len(said)))
    cut = data.draw(st.integers(0, until))
    before, fresh = evaluate(said, [member], (cut, until))
    singly = [one(f, member) for f in said[:until]]
    assert before[0] == pytest.approx(sum(singly[:cut]), rel=1e-9, abs=1e-9)
    assert fresh[0] == pytest.approx(sum(singly[cut:]), rel=1e-9, abs=1e-9)


def straight(rate: int = 100) -> Member:
    """A hundred people a step at each gate, nobody waiting."""
    arrived = np.outer(np.arange(1, STEPS + 1) * rate, np.ones(GATES, dtype=np.int64))
    nothing = np.zeros(STEPS, dtype=np.int64)
    return Member(arrived, arrived.sum(axis=1), nothing, 0 * arrived, arrived)


@settings(max_examples=20)
@given(histories(), st.floats(0, STEPS - 0.5), st.sampled_from(["arrived", "registered"]))
def test_the_chances_of_all_figures_sum_to_one(member: Member, position: float, role: str) -> None:
    counts = member.registered if role == "registered" else member.arrived.sum(axis=1)
    centre = level(counts, position)

    def chance(y: float) -> float:
        figure = Figure(role=role, position=position, low=y, high=y)
        return math.exp(one(figure, member) + stats.t.logpdf(0, 5))

    sd = math.exp(stats.t.logpdf(0, 5)) / chance(centre)
    y = centre + sd * np.linspace(-30, 30, 301)
    assert integrate.simpson([chance(v) for v in y], x=y) == pytest.approx(1.0, abs=1e-3)


@given(histories(), figures(kinds=(AT_LEAST, AT_MOST)))
def test_a_bound_holds_or_does_not(member: Member, figure: Figure) -> None:
    """The chances of "at least v" and of "at most v" sum to one."""
    both = [
        math.exp(one(dataclasses.replace(figure, kind=k, weight=1.0), member))
        for k in (AT_LEAST, AT_MOST)
    ]
    assert sum(both) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("kind", [AT_LEAST, AT_MOST, RANGE, VALUE])
def test_what_lies_far_away_is_finite_and_the_farther_the_worse(kind: int) -> None:
    member = straight(0 if kind == AT_LEAST else 100_000)
    far = [10.0**k for k in range(3, 9)] if kind == AT_LEAST else [10.0**k for k in (5, 4, 3, 2)]
    found = [one(Figure(kind=kind, low=v / 2, high=v), member) for v in far]
    assert np.isfinite(found).all()
    assert all(a > b for a, b in itertools.pairwise(found))


def test_a_level_grows_evenly_within_a_step_and_is_nothing_before_the_start() -> None:
    member = dataclasses.replace(straight(), spread=0.0, clock=0.0)
    for position, count in ((-3.0, 0.0), (0.0, 0.0), (0.5, 100.0), (6.25, 1250.0), (40.0, 2400.0)):
        best = [
            one(Figure(position=position, low=count + d, high=count + d), member)
            for d in (-1, 0, 1)
        ]
        assert best[1] > max(best[0], best[2])


def test_the_clock_matters_where_people_flow() -> None:
    slow, quick = straight(1), straight(5000)
    for member, matters in ((slow, False), (quick, True)):
        model = float(member.arrived[5].sum())
        sharp = one(Figure(low=model, high=model), dataclasses.replace(member, spread=0.0))
        vague = one(
            Figure(low=model, high=model, clock=8.0), dataclasses.replace(member, spread=0.0)
        )
        assert (vague < sharp - 0.5) == matters


def test_a_traveller_has_waited_since_those_who_pass_now_joined() -> None:
    """A hundred join in each step, the gate lets fifty through: half of the time is queueing."""
    queued = np.arange(1, STEPS + 1)[:, None] * np.array([100, 100])
    member = dataclasses.replace(
        straight(), arrived=queued // 2, queue=queued - queued // 2, queued=queued
    )
    # After ten steps 500 have passed: the last of them joined in the fifth.
    hours = 5 * STEP_HOURS + FREE_HOURS
    journey = Figure(role="travel_time", series=0, position=10.0, low=hours, high=hours)
    assert one(journey, member) == pytest.approx(-math.log(likelihood.TRAVEL_LOG_SD))


@given(st.floats(0.01, 3))
def test_a_running_count_fits_best_where_it_misses_its_share(undercount: float) -> None:
    member = dataclasses.replace(straight(5000), spread=0.001, undercount=undercount)
    people = float(member.arrived[5].sum())
    told = [people * share / (1 + undercount) for share in (0.9, 1.0, 1.1)]
    found = [one(Figure(kind=RUNNING, low=v, high=v), member) for v in told]
    assert found[1] > max(found[0], found[2])
    exact = one(Figure(low=people, high=people), dataclasses.replace(member, clock=0.0))
    counted = Figure(kind=RUNNING, low=people, high=people)
    nobody_missed = dataclasses.replace(member, undercount=0.0, clock=0.0)
    assert one(counted, nobody_missed) == exact


def test_a_weight_of_nothing_says_nothing() -> None:
    assert one(Figure(weight=0.0), straight()) == 0.0
