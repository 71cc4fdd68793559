"""What a forecast promises from end to end: nothing later, the same bits, counts that fit."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crossings as cx
from crossings.errors import InputError
from crossings.exchange.forecast_csv import forecast_csv
from crossings.forecast.issue import forecast
from crossings.forecast.outlook import Outlook
from crossings.situation.folder import load_folder, new_folder, save_folder
from crossings.situation.records import Claim, Context, Event, Place, Prior, Route, Situation
from tests import outlooks
from tests.forecast import border
from tests.forecast.border import at, claim
from tests.forecast.promises import crises, holds_promises, two_roads

ROOT = Path(__file__).parents[2]
MEMBERS = 100


def issue(known: Situation, horizon: str | float = "3d", **options: Any) -> Outlook:
    """A small forecast at the border's issue time, with its promises held."""
    asked: dict[str, Any] = {"members": MEMBERS, "as_of": border.ISSUED} | options
    made = forecast(known, horizon=horizon, **asked)
    holds_promises(made, known.as_of(made.issued_at))
    return made


def same(a: Outlook, b: Outlook) -> bool:
    fields = [f.name for f in dataclasses.fields(Outlook) if f.name != "draws"]
    return a.draws.identical(b.draws) and all(getattr(a, f) == getattr(b, f) for f in fields)


def middle(made: Outlook, place: str = "all") -> tuple[float, float, float]:
    """The 5 %, 50 % and 95 % quantiles of arrivals at the end."""
    low, median, high = made.quantiles("arrived.cumulative", place, (0.05, 0.5, 0.95))[-1]
    return float(low), float(median), float(high)


BEFORE = two_roads(
    claim("population", 90_000, -20, measure="population", counting="stock"),
    claim("first", 800, 60),
    claim("east-1", 900, 80, place="east"),
    claim("second", 2500, 100),
    claim("books", 1500, 100, measure="registered", basis="registration"),
    claim("plan", 40_000, 90, basis="planning", status="planned", sources=("a mayor",)),
    claim("camp", 700, 110, place="east-camp"),
    priors=(
        Prior(parameter="capacity", family="lognormal", a=600, b=0.5, known_at=border.LONG_AGO),
    ),
)


@pytest.fixture(scope="module")
def base() -> Outlook:
    return issue(BEFORE)


# --- nothing that became known later -------------------------------------------------------------

later = st.integers(int(border.ISSUE_HOURS) * 60 + 1, 100_000).map(lambda m: at(m / 60))


@st.composite
def later_rows(draw: st.DrawFn) -> dict[str, tuple[Any, ...]]:
    """Rows of every table that became known after the issue time, telling all they can."""
    known_at = draw(later)
    hours = draw(st.integers(-40, 400))
    new = {
        "places": (
            Place(
                id=draw(st.sampled_from(["a-first", "zz-last"])),
                name="later",
                kind=draw(st.sampled_from(["origin", "crossing", "camp"])),
                country="BBB",
                known_at=known_at,
            ),
        ),
        "routes": (
            Route(id="a-new-road", from_place="home", to_place="west-camp", known_at=known_at),
        ),
        "events": (
            Event(
                id="a-later-event",
                time=at(hours),
                known_at=known_at,
                kind=draw(st.sampled_from(["closure", "opening", "ceasefire", "explosion"])),
                place="east",
            ),
        ),
        "claims": (
            claim(
                "a-later-claim",
                float(draw(st.integers(0, 10**6))),
                hours,
                measure=draw(st.sampled_from(["arrived", "population", "waiting", "moved_on"])),
                place=draw(st.sampled_from(["all", "east", "west-camp"])),
                known_at=known_at,
            ),
        ),
        "context": (Context(id="x", subject="A", relation="supports", known_at=known_at),),
        "priors": (
            Prior(parameter="capacity", family="lognormal", a=9000, b=0.1, known_at=known_at),
        ),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(new)), min_size=1))
    return {table: rows for table, rows in new.items() if table in chosen}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=later_rows(), front=st.booleans())
