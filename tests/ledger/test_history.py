"""Nothing known later is ever shown, whatever was decided in which order."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossings import ledger
from crossings.ledger.history import Decision, Entry
from crossings.situation.records import Claim
from tests.ledger.conftest import NewLedger
from tests.ledger.test_store import at, claim

DAYS = range(20, 29)
days = st.sampled_from(DAYS)
acts = st.sampled_from(["accept", "correct", "reject", "retract"])


@st.composite
def decisions(draw: st.DrawFn, known: int) -> list[dict[str, Any]]:
    """Acts in the order in which they were recorded; each with the day since when it holds."""
    rows = draw(st.lists(st.tuples(acts, st.none() | st.integers(known, DAYS[-1])), max_size=6))
    found = []
    for act, chosen in rows:
        day = known if act == "retract" and chosen is None else chosen
        found.append({"act": act, "day": day, "value": float(draw(st.integers(1, 9)))})
    return found


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Claim, list[dict[str, Any]]]]:
    """Claims with what was decided about each; later ones may name earlier ones."""
    count = draw(st.integers(1, 4))
    found = []
    for i in range(count):
        known = draw(days)
        parent = draw(st.sampled_from(["", *(f"c{j}" for j in range(i))]))
        row = claim(float(100 + i), id=f"c{i}", known_at=at(known), quote="", part_of=parent)
        found.append((row, draw(decisions(known))))
    return found


def entry_of(row: Claim, rows: list[dict[str, Any]]) -> Entry:
    moment = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    done = []
    for number, act in enumerate(rows):
        known = None if act["day"] is None else at(act["day"])
        new = row.model_copy(update={"low": act["value"], "high": act["value"]})
        if known is not None:
            new = new.model_copy(update={"known_at": known})
        done.append(
            Decision(
                f"a{number}",
                act["act"],
                "me",
                moment + dt.timedelta(seconds=number),
                known,
                "",
                new if act["act"] == "correct" else None,
            )
        )
    return Entry("c", "s", "claim", "", "", "", moment, row, tuple(done))


@given(days.flatmap(lambda known: st.tuples(st.just(known), decisions(known))), days)
def test_a_view_depends_on_nothing_known_later(
    history: tuple[int, list[dict[str, Any]]], day: int
) -> None:
    known, rows = history
    entry = entry_of(claim(known_at=at(known)), rows)
    view = entry.view(at(day))
    early = [act for act in rows if act["day"] is None or act["day"] <= day]
    assert entry_of(claim(known_at=at(known)), early).view(at(day)) == view
    assert (view is None) is (known > day)
    if view is not None:
        assert view.record.known_at <= at(day)


@given(days.flatmap(lambda known: st.tuples(st.just(known), decisions(known))))
def test_a_judgement_of_the_reading_holds_for_all_times(
    history: tuple[int, list[dict[str, Any]]],
) -> None:
    """A misreading that is corrected reads as if it had been entered right."""
    known, rows = history
    dated = [act for act in rows if act["day"] is not None]
    wrong, right = (claim(n, known_at=at(known), quote="") for n in (1, 7))
    fixed = entry_of(wrong, [{"act": "correct", "day": None, "value": 7.0}, *dated])
    clean = entry_of(right, [{"act": "accept", "day": None, "value": 0.0}, *dated])
    for day in DAYS:
        one, other = fixed.view(at(day)), clean.view(at(day))
        assert (one and (one.record, one.standing)) == (other and (other.record, other.standing))


def public(rows: list[dict[str, Any]], day: int) -> list[dict[str, Any]]:
    """The acts whose grounds were public; one without a ground of its own follows those before."""
    found, ground = [], 0
    for act in rows:
        ground = max(ground, act["day"] or 0)
        if (act["day"] or ground) <= day:
            found.append(act)
    return found


def kept(url: str, history: list[tuple[Claim, list[dict[str, Any]]]]) -> None:
    with ledger.open(url) as book:
        ids = book.propose("s", [row for row, _ in history]).ids
        for entry, (_, rows) in zip(ids, history, strict=True):
            for act in rows:
                known = None if act["day"] is None else at(act["day"])
                changes = {"low": act["value"], "high": act["value"]}
                book.review(
                    entry,
                    act["act"],
                    by="me",
                    known_at=known,
                    changes=changes if act["act"] == "correct" else None,
                )


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), days)
def test_a_ledger_shows_at_a_time_what_it_would_have_held_then(
    new_ledger: NewLedger, history: list[tuple[Claim, list[dict[str, Any]]]], day: int
) -> None:
    """Adding or taking away what became known later changes no claim of that time."""
    early = [(row, public(rows, day)) for row, rows in history if row.known_at <= at(day)]
    names = {row.id for row, _ in early}
    early = [
        (row if row.part_of in names else row.model_copy(update={"part_of": ""}), rows)
        for row, rows in early
    ]
    everything, then = new_ledger(), new_ledger()
    for url, rows in ((everything, history), (then, early)):
        kept(url, rows)
    shown = []
    for url in (everything, then):
        with ledger.open(url) as book:
            shown.append(
                book.claims("s", as_of=at(day), review=("accepted", "proposed", "rejected"))
            )
    assert shown[0] == shown[1]
    assert all(row.known_at <= at(day) for row in shown[0])
