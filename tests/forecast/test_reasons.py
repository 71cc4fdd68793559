"""What moved a forecast: the forecast again without each new row."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from crossings.errors import InputError
from crossings.forecast.issue import forecast
from crossings.forecast.outlook import ClaimUse, Outlook
from crossings.forecast.reasons import MOST, Reasons, reasons
from crossings.situation.records import Claim, Event, Situation
from tests import outlooks
from tests.forecast.border import ISSUED, at, claim, one_gate

DAY = dt.timedelta(days=1)
OLD = [claim("old", 2000, 60), claim("older", 900, 40)]


def event(name: str, kind: str, hours: float, known: float) -> Event:
    row = {"id": name, "kind": kind, "time": at(hours), "known_at": at(known)}
    return Event.model_validate(row)


class Counting:
    """A forecast that is the newest figure times two to the number of events, and its runs."""

    def __init__(self) -> None:
        self.runs: list[set[str]] = []

    def __call__(self, known: Situation, when: dt.datetime, members: int, seed: int) -> Outlook:
        self.runs.append({c.id for c in known.claims} | {e.id for e in known.events})
        newest = max((c.value or 0.0 for c in known.claims), default=0.0)
        people = round(newest * 2 ** len(known.events)) + seed % 2
        made = outlooks.outlook(members, 2)
        return dataclasses.replace(made, draws=made.draws * 0 + people, issued_at=when)


def explained(*claims: Claim, events: tuple[Event, ...] = ()) -> Reasons:
    known = one_gate(*OLD, *claims).model_copy(update={"events": events})
    run = Counting()
    made = run(known, ISSUED, 100, 2)
    uses = tuple(ClaimUse(c.id, "arrived", 1.0, "") for c in (*OLD, *claims))
    made = dataclasses.replace(made, claims=uses, issued_at=ISSUED, seed=2)
    return reasons(known, made, ISSUED - DAY, run)


def test_a_figure_is_told_with_the_median_without_and_with_it() -> None:
    found = explained(claim("new", 5000, 110))
    (one,) = found.found
    assert (one.kind, one.rows, one.without, one.median) == ("claims", ("new",), 2000, 5000)
    assert one.visible
    assert "raises the median by 3,000 people, from 2,000 to 5,000" in one.sentence
    assert found.before == 2000
    assert "was 2,000 people; now it is 5,000, 3,000 more" in found.sentences()[0]


def test_the_largest_effect_comes_first_and_a_small_one_is_no_visible_difference() -> None:
    found = explained(
        claim("a", 5000, 110), claim("b", 4000, 112), events=(event("e", "explosion", 110, 111),)
    )
    assert [one.rows for one in found.found] == [("e",), ("a",), ("b",)]
    assert [one.visible for one in found.found] == [True, True, False]
    assert "no visible difference" in found.found[-1].sentence


def test_a_bulletin_is_one_reason_and_rows_of_one_event_too() -> None:
    together = [claim(n, v, 110, bulletin="x") for n, v in (("a", 5000), ("b", 4000))]
    rows = tuple(event(n, "explosion", 105, 110) for n in ("e", "f"))
    found = explained(*together, events=rows)
    assert {one.rows for one in found.found} == {("a", "b"), ("e", "f")}


def test_what_was_known_before_is_no_reason() -> None:
    known = explained(events=(event("e", "explosion", 60, 61), event("f", "explosion", 61, 110)))
    assert known.found == ()
    assert any("No figure or event" in sentence for sentence in known.sentences())


def test_more_than_a_few_are_not_tried_and_counted() -> None:
    found = explained(*(claim(f"c{i}", 3000 + i, 100 + i) for i in range(MOST + 3)))
    assert len(found.found) == MOST
    assert found.untried == 3


@pytest.mark.parametrize("figures", [(5200.0, 9000.0)])
def test_a_forecast_tells_its_reasons(figures: tuple[float, float]) -> None:
    known = one_gate(*OLD, claim("new", figures[0], 100), claim("newest", figures[1], 118))
    made = forecast(known, ISSUED, "2d", 100, explain=True)
    plain = forecast(known, ISSUED, "2d", 100)
    assert made.draws.equals(plain.draws)
    told = made.diagnostics["reasons"]
    rows = {row for one in told["found"] for row in one["rows"]}
    assert rows == {"new", "newest"}
    newest = next(one for one in told["found"] if one["rows"] == ("newest",))
    assert newest["without"] < newest["median"]
    assert np.isfinite(told["between_seeds"])
    assert "reasons" not in plain.diagnostics


def test_reasons_are_told_since_a_moment_that_is_named() -> None:
    known = one_gate(*OLD, claim("new", 5200.0, 100), claim("newest", 9000.0, 118))
    # The newest alone came after hour 110 of the situation.
    made = forecast(known, ISSUED, "2d", 100, explain=True, since=at(110))
    told = made.diagnostics["reasons"]
    assert [row for one in told["found"] for row in one["rows"]] == ["newest"]
    assert told["since"] == at(110).isoformat()
    with pytest.raises(InputError, match=r"since: found .*, expected a moment before"):
        forecast(known, ISSUED, "2d", 100, explain=True, since=ISSUED)
