"""A forecast carried by the statistical component: long series in, an outlook out.

It is taken where a target has been counted for a month or more (the mechanistic component added
nothing to it on long series, and carries the first weeks), and for imported stocks of camps, which
have no border to simulate.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import numpy as np
import numpy.typing as npt
import xarray as xr

from crossings.dynamics.streams import block_uniforms, entity_code
from crossings.forecast.outlook import ClaimUse, LastFigure, Outlook
from crossings.forecast.request import Request
from crossings.forecast.series.component import main_target, places_of
from crossings.forecast.series.draws import HORIZON, correlations, levels, values
from crossings.forecast.series.history import (
    F8,
    Known,
    Series,
    day_number,
    day_of,
    published_series,
)
from crossings.forecast.series.library import Chosen, PastCrisis, chosen, models
from crossings.forecast.series.margins import knots, margins
from crossings.forecast.series.replay import Issue, replay
from crossings.forecast.series.rows import FIRST_ISSUE, issue_days
from crossings.forecast.series.simple import carries
from crossings.situation.records import ALL, Claim
from crossings.situation.times import day_edge

I8 = npt.NDArray[np.int64]

PAST_WEEKS = 104
"""Weeks of past errors from which places are told to move together or not."""
GROWERS = 2
"""Threads that grow the forest: the same trees whatever their number."""
NEAR_DAYS = 31
APART = 1.5
"""Sources further apart than this factor are told of, and both enter."""
LEAST_SHARE = 0.1
"""Of members that follow the other source: its level lies inside the 90 % range."""
MOST_PEOPLE = 2**53
WEIGHT_HALF_LIFE, LEAST_WEIGHT = 60.0, 0.01
"""A figure is shown with a weight that halves in 60 days, as the middle of the paces has it."""

STATISTICAL = "statistical"
"""``carried_by`` of its outlooks."""


@dataclasses.dataclass(frozen=True)
class _Ready:
    """The series of one target at the issue time, the places first, ``all`` apart."""

    asked: Request
    target: str
    series: dict[str, Series]
    places: dict[str, Series]
    known: dict[str, Known]
    day: int
    ahead: F8
    learnt: Chosen


def by_series(
    asked: Request, learn_from: Sequence[PastCrisis], versions: Mapping[str, str]
) -> Outlook | None:
    """The outlook of the statistical component, or None where it does not carry the forecast."""
    ready = _ready(asked, learn_from)
    if ready is None:
        return None
    issue, past = _issues(ready, ready.places)
    draws = _joint(ready, issue, past)
    people = {place: _with_other_sources(ready, place, d) for place, d in draws.items()}
    people = {ALL: _total(ready, people), **{p: d for p, d in people.items() if p != ALL}}
    whole = {
        place: np.rint(np.minimum(d, MOST_PEOPLE)).astype(np.int64) for place, d in people.items()
    }
    known = asked.situation
    return Outlook(
        situation=known.id,
        title=known.title,
        tier=known.tier,
        sensitivity=known.sensitivity,
        issued_at=asked.issued_at,
        time_zone=known.time_zone,
        times=asked.times,
        draws=_dataset(ready, whole),
        claims=_uses(ready),
        last_figure=_last_figure(ready),
        members=asked.members,
        seed=asked.seed,
        carried_by=STATISTICAL,
        diagnostics=_diagnostics(ready, issue),
        versions={**versions, "scikit-learn": version("scikit-learn")},
        notes=_notes(ready),
    )


def _ready(asked: Request, learn_from: Sequence[PastCrisis]) -> _Ready | None:
    """The series, if this component is to carry them."""
    target = main_target(asked.situation)
    series = published_series(asked.situation, target, asked.include_proposed)
    if not series:
        return None
    places = places_of(series)
    day = day_number(asked.issued_at.astimezone(asked.situation.zone).date())
    known = {place: one.known(day) for place, one in series.items()}
    first = min(one.first for one in series.values())
    counted = day - first >= FIRST_ISSUE and any(carries(k, day, 7) for k in known.values())
    stocks = target.partition(".")[2] == "stock" and asked.situation.tier != "vintage"
    if not counted and not stocks:
        return None
    end = day_edge(day_of(day), asked.situation.zone, "end")
    ahead = np.array([(t - end).total_seconds() / 86400 for t in asked.times])
    return _Ready(
        asked,
        target,
        series,
        places,
        known,
        day,
        np.maximum(ahead, 0.0),
        chosen(places, learn_from),
    )


def _issues(ready: _Ready, series: Mapping[str, Series]) -> tuple[Issue | None, list[Issue]]:
    """The models' forecast of the issue day, and those of past weeks 14 days ahead."""
    grid = list(issue_days(series, ready.day - 1))[-PAST_WEEKS:]
    asked = dict.fromkeys(grid, (HORIZON,)) | {ready.day: knots(float(ready.ahead[-1]))}
    found = list(replay(series, models(ready.learnt, GROWERS), asked))
    past = [issue for issue in found if issue.day < ready.day]
    return next((issue for issue in found if issue.day == ready.day), None), past


