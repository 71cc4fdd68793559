"""Remake the picture in README.md from a real forecast: ``make picture``.

Writes docs/images/karabakh-2023-09-25.svg, and the PNG beside it where a Chromium is installed.
"""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import tempfile
from importlib.resources import files
from pathlib import Path

import crossings as cx
from crossings.forecast.summary import headline
from crossings.publish.fan_chart import Level, fan_chart
from crossings.publish.page_forecast import fan_of
from crossings.publish.view import view

IMAGES = Path(__file__).parent / "images"
NAME = "karabakh-2023-09-25"
WIDTH, HEIGHT = 860, 520
CHART_TOP, CHART_HEIGHT = 58, 390
MARGIN = 14
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def style() -> str:
    """The page's rules for charts in its light colours; what came later in hollow grey."""
    css = files("crossings.publish").joinpath("page.css").read_text(encoding="utf-8")
    light = css[: css.index("@media")]
    chart = [
        line
        for line in css.splitlines()
        if line.startswith((".chart ", ".end ", "svg .halo")) and ".small" not in line
    ]
    own = (
        "text { font-family: 'Noto Sans', 'DejaVu Sans', Arial, sans-serif; fill: var(--ink); }"
        ".chart .tick, .chart .note, .legend { font-size: 13px; }"
        ".title { font-size: 19px; font-weight: 650; } .soft { font-size: 13.5px; fill: #44515c; }"
        ".chart .later.line, .later { stroke: #6d7882; stroke-width: 1.5; }"
        ".chart .later.full, .chart .later.open, .later { fill: #ffffff; stroke: #6d7882; }"
        ".chart .later.line { fill: none; }"
    )
    return "\n".join([light, *chart, own])


def legend(top: float) -> str:
    """What the marks mean, in two lines, the second with the caution."""
    first, second = top, top + 23
    return (
        f'<g class="legend chart"><path class="median" d="M14 {first - 4}h26"/>'
        f'<text x="46" y="{first}">median</text>'
        f'<rect class="band50" x="112" y="{first - 11}" width="26" height="12"/>'
        f'<text x="144" y="{first}">half of the cases</text>'
        f'<rect class="band90" x="268" y="{first - 11}" width="26" height="12"/>'
        f'<text x="300" y="{first}">9 in 10 cases</text>'
        f'<circle class="known full" cx="412" cy="{first - 5}" r="4"/>'
        f'<text x="422" y="{first}">reported, known at issue</text>'
        f'<path class="later open" d="M606 {first - 10}l5 5l-5 5l-5-5Z"/>'
        f'<text x="617" y="{first}">reported later</text></g>'
        f'<text class="soft" x="14" y="{second}">Later figures, hollow and grey, were not known to '
        "the forecast. A demonstration on a known case.</text>"
    )


def picture() -> str:
    """The drawing as one SVG that needs no other file."""
    situation = cx.load("nagorno-karabakh-2023")
    outlook = cx.forecast(situation, as_of="2023-09-25", horizon="8d")
    shown = view(outlook, situation, situation, "internal")
    fan = fan_of(shown, headline(outlook))
    # The picture is small: a speaker's office stands on the page.
    levels = [Level(level.value, level.words.partition(", ")[0]) for level in fan.levels]
    inner = WIDTH - MARGIN
    chart = fan_chart(dataclasses.replace(fan, levels=levels), "fan", inner, CHART_HEIGHT)
    place = f'x="{MARGIN}" y="{CHART_TOP}" width="{inner}" height="{CHART_HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}">\n<style>\n{style()}\n</style>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
        '<text class="title" x="14" y="26">People arrived in Armenia from Nagorno-Karabakh</text>'
        '<text class="soft" x="14" y="46">Forecast issued 25 September 2023, end of day, from what '
        "was known then</text>"
        + chart.replace('<svg class="chart"', f'<svg class="chart" {place}', 1)
        + legend(CHART_TOP + CHART_HEIGHT + 22)
        + "</svg>\n"
    )


def to_png(svg: Path, png: Path) -> bool:
    """Photograph the drawing with a headless browser; False where there is none."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "shot.png"
        subprocess.run(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                f"--window-size={WIDTH},{HEIGHT}", "--force-device-scale-factor=2",
                f"--screenshot={shot}", svg.resolve().as_uri(),
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip
        shutil.move(shot, png)
    return True


def main() -> None:
    """Make the picture and say what was written."""
    IMAGES.mkdir(exist_ok=True)
    svg, png = IMAGES / f"{NAME}.svg", IMAGES / f"{NAME}.png"
    svg.write_text(picture(), encoding="utf-8")
    made = to_png(svg, png)
    print(f"Written: {svg}" + (f", {png}" if made else "; no Chromium found, so no new PNG"))


if __name__ == "__main__":
    main()
