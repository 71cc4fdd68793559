"""The quick walk through gates counts as the engine does, one by one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.dynamics import engine, gates
from crossings.dynamics.layout import layout
from crossings.dynamics.network import Edge, build
from tests.dynamics.networks import plain_rates

F8 = npt.NDArray[np.float64]


def walked_twice(count: int, seed: int) -> tuple[engine.History, gates.Walk]:
    """The same 20 members by the engine and by the walk: crowds, empty pools, closed gates."""
    names = [f"gate-{g}" for g in range(count)]
    network = build(["pool", *names], [Edge(n, "pool", n, 0.0, True) for n in names], ["pool"])
    rng = np.random.default_rng(seed)
    members, steps = 20, 30
    shut = rng.random((steps, count)) < 0.2
    rates = plain_rates(network, members, steps)._replace(
        home=rng.choice([0, 7, 3000, 400_000], (members, 1)),
        waiting=rng.choice([0, 50, 20_000], (members, 1)),
        hazard=rng.choice([0.0, 1e-5, 0.01, 0.5], (members, steps)),
        contagion=rng.lognormal(0.0, 1.0, members),
        leave=rng.uniform(0.05, 1.0, members),
        capacity=rng.choice([0.0, 3.0, 800.0, 1e6], (members, steps, count)),
        open=np.where(shut, rng.choice([0.0, 0.02, 0.4], (steps, count)), 1.0),
        weight=rng.lognormal(0.0, 1.0, (members, steps, count)),
        register=rng.uniform(0.0, 1.0, members),
        register_cap=rng.choice([0.0, 30.0, 900.0, np.inf], members),
        clump=4.5,
    )
    path = rng.standard_normal((members, steps, network.channels))
    noise = engine.Noise(
        seed=0, members=np.arange(members), steps=np.arange(steps), normals=path, exact=False
    )
    laid = layout(network, 1.0, tuple(names))
    draws = gates.Draws(
        depart=int(network.draws.depart[0]),
        leave=int(network.draws.leave[0]),
        through=network.draws.through,
        split=network.draws.split,
        turn=network.draws.turn,
        register=int(network.draws.register),
    )
    return engine.run(laid, rates, noise), gates.walk(rates, draws, laid.reroute, path)


@settings(max_examples=30)
@given(count=st.integers(1, 4), seed=st.integers(0, 2**31))
def test_every_count_is_the_engines(count: int, seed: int) -> None:
    history, walk = walked_twice(count, seed)
    for name in ("home", "waiting", "registered", "queue", "queued"):
        np.testing.assert_array_equal(getattr(walk, name), getattr(history, name), name)
    np.testing.assert_array_equal(walk.arrived, history.arrived[:, :, 1:])
