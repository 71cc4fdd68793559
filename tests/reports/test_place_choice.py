"""Which of the places named is that of a figure: candidates, weights, and how they are fitted."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crossings as cx
from benchmarks.fit_places import Case, cross_validated, fit, logit, prepared, share_right
from crossings.reports.place_choice import load_weights, score

NAMES = ["Goma", "Bunia", "Sake", "Rutshuru"]


def place(text: str, figure: str) -> str | None:
    claims = cx.read(text, "2024-03-09").claims
    return next(claim.place for claim in claims if claim.figure_text == figure)


@pytest.mark.parametrize(
    ("text", "figure", "expected"),
    [
        # "the country" stands for the one that was named
        (
            "Rebels took a town in Chad in May. Some 7,300 people are displaced in the country.",
            "Some 7,300",
            "Chad",
        ),
        # where something was said is not where it happened
        (
            "Fighting spread through Sake. A spokesman told reporters in Geneva that 450 people "
            "had been killed.",
            "450",
            "Sake",
        ),
        # names joined by "and", one of them unknown
        ("Off Samos and Vathonisi 12 people drowned on Sunday.", "12", "Samos and Vathonisi"),
        # a name that no list knows, which hosts
        (
            "The camps are filling up in Zambia. Kalumbwe, the oldest settlement, shelters 3,450 "
            "refugees.",
            "3,450",
            "Kalumbwe",
        ),
        ("More than 6,100 people are housed in over 40 relief camps.", "More than 6,100", None),
    ],
)
def test_places(text: str, figure: str, expected: str | None) -> None:
    found = place(text, figure)
    if expected is None:
        assert (found or "").endswith("relief camps")
    else:
        assert found == expected


@settings(max_examples=40)
@given(
    name=st.sampled_from(NAMES),
    other=st.sampled_from(NAMES),
    count=st.integers(min_value=12, max_value=90_000),
)
def test_the_place_after_the_verb_wins_over_the_sentence_before(
    name: str, other: str, count: int
) -> None:
    text = f"Markets in {other} were closed. On Monday {count:,} people were killed in {name}."
    assert place(text, f"{count:,}") == name


@settings(max_examples=40)
@given(st.text(max_size=200), st.sampled_from(NAMES))
def test_a_place_is_a_name_of_the_text_or_a_nation(noise: str, name: str) -> None:
    text = f"{noise}\n\nAt least 31 people fled {name}, said the mayor. {noise}"
    for claim in cx.read(text).claims:
        assert claim.place is None or claim.place in text or claim.why["place"]


def test_every_weight_is_a_number_and_the_cost_of_a_tie_counts_against() -> None:
    weights = load_weights()
    assert all(isinstance(value, float) for value in weights.values())
    assert weights["cost"] < 0.0
    assert score({"cost": 2.0, "never heard of": 5.0}, weights) == 2.0 * weights["cost"]


@settings(max_examples=20)
@given(st.lists(st.booleans(), min_size=8, max_size=40).filter(lambda x: 0 < sum(x) < len(x)))
def test_the_fit_of_one_feature_is_that_of_a_logistic_regression(first: list[bool]) -> None:
    """Two candidates that differ by one feature: the share of wins gives the weight, but for the
    ridge."""
    every = [Case([{"on": 1.0}, {}], [wins, not wins], "", "") for wins in first]
    weight = logit(every, 1e-6)["on"]
    share = sum(first) / len(first)
    assert weight == pytest.approx(math.log(share / (1.0 - share)), abs=1e-2)


def test_fitting_reads_labelled_passages() -> None:
    rows = [
        {
            "id": str(number),
            "crisis": f"crisis {number % 4}",
            "text": f"Shops in {far} are open. Some {number + 20} people were killed in {near}.",
            "published": "2024-03-09",
            "claims": [{"start": 0, "end": 500, "place": near}],
        }
        for number, (far, near) in enumerate((a, b) for a in NAMES for b in NAMES if a != b)
    ]
    passages = [prepared(row) for row in rows]
    weights = fit(passages, 1.0)
    right, total = share_right(passages, weights)
    assert (right, total) == (12, 12)
    assert cross_validated(passages, 2, 1.0) == 1.0
