"""Where people go behind the border: the host side of the network, walked by every member.

Who comes through a gate is put on the host's roads (the quickest ways from the crossings), and at
each place some stay and the others move on. How many go where is a Dirichlet draw for each member:
equal shares before anything is known, moved by what is counted at places. Each bulletin that gives
several places weighs two people-groups, halving every twelve hours, and only increases between
bulletins of one target count (reference study, 2026: pure gravity fails, and measures must not be
mixed).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import heapq
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from crossings.dynamics import engine, network
from crossings.dynamics.layout import layout
from crossings.dynamics.streams import block_uniforms, entity_code
from crossings.forecast.corridors import Corridors
from crossings.forecast.observation import moment
from crossings.forecast.parameters import Priors
from crossings.situation.records import Claim, Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

PER_BULLETIN = 2.0
HALF_LIFE_HOURS = 12.0
SAME_BULLETIN = dt.timedelta(hours=3)

PULL = {"camp": 1.0, "region": 1.0, "town": 0.5, "reception": 0.3}
"""Prior weight of a kind of place as the end of a journey; nobody stays at a crossing."""

ON_THE_WAY = 0.3
"""A town or reception from which roads lead on is more a stage than an end."""

DWELL_HOURS = {"reception": 12.0, "camp": 24.0}
"""Mean stay of those who move on: an assumption, nobody counts it."""


@dataclasses.dataclass(frozen=True)
class HostSide:
    """The host's network with its gates in front, and which place of it is which."""

    network: network.Network
    places: tuple[str, ...]
    gate_edges: tuple[tuple[int, str], ...]
    parent: dict[str, str]


def host_side(situation: Situation, shape: Corridors) -> HostSide | None:
    """Lay out the quickest ways from the crossings to every place behind them; None without any.

    Staying at a place is an edge to a dead end of its own, so that each member can have its own
    share of people who stay.
    """
    places = [p for gate in shape.gates for p in gate.places]
    if not places:
        return None
    kinds = {p.id: p for p in situation.places}
    parent, hours = _quickest(situation, shape)
    names = [f"gate:{g}" for g in range(len(shape.gates))]
    edges = []
    gate_edges = []
    for g, gate in enumerate(shape.gates):
        for entry in gate.entries:
            edges.append(network.Edge(f"enter:{entry}", f"gate:{g}", entry, 0.0))
            gate_edges.append((g, entry))
    for place, before in parent.items():
        edges.append(network.Edge(f"on:{place}", before, place, hours[place]))
    stays = []
    for place in places:
        if kinds[place].kind in PULL and place in parent.values():
            edges.append(network.Edge(f"stay:{place}", place, f"stay:{place}", 0.0))
            stays.append(f"stay:{place}")
    dwell = {p: DWELL_HOURS[kinds[p].kind] for p in places if kinds[p].kind in DWELL_HOURS}
    laid_out = network.build([*names, *places, *stays], edges, [], dwell_hours=dwell)
    return HostSide(laid_out, tuple(places), tuple(gate_edges), parent)


def _quickest(situation: Situation, shape: Corridors) -> tuple[dict[str, str], dict[str, float]]:
    """The place before each on the quickest way from a crossing, and the hours between them."""
    inside = {p for gate in shape.gates for p in gate.places}
    leaving: dict[str, list[network.Edge]] = {}
    for edge in network.directed_edges(situation):
        if edge.tail in inside and edge.head in inside:
            leaving.setdefault(edge.tail, []).append(edge)
    heap = sorted((0.0, entry, "", 0.0) for gate in shape.gates for entry in gate.entries)
    parent: dict[str, str] = {}
    hours: dict[str, float] = {}
    done: set[str] = set()
    while heap:
        total, place, before, last = heapq.heappop(heap)
        if place in done:
            continue
        done.add(place)
        if before:
            parent[place], hours[place] = before, last
        for edge in leaving.get(place, []):
            heapq.heappush(heap, (total + edge.hours, edge.head, place, edge.hours))
    return parent, hours


def concentrations(
    side: HostSide,
    situation: Situation,
    claims: Sequence[Claim],
    priors: Priors,
    issued_at: dt.datetime,
    step_hours: float,
) -> tuple[dict[str, float], dict[str, float]]:
    """The Dirichlet parameter of each destination, and the weight with which each claim entered."""
    kinds = {p.id: p.kind for p in situation.places}
    onward = set(side.parent.values())
    pull = {p: PULL.get(kinds[p], 0.0 if p in onward else 1.0) for p in side.places}
    for place in onward & pull.keys():
        if kinds[place] in ("town", "reception"):
            pull[place] *= ON_THE_WAY
    whole = sum(pull.values()) or 1.0
    total = priors.value("destination_concentration") * max(1.0, len(pull) / 6.0)
    alpha = {p: total * weight / whole for p, weight in pull.items()}
    used: dict[str, float] = {}
    target = _best_target(claims, side)
    rows = [c for c in claims if c.target == target and c.place in alpha]
    half_life = max(HALF_LIFE_HOURS, 3 * step_hours)
    before: dict[str, float] = {}
    for when, said in _bulletins(rows, issued_at):
        now = {c.place: float(c.value or 0.0) for c in said}
        gained = {p: max(0.0, v - before.get(p, 0.0)) for p, v in now.items()}
        gain = sum(gained.values())
        age = (issued_at - when).total_seconds() / 3600.0
        weight = PER_BULLETIN * 0.5 ** (age / half_life)
        before.update(now)
        if len(now) < 2 or gain <= 0:
            continue
        for claim in said:
            alpha[claim.place] += weight * gained[claim.place] / gain
            used[claim.id] = min(1.0, weight / PER_BULLETIN)
    return alpha, used


