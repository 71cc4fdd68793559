"""A case laid out as flat arrays that a kernel can walk: what all members of an ensemble share.

What holds on a day is stored once and found by number where days are alike. :mod:`.lay_out` fills
it in.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

UNIT = 1 << 20
"""Lengths are whole numbers of 1 / UNIT km (about a millimetre), so that equal ones are equal."""

CAMP, TOWN, CONFLICT = 1, 2, 4
"""Flags of a place."""

SHUT, SHUTTING = 1, 2
"""Flags of a link on a day; only where shutting turns people back it has the second."""

CODE, RESIDENTS, INITIAL = range(3)
"""Columns of ``Plan.place``."""

TAIL, HEAD, LENGTH, SPEED = range(4)
"""Columns of ``Plan.link``."""

WAYS, OPTIONS, ATTRACTION, CHANCE, FLAGS, ROOM, HARVEST, TOTAL, SCENE, COURSES, LAW = range(11)
"""Columns of ``Plan.on``."""

SCENE_FIRST, SCENE_SIZE = range(2)
"""Columns of ``Plan.scene``."""

END, LINK, REST = range(3)
"""Columns of ``Plan.option``."""

NEXT, REMAINS, LAST = range(3)
"""Columns of ``Plan.route``."""


class Rules(NamedTuple):
    """Numbers and switches of the rules.

    ``take``: newcomers leave the population. ``pop_power``: of the population on the attraction, 0
    unless it changes within the run. ``batch``: share of the width of the capacity buffer that may
    come in before the way is chosen anew. ``grid``: recent travel is kept in steps of this, 2
    to the power of ``shift`` where that is not -1. ``laws_from``: so many people a batch who travel
    end their day by a law. ``ages``: how many there are besides that of the start (:mod:`.ages`),
    0 where none are kept.
    """

    softening: float
    weight_power: float
    buffer: float
    prune: float
    capacity: bool
    on_foot: bool
    short_stints: bool
    full_speed: bool
    take: bool
    pop_power: float
    match_camp: bool
    match_faith: bool
    match_town: bool
    match_conflict: bool
    match_population: bool
    faith: float
    batch: float
    grid: int
    shift: int
    laws_from: int
    ages: int


class Plan(NamedTuple):
    """Places (P), directed links (L), days (T), kinds of people (K), options (O), routes (R).

    Few and wide arrays: a compiled function takes every array as seven arguments, and compiling
    takes as long as there are many. Columns have names in this module.

    ``place`` (P, 3): entity of the random streams, population, people at the start. ``link``
    (L, 4): tail, head, length and speed in 1 / UNIT km, with ``walk`` (L,). ``on`` (T, 11): for
    each day the number of its tables: links (flags ``shut``, ``first_way``), options, attraction
    (K, P), chance (K, P), flags (P,), room (P,); whether it is harvest; the newcomers; the scene,
    the courses and the law (-1: none). ``way`` lists open links by place in order; ``option``
    (O, 3): end, first link, route after it; ``option_factor`` (O, 2): on the score of the end,
    and of the way.
    ``scene``, ``ready_share``, ``ready_other``: see :func:`.ready.ready_choices`; ``course``,
    ``first_course``: :func:`.paths.ready_courses`; ``first_node`` to ``node_at``:
    :func:`.nodes.ready_nodes`. ``route`` (R, 3): next place, route that
    remains from there, last place. ``share`` (P, K): law of the kind of newcomers. ``homes``:
    whether classes hold the home, with ``home_factor`` (P, P). ``placed``: rows of
    place, kind without and with a farm, people. ``rate`` (T, P): see :class:`.spawning.Spawning`.
    ``alike`` (2, K, K): by ethnicity,
    by religion.
    """

    places: int
    kinds: int
    homes: bool
    way_in: int
    top_speed: int
    walking: int
    place: I8
    link: I8
    walk: F8
    on: I8
    shut: I8
    first_way: I8
    way: I8
    first_option: I8
    option: I8
    option_factor: F8
    scene: I8
    ready_share: F8
    ready_other: I8
    course: I8
    first_course: I8
    first_node: I8
    node: I8
    step: I8
    end: I8
    node_at: I8
    route: I8
    attraction: F8
    chance: F8
    flags: I8
    room: F8
    home_factor: F8
    share: F8
    placed: I8
    rate: F8
    sink: F8
    farms: npt.NDArray[np.bool_]
    alike: npt.NDArray[np.bool_]
    rules: Rules


def fixed(km: F8 | float) -> I8:
    """Kilometres as whole numbers of 1 / UNIT km."""
    return np.asarray(np.rint(np.minimum(np.asarray(km, dtype=float), 2.0**30) * UNIT)).astype(
        np.int64
    )
