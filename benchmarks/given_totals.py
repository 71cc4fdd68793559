"""The task that Flee solves: the total of every day is given, where are the people?

    python -m benchmarks.given_totals ../shared/data/flee [--crises NAME...]

For each Flee set-up in a folder (with one ``simsetting.yml`` beside them): averaged relative
difference (ARD), plain and rescaled, over the last two thirds of the period and over all of it, of

- Flee's rules with Flee's settings, with and without the capacities, and calibrated on the first
  third by a plain random search, all on our engine;
- the native rules with totals given, which see figures of camps up to the end of the first third;
- shares of day 30, shares of the last figures known at the end of the first third, equal shares.

The constants of the native rules are chosen for each crisis on the other ones only. Results are
kept in ``benchmarks/results/given_totals.json`` and ``.md``.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import itertools
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.calibration import machine
from crossings import scoring
from crossings.dynamics.flee.ensemble import run as run_flee
from crossings.dynamics.flee.from_situation import flee_case, flee_totals
from crossings.dynamics.flee.settings import Quirks
from crossings.dynamics.given_totals import SpreadRates, known_people, simulate_given_totals
from crossings.exchange.flee_import import import_flee
from crossings.situation.records import Situation

F8 = npt.NDArray[np.float64]

RESULTS = Path(__file__).parent / "results"
CRISES = ("burundi2015", "car2013", "mali2012", "nigeria2016", "ssudan2013")
GRID_KM, SEARCH_KM = 20.0, 100.0
"""Steps in which Flee's recent travel is kept, in the runs that are scored and in the search."""

CERTAIN = {"groups": 1e6}

GRID = tuple(
    dict(zip(("forgetting", "prior", "distance_power"), values, strict=True))
    for values in itertools.product(
        (0.25, 0.5, 1.0, 2.0, math.inf), (0.03, 0.1, 0.2, 0.3, 0.5, 1.0), (0.75, 1.5)
    )
)
SPREADS = tuple({"groups": k} for k in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0))

BLIND = "Flee, calibrated, no capacities"
FIT = "fit of the first third"

KNOWS = {
    "native": "totals; closures, openings, conflicts of all days; camp figures of the first third",
    "Flee": "totals; closures, conflicts of all days; settings of 2024; capacities (hindsight)",
    "Flee, no capacities": "the same without capacities",
    "Flee, calibrated": "as Flee; settings by the camp figures of the first third",
    BLIND: "the same without capacities",
    "day-30 shares": "totals; the shares of day 30 (between figures: of later ones too)",
    "last shares": "totals; camp figures of the first third",
    "equal shares": "totals",
}


@dataclasses.dataclass(frozen=True)
class Crisis:
    """A set-up, its camps, the daily figures (T, K) and the last day of the first third."""

    situation: Situation
    camps: list[str]
    truth: F8
    cut: int

    @property
    def name(self) -> str:
        return self.situation.id

    @property
    def as_of(self) -> dt.date:
        """The last day of which figures of camps are known."""
        return (self.situation.start + dt.timedelta(days=self.cut)).date()


