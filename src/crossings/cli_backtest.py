"""``crossings backtest``: the past of situations forecast again, and scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def backtest(
    situations: Annotated[list[str], typer.Argument(help="Bundled situations or folders.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for truth, forecasts, scores.")],
    every: Annotated[str, typer.Option(help="Days between issue times: 7d.")] = "7d",
    issue_times: Annotated[
        Path | None, typer.Option(help="A file with one issue date a line, in place of --every.")
    ] = None,
    horizons: Annotated[str, typer.Option(help="Days ahead: 7d,14d,30d.")] = "7d,14d,30d",
    learn_from: Annotated[
        list[str] | None, typer.Option(help="A situation of your library to learn from too.")
    ] = None,
    workers: Annotated[
        int, typer.Option(help="Over situations and issue times; the same result.")
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(help="A Dask scheduler: tcp://HOST:8786, or local (with --workers)."),
    ] = None,
) -> None:
    """Forecast the past of situations again, each issue with what was known then, and score it.

    Writes truth.csv, model-output/ and scores.json for each situation, and report.html. The same
    command goes on where it was stopped.

    Example: [bold]crossings backtest my-crisis/ -o backtest/[/bold]
    """
    from crossings.situation.catalogue import load

    loaded = [load(name) for name in situations]
    library = [load(name) for name in learn_from or []]

    from rich.console import Console

    from crossings.exchange.backtest_folder import run_backtest
    from crossings.publish.backtest_page import backtest_page
    from crossings.publish.backtest_table import print_backtest
    from crossings.publish.progress import progress_bar
    from crossings.verify.backtest import plan_from
    from crossings.whole import write_file

    plan = plan_from(every, horizons, issue_times)
    with progress_bar() as progress:
        scores = run_backtest(loaded, out, plan, library, workers, progress, scheduler)
    write_file(out / "report.html", backtest_page(scores).encode("utf-8", "replace"))
    print_backtest(Console(), scores)
    print(f"Written to {out}: report.html, and truth, forecasts and scores for each situation")
