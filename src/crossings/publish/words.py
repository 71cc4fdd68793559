"""Numbers, ranges, times and attributions in plain words, the same on page and terminal."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from crossings.situation.times import DAY_END

if TYPE_CHECKING:  # words for reports need no forecast
    from crossings.forecast.summary import Headline, Range
    from crossings.situation.records import Claim

TARGET_WORDS = {
    "arrived.cumulative": "people arrived",
    "crossed.cumulative": "people crossed the border",
    "fled.cumulative": "people fled",
    "displaced.stock": "people displaced",
    "hosted.stock": "people hosted as refugees",
    "present.stock": "people present",
    "waiting.stock": "people waiting",
    "unregistered.stock": "people not yet registered",
    "registered.cumulative": "people registered",
    "accommodated.cumulative": "people housed",
}
"""What a target counts, as the subject or object of a sentence."""

COUNTING_WORDS = {
    "cumulative": "total since the start",
    "stock": "at that time",
    "flow": "in a period",
}

ITSELF = "the report itself"
"""Whom a statement is attributed to where nobody is named: it is stated as fact."""


class Bounds(Protocol):
    """What has bounds: a claim, or a figure as it was read."""

    @property
    def low(self) -> float | None:
        """At least."""

    @property
    def high(self) -> float | None:
        """At most."""

    @property
    def qualifier(self) -> str:
        """How the bounds are meant."""


def target_words(target: str) -> str:
    """``people arrived`` for ``arrived.cumulative``; unknown targets by their own words."""
    measure, _, counting = target.partition(".")
    fallback = f"{measure.replace('_', ' ')} ({COUNTING_WORDS.get(counting, counting)})"
    return TARGET_WORDS.get(target, fallback)


def number(value: float) -> str:
    """A figure as stated: thousands separated by commas, decimals only where there are any."""
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def step_for(spread: float) -> int:
    """The step, a power of ten, to which forecast figures of one range are rounded.

    At most a twentieth of ``spread`` (the width of the 90 % interval): what rounding takes away is
    nothing beside what is not known.
    """
    return int(10 ** math.floor(math.log10(max(spread / 20, 1.0))))


def rounded(value: float, step: int = 1) -> str:
    """A forecast figure, rounded to a multiple of ``step`` people, small ones more finely."""
    step = _own_step(value, step)
    return f"{round(value / step) * step:,}"


def rounded_up(value: float, step: int = 1) -> str:
    """A figure to plan for: rounded up, so that it covers what it says it covers."""
    step = _own_step(value, step)
    return f"{math.ceil(value / step - 1e-9) * step:,}"


def _own_step(value: float, step: int) -> int:
    """A tenth of ``step`` for figures that it would leave one digit: skewed ranges have such."""
    return max(step // 10, 1) if value < 10 * step else step


def step_of(figures: Range) -> int:
    """The step for the figures of one range."""
    return step_for(figures.high90 - figures.low90)


def between(low: float, high: float, step: int = 1, dash: str = "–") -> str:
    """``18,000–127,000``; one number where both ends are the same after rounding."""
    ends = rounded(low, step), rounded(high, step)
    return ends[0] if ends[0] == ends[1] else dash.join(ends)


def day(when: dt.datetime, year: bool = False) -> str:
    """``3 October`` or ``3 October 2023``."""
    return f"{when.day} {when:%B %Y}" if year else f"{when.day} {when:%B}"


def short_date(when: dt.date) -> str:
    """``3 Oct``."""
    return f"{when.day} {when:%b}"


def short_day(when: dt.date) -> str:
    """``Tue 3 Oct``."""
    return f"{when:%a} {short_date(when)}"


def is_day_end(when: dt.datetime) -> bool:
    """Whether a moment is the last second of its day, which is how a bare date is kept."""
    return when.timetz().replace(tzinfo=None, microsecond=0) == DAY_END


def hour(when: dt.datetime) -> str:
    """``17:00``; empty at the end of a day, by either way of writing it."""
    return "" if is_day_end(when) or when.time() == dt.time(0) else f"{when:%H:%M}"


def moment(when: dt.datetime, year: bool = False) -> str:
    """``17:00 on 25 September``, or ``end of 25 September`` for the last second of a day."""
    if is_day_end(when):
        return f"end of {day(when, year)}"
    return f"{when:%H:%M} on {day(when, year)}"


def stamp(when: dt.datetime | None, zone: dt.tzinfo, precision: str = "") -> str:
    """``2023-09-25 17:00`` in ``zone``; only the date where no more is known."""
    if when is None:
        return "not stated"
    local = when.astimezone(zone)
    only_date = is_day_end(local) or precision in ("date", "day")
    return f"{local:%Y-%m-%d}" if only_date else f"{local:%Y-%m-%d %H:%M}"


def offset(when: dt.datetime) -> str:
    """``UTC+4`` or ``UTC+05:30``."""
    minutes = int((when.utcoffset() or dt.timedelta()).total_seconds() // 60)
    sign = "−" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" if not rest else f"UTC{sign}{hours:02d}:{rest:02d}"


def age(hours: float) -> str:
    """``40 min``, ``7 h``, ``3 days``: how old a figure is."""
    if hours < 1:
        return f"{round(hours * 60)} min"
    if hours < 48:
        return f"{round(hours)} h"
    return f"{round(hours / 24)} days"


def by_then(when: dt.datetime) -> str:
    """``By the end of 3 October`` or ``By 12:00 on 3 October``."""
    return f"By the {moment(when)}" if is_day_end(when) else f"By {moment(when)}"


def closing_date(when: dt.datetime) -> dt.date:
    """The day that a forecast time closes or lies in; midnight closes the day before."""
    return (when - dt.timedelta(seconds=1)).date()


def closing_day(when: dt.datetime, weekday: bool = True) -> str:
    """``Tue 3 Oct`` for the end of that day, ``Tue 3 Oct, 12:00`` for an hour in it."""
    date = closing_date(when)
    label = short_day(date) if weekday else short_date(date)
    return f"{label}, {hour(when)}" if hour(when) else label


def headline_parts(top: Headline, zone: dt.tzinfo) -> tuple[str, str, str, str]:
    """By when, the median, the 90 % range, and the figure to plan for, each in words."""
    figures = top.range
    step = step_of(figures)
    return (
        by_then(figures.time.astimezone(zone)),
        rounded(figures.median, step),
        f"{rounded(figures.low90, step)} and {rounded(figures.high90, step)}",
        rounded_up(figures.plan_for, step),
    )


def odds(by_days: Mapping[str, float]) -> str:
    """The probability that people come within some days, as a sentence; empty without any."""
    parts = []
    for days, probability in by_days.items():
        count = days.removesuffix("d")
        percent = 100 * probability
        shown = f"{percent:.0f} %" if 1 <= percent <= 99 else "under 1 %"
        shown = "over 99 %" if percent > 99 else shown
        parts.append(f"{shown} within {count} day{'' if count == '1' else 's'}")
    return f"Chance that people come at all (100 or more): {', '.join(parts)}." if parts else ""


def figure(claim: Bounds) -> str:
    """A claim's figure with its qualifier, without unit: ``at least 2,900``, ``about 3,000``."""
    if claim.low is None and claim.high is None:
        return "a number not given"
    if claim.low is None:
        return f"at most {number(claim.high or 0)}"
    if claim.high is None:
        return f"at least {number(claim.low)}"
    value = number(claim.low)
    if claim.low != claim.high:
        value = f"{value}–{number(claim.high)}"
    words = {
        "approx": f"about {value}",
        "at_least": f"at least {value}",
        "at_most": f"at most {value}",
        "vague": f"{value} (given in words)",
    }
    return words.get(claim.qualifier, value)


