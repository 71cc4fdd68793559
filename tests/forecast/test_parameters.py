from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crossings.errors import InputError
from crossings.forecast.parameters import DEFAULTS, Distribution, Priors, look_up, mixture
from crossings.situation.records import Prior

F8 = npt.NDArray[np.float64]
KNOWN = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
LEVELS = np.array([1e-9, 1e-4, 0.025, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9])


def row(parameter: str, family: str, a: float, b: float, scope: str = "") -> Prior:
    return Prior(parameter=parameter, scope=scope, family=family, a=a, b=b, known_at=KNOWN)


def values(table: F8, z: F8) -> F8:
    """The parameter at normals ``z`` (n,)."""
    return np.asarray(look_up(table[None, :], z[:, None].copy())[0])


@st.composite
def distributions(draw: st.DrawFn) -> tuple[Distribution, Any]:
    """A prior of every family but the fixed one, and the same distribution of scipy."""
    family = draw(st.sampled_from(["lognormal", "normal", "beta", "uniform"]))
    positive = st.floats(0.01, 1e6)
    if family == "lognormal":
        a, b = draw(positive), draw(st.floats(0.01, 2))
        return Distribution(family, a, b), stats.lognorm(b, scale=a)
    if family == "normal":
        a, b = draw(st.floats(-1e3, 1e3)), draw(st.floats(0.01, 1e3))
        return Distribution(family, a, b), stats.norm(a, b)
    if family == "beta":
        a, b = draw(st.floats(0.5, 50)), draw(st.floats(0.5, 50))
        return Distribution(family, a, b), stats.beta(a, b)
    low, wide = draw(st.floats(-1e3, 1e3)), draw(st.floats(0.01, 1e3))
    return Distribution(family, low, low + wide), stats.uniform(low, wide)


@given(distributions())
def test_families_are_those_of_the_books(pair: tuple[Distribution, Any]) -> None:
    ours, theirs = pair
    np.testing.assert_allclose(ours.quantile(LEVELS), theirs.ppf(LEVELS), rtol=1e-9, atol=1e-9)


@given(distributions(), st.lists(st.floats(-5.9, 5.9), min_size=1, max_size=20))
def test_looking_up_is_exact_to_a_thousandth(
    pair: tuple[Distribution, Any], normals: list[float]
) -> None:
    ours, theirs = pair
    z = np.array(normals)
    exact = theirs.ppf(stats.norm.cdf(z))
    scale = np.maximum(np.abs(exact), 1e-6 * theirs.std())
    assert np.all(np.abs(values(ours.table(), z) - exact) <= 1e-3 * scale + 1e-12)


@given(distributions(), st.lists(st.floats(-8, 8), min_size=2, max_size=20))
def test_a_higher_normal_is_a_higher_value(
    pair: tuple[Distribution, Any], normals: list[float]
) -> None:
    table = pair[0].table()
    found = values(table, np.sort(np.array(normals)))
    # Rounding is that of the table's largest numbers, also where it passes 0.
    assert np.all(np.diff(found) >= -1e-12 * np.abs(table).max())


def test_normals_out_of_reach_are_taken_to_the_edge() -> None:
    table = Distribution("normal", 0, 1).table()
    assert values(table, np.array([-40.0, 40.0])).tolist() == pytest.approx([-6, 6])


def test_each_member_and_parameter_has_its_own_table_and_normal() -> None:
    tables = np.stack([Distribution("normal", m, 1).table() for m in (0, 100, 1000)])
    z = np.array([[-1.0, 0.0, 1.0], [2.0, -2.0, 0.5]])
    expected = (z + np.array([0, 100, 1000])).T
    np.testing.assert_allclose(look_up(tables, z), expected, atol=1e-9)


def test_a_fixed_parameter_is_its_value() -> None:
    assert set(values(Distribution("fixed", 0.2, 0).table(), np.linspace(-7, 7, 5))) == {0.2}


