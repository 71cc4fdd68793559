"""The two other bundled onsets, forecast with the default priors from set days of each.

    python -m benchmarks.onsets --out FOLDER [--scorer score_onset.py]

Writes one forecast folder for each issue day (2, 3, 5, 7, 10, 14, 21 days after the first figure,
end of the day, 15 days ahead). With ``--scorer`` the outside scorer is run over them and its answer
is kept in ``benchmarks/results/onsets.json``. It was run once, with everything frozen; nothing in
the model was chosen by these scores.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import crossings as cx
from crossings.exchange.forecast_folder import write_forecast

HERE = Path(__file__).parent
DAYS = (2, 3, 5, 7, 10, 14, 21)
POPULATION = {"rohingya-2017": 1_100_000, "kosovo-1999": 1_800_000}


def first_day(name: str) -> dt.date:
    """The day of the first figure in the truth."""
    with (HERE / "truth" / f"{name}.csv").open(encoding="utf-8") as file:
        return min(dt.date.fromisoformat(row["date"]) for row in csv.DictReader(file))


def issue(name: str, out: Path, members: int) -> list[Path]:
    """The forecast folders of one onset."""
    situation = cx.load(name)
    folders = []
    for days in DAYS:
        as_of = first_day(name) + dt.timedelta(days=days)
        outlook = cx.forecast(situation, as_of=as_of, horizon="15d", members=members)
        folders.append(write_forecast(outlook, situation, out / name / as_of.isoformat()))
        print(name, as_of, f"{outlook.quantiles('arrived.cumulative')[-1][11]:,.0f}", flush=True)
    return folders


def main() -> None:
    """Issue every forecast; score them where a scorer is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--members", type=int, default=2000)
    asked = parser.parse_args()
    found: dict[str, Any] = {"members": asked.members, "issue_days": DAYS}
    for name, people in POPULATION.items():
        folders = issue(name, asked.out, asked.members)
        if asked.scorer is not None:
            truth = HERE / "truth" / f"{name}.csv"
            command = [sys.executable, str(asked.scorer), str(truth), str(people)]
            done = subprocess.run(
                [*command, *map(str, folders)], check=False, capture_output=True, text=True
            )
            print(done.stdout, done.stderr)
            found[name] = json.loads(done.stdout)
    if asked.scorer is not None:
        results = HERE / "results"
        results.mkdir(exist_ok=True)
        (results / "onsets.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
