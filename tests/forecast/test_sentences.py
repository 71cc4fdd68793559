"""The sentences of a forecast: each is known again by its key and values."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.sentences import (
    CAUSES,
    LISTED,
    NESTED,
    NOTES,
    NUMBERS,
    REASONS,
    SENTENCES,
    Said,
    recognised,
    sentence,
)

WORDS = st.from_regex(r"[A-Z][a-z]{1,8}( [A-Z]\.)?", fullmatch=True)
FIGURES = st.from_regex(r"[1-9][0-9]{0,2}(,[0-9]{3})?|[0-9]\.[0-9]", fullmatch=True)
PLAIN = [key for key, template in REASONS.items() if "{" + NESTED not in template]
AROUND = [key for key, template in REASONS.items() if "{" + NESTED in template]


def places(template: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", template)


@st.composite
def said(draw: st.DrawFn, keys: list[str]) -> tuple[str, Said]:
    """A sentence of one of the keys, and what it should be taken for."""
    key = draw(st.sampled_from(keys))
    inside: dict[str, str | Said | tuple[Said, ...]] = {}
    shown: dict[str, str] = {}
    for name in places(SENTENCES[key]):
        if name == NESTED:
            shown[name], inside[name] = draw(said(PLAIN))
        elif name == LISTED:
            parts = draw(st.lists(said(list(CAUSES)), min_size=1, max_size=3))
            shown[name] = ", ".join(text for text, _ in parts)
            inside[name] = tuple(one for _, one in parts)
        else:
            shown[name] = inside[name] = draw(FIGURES if name in NUMBERS else WORDS)
    return sentence(key, **shown), Said(key, inside)


@given(said(list(SENTENCES)))
def test_a_sentence_is_known_again(made: tuple[str, Said]) -> None:
    text, meant = made
    assert recognised(text) == (meant,)


@given(said(AROUND))
def test_what_is_added_to_a_reason_is_told_apart(made: tuple[str, Said]) -> None:
    text, meant = made
    outer = sentence("reason.lower", said=text)
    assert recognised(outer) == (Said("reason.lower", {NESTED: meant}),)


@given(st.lists(said(list(NOTES)), min_size=2, max_size=4))
def test_sentences_one_after_the_other_are_known_one_by_one(made: list[tuple[str, Said]]) -> None:
    assert recognised(" ".join(text for text, _ in made)) == tuple(meant for _, meant in made)


@given(st.text(max_size=200))
def test_any_other_text_is_no_sentence(text: str) -> None:
    assert recognised(f"{text} \x00") == ()


def test_a_value_that_is_missing_is_no_sentence() -> None:
    with pytest.raises(KeyError):
        sentence("reason.copy")
