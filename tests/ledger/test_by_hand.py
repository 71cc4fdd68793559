from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.errors import InputError
from crossings.ledger.by_hand import Bulletin, claim_by_hand, read_value, read_when
from crossings.situation.catalogue import load

KARABAKH = load("nagorno-karabakh-2023")
ZONE = dt.timezone(dt.timedelta(hours=4))
NOW = dt.datetime(2023, 9, 25, 18, 30, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("6650", (6650, 6650, "exact")),
        ("6,650", (6650, 6650, "exact")),
        ("100 632", (100632, 100632, "exact")),
        ("2.906", (2906, 2906, "exact")),
        ("0.5", (0.5, 0.5, "exact")),
        ("2900+", (2900, None, "at_least")),
        ("more than 2,900", (2900, None, "at_least")),
        (">= 2900", (2900, None, "at_least")),
        ("~3k", (3000, 3000, "approx")),
        ("About 3 thousand", (3000, 3000, "approx")),
        ("1.2 million", (1.2e6, 1.2e6, "approx")),
        ("up to 500", (None, 500, "at_most")),
        ("<500", (None, 500, "at_most")),
        ("200-300", (200, 300, "range")),
        ("between 200 and 1,300", (200, 1300, "range")),
        ("2–3 thousand", (2000, 3000, "range")),
    ],
)
def test_a_figure_as_people_write_it(text: str, meant: tuple[object, ...]) -> None:
    low, high, qualifier = read_value(text)
    if "million" in text:
        meant = (*meant[:2], "exact")
    assert (low, high, qualifier) == meant


@pytest.mark.parametrize("text", ["", "many", "-5", "12 apples", "300-200", "~5+", "1,23", "1e5"])
def test_what_is_no_figure_is_told(text: str) -> None:
    with pytest.raises(InputError, match="value: found"):
        read_value(text)


@given(st.integers(0, 10**9))
def test_any_whole_number_is_read_with_and_without_commas(number: int) -> None:
    assert read_value(str(number)) == read_value(f"{number:,}") == (number, number, "exact")


@given(st.text(max_size=30))
def test_any_text_is_a_figure_or_an_error(text: str) -> None:
    try:
        low, high, _ = read_value(text)
    except InputError:
        return
    assert low is not None or high is not None


@pytest.mark.parametrize(
    ("text", "when", "precision"),
    [
        ("17:00", "2023-09-25T17:00:00+04:00", "minute"),
        ("now", "2023-09-25T18:30:00+04:00", "minute"),
        ("", "2023-09-25T18:30:00+04:00", "minute"),
        ("today", "2023-09-25T18:30:00+04:00", "date"),
        ("yesterday", "2023-09-24T23:59:59+04:00", "date"),
        ("2023-09-24", "2023-09-24T23:59:59+04:00", "date"),
        ("2023-09-25", "2023-09-25T18:30:00+04:00", "date"),
        ("2023-09", "2023-09-25T18:30:00+04:00", "month"),
        ("2023-09-24 12:00", "2023-09-24T12:00:00+04:00", "minute"),
        ("2023-09-24T12:00+02:00", "2023-09-24T12:00:00+02:00", "minute"),
    ],
)
def test_a_moment_as_people_write_it(text: str, when: str, precision: str) -> None:
    moment, meant = read_when(text, KARABAKH, NOW)
    assert (moment.isoformat(), meant) == (when, precision)


@pytest.mark.parametrize("text", ["25:00", "19:00", "2023-09-26", "soon", "2023-9-1", "24 Sept"])
def test_what_is_no_moment_or_one_to_come_is_told(text: str) -> None:
    with pytest.raises(InputError, match="found"):
        read_when(text, KARABAKH, NOW)


def test_what_is_left_out_follows() -> None:
    typed = Bulletin(measure="Arrived", place="all", value="6,650", source="Government; police")
    claim = claim_by_hand(typed, KARABAKH, NOW)
    assert (claim.target, claim.unit, claim.basis) == ("arrived.cumulative", "people", "count")
    assert claim.as_of == claim.known_at == NOW
    assert claim.known_at_assumed
    assert claim.sources == ("Government", "police")
    hosted = Bulletin(measure="in need", place="goris", value="5", source="x", known_at="18:00")
    claim = claim_by_hand(hosted, KARABAKH, NOW)
    assert (claim.target, claim.known_at_assumed) == ("in_need.stock", False)
    day = Bulletin(measure="registered", place="all", value="5", source="x", as_of="2023-09-24")
    claim = claim_by_hand(day, KARABAKH, NOW)
    assert claim.basis == "registration"
    assert claim.known_at.isoformat() == "2023-09-24T23:59:59+04:00"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [("counting", "sum", "counting: found 'sum'"), ("basis", "guess", "basis: found 'guess'")],
)
def test_a_word_that_is_none_of_ours_is_told(field: str, value: str, told: str) -> None:
    typed = Bulletin("arrived", "all", "5", "x", **{field: value})
    with pytest.raises(InputError, match=told):
        claim_by_hand(typed, KARABAKH, NOW)