def _joint(ready: _Ready, issue: Issue | None, past: Sequence[Issue]) -> dict[str, F8]:
    """People by place, (member, time), before rounding."""
    places = sorted(ready.places)
    quantiles = margins(issue, ready.known, ready.day, ready.ahead, places)
    matrix = correlations(places, past, ready.known)
    # Times before the end of the issue day are of that day.
    leads = 1.0 + ready.ahead
    at = levels(ready.asked.seed, ready.asked.members, leads, places, matrix)
    found = {p: values(quantiles[p], at[:, :, i]) for i, p in enumerate(places)}
    return {place: _as_counted(ready, place, people) for place, people in found.items()}


def _as_counted(ready: _Ready, place: str, people: F8) -> F8:
    """A cumulative count never falls, and not below what is already reported."""
    if not ready.target.endswith(".cumulative"):
        return people
    floor = float(ready.known[place].people[-1])
    return np.asarray(np.maximum.accumulate(np.maximum(people, floor), axis=1))


def _total(ready: _Ready, people: Mapping[str, F8]) -> F8:
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
    quantiles = margins(issue, ready.known, ready.day, ready.ahead, [ALL])[ALL]
    rank = np.argsort(np.argsort(together, axis=0, kind="stable"), axis=0, kind="stable")
    return _as_counted(ready, ALL, values(quantiles, (rank + 0.5) / len(together)))


def _others(ready: _Ready, place: str) -> tuple[float, float]:
    """How far another source's newest figure lies off (a factor), and the share of such figures."""
    series, last = ready.series[place], float(ready.known[place].people[-1])
    named = set(series.others)
    near = dt.timedelta(days=NEAR_DAYS)
    recent = [
        c
        for c in ready.asked.situation.claims
        if c.id in named and ready.asked.issued_at - c.known_at <= near and c.value
    ]
    if not recent or last <= 0:
        return 1.0, 0.0
    newest = max(recent, key=lambda c: (c.as_of or c.known_at, c.known_at, c.id))
    own = int((ready.day - series.public <= NEAR_DAYS).sum())
    factor = float(newest.value or last) / last
    if 1 / APART < factor < APART:
        return 1.0, 0.0
    share = len(recent) / max(1, len(recent) + own)
    return factor, min(0.5, max(LEAST_SHARE, share))


def _with_other_sources(ready: _Ready, place: str, people: F8) -> F8:
    """Where sources are far apart, part of the members follow the other one's level."""
    factor, share = _others(ready, place)
    if share == 0:
        return people
    luck = block_uniforms(ready.asked.seed, entity_code(f"source:{place}"), len(people))
    return np.asarray(np.where((luck < share)[:, np.newaxis], people * factor, people))


def _dataset(ready: _Ready, people: Mapping[str, I8]) -> xr.Dataset:
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


