"""The live page in a real browser: what a reader does with mouse, keyboard and touch.

Needs chromium. Where there is none the tests are skipped, but never where a change is judged.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from crossings import ledger
from crossings.publish.live.app import create_app
from crossings.publish.live.settings import Settings
from crossings.publish.live.single import single_file
from tests.outlooks import at, claim, outlook
from tests.publish.live.served import TOKEN, settings
from tests.publish.live.test_reviewing import TEXT
from tests.publish.live.test_single import HOSTILE, hostile_situation

PATIENCE_MS = 60_000
"""How long a test waits for what it expects: a busy machine is no error of the page."""

expect.set_options(timeout=PATIENCE_MS)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no chromium on this machine"
)


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """A real server on a free port of this machine; its address."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    with socket.create_server(("127.0.0.1", 0)) as bound:  # nobody can take the port in between
        thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(create_app(settings(tmp_path_factory.mktemp("store")))) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield found
        found.close()


class Visit:
    """A page that notes what a reader must never meet: errors, and requests that leave home.

    ``expected`` is a part of what the browser itself writes of a request that is to fail.
    """

    def __init__(self, browser: Browser, address: str, width: int, touch: bool = False) -> None:
        self.address = address
        self.errors: list[str] = []
        self.expected = ""
        self.away: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            has_touch=touch or width < 700,
            locale="en-GB",
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda error: self.errors.append(str(error.stack)))
        self.page.on("request", self._asked)

    def _told(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if getattr(message, "type", "") == "error" and not (
            self.expected and self.expected in text
        ):
            self.errors.append(text)

    def _asked(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((self.address, "data:", "blob:")):
            self.away.append(url)

    def open(self, state: str = "") -> Page:
        self.page.goto(f"{self.address}/{state}")
        expect(self.page.locator("h1")).to_be_visible()
        last = self.page.locator("#reading, .embedded svg.chart").first
        expect(last).to_be_attached()
        return self.page


def visiting(browser: Browser, address: str, width: int, touch: bool = False) -> Iterator[Visit]:
    found = Visit(browser, address, width, touch)
    yield found
    found.context.close()
    assert (found.errors, found.away) == ([], [])


@pytest.fixture(params=[390, 768, 1440])
def visit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    """A phone, a tablet, a desk."""
    yield from visiting(browser, address, request.param)


@pytest.fixture(params=[390, 768, 1440])
def fingers(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    """The same, touched."""
    yield from visiting(browser, address, request.param, touch=True)


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Visit]:
    yield from visiting(browser, address, 1440)


def test_the_headline_stands_first_and_nothing_is_wider_than_the_screen(visit: Visit) -> None:
    page = visit.open()
    expect(page.locator("h1")).to_contain_text("9 in 10 between")
    expect(page.locator(".issue-line")).to_contain_text("internal")
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    assert not wide
    assert page.locator("svg.chart:visible").first.bounding_box() is not None


def test_a_figure_that_is_chosen_is_marked_on_chart_and_in_the_address(visit: Visit) -> None:
    page = visit.open()
    page.locator("#claim-a-6650 .figure-button").click()
    expect(page.locator("#claim-a-6650")).to_have_class("picked")
    expect(page.locator("svg.chart:visible circle.chosen").first).to_be_attached()
    expect(page).to_have_url(re.compile("claim=a-6650"))
    page.reload()
    expect(page.locator("#claim-a-6650")).to_have_class("picked")


def test_later_figures_are_drawn_only_when_asked_for(desk: Visit) -> None:
    page = desk.open()
    later = page.locator("svg.chart:visible .later")
    expect(later).to_have_count(0)
    page.get_by_label("Show what was reported later").check()
    expect(later.first).to_be_attached()


def held_back(page: Page, address: str, act: Callable[[], None]) -> Route:
    """The request that ``act`` makes; it waits until the route goes on."""
    found: list[Route] = []
    page.route(address, lambda route: found.append(route))  # noqa: PLW0108 - playwright sets attributes on it
    act()
    for _ in range(PATIENCE_MS // 10):
        if found:
            return found[0]
        page.wait_for_timeout(10)
    raise AssertionError(f"nothing was asked of {address}")


def test_a_box_answers_at_once_where_the_server_is_slow(desk: Visit) -> None:
    page = desk.open()
    box = page.get_by_label("Show what was reported later")
    later = held_back(page, "**/later", box.check)
    page.locator(".day-bar input").focus()
    page.keyboard.press("End")  # everything is drawn again
    expect(page.locator(".day-bar output")).to_have_text("Tue 3 Oct")
    expect(box).to_be_checked()
    expect(page.locator("svg.chart:visible .later")).to_have_count(0)
    later.continue_()
    expect(page.locator("svg.chart:visible .later").first).to_be_attached()


def test_the_day_and_the_risk_change_what_to_plan_for(visit: Visit) -> None:
    page = visit.open()
    first = page.locator("#plan tbody tr.total td").first
    before = first.inner_text()
    page.get_by_label("19 of 20 cases").check()
    expect(first).not_to_have_text(before)
    at_risk = first.inner_text()
    slider = page.locator(".day-bar input")
    slider.focus()
    page.keyboard.press("End")
    expect(first).not_to_have_text(at_risk)
    expect(page).to_have_url(re.compile("risk=0.95"))


def test_past_forecasts_are_replayed_by_keyboard(desk: Visit) -> None:
    page = desk.open()
    slider = page.locator(".as-of input")
    output = page.locator(".as-of output")
    newest = output.inner_text()
    slider.focus()
    page.keyboard.press("Home")
    expect(output).not_to_have_text(newest)
    expect(page.locator(".issue-line")).to_contain_text(output.inner_text())


def test_an_answer_that_comes_too_late_changes_nothing(desk: Visit) -> None:
    page = desk.open()
    output = page.locator(".as-of output")
    newest, line = output.inner_text(), page.locator(".issue-line").inner_text()
    page.locator(".as-of input").focus()
    late = held_back(page, "**/forecasts/*", lambda: page.keyboard.press("Home"))
    expect(output).not_to_have_text(newest)
    page.keyboard.press("End")
    expect(output).to_have_text(newest)
    with page.expect_response("**/forecasts/*"):
        late.continue_()
    page.get_by_label("19 of 20 cases").check()  # drawn again after the answer
    expect(page.locator(".issue-line")).to_have_text(line)


def test_figures_are_searched_sorted_and_grouped(desk: Visit) -> None:
    page = desk.open()
    page.get_by_label("Search in figures").fill("radio")
    page.get_by_label("used ones only").uncheck()
    expect(page.locator("#claims tbody tr")).to_have_count(1)
    page.get_by_label("Search in figures").fill("")
    page.get_by_label("Group by source").check()
    expect(page.locator("#claims h3").first).to_be_visible()


PLAYED = """new MutationObserver(() => {
  if (document.querySelector(".day-bar button").textContent === "Pause") window.played = true;
}).observe(document.body, { subtree: true, childList: true, characterData: true })"""
"""Notes that the days were played: they may be over before anybody looks."""


def test_every_control_answers_to_a_finger(fingers: Visit) -> None:
    page = fingers.open()
    chart = page.locator("svg.chart:visible").first
    chart.evaluate("chart => chart.scrollIntoView({block: 'center'})")
    box = chart.locator("circle.known.full").last.bounding_box()
    assert box is not None
    # A finger is not precise: beside the mark is on it.
    page.touchscreen.tap(box["x"] + box["width"] / 2 + 4, box["y"] + box["height"] / 2 - 3)
    expect(page.locator(".picked-line")).to_contain_text("Government of Armenia press service")
    expect(chart.locator("circle.chosen")).to_be_attached()
    badge = page.locator("svg.map:visible .badge")
    badge.tap()
    expect(page.locator(".at-place:visible")).to_contain_text("opening")
    page.locator("svg.map:visible .route.flow").first.tap(force=True)
    expect(page.locator(".hover:visible")).to_contain_text("people (median)")
    page.get_by_label("99 of 100 cases").tap()
    page.evaluate(PLAYED)
    page.locator(".day-bar").get_by_role("button").tap()
    page.wait_for_function("window.played")
    page.get_by_text("used ones only").tap()
    page.locator(".contents").get_by_text("Events").tap()
    expect(page.locator("#events")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("risk=0.99"))
    expect(page).to_have_url(re.compile("claim="))


PART = """() => {
  const found = document.activeElement.closest("section, .bar, .contents, .day-bar");
  return document.activeElement === document.body ? null : found?.id || found?.className || "";
}"""


def test_the_keyboard_reaches_every_part_in_the_order_of_the_page(desk: Visit) -> None:
    page = desk.open()
    parts: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        part = page.evaluate(PART)
        if part is None:
            break
        if part not in parts:
            parts.append(part)
    wanted = ["bar", "contents", "course", "day-bar", "map", "plan", "what-if", "reasons", "claims"]
    assert [part for part in parts if part in wanted] == wanted


def test_an_event_on_the_map_opens_by_keyboard(desk: Visit) -> None:
    page = desk.open()
    page.locator("svg.map:visible .badge").focus()
    page.keyboard.press("Enter")
    page.locator(".at-place:visible a").first.press("Enter")
    expect(page.locator("#events")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("s=small-karabakh"))  # what is seen stays in the address


def test_simple_rules_and_earlier_forecasts_are_drawn_when_asked_for(desk: Visit) -> None:
    page = desk.open()
    chart = page.locator("svg.chart:visible").first
    expect(chart.locator(".rule, .past")).to_have_count(0)
    page.get_by_label("Show simple rules").check()
    expect(chart.locator(".rule")).to_have_count(2)
    page.get_by_label("Show earlier forecasts").check()
    expect(chart.locator(".past")).to_have_count(1)
    expect(page.locator("#record")).to_contain_text("On 2 days the outcome is known")
    expect(page.locator("#record")).to_contain_text("nobody else comes")


def test_what_moved_the_forecast_leads_to_the_figures_and_events(desk: Visit) -> None:
    page = desk.open()
    moved = page.locator("#reasons")
    expect(moved.locator("li")).to_have_count(2)
    expect(moved.locator("li").first).to_contain_text("6,650 people arrived")
    expect(moved.locator("li").first).to_contain_text("raises the median by 22,000, from 40,000 to")
    expect(moved.locator("li").last).to_contain_text("no visible difference")
    expect(moved).to_contain_text("not tried: 2")
    moved.get_by_role("link", name="6,650 people arrived").click()
    expect(page.locator("#claim-a-6650")).to_have_class("picked")
    expect(page.locator("#claims")).to_be_in_viewport()


def test_where_nobody_asked_what_moved_it_there_is_no_such_part(desk: Visit) -> None:
    page = desk.open()
    page.locator(".as-of input").first.press("ArrowLeft")
    expect(page.locator("#reasons")).to_have_count(0)
    expect(page.locator(".contents a[href='#reasons']")).to_have_count(0)
    expect(page.locator("#claims")).to_be_attached()


def test_sentences_of_the_server_are_said_in_the_language_of_the_page(desk: Visit) -> None:
    page = desk.open("?lang=fr")
    page.get_by_label("seulement ceux qui sont utilisés").uncheck()
    expect(page.locator("#claims")).to_contain_text("personnes arrivées")
    expect(page.locator("#method")).to_contain_text("heure par heure")
    expect(page.locator("#method")).to_contain_text("Produite par")
    expect(page.locator("#method [lang], #reading [lang], #claims [lang]")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "said", "direction", "width"),
    [
        ("fr", "9 fois sur 10 entre", "ltr", 390),
        ("ar", "في 9 من كل 10 حالات", "rtl", 390),
        ("uk", "у 9 випадках з 10", "ltr", 768),
    ],
)
def test_the_page_speaks_other_languages(
    browser: Browser, address: str, language: str, said: str, direction: str, width: int
) -> None:
    for visit in visiting(browser, address, width):
        page = visit.open(f"?lang={language}")
        expect(page.locator("h1")).to_contain_text(said)
        expect(page.locator("html")).to_have_attribute("dir", direction)
        expect(page.locator("footer")).to_contain_text("crossings")
        keys = r"document.body.innerText.match(/\{\w+\}|\b[a-z]+_[a-z_]+\b/g)"
        assert page.evaluate(keys) is None
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")


@pytest.mark.parametrize("language", ["en", "fr", "ar", "uk"])
def test_the_headline_is_there_before_any_script_and_stays_as_it_is(
    browser: Browser, address: str, language: str
) -> None:
    said = []
    for scripts in (False, True):
        context = browser.new_context(java_script_enabled=scripts, locale="en-GB")
        page = context.new_page()
        page.goto(f"{address}/?lang={language}")
        if scripts:
            expect(page.locator("svg.chart:visible").first).to_be_visible()
        # Narrow and wide spaces that do not break differ between versions of the CLDR.
        said.append(" ".join(page.locator("header.top").inner_text().split()))
        assert page.locator("html").get_attribute("lang") == language
        context.close()
    assert said[0] == said[1]
    assert "28" in said[0]


MOVED = """new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.moved = (window.moved || 0) + entry.value;
}).observe({ type: "layout-shift", buffered: true })"""


def test_nothing_moves_under_a_readers_eyes_while_the_page_comes(visit: Visit) -> None:
    visit.page.add_init_script(MOVED)
    page = visit.open()
    # 0.1 is what a page may have to count as steady (Web Vitals).
    assert page.evaluate("window.moved || 0") < 0.1


def test_a_language_is_chosen_on_the_page(desk: Visit) -> None:
    page = desk.open()
    page.get_by_label("Language").select_option("fr")
    expect(page.locator("h1")).to_contain_text("9 fois sur 10")
    expect(page).to_have_url(re.compile("lang=fr"))


def test_a_frame_holds_headline_and_chart_only(desk: Visit) -> None:
    page = desk.open("embed")
    expect(page.locator("svg.chart:visible").first).to_be_visible()
    expect(page.locator("nav, #claims, .day-bar")).to_have_count(0)
    address = page.get_by_text("Open the whole page").get_attribute("href") or ""
    assert address.startswith("../?s=small-karabakh")


def test_an_order_without_the_token_is_refused_in_words(desk: Visit) -> None:
    page = desk.open()
    desk.expected = "401"
    page.get_by_text("New forecast").click()
    page.get_by_role("button", name="Make it").click()
    expect(page.locator(".order [role=status]")).to_contain_text("token")


def test_an_order_with_the_token_becomes_a_job(desk: Visit) -> None:
    page = desk.open()
    page.get_by_text("New forecast").click()
    page.locator(".order").get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Make it").click()
    # The made-up situation has no folder behind it: the job fails, and says why.
    expect(page.locator(".order [role=status]")).to_contain_text("nowhere", timeout=2 * PATIENCE_MS)
    assert TOKEN not in page.url


def test_a_token_that_is_being_written_is_not_wiped_out(desk: Visit) -> None:
    page = desk.open()
    page.locator("#what-if").get_by_label("Token").fill("half of a tok")
    page.locator(".day-bar input").focus()
    page.keyboard.press("End")  # everything is drawn again
    expect(page.locator("#what-if").get_by_label("Token")).to_have_value("half of a tok")


def test_a_forecast_that_cannot_be_had_is_not_shown_as_chosen(desk: Visit) -> None:
    page = desk.open()
    output = page.locator(".as-of output")
    newest = output.inner_text()
    desk.expected = "ERR_FAILED"
    page.route("**/forecasts/*", lambda route: route.abort())
    page.locator(".as-of input").focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("alert")).to_have_text("The server does not answer.")
    expect(output).to_have_text(newest)


def test_a_situation_without_a_forecast_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    empty = {**settings(tmp_path / "full").__dict__, "store": tmp_path / "empty"}
    with running(create_app(Settings(**empty))) as address:
        visit = Visit(browser, address, 390)
        visit.page.goto(address)
        expect(visit.page.locator("nav.bar:not([inert])")).to_be_visible()
        expect(visit.page.locator("h1")).to_have_text("Nagorno-Karabakh and Armenia")
        expect(visit.page.locator("main")).to_contain_text("New forecast")
        visit.context.close()
        assert (visit.errors, visit.away) == ([], [])


def test_a_scenario_is_asked_for_in_words(desk: Visit) -> None:
    page = desk.open()
    scenario = page.locator("#what-if")
    scenario.get_by_role("button", name="Compare").click()
    expect(scenario.locator("[role=status]")).to_contain_text("at least one thing")
    scenario.get_by_label("A ceasefire holds").check()
    scenario.get_by_label("Hakari Bridge").select_option("close:hakari-bridge")
    scenario.get_by_label("Token").fill(TOKEN)
    scenario.get_by_role("button", name="Compare").click()
    # The made-up situation has no folder behind it: the job fails, and says why.
    expect(scenario.locator("[role=status]")).to_contain_text("nowhere", timeout=2 * PATIENCE_MS)
    page.reload()
    expect(scenario.get_by_label("A ceasefire holds")).to_be_checked()
    expect(scenario.get_by_label("Hakari Bridge")).to_have_value("close:hakari-bridge")


def test_downloads_and_the_chart_as_a_file(desk: Visit, tmp_path: Path) -> None:
    page = desk.open()
    with page.expect_download() as waiting:
        page.get_by_text("Quantiles (CSV)").click()
    waiting.value.save_as(tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text().startswith("issued_at,")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Chart (SVG)").click()
    waiting.value.save_as(tmp_path / "x.svg")
    assert (tmp_path / "x.svg").read_text().startswith("<svg")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Chart (PNG)").click()
    waiting.value.save_as(tmp_path / "x.png")
    picture = (tmp_path / "x.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) == (2 * 876, 2 * 418)
    page.get_by_role("button", name="Copy code to embed").click()
    expect(page.locator("#downloads")).to_contain_text(
        re.compile("Copied|/embed\\?s=small-karabakh")
    )


AXE = Path(__file__).with_name("axe.min.js.gz")


@pytest.mark.parametrize(
    ("scheme", "language", "width"),
    [("light", "en", 390), ("dark", "en", 1440), ("light", "ar", 768)],
)
def test_no_barrier_that_axe_knows(
    browser: Browser,
    address: str,
    scheme: Literal["light", "dark"],
    language: str,
    width: int,
) -> None:
    for visit in visiting(browser, address, width):
        page = visit.open(f"?lang={language}")
        page.emulate_media(color_scheme=scheme)
        page.locator(".order summary").click()
        page.locator("#course input").first.check()
        page.locator("svg.map:visible .badge").click()
        page.locator(".as-table:visible summary").click()
        assert barriers(page) == []


def barriers(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds: the rule and the first elements that break it."""
    # A script of the tests, which the page's own policy would not let in.
    page.evaluate(gzip.decompress(AXE.read_bytes()).decode())
    found = page.evaluate("axe.run().then((all) => all.violations)")
    return [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found]


def test_the_exported_file_opens_from_a_disk_and_takes_hostile_texts_for_texts(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    file.write_text(single_file([outlook()], hostile_situation()), encoding="utf-8")
    visit = Visit(browser, file.as_uri().removesuffix("/page.html"), 1440)
    page = visit.open("page.html")
    page.get_by_label("used ones only").uncheck()
    expect(page.locator("#claims")).to_contain_text(HOSTILE[0])
    assert page.title() != "taken"
    assert page.evaluate("document.querySelectorAll('#app img, #app script').length") == 0
    visit.context.close()
    assert (visit.errors, visit.away) == ([], [])


def test_without_scripts_the_exported_file_is_the_static_page(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    file.write_text(single_file([outlook()], hostile_situation()), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    expect(page.locator("h1")).to_contain_text("9 in 10 between")
    expect(page.locator("#claims")).to_be_visible()
    context.close()


def test_a_figure_is_reviewed_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    with ledger.open(database) as book:
        document = book.add_document(TEXT, publisher="A paper", published=at(25, 14), by="test")
        said = claim(
            "read-1", 7100, at(25, 12), quote="7,100 people had come", review="proposed"
        )  # fmt: skip
        more = claim("read-2", 9000, at(25, 13), quote="More are expected", review="proposed")
        book.propose("small-karabakh", [said, more], document=document.id, reader="test", by="test")
    with running(create_app(settings(tmp_path / "store", database=database))) as address:
        visit = Visit(browser, address, 1440)
        page = visit.open()
        card = page.locator(".card.review")
        expect(card.locator("mark")).to_have_text("7,100 people had come")
        page.get_by_role("button", name="Open the report").click()
        expect(page.locator(".report .text")).to_contain_text("More are expected")
        page.get_by_label("Your name and function").fill("A. Person")
        page.locator("#review").get_by_label("Token").fill(TOKEN)
        status = page.locator("#review [role=status]")
        page.get_by_role("button", name="Next (j)").click()
        expect(status).to_contain_text("2 of 2 waiting")
        card.focus()
        page.keyboard.press("k")
        expect(status).to_contain_text("1 of 2 waiting")
        page.keyboard.press("a")
        expect(status).to_contain_text("1 of 1 waiting")
        expect(card.locator("mark")).to_have_text("More are expected")
        page.get_by_role("button", name="Reject (r)").click()
        expect(status).to_contain_text("Nothing is waiting")
        visit.context.close()
        assert (visit.errors, visit.away) == ([], [])
    with ledger.open(database) as book:
        decided = {
            view.record.quote: [(act.act, act.by) for act in entry.acts]
            for entry in book.entries("small-karabakh")
            if (view := entry.view()) is not None
        }
    assert decided == {
        "7,100 people had come": [("accept", "A. Person")],
        "More are expected": [("reject", "A. Person")],
    }
