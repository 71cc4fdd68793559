from __future__ import annotations

import math
from random import Random
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crossings.dynamics import engine
from crossings.dynamics.binomial import clumped_throughput
from crossings.dynamics.layout import REROUTE_HOURS, layout
from crossings.dynamics.network import THROUGH, Edge, build
from crossings.errors import InputError
from tests.dynamics.networks import Case, a_case, cases

NUMBER = settings(max_examples=200, deadline=None)


def people(history: engine.History) -> engine.I8:
    """Everybody there is, wherever they are, (M, K)."""
    places = history.present.sum(axis=2) + history.queue.sum(axis=2)
    roads = history.home + history.waiting + history.travelling
    return np.asarray(places + roads + history.returned)


@NUMBER
@given(cases())
def test_nobody_is_lost_and_nobody_made(case: Case) -> None:
    rates = case.rates
    came = np.cumsum(rates.inject.sum(axis=2), axis=1)
    first = rates.home.sum(axis=1) + rates.waiting.sum(axis=1)
    assert np.array_equal(people(case.run()), first[:, None] + came)


@NUMBER
@given(cases())
def test_counts_are_whole_people_in_order(case: Case) -> None:
    history = case.run()
    for name, table in history._asdict().items():
        assert table.dtype == np.int64
        assert (table >= 0).all(), name
    for name in ("arrived", "registered", "returned"):
        assert (np.diff(getattr(history, name), axis=1) >= 0).all(), name
    assert (np.diff(history.home, axis=1) <= 0).all()
    assert (history.present <= history.arrived).all()
    assert (history.queue <= history.queued).all()
    counted = [p in case.counted for p in case.network.places]
    assert (history.registered <= history.arrived[:, :, counted].sum(axis=2)).all()


def passed(history: engine.History) -> engine.I8:
    """Who entered each edge in each step, (M, T, E)."""
    entered = history.queued - history.queue
    return np.diff(entered, axis=1, prepend=0)


@NUMBER
@given(cases())
def test_nobody_passes_what_is_closed(case: Case) -> None:
    through = passed(case.run())
    assert (through >= 0).all()
    assert (through[:, case.rates.open == 0] == 0).all()
    for e, gate in enumerate(case.network.gate):
        if gate >= 0:
            assert (through[:, :, e][case.rates.capacity[:, :, gate] == 0] == 0).all()


@settings(max_examples=100, deadline=None)
@given(cases().filter(lambda case: case.network.gates > 0 and case.noise.normals.shape[1] > 0))
def test_a_gate_lets_no_more_through_than_its_luck(case: Case) -> None:
    through = passed(case.run())
    rates, network = case.rates, case.network
    for e, gate in enumerate(network.gate):
        if gate < 0:
            continue
        channel = int(network.draws.through[e])
        assert network.draws.purpose[channel] == THROUGH
        for m in range(through.shape[0]):
            for t in range(case.steps):
                limit = rates.capacity[m, t, gate] * rates.open[t, e]
                z = case.noise.normals[m, t, channel]
                assert through[m, t, e] <= clumped_throughput(limit, rates.clump, z)


@settings(max_examples=50, deadline=None)
@given(cases())
def test_recorded_steps_are_those_of_the_whole_history(case: Case) -> None:
    some = np.array([t for t in range(case.steps) if t % 3 == 1], dtype=np.int64)
    for part, whole in zip(case.run(some), case.run(), strict=True):
        assert np.array_equal(part, whole[:, some])


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one processor")
@settings(max_examples=30, deadline=None)
@given(cases())
def test_bits_do_not_depend_on_threads(case: Case) -> None:
    numba.set_num_threads(1)
    alone = case.run()
    numba.set_num_threads(2)
    for one, two in zip(alone, case.run(), strict=True):
        assert np.array_equal(one, two)


