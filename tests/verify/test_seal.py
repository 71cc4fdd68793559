"""Seals: any change is noticed, nothing by place is told, and scores are those of the forecast."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.errors import InputError
from crossings.situation.hashes import input_hashes
from crossings.verify.record import score
from crossings.verify.seal import differences, read_seal, score_seal, seal
from tests.outlooks import ISSUED, outlook, situation

FILES = {"forecast.csv": b"issued_at,...", "forecast.json": b"{}", "forecast.nc": b"HDF"}
INPUTS = input_hashes(situation().as_of(ISSUED))


def sealed() -> str:
    return seal(outlook(), FILES, INPUTS)


def test_a_seal_is_small_and_tells_no_place_and_no_hour() -> None:
    text = sealed()
    assert len(text) < 20_000
    assert "goris" not in text
    content = read_seal(text, "seal.json")
    assert len(content["quantiles"]) == 8
    assert all("T23:59:59" in time for time in content["quantiles"])


def test_equal_forecasts_have_equal_seals() -> None:
    assert sealed() == sealed()


@given(st.data())
def test_any_change_is_noticed(data: st.DataObject) -> None:
    content: dict[str, Any] = json.loads(sealed())
    key = data.draw(st.sampled_from(sorted(set(content) - {"sha256", "format"})))
    content[key] = data.draw(st.sampled_from([None, 0, "x", [], {}]))
    with pytest.raises(InputError, match=r"changed since|malformed"):
        read_seal(json.dumps(content), "seal.json")


@pytest.mark.parametrize("text", ["", "[]", "{", "{}", '{"format": "other"}', "[" * 100_000])
def test_what_is_no_seal_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"seal\.json"):
        read_seal(text, "seal.json")


def test_other_files_and_other_rows_are_told() -> None:
    content = read_seal(sealed(), "seal.json")
    assert differences(content, FILES, INPUTS) == ()
    assert differences(content, {}, None) == ()
    found = differences(content, FILES | {"forecast.csv": b"other"}, INPUTS | {"claims": "0"})
    assert found == (
        "forecast.csv: not the file that was sealed",
        "claims: not the rows that were sealed",
    )
    assert differences(content, {"forecast.csv": FILES["forecast.csv"]}, None) == (
        "forecast.json: missing",
        "forecast.nc: missing",
    )


def test_a_seal_scores_as_the_forecast_does() -> None:
    rows = score_seal(read_seal(sealed(), "seal.json"), situation())
    cells = [c for c in score(outlook(), situation()).cells if c.place == "all"]
    cells = [c for c in cells if c.target == "arrived.cumulative"]
    assert [row["outcome"] for row in rows] == [c.outcome for c in cells]
    for row, cell in zip(rows, cells, strict=True):
        if cell.wis is not None:
            assert row["wis"] == pytest.approx(cell.wis, abs=1)  # a seal holds whole people
