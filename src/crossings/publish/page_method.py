"""The end of the page: how to read it, how it was made, where it fails, how to treat it."""

from __future__ import annotations

from crossings.publish.markup import name, text
from crossings.publish.page_forecast import TIERS
from crossings.publish.view import View

METHOD = (
    "The forecast simulates whole people hour by hour. People at home decide to leave at a rate "
    "that wanders, that reported events can push up or down, and that grows as others leave; a "
    "share may never leave. Those who decided queue for the road, which lets through a limited and "
    "uncertain number of vehicles an hour, fewer at night and none while it is closed. Arrived "
    "people are registered with a delay and move on to other places. Nothing of this is known "
    "exactly: the rates, the capacity, the number of people at risk and the reliability of every "
    "source start from stated prior beliefs, and thousands of such histories are weighed against "
    "the figures public at the time of issue (tempered sequential Monte Carlo on whole paths). "
    "Each figure counts by how it was obtained: registration, count, eyewitness, rounded, “at "
    "least”; copies of one bulletin count once. The histories that remain are the forecast; the "
    "ranges show how far they differ."
)
"""The mechanistic component in plain words."""

METHOD_GROWTH = (
    "In some members the published figures go on as figures of past crises did, recounts and "
    "pauses included, instead of by simulated people; queues and registration go with them."
)
"""What is added where the growth component has a part."""

METHOD_SERIES = (
    "The published figures of this crisis are carried on by what figures of past crises did after "
    "similar weeks. On the day of issue each series is described by its pace over days and months, "
    "how unsteady it was, how often figures came and how old the last one is. Forests of trees "
    "grown on past crises and a fitted quantile function say how such series went on; the series' "
    "own past weeks, drawn again, stand beside them, with more weight where they have been right "
    "here before. Places move together as far as their past errors did. It gives "
    "published figures at places, not queues or routes."
)
"""The statistical component in plain words."""


METHOD_LATE = (
    "That is one half of the members. In the other half whole people are simulated in steps of a "
    "day: they decide to leave at a rate that wanders and that reported events push up or down, "
    "queue for the road, and arrive; of many such histories of the last weeks those remain that "
    "fit the reported figures, each by how it was obtained. The range spans both halves."
)
"""What is added where a long series has simulated members too."""


def method_of(carried_by: str) -> str:
    """How the components that carried a forecast work, in plain words."""
    if carried_by.startswith("statistical"):
        return f"{METHOD_SERIES} {METHOD_LATE}" if "mechanistic" in carried_by else METHOD_SERIES
    return f"{METHOD} {METHOD_GROWTH}" if "growth" in carried_by else METHOD


LIMITS_SERIES = (
    "It knows published figures only. What nobody has counted before, such as a new camp, a border "
    "that opens or an attack, is not foreseen.",
    "It expects the future to differ from the past as it did in the crises it was grown on; there "
    "are few of those.",
    "It forecasts what will be published, with the delays and recounts of those who count.",
)


def limits_of(carried_by: str) -> tuple[str, ...]:
    """Where the components that carried a forecast fail."""
    return LIMITS_SERIES if carried_by.startswith("statistical") else LIMITS


LIMITS = (
    "It knows roads, queues and reported figures, not intentions of governments or armies. A "
    "road that closes or opens, an attack or an agreement after the time of issue is not foreseen; "
    "ask for a scenario instead.",
    "Sudden surges have been under-predicted. Early on, when few figures exist, the range rests "
    "mainly on what is believed about the population at risk, which sources themselves dispute.",
    "Counts at places depend on where people are counted and registered, and lag behind them.",
)

READING = (
    ("Median", "As likely to be exceeded as not. Not a promise, and seldom a number to plan with."),
    (
        "Half of cases, 9 in 10",
        "If forecasts like this are honest, what happens falls inside the "
        "first range one time in two, inside the second nine times in ten; one time in twenty "
        "it lies below and one in twenty above.",
    ),
    (
        "Plan for",
        "Enough in 9 of 10 cases (the 90 % quantile, rounded up). If too few places cost "
        "you more than too many, plan higher.",
    ),
    (
        "Rounding",
        "Forecasts are rounded, since their last digits carry no knowledge. Reported "
        "figures stand as they were stated.",
    ),
)