@settings(max_examples=100, deadline=None)
@given(cases().filter(lambda case: case.noise.normals.shape[1] == 0), st.integers(0, 6))
def test_a_place_apart_changes_nobody_elses_history(case: Case, position: int) -> None:
    old, rates = case.network, case.rates
    places = list(old.places)
    places.insert(min(position, len(places)), "apart")
    places.append("beyond")
    way = Edge("a-new-way", "apart", "beyond", 2.0)
    more = build(
        places,
        [way, *old.edges],
        old.origins,
        dict(zip(old.places, old.settle, strict=True)),
        dict(zip(old.places, old.dwell, strict=True)),
        frozenset(p for p, c in zip(old.places, old.draws.come_back, strict=True) if c >= 0),
    )
    mine = [more.places.index(p) for p in old.places]
    ways = [more.edges.index(e) for e in old.edges]
    come_back = np.zeros(len(places))
    come_back[mine] = rates.come_back
    is_open = np.ones((case.steps, len(ways) + 1))
    is_open[:, ways] = rates.open
    weight = np.ones((*rates.weight.shape[:2], len(ways) + 1))
    weight[:, :, ways] = rates.weight
    gates = np.zeros((*rates.capacity.shape[:2], more.gates))
    for e, edge in enumerate(old.edges):
        if edge.limited:
            gates[:, :, more.gate[ways[e]]] = rates.capacity[:, :, old.gate[e]]
    changed = rates._replace(
        come_back=come_back,
        open=is_open,
        weight=weight,
        capacity=gates,
        inject_place=np.array([mine[p] for p in rates.inject_place], dtype=np.int64),
    )
    before, after = case.run(), Case(more, case.step_hours, changed, case.noise, case.counted).run()
    assert np.array_equal(before.arrived, after.arrived[:, :, mine])
    assert np.array_equal(before.present, after.present[:, :, mine])
    assert np.array_equal(before.queue, after.queue[:, :, ways])
    for name in ("home", "waiting", "travelling", "registered", "returned"):
        assert np.array_equal(getattr(before, name), getattr(after, name))


def test_a_member_has_the_same_history_in_any_company() -> None:
    network = build(["a", "b", "c"], [Edge("x", "a", "b", 1.5), Edge("y", "a", "c", 3)], ["a"])
    case = a_case(network, 6, hazard=np.full((6, 24), 0.05), home=np.full((6, 1), 500))
    alone = a_case(network, 1, hazard=np.full((1, 24), 0.05), home=np.full((1, 1), 500))
    noise = alone.noise._replace(members=np.array([4]))
    one = Case(network, 1.0, alone.rates, noise, ()).run()
    assert np.array_equal(one.arrived[0], case.run().arrived[4])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 1000), min_size=4, max_size=30),
    st.floats(0, 7),
    st.sampled_from([1.0, 3.0, 24.0]),
)
def test_who_enters_first_arrives_first_after_the_hours_of_the_way(
    entries: list[int], hours: float, step_hours: float
) -> None:
    network = build(["a", "b"], [Edge("way", "a", "b", hours)], [])
    plain = a_case(
        network,
        steps=len(entries),
        inject_place=np.array([0]),
        inject=np.array(entries)[None, :, None],
    )
    history = Case(network, step_hours, plain.rates, plain.noise, ()).run()
    there = history.arrived[0, :, 1]
    entered = np.cumsum(entries)
    whole, part = divmod(hours / step_hours, 1)
    for t in range(len(entries)):
        # Of those who entered t - whole steps ago a share arrives a step later than the others.
        latest, last = t - int(whole), t - int(whole) - 1
        sure = entered[last] if last >= 0 else 0
        fresh = entries[latest] if latest >= 0 else 0
        assert there[t] == pytest.approx(sure + fresh * (1 - part), abs=1.0)


def test_who_enters_evenly_arrives_evenly() -> None:
    network = build(["a", "b"], [Edge("way", "a", "b", 2.3)], [])
    inject = np.full((1, 40, 1), 101)
    history = a_case(network, steps=40, inject_place=np.array([0]), inject=inject).run()
    assert set(np.diff(history.arrived[0, 3:, 1])) <= {100, 101, 102}


def test_a_way_against_the_order_takes_a_step() -> None:
    ways = [Edge("there", "a", "b", 0.0), Edge("back", "b", "a", 0.0)]
    network = build(["a", "b"], ways, ["a"])
    weight = np.ones((1, 1, 2))
    case = a_case(
        network, steps=3, weight=weight, inject_place=np.array([0]), inject=np.full((1, 3, 1), 5)
    )
    assert case.run().arrived[0].tolist() == [[5, 5], [15, 15], [30, 30]]


