"""Several links of a day at one draw: what all members of an ensemble share.

Who comes to a place with some of the day left decides whether to go on and which way, and so at the
next place. As long as no capacity binds these decisions depend on nothing but the place and on
whether people are made to leave towns there (``avoid_short_stints``, while they have travelled
little). So for every place, with and without that, the courses of the next few decisions are
listed with their probabilities, as an alias table from which one uniform draws. Whoever meets a
limit on the way (the day is over, a camp repels, towns hold people again) keeps the part of the
course before it, which has the right law whatever would have come later, and draws anew.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from crossings.dynamics.compiled import entry
from crossings.dynamics.flee.ready import alias_tables

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

LINKS = 3
"""Links of a course at most."""

MOST = 400_000
"""Courses of all tables together; with more there are shorter ones, or none."""

TOWN = 2
"""Flag of a place, as in :mod:`.plan`."""

PARTS = 1 << 52
"""Shares are whole numbers of 1 / PARTS."""

GOES_ON, LINK_BITS = 4, 20
"""A course as one number: how many links, a flag for that the last place is left open, the links.

The first two bits are the number of links, the third the flag; every link takes 20 bits.
"""

SHARE, COURSE, OTHER = range(3)
"""Columns of ``Plan.course``: by which share a row is itself, its course, and the course else."""


@entry
def _courses(
    first: I8, option: I8, weight: F8, chance: F8, certain: npt.NDArray[np.bool_], head: I8,
    links: int, most: int,
) -> tuple[I8, F8, I8]:  # fmt: skip
    """The courses from every place, without and with towns that hold nobody.

    Args:
        first: the first option of every place, and the end of the last (P + 1,).
        option: the link of every option (O,).
        weight: of every option (O,).
        chance: to move on from a place (P,).
        certain: whether a place is a town (P,).
        head: of every link (L,).
        links: of a course at most.
        most: courses at most; with more an empty table is returned.

    Returns:
        Courses (N,), their probabilities (N,), and the first course of each place
        without and with forcing, (2 P + 1,).
    """
    places = chance.size
    course = np.zeros(most, np.int64)
    mass = np.zeros(most)
    start = np.zeros(2 * places + 1, np.int64)
    at, last = np.zeros((2, links + 1), np.int64)
    left, total = np.ones((2, links + 1))
    made = 0
    for case in range(2 * places):
        start[case] = made
        at[0] = case % places
        left[0] = 1.0
        depth, fresh = 0, True
        while depth >= 0:
            if made == most:
                return course[:0], mass[:0], start
            p = at[depth]
            if fresh:
                fresh = False
                number = 0
                for k in range(depth - 1, -1, -1):
                    number = (number << LINK_BITS) | option[last[k]]
                number = (number << 3) | depth
                course[made] = number
                if depth == links:
                    course[made] = number | GOES_ON
                    mass[made] = left[depth]
                    made += 1
                    depth -= 1
                    continue
                total[depth] = weight[first[p] : first[p + 1]].sum()
                moving = 1.0 if case >= places and certain[p] else min(1.0, chance[p])
                moving = moving if total[depth] > 0.0 else 0.0
                if moving < 1.0:
                    mass[made] = left[depth] * (1.0 - moving)
                    made += 1
                if moving == 0.0:
                    depth -= 1
                    continue
                left[depth] *= moving
                last[depth] = first[p] - 1
            last[depth] += 1
            o = last[depth]
            if o == first[p + 1]:
                depth -= 1
                continue
            if weight[o] > 0.0:
                at[depth + 1] = head[option[o]]
                left[depth + 1] = left[depth] * weight[o] / total[depth]
                depth += 1
                fresh = True
    start[2 * places] = made
    return course[:made].copy(), mass[:made].copy(), start


def ready_courses(
    tables: dict[str, Any], on: I8, link: I8, walk: F8, softening: float, power: float
) -> tuple[dict[str, Any], list[int]]:
    """The courses of the days.

    Args:
        tables: of the plan, see :class:`.plan.Plan`.
        on: for each day the numbers of its options, attraction, chances and flags, (T, 4).
        link: tail and head of every link, (L, 2 or more).
        walk: chance to walk along a link, (L,).
        softening: added to the score of an end.
        power: of the weight.

    Returns:
        ``course`` (N, 3) and ``first_course``, the first one for each scene, kind, forcing and
        place; and the scene of each day, -1 where people take their decisions link by link.
    """
    scenes = list(dict.fromkeys(map(tuple, on.tolist())))
    plain = not walk.any() and (tables["option"][:, 2] == 0).all() and len(scenes) <= MOST
    plain = plain and len(link) < 1 << LINK_BITS
    for links in range(LINKS, 0, -1) if plain else ():
        found = _of_scenes(tables, scenes, link[:, 1].copy(), softening, power, links)
        if found is not None:
            parts, usable = found
            numbers = {scene: k if usable[k] else -1 for k, scene in enumerate(scenes)}
            return _laid(parts), [numbers[tuple(row)] for row in on.tolist()]
    return _laid([(np.zeros(1, np.int64), np.ones(1), np.zeros(2, np.int64))]), [-1] * len(on)


Part = tuple[I8, F8, I8]
"""Courses, their probabilities, where those of a place begin."""


def _of_scenes(
    tables: dict[str, Any], scenes: list[tuple[int, ...]], head: I8, softening: float, power: float,
    links: int,
) -> tuple[list[Part], list[bool]] | None:  # fmt: skip
    """Courses of so many links of every scene and kind, and which scenes may use them.

    None where they are too many. A scene in which some place has ways but none with a weight may
    not: people there take any.
    """
    parts: list[Part] = []
    usable = []
    left = MOST
    for options, attracted, chance, flags in scenes:
        first = tables["first_option"][options]
        table = tables["option"][first[0] : first[-1]]
        factor = tables["option_factor"][first[0] : first[-1]]
        first = first - first[0]
        towns = (tables["flags"][flags] & TOWN) > 0
        usable.append(True)
        for kind, attraction in enumerate(tables["attraction"][attracted]):
            weight = ((softening + attraction[table[:, 0]] * factor[:, 0]) * factor[:, 1]) ** power
            sums = np.diff(np.concatenate(([0.0], np.cumsum(weight)))[first])
            usable[-1] &= bool((sums[np.diff(first) > 0] > 0.0).all())
            moving = tables["chance"][chance, kind]
            part = _courses(first, table[:, 1].copy(), weight, moving, towns, head, links, left + 1)
            if part[0].size == 0 or part[0].size > left:
                return None
            left -= part[0].size
            parts.append(part)
    return parts, usable


def _laid(parts: list[Part]) -> dict[str, Any]:
    """The tables of all scenes one after the other."""
    course, mass = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    offsets = np.cumsum([0, *(part[0].size for part in parts)])
    begins = [part[2][:-1] + offset for part, offset in zip(parts, offsets[:-1], strict=True)]
    first = np.concatenate([*begins, offsets[-1:]]).astype(np.int64)
    share, other = alias_tables(mass, first)
    start = np.repeat(first[:-1], np.diff(first))
    rows = (np.rint(share * PARTS).astype(np.int64), course, course[start + other])
    return {"course": np.ascontiguousarray(np.stack(rows, axis=1)), "first_course": first}
