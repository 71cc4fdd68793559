"""``crossings simulate``: the rules of movement run forward, without a forecast."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossings.cli_options import Seed, SituationArgument


def simulate(
    situation: SituationArgument,
    out: Annotated[
        Path, typer.Option("-o", "--out", help="A file: .nc (every member) or .csv (by day).")
    ],
    rules: Annotated[str, typer.Option(help="native, or flee for an imported set-up.")] = "native",
    flee_compatible: Annotated[
        bool, typer.Option("--flee-compatible", help="All of Flee's quirks, else none.")
    ] = False,
    totals: Annotated[
        str | None, typer.Option(help="given (from the published series) or modelled.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Use figures of places known then; needed with totals given.")
    ] = None,
    members: Annotated[int, typer.Option(help="Simulated histories.", min=1)] = 1000,
    seed: Seed = 1,
    days: Annotated[
        int | None, typer.Option(help="How long from the start; 14, or the whole period given.")
    ] = None,
    place: Annotated[
        list[str] | None, typer.Option(help="Keep this place only; may be given again.")
    ] = None,
    memory: Annotated[str, typer.Option(help="What results may take: 500MB, 2GB.")] = "2GB",
) -> None:
    """Run the rules forward from the start: what could happen, and no forecast.

    Native rules, totals modelled: whatever was reported. Totals given: a known number of people
    spreads over the places. Stop with Ctrl-C and complete parts are kept.

    Example: [bold]crossings simulate rohingya-2017 --days 30 -o rohingya.nc[/bold]
    """
    from crossings.exchange.simulation_parts import read_size, simulate_to_file
    from crossings.publish.listing import print_simulation
    from crossings.publish.progress import progress_bar
    from crossings.situation.catalogue import load

    limit = read_size(memory)
    everything = load(situation)
    with progress_bar() as progress:
        file, about = simulate_to_file(
            everything,
            out,
            members,
            limit,
            progress,
            rules=rules,
            flee_compatible=flee_compatible,
            totals=totals,
            as_of=as_of,
            seed=seed,
            days=days,
            places=place,
        )
    print_simulation(about, members, str(file))
