"""The upper part of the page: headline, fan chart, ranges by place and day."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from crossings.forecast.summary import Headline, Range, day_ends, headline, ranges
from crossings.publish import words
from crossings.publish.fan_chart import Fan, Level, Mark, fan_chart, mark, small_fan
from crossings.publish.markup import name, text
from crossings.publish.view import View
from crossings.situation.records import ALL, Claim

MOST_ROWS = 10
"""Days shown in a table; a longer horizon shows the first days and then every few."""

TIERS = {
    "vintage": "vintage: every figure counts from the time at which it was published",
    "dated": "dated: figures carry their date, corrections are known when they were made",
    "retrospective": "retrospective: a final series, corrected after the event",
}


def headline_section(view: View) -> str:
    """The sentence that stands first, what to plan for, and the last figure behind it."""
    top = headline(view.outlook)
    when, median, interval, plan = words.headline_parts(top, view.zone)
    counted = words.target_words(top.target)
    issued = view.issued_at
    return (
        '<header class="top">'
        f'<p class="kicker">{name(view.outlook.title)}</p>'
        f'<h1>{text(when)}: <span class="figure">{median}</span> {text(counted)} '
        f'<span class="soft">(median)</span>; 9\u00a0in\u00a010 between {interval}.</h1>'
        f'<p class="plan">To be covered in 9 of 10 cases, plan for <strong>{plan}</strong>.</p>'
        f"{_odds(view)}"
        f'<p class="last">{_last_figure(view)}</p>'
        f'<p class="issue-line">Issued {text(words.moment(issued, year=True))} '
        f"({words.offset(issued)}), from what was public by then. "
        f"History: {text(TIERS.get(view.outlook.tier, view.outlook.tier))}. "
        f"Profile: {text(view.profile)}.</p>{_withheld(view)}</header>"
    )


def _odds(view: View) -> str:
    """Where nobody has come yet: how likely it is that people come at all."""
    said = words.odds(view.odds)
    return f'<p class="plan">{text(said)}</p>' if said else ""


def _withheld(view: View) -> str:
    if not view.left_out:
        return ""
    items = "".join(f"<li>{text(sentence)}</li>" for sentence in view.left_out)
    return f'<div class="withheld"><p>The public profile leaves out:</p><ul>{items}</ul></div>'


def _last_figure(view: View) -> str:
    last = view.outlook.last_figure
    if last is None:
        return "No figure of this kind was public at the time of issue."
    local = last.as_of.astimezone(view.zone)
    claim = view.last_claim()
    said = "" if claim is None else f"; {name(words.speakers(claim))}"
    return (
        f"Last figure <strong>{words.number(last.value)}</strong> as of "
        f"{text(words.moment(local))}, {words.age(last.age_hours)} old{said}."
    )


def fan_section(view: View) -> str:
    """The fan chart of the headline's target, drawn once for wide screens and once for phones."""
    top = headline(view.outlook)
    fan = fan_of(view, top)
    later = (
        '<li><span class="key later"></span>reported later, not known to the forecast</li>'
        if fan.later
        else ""
    )
    planned = '<li><span class="key level"></span>plans and others\' forecasts</li>'
    return (
        '<section id="course"><h2>The course ahead</h2><figure>'
        f'<div class="wide">{fan_chart(fan, "fan")}</div>'
        f'<div class="narrow">{fan_chart(fan, "fan-small", 380, 330)}</div>'
        '<figcaption><ul class="legend">'
        '<li><span class="key median"></span>median</li>'
        '<li><span class="key band50"></span>half of the cases</li>'
        '<li><span class="key band90"></span>9 in 10 cases</li>'
        '<li><span class="key known"></span>reported figures known at issue: '
        "● exact, ○ about, ↑ at least, ↓ at most, bar: a range</li>"
        f"{later}{planned if fan.levels else ''}</ul></figcaption></figure></section>"
    )


def fan_of(view: View, top: Headline) -> Fan:
    """All that the fan chart of a headline draws: ranges, figures known and later, and plans."""
    zone = view.zone
    rows = _zoned(ranges(view.outlook, top.target, top.place), zone)
    return Fan(
        title=f"{words.target_words(top.target)}, {view.place_name(top.place)}",
        issued_at=view.issued_at,
        ranges=rows,
        known=(*_marks(view, view.known.claims, top), *_put_together(view, top)),
        later=_marks(view, view.later, top, "reported later: "),
        levels=_planning_levels(view, top),
    )


def _zoned(rows: Sequence[Range], zone: ZoneInfo) -> tuple[Range, ...]:
    return tuple(
        Range(r.time.astimezone(zone), r.median, r.low50, r.high50, r.low90, r.high90, r.plan_for)
        for r in rows
    )


