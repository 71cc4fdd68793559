"""The document that a server sends first: the headline to be read before any script runs.

It holds the headline in the reader's language and, as data, all that the page's modules need for
the first view, so that no further question stands between a reader and an answer. What a module
then draws in its place says the same (``web/parts/headline.js``; a browser test compares them).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
from typing import Any

from crossings.publish import words
from crossings.publish.live import web
from crossings.publish.live.spoken import Spoken, spoken
from crossings.publish.live.state import State
from crossings.publish.markup import name, script_json, text

OLD_HOURS = 24
NEAR_DAYS = 3
MOST_PLACES = 3


@dataclasses.dataclass(frozen=True)
class Asked:
    """What an address asks for: situation, forecast, whether it stands in a frame."""

    situation: str = ""
    forecast: str = ""
    embedded: bool = False


def document(served: State, asked: Asked, lang: str) -> str:
    """The page for an address, with the first view inside where anybody may read it.

    A server that other machines reach asks a token of readers, which no address carries: there the
    document is empty, and the page's modules ask for everything.
    """
    said = spoken(lang)
    if not served.settings.local:
        return _filled(said, asked.embedded, "crossings", '<p class="waiting">…</p>', "", "")
    listed = served.listed()
    rows = {row["id"]: row["forecasts"] for row in listed["items"]}
    chosen = asked.situation if asked.situation in rows else max(rows, key=lambda one: rows[one])
    kept = served.forecasts(chosen)
    ids = [row["id"] for row in kept]
    forecast = asked.forecast if asked.forecast in ids else (ids[-1] if ids else "")
    page = served.page(chosen, forecast).first if forecast else b"null"
    head = {"lang": lang, "situations": listed, "s": chosen, "f": forecast, "kept": kept}
    return _with_view(said.lang, asked.embedded, json.dumps(head), page)


@functools.lru_cache(maxsize=64)
def _with_view(lang: str, embedded: bool, head: str, page: bytes) -> str:
    """The document with a first view inside; made once for what is asked for again and again."""
    said = spoken(lang)
    view = json.loads(head) | {"page": json.loads(page)}
    shown = view["page"]
    if shown is None:
        rows = {row["id"]: row["title"] for row in view["situations"]["items"]}
        title = rows[view["s"]]
        told = (
            f'{text(said.t("no_forecast"))}</p><p class="soft">{text(said.t("no_forecast_help"))}'
        )
        top = f"<main><h1>{name(title)}</h1><p>{told}</p></main>"
        without = ""
    else:
        title = f"{shown['situation']['title']}: {said.by_then(_time(shown, 'headline'))}"
        top = f'<main><div class="hero">{headline(shown, said)}</div></main>'
        address = f"/api/situations/{view['s']}/forecasts/{view['f']}/download?format=page"
        link = f'<a href="{text(address)}">{text(said.t("download_page"))}</a>'
        without = f"<p>{said.t('no_script', link=link)}</p>"
    view |= {"messages": dict(said.texts), "ahead": web.after(web.AHEAD)}
    view |= {"below": web.after(web.BELOW)}
    content = f'<script type="application/json" id="first-view">{script_json(view)}</script>'
    bar = "" if embedded else _bar(view, said)
    return _filled(said, embedded, title, bar + top, without, content)


def _filled(
    said: Spoken, embedded: bool, title: str, first: str, without: str, content: str
) -> str:
    values = {
        "lang": said.lang,
        "dir": said.direction,
        "title": text(title),
        "class": ' class="embedded"' if embedded else "",
        "first": first,
        "without": without,
        "content": content,
    }
    return web.filled(web.template(), values)


def _time(shown: dict[str, Any], key: str) -> dt.datetime:
    forecast = shown["forecast"]
    at = {"headline": forecast["headline"]["time"], "issued": forecast["issued_at"]}
    return dt.datetime.fromisoformat(at[key])


def headline(shown: dict[str, Any], said: Spoken) -> str:
    """How many, by when, how sure, where, on whose figures."""
    top, last = shown["forecast"]["headline"], shown["forecast"]["last_figure"]
    step = words.step_for(top["high90"] - top["low90"])
    situation = shown["situation"]
    tier = said.term("tier", situation["tier"], shown["words"]["tier"])
    profile = said.term("profile", situation["profile"])
    sentence = said.t(
        "headline",
        when=text(said.by_then(_time(shown, "headline"))),
        median=f'<span class="figure">{said.rounded(top["median"], step)}</span>',
        what=text(_target(shown, said)),
        low=said.rounded(top["low90"], step),
        high=said.rounded(top["high90"], step),
        note=f'<span class="soft">({text(said.t("median"))})</span>',
    )
    plan = said.t("plan_line", plan=f"<strong>{said.rounded_up(top['plan_for'], step)}</strong>")
    when = said.moment(_time(shown, "issued"), year=True)
    issued = said.t("issued", when=when, tier=tier, profile=profile)
    return (
        f'<header class="top" id="top"><p class="kicker">{name(situation["title"])}</p>'
        f'<h1>{sentence}</h1><p class="plan">{plan}</p>{_odds(shown, said)}{_old(last, said)}'
        f"{_near(shown, said)}"
        f"{_where(shown, said)}{_last(shown, last, said)}"
        f'<p class="issue-line">{text(issued)}</p>{_withheld(situation["left_out"], said)}</header>'
    )


def _target(shown: dict[str, Any], said: Spoken) -> str:
    target = shown["forecast"]["headline"]["target"]
    return said.term("target", target, shown["words"]["targets"][target])


def _odds(shown: dict[str, Any], said: Spoken) -> str:
    found = [
        said.t(
            "odds_within", percent=str(round(100 * p) or "< 1"), days=days.removesuffix("d")
        )
        for days, p in shown["forecast"]["odds"].items()
    ]  # fmt: skip
    return (
        f'<p class="plan">{text(said.t("odds", list=said.t("comma").join(found)))}</p>'
        if found
        else ""
    )


@dataclasses.dataclass(frozen=True)
class _Row:
    """The range at one day's end."""

    when: dt.datetime
    low: float
    median: float
    high: float
    plan: float

    @property
    def step(self) -> int:
        return words.step_for(self.high - self.low)