def test_rows_known_later_change_no_bit(
    base: Outlook, rows: dict[str, tuple[Any, ...]], front: bool
) -> None:
    changed = BEFORE.model_copy(
        update={
            table: (*added, *getattr(BEFORE, table)) if front else (*getattr(BEFORE, table), *added)
            for table, added in rows.items()
        }
    )
    assert changed.as_of(border.ISSUED) == BEFORE.as_of(border.ISSUED)
    made = issue(changed)
    assert same(made, base)
    assert forecast_csv(made) == forecast_csv(base)


def test_all_that_a_bundled_situation_says_later_changes_no_bit() -> None:
    whole = cx.load("nagorno-karabakh-2023")
    when = dt.datetime.fromisoformat("2023-09-24T22:00+04:00")
    known = whole.as_of(when)
    assert len(known.claims) < len(whole.claims)
    assert len(known.events) < len(whole.events)
    one, two = (issue(s, "1d", as_of=when, delay_check=True) for s in (whole, known))
    assert same(one, two)
    assert forecast_csv(one).encode() == forecast_csv(two).encode()


def test_every_gate_of_time_is_shut_by_the_second(base: Outlook) -> None:
    # A figure known at the issue time counts, one known a second later does not.
    figure = claim("late", 30_000, 119.0, known_at=border.ISSUED)
    on_time = issue(BEFORE.with_claims([figure]))
    assert on_time.last_figure is not None
    assert on_time.last_figure.claim == "late"
    after = figure.model_copy(update={"known_at": border.ISSUED + dt.timedelta(seconds=1)})
    assert same(issue(BEFORE.with_claims([after])), base)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_bit(base: Outlook, random: Any) -> None:
    tables: dict[str, tuple[Any, ...]] = {}
    for table in ("places", "routes", "events", "claims", "context", "priors"):
        rows = list(getattr(BEFORE, table))
        random.shuffle(rows)
        tables[table] = tuple(rows)
    made = issue(BEFORE.model_copy(update=tables))
    assert set(made.places) == set(base.places)
    assert made.draws.sel(place=list(base.places)).equals(base.draws)
    assert {use.claim: use for use in made.claims} == {use.claim: use for use in base.claims}
    assert sorted(forecast_csv(made).splitlines()) == sorted(forecast_csv(base).splitlines())


def test_words_and_what_is_only_shown_do_not_enter(base: Outlook) -> None:
    told = BEFORE.model_copy(
        update={"title": "Another title", "notes": "90,000 will flee", "licence": "none"}
    )
    assert issue(told).draws.identical(base.draws)
    shown = [
        claim("beds", 500, 90, measure="capacity", counting="stock", place="east-camp"),
        claim("killed", 200, 90, measure="killed"),
        claim("maybe", 30_000, 110, review="proposed"),
        claim("wrong", 80_000, 110, review="rejected"),
        claim("gone", 9000, 110, measure="moved_on", review="rejected"),
    ]
    made = issue(BEFORE.with_claims(shown))
    assert made.draws.identical(base.draws)
    uses = {use.claim: use for use in made.claims}
    assert not any(uses[c.id].used for c in shown)
    assert issue(BEFORE.with_claims(shown), include_proposed=True).last_figure != base.last_figure


# --- the same bits -------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits_and_another_others(base: Outlook) -> None:
    assert same(issue(BEFORE), base)
    assert not issue(BEFORE, seed=2).draws.equals(base.draws)


TWO_THREADS = """
import hashlib
import numba
from crossings.forecast.issue import forecast
from tests.forecast.test_issue import BEFORE
from tests.forecast import border
for threads in (1, 2):
    numba.set_num_threads(threads)
    made = forecast(BEFORE, border.ISSUED, "3d", members=100)
    digest = hashlib.sha256()
    for target in made.targets:
        digest.update(made.draws[target].values.tobytes())
    print(digest.hexdigest(), made.diagnostics)
"""


def test_one_and_two_threads_give_the_same_bits() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TWO_THREADS],
        cwd=ROOT,
        env={**os.environ, "NUMBA_NUM_THREADS": "2"},  # on one processor, too
        capture_output=True,
        text=True,
        check=True,
    )
    one, two = done.stdout.splitlines()
    assert one == two


# --- when ----------------------------------------------------------------------------------------


