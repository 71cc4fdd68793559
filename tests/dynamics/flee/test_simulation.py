from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import crossings as cx
from crossings.errors import InputError
from crossings.exchange.flee_import import import_flee
from crossings.situation.records import Situation
from tests.exchange.flee_setups import setup


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Situation:
    return import_flee(setup(tmp_path_factory.mktemp("flee"))).situation


def test_totals_given_are_marked_and_people_are_conserved(situation: Situation) -> None:
    run = cx.simulate(situation, members=20, rules="flee")
    assert (run.attrs["rules"], run.attrs["totals"], run.attrs["quirks"]) == (
        "flee",
        "given",
        "none",
    )
    assert "capacities" in run.attrs["given"]
    assert run.sizes == {"member": 20, "time": 10, "place": 4}
    everybody = run["present"].sum("place") + run["travelling"]
    assert everybody.equals(run["people"].astype(np.int64))
    # Camps start empty here, so all there are have set out by the given series.
    assert (run["people"].values == run["given_newcomers"].values.cumsum()).all()
    assert run["given_newcomers"].sum() == 180
    assert run["present"].sel(place="Cava").isel(time=-1).mean() > 0


def test_without_hindsight_capacities_the_result_does_not_claim_them(situation: Situation) -> None:
    run = cx.simulate(situation, members=2, rules="flee", capacities=False)
    assert "capacities" not in run.attrs["given"]


def test_modelled_totals_follow_from_the_conflict(situation: Situation) -> None:
    run = cx.simulate(situation, members=3, rules="flee", totals="modelled", days=8)
    assert "given_total" not in run
    # 500 people a day, Flee's default, while the conflict of six days lasts.
    assert run["people"].values.tolist() == [[500 * min(t + 1, 6) for t in range(8)]] * 3


def test_quirks_change_the_result_and_are_named(tmp_path: Path) -> None:
    closures = "#closure_type,name1,name2,closure_start,closure_end\nlink,Brod,Dorn,0,-1\n"
    situation = import_flee(setup(tmp_path, closures=closures)).situation
    runs = [
        cx.simulate(situation, members=20, rules="flee", flee_compatible=quirks)
        for quirks in (False, True)
    ]
    assert [run.attrs["quirks"] for run in runs] == ["none", "all of Flee's"]
    # Flee never closes a link.
    arrived = [int(run["arrived"].sel(place="Dorn").sum()) for run in runs]
    assert arrived[0] == 0 < arrived[1]


def test_places_kept_and_parts_of_members_are_those_of_the_whole(situation: Situation) -> None:
    whole = cx.simulate(situation, members=6, rules="flee")
    part = cx.simulate(situation, members=2, rules="flee", places=["Dorn", "Cava"], first_member=4)
    expected = whole["present"].isel(member=slice(4, 6)).sel(place=["Dorn", "Cava"])
    assert part["present"].equals(expected)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"as_of": "2020-01-04"}, "as_of: found '2020-01-04', expected nothing"),
        ({"step_hours": 6}, "step_hours"),
        ({"members": 0}, "members: found 0"),
        ({"days": 11}, "days: found 11"),
        ({"places": ["nowhere"]}, "places: found 'nowhere'"),
    ],
)
def test_bad_input(arguments: dict[str, object], told: str, situation: Situation) -> None:
    with pytest.raises(InputError, match=told):
        cx.simulate(situation, rules="flee", **arguments)  # type: ignore[arg-type]


def test_a_situation_without_a_setup(situation: Situation, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="crossings import flee"):
        cx.simulate(situation.model_copy(update={"flee": None}), rules="flee")
