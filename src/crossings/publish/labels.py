"""Where the names on a map go: beside their point, apart from each other, off the lines.

A greedy placement in order of importance (after Christensen, Marks and Shieber, 1995, "An empirical
study of algorithms for point-feature label placement"): each label takes the position around its
point that costs least; one that finds no free position is left out.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

_GLYPH = 0.56
"""Mean width of a letter, in font sizes: generous, since the reader's font is not known."""

_RADII = (9.0, 15.0, 26.0, 40.0, 56.0, 74.0)
_ANGLES = tuple(range(0, 360, 30))
_TOO_MUCH = 1000.0


@dataclasses.dataclass(frozen=True)
class Box:
    """A rectangle in drawing units."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The shared area."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(across, 0.0) * max(down, 0.0)


@dataclasses.dataclass(frozen=True)
class Label:
    """A placed name: the baseline point of its text, its anchor, and whether a leader is drawn."""

    x: float
    y: float
    anchor: str
    leader: bool
    box: Box


Point = tuple[float, float]


def place_labels(
    points: Sequence[Point],
    names: Sequence[str],
    lines: Sequence[tuple[Point, Point]],
    size: float,
    width: float,
    height: float,
) -> list[Label | None]:
    """Positions for names, most important first; None where a name finds no room.

    Args:
        points: the points to be named, in drawing units.
        names: one for each of them.
        lines: segments that labels should keep off.
        size: font size.
        width: of the drawing.
        height: of the drawing.
    """
    taken = [Box(x - 6, y - 6, x + 6, y + 6) for x, y in points]
    beads = [bead for line in lines for bead in _beads(*line)]
    placed: list[Label | None] = []
    for point, label in zip(points, names, strict=True):
        best: Label | None = None
        least = _TOO_MUCH
        for candidate, effort in _candidates(point, len(label) * _GLYPH * size, size):
            cost = effort + _cost(candidate, taken, beads, width, height)
            if cost < least:
                best, least = candidate, cost
        if best is not None:
            taken.append(best.box)
        placed.append(best)
    return placed


def _candidates(point: Point, length: float, size: float) -> list[tuple[Label, float]]:
    """Positions around a point, each with the cost of being far or unusual."""
    found = []
    for ring, radius in enumerate(_RADII):
        for angle in _ANGLES:
            dx, dy = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            anchor = "start" if dx > 0.3 else "end" if dx < -0.3 else "middle"
            x, middle = point[0] + radius * dx, point[1] + radius * dy
            if anchor == "middle":
                middle += size * 0.35 * dy
            left = {"start": x, "end": x - length, "middle": x - length / 2}[anchor]
            box = Box(left - 2, middle - size * 0.6, left + length + 2, middle + size * 0.55)
            effort = 30.0 * ring + (0 if angle == 0 else 4 + 4 * abs(dy))
            label = Label(x, middle + size * 0.35, anchor, ring > 1, box)
            found.append((label, effort))
    return found


def _cost(
    label: Label, taken: Sequence[Box], beads: Sequence[Point], width: float, height: float
) -> float:
    box = label.box
    if box.left < 2 or box.right > width - 2 or box.top < 2 or box.bottom > height - 2:
        return _TOO_MUCH
    if any(box.overlap(other) > 0 for other in taken):
        return _TOO_MUCH
    crossed = sum(box.left < x < box.right and box.top < y < box.bottom for x, y in beads)
    return 9.0 * crossed


def _beads(start: Point, end: Point, gap: float = 6.0) -> list[Point]:
    """Points strung along a segment, close enough to notice that a label lies on it."""
    count = max(int(math.dist(start, end) // gap), 1)
    return [
        (start[0] + (end[0] - start[0]) * i / count, start[1] + (end[1] - start[1]) * i / count)
        for i in range(count + 1)
    ]
