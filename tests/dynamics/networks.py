"""Networks, rates and noises for the tests of the engine."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from crossings.dynamics import engine
from crossings.dynamics.layout import layout
from crossings.dynamics.network import Edge, Network, build

I8 = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Case:
    """Everything that one run of the engine takes."""

    network: Network
    step_hours: float
    rates: engine.Rates
    noise: engine.Noise
    counted: tuple[str, ...]

    @property
    def steps(self) -> int:
        return int(self.rates.hazard.shape[1])

    def run(self, record: I8 | None = None) -> engine.History:
        return engine.run(
            layout(self.network, self.step_hours, self.counted),
            self.rates,
            self.noise,
            record,
        )


def plain_rates(network: Network, members: int, steps: int) -> engine.Rates:
    """Nobody anywhere, nothing happening, every way open and wide."""
    origins, edges, places = len(network.origins), len(network.edges), len(network.places)
    return engine.Rates(
        home=np.zeros((members, origins), dtype=np.int64),
        waiting=np.zeros((members, origins), dtype=np.int64),
        hazard=np.zeros((members, steps)),
        origin_factor=np.ones(origins),
        contagion=np.zeros(members),
        leave=np.ones(members),
        capacity=np.full((members, steps, network.gates), 1e7),
        open=np.ones((steps, edges)),
        weight=np.ones((members, 1, edges)),
        register=np.zeros(members),
        register_cap=np.full(members, np.inf),
        come_back=np.zeros(places),
        clump=1.0,
        inject_place=np.zeros(0, dtype=np.int64),
        inject=np.zeros((members, steps, 0), dtype=np.int64),
    )


def addressed(members: int, steps: int, exact: bool = True, seed: int = 1) -> engine.Noise:
    return engine.Noise(
        seed, np.arange(members), np.arange(steps), np.empty((members, 0, 1)), exact
    )


def a_case(network: Network, members: int = 1, steps: int = 24, **rates: Any) -> Case:
    """A case with hourly steps and exact draws in which only ``rates`` differ from plain ones."""
    plain = plain_rates(network, members, steps)._replace(**rates)
    return Case(network, 1.0, plain, addressed(members, steps), ())


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Places with ways in every direction, cycles included, and several origins at a place."""
    places = [f"p{i}" for i in range(draw(st.integers(2, 6)))]
    hours = st.sampled_from([0.0, 0.3, 1.0, 2.7, 9.0, 40.0, 1e6])
    edges = []
    for number in range(draw(st.integers(0, 9))):
        tail, head = draw(st.permutations(places))[:2]
        time, limited = draw(hours), draw(st.booleans())
        edges.append(Edge(f"r{number}", tail, head, time, limited))
        if draw(st.booleans()):
            edges.append(Edge(f"r{number}", head, tail, time, limited))
    some = st.lists(st.sampled_from(places), max_size=4)
    shares = st.dictionaries(st.sampled_from(places), st.sampled_from([0.0, 0.3, 1.0]))
    stays = st.dictionaries(st.sampled_from(places), st.sampled_from([0.0, 2.0, 50.0]))
    return build(places, edges, draw(some), draw(shares), draw(stays), frozenset(draw(some)))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Anything that the engine may be given."""
    network = draw(networks())
    members, steps = draw(st.integers(1, 3)), draw(st.integers(1, 25))
    step_hours = draw(st.sampled_from([1.0, 2.0, 3.0, 6.0, 12.0, 24.0]))
    luck = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    origins, edges, places = len(network.origins), len(network.edges), len(network.places)
    size = draw(st.sampled_from([3, 100, 10**5, 10**8]))
    injected = luck.integers(0, places, draw(st.integers(0, 2)))
    rates = engine.Rates(
        home=luck.integers(0, size, (members, origins)),
        waiting=luck.integers(0, size, (members, origins)),
        hazard=luck.choice([0.0, 0.02, 0.5, 30.0], (members, steps)),
        origin_factor=luck.choice([0.0, 0.5, 2.0], origins),
        contagion=luck.choice([0.0, 3.0], members),
        leave=luck.choice([0.0, 0.2, 1.0], members),
        capacity=luck.choice([0.0, 0.4, 30.0, 1e4, 1e9], (members, steps, network.gates)),
        open=luck.choice([0.0, 0.4, 1.0], (steps, edges)),
        # Weights so far apart that their sum does not hold the smallest.
        weight=luck.choice(
            [0.0, 1e-7, 0.3, 1.0, 3e6], (members, steps if luck.random() < 0.5 else 1, edges)
        ),
        register=luck.choice([0.0, 0.3, 1.0], members),
        register_cap=luck.choice([0.0, 17.0, np.inf], members),
        come_back=luck.choice([0.0, 0.1, 1.0], places),
        clump=float(luck.choice([1.0, 4.5, 40.0])),
        inject_place=injected,
        inject=luck.integers(0, size, (members, steps, injected.size)),
    )
    kind = draw(st.sampled_from(["exact", "smooth", "replay"]))
    noise = addressed(members, steps, kind == "exact", int(luck.integers(0, 2**62)))
    if kind == "replay":
        normals = luck.standard_normal((members, steps, network.channels))
        noise = noise._replace(normals=normals)
    counted = tuple(draw(st.sets(st.sampled_from(network.places))))
    return Case(network, step_hours, rates, noise, counted)
