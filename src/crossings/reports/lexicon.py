"""What the reader knows of a language: every word comes from the data files of its folder.

A language is a folder ``languages/<code>/`` of TOML tables; see ``languages/README.md`` for what
each holds. Loading one takes a few hundredths of a second and is done once per process.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from crossings.errors import InputError
from crossings.reports.inflection import Inflection
from crossings.reports.phrases import Phrases


def entries(text: str) -> list[str]:
    """Entries of a list in a data file: separated by commas or, without any, by white space."""
    parts = text.split(",") if "," in text else text.split()
    return [" ".join(part.split()) for part in parts if part.strip()]


@dataclass(frozen=True, slots=True)
class NumberWords:
    """How numbers are written."""

    words: Mapping[str, int]
    multipliers: Mapping[str, int]
    after_article: Mapping[str, int]
    articles: frozenset[str]
    phrases: Phrases[tuple[int, int]]
    """Vague plurals and fractions with their bounds."""
    beginnings: frozenset[str]
    """Words a number in words can begin with."""
    joins: Mapping[str, frozenset[str]]
    openers: frozenset[str]
    """What opens a range: between, from."""
    qualifiers: Phrases[str]
    qualifiers_after: Phrases[str]
    longest_qualifier: int
    outside: frozenset[str]
    quotes: frozenset[str]

    def value(self, word: str) -> int | None:
        """The value of a single number word, hyphenated ones ("twenty-two") included."""
        value = self.words.get(word)
        if value is None and "-" in word:
            tens, _, ones = word.partition("-")
            if tens in self.words and ones in self.words:
                high, low = self.words[tens], self.words[ones]
                if high % 10 == 0 and 20 <= high < 100 and low < 10:
                    return high + low
        return value


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the reader knows of one language."""

    language: str
    abbreviations: frozenset[str]
    classes: Mapping[str, frozenset[str]]
    """Word to its classes."""
    numbers: NumberWords
    inflection: Inflection


@cache
def load_lexicon(language: str = "en") -> Lexicon:
    """The lexicon of a language.

    Raises:
        InputError: there is no such language.
    """
    folder = files("crossings.reports") / "languages" / language
    if not language.isalpha() or not folder.is_dir():
        raise InputError(f"language: found {language!r}, expected one of {', '.join(languages())}")
    words = _table(language, "words")
    inflection = _inflection(_table(language, "inflection"))
    return Lexicon(
        language=language,
        abbreviations=frozenset(entries(words["abbreviations"])),
        classes=_classes(words["classes"]),
        numbers=_number_words(_table(language, "numbers"), words["classes"]),
        inflection=inflection,
    )


def languages() -> list[str]:
    """The codes of the languages that have a folder."""
    folder = files("crossings.reports") / "languages"
    return sorted(entry.name for entry in folder.iterdir() if (entry / "words.toml").is_file())


def _table(language: str, name: str) -> dict[str, Any]:
    path = files("crossings.reports") / "languages" / language / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _classes(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, words in table.items():
        for word in entries(words):
            found.setdefault(word, set()).add(name)
    return {word: frozenset(names) for word, names in found.items()}


def _inflection(table: Mapping[str, Any]) -> Inflection:
    rules = table["rules"]
    return Inflection(
        rules["verb_s"],
        rules["verb_ed"],
        rules["verb_ing"],
        rules["noun_many"],
        table["irregular_verbs"],
        frozenset(entries(rules["doubling"])),
        table["irregular_nouns"],
    )


def _phrases(named: Iterable[tuple[str, Any]]) -> Phrases[Any]:
    phrases: Phrases[Any] = Phrases()
    for phrase, payload in named:
        phrases.add(phrase.split(), payload)
    return phrases


def _number_words(table: Mapping[str, Any], classes: Mapping[str, str]) -> NumberWords:
    ranges = dict(table["vague"]) | {k: [v, v] for k, v in table["fractions"].items()}
    before = [(p, name) for name, text in table["qualifiers"].items() for p in entries(text)]
    after = [(p, name) for name, text in table["qualifiers_after"].items() for p in entries(text)]
    articles = frozenset(entries(classes["article"]))
    joins = {name: frozenset(words) for name, words in table["joins"].items()}
    return NumberWords(
        words=table["words"],
        multipliers=table["multipliers"],
        after_article=table["after_article"],
        articles=articles,
        phrases=_phrases((phrase, tuple(bounds)) for phrase, bounds in ranges.items()),
        beginnings=frozenset(phrase.split()[0] for phrase in ranges)
        | articles
        | frozenset(table["words"])
        | frozenset(
            f"{tens}-{ones}"
            for tens, high in table["words"].items()
            for ones, low in table["words"].items()
            if high % 10 == 0 and high >= 20 and low < 10
        ),
        joins=joins,
        openers=joins["between"] | joins["from"],
        qualifiers=_phrases(before),
        qualifiers_after=_phrases(after),
        longest_qualifier=max(len(phrase.split()) for phrase, _ in before),
        outside=frozenset(entries(table["outside"]["words"])),
        quotes=frozenset(entries(classes["quote_open"])) | {'"', "'"},
    )
