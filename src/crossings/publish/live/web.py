"""The live page's own files: modules under names of their own, one import map, one style sheet.

The page's modules import each other by name (``crossings/words``), never by place, so that the same
files run from a server and from inside a single exported file.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping
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
)
"""The parts of d3 that draw charts, each after those that it needs; sent as one module."""

D3_PATH = "vendor/d3.js"

GEO = "d3-geo.min.js"
"""The part of d3 that only the map needs, a module of its own."""

APP, AHEAD, BELOW = "crossings/app", "crossings/ahead", "crossings/below"
"""The module that begins, and those that it asks for when it stands: the chart, then the rest."""

_IMPORTED = re.compile(r'^(?:import\b|\} from\b)[^"\n]*"([^"\n]+)";', re.MULTILINE)


@functools.cache
def modules() -> dict[str, str]:
    """Path in ``web/`` of every module, by the name under which it is imported."""
    found = {}
    for path in _paths(WEB, PurePosixPath()):
        if path.suffix != ".js" or (path.name.startswith("d3-") and path.name != GEO):
            continue
        if path.parts[0] == "vendor":
            found[f"vendor/{path.name.partition('.')[0]}"] = str(path)
        else:
            found[f"crossings/{path.with_suffix('')}"] = str(path)
    found["vendor/d3"] = D3_PATH
    return found


@functools.cache
def needed(name: str) -> tuple[str, ...]:
    """A module and all that it imports before it runs, by name."""
    found, waiting = [], [name]
    while waiting:
        one = waiting.pop(0)
        if one in found:
            continue
        found.append(one)
        waiting += _IMPORTED.findall((read(modules()[one]) or b"").decode())
    return tuple(found)


@functools.lru_cache(maxsize=256)
def stamp(path: str) -> str:
    """The beginning of a file's SHA-256: an address that holds it always means this content."""
    return hashlib.sha256(read(path) or b"").hexdigest()[:12]


def address(path: str) -> str:
    """Where a server has one of the page's files."""
    return f"/web/{path}?v={stamp(path)}"


@functools.cache
def import_map() -> str:
    """The import map of the page on a server as JSON."""
    named = {name: address(path) for name, path in sorted(modules().items())}
    return json.dumps({"imports": named}, separators=(",", ":"))


@functools.cache
def preloads() -> str:
    """Ask at once for every module that the first view needs."""
    paths = (modules()[name] for name in needed(APP))
    return "".join(f'<link rel="modulepreload" href="{address(path)}">' for path in paths)


@functools.cache
def after(name: str) -> list[str]:
    """Addresses of the modules that one needs beside those of the first view."""
    return [address(modules()[n]) for n in needed(name) if n not in needed(APP)]


@functools.cache
def template() -> str:
    """The page's document for a server, with {{places}} for what differs."""
    fixed = {
        "importmap": import_map(),
        "preloads": preloads(),
        "style": address("page.css"),
        "app": address(modules()[APP]),
    }
    return filled(WEB.joinpath("index.html").read_text(encoding="utf-8"), fixed)


def filled(document: str, values: Mapping[str, str]) -> str:
    """A document with {{places}} filled in; what is filled in is not looked at again."""
    return re.sub(r"\{\{(\w+)\}\}", lambda place: values.get(place[1], place[0]), document)


@functools.cache
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
