from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from crossings.forecast.series import curve
from crossings.forecast.series.forest import Forest
from crossings.forecast.series.history import Series
from crossings.forecast.series.replay import Issue, Models, replay
from crossings.forecast.series.rows import Rows, crisis_rows
from crossings.forecast.series.steady import Steady
from crossings.forecast.series.still import Still
from tests.forecast.series.crises import DAY0, crisis

DAY = DAY0 + 30 + 7 * 12


@pytest.fixture(scope="module")
def models() -> Models:
    parts = [crisis_rows(crisis(seed)) for seed in (11, 12)]
    rows = Rows.joined([part for part in parts if part is not None])
    return Models(
        Forest(rows.x, rows.z_broad, rows.weights),
        Forest(rows.x, rows.z_recent, rows.weights),
        curve.fit(rows.x, rows.z_recent, rows.weights),
        Still(rows),
        Steady(rows),
    )


def one(series: dict[str, Series], models: Models, asked: Mapping[int, Sequence[int]]) -> Issue:
    return next(issue for issue in replay(series, models, asked) if issue.day == DAY)


def test_each_place_and_horizon_has_its_rising_quantiles(models: Models) -> None:
    issue = one(crisis(1), models, {DAY: (7, 30)})
    assert len(issue.cells) == 6
    assert (np.diff(issue.quantiles, axis=1) >= 0).all()
    assert (issue.quantiles >= 0).all()
    assert ((issue.weight > 0) & (issue.weight < 1)).all()
    week, month = issue.quantiles[0::2], issue.quantiles[1::2]
    assert (month[:, 20] - month[:, 2] > week[:, 20] - week[:, 2]).all()


def test_nothing_public_later_changes_a_bit(models: Models) -> None:
    series = crisis(1)
    changed = {
        p: Series(p, s.country, s.days, np.where(s.public > DAY, 9e6, s.people), s.public)
        for p, s in series.items()
    }
    cut = {}
    for p, s in series.items():
        kept = s.public <= DAY
        cut[p] = Series(p, s.country, s.days[kept], s.people[kept], s.public[kept])
    asked = {DAY: (7, 14)}
    first = one(series, models, asked)
    assert np.array_equal(first.quantiles, one(changed, models, asked).quantiles)
    assert np.array_equal(first.quantiles, one(cut, models, asked).quantiles)


def test_what_else_is_asked_changes_no_bit(models: Models) -> None:
    alone = one(crisis(1), models, {DAY: (7, 14, 30)})
    many = {DAY - 14: (7,), DAY - 3: (1, 60), DAY: (7, 14, 30), DAY + 21: (30,)}
    assert np.array_equal(alone.quantiles, one(crisis(1), models, many).quantiles)


@pytest.mark.parametrize("workers", [2, 5])
def test_any_number_of_workers_gives_the_same_bits(models: Models, workers: int) -> None:
    asked = {DAY - 14: (7,), DAY: (7, 30)}
    alone = list(replay(crisis(3), models, asked))
    many = list(replay(crisis(3), models, asked, workers))
    assert [issue.cells for issue in many] == [issue.cells for issue in alone]
    for one, other in zip(alone, many, strict=True):
        for name in ("quantiles", "learned", "plain", "weight"):
            assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


def test_a_place_with_one_figure_and_a_silent_one(models: Models) -> None:
    series = crisis(1)
    days = np.array([DAY0 + 100])
    series["new"] = Series("new", "", days, np.array([500.0]), days)
    silent = np.array([DAY0, DAY0 + 9, DAY0 + 20])
    series["silent"] = Series("silent", "", silent, np.array([10.0, 400.0, 900.0]), silent)
    issue = one(series, models, {DAY: (7,)})
    named = dict(zip((place for place, _ in issue.cells), range(99), strict=False))
    assert "new" not in named
    assert issue.weight[named["silent"]] == 0
    assert np.isfinite(issue.quantiles).all()


def test_nothing_asked_and_nothing_known_give_nothing(models: Models) -> None:
    assert list(replay(crisis(1), models, {})) == []
    assert list(replay({}, models, {DAY: (7,)})) == []
    assert list(replay(crisis(1), models, {DAY0 - 50: (7,)})) == []