AHEAD_WORDS = {"planning": "planned for", "intention": "said to be going"}


def ahead(claim: Claim) -> str:
    """What is said of people who are still to come: ``planned for``, ``expected``."""
    return AHEAD_WORDS.get(claim.basis, "expected")


def is_ahead(claim: Claim) -> bool:
    """Whether a claim speaks of people who are still to come and must not read as a count."""
    plan = claim.status in ("planned", "forecast") or claim.basis in AHEAD_WORDS
    return plan and claim.measure in ("arrived", "crossed", "fled", "hosted", "displaced")


_STATES = frozenset({"fled", "missing", "moved on", "present", "remaining", "waiting"})
# Measures that say what people do or are, beside those that end in -ed.


def quantity(claim: Claim) -> str:
    """Unit and measure: ``people arrived``, ``hours, travel time``."""
    measure = claim.measure.replace("_", " ")
    if is_ahead(claim):
        return f"{claim.unit} {ahead(claim)}"
    if measure in (claim.unit, "other"):
        return claim.unit
    join = " " if measure.endswith("ed") or measure in _STATES else ", "
    return f"{claim.unit}{join}{measure}"


class Attributed(Protocol):
    """What somebody says, perhaps through somebody else."""

    @property
    def sources(self) -> Sequence[str]:
        """Who says it."""

    @property
    def via(self) -> str | None:
        """Through whom."""


def speakers(record: Attributed) -> str:
    """Who says it; ``the report itself`` where nobody is named."""
    return "; ".join(record.sources) or ITSELF


def speakers_via(record: Attributed) -> str:
    """Who says it, through whom: ``the governor, via Reuters``."""
    return f"{speakers(record)}, via {record.via}" if record.via else speakers(record)


def short(text: str, limit: int) -> str:
    """``text`` cut to ``limit`` characters, an ellipsis included."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
