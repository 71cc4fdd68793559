from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from crossings.errors import InputError, InterruptedRunError
from crossings.exchange.simulation_file import GIVEN
from crossings.exchange.simulation_parts import (
    read_size,
    simulate_to_file,
    write_in_parts,
)
from crossings.situation.records import Situation
from tests.dynamics.test_given_totals import CUT, DAYS, land

MADE_OF = {"rules": "native", "seed": 1}


def make(first: int, count: int) -> xr.Dataset:
    from crossings.dynamics.rule_sets import simulate

    return simulate(land(), count, days=DAYS, totals="given", as_of=CUT, first_member=first)


def stored(path: Path) -> xr.Dataset:
    with xr.open_dataset(path, engine="h5netcdf") as dataset:
        return dataset.load()


@pytest.mark.parametrize("suffix", ["nc", "csv"])
def test_a_run_in_parts_is_the_run(suffix: str, tmp_path: Path) -> None:
    shares: list[float] = []
    size = 1000
    whole = write_in_parts(make, 10, size, 10**9, tmp_path / f"whole.{suffix}", MADE_OF)
    memory = 3 * size * 4  # four members at once
    parts = write_in_parts(
        make, 10, size, memory, tmp_path / f"parts.{suffix}", MADE_OF, shares.append
    )
    assert shares == [0.4, 0.8, 1.0]
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"parts.{suffix}", f"whole.{suffix}"]
    if suffix == "csv":
        assert parts.read_bytes() == whole.read_bytes()
    else:
        assert stored(parts).identical(stored(whole))


def test_a_stopped_run_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    asked: list[int] = []

    def stopping(first: int, count: int) -> xr.Dataset:
        asked.append(first)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return make(first, count)

    out = tmp_path / "run.nc"
    with pytest.raises(InterruptedRunError, match="4 of 10 members are complete") as stopped:
        write_in_parts(stopping, 10, 1000, 6000, out, MADE_OF)
    assert "give the same command again" in str(stopped.value)
    assert not out.exists()
    write_in_parts(stopping, 10, 1000, 6000, out, MADE_OF)
    assert asked == [0, 2, 4, 4, 6, 8]
    whole = write_in_parts(make, 10, 1000, 10**9, tmp_path / "whole.nc", MADE_OF)
    assert stored(out).identical(stored(whole))


def test_parts_of_another_run_are_not_mixed_in(tmp_path: Path) -> None:
    out = tmp_path / "run.nc"

    def stopping(first: int, count: int) -> xr.Dataset:
        if first:
            raise KeyboardInterrupt
        return make(first, count)

    with pytest.raises(InterruptedRunError):
        write_in_parts(stopping, 10, 1000, 6000, out, MADE_OF)
    with pytest.raises(InputError, match="parts of another run"):
        write_in_parts(make, 10, 1000, 6000, out, {**MADE_OF, "seed": 2})
    kept = list((tmp_path / "run.nc.parts").glob("*.nc"))
    assert len(kept) == 1


def test_given_totals_are_marked_in_the_table(tmp_path: Path) -> None:
    path, about = simulate_to_file(
        land(), tmp_path / "run.csv", 20, days=DAYS, totals="given", as_of=CUT, seed=3
    )
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert about["totals"] == "given"
    given = [row for row in rows if row["place"] == GIVEN]
    assert len(given) == DAYS
    assert given[-1]["mean"] == given[-1]["q05"] == given[-1]["q95"] == "4000"
    assert given[-1]["date"] == "2020-02-01T00:00:00Z"  # the end of 31 January
    last = [float(row["mean"]) for row in rows if row["day"] == "31" and row["place"] != GIVEN]
    assert np.isclose(sum(last), 4000, atol=2)


@pytest.mark.parametrize(
    ("text", "size"),
    [("500MB", 500_000_000), ("2 GB", 2 * 10**9), ("1.5GiB", 1.5 * 1024**3), ("64m", 64e6)],
)
def test_sizes(text: str, size: float) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "much", "-2GB", "1MB", "2GB or so", "1e9"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(InputError, match="--memory"):
        read_size(text)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"rules": "fled"}, "expected native or flee"),
        ({"totals": "known"}, "expected given or modelled"),
        ({"totals": "given"}, "as_of: found nothing"),
        ({"flee_compatible": True}, "not used by the native rules"),
        ({"totals": "given", "as_of": CUT, "places": ["nowhere"]}, "expected a place"),
    ],
)
def test_arguments_that_do_not_go_together(
    arguments: dict[str, Any], told: str, tmp_path: Path
) -> None:
    known: Situation = land()
    with pytest.raises(InputError, match=told):
        simulate_to_file(known, tmp_path / "run.csv", 3, **arguments)
    assert list(tmp_path.iterdir()) == []
