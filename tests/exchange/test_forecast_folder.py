from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings.errors import InputError, OutputError
from crossings.exchange.forecast_csv import COLUMNS, forecast_csv, guarded
from crossings.exchange.forecast_folder import read_forecast, write_forecast
from crossings.exchange.forecast_json import forecast_json
from crossings.exchange.forecast_netcdf import forecast_netcdf
from crossings.forecast.outlook import QUANTILE_LEVELS, Outlook
from crossings.situation.hashes import input_hashes
from tests import outlooks

FILES = {"forecast.csv", "forecast.nc", "forecast.json", "situation.html"}
ROOT = Path(__file__).parents[2]


def same(a: Outlook, b: Outlook) -> bool:
    fields = [f.name for f in dataclasses.fields(Outlook) if f.name != "draws"]
    return a.draws.identical(b.draws) and all(getattr(a, f) == getattr(b, f) for f in fields)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


@settings(max_examples=15, deadline=None)
@given(
    members=st.integers(1, 20),
    days=st.integers(1, 3),
    seed=st.integers(0, 2**31),
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    claimed=st.booleans(),
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    members: int,
    days: int,
    seed: int,
    text: str,
    claimed: bool,
) -> None:
    made = outlooks.outlook(members, days, seed)
    made = made if claimed else outlooks.without_figures(made)
    made = dataclasses.replace(made, notes=(text,), title=text)
    folder = tmp_path_factory.mktemp("round") / "forecast"
    write_forecast(made, outlooks.situation(), folder)
    assert same(read_forecast(folder), made)


def test_writing_does_not_change_the_outlook(tmp_path: Path) -> None:
    made, untouched = outlooks.outlook(5, 1), outlooks.outlook(5, 1)
    write_forecast(made, outlooks.situation(), tmp_path / "a")
    assert same(made, untouched)


def test_equal_forecasts_give_equal_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_forecast(outlooks.outlook(50), outlooks.situation(), tmp_path / name, page="<p>")
    assert snapshot(tmp_path / "a") == snapshot(tmp_path / "b")
    assert set(snapshot(tmp_path / "a")) == FILES


def test_rows_known_later_change_nothing(tmp_path: Path) -> None:
    whole = outlooks.situation()
    known = whole.as_of(outlooks.ISSUED)
    assert known != whole
    made = outlooks.outlook(10, 1)
    assert forecast_json(made, whole) == forecast_json(made, known)
    assert input_hashes(known) != input_hashes(whole)


def test_the_table_has_rising_whole_people_at_the_hub_levels() -> None:
    made = outlooks.outlook(60, 2)
    rows = list(csv.DictReader(io.StringIO(forecast_csv(made))))
    assert tuple(rows[0]) == COLUMNS
    cells = len(made.targets) * len(made.places) * len(made.times)
    assert len(rows) == cells * len(QUANTILE_LEVELS)
    series: dict[tuple[str, str, str], list[tuple[float, int]]] = {}
    for row in rows:
        assert row["output_type"] == "quantile"
        assert dt.datetime.fromisoformat(row["time"]).utcoffset() == dt.timedelta(hours=4)
        assert row["issued_at"] == "2023-09-25T23:59:59+04:00"
        key = (row["target"], row["place"], row["time"])
        series.setdefault(key, []).append((float(row["output_type_id"]), int(row["value"])))
    for values in series.values():
        assert [level for level, _ in values] == list(QUANTILE_LEVELS)
        assert all(a[1] <= b[1] for a, b in pairwise(values))
    medians = [
        int(r["value"])
        for r in rows
        if (r["target"], r["place"]) == ("arrived.cumulative", "all")
        and r["output_type_id"] == "0.5"
    ]
    assert medians == sorted(medians)
    exact = np.median(made.samples("arrived.cumulative"), axis=0)
    assert np.abs(np.array(medians) - exact).max() <= 0.5