def _days(shown: dict[str, Any], place: str) -> list[_Row]:
    """A place's ranges at the ends of days, of those that are not withheld."""
    forecast = shown["forecast"]
    at = [forecast["levels"].index(level) for level in (0.05, 0.5, 0.95, 0.9)]
    table = forecast["quantiles"][forecast["headline"]["target"]].get(place, [])
    return [
        _Row(dt.datetime.fromisoformat(forecast["times"][i]), *(table[i][level] for level in at))
        for i in forecast["day_ends"]
        if i < len(table) and table[i] is not None
    ]


def _near(shown: dict[str, Any], said: Spoken) -> str:
    """The nights just ahead."""
    heads = "".join(
        f'<th scope="col"{kind}>{text(said.t(key))}</th>'
        for key, kind in (
            ("end_of_day", ""),
            ("median", ' class="n"'),
            ("nine_in_ten", ' class="n"'),
            ("plan_title", ' class="n"'),
        )
    )
    rows = "".join(
        f'<tr class="{"" if i else "picked"}"><th scope="row">{text(said.day(row.when))}</th>'
        f'<td class="n">{said.rounded(row.median, row.step)}</td>'
        f'<td class="n">{said.between(row.low, row.high, row.step)}</td>'
        f'<td class="n"><strong>{said.rounded_up(row.plan, row.step)}</strong></td></tr>'
        for i, row in enumerate(
            _days(shown, shown["forecast"]["headline"]["place"])[:NEAR_DAYS]
        )
    )  # fmt: skip
    caption = f'<caption class="hidden">{text(said.t("near_days"))}</caption>'
    return (
        f'<table class="near">{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _where(shown: dict[str, Any], said: Spoken) -> str:
    """Where most people are by the first day's end: where they come to before where they pass."""
    days = _days(shown, shown["forecast"]["headline"]["place"])
    known = {place["id"]: place for place in shown["places"]}
    found = []
    for stage in shown["forecast"]["stages"]:
        rows = _days(shown, stage[0])
        if not days or not rows or rows[-1].high < 1:
            continue
        passing = all(known.get(one, {}).get("kind") == "crossing" for one in stage)
        called = ", ".join(known[one]["name"] if one in known else one for one in stage)
        found.append((rows[-1].median, passing, called, rows[0]))
    found.sort(key=lambda entry: -entry[0])
    there = [e for e in found if e[3].median >= 1 and e[3].median < 0.98 * days[0].median]
    places = ([e for e in there if not e[1]] or there)[:MOST_PLACES]
    if not places:
        return ""
    said_of = said.t("semicolon").join(
        f"{name(called)} <strong>{said.rounded(now.median, now.step)}</strong> "
        f'<span class="range">({said.between(now.low, now.high, now.step)})</span>'
        for _, _, called, now in places
    )
    line = said.t("where_line", day=text(said.day(days[0].when)), list=said_of)
    assumed = f" {text(said.t('where_assumed'))}" if shown["forecast"]["shares_assumed"] else ""
    return f'<p class="where">{line}{assumed}</p>'


def _last(shown: dict[str, Any], last: dict[str, Any] | None, said: Spoken) -> str:
    """The last figure and who says it."""
    if last is None:
        return f'<p class="last">{text(said.t("no_figure"))}</p>'
    age = said.age(last["age_hours"])
    who = next((claim["speakers"] for claim in shown["claims"]), "")
    line = said.t(
        "last_figure",
        figure=f"<strong>{said.number(last['value'])}</strong>",
        when=text(said.moment(dt.datetime.fromisoformat(last["as_of"]))),
        age=text(age),
        who=text(who or said.t("the_report")),
    )
    return f'<p class="last">{line}</p>'


def _old(last: dict[str, Any] | None, said: Spoken) -> str:
    """The warning that the last figure is old, where it is."""
    if last is None or last["age_hours"] <= OLD_HOURS:
        return ""
    warning = said.t("old_figure", age=said.age(last["age_hours"]))
    return f'<p class="warning" role="note">{text(warning)}</p>'


def _withheld(left_out: list[dict[str, Any]], said: Spoken) -> str:
    if not left_out:
        return ""
    rows = "".join(f"<li>{_told(sentence, said)}</li>" for sentence in left_out)
    return f'<div class="withheld"><p>{text(said.t("withheld"))}</p><ul>{rows}</ul></div>'


def _told(sentence: dict[str, Any], said: Spoken) -> str:
    """A sentence of the server in the reader's language, else marked as English."""
    own = said.told(sentence)
    foreign = ' lang="en" dir="ltr"' if own is None and said.lang != "en" else ""
    return f"<span{foreign}>{text(own or sentence['text'])}</span>"


def _bar(view: dict[str, Any], said: Spoken) -> str:
    """The room of what chooses, which a module fills: nothing moves when it does."""
    titles = {row["id"]: row["title"] for row in view["situations"]["items"]}
    offered = "".join(
        f"<option{' selected' if one == view['s'] else ''}>{text(title)}</option>"
        for one, title in titles.items()
    )
    slider = ""
    if len(view["kept"]) > 1:
        issued = {row["id"]: row["issued_at"] for row in view["kept"]}[view["f"]]
        when = text(said.moment(dt.datetime.fromisoformat(issued)))
        slider = (
            f'<div class="slider as-of"><label>{text(said.t("as_of"))} <input type="range"></label>'
            f"<output>{when}</output></div>"
        )
    situation = f'<span class="name">{text(said.t("situation"))}</span>'
    language = f'<span class="name">{text(said.t("language"))}</span>'
    own = text(said.t("own_name"))
    return (
        f'<nav class="bar" inert><label>{situation} <select>{offered}</select></label>'
        f'<label class="language">{language} <select><option>{own}</option></select></label>'
        f'{slider}<details class="order"><summary>{text(said.t("new"))}</summary></details></nav>'
        f'<nav class="contents" inert><a href="#top">{text(said.t("course"))}</a></nav>'
    )
