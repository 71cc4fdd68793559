from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.forecast.summary import day_ends, headline, ranges
from tests import outlooks


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(0, 1000), st.sampled_from(outlooks.TARGETS))
def test_ranges_are_nested_and_planned_for(members: int, seed: int, target: str) -> None:
    made = outlooks.outlook(members, 2, seed)
    draws = made.samples(target)
    for i, r in enumerate(ranges(made, target)):
        assert r.low90 <= r.low50 <= r.median <= r.high50 <= r.plan_for <= r.high90
        assert r.median == pytest.approx(np.median(draws[:, i]))
        assert np.mean(draws[:, i] <= r.plan_for) >= 0.9 * (1 - 1 / members)
        assert r.time == made.times[i]


def test_the_headline_is_the_first_target_in_all_at_the_end() -> None:
    top = headline(outlooks.outlook())
    assert (top.target, top.place) == ("arrived.cumulative", "all")
    assert top.range == ranges(outlooks.outlook(), "arrived.cumulative")[-1]


def test_an_outlook_without_times_has_no_headline() -> None:
    made = dataclasses.replace(outlooks.outlook(2, 1), times=())
    with pytest.raises(ValueError, match="no headline"):
        headline(made)


@given(st.lists(st.integers(0, 24 * 20), min_size=1, unique=True))
def test_each_day_ends_with_its_last_time(hours: list[int]) -> None:
    start = outlooks.at(26, 0)
    times = tuple(start + dt.timedelta(hours=h) for h in sorted(hours))
    made = dataclasses.replace(outlooks.outlook(2, 1), times=times)
    ends = day_ends(made)
    closing = [(t - dt.timedelta(seconds=1)).date() for t in times]
    assert len(ends) == len(set(closing))
    for i in ends:
        assert i == len(times) - 1 or closing[i + 1] > closing[i]
