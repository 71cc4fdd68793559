"""The situation report as PDF: two pages A4 with headline, chart, map, tables, sources, method.

Typeset by typst from ``situation_report.typ`` with the fonts of the package: Latin, Cyrillic,
Armenian and Arabic letters. What it says is handed over as data, so that no text from outside can
be markup. Equal forecasts give equal files.
"""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from typing import Any

import typst

from crossings.forecast.outlook import Outlook
from crossings.forecast.summary import headline, ranges
from crossings.publish import words
from crossings.publish.fan_chart import fan_chart
from crossings.publish.flow_map import flow_map
from crossings.publish.narrative import narrative
from crossings.publish.page_forecast import TIERS, fan_of, shown_days
from crossings.publish.page_map import flows_of
from crossings.publish.page_method import RESPONSIBILITY, limits_of, method_of
from crossings.publish.view import View, view
from crossings.situation.records import Situation

MOST_CLAIMS = 10
MOST_PLACES = 9
HERE = files("crossings.publish")


def situation_report(
    outlook: Outlook, situation: Situation, profile: str = "internal", sign_off: str = ""
) -> bytes:
    """The report's PDF.

    Args:
        outlook: the forecast.
        situation: its situation; only what was known at the issue time is used.
        profile: ``internal`` or ``public``.
        sign_off: who answers for publishing it, as a sentence.

    Raises:
        InputError: the profile is not known.
    """
    shown = view(outlook, situation, None, profile)
    data = json.dumps(_data(shown, sign_off), ensure_ascii=False)
    with (
        as_file(HERE.joinpath("situation_report.typ")) as source,
        as_file(HERE.joinpath("fonts")) as fonts,
    ):
        made: bytes = typst.compile(
            str(source),
            format="pdf",
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            sys_inputs={"data": data.encode("utf-8", "replace").decode()},
            timestamp=int(outlook.issued_at.timestamp()),
        )
    return made


def _data(shown: View, sign_off: str) -> dict[str, Any]:
    top = headline(shown.outlook)
    when, median, interval, plan = words.headline_parts(top, shown.zone)
    counted = words.target_words(top.target)
    tier = TIERS.get(shown.outlook.tier, shown.outlook.tier)
    issued = words.moment(shown.issued_at, year=True)
    chart, span = flows_of(shown)
    withheld = " ".join(shown.left_out)
    return {
        "title": shown.outlook.title,
        "headline": f"{when}: {median} {counted} (median); 9\u00a0in\u00a010 between {interval}.",
        "plan": f"To be covered in 9 of 10 cases, plan for {plan}.",
        "last": _last(shown),
        "issued": f"Issued {issued} ({words.offset(shown.issued_at)}), from what was public by "
        f"then. History: {tier}. Profile: {shown.profile}.",
        "withheld": f"The public profile leaves out: {withheld}" if withheld else "",
        "fan": _printable(fan_chart(fan_of(shown, top), "fan", 960, 330)),
        "legend": "Line: median. Dark: half of the cases. Light: 9 in 10 cases. Reported figures: "
        "● exact, ○ about, ↑ at least, ↓ at most, bar: a range. Dashed: plans and others' "
        "forecasts.",
        "days-title": f"{counted.capitalize()}, {shown.place_name(top.place)}, by the end of",
        "days": _days(shown),
        "plan-columns": [2, 5],
        "narrative": list(narrative(shown)),
        "map": _printable(flow_map(chart, "map", 560)),
        "map-note": _map_note(bool(chart.flows), span),
        "places-title": "Place by place",
        "places": _places(shown),
        "places-note": "People who pass several places are counted at each of them."
        + (
            " How people divide between the places after the border is assumed."
            if shown.shares_assumed
            else ""
        ),
        "claims": _claims(shown),
        "method": method_of(shown.outlook.carried_by),
        "limits": " ".join(limits_of(shown.outlook.carried_by)),
        "responsibility": RESPONSIBILITY,
        "sign_off": sign_off,
        "imprint": f"crossings · {shown.outlook.situation} · issued {issued} · "
        f"{shown.outlook.members:,} members, seed {shown.outlook.seed}",
    }


