"""Issue a forecast: one situation, one moment, nothing known after it.

:func:`forecast` reads the situation through ``as_of``. Long published series are carried on by the
statistical component, with simulated members while the flight is young. Otherwise it conditions the
mechanistic component on the claims, runs every member on to the horizon and puts the people on the
host's roads. Either way it returns an :class:`~crossings.forecast.outlook.Outlook`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence

from crossings.errors import InputError
from crossings.forecast.late import with_simulated
from crossings.forecast.mechanistic import mechanistic
from crossings.forecast.outlook import Outlook, versions_now
from crossings.forecast.reasons import reasons
from crossings.forecast.request import FEWEST_MEMBERS, Request, request
from crossings.forecast.sentences import sentence
from crossings.forecast.series.component import to_learn_from
from crossings.forecast.series.library import PastCrisis
from crossings.forecast.series.outlook import STATISTICAL, by_series
from crossings.forecast.sides import by_sides
from crossings.situation.hashes import whole_hash
from crossings.situation.records import Situation

SINCE = dt.timedelta(days=1)
"""What moved a forecast is told since so long before it, where no other moment is named."""

DELAY = dt.timedelta(hours=2)
"""Assumed publication times may be this much later: shown beside every forecast."""


def forecast(
    situation: Situation,
    as_of: str | dt.date | dt.datetime | None = None,
    horizon: str | float = "8d",
    members: int = 2000,
    seed: int = 1,
    *,
    include_proposed: bool = False,
    times: Sequence[dt.datetime] = (),
    delay_check: bool = False,
    explain: bool = False,
    since: str | dt.date | dt.datetime | None = None,
    learn_from: Sequence[Situation] = (),
    progress: Callable[[float], None] | None = None,
) -> Outlook:
    """Forecast arrivals, people present, waiting and unregistered after a moment.

    Args:
        situation: everything known of the crisis; rows known after ``as_of`` are not looked at.
        as_of: the issue time; a bare date means the end of that day, None the newest row.
        horizon: how far, such as ``"8d"`` or ``"36h"``, or hours; up to 180 days.
        members: how many histories, 100 to 100,000.
        seed: the same seed gives the same bits; 0 to 4,294,967,295.
        include_proposed: whether claims that nobody has accepted yet may enter.
        times: further forecast times, such as the hour of a meeting, within the horizon.
        delay_check: whether to note what would change if every assumed publication time were two
            hours later (a second forecast, where that takes a row away).
        explain: whether to say what moved the forecast ``since`` then, by leaving out each new
            bulletin and event in turn (up to nine smaller forecasts).
        since: a moment before ``as_of``, such as that of the last forecast; None a day before.
        learn_from: past crises of the user's own, for the statistical component.
        progress: told the share of the work that is done.

    Raises:
        InputError: the moment is before anything was known, or an argument is out of range.
    """
    asked = request(situation, as_of, horizon, members, seed, include_proposed, times)
    before = _before(asked, since)
    library = [to_learn_from(one) for one in learn_from]
    outlook = _carried(asked, library, progress)
    outlook = dataclasses.replace(
        outlook, diagnostics=outlook.diagnostics | _asked_beside(include_proposed, learn_from)
    )
    if explain:
        outlook = _explained(asked, outlook, library, before)
    if not delay_check or outlook.carried_by.startswith(STATISTICAL):  # its unit of time is the day
        return outlook
    note = _delay_note(situation, asked, outlook)
    return dataclasses.replace(outlook, notes=(*outlook.notes, *note))


def _carried(
    asked: Request, library: Sequence[PastCrisis], progress: Callable[[float], None] | None
) -> Outlook:
    """The outlook of whichever component carries it, of both sides where figures contradict."""

    def made(part: Request) -> Outlook:
        outlook = by_series(part, library, versions_now())
        if outlook is None:
            return mechanistic(part, progress)
        return with_simulated(outlook, part, lambda few: mechanistic(few, progress))

    return by_sides(asked, made)


def _before(asked: Request, since: str | dt.date | dt.datetime | None) -> dt.datetime:
    """The moment with which a forecast is compared."""
    if since is None:
        return asked.issued_at - SINCE
    when = asked.situation.moment(since)
    if when >= asked.issued_at:
        raise InputError(
            f"since: found {when.isoformat()}, expected a moment before the forecast is issued "
            f"({asked.issued_at.isoformat()})"
        )
    return when


def _asked_beside(include_proposed: bool, learn_from: Sequence[Situation]) -> dict[str, object]:
    """What else it takes to make the same forecast again, besides the rows known then."""
    library = {one.id: whole_hash(one) for one in learn_from}
    return ({"include_proposed": True} if include_proposed else {}) | (
        {"learn_from": library} if library else {}
    )


def _explained(
    asked: Request, outlook: Outlook, library: Sequence[PastCrisis], since: dt.datetime
) -> Outlook:
    """The outlook with what moved it since a moment before."""

    def run(known: Situation, issued_at: dt.datetime, members: int, seed: int) -> Outlook:
        again = dataclasses.replace(
            asked, situation=known, issued_at=issued_at, members=members, seed=seed
        )
        return _carried(again, library, None)

    found = reasons(asked.situation, outlook, since, run)
    return dataclasses.replace(
        outlook, diagnostics=outlook.diagnostics | {"reasons": found.as_dict()}
    )


def later_by(situation: Situation, delay: dt.timedelta = DELAY) -> Situation:
    """The situation with every assumed publication time put off by ``delay``."""
    claims = tuple(
        c.model_copy(update={"known_at": c.known_at + delay}) if c.known_at_assumed else c
        for c in situation.claims
    )
    return situation.model_copy(update={"claims": claims})


def _delay_note(situation: Situation, asked: Request, outlook: Outlook) -> tuple[str, ...]:
    """What the forecast would be if the assumed publication times were later, if any is."""
    assumed = [c for c in asked.situation.claims if c.known_at_assumed]
    if not assumed:
        return ()
    known = later_by(situation).as_of(asked.issued_at)
    missing = len(asked.situation.claims) - len(known.claims)
    if not missing:
        return (sentence("note.delay_same"),)
    if not known.claims and not known.events:
        return (sentence("note.delay_nothing"),)
    fewer = max(FEWEST_MEMBERS, asked.members // 4)
    delayed = _carried(dataclasses.replace(asked, situation=known, members=fewer), (), None)
    low, middle, high = delayed.quantiles(delayed.targets[0], levels=(0.05, 0.5, 0.95))[-1]
    figure = delayed.last_figure
    said = sentence(
        "note.delay" if figure is not None else "note.delay_no_figure",
        last="" if figure is None else f"{figure.value:,.0f}",
        median=f"{middle:,.0f}",
        low=f"{low:,.0f}",
        high=f"{high:,.0f}",
        members=delayed.members,
    )
    return (said,)
