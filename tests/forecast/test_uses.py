from __future__ import annotations

from crossings.forecast.issue import forecast
from crossings.forecast.outlook import ClaimUse
from crossings.situation.records import Claim, Prior
from tests.forecast import border
from tests.forecast.border import claim
from tests.forecast.promises import two_roads


def uses(*claims: Claim, priors: tuple[Prior, ...] = ()) -> dict[str, ClaimUse]:
    made = forecast(two_roads(*claims, priors=priors), border.ISSUED, "1d", 100)
    return {use.claim: use for use in made.claims}


PLAN = claim("plan", 40_000, 90, basis="planning", status="planned", sources=("a mayor",))
GO = claim("go", 90_000, 90, basis="intention", status="forecast", sources=("a leader",))
COUNT = claim("count", 3000, 100)
PEOPLE = claim("people", 90_000, -9, measure="population", counting="stock")


def test_a_plan_is_shown_as_weak_as_it_is() -> None:
    found = uses(PLAN, GO, COUNT, PEOPLE)
    assert found["count"].weight == 1.0
    assert found["people"].weight == 1.0
    assert 0 < found["plan"].weight < found["go"].weight < 0.1
    assert "trusted within a factor of about 2.5" in found["plan"].reason


def test_a_plan_that_is_trusted_more_weighs_more() -> None:
    trusted = Prior(
        parameter="planning_spread", family="fixed", a=0.3, b=0, known_at=border.LONG_AGO
    )
    assert (
        uses(PLAN, COUNT, priors=(trusted,))["plan"].weight > 5 * uses(PLAN, COUNT)["plan"].weight
    )


def test_a_count_at_a_camp_tells_of_the_place() -> None:
    camp = claim("camp", 900, 110, place="east-camp")
    beds = claim("beds", 400, 110, place="east-camp", measure="accommodated")
    lone = uses(COUNT, beds)["beds"]
    assert (lone.role, lone.weight) == ("", 0.0)
    found = uses(claim("c", 3000, 100, place="east"), camp)
    assert found["camp"].used
