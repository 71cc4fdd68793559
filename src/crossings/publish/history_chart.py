"""The history of a figure as an SVG that stands alone: every bulletin where it was made.

The shape of a mark follows the qualifier, as on the page: a filled dot is exact, an open dot
approximate, an arrow up "at least", an arrow down "at most", a bar a range. Those that count today
are blue, the others grey; what can be said today is a band at the right.
"""

from __future__ import annotations

import datetime as dt
import math

from crossings.ledger.side_by_side import SideBySide
from crossings.ledger.ties import Row
from crossings.publish.markup import text
from crossings.publish.side_by_side import range_words, title
from crossings.publish.words import figure, number, short_date, speakers, stamp

WIDTH, HEIGHT = 960, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 24, 44, 40
_TICKS = 5
_STYLE = (
    "svg{background:#fff;font-family:system-ui,'Noto Sans',sans-serif}"
    "text{font-size:12px;fill:#55636f}.title{font-size:15px;fill:#15202b;font-weight:600}"
    ".grid{stroke:#d4dbe1;fill:none}.band{fill:#8fbfe0;opacity:.5}"
    ".counts{stroke:#0b4a80;fill:#0b4a80}.past{stroke:#8a97a3;fill:#8a97a3}"
    ".open{fill:#fff}.line{fill:none;stroke-width:1.6}.steps{stroke:#8fbfe0;fill:none}"
)


def history_chart(found: SideBySide, zone: dt.tzinfo) -> str:
    """Draw the history of a figure.

    Args:
        found: the answers to one question.
        zone: in which times are labelled.
    """
    rows = [row for row in found.history if row.claim.as_of is not None]
    named = text(title(found.quantity))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{named}</title><style>{_STYLE}</style>"
        f'<text class="title" x="12" y="22">{named}</text>'
    )
    if not rows:
        return f'{head}<text x="12" y="60">Nobody gives a number with a time.</text></svg>\n'
    scale = _Scale(rows, found, zone)
    counted = {claim.id for claim in found.reconciled.voices} if found.reconciled else set()
    parts = [head, *_axes(scale), *_band(found, scale)]
    parts += [_mark(row, scale, "counts" if row.claim.id in counted else "past") for row in rows]
    return "".join([*parts, "</svg>\n"])


class _Scale:
    """Where a time and a value lie in the drawing."""

    def __init__(self, rows: list[Row], found: SideBySide, zone: dt.tzinfo) -> None:
        self.zone = zone
        moments = [row.claim.as_of for row in rows if row.claim.as_of is not None]
        if found.reconciled is not None:
            moments.append(found.reconciled.time)
        self.first, self.last = min(moments), max(moments)
        if self.first == self.last:
            self.first -= dt.timedelta(hours=12)
            self.last += dt.timedelta(hours=12)
        top = max(max(row.claim.low or 0.0, row.claim.high or 0.0) for row in rows)
        rough = max(top, 1.0) * 1.05 / _TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        self.step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
        self.ceiling = self.step * math.ceil(max(top, 1.0) * 1.05 / self.step)

    def x(self, when: dt.datetime) -> float:
        share = (when - self.first) / (self.last - self.first)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - value / self.ceiling * (HEIGHT - _TOP - _BOTTOM)


def _axes(scale: _Scale) -> list[str]:
    parts = []
    for i in range(round(scale.ceiling / scale.step) + 1):
        y = scale.y(i * scale.step)
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>')
        label = number(i * scale.step)
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    span = scale.last - scale.first
    for i in range(_TICKS + 1):
        when = (scale.first + span * i / _TICKS).astimezone(scale.zone)
        label = (
            f"{short_date(when.date())} {when:%Y}"
            if span.days > 2 * _TICKS
            else (f"{short_date(when.date())} {when:%H:%M}")
        )
        anchor = "start" if i == 0 else "end" if i == _TICKS else "middle"
        x = scale.x(when)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 14}" text-anchor="{anchor}">{label}</text>')
    return parts


def _band(found: SideBySide, scale: _Scale) -> list[str]:
    said = found.reconciled
    if said is None:
        return []
    top, bottom = scale.y(said.high), scale.y(said.low)
    height = max(bottom - top, 3.0)
    x = scale.x(said.time)
    words = text(f"{range_words(said)} {found.quantity[2]}; {said.method}")
    return [
        f'<rect class="band" x="{_LEFT}" y="{top - (height == 3.0) * 1.5:.1f}" '
        f'width="{x - _LEFT:.1f}" height="{height:.1f}"><title>{words}</title></rect>',
        f'<text x="{_LEFT + 8}" y="{top - 8:.1f}">{text(range_words(said))}</text>',
    ]


def _mark(row: Row, scale: _Scale, style: str) -> str:
    claim = row.claim
    assert claim.as_of is not None  # rows without a time are not drawn
    x = scale.x(claim.as_of)
    if claim.low is not None and claim.high is not None and claim.low != claim.high:
        top, bottom = scale.y(claim.high), scale.y(claim.low)
        shape = (
            f'<path class="{style} line" d="M{x - 4:.1f} {top:.1f}h8m-4 0V{bottom:.1f}m-4 0h8"/>'
        )
    else:
        y = scale.y(claim.value or 0.0)
        if claim.high is None or claim.low is None:
            direction = -1 if claim.high is None else 1
            shape = (
                f'<path class="{style} line" d="M{x - 4:.1f} {y:.1f}h8m-4 0v{14 * direction}'
                f'm-4 {-5 * direction}l4 {5 * direction}l4 {-5 * direction}"/>'
            )
        else:
            open_dot = "" if claim.qualifier == "exact" else " open"
            shape = f'<circle class="{style}{open_dot}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    when = stamp(claim.as_of, scale.zone, claim.as_of_precision)
    told = text(f"{figure(claim)} as of {when}: {speakers(claim)}")
    return f"<g>{shape}<title>{told}</title></g>"
