"""What is shown, and to whom: an outlook and its situation under a profile.

``internal`` shows everything. ``public`` leaves out what could lead somebody to people under way:
queues, forecasts by place within a day, and every claim not marked ``public`` (IASC Operational
Guidance on Data Responsibility in Humanitarian Action, 2023).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np

from crossings.errors import InputError
from crossings.forecast.outlook import ClaimUse, Outlook
from crossings.forecast.summary import day_ends
from crossings.publish.words import closing_date, moment
from crossings.situation.records import ALL, Claim, Situation

Profile = Literal["internal", "public"]

WITHHELD = {
    "withheld.within_day": "Forecasts for single places within a day.",
    "withheld.queues": "Forecasts of people waiting and of queues.",
    "withheld.figure": "1 figure that is not marked public.",
    "withheld.figures": "{count} figures that are not marked public.",
}
"""What the public profile leaves out, by the key under which other languages say it."""

QUEUE_MEASURES = frozenset({"waiting", "queue", "queueing", "travel_time"})
"""Measures that tell where people stand in line."""


@dataclasses.dataclass(frozen=True)
class View:
    """An outlook with what was known at its issue time and what was reported later.

    ``left_out`` says in sentences what the profile withholds; empty for ``internal``.
    """

    outlook: Outlook
    known: Situation
    later: tuple[Claim, ...]
    profile: Profile
    left_out: tuple[str, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return ZoneInfo(self.outlook.time_zone)

    @property
    def issued_at(self) -> dt.datetime:
        """The issue time in that zone."""
        return self.outlook.issued_at.astimezone(self.zone)

    @property
    def times(self) -> tuple[dt.datetime, ...]:
        """The forecast times in that zone."""
        return tuple(time.astimezone(self.zone) for time in self.outlook.times)

    @property
    def uses(self) -> dict[str, ClaimUse]:
        """What became of each claim, by its id."""
        return {use.claim: use for use in self.outlook.claims}

    @property
    def by_place(self) -> tuple[int, ...]:
        """Positions of the forecast times at which single places may be shown."""
        if self.profile == "public":
            return day_ends(self.outlook)
        return tuple(range(len(self.outlook.times)))

    def place_name(self, place: str) -> str:
        """The name of a place id; ids that the situation does not have stand for themselves."""
        if place in (ALL, ""):
            return "all places together" if place == ALL else ""
        names = {p.id: p.name for p in self.known.places}
        return names.get(place, place)

    def counted_as(self, target: str) -> frozenset[str]:
        """The targets whose figures the forecast took for this one, itself among them.

        Where nobody counts who arrives, those who have crossed or are hosted are taken for it.
        """
        measure, uses = target.partition(".")[0], self.uses
        taken = {
            claim.target
            for claim in self.known.claims
            if claim.counting != "flow" and claim.id in uses and uses[claim.id].role == measure
        }
        return frozenset({target} | taken)

    def stages(self, target: str) -> tuple[tuple[str, ...], ...]:
        """The single places, those together whose counts agree in every member and at every time.

        On a road that everybody takes one place after another counts the same people: shown once.
        """
        found: list[list[str]] = []
        for place in self.outlook.places:
            if place == ALL:
                continue
            counts = self.outlook.samples(target, place)
            for stage in found:
                if np.array_equal(self.outlook.samples(target, stage[0]), counts):
                    stage.append(place)
                    break
            else:
                found.append([place])
        return tuple(tuple(stage) for stage in found)

    def stage_name(self, stage: tuple[str, ...]) -> str:
        """The names of places shown as one, in the order in which people pass them."""
        return ", ".join(self.place_name(place) for place in stage)

    @property
    def shares_assumed(self) -> bool:
        """Whether no figure known at issue tells where people go behind the border."""
        return not any(u.used and u.role in ("destination", "series") for u in self.outlook.claims)

    @property
    def odds(self) -> dict[str, float]:
        """The probability that people come within some days, where nobody had come yet."""
        found = self.outlook.diagnostics.get("start_of_flow", {}).get("within", {})
        return {str(days): float(p) for days, p in found.items()}

    @property
    def reasons(self) -> tuple[str, ...]:
        """What moved the forecast since the one before, one sentence each; internal only."""
        return tuple(str(sentence) for sentence in self.moved.get("sentences", []))

    @property
    def moved(self) -> Mapping[str, Any]:
        """The same as numbers and ids (:mod:`crossings.forecast.reasons`); empty if not asked for.

        Internal only: they name claims whatever their sensitivity.
        """
        found: Mapping[str, Any] = self.outlook.diagnostics.get("reasons", {})
        return found if self.profile == "internal" else {}

    @property
    def reasons_since(self) -> str:
        """``22:00 on 24 September 2023``: the moment that the reasons compare with."""
        found = self.moved.get("since", "")
        when = dt.datetime.fromisoformat(found).astimezone(self.zone) if found else self.issued_at
        return moment(when, year=True)

    def reported_later(self, target: str, place: str) -> dict[dt.date, Claim]:
        """The last figure for each day that became public after the issue time.

        Of a running total this is the highest of the day: hours are often not stated.
        """
        found: dict[dt.date, Claim] = {}
        for claim in self.later:
            fits = claim.target == target and claim.place == place and claim.unit == "people"
            told = claim.status == "reported" and claim.review != "rejected"
            if not fits or not told or claim.as_of is None or claim.value is None:
                continue
            # What holds for an hour after the last forecast time is no outcome of that day's row.
            if not self.issued_at < claim.as_of <= self.times[-1]:
                continue
            day = closing_date(claim.as_of.astimezone(self.zone))
            if day not in found or _order(claim) > _order(found[day]):
                found[day] = claim
        return found

    def last_claim(self) -> Claim | None:
        """The claim behind the last figure, where it is known and may be shown."""
        last = self.outlook.last_figure
        return None if last is None else _by_id(self.known, last.claim)


def view(outlook: Outlook, situation: Situation, later: Situation | None, profile: str) -> View:
    """Build the view of ``outlook`` for one profile.

    ``situation`` may be given whole: only what was known at the issue time is kept of it. From
    ``later`` come the claims that became public after that.

    Raises:
        InputError: the profile is not known.
    """
    if profile not in ("internal", "public"):
        raise InputError(f"profile: found {profile!r}, expected 'internal' or 'public'")
    known = situation.as_of(outlook.issued_at)
    after = () if later is None else later.claims
    reported = tuple(c for c in after if c.known_at > outlook.issued_at)
    if profile == "internal":
        return View(outlook, known, reported, "internal", ())
    return _public(outlook, known, reported)


def _public(outlook: Outlook, known: Situation, later: tuple[Claim, ...]) -> View:
    shown = tuple(c for c in known.claims if is_public(c))
    ids = {c.id for c in shown}
    queues = [t for t in outlook.targets if t.partition(".")[0] in QUEUE_MEASURES]
    left_out = [WITHHELD["withheld.within_day"]]
    if queues:
        left_out.append(WITHHELD["withheld.queues"])
    hidden = len(known.claims) - len(shown)
    if hidden:
        key = "withheld.figure" if hidden == 1 else "withheld.figures"
        left_out.append(WITHHELD[key].format(count=hidden))
    last = outlook.last_figure
    public = dataclasses.replace(
        outlook,
        draws=outlook.draws.drop_vars(queues),
        claims=tuple(use for use in outlook.claims if use.claim in ids),
        last_figure=last if last is not None and last.claim in ids else None,
        diagnostics={},
    )
    return View(
        public,
        known.model_copy(update={"claims": shown}),
        tuple(c for c in later if is_public(c)),
        "public",
        tuple(left_out),
    )


def is_public(claim: Claim) -> bool:
    """Whether the public profile shows a claim."""
    # An empty mark is not a permission: what nobody has classified stays inside.
    return claim.sensitivity == "public" and claim.measure not in QUEUE_MEASURES


def _by_id(situation: Situation, claim_id: str) -> Claim | None:
    return next((c for c in situation.claims if c.id == claim_id), None)


def _order(claim: Claim) -> tuple[bool, float, float]:
    """What makes one figure of a day the last: its size in a running total, else its time.

    A figure that only bounds the count gives way to any that states it.
    """
    stated = claim.qualifier in ("exact", "approx")
    time = claim.as_of.timestamp() if claim.as_of is not None else 0.0
    value = claim.value or 0.0
    return (stated, value, time) if claim.counting == "cumulative" else (stated, time, value)
