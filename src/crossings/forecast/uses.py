"""What became of every claim that was public at the issue time: its weight, or why it has none."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

from crossings.forecast.counts import Counts
from crossings.forecast.observation import LEVELS, Evidence
from crossings.forecast.outlook import ClaimUse
from crossings.forecast.parameters import Priors
from crossings.forecast.population import Population
from crossings.forecast.sentences import sentence
from crossings.situation.records import Situation

LEAST_SHARE = 0.05
"""A count from which a place's arrivals go on is never shown with less weight than this."""

_WEAK = {"planning": "planning_spread", "intention": "intention_spread"}


def claim_uses(
    situation: Situation,
    evidence: Evidence,
    at_risk: Population,
    counts: Counts,
    priors: Priors,
    window_start: dt.datetime,
) -> tuple[ClaimUse, ...]:
    """One use for every claim, in the order of the claims.

    The weight of a weak figure (a plan, an intention) is the information that it carries over that
    of a stated population: the ratio of their variances on the log scale.
    """
    final = {use.claim: use for use in evidence.uses}
    final |= _before_window(evidence, window_start)
    final |= {use.claim: use for use in at_risk.uses}
    final |= {claim.id: _share(claim.id, counts) for claim in evidence.shares}
    for claim in counts.moved_on:
        final[claim] = ClaimUse(claim, "moved_on", 1.0, sentence("reason.moved_on"))
    return tuple(_told(final[claim.id], priors) for claim in situation.claims)


def _share(claim: str, counts: Counts) -> ClaimUse:
    """The use of a count at a place behind a gate."""
    weight = counts.shares.get(claim, 0.0)
    if claim in counts.anchors:
        reason = sentence("reason.share_level")
        return ClaimUse(claim, "destination", max(weight, LEAST_SHARE), reason)
    if weight > 0:
        return ClaimUse(claim, "destination", weight, sentence("reason.share"))
    reason = sentence("reason.other_share")
    return ClaimUse(claim, "", 0.0, reason)


def _before_window(evidence: Evidence, start: dt.datetime) -> dict[str, ClaimUse]:
    """Figures older than the simulated window: only the last level of each series stays."""
    old = [o for o in evidence.observations if o.as_of < start and o.role not in _WEAK]
    newest = {
        o.series: o.claim
        for o in sorted(old, key=lambda o: (o.as_of, o.claim))
        if o.role == "arrived" and o.period == 0 and o.kind in LEVELS
    }
    levels = set(newest.values())
    since = start.date().isoformat()
    return {
        o.claim: ClaimUse(o.claim, "arrived", 1.0, sentence("reason.level", date=since))
        if o.claim in levels
        else ClaimUse(o.claim, "", 0.0, sentence("reason.before", date=since))
        for o in old
    }


def _told(use: ClaimUse, priors: Priors) -> ClaimUse:
    """A use as it is shown: a weak figure with the weight of what it says."""
    if use.role not in _WEAK or not use.used:
        return use
    spread = priors.value(_WEAK[use.role])
    weight = use.weight * min(1.0, (priors.value("population_spread") / spread) ** 2)
    reason = sentence("reason.trusted", said=use.reason, factor=f"{math.exp(spread):.1f}")
    return dataclasses.replace(use, weight=weight, reason=reason)
