"""Scores of a forecast beside what came, against scores made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from crossings.forecast.outlook import QUANTILE_LEVELS
from crossings.scoring import wis
from crossings.verify.record import history, score
from tests.outlooks import at, claim, outlook, situation


def test_each_settled_day_is_scored_and_no_other() -> None:
    made, known = outlook(), situation()
    scores = score(made, known)
    own = [c for c in scores.cells if (c.target, c.place) == ("arrived.cumulative", "all")]
    assert len(own) == 8
    # Figures run from 25 to 28 September, 20:00: the ends of three days lie between them.
    assert [c.time.day for c in own if c.outcome is not None] == [26, 27]
    settled = next(c for c in own if c.time.day == 27)
    quantiles = made.quantiles("arrived.cumulative")[7]
    assert settled.wis == pytest.approx(float(wis(quantiles, settled.outcome or 0)))
    assert settled.in90 == (settled.low90 <= (settled.outcome or 0) <= settled.high90)
    assert settled.lead_hours == pytest.approx(48)


def test_places_that_nobody_reports_are_left_out_and_others_are_scored() -> None:
    goris = [claim("g1", 4000, at(26), place="goris"), claim("g2", 9000, at(29), place="goris")]
    scores = score(outlook(), situation().with_claims(goris))
    places = {c.place for c in scores.cells}
    assert "goris" in places
    assert "vayk" not in places


def test_means_are_over_settled_cells() -> None:
    scores = score(outlook(), situation())
    by_hand = [c.wis for c in scores.settled]
    assert scores.mean("wis") == pytest.approx(np.mean([w for w in by_hand if w is not None]))
    nothing = score(outlook(), situation().as_of("2023-09-25"))
    assert nothing.mean("wis") is None


def test_the_history_is_in_the_order_of_issue_times() -> None:
    first, second = outlook(), outlook(seed=2)
    rows = history([second, first], situation())
    assert [row.issued_at for row in rows] == [first.issued_at, second.issued_at]
    assert all(row.outcome is None and row.settled == 2 for row in rows)  # the end is not settled
    assert QUANTILE_LEVELS.index(0.5) == 11
