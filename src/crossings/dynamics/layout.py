"""A network laid out for the kernel of the native rules: arrays at one step length.

Where a network is large, :func:`in_order` numbers it anew in the order in which it is worked
through, so that a step reads its tables from one end to the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from crossings.dynamics.network import Network
from crossings.errors import InputError

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

REROUTE_HOURS = 6.0
"""Mean time after which somebody in the queue of a closed edge turns to an open one."""

SHORTEST_STEP, LONGEST_STEP = 1.0, 24.0
"""Hours a step may take."""

CHANNELS = ("draw_entity", "draw_purpose", "draw_code")
"""What a layout holds of every channel; the other ``draw_`` number channels."""


class Layout(NamedTuple):
    """The arrays of a :class:`Network` at one step length (see :func:`layout`).

    Travel over an edge takes ``lag`` whole steps (E,), and one more for the share ``late`` (E,) of
    those who enter. ``move_on`` (P,) and ``reroute`` are probabilities in a step; ``counted`` (P,)
    marks the places where arrivals are registered. The origins at place p are
    ``origin[first_origin[p]:first_origin[p + 1]]``. ``kept_place`` and ``kept_edge`` number what
    stands in the results, in their order. The rest is as in :class:`Network`, its channels with
    ``draw_`` before their names (a parallel loop takes no tuple within a tuple); ``draw_code`` is
    where in the stream of a step the exact draws of a channel lie.
    """

    head: I8
    lag: I8
    late: F8
    gate: I8
    first_edge: I8
    order: I8
    forward: npt.NDArray[np.bool_]
    first_origin: I8
    origin: I8
    settle: F8
    move_on: F8
    reroute: float
    kept_place: I8
    kept_edge: I8
    counted: npt.NDArray[np.bool_]
    draw_entity: I8
    draw_purpose: I8
    draw_code: I8
    draw_depart: I8
    draw_leave: I8
    draw_settle: I8
    draw_move_on: I8
    draw_come_back: I8
    draw_through: I8
    draw_split: I8
    draw_turn: I8
    draw_register: int


def layout(
    network: Network,
    step_hours: float,
    counted: tuple[str, ...] = (),
    kept: Sequence[str] | None = None,
) -> Layout:
    """The arrays that the kernel walks, for steps of ``step_hours``.

    ``counted`` names the places where arrivals are registered; who comes through two of them is
    registered at both. ``kept`` names the places that stand in the results, in their order, with
    the edges out of them; by default all do.

    Raises:
        InputError: a step takes less than 1 or more than 24 hours.
        ValueError: a place of ``kept`` is not in the network.
    """
    if not SHORTEST_STEP <= step_hours <= LONGEST_STEP:
        raise InputError(f"step: found {step_hours:g} hours, expected 1 to 24")
    places = np.arange(len(network.places))
    edges = np.arange(len(network.edges))
    if kept is not None:
        places = np.array([network.place_index(p) for p in kept], dtype=np.int64)
        ways = [edges[network.first_edge[p] : network.first_edge[p + 1]] for p in places]
        edges = np.concatenate([edges[:0], *ways])
    steps = network.hours / step_hours
    lag = np.floor(np.minimum(steps, 1e9)).astype(np.int64)
    with np.errstate(divide="ignore"):
        move_on = np.where(network.dwell > 0, 1 - np.exp(-step_hours / network.dwell), 1.0)
    return Layout(
        head=network.head,
        lag=lag,
        late=np.where(lag < 1e9, steps - lag, 0.0),
        gate=network.gate,
        first_edge=network.first_edge,
        order=network.order,
        forward=network.forward,
        first_origin=np.searchsorted(
            np.sort(network.origin_place), np.arange(len(network.places) + 1)
        ).astype(np.int64),
        origin=np.argsort(network.origin_place, kind="stable").astype(np.int64),
        settle=network.settle,
        move_on=move_on,
        reroute=1 - math.exp(-step_hours / REROUTE_HOURS),
        kept_place=places,
        kept_edge=edges,
        counted=np.array([p in counted for p in network.places], dtype=np.bool_),
        draw_code=(network.draws.entity << 24) | (network.draws.purpose << 16),
        **{f"draw_{name}": value for name, value in network.draws._asdict().items()},
    )


def in_order(net: Layout, channels: bool) -> tuple[Layout, I8, I8]:
    """The same network, its places numbered in the order in which they are worked through.

    The edges out of a place stay side by side, the results keep their order; with ``channels`` the
    channels are numbered anew too, in the order in which they are used. Also returned: the new
    numbers of the places (P,) and the old ones of the edges (E,).
    """
    places, now = net.order, np.argsort(net.order)
    counts = np.diff(net.first_edge)[places]
    first = np.concatenate(([0], np.cumsum(counts)))
    edges = np.repeat(net.first_edge[places] - first[:-1], counts) + np.arange(first[-1])
    residents = np.diff(net.first_origin)[places]
    first_origin = np.concatenate(([0], np.cumsum(residents)))
    origins = np.repeat(net.first_origin[places] - first_origin[:-1], residents)
    origins += np.arange(first_origin[-1])
    by_place = ("settle", "move_on", "counted", "draw_settle", "draw_move_on", "draw_come_back")
    by_edge = ("lag", "late", "gate", "forward", "draw_through", "draw_split", "draw_turn")
    arrays = net._asdict()
    moved = {name: arrays[name][places] for name in by_place}
    moved |= {name: arrays[name][edges] for name in by_edge}
    ordered = net._replace(
        head=now[net.head[edges]],
        first_edge=first,
        order=np.arange(places.size),
        first_origin=first_origin,
        origin=net.origin[origins],
        kept_place=now[net.kept_place],
        kept_edge=np.argsort(edges)[net.kept_edge],
        **moved,
    )
    return _channels_in_order(ordered) if channels else ordered, now, edges


def _channels_in_order(net: Layout) -> Layout:
    """The same network, its channels numbered in the order in which they are used."""
    arrays = net._asdict()
    several = [name for name in arrays if name.startswith("draw_") and name not in CHANNELS]
    used = np.concatenate([np.atleast_1d(arrays[name]) for name in several])
    used = used[used >= 0]
    number = np.full(net.draw_entity.size + 1, -1)  # the last for -1: no channel
    number[used] = np.arange(used.size)
    moved: dict[str, Any] = {name: number[arrays[name]] for name in several}
    moved |= {name: arrays[name][used] for name in CHANNELS}
    moved["draw_register"] = int(moved["draw_register"])
    return net._replace(**moved)
