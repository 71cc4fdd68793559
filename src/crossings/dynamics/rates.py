"""The rates at which people move, for every member, step and way: what the engine is given."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]


class Rates(NamedTuple):
    """What differs between members (M), steps (T), origins (O), gates (G), edges (E), places (P).

    ``home``, ``waiting``: people at the start, (M, O). ``hazard``: probability rate of deciding,
    per step, (M, T); ``origin_factor`` (O,) multiplies it. ``contagion`` (M,): a hazard of h
    becomes h (1 + contagion g) where g is the share of the pool that already decided. ``leave``
    (M,): probability of setting out in a step. ``capacity``: mean people let through in a step,
    (M, T, G). ``open``: share of the step an edge is open, (T, E). ``weight``: attraction of an
    edge, (M, T, E) or (M, 1, E) if it never changes; nobody chooses an edge of weight 0.
    ``register`` (M,) probability, ``register_cap`` (M,) people a step. ``come_back``: probability
    of returning in a step, (P,), for the places that allow it. ``clump``: people a vehicle.
    ``inject``: people who arrive at ``inject_place`` (I,) from elsewhere in each step, (M, T, I).
    """

    home: I8
    waiting: I8
    hazard: F8
    origin_factor: F8
    contagion: F8
    leave: F8
    capacity: F8
    open: F8
    weight: F8
    register: F8
    register_cap: F8
    come_back: F8
    clump: float
    inject_place: I8
    inject: I8


def one_type(rates: Rates) -> Rates:
    """The rates in the one memory layout that the kernel is compiled for."""

    def whole(table: I8) -> I8:
        return np.ascontiguousarray(table, dtype=np.int64)

    def real(table: F8) -> F8:
        return np.ascontiguousarray(table, dtype=np.float64)

    return Rates(
        home=whole(rates.home),
        waiting=whole(rates.waiting),
        hazard=real(rates.hazard),
        origin_factor=real(rates.origin_factor),
        contagion=real(rates.contagion),
        leave=real(rates.leave),
        capacity=real(rates.capacity),
        open=real(rates.open),
        weight=real(rates.weight),
        register=real(rates.register),
        register_cap=real(rates.register_cap),
        come_back=real(rates.come_back),
        clump=float(rates.clump),
        inject_place=whole(rates.inject_place),
        inject=whole(rates.inject),
    )
