from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.forecast.corridors import corridors
from crossings.forecast.observation import gather
from crossings.forecast.parameters import DEFAULTS, Distribution, Priors
from crossings.forecast.population import HALF_LIFE_YEARS, Population, population
from crossings.situation.records import Claim, Prior
from tests.forecast import border
from tests.forecast.border import claim

YEAR = dt.timedelta(days=365.25)


def people(name: str, value: float, years_ago: float = 0.0, **fields: object) -> Claim:
    when = border.ISSUED - years_ago * YEAR
    row: dict[str, object] = {
        "measure": "population",
        "counting": "stock",
        "basis": "estimate",
        "as_of": when,
        "known_at": when,
        "sources": (f"source of {name}",),
    }
    return claim(name, value, 0, **(row | fields))


def stated(*claims: Claim, priors: tuple[Prior, ...] = ()) -> Population:
    known = border.one_gate(*claims)
    found = gather(known, corridors(known), border.ISSUED)
    return population(found, Priors(priors), border.ISSUED)


def weights(found: Population) -> dict[str, float]:
    return {use.claim: use.weight for use in found.uses}


voices = st.sampled_from(["the ministry", "the army", "the army, its press office", "a charity"])


@st.composite
def statements(draw: st.DrawFn) -> list[Claim]:
    return [
        people(
            f"c{i}",
            float(draw(st.integers(1, 10**6))),
            draw(st.floats(0, 30)),
            basis=draw(st.sampled_from(["count", "registration", "estimate", "eyewitness"])),
            sources=tuple(draw(st.lists(voices, max_size=3))),
            publisher=draw(st.sampled_from(["", "a newspaper"])),
        )
        for i in range(draw(st.integers(1, 6)))
    ]


@given(statements())
def test_weights_sum_to_one_and_every_claim_has_its_use(said: list[Claim]) -> None:
    found = stated(*said)
    assert sum(weight for weight, _ in found.parts) == pytest.approx(1)
    assert sum(weights(found).values()) == pytest.approx(1)
    entered = {c.id for c in gather_population(said)}
    assert set(weights(found)) == entered
    # Each part is one claim's figure, with the weight that its use tells.
    figures = sorted((weights(found)[c.id], float(c.value or 0)) for c in said if c.id in entered)
    assert sorted((w, d.a) for w, d in found.parts) == figures
    assert [d.a for _, d in found.parts] == sorted(d.a for _, d in found.parts)


def gather_population(said: list[Claim]) -> tuple[Claim, ...]:
    known = border.one_gate(*said)
    return gather(known, corridors(known), border.ISSUED).population


def test_one_speaker_has_one_voice_however_often_he_speaks() -> None:
    army = [people(f"army-{i}", 120_000 + i, sources=("the army",)) for i in range(4)]
    found = weights(stated(people("ministry", 50_000), *army))
    assert found["ministry"] == pytest.approx(0.5)
    assert sum(found[c.id] for c in army) == pytest.approx(0.5)


def test_an_office_speaks_with_the_voice_of_its_house() -> None:
    found = weights(
        stated(
            people("one", 50_000, sources=("The army, its press office",)),
            people("two", 60_000, sources=("the army",)),
            people("three", 70_000),
        )
    )
    assert found["three"] == pytest.approx(0.5)


def test_without_a_source_the_publisher_speaks() -> None:
    papers = [people(f"p{i}", 50_000 + i, sources=(), publisher="a newspaper") for i in range(2)]
    found = weights(stated(*papers, people("ministry", 70_000)))
    assert found["ministry"] == pytest.approx(0.5)


def test_a_count_weighs_three_estimates() -> None:
    found = weights(stated(people("count", 50_000, basis="count"), people("estimate", 70_000)))
    assert found["count"] == pytest.approx(3 * found["estimate"])


def test_a_figure_loses_half_its_weight_in_its_half_life() -> None:
    found = weights(stated(people("new", 50_000), people("old", 70_000, HALF_LIFE_YEARS)))
    assert found["new"] == pytest.approx(2 * found["old"])


def test_a_figure_that_many_independent_sources_give_weighs_more() -> None:
    found = weights(stated(people("one", 50_000), people("four", 70_000, sources=tuple("abcd"))))
    assert found["four"] == pytest.approx(2 * found["one"])


@pytest.mark.parametrize("reliability", [0.25, 1.0, 2.0])
def test_a_reliability_multiplies_the_weight_of_its_speaker(reliability: float) -> None:
    row = Prior(
        parameter="source_reliability",
        scope="source of one",
        family="fixed",
        a=reliability,
        b=0,
        known_at=border.LONG_AGO,
    )
    found = weights(stated(people("one", 50_000), people("two", 70_000), priors=(row,)))
    assert found["one"] == pytest.approx(reliability * found["two"])


def test_nobody_reliable_is_everybody_alike() -> None:
    rows = tuple(
        Prior(
            parameter="source_reliability",
            scope=f"source of {name}",
            family="fixed",
            a=0,
            b=0,
            known_at=border.LONG_AGO,
        )
        for name in ("one", "two")
    )
    found = stated(people("one", 50_000), people("two", 70_000), priors=rows)
    assert weights(found) == {"one": 0.5, "two": 0.5}


def test_an_estimate_and_a_wide_range_spread_more_than_a_count() -> None:
    (_, count), (_, estimate), (_, wide) = stated(
        people("count", 50_000, basis="count"),
        people("estimate", 70_000),
        people("wide", 60_000, high=120_000),
    ).parts
    assert count == Distribution("lognormal", 50_000, DEFAULTS["population_spread"].a)
    assert count.b < estimate.b < wide.b
    assert wide.a == 90_000


def test_parts_of_the_country_give_way_to_a_stated_total() -> None:
    found = stated(people("total", 50_000), people("part", 9_000, place="home"))
    assert weights(found) == {"total": 1.0, "part": 0.0}
    assert [d.a for _, d in found.parts] == [50_000]


def test_without_a_total_the_newest_figures_of_places_add_up() -> None:
    found = stated(
        people("old", 8_000, 2, place="home"),
        people("new", 9_000, 1, place="home"),
        people("other", 500, 3, place="hall"),
    )
    assert [(w, d.a) for w, d in found.parts] == [(1.0, 9_500)]
    assert weights(found) == {"old": 0.0, "new": 0.5, "other": 0.5}
    assert found.parts[0][1].b > DEFAULTS["population_spread"].a


def test_where_nobody_says_anything_the_default_stands() -> None:
    assert stated() == Population(((1.0, DEFAULTS["population_unknown"]),), ())


def test_where_only_plans_are_known_the_largest_of_them_leads() -> None:
    found = stated(
        claim("plan", 40_000, 100, basis="planning"),
        claim("other", 90_000, 100, basis="intention", sources=("a charity",)),
    )
    assert [(w, d.a) for w, d in found.parts] == [(1.0, 180_000)]


@pytest.mark.parametrize("arrived", [1_000, 30_000, 200_000])
def test_where_only_arrivals_are_known_there_are_more_than_those(arrived: float) -> None:
    (weight, found), *rest = stated(claim("count", arrived, 100)).parts
    assert (weight, rest) == (1.0, [])
    assert found.a == max(DEFAULTS["population_unknown"].a, 5 * arrived)
    assert float(found.quantile(np.array([0.2]))[0]) > arrived
