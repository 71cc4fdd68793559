"""Plain remarks that belong with a forecast of the statistical component."""

from __future__ import annotations

from crossings.forecast.sentences import sentence
from crossings.forecast.series.cumulative import falls
from crossings.forecast.series.history import day_of
from crossings.forecast.series.ready import NEAR_DAYS, Ready, other_source
from crossings.forecast.start import Start


def remarks(ready: Ready, start: Start | None, bounded: int = 0) -> tuple[str, ...]:
    """What carries the forecast, what its figures are, and what is odd about them.

    ``bounded`` members end at the population that is stated.
    """
    situation, learnt = ready.asked.situation, ready.learnt
    names, count = ", ".join(learnt.left_out), len(learnt.names)
    key = "note.statistical_without" if names else "note.statistical"
    notes = [sentence(key, count=count, names=names), sentence("note.same_source")]
    if ready.ahead[-1] > NEAR_DAYS:
        notes.append(sentence("note.unchecked"))
    if situation.tier == "retrospective":
        notes.append(sentence("note.corrected"))
    if start is not None:
        notes.append(sentence("note.nobody_series"))
        notes.append(" ".join(start.reasons))
    if bounded:
        notes.append(sentence("note.bounded", many=bounded, members=ready.asked.members))
    odd = (_summed(ready), _stale(ready), _thin(ready), _lowered(ready))
    notes += [note for note in odd if note]
    if apart := _apart(ready):
        notes.append(sentence("note.places_apart", places=", ".join(apart)))
    return tuple(notes)


def _summed(ready: Ready) -> str:
    """Where daily flows stand for a running total."""
    summed = [(one.first, place) for place, one in ready.series.items() if one.summed]
    if not summed:
        return ""
    since = day_of(min(summed)[0]).isoformat()
    return sentence("note.summed", target=ready.target, date=since)


def _stale(ready: Ready) -> str:
    """Places without a figure for more than a month."""
    ages = {place: ready.day - int(ready.known[place].days[-1]) for place in ready.places}
    old = [f"{place} ({age} days)" for place, age in ages.items() if age > NEAR_DAYS]
    return sentence("note.stale_places", places=", ".join(old)) if old else ""


def _thin(ready: Ready) -> str:
    """Places whose figures tell no pace."""
    known = ready.known
    single = [p for p in ready.places if known[p].days.size < 2 and known[p].people.any()]
    empty = [] if ready.nobody else [p for p in ready.places if not known[p].people.any()]
    parts = []
    if single:
        parts.append(sentence("note.no_pace", places=", ".join(single)))
    if empty:
        parts.append(sentence("note.never_counted", places=", ".join(empty)))
    return " ".join(parts)


def _lowered(ready: Ready) -> str:
    """Running totals that were lowered."""
    if not ready.rising:
        return ""
    counted = {place: falls(known) for place, known in ready.known.items()}
    fallen = [f"{p} ({down} of {n} steps)" for p, (down, n) in counted.items() if down]
    if not fallen:
        return ""
    return sentence("note.lowered", places=", ".join(fallen))


def _apart(ready: Ready) -> list[str]:
    """Places with another source's count far from the series."""
    found = []
    for place in ready.places:
        level, share = other_source(ready, place)
        if share > 0:
            own = ready.known[place].people[-1]
            found.append(f"{place} ({own:,.0f} and {level:,.0f})")
    return found
