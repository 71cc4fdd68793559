"""The middle of the page: who said what. Claims, disagreements, events, the wider setting."""

from __future__ import annotations

from collections.abc import Sequence

from crossings.publish import words
from crossings.publish.markup import link, name, text
from crossings.publish.view import View
from crossings.situation.disagreements import Disagreement, disagreements
from crossings.situation.records import ALL, Claim, Context, Event


def attribution(record: Claim | Event | Context) -> str:
    """Who says it, through whom, published where, with the link."""
    parts = [f'<span class="who">{name(words.speakers(record), 300)}</span>']
    if record.via:
        parts.append(f"via {name(record.via)}")
    if record.publisher:
        parts.append(f"published by {link(record.publisher, record.url)}")
    elif record.url:
        parts.append(link(record.url, record.url))
    return ", ".join(parts)


def quote(said: str) -> str:
    """The words as published, in quotation marks; empty where none are kept."""
    return f"<q>{name(said, 700)}</q>" if said else ""


def claims_section(view: View) -> str:
    """Every figure that was public at issue, those that entered the forecast first."""
    uses = view.uses
    used = [c for c in view.known.claims if c.id in uses and uses[c.id].used]
    rest = [c for c in view.known.claims if c.id not in {u.id for u in used}]
    used.sort(key=lambda c: (-uses[c.id].weight, -_when(c)))
    rest.sort(key=lambda c: (c.measure, -_when(c)))
    groups = [("Used by the forecast", used), ("Known, but not used by the forecast", rest)]
    tables = "".join(_claims_table(view, title, rows) for title, rows in groups if rows)
    empty = "<p>No figure was public at the time of issue.</p>" if not tables else ""
    return (
        '<section id="claims"><h2>The figures and who says them</h2>'
        f"<p>All {len(view.known.claims)} figures that were public at the time of issue, as they "
        "were stated, with the weight each had in the forecast or the reason why it had none.</p>"
        f"{tables}{empty}</section>"
    )


def _when(claim: Claim) -> float:
    return claim.as_of.timestamp() if claim.as_of is not None else 0.0


