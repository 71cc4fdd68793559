"""What tables and charts of a backtest say in words, the same on terminal and page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from crossings.publish.words import rounded, step_for

Found = Mapping[str, Any]
"""The scores of one situation, as in ``scores.json``, with ``details``."""

MODEL_WORDS = {
    "forecast": "ours",
    "persistence": "persistence",
    "drift": "drift",
    "damped": "damped drift",
    "increments": "increments",
}
"""Ours and every baseline, in the order of the tables."""

BASELINE_NOTES = {
    "persistence": "the last figure goes on, as far off as it was before",
    "drift": "the slope of the last 30 days goes on",
    "damped": "that slope, fading by 3 % a day",
    "increments": "weeks of the place's own past, drawn again",
}

HINDSIGHT = (
    "Relative WIS: our mean error over that of the best simple rule, which is picked in hindsight; "
    "below 1 is better. 9 in 10: when 56-day blocks of issue days are drawn again; cells of one "
    "crisis hang together, so this range, not the number of cells, says how much is proved."
)

RETROSPECTIVE = (
    "Tier retrospective: later corrections are applied to history and truth alike, so nobody could "
    "have issued exactly these forecasts."
)


def by_tier(scores: Mapping[str, Found]) -> dict[str, dict[str, Found]]:
    """The situations by tier, in their order: scores of different tiers share no table."""
    found: dict[str, dict[str, Found]] = {}
    for name, one in scores.items():
        found.setdefault(str(one["tier"]), {})[name] = one
    return found


def held(found: Found) -> str:
    """Tier and information held, for every table: what the forecasts could know."""
    learnt = found.get("learnt_from", [])
    taught = f"what {len(learnt)} other past crises taught" if learnt else "no other crisis"
    return f"Tier {found['tier']}; held: figures public by the end of each issue day, {taught}."


def held_by_all(tier: str, scores: Mapping[str, Found]) -> str:
    """The same for a table of several situations."""
    if len(scores) == 1:
        return held(next(iter(scores.values())))
    return (
        f"Tier {tier}; held: figures public by the end of each issue day, and what other past "
        "crises taught, never the one that is forecast."
    )


def geometric_mean(scores: Mapping[str, Found]) -> tuple[float, int] | None:
    """Of the relative WIS, and over how many; None of fewer than two."""
    relative = [s["relative_wis"] for s in scores.values() if s.get("relative_wis")]
    if len(relative) < 2:
        return None
    return math.exp(sum(map(math.log, relative)) / len(relative)), len(relative)


def ratio(value: float | None) -> str:
    """``0.74``; a dash where no rule erred at all."""
    return "–" if value is None else f"{value:.2f}"


def interval(ends: Sequence[float] | None) -> str:
    """``0.69–0.83``; a dash where there are too few issue days."""
    return "–" if ends is None else f"{ends[0]:.2f}–{ends[1]:.2f}"


def percent(share: float) -> str:
    """``83`` for .83."""
    return f"{100 * share:.0f}"


def people(value: float) -> str:
    """A mean score in whole people, small ones with a decimal."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def miss_words(miss: Found) -> str:
    """One miss in a sentence: where, from when to when, what was forecast, what came."""
    step = step_for(max(miss["high90"] - miss["low90"], 1.0))
    range_words = f"{rounded(miss['low90'], step)} to {rounded(miss['high90'], step)}"
    return (
        f"issued {miss['issued']} for {miss['end']} ({miss['horizon']} days): "
        f"{rounded(miss['median'], step)} forecast (9 in 10: {range_words}), "
        f"{miss['outcome']:,.0f} came; last figure {miss['last_figure']:,.0f} of {miss['last_day']}"
    )
