"""Nobody comes who does not live there: running totals end at the population that is stated.

A series of arrivals knows no population, so its tails would go on past everybody. As in the
mechanistic component each member has a population of its own, drawn around what is stated
(:mod:`crossings.forecast.population`), for what is stated may be wrong; more than it never comes.
Members that stay below it are left as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.stats import norm

from crossings.dynamics.streams import block_uniforms, entity_code
from crossings.forecast.counts import ARRIVED
from crossings.forecast.parameters import Priors
from crossings.forecast.population import Population, stated_population
from crossings.forecast.request import Request
from crossings.forecast.series.history import F8
from crossings.situation.records import ALL, Claim

POINTS, FARTHEST = 2000, 6.0
"""Points of the distribution's grid, which ends so many spreads above the highest part."""

_PLANS = ("planning", "intention")


def populations(asked: Request, target: str, came: float) -> Population | None:
    """What is stated of everybody who lived there, where ``came`` people came; None if nothing.

    Only arrivals are bound by it: crossings count people twice who go back and forth.
    """
    claims = [claim for claim in asked.situation.claims if _of_all(claim, asked.include_proposed)]
    if target != ARRIVED or not claims:
        return None
    return stated_population(claims, came, Priors(asked.situation.priors), asked.issued_at)


def _of_all(claim: Claim, include_proposed: bool) -> bool:
    seen = claim.review == "accepted" or (include_proposed and claim.review == "proposed")
    return (
        seen
        and claim.measure == "population"
        and claim.unit == "people"
        and claim.place in ("", ALL)
        and bool(claim.value)
        and claim.status != "historical"
        and claim.basis not in _PLANS
    )


def of_members(stated: Population, came: float, seed: int, members: int) -> F8:
    """The population of each member, (member,): not below those who came already."""
    low = max(came, 1.0)
    high = 1.001 * max(low, *(part.a * np.exp(FARTHEST * part.b) for _, part in stated.parts))
    grid = np.geomspace(low, high, POINTS)
    reached = np.zeros(POINTS)
    for weight, part in stated.parts:
        reached += weight * norm.cdf(np.log(grid / part.a) / max(part.b, 1e-6))
    luck = block_uniforms(seed, entity_code("population"), members)
    return np.asarray(np.interp(reached[0] + luck * (reached[-1] - reached[0]), reached, grid))


def within(people: Mapping[str, F8], last: Mapping[str, float], most: F8) -> dict[str, F8]:
    """Draws by place (member, time) that together end at ``most`` people (member,).

    What a member has too many in a step is taken from all places alike, so that no place falls
    that did not fall before. ``last`` are the figures that the draws start from.
    """
    start = sum(last[place] for place in people)
    together = np.sum([people[place] for place in people], axis=0)
    bound = np.minimum(together, np.maximum(most, start)[:, np.newaxis])
    step, kept = (np.diff(total, axis=1, prepend=start) for total in (together, bound))
    share = np.where(np.abs(step) > 1e-9, kept / np.where(step == 0, 1.0, step), 1.0)
    whole = (share == 1.0).all(axis=1)[:, np.newaxis]
    return {
        place: np.where(
            whole,
            draws,
            last[place] + np.cumsum(share * np.diff(draws, axis=1, prepend=last[place]), axis=1),
        )
        for place, draws in people.items()
    }