def load(folder: Path, name: str) -> Crisis:
    """Import one set-up; the series are as Flee compares itself with them."""
    situation = import_flee(folder / name, folder / "simsetting.yml").situation
    assert situation.flee is not None
    days = flee_case(situation).days
    camps = [row.id for row in situation.flee.locations if row.kind in ("camp", "idpcamp")]
    daily = flee_totals(situation, days).camps
    truth = np.array([daily[camp] for camp in camps], dtype=float).T
    return Crisis(situation, camps, truth, days // 3)


def ard(crisis: Crisis, people: F8) -> dict[str, float]:
    """Mean over the last two thirds and over all days, plain and rescaled."""
    out = {}
    for name, rescaled in (("plain", False), ("rescaled", True)):
        by_day = scoring.relative_difference(people, crisis.truth, rescaled=rescaled)
        out[f"{name}, last two thirds"] = float(by_day[crisis.cut + 1 :].mean())
        out[f"{name}, all days"] = float(by_day.mean())
    return out


def native(crisis: Crisis, rates: SpreadRates, members: int) -> npt.NDArray[np.int64]:
    """People by member, day and camp, (M, T, K)."""
    run = simulate_given_totals(
        crisis.situation, crisis.as_of, members, days=len(crisis.truth), rates=rates
    )
    return np.asarray(run["present"].sel(place=crisis.camps).values)


def middle_scores(crisis: Crisis) -> F8:
    """Rescaled ARD of the last two thirds for each row of the grid, (G,)."""
    found = []
    for values in GRID:
        people = native(crisis, SpreadRates(**values, **CERTAIN), 1)[0]
        found.append(ard(crisis, people.astype(float))["rescaled, last two thirds"])
    return np.array(found)


def spread_scores(crisis: Crisis, values: dict[str, float]) -> F8:
    """CRPS of the last two thirds as a share of the total, for each row of the spreads, (S,)."""
    later = slice(crisis.cut + 1, None, 7)
    total = crisis.truth[later].sum(axis=1, keepdims=True)
    found = []
    for spread in SPREADS:
        draws = native(crisis, SpreadRates(**values, **spread), 100)[:, later]
        score = scoring.crps(np.moveaxis(draws, 0, -1), crisis.truth[later])
        found.append(float((score / np.maximum(1.0, total)).sum(axis=1).mean()))
    return np.array(found)


def chosen(crises: list[Crisis]) -> dict[str, dict[str, float]]:
    """The constants for each crisis, chosen on the others; ``all``: on all of them.

    Least mean log of rescaled ARD for the middle, then least mean log of CRPS for the spread.
    """
    middle = np.log([middle_scores(crisis) for crisis in crises])
    found = {}
    for i, name in enumerate([*(c.name for c in crises), "all"]):
        others = [k for k in range(len(crises)) if k != i]
        values = GRID[int(middle[others].mean(axis=0).argmin())]
        spread = np.log([spread_scores(crises[k], values) for k in others]).mean(axis=0)
        found[name] = {**values, **SPREADS[int(spread.argmin())]}
        print(name, found[name], flush=True)
    return found


def held(crisis: Crisis, shares: F8) -> F8:
    """Shares (K,) of the given totals."""
    return np.asarray(shares * crisis.truth.sum(axis=1, keepdims=True))


def simple_rules(crisis: Crisis) -> dict[str, F8]:
    """The rules that need no model, (T, K)."""
    count = len(crisis.camps)
    last = known_people(crisis.situation.as_of(crisis.as_of), crisis.camps, crisis.cut).people
    last_shares = held(crisis, last[-1] / last[-1].sum())
    last_shares[: crisis.cut + 1] = last
    return {
        "day-30 shares": held(crisis, crisis.truth[30] / crisis.truth[30].sum()),
        "last shares": last_shares,
        "equal shares": held(crisis, np.full(count, 1 / count)),
    }


def flee(
    crisis: Crisis,
    members: int,
    capacities: bool,
    days: int | None = None,
    grid_km: float = GRID_KM,
    **changes: Any,
) -> F8:
    """Mean over members of people by day and camp by Flee's rules, with its quirks, (T, K).

    Recent travel is kept on a coarse grid, which saves time and moves camp counts by less than 1 %.
    """
    case = flee_case(crisis.situation, days, capacities=capacities)
    case = dataclasses.replace(case, settings=dataclasses.replace(case.settings, **changes))
    run = run_flee(
        case, members=members, quirks=Quirks.flee(), places=crisis.camps, grid_km=grid_km
    )
    return np.asarray(run.present.mean(axis=0))


def random_settings(rng: np.random.Generator) -> dict[str, Any]:
    """Settings of Flee as somebody might try them, around the usual ones."""
    return {
        "default_movechance": float(rng.uniform(0.1, 1.0)),
        "camp_movechance": float(10 ** rng.uniform(-4, -1.3)),
        "conflict_weight": float(rng.uniform(0.05, 1.0)),
        "camp_weight": float(2 ** rng.uniform(-1, 3)),
        "foreign_weight": float(2 ** rng.uniform(-1, 3)),
        "softening": float(10 ** rng.uniform(0, 2.3)),
        "distance_power": float(rng.uniform(0.25, 3.0)),
        "capacity_scaling": float(rng.uniform(0.8, 2.0)),
        "max_move_speed": float(rng.choice([200.0, 400.0])),
        "awareness_level": int(rng.choice([1, 2])),
    }


def calibrated_flee(
    crisis: Crisis, tries: int, members: int, capacities: bool, grid_km: float
) -> tuple[F8, dict[str, Any]]:
    """Flee's rules with the settings of a random search that fit the first third best.

    The fit is the rescaled ARD up to the cut against what was known then; the first candidate is
    the settings as they came.
    """
    known = known_people(crisis.situation.as_of(crisis.as_of), crisis.camps, crisis.cut).people
    rng = np.random.default_rng(1)
    best: tuple[float, dict[str, Any]] = (math.inf, {})
    for number in range(tries):
        changes = random_settings(rng) if number else {}
        people = flee(crisis, 1, capacities, crisis.cut + 1, SEARCH_KM, **changes)
        fit = float(scoring.relative_difference(people, known, rescaled=True).mean())
        if fit < best[0]:
            best = fit, changes
    fit, changes = best
    about = {**changes, FIT: fit}
    return flee(crisis, members, capacities, grid_km=grid_km, **changes), about


def score(
    crisis: Crisis,
    rates: SpreadRates,
    members: int,
    flee_members: int,
    search: int,
    grid_km: float,
    kept: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything about one crisis.

    ``kept``: an earlier result, whose calibrated settings of Flee are scored instead of a search.
    """
    draws = native(crisis, rates, members)
    later = slice(crisis.cut + 1, None)
    low, high = np.quantile(draws[:, later], (0.05, 0.95), axis=0)
    inside = (low <= crisis.truth[later]) & (crisis.truth[later] <= high)
    people = {"native": draws.mean(axis=0), **simple_rules(crisis)}
    found: dict[str, Any] = {}
    if flee_members:
        people["Flee"] = flee(crisis, flee_members, True, grid_km=grid_km)
        people["Flee, no capacities"] = flee(crisis, flee_members, False, grid_km=grid_km)
        for name, capacities in (("Flee, calibrated", True), (BLIND, False)):
            if kept is not None:
                # A search may have been over settings with and without capacities at once.
                if f"{name} with" in kept:
                    changes = found[f"{name} with"] = kept[f"{name} with"]
                    given = {"capacities": capacities, **changes}
                    given.pop(FIT)
                    people[name] = flee(crisis, flee_members, grid_km=grid_km, **given)
            elif search:
                people[name], found[f"{name} with"] = calibrated_flee(
                    crisis, search, flee_members, capacities, grid_km
                )
        found["tries of the search"] = search if kept is None else kept["tries of the search"]
        found["members of Flee"] = flee_members
        found["kilometres of the grid of recent travel"] = grid_km
    methods = [name for name in KNOWS if name in people]
    found |= {
        "days": len(crisis.truth),
        "camps": len(crisis.camps),
        "learned from days up to": crisis.cut,
        "native constants": plain(dataclasses.asdict(rates)),
        "native 90 % ranges held": float(inside.mean()),
        "native, mean rescaled ARD of single members": float(
            np.mean([ard(crisis, d)["rescaled, last two thirds"] for d in draws[:50].astype(float)])
        ),
        "ard": {name: ard(crisis, people[name]) for name in methods},
    }
    return found


def report(found: dict[str, Any]) -> str:
    """The tables as Markdown."""
    crises: dict[str, Any] = found["crises"]
    methods = [m for m in KNOWS if any(m in crisis["ard"] for crisis in crises.values())]
    lines = ["# Given totals: where are the people?", ""]
    for key in (
        *("rescaled, last two thirds", "rescaled, all days"),
        *("plain, last two thirds", "plain, all days"),
    ):
        lines += [f"## ARD, {key}", "", f"| crisis | {' | '.join(methods)} |"]
        lines += ["|---" * (1 + len(methods)) + "|", *_rows(crises, key, methods), ""]
    lines += ["## What each method knows", "", "| method | information |", "|---|---|"]
    lines += [f"| {name} | {KNOWS[name]} |" for name in methods]
    lines += ["", "## Ranges of the native rules", ""]
    lines += ["| crisis | 90 % ranges held in |", "|---|---|"]
    lines += [f"| {n} | {c['native 90 % ranges held']:.2f} |" for n, c in crises.items()]
    return "\n".join(lines) + "\n"


def _rows(crises: dict[str, Any], key: str, methods: list[str]) -> list[str]:
    rows = []
    for name in sorted(crises):
        values = {m: crises[name]["ard"][m][key] for m in methods if m in crises[name]["ard"]}
        best = min(values.values())
        cells = [
            ""
            if m not in values
            else f"**{values[m]:.3f}**"
            if values[m] == best
            else f"{values[m]:.3f}"
            for m in methods
        ]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return rows


def plain(values: dict[str, float]) -> dict[str, float | None]:
    """Constants fit for JSON, which knows no infinity."""
    return {k: None if math.isinf(v) else v for k, v in values.items()}


def main() -> None:
    """Choose the constants, score every method, keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--members", type=int, default=200, help="of the native rules")
    parser.add_argument("--grid-km", type=float, default=GRID_KM, help="coarser: faster")
    parser.add_argument("--flee-members", type=int, default=2, help="0: no Flee")
    parser.add_argument("--search", type=int, default=30, help="tries for each")
    parser.add_argument("--keep-search", action="store_true", help="settings found last time")
    parser.add_argument(
        "--crises", nargs="*", default=CRISES, help="score these again, keep others"
    )
    parser.add_argument("--keep-constants", action="store_true", help="as the last run chose them")
    asked = parser.parse_args()
    crises = [load(asked.folder, name) for name in CRISES]
    kept = RESULTS / "given_totals.json"
    found: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {"crises": {}}
    if not asked.keep_constants:
        found["constants"] = {k: plain(v) for k, v in chosen(crises).items()}
    found["machine"] = machine()
    for crisis in crises:
        if crisis.name not in asked.crises:
            continue
        constants = found["constants"][crisis.name]
        rates = SpreadRates(**{k: math.inf if v is None else v for k, v in constants.items()})
        begun = time.process_time()
        result = score(
            crisis,
            rates,
            asked.members,
            asked.flee_members,
            asked.search,
            asked.grid_km,
            found["crises"][crisis.name] if asked.keep_search else None,
        )
        print(f"{crisis.name}: {time.process_time() - begun:.0f} CPU s", flush=True)
        found["crises"][crisis.name] = result
        row = {m: round(v["rescaled, last two thirds"], 3) for m, v in result["ard"].items()}
        print(crisis.name, row, flush=True)
        kept.write_text(json.dumps(found, indent=1) + "\n")
        (RESULTS / "given_totals.md").write_text(report(found))


if __name__ == "__main__":
    main()
