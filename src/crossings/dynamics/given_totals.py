"""The native rules with totals given: a known number of people spreads over the places.

The problem is the one that Flee solves: day by day it is known how many refugees there are in all,
and asked where they are. What is given stays an input, marked in the result, and is no forecast.

Notation: places k that receive, days t, N(t) the given total. Up to a moment (``as_of``, day c)
the published figures of the places are known; after it none is used. People of place k at day c
are those of its last figure. After it

    N(t) - N(t-1) > 0:  newcomers ~ Multinomial(p(t)),
                        p_k(t) ~ f_k (g_k + n G_k(t)) / (x_k + n)  over the places that are open,
    N(t) - N(t-1) < 0:  as many leave, each person being equally likely to.

g_k is how much place k grew up to its last figure, x_k how much the total grew while k was open and
until then, both discounted by a half-life and as shares of all people at day c; G is the gravity
model (:mod:`crossings.dynamics.gravity`), n the weight of that prior. So a place counts by its
growth while it could grow: one that opened lately, or has not been counted since, is not taken for
one where nobody goes, and one that opens later starts with the share that the road gives it.

What is uncertain differs between members: f_k is gamma with mean 1 and shape kappa (g_k + n G_k).
That is the posterior of a place's rate under a gamma prior and counts of newcomers that come in
kappa groups in all (the gamma-Poisson model with exposure, Gelman et al., Bayesian Data Analysis,
3rd edition, section 2.6). The constants n, kappa and the half-life were chosen on past crises, see
``docs/given-totals.md``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.special import gammaincinv

from crossings.dynamics.binomial import exact_binomial
from crossings.dynamics.compiled import entry
from crossings.dynamics.gravity import gravity, open_places
from crossings.dynamics.population import residents
from crossings.dynamics.streams import entity_code, normals
from crossings.errors import InputError
from crossings.situation.records import ALL, Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

TARGET = "hosted.stock"
RECEIVES = frozenset({"camp", "reception"})

SPREAD, MOVE = 141, 142
"""Purposes of the draws here."""


@dataclasses.dataclass(frozen=True)
class SpreadRates:
    """Constants of the model; see the module for what they do.

    ``forgetting``: half-life of past growth as a multiple of the time from the start to ``as_of``;
    ``prior``: n; ``distance_power`` and ``softening_km``: of the gravity model; ``groups``: kappa.
    """

    forgetting: float = math.inf
    prior: float = 0.5
    distance_power: float = 0.75
    softening_km: float = 50.0
    groups: float = 8.0

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            low = field.name in ("distance_power", "softening_km")
            if not 0 <= value <= math.inf or (value == 0 and not low):
                wanted = "0 or more" if low else "more than 0"
                raise InputError(f"rates: {field.name}: found {value}, expected {wanted}")


class Known(NamedTuple):
    """What is known up to day ``cut``: people by day (cut + 1, K), and days of last figures (K,).

    A place without a figure has the last day -1.
    """

    cut: int
    people: F8
    last: I8


def simulate_given_totals(
    situation: Situation,
    as_of: str | dt.date | dt.datetime,
    members: int = 1000,
    seed: int = 1,
    days: int | None = None,
    rates: SpreadRates | None = None,
    first_member: int = 0,
) -> xr.Dataset:
    """Spread the given totals over the places of a situation.

    The totals are the sum of the figures of the places, linear between figures; where no place has
    any, the figures at place ``all``. They are known for the whole period, and so are routes,
    closures, openings and fighting; figures of the places only up to ``as_of``.

    Args:
        situation: its claims ``hosted`` (stock) are used.
        as_of: until when figures of the places are used (a bare date: the end of that day).
        members: how many histories.
        seed: the same seed gives the same bits.
        days: how many from the start; by default up to the last figure.
        rates: the constants of the model.
        first_member: the number of the first history.

    Returns:
        ``present`` with dimensions ``(member, time, place)`` in whole people, and ``given_total``
        ``(time,)``; ``time`` is the end of each day, in UTC.

    Raises:
        InputError: no place receives people, no figure is known, or an argument is out of range.
    """
    rates = SpreadRates() if rates is None else rates
    known = situation.as_of(as_of)
    places = [p.id for p in situation.places if p.kind in RECEIVES and p.lat is not None]
    if not places:
        raise InputError("places.csv: found no camp or reception with coordinates, expected one")
    limit = situation.moment(as_of)
    cut = (limit - situation.start) // dt.timedelta(days=1)
    total = given_total(situation, places, days)
    if not 0 <= cut < total.size:
        raise InputError(
            f"as_of: found {limit.isoformat()}, expected a moment from the start "
            f"{situation.start.isoformat()} to day {total.size - 1}"
        )
    learned = known_people(known, places, cut)
    try:
        people = dict(residents(known).people)
    except InputError:
        people = {p.id: 1.0 for p in situation.places if p.kind == "origin"}
    pull = gravity(situation, places, people, total.size, rates.distance_power, rates.softening_km)
    receives = open_places(situation, places, total.size)
    numbers = np.arange(first_member, first_member + members, dtype=np.int64)
    grown, exposed = _evidence(learned, total, receives, rates)
    middle = (grown + rates.prior * pull) / (exposed + rates.prior) * receives
    shape = rates.groups * (grown + rates.prior * _first(pull * receives, cut))
    factors = _factors(seed, numbers, places, shape)
    codes = np.array([entity_code(place) for place in places], dtype=np.int64)
    present = np.zeros((members, total.size, len(places)), dtype=np.int64)
    present[:, : cut + 1] = np.rint(learned.people).astype(np.int64)
    _spread(seed, numbers, codes, total, cut, middle, factors, present)
    return _dataset(situation, limit, seed, numbers, places, total, present)


def _figures(situation: Situation, place: str) -> dict[int, float]:
    """People by day from the start; of figures of one day the one published last."""
    rows = sorted(
        (
            c
            for c in situation.claims
            if c.target == TARGET
            and c.place == place
            and c.unit == "people"
            and c.review == "accepted"
            and c.as_of is not None
            and c.value is not None
        ),
        key=lambda c: (c.as_of, c.known_at, c.id),
    )
    day = dt.timedelta(days=1)
    return {(c.as_of - situation.start) // day: c.value or 0.0 for c in rows if c.as_of}


def given_total(situation: Situation, places: list[str], days: int | None) -> I8:
    """The total by day, (T,): the sum of the places' figures, linear between them, flat outside.

    Raises:
        InputError: there is no figure, or ``days`` is out of range.
    """
    series = [found for place in places if (found := _figures(situation, place))]
    series = series or [found for found in [_figures(situation, ALL)] if found]
    if not series:
        raise InputError(f"claims.csv: found no accepted claim of {TARGET}, expected the totals")
    last = max(max(found) for found in series)
    count = last + 1 if days is None else days
    if not 1 <= count <= 20_000:
        raise InputError(f"days: found {count}, expected 1 to 20,000")
    at = np.arange(count)
    parts = [np.interp(at, list(found), list(found.values())).astype(np.int64) for found in series]
    return np.asarray(np.sum(parts, axis=0), dtype=np.int64)


def known_people(known: Situation, places: list[str], cut: int) -> Known:
    """The figures of the places known up to day ``cut``, linear between them, flat after the last.

    Raises:
        InputError: no place has a figure.
    """
    table = np.zeros((cut + 1, len(places)))
    last = np.full(len(places), -1, dtype=np.int64)
    for k, place in enumerate(places):
        found = {day: value for day, value in _figures(known, place).items() if day <= cut}
        if found:
            table[:, k] = np.interp(np.arange(cut + 1), list(found), list(found.values()))
            last[k] = max(found)
    if not table.any():
        raise InputError("claims.csv: found no figure of a place up to as_of, expected one")
    return Known(cut, table, last)


def _evidence(
    learned: Known, total: I8, receives: npt.NDArray[np.bool_], rates: SpreadRates
) -> tuple[F8, F8]:
    """Growth of each place and of the total while it was open and counted, (K,) both."""
    days = np.arange(1, learned.cut + 1)
    kept = 0.5 ** ((learned.cut - days) / (rates.forgetting * max(1, learned.cut)))
    seen = receives[1 : learned.cut + 1] & (days[:, None] <= learned.last)
    weight = kept[:, None] * seen / max(1.0, learned.people[-1].sum())
    growth = np.maximum(0.0, np.diff(learned.people, axis=0))
    whole = np.maximum(0, np.diff(total[: learned.cut + 1]))
    return (weight * growth).sum(axis=0), (weight * whole[:, None]).sum(axis=0)


def _first(pull: F8, cut: int) -> F8:
    """The pull of each place on the first day from ``cut`` on that it has any, (K,)."""
    first = np.argmax(pull[cut:] > 0, axis=0)
    return np.asarray(pull[cut:][first, np.arange(pull.shape[1])])


def _factors(seed: int, numbers: I8, places: list[str], shape: F8) -> F8:
    """Gamma factors of mean 1, (M, K)."""
    u = _uniforms(seed, numbers, [f"spread:{place}" for place in places], SPREAD)
    shape = np.maximum(shape, 1e-3)  # a place that nothing leads to has no rate to be uncertain of
    return np.asarray(np.maximum(gammaincinv(shape, u) / shape, 1e-12))


def _uniforms(seed: int, numbers: I8, names: list[str], purpose: int) -> F8:
    codes = np.array([entity_code(name) for name in names], dtype=np.int64)
    purposes = np.full(codes.size, purpose, dtype=np.int64)
    z = normals(seed, numbers, codes, purposes, np.zeros(1, dtype=np.int64))[:, 0]
    erfc = np.vectorize(math.erfc, otypes=[float])
    return np.asarray(0.5 * erfc(-z / math.sqrt(2.0)))


@entry
def _spread(
    seed: int,
    numbers: I8,
    codes: I8,
    total: I8,
    cut: int,
    middle: F8,
    factors: F8,
    present: I8,
) -> None:
    """Fill the days from ``cut`` on, place by place by conditional binomials."""
    places = codes.size
    for i in range(numbers.size):
        for t in range(cut, total.size):
            before = t if t == cut else t - 1
            there = 0
            for k in range(places):
                present[i, t, k] = present[i, before, k]
                there += present[i, t, k]
            change = total[t] - there
            if change > 0:
                weight = middle[t] * factors[i]
                _arrive(seed, numbers[i], codes, t, change, weight, present[i, t])
            elif change < 0:
                _leave(seed, numbers[i], codes, t, -change, there, present[i, t])


@entry
def _arrive(seed: int, member: int, codes: I8, t: int, people: int, weight: F8, here: I8) -> None:
    """Newcomers by conditional binomials; where no place is open they are with the others."""
    whole = weight.sum()
    if whole <= 0.0:
        for k in range(weight.size):
            weight[k] = here[k]
        whole = weight.sum()
    last = -1
    for k in range(weight.size):
        if weight[k] > 0.0:
            last = k
    for k in range(weight.size):
        if people > 0 and weight[k] > 0.0:
            share = 1.0 if k == last else min(1.0, weight[k] / whole)
            n = exact_binomial(people, share, seed, member, codes[k], t, MOVE)
            here[k] += n
            people -= n
            whole -= weight[k]


@entry
def _leave(seed: int, member: int, codes: I8, t: int, people: int, there: int, here: I8) -> None:
    """Leavers by conditional binomials, never more than there are at a place or must be left."""
    for k in range(here.size):
        if people > 0 and here[k] > 0:
            n = exact_binomial(people, here[k] / there, seed, member, codes[k], t, MOVE)
            there -= here[k]
            n = max(people - there, min(n, here[k]))
            here[k] -= n
            people -= n


def _dataset(
    situation: Situation,
    limit: dt.datetime,
    seed: int,
    numbers: I8,
    places: list[str],
    total: I8,
    present: I8,
) -> xr.Dataset:
    utc = situation.start.astimezone(dt.UTC).replace(tzinfo=None)
    times = np.datetime64(utc, "ns") + np.arange(1, total.size + 1) * np.timedelta64(1, "D")
    people = {"units": "people"}
    run = xr.Dataset(
        {
            "present": (
                ("member", "time", "place"),
                present,
                {**people, "long_name": "people at the place"},
            ),
            "given_total": (
                ("time",),
                total,
                {**people, "long_name": "people in all, given as an input"},
            ),
        },
        coords={"member": numbers, "time": times, "place": np.array(places)},
    )
    run.attrs = {
        "title": situation.title,
        "situation": situation.id,
        "rules": "native",
        "totals": "given",
        "given": (
            "the total of every day, the sum of the published figures; routes, closures, openings "
            "and fighting of the whole period; figures of places up to as_of"
        ),
        "table": "present",
        "seed": seed,
        "start": situation.start.isoformat(),
        "start_utc": utc.isoformat(),
        "as_of": limit.isoformat(),
        "tier": situation.tier,
        "source": f"crossings {version('crossings')}",
        "licence": situation.licence,
    }
    return run
