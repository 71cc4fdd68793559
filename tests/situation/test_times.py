from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.situation.times import (
    Edge,
    day_edge,
    period_end,
    precision_of,
    read_moment,
    with_fixed_offset,
    write_moment,
)
from tests.situation.strategies import days, moments, zones

YEREVAN = ZoneInfo("Asia/Yerevan")
BELGRADE = ZoneInfo("Europe/Belgrade")
edges: st.SearchStrategy[Edge] = st.sampled_from(["start", "end"])


@given(st.data(), zones, edges)
def test_a_moment_written_and_read_is_the_same(
    data: st.DataObject, zone: ZoneInfo, edge: Edge
) -> None:
    when = with_fixed_offset(data.draw(moments(zone, edge)))
    assert read_moment(write_moment(when, zone, edge), zone, edge) == when


@given(days, zones, edges)
def test_a_bare_date_stays_one(day: dt.date, zone: ZoneInfo, edge: Edge) -> None:
    when = read_moment(day.isoformat(), zone, edge)
    if when.astimezone(zone).date() == day:  # Samoa had no 30 December 2011
        assert write_moment(when, zone, edge) == day.isoformat()


@given(days, zones)
def test_a_day_starts_before_it_ends_and_the_next_starts_a_second_later(
    day: dt.date, zone: ZoneInfo
) -> None:
    start, end = day_edge(day, zone, "start"), day_edge(day, zone, "end")
    following = day_edge(day + dt.timedelta(days=1), zone, "start")
    assert start < end < following
    assert end.isoformat()[:10] == day.isoformat()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023-09-25", "2023-09-25T00:00:00+04:00", "2023-09-25T23:59:59+04:00"),
        ("2023-02", "2023-02-01T00:00:00+04:00", "2023-02-28T23:59:59+04:00"),
        ("2023-12", "2023-12-01T00:00:00+04:00", "2023-12-31T23:59:59+04:00"),
        ("2023", "2023-01-01T00:00:00+04:00", "2023-12-31T23:59:59+04:00"),
        (" 2023-09-25T17:00+04:00 ", "2023-09-25T17:00:00+04:00", "2023-09-25T17:00:00+04:00"),
        ("2023-09-25 13:00Z", "2023-09-25T13:00:00+00:00", "2023-09-25T13:00:00+00:00"),
    ],
)
def test_what_is_understood(text: str, start: str, end: str) -> None:
    assert read_moment(text, YEREVAN, "start").isoformat() == start
    assert read_moment(text, YEREVAN, "end").isoformat() == end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yesterday", "a date"),
        ("2023-13", "a date"),
        ("2023-09-31", "a date"),
        ("25.09.2023", "a date"),
        ("20230925", "a date"),
        ("", "a date"),
        ("2023-09-25T17:00", r"an offset, such as 2023-09-25T17:00:00\+04:00"),
        ("0023-09-25", "a year from 1800"),
        ("0023-09-25T17:00Z", "a year from 1800"),
    ],
)
def test_what_is_not_is_told(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        read_moment(text, YEREVAN, "end")


def test_hours_are_counted_across_the_change_to_summer_time() -> None:
    before = day_edge(dt.date(1999, 3, 27), BELGRADE, "start")
    after = day_edge(dt.date(1999, 3, 29), BELGRADE, "start")
    assert after - before == dt.timedelta(hours=47)


def test_the_day_on_which_the_clock_is_set_back_at_midnight_ends_with_the_second_midnight() -> None:
    havana = ZoneInfo("America/Havana")
    back = dt.date(2023, 11, 4)  # at 01:00 of the 5th the clock went back to 00:00
    length = day_edge(back + dt.timedelta(days=1), havana, "end") - day_edge(back, havana, "end")
    assert length == dt.timedelta(hours=25)


@pytest.mark.parametrize(
    ("precision", "end"),
    [
        ("date_evening", "2023-09-27T23:59:59+04:00"),
        ("week", "2023-10-01T23:59:59+04:00"),
        ("month", "2023-09-30T23:59:59+04:00"),
        ("year", "2023-12-31T23:59:59+04:00"),
        ("exact", "2023-09-27T16:00:00+04:00"),
        ("", "2023-09-27T16:00:00+04:00"),
    ],
)
def test_the_end_of_the_stated_precision(precision: str, end: str) -> None:
    when = read_moment("2023-09-27T16:00+04:00", YEREVAN, "end")
    assert period_end(when, precision, YEREVAN).isoformat() == end


def test_the_precision_of_a_cell() -> None:
    cells = ["2023", "2023-09", "2023-09-25", ""]
    assert [precision_of(cell) for cell in cells] == ["year", "month", "", ""]