@pytest.mark.parametrize("exact", [True, False])
def test_departures_without_limits_follow_the_exponential_law(exact: bool) -> None:
    network = build(["a", "b"], [Edge("way", "a", "b", 0.0)], ["a"])
    members, steps, rate, crowd = 20_000, 30, 0.03, 40
    case = a_case(
        network,
        members,
        steps,
        home=np.full((members, 1), crowd),
        hazard=np.full((members, steps), rate),
    )
    noise = case.noise._replace(exact=exact)
    arrived = Case(network, 1.0, case.rates, noise, ()).run().arrived[:, :, 1]
    for t in (0, 9, 29):
        law = stats.binom(crowd, 1 - math.exp(-rate * (t + 1)))
        seen = np.bincount(arrived[:, t], minlength=crowd + 1)
        expected = law.pmf(np.arange(crowd + 1)) * members
        # Cells of fewer than five are put together.
        many = expected >= 5
        observed = [*seen[many], seen[~many].sum()]
        assert stats.chisquare(observed, [*expected[many], expected[~many].sum()]).pvalue > 1e-3


def test_the_mean_of_a_chain_is_that_of_its_parts() -> None:
    """Home, preparation, road, stay, road: means follow from one line for each."""
    places = ["a", "b", "c"]
    ways = [Edge("one", "a", "b", 2.0), Edge("two", "b", "c", 1.0)]
    network = build(places, ways, ["a"], settle={"b": 0.25}, dwell_hours={"b": 5.0})
    members, steps, crowd, rate, leave = 4000, 36, 1000, 0.05, 0.3
    case = a_case(
        network,
        members,
        steps,
        home=np.full((members, 1), crowd),
        hazard=np.full((members, steps), rate),
        leave=np.full(members, leave),
    )
    arrived = case.run().arrived
    home, waiting, transit = float(crowd), 0.0, 0.0
    into_b, into_c = np.zeros(steps + 5), np.zeros(steps + 5)
    for t in range(steps):
        decided = home * (1 - math.exp(-rate))
        home -= decided
        gone = (waiting + decided) * leave
        waiting += decided - gone
        into_b[t + 2] += gone
        transit += into_b[t] * 0.75
        on = transit * (1 - math.exp(-1 / 5))
        transit -= on
        into_c[t + 1] += on
    for column, expected in ((1, into_b), (2, into_c)):
        error = arrived[:, :, column].mean(axis=0) - np.cumsum(expected[:steps])
        spread = arrived[:, :, column].std(axis=0) / math.sqrt(members)
        assert (np.abs(error) <= 4.5 * spread + 1e-9).all()


def test_people_choose_by_weight() -> None:
    weights = np.array([1.0, 2.0, 5.0])
    ways = [Edge(f"way-{i}", "a", f"b{i}", 0.0) for i in range(3)]
    network = build(["a", "b0", "b1", "b2"], ways, ["a"])
    members, crowd = 20_000, 50
    case = a_case(
        network,
        members,
        1,
        waiting=np.full((members, 1), crowd),
        weight=np.tile(weights, (members, 1, 1)),
    )
    chosen = case.run().arrived[:, 0, 1:].astype(float)
    share = weights / weights.sum()
    assert np.allclose(chosen.mean(axis=0), crowd * share, atol=0.1)
    law = crowd * (np.diag(share) - np.outer(share, share))
    assert np.allclose(np.cov(chosen.T), law, atol=0.4)


def test_a_tiny_weight_beside_a_huge_one_loses_nobody() -> None:
    ways = [Edge(f"way-{i}", "a", f"b{i}", 0.0) for i in range(3)]
    network = build(["a", "b0", "b1", "b2"], ways, ["a"])
    case = a_case(
        network,
        200,
        1,
        waiting=np.full((200, 1), 10**9),
        weight=np.tile([3.0e6, 1e-3, 3e-7], (200, 1, 1)),
    )
    history = case.run()
    assert (history.arrived[:, 0, 1:].sum(axis=1) == 10**9).all()
    assert (history.queue == 0).all()