def test_a_bare_date_is_the_end_of_that_day_where_the_crisis_is() -> None:
    known = cx.load("kosovo-1999")
    made = issue(known, "3d", as_of="1999-03-27")
    assert made.issued_at.isoformat() == "1999-03-27T23:59:59+01:00"
    # The clock is put forward in the night to 28 March: days still end with their last second.
    assert [t.isoformat() for t in made.times] == [
        "1999-03-28T23:59:59+02:00",
        "1999-03-29T23:59:59+02:00",
        "1999-03-30T23:59:59+02:00",
    ]
    on_the_day = issue(known, "1d", as_of=dt.date(1999, 3, 28))
    assert on_the_day.issued_at.isoformat() == "1999-03-28T23:59:59+02:00"


def test_without_a_time_the_newest_row_is_the_issue_time() -> None:
    assert issue(BEFORE, as_of=None).issued_at == at(110.5)


@pytest.mark.parametrize("step", [1.0, 6.0, 24.0])
def test_forecasts_of_every_step_agree_roughly(step: float) -> None:
    made = issue(BEFORE.model_copy(update={"step_hours": step}))
    assert made.diagnostics["step_hours"] == step
    low, median, high = middle(made)
    assert 2500 <= low < median < high
    assert median < 60_000


def test_the_first_hours_after_a_figure_are_near_it_whatever_the_step() -> None:
    # With steps of a day the nearest end of a step lies before the figure.
    known = two_roads(claim("figure", 2000, 105.0), step_hours=24.0)
    when = at(106)
    made = issue(known, "2d", as_of=when, times=[at(107)])
    assert made.times[0] == at(107)
    assert made.samples("arrived.cumulative")[:, 0].min() >= 2000


# --- what is known, in every state ---------------------------------------------------------------


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(crises())
def test_every_situation_forecasts(known: Situation) -> None:
    issue(known, "60h")


def test_a_feared_flight_is_not_forecast_with_confidence() -> None:
    plan = claim("plan", 400_000, 60, basis="planning", status="planned")
    fear = claim("fear", 350_000, 70, basis="intention", status="forecast", sources=("a mayor",))
    people = claim("population", 500_000, -20, measure="population", counting="stock")
    for claims in ([plan], [fear, people], [plan, fear, people]):
        made = issue(two_roads(*claims), "15d", members=200)
        low, median, high = middle(made)
        assert low == 0
        assert median < 1000
        assert high > 1000
        odds = made.diagnostics["start_of_flow"]["within"]
        assert list(odds) == ["1d", "3d", "7d", "14d"]
        assert 0.005 < odds["1d"] <= odds["3d"] <= odds["7d"] <= odds["14d"] < 0.4
        assert any("Nobody has reported" in note for note in made.notes)
        weak = {use.claim: use.weight for use in made.claims}
        assert all(0 < weak[c.id] < 0.2 for c in claims if c is not people)


def stretch(values: list[float], **fields: Any) -> list[Claim]:
    return [
        claim(f"c{i}", value, 40 + 70 * i / len(values), **fields) for i, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("name", "claims", "least", "most"),
    [
        ("one figure", [claim("a", 3000, 100)], 3000, 9000),
        ("gaps", [claim("a", 300, 10), claim("b", 9000, 110)], 9000, 12_000),
        ("falling totals", stretch([3000, 2500, 2000]), 2000, 5000),
        ("the same total again and again", stretch([3000.0] * 6), 3000, 4000),
        ("no one so far", stretch([0.0] * 5), 0, 1),
        (
            "two sources a factor ten apart",
            stretch([3000, 3500]) + [c.model_copy(update={"id": c.id + "x", "sources": ("B",)})
            for c in stretch([30_000, 35_000])],
            3500,
            200_000,
        ),
        ("five million in a day", [claim("a", 100, 90), claim("b", 5e6, 114)], 100, 2e7),
        ("a moment still to come", [claim("a", 3000, 400, known_at=at(100))], 0, 1),
        (
            "more than there were",
            [claim("p", 1000, -9, measure="population", counting="stock"), claim("a", 3e4, 100)],
            30_000,
            60_000,
        ),
        ("a day's flow only", [claim("a", 4000, 119, counting="flow")], 2000, 40_000),
        ("at least", [claim("a", 4000, 110, high=None, qualifier="at_least")], 3500, 60_000),
        (
            "the books only",
            [claim("a", 2500, 110, measure="registered", basis="registration")],
            2000,
            6000,
        ),
        ("one crossing of two", [claim("a", 3000, 100, place="east")], 3000, 40_000),
        ("both crossings", [claim("a", 3000, 100, place="east"),
                            claim("b", 500, 100, place="west")], 3500, 10_000),
    ],
)  # fmt: skip
def test_every_kind_of_history_gives_a_range_that_starts_where_it_ends(
    name: str, claims: list[Claim], least: float, most: float
) -> None:
    made = issue(two_roads(*claims), "8d")
    low, median = made.quantiles("arrived.cumulative", "all", (0.05, 0.5))[0]
    assert least <= low, name
    assert low <= median <= most, name
    end = middle(made)
    assert end[2] > 1.02 * max(1.0, end[0]), f"{name}: the end of the horizon is a point"
    nobody = name in ("no one so far", "a moment still to come")
    assert ("start_of_flow" in made.diagnostics) == nobody