def _best_target(claims: Sequence[Claim], side: HostSide) -> str:
    """The measure and counting that most places are counted by (the first by name of equals)."""
    seen: dict[str, set[str]] = {}
    for claim in claims:
        if claim.place in side.places:
            seen.setdefault(claim.target, set()).add(claim.place)
    return max(sorted(seen), key=lambda target: len(seen[target]), default="")


def _bulletins(rows: list[Claim], issued_at: dt.datetime) -> list[tuple[dt.datetime, list[Claim]]]:
    """Rows grouped by the time they speak of, oldest first."""
    groups: list[tuple[dt.datetime, list[Claim]]] = []
    for claim in sorted(rows, key=lambda c: (moment(c, issued_at), c.known_at, c.id)):
        when = moment(claim, issued_at)
        if groups and when - groups[-1][0] <= SAME_BULLETIN:
            if not any(c.place == claim.place for c in groups[-1][1]):
                groups[-1][1].append(claim)
        else:
            groups.append((when, [claim]))
    return groups


def shares(alpha: dict[str, float], members: int, seed: int) -> dict[str, F8]:
    """A Dirichlet draw of destinations for each member: place -> (M,), summing to 1."""
    draws = {}
    for place, a in alpha.items():
        if a > 0:
            u = block_uniforms(seed, entity_code(f"destination:{place}"), members)
            draws[place] = np.maximum(1e-12, gammaincinv(a, u))
        else:
            draws[place] = np.zeros(members)
    total = np.maximum(1e-12, np.sum(list(draws.values()), axis=0))
    return {place: draw / total for place, draw in draws.items()}


@dataclasses.dataclass(frozen=True)
class Onward:
    """People behind the border at the recorded times: place -> (M, K)."""

    arrived: dict[str, I8]
    present: dict[str, I8]


def walk(
    side: HostSide,
    share: dict[str, F8],
    inflow: I8,
    open_entries: dict[str, F8],
    step_hours: float,
    step_codes: I8,
    record: I8,
    seed: int,
) -> Onward:
    """Put people who come in on the host's roads.

    Args:
        side: the host's network.
        share: the share of people whose journey ends at each place, (M,), of :func:`shares`.
        inflow: whole people who come through each gate in each step, (M, T, gates).
        open_entries: how far each crossing is open in each step, (T,) or longer.
        step_hours: the length of a step.
        step_codes: the addresses of the steps for random numbers, (T,) or longer.
        record: the steps after which to count, (K,).
        seed: of the random numbers.
    """
    members, steps, _ = inflow.shape
    net = side.network
    rates = _rates(side, share, inflow, open_entries, seed)
    noise = engine.Noise(
        seed=seed,
        members=np.arange(members),
        steps=step_codes[:steps],
        normals=np.zeros((members, 0, net.channels)),
        exact=False,
    )
    history = engine.run(layout(net, step_hours), rates, noise, record)
    arrived, present = {}, {}
    for place in side.places:
        i = net.place_index(place)
        arrived[place] = history.arrived[:, :, i]
        here = history.present[:, :, i]
        stay = f"stay:{place}"
        present[place] = (
            here + history.present[:, :, net.place_index(stay)] if stay in net.places else here
        )
    return Onward(arrived, present)


def _rates(
    side: HostSide,
    share: dict[str, F8],
    inflow: I8,
    open_entries: dict[str, F8],
    seed: int,
) -> engine.Rates:
    """People who appear at the gates and choose their way by where their journey ends."""
    members, steps, gates = inflow.shape
    net = side.network
    below = _below(side, share)
    weight = np.zeros((members, 1, len(net.edges)))
    is_open = np.ones((steps, len(net.edges)))
    for e, edge in enumerate(net.edges):
        kind, _, place = edge.id.partition(":")
        if kind == "enter":
            u = block_uniforms(seed, entity_code(f"entry:{place}"), members)
            weight[:, 0, e] = -np.log(u)
            is_open[:, e] = np.maximum(1e-6, open_entries[place][:steps])
        elif kind == "on":
            weight[:, 0, e] = below[place]
        else:
            weight[:, 0, e] = share[place]
    weight = np.maximum(weight, 1e-15)
    return engine.Rates(
        home=np.zeros((members, 0), dtype=np.int64),
        waiting=np.zeros((members, 0), dtype=np.int64),
        hazard=np.zeros((members, steps)),
        origin_factor=np.zeros(0),
        contagion=np.zeros(members),
        leave=np.zeros(members),
        capacity=np.ones((members, steps, 1)),
        open=is_open,
        weight=weight,
        register=np.zeros(members),
        register_cap=np.zeros(members),
        come_back=np.zeros(len(net.places)),
        clump=1.0,
        inject_place=np.array([net.place_index(f"gate:{g}") for g in range(gates)]),
        inject=inflow,
    )


def _below(side: HostSide, share: dict[str, F8]) -> dict[str, F8]:
    """The share of people whose way leads to or through each place."""
    total = {p: share[p].copy() for p in side.places}
    for place in side.places:
        ancestor = side.parent.get(place)
        steps = 0
        while ancestor is not None and steps <= len(side.places):
            total[ancestor] += share[place]
            ancestor = side.parent.get(ancestor)
            steps += 1
    return total


def by_nearness(side: HostSide) -> list[str]:
    """The host's places from the border outwards, by the hours and stages of the quickest way."""
    hours = {edge.head: edge.hours for edge in side.network.edges if edge.id.startswith("on:")}

    def distance(place: str) -> tuple[float, int]:
        total, stages = 0.0, 0
        while place in side.parent:
            total += hours[place]
            place, stages = side.parent[place], stages + 1
        return total, stages

    return sorted(side.places, key=distance)
