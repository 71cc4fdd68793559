"""The fan chart as SVG: what is expected, what was known, and what was reported later.

Colours come from the page's style sheet, so that one drawing serves light, dark and print; every
mark differs in shape too, so that nothing depends on colour. The marks follow the qualifier of the
figure: a filled dot is exact, an open dot approximate, an arrow up "at least", an arrow down "at
most", a bar a range.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Sequence

from crossings.forecast.summary import Range
from crossings.publish.markup import text
from crossings.publish.words import moment, number, rounded, short_day, stamp, step_of
from crossings.situation.records import Claim


@dataclasses.dataclass(frozen=True)
class Mark:
    """A reported figure: when, how much (``low`` and ``high`` as spoken), and its words."""

    when: dt.datetime
    low: float | None
    high: float | None
    qualifier: str
    words: str


@dataclasses.dataclass(frozen=True)
class Level:
    """A planning figure or an official forecast, drawn as a horizontal line."""

    value: float
    words: str


LEVEL_GAP = 13.0
"""How far apart the words of two levels must stand, in SVG units."""


@dataclasses.dataclass(frozen=True)
class Fan:
    """All that a fan chart draws. Times are in the zone in which they are labelled."""

    title: str
    issued_at: dt.datetime
    ranges: Sequence[Range]
    known: Sequence[Mark] = ()
    later: Sequence[Mark] = ()
    levels: Sequence[Level] = ()
    unit: str = "people"


def mark(claim: Claim, words: str, zone: dt.tzinfo) -> Mark | None:
    """The mark of a claim; None where it has no number or no time."""
    if claim.as_of is None or claim.value is None:
        return None
    return Mark(claim.as_of.astimezone(zone), claim.low, claim.high, claim.qualifier, words)


@dataclasses.dataclass(frozen=True)
class _Frame:
    """The plotting area in SVG units, and what it spans."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    first: dt.datetime
    last: dt.datetime
    ceiling: float

    def x(self, when: dt.datetime) -> float:
        span = (self.last - self.first).total_seconds() or 1.0
        share = (when - self.first).total_seconds() / span
        return self.left + share * (self.width - self.left - self.right)

    def y(self, value: float) -> float:
        share = value / self.ceiling
        return self.height - self.bottom - share * (self.height - self.top - self.bottom)


def fan_chart(fan: Fan, key: str, width: int = 960, height: int = 420) -> str:
    """Draw a fan chart.

    Args:
        fan: what to draw.
        key: a word, unique on the page, from which the ids inside the drawing are made.
        width: of the drawing in SVG units; below 600 the labels at the right are left out.
        height: of the drawing in SVG units.
    """
    wide = width >= 600
    ceiling, ticks = _value_axis(fan, 6 if wide else 4)
    frame = _Frame(
        width, height, 62 if wide else 54, 142 if wide else 14, 26, 36, *_span(fan), ceiling
    )
    parts = [
        *_grid(frame, ticks, fan),
        *_bands(frame, fan),
        *(_drawn(frame, m, "known") for m in fan.known if frame.first <= m.when <= frame.last),
        *(_drawn(frame, m, "later") for m in fan.later if frame.first <= m.when <= frame.last),
        *_levels(frame, fan, wide),
    ]
    if wide:
        parts += _end_labels(frame, fan)
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc">'
        f'<title id="{key}-title">{text(fan.title)}</title>'
        f'<desc id="{key}-desc">{text(_description(fan))}</desc>{"".join(parts)}</svg>'
    )


def small_fan(ranges: Sequence[Range], title: str, width: int = 320, height: int = 84) -> str:
    """A fan without axes, for small multiples: bands, median and the highest value as label."""
    ceiling = max((r.high90 for r in ranges), default=1.0) or 1.0
    frame = _Frame(
        width, height, 2, 2, 14, 4, ranges[0].time, ranges[-1].time, _nice_ceiling(ceiling)
    )
    fan = Fan("", ranges[0].time, ranges)
    label = f'<text class="tick" x="2" y="10">{rounded(frame.ceiling)}</text>'
    rule = (
        f'<path class="grid" d="M2 {frame.y(frame.ceiling):.1f}H{width - 2}'
        f'M2 {frame.y(0):.1f}H{width - 2}"/>'
    )
    body = "".join(_bands(frame, fan))
    return (
        f'<svg class="chart small" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{text(title)}">{rule}{label}{body}</svg>'
    )


