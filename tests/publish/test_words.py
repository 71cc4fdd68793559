from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.summary import Headline, Range
from crossings.publish import words
from tests import outlooks

people = st.floats(0, 10_000_000)


def value(shown: str) -> int:
    return int(shown.replace(",", ""))


@given(people, st.sampled_from([1, 10, 100, 1000, 10_000]))
def test_rounding_stays_within_half_a_step(figure: float, step: int) -> None:
    assert abs(value(words.rounded(figure, step)) - figure) <= step / 2
    assert value(words.rounded(figure, step)) % max(1, step // 10) == 0


@given(people, st.sampled_from([1, 10, 100, 1000, 10_000]))
def test_a_figure_to_plan_for_is_never_rounded_down(figure: float, step: int) -> None:
    shown = value(words.rounded_up(figure, step))
    assert figure - 1e-6 * step <= shown < figure + step + 1e-6 * step


@given(people)
def test_rounding_hides_at_most_a_fortieth_of_what_is_not_known(spread: float) -> None:
    step = words.step_for(spread)
    assert step == 1 or step <= spread / 20 * (1 + 1e-9)
    assert step * 200 > spread


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (18_234, 127_410, "18,000–127,000"),
        (100_417, 102_016, "100,420–102,020"),
        (12_407, 35_180, "12,000–35,000"),
        (120, 23_400, "100–23,000"),
        (3_420, 24_400, "3,400–24,000"),
        (12, 31, "12–31"),
        (0, 0, "0"),
    ],
)
def test_a_range_keeps_as_many_digits_as_it_knows(low: float, high: float, shown: str) -> None:
    assert words.between(low, high, words.step_for(high - low)) == shown


def test_the_headline_in_words() -> None:
    when = dt.datetime(2023, 10, 3, 19, 59, 59, tzinfo=dt.UTC)
    top = Headline("arrived.cumulative", "all", Range(when, 62e3, 39e3, 84e3, 18e3, 127e3, 109_400))
    assert words.headline_parts(top, outlooks.ZONE) == (
        "By the end of 3 October",
        "62,000",
        "18,000 and 127,000",
        "110,000",
    )


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, "2,906"),
        ({"qualifier": "approx"}, "about 2,906"),
        ({"qualifier": "at_least", "high": None}, "at least 2,906"),
        ({"qualifier": "at_most", "low": None, "high": 40}, "at most 40"),
        ({"qualifier": "range", "high": 3000}, "2,906–3,000"),
        ({"qualifier": "vague", "low": 200, "high": 999}, "200–999 (given in words)"),
        ({"low": None, "high": None}, "a number not given"),
        ({"low": 99.9, "high": 99.9}, "99.9"),
    ],
)
def test_a_figure_as_it_was_stated(fields: dict[str, object], shown: str) -> None:
    claim = outlooks.claim("c", 2906, outlooks.at(25, 6)).model_copy(update=fields)
    assert words.figure(claim) == shown


@pytest.mark.parametrize(
    ("hours", "shown"),
    [(0.5, "30 min"), (6.99, "7 h"), (47.4, "47 h"), (50, "2 days")],
)
def test_ages(hours: float, shown: str) -> None:
    assert words.age(hours) == shown


@pytest.mark.parametrize(
    ("clock", "moment", "closing"),
    [
        (dt.time(17), "17:00 on 3 October", "Tue 3 Oct, 17:00"),
        (dt.time(23, 59, 59), "end of 3 October", "Tue 3 Oct"),
        (dt.time(0), "00:00 on 3 October", "Mon 2 Oct"),
    ],
)
def test_moments_and_the_days_they_close(clock: dt.time, moment: str, closing: str) -> None:
    when = dt.datetime.combine(dt.date(2023, 10, 3), clock, outlooks.ZONE)
    assert words.moment(when) == moment
    assert words.closing_day(when) == closing


def test_who_says_it() -> None:
    assert words.speakers(outlooks.claim("c", 1, outlooks.at(1), sources=("A", "B"))) == "A; B"
    assert words.speakers(outlooks.claim("c", 1, outlooks.at(1), sources=())) == words.ITSELF


@pytest.mark.parametrize(
    ("minutes", "shown"), [(240, "UTC+4"), (-210, "UTC−03:30"), (0, "UTC+0"), (345, "UTC+05:45")]
)
def test_offsets(minutes: int, shown: str) -> None:
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    assert words.offset(dt.datetime(2023, 9, 25, tzinfo=zone)) == shown
