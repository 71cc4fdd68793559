"""One entry to every way of running a situation forward: rules and where the totals come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Literal

import xarray as xr

from crossings.dynamics.flee.simulation import simulate_flee
from crossings.dynamics.given_totals import SpreadRates, simulate_given_totals
from crossings.dynamics.native_rates import NativeRates
from crossings.dynamics.simulation import RECORD_HOURS
from crossings.dynamics.simulation import simulate as simulate_native
from crossings.errors import InputError
from crossings.situation.flee_records import DAYS_KEY
from crossings.situation.records import Situation

Rules = Literal["native", "flee"]
Totals = Literal["given", "modelled"]

NATIVE_DAYS = 14
"""Days of a native run with modelled totals, if nothing is said."""


def simulate(
    situation: Situation,
    members: int = 1000,
    seed: int = 1,
    days: int | None = None,
    step_hours: float | None = None,
    as_of: str | dt.date | dt.datetime | None = None,
    exact: bool = True,
    rates: NativeRates | SpreadRates | None = None,
    *,
    rules: str = "native",
    totals: str | None = None,
    flee_compatible: bool = False,
    capacities: bool = True,
    places: Sequence[str] | None = None,
    first_member: int = 0,
    progress: Callable[[float], None] | None = None,
) -> xr.Dataset:
    """Simulate a situation from its start: what the rules do, and no forecast.

    ======== ========== ==========================================================================
    rules    totals     what runs
    ======== ========== ==========================================================================
    native   modelled   :func:`crossings.dynamics.simulation.simulate`; 14 days by default
    native   given      :func:`crossings.dynamics.given_totals.simulate_given_totals`
    flee     given      :func:`crossings.dynamics.flee.simulation.simulate_flee`
    flee     modelled   the same, people set out by Flee's conflict-driven spawning
    ======== ========== ==========================================================================

    Args:
        situation: the crisis; Flee's rules need one imported from a Flee set-up.
        members: how many histories.
        seed: the same seed gives the same bits.
        days: how many from the start; by default the whole period where there is one.
        step_hours: of the native rules with modelled totals.
        as_of: use only what was known at that moment; with totals given only figures of places are
            held to it.
        exact: exact binomials, or smooth ones, of the native rules with modelled totals.
        rates: :class:`NativeRates`, or :class:`SpreadRates` with totals given.
        rules: ``native`` or ``flee``.
        totals: ``given`` or ``modelled``; by default modelled for native, given for Flee's rules.
        flee_compatible: all of Flee's quirks, where none holds by default.
        capacities: whether Flee's rules use the capacities of the set-up, which are hindsight.
        places: the places to keep; all by default.
        first_member: the number of the first history: a run may be made in parts.
        progress: called with the share that is done.

    Returns:
        Whole people by member, time and place; ``attrs["totals"]`` says whether totals were given,
        ``attrs["given"]`` what was, and ``given_total`` holds them.

    Raises:
        InputError: an argument is out of range, or does not go with the others.
    """
    how = _checked(rules, totals)
    if how == ("native", "modelled"):
        _refuse(rules, totals, flee_compatible=flee_compatible)
        if rates is not None and not isinstance(rates, NativeRates):
            raise InputError("rates: found SpreadRates, expected NativeRates without totals given")
        days = NATIVE_DAYS if days is None else days
        run = simulate_native(
            situation, members, seed, days, step_hours, as_of, exact, rates, first_member
        )
        return _kept(run, places)
    if how == ("native", "given"):
        _refuse(rules, totals, flee_compatible=flee_compatible, step_hours=step_hours)
        if rates is not None and not isinstance(rates, SpreadRates):
            raise InputError("rates: found NativeRates, expected SpreadRates with totals given")
        if as_of is None:
            raise InputError(
                "as_of: found nothing, expected the moment up to which figures of places are used: "
                "with totals given the native rules learn from them"
            )
        run = simulate_given_totals(situation, as_of, members, seed, days, rates, first_member)
        return _kept(run, places)
    _refuse(rules, totals, as_of=as_of, rates=rates, step_hours=step_hours)
    return simulate_flee(
        situation,
        members,
        seed,
        days,
        "modelled" if how[1] == "modelled" else "given",
        flee_compatible,
        capacities,
        places,
        first_member,
        progress,
    )


def _checked(rules: str, totals: str | None) -> tuple[str, str]:
    if rules not in ("native", "flee"):
        raise InputError(f"rules: found {rules!r}, expected native or flee")
    totals = totals or ("given" if rules == "flee" else "modelled")
    if totals not in ("given", "modelled"):
        raise InputError(f"totals: found {totals!r}, expected given or modelled")
    return rules, totals


def _refuse(rules: str, totals: str | None, **arguments: object) -> None:
    for name, value in arguments.items():
        if value is not None and value is not False:
            with_totals = f" with totals {totals}" if totals else ""
            raise InputError(
                f"{name}: found {value!r}, expected nothing: not used by the {rules} "
                f"rules{with_totals}"
            )


def _kept(run: xr.Dataset, places: Sequence[str] | None) -> xr.Dataset:
    if places is None:
        return run
    known = set(run["place"].values.tolist())
    for place in places:
        if place not in known:
            raise InputError(f"places: found {place!r}, expected a place of the simulation")
    return run.sel(place=list(places))


def bytes_per_member(
    situation: Situation, rules: str, totals: str | None, days: int | None, places: int | None
) -> int:
    """About how many bytes of results one member takes while it is made."""
    how = _checked(rules, totals)
    kept = len(situation.places) if places is None else places
    length = 0
    if situation.flee is not None:
        length = int(situation.flee.setting_values.get(DAYS_KEY, 0))
    times = days or (NATIVE_DAYS if how == ("native", "modelled") else length or 365)
    if how == ("native", "modelled"):
        times *= round(24 / RECORD_HOURS)
        kept = len(situation.places)
    return 8 * times * (3 * kept + 3)
