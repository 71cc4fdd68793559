"""Progress bars: on stderr, on a terminal only, gone when the work is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress_bar() -> Iterator[Callable[[float], None] | None]:
    """A progress bar on stderr where that is a terminal; None in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("Forecasting"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("forecast", total=1.0)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def count_bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar of how many are done, of how many, on stderr where that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # What is printed meanwhile goes above the bar; into a file it goes as it is.
    both = sys.stdout.isatty()
    with Progress(*columns, console=console, transient=True, redirect_stdout=both) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, known: bar.update(task, completed=done, total=known)
