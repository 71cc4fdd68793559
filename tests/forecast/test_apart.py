"""Sources that are far apart are told, whatever the range does."""

from __future__ import annotations

import pytest

from crossings.forecast.apart import far_apart
from crossings.situation.records import Claim
from tests.forecast.border import ISSUED, claim, one_gate

TARGET = "arrived.cumulative"


def told(*claims: Claim) -> tuple[str, ...]:
    return far_apart(one_gate(*claims), TARGET, ISSUED)


def test_two_counts_of_one_moment_a_factor_of_ten_apart_are_told() -> None:
    (said,) = told(
        claim("a", 5600, 116, sources=("an office",)),
        claim("b", 56_000, 117, sources=("an agency",)),
    )
    assert "an office counts 5,600, an agency 56,000" in said


@pytest.mark.parametrize(
    "fields",
    [
        {"sources": ("an office",)},  # its own newer figure
        {"basis": "eyewitness"}, {"basis": "planning"}, {"status": "planned"},
        {"review": "rejected"}, {"unit": "families"}, {"place": "north"}, {"high": None},
        {"high": 60_000.0}, {"sources": ()}, {"origin": "home"},
    ],
)  # fmt: skip
def test_what_does_not_count_the_same_is_no_disagreement(fields: dict[str, object]) -> None:
    other = claim("b", 56_000, 117, **({"sources": ("an agency",)} | fields))
    assert told(claim("a", 5600, 116, sources=("an office",)), other) == ()


def test_a_flight_that_grows_is_no_disagreement() -> None:
    early = claim("a", 1000, 100, sources=("an office",))
    assert told(early, claim("b", 9000, 117, sources=("an agency",))) == ()
    near = claim("c", 2500, 100, sources=("an agency",))
    assert told(early, near) == ()
