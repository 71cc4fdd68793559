"""The report of a backtest: one HTML file that needs no script, no network and no other file.

All that comes from situations is escaped on the way in (:mod:`crossings.publish.markup`). Scores of
different tiers never share a table, and every table says which tier it is and what was held.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from crossings.publish.backtest_charts import Ratio, ratio_chart
from crossings.publish.backtest_crisis import RULE, crisis_section, score_table
from crossings.publish.backtest_words import (
    BASELINE_NOTES,
    HINDSIGHT,
    MODEL_WORDS,
    RETROSPECTIVE,
    Found,
    by_tier,
    geometric_mean,
    held_by_all,
    interval,
    people,
    percent,
    ratio,
)
from crossings.publish.markup import head, name, text
from crossings.publish.page_forecast import TIERS

READING = (
    ("Cell", "One forecast of one place, issued on one day for one day ahead."),
    (
        "WIS",
        "The weighted interval score, in people: how far off a forecast was, its width and its "
        "misses counted together. It is the mean error of a point forecast where the range has no "
        "width; smaller is better.",
    ),
    ("Relative WIS", HINDSIGHT.removeprefix("Relative WIS: ").capitalize()),
    (
        "Ranges held",
        "How often the outcome lay in the 50 % and the 90 % range. An honest forecast has 50 and "
        "90; fewer means too sure of itself.",
    ),
    (
        "Outcome",
        "The published figure of that day, or a straight line between two figures at most 31 days "
        "apart; in the newest revision. A cell without one, or without a past long enough for "
        "every simple rule, is not scored.",
    ),
)

LIMITS = (
    "Only long published series are backtested here: the first days of a crisis, where roads and "
    "queues matter, are not in these scores.",
    "Crises that were studied while the method was made flatter it. What counts is crises that "
    "nobody had looked at.",
    "Sudden surges have been under-predicted: look at the worst misses before relying on a range.",
)


def backtest_page(scores: Mapping[str, Found]) -> str:
    """The report as one HTML document.

    Args:
        scores: by situation, as :func:`crossings.exchange.backtest_folder.run_backtest` returns.
    """
    tiers = by_tier(scores)
    body = [_overview(tier, found) for tier, found in tiers.items()]
    body += [_baselines(tier, found) for tier, found in tiers.items()]
    body += [crisis_section(number, s) for number, s in enumerate(scores.values(), start=1)]
    body.append(_reading())
    style = "".join(
        files("crossings.publish").joinpath(sheet).read_text(encoding="utf-8")
        for sheet in ("page.css", "backtest.css")
    )
    links = "".join(
        f'<li><a href="#crisis-{number}">{name(found["title"], 60)}</a></li>'
        for number, found in enumerate(scores.values(), start=1)
    )
    title = f"Backtest: {text(', '.join(scores), 120)}"
    return (
        f"{head(title, style)}"
        f'<body class="backtest">\n{_top(scores, tiers)}\n'
        '<nav aria-label="Contents"><ul><li><a href="#overview">Beside the best simple rule</a>'
        f'</li><li><a href="#baselines">Every baseline</a></li>{links}'
        '<li><a href="#reading">How to read it</a></li></ul></nav>\n'
        f"<main>\n{chr(10).join(body)}\n</main>\n{_imprint()}\n</body>\n</html>\n"
    )


def _top(scores: Mapping[str, Found], tiers: Mapping[str, Mapping[str, Found]]) -> str:
    scored = {key: s for key, s in scores.items() if s["n"] and s["relative_wis"]}
    lead = "No cell could be scored."
    if len(tiers) == 1 and scored:
        mean = geometric_mean(scored)
        only = next(iter(scored.values()))
        value = mean[0] if mean else float(only["relative_wis"])
        over = f"Over {len(scored)} crises" if mean else text(only["title"], 80)
        how = "smaller" if value < 1 else "larger"
        lead = (
            f'{over}: errors <span class="figure">{percent(abs(1 - value))}\u00a0%</span> {how} '
            'than those of the best simple rule <span class="soft">(picked in hindsight)</span>'
        )
    elif scored:
        lead = f"{len(scored)} crises of {len(tiers)} tiers, forecast again"
    cells = sum(s["n"] for s in scored.values())
    lines = []
    if scored:
        shares = [s["coverage"]["forecast"] for s in scored.values()]
        half, nine = (sum(c[level] for c in shares) / len(shares) for level in ("50", "90"))
        lines.append(
            f'<p class="plan">50 % ranges held in <strong>{percent(half)}\u00a0%</strong>, '
            f"90 % ranges in <strong>{percent(nine)}\u00a0%</strong> of cases, as a mean.</p>"
        )
    tier_words = "; ".join(TIERS.get(tier, tier) for tier in tiers)
    lines.append(
        f'<p class="issue-line">{cells:,} cells: every place, issue day and horizon that can be '
        f"scored. Each forecast used what was known at the end of its issue day and nothing that "
        f"was learnt from the crisis itself. History: {text(tier_words, 400)}.</p>"
    )
    return (
        f'<header class="top"><p class="kicker">Backtest: the past forecast again</p>'
        f"<h1>{lead}.</h1>{''.join(lines)}</header>"
    )


def _overview(tier: str, scores: Mapping[str, Found]) -> str:
    scored = {key: s for key, s in scores.items() if s["n"]}
    rows = [
        Ratio(key, s["relative_wis"], s["relative_wis_90_interval"])
        for key, s in scored.items()
        if s["relative_wis"]
    ]
    title = "Mean error of ours over that of the best simple rule"
    figure = (
        f'<figure><div class="wide">{ratio_chart(rows, title)}</div>'
        f'<div class="narrow">{ratio_chart(rows, title, 360)}</div><figcaption class="soft">'
        "Dot: relative WIS; line: 9 in 10 when blocks of 56 days are drawn again. Left of 1 ours "
        "is better.</figcaption></figure>"
        if rows
        else ""
    )
    timed = any("in_time" in s["details"] for s in scores.values())
    head = ("Crisis", "Cells", "Relative WIS", "9 in 10", *(("In time*",) if timed else ()))
    head += ("50 % held", "90 % held", RULE)
    body = "".join(_overview_row(key, s, timed) for key, s in scores.items())
    mean = geometric_mean(scores)
    if mean:
        gap = len(head) - 3
        body += (
            f'<tr class="total"><th scope="row">Geometric mean of {mean[1]}</th><td></td>'
            f'<td class="n strong">{mean[0]:.3f}</td>{"<td></td>" * gap}</tr>'
        )
    note = (
        '<p class="soft">* In time: learnt only from past crises that had ended before the first '
        "issue day; the column before leaves out the crisis itself, but later ones teach earlier "
        "ones. –: none had ended.</p>"
        if timed
        else ""
    )
    return (
        f'<section id="overview"><h2>Beside the best simple rule{_of_tier(tier)}</h2>{figure}'
        f"{score_table(held_by_all(tier, scores), head, body)}{note}</section>"
    )


def _overview_row(key: str, s: Found, timed: bool) -> str:
    label = f'<th scope="row">{name(key, 60)}</th><td class="n">{s["n"]:,}</td>'
    if not s["n"]:
        return f'<tr>{label}<td class="n" colspan="{6 if timed else 5}">none scored</td></tr>'
    in_time = s["details"].get("in_time", {})
    coverage = s["coverage"]["forecast"]
    cells = [ratio(s["relative_wis"]), interval(s["relative_wis_90_interval"])]
    if timed:
        cells.append(ratio(in_time.get("relative_wis")))
    cells += [percent(coverage["50"]), percent(coverage["90"])]
    body = "".join(
        f'<td class="n{" strong" if i == 0 else ""}">{cell}</td>' for i, cell in enumerate(cells)
    )
    return f"<tr>{label}{body}<td>{text(MODEL_WORDS[s['best_baseline']])}</td></tr>"


def _baselines(tier: str, scores: Mapping[str, Found]) -> str:
    """Mean scores of ours and of every baseline, and the ratio to each."""
    head = ("Crisis", *(words.capitalize() for words in MODEL_WORDS.values()))
    body = "".join(
        f'<tr><th scope="row">{name(key, 60)}</th>{baseline_cells(s)}</tr>'
        for key, s in scores.items()
        if s["n"]
    )
    notes = "".join(
        f"<li><strong>{text(MODEL_WORDS[m].capitalize())}</strong>: {text(said)}</li>"
        for m, said in BASELINE_NOTES.items()
    )
    return (
        f'<section id="baselines"><h2>Every baseline{_of_tier(tier)}</h2>'
        f"{score_table('Mean WIS, people. ' + held_by_all(tier, scores), head, body)}"
        '<p class="soft">Below each simple rule: our score over its own, and the range of that in '
        "9 of 10 draws of blocks. Bold: the least.</p>"
        f'<ul class="soft notes">{notes}</ul></section>'
    )


def baseline_cells(s: Found) -> str:
    """The mean WIS of ours and of every baseline as cells; the least stands out."""
    least = min(s["wis"].values())
    against = s.get("details", {}).get("against", {})
    cells = []
    for model in MODEL_WORDS:
        value = s["wis"][model]
        style = "n strong" if value == least else "n"
        below = ""
        if model in against:
            one = against[model]
            below = f"<small>{ratio(one['relative_wis'])} ({interval(one['interval'])})</small>"
        cells.append(f'<td class="{style}">{people(value)}{below}</td>')
    return "".join(cells)


def _of_tier(tier: str) -> str:
    return f' <span class="tag">tier {text(tier)}</span>'


def _reading() -> str:
    items = "".join(f"<dt>{text(term)}</dt><dd>{text(what)}</dd>" for term, what in READING)
    limits = "".join(f"<li>{text(limit)}</li>" for limit in (*LIMITS, RETROSPECTIVE))
    return (
        f'<section id="reading"><h2>How to read it</h2><dl>{items}</dl><h3>Limits</h3>'
        f"<ul>{limits}</ul></section>"
    )


def _imprint() -> str:
    return (
        '<footer id="imprint"><p>The numbers stand in scores.json and details.json, the forecasts '
        "in model-output/ in the form of a forecast hub, the figures they are measured by in "
        "truth.csv: anybody can score them again.</p><p>For use inside an organisation: figures "
        "stand here with their speakers whatever their sensitivity. Made with crossings. Figures "
        "belong to those who stated them.</p></footer>"
    )