def _marks(
    view: View, claims: Sequence[Claim], top: Headline, prefix: str = ""
) -> tuple[Mark, ...]:
    """The reported figures of the headline's target, one mark a bulletin and figure."""
    seen = set()
    found = []
    counted, zone = view.counted_as(top.target), view.zone
    for claim in claims:
        if claim.target not in counted or claim.place not in (top.place, ""):
            continue
        if claim.unit != "people" or claim.status in ("planned", "forecast"):
            continue
        if claim.review == "rejected":
            continue
        drawn = (claim.as_of, claim.low, claim.high)
        said = (
            f"{prefix}{words.figure(claim)} {words.quantity(claim)} "
            f"as of {words.stamp(claim.as_of, zone)}, {words.speakers(claim)}"
        )
        one = mark(claim, said, zone)
        if one is not None and drawn not in seen:
            seen.add(drawn)
            found.append(one)
    return tuple(found)


def _put_together(view: View, top: Headline) -> tuple[Mark, ...]:
    """The last figure where it was put together from several places: no claim states it."""
    last = view.outlook.last_figure
    if last is None:
        return ()
    stated = [c for c in view.known.claims if c.as_of == last.as_of and c.place in (top.place, "")]
    if any(last.value in (c.low, c.high) for c in stated):
        return ()
    when = last.as_of.astimezone(view.zone)
    said = (
        f"{words.number(last.value)} as of {words.stamp(when, view.zone)}, several places together"
    )
    return (Mark(when, last.value, last.value, "approx", said),)


def _planning_levels(view: View, top: Headline) -> tuple[Level, ...]:
    """Plans and official forecasts in people for the headline's place, if not yet overtaken."""
    overtaken = ranges(view.outlook, top.target, top.place)[0].low90
    found: dict[float, list[str]] = {}
    for claim in view.known.claims:
        fits = (
            claim.unit == "people" and claim.place in (top.place, "") and claim.review != "rejected"
        )
        if words.is_ahead(claim) and fits and claim.value and claim.value > overtaken:
            said = f"{words.figure(claim)} {words.ahead(claim)}: {words.speakers(claim)}"
            found.setdefault(claim.value, []).append(said)
    return tuple(
        Level(value, said[0] + (f" (and {len(said) - 1} more)" if len(said) > 1 else ""))
        for value, said in sorted(found.items())
    )[:6]


def shown_days(view: View) -> tuple[int, ...]:
    """Positions of the day ends that tables show: all, or the first and then every few."""
    ends = day_ends(view.outlook)
    if len(ends) <= MOST_ROWS:
        return ends
    issued = view.issued_at.date()
    wanted = (1, 2, 3, 5, 7, 10, 14, 21, 28, 45, 60, 90, 180, 365)
    ahead = {i: (words.closing_date(view.times[i]) - issued).days for i in ends}
    kept = [i for i in ends if ahead[i] in wanted]
    return tuple(sorted({*kept, ends[-1]}))


def _cells(row: Range, half: bool = True) -> str:
    step = words.step_of(row)
    halves = words.between(row.low50, row.high50, step)
    return (
        f'<td class="n strong">{words.rounded(row.median, step)}</td>'
        f'<td class="n plan-for">{words.rounded_up(row.plan_for, step)}</td>'
        + (f'<td class="n half">{halves}</td>' if half else "")
        + f'<td class="n">{words.between(row.low90, row.high90, step)}</td>'
    )


_MEDIAN = '<th scope="col" class="n">Median</th><th scope="col" class="n">Plan for</th>'
_HALF = '<th scope="col" class="n half">Half of cases</th>'
_NINE = '<th scope="col" class="n">9 in 10</th>'


def _total_table(view: View, target: str, place: str) -> str:
    """All places together by day, with what was reported later beside it where that is given."""
    rows = ranges(view.outlook, target, place)
    reported = view.reported_later(target, place)
    caption = f"{text(words.target_words(target).capitalize())}, {name(view.place_name(place))}"
    lines = []
    for i in shown_days(view):
        claim = reported.get(words.closing_date(view.times[i]))
        later = f'<td class="n later">{_reported(view, claim)}</td>' if reported else ""
        label = f'<th scope="row">{words.closing_day(view.times[i])}</th>'
        lines.append(f"<tr>{label}{_cells(rows[i])}{later}</tr>")
    heading = '<th scope="col" class="n">Reported later*</th>' if reported else ""
    foot = (
        '<p class="soft">* The last figure for that day, published after the time of issue: not '
        "known to the forecast.</p>"
        if reported
        else ""
    )
    return (
        '<div class="table" tabindex="0" role="region" aria-label="All places by day"><table>'
        f"<caption>{caption}</caption><thead><tr>"
        f'<th scope="col">By the end of</th>{_MEDIAN}{_HALF}{_NINE}{heading}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table>{foot}</div>"
    )