RESPONSIBILITY = (
    "This page holds counts and public statements only, no data about individual people. It is "
    "meant for those who receive and assist people on the move; it must not be used to stop, "
    "select or harm them. Before sharing it further, consider who could use place and time of "
    "expected arrivals, and leave out what could (profile “public”). It follows the IASC "
    "Operational Guidance on Data Responsibility in Humanitarian Action (2023) and the OCHA Data "
    "Responsibility Guidelines (2025)."
)


METHOD_TEXTS = {
    "method.mechanistic": METHOD,
    "method.growth": METHOD_GROWTH,
    "method.series": METHOD_SERIES,
    "method.late": METHOD_LATE,
    "responsible.use": RESPONSIBILITY,
    **{f"limit.{i}": limit for i, limit in enumerate(LIMITS)},
    **{f"limit.series.{i}": limit for i, limit in enumerate(LIMITS_SERIES)},
    **{f"reading.{i}.term": term for i, (term, _) in enumerate(READING)},
    **{f"reading.{i}.text": what for i, (_, what) in enumerate(READING)},
}
"""The texts of this part by the keys under which other languages say them."""


def reading_section() -> str:
    """How to read the ranges."""
    items = "".join(f"<dt>{text(term)}</dt><dd>{text(what)}</dd>" for term, what in READING)
    return f'<section id="reading"><h2>How to read the ranges</h2><dl>{items}</dl></section>'


def reasons_section(view: View) -> str:
    """What moved the forecast since the one before, where that was asked for."""
    if not view.reasons:
        return ""
    items = "".join(f"<li>{text(sentence)}</li>" for sentence in view.reasons)
    return (
        '<section id="reasons"><h2>What moved it</h2>'
        f'<p class="soft">Since {text(view.reasons_since)}: the median at the end, made again '
        "without each new bulletin or event. "
        f"Effects do not add up.</p><ul>{items}</ul></section>"
    )


def method_section(view: View) -> str:
    """Method, notes of the forecast itself, limits, and the tier of the history."""
    notes = "".join(f"<li>{name(note, 500)}</li>" for note in view.outlook.notes)
    own = f"<h3>Notes on this forecast</h3><ul>{notes}</ul>" if notes else ""
    carried_by = view.outlook.carried_by
    limits = "".join(f"<li>{text(limit)}</li>" for limit in limits_of(carried_by))
    tier = view.outlook.tier
    return (
        f'<section id="method"><h2>Method and limits</h2><p>{text(method_of(carried_by), 2000)}</p>'
        f"<p>Component that carried this forecast: {name(carried_by)}.</p>{own}"
        f"<h3>Limits</h3><ul>{limits}</ul>"
        f"<h3>Tier of the history</h3><p>{text(TIERS.get(tier, tier).capitalize())}. "
        "Scores of different tiers are never mixed: a history corrected after the event makes "
        "any forecast look better than it would have been.</p></section>"
    )


def responsibility_section() -> str:
    """The note on responsible use."""
    return (
        f'<section id="responsibility"><h2>Responsible use</h2><p>{text(RESPONSIBILITY, 2000)}</p>'
        "</section>"
    )


def imprint(view: View, sign_off: str = "") -> str:
    """Who signed it off; licence, versions, seed: what makes the same forecast again."""
    outlook = view.outlook
    versions = ", ".join(f"{text(k)} {text(v)}" for k, v in sorted(outlook.versions.items()))
    licence = view.known.licence
    data = f"<p>Data: {name(licence, 400)}.</p>" if licence else ""
    signed = f"<p>{name(sign_off, 400)}.</p>" if sign_off else ""
    return (
        f'<footer id="imprint">{signed}<p>{outlook.members:,} members, seed {outlook.seed}. '
        f"{versions}. Situation <code>{text(outlook.situation)}</code>, sensitivity "
        f"{text(outlook.sensitivity or 'not stated')}.</p>{data}"
        "<p>Made with crossings. Forecasts are no statement of fact; figures belong to those who "
        "stated them.</p></footer>"
    )
