from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.publish.markup import clean, is_web_address, link, name, text

anything = st.text(st.characters(), max_size=200)


@given(anything, st.integers(1, 50))
def test_clean_text_is_one_short_line_without_hidden_characters(raw: str, limit: int) -> None:
    shown = clean(raw, limit)
    assert len(shown) <= limit
    assert not set(shown) & set("\n\r\t\x00\x1b\u202e\u202d\u2066\u2067\u2069")
    shown.encode("utf-8")


@given(anything)
def test_escaped_text_holds_no_markup_and_says_the_same(raw: str) -> None:
    shown = text(raw)
    assert not set(shown) & set("<>\"'")
    assert html.unescape(shown) == clean(raw)


def test_ordinary_words_of_every_script_pass() -> None:
    for words in ("Ստեփանակերտ", "Xankəndi", "Степанакерт", "خانكندي", "“martyrs”, 30 °C"):
        assert clean(words) == words


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert text("x" * 10_000, 700) == "x" * 699 + "…"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "//example.org",
        "http://",
        "https://example.org/\u202egpj",
        "http://[broken",
        "",
        "https://example.org/" + "x" * 3000,
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert not is_web_address(url)
    assert link("label", url) == name("label")


def test_a_link_opens_without_telling_where_from() -> None:
    made = link("<b>", 'https://example.org/?a="&b=<i>')
    assert made == (
        '<a href="https://example.org/?a=&quot;&amp;b=&lt;i&gt;" rel="noopener noreferrer">'
        "<bdi>&lt;b&gt;</bdi></a>"
    )
