from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crossings.errors import InputError
from crossings.exchange.flee_import import import_flee
from crossings.forecast.series.component import statistical, to_learn_from
from crossings.forecast.series.history import Series, published_series
from crossings.forecast.series.library import bundled_crises, chosen, marks_of, past_crisis
from tests.forecast.series.crises import crisis, situation

FLEE = Path(__file__).parents[4] / "shared" / "data" / "flee"
NAMES = [one.name for one in bundled_crises()]


def test_five_crises_come_with_the_package() -> None:
    assert NAMES == ["burundi2015", "car2013", "mali2012", "nigeria2016", "ssudan2013"]
    for one in bundled_crises():
        assert 10 < one.rows.weights.sum() < np.sqrt(one.rows.weights.size)
        assert np.isfinite(one.rows.x).all()


def test_an_unknown_crisis_learns_from_all() -> None:
    found = chosen(crisis(1))
    assert list(found.names) == NAMES
    assert found.left_out == ()


@pytest.mark.skipif(not FLEE.is_dir(), reason="the Flee set-ups are not beside the project")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tier", ["retrospective", "dated"])
def test_no_crisis_is_forecast_with_what_saw_it(name: str, tier: str) -> None:
    everything = import_flee(FLEE / name, tier=tier).situation
    for days in (31, 60, 400):
        then = everything.start.date().fromordinal(everything.start.date().toordinal() + days)
        component = statistical(everything.as_of(then))
        assert component.learnt.left_out == (name,)
        assert name not in component.learnt.names


def test_an_edition_of_a_crisis_is_known_by_its_places_and_years() -> None:
    series = crisis(1)
    other = {
        p.upper().replace("-", "-"): Series(p, s.country, s.days, s.people * 1.37 + 3, s.public)
        for p, s in series.items()
    }
    taught = past_crisis("mine", series)
    assert taught.marks.same(marks_of(other))
    assert not taught.marks.same(marks_of(crisis(2)))
    much_later = {
        p: Series(p, s.country, s.days + 9000, s.people * 1.37 + 3, s.public + 9000)
        for p, s in series.items()
    }
    assert not taught.marks.same(marks_of(much_later))


def test_the_users_library_adds_crises_and_repeats_none() -> None:
    mine = to_learn_from(situation(crisis(3), "mine"))
    again = to_learn_from(situation(crisis(3), "mine again"))
    found = chosen(crisis(1), [mine, again])
    assert found.names == (*NAMES, "mine")
    assert chosen(crisis(3), [mine]).left_out == ("mine",)


def test_a_library_without_series_is_refused() -> None:
    with pytest.raises(InputError, match="learn-from: empty: found no series"):
        to_learn_from(situation({}, "empty"))
    assert published_series(situation({}), "hosted.stock") == {}
