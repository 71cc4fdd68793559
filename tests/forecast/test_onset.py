from __future__ import annotations

import numpy as np
import pytest

from crossings.forecast.corridors import corridors
from crossings.forecast.observation import gather
from crossings.forecast.onset import OnsetModel
from crossings.forecast.parameters import Priors
from crossings.forecast.population import population
from crossings.situation.records import Event, Situation
from tests.forecast import border


def model(known: Situation) -> OnsetModel:
    shape = corridors(known)
    found = gather(known, shape, border.ISSUED)
    at_risk = population(found, Priors(), border.ISSUED)
    return OnsetModel(known, shape, found, at_risk, Priors(), border.ISSUED, 24.0)


@pytest.mark.parametrize("closed", ["east", "west"])
@pytest.mark.parametrize("turned", [False, True])
def test_hardly_anybody_comes_through_the_crossing_that_is_closed(
    closed: str, turned: bool
) -> None:
    known = border.two_gates(
        border.claim("people", 50_000, -9, measure="population", counting="stock"),
        border.claim("count", 400, 100),
    )
    closure = Event(
        id="act", time=border.at(10), known_at=border.at(10), kind="closure", place=closed
    )
    places = known.places[::-1] if turned else known.places
    made = model(known.model_copy(update={"places": places, "events": (closure,)}))
    rng = np.random.default_rng(1)
    z = rng.standard_normal((200, made.parameters))
    path = rng.standard_normal((200, made.grid.known, made.channels))
    arrived = made.simulate(made.members(z), path, made.grid.known).arrived[:, -1, 1:].mean(axis=0)
    shut = made.shape.gate_of(closed)
    assert shut is not None
    assert arrived[shut] < 0.1 * arrived.sum()
