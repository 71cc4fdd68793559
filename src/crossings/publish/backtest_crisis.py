"""One crisis in the report of a backtest: calibration, horizons, places, parts, worst misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crossings.publish.backtest_charts import (
    coverage_chart,
    legend,
    miss_chart,
    pit_chart,
    reliability_chart,
)
from crossings.publish.backtest_words import (
    MODEL_WORDS,
    Found,
    held,
    interval,
    miss_words,
    people,
    percent,
    ratio,
)
from crossings.publish.markup import link, name, text
from crossings.publish.words import figure, quantity, speakers, target_words
from crossings.situation.records import Claim, Event


def crisis_section(number: int, found: Found) -> str:
    """All that is told of one crisis, the ``number``-th of the report."""
    details = found["details"]
    head = (
        f'<section id="crisis-{number}" class="crisis"><h2>{name(found["title"], 120)} '
        f'<span class="tag">tier {text(found["tier"])}</span></h2><p>{_about(found)}</p>'
    )
    if not found["n"]:
        return (
            f"{head}<p>None of {found['skipped']:,} forecast cells could be scored: no outcome, or "
            "a past too short for the simple rules.</p></section>"
        )
    return (
        f"{head}{_calibration(details)}"
        f"{_by(found, 'by_horizon', 'Days ahead', lambda days: f'{days} days')}"
        f"{_by(found, 'by_place', 'Place', lambda place: _place(details, place))}"
        f"{_parts(found)}{_misses(found)}</section>"
    )


def _about(found: Found) -> str:
    details = found["details"]
    figures = sum(details["figures"].values())
    said = details["speakers"]
    who = ", ".join(str(name(one, 80)) for one in said[:3]) or "nobody named"
    more = f" and {len(said) - 3} more" if len(said) > 3 else ""
    left_out = found.get("left_out") or []
    without = f"; left out: {text(', '.join(left_out), 200)}" if left_out else ""
    learnt = text(", ".join(found["learnt_from"]), 300) or "no other crisis"
    period = f", issued {found['first_issue']} to {found['last_issue']}" if found.get("n") else ""
    return (
        f"{text(target_words(found['target']).capitalize())} at {len(details['figures'])} places, "
        f"{figures:,} figures by {who}{more}. {details['issues']} issue days, {found['n']:,} "
        f"scored cells{period}; {found['skipped']:,} forecast cells could not be scored, "
        f"{found['missing']:,} are missing. Learnt from {learnt}{without}."
    )


def _calibration(details: Mapping[str, Any]) -> str:
    odds = details["exceedance"]
    charts = [
        (
            "Do the ranges hold?",
            coverage_chart(details["held_by_level"], "Share of outcomes inside each central range"),
            f'<ul class="legend">{legend()}</ul>Below the diagonal: too narrow. Shaded: within 5 '
            "points.",
        ),
        (
            "Where do outcomes fall?",
            pit_chart(details["pit"], "Outcomes by their place in the forecast (PIT)"),
            f"Each bar should reach the line. Bias {details['bias']:+.2f} (from −1 to 1; below 0: "
            "more came than was forecast).",
        ),
    ]
    if odds:
        more = f"at least {100 * (odds['more'] - 1):.0f} % more people than the last figure"
        rate = f"{percent(odds['came'])} %"
        charts.append(
            (
                "Do odds come true?",
                reliability_chart(odds, more.capitalize()),
                f"{more.capitalize()}: it came in {rate} of {odds['n']:,} cells. Brier score "
                f"{odds['brier']:.3f}; always saying {rate} scores "
                f"{odds['brier_of_base_rate']:.3f} (known in hindsight only).",
            )
        )
    cards = "".join(
        f'<figure class="card"><h3>{title}</h3>{chart}<figcaption class="soft">{said}</figcaption>'
        "</figure>"
        for title, chart, said in charts
    )
    return f'<div class="cards calibration">{cards}</div>'


def _by(found: Found, key: str, first: str, label: Any) -> str:
    """Scores by horizon or by place; places in the order of what they add to the whole error."""
    rows = list(found[key].items())
    if key == "by_place":
        rows.sort(key=lambda row: -row[1]["wis"]["forecast"] * row[1]["n"])
    else:
        rows.sort(key=lambda row: int(row[0]))
    head = (
        first, "Cells", "Relative WIS", "9 in 10", "50 % held", "90 % held",
        *(words.capitalize() for words in MODEL_WORDS.values()),
    )  # fmt: skip
    body = "".join(_row(label(name_), one) for name_, one in rows)
    return score_table(f"Mean WIS in people by {first.lower()}. {held(found)}", head, body)


def _row(label: str, one: Found) -> str:
    coverage = one["coverage"]["forecast"]
    least = min(one["wis"].values())
    cells = [
        f"{one['n']:,}",
        f"<strong>{ratio(one['relative_wis'])}</strong>",
        interval(one["relative_wis_90_interval"]),
        percent(coverage["50"]),
        percent(coverage["90"]),
        *(
            f"<strong>{people(one['wis'][m])}</strong>"
            if one["wis"][m] == least
            else people(one["wis"][m])
            for m in MODEL_WORDS
        ),
    ]
    body = "".join(f'<td class="n">{cell}</td>' for cell in cells)
    return f'<tr><th scope="row">{label}</th>{body}</tr>'


def _place(details: Mapping[str, Any], place: str) -> str:
    return str(name(details["places"].get(place, place), 60))


def _parts(found: Found) -> str:
    parts = found["details"]["parts"]
    if not parts["n"]:
        return ""
    rows = [("All cells", parts)]
    rows += [(f"{days} days", p) for days, p in parts["by_horizon"].items() if p["n"]]
    rows += [(_place(found["details"], p), one) for p, one in parts["by_place"].items() if one["n"]]
    body = ""
    for label, one in rows:
        wis = one["wis"]
        least = min(wis.values())
        cells = "".join(
            f'<td class="n{" strong" if wis[part] == least else ""}">{people(wis[part])}</td>'
            for part in ("pool", "learned", "increments")
        )
        share = f"{percent(1 - one['weight_of_increments'])} %"
        style = ' class="total"' if label == "All cells" else ""
        body += (
            f'<tr{style}><th scope="row">{label}</th><td class="n">{one["n"]:,}</td>'
            f'<td class="n">{share}</td>{cells}</tr>'
        )
    head = (
        "Which part carried it", "Cells", "Weight of past crises", "Pool", "Past crises alone",
        "Increments alone",
    )  # fmt: skip
    return score_table(
        f"Mean WIS in people of the pool and its parts. {held(found)}", head, body
    ) + (
        '<p class="soft">Past crises: forest and quantile function learnt from other crises and '
        "from this one's own resolved past. Increments: weeks of the place's own past, drawn "
        "again; they have the rest of the weight. The simulation of roads is left out on long "
        "series: it added nothing there.</p>"
    )


def _misses(found: Found) -> str:
    rows = found["details"]["misses"]
    if not rows:
        return ""
    items = "".join(_miss(miss, found["target"]) for miss in rows)
    return (
        f'<h3>The {len(rows)} worst misses, with what was known then</h3><p class="soft">'
        f"{text(held(found))} A miss stands for all cells of its place that end within four weeks "
        'of it. <span class="nowrap">● last figure</span>, bar: 9 in 10 and median, '
        f'<span class="nowrap">◆ what came</span>.</p><ol class="misses">{items}</ol>'
    )


def _miss(miss: Found, target: str) -> str:
    others = ", ".join(
        f"{MODEL_WORDS[m]} {people(score)}" for m, score in miss["baselines"].items()
    )
    more = miss["cells"] - 1
    alike = f"; the same miss in {more} more cell{'s' if more > 1 else ''}" if more else ""
    said = miss_words(miss)
    claims = "".join(_claim(row) for row in miss["claims"])
    events = "".join(_event(row) for row in miss["events"])
    known = f"<p>Known then:</p><ul>{claims}{events}</ul>" if claims or events else ""
    return (
        f'<li class="card"><h4>{name(miss["place_name"], 80)}</h4>{miss_chart(miss, said)}'
        f"<p>{text(said[0].upper() + said[1:])}.</p>"
        f'<p class="soft">WIS {people(miss["wis"])} people, {100 * miss["share_of_all_wis"]:.1f} % '
        f"of the crisis' whole error{alike}. Simple rules: {text(others)}.</p>"
        f'<div class="known-then">{known}</div></li>'
    )


def _claim(row: Mapping[str, Any]) -> str:
    claim = Claim.model_validate(row)
    when = f"as of {claim.as_of:%Y-%m-%d}, " if claim.as_of else ""
    publisher = claim.publisher and claim.publisher not in claim.sources
    where = f" ({link(claim.publisher, claim.url)})" if publisher else ""
    via = f", via {name(claim.via, 80)}" if claim.via else ""
    assumed = " (assumed)" if claim.known_at_assumed else ""
    return (
        f"<li><strong>{text(figure(claim))}</strong> {text(quantity(claim))}, {when}"
        f"known {claim.known_at:%Y-%m-%d}{assumed}: {name(speakers(claim), 120)}{via}{where}</li>"
    )


def _event(row: Mapping[str, Any]) -> str:
    event = Event.model_validate(row)
    where = f" at {name(event.place, 60)}" if event.place else ""
    return (
        f"<li>{text(event.kind.replace('_', ' '))}{where}, {event.time:%Y-%m-%d}, known "
        f"{event.known_at:%Y-%m-%d}: {name(speakers(event), 120)}</li>"
    )


def score_table(caption: str, head: Sequence[str], body: str) -> str:
    """A table under its caption, which stays in sight where the table is scrolled sideways.

    All columns but the first, and those that name rules, hold numbers.
    """
    heads = "".join(
        f'<th scope="col"{"" if i == 0 or label == RULE else _NUMBER}>{text(label)}</th>'
        for i, label in enumerate(head)
    )
    return (
        f'<p class="caption">{text(caption)}</p><div class="table" tabindex="0" role="region" '
        f'aria-label="{text(caption)}"><table class="scores"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


RULE = "Best simple rule"
_NUMBER = ' class="n"'
