"""The sentences that a forecast says of itself: why a claim has its weight, and its notes.

Each is made from a template with a key, so that whoever shows it can say it in another language.
Kept forecasts hold the English sentence alone; :func:`recognised` finds its key and values again.
The value ``{said}`` is another sentence of this table, ``{causes}`` several.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

REASONS = {
    "reason.rejected": "rejected in review",
    "reason.proposed": "proposed, not yet accepted by anybody",
    "reason.no_figure": "no figure",
    "reason.too_many": "more people than have ever been displaced at once",
    "reason.ahead": "about a time after its publication: no count",
    "reason.earlier_time": "speaks of an earlier time",
    "reason.part": "a part of another figure",
    "reason.replaced": "replaced by its own source ({claim})",
    "reason.copy": "copy of {claim}: one bulletin counts once",
    "reason.population_unit": "population in {unit}, expected people",
    "reason.population": "who was there before",
    "reason.later_plan": "the same speaker's later figure stands for it ({claim})",
    "reason.plan_of_place": "a plan for one place: only plans for all enter",
    "reason.counted_in": "counted in {unit}, expected people",
    "reason.present": "people present; arrivals are counted here at the same time",
    "reason.gates": "the counts at the gates say the same with more detail",
    "reason.waiting_stock": "waiting people are only used as a stock",
    "reason.no_journey": "not a journey over a gate",
    "reason.no_traveller": "not told by travellers",
    "reason.share_unit": "shares are read from people counted at places only",
    "reason.share": "where people go after the border",
    "reason.share_level": "where people go after the border; arrivals at this place go on from it",
    "reason.other_share": "shares are read from another measure, or from several places at once",
    "reason.no_part": "{measure} ({counting}) is not part of the movement model",
    "reason.thinned": "an older figure; {claim} stands for its half day",
    "reason.arrived": "people who came",
    "reason.registered": "the host's books, which lag behind arrivals",
    "reason.waiting": "people in queues, known within a factor of about 1.6",
    "reason.travel_time": "travellers' waiting time, first in first out",
    "reason.planning": "official planning figure: a weak observation of who goes in the end",
    "reason.intention": "announced intention: a weak observation of who goes in the end",
    "reason.trusted": "{said}, trusted within a factor of about {factor}",
    "reason.lower": "{said}, lower bound",
    "reason.running": "{said}; one of several that rise: a count that misses some",
    "reason.upper": "{said}, upper bound",
    "reason.range": "{said}, range",
    "reason.families": "{said}, {size} people a family assumed",
    "reason.onward": "{said}, {people} who had moved on added",
    "reason.moved_on": "taken off the people present",
    "reason.level": "the level when the simulation starts, {date}",
    "reason.before": "from before the simulation starts, {date}",
    "reason.total_elsewhere": "a part: the total is stated elsewhere",
    "reason.one_population": "one of {count} stated populations",
    "reason.sum_of_places": "sum of the places' newest figures",
    "reason.newer_at_place": "a newer figure stands for this place",
    "reason.no_side": "left out of both sides",
    "reason.one_side": "{said} (in half of the members: another figure is far from it)",
    "reason.series": "a figure of the series that is carried on",
    "reason.other_source": "another source's count: the forecast follows the longer series",
    "reason.no_series": "no part of a long series of the target",
}
"""What became of a claim."""

NOTES = {
    "note.mechanistic": "Carried by the mechanistic component alone: a model of departures, "
    "crossings and registration conditioned on the reported figures.",
    "note.pool": "Carried by a pool: in {percent} % of members a model of departures, crossings "
    "and registration conditioned on the reported figures; in the others the figures go on as "
    "those of {count} past crises did.",
    "note.pool_without": "Carried by a pool: in {percent} % of members a model of departures, "
    "crossings and registration conditioned on the reported figures; in the others the figures go "
    "on as those of {count} past crises did ({names} left out).",
    "note.nobody_reported": "Nobody has reported arrivals yet: the forecast rests on events, "
    "stated populations and the base rate of feared flights, and is very wide.",
    "note.start": "It rests on {causes}, and on nobody having been reported since.",
    "note.calmed": "A ceasefire or agreement since makes it less likely.",
    "note.shut": "No way out is open: few can come before one opens.",
    "note.base_rates": "The base rates are judgement, not counted from a list of feared flights.",
    "note.nobody_counted": "Nobody has counted all arrivals yet: their level rests on bounds, "
    "parts and flows.",
    "note.old_figure": "The last figure is {hours} hours old: read the nearest times as estimates "
    "of the present too.",
    "note.delay_same": "Some publication times are assumed. Were all of those 2 hours later, the "
    "same figures would have been known.",
    "note.delay_nothing": "Some publication times are assumed. Were all of those 2 hours later, "
    "nothing would have been known yet.",
    "note.delay": "Some publication times are assumed. Were all of those 2 hours later, the last "
    "figure would be {last} and the end of the horizon: median {median}, 9 in 10 between {low} and "
    "{high} ({members} members).",
    "note.delay_no_figure": "Some publication times are assumed. Were all of those 2 hours later, "
    "the last figure would be none and the end of the horizon: median {median}, 9 in 10 between "
    "{low} and {high} ({members} members).",
    "note.statistical": "Carried by the statistical component, learnt from {count} past crises and "
    "from this one's own past.",
    "note.statistical_without": "Carried by the statistical component, learnt from {count} past "
    "crises ({names} left out: it is this one) and from this one's own past.",
    "note.simulated": "In {many} of {members} members the flight is simulated by the mechanistic "
    "component ({few} histories, conditioned on the figures of the last 60 days at most): on two "
    "fast crises it was the better one for three months.",
    "note.not_simulated": "The mechanistic component is left out: it is of use for totals of "
    "arrivals that are one to three months old and still counted.",
    "note.same_source": "The figures forecast are those that the same source will publish, on "
    "straight lines between two of them.",
    "note.unchecked": "Beyond 30 days no forecast of this component was ever checked.",
    "note.corrected": "Later corrections are applied to all figures, so nobody had exactly these.",
    "note.stale_places": "No figure for more than a month at: {places}.",
    "note.nobody_series": "Nobody has been reported anywhere: the forecast rests on the base rate "
    "of feared flights and on how long the figures have been 0. How many would come is a guess, "
    "wide on purpose.",
    "note.zeros": "{days} days of zeros alone leave as many days ahead an even chance (Laplace's "
    "rule of succession): the odds are not below that.",
    "note.summed": "Nobody publishes a running total: {target} sums the daily figures from {date} "
    "on, without those who came before.",
    "note.bounded": "In {many} of {members} members the series alone would go past the people "
    "stated to have lived there: they end at a number drawn around what is stated, for that may be "
    "wrong.",
    "note.no_pace": "Nothing tells a pace at {places}, where there is one figure: the range is a "
    "plain guess, wide on purpose.",
    "note.never_counted": "Nobody was ever counted at {places}: that people come is as likely as "
    "the days of zeros leave it.",
    "note.lowered": "A running total cannot fall, but was lowered at: {places}. In as many of the "
    "members, at most half, it may be lowered again. If it is no running total, name it stock.",
    "note.places_apart": "Sources are far apart, and the range spans both, at: {places}.",
    "note.apart": "Sources are far apart: {one} counts {few}, {other} {many} at nearly the same "
    "time.",
    "note.apart_halves": "Half of the members follow each, as if the other had not spoken: ask "
    "what each counts before planning by it.",
    "note.jump": "{one} counts {now} at {place}, and counted {before} the time before: a slip, "
    "another way of counting, or what no known flight did.",
    "note.jump_halves": "Half of the members take the new figure as it stands, half go on from "
    "those before it: ask before planning by it.",
    "note.not_split": "The range may follow one of them: ask before planning by it.",
    "note.paired": "Members are paired: the same past and the same luck, so the difference is the "
    "intervention's alone, in this model.",
    "note.alone": "The mechanistic component stands alone here, so as is differs from a forecast.",
    "note.no_other_way": "Nobody is assumed to go another way than over the crossings of the "
    "situation.",
    "note.scenario_start": "Nobody has reported arrivals yet: the scenario changes how many come "
    "if a flow starts, not whether one does.",
}
"""What belongs with a forecast or a scenario."""

CAUSES = {
    "cause.fear": "the fear of a flight itself",
    "cause.military_operation": "an armed attack {days} days ago",
    "cause.military_operation.lately": "an armed attack a day ago or less",
    "cause.explosion": "an explosion {days} days ago",
    "cause.explosion.lately": "an explosion a day ago or less",
    "cause.flood": "a flood {days} days ago",
    "cause.flood.lately": "a flood a day ago or less",
    "cause.evacuation": "an evacuation {days} days ago",
    "cause.evacuation.lately": "an evacuation a day ago or less",
    "cause.opening": "the opening of a way out {days} days ago",
    "cause.opening.lately": "the opening of a way out a day ago or less",
}
"""What may start a flow."""

SENTENCES = REASONS | NOTES | CAUSES

NESTED = "said"
LISTED = "causes"
NUMBERS = frozenset(
    {"before", "count", "days", "factor", "few", "high", "hours", "last", "low", "many"}
    | {"median", "members", "now", "people", "percent", "size"}
)
"""Values that are numbers, with commas between thousands."""


class Said(NamedTuple):
    """The key of a sentence's template and what it says in its places."""

    key: str
    values: Mapping[str, str | Said | tuple[Said, ...]]


