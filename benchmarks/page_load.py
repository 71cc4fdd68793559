"""Load and faults of the live page on this machine: python -m benchmarks.page_load.

A real server in a process of its own on the loopback, one kept forecast of the bundled Karabakh
situation. Measured: 50 requests a second for a minute of cached views (aim: 95 % under 50 ms), the
same beside 200 clients that send a byte a second and one that never reads, the weight of the first
view (aim: under 500 KB compressed). All loops are bounded in number and time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from crossings.exchange.kept import Kept
from crossings.forecast.issue import forecast
from crossings.situation.catalogue import load

if TYPE_CHECKING:
    from playwright.sync_api import Request

SITUATION = "nagorno-karabakh-2023"
HERE = Path(__file__).parent
RATE = 50
SLOW = 200


def serving(store: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A server on a free port, answering."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "crossings.cli", "serve", SITUATION]
    command += ["--port", str(port), "--store", str(store)]
    environment = {**os.environ, "CROSSINGS_TOKEN": "a-token-for-the-benchmark"}
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return server, port
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


async def get(port: int, path: str, headers: str = "") -> tuple[int, bytes, float]:
    """One request on a connection of its own: status, body, seconds."""
    start = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{headers}\r\n"
    writer.write(asked.encode())
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body, time.perf_counter() - start


async def steady(port: int, paths: list[str], seconds: int) -> list[tuple[int, float]]:
    """RATE requests a second of random paths, whether or not earlier ones are answered."""
    rng = random.Random(1)
    begun = time.perf_counter()

    async def one(at: float) -> tuple[int, float]:
        await asyncio.sleep(max(0.0, begun + at - time.perf_counter()))
        status, _, took = await get(port, rng.choice(paths), "Accept-Encoding: gzip\r\n")
        return status, took

    return list(await asyncio.gather(*(one(i / RATE) for i in range(RATE * seconds))))


async def slow_client(port: int, seconds: int) -> None:
    """A client that sends its request a byte a second."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    for letter in b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "[:seconds]:
        writer.write(bytes([letter]))
        await asyncio.sleep(1)
    writer.close()