def _span(fan: Fan) -> tuple[dt.datetime, dt.datetime]:
    """From the first figure worth showing to the end of the forecast."""
    last = fan.ranges[-1].time
    horizon = last - fan.issued_at
    earliest = fan.issued_at - max(horizon, dt.timedelta(days=1))
    seen = [m.when for m in fan.known if m.when >= earliest]
    first = min([*seen, fan.issued_at])
    return first - (last - first) * 0.015, last


def _value_axis(fan: Fan, ticks: int) -> tuple[float, list[float]]:
    """The highest value of the axis and its round ticks."""
    top = max(r.high90 for r in fan.ranges)
    first, last = _span(fan)
    for m in [*fan.known, *fan.later]:
        if first <= m.when <= last:
            top = max(top, m.high or 0, m.low or 0)
    top = max([top, *(lev.value for lev in fan.levels if lev.value <= 1.5 * top)], default=1.0)
    step = _nice_step(max(top, 1.0) * 1.04 / ticks)
    count = math.ceil(max(top, 1.0) * 1.04 / step)
    return count * step, [i * step for i in range(count + 1)]


def _nice_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)


def _nice_ceiling(top: float) -> float:
    step = _nice_step(max(top, 1.0) / 5)
    return math.ceil(top / step) * step


def _grid(frame: _Frame, ticks: Sequence[float], fan: Fan) -> list[str]:
    right = frame.width - frame.right
    floor = frame.height - frame.bottom
    parts = []
    for value in ticks:
        y = frame.y(value)
        parts.append(f'<path class="grid" d="M{frame.left} {y:.1f}H{right:.1f}"/>')
        parts.append(
            f'<text class="tick end" x="{frame.left - 8}" y="{y + 4:.1f}">{number(value)}</text>'
        )
    parts.append(f'<text class="tick" x="0" y="13">{text(fan.unit)}</text>')
    for when, label in _day_ticks(frame):
        x = frame.x(when)
        parts.append(f'<path class="grid" d="M{x:.1f} {floor:.1f}v6"/>')
        parts.append(f'<text class="tick mid" x="{x:.1f}" y="{floor + 22:.1f}">{label}</text>')
    x = frame.x(fan.issued_at)
    parts.append(f'<path class="issue" d="M{x:.1f} {frame.top}V{floor:.1f}"/>')
    anchor = "" if x < frame.width / 2 else " end"
    shift = 6 if not anchor else -6
    parts.append(
        f'<text class="note{anchor}" x="{x + shift:.1f}" y="{frame.top - 8:.1f}">'
        f"issued {text(moment(fan.issued_at))}</text>"
    )
    return parts