def _reported(view: View, claim: Claim | None) -> str:
    if claim is None or claim.as_of is None:
        return "–"
    hour = words.hour(claim.as_of.astimezone(view.zone))
    return text(words.figure(claim)) + (f"<small>{hour}</small>" if hour else "")


def arrivals_section(view: View) -> str:
    """The headline's target by day, in all and as a small multiple for each place."""
    top = headline(view.outlook)
    whole = _total_table(view, top.target, top.place)
    stages = [s for s in view.stages(top.target) if s[0] != top.place]
    expected = {s: ranges(view.outlook, top.target, s[0])[-1] for s in stages}
    busy = sorted((s for s in stages if expected[s].high90 >= 1), key=lambda s: -expected[s].median)
    quiet = [s for s in stages if expected[s].high90 < 1]
    cards = "".join(_card(view, top.target, stage) for stage in busy)
    names = ", ".join(name(view.place_name(p)) for stage in quiet for p in stage)
    none = f'<p class="soft">Nobody is expected at: {names}.</p>' if quiet else ""
    note = (
        '<p class="soft">People who pass several places are counted at each of them, so places '
        "do not add up to the total; those through which everybody passes are shown together. "
        f"“Plan for” is enough in 9 of 10 cases.{_shares(view)}</p>"
    )
    return (
        f'<section id="places"><h2>Day by day, place by place</h2>{whole}'
        f'{note if cards else ""}<div class="cards">{cards}</div>{none}</section>'
    )


def _shares(view: View) -> str:
    """The warning that the destinations are divided by assumption only."""
    if not view.shares_assumed:
        return ""
    return (
        " <strong>No figure known at the time of issue says where people go after the border: how "
        "they divide between the places is assumed.</strong>"
    )


def _card(view: View, target: str, stage: tuple[str, ...]) -> str:
    rows = ranges(view.outlook, target, stage[0])
    shown = _zoned([rows[i] for i in view.by_place], view.zone)
    title = f"{words.target_words(target)} at {view.stage_name(stage)}"
    days = [(words.closing_day(view.times[i], weekday=False), rows[i]) for i in shown_days(view)]
    body = "".join(
        f'<tr><th scope="row">{day}</th>{_cells(row, half=False)}</tr>' for day, row in days
    )
    table = (
        f'<div class="table"><table><caption class="hidden">{text(title)}</caption><thead><tr>'
        f'<th scope="col">By end of</th>{_MEDIAN}{_NINE}</tr></thead><tbody>{body}</tbody></table>'
        "</div>"
    )
    return (
        f'<article class="card"><h3>{name(view.stage_name(stage), 400)}</h3>'
        f"{small_fan(shown, title) if len(shown) > 1 else ''}{table}</article>"
    )


def stocks_section(view: View) -> str:
    """People present, waiting and not yet registered: places by days, median and 90 % range."""
    top = headline(view.outlook).target
    tables = [_matrix(view, t) for t in view.outlook.targets if t != top]
    if not any(tables):
        return ""
    return (
        '<section id="present"><h2>People present, waiting, not yet registered</h2>'
        '<p class="soft">Median, below it the range of 9 in 10 cases. “Plan for” is enough in '
        "9 of 10 cases on the fullest of the days shown. Places where nobody has to be planned for "
        "are left out.</p>" + "".join(tables) + "</section>"
    )


def _matrix(view: View, target: str) -> str:
    days = shown_days(view)
    by_place = {}
    for place in view.outlook.places:
        rows = ranges(view.outlook, target, place)
        by_place[place] = [rows[i] for i in days]
    if not any(r.high90 >= 1 for rows in by_place.values() for r in rows):
        return ""
    kept = [p for p, rows in by_place.items() if p == ALL or any(r.plan_for >= 1 for r in rows)]
    head = "".join(
        f'<th scope="col" class="n">{words.closing_day(view.times[i])}</th>' for i in days
    )
    body = "".join(_matrix_row(view, p, by_place[p]) for p in kept)
    caption = text(words.target_words(target).capitalize())
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{caption}">'
        f'<table class="matrix"><caption>{caption}</caption>'
        '<thead><tr><th scope="col">Place</th><th scope="col" class="n">Plan for</th>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _matrix_row(view: View, place: str, rows: Sequence[Range]) -> str:
    cells = []
    for row in rows:
        step = words.step_of(row)
        cells.append(
            f'<td class="n">{words.rounded(row.median, step)}'
            f"<small>{words.between(row.low90, row.high90, step)}</small></td>"
        )
    fullest = max(rows, key=lambda r: r.plan_for)
    plan = words.rounded_up(fullest.plan_for, words.step_of(fullest))
    label = "All places" if place == ALL else name(view.place_name(place))
    style = ' class="total"' if place == ALL else ""
    return (
        f'<tr{style}><th scope="row">{label}</th><td class="n plan-for">{plan}</td>'
        f"{''.join(cells)}</tr>"
    )