@pytest.mark.parametrize(
    ("family", "a", "b", "expected"),
    [
        ("lognormal", 0, 1, "a = median (> 0), b = standard deviation of the log (>= 0)"),
        ("lognormal", 1, -1, "a = median (> 0)"),
        ("normal", 0, -0.1, "a = mean, b = standard deviation (>= 0)"),
        ("beta", 0, 1, "the two shapes (> 0)"),
        ("beta", 1, -1, "the two shapes (> 0)"),
        ("uniform", 2, 1, "a = lower, b = upper bound (a <= b)"),
        ("cauchy", 0, 1, "one of lognormal, normal, beta, uniform, fixed"),
    ],
)
def test_numbers_out_of_range_are_named(family: str, a: float, b: float, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        Priors([row("capacity", family, a, b)])
    text = str(caught.value)
    assert text.startswith("priors.csv: ")
    assert repr(family) in text
    assert f"a={a:g}, b={b:g}" in text
    assert expected in text


def test_an_unknown_parameter_is_named_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"priors\.csv: parameter: found 'capacty', expected one"):
        Priors([row("capacty", "fixed", 1, 0)])


@pytest.mark.parametrize("key", DEFAULTS)
def test_every_default_is_finite_and_has_its_reason(key: str) -> None:
    assert DEFAULTS[key].reason
    assert np.isfinite(DEFAULTS[key].table()).all()


def test_a_row_of_the_situation_stands_before_the_default() -> None:
    assert Priors().value("capacity") == DEFAULTS["capacity"].a
    assert Priors([row("capacity", "fixed", 77, 0)]).value("capacity") == 77


def test_the_prior_of_a_scope_stands_before_that_of_all() -> None:
    priors = Priors([row("capacity", "fixed", 5, 0, scope="hakari"), row("night", "fixed", 1, 0)])
    assert priors.value("capacity", "hakari") == 5
    assert priors.value("capacity", "elsewhere") == DEFAULTS["capacity"].a
    assert priors.value("night", "hakari") == 1
    assert priors.has("capacity", "hakari")
    assert not priors.has("capacity", "elsewhere")
    assert priors.get("departure_kick", "ceasefire") == DEFAULTS["departure_kick:ceasefire"]
    with pytest.raises(KeyError):
        priors.get("capacty")


def test_a_source_may_have_a_reliability() -> None:
    priors = Priors([row("source_reliability", "fixed", 0.5, 0, scope="the army")])
    assert priors.value("source_reliability", "the army") == 0.5
    assert not Priors().has("source_reliability", "the army")


@given(st.lists(st.floats(0.05, 1), min_size=1, max_size=5))
def test_each_part_of_a_mixture_has_its_weight(weights: list[float]) -> None:
    parts = [(w, Distribution("fixed", 10.0 * i, 0)) for i, w in enumerate(weights)]
    p = (np.arange(20_000) + 0.5) / 20_000
    drawn = values(mixture(parts), stats.norm.ppf(p))
    for number, weight in enumerate(weights):
        share = np.mean(np.abs(drawn - 10.0 * number) < 1e-9)
        # One cell of the table at each end of a part lies between two parts: 0.002 at the most.
        assert share == pytest.approx(weight / sum(weights), abs=0.0045)


def test_within_a_part_a_mixture_runs_through_the_whole_distribution() -> None:
    one, two = Distribution("lognormal", 1, 0.1), Distribution("lognormal", 100, 0.1)
    p = (np.arange(20_000) + 0.5) / 20_000
    drawn = values(mixture([(0.25, one), (0.75, two)]), stats.norm.ppf(p))
    for part, drawn_of_part in ((one, drawn[:4990]), (two, drawn[5010:])):
        for level in (0.05, 0.5, 0.95):
            exact = part.quantile(np.array([level]))[0]
            assert np.quantile(drawn_of_part, level) == pytest.approx(exact, rel=0.003)


@given(distributions())
def test_a_mixture_of_one_part_is_that_part(pair: tuple[Distribution, Any]) -> None:
    ours = pair[0]
    z = np.linspace(-3, 3, 50)
    exact = ours.quantile(stats.norm.cdf(z))
    # Linear between the points of a grid: near 0 the error is one of the scale, not of the value.
    near_zero = 1e-9 + 1e-5 * float(np.abs(exact).max())
    np.testing.assert_allclose(values(mixture([(2.0, ours)]), z), exact, rtol=1e-3, atol=near_zero)


def test_a_part_without_weight_is_never_drawn() -> None:
    parts = [(0.0, Distribution("fixed", 1, 0)), (1.0, Distribution("fixed", 2, 0))]
    assert set(mixture(parts)) == {2.0}
