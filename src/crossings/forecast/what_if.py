"""What if: the difference that an intervention makes, as a scenario under this model.

Members are paired: each has one past and one stream of luck, and is followed twice, as things are
and under the intervention. Only the mechanistic component can tell the two apart, so it stands
alone here: "as is" differs from a forecast, which pools it with how past crises' figures went on.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt
import xarray as xr

from crossings.dynamics import engine
from crossings.errors import InputError
from crossings.forecast.counts import ARRIVED, Counts, count, record_steps
from crossings.forecast.mechanistic import Conditioned, by_base_rate, condition, dataset
from crossings.forecast.onset import OnsetModel
from crossings.forecast.request import Request, request
from crossings.forecast.scenario import (
    Intervention,
    ScenarioModel,
    checked,
    with_events,
)
from crossings.forecast.sentences import sentence
from crossings.forecast.sides import Sides, halves, joined, sides, unsplit
from crossings.situation.records import ALL, Situation
from crossings.situation.times import day_edge, read_moment

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

QUEUE_HOURS = "queue.hours"
"""Hours that those who come through now have queued, at a crossing; the longest for place all."""

LABEL = "a scenario under this model"
"""What every difference is called wherever it is shown."""


@dataclasses.dataclass(frozen=True)
class Change:
    """Two paired sets of members: as is, and in the scenario.

    ``as_is`` and ``scenario`` hold the targets of a forecast and :data:`QUEUE_HOURS`, each with the
    dimensions (member, time, place). ``hostile`` marks a scenario with an attack: it belongs to
    the internal profile only.
    """

    situation: str
    title: str
    issued_at: dt.datetime
    at: dt.datetime
    time_zone: str
    times: tuple[dt.datetime, ...]
    interventions: tuple[Intervention, ...]
    words: str
    as_is: xr.Dataset
    scenario: xr.Dataset
    seed: int
    notes: tuple[str, ...]

    @property
    def hostile(self) -> bool:
        """Whether somebody attacks in it."""
        return any(one.kind == "attack" for one in self.interventions)

    @property
    def targets(self) -> tuple[str, ...]:
        """What is compared."""
        return tuple(str(name) for name in self.as_is.data_vars)

    @property
    def places(self) -> tuple[str, ...]:
        """The place ids, ``all`` first."""
        return tuple(str(place) for place in self.as_is["place"].values)

    def difference(self, target: str, place: str = ALL) -> F8:
        """Scenario less as is in each member, (member, time); people, or hours of queueing.

        Raises:
            KeyError: there is no such target or place.
        """
        both = [part[target].sel(place=place).values for part in (self.scenario, self.as_is)]
        return np.asarray(both[0] - both[1], dtype=float)

    def quantiles(self, branch: str, target: str, place: str, levels: tuple[float, ...]) -> F8:
        """Quantiles (time, level) of ``as_is``, ``scenario`` or ``difference``.

        Raises:
            KeyError: there is no such branch, target or place.
        """
        if branch == "difference":
            values = self.difference(target, place)
        else:
            values = (
                {"as_is": self.as_is, "scenario": self.scenario}[branch][target]
                .sel(place=place)
                .values
            )
        return np.quantile(values, levels, axis=0).T


def what_if(
    situation: Situation,
    as_of: str | dt.date | dt.datetime | None = None,
    horizon: str | float = "8d",
    members: int = 2000,
    seed: int = 1,
    *,
    close: str | Iterable[str] = (),
    open: str | Iterable[str] = (),
    capacity: Mapping[str, float] | None = None,
    ceasefire: bool = False,
    attack: bool | str = False,
    population: float | None = None,
    at: str | dt.date | dt.datetime | None = None,
    include_proposed: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Change:
    """Compare the members of a forecast with themselves under an intervention.

    Args:
        situation: everything known of the crisis; rows known after ``as_of`` are not looked at.
        as_of: the issue time, as for a forecast.
        horizon: how far, as for a forecast.
        members: how many pairs of histories.
        seed: the same seed gives the same bits.
        close: crossings that shut (``all`` for every one), until the end of the horizon.
        open: crossings that are open.
        capacity: by crossing, how many times as many people as it would it lets through.
        ceasefire: whether a ceasefire comes.
        attack: whether an armed attack comes, or the place where.
        population: people at risk.
        at: when, within the horizon; a bare date means its beginning, None the issue time.
        include_proposed: whether claims that nobody has accepted yet may enter.
        progress: told the share of the work that is done.

    Raises:
        InputError: nothing to change, an unknown crossing, or an argument out of range.
    """
    wanted = (
        *(Intervention("close", place) for place in _several(close)),
        *(Intervention("open", place) for place in _several(open)),
        *(Intervention("capacity", p, float(f)) for p, f in (capacity or {}).items()),
        *((Intervention("ceasefire"),) if ceasefire else ()),
        *((Intervention("attack", attack if isinstance(attack, str) else ""),) if attack else ()),
        *((Intervention("population", "", float(population)),) if population is not None else ()),
    )
    asked = request(situation, as_of, horizon, members, seed, include_proposed)
    moment = _moment(asked, at)
    split = sides(asked.situation, asked.issued_at, asked.include_proposed)
    if split is None:
        return compare(condition(asked, progress), wanted, moment)
    return _by_sides(asked, split, wanted, moment, progress)


def _by_sides(
    asked: Request,
    split: Sides,
    wanted: tuple[Intervention, ...],
    at: dt.datetime,
    progress: Callable[[float], None] | None,
) -> Change:
    """Half of the pairs follow either of two sides, as the members of a forecast do."""
    parts = []
    for number, (part, members) in enumerate(halves(asked, split)):

        def told(share: float, done: int = number) -> None:
            if progress is not None:
                progress((done + share) / 2)

        change = compare(condition(part, told), wanted, at)
        kept = slice(members)
        parts.append(
            dataclasses.replace(
                change,
                as_is=change.as_is.isel(member=kept),
                scenario=change.scenario.isel(member=kept),
            )
        )
    first, second = parts
    if (first.targets, first.places) != (second.targets, second.places):
        whole = compare(condition(asked, progress), wanted, at)
        return dataclasses.replace(whole, notes=(*whole.notes, unsplit(split)))
    return dataclasses.replace(
        first,
        as_is=joined(first.as_is, second.as_is),
        scenario=joined(first.scenario, second.scenario),
        notes=tuple(dict.fromkeys((*first.notes, *second.notes, split.sentence))),
    )


def _several(places: str | Iterable[str]) -> tuple[str, ...]:
    return (places,) if isinstance(places, str) else tuple(places)


def _moment(asked: Request, at: str | dt.date | dt.datetime | None) -> dt.datetime:
    """When it happens: within the horizon; a bare date begins with its day."""
    if at is None:
        return asked.issued_at
    zone = asked.situation.zone
    try:
        if isinstance(at, str):
            moment = read_moment(at, zone, "start")
        elif isinstance(at, dt.datetime):
            moment = asked.situation.moment(at)
        else:
            moment = day_edge(at, zone, "start")
    except ValueError as error:
        raise InputError(f"at: found {str(at)!r}, expected {error}") from error
    if not asked.issued_at <= moment < asked.times[-1]:
        raise InputError(
            f"at: found {moment.isoformat()}, expected from {asked.issued_at.isoformat()} to "
            f"before {asked.times[-1].isoformat()}"
        )
    return moment


def compare(ready: Conditioned, wanted: tuple[Intervention, ...], at: dt.datetime) -> Change:
    """Follow conditioned members twice.

    Raises:
        InputError: an intervention that the model cannot do.
    """
    model, asked = ready.model, ready.asked
    checked(asked.situation, model, wanted)
    plain, as_is = _follow(ready, model, asked)
    changed = with_events(asked.situation, model, wanted, at, asked.issued_at)
    other = ScenarioModel(model, changed, wanted, at, as_is)
    under, _ = _follow(ready, other, dataclasses.replace(asked, situation=changed))
    if model.nothing_reported:
        chosen, _ = by_base_rate(ready, plain[0])
        plain, under = (_members(one, chosen) for one in (plain, under))
    names = {p.id: p.name for p in ready.known.places} | {ALL: "every crossing"}
    said = "; ".join(one.words(names.get(one.place, "")) for one in wanted) or "nothing changes"
    return Change(
        situation=ready.known.id,
        title=ready.known.title,
        issued_at=asked.issued_at,
        at=at,
        time_zone=ready.known.time_zone,
        times=asked.times,
        interventions=wanted,
        words=said,
        as_is=_draws(ready, *plain),
        scenario=_draws(ready, *under),
        seed=asked.seed,
        notes=_notes(ready),
    )


def _follow(
    ready: Conditioned, model: OnsetModel, asked: Request
) -> tuple[tuple[Counts, F8], engine.History]:
    """Counts and hours of queueing (M, time, gate) of every member, and their histories."""
    members = model.members(ready.coordinates)
    history = model.simulate(members, ready.path, model.grid.steps)
    counts = count(asked, model, members, history, ready.evidence, ready.priors)
    record = record_steps(model.grid, asked.times)
    return (counts, queue_hours(history, record, model.grid.hours)), history


def queue_hours(history: engine.History, record: I8, step_hours: float) -> F8:
    """How long those who come through each gate have queued, first in first out, in hours.

    ``history`` holds every step; the answer is for the steps ``record``, (M, K, G). None queue: 0.
    """
    joined = history.queued
    out = np.zeros((joined.shape[0], record.size, joined.shape[2]))
    for k, step in enumerate(record):
        through = (joined - history.queue)[:, step]
        # The first step after which more had joined than have come through by now.
        waited = (joined[:, : step + 1] > through[:, None]).sum(axis=1)
        out[:, k] = np.where(history.queue[:, step] > 0, waited * step_hours, 0.0)
    return out


def _members(branch: tuple[Counts, F8], chosen: I8) -> tuple[Counts, F8]:
    counts, hours = branch
    targets = {
        target: {place: people[chosen] for place, people in table.items()}
        for target, table in counts.targets.items()
    }
    return counts._replace(targets=targets), hours[chosen]


def _draws(ready: Conditioned, counts: Counts, hours: F8) -> xr.Dataset:
    """The draws of one branch, with the hours of queueing at each crossing."""
    found = dataset(counts.targets, ready.asked, ready.shape, ready.known)
    table = np.zeros((*found[ARRIVED].shape,))
    places = [str(place) for place in found["place"].values]
    for g, gate in enumerate(ready.shape.gates):
        for entry in gate.entries:
            if entry in places:
                table[:, :, places.index(entry)] = hours[:, :, g]
    table[:, :, places.index(ALL)] = hours.max(axis=2)
    return found.assign({QUEUE_HOURS: (("member", "time", "place"), table)})


def _notes(ready: Conditioned) -> tuple[str, ...]:
    notes = [
        sentence("note.paired"),
        sentence("note.alone"),
        sentence("note.no_other_way"),
    ]
    if ready.model.nothing_reported:
        notes.append(sentence("note.scenario_start"))
    return tuple(notes)
