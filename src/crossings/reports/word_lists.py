"""How words are written in the data files of a language, and how they are read.

A list is separated by commas, or by white space where it has no comma.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from crossings.reports.phrases import Phrases


def entries(text: str) -> list[str]:
    """Entries of a list of words in a data file, separated by commas or white space."""
    return phrases_of(text) if "," in text else text.split()


def phrases_of(text: str) -> list[str]:
    """Entries of a list of words and phrases in a data file, separated by commas."""
    parts = text.split(",")
    return [" ".join(part.split()) for part in parts if part.strip()]


def tree(named: Iterable[tuple[str, Any]]) -> Phrases[Any]:
    """Phrases with what each stands for, ready to be looked up."""
    phrases: Phrases[Any] = Phrases()
    for phrase, payload in named:
        phrases.add(phrase.split(), payload)
    return phrases


def read_table(language: str, name: str) -> dict[str, Any]:
    """A table of a language: ``languages/<language>/<name>.toml``."""
    path = files("crossings.reports") / "languages" / language / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def read_lines(language: str, name: str) -> Iterable[str]:
    """The lines of ``languages/<language>/<name>.txt`` that say something."""
    path = files("crossings.reports") / "languages" / language / f"{name}.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()