def _last_figure(ready: _Ready) -> LastFigure | None:
    """The newest published total, or the sum of the places' newest."""
    zone, issued = ready.asked.situation.zone, ready.asked.issued_at
    total = ready.known.get(ALL)
    names = [ALL] if total is not None else list(ready.places)
    newest = max(names, key=lambda place: int(ready.known[place].days[-1]))
    value = sum(float(ready.known[place].people[-1]) for place in names)
    series, day = ready.series[newest], int(ready.known[newest].days[-1])
    claim = next(c for c, d in zip(series.claims[::-1], series.days[::-1], strict=True) if d == day)
    when = min(day_edge(day_of(day), zone, "end"), issued)
    return LastFigure(claim, value, when, (issued - when).total_seconds() / 3600.0)


def _uses(ready: _Ready) -> tuple[ClaimUse, ...]:
    """One use for every claim that was known."""
    used = {claim for one in ready.series.values() for claim in one.claims}
    others = {claim for one in ready.series.values() for claim in one.others}

    def use(claim: Claim) -> ClaimUse:
        if claim.id in used:
            age = ready.day - day_number(
                (claim.as_of or claim.known_at).astimezone(ready.asked.situation.zone).date()
            )
            weight = max(LEAST_WEIGHT, 0.5 ** (max(0, age) / WEIGHT_HALF_LIFE))
            return ClaimUse(claim.id, "series", weight, "a figure of the series that is carried on")
        if claim.id in others:
            return ClaimUse(
                claim.id, "", 0.0, "another source's count: the forecast follows the longer series"
            )
        if claim.as_of is not None and claim.as_of > claim.known_at:
            return ClaimUse(claim.id, "", 0.0, "about a time after its publication: no count")
        return ClaimUse(claim.id, "", 0.0, "no part of a long series of the target")

    return tuple(use(claim) for claim in ready.asked.situation.claims)


def _diagnostics(ready: _Ready, issue: Issue | None) -> dict[str, object]:
    """What was learnt from, and how far each place leans on the increments of its own past."""
    leaning: dict[str, list[float]] = {}
    if issue is not None:
        for (place, _), weight in zip(issue.cells, issue.weight, strict=True):
            leaning.setdefault(place, []).append(float(weight))
    return {
        "learnt_from": list(ready.learnt.names),
        "left_out": list(ready.learnt.left_out),
        "figures": {place: int(known.days.size) for place, known in ready.known.items()},
        "weight_of_increments": {p: round(max(w), 3) for p, w in leaning.items()},
    }


def _notes(ready: _Ready) -> tuple[str, ...]:
    """Plain remarks that belong with the forecast."""
    situation, learnt = ready.asked.situation, ready.learnt
    without = f" ({', '.join(learnt.left_out)} left out: it is this one)" if learnt.left_out else ""
    notes = [
        f"Carried by the statistical component, learnt from {len(learnt.names)} past crises"
        f"{without} and from this one's own past. The mechanistic component is left out: on long "
        "series it added nothing.",
        "The figures forecast are those that the same source will publish, on straight lines "
        "between two of them.",
    ]
    if ready.ahead[-1] > NEAR_DAYS:
        notes.append("Beyond 30 days no forecast of this component was ever checked.")
    if situation.tier == "retrospective":
        notes.append("Later corrections are applied to all figures, so nobody had exactly these.")
    notes += _odd_places(ready)
    return tuple(notes)


def _odd_places(ready: _Ready) -> list[str]:
    """What is thin, old or contradictory, by place."""
    stale, short, apart = [], [], []
    for place in ready.places:
        known = ready.known[place]
        age = ready.day - int(known.days[-1])
        if age > NEAR_DAYS:
            stale.append(f"{place} ({age} days)")
        if known.days.size < 2 or not known.people.any():
            short.append(place)
        factor, share = _others(ready, place)
        if share > 0:
            apart.append(f"{place} (a factor of {max(factor, 1 / factor):.1f})")
    found = []
    if stale:
        found.append(f"No figure for more than a month at: {', '.join(stale)}.")
    if short:
        found.append(
            f"Nothing tells a pace at {', '.join(short)}: one figure or none above 0; the range "
            "there is a plain guess, wide on purpose."
        )
    if apart:
        found.append(f"Sources are far apart, and the range spans both, at: {', '.join(apart)}.")
    return found
