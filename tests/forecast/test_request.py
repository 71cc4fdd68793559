from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.errors import InputError
from crossings.forecast.request import (
    CLOCK_HOURS,
    FINE_DAYS,
    canonical,
    horizon_end,
    horizon_hours,
    request,
)
from tests.forecast import border
from tests.forecast.promises import crises, two_roads

BELGRADE = ZoneInfo("Europe/Belgrade")
KNOWN = two_roads(time_zone="Europe/Belgrade")


@given(st.integers(1, 180), st.sampled_from("hdw"))
def test_a_horizon_is_read_in_hours_days_and_weeks(number: int, unit: str) -> None:
    hours = number * {"h": 1, "d": 24, "w": 168}[unit]
    if hours <= 180 * 24:
        assert horizon_hours(f" {number}{unit} ") == horizon_hours(hours) == hours
    else:
        with pytest.raises(InputError, match="between 1h and 180d"):
            horizon_hours(f"{number}{unit}")


@pytest.mark.parametrize(
    "horizon", ["", "8", "8 days", "-8d", "0d", "181d", "٣d", 0, -1, float("nan"), float("inf")]
)
def test_what_is_no_horizon_is_refused(horizon: str | float) -> None:
    with pytest.raises(InputError, match="horizon: found"):
        horizon_hours(horizon)


@given(
    st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2090, 1, 1)),
    st.integers(1, 179),
    st.sampled_from(["UTC", "Europe/Belgrade", "Asia/Yerevan", "America/Havana"]),
)
def test_whole_days_end_at_the_same_clock(when: dt.datetime, days: int, name: str) -> None:
    zone = ZoneInfo(name)
    issued = when.replace(tzinfo=dt.UTC)
    end = horizon_end(issued, f"{days}d", zone)
    clock = issued.astimezone(zone).replace(tzinfo=None)
    ahead = end.astimezone(zone).replace(tzinfo=None) - clock
    # An hour that the night of the change leaves out cannot be met.
    assert abs(ahead - dt.timedelta(days=days)) <= dt.timedelta(hours=1)
    hours = horizon_end(issued, 24.0 * days + 0.5, zone) - issued
    assert hours == dt.timedelta(hours=24 * days + 0.5)


@given(
    st.integers(1, 20 * 24 * 60),
    st.integers(1, 12),
    st.sampled_from([1.0, 6.0, 12.0, 24.0]),
)
def test_forecast_times_are_the_clock_then_the_ends_of_days(
    minutes: int, days: int, step: float
) -> None:
    issued = border.at(60 + minutes / 60)
    known = KNOWN.model_copy(update={"step_hours": step})
    asked = request(known, issued, f"{days}d", 100, 1)
    assert asked.issued_at == issued
    end = horizon_end(issued, f"{days}d", BELGRADE)
    local = [t.astimezone(BELGRADE) for t in asked.times]
    first = issued.astimezone(BELGRADE).date()
    assert end in asked.times
    for offset in range(days + 1):
        day = first + dt.timedelta(days=offset)
        clocks = {t.time() for t in local if t.date() == day and t != end}
        wanted = {dt.time(23, 59, 59)}
        if step <= 6 and offset <= FINE_DAYS:
            wanted |= {dt.time(hour) for hour in CLOCK_HOURS}
        moments = {dt.datetime.combine(day, clock, BELGRADE) for clock in wanted}
        assert clocks == {m.time() for m in moments if issued < m < end or m == end} - (
            {end.astimezone(BELGRADE).time()} if end.astimezone(BELGRADE).date() == day else set()
        )
    assert asked.hours == pytest.approx((end - issued).total_seconds() / 3600, abs=1 / 3600)


def test_times_of_ones_own_are_added_and_must_lie_within() -> None:
    meeting = border.ISSUED + dt.timedelta(hours=5, minutes=7)
    asked = request(KNOWN, border.ISSUED, "1d", 100, 1, times=[meeting])
    assert meeting in asked.times
    for wrong in (border.ISSUED, border.ISSUED + dt.timedelta(days=2)):
        with pytest.raises(InputError, match="times: found"):
            request(KNOWN, border.ISSUED, "1d", 100, 1, times=[wrong])
    with pytest.raises(InputError, match="an offset"):
        request(KNOWN, border.ISSUED, "1d", 100, 1, times=[meeting.replace(tzinfo=None)])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"members": 99}, "members: found 99"),
        ({"members": 100_001}, "members: found 100001"),
        ({"seed": -1}, "seed: found -1"),
        ({"seed": 2**32}, "seed: found"),
        ({"as_of": "2200-12-30"}, "horizon: found '8d', expected an end in a year from 1800"),
        ({"as_of": border.ISSUED.replace(tzinfo=None)}, "an offset"),
    ],
)
def test_what_is_out_of_range_is_refused_before_anything_is_computed(
    options: dict[str, object], told: str
) -> None:
    row = {"as_of": border.ISSUED, "horizon": "8d", "members": 100, "seed": 1} | options
    with pytest.raises(InputError, match=told):
        request(KNOWN, **row)  # type: ignore[arg-type]


@given(crises(), st.randoms(use_true_random=False))
def test_the_canonical_order_forgets_the_files_order(known: object, random: object) -> None:
    tables = {}
    for table in ("places", "routes", "events", "claims", "priors"):
        rows = list(getattr(known, table))
        random.shuffle(rows)  # type: ignore[attr-defined]
        tables[table] = tuple(rows)
    shuffled = known.model_copy(update=tables)  # type: ignore[attr-defined]
    assert canonical(shuffled) == canonical(known)  # type: ignore[arg-type]