def _claims_table(view: View, title: str, claims: Sequence[Claim]) -> str:
    rows = "".join(_claim_row(view, claim) for claim in claims)
    return (
        f'<table class="stack claims"><caption>{text(title)} ({len(claims)})</caption><thead><tr>'
        '<th scope="col">Figure</th><th scope="col">Who says it</th>'
        '<th scope="col">As of, known at</th><th scope="col">In the forecast</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _where(view: View, claim: Claim) -> str:
    """Where from and where; empty where neither is stated."""
    parts = []
    if claim.origin:
        parts.append(f"from {name(view.place_name(claim.origin))}")
    if claim.place == ALL:
        parts.append("in all")
    elif claim.place:
        parts.append(f"at {name(view.place_name(claim.place))}")
    return ", ".join(parts)


def _claim_row(view: View, claim: Claim) -> str:
    zone = view.zone
    where = _where(view, claim)
    said = quote(claim.quote)
    note = f'<p class="soft">{name(claim.note, 400)}</p>' if claim.note else ""
    said_already = claim.status == "reported" or words.is_ahead(claim)
    status = "" if said_already else f", {text(claim.status)}"
    kind = f"{text(words.COUNTING_WORDS.get(claim.counting, claim.counting))}{status}"
    known = words.stamp(claim.known_at, zone) + (" (assumed)" if claim.known_at_assumed else "")
    return (
        '<tr><td data-label="Figure">'
        f"<strong>{text(words.figure(claim))}</strong> {text(words.quantity(claim))}"
        f'{", " + where if where else ""} <span class="soft">({kind}; {text(claim.basis)})</span>'
        f"{'<br>' + said if said else ''}{note}</td>"
        f'<td data-label="Who says it">{attribution(claim)}</td>'
        f'<td data-label="As of, known at" class="when">'
        f"{text(words.stamp(claim.as_of, zone, claim.as_of_precision))}<br>"
        f'<span class="soft">known {text(known)}</span></td>'
        f'<td data-label="In the forecast">{_use(view, claim)}</td></tr>'
    )


def _use(view: View, claim: Claim) -> str:
    use = view.uses.get(claim.id)
    if use is None:
        return '<span class="soft">not weighed by this forecast</span>'
    if not use.used:
        return f'<span class="soft">not used: {name(use.reason, 300)}</span>'
    role = f" as {text(use.role.replace('_', ' '))}" if use.role else ""
    return (
        f'<span class="weight">weight {use.weight:.2f}</span>{role}<br>'
        f'<span class="soft">{name(use.reason, 300)}</span>'
    )


def disagreements_section(view: View) -> str:
    """Figures of one quantity that do not go together, side by side."""
    found = disagreements(view.known.claims, view.zone)
    if not found:
        return (
            '<section id="disagreements"><h2>Where sources disagree</h2>'
            "<p>No figures for the same quantity and time contradict each other.</p></section>"
        )
    blocks = "".join(_disagreement(view, group) for group in found)
    return (
        '<section id="disagreements"><h2>Where sources disagree</h2>'
        "<p>Different figures for the same quantity. None is put right here; each stays with whom "
        f'it came from.</p><div class="sides-list">{blocks}</div></section>'
    )


def _disagreement(view: View, group: Disagreement) -> str:
    first = group.claims[0]
    measure = first.measure.replace("_", " ")
    title = text(f"{measure} ({first.unit})".capitalize())
    where = _where(view, first)
    items = "".join(_side(view, claim) for claim in group.claims)
    return (
        f'<div><h3>{title}{", " + where if where else ""}</h3><ul class="sides">{items}</ul></div>'
    )


def _side(view: View, claim: Claim) -> str:
    when = text(words.stamp(claim.as_of, view.zone, claim.as_of_precision))
    return (
        f"<li><strong>{text(words.figure(claim))}</strong>{attribution(claim)}"
        f'<span class="soft">as of {when}</span></li>'
    )


def events_section(view: View) -> str:
    """Every event, in order of time; rival wordings of one event stand side by side."""
    events = sorted(view.known.events, key=lambda e: e.time)
    if not events:
        return ""
    disputed: dict[str, list[Event]] = {}
    for event in events:
        if event.disputes:
            disputed.setdefault(event.disputes, []).append(event)
    numbers = {e.id: i for i, e in enumerate(events, 1)}
    items = "".join(_event(view, e, disputed.get(e.id, []), numbers) for e in events)
    return (
        '<section id="events"><h2>What happened, and in whose words</h2>'
        "<p>The kind of each event is named neutrally; each side’s own words follow.</p>"
        f'<ol class="events">{items}</ol></section>'
    )


def _event(view: View, event: Event, rivals: Sequence[Event], numbers: dict[str, int]) -> str:
    time = words.stamp(event.time, view.zone)
    if event.time.astimezone(view.zone).time().isoformat() == "00:00:00":
        time = time[:10]
    kind = event.kind.replace("_", " ").capitalize()
    where = view.place_name(event.place)
    against = numbers.get(event.disputes)
    disputes = (
        f'<p class="dispute">Disputes <a href="#event-{against}">event {against}</a>.</p>'
        if against
        else ""
    )
    sides = ""
    if rivals:
        columns = "".join(f"<li>{_told(e)}</li>" for e in [event, *rivals])
        sides = (
            '<div class="dispute"><p>Disputed. Each side in its own words:</p>'
            f'<ul class="sides">{columns}</ul></div>'
        )
    return (
        f'<li id="event-{numbers[event.id]}"><p class="when">{time}</p><div>'
        f"<p><strong>{text(kind)}</strong>{', ' + name(where) if where else ''}"
        f"{', ' + text(event.intensity) if event.intensity else ''}"
        f"{'. ' + name(event.note, 500) if event.note else ''}</p>"
        f"{_told(event)}{disputes}{sides}</div></li>"
    )


def _told(event: Event) -> str:
    """How an event is worded, quoted and attributed."""
    wording = f"<p>In words: {name(event.wording)}</p>" if event.wording else ""
    said = f"<p>{quote(event.quote)}</p>" if event.quote else ""
    return f'{wording}{said}<p class="soft">{attribution(event)}</p>'


def context_section(view: View) -> str:
    """The wider setting: who backs, arms, trades, celebrates, as each was said."""
    rows = view.known.context
    if not rows:
        return ""
    numbers = {e.id: i for i, e in enumerate(sorted(view.known.events, key=lambda e: e.time), 1)}
    items = "".join(_context(row, numbers) for row in rows)
    return (
        '<section id="setting"><h2>The wider setting, as stated</h2>'
        "<p>Shown, not modelled: none of this enters the forecast. “The report itself” stands "
        f'where nobody is named.</p><ul class="context">{items}</ul></section>'
    )


def _context(row: Context, numbers: dict[str, int]) -> str:
    relation = "" if row.relation == "other" else row.relation
    ends = [name(part) for part in (row.subject, row.object) if part]
    tag = (f" {text(relation)} " if relation else " · ").join(ends)
    since = f" (since {text(row.since)})" if row.since else ""
    event = numbers.get(row.bears_on)
    bears = f' Bears on <a href="#event-{event}">event {event}</a>.' if event else ""
    lead = f"<strong>{name(row.what, 400)}</strong>{since}" if row.what else ""
    said = f"<p>{quote(row.quote)}</p>" if row.quote else ""
    return (
        f'<li><p class="tag">{tag}</p>{"<p>" + lead + "</p>" if lead else ""}{said}'
        f'<p class="soft">{attribution(row)}.{bears}</p></li>'
    )