@given(st.text(max_size=12))
def test_no_cell_of_text_starts_a_formula(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert guarded(text).endswith(text)


def test_a_place_that_looks_like_a_formula_is_guarded() -> None:
    made = outlooks.outlook(3, 1)
    evil = '=HYPERLINK("http://example.org")'
    draws = made.draws.assign_coords(place=[evil, *made.places[1:]])
    rows = list(csv.DictReader(io.StringIO(forecast_csv(dataclasses.replace(made, draws=draws)))))
    assert rows[0]["place"] == "'" + evil


def test_the_description_says_what_a_program_needs() -> None:
    made = outlooks.outlook()
    content = json.loads(forecast_json(made, outlooks.situation()))
    top = content["headline"]
    final = made.samples("arrived.cumulative")[:, -1]
    low, high = top["interval_90"]
    assert low <= top["interval_50"][0] <= top["median"] <= top["interval_50"][1] <= high
    assert np.mean(final <= top["plan_for"]) >= 0.9
    assert top["time"] == "2023-10-03T23:59:59+04:00"
    assert content["last_figure"]["value"] == 6650
    assert content["seed"] == made.seed
    assert content["members"] == made.members
    stated = {row["claim"]: row["stated"]["sources"] for row in content["claims"]}
    assert stated["afp"] == ["AFP"]
    assert "later-28" not in stated
    chances = [row for row in content["exceedance"] if row["time"] == top["time"]]
    assert len(chances) >= 3
    for row in chances:
        assert row["probability"] == pytest.approx(np.mean(final >= row["at_least"]), abs=1e-4)


def test_numbers_that_are_not_finite_become_null() -> None:
    made = dataclasses.replace(
        outlooks.outlook(3, 1), diagnostics={"a": float("nan"), "b": np.float64(2), "c": np.inf}
    )
    content = json.loads(forecast_json(made, outlooks.situation()))
    assert content["diagnostics"] == {"a": None, "b": 2.0, "c": None}


def test_the_draws_are_whole_people_with_units_and_utc(tmp_path: Path) -> None:
    made = outlooks.outlook(20, 2)
    (tmp_path / "f.nc").write_bytes(forecast_netcdf(made, outlooks.situation()))
    with xr.open_dataset(tmp_path / "f.nc", engine="h5netcdf") as stored:
        assert stored["arrived.cumulative"].dtype == np.int32
        assert stored["arrived.cumulative"].attrs["units"] == "people"
        assert stored.attrs["licence"] == "CC-BY 4.0"
        assert stored.attrs["as_of"] == "2023-09-25T23:59:59+04:00"
        assert str(stored["time"].values[0]) == "2023-09-26T02:00:00.000000000"
        assert float(stored["lat"].sel(place="goris")) == 39.508


def test_counts_that_do_not_fit_are_refused() -> None:
    made = outlooks.outlook(3, 1)
    huge = made.draws.assign({"present.stock": made.draws["present.stock"] + 2**40})
    with pytest.raises(InputError, match=r"present\.stock"):
        forecast_netcdf(dataclasses.replace(made, draws=huge), outlooks.situation())


def test_other_files_in_the_folder_are_kept(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "forecast.csv").write_text("old")
    write_forecast(outlooks.outlook(3, 1), outlooks.situation(), tmp_path, page="<p>")
    assert set(snapshot(tmp_path)) == FILES | {"notes.txt"}
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "forecast.csv").read_text() != "old"


@pytest.mark.parametrize("below", ["", "deeper", "deeper/still"])
def test_a_file_in_the_way_is_one_clear_error(tmp_path: Path, below: str) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("mine")
    with pytest.raises(OutputError, match="file"):
        write_forecast(outlooks.outlook(3, 1), outlooks.situation(), blocker / below)
    assert snapshot(tmp_path) == {"file": b"mine"}


FULL_DISK = """
import resource, sys
from crossings.errors import OutputError
from crossings.exchange.forecast_folder import write_forecast
from tests import outlooks
made, known = outlooks.outlook(5, 1), outlooks.situation()
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    write_forecast(made, known, sys.argv[1], page="<p>")
except OutputError as error:
    print(error)
"""


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, old: bytes | None) -> None:
    folder = tmp_path / "new" / "forecast"
    if old is not None:
        folder.mkdir(parents=True)
        (folder / "forecast.csv").write_bytes(old)
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(folder), "20000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(folder) in run.stdout
    if old is None:
        assert list(tmp_path.iterdir()) == []
    else:
        assert snapshot(folder) == {"forecast.csv": old}


def test_a_target_that_cannot_be_replaced_puts_everything_back(tmp_path: Path) -> None:
    (tmp_path / "forecast.csv").write_text("old")
    stubborn = tmp_path / "forecast.nc"
    stubborn.mkdir()
    (stubborn / "inner").write_text("mine")
    old_json = tmp_path / "forecast.json"
    old_json.write_text("old")
    with pytest.raises(OutputError, match=r"in the way of forecast\.nc"):
        write_forecast(outlooks.outlook(3, 1), outlooks.situation(), tmp_path)
    assert (tmp_path / "forecast.csv").read_text() == "old"
    assert old_json.read_text() == "old"
    assert (stubborn / "inner").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("name", ["forecast.json", "forecast.nc"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\x00 not it", b"[1, 2]", b"{}"])
def test_what_is_no_forecast_is_one_clear_error(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    write_forecast(outlooks.outlook(3, 1), outlooks.situation(), tmp_path)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=name):
        read_forecast(tmp_path)


@pytest.mark.parametrize("key", ["times", "claims", "seed", "last_figure", "targets"])
def test_a_missing_or_wrong_key_is_one_clear_error(tmp_path: Path, key: str) -> None:
    write_forecast(outlooks.outlook(3, 1), outlooks.situation(), tmp_path)
    content = json.loads((tmp_path / "forecast.json").read_text())
    del content[key]
    (tmp_path / "forecast.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match="incomplete or malformed"):
        read_forecast(tmp_path)
