from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.reports.lexicon_files import load_lexicon
from crossings.reports.numbers import find_figures
from crossings.reports.reader import split
from crossings.reports.sentences import sentence_spans


def figures(text: str) -> list[tuple[str, int | None, int | None, str]]:
    lexicon = load_lexicon("en")
    return [
        (figure.text, figure.low, figure.high, figure.qualifier)
        for sentence in split(text, sentence_spans(text, lexicon.abbreviations), lexicon)
        for figure in find_figures(sentence, lexicon)
    ]


@given(st.integers(0, 10**10))
def test_a_number_in_digits_is_read_with_and_without_separators(value: int) -> None:
    for written in (f"{value:,}", f"{value:,}".replace(",", " "), str(value)):
        assert figures(f"Saw {written} there") == [(written, value, value, "exact")]


@pytest.mark.parametrize(
    ("text", "low", "high", "qualifier"),
    [
        ("at least 27", 27, None, "at_least"),
        ("up to 900,000", None, 900_000, "at_most"),
        ("as many as 35", None, 35, "at_most"),
        ("well over 2.4 million", 2_400_000, None, "at_least"),
        ("between 18,000 and 25,000", 18_000, 25_000, "range"),
        ("2 to 3 million", 2_000_000, 3_000_000, "range"),
        ("two or three", 2, 3, "range"),
        ("tens of thousands", 20_000, 99_999, "vague"),
        ("several hundred", 200, 999, "vague"),
        ("a few thousand", 2_000, 9_999, "vague"),
        ("half a million", 500_000, 500_000, "exact"),
        ("a dozen", 12, 12, "exact"),
        ("two hundred and fifty", 250, 250, "exact"),
        ("thirty-one", 31, 31, "exact"),
        ("80 lakh", 8_000_000, 8_000_000, "exact"),
        ("1.2m", 1_200_000, 1_200_000, "exact"),
        ("10, 000", 10_000, 10_000, "exact"),
        ("7 314", 7_314, 7_314, "exact"),
        ("4 million or more", 4_000_000, None, "at_least"),
        ("another 5,000", 5_000, 5_000, "exact"),
        ("an estimated 13 million", 13_000_000, 13_000_000, "approx"),
        ("at least some 300", 300, None, "at_least"),
    ],
)
def test_number_expressions(text: str, low: int | None, high: int | None, qualifier: str) -> None:
    assert figures(f"They counted {text}.") == [(text, low, high, qualifier)]


@given(st.integers(1, 28), st.integers(100, 999))
def test_a_number_after_a_day_is_another(day: int, value: int) -> None:
    assert (str(value), value, value, "exact") in figures(f"Since May {day}, {value} were hurt.")
    assert figures(f"Some of the {day}, {value} were hurt.")[0][1] == day * 1000 + value


def test_glued_words_and_numbers_come_apart() -> None:
    assert figures("between159,000 people")[0][1:3] == (159_000, 159_000)


@given(st.text(max_size=300))
def test_spans_are_verbatim_and_in_order(text: str) -> None:
    lexicon = load_lexicon("en")
    last = 0
    for sentence in split(text, sentence_spans(text, lexicon.abbreviations), lexicon):
        assert text[sentence.start : sentence.end] == sentence.text
        for token in sentence.tokens:
            assert text[token.start : token.end] == token.text
        for figure in find_figures(sentence, lexicon):
            assert text[figure.start : figure.end] == figure.text
            assert figure.start >= last
            last = figure.end
