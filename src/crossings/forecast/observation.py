"""From claims to observations: what each figure says about the model, how sharply, or why nothing.

Rules, in order. A rejected (or not yet accepted) claim is left out. Of the claims of one bulletin
that say the same of the same place one is kept: copies add nothing. A figure that its own source
replaced for the same moment is left out. What remains enters by its measure, counting, qualifier
and basis:

- arrived, crossed (cumulative): the people who came, at a gate or in all; hosted (stock) continues
  such a series where it breaks off, with those known to have moved on added;
- flow: the increase over the day it ends, or since midnight;
- registered (cumulative): the host's books, which lag behind arrivals;
- waiting (stock): people in queues; travel times told by travellers: first in, first out;
- "at least" and eyewitness figures are lower bounds, "at most" upper bounds, ranges are ranges; a
  source's rising "at least" are a count (see :mod:`crossings.forecast.running`);
- planning figures and intentions: weak observations of how many will go in the end;
- population: who was there before (see :mod:`crossings.forecast.population`);
- figures at a place behind a gate: shares of destinations.

Of old figures one each half day stands for the rest. Everything else is kept for the reader, with
the reason it does not enter.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

from crossings.forecast.corridors import Corridors
from crossings.forecast.outlook import ClaimUse
from crossings.forecast.running import Told, running_counts
from crossings.forecast.sentences import sentence
from crossings.situation.records import Claim, Situation

PEOPLE_PER_FAMILY = 4.5
"""For figures in families or households: a usual planning value (an assumption, said as such)."""

ARRIVALS = frozenset({"arrived", "crossed"})
HOSTED = frozenset({"hosted", "refugees_hosted"})
PLANNED = frozenset({"planned", "forecast"})
SHARES = frozenset({"accommodated", "sheltered", "arrived", "crossed", "hosted", "registered"})

MOST_PEOPLE = 150e6
"""Larger figures are slips of the pen: all the displaced of the world were 117 million in 2023."""

KEEP_HOURS = 36.0
"""Figures of arrivals this recent all enter; of older ones one each half day."""

THIN_HOURS = 12.0

# Kinds of an observation (numbers for the likelihood kernel).
VALUE, AT_LEAST, AT_MOST, RANGE, RUNNING = range(5)

LEVELS = (VALUE, RUNNING)
"""Kinds that tell how many came, a running "at least" but for those whom it misses."""


@dataclasses.dataclass(frozen=True)
class Observation:
    """One claim as the likelihood sees it.

    ``role`` names the quantity, ``series`` the gate (or the number of gates for all), ``as_of`` the
    moment, ``period`` the hours that a flow covers (0 for a level), ``low`` and ``high`` the bounds
    in people (hours for travel times), ``kind`` how they bind, ``rounding`` the absolute error of
    rounding, ``clock_hours`` the vagueness of the time, ``estimate`` whether it was not counted
    head by head, ``weight`` how much of its log likelihood counts.
    """

    claim: str
    role: str
    series: int
    as_of: dt.datetime
    period: float
    low: float
    high: float
    kind: int
    rounding: float
    clock_hours: float
    estimate: bool
    weight: float


@dataclasses.dataclass(frozen=True)
class Evidence:
    """Everything the claims say: observations, claims for shares and population, and their uses."""

    observations: tuple[Observation, ...]
    shares: tuple[Claim, ...]
    population: tuple[Claim, ...]
    uses: tuple[ClaimUse, ...]

    def with_more(self, observations: Iterable[Observation]) -> Evidence:
        """The same with observations added."""
        return dataclasses.replace(self, observations=(*self.observations, *observations))


def gather(
    situation: Situation,
    shape: Corridors,
    issued_at: dt.datetime,
    include_proposed: bool = False,
) -> Evidence:
    """Sort the claims of a situation (already as of ``issued_at``) into what they can tell."""
    sorter = _Sorter(situation, shape, issued_at, include_proposed)
    for claim in sorted(situation.claims, key=lambda c: (c.known_at, c.id)):
        sorter.take(claim)
    return sorter.evidence()


def moment(claim: Claim, issued_at: dt.datetime) -> dt.datetime:
    """When a figure holds: its as-of, but never after its publication or the issue time."""
    when = claim.as_of or claim.known_at
    return min(when, claim.known_at, issued_at)


def clock_hours(precision: str) -> float:
    """How vague the stated time is, as a standard deviation in hours."""
    exact = {"": 0.5, "exact": 0.0, "end_of_day": 0.5, "date": 5.0, "week": 48.0, "month": 200.0}
    if precision in exact:
        return exact[precision]
    if precision.startswith("date_inferred"):
        return 8.0
    if precision.startswith("date_"):
        return 2.0
    return 8.0


def rounding(value: float, qualifier: str) -> float:
    """The standard deviation of the rounding of a figure, in its unit.

    The grain is the largest of 1, 5, 10, 50, 100 ... that divides the figure, but no more than a
    tenth of it; an error of rounding is uniform over a grain. An approximate figure has 2 % more.
    """
    grain = 1.0
    for step in (5, 10, 50, 100, 500, 1000, 5000, 10_000, 50_000):
        if value >= 10 * step and value % step == 0:
            grain = float(step)
    extra = 0.02 * value if qualifier == "approx" else 0.0
    return float((grain**2 / 12 + extra**2) ** 0.5)


def people(claim: Claim) -> float:
    """How many people one unit of the claim stands for."""
    return PEOPLE_PER_FAMILY if claim.unit in ("families", "households") else 1.0


class _Sorter:
    """Takes claims in the order they became known and remembers what stands for what."""

    def __init__(
        self,
        situation: Situation,
        shape: Corridors,
        issued_at: dt.datetime,
        include_proposed: bool,
    ) -> None:
        self.situation = situation
        self.shape = shape
        self.issued_at = issued_at
        self.include_proposed = include_proposed
        self.observations: list[Observation] = []
        self.shares: list[Claim] = []
        self.population: list[Claim] = []
        self.uses: dict[str, ClaimUse] = {}
        self.kept: list[Claim] = []
        claims = situation.claims
        self.has_arrivals = any(c.measure in ARRIVALS and _is_report(c) for c in claims)
        self.moved_on = [
            c
            for c in claims
            if c.target == "moved_on.cumulative"
            and (c.review == "accepted" or (c.review == "proposed" and include_proposed))
        ]
        self.replaced = _replaced(claims)
        self.last_planning = _last_by_speaker(claims, issued_at)
        self.parts = self._covered_by_parts(claims)

    def evidence(self) -> Evidence:
        """What has been sorted so far."""
        kept, thinned = _thin(self._with_running_counts(), self.issued_at)
        for observation, stand_in in thinned:
            self.uses[observation.claim] = ClaimUse(
                observation.claim, "", 0.0, sentence("reason.thinned", claim=stand_in)
            )
        uses = tuple(self.uses[c.id] for c in self.situation.claims)
        return Evidence(tuple(kept), tuple(self.shares), tuple(self.population), uses)

    def _with_running_counts(self) -> list[Observation]:
        """The observations, those of a running count as such and no longer as bounds.

        How far such a figure lies below the count differs from one to the next: an estimate.
        """
        claims = {c.id: c for c in self.kept}
        told = [
            Told(
                claim=o.claim,
                speaker=_speaker(claims[o.claim]),
                series=(o.role, o.series),
                as_of=o.as_of,
                people=o.low,
                open=o.kind == AT_LEAST and claims[o.claim].basis != "eyewitness",
            )
            for o in self.observations
            if o.role in ("arrived", "registered") and o.period == 0 and o.kind in (VALUE, AT_LEAST)
        ]
        running = running_counts(told)
        for name in running:
            use = self.uses[name]
            said = sentence("reason.running", said=use.reason)
            self.uses[name] = dataclasses.replace(use, reason=said)
        return [
            dataclasses.replace(o, kind=RUNNING, estimate=True) if o.claim in running else o
            for o in self.observations
        ]

    def out(self, claim: Claim, reason: str) -> None:
        """Leave a claim out, for a reason."""
        self.uses[claim.id] = ClaimUse(claim.id, "", 0.0, reason)

    def into(self, claim: Claim, role: str, weight: float, reason: str) -> None:
        """Note that a claim enters."""
        self.uses[claim.id] = ClaimUse(claim.id, role, weight, reason)
        self.kept.append(claim)

    def take(self, claim: Claim) -> None:
        """Sort one claim."""
        reason = self._refuse(claim)
        if reason:
            self.out(claim, reason)
        elif claim.measure == "population":
            self._take_population(claim)
        elif claim.measure in ARRIVALS and _is_plan(claim):
            self._take_plan(claim)
        elif claim.measure in ARRIVALS | HOSTED or (
            claim.measure == "fled" and not self.has_arrivals
        ):
            self._take_arrivals(claim)
        elif claim.target == "registered.cumulative" and claim.place in ("", "all"):
            self._observe(claim, "registered", len(self.shape.gates), 1.0)
        elif claim.measure == "waiting":
            self._take_waiting(claim)
        elif claim.measure == "travel_time":
            self._take_travel_time(claim)
        elif claim.measure in SHARES and self.shape.gate_of(claim.place) is not None:
            self._take_share(claim)
        else:
            reason = sentence("reason.no_part", measure=claim.measure, counting=claim.counting)
            self.out(claim, reason)

    def _refuse(self, claim: Claim) -> str:
        """The reason why a claim enters nothing whatever it measures; empty if there is none."""
        if claim.review == "rejected":
            return sentence("reason.rejected")
        if claim.review == "proposed" and not self.include_proposed:
            return sentence("reason.proposed")
        if claim.value is None:
            return sentence("reason.no_figure")
        if claim.value * people(claim) > MOST_PEOPLE:
            return sentence("reason.too_many")
        if not _is_plan(claim) and _ahead(claim):
            return sentence("reason.ahead")
        if claim.status == "historical" or (
            claim.status == "prior" and claim.measure != "population"
        ):
            return sentence("reason.earlier_time")
        if claim.part_of and claim.place in ("", "all") and claim.measure != "population":
            return sentence("reason.part")
        if claim.id in self.replaced:
            return sentence("reason.replaced", claim=self.replaced[claim.id])
        copy = next((k for k in self.kept if _is_copy(claim, k)), None)
        if copy is not None:
            return sentence("reason.copy", claim=copy.id)
        return ""

    def _take_population(self, claim: Claim) -> None:
        if claim.unit != "people":
            self.out(claim, sentence("reason.population_unit", unit=claim.unit))
            return
        self.population.append(claim)
        self.into(claim, "population", 1.0, sentence("reason.population"))

    def _take_plan(self, claim: Claim) -> None:
        latest = self.last_planning.get(_speaker(claim))
        if latest not in (None, claim.id):
            self.out(claim, sentence("reason.later_plan", claim=latest))
            return
        role = "intention" if claim.basis == "intention" else "planning"
        series = self.shape.series_of(claim.place)
        if series != len(self.shape.gates):
            self.out(claim, sentence("reason.plan_of_place"))
            return
        self._observe(claim, role, len(self.shape.gates), 1.0)

    def _take_arrivals(self, claim: Claim) -> None:
        series = self.shape.series_of(claim.place)
        total = len(self.shape.gates)
        if claim.unit not in ("people", "families", "households"):
            self.out(claim, sentence("reason.counted_in", unit=claim.unit))
        elif series is None:
            self._take_share(claim)
        elif claim.counting == "stock" and claim.measure in HOSTED and self._runs_on(claim):
            self.out(claim, sentence("reason.present"))
        elif claim.id in self.parts:
            self.out(claim, sentence("reason.gates"))
        elif claim.counting == "stock" and claim.measure in ARRIVALS and series != total:
            self._take_share(claim)
        else:
            self._observe(claim, "arrived", series, 0.3 if claim.status == "uncertain" else 1.0)

    def _take_waiting(self, claim: Claim) -> None:
        number = self.shape.gate_of(claim.place)
        if claim.counting != "stock":
            self.out(claim, sentence("reason.waiting_stock"))
        else:
            series = len(self.shape.gates) if number is None else number
            self._observe(claim, "waiting", series, 1.0)

    def _take_travel_time(self, claim: Claim) -> None:
        number = self.shape.gate_of(claim.place)
        if claim.unit != "hours" or number is None or claim.origin not in self.shape.origin_side:
            self.out(claim, sentence("reason.no_journey"))
        elif claim.basis != "eyewitness":
            self.out(claim, sentence("reason.no_traveller"))
        else:
            self._observe(claim, "travel_time", number, 1.0)

    def _take_share(self, claim: Claim) -> None:
        if claim.unit != "people" or claim.counting == "flow":
            self.out(claim, sentence("reason.share_unit"))
            return
        self.shares.append(claim)
        self.into(claim, "destination", 0.5, sentence("reason.share"))

    def _runs_on(self, claim: Claim) -> bool:
        """Whether arrivals at the same place are still counted around the moment of a stock."""
        when = moment(claim, self.issued_at)
        return any(
            c.measure in ARRIVALS
            and c.counting == "cumulative"
            and c.place == claim.place
            and _is_report(c)
            and abs(moment(c, self.issued_at) - when) <= dt.timedelta(days=2)
            for c in self.situation.claims
        )

    def _covered_by_parts(self, claims: Iterable[Claim]) -> set[str]:
        """Totals that the gates' own counts around the same time replace."""
        total = len(self.shape.gates)
        if total < 2:
            return set()
        levels = [
            (self.shape.series_of(c.place), moment(c, self.issued_at), c)
            for c in claims
            if c.measure in ARRIVALS | HOSTED and c.counting != "flow" and _is_report(c)
        ]
        # Counts that are older by more than a day cannot stand for a newer total.
        before, after = dt.timedelta(days=1), dt.timedelta(days=3)
        return {
            c.id
            for series, when, c in levels
            if series == total
            and all(
                any(s == gate and -before <= w - when <= after for s, w, _ in levels)
                for gate in range(total)
            )
        }

    def _moved_on(self, claim: Claim) -> float:
        """People known to have moved on from the place of a stock by its moment."""
        when = moment(claim, self.issued_at)
        known = [
            c
            for c in self.moved_on
            if c.place == claim.place and _is_report(c) and moment(c, self.issued_at) <= when
        ]
        last = max(known, key=lambda c: moment(c, self.issued_at), default=None)
        return float(last.value or 0.0) if last is not None else 0.0

    def _period(self, claim: Claim, when: dt.datetime) -> float:
        """Hours that a flow covers: the day that ends, or the part of a day since midnight."""
        if claim.counting != "flow":
            return 0.0
        local = when.astimezone(self.situation.zone)
        since = local.hour + local.minute / 60.0
        return 24.0 if since < 1.0 or since > 23.0 else since

    def _observe(self, claim: Claim, role: str, series: int, weight: float) -> None:
        scale = people(claim)
        added = self._moved_on(claim) if claim.measure in HOSTED else 0.0
        low = claim.low * scale + added if claim.low is not None else None
        high = claim.high * scale + added if claim.high is not None else None
        kind, low, high = _bounds(claim, low, high)
        middle = (low + high) / 2 if kind in (VALUE, RANGE) else (low if kind == AT_LEAST else high)
        when = moment(claim, self.issued_at)
        precision = "date" if claim.as_of is None else claim.as_of_precision
        hours = clock_hours(precision) if role not in ("planning", "intention") else 0.0
        self.observations.append(
            Observation(
                claim=claim.id,
                role=role,
                series=series,
                as_of=when,
                period=self._period(claim, when),
                low=low,
                high=high,
                kind=kind,
                rounding=rounding(middle, claim.qualifier),
                clock_hours=hours,
                estimate=claim.basis not in ("count", "registration"),
                weight=weight,
            )
        )
        self.into(claim, role, weight, _reason(role, kind, scale, added))