async def deaf_client(port: int, path: str, seconds: int) -> None:
    """A client that asks for much and never reads."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(50):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    await asyncio.sleep(seconds)
    writer.close()


PHONE = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
"""A phone on a slow mobile network, as Lighthouse has it: milliseconds of delay, bytes a second."""

SLOWER = 4
"""How many times slower than this machine a phone computes."""

VISITS = 7

WATCH = """(() => {
  window.seen = { moved: 0 };
  const note = (what) => { seen[what] ??= performance.now(); };
  const painted = (what) => requestAnimationFrame(() => setTimeout(() => note(what)));
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  let before = null;
  const look = () => {
    const read = (part) => document.querySelector(part)?.checkVisibility() || false;
    if (!("headline" in seen) && read("h1") && read(".issue-line")) painted("headline");
    const slider = document.querySelector(".day-bar input");
    const day = document.querySelector(".day-bar output")?.textContent;
    if (slider && before === null) {
      before = day;
      slider.value = 1;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (slider && day !== before && !("answer" in seen)) painted("answer");
    if (!("chart" in seen) && document.querySelector("svg.chart path.median")) painted("chart");
    if (!("whole" in seen) && document.querySelector("#reading")) painted("whole");
    if (!("whole" in seen)) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""
"""Note when things are on the screen: the headline with its range and as-of, the answer of the
first control on a phone's first screen (the slider of days is moved; its answer is the new day),
the chart, and the last part of the page. Painted means: the task after the next frame has begun."""


def _keep_address(asked: list[str]) -> Callable[[Request], None]:
    """What adds the address of each request to a list of its own."""
    return lambda request: asked.append(request.url)


def on_a_phone(port: int) -> dict[str, object]:
    """Milliseconds from the click on a throttled phone with nothing cached, medians of some visits.

    Usable is when the headline, its range and as-of can be read and the first control has answered.
    The first visit is told by itself: there the server has made nothing ready yet, as after its
    start. Empty where there is no chromium.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (for this measurement only)

    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        return {}
    rows: list[dict[str, float]] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for _ in range(VISITS + 1):
            context = browser.new_context(viewport={"width": 390, "height": 844})
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", {"offline": False, **PHONE})
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            asked: list[str] = []
            page.on("request", _keep_address(asked))
            page.add_init_script(WATCH)
            page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
            page.locator("#reading").wait_for(state="attached")
            page.wait_for_timeout(500)
            row = page.evaluate("window.seen")
            row["usable"] = max(row["headline"], row["answer"])
            rows.append(row | {"requests": len(asked)})
            context.close()
        browser.close()
    keys = ("headline", "usable", "chart", "whole")
    middle = {f"{k}_ms": round(float(np.median([row[k] for row in rows[1:]]))) for k in keys}
    worst = {"usable_worst_ms": round(max(row["usable"] for row in rows[1:]))}
    first = {"usable_first_visit_ms": round(rows[0]["usable"])}
    moved = {"layout_shift": round(max(row["moved"] for row in rows), 3)}
    told = {"network": PHONE, "cpu_slower": SLOWER, "visits": VISITS}
    return {
        "on_a_phone": told | middle | worst | first | moved | {"requests": rows[-1]["requests"]}
    }


def summary(found: list[tuple[int, float]]) -> dict[str, object]:
    """Milliseconds at some quantiles, and how many answers were not 200."""
    taken = np.array([seconds for _, seconds in found]) * 1000
    q = {f"p{p}_ms": round(float(np.percentile(taken, p)), 1) for p in (50, 95, 99)}
    return {"requests": len(found), "not_200": sum(s != 200 for s, _ in found), **q}


async def weight(port: int, forecast_path: str) -> dict[str, int]:
    """Bytes of all that a first visit asks for, compressed as they are sent."""
    sizes = {}
    _, page, _ = await get(port, "/")
    paths = ["/", *re.findall(r'"(/web/[^"]+)"', page.decode())]
    paths += [forecast_path, f"/api/situations/{SITUATION}/borders"]
    for path in dict.fromkeys(paths):
        _, body, _ = await get(port, path, "Accept-Encoding: gzip\r\n")
        sizes[path] = len(body)
    return sizes


async def measure(port: int, path: str, seconds: int) -> dict[str, object]:
    """All measurements in one run."""
    paths = [path, "/", "/api/situations", f"/api/situations/{SITUATION}/claims?per_page=50"]
    for one in paths:
        await get(port, one)  # made once, cached from then on
    sizes = await weight(port, path)
    alone = summary(await steady(port, paths, seconds))
    crowd = [asyncio.create_task(slow_client(port, seconds)) for _ in range(SLOW)]
    crowd.append(asyncio.create_task(deaf_client(port, path, seconds)))
    beside = summary(await steady(port, paths, seconds))
    await asyncio.gather(*crowd, return_exceptions=True)
    return {
        "seconds": seconds,
        "rate": RATE,
        "cached_views": alone,
        f"beside_{SLOW}_slow_clients_and_one_that_never_reads": beside,
        "bytes_of_the_whole_page": sum(sizes.values()),
        "bytes_of_the_document": sizes["/"],
        "largest": dict(sorted(sizes.items(), key=lambda e: -e[1])[:5]),
    }


def main() -> None:
    """Measure and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--output", type=Path, default=HERE / "results" / "page_load.json")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        situation = load(SITUATION)
        outlook = forecast(situation, "2023-09-25", "8d", 2000, 1)
        kept = Kept(folder).add(outlook, situation)
        server, port = serving(Path(folder))
        try:
            path = f"/api/situations/{SITUATION}/forecasts/{kept}"
            found = on_a_phone(port) | asyncio.run(measure(port, path, chosen.seconds))
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    found["machine"] = (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {sys.version.split()[0]}"
    )
    found["load_before"] = round(os.getloadavg()[0], 2)
    chosen.output.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
