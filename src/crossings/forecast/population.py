"""How many people are at risk, from what is said of it.

Each claim of a population is one part of a mixture: its figure with a spread. Its weight says how
far to believe it, by rules that are the same for everybody: one speaker has one voice; a count or
registration weighs three estimates; a figure loses half its weight in three years; one that several
independent sources or relays repeat weighs more. Where a situation's ``priors.csv`` gives a
``source_reliability`` for a speaker, with its reason, that multiplies the weight.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Sequence

from crossings.forecast.observation import Evidence, moment, people
from crossings.forecast.outlook import ClaimUse
from crossings.forecast.parameters import Distribution, Priors
from crossings.forecast.sentences import sentence
from crossings.situation.records import ALL, Claim

HALF_LIFE_YEARS = 3.0
"""Populations are stated rarely and change: after this time a figure counts half."""


REFUTED_SPREAD = 0.8
"""Standard deviation of the log population around twice those who came, where statements fail."""


@dataclasses.dataclass(frozen=True)
class Population:
    """The prior of the population at risk: parts of a mixture, and what became of each claim."""

    parts: tuple[tuple[float, Distribution], ...]
    uses: tuple[ClaimUse, ...]


def population(evidence: Evidence, priors: Priors, issued_at: dt.datetime) -> Population:
    """Weigh the population claims; without any, from plans, else from nothing but the default.

    Where more people came than anybody said there were, the statements are refuted: half of the
    mixture is then spread around twice those who came.
    """
    stated = _stated(evidence, priors, issued_at)
    came = max((o.low for o in evidence.observations if o.role == "arrived"), default=0.0)
    return _unless_refuted(stated, came) if evidence.population else stated


def stated_population(
    claims: Sequence[Claim], came: float, priors: Priors, issued_at: dt.datetime
) -> Population:
    """The same from claims of populations alone, at least one, where ``came`` people came."""
    evidence = Evidence((), (), tuple(claims), ())
    return _unless_refuted(_stated(evidence, priors, issued_at), came)


def _unless_refuted(stated: Population, came: float) -> Population:
    """Wider where more people came than all statements say there were."""
    if came <= max(part.a for _, part in stated.parts):
        return stated
    parts = tuple((0.5 * weight, part) for weight, part in stated.parts)
    wider = Distribution("lognormal", 2.0 * came, REFUTED_SPREAD)
    return Population((*parts, (0.5, wider)), stated.uses)


def _stated(evidence: Evidence, priors: Priors, issued_at: dt.datetime) -> Population:
    """The mixture of what is stated."""
    claims = [c for c in evidence.population if c.place in ("", ALL)]
    local = [c for c in evidence.population if c.place not in ("", ALL)]
    uses = []
    if not claims and local:
        return _sum_of_places(local, priors, issued_at)
    uses += [ClaimUse(c.id, "", 0.0, sentence("reason.total_elsewhere")) for c in local]
    if not claims:
        return Population(((1.0, _without_claims(evidence, priors)),), tuple(uses))
    weights = {c.id: _weight(c, priors, issued_at) for c in claims}
    voices: dict[str, list[Claim]] = {}
    for claim in claims:
        voices.setdefault(_voice(claim), []).append(claim)
    for said in voices.values():
        loudest = max(weights[c.id] for c in said)
        total = sum(weights[c.id] for c in said)
        for claim in said:
            weights[claim.id] *= loudest / total if total else 0.0
    whole = sum(weights.values())
    spread = priors.value("population_spread")
    parts = []
    for claim in claims:
        share = weights[claim.id] / whole if whole else 1.0 / len(claims)
        value = max(1.0, (claim.value or 1.0) * people(claim))
        wide = 1.0 if claim.basis in ("count", "registration") else 1.25
        own = 0.5 * math.log(claim.high / claim.low) if claim.low and claim.high else 0.0
        parts.append((share, Distribution("lognormal", value, math.hypot(spread * wide, own))))
        uses.append(
            ClaimUse(
                claim.id, "population", share, sentence("reason.one_population", count=len(claims))
            )
        )
    ordered = sorted(parts, key=lambda part: part[1].a)
    return Population(tuple(ordered), tuple(uses))


def _voice(claim: Claim) -> str:
    """Who speaks: the first source without what follows a comma (an office), or the publisher."""
    name = claim.sources[0] if claim.sources else claim.publisher
    return name.partition(",")[0].strip().casefold()


def _weight(claim: Claim, priors: Priors, issued_at: dt.datetime) -> float:
    years = max(0.0, (issued_at - moment(claim, issued_at)).total_seconds() / (365.25 * 86400))
    weight = 3.0 if claim.basis in ("count", "registration") else 1.0
    weight *= math.pow(0.5, years / HALF_LIFE_YEARS)
    weight *= math.sqrt(max(1, len(claim.sources)))
    for source in claim.sources or (claim.publisher,):
        for name in dict.fromkeys((source, source.partition(",")[0].strip())):
            if priors.has("source_reliability", name):
                weight *= priors.value("source_reliability", name)
    return weight


def _sum_of_places(local: list[Claim], priors: Priors, issued_at: dt.datetime) -> Population:
    """Where populations are stated by place only: the sum of the newest figure of each."""
    newest: dict[str, Claim] = {}
    for claim in sorted(local, key=lambda c: (moment(c, issued_at), c.id)):
        newest[claim.place] = claim
    total = sum((c.value or 0.0) * people(c) for c in newest.values())
    used = {c.id for c in newest.values()}
    uses = tuple(
        ClaimUse(c.id, "population", 1.0 / len(used), sentence("reason.sum_of_places"))
        if c.id in used
        else ClaimUse(c.id, "", 0.0, sentence("reason.newer_at_place"))
        for c in local
    )
    spread = 2 * priors.value("population_spread")
    return Population(((1.0, Distribution("lognormal", max(1.0, total), spread)),), uses)


def _without_claims(evidence: Evidence, priors: Priors) -> Distribution:
    """Where nobody states a population: around twice the largest plan, or the wide default."""
    plans = [o.high for o in evidence.observations if o.role in ("planning", "intention")]
    if plans and max(plans) > 0:
        return Distribution("lognormal", 2.0 * max(plans), 1.0)
    arrivals = [o.high for o in evidence.observations if o.role == "arrived"]
    base = priors.get("population_unknown")
    if arrivals and max(arrivals) * 5 > base.a:
        return Distribution("lognormal", 5.0 * max(arrivals), base.b)
    return base
