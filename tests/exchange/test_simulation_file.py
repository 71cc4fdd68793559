from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from crossings.dynamics.simulation import simulate
from crossings.errors import InputError, OutputError
from crossings.exchange.simulation_file import COLUMNS, write_simulation
from crossings.situation.catalogue import load
from tests import command_line


@pytest.fixture(scope="module")
def run() -> xr.Dataset:
    return simulate(load("rohingya-2017"), members=30, days=3)


def test_every_member_comes_back_from_netcdf(run: xr.Dataset, tmp_path: Path) -> None:
    path = write_simulation(run, tmp_path / "run.nc")
    with xr.open_dataset(path, engine="h5netcdf") as stored:
        assert stored.load().drop_attrs().equals(run.drop_attrs())
        assert stored.attrs["population"] == run.attrs["population"]
        assert stored["arrived"].attrs["units"] == "people"


def test_the_table_has_days_and_quantiles_over_members(run: xr.Dataset, tmp_path: Path) -> None:
    path = write_simulation(run, tmp_path / "run.csv")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 3 * run.sizes["place"]
    last = next(r for r in rows if r["day"] == "3" and r["place"] == "kutupalong")
    assert last["date"] == "2017-08-27T18:00:00Z"
    arrived = run["arrived"].sel(place="kutupalong").isel(time=-1).values
    assert int(last["q95"]) == round(float(np.quantile(arrived, 0.95)))
    assert int(last["mean"]) == round(float(arrived.mean()))


def test_nothing_is_left_where_nothing_can_be_written(run: xr.Dataset, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_simulation(run, tmp_path / "nowhere" / "run.nc")
    (tmp_path / "run.csv").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_simulation(run, tmp_path / "run.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["run.csv"]
    with pytest.raises(InputError, match=r"ends in .nc or .csv"):
        write_simulation(run, tmp_path / "run.xlsx")


def test_the_command_writes_and_says_whose_population_it_took(tmp_path: Path) -> None:
    out = tmp_path / "run.csv"
    done = command_line.run(
        "simulate", "rohingya-2017", "--members", "20", "--days", "2", "-o", out
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Myanmar General Administration Department" in done.stdout
    assert out.read_text().startswith(",".join(COLUMNS))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere", "-o", "run.nc"), "found no 'nowhere'"),
        (("rohingya-2017", "--days", "0", "-o", "run.nc"), "days: found 0"),
        (("rohingya-2017", "-o", "run.txt"), "expected a name that ends in .nc or .csv"),
    ],
)
def test_bad_input_is_one_line_and_1(arguments: tuple[str, ...], told: str) -> None:
    done = command_line.run("simulate", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_help_has_an_example() -> None:
    assert "Example: crossings simulate" in command_line.run("simulate", "--help").stdout
