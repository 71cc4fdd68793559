"""A kept forecast made again: the same bits, or what changed, the user's library included."""

from __future__ import annotations

import dataclasses

import pytest

from crossings.forecast.issue import forecast
from crossings.forecast.outlook import Outlook
from crossings.situation.hashes import input_hashes
from crossings.situation.records import Situation
from crossings.verify.again import Again, library_of, replay
from tests.forecast.series.crises import crisis, situation

KNOWN = situation(crisis(1), "one")
LIBRARY = situation(crisis(2), "two")
DAY = "2012-07-01"


@pytest.fixture(scope="module")
def made() -> Outlook:
    return forecast(KNOWN, DAY, "7d", 100, learn_from=[LIBRARY])


def again(made: Outlook, *library: Situation) -> Again:
    hashes = input_hashes(KNOWN.as_of(made.issued_at))
    return replay(made, KNOWN, hashes, hashes, learn_from=library)


def test_with_the_same_library_it_is_the_same(made: Outlook) -> None:
    assert list(library_of(made)) == ["two"]
    found = again(made, LIBRARY)
    assert found.same
    assert found.changed == ()


def test_a_library_that_is_missing_or_other_is_told(made: Outlook) -> None:
    missing = again(made)
    assert not missing.same
    assert missing.changed == ("it learnt from two too, which is not given (--learn-from)",)
    other = again(made, situation(crisis(2), "two", extra=7))
    assert other.changed == ("the rows of two, which it learnt from, are others than then",)
    plain = dataclasses.replace(made, diagnostics={})
    assert again(plain, LIBRARY).changed == ("it did not learn from two, which is given now",)


def test_claims_that_nobody_accepted_enter_again_where_they_did() -> None:
    proposed = [c.model_copy(update={"review": "proposed"}) for c in KNOWN.claims[::3]]
    rest = [c for i, c in enumerate(KNOWN.claims) if i % 3]
    known = KNOWN.model_copy(update={"claims": (*rest, *proposed)})
    first = forecast(known, DAY, "7d", 100, include_proposed=True)
    hashes = input_hashes(known.as_of(first.issued_at))
    assert replay(first, known, hashes, hashes).same
