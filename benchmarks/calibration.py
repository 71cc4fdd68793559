"""Simulation-based calibration of the mechanistic component (Talts et al. 2018, arXiv 1804.06788).

A truth is drawn from the prior, figures from the truth, and the sampler is run on the figures. If
the sampler is exact, the rank of the truth among independent posterior draws is uniform: for every
parameter and for arrivals after the issue time. Ranks at both ends more often than elsewhere mean
ranges that are too narrow.

    python -m benchmarks.calibration --runs 200 --workers 2

keeps every run in ``benchmarks/results/calibration.json`` as it ends and writes a summary beside
it. Stopped and started again it goes on where it was. Run ``k`` is the same whatever else is run,
and however many workers there are. ``--shape at-least`` takes one shape alone, into a file of its
own. Runs of another model, or with other settings, are not mixed:
they are refused until ``--restart`` throws the old ones away.
"""

from __future__ import annotations

import argparse
import ast
import concurrent.futures
import hashlib
import json
import multiprocessing
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

import crossings
from benchmarks import calibration_report, synthetic
from crossings.dynamics.streams import entity_code, normals
from crossings.forecast.onset import OnsetModel
from crossings.forecast.sampler import LAST_ROUNDS, Particles, Sampler

F8 = npt.NDArray[np.float64]

RESULTS = Path(__file__).parent / "results"
PARTICLES = 1000
"""As in a forecast of 2,000 members, where each sampled past has two futures."""

KEPT = 99
"""Posterior draws that a truth is ranked among: 100 ranks, which 20 bins divide evenly."""

PARAMETERS = (
    "departure_rate",
    "contagion",
    "preparation_hours",
    "intensity_sd",
    "capacity",
    "capacity_first",
    "ramp_hours",
    "capacity_sd",
    "capacity_drift",
    "night",
    "source_spread",
    "clock_hours",
    "registration_hours",
    "start_hours",
)
TARGET_HOURS = {"+1 d": 24.0, "+3 d": 72.0, "+7 d": 168.0, "end": synthetic.HORIZON_HOURS}


def run(number: int, particles: int, last_rounds: int, only: str = "") -> dict[str, Any]:
    """One run: a truth, its figures, the posterior, and the rank of the truth in it.

    The shape goes by the number, unless it is named (``only``).
    """
    began = time.perf_counter()
    in_turn = synthetic.SHAPES[number % len(synthetic.SHAPES)]
    shape = synthetic.BY_NAME[only]() if only else in_turn()
    truth = synthetic.draw(shape, number)
    state, report = Sampler(truth.model, particles, number).run(last_rounds)
    chosen = np.arange(KEPT) * particles // KEPT
    posterior = _quantities(
        truth.model, state.coordinates[chosen], _continued(truth.model, state, chosen, number)
    )
    true = _quantities(truth.model, truth.coordinates, truth.path)
    rng = np.random.default_rng([number, entity_code("ties")])
    return {
        "run": number,
        "shape": shape.name,
        "tries": truth.tries,
        "ranks": {name: _rank(float(true[name][0]), posterior[name], rng) for name in true},
        "sampler": report.as_dict(),
        "seconds": round(time.perf_counter() - began, 1),
    }


def _continued(model: OnsetModel, state: Particles, chosen: npt.NDArray[np.int64], seed: int) -> F8:
    """The sampled paths with noises of their own after the issue time, as a forecast does it."""
    fresh = normals(
        seed,
        np.arange(chosen.size, dtype=np.int64),
        model.channel_codes,
        np.full(model.channels, entity_code("future"), dtype=np.int64),
        model.grid.codes(model.grid.steps)[model.grid.known :],
    )
    return np.concatenate([state.path[chosen], fresh], axis=1)


def _quantities(model: OnsetModel, coordinates: F8, path: F8) -> dict[str, F8]:
    """What is ranked, (M,) each: parameters by their coordinates, people as counts.

    Everything is a function of parameters and path alone, and the same for truth and posterior.
    """
    members = model.members(coordinates)
    history = model.simulate(members, path, model.grid.steps)
    total = history.arrived[:, :, 1:].sum(axis=2)
    found: dict[str, F8] = {"leavers": members.leavers.astype(float)}
    named = [name for name in (*PARAMETERS, "undercount") if name in model.index]
    found |= {name: coordinates[:, model.index[name]] for name in named}
    for name, hours in TARGET_HOURS.items():
        last = model.grid.known + round(hours / model.grid.hours) - 1
        found[f"arrived {name}"] = total[:, min(last, model.grid.steps - 1)].astype(float)
    return found


