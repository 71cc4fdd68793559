"""The live page's own files: modules under names of their own, one import map, one style sheet.

The page's modules import each other by name (``crossings/words``), never by place, so that the same
files run from a server and from inside a single exported file.
"""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

WEB = files("crossings.publish").joinpath("web")

D3 = (
    "array",
    "color",
    "interpolate",
    "format",
    "time",
    "time-format",
    "path",
    "shape",
    "scale",
    "geo",
)
"""The parts of d3 that draw, each after those that it needs; sent as one module."""

D3_PATH = "vendor/d3.js"


@functools.cache
def modules() -> dict[str, str]:
    """Path in ``web/`` of every module, by the name under which it is imported."""
    found = {}
    for path in _paths(WEB, PurePosixPath()):
        if path.suffix != ".js" or path.name.startswith("d3-"):
            continue
        if path.parts[0] == "vendor":
            found[f"vendor/{path.name.partition('.')[0]}"] = str(path)
        else:
            found[f"crossings/{path.with_suffix('')}"] = str(path)
    found["vendor/d3"] = D3_PATH
    return found


def import_map(base: str = "/web/") -> str:
    """The import map of the page as JSON, for modules that lie under ``base``."""
    named = {name: f"{base}{path}" for name, path in sorted(modules().items())}
    return json.dumps({"imports": named}, separators=(",", ":"))


@functools.cache
def index() -> str:
    """The page's document, for a server."""
    return (
        WEB.joinpath("index.html")
        .read_text(encoding="utf-8")
        .replace("{{importmap}}", import_map())
        .replace("{{preloads}}", preloads())
    )


def preloads(base: str = "/web/") -> str:
    """Ask for every module at once, not for each when the one before it has come."""
    paths = sorted(set(modules().values()))
    return "".join(f'<link rel="modulepreload" href="{base}{path}">' for path in paths)


def messages() -> dict[str, dict[str, str]]:
    """The page's texts by language."""
    found = {}
    for path in _paths(WEB.joinpath("messages"), PurePosixPath("messages")):
        found[path.stem] = json.loads(read(str(path)) or b"{}")
    return found


def style() -> bytes:
    """One style sheet: that of the static page and what the live one adds."""
    static = files("crossings.publish").joinpath("page.css").read_bytes()
    return static + b"\n" + WEB.joinpath("live.css").read_bytes()


@functools.lru_cache(maxsize=256)
def read(path: str) -> bytes | None:
    """One of the page's files; None where there is none of this name."""
    if path == "page.css":
        return style()
    if path == D3_PATH:
        return b";\n".join(WEB.joinpath("vendor", f"d3-{part}.min.js").read_bytes() for part in D3)
    parts = PurePosixPath(path).parts
    if not parts or any(part in ("", ".", "..") or "\\" in part for part in parts):
        return None
    found = WEB.joinpath(*parts)
    return found.read_bytes() if found.is_file() else None


def _paths(folder: Traversable, within: PurePosixPath) -> list[PurePosixPath]:
    """Every file below a folder, by its path within it, in the order of names."""
    found = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        path = within / entry.name
        found += _paths(entry, path) if entry.is_dir() else [path]
    return found
