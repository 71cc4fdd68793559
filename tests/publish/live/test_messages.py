"""The page's texts: every language says everything, with the same places for values."""

from __future__ import annotations

import re

import pytest

from crossings.publish.live import web
from crossings.publish.told import SERVER_TEXTS

TEXTS = web.messages()
ENGLISH = TEXTS["en"]

GROUPS = (
    "basis",
    "cause",
    "component",
    "kind",
    "limit",
    "measure",
    "method",
    "note",
    "profile",
    "reading",
    "reason",
    "relation",
    "responsible",
    "status",
    "target",
    "tier",
    "unit",
    "withheld",
)
"""Words for identifiers, which English takes from the identifiers or from the server, and the
server's sentences, which come in English."""


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def used() -> set[str]:
    """The keys that stand as such in the page's modules."""
    found: set[str] = set()
    for path in web.modules().values():
        if not path.startswith("vendor/"):
            text = (web.read(path) or b"").decode()
            found |= set(re.findall(r'\b(?:t|rich)\("([^"]+)"', text))
    return found


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_language_says_what_english_says(language: str) -> None:
    texts = TEXTS[language]
    assert ENGLISH.keys() <= texts.keys()
    beyond = [k for k in texts.keys() - ENGLISH.keys() if k.partition(".")[0] not in GROUPS]
    assert beyond == []
    assert {k for k in ENGLISH if places(texts[k]) != places(ENGLISH[k])} == set()


@pytest.mark.parametrize("language", sorted(TEXTS.keys() - {"en"}))
def test_a_language_says_every_sentence_of_the_server(language: str) -> None:
    texts = TEXTS[language]
    assert SERVER_TEXTS.keys() - texts.keys() == set()
    assert {k for k in SERVER_TEXTS if places(texts[k]) != places(SERVER_TEXTS[k])} == set()
    groups = tuple(f"{key.partition('.')[0]}." for key in SERVER_TEXTS)
    assert {k for k in texts if k.startswith(groups)} == SERVER_TEXTS.keys()


def test_what_the_page_asks_for_is_there() -> None:
    assert len(used()) > 50
    assert used() - ENGLISH.keys() == set()


def test_the_languages_offered_are_those_that_are_there() -> None:
    offered = re.search(r"LANGUAGES = [^{]*\{[^}]*\}[^{]*\{([^}]*)\}", _words())
    assert offered is not None
    assert set(re.findall(r"(\w+): \"", offered[1])) == TEXTS.keys()


def test_a_translation_says_that_it_is_not_reviewed() -> None:
    assert [lang for lang in TEXTS if not TEXTS[lang]["translation_note"]] == ["en"]


def _words() -> str:
    return (web.read("words.js") or b"").decode()