def _thin(
    observations: list[Observation], issued_at: dt.datetime
) -> tuple[list[Observation], list[tuple[Observation, str]]]:
    """Of old figures keep one of each series and half day: newer ones carry what they say.

    A figure two days back adds next to nothing to a forecast, but each makes the sampler's task
    harder. Kept is the last level that is not a bound; flows and bounds give way to levels.
    """
    kept: list[Observation] = []
    best: dict[tuple[str, int, int], Observation] = {}
    old: list[tuple[tuple[str, int, int], Observation]] = []
    for o in observations:
        age = (issued_at - o.as_of).total_seconds() / 3600.0
        recent = KEEP_HOURS if o.role == "arrived" else KEEP_HOURS / 3
        if age <= recent or o.role not in ("arrived", "registered"):
            kept.append(o)
            continue
        key = (o.role, o.series, int(o.as_of.timestamp() // (THIN_HOURS * 3600)))
        old.append((key, o))
        before = best.get(key)
        if before is None or _standing(o) > _standing(before):
            best[key] = o
    thinned = [(o, best[key].claim) for key, o in old if best[key] is not o]
    return kept + list(best.values()), thinned


def _standing(o: Observation) -> tuple[bool, bool, bool, dt.datetime, float, str]:
    """What makes a figure the better one to keep: of one moment the larger, which misses less."""
    return (o.period == 0, o.kind in LEVELS, o.clock_hours <= 1.0, o.as_of, o.low, o.claim)


def _reason(role: str, kind: int, scale: float, added: float) -> str:
    said = sentence(f"reason.{role}")
    bound = {AT_LEAST: "lower", AT_MOST: "upper", RANGE: "range"}.get(kind, "")
    if bound:
        said = sentence(f"reason.{bound}", said=said)
    if scale != 1:
        said = sentence("reason.families", said=said, size=f"{scale:g}")
    return sentence("reason.onward", said=said, people=f"{added:,.0f}") if added else said


def _bounds(claim: Claim, low: float | None, high: float | None) -> tuple[int, float, float]:
    """How the figure binds; an eyewitness sees a part, so gives a lower bound."""
    if low is not None and (claim.basis == "eyewitness" or high is None):
        return AT_LEAST, low, low
    if low is None:
        assert high is not None  # a claim without any figure was refused before
        return AT_MOST, high, high
    assert high is not None
    return (RANGE if high > low else VALUE), low, high


def _is_report(claim: Claim) -> bool:
    """Whether a claim reports what happened, rather than what is planned or was long before."""
    return claim.status in ("reported", "uncertain") and claim.basis not in (
        "planning",
        "intention",
    )


def _is_plan(claim: Claim) -> bool:
    return claim.basis in ("planning", "intention") or claim.status in PLANNED


def _ahead(claim: Claim) -> bool:
    """Whether a figure speaks of a time after its publication, beyond the vagueness of its time."""
    if claim.as_of is None:
        return False
    # "In May", said in May, is dated to the end of the month.
    vague = {"week": 7, "month": 31, "year": 366}.get(claim.as_of_precision, 1)
    return claim.as_of > claim.known_at + dt.timedelta(days=vague)


def _speaker(claim: Claim) -> str:
    return (claim.sources[0] if claim.sources else claim.publisher).casefold()


def _is_copy(claim: Claim, kept: Claim) -> bool:
    """Whether a claim repeats one that was already taken."""
    same_kind = (claim.measure, claim.counting, claim.place, claim.origin, claim.unit) == (
        kept.measure,
        kept.counting,
        kept.place,
        kept.origin,
        kept.unit,
    ) or (
        # The same people told as "fled", "arrived" or "crossed" in one bulletin are one figure.
        claim.counting == kept.counting == "cumulative"
        and claim.measure in ARRIVALS | {"fled"}
        and kept.measure in ARRIVALS | {"fled"}
        and claim.place == kept.place
    )
    if not same_kind or claim.value is None or kept.value is None:
        return False
    if _is_plan(claim) != _is_plan(kept):
        return False  # who says how many will come repeats nobody who says how many came
    bounds = ("at_least", "at_most")
    if kept.qualifier in bounds and claim.qualifier not in bounds:
        return False  # a number says more than the bound that came first
    same_moment = claim.as_of == kept.as_of
    close = abs(claim.value - kept.value) <= 0.05 * max(claim.value, kept.value)
    said_so = bool(claim.same_group_as) or (
        bool(claim.bulletin) and claim.bulletin == kept.bulletin
    )
    return (said_so and close) or (
        same_moment and claim.low == kept.low and claim.high == kept.high
    )


def _replaced(claims: Iterable[Claim]) -> dict[str, str]:
    """Claims whose own source later gave another figure for the same moment: id -> the later id."""
    latest: dict[tuple[object, ...], Claim] = {}
    found: dict[str, str] = {}
    for claim in sorted(claims, key=lambda c: (c.known_at, c.id)):
        if not claim.sources or claim.as_of is None or claim.review != "accepted":
            continue
        key = (
            claim.target,
            claim.unit,
            claim.place,
            claim.origin,
            claim.as_of,
            claim.sources,
            claim.status,
            claim.part_of,
        )
        before = latest.get(key)
        if before is not None and before.known_at < claim.known_at:
            if before.value != claim.value:
                found[before.id] = claim.id
                latest[key] = claim
        else:
            latest.setdefault(key, claim)
    return found


def _last_by_speaker(claims: Iterable[Claim], issued_at: dt.datetime) -> dict[str, str]:
    """The newest plan or intention of each speaker: speaker -> claim id."""
    last: dict[str, Claim] = {}
    for claim in claims:
        # A repetition is no later figure.
        fresh = claim.value is not None and not claim.same_group_as
        if claim.measure in ARRIVALS and _is_plan(claim) and fresh:
            before = last.get(_speaker(claim))
            if before is None or (claim.known_at, claim.id) > (before.known_at, before.id):
                last[_speaker(claim)] = claim
    return {speaker: claim.id for speaker, claim in last.items()}
