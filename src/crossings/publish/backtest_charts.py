"""Charts of a backtest as SVG: do ranges hold, do odds come true, how far off beside simple rules.

As on the situation page, colours come from the style sheet and every series differs in shape too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from crossings.publish.backtest_words import MODEL_WORDS
from crossings.publish.markup import text

SIZE = 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 26, 46
NEAR = 0.05
"""The aim: shares within so much of what was said."""


class Ratio(NamedTuple):
    """A row of the chart of ratios: its label and the ratio with its interval, if there is one."""

    label: str
    value: float
    interval: Sequence[float] | None


def coverage_chart(held: Mapping[str, Sequence[Sequence[float]]], title: str) -> str:
    """How often each central range held against how often it should: ours and every baseline.

    Args:
        held: by model, pairs of nominal level and share, 0 to 1.
        title: the chart in words.
    """
    parts = [_near_band(), *_square_axes("range that should hold, %", "held, %"), _diagonal()]
    for model, pairs in held.items():
        ours = model == "forecast"
        points = "L".join(f"{_x(level):.1f} {_y(share):.1f}" for level, share in pairs)
        style = "model ours" if ours else f"model {model}"
        parts.append(f'<path class="{style}" d="M{points}"/>')
        if ours:
            parts += [_dot(level, share, 3.4) for level, share in pairs]
    said = "; ".join(
        f"{100 * level:.0f} % ranges held in {100 * share:.0f} %"
        for level, share in held["forecast"]
        if level in (0.5, 0.9)
    )
    return _square(title, f"{title}. Ours: {said}.", parts)


def pit_chart(shares: Sequence[float], title: str) -> str:
    """Where outcomes fell in the forecast, in ten bins that should be equally full."""
    ceiling = max(0.2, math.ceil(max(shares) * 20) / 20)
    width = (SIZE - _LEFT - _RIGHT) / len(shares)
    floor = SIZE - _BOTTOM

    def y(share: float) -> float:
        return floor - share / ceiling * (floor - _TOP)

    parts = []
    for step in range(round(ceiling / 0.05) + 1):
        if step % 2 == 0:
            at = y(step * 0.05)
            parts.append(f'<path class="grid" d="M{_LEFT} {at:.1f}H{SIZE - _RIGHT}"/>')
            label = f'<text class="tick end" x="{_LEFT - 6}" y="{at + 4:.1f}">{5 * step}</text>'
            parts.append(label)
    for i, share in enumerate(shares):
        left = _LEFT + i * width
        parts.append(
            f'<rect class="bin" x="{left + 1:.1f}" y="{y(share):.1f}" width="{width - 2:.1f}" '
            f'height="{max(0.0, floor - y(share)):.1f}"/>'
        )
    even = y(1 / len(shares))
    parts.append(f'<path class="even" d="M{_LEFT} {even:.1f}H{SIZE - _RIGHT}"/>')
    parts.append(f'<text class="tick" x="{_LEFT}" y="{floor + 16}">came lower</text>')
    parts.append(f'<text class="tick end" x="{SIZE - _RIGHT}" y="{floor + 16}">came higher</text>')
    parts.append(_axis_names("place in the forecast", "cells, %"))
    said = f"lowest tenth {100 * shares[0]:.0f} %, highest tenth {100 * shares[-1]:.0f} %"
    return _square(title, f"{title}: {said}; 10 % each if calibrated.", parts)


def reliability_chart(found: Mapping[str, Any], title: str) -> str:
    """How often an event came against how likely it was said to be, with the number of cells."""
    parts = [_near_band(), *_square_axes("odds stated, %", "came, %"), _diagonal()]
    steps = found["steps"]
    line = "L".join(
        f"{_x(step[end]):.1f} {_y(step['came']):.1f}" for step in steps for end in ("from", "to")
    )
    parts.append(f'<path class="model ours" d="M{line}"/>')
    most = max(step["cells"] for step in steps)
    for step in steps:
        radius = 2.5 + 6 * math.sqrt(step["cells"] / most)
        parts.append(_dot((step["from"] + step["to"]) / 2, step["came"], radius, "bubble"))
    base = _y(found["came"])
    parts.append(f'<path class="even" d="M{_x(0):.1f} {base:.1f}H{_x(1):.1f}"/>')
    said = f"Brier score {found['brier']:.3f}, of the base rate {found['brier_of_base_rate']:.3f}"
    return _square(title, f"{title}. {said}.", parts)


def ratio_chart(rows: Sequence[Ratio], title: str, width: int = 760) -> str:
    """Ratios to the best simple rule with their intervals, one row each; left of 1 is better."""
    named = width >= 600
    left = 210 if named else 14
    right, line = 70, 30 if named else 44
    height = 46 + line * len(rows)
    ends = [v for row in rows for v in (row.value, *(row.interval or ()))]
    low = min(0.5, 0.1 * math.floor(10 * min(ends)))
    high = min(3.0, max(1.3, 0.1 * math.ceil(10 * max(ends))))
    low = max(low, 0.1)

    def x(value: float) -> float:
        inside = min(max(float(value), low), high)
        share = math.log(inside / low) / math.log(high / low)
        return float(left + share * (width - left - right))

    floor = height - 30
    parts = []
    for tick in (0.2, 0.3, 0.5, 0.7, 1.0, 1.3, 1.5, 2.0, 3.0):
        if low <= tick <= high:
            style = "even" if tick == 1 else "grid"
            parts.append(f'<path class="{style}" d="M{x(tick):.1f} 8V{floor}"/>')
            mark = f'<text class="tick mid" x="{x(tick):.1f}" y="{floor + 16}">{tick:g}</text>'
            parts.append(mark)
    for i, row in enumerate(rows):
        y = 8 + line * (i + 0.5) + (0 if named else 8)
        label = text(row.label, 34)
        if named:
            parts.append(f'<text class="note" x="0" y="{y + 4:.1f}">{label}</text>')
        else:
            parts.append(f'<text class="note halo" x="{left}" y="{y - 12:.1f}">{label}</text>')
        if row.interval is not None:
            ends_at = f"M{x(row.interval[0]):.1f} {y:.1f}H{x(row.interval[1]):.1f}"
            parts.append(f'<path class="range" d="{ends_at}"/>')
        style = "spot-better" if row.value < 1 else "spot-worse"
        parts.append(f'<circle class="{style}" cx="{x(row.value):.1f}" cy="{y:.1f}" r="5"/>')
        parts.append(
            f'<text class="note strong end" x="{width - 4}" y="{y + 4:.1f}">{row.value:.2f}</text>'
        )
    said = "; ".join(f"{row.label} {row.value:.2f}" for row in rows)
    return (
        f'<svg class="chart ratios" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{text(f"{title}: {said}", 1000)}">{"".join(parts)}</svg>'
    )


def miss_chart(miss: Mapping[str, Any], title: str) -> str:
    """One line of people: the last figure, the range that was forecast, and what came."""
    width, height, edge = 320, 46, 8
    top = max(miss["high90"], miss["outcome"], miss["last_figure"], 1.0)
    low = min(miss["low90"], miss["outcome"], miss["last_figure"])
    low = 0.0 if low < 0.6 * top else low - 0.15 * (top - low)

    def x(value: float) -> float:
        share = (float(value) - low) / max(top - low, 1e-9)
        return float(edge + share * (width - 2 * edge))

    y = 26
    range_width = max(2.0, x(miss["high90"]) - x(miss["low90"]))
    parts = [
        f'<path class="grid" d="M{edge} {y}H{width - edge}"/>',
        f'<rect class="band90" x="{x(miss["low90"]):.1f}" y="{y - 7}" width="{range_width:.1f}" '
        'height="14"/>',
        f'<path class="median" d="M{x(miss["median"]):.1f} {y - 9}v18"/>',
        f'<circle class="known full" cx="{x(miss["last_figure"]):.1f}" cy="{y}" r="4"/>',
        f'<path class="later full" d="M{x(miss["outcome"]):.1f} {y - 7}l6 7l-6 7l-6-7Z"/>',
    ]
    return (
        f'<svg class="chart small" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{text(title)}">{"".join(parts)}</svg>'
    )


def legend() -> str:
    """The lines of the coverage chart by name, as items of a list."""
    items = []
    for model, words in MODEL_WORDS.items():
        style = "ours" if model == "forecast" else model
        items.append(
            f'<li><svg class="swatch chart" viewBox="0 0 34 18" aria-hidden="true">'
            f'<path class="model {style}" d="M0 9H34"/></svg>{text(words)}</li>'
        )
    return "".join(items)


def _x(share: float) -> float:
    return _LEFT + share * (SIZE - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return SIZE - _BOTTOM - share * (SIZE - _TOP - _BOTTOM)


def _dot(across: float, up: float, radius: float, style: str = "dot") -> str:
    return f'<circle class="{style}" cx="{_x(across):.1f}" cy="{_y(up):.1f}" r="{radius:.1f}"/>'


def _diagonal() -> str:
    return f'<path class="even" d="M{_x(0):.1f} {_y(0):.1f}L{_x(1):.1f} {_y(1):.1f}"/>'


def _near_band() -> str:
    corners = (
        (0, 0), (0, NEAR), (1 - NEAR, 1), (1, 1), (1, 1 - NEAR), (NEAR, 0),
    )  # fmt: skip
    path = "L".join(f"{_x(a):.1f} {_y(b):.1f}" for a, b in corners)
    return f'<path class="near" d="M{path}Z"/>'


def _square_axes(across: str, up: str) -> list[str]:
    parts = []
    for i in range(0, 101, 25):
        y, x = _y(i / 100), _x(i / 100)
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{SIZE - _RIGHT}"/>')
        parts.append(f'<text class="tick end" x="{_LEFT - 6}" y="{y + 4:.1f}">{i}</text>')
        parts.append(f'<text class="tick mid" x="{x:.1f}" y="{SIZE - _BOTTOM + 16}">{i}</text>')
    return [*parts, _axis_names(across, up)]


def _axis_names(across: str, up: str) -> str:
    middle = (_LEFT + SIZE - _RIGHT) / 2
    return (
        f'<text class="tick mid" x="{middle:.1f}" y="{SIZE - 10}">{text(across)}</text>'
        f'<text class="tick" x="0" y="10">{text(up)}</text>'
    )


def _square(title: str, description: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="chart square" viewBox="0 0 {SIZE} {SIZE}" role="img" '
        f'aria-label="{text(description)}"><title>{text(title)}</title>{"".join(parts)}</svg>'
    )
