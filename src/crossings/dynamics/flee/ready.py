"""Weights of the ways made ready for choosing: what all members of an ensemble share.

A scene is a pair of tables that hold on a day: options, and attraction of their ends. For each
scene, kind of people and place the weights without the multiplier of capacity are kept as an alias
table (Vose 1991, IEEE Transactions on Software Engineering 17), from which one uniform chooses.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import entry

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

MOST = 4_000_000
"""Options of all scenes together beyond which weights are worked out when they are needed."""


@entry
def alias_tables(
    weight: npt.NDArray[np.float64], first: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Alias tables of the options between ``first[i]`` and ``first[i + 1]`` for each i.

    Returns the share by which each option is taken where it is met, and the option (counted from
    the first) that is taken else. The share of the first option is -1 where all weigh 0.
    """
    share, other = np.ones(weight.size), np.zeros(weight.size, np.int64)
    for i in range(first.size - 1):
        a, n = first[i], first[i + 1] - first[i]
        total = 0.0
        for j in range(n):
            total += weight[a + j]
        if n == 0:
            continue
        if not total > 0.0:
            share[a] = -1.0
            continue
        for j in range(n):
            share[a + j] = weight[a + j] / total * n
            other[a + j] = j
        # Each option with less than its share of the table is filled up from one with more.
        small, large, few, many = np.zeros(n, np.int64), np.zeros(n, np.int64), 0, 0
        for j in range(n):
            if share[a + j] < 1.0:
                small[few] = j
                few += 1
            else:
                large[many] = j
                many += 1
        while few > 0 and many > 0:
            few -= 1
            j, k = small[few], large[many - 1]
            other[a + j] = k
            share[a + k] -= 1.0 - share[a + j]
            if share[a + k] < 1.0:
                many -= 1
                small[few] = k
                few += 1
        for j in range(few):
            share[a + small[j]] = 1.0
        for j in range(many):
            share[a + large[j]] = 1.0
    return share, other


def ready_choices(
    tables: dict[str, Any], options_on: list[int], attraction_on: list[int], softening: float,
    power: float,
) -> tuple[dict[str, Any], list[int]]:  # fmt: skip
    """The scenes of the days.

    Args:
        tables: ``first_option`` (D, P + 1), ``option`` (O, 3), ``option_factor`` (O, 2) and
            ``attraction`` (A, K, P).
        options_on: the number of the options of each day, (T,).
        attraction_on: the number of the attraction of each day, (T,).
        softening: added to the score of an end.
        power: of the weight.

    Returns:
        ``scene`` (S, 2): the first number of a scene in ``ready_share`` and ``ready_other``, and
        its options of one kind; and the scene of each day, -1 where they would be too many.
    """
    first, option, factor = tables["first_option"], tables["option"], tables["option_factor"]
    attraction = tables["attraction"]
    pairs = list(dict.fromkeys(zip(options_on, attraction_on, strict=True)))
    kinds = attraction.shape[1]
    none = {"scene": np.zeros((1, 2), np.int64), "ready_share": np.ones(1)}
    none["ready_other"] = np.zeros(1, np.int64)
    if sum(kinds * int(first[d, -1] - first[d, 0]) for d, _ in pairs) > MOST:
        return none, [-1] * len(options_on)
    scenes, weights, starts, used = [], [], [], 0
    for d, a in pairs:
        begin, end = int(first[d, 0]), int(first[d, -1])
        scenes.append((used, end - begin))
        for kind in range(kinds):
            score = attraction[a, kind, option[begin:end, 0]] * factor[begin:end, 0]
            weights.append(((softening + score) * factor[begin:end, 1]) ** power)
            starts.append(used + first[d, :-1] - begin)
            used += end - begin
    share, other = alias_tables(
        np.concatenate([*weights, np.ones(1)]), np.concatenate([*starts, np.array([used])])
    )
    numbers = {pair: k for k, pair in enumerate(pairs)}
    scene_on = [numbers[pair] for pair in zip(options_on, attraction_on, strict=True)]
    ready = {"scene": np.array(scenes), "ready_share": share, "ready_other": other}
    return ready, scene_on
