"""A scenario on the terminal: what it would change, day by day and place by place."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crossings.forecast.counts import ARRIVED, WAITING
from crossings.forecast.what_if import LABEL, QUEUE_HOURS, Change
from crossings.publish import words
from crossings.publish.markup import clean
from crossings.situation.records import ALL, Situation

LEVELS = (0.05, 0.5, 0.95)


def print_change(console: Console, change: Change, situation: Situation) -> None:
    """Print the scenario in one sentence, its days, its places, and what it is not."""
    zone = ZoneInfo(change.time_zone)
    names = {p.id: p.name for p in situation.places}
    ends = _day_ends(change, zone)
    last = ends[-1]
    low, median, high = change.quantiles("difference", ARRIVED, ALL, LEVELS)[last]
    console.print(Text(clean(change.title), style="dim"))
    console.print(
        Text(
            f"If {clean(change.words)} from {words.moment(change.at.astimezone(zone))}: "
            f"{_signed(median)} arrivals by {words.moment(change.times[last].astimezone(zone))} "
            f"(median of the paired difference; 9 in 10 between {_signed(low)} and "
            f"{_signed(high)}). This is {LABEL}.",
            style="bold",
        )
    )
    if change.hostile:
        console.print(Text("Internal: a scenario with an attack is not for publication."))
    issued = words.moment(change.issued_at.astimezone(zone), year=True)
    console.print(Text(f"Issued {issued}; seed {change.seed}.\n", style="dim"))
    for target, title in (
        (ARRIVED, "Arrivals, everywhere (people)"),
        (WAITING, "Waiting to get out (people)"),
        (QUEUE_HOURS, "Hours queued by those who come through, longest crossing"),
    ):
        console.print(_table(change, target, ALL, ends, zone, title))
    places = _places(change, last, names)
    if places.row_count:
        console.print(places)
    for note in change.notes:
        console.print(Text(clean(note), style="dim"))


def _signed(value: float) -> str:
    """A difference with its sign, whole: ``+3,000``, ``-20``, ``0``."""
    return f"{round(value):+,}" if round(value) else "0"


def _day_ends(change: Change, zone: ZoneInfo) -> list[int]:
    last: dict[dt.date, int] = {}
    for i, time in enumerate(change.times):
        last[(time.astimezone(zone) - dt.timedelta(seconds=1)).date()] = i
    return sorted(last.values())


def _empty(title: str, first: str) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
    table.add_column(first, overflow="fold")
    for label in ("As is", "Scenario", "Difference", "9 in 10"):
        table.add_column(label, justify="right", no_wrap=True)
    return table


def _cells(change: Change, target: str, place: str, i: int) -> tuple[str, str, str, str]:
    as_is, scenario = (
        f"{round(change.quantiles(branch, target, place, (0.5,))[i][0]):,}"
        for branch in ("as_is", "scenario")
    )
    low, median, high = change.quantiles("difference", target, place, LEVELS)[i]
    return as_is, scenario, _signed(median), f"{_signed(low)} to {_signed(high)}"


def _table(
    change: Change, target: str, place: str, ends: list[int], zone: ZoneInfo, title: str
) -> Table:
    table = _empty(title, "End of")
    for i in ends:
        day = words.closing_day(change.times[i].astimezone(zone), weekday=False)
        table.add_row(day, *_cells(change, target, place, i))
    return table


def _places(change: Change, last: int, names: dict[str, str]) -> Table:
    """Arrivals at each place where the scenario may change something, at the end."""
    table = _empty("Arrivals place by place, at the end (people)", "Place")
    for place in change.places:
        if place != ALL and (change.difference(ARRIVED, place)[:, last] != 0).any():
            name = Text(clean(names.get(place, place), 120))
            table.add_row(name, *_cells(change, ARRIVED, place, last))
    return table
