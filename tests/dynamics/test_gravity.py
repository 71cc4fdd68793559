from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.dynamics.gravity import gravity, open_places
from crossings.situation.records import Event, Place, PlaceKind, Route, Situation

START = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@dataclasses.dataclass
class Land:
    """Two origins, three camps, roads given as (from, to, km)."""

    roads: list[tuple[str, str, float]]
    events: list[tuple[str, str, int]]  # kind, place, day

    def situation(self) -> Situation:
        kinds: dict[str, PlaceKind] = {
            **{"o1": "origin", "o2": "origin"},
            **{"a": "camp", "b": "camp", "c": "camp"},
        }
        return Situation(
            id="land",
            title="Land",
            start=START,
            places=tuple(
                Place(id=n, name=n, kind=k, known_at=START, lat=0, lon=0) for n, k in kinds.items()
            ),
            routes=tuple(
                Route(
                    id=f"{i}",
                    from_place=a,
                    to_place=b,
                    both_ways=True,
                    distance_km=km,
                    known_at=START,
                )
                for i, (a, b, km) in enumerate(self.roads)
            ),
            events=tuple(
                Event.model_validate(
                    {
                        "id": f"e{i}",
                        "kind": kind,
                        "place": place,
                        "time": START + dt.timedelta(days=day),
                        "known_at": START,
                    }
                )
                for i, (kind, place, day) in enumerate(self.events)
            ),
        )


CAMPS = ["a", "b", "c"]
STAR = [("o1", "a", 50.0), ("o1", "b", 150.0), ("o2", "c", 10.0), ("o1", "o2", 90.0)]
PEOPLE = {"o1": 300.0, "o2": 100.0}


def test_shares_follow_the_shortest_ways_and_the_populations() -> None:
    share = gravity(Land(STAR, []).situation(), CAMPS, PEOPLE, 2, 1.0, 50.0)
    pull = np.array([[1 / 100, 1 / 200, 1 / 150], [1 / 190, 1 / 290, 1 / 60]])
    expected = np.array([0.75, 0.25]) @ (pull / pull.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(share, np.tile(expected, (2, 1)))


def test_origins_count_from_the_day_of_their_fighting() -> None:
    land = Land(STAR, [("military_operation", "o2", 1), ("military_operation", "o1", 3)])
    share = gravity(land.situation(), CAMPS, PEOPLE, 5, 1.0, 50.0)
    only_o2 = np.array([1 / 190, 1 / 290, 1 / 60])
    np.testing.assert_allclose(share[1:3], np.tile(only_o2 / only_o2.sum(), (2, 1)))
    assert not np.allclose(share[3], share[2])
    np.testing.assert_allclose(share[0], share[3])  # before any fighting all count


def test_a_place_receives_between_its_opening_and_its_closure() -> None:
    land = Land(STAR, [("opening", "a", 2), ("closure", "b", 1), ("opening", "b", 4)])
    receives = open_places(land.situation(), CAMPS, 5)
    assert receives.T.tolist() == [
        [False, False, True, True, True],
        [True, False, False, False, True],
        [True] * 5,
    ]
    share = gravity(land.situation(), CAMPS, PEOPLE, 5, 1.0, 50.0)
    assert ((share > 0) == receives).all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["o1", "o2", *CAMPS]),
            st.sampled_from(["o1", "o2", *CAMPS]),
            st.floats(0, 900),
        ).filter(lambda way: way[0] != way[1]),
        max_size=7,
    ),
    st.lists(
        st.tuples(
            st.sampled_from(["closure", "opening", "military_operation"]),
            st.sampled_from(["o1", *CAMPS]),
            st.integers(0, 6),
        ),
        max_size=4,
    ),
    st.floats(0, 3),
)
def test_shares_of_any_land_add_up_to_one_or_nothing(
    roads: list[tuple[str, str, float]], events: list[tuple[str, str, int]], power: float
) -> None:
    share = gravity(Land(roads, events).situation(), CAMPS, PEOPLE, 6, power, 10.0)
    assert (share >= 0).all()
    assert all(abs(row.sum() - 1) < 1e-9 or row.sum() == 0 for row in share)
