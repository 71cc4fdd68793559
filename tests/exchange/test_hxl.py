"""Tables with hashtags: the field's own reader takes them, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import hxl
import pytest

from crossings.exchange.hxl import hxl_claims, hxl_forecast
from crossings.forecast.summary import ranges
from tests.outlooks import at, claim, outlook, situation


def opened(text: str, folder: Path) -> list[dict[str, str]]:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    with hxl.data(str(path), hxl.InputOptions(allow_local=True)) as rows:
        tags = rows.display_tags
        return [dict(zip(tags, row.values, strict=True)) for row in rows]


def test_the_forecast_is_read_by_the_field_s_reader(tmp_path: Path) -> None:
    made = outlook()
    rows = opened(hxl_forecast(made, situation()), tmp_path)
    assert len(rows) == len(made.targets) * len(made.places) * 8
    goris = [r for r in rows if r["#loc+code"] == "goris" and r["#date+forecast"] == "2023-09-28"]
    first = next(r for r in goris if r["#indicator+name"] == "arrived.cumulative")
    expected = ranges(made, "arrived.cumulative", "goris")[11]
    assert float(first["#affected+ind+forecast+median"]) == round(expected.median)
    assert float(first["#affected+ind+forecast+plan"]) == round(expected.plan_for)
    assert (first["#geo+lat"], first["#geo+lon"]) == ("39.508", "46.339")


def test_every_claim_stands_with_who_said_it(tmp_path: Path) -> None:
    known = situation()
    rows = opened(hxl_claims(known.claims, known), tmp_path)
    assert [r["#meta+id"] for r in rows] == [c.id for c in known.claims]
    bound = next(r for r in rows if r["#meta+id"] == "f-2900")
    assert (bound["#affected+num+min"], bound["#affected+num+max"]) == ("2900", "")
    assert bound["#meta+via"] == "Russian state media"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    known = situation()
    hostile = claim("x", 5, at(24), sources=(f"{start}1+1",), publisher=f"{start}cmd|' /C calc'!A0")
    text = hxl_claims([hostile], known)
    cells = [cell for row in list(csv.reader(io.StringIO(text)))[2:] for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
