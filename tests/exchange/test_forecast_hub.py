"""The hub is one that the hubs' own reader opens, and its samples are joint draws."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import hubdata
import numpy as np
import pandas as pd
import pytest

from crossings.exchange.forecast_hub import SAMPLES, forecast_hub
from crossings.whole import write_files
from tests.outlooks import ISSUED, outlook


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = write_files(tmp_path_factory.mktemp("hub") / "hub", forecast_hub(outlook()))
    read: pd.DataFrame = hubdata.connect_hub(str(folder)).get_dataset().to_table().to_pandas()
    return read


def test_the_hubs_own_reader_finds_every_cell(table: pd.DataFrame) -> None:
    made = outlook()
    cells = len(made.targets) * len(made.places) * 8
    assert len(table) == cells * (23 + SAMPLES)
    assert set(table["model_id"]) == {"crossings-outlook"}
    assert set(table["reference_date"]) == {ISSUED.date()}
    assert set(table["horizon"]) == set(range(1, 9))


def test_horizons_count_days_after_the_reference_date(table: pd.DataFrame) -> None:
    ahead = table["target_end_date"] - table["reference_date"]
    assert (ahead.map(lambda gap: gap.days) == table["horizon"]).all()


def test_quantiles_are_those_of_the_outlook(table: pd.DataFrame) -> None:
    made = outlook()
    rows = table[(table["output_type"] == "quantile") & (table["location"] == "goris")]
    rows = rows[(rows["target"] == "present.stock") & (rows["horizon"] == 3)]
    at = 3 * 4 - 1  # four times a day, the last of the third day
    expected = np.rint(made.quantiles("present.stock", "goris")[at])
    assert rows.sort_values("output_type_id")["value"].tolist() == expected.tolist()


def test_one_sample_number_is_one_member_everywhere(table: pd.DataFrame) -> None:
    made = outlook()
    samples = table[(table["output_type"] == "sample") & (table["output_type_id"] == 7)]
    members = np.unique(np.linspace(0, made.members - 1, SAMPLES).round()).astype(int)
    for target, place, horizon in (
        ("arrived.cumulative", "all", 1),
        ("arrived.cumulative", "yerevan", 8),
        ("waiting.stock", "kornidzor", 5),
    ):
        row = samples[
            (samples["target"] == target)
            & (samples["location"] == place)
            & (samples["horizon"] == horizon)
        ]
        expected = made.samples(target, place)[members[7], 4 * horizon - 1]
        assert row["value"].tolist() == [expected]


def test_a_forecast_of_hours_only_is_refused() -> None:
    made = outlook()
    short = dataclasses.replace(
        made, issued_at=made.issued_at + dt.timedelta(days=30)
    )  # every time lies before the day after the issue
    with pytest.raises(ValueError, match="ends on its day of issue"):
        forecast_hub(short)


def test_whatever_the_title_holds_the_metadata_is_one_line_a_key() -> None:
    made = dataclasses.replace(outlook(), carried_by='a: "b"\nc: d')
    files = forecast_hub(made)
    text = files["model-metadata/crossings-outlook.yml"].decode()
    assert text.count("\n") == 5


def test_writing_into_a_folder_leaves_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    write_files(tmp_path, forecast_hub(outlook()))
    write_files(tmp_path, forecast_hub(outlook()))
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert (tmp_path / "hub-config" / "tasks.json").is_file()
    assert {p.name for p in tmp_path.iterdir()} == {
        "mine.txt", "hub-config", "model-metadata", "model-output",
    }  # fmt: skip
