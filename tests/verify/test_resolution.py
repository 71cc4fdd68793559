"""Which figure settles a forecast: the rule, case by case, and what never settles one."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.situation.records import Claim
from crossings.verify.resolution import outcomes, settling
from tests.outlooks import at, claim, situation

TARGET = "arrived.cumulative"


def came(claims: list[Claim], *times: dt.datetime, target: str = TARGET) -> list[float]:
    known = situation().model_copy(update={"claims": tuple(claims)})
    found: list[float] = outcomes(known, target, "all", times).tolist()
    return found


def test_between_figures_a_straight_line_and_beyond_them_nothing() -> None:
    rows = [claim("a", 1000, at(25, 0)), claim("b", 3000, at(27, 0))]
    before, first, middle, last, after = came(
        rows, at(24), at(25, 0), at(26, 0), at(27, 0), at(27, 1)
    )
    assert (first, middle, last) == (1000, 2000, 3000)
    assert np.isnan([before, after]).all()


def test_a_gap_of_more_than_a_week_settles_nothing() -> None:
    rows = [claim("a", 1000, at(10, 0)), claim("b", 3000, at(18, 0))]
    assert np.isnan(came(rows, at(14, 0)))[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"qualifier": "at_least", "high": None}, {"qualifier": "vague", "high": 99_999},
        {"status": "planned"}, {"status": "prior"}, {"status": "uncertain"},
        {"review": "rejected"}, {"review": "proposed"}, {"basis": "eyewitness"},
        {"basis": "intention"}, {"unit": "families"}, {"place": "goris"}, {"part_of": "a"},
        {"counting": "flow"},
    ],
)  # fmt: skip
def test_what_settles_nothing(fields: dict[str, object]) -> None:
    rows = [claim("a", 1000, at(25, 0)), claim("odd", 50_000, at(25, 0), **fields)]
    assert came(rows, at(25, 0)) == [1000]


def test_the_last_revision_stands() -> None:
    rows = [
        claim("late", 1200, at(25, 0), known_at=at(28)),
        claim("early", 1500, at(25, 0), known_at=at(26)),
    ]
    assert came(rows, at(25, 0)) == [1200]


def test_of_two_published_together_the_usual_speaker_stands() -> None:
    usual = [claim(f"u{i}", 100 * i, at(20 + i), sources=("Ministry",)) for i in range(1, 5)]
    both = [
        claim("x", 900, at(25, 0), known_at=at(26), sources=("Somebody",)),
        claim("y", 800, at(25, 0), known_at=at(26), sources=("Ministry",)),
    ]
    for order in (both, both[::-1]):
        assert came([*usual, *order], at(25, 0)) == [800]


@given(
    st.lists(st.tuples(st.integers(0, 27), st.integers(0, 10_000)), min_size=1, max_size=12),
    st.randoms(),
)
def test_a_running_total_never_falls_and_the_order_of_rows_does_not_matter(
    figures: list[tuple[int, int]], random: object
) -> None:
    rows = [
        claim(f"c{i}", people, at(1, 0) + dt.timedelta(days=day))
        for i, (day, people) in enumerate(figures)
    ]
    known = situation().model_copy(update={"claims": tuple(rows)})
    settled = settling(known, TARGET, "all")
    values = [c.value or 0.0 for c in settled]
    assert values == sorted(values)
    random.shuffle(rows)  # type: ignore[attr-defined]
    shuffled = situation().model_copy(update={"claims": tuple(rows)})
    assert settling(shuffled, TARGET, "all") == settled


def test_a_stock_may_fall() -> None:
    rows = [
        claim("a", 1000, at(25, 0), measure="hosted", counting="stock"),
        claim("b", 400, at(26, 0), measure="hosted", counting="stock"),
    ]
    assert came(rows, at(26, 0), target="hosted.stock") == [400]
