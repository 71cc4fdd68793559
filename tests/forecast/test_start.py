"""Whether a flow starts: base rates moved by events, and members that agree with them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import crossings as cx
from crossings.forecast.issue import forecast
from crossings.forecast.sentences import recognised
from crossings.forecast.start import (
    CAUSES,
    SOME_PEOPLE,
    WITHIN,
    Start,
    drawn_so,
    start_of_flow,
)
from crossings.situation.records import Event, Situation
from tests.forecast.border import ISSUED, at, claim, one_gate

FEARED = Path(__file__).parents[2] / "benchmarks" / "feared"


def event(kind: str, hours: float, **fields: object) -> Event:
    row = {"id": f"{kind}-{hours}", "kind": kind, "time": at(hours), "known_at": at(hours)}
    return Event.model_validate(row | fields)


def known(*events: Event) -> Situation:
    return one_gate().model_copy(update={"events": events})


def within(*events: Event, shut: bool = False) -> dict[int, float]:
    return start_of_flow(known(*events), ISSUED, shut).within


hours = st.floats(0, 119)
kinds = st.sampled_from(sorted({*CAUSES, "ceasefire", "agreement", "closure"} - {"fear"}))
histories = st.lists(st.builds(event, kinds, hours), max_size=6, unique_by=lambda e: e.id)


@given(histories, st.booleans())
def test_chances_are_chances_that_grow_with_the_days(events: list[Event], shut: bool) -> None:
    found = within(*events, shut=shut)
    assert tuple(found) == WITHIN
    values = list(found.values())
    assert values[0] > 0
    assert values == sorted(values)
    assert values[-1] < 1


@given(histories)
def test_a_shut_border_makes_a_start_less_likely(events: list[Event]) -> None:
    free, shut = within(*events), within(*events, shut=True)
    assert all(shut[days] < free[days] for days in WITHIN)


@given(histories)
def test_an_attack_makes_it_likelier_and_a_ceasefire_less(events: list[Event]) -> None:
    calm = [e for e in events if e.kind not in ("military_operation", "ceasefire")]
    attacked = [*calm, event("military_operation", 110)]
    assert within(*attacked)[7] > within(*calm)[7]
    assert within(*attacked, event("ceasefire", 119))[7] < within(*attacked)[7]


def test_two_rows_of_one_event_count_once() -> None:
    once = within(event("military_operation", 60))
    assert within(event("military_operation", 60), event("military_operation", 80)) == once
    assert within(event("military_operation", 60), event("military_operation", 110))[7] > once[7]


@given(histories)
def test_how_long_ago_an_event_was_is_said_in_english(events: list[Event]) -> None:
    said = " ".join(start_of_flow(known(*events), ISSUED, False).reasons)
    assert not re.search(r"\b[01] days ago", said)
    assert next(one.key for one in recognised(said)) == "note.start"


def test_time_without_anybody_makes_it_less_likely() -> None:
    attack = known(event("military_operation", 0))
    later = [
        start_of_flow(attack, ISSUED + dt.timedelta(days=days), False).within[7]
        for days in (0, 5, 10, 20, 40)
    ]
    assert later == sorted(later, reverse=True)
    assert later[-1] < 0.05


def test_an_opening_counts_after_a_closure_only() -> None:
    opened = event("opening", 115, place="bridge")
    assert within(opened) == within()
    assert within(event("closure", 10, place="bridge"), opened)[3] > within()[3]


@given(st.integers(0, 10_000), st.lists(st.floats(0, 0.9), min_size=4, max_size=4))
def test_members_are_chosen_as_the_base_rate_says(seed: int, p: list[float]) -> None:
    rng = np.random.default_rng(seed)
    ends = np.array([1.0, 2, 3, 5, 7, 10, 14])
    first = rng.permutation(np.arange(4000) % 8)
    arrived = np.where(np.arange(7) >= first[:, None], SOME_PEOPLE + 5, 3)
    chances = Start(dict(zip(WITHIN, sorted(p), strict=True)), ())
    chosen = drawn_so(arrived.astype(np.int64), ends, chances, rng.uniform())
    assert chosen.shape == (4000,)
    for days, chance in chances.within.items():
        came = (arrived[chosen][:, ends <= days] >= SOME_PEOPLE).any(axis=1).mean()
        assert came == pytest.approx(chance, abs=0.002)


@pytest.mark.parametrize("name", sorted(p.name for p in FEARED.iterdir()))
def test_a_feared_flight_that_did_not_come_is_not_forecast_with_confidence(name: str) -> None:
    situation = cx.load(str(FEARED / name))
    day = situation.start.date() + dt.timedelta(days=7)
    made = forecast(situation, as_of=day, horizon="15d", members=300)
    people = made.samples("arrived.cumulative")
    assert np.median(people[:, -1]) < SOME_PEOPLE
    assert (people[:, -1] > 100_000).mean() < 0.2
    odds = made.diagnostics["start_of_flow"]["within"]
    by_week = made.index(made.issued_at + dt.timedelta(days=7))
    come = (people[:, by_week] >= SOME_PEOPLE).mean()
    assert come == pytest.approx(odds["7d"], abs=0.006)
    assert odds["14d"] < 0.6


def test_people_who_came_end_the_question() -> None:
    came = one_gate(claim("a", 900, 100))
    made = forecast(came, as_of=ISSUED, horizon="3d", members=100)
    assert "start_of_flow" not in made.diagnostics


def test_the_model_page_shows_the_base_rates() -> None:
    page = (FEARED.parents[1] / "docs" / "model.md").read_text(encoding="utf-8")
    for kind, cause in CAUSES.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| {kind}"))
        shown = [float(cell) for cell in row.split("|")[2:5]]
        assert shown == [cause.probability, cause.days, cause.spread]