def _day_ticks(frame: _Frame) -> list[tuple[dt.datetime, str]]:
    """Midnights, as many as there is room for, labelled with the day that begins."""
    begin = frame.first.replace(hour=0, minute=0, second=0, microsecond=0)
    days = int((frame.last - begin).total_seconds() // 86400) + 1
    room = max(int((frame.width - frame.left - frame.right) // 62), 2)
    every = next(n for n in (1, 2, 4, 7, 14, 28, 91, 365, 10_000) if days / n <= room)
    found = []
    for i in range(0, days + 1, every):
        when = begin + dt.timedelta(days=i)
        if frame.first <= when <= frame.last:
            found.append((when, f"{when.day} {when:%b}"))
    return found


def _bands(frame: _Frame, fan: Fan) -> list[str]:
    """The 90 % and 50 % bands and the median, starting at the last exact figure if there is one."""
    rows = list(fan.ranges)
    exact = [
        m
        for m in fan.known
        if m.qualifier == "exact" and m.low == m.high and frame.first <= m.when < rows[0].time
    ]
    if exact:
        last = max(exact, key=lambda m: m.when)
        value = last.low or 0.0
        rows.insert(0, Range(last.when, value, value, value, value, value, value))
    parts = []
    for style, low, high in (("band90", "low90", "high90"), ("band50", "low50", "high50")):
        upper = [f"{frame.x(r.time):.1f} {frame.y(getattr(r, high)):.1f}" for r in rows]
        lower = [f"{frame.x(r.time):.1f} {frame.y(getattr(r, low)):.1f}" for r in reversed(rows)]
        parts.append(f'<path class="{style}" d="M{"L".join(upper + lower)}Z"/>')
    middle = "L".join(f"{frame.x(r.time):.1f} {frame.y(r.median):.1f}" for r in rows)
    parts.append(f'<path class="median" d="M{middle}"/>')
    return parts


def _levels(frame: _Frame, fan: Fan, wide: bool) -> list[str]:
    """Planning figures as dashed lines; those far above the fan as a line of text at the top."""
    right = frame.width - frame.right
    parts = []
    above = 0
    written = -LEVEL_GAP
    for level in sorted(fan.levels, key=lambda one: -one.value):
        # A phone has room for a name, not for the office behind it.
        label = text(level.words if wide else level.words.partition(", ")[0], 110 if wide else 48)
        if level.value > frame.ceiling:
            y = frame.top + 14 + 15 * above
            above += 1
            parts.append(f'<text class="note" x="{frame.left + 6}" y="{y}">▲ {label}</text>')
            continue
        y = frame.y(level.value)
        parts.append(f'<path class="level" d="M{frame.left} {y:.1f}H{right:.1f}"/>')
        # At the right, where the fewest reported figures lie; below its line where another is near.
        at = y - 5 if y - 5 - written >= LEVEL_GAP else y + 13
        written = at
        parts.append(f'<text class="note halo end" x="{right - 6:.1f}" y="{at:.1f}">{label}</text>')
    return parts


def _drawn(frame: _Frame, m: Mark, style: str) -> str:
    """One reported figure in the shape of its qualifier, with its words as a tooltip."""
    x = frame.x(m.when)
    low, high = m.low, m.high
    if low is not None and high is not None and low != high:
        top, bottom = frame.y(high), frame.y(low)
        shape = (
            f'<path class="{style} line" d="M{x - 4:.1f} {top:.1f}h8m-4 0V{bottom:.1f}m-4 0h8"/>'
        )
        return f"<g>{shape}<title>{text(m.words)}</title></g>"
    value = low if low is not None else high
    y = frame.y(value or 0.0)
    if m.qualifier == "at_least" or high is None:
        shape = _arrow(x, y, -1, style)
    elif m.qualifier == "at_most" or low is None:
        shape = _arrow(x, y, 1, style)
    elif style == "later":
        fill = "open" if m.qualifier != "exact" else "full"
        shape = f'<path class="later {fill}" d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5-5Z"/>'
    else:
        fill = "open" if m.qualifier != "exact" else "full"
        shape = f'<circle class="known {fill}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    return f"<g>{shape}<title>{text(m.words)}</title></g>"


def _arrow(x: float, y: float, direction: int, style: str) -> str:
    tip = y + 16 * direction
    return (
        f'<path class="{style} line" d="M{x - 4:.1f} {y:.1f}h8m-4 0V{tip:.1f}'
        f'm-4 {-5 * direction}l4 {5 * direction}l4 {-5 * direction}"/>'
    )


def _end_labels(frame: _Frame, fan: Fan) -> list[str]:
    """What the fan says at its end, written beside it, pushed apart where it is narrow."""
    end = fan.ranges[-1]
    step = step_of(end)
    rows = [
        (frame.y(end.high90), f"95 %: {rounded(end.high90, step)}", "note"),
        (frame.y(end.high50), f"75 %: {rounded(end.high50, step)}", "note"),
        (frame.y(end.median), f"median {rounded(end.median, step)}", "note strong"),
        (frame.y(end.low50), f"25 %: {rounded(end.low50, step)}", "note"),
        (frame.y(end.low90), f"5 %: {rounded(end.low90, step)}", "note"),
    ]
    gap = 17.0
    centre = rows[2][0]
    at = [r[0] for r in rows]
    at[2] = min(max(centre, frame.top + 2 * gap), frame.height - frame.bottom - 2 * gap + 8)
    for i in (1, 0):
        at[i] = min(at[i], at[i + 1] - gap)
    for i in (3, 4):
        at[i] = max(at[i], at[i - 1] + gap)
    x = frame.width - frame.right + 8
    return [
        f'<text class="{style}" x="{x:.1f}" y="{y + 4:.1f}">{label}</text>'
        for y, (_, label, style) in zip(at, rows, strict=True)
    ]


def _description(fan: Fan) -> str:
    """The chart in words, for those who do not see it."""
    end = fan.ranges[-1]
    step = step_of(end)
    words = [
        f"Fan chart from {short_day(fan.ranges[0].time)} to {short_day(end.time)}.",
        f"At the end the median is {rounded(end.median, step)} {fan.unit}, "
        f"half of the cases lie between {rounded(end.low50, step)} and "
        f"{rounded(end.high50, step)}, 9 in 10 between {rounded(end.low90, step)} and "
        f"{rounded(end.high90, step)}.",
    ]
    if fan.known:
        newest = max(fan.known, key=lambda m: m.when)
        when = stamp(newest.when, newest.when.tzinfo or dt.UTC)
        words.append(f"{len(fan.known)} figures were known, the newest of {when}.")
    if fan.later:
        words.append(f"{len(fan.later)} figures reported later are drawn beside the forecast.")
    return " ".join(words)
