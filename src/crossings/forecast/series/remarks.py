"""Plain remarks that belong with a forecast of the statistical component."""

from __future__ import annotations

from crossings.forecast.series.cumulative import falls
from crossings.forecast.series.history import day_of
from crossings.forecast.series.ready import NEAR_DAYS, Ready, other_source
from crossings.forecast.start import Start


def remarks(ready: Ready, start: Start | None) -> tuple[str, ...]:
    """What carries the forecast, what its figures are, and what is odd about them."""
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
    if start is not None:
        notes.append(
            "Nobody has been reported anywhere: the forecast rests on the base rate of feared "
            "flights and on how long the figures have been 0. How many would come is a guess, "
            "wide on purpose."
        )
        notes.append(" ".join(start.reasons))
    odd = (_summed(ready), _stale(ready), _thin(ready), _lowered(ready))
    notes += [note for note in odd if note]
    if apart := _apart(ready):
        notes.append(f"Sources are far apart, and the range spans both, at: {', '.join(apart)}.")
    return tuple(notes)


def _summed(ready: Ready) -> str:
    """Where daily flows stand for a running total."""
    summed = [(one.first, place) for place, one in ready.series.items() if one.summed]
    if not summed:
        return ""
    return (
        f"Nobody publishes a running total: {ready.target} sums the daily figures from "
        f"{day_of(min(summed)[0]).isoformat()} on, without those who came before."
    )


def _stale(ready: Ready) -> str:
    """Places without a figure for more than a month."""
    ages = {place: ready.day - int(ready.known[place].days[-1]) for place in ready.places}
    old = [f"{place} ({age} days)" for place, age in ages.items() if age > NEAR_DAYS]
    return f"No figure for more than a month at: {', '.join(old)}." if old else ""


def _thin(ready: Ready) -> str:
    """Places whose figures tell no pace."""
    known = ready.known
    single = [p for p in ready.places if known[p].days.size < 2 and known[p].people.any()]
    empty = [] if ready.nobody else [p for p in ready.places if not known[p].people.any()]
    parts = []
    if single:
        parts.append(
            f"Nothing tells a pace at {', '.join(single)}, where there is one figure: the range is "
            "a plain guess, wide on purpose."
        )
    if empty:
        parts.append(
            f"Nobody was ever counted at {', '.join(empty)}: that people come is as likely as the "
            "days of zeros leave it."
        )
    return " ".join(parts)


def _lowered(ready: Ready) -> str:
    """Running totals that were lowered."""
    if not ready.rising:
        return ""
    counted = {place: falls(known) for place, known in ready.known.items()}
    fallen = [f"{p} ({down} of {n} steps)" for p, (down, n) in counted.items() if down]
    if not fallen:
        return ""
    return (
        f"A running total cannot fall, but was lowered at: {', '.join(fallen)}. In as many of the "
        "members, at most half, it may be lowered again. If it is no running total, name it stock."
    )


def _apart(ready: Ready) -> list[str]:
    """Places with another source's count far from the series."""
    found = []
    for place in ready.places:
        level, share = other_source(ready, place)
        if share > 0:
            own = ready.known[place].people[-1]
            found.append(f"{place} ({own:,.0f} and {level:,.0f})")
    return found
