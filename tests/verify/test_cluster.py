"""Backtests on a real Dask cluster: the same files as without one, and clear words without any."""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path

import pytest

from crossings.errors import InputError
from crossings.exchange.backtest_folder import run_backtest
from crossings.situation.records import Situation
from crossings.verify.backtest import Plan
from crossings.verify.cluster import on_cluster
from tests.forecast.series.crises import crisis, situation

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="the extra cluster is not installed"
)
PLAN = Plan(every=21, horizons=(7,))


def one() -> list[Situation]:
    return [situation(crisis(1, length=90), "one")]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@needs_dask
@pytest.mark.filterwarnings("ignore")  # the cluster's own, while it starts and stops
def test_a_cluster_makes_the_same_files(tmp_path: Path) -> None:
    from distributed import LocalCluster

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    run_backtest(one(), tmp_path / "plain", PLAN)
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=1, threads_per_worker=2, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        run_backtest(one(), tmp_path / "cluster", PLAN, scheduler=address)
        # What is there is not sent again.
        done = tmp_path / "cluster" / "one" / "truth.csv"
        before = done.stat().st_mtime_ns
        run_backtest(one(), tmp_path / "cluster", PLAN, scheduler=address)
        assert done.stat().st_mtime_ns == before
    assert contents(tmp_path / "cluster") == contents(tmp_path / "plain")


@pytest.mark.parametrize("address", ["", "somewhere", "foo://x:1", "tcp://x", "tcp://x:y", "x:1 y"])
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(InputError, match=r"scheduler: found .*, expected the address"):
        next(on_cluster(len, [()], None, address, 1))  # type: ignore[arg-type]
