"""Onsets of very different shapes, after one and a few days: no forecast of them is absurd."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest

from crossings.forecast.issue import forecast
from crossings.forecast.sentences import recognised
from crossings.situation.records import Claim, Event, Situation
from tests.forecast.border import START, at, claim, one_gate

DAYS = 14


def every(days: int, people: Callable[[int], float], **fields: object) -> Iterator[Claim]:
    """A total of everybody at the end of each so many days, in three digits."""
    for day in range(1, DAYS + 1, days):
        value = people(day)
        digits = max(0, int(np.log10(max(1.0, value))) - 2)
        name = f"{fields.get('sources', 'total')}-{day}"
        yield claim(name, round(value, -digits), 24.0 * day - 4, **fields)


def population(people: float) -> Claim:
    before = {"known_at": at(-200), "status": "prior"}
    return claim("lived", people, -300, measure="population", counting="stock", **before)


def event(kind: str, day: int, place: str = "home") -> Event:
    when = at(24.0 * day)
    row = {"id": f"{kind}-{day}", "kind": kind, "place": place, "time": when, "known_at": when}
    return Event.model_validate(row)


OPEN = {"high": None, "qualifier": "at_least"}
"""Fields of a figure that is told as "at least"."""

ATTACK = event("military_operation", 0)
SHUT = (event("closure", 2, "bridge"), event("opening", 7, "bridge"))


def shape(*claims: Claim, events: tuple[Event, ...] = (ATTACK,)) -> Situation:
    return one_gate(*claims).model_copy(update={"events": events, "step_hours": 12.0})


SHAPES = {
    "slow": shape(population(9e5), *every(1, lambda day: 300 * np.exp(0.2 * day))),
    "one day": shape(population(6e4), *every(1, lambda _: 22_000)),
    "two waves": shape(population(5e5), *every(1, lambda day: 4e4 if day < 9 else 1.3e5)),
    "reopened": shape(
        *every(1, lambda day: 3000 * min(day, 2) + 7000 * max(0, day - 7)), events=(ATTACK, *SHUT)
    ),
    "tiny": shape(*every(1, lambda day: 2000 * (1 - np.exp(-day / 5)))),
    "huge": shape(population(4e7), *every(1, lambda day: 3e6 * (1 - np.exp(-day / 9)))),
    "weekly": shape(population(2e5), *every(7, lambda day: 4000 * day**0.8)),
    "families": shape(population(1.5e5), *every(1, lambda day: 500 * day, unit="families")),
    "two sources": shape(
        population(8e5),
        *every(1, lambda day: 9000 * day),
        *every(1, lambda day: 2500 * day, sources=("a mayor",)),
    ),
    "more than there are": shape(population(2e4), *every(1, lambda day: 9000 * day)),
    "lowered": shape(population(2e6), *every(1, lambda day: 2e4 * min(day, 6) - 3000 * day)),
    "a figure alone": shape(claim("alone", 700, 20), events=()),
}
MOST = {"huge": 4e7, "two waves": 5e5, "slow": 9e5, "one day": 6e4, "weekly": 2e5}
"""Populations that are stated and not refuted."""


@pytest.mark.parametrize("day", [1, 7])
@pytest.mark.parametrize("name", sorted(SHAPES))
def test_no_shape_gives_an_absurd_forecast(name: str, day: int) -> None:
    issued_at = START + dt.timedelta(days=day)
    made = forecast(SHAPES[name], issued_at, "15d", members=100, seed=1)
    last = made.last_figure
    assert last is not None
    assert last.value > 0
    for time, q in zip(made.times, made.quantiles("arrived.cumulative"), strict=True):
        assert q[11] >= last.value
        if time >= issued_at + dt.timedelta(days=1):
            assert q[20] > q[2]
    assert q[20] - q[2] > 0.03 * last.value
    assert q[-1] < 2 * MOST.get(name, 5e6)
    assert all(recognised(note) for note in made.notes)


def test_a_way_that_opens_again_brings_people_though_figures_stood_still() -> None:
    figures = [*every(1, lambda day: 3000 * min(day, 2), basis="estimate")][:7]
    shut = (ATTACK, event("closure", 2, "bridge"))
    opened = (*shut, event("opening", 7, "bridge"))
    issued_at = START + dt.timedelta(days=7, hours=6)
    medians = [
        forecast(shape(*figures, events=events), issued_at, "4d", members=200, seed=1).quantiles(
            "arrived.cumulative"
        )[-1][11]
        for events in (shut, opened)
    ]
    assert medians[0] < 7000
    assert medians[1] > 8000


def tomorrow(
    people: Callable[[int], float], figures: int, **fields: object
) -> npt.NDArray[np.float64]:
    """Quantiles a day after the last of so many daily figures, 5, 50 and 95 %."""
    told = list(every(1, people, **fields))[:figures]
    made = forecast(shape(*told), START + dt.timedelta(days=figures), "1d", members=200, seed=1)
    return np.asarray(made.quantiles("arrived.cumulative", levels=(0.05, 0.5, 0.95))[-1])


RISING: dict[str, Callable[[int], float]] = {
    "straight": lambda day: 3000 * day,
    "fading": lambda day: 4e4 * (1 - np.exp(-day / 5)),
    "growing": lambda day: 500 * np.exp(0.25 * day),
}


@pytest.mark.parametrize("name", sorted(RISING))
def test_figures_told_as_at_least_day_after_day_are_a_count(name: str) -> None:
    """Never surer than exact figures, never below what was told, and no open end."""
    people = RISING[name]
    widths = []
    for figures in (3, 14):
        exact, running = tomorrow(people, figures), tomorrow(people, figures, **OPEN)
        said = people(figures)
        assert running[0] >= 0.99 * said  # every() rounds to three digits
        assert running[2] - running[0] > exact[2] - exact[0]
        assert running[2] < 2 * exact[2]
        widths.append((running[2] - running[0]) / said)
    assert widths[0] > widths[1]


@pytest.mark.parametrize("figures", [1, 2])
def test_a_lone_at_least_admits_several_times_as_many(figures: int) -> None:
    running = tomorrow(RISING["straight"], figures, **OPEN)
    assert running[2] > 5 * 3000 * figures
    assert running[0] > 3000 * figures
