"""A situation simulated by Flee's rules, as a dataset like the one of the native rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from importlib.metadata import version

import numba as nb
import numpy as np
import xarray as xr

from crossings.dynamics.flee.ensemble import run
from crossings.dynamics.flee.from_situation import Totals, flee_case
from crossings.dynamics.flee.records import FleeCase, FleeRun
from crossings.dynamics.flee.settings import Quirks
from crossings.dynamics.flee.spawning import newcomers
from crossings.errors import InputError
from crossings.situation.records import Situation


def simulate_flee(
    situation: Situation,
    members: int = 1000,
    seed: int = 1,
    days: int | None = None,
    totals: Totals = "given",
    compatible: bool = False,
    capacities: bool = True,
    places: Sequence[str] | None = None,
    first_member: int = 0,
    progress: Callable[[float], None] | None = None,
    workers: int | None = None,
) -> xr.Dataset:
    """Simulate an imported Flee set-up by Flee's rules.

    Args:
        situation: with ``flee``, as ``crossings import flee`` makes it.
        members: how many histories.
        seed: the same seed gives the same bits.
        days: how many from the start; the whole period by default.
        totals: ``given`` takes the number who set out each day from the published series;
            ``modelled`` from the conflict, by Flee's conflict-driven spawning.
        compatible: all of Flee's quirks, of which none holds by default, and its order: who set out
            first is worked through first.
        capacities: whether the capacities of the set-up, which are hindsight, are used.
        places: the places to keep; all by default.
        first_member: the number of the first history: a run may be made in parts.
        progress: called with the share that is done.
        workers: threads; as many as the native rules use by default. The result is the same.

    Returns:
        ``present`` and ``arrived`` (cumulative) with dimensions ``(member, time, place)``,
        ``travelling`` and ``people`` (all there are) with ``(member, time)``, in whole people;
        with totals given also ``given_total`` and ``given_newcomers`` ``(time,)``. ``time`` is the
        end of each day, in UTC.

    Raises:
        InputError: the situation has no Flee tables, or they contradict themselves.
    """
    if members < 1:
        raise InputError(f"members: found {members}, expected at least 1")
    case = flee_case(situation, days, totals, capacities)
    quirks = Quirks.flee() if compatible else Quirks()
    result = run(
        case,
        members=members,
        seed=seed,
        quirks=quirks,
        places=places,
        progress=progress,
        first_member=first_member,
        workers=nb.get_num_threads() if workers is None else workers,
        ages=compatible,
    )
    data = _dataset(situation, case, result, first_member)
    if case.totals is not None:
        level = sum(case.totals.camps.values()) if case.settings.sum_from_camps else None
        given = case.totals.total if level is None else np.asarray(level)
        data["given_total"] = _series(given, "people in all by the published series: an input")
        text = "people who set out by the published series: an input"
        data["given_newcomers"] = _series(newcomers(case, quirks), text)
    data.attrs = {
        "title": situation.title,
        "situation": situation.id,
        "rules": "flee",
        "totals": totals,
        "given": _given(case, capacities),
        "table": "present",
        "quirks": "all of Flee's" if compatible else "none",
        "seed": seed,
        "start": situation.start.isoformat(),
        "start_utc": situation.start.astimezone(dt.UTC).replace(tzinfo=None).isoformat(),
        "tier": situation.tier,
        "source": f"crossings {version('crossings')}",
        "licence": situation.licence,
    }
    return data


def _given(case: FleeCase, capacities: bool) -> str:
    """In words, what the run holds that was known only later."""
    parts = ["conflicts and closures of the whole period, settings chosen with hindsight"]
    if case.totals is not None:
        parts.insert(0, "the total of every day, from the published series")
    if capacities:
        parts.append("capacities, the later maximum of the series")
    return "; ".join(parts)


def _series(values: np.ndarray[tuple[int], np.dtype[np.int64]], text: str) -> xr.DataArray:
    return xr.DataArray(values, dims=("time",), attrs={"units": "people", "long_name": text})


def _dataset(
    situation: Situation, case: FleeCase, result: FleeRun, first_member: int
) -> xr.Dataset:
    utc = situation.start.astimezone(dt.UTC).replace(tzinfo=None)
    times = np.datetime64(utc, "ns") + np.arange(1, case.days + 1) * np.timedelta64(1, "D")
    by_place = {
        "present": (result.present, "people at the place"),
        "arrived": (result.arrived, "people who have come there over a route since the start"),
    }
    overall = {
        "travelling": (result.travelling, "people on the road"),
        "people": (result.people, "people in flight in all"),
    }
    rows = {
        name: (dims, table, {"units": "people", "long_name": text})
        for group, dims in (
            (by_place, ("member", "time", "place")),
            (overall, ("member", "time")),
        )
        for name, (table, text) in group.items()
    }
    members = first_member + np.arange(result.present.shape[0])
    coordinates = {"member": members, "time": times, "place": np.array(result.names)}
    return xr.Dataset(rows, coords=coordinates)
