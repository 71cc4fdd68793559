from __future__ import annotations

from hypothesis import given

from crossings.forecast.corridors import corridors
from crossings.forecast.observation import AT_LEAST, VALUE, Observation
from crossings.forecast.parts import of_gates
from crossings.situation.records import Claim, Situation
from tests.forecast import border
from tests.forecast.border import claim


def told(known: Situation) -> list[Observation]:
    return of_gates(border.evidence(known), corridors(known), border.ISSUED)


def shared_camp(*claims: Claim) -> Situation:
    """home -> east, west -> town, and from there to a camp: two crossings into one host side."""
    places = [border.place("home", "origin", "AAA")]
    places += [border.place(p, "crossing", "BBB") for p in ("east", "west")]
    places += [border.place("hall", "town", "BBB"), border.place("camp", "camp", "BBB")]
    routes = [border.route("home", "east"), border.route("home", "west")]
    routes += [border.route("east", "hall"), border.route("west", "camp")]
    routes += [border.route("hall", "camp", both_ways=True)]
    return border.situation(*claims, places=places, routes=routes)


EAST = claim("e", 3000, 100, place="east")
WEST = claim("w", 2000, 104, place="west")


def test_fresh_counts_at_all_crossings_add_up_to_the_gate() -> None:
    first, second = told(shared_camp(EAST, WEST))
    assert (first.kind, first.low) == (AT_LEAST, 3000)
    assert (second.kind, second.low, second.series) == (VALUE, 5000, 0)


def test_stale_or_vague_counts_at_crossings_are_a_bound() -> None:
    stale = WEST.model_copy(update={"as_of": border.at(60)})
    vague = WEST.model_copy(update={"high": None, "qualifier": "at_least"})
    for other in (stale, vague):
        assert {o.kind for o in told(shared_camp(EAST, other))} == {AT_LEAST}
    assert max(o.low for o in told(shared_camp(EAST, vague))) == 5000


def test_people_at_places_on_one_way_are_not_added() -> None:
    known = border.one_gate(
        claim("n", 3000, 100, place="north"), claim("s", 900, 104, place="south")
    )
    assert [o.low for o in told(known)] == [3000, 3000]


def test_where_the_gate_or_all_are_counted_nothing_is_added() -> None:
    assert told(shared_camp(EAST, WEST, claim("a", 10, 90))) == []
    assert told(border.two_gates(EAST, WEST)) == []


@given(border.claims(("east", "west", "hall", "camp", "all")))
def test_bounds_never_exceed_what_was_counted_together(said: tuple[Claim, ...]) -> None:
    known = shared_camp(*said)
    most = sum(c.low or 0.0 for c in said)
    for observation in told(known):
        assert 0 <= observation.low == observation.high <= most
        assert observation.as_of <= border.ISSUED
        assert observation.role == "arrived"
