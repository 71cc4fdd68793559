"""An outlook on the terminal: headline, days, places, and the claims behind it.

Readable at 80 columns and in a pipe. Text from outside is shown as text: it is cleaned of control
characters and never read as markup.
"""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crossings.forecast.outlook import Outlook
from crossings.forecast.summary import day_ends, headline, ranges
from crossings.publish import words
from crossings.publish.markup import clean
from crossings.publish.view import View, view
from crossings.situation.records import Situation

MOST_DAYS = 10
"""Days in the table of all places; a longer horizon is thinned."""


MOST_PLACES = 6
"""Places shown at three days; the others, mostly the smaller ones, at the last day only."""

MOST_FIGURES = 40
"""Figures behind the forecast that are listed; a long series has hundreds."""

SHARES_ASSUMED = (
    "No figure known at the issue time says where people go after the border: how they divide "
    "between the places is assumed."
)


def print_outlook(
    console: Console, outlook: Outlook, situation: Situation, later: Situation | None = None
) -> None:
    """Print an outlook.

    Args:
        console: where to print; its width is respected.
        outlook: the forecast.
        situation: its situation; only what was known at the issue time is used.
        later: the situation with what came after, printed beside the forecast where it is given.
    """
    shown = view(outlook, situation, later, "internal")
    _print_headline(console, shown)
    console.print(_days_table(shown))
    if shown.reported_later(outlook.targets[0], headline(outlook).place):
        note = (
            "* last figure for that day, published after the issue time: not known to the forecast"
        )
        console.print(Text(f"{note}\n", style="dim"))
    places = _places_table(shown)
    if places.row_count:
        console.print(places)
        if shown.shares_assumed:
            console.print(Text(f"{SHARES_ASSUMED}\n", style="dim"))
    _print_claims(console, shown)
    if shown.reasons:
        console.print(Text(f"What moved it since {shown.reasons_since}", style="bold"))
        for sentence in shown.reasons:
            console.print(Text(f"- {clean(sentence, 600)}"))
        console.print()
    for note in outlook.notes:
        console.print(Text(clean(note), style="dim"))


def _print_headline(console: Console, shown: View) -> None:
    top = headline(shown.outlook)
    when, median, interval, plan = words.headline_parts(top, shown.zone)
    last = shown.outlook.last_figure
    console.print(Text(clean(shown.outlook.title), style="dim"))
    sentence = Text.assemble(
        f"{when}: ",
        (median, "bold cyan"),
        f" {clean(words.target_words(top.target))} (median); 9 in 10 between {interval}.",
        style="bold",
    )
    console.print(sentence)
    console.print(Text(f"To be covered in 9 of 10 cases, plan for {plan}."))
    if shown.odds:
        console.print(Text(words.odds(shown.odds)))
    if last is None:
        console.print(Text("No figure of this kind was public at the time of issue."))
    else:
        claim = shown.last_claim()
        said = f"; {clean(words.speakers(claim))}" if claim is not None else ""
        console.print(
            Text(
                f"Last figure {words.number(last.value)} as of "
                f"{words.moment(last.as_of.astimezone(shown.zone))}, "
                f"{words.age(last.age_hours)} old{said}."
            )
        )
    issued = shown.issued_at
    tier = clean(shown.outlook.tier)
    console.print(
        Text(
            f"Issued {words.moment(issued, year=True)} ({words.offset(issued)}); history: {tier}; "
            f"{shown.outlook.members:,} members, seed {shown.outlook.seed}.\n",
            style="dim",
        )
    )


def plain_table(title: str, *columns: tuple[str, bool]) -> Table:
    """A table without frames; of each column its heading and whether it holds numbers."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for label, is_number in columns:
        justify = "right" if is_number else "left"
        table.add_column(label, justify=justify, no_wrap=is_number, overflow="fold")  # type: ignore[arg-type]
    return table


def _days(shown: View, most: int) -> tuple[int, ...]:
    """Positions of at most ``most`` day ends: the first ones and the last."""
    ends = day_ends(shown.outlook)
    return ends if len(ends) <= most else (*ends[: most - 1], ends[-1])


def _days_table(shown: View) -> Table:
    """The headline's target, all places together, by day."""
    top = headline(shown.outlook)
    rows = ranges(shown.outlook, top.target, top.place)
    reported = shown.reported_later(top.target, top.place)
    columns = [("End of", False), ("Median", True), ("Plan for", True)]
    columns += [("Half of cases", True), ("9 in 10", True)]
    if reported:
        columns.append(("Reported later*", True))
    title = f"{words.target_words(top.target)}, {shown.place_name(top.place)}".capitalize()
    table = plain_table(clean(title), *columns)
    for i in _days(shown, MOST_DAYS):
        row, step = rows[i], words.step_of(rows[i])
        cells = [
            words.closing_day(shown.times[i], weekday=False),
            words.rounded(row.median, step),
            words.rounded_up(row.plan_for, step),
            words.between(row.low50, row.high50, step),
            words.between(row.low90, row.high90, step),
        ]
        if reported:
            claim = reported.get(words.closing_date(shown.times[i]))
            cells.append(words.figure(claim) if claim is not None else "–")
        table.add_row(*cells)
    return table


def _places_table(shown: View) -> Table:
    """Each place that may expect somebody: the busiest at the next, a middle and the last day."""
    top = headline(shown.outlook)
    columns = [("Place", False), ("By the end of", False), ("Median", True)]
    table = plain_table("Place by place", *columns, ("Plan for", True), ("9 in 10", True))
    ends = day_ends(shown.outlook)
    days = sorted({ends[0], ends[len(ends) // 2], ends[-1]})
    found = {
        stage: ranges(shown.outlook, top.target, stage[0])
        for stage in shown.stages(top.target)
        if stage[0] != top.place
    }
    busy = [stage for stage, rows in found.items() if rows[-1].high90 >= 1]
    for number, stage in enumerate(sorted(busy, key=lambda s: -found[s][-1].median)):
        mine = days if number < MOST_PLACES else days[-1:]
        for i in mine:
            row, step = found[stage][i], words.step_of(found[stage][i])
            table.add_row(
                Text(clean(shown.stage_name(stage), 120) if i == mine[0] else ""),
                words.closing_day(shown.times[i]),
                words.rounded(row.median, step),
                words.rounded_up(row.plan_for, step),
                words.between(row.low90, row.high90, step),
            )
    return table


def _print_claims(console: Console, shown: View) -> None:
    """The claims that entered, heaviest and newest first, and how many did not."""
    uses = shown.uses
    used = [c for c in shown.known.claims if c.id in uses and uses[c.id].used]
    used.sort(key=lambda c: (-uses[c.id].weight, -(c.as_of.timestamp() if c.as_of else 0.0)))
    columns = [("Figure", False), ("As of", False), ("Who says it", False), ("Weight", True)]
    table = plain_table("The figures behind it", *columns)
    for claim in used[:MOST_FIGURES]:
        table.add_row(
            Text(clean(f"{words.figure(claim)} {words.quantity(claim)}", 120)),
            Text(words.stamp(claim.as_of, shown.zone, claim.as_of_precision)),
            Text(clean(words.speakers_via(claim), 160)),
            f"{uses[claim.id].weight:.2f}",
        )
    if used:
        console.print(table)
    if len(used) > MOST_FIGURES:
        more = f"{len(used) - MOST_FIGURES:,} older figures entered with less weight."
        console.print(Text(more, style="dim"))
    rest = len(shown.known.claims) - len(used)
    console.print(
        Text(
            f"{rest} more figures were public and not used; the page and forecast.json give the "
            "reason for each.",
            style="dim",
        )
    )
