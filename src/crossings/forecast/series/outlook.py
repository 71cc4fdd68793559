"""A forecast carried by the statistical component: long series in, an outlook out.

When it is taken says :mod:`crossings.forecast.series.ready`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import numpy as np
import numpy.typing as npt
import xarray as xr

from crossings.dynamics.streams import block_uniforms, entity_code
from crossings.forecast.outlook import ClaimUse, LastFigure, Outlook
from crossings.forecast.population import Population
from crossings.forecast.request import Request
from crossings.forecast.sentences import sentence
from crossings.forecast.series.cumulative import as_counted
from crossings.forecast.series.draws import HORIZON, correlations, levels, values
from crossings.forecast.series.history import F8, Series, day_number, day_of
from crossings.forecast.series.library import PastCrisis, models
from crossings.forecast.series.margins import knots, margins
from crossings.forecast.series.ready import (
    NEAR_DAYS,
    Ready,
    odds_of_start,
    other_source,
    readied,
    start_odds,
)
from crossings.forecast.series.remarks import remarks
from crossings.forecast.series.replay import Issue, replay
from crossings.forecast.series.rows import issue_days
from crossings.forecast.series.stated import of_members, populations, within
from crossings.forecast.start import Start
from crossings.situation.records import ALL, Claim
from crossings.situation.times import day_edge

I8 = npt.NDArray[np.int64]

PAST_WEEKS = 104
"""Weeks of past errors from which places are told to move together or not."""
WORKERS = 2
"""Threads that grow the forest and go through past weeks: the same bits whatever their number."""
MOST_PEOPLE = 2**53
WEIGHT_HALF_LIFE, LEAST_WEIGHT = 60.0, 0.01
"""A figure is shown with a weight that halves in 60 days, as the middle of the paces has it."""

STATISTICAL = "statistical"
"""``carried_by`` of its outlooks."""


def by_series(
    asked: Request, learn_from: Sequence[PastCrisis], versions: Mapping[str, str]
) -> Outlook | None:
    """The outlook of the statistical component, or None where it does not carry the forecast."""
    ready = readied(asked, learn_from)
    if ready is None:
        return None
    issue, past = _issues(ready, ready.places)
    drawn, stated, bounded = _as_many_as_live(ready, _joint(ready, issue, past))
    people = {
        place: _with_other_sources(ready, place, _within_stated(ready, place, d))
        for place, d in drawn.items()
    }
    people = {ALL: _total(ready, people), **{p: d for p, d in people.items() if p != ALL}}
    whole = {
        place: np.rint(np.minimum(d, MOST_PEOPLE)).astype(np.int64) for place, d in people.items()
    }
    known, start = asked.situation, start_odds(ready)
    return Outlook(
        situation=known.id,
        title=known.title,
        tier=known.tier,
        sensitivity=known.sensitivity,
        issued_at=asked.issued_at,
        time_zone=known.time_zone,
        times=asked.times,
        draws=_dataset(ready, whole),
        claims=_uses(ready, stated),
        last_figure=_last_figure(ready),
        members=asked.members,
        seed=asked.seed,
        carried_by=STATISTICAL,
        diagnostics=_diagnostics(ready, issue, start),
        versions={**versions, "scikit-learn": version("scikit-learn")},
        notes=remarks(ready, start, bounded),
    )


def _issues(ready: Ready, series: Mapping[str, Series]) -> tuple[Issue | None, list[Issue]]:
    """The models' forecast of the issue day, and those of past weeks 14 days ahead."""
    grid = list(issue_days(series, ready.day - 1))[-PAST_WEEKS:]
    asked = dict.fromkeys(grid, (HORIZON,)) | {ready.day: knots(float(ready.ahead[-1]))}
    found = list(replay(series, models(ready.learnt, WORKERS), asked, WORKERS))
    past = [issue for issue in found if issue.day < ready.day]
    return next((issue for issue in found if issue.day == ready.day), None), past


def _margins(ready: Ready, issue: Issue | None, places: Sequence[str]) -> dict[str, F8]:
    """The quantiles of some places at the forecast times, (time, level)."""
    odds = odds_of_start(ready)
    return margins(issue, ready.known, ready.day, ready.ahead, places, odds, ready.rising)


def _joint(ready: Ready, issue: Issue | None, past: Sequence[Issue]) -> dict[str, F8]:
    """People by place, (member, time), before rounding."""
    places = sorted(ready.places)
    quantiles = _margins(ready, issue, places)
    matrix = correlations(places, past, ready.known)
    # Times before the end of the issue day are of that day.
    leads = 1.0 + ready.ahead
    at = levels(ready.asked.seed, ready.asked.members, leads, places, matrix)
    found = {p: values(quantiles[p], at[:, :, i]) for i, p in enumerate(places)}
    return {place: _as_counted(ready, place, people) for place, people in found.items()}


def _as_counted(ready: Ready, place: str, people: F8) -> F8:
    """Draws of a running total go on as one can; those of a stock are left as they are."""
    if not ready.rising:
        return people
    return as_counted(people, ready.known[place], ready.asked.seed, place)


def _as_many_as_live(
    ready: Ready, people: Mapping[str, F8]
) -> tuple[dict[str, F8], Population | None, int]:
    """Draws within the population that is stated, it, and the members that would have passed it."""
    last = {place: float(ready.known[place].people[-1]) for place in people}
    came = sum(last.values())
    stated = populations(ready.asked, ready.target, came)
    if stated is None:
        return dict(people), None, 0
    most = of_members(stated, came, ready.asked.seed, ready.asked.members)
    found = within(people, last, most)
    changed = np.any([found[place][:, -1] < people[place][:, -1] for place in people], axis=0)
    return found, stated, int(changed.sum())


