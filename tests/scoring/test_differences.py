from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.scoring import relative_difference

people = st.lists(st.integers(0, 10**6), min_size=3, max_size=3)


@given(people, people)
def test_it_is_the_sum_over_the_places(s: list[int], d: list[int]) -> None:
    expected = sum(abs(a - b) for a, b in zip(s, d, strict=True)) / max(1, sum(d))
    assert float(relative_difference(s, d)) == pytest.approx(expected)


@given(people, people, st.floats(0.1, 10))
def test_rescaled_only_shares_count(s: list[int], d: list[int], factor: float) -> None:
    one = relative_difference(s, d, rescaled=True)
    many = relative_difference(np.array(s) * factor, d, rescaled=True)
    assert float(many) == pytest.approx(float(one), abs=1e-9)
    if sum(s) and sum(d):
        # Twice the distance in total variation of the shares.
        shares = np.array(s) / sum(s), np.array(d) / sum(d)
        assert float(one) == pytest.approx(np.abs(shares[0] - shares[1]).sum(), abs=1e-9)


def test_days_stay_apart_and_nothing_reported_costs_each_person() -> None:
    found = relative_difference([[3, 4], [1, 1]], [[0, 0], [1, 1]])
    assert found.tolist() == [7, 0]
    assert relative_difference([[0, 0]], [[1, 1]], rescaled=True).tolist() == [1]


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="expected that of reported"):
        relative_difference([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="finite"):
        relative_difference([1, np.nan], [1, 2])