def test_figures_older_than_the_simulated_window_are_where_it_starts() -> None:
    known = two_roads(*stretch([300, 900]))
    made = issue(known, "8d", as_of=at(24 * 150))
    low, median, high = middle(made)
    assert 900 <= low <= median < high
    uses = {use.claim: use for use in made.claims}
    assert "when the simulation starts" in uses["c1"].reason
    assert not uses["c0"].used
    assert made.last_figure is not None
    assert any("hours old" in note for note in made.notes)


def test_a_plan_that_nobody_goes_forecasts() -> None:
    issue(two_roads(claim("plan", 0, 60, basis="planning", status="planned")), "1d")


def test_a_slip_of_the_pen_is_left_out_with_its_reason() -> None:
    made = issue(BEFORE.with_claims([claim("slip", 2.5e12, 110)]))
    use = next(use for use in made.claims if use.claim == "slip")
    assert not use.used
    assert "more people than" in use.reason
    assert middle(made)[2] < 1e6


def chain(kinds: list[str], country: str = "BBB") -> Situation:
    """home -> p0 -> p1 -> ..., of these kinds."""
    places = [border.place("home", "origin", "AAA")]
    places += [border.place(f"p{i}", kind, country) for i, kind in enumerate(kinds)]
    routes = [border.route(a.id, b.id) for a, b in pairwise(places)]
    known = border.situation(claim("a", 3000, 100), places=places, routes=routes)
    return known.model_copy(update={"step_hours": 6.0})


def test_maps_of_every_shape_forecast() -> None:
    star = chain(["crossing"])
    posts = [border.place(f"post-{i}", "crossing", "BBB") for i in range(8)]
    eight = star.model_copy(
        update={
            "places": (*star.places, *posts),
            "routes": (*star.routes, *(border.route("home", p.id) for p in posts)),
        }
    )
    assert set(issue(eight, "1d").places) == {"all", "p0", *(p.id for p in posts)}
    sixty = chain(["crossing", *["town"] * 57, "camp", "region"])
    assert len(issue(sixty, "1d").places) == 61
    ring = chain(["crossing", "town", "town", "camp"])
    back = border.route("p3", "p1", both_ways=True)
    issue(ring.model_copy(update={"routes": (*ring.routes, back)}), "1d")
    lonely = ring.model_copy(
        update={"places": (*ring.places, border.place("island", "town", "BBB"))}
    )
    issue(lonely, "1d")


def test_a_country_without_a_road_is_reached_all_the_same() -> None:
    regions = [border.place(n, "region", n) for n in ("BBB", "CCC", "DDD")]
    claims = [
        claim(f"{p.id}-{hours}", value * hours, hours, place=p.id)
        for p, value in zip(regions, (50.0, 20.0), strict=False)
        for hours in (50, 80, 110)
    ]
    home = border.place("home", "origin", "AAA")
    for places in ([home, *regions], regions):
        known = border.situation(*claims, places=places, routes=[])
        made = issue(known.model_copy(update={"step_hours": 6.0}), "5d", members=200)
        assert made.places == ("all", "BBB", "CCC", "DDD")
        assert made.last_figure is not None
        assert made.last_figure.value == 110 * 70
        assert middle(made, "BBB")[0] >= 5500
        assert middle(made, "CCC")[0] >= 2200
        assert middle(made)[2] > 1.05 * 7700


