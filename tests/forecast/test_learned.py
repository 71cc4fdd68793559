"""No crisis is forecast with coefficients that saw it."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

import crossings as cx
from crossings.forecast.learned import coefficients
from crossings.forecast.seen import Marks
from tests.forecast.border import claim, one_gate

SHIPPED = json.loads((files("crossings.forecast") / "growth/coefficients.json").read_text())


def test_a_new_crisis_takes_what_was_learned_from_all() -> None:
    found = coefficients("growth", one_gate(claim("a", 5200, 40)))
    assert found.left_out == ()
    assert found.values == SHIPPED["all"]
    assert found.fitted_on == tuple(sorted(SHIPPED["crises"]))


@pytest.mark.parametrize("name", ["rohingya-2017", "kosovo-1999", "nagorno-karabakh-2023"])
def test_a_crisis_is_left_out_whatever_it_is_called(name: str) -> None:
    bundled = cx.load(name)
    renamed = bundled.model_copy(update={"id": "another", "title": "Another"})
    for situation in (bundled, renamed):
        found = coefficients("growth", situation)
        assert found.left_out == (name,)
        assert found.values == SHIPPED["without"][name]
        assert name not in found.fitted_on


def test_one_figure_in_common_is_enough() -> None:
    one = next(c for c in cx.load("rohingya-2017").claims if c.id == "roh-c015")
    alone = one_gate(one.model_copy(update={"place": "all"}))
    zone = cx.load("rohingya-2017").time_zone
    found = coefficients("growth", alone.model_copy(update={"time_zone": zone}))
    assert found.left_out == ("rohingya-2017",)


def test_an_edition_of_a_crisis_is_known_by_its_places_and_years() -> None:
    whole = cx.load("nagorno-karabakh-2023")
    other = whole.model_copy(
        update={
            "id": "another",
            "claims": tuple(
                c.model_copy(update={"low": c.low + 3, "high": c.high + 3})
                for c in whole.claims
                if c.low is not None and c.high is not None
            ),
        }
    )
    shipped = Marks.from_dict(SHIPPED["crises"]["burundi2015"])
    assert len(shipped.places) >= 3
    assert coefficients("growth", other).left_out == ()
    shifted = other.model_copy(
        update={
            "places": tuple(
                p.model_copy(update={"id": name})
                for p, name in zip(whole.places, ("Mahama", "nduta"), strict=False)
            ),
            "claims": tuple(
                c.model_copy(
                    update={"as_of": None, "known_at": c.known_at.replace(year=2015, day=1)}
                )
                for c in other.claims
            ),
        }
    )
    assert coefficients("growth", shifted).left_out == ("burundi2015",)


def test_figures_of_several_crises_take_the_values_that_saw_none() -> None:
    both = cx.load("rohingya-2017")
    both = both.model_copy(update={"id": "kosovo-1999"})
    found = coefficients("growth", both)
    assert set(found.left_out) == {"rohingya-2017", "kosovo-1999"}
    assert found.values == SHIPPED["prior"]
    assert found.fitted_on == ()


def test_every_crisis_has_a_set_without_it() -> None:
    assert set(SHIPPED["without"]) == set(SHIPPED["crises"])
    sets = [SHIPPED["prior"], SHIPPED["all"], *SHIPPED["without"].values()]
    assert len({tuple(sorted(one)) for one in sets}) == 1
    assert len({tuple(one.values()) for one in sets}) == len(sets)
