"""A scenario: the same members, with the same luck, under other events from a moment on.

The past of every member stays as it is. From the moment ``at`` on crossings close or open or let
more or fewer people through, a ceasefire or an attack moves people as such events do in the model,
or another number of people is at risk.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from crossings.dynamics import engine
from crossings.errors import InputError
from crossings.forecast import timeline
from crossings.forecast.members import Members
from crossings.forecast.onset import OnsetModel
from crossings.situation.records import ALL, Event, Situation

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

Kind = Literal["close", "open", "capacity", "ceasefire", "attack", "population"]

_EVENTS = {
    "close": "closure",
    "open": "opening",
    "ceasefire": "ceasefire",
    "attack": "military_operation",
}

NEVER = 1e12
"""The hour at which a gate reopens that stays shut."""

MOST_FACTOR = 100.0
MOST_PEOPLE = 1e9


@dataclasses.dataclass(frozen=True)
class Intervention:
    """One thing that is otherwise: a place (or none) and, for two kinds, a number.

    ``value`` is the factor of a capacity, or the people at risk.
    """

    kind: Kind
    place: str = ""
    value: float = 0.0

    def words(self, name: str = "") -> str:
        """What is otherwise, in plain words; ``name`` stands for the place's id."""
        where = name or self.place
        return {
            "close": f"{where} is closed",
            "open": f"{where} is open",
            "capacity": f"{where} lets {self.value:g} times as many people through",
            "ceasefire": "a ceasefire holds",
            "attack": f"an armed attack{f' at {where}' if where else ''}",
            "population": f"{self.value:,.0f} people are at risk",
        }[self.kind]


def read_capacities(asked: Iterable[str]) -> dict[str, float]:
    """Factors by crossing, from words such as ``old-bridge=x2`` or ``old-bridge=0.5``.

    Raises:
        InputError: a word is not of this form.
    """
    found = {}
    for word in asked:
        place, _, factor = word.rpartition("=")
        try:
            found[place] = float(factor.removeprefix("x"))
        except ValueError:
            place = ""
        if not place:
            raise InputError(f"capacity: found {word!r}, expected CROSSING=xF such as bridge=x2")
    return found


def checked(situation: Situation, model: OnsetModel, wanted: Sequence[Intervention]) -> None:
    """Refuse what the model cannot do.

    Raises:
        InputError: an unknown place, one that is no crossing, or a number out of range.
    """
    entries = [entry for gate in model.shape.gates for entry in gate.entries]
    known = {p.id for p in situation.places}
    for one in wanted:
        if one.kind in ("close", "open", "capacity") and one.place not in (*entries, ALL):
            expected = ", ".join([*entries, ALL]) if entries else "no crossing of this situation"
            raise InputError(f"{one.kind}: found {one.place!r}, expected {expected}")
        if one.kind == "attack" and one.place and one.place not in known:
            raise InputError(f"attack: found {one.place!r}, expected a place of the situation")
        if one.kind == "capacity" and not 0 <= one.value <= MOST_FACTOR:
            raise InputError(
                f"capacity: found {one.value:g}, expected a factor from 0 to {MOST_FACTOR:g}"
            )
        if one.kind == "population" and not 0 <= one.value <= MOST_PEOPLE:
            raise InputError(
                f"population: found {one.value:g}, expected people from 0 to {MOST_PEOPLE:,.0f}"
            )


def with_events(
    situation: Situation,
    model: OnsetModel,
    wanted: Sequence[Intervention],
    at: dt.datetime,
    issued_at: dt.datetime,
) -> Situation:
    """The situation with the scenario's events, all at ``at``."""
    entries = [entry for gate in model.shape.gates for entry in gate.entries]
    found: list[Event] = []
    for one in wanted:
        if one.kind not in _EVENTS:
            continue
        places = entries if one.place == ALL else [one.place]
        found += [
            Event.model_validate(
                {
                    "id": f"scenario:{one.kind}:{place}",
                    "kind": _EVENTS[one.kind],
                    "time": at,
                    "known_at": issued_at,
                    "place": place,
                }
            )
            for place in places
        ]
    return situation.model_copy(update={"events": (*situation.events, *found)})