def _total(ready: Ready, people: Mapping[str, F8]) -> F8:
    """All places together: the published total where there is a fresh one, else their sum.

    A total that is counted on its own keeps its own distribution; its members are put in the order
    of the sums of the places, so that high goes with high.
    """
    if list(people) == [ALL]:
        return people[ALL]
    together = np.sum([people[place] for place in ready.places], axis=0)
    total = ready.known.get(ALL)
    if total is None or total.days.size < 2 or ready.day - total.days[-1] > NEAR_DAYS:
        return np.asarray(together)
    own = {ALL: ready.series[ALL]}
    issue, _ = _issues(ready, own)
    quantiles = _margins(ready, issue, [ALL])[ALL]
    rank = np.argsort(np.argsort(together, axis=0, kind="stable"), axis=0, kind="stable")
    counted = _as_counted(ready, ALL, values(quantiles, (rank + 0.5) / len(together)))
    return _as_many_as_live(ready, {ALL: counted})[0][ALL]


def _within_stated(ready: Ready, place: str, people: F8) -> F8:
    """Where the last figure is a range, each member starts from a level of its own within it."""
    claim = _last_claim(ready, place)
    if not claim.value or claim.low is None or claim.high is None or claim.low == claim.high:
        return people
    luck = block_uniforms(ready.asked.seed, entity_code(f"range:{place}"), len(people))
    level = claim.low + luck * (claim.high - claim.low)
    return np.asarray(people * (level / claim.value)[:, np.newaxis])


def _last_claim(ready: Ready, place: str) -> Claim:
    """The claim of the newest figure of a series."""
    series, day = ready.series[place], int(ready.known[place].days[-1])
    last = next(c for c, d in zip(series.claims[::-1], series.days[::-1], strict=True) if d == day)
    return next(claim for claim in ready.asked.situation.claims if claim.id == last)


def _with_other_sources(ready: Ready, place: str, people: F8) -> F8:
    """Where sources are far apart, part of the members follow the other one's level."""
    level, share = other_source(ready, place)
    if share == 0:
        return people
    last = float(ready.known[place].people[-1])
    other = people * (level / last) if last > 0 else people + level
    luck = block_uniforms(ready.asked.seed, entity_code(f"source:{place}"), len(people))
    return np.asarray(np.where((luck < share)[:, np.newaxis], other, people))


def _dataset(ready: Ready, people: Mapping[str, I8]) -> xr.Dataset:
    """The draws, (member, time, place), place ``all`` first, then the order of the places."""
    order = [ALL, *(p.id for p in ready.asked.situation.places if p.id in people)]
    utc = [
        np.datetime64(t.astimezone(dt.UTC).replace(tzinfo=None), "ns") for t in ready.asked.times
    ]
    stacked = np.stack([people[place] for place in order], axis=2)
    return xr.Dataset(
        {ready.target: (("member", "time", "place"), stacked)},
        coords={"time": utc, "place": order, "member": np.arange(ready.asked.members)},
    )


def _last_figure(ready: Ready) -> LastFigure | None:
    """The newest published total, or the sum of the places' newest."""
    zone, issued = ready.asked.situation.zone, ready.asked.issued_at
    total = ready.known.get(ALL)
    names = [ALL] if total is not None else list(ready.places)
    newest = max(names, key=lambda place: int(ready.known[place].days[-1]))
    value = sum(float(ready.known[place].people[-1]) for place in names)
    day = int(ready.known[newest].days[-1])
    when = min(day_edge(day_of(day), zone, "end"), issued)
    return LastFigure(
        _last_claim(ready, newest).id, value, when, (issued - when).total_seconds() / 3600.0
    )


def _uses(ready: Ready, stated: Population | None) -> tuple[ClaimUse, ...]:
    """One use for every claim that was known; ``stated`` bounds the draws."""
    used = {claim for one in ready.series.values() for claim in one.claims}
    others = {claim for one in ready.series.values() for claim in one.others}
    lived = {} if stated is None else {use.claim: use for use in stated.uses}

    def use(claim: Claim) -> ClaimUse:
        if claim.id in used:
            age = ready.day - day_number(
                (claim.as_of or claim.known_at).astimezone(ready.asked.situation.zone).date()
            )
            weight = max(LEAST_WEIGHT, 0.5 ** (max(0, age) / WEIGHT_HALF_LIFE))
            return ClaimUse(claim.id, "series", weight, sentence("reason.series"))
        if claim.id in lived:
            return lived[claim.id]
        if claim.id in others:
            return ClaimUse(claim.id, "", 0.0, sentence("reason.other_source"))
        if claim.as_of is not None and claim.as_of > claim.known_at:
            return ClaimUse(claim.id, "", 0.0, sentence("reason.ahead"))
        return ClaimUse(claim.id, "", 0.0, sentence("reason.no_series"))

    return tuple(use(claim) for claim in ready.asked.situation.claims)


def _diagnostics(ready: Ready, issue: Issue | None, start: Start | None) -> dict[str, object]:
    """What was learnt from, how far each place leans on its own increments, odds of a flow."""
    leaning: dict[str, list[float]] = {}
    if issue is not None:
        for (place, _), weight in zip(issue.cells, issue.weight, strict=True):
            leaning.setdefault(place, []).append(float(weight))
    found: dict[str, object] = {
        "learnt_from": list(ready.learnt.names),
        "left_out": list(ready.learnt.left_out),
        "figures": {place: int(known.days.size) for place, known in ready.known.items()},
        "weight_of_increments": {p: round(max(w), 3) for p, w in leaning.items()},
    }
    return found if start is None else found | {"start_of_flow": start.as_dict()}