def _rank(true: float, draws: F8, rng: np.random.Generator) -> int:
    """How many of the draws are below the truth; equal ones fall on either side by lot."""
    below, equal = int((draws < true).sum()), int((draws == true).sum())
    return below + int(rng.integers(0, equal + 1))


def _bare(source: str) -> str:
    """A module's syntax without its docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [  # type: ignore[attr-defined]
                line
                for line in body
                if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
            ]
    return ast.dump(tree)


def fingerprint() -> str:
    """A hash of the code that decides the result: comments and docstrings may change."""
    room = Path(crossings.__file__).parent
    sources = [*room.glob("dynamics/*.py"), *room.glob("situation/*.py")]
    sources += [
        room / "forecast" / f"{name}.py"
        for name in (
            "corridors",
            "figure_slopes",
            "figures",
            "glide",
            "interweave",
            "likelihood",
            "members",
            "observation",
            "onset",
            "parameters",
            "population",
            "running",
            "sampler",
            "slopes",
            "timeline",
        )
    ]
    sources += [Path(__file__), Path(synthetic.__file__)]
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(_bare(source.read_text(encoding="utf-8")).encode())
    return digest.hexdigest()[:16]


def machine() -> dict[str, Any]:
    """The cores and the model of the processor."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = information.read_text().splitlines()
        named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        model = named[0] if named else model
    return {"cores": os.cpu_count(), "processor": model, "python": platform.python_version()}


def _one_thread() -> None:
    numba.set_num_threads(1)


def _load(path: Path, settings: dict[str, Any], restart: bool) -> list[dict[str, Any]]:
    if restart or not path.exists():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept["settings"] != settings:
        sys.exit(f"{path}: made by another model or with other settings; --restart replaces it")
    return list(kept["runs"])


def _save(path: Path, settings: dict[str, Any], runs: list[dict[str, Any]]) -> None:
    """Write everything beside the file and put it in place in one step."""
    ordered = sorted(runs, key=lambda r: int(r["run"]))
    summary = calibration_report.summarise(ordered, KEPT + 1)
    content = {"settings": settings, "machine": machine(), "summary": summary, "runs": ordered}
    path.parent.mkdir(parents=True, exist_ok=True)
    for target, text in (
        (path, json.dumps(content, indent=1) + "\n"),
        (path.with_suffix(".md"), calibration_report.markdown(content)),
    ):
        beside = target.with_name(target.name + ".part")
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)


def main() -> None:
    """Read the arguments, run what is missing, keep each result as it comes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--particles", type=int, default=PARTICLES)
    parser.add_argument("--last-rounds", type=int, default=LAST_ROUNDS)
    parser.add_argument("--shape", choices=sorted(synthetic.BY_NAME), default="")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--restart", action="store_true", help="throw earlier runs away")
    asked = parser.parse_args()
    settings = {
        "particles": asked.particles,
        "last_rounds": asked.last_rounds,
        "kept": KEPT,
        "model": fingerprint(),
    }
    settings |= {"shape": asked.shape} if asked.shape else {}
    name = f"calibration-{asked.shape}.json" if asked.shape else "calibration.json"
    output = asked.output or RESULTS / name
    runs = _load(output, settings, asked.restart)
    done = {r["run"] for r in runs}
    missing = [k for k in range(asked.runs) if k not in done]
    with concurrent.futures.ProcessPoolExecutor(
        asked.workers, multiprocessing.get_context("spawn"), _one_thread
    ) as pool:
        waiting = [
            pool.submit(run, k, asked.particles, asked.last_rounds, asked.shape) for k in missing
        ]
        for future in concurrent.futures.as_completed(waiting):
            if future.exception() is not None:
                pool.shutdown(wait=False, cancel_futures=True)
            runs.append(future.result())
            _save(output, settings, runs)
            latest = runs[-1]
            print(
                f"{len(runs)} of {asked.runs}: run {latest['run']} ({latest['shape']}), "
                f"{latest['seconds']} s",
                flush=True,
            )
    _save(output, settings, runs)


if __name__ == "__main__":
    main()
