"""Kept forecasts: once each, never changed, and no name leads out of the folder."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.errors import InputError
from crossings.exchange.kept import Kept, last_kept
from tests.outlooks import ISSUED, outlook, situation


def test_the_same_forecast_is_kept_once_and_others_beside_it(tmp_path: Path) -> None:
    kept, known = Kept(tmp_path), situation()
    first = kept.add(outlook(), known)
    assert kept.add(outlook(), known) == first
    other_seed = kept.add(dataclasses.replace(outlook(), seed=2), known)
    later = dataclasses.replace(outlook(), issued_at=ISSUED + dt.timedelta(hours=3))
    newest = kept.add(later, known)
    rows = kept.all(known.id)
    assert {row.id for row in rows} == {first, other_seed, newest}
    assert rows[-1].id == newest
    assert [row.issued_at for row in rows] == sorted(row.issued_at for row in rows)
    assert kept.read(known.id, first).issued_at == ISSUED


def test_what_is_no_forecast_is_passed_over(tmp_path: Path) -> None:
    kept, known = Kept(tmp_path), situation()
    added = kept.add(outlook(), known)
    (tmp_path / known.id / "notes").mkdir()
    broken = tmp_path / known.id / "20230101T000000Z-000000000000"
    broken.mkdir()
    (broken / "forecast.json").write_text("{")
    assert [row.id for row in kept.all(known.id)] == [added]
    assert kept.all("another") == []


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_name_leads_out_of_the_folder(situation_id: str, forecast_id: str) -> None:
    kept = Kept("/nowhere/at/all")
    with pytest.raises(InputError):
        kept.read(situation_id, forecast_id)


def test_the_last_kept_forecast_is_the_newest_before_a_moment(tmp_path: Path) -> None:
    kept, known = Kept(tmp_path), situation()
    assert last_kept(known, ISSUED, kept) is None
    for hours in (-30, -5, 0):
        issued = ISSUED + dt.timedelta(hours=hours)
        kept.add(dataclasses.replace(outlook(), issued_at=issued), known)
    asked = [last_kept(known, when, kept) for when in ("2023-09-25", "2023-09-24", None)]
    fives = (ISSUED - dt.timedelta(hours=5)).isoformat()
    assert asked == [fives, (ISSUED - dt.timedelta(hours=30)).isoformat(), ISSUED.isoformat()]
