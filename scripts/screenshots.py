"""The pictures of the live page in docs/images: python scripts/screenshots.py (needs chromium).

Three forecasts of the bundled Karabakh situation are made and kept for the while, served on this
machine, and looked at on a desk and on a phone.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from crossings.exchange.kept import Kept
from crossings.forecast.issue import forecast
from crossings.publish.live.app import create_app
from crossings.publish.live.settings import Settings, new_token
from crossings.situation.catalogue import load

SITUATION = "nagorno-karabakh-2023"
ISSUED = ("2023-09-24", "2023-09-26", "2023-09-25")  # the last one made is the one shown
IMAGES = Path(__file__).parents[1] / "docs" / "images"
PATIENCE_MS = 120_000
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def take(
    browser: Browser, address: str, name: str, width: int, height: int, anchor: str = ""
) -> None:
    """One picture: the screen at ``anchor``, or at the top."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    page.locator("h1").wait_for(timeout=PATIENCE_MS)
    page.locator("#reading").wait_for(state="attached", timeout=PATIENCE_MS)  # it comes last
    page.get_by_label("Show what was reported later").check()
    later = page.locator("svg.chart:visible .later").first
    later.wait_for(state="attached", timeout=PATIENCE_MS)
    place = "id => id ? document.getElementById(id).scrollIntoView() : scrollTo(0, 0)"
    page.evaluate(place, anchor)
    page.wait_for_timeout(300)
    page.screenshot(path=IMAGES / name)
    page.close()


def pictures(browser: Browser, address: str) -> None:
    """The three pictures of a page at an address."""
    take(browser, address, "live-page-desk.png", 1280, 900)
    take(browser, f"{address}&day=7", "live-page-plan.png", 1280, 900, "map")
    take(browser, address, "live-page-phone.png", 390, 844)


def main() -> None:
    """Make, serve, look."""
    situation = load(SITUATION)
    with tempfile.TemporaryDirectory() as store, socket.socket() as free:
        for issued in ISSUED:
            shown = Kept(store).add(forecast(situation, issued, "8d", 2000, 1), situation)
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
        free.close()
        held = {SITUATION: situation}
        settings = Settings(held, {SITUATION: SITUATION}, Path(store), new_token(), port=port)
        server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_level="error"))
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.1)
        address = f"http://127.0.0.1:{port}/?s={SITUATION}&f={shown}"
        with sync_playwright() as play:
            chromium = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = play.chromium.launch(executable_path=chromium, args=SWITCHES)
            pictures(browser, address)
            browser.close()
        server.should_exit = True


if __name__ == "__main__":
    main()