def test_people_turn_away_from_a_way_that_closed() -> None:
    ways = [Edge("north", "a", "b", 1.0, True), Edge("south", "a", "c", 1.0)]
    network = build(["a", "b", "c"], ways, ["a"])
    members, steps, crowd = 2000, 14, 300
    is_open = np.ones((steps, 2))
    is_open[1:, 0] = 0.0
    case = a_case(
        network,
        members,
        steps,
        waiting=np.full((members, 1), crowd),
        weight=np.tile([1.0, 0.0], (members, 1, 1)),
        capacity=np.full((members, steps, 1), 1e-9),
        open=is_open,
    )
    assert np.array_equal(case.run().queue[:, -1, 0], np.full(members, crowd)), "no way is open"
    both = case.rates._replace(weight=np.tile([1e9, 1e-9], (members, 1, 1)))
    queue = Case(network, 1.0, both, case.noise, ()).run().queue[:, :, 0].mean(axis=0)
    expected = crowd * np.exp(-np.arange(steps) / REROUTE_HOURS)
    assert np.allclose(queue, expected, atol=4.5 * math.sqrt(crowd / 4 / members))


def test_the_books_fill_at_a_rate_up_to_a_capacity() -> None:
    network = build(["a"], [], [])
    inject = np.zeros((1, 10, 1), dtype=np.int64)
    inject[0, 0] = 1000
    into: dict[str, Any] = {
        "inject_place": np.array([0]),
        "inject": inject,
        "register": np.ones(1),
    }
    for cap, expected in ((np.inf, [1000] * 10), (150.0, [150, 300, 450, 600, 750, 900, 1000])):
        case = a_case(network, steps=10, register_cap=np.array([cap]), **into)
        books = Case(network, 1.0, case.rates, case.noise, ("a",)).run().registered[0]
        assert books[: len(expected)].tolist() == expected


def test_people_at_a_dead_end_stay_or_go_back() -> None:
    network = build(["a", "b"], [Edge("way", "a", "b", 0.0)], ["a"], returns=frozenset({"b"}))
    members = 4000
    case = a_case(
        network,
        members,
        5,
        waiting=np.full((members, 1), 100),
        come_back=np.array([0.0, 0.1]),
    )
    history = case.run()
    assert (history.arrived[:, :, 1] == 100).all()
    expected = 100 * (1 - 0.9 ** np.arange(5))
    assert np.allclose(history.returned.mean(axis=0), expected, atol=0.4)


@pytest.mark.parametrize("hours", [0.5, 25.0, math.nan])
def test_a_step_takes_1_to_24_hours(hours: float) -> None:
    with pytest.raises(InputError, match="expected 1 to 24"):
        layout(build(["a"], [], []), hours)


@pytest.mark.parametrize("record", [[-1], [2, 1], [24]])
def test_only_steps_in_order_can_be_recorded(record: list[int]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        a_case(build(["a"], [], [])).run(np.array(record))


@settings(deadline=None)
@given(cases())
def test_the_order_of_a_large_network_changes_no_bit(case: Case) -> None:
    usual = case.run()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "LARGE", 0)
        ordered = case.run()
    for one, two in zip(usual, ordered, strict=True):
        assert np.array_equal(one, two)


@settings(deadline=None)
@given(cases(), st.randoms(use_true_random=False), st.booleans())
def test_only_the_places_asked_for_are_kept(case: Case, luck: Random, large: bool) -> None:
    network = case.network
    kept = luck.sample(network.places, luck.randint(0, len(network.places)))
    laid = layout(network, case.step_hours, case.counted, kept)
    whole = case.run()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "LARGE", 0 if large else 10**6)
        some = engine.run(laid, case.rates, case.noise)
    places = [network.places.index(p) for p in kept]
    edges = [e for p in kept for e, edge in enumerate(network.edges) if edge.tail == p]
    for name, table in whole._asdict().items():
        by = {"arrived": places, "present": places, "queue": edges, "queued": edges}.get(name)
        expected = table if by is None else table[:, :, by]
        assert np.array_equal(getattr(some, name), expected), name
