"""Draws of a member: the luck of a place on a day.

A place has a stream of uniforms a day (:func:`.streams.nth_uniform`). Two runs that differ in one
place share the luck of the others.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossings.dynamics.binomial import stream_binomial
from crossings.dynamics.compiled import hot, inner
from crossings.dynamics.flee.plan import CODE, Plan
from crossings.dynamics.flee.state import TICK, State
from crossings.dynamics.streams import nth_uniform, stream_key

DRAW = 201
"""Purpose of the draws here."""

FEW = 16
"""So many people are drawn one by one."""

RARE = 0.05
"""Below this chance few people are drawn by one binomial too, of which most are 0."""


@inner
def new_day(plan: Plan, s: State, t: int, seed: int, member: int) -> None:
    """Every place gets its luck of a day."""
    for p in range(plan.places):
        s.at[p, TICK] = 0
        s.key[p, 0], s.key[p, 1] = stream_key(seed, member, plan.place[p, CODE], t, DRAW)


@hot
def uniform_at(s: State, place: int) -> float:
    """The next uniform of the stream of a place."""
    n = s.at[place, TICK]
    s.at[place, TICK] = n + 1
    return nth_uniform(s.key[place, 0], s.key[place, 1], np.uint64(n))


@hot
def coins(s: State, n: int, p: float, place: int) -> int:
    """How many of a few people do what each does with probability ``p``, one uniform each."""
    k = 0
    for _ in range(n):
        k += uniform_at(s, place) < p
    return k


@inner
def how_many(s: State, n: int, p: float, place: int) -> int:
    """How many of ``n`` do what each does with probability ``p``."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    if n <= FEW and p >= RARE:
        return coins(s, n, p, place)
    tick = s.at[place, TICK]
    k, s.at[place, TICK] = stream_binomial(n, p, s.key[place, 0], s.key[place, 1], tick)
    return k


@hot
def place_of(weight: npt.NDArray[np.float64], x: float, last: int) -> int:
    """The option in which ``x``, between 0 and the sum of the weights, falls."""
    j = 0
    while j < last and x >= weight[j]:
        x -= weight[j]
        j += 1
    return j


@inner
def spread(s: State, n: int, options: int, place: int) -> None:
    """Share ``n`` people out over the first options by ``s.weight``, into ``s.counts``."""
    total, last = 0.0, 0
    for j in range(options):
        s.counts[j] = 0
        if s.weight[j] > 0.0:
            total += s.weight[j]
            last = j
    if n <= 2 * options:
        for _ in range(n):
            x = uniform_at(s, place) * total
            s.counts[place_of(s.weight, x, last)] += 1
        return
    for j in range(last + 1):
        if s.weight[j] > 0.0:
            share = min(1.0, s.weight[j] / total)
            k = n if j == last else how_many(s, n, share, place)
            s.counts[j] = k
            n -= k
            total -= s.weight[j]
