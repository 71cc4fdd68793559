"""The flow map of the page: who is on which route on the first day, and what is closed."""

from __future__ import annotations

import datetime as dt

from crossings.forecast.passages import passages
from crossings.publish import words
from crossings.publish.flow_map import Flow, FlowMap, flow_map, flow_width
from crossings.publish.markup import text
from crossings.publish.view import View
from crossings.situation.closures import closed_routes


def flows_of(view: View) -> tuple[FlowMap, str]:
    """What the flow map of the first day draws, and the span of time in words."""
    target = _flow_target(view)
    start, end = _window(view)
    found = passages(view.outlook, view.known, target, start, end) if target else {}
    flows = {route: Flow(head, people) for route, (head, people) in found.items()}
    zone = view.zone
    closed = {
        route: f"Closed since {words.stamp(e.time, zone)} ({words.speakers(e)})"
        for route, e in closed_routes(view.known, view.issued_at).items()
    }
    begin = "the start" if start < 0 else words.moment(view.times[start])
    span = f"from {begin} to {words.moment(view.times[end])}"
    title = f"People on the routes, {span}"
    return FlowMap(title, view.known.places, view.known.routes, flows, closed), span


def map_section(view: View) -> str:
    """The flow map of the first day, with what is closed and a note on boundaries."""
    chart, span = flows_of(view)
    wide, small = flow_map(chart, "map"), flow_map(chart, "map-small", 390, 10.5)
    if not wide:
        return ""
    return (
        f'<section id="map"><h2>On the way</h2><figure><div class="wide">{wide}</div>'
        f'<div class="narrow">{small}</div><figcaption>'
        f"<p>Line width: median number of people forecast to come to the far end of the route, "
        f"{text(span)}. Where several routes lead to a place, they are drawn on the quickest from "
        f"a place of origin. Thin lines: roads on which no count is forecast.</p>"
        f"{_map_legend(chart)}"
        '<p class="soft">No borders are drawn; names and positions imply no opinion on the status '
        "of any territory.</p></figcaption></figure></section>"
    )


def _flow_target(view: View) -> str:
    running = [t for t in view.outlook.targets if t.endswith(".cumulative")]
    return running[0] if running else ""


def _window(view: View) -> tuple[int, int]:
    """The first forecast time that may be shown by place, and the one a day later."""
    shown = view.by_place
    start = shown[0]
    limit = view.times[start] + dt.timedelta(hours=24)
    inside = [i for i in shown if start < i and view.times[i] <= limit]
    return (start, inside[-1]) if inside else (-1, shown[-1])


def _map_legend(chart: FlowMap) -> str:
    closed = chart.closed
    most = max((f.people for f in chart.flows.values()), default=0.0)
    items = []
    for share in (1.0, 0.5, 0.1) if most >= 1 else ():
        people = most * share
        shown = words.rounded(people, words.step_for(people))
        width = flow_width(people, most)
        items.append(
            f'<li><svg class="swatch" viewBox="0 0 34 18" aria-hidden="true">'
            f'<path class="route flow" stroke-width="{width:.1f}" d="M0 9H34"/></svg>'
            f"{shown} people</li>"
        )
    items.append("<li>■ origin</li><li>◆ crossing</li><li>● reception</li><li>○ region, town</li>")
    if closed:
        items.append('<li><span class="key shut"></span>closed at issue</li>')
    events = "".join(f"<li>{text(said)}</li>" for said in sorted(set(closed.values())))
    shut = f'<ul class="shut-list">{events}</ul>' if events else ""
    return f'<ul class="legend">{"".join(items)}</ul>{shut}'
