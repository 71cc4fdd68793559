"""Whether a flow starts: the stated base rates scored on the few cases there are.

    python -m benchmarks.start_of_flow

Before the first people came: the three bundled onsets, each day from its first event or figure to
the day before the first report of people. Feared flights that did not come: four invented folders
(``benchmarks/feared``; each says why it is there), days 1, 3, 7 and 14. Brier scores at 1, 3, 7 and
14 days, beside a coin and beside the mean of all outcomes, which nobody could know. The base rates
were written down before this was run and are not fitted; with so few cases, which we chose, it is
a check that nothing is absurd, no evidence of skill.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np

import crossings as cx
from crossings.forecast.start import WITHIN, start_of_flow
from crossings.situation.closures import closed_routes
from crossings.situation.records import Situation

HERE = Path(__file__).parent
CAME = {
    "rohingya-2017": (dt.date(2017, 8, 25), dt.date(2017, 8, 27)),
    "kosovo-1999": (dt.date(1999, 3, 24), dt.date(1999, 3, 27)),
    "nagorno-karabakh-2023": (dt.date(2023, 9, 19), dt.date(2023, 9, 24)),
}
"""First day to forecast from, and the day on which the first hundred had come."""


def chances(situation: Situation, day: dt.date) -> dict[int, float]:
    """The chances of a start within some days, from the end of a day."""
    known = situation.as_of(day)
    issued_at = known.moment(day)
    shut = closed_routes(known, issued_at)
    crossings = {p.id for p in known.places if p.kind == "crossing"}
    ways = [r.id for r in known.routes if {r.from_place, r.to_place} & crossings]
    return start_of_flow(known, issued_at, bool(ways) and all(w in shut for w in ways)).within


def cases() -> list[tuple[str, dt.date, dict[int, float], dict[int, bool]]]:
    """Situation, issue day, chances, and whether a flow started within so many days."""
    found = []
    for name, (first, came) in CAME.items():
        for number in range((came - first).days):
            day = first + dt.timedelta(days=number)
            started = {within: (came - day).days <= within for within in WITHIN}
            found.append((name, day, chances(cx.load(name), day), started))
    for folder in sorted((HERE / "feared").iterdir()):
        situation = cx.load(str(folder))
        for number in (1, 3, 7, 14):
            day = situation.start.date() + dt.timedelta(days=number)
            never = dict.fromkeys(WITHIN, False)
            found.append((folder.name, day, chances(situation, day), never))
    return found


def main() -> None:
    """Print the cases and the scores, and keep the scores."""
    found = cases()
    for name, day, chance, started in found:
        told = "  ".join(
            f"{w} d {100 * chance[w]:3.0f} %{' *' if started[w] else ''}" for w in WITHIN
        )
        print(f"{name:36s} {day}  {told}")
    scores = {}
    for within in WITHIN:
        p = np.array([chance[within] for _, _, chance, _ in found])
        y = np.array([float(started[within]) for *_, started in found])
        scores[f"{within}d"] = {
            "cases": len(y),
            "started": int(y.sum()),
            "brier": round(float(np.mean((p - y) ** 2)), 4),
            "coin": 0.25,
            "mean of the outcomes": round(float(y.mean() * (1 - y.mean())), 4),
        }
    print(json.dumps(scores, indent=1))
    (HERE / "results/start_of_flow.json").write_text(json.dumps(scores, indent=1) + "\n")


if __name__ == "__main__":
    main()
