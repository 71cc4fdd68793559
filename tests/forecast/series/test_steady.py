"""Figures that went straight are not sure to go straight on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.forecast.series.features import FEATURES, TYPICAL_LEAD
from crossings.forecast.series.library import bundled_crises
from crossings.forecast.series.pool import LEVELS
from crossings.forecast.series.rows import Rows
from crossings.forecast.series.steady import (
    CROOKED,
    STRAIGHT,
    Steady,
    share_of_law,
    straightness,
    with_width,
)
from tests.forecast.series.crises import DAY0
from tests.forecast.series.test_still import LEARNT, at_end, issued

STEADY = Steady(LEARNT)


def cell(change: float, ratio: float, ahead: float = 14.0) -> np.ndarray:
    """One cell whose increments expect ``change`` in units of the scale, within ``ratio`` of it."""
    x = np.zeros((1, len(FEATURES)))
    x[0, FEATURES.index("lead")] = np.log(ahead / TYPICAL_LEAD)
    for level, off in (("05", -0.5), ("50", 0.0), ("95", 0.5)):
        said = change + off * ratio * abs(change)
        x[0, FEATURES.index(f"increments_{level}")] = np.sign(said) * np.log1p(4 * abs(said))
    return x


@given(st.floats(0.05, 3), st.floats(0, 5), st.sampled_from([-1, 1]))
def test_straightness_is_the_range_over_the_change(size: float, ratio: float, sign: int) -> None:
    assert straightness(cell(sign * size, ratio)) == pytest.approx(ratio, rel=1e-6, abs=1e-9)


@given(st.floats(0, 3), st.floats(0, 3))
def test_the_straighter_the_more_the_law_counts(one: float, other: float) -> None:
    shares = [float(share_of_law(cell(1.0, ratio))[0]) for ratio in sorted((one, other))]
    assert 0 <= shares[1] <= shares[0] <= 1
    # At the bounds themselves rounding decides.
    least, most = min(one, other), max(one, other)
    assert shares[0] == 1 or least > STRAIGHT * (1 - 1e-9)
    assert shares[0] < 1 or least < STRAIGHT * (1 + 1e-9)
    assert shares[1] == 0 or most < CROOKED * (1 + 1e-9)
    assert shares[1] > 0 or most > CROOKED * (1 - 1e-9)


def test_a_figure_that_stood_still_or_has_no_increments_is_not_straight() -> None:
    nothing, still = np.zeros((1, len(FEATURES))), cell(1.0, 0.0)
    still[0, FEATURES.index("since_move")] = np.log1p(7)
    assert np.isinf(straightness(np.vstack([nothing, still]))).all()


@settings(max_examples=20)
@given(st.floats(0.05, 3), st.floats(1, 60), st.floats(1, 1e5), st.floats(2, 50))
def test_twice_the_people_twice_the_range(
    change: float, ahead: float, scale: float, factor: float
) -> None:
    x = cell(change, 0.0, ahead)
    one, many = (
        STEADY.quantiles(x, np.array([1e7 * f]), np.array([scale * f]), LEVELS)
        for f in (1.0, factor)
    )
    assert (np.diff(one) >= 0).all()
    assert np.allclose(many, factor * one, rtol=1e-9)


@pytest.mark.parametrize("left_out", [one.name for one in bundled_crises()])
def test_of_a_crisis_left_out_it_holds_far_more_than_the_increments_do(left_out: str) -> None:
    kept = Rows.joined([one.rows for one in bundled_crises() if one.name != left_out])
    rows = next(one.rows for one in bundled_crises() if one.name == left_out)
    x, z = np.asarray(rows.x, dtype=float), np.asarray(rows.z_recent, dtype=float)
    straight = straightness(x) <= 2 * CROOKED
    x, z = x[straight], z[straight]
    many = np.full(z.size, 1e9)  # far from nobody
    q = Steady(kept).quantiles(x, many, np.ones(z.size), LEVELS) - many[:, np.newaxis]
    said = x[:, [FEATURES.index(f"increments_{level}") for level in ("05", "95")]]
    low, high = (np.sign(said) * np.expm1(np.abs(said)) / 4).T
    by_law = np.mean((z >= q[:, 2]) & (z <= q[:, 20]))
    by_increments = np.mean((z >= low) & (z <= high))
    assert z.size > 10
    assert by_increments < 0.25
    assert by_law > 0.7


def test_the_50_percent_range_of_a_straight_counter_has_a_width() -> None:
    issue = issued(5000, 60, 1, slope=100.0)
    for q in (issue.plain[0], issue.quantiles[0]):
        assert q[17] - q[5] > 0.1 * 14 * 100
        assert q[5] < 5000 + 59 * 100 + 14 * 100 < q[20]


@given(st.floats(-3, 3), st.floats(0, 2), st.floats(0, 1e6))
def test_increments_span_a_tenth_of_the_change_at_least(
    change: float, spread: float, last: float
) -> None:
    said = np.array([last + 1000 * (change + spread * (LEVELS - 0.5))])
    wide = with_width(said, np.array([last]))
    assert (np.diff(wide[0]) >= -1e-6).all()
    assert wide[0, 11] == pytest.approx(said[0, 11])
    assert (np.abs(wide - wide[0, 11]) >= np.abs(said - said[0, 11]) - 1e-6).all()
    assert wide[0, 20] - wide[0, 2] >= STRAIGHT * abs(1000 * change) - 1e-6
    wider_than_least = spread > 2 * STRAIGHT * abs(change)
    assert not wider_than_least or np.allclose(wide, said)


def test_a_counter_that_has_gone_straight_for_long_is_trusted_to_go_on() -> None:
    slope, lengths = 100.0, (60, 130, 300)
    issues = [issued(5000, days, 1, slope=slope) for days in lengths]
    widths = [(q[20] - q[2]) / (14 * slope) for q in (one.quantiles[0] for one in issues)]
    truths = [5000 + (days - 1) * slope + 14 * slope for days in lengths]
    assert widths[0] > 1.2 * widths[1] > 1.44 * widths[2]
    for issue, truth in zip(issues[1:], truths[1:], strict=True):
        q = issue.quantiles[0]
        assert q[2] < q[6] < truth < q[16] < q[20]
        assert abs(q[11] - truth) < 0.05 * 14 * slope


def test_trust_is_lost_where_straight_figures_broke_off() -> None:
    days = np.arange(301)
    went_on = 5000.0 + 100 * days
    broke = np.where(days > 240, went_on[240] + 10 * (days - 240), went_on)
    trusted, lost = (at_end(DAY0 + days, people).weight[0] for people in (went_on, broke))
    assert lost < 0.5 * trusted
