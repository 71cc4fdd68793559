"""The count engine and the individual engine follow the same law; a planted 5 % error shows.

Each example is one test at level ALPHA / EXAMPLES: with all of them taken together a false alarm
has a chance of at most ALPHA (the first step of Holm's procedure is Bonferroni's, and one rejection
fails the test). Seeds are fixed, so the outcome is too.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crossings.dynamics.flee.ensemble import run
from crossings.dynamics.flee.individuals.histories import run_individuals
from crossings.dynamics.flee.lay_out import lay_out
from crossings.dynamics.flee.records import (
    Closure,
    FleeCase,
    FleeNetwork,
    FleeSchedule,
    FleeTotals,
    Link,
    Location,
)
from crossings.dynamics.flee.settings import FleeSettings, Quirks
from tests.dynamics.flee.cases import cases
from tests.dynamics.flee.samples import features, same_law

ALPHA = 0.05
EXAMPLES = 15
LAWS = 10
"""Examples of laws of a day."""
COUNTS, PERSONS = 300, 40
"""Members of each engine."""


# Making a failing case smaller takes longer than reading it.
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
)
@given(cases())
def test_counts_and_individuals_follow_the_same_law(drawn: tuple[FleeCase, Quirks]) -> None:
    case, quirks = drawn
    counts = run(case, COUNTS, 1, quirks, ages=True)
    persons = run_individuals(case, PERSONS, 1, quirks)
    assert same_law(features(counts), features(persons), 3) > ALPHA / EXAMPLES


@st.composite
def cases_with_laws(draw: st.DrawFn) -> tuple[FleeCase, Quirks]:
    """Cases in which the law of a whole day holds: any options but those that go link by link."""
    case, quirks = draw(cases())
    plain = dataclasses.replace(
        case.settings,
        avoid_short_stints=False,
        awareness_level=1,
        fixed_routes=False,
        harvest_months=(),
        stay_close_to_home=False,
    )
    network = dataclasses.replace(
        case.network,
        locations=tuple(
            place._replace(kind="town") if place.kind == "marker" else place
            for place in case.network.locations
        ),
        links=tuple(link._replace(walk_probability=0.0) for link in case.network.links),
    )
    # On what is left of a day people end it at any point of a link: laws with many ends, slow here.
    quirks = dataclasses.replace(quirks, full_speed_on_every_link=True)
    return dataclasses.replace(case, network=network, settings=plain), quirks


@settings(
    max_examples=LAWS,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
)
@given(cases_with_laws())
def test_laws_of_a_day_and_individuals_follow_the_same_law(drawn: tuple[FleeCase, Quirks]) -> None:
    """Beside individuals where no camp is ever full, and beside link by link where some are."""
    case, quirks = drawn
    assert lay_out(case, quirks, 0.02, 1.0, 0).node.size > 0
    counts = run(case, COUNTS // 3, 1, quirks, arrivals=False, laws_from=0)
    assert (counts.present.sum(axis=2) + counts.travelling == counts.people).all()
    level = ALPHA / LAWS / 2
    links = run(case, COUNTS // 3, 2, quirks)
    assert same_law(features(counts, False), features(links, False), 3) > level
    places = tuple(p._replace(capacity=-1) for p in case.network.locations)
    case = dataclasses.replace(case, network=dataclasses.replace(case.network, locations=places))
    free = run(case, COUNTS // 3, 1, quirks, arrivals=False, laws_from=0)
    persons = run_individuals(case, PERSONS, 1, quirks)
    assert same_law(features(free, False), features(persons, False), 3) > level


def crossing(**changes: float) -> FleeCase:
    """A conflict, two towns and two camps, one of which fills up."""

    def place(name: str, kind: str, people: int = 0, capacity: int = -1) -> Location:
        country = "Y" if kind == "camp" else "X"
        return Location(name, "r", country, 0.0, 0.0, kind, people, capacity)  # type: ignore[arg-type]

    network = FleeNetwork(
        (
            place("a", "conflict", 5000),
            place("b", "town", 100),
            place("c", "town", 100),
            place("d", "camp", 0, 1000),
            place("e", "camp", 0, 70),
        ),
        (
            Link("a", "b", 100.0),
            Link("a", "c", 140.0),
            Link("b", "d", 200.0),
            Link("b", "c", 60.0),
            Link("c", "e", 150.0),
        ),
    )
    chosen = {"avoid_short_stints": True, "conflict_weight": 0.25, **changes}
    series = np.minimum(40 * np.arange(8), 240)
    totals = FleeTotals(series, {"d": series})
    return FleeCase(network, FleeSettings(**chosen), 8, totals=totals)  # type: ignore[arg-type]


def test_a_planted_error_of_five_per_cent_is_caught() -> None:
    """At the level of one example: a weight, a speed and the steepness of choice, 5 % off each."""
    reference = features(run_individuals(crossing(), 160, 4))
    assert same_law(features(run(crossing(), 900, 2)), reference, 1) > ALPHA
    for changes in (
        {"conflict_weight": 0.2625},
        {"max_move_speed": 378.0},
        {"distance_power": 1.05},
    ):
        wrong = features(run(crossing(**changes), 900, 2))
        assert same_law(wrong, reference, 1) < ALPHA / EXAMPLES, changes


def test_a_planted_error_shows_in_the_laws_of_a_day() -> None:
    bare = {"avoid_short_stints": False}
    reference = features(run_individuals(crossing(**bare), 160, 4), False)

    def law(**changes: float) -> float:
        found = run(crossing(**bare, **changes), 900, 2, arrivals=False, laws_from=0)
        return same_law(features(found, False), reference, 1)

    assert law() > ALPHA
    assert law(default_movechance=0.315) < ALPHA / EXAMPLES
    assert max(law(camp_weight=1.05), law(max_move_speed=378.0)) < ALPHA / 5


@pytest.mark.parametrize("opens", [0, 3])
def test_a_full_camp_lets_people_in_again(opens: int) -> None:
    """A small camp fills on one day, of the start or when its border opens; now and then somebody
    leaves it in the morning, and whoever decides later that morning may come, but nobody before.
    """
    case = crossing(avoid_short_stints=False)
    room = {"d": 400, "e": 133}
    network = dataclasses.replace(
        case.network,
        locations=tuple(p._replace(capacity=room.get(p.name, -1)) for p in case.network.locations),
    )
    closures = (Closure("country", "X", "Y", 0, opens),) if opens else ()
    case = dataclasses.replace(
        case,
        network=network,
        schedule=FleeSchedule(closures),
        newcomers=np.array([3000] + [0] * 7),
    )
    quirks = Quirks.flee()
    persons = features(run_individuals(case, 100, 4, quirks), False)
    laws = run(case, 400, 1, quirks, arrivals=False, laws_from=0)
    for counts in (laws, run(case, 400, 2, quirks), run(case, 400, 3, quirks, ages=True)):
        assert (counts.present.sum(axis=2) + counts.travelling == counts.people).all()
        assert same_law(features(counts, False), persons, 1) > ALPHA / 3
    # Before those who leave were mixed with those who decide, 135 were in the small camp.
    if not opens:
        assert laws.present[:, -1, 4].mean() > 143.0


@pytest.mark.parametrize("quirks", [Quirks(), Quirks.flee()])
def test_many_people_share_out_as_if_each_went_link_by_link(quirks: Quirks) -> None:
    """With so many that means are known to a few in ten thousand, on days without full camps."""
    case = dataclasses.replace(crossing(avoid_short_stints=False, camp_weight=2.0), days=5)
    network = dataclasses.replace(
        case.network, locations=tuple(p._replace(capacity=-1) for p in case.network.locations)
    )
    newcomers = np.array([200_000, 0, 100_000, 0, 0])
    case = dataclasses.replace(case, network=network, newcomers=newcomers)
    laws = run(case, 30, 1, quirks, arrivals=False, laws_from=0)
    links = run(case, 30, 2, quirks)
    assert laws.arrived.size == 0
    for t in range(5):
        a, b = laws.present[:, t].astype(float), links.present[:, t].astype(float)
        # A multinomial's variance is at most its mean.
        spread = np.sqrt((a.mean(axis=0) + b.mean(axis=0)) / 30 + 1e-9)
        assert (np.abs(a.mean(axis=0) - b.mean(axis=0)) < 4.5 * spread).all()
        assert (a.var(axis=0) < 3.0 * a.mean(axis=0) + 1.0).all()


def line(kinds: str, km: float, days: int, capacity: int = -1, **changes: object) -> FleeCase:
    """Places in a row, conflicts (c), towns (t) and camps in another country (k)."""
    kind = {"c": "conflict", "t": "town", "k": "camp"}
    places = tuple(
        Location(
            f"{i}", "r", "Y" if k == "k" else "X", 0.0, 0.0, kind[k], 5000 * (k != "k"),  # type: ignore[arg-type]
            capacity if k == "k" else -1,
        )
        for i, k in enumerate(kinds)
    )  # fmt: skip
    links = tuple(Link(f"{i}", f"{i + 1}", km) for i in range(len(kinds) - 1))
    chosen = {"max_move_speed": 200.0, **changes}
    return FleeCase(FleeNetwork(places, links), FleeSettings(**chosen), days)  # type: ignore[arg-type]


@pytest.mark.parametrize("turns_back", [False, True])
@pytest.mark.parametrize("opens", [1, 2])
def test_whoever_is_on_a_link_when_it_is_shut(turns_back: bool, opens: int) -> None:
    """The link takes until the evening of day 2; it is shut on day 1, and open again by then."""
    case = line("ck", 550.0, 3)
    schedule = FleeSchedule((Closure("country", "X", "Y", 1, opens),))
    case = dataclasses.replace(case, schedule=schedule, newcomers=np.array([100, 0, 0]))
    quirks = Quirks(shutting_turns_back=turns_back)
    expected = [100, 0] if turns_back else [0, 100]
    for done in (run(case, 2, 1, quirks), run_individuals(case, 2, 1, quirks)):
        assert done.present[:, -1].tolist() == [expected] * 2
        assert done.travelling[:, :2].tolist() == [[100, 100]] * 2


def test_origins_with_numbers_of_their_own_follow_one_another() -> None:
    """Those of the first place are in the camp before those of the second come through."""
    case = line("kcc", 150.0, 1, 40, conflict_driven="constant", displaced_per_conflict_day=40.0)
    quirks = Quirks(full_speed_on_every_link=True)
    counts, persons = run(case, 400, 1, quirks), run_individuals(case, 100, 1, quirks)
    assert same_law(features(counts), features(persons), 3) > ALPHA
    turned = dataclasses.replace(case.network, locations=case.network.locations[::-1])
    other = run(dataclasses.replace(case, network=turned), 400, 2, quirks)
    assert other.present[:, 0, 2].mean() > counts.present[:, 0, 0].mean() + 3.0


def test_who_set_out_first_comes_first() -> None:
    """A camp fills up over days: with ages the law is that of persons, without it is near to it."""
    case = line("cttk", 190.0, 14, 80, awareness_level=3, capacity_buffer=0.5)
    case = dataclasses.replace(case, newcomers=np.array([12] * 14))
    persons = features(run_individuals(case, 200, 1))
    assert same_law(features(run(case, 600, 1, ages=True)), persons, 3) > ALPHA
    mixed = run(case, 600, 1)
    assert same_law(features(mixed), persons, 3) < ALPHA / EXAMPLES
    assert abs(mixed.present[:, -1, 3].mean() - persons[:, -6 - 4 + 3].mean()) < 4.0


def test_people_are_conserved_and_threads_change_nothing() -> None:
    case = crossing()
    one = run(case, 50, 5, workers=1)
    two = run(case, 50, 5, workers=2)
    part = run(case, 10, 5, first_member=30)
    bare = crossing(avoid_short_stints=False)
    one_law, two_laws = (
        run(bare, 50, 5, workers=workers, arrivals=False, laws_from=0) for workers in (1, 2)
    )
    last = run(bare, 1, 5, first_member=49, arrivals=False, laws_from=0)
    assert (one_law.present.sum(axis=2) + one_law.travelling == one_law.people).all()
    assert np.array_equal(one_law.present, two_laws.present)
    assert np.array_equal(one_law.present[49:], last.present)
    assert (one.present.sum(axis=2) + one.travelling == one.people).all()
    for name in ("present", "arrived", "travelling", "people"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
        assert np.array_equal(getattr(one, name)[30:40], getattr(part, name))


@settings(max_examples=60, deadline=None)
@given(cases())
def test_nobody_is_lost_or_made(drawn: tuple[FleeCase, Quirks]) -> None:
    case, quirks = drawn
    done = run(case, 5, 9, quirks)
    assert (done.present.sum(axis=2) + done.travelling == done.people).all()
    assert (done.present >= 0).all()
    assert (np.diff(done.people, axis=1) >= 0).all()


def test_settings_alone_change_the_law_where_they_should() -> None:
    usual = run(crossing(), 200, 1)
    walking = run(crossing(start_on_foot=True), 200, 1)
    assert dataclasses.asdict(crossing().settings)["start_on_foot"] is False
    assert walking.arrived[:, -1, 3].mean() < usual.arrived[:, -1, 3].mean()