def sentence(key: str, **values: object) -> str:
    """The sentence of a key.

    Raises:
        KeyError: there is no such key, or a value is missing.
    """
    return SENTENCES[key].format_map(values)


def recognised(text: str, table: Mapping[str, str] = SENTENCES) -> tuple[Said, ...]:
    """The sentences of ``table`` that ``text`` consists of; none where a part is no such sentence.

    Several stand one after the other with a space between, as in a note.
    """
    for end in (place.end() for place in re.finditer(r"\.(?= )", text)):
        first = _one(text[:end], table)
        rest = recognised(text[end + 1 :], table) if first is not None else ()
        if first is not None and rest:
            return (first, *rest)
    whole = _one(text, table)
    return () if whole is None else (whole,)


def _one(text: str, table: Mapping[str, str]) -> Said | None:
    """The sentence that ``text`` is, by the template that leaves least of it open."""
    for key, pattern in _patterns(tuple(table.items())):
        found = pattern.fullmatch(text)
        values = None if found is None else _values(found.groupdict(), table)
        if values is not None:
            return Said(key, values)
    return None


def _values(
    found: Mapping[str, str], table: Mapping[str, str]
) -> dict[str, str | Said | tuple[Said, ...]] | None:
    """The values in a sentence, those that are sentences as such; None where one should be."""
    values: dict[str, str | Said | tuple[Said, ...]] = dict(found)
    if NESTED in found:
        inner = _one(found[NESTED], table)
        if inner is None:
            return None
        values[NESTED] = inner
    if LISTED in found:
        causes = _listed(found[LISTED].split(", "), table)
        if causes is None:
            return None
        values[LISTED] = causes
    return values


def _listed(parts: Iterable[str], table: Mapping[str, str]) -> tuple[Said, ...] | None:
    found = [_one(part, table) for part in parts]
    whole = tuple(one for one in found if one is not None)
    return whole if len(whole) == len(found) else None


@functools.cache
def _patterns(items: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Keys and patterns: those around another sentence first, then those with most own words."""

    def order(item: tuple[str, str]) -> tuple[bool, int]:
        return "{" + NESTED + "}" not in item[1], -len(re.sub(r"\{\w+\}", "", item[1]))

    longest = sorted(items, key=order)
    return tuple((key, re.compile(_pattern(template), re.DOTALL)) for key, template in longest)


def _pattern(template: str) -> str:
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(
        re.escape(part) if i % 2 == 0 else f"(?P<{part}>{_FIGURE if part in NUMBERS else '.+?'})"
        for i, part in enumerate(parts)
    )


_FIGURE = r"\d[\d,]*(?:\.\d+)?"
