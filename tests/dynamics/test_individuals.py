"""The engine against the rules person by person: the same distribution, on small networks."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from crossings.dynamics.layout import REROUTE_HOURS
from crossings.dynamics.network import Edge, build
from tests.dynamics.individuals import Way, World, histories, names
from tests.dynamics.networks import Case, addressed, plain_rates

I8 = npt.NDArray[np.int64]
STEPS = 12
ANY = 0.01

WORLD = World(
    places=("a", "b", "c", "d"),
    ways=(
        Way("first", "a", "b", 1, 2.0, limit=4.0),
        Way("second", "a", "c", 2, 1.0),
        Way("third", "b", "d", 0, 1.0),
        Way("back", "c", "a", 1, 0.5),
        Way("fourth", "c", "d", 1, 1.5, limit=4.0),
    ),
    pools=(("a", 1.0, 40), ("a", 0.4, 20), ("c", 1.5, 15)),
    hazard=0.08,
    contagion=2.0,
    leave=0.4,
    settle={"b": 0.3, "c": 0.2, "d": 1.0},
    move_on={"c": 1 - math.exp(-1 / 3)},
    come_back={"d": 0.05, "b": 0.1},
    turn=1 - math.exp(-1 / REROUTE_HOURS),
    clump=3.0,
    closed_from={"first": 6},
    register=0.3,
    counted="d",
)


def engine_counts(world: World, members: int, exact: bool, seed: int = 1) -> I8:
    """The same by the engine, in the order of ``names``."""
    edges = [Edge(w.id, w.tail, w.head, float(w.steps), math.isfinite(w.limit)) for w in world.ways]
    stays = {p: -1 / math.log(1 - chance) for p, chance in world.move_on.items()}
    pools = [home for home, _, _ in world.pools]
    network = build(world.places, edges, pools, world.settle, stays, frozenset(world.come_back))
    ways = {w.id: w for w in world.ways}
    order = [e.id for e in network.edges]
    rates = plain_rates(network, members, STEPS)
    is_open = np.ones((STEPS, len(order)))
    for way, since in world.closed_from.items():
        is_open[since:, order.index(way)] = 0.0
    limits = [ways[e.id].limit for e in network.edges if e.limited]
    rates = rates._replace(
        home=np.tile([count for _, _, count in world.pools], (members, 1)),
        hazard=np.full((members, STEPS), world.hazard),
        origin_factor=np.array([factor for _, factor, _ in world.pools]),
        contagion=np.full(members, world.contagion),
        leave=np.full(members, world.leave),
        capacity=np.tile(np.array(limits), (members, STEPS, 1)),
        open=is_open,
        weight=np.tile([ways[i].weight for i in order], (members, 1, 1)),
        register=np.full(members, world.register),
        come_back=np.array([world.come_back.get(p, 0.0) for p in world.places]),
        clump=world.clump,
    )
    noise = addressed(members, STEPS, exact, seed)
    history = Case(network, 1.0, rates, noise, (world.counted,)).run(np.array([STEPS - 1]))
    queues = {f"queue {way}": history.queue[:, 0, e] for e, way in enumerate(order)}
    overall = {
        "home": history.home,
        "waiting": history.waiting,
        "road": history.travelling,
        "returned": history.returned,
        "registered": history.registered,
    }
    columns = [*history.arrived[:, 0].T, *history.present[:, 0].T]
    columns += [queues[f"queue {w.id}"] for w in world.ways]
    columns += [table[:, 0] for table in overall.values()]
    return np.stack(columns, axis=1)


def smallest_corrected(one: I8, two: I8) -> float:
    """The smallest p-value over all counts after Holm: of their distributions and of their links.

    Pairs of counts enter by their products around the mean.
    """
    found = []
    middle = two.mean(axis=0)
    for j in range(one.shape[1]):
        if np.ptp(one[:, j]) or np.ptp(two[:, j]):
            found.append(stats.ks_2samp(one[:, j], two[:, j], method="asymp").pvalue)
            found.append(stats.ttest_ind(one[:, j], two[:, j], equal_var=False).pvalue)
    products = [
        (
            (one[:, j] - middle[j]) * (one[:, k] - middle[k]),
            (two[:, j] - middle[j]) * (two[:, k] - middle[k]),
        )
        for j in range(one.shape[1])
        for k in range(j + 1)
        if np.ptp(two[:, j]) and np.ptp(two[:, k])
    ]
    found += [stats.ttest_ind(a, b, equal_var=False).pvalue for a, b in products]
    # The smallest of Holm's corrected values is that of Bonferroni.
    return float(min(found)) * len(found)


@pytest.fixture(scope="module")
def person_by_person() -> I8:
    return histories(WORLD, 1500, STEPS, seed=1)


@pytest.mark.parametrize("exact", [True, False], ids=["exact", "smooth"])
def test_counts_have_the_distribution_of_individuals(person_by_person: I8, exact: bool) -> None:
    counts = engine_counts(WORLD, 20_000, exact)
    assert counts.shape[1] == len(names(WORLD))
    assert smallest_corrected(counts, person_by_person) > ANY


@pytest.mark.parametrize("rate", ["hazard", "leave", "register"])
def test_an_error_of_a_rate_is_found(person_by_person: I8, rate: str) -> None:
    """5 % of the rate that drives all, 10 % of those that bear on less."""
    more = 1.05 if rate == "hazard" else 1.1
    wrong = dataclasses.replace(WORLD, **{rate: more * getattr(WORLD, rate)})
    assert smallest_corrected(engine_counts(wrong, 20_000, True), person_by_person) < ANY


def test_what_happens_here_touches_every_rule(person_by_person: I8) -> None:
    mean = dict(zip(names(WORLD), person_by_person.mean(axis=0), strict=True))
    for name in ("arrived a", "queue first", "queue fourth", "road", "returned", "registered"):
        assert mean[name] > 0.5, name
