"""The flow map as SVG: places at their coordinates, routes as wide as the people expected on them.

An equirectangular projection, true to scale at the middle latitude. No borders are drawn: nobody's
picture of where one country ends has to be taken over to say where people walk.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

from crossings.publish.labels import Label, place_labels
from crossings.publish.markup import text
from crossings.publish.words import rounded, short, step_for
from crossings.situation.records import Place, Route

_WIDEST = 16.0
_THINNEST = 1.6
_PAD = 34.0
_TALLEST = 0.9
"""Height over width of the tallest drawing."""
_KM_PER_DEGREE = 111.32

RANK = {"crossing": 0, "origin": 1, "reception": 2, "camp": 2, "region": 3, "town": 4, "marker": 5}
"""Which names come first where there is no room for all."""


@dataclasses.dataclass(frozen=True)
class Flow:
    """People expected on a route, towards the place ``head``."""

    head: str
    people: float


@dataclasses.dataclass(frozen=True)
class FlowMap:
    """All that a flow map draws. ``closed`` gives the words about each route that is shut."""

    title: str
    places: Sequence[Place]
    routes: Sequence[Route]
    flows: Mapping[str, Flow]
    closed: Mapping[str, str]

    def drawable(self) -> list[Place]:
        """Places with coordinates that a route touches or that are destinations or origins."""
        touched = {end for r in self.routes for end in (r.from_place, r.to_place)}
        return [
            p
            for p in self.places
            if p.lat is not None
            and p.lon is not None
            and (p.id in touched or p.kind not in ("marker", "town"))
        ]


def flow_width(people: float, most: float) -> float:
    """Line width in drawing units: proportional to people, never too thin to be seen."""
    return max(_WIDEST * people / most, _THINNEST) if most > 0 else _THINNEST


def flow_map(chart: FlowMap, key: str, width: int = 960, size: float = 13.0) -> str:
    """Draw a flow map; empty where fewer than two places have coordinates.

    Args:
        chart: what to draw.
        key: a word, unique on the page, from which the ids inside the drawing are made.
        width: of the drawing in SVG units; the height follows from the places.
        size: font size of the names.
    """
    places = chart.drawable()
    if len(places) < 2:
        return ""
    at, height, scale = _project(places, width)
    drawn = [r for r in chart.routes if r.from_place in at and r.to_place in at]
    lines = [(at[r.from_place], at[r.to_place]) for r in drawn]
    most = max((f.people for f in chart.flows.values()), default=0.0)
    parts = [_route(r, at, chart, most) for r in sorted(drawn, key=lambda r: r.id in chart.closed)]
    busy = {f.head: f.people for f in chart.flows.values()}
    ordered = sorted(places, key=lambda p: (RANK[p.kind], -busy.get(p.id, 0.0), p.id))
    points = [at[p.id] for p in ordered]
    names = [_label_name(p) for p in ordered]
    labels = place_labels(points, names, lines, size, width, height)
    for place, point, label in zip(ordered, points, labels, strict=True):
        parts.append(_place(place, point))
        if label is not None:
            parts.append(_label(label, point, _label_name(place)))
    parts.append(_scale_bar(scale, height))
    return (
        f'<svg class="map" viewBox="0 0 {width} {height:.0f}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc" style="font-size:{size}px">'
        f'<title id="{key}-title">{text(chart.title)}</title>'
        f'<desc id="{key}-desc">{text(_description(chart), 2000)}</desc>{"".join(parts)}</svg>'
    )


def _label_name(place: Place) -> str:
    """The name for the map: without what stands in brackets where it is long."""
    name = place.name if len(place.name) <= 20 else place.name.partition(" (")[0]
    return short(name or place.name, 36)


def _project(
    places: Sequence[Place], width: float
) -> tuple[dict[str, tuple[float, float]], float, float]:
    """Positions in drawing units, the height of the drawing, and drawing units in a kilometre."""
    lats = [p.lat or 0.0 for p in places]
    lons = [_unwrapped(p.lon or 0.0, places[0].lon or 0.0) for p in places]
    shrink = max(math.cos(math.radians((min(lats) + max(lats)) / 2)), 0.05)
    across = max((max(lons) - min(lons)) * shrink, 1e-3)
    down = max(max(lats) - min(lats), 1e-3)
    height = min(
        max((width - 2 * _PAD) * down / across + 2 * _PAD + 16, 0.4 * width), _TALLEST * width
    )
    unit = min((width - 2 * _PAD) / across, (height - 2 * _PAD - 16) / down)
    left = (width - unit * across) / 2
    top = _PAD + (height - 2 * _PAD - 16 - unit * down) / 2
    at = {
        p.id: (left + (lon - min(lons)) * shrink * unit, top + (max(lats) - lat) * unit)
        for p, lat, lon in zip(places, lats, lons, strict=True)
    }
    return at, height, unit / _KM_PER_DEGREE


def _unwrapped(lon: float, reference: float) -> float:
    """``lon`` moved by whole turns to within half a turn of ``reference`` (the date line)."""
    return lon - 360.0 * round((lon - reference) / 360.0)


def _route(route: Route, at: Mapping[str, tuple[float, float]], chart: FlowMap, most: float) -> str:
    """A route as a line, with an arrow head where people are expected and words as a tooltip."""
    flow = chart.flows.get(route.id)
    start, end = at[route.from_place], at[route.to_place]
    if flow is not None and flow.head == route.from_place:
        start, end = end, start
    path = f"M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"
    if route.id in chart.closed:
        words = text(chart.closed[route.id])
        return f'<g><path class="route shut" d="{path}"/><title>{words}</title></g>'
    if flow is None or flow.people < 0.5:
        return f'<path class="route" d="{path}"/>'
    width = flow_width(flow.people, most)
    names = {p.id: p.name for p in chart.places}
    tail = route.to_place if flow.head == route.from_place else route.from_place
    words = text(
        f"{names.get(tail, tail)} to {names.get(flow.head, flow.head)}: "
        f"{rounded(flow.people, step_for(flow.people))} people (median)"
    )
    return (
        f'<g><path class="route flow" stroke-width="{width:.1f}" d="{path}"/>'
        f"{_arrow_head(start, end, width)}<title>{words}</title></g>"
    )


def _arrow_head(start: tuple[float, float], end: tuple[float, float], width: float) -> str:
    """A chevron in the middle of a segment that is long enough to carry one."""
    length = math.dist(start, end)
    reach = max(3.0, width * 0.3)
    if length < 6 * reach + 12:
        return ""
    ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    mx, my = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    spread = max(width * 0.32, 3.2)
    one = (mx - ux * reach - uy * spread, my - uy * reach + ux * spread)
    two = (mx - ux * reach + uy * spread, my - uy * reach - ux * spread)
    tip = (mx + ux * reach, my + uy * reach)
    style = "way" if width >= 7 else "way thin"
    return (
        f'<path class="{style}" d="M{one[0]:.1f} {one[1]:.1f}L{tip[0]:.1f} {tip[1]:.1f}'
        f'L{two[0]:.1f} {two[1]:.1f}"/>'
    )


def _place(place: Place, point: tuple[float, float]) -> str:
    """A place by its kind: diamond for a crossing, square for an origin, dots for the others."""
    x, y = point
    shapes = {
        "crossing": f'<path class="spot crossing" d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6-6Z"/>',
        "origin": f'<rect class="spot origin" x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" '
        'width="9" height="9"/>',
        "region": f'<circle class="spot region" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>',
        "marker": f'<circle class="spot town" cx="{x:.1f}" cy="{y:.1f}" r="2.2"/>',
        "town": f'<circle class="spot town" cx="{x:.1f}" cy="{y:.1f}" r="2.8"/>',
    }
    host = f'<circle class="spot host" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    words = ", ".join([place.name, *place.names[:4]])
    return f"<g>{shapes.get(place.kind, host)}<title>{text(words)}</title></g>"


def _label(label: Label, point: tuple[float, float], words: str) -> str:
    parts = ""
    if label.leader:
        box = label.box
        x = min(max(point[0], box.left + 2), box.right - 2)
        y = min(max(point[1], box.top + 2), box.bottom - 2)
        parts = f'<path class="leader" d="M{point[0]:.1f} {point[1]:.1f}L{x:.1f} {y:.1f}"/>'
    style = {"start": "halo", "end": "halo end", "middle": "halo mid"}[label.anchor]
    return f'{parts}<text class="{style}" x="{label.x:.1f}" y="{label.y:.1f}">{text(words)}</text>'


def _scale_bar(scale: float, height: float) -> str:
    """A bar of a round number of kilometres, in the lower left corner."""
    rough = 90 / scale
    power = 10.0 ** math.floor(math.log10(rough))
    km = next(m * power for m in (5, 2, 1) if m * power <= rough * 1.0001)
    length = km * scale
    y = height - 12
    return (
        f'<path class="bar" d="M12 {y - 4:.1f}v4h{length:.1f}v-4"/>'
        f'<text class="note" x="{18 + length:.1f}" y="{y:.1f}">{km:g} km</text>'
    )


def _description(chart: FlowMap) -> str:
    """The map in words: the busiest routes and those that are shut."""
    names = {p.id: p.name for p in chart.places}
    busiest = sorted(chart.flows.values(), key=lambda f: -f.people)[:8]
    words = [
        f"{rounded(f.people, step_for(f.people))} people towards {names.get(f.head, f.head)}"
        for f in busiest
        if f.people >= 0.5
    ]
    flows = "Expected: " + "; ".join(words) + "." if words else "No flow is expected."
    return " ".join([flows, *sorted(set(chart.closed.values()))])