def test_a_count_at_a_camp_is_a_floor_of_all() -> None:
    made = issue(border.one_gate(claim("n", 3000, 100, place="north")), "3d", members=200)
    low, median, high = middle(made)
    assert 3000 <= low < median < high
    assert made.samples("arrived.cumulative", "north").min() >= 3000
    assert made.last_figure is None
    assert not any("Nobody has reported" in note for note in made.notes)


def test_nothing_known_is_refused_with_a_reason() -> None:
    empty = two_roads(events=())
    for when in (None, border.ISSUED):
        with pytest.raises(InputError, match="no claims and no events"):
            forecast(empty, when, "3d", MEMBERS)
    with pytest.raises(InputError, match="after the first row was known"):
        forecast(two_roads(), at(1), "3d", MEMBERS)
    with pytest.raises(InputError, match="after the start of situation 'border'"):
        forecast(two_roads(), at(-1), "3d", MEMBERS)


# --- folders and bundled situations --------------------------------------------------------------


def test_the_template_of_a_new_situation_forecasts(tmp_path: Path) -> None:
    new_folder(tmp_path / "mine")
    known = load_folder(tmp_path / "mine")
    made = issue(known, as_of=None)
    assert made.last_figure is not None
    assert made.last_figure.value == 2890
    assert made.places == ("all", "old-bridge", "southtown")


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(known=crises())
def test_a_folder_forecasts_as_its_situation(
    tmp_path_factory: pytest.TempPathFactory, known: Situation
) -> None:
    folder = tmp_path_factory.mktemp("saved") / "folder"
    save_folder(known, folder)
    assert same(issue(load_folder(folder), "1d"), issue(known, "1d"))


@pytest.mark.parametrize(
    ("name", "as_of"),
    [
        ("rohingya-2017", "2017-08-29"),
        ("rohingya-2017", "2017-09-17"),
        ("kosovo-1999", "1999-03-29"),
        ("kosovo-1999", "1999-04-17"),
    ],
)
def test_the_other_onsets_have_every_cell_that_a_scorer_asks_for(name: str, as_of: str) -> None:
    truth = (ROOT / "benchmarks" / "truth" / f"{name}.csv").read_text().splitlines()[1:]
    wanted = {line.partition(",")[0] for line in truth}
    made = issue(cx.load(name), "15d", as_of=as_of)
    assert wanted <= set(made.places)
    day = dt.date.fromisoformat(as_of)
    assert made.issued_at.date() == day
    ahead = {(t.date() - day).days for t in made.times}
    assert {1, 3, 7, 14, 15} <= ahead
    assert "arrived.cumulative" in made.targets


# --- delayed publication -------------------------------------------------------------------------


def test_assumed_publication_times_are_put_off_where_that_matters() -> None:
    def note(*claims: Claim) -> str:
        return issue(two_roads(*claims), "1d", delay_check=True).notes[-1]

    old = claim("old", 1000, 100)
    assert "2 hours later" not in note(old)
    sure = old.model_copy(update={"known_at_assumed": True})
    assert "the same figures would have been known" in note(sure)
    new = claim("new", 2000, 119, known_at_assumed=True)
    assert "the last figure would be 1,000" in note(old, new)


def test_where_nothing_would_have_been_known_the_note_says_so() -> None:
    new = claim("new", 2000, 119, known_at_assumed=True)
    made = issue(two_roads(new, events=()), "1d", delay_check=True)
    assert "nothing would have been known yet" in made.notes[-1]


def test_progress_goes_from_nothing_to_all() -> None:
    told: list[float] = []
    issue(BEFORE, "1d", progress=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < 0.5
    assert told[-1] == pytest.approx(1.0)


def test_the_small_situation_of_the_pages_forecasts() -> None:
    made = issue(outlooks.situation(), "2d", as_of="2023-09-25")
    assert made.places[:4] == ("all", "hakari-bridge", "kornidzor", "goris")
    assert made.targets[:2] == ("arrived.cumulative", "present.stock")
    assert np.issubdtype(made.samples("present.stock", "goris").dtype, np.int64)