class ScenarioModel(OnsetModel):
    """A model that differs from another one after a moment only.

    ``as_is`` is the history of each member as things are. What leaks through a gate that the
    scenario closes is a share of what came through it in the day before, not of all that it could
    let through: with a wide gate and few people that would stop nobody.
    """

    def __init__(
        self,
        model: OnsetModel,
        situation: Situation,
        wanted: Sequence[Intervention],
        at: dt.datetime,
        as_is: engine.History,
    ) -> None:
        self.__dict__.update(model.__dict__)
        before = model.situation
        self.situation = situation
        self.wanted = tuple(wanted)
        self.position = max(float(self.grid.known), self.grid.position(at))
        self.as_is = as_is
        self.meaning = model.meaning.with_events(*timeline.kicks(situation, self.grid))
        self.open = model.open * self._other_openness(before)
        self.stay_shut, self.open_from = self._reopenings()

    def members(self, z: F8) -> Members:
        """The meaning of coordinates, with gates that stay shut or open at the moment."""
        members = super().members(z)
        reopens = np.where(self.stay_shut, NEVER, members.throughput.reopens)
        reopens = np.minimum(reopens, self.open_from)
        return members._replace(throughput=members.throughput._replace(reopens=reopens))

    def _from(self) -> F8:
        """The share of each step that lies after the moment, (T,)."""
        return np.clip(np.arange(self.grid.steps) + 1.0 - self.position, 0.0, 1.0)

    def _other_openness(self, before: Situation) -> F8:
        """How far each gate is open, over how far it would be, (T, G); capacities too."""
        ratio = np.ones((self.grid.steps, self.gates))
        after = self._from()
        for g, gate in enumerate(self.shape.gates):
            factors = np.ones((self.grid.steps, max(1, len(gate.entries))))
            states = np.ones_like(factors)
            then = np.ones_like(factors)
            for e, entry in enumerate(gate.entries):
                then[:, e] = timeline.entry_open(before, entry, self.grid)
                states[:, e] = timeline.entry_open(self.situation, entry, self.grid)
                for one in self.wanted:
                    if one.kind == "capacity" and one.place in (entry, ALL):
                        factors[:, e] *= 1.0 + after * (one.value - 1.0)
            shut = np.isfinite(self.closed_from[g])
            # Of a gate that is shut the moment of opening is told by hours, not by its openness.
            if shut:
                states, then = np.ones_like(states), np.ones_like(then)
            ratio[:, g] = (states * factors).mean(axis=1) / then.mean(axis=1)
        ratio[: self.grid.known] = 1.0
        return ratio

    def _reopenings(self) -> tuple[npt.NDArray[np.bool_], F8]:
        """Which gates stay shut, and from which hour those that are opened are open, (G,)."""
        stay = np.zeros(self.gates, dtype=bool)
        opened = np.full(self.gates, NEVER)
        for g, gate in enumerate(self.shape.gates):
            if not np.isfinite(self.closed_from[g]):
                continue
            named = {
                kind: {one.place for one in self.wanted if one.kind == kind}
                for kind in ("open", "close")
            }
            if named["open"] & {*gate.entries, ALL}:
                opened[g] = self.position * self.grid.hours
            elif set(gate.entries) <= named["close"] or ALL in named["close"]:
                stay[g] = True
        return stay, opened

    def _rates(self, m: Members, path: F8, steps: int) -> engine.Rates:
        rates = super()._rates(m, path, steps)
        rates = rates._replace(capacity=self._leaking(rates.capacity))
        for one in self.wanted:
            if one.kind == "population":
                rates = self._other_population(rates, m, one.value)
        return rates

    def _leaking(self, capacity: F8) -> F8:
        """Capacities (M, T, G) of which the closed gates let their share through."""
        first, day = math.ceil(self.position), max(1, round(24.0 / self.grid.hours))
        known = self.grid.known
        through = self.as_is.queued - self.as_is.queue
        before = through[:, max(0, known - 1 - day)]
        pace = (through[:, known - 1] - before) / min(day, max(1, known - 1))
        named = {one.place for one in self.wanted if one.kind == "close"}
        found = capacity.copy()
        for g, gate in enumerate(self.shape.gates):
            if gate.entries and (ALL in named or set(gate.entries) <= named):
                found[:, first:, g] = np.minimum(found[:, first:, g], pace[:, g, None])
        return found

    def _other_population(self, rates: engine.Rates, m: Members, people: float) -> engine.Rates:
        """Rates under another number of people at risk from the moment on.

        The share that would leave stays each member's own. More people decide, in expectation,
        by the hazard of those at home, get ready as they do and look for a way; fewer people slow
        the decisions of those at home by as much.
        """
        steps = rates.hazard.shape[1]
        first = min(steps - 1, math.ceil(self.position))
        all_people = np.maximum(1.0, (m.leavers + m.stayers).astype(float))
        change = (people - all_people) * m.leavers / all_people
        home = self.as_is.home[:, max(0, first - 1)].astype(float)
        decided = 1.0 - self.as_is.home[:, :steps] / np.maximum(1.0, m.leavers)[:, None]
        hazard = rates.hazard * (1.0 + rates.contagion[:, None] * decided)
        chance = 1.0 - np.exp(-hazard)
        more = np.maximum(0.0, change)
        left, getting_ready = more.copy(), np.zeros_like(more)
        come = np.zeros((more.size, steps))
        fewer, slow = np.maximum(0.0, home + np.minimum(0.0, change)), rates.hazard.copy()
        still = home.copy()
        for t in range(first, steps):
            deciding = left * chance[:, t]
            left = left - deciding
            getting_ready = getting_ready + deciding
            going = getting_ready * rates.leave
            getting_ready = getting_ready - going
            come[:, t] = going
            slow[:, t] *= np.clip(fewer / np.maximum(1.0, still), 0.0, 1.0)
            still = still - fewer * chance[:, t]
            fewer = fewer * (1.0 - chance[:, t])
        whole = np.diff(np.floor(np.cumsum(come, axis=1)), axis=1, prepend=0.0)
        lower = change < 0
        return rates._replace(
            hazard=np.where(lower[:, None], slow, rates.hazard),
            inject_place=np.zeros(1, dtype=np.int64),
            inject=whole.astype(np.int64)[:, :, None],
        )