def _map_note(flows: bool, span: str) -> str:
    """What the map shows, and that it has no opinion."""
    width = "Line width: median number of people expected at the far end of the route"
    drawn = f"{width}, {span}." if flows else "Places and roads; no count on roads is forecast."
    return f"{drawn} Names and positions imply no opinion on the status of any territory."


def _last(shown: View) -> str:
    last = shown.outlook.last_figure
    if last is None:
        return "No figure of this kind was public at the time of issue."
    claim = shown.last_claim()
    who = "" if claim is None else f"; {words.speakers(claim)}"
    when = words.moment(last.as_of.astimezone(shown.zone))
    figure, age = words.number(last.value), words.age(last.age_hours)
    return f"Last figure {figure} as of {when}, {age} old{who}."


def _days(shown: View) -> dict[str, Any]:
    top = headline(shown.outlook)
    table = ranges(shown.outlook, top.target, top.place)
    rows = []
    for i in shown_days(shown):
        row, step = table[i], words.step_of(table[i])
        rows.append(
            [
                words.closing_day(shown.times[i]),
                words.rounded(row.median, step),
                words.rounded_up(row.plan_for, step),
                words.between(row.low50, row.high50, step),
                words.between(row.low90, row.high90, step),
            ]
        )
    return {"head": ["Day", "Median", "Plan for", "Half of cases", "9 in 10"], "rows": rows}


def _places(shown: View) -> dict[str, Any]:
    """Tomorrow and the end, by place, those with the most people first."""
    top = headline(shown.outlook)
    days = shown_days(shown)
    first, last = days[0], days[-1]
    rows = []
    for stage in shown.stages(top.target):
        table = ranges(shown.outlook, top.target, stage[0])
        near, far = table[first], table[last]
        if far.high90 >= 1:
            rows.append((far.median, _place_row(shown.stage_name(stage), near, far)))
    rows.sort(key=lambda entry: -entry[0])
    ends = [words.closing_day(shown.times[i], weekday=False) for i in (first, last)]
    head = ["Place", f"Median, {ends[0]}", "Plan for", "9 in 10"]
    head += [f"Median, {ends[1]}", "Plan for", "9 in 10"]
    return {"head": head, "rows": [row for _, row in rows[:MOST_PLACES]]}


def _place_row(name: str, *table: Any) -> list[str]:
    cells = [words.short(name, 60)]
    for row in table:
        step = words.step_of(row)
        cells += [
            words.rounded(row.median, step),
            words.rounded_up(row.plan_for, step),
            words.between(row.low90, row.high90, step),
        ]
    return cells


def _claims(shown: View) -> dict[str, Any]:
    uses = shown.uses
    used = [c for c in shown.known.claims if c.id in uses and uses[c.id].used]
    used.sort(key=lambda c: (-uses[c.id].weight, -(c.as_of or c.known_at).timestamp()))
    rows = []
    for claim in used[:MOST_CLAIMS]:
        rows.append(
            [
                f"{words.figure(claim)} {words.quantity(claim)}",
                words.stamp(claim.as_of, shown.zone, claim.as_of_precision),
                words.short(words.speakers_via(claim), 110),
                f"{uses[claim.id].weight:.2f}",
            ]
        )
    rest = len(shown.known.claims) - len(rows)
    note = f"{rest} more figures were public; the page and forecast.json tell what became of each."
    return {"head": ["Figure", "As of", "Who says it", "Weight"], "rows": rows, "note": note}


def _printable(svg: str) -> str:
    """A drawing with the styles that it has on paper, as a document of its own."""
    if not svg:
        return ""
    style = HERE.joinpath("chart_print.css").read_text(encoding="utf-8")
    start = svg.index(">") + 1
    head = svg[:start].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f"{head}<style>{style}</style>{svg[start:]}"
