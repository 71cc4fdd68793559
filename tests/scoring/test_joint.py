"""Joint scores: those of scoringrules, and what they must see."""

from __future__ import annotations

import numpy as np
import pytest
import scoringrules  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crossings import scoring
from crossings.scoring.checks import Array

people = st.integers(0, 40).map(float)


@st.composite
def joint(draw: st.DrawFn) -> tuple[Array, Array]:
    members, parts = draw(st.integers(2, 9)), draw(st.integers(1, 4))
    draws = draw(arrays(float, (3, members, parts), elements=people))
    return draws, draw(arrays(float, (3, parts), elements=people))


@given(joint())
def test_the_energy_score_is_that_of_scoringrules(forecast: tuple[Array, Array]) -> None:
    draws, outcome = forecast
    for fair, name in ((True, "fair"), (False, "nrg")):
        theirs = scoringrules.es_ensemble(
            outcome, draws, m_axis=-2, v_axis=-1, estimator=name, backend="numpy"
        )
        ours = scoring.energy_score(draws, outcome, fair=fair)
        np.testing.assert_allclose(ours, theirs, atol=1e-9)


@given(joint())
def test_of_one_part_it_is_the_crps(forecast: tuple[Array, Array]) -> None:
    draws, outcome = forecast
    one = scoring.energy_score(draws[..., :1], outcome[..., :1])
    np.testing.assert_allclose(one, scoring.crps(draws[..., 0], outcome[..., 0]), atol=1e-9)


def test_it_sees_dependence_that_margins_hide() -> None:
    rng = np.random.default_rng(1)
    shared = rng.normal(1000, 200, 400)
    together = np.stack([shared, shared], axis=-1)
    apart = np.stack([shared, rng.permutation(shared)], axis=-1)
    outcomes = rng.normal(1000, 200, 300)
    came = np.stack([outcomes, outcomes], axis=-1)
    scores = [
        float(np.mean([scoring.energy_score(draws, one) for one in came]))
        for draws in (together, apart)
    ]
    assert scores[0] < scores[1]


@given(arrays(float, (4, 12), elements=people), arrays(float, 4, elements=people))
def test_the_log_score_is_that_of_scoringrules_with_the_same_kernels(
    draws: Array, outcome: Array
) -> None:
    x = np.log1p(draws)
    low, high = np.quantile(x, (0.25, 0.75), axis=-1)
    width = 0.9 * np.minimum(x.std(axis=-1, ddof=1), (high - low) / 1.34) * 12**-0.2
    theirs = scoringrules.logs_ensemble(
        np.log1p(outcome), x, bw=np.maximum(width, 1e-3), backend="numpy"
    )
    ours = scoring.log_score(draws, outcome)
    seen = np.isfinite(theirs)  # theirs underflows far from every draw, ours does not
    np.testing.assert_allclose(ours[seen], theirs[seen], atol=1e-6)
    assert np.isfinite(ours).all()


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(ValueError, match="part"):
        scoring.energy_score(np.zeros((5, 2)), np.zeros(3))
    with pytest.raises(ValueError, match="2 or more"):
        scoring.energy_score(np.zeros((1, 2)), np.zeros(2))
    with pytest.raises(ValueError, match="negative"):
        scoring.log_score([-1.0, 2.0], 1.0)
