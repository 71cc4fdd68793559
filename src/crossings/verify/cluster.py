"""The same work on a Dask cluster: one task a situation, results in the order of the tasks.

Every task holds all that it needs and draws from streams of its own, so that the bits do not depend
on where it runs. Needs the extra ``cluster`` (dask.distributed), here and on the workers.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from crossings.errors import InputError

T = TypeVar("T")
R = TypeVar("R")

LOCAL = "local"
CONNECT_SECONDS = 10

_ADDRESS = re.compile(r"(?:(?:tcp|tls|ws|wss)://)?(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}")
_EXPECTED = "the address of a Dask scheduler such as tcp://10.0.0.1:8786, or local"


def on_cluster(
    work: Callable[[T, Any], R], tasks: Sequence[T], plan: Any, scheduler: str, workers: int
) -> Iterator[R]:
    """``work(task, plan)`` for each task, in their order.

    Args:
        work: a function that can be imported on the workers.
        tasks: plain values.
        plan: the second argument of each call.
        scheduler: its address, such as ``tcp://10.0.0.1:8786``, or ``local``.
        workers: processes of a local cluster.

    Raises:
        InputError: the extra is not installed, or nobody answers at that address.
    """
    if scheduler != LOCAL and _ADDRESS.fullmatch(scheduler) is None:
        raise InputError(f"scheduler: found {scheduler!r}, expected {_EXPECTED}")
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 (an extra, and slow to load)
    except ImportError as error:
        raise InputError(
            "scheduler: found no dask.distributed, expected the extra: pip install "
            "'crossings[cluster]'"
        ) from error
    if scheduler == LOCAL:
        with (
            LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=min(workers, max(1, len(tasks))),
                threads_per_worker=1,
                dashboard_address=None,
                silence_logs=logging.ERROR,
            ) as cluster,
            Client(cluster) as client,  # type: ignore[no-untyped-call]
        ):
            yield from _results(client, work, tasks, plan)
        return
    try:
        client = Client(  # type: ignore[no-untyped-call]
            scheduler, timeout=CONNECT_SECONDS, set_as_default=False
        )
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"scheduler: found no answer at {scheduler!r} within {CONNECT_SECONDS} s, expected "
            f"{_EXPECTED}"
        ) from error
    with client:
        yield from _results(client, work, tasks, plan)


def _results(
    client: Any, work: Callable[[T, Any], R], tasks: Sequence[T], plan: Any
) -> Iterator[R]:
    # Each task keeps its threads to itself: a worker may have several.
    futures = [client.submit(work, task, plan, pure=False) for task in tasks]
    for future in futures:
        yield future.result()
        future.release()
