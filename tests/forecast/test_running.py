"""Which figures told as "at least" belong to a running count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.observation import AT_LEAST, RUNNING
from crossings.forecast.running import FEWEST, Told, running_counts
from tests.forecast import border
from tests.forecast.border import claim, evidence, observed, one_gate

ALL = ("arrived", 1)


@st.composite
def tellings(draw: st.DrawFn) -> list[Told]:
    """Figures of a few speakers about two series."""
    return [
        Told(
            claim=f"claim-{number}",
            speaker=draw(st.sampled_from(["a ministry", "a mayor", ""])),
            series=draw(st.sampled_from([ALL, ("registered", 1)])),
            as_of=border.at(draw(st.integers(0, 120))),
            people=float(draw(st.integers(0, 3000))),
            open=draw(st.sampled_from([True, True, False])),
        )
        for number in range(draw(st.integers(0, 12)))
    ]


def rising(count: int, speaker: str = "a ministry", first: float = 3000.0) -> list[Told]:
    """A figure a day, each higher by as much."""
    return [
        Told(f"{speaker}-{day}", speaker, ALL, border.at(24 * day), first * day, True)
        for day in range(1, count + 1)
    ]


@given(tellings())
def test_a_running_count_is_one_speakers_rising_at_least(told: list[Told]) -> None:
    found = running_counts(told)
    by_name = {one.claim: one for one in told}
    lines: dict[tuple[object, ...], list[Told]] = {}
    for name in found:
        one = by_name[name]
        assert one.open
        lines.setdefault((one.series, one.speaker), []).append(one)
    for (series, speaker), line in lines.items():
        assert len({one.people for one in line}) >= FEWEST
        for one in line:
            for other in told:
                if other.series == series and other.as_of < one.as_of:
                    least = 1.0 if other.speaker == speaker else 0.9
                    assert one.people >= least * other.people


@given(tellings(), st.randoms(use_true_random=False))
def test_the_order_of_figures_does_not_matter(told: list[Told], random: object) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert running_counts(shuffled) == running_counts(told)


@pytest.mark.parametrize("count", range(6))
def test_a_count_runs_from_its_third_figure_on(count: int) -> None:
    told = rising(count)
    expected = {one.claim for one in told} if count >= FEWEST else set()
    assert running_counts(told) == expected


def test_a_figure_that_is_said_again_and_again_is_no_count_but_goes_on_with_one() -> None:
    again = [one._replace(people=3000.0) for one in rising(6)]
    assert not running_counts(again)
    stands = [one._replace(people=min(one.people, 9000.0)) for one in rising(6)]
    assert len(running_counts(stands)) == 6


def test_who_says_less_than_others_before_him_counts_a_part() -> None:
    ministry, mayor = rising(4), rising(4, "a mayor", 2000.0)
    assert running_counts([*ministry, *mayor]) == {one.claim for one in ministry}
    assert len(running_counts(mayor)) == 4
    agrees = rising(4, "a mayor", 2800.0)
    assert len(running_counts([*ministry, *agrees])) == 8


def test_a_figure_of_a_running_count_is_a_level_and_says_why() -> None:
    open_end = {"high": None, "qualifier": "at_least"}
    figures = [claim(f"day-{d}", 3000 * d, 24 * d, **open_end) for d in (1, 2, 3, 4)]
    assert {o.kind for o in observed(one_gate(*figures[:2])).values()} == {AT_LEAST}
    found = evidence(one_gate(*figures))
    newest = next(o for o in found.observations if o.claim == "day-4")
    assert (newest.kind, newest.low) == (RUNNING, 12_000)
    use = next(u for u in found.uses if u.claim == "day-4")
    assert "a count that misses some" in use.reason
    seen = [c.model_copy(update={"basis": "eyewitness"}) for c in figures]
    assert {o.kind for o in observed(one_gate(*seen)).values()} == {AT_LEAST}
