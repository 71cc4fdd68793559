"""Run Flee itself on a folder for some seeds and keep what is compared; needs the extra ``flee``.

``python benchmarks/flee_worker.py FOLDER SETTINGS DAYS HASTEN FIRST_SEED SEEDS OUT.npz``: run by
the other benchmarks in a process of its own, since Flee keeps its settings in global variables.
Several of them under ``mpiexec``, with ``parallel`` behind, run Flee in parallel: each then writes
OUT with the number of its rank before the ending, people on links those of its own.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from flee import InputGeography, flee, spawning
from flee.datamanager import handle_refugee_data, read_period
from flee.SimulationSettings import SimulationSettings


def follow_routes_for_certain() -> None:
    """Make people with a route in progress go on whatever the place, as in the rules here.

    Flee 3.1 as published lets them wait by the move chance of the place, camps included. It matters
    for awareness 2 and 3 only; without this the comparison would show nothing else there.
    """
    published = flee.Person.evolve

    def evolve(person: Any, *args: Any, **named: Any) -> None:
        if person.travelling or not person.route:
            published(person, *args, **named)
            return
        place = person.location
        usual, place.movechance = place.movechance, 1.0
        published(person, *args, **named)
        place.movechance = usual

    flee.Person.evolve = evolve


def history(
    engine: Any, folder: Path, settings: Path, days: int, hasten: int, seed: int
) -> dict[str, Any]:
    """One run: people at every place and on links after each day, and the CPU time of the days.

    With the series as Flee reads them, day by day: the first of them is the total.
    """
    random.seed(seed)
    np.random.seed(seed)
    # Flee keeps the debt of the series in a variable of its module, from one run to the next.
    setattr(spawning, "__refugee_debt", 0)
    inputs = folder / "input_csv"
    SimulationSettings.ReadFromYML(str(settings))
    SimulationSettings.optimisations["PopulationScaleDownFactor"] = hasten
    SimulationSettings.ConflictInputFile = str(inputs / "conflicts.csv")
    world = engine.Ecosystem()
    geography = InputGeography.InputGeography()
    geography.ReadConflictInputCSV(SimulationSettings.ConflictInputFile)
    geography.ReadLocationsFromCSV(str(inputs / "locations.csv"))
    geography.ReadLinksFromCSV(str(inputs / "routes.csv"))
    geography.ReadClosuresFromCSV(str(inputs / "closures.csv"))
    world, places = geography.StoreInputGeographyInEcosystem(world)
    start, _ = read_period.read_conflict_period(str(inputs / "sim_period.csv"))
    table = handle_refugee_data.RefugeeTable(
        csvformat="generic",
        data_directory=str(folder / "source_data"),
        start_date=start,
        data_layout="data_layout.csv",
        population_scaledown_factor=hasten,
    )
    corrections = inputs / "registration_corrections.csv"
    if corrections.exists():
        table.ReadL1Corrections(str(corrections))
    for name in places:
        if places[name].camp:
            spawning.add_initial_refugees(world, table, places[name])
    names = list(places)
    present = np.zeros((days, len(names)), dtype=np.int64)
    travelling = np.zeros(days, dtype=np.int64)
    begun = time.process_time()
    for t in range(days):
        geography.AddNewConflictZones(world, t)
        spawning.spawn_daily_displaced(
            world, t, table, SimulationSettings.spawn_rules.get("sum_from_camps", True)
        )
        spawning.refresh_spawn_weights(world)
        world.enact_border_closures(t)
        world.evolve()
        present[t] = [places[name].numAgents for name in names]
        # Not summed over links: a link that was shut is taken out of every list, people and all.
        travelling[t] = sum(person.travelling for person in world.agents)
    seconds = time.process_time() - begun
    series = {name: [table.get_field(name, t) for t in range(days)] for name in table.header}
    return {
        "present": present,
        "travelling": travelling,
        "seconds": seconds,
        "names": names,
        "series": series,
    }


def main() -> None:
    """Run the seeds and write their histories."""
    folder, settings, out = (
        Path(sys.argv[1]).resolve(),
        Path(sys.argv[2]).resolve(),
        Path(sys.argv[7]),
    )
    days, hasten, first, seeds = (int(text) for text in sys.argv[3:7])
    out = out.resolve()
    os.chdir(folder)
    SimulationSettings.ReadFromYML(str(settings))
    if SimulationSettings.move_rules["AwarenessLevel"] > 1:
        follow_routes_for_certain()
    engine: Any = flee
    if sys.argv[8:] == ["parallel"]:
        from flee import pflee  # noqa: PLC0415 (needs MPI)

        engine = pflee
        out = out.with_suffix(f".{pflee.MPI.COMM_WORLD.Get_rank()}.npz")
    runs = []
    for seed in range(first, first + seeds):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            runs.append(history(engine, folder, settings, days, hasten, seed))
    np.savez_compressed(
        out,
        names=json.dumps(runs[0]["names"]),
        series=json.dumps(runs[0]["series"]),
        present=np.array([r["present"] for r in runs]),
        travelling=np.array([r["travelling"] for r in runs]),
        seconds=np.array([r["seconds"] for r in runs]),
        kilobytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    )


if __name__ == "__main__":
    main()
