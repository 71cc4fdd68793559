from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossings.errors import InputError
from crossings.forecast.outlook import ClaimUse, LastFigure
from crossings.publish.page import situation_page
from crossings.situation.catalogue import load
from crossings.situation.records import Claim, Context, Event, Situation
from tests import outlooks

TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "p",
        "h1",
        "h2",
        "h3",
        "span",
        "strong",
        "nav",
        "ul",
        "li",
        "a",
        "main",
        "section",
        "figure",
        "figcaption",
        "div",
        "svg",
        "desc",
        "path",
        "text",
        "circle",
        "rect",
        "g",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "small",
        "article",
        "ol",
        "q",
        "br",
        "dl",
        "dt",
        "dd",
        "footer",
        "bdi",
        "code",
    ]
)
VOID = {"meta", "br"}


class Page(HTMLParser):
    """The tags, attributes and text of a page; fails on what is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.headings: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, key, value or "") for key, value in attrs]
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2"):
            self.headings.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, key, value or "") for key, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)
        if {"h1", "h2"} & set(self.open):
            self.headings[-1] += data.replace("\u00a0", " ")

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def whole() -> Situation:
    return outlooks.situation()


@pytest.fixture(scope="module")
def page(whole: Situation) -> Page:
    return Page(situation_page(outlooks.outlook(), whole, whole))


def assert_harmless(page: Page) -> None:
    assert page.tags <= TAGS
    for tag, key, value in page.attributes:
        assert not key.startswith("on")
        assert key not in ("src", "srcset", "action", "formaction", "background")
        if key == "href":
            assert tag == "a"
            assert value.startswith(("http://", "https://", "#"))
        if key == "style":
            assert re.fullmatch(r"font-size:[\d.]+px", value)


def test_the_page_needs_no_script_and_no_other_file(page: Page, whole: Situation) -> None:
    assert_harmless(page)
    text = situation_page(outlooks.outlook(), whole)
    style = text.split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_the_headline_stands_first_with_range_age_and_speaker(page: Page) -> None:
    words = page.words
    assert page.headings[0].startswith("By the end of 3 October: ")
    assert "9 in 10 between" in page.headings[0]
    assert "To be covered in 9 of 10 cases, plan for" in words
    assert "Last figure 6,650 as of 17:00 on 25 September, 7 h old" in words
    assert "Issued end of 25 September 2023 (UTC+4)" in words
    assert "vintage" in words


def test_the_sections_come_in_their_order(page: Page) -> None:
    assert page.headings[1:] == [
        "The course ahead",
        "Day by day, place by place",
        "People present, waiting, not yet registered",
        "On the way",
        "The figures and who says them",
        "Where sources disagree",
        "What happened, and in whose words",
        "The wider setting, as stated",
        "How to read the ranges",
        "Method and limits",
        "Responsible use",
    ]


def test_ids_are_unique_and_every_inner_link_leads_somewhere(page: Page) -> None:
    ids = [value for _, key, value in page.attributes if key == "id"]
    assert len(ids) == len(set(ids))
    for _, key, value in page.attributes:
        if key == "href" and value.startswith("#"):
            assert value[1:] in ids
        if key == "aria-labelledby":
            assert set(value.split()) <= set(ids)


def test_every_known_claim_is_there_with_its_use_and_no_later_one(whole: Situation) -> None:
    marked = whole.model_copy(
        update={"claims": tuple(c.model_copy(update={"note": f"n-{c.id}."}) for c in whole.claims)}
    )
    words = Page(situation_page(outlooks.outlook(), marked, marked)).words
    for claim in marked.claims:
        assert (f"n-{claim.id}." in words) == (claim.known_at <= outlooks.ISSUED)
    assert "killed (cumulative) is not part of the movement model" in words
    assert "weight 1.00" in words


def test_a_statement_without_speaker_is_the_report_s_own(page: Page) -> None:
    assert "the report itself , published by news report" in page.words
    assert "via Russian state media" in page.words


def test_rival_wordings_stand_side_by_side(page: Page) -> None:
    dispute = page.words.split("Each side in its own words:")[1][:400]
    assert "large-scale attack" in dispute
    assert "an “anti-terrorist” campaign" in dispute


def test_what_came_later_is_marked_as_such_or_absent(page: Page, whole: Situation) -> None:
    assert "reported later, not known to the forecast" in page.words
    assert "76,407" in page.words
    without = Page(situation_page(outlooks.outlook(), whole)).words
    assert "76,407" not in without
    assert "reported later" not in without.lower()


def test_a_figure_for_an_hour_after_the_last_forecast_time_is_not_set_beside_it(
    whole: Situation,
) -> None:
    made = outlooks.outlook(5, 3)
    cut = dataclasses.replace(
        made, times=made.times[:-2], draws=made.draws.isel(time=slice(None, -2))
    )
    assert cut.times[-1] == outlooks.at(28, 12)
    table = situation_page(cut, whole, whole).split('<section id="places">')[1].split("</table>")[0]
    assert "28,120" in table
    assert "76,407" not in table


def test_rows_known_later_change_nothing_without_them(whole: Situation) -> None:
    made = outlooks.outlook(50)
    assert situation_page(made, whole) == situation_page(made, whole.as_of(outlooks.ISSUED))


def test_tables_have_captions_and_drawings_have_words(page: Page, whole: Situation) -> None:
    text = situation_page(outlooks.outlook(), whole)
    assert text.count("<table") == text.count("<caption")
    for drawing in re.findall(r"<svg [^>]*>", text):
        assert any(key in drawing for key in ("aria-labelledby", "aria-label", "aria-hidden"))


def test_places_that_everybody_passes_are_one_card(whole: Situation) -> None:
    text = situation_page(outlooks.outlook(50), whole)
    assert text.count("<h3><bdi>Hakari Bridge, Kornidzor</bdi></h3>") == 1
    assert "<h3><bdi>Kornidzor</bdi></h3>" not in text


def test_a_place_without_anybody_waiting_has_no_row(whole: Situation) -> None:
    text = situation_page(outlooks.outlook(50), whole)
    waiting = text.split("<caption>People waiting</caption>")[1].split("</table>")[0]
    assert "Kornidzor" in waiting
    assert "Goris" not in waiting


def test_figures_taken_for_the_headline_s_quantity_are_drawn_as_such(whole: Situation) -> None:
    hosted = outlooks.claim("hosted", 7777, outlooks.at(25, 20), measure="hosted", counting="stock")
    made = outlooks.outlook()
    before = situation_page(made, whole.with_claims([hosted]))
    assert "7,777 people hosted as of" not in before
    uses = (*made.claims, ClaimUse("hosted", "arrived", 1.0, "people who came"))
    taken = situation_page(dataclasses.replace(made, claims=uses), whole.with_claims([hosted]))
    assert "7,777 people hosted as of" in taken


def test_a_last_figure_put_together_from_places_is_drawn_and_plans_behind_it_are_not(
    whole: Situation,
) -> None:
    made = outlooks.outlook()
    last = LastFigure("a-6650", 7100.0, outlooks.at(25, 20), 4.0)
    plan = outlooks.claim("plan", 900, outlooks.at(24), status="planned", basis="planning")
    shown = situation_page(dataclasses.replace(made, last_figure=last), whole.with_claims([plan]))
    assert "7,100 as of 2023-09-25 20:00, several places together" in shown
    assert "900 planned for" not in shown.partition("</section>")[0]
    assert "120,000 said to be going" in shown


def test_the_method_is_that_of_the_component_that_carried_it(whole: Situation) -> None:
    made = outlooks.outlook()
    assert "simulates whole people" in situation_page(made, whole)
    statistical = situation_page(dataclasses.replace(made, carried_by="statistical"), whole)
    assert "simulates whole people" not in statistical
    assert "It gives published figures at places, not queues or routes." in statistical
    both = dataclasses.replace(made, carried_by="statistical and mechanistic")
    told = situation_page(both, whole)
    assert "It gives published figures at places" in told
    assert "In the other half whole people are simulated" in told
    assert "In the other half" not in statistical


def test_assumed_shares_are_said_to_be_assumed(whole: Situation) -> None:
    made = outlooks.outlook(5, 2)
    first = dataclasses.replace(made.claims[0], role="destination", weight=0.5)
    told = dataclasses.replace(made, claims=(first, *made.claims[1:]))
    warning = "how they divide between the places is assumed"
    assert warning in Page(situation_page(made, whole)).words
    assert warning not in Page(situation_page(told, whole)).words


def test_the_public_page_leaves_out_and_says_so(whole: Situation) -> None:
    secret = whole.claims[0].model_copy(
        update={"id": "secret", "sensitivity": "", "note": "not-yet-classified"}
    )
    rows = whole.model_copy(update={"claims": (*whole.claims, secret)})
    words = Page(situation_page(outlooks.outlook(), rows, rows, profile="public")).words
    assert "The public profile leaves out:" in words
    assert "Forecasts of people waiting and of queues." in words
    assert "2 figures that are not marked public." in words
    assert "not-yet-classified" not in words
    assert "travel time" not in words
    assert "People waiting" not in words
    assert "People present" in words


def test_the_public_map_counts_whole_days(whole: Situation) -> None:
    public = Page(situation_page(outlooks.outlook(), whole, profile="public")).words
    internal = Page(situation_page(outlooks.outlook(), whole)).words
    assert "from end of 26 September to end of 27 September" in public
    assert "from 06:00 on 26 September to 06:00 on 27 September" in internal


def test_the_public_page_names_no_figure_that_is_not_public(whole: Situation) -> None:
    hidden = tuple(
        c.model_copy(update={"sensitivity": "internal"}) if c.id == "a-6650" else c
        for c in whole.claims
    )
    rows = whole.model_copy(update={"claims": hidden})
    assert "6,650" not in Page(situation_page(outlooks.outlook(), rows, profile="public")).words


def test_an_unknown_profile_is_refused(whole: Situation) -> None:
    with pytest.raises(InputError, match="secret"):
        situation_page(outlooks.outlook(3, 1), whole, profile="secret")


def test_a_situation_without_anything_still_makes_a_page() -> None:
    bare = Situation(id="bare", title="Bare", start=outlooks.at(19), time_zone="Asia/Yerevan")
    made = outlooks.without_figures(outlooks.outlook(5, 40))
    page = Page(situation_page(made, bare))
    assert_harmless(page)
    assert "No figure of this kind was public" in page.words


HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "</style><script>alert(1)</script>",
            "</title><img src=x onerror=alert(1)>",
            '" onmouseover="alert(1)',
            "' onfocus='alert(1)' autofocus='",
            "javascript:alert(1)",
            "</bdi></td></table><iframe src=//evil>",
            "<!-- ", "]]>", "&lt;script&gt;", "\u202eevil\u2066", "x" * 10_000, "https://e.org/<b>",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40),
)  # fmt: skip


POISONED = (
    "name", "via", "publisher", "quote", "note", "wording", "what", "since", "subject", "object",
    "measure", "unit", "origin", "as_of_precision", "intensity",
)  # fmt: skip


def poisoned(row: Any, fields: dict[str, Any]) -> Any:
    return row.model_copy(update={k: v for k, v in fields.items() if k in type(row).model_fields})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_hostile_text_stays_text(data: st.DataObject) -> None:
    bad = data.draw(HOSTILE)
    url = data.draw(HOSTILE)
    fields = dict.fromkeys(POISONED, bad)
    everywhere = {**fields, "url": url, "sources": (bad, url), "names": (bad,)}
    clean = outlooks.situation()
    rows = clean.model_copy(
        update={
            "title": bad,
            "licence": bad,
            "places": tuple(poisoned(p, everywhere) for p in clean.places),
            "events": tuple(poisoned(e, everywhere) for e in clean.events),
            "claims": tuple(
                poisoned(c, everywhere if i % 2 else {k: everywhere[k] for k in ("note", "via")})
                for i, c in enumerate(clean.claims)
            ),
            "context": tuple(poisoned(c, everywhere) for c in clean.context),
        }
    )
    made = outlooks.outlook(5, 2)
    made = dataclasses.replace(
        made,
        title=bad,
        situation=bad,
        carried_by=bad,
        tier=bad,
        notes=(bad,),
        versions={bad: bad},
        claims=tuple(dataclasses.replace(u, reason=bad, role=bad) for u in made.claims),
    )
    text = situation_page(made, rows, rows)
    assert_harmless(Page(text))
    assert len(text) < 600_000
    assert "\u202e" not in text


def test_the_bundled_page_is_small_and_has_every_statement_of_the_report() -> None:
    karabakh = load("nagorno-karabakh-2023")
    known = karabakh.as_of(outlooks.ISSUED)
    text = situation_page(outlooks.outlook(), karabakh, karabakh)
    assert len(text.encode()) < 600_000
    page = Page(text)
    assert_harmless(page)
    words = " ".join(page.words.replace("“", "").replace("”", "").split())
    rows: list[Claim | Event | Context] = [*known.claims, *known.events, *known.context]
    quoted = [row for row in rows if row.quote]
    assert len(quoted) >= 20
    for row in quoted:
        said = " ".join(row.quote.replace("“", "").replace("”", "").split())
        assert said in words
        for speaker in row.sources:
            assert speaker in words
        assert row.via in words
