from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest

from crossings.dynamics.given_totals import SpreadRates, simulate_given_totals
from crossings.errors import InputError
from crossings.exchange.flee_import import import_flee
from crossings.situation.records import Claim, Event, Place, Route, Situation

START = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
CUT = "2020-01-11"
DAYS = 31


def claim(place: str, day: int, people: float) -> Claim:
    when = START + dt.timedelta(days=day, hours=23)
    return Claim(
        id=f"{place}-{day}",
        measure="hosted",
        counting="stock",
        place=place,
        low=people,
        high=people,
        as_of=when,
        known_at=when,
    )


def land(*more: Claim, opens: int | None = None) -> Situation:
    """An origin and three camps; the last one may open later. Totals rise from 1,000 to 4,000."""
    figures = [(0, 600, 400), (10, 1200, 800), (30, 2000, 2000)]
    claims = [claim(p, d, v) for d, *both in figures for p, v in zip("ab", both, strict=True)]
    events = []
    if opens is not None:
        when = START + dt.timedelta(days=opens)
        events = [Event(id="open", kind="opening", place="c", time=when, known_at=when)]
    return Situation(
        id="land",
        title="Land",
        start=START,
        places=(
            Place(id="o", name="O", kind="origin", known_at=START),
            *(Place(id=n, name=n, kind="camp", known_at=START, lat=1, lon=1) for n in "abc"),
        ),
        routes=tuple(
            Route(id=n, from_place="o", to_place=n, distance_km=100, known_at=START) for n in "abc"
        ),
        events=tuple(events),
        claims=(*claims, *more),
    )


def test_people_add_up_to_the_given_total_in_every_member() -> None:
    run = simulate_given_totals(land(opens=15), CUT, members=50, days=DAYS)
    people = run["present"].sum("place").values
    assert (people[:, 11:] == run["given_total"].values[11:]).all()
    assert run.attrs["totals"] == "given"
    assert (run["present"] >= 0).all()


def test_falling_totals_take_people_from_every_place() -> None:
    fall = [claim("a", 20, 100), claim("b", 20, 100)]
    run = simulate_given_totals(land(*fall), CUT, members=40, days=21)
    last = run["present"].isel(time=20).values
    assert (last.sum(axis=1) == 200).all()
    assert (last >= 0).all()
    assert abs(last[:, 0].mean() - 120) < 15  # as people stood at day 10


def test_no_figure_of_a_place_after_as_of_changes_anything_but_the_total() -> None:
    one = simulate_given_totals(land(), CUT, members=20, days=DAYS)
    swapped = [claim("a", 30, 0), claim("b", 30, 4000)]
    other = land().model_copy(
        update={"claims": tuple(c for c in land().claims if not c.id.endswith("-30"))}
    )
    other = other.with_claims(swapped)
    again = simulate_given_totals(other, CUT, members=20, days=DAYS)
    assert (one["given_total"].values[[0, 10, 30]] == [1000, 2000, 4000]).all()
    np.testing.assert_allclose(one["given_total"], again["given_total"], atol=1)
    same = one["present"].isel(time=30).mean("member") / 4000
    np.testing.assert_allclose(
        again["present"].isel(time=30).mean("member") / 4000, same, atol=0.01
    )


CERTAIN = SpreadRates(forgetting=math.inf, prior=0.5, distance_power=0.0, groups=1e9)


def test_shares_come_from_growth_while_open_and_the_road() -> None:
    run = simulate_given_totals(land(opens=20), CUT, members=200, rates=CERTAIN, days=DAYS)
    gained = run["present"].diff("time").mean("member").values
    # Of 2,000 people at day 10 half came since the start: 600 to a, 400 to b, all while both were
    # open; c, which nobody could reach before day 20, has the prior alone.
    rates = np.array([(0.3 + 0.25) / 1.0, (0.2 + 0.25) / 1.0, 0.0])
    np.testing.assert_allclose(gained[10:19].mean(axis=0), 100 * rates / rates.sum(), rtol=0.03)
    rates = np.array([(0.3 + 0.5 / 3) / 1.0, (0.2 + 0.5 / 3) / 1.0, (0.5 / 3) / 0.5])
    np.testing.assert_allclose(gained[19:].mean(axis=0), 100 * rates / rates.sum(), rtol=0.05)


def test_a_place_not_counted_lately_is_not_taken_for_an_empty_one() -> None:
    seen = land(claim("c", 0, 0))  # counted once, at the start: nobody there
    lately = land(claim("c", 0, 0), claim("c", 10, 0))
    found = [
        simulate_given_totals(one, CUT, members=50, rates=CERTAIN, days=DAYS)["present"]
        .isel(time=30)
        .sel(place="c")
        .mean()
        for one in (seen, lately)
    ]
    assert found[0] > 1.5 * found[1] > 0


def test_uncertain_shares_differ_between_members() -> None:
    spread = [
        simulate_given_totals(land(), CUT, members=300, rates=SpreadRates(groups=k), days=DAYS)[
            "present"
        ]
        .isel(time=30)
        .sel(place="a")
        .std()
        for k in (5.0, 50.0, 1e9)
    ]
    assert spread[0] > 1.5 * spread[1] > 4 * spread[2]


def test_parts_of_a_run_are_the_run() -> None:
    whole = simulate_given_totals(land(), CUT, members=9, days=DAYS)
    part = simulate_given_totals(land(), CUT, members=4, days=DAYS, first_member=5)
    assert whole["present"].isel(member=slice(5, 9)).equals(part["present"])


def test_an_imported_setup_runs(tmp_path: Path) -> None:
    from tests.exchange.flee_setups import setup

    situation = import_flee(setup(tmp_path)).situation
    run = simulate_given_totals(situation, "2020-01-04", members=10)
    assert run["place"].values.tolist() == ["Cava", "Dorn"]
    assert run.sizes["time"] == 6
    assert (run["present"].isel(time=-1).sum("place") == 180).all()


@pytest.mark.parametrize(
    ("change", "as_of", "told"),
    [
        ({"claims": ()}, CUT, "found no accepted claim of hosted.stock"),
        ({}, "2019-12-01", "expected a moment from the start"),
        ({}, "2021-01-01", "expected a moment from the start"),
        ({"places": (land().places[0],), "routes": (), "claims": ()}, CUT, "no camp or reception"),
    ],
)
def test_bad_input(change: dict[str, object], as_of: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        simulate_given_totals(land().model_copy(update=change), as_of)


@pytest.mark.parametrize("rates", [{"forgetting": 0.0}, {"prior": -1.0}, {"groups": 0.0}])
def test_rates_out_of_range(rates: dict[str, float]) -> None:
    with pytest.raises(InputError, match="expected"):
        SpreadRates(**rates)
