"""What leaves the house: profiles, sign-offs, and nothing that a profile withholds."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest

from crossings.errors import InputError, OutputError
from crossings.exchange.forecast_folder import write_forecast
from crossings.publish.export import FORMATS, SignOff, export, stored
from tests.outlooks import outlook, situation

NOW = dt.datetime(2023, 9, 26, 8, tzinfo=dt.UTC)
SIGNED = SignOff("A. Person, duty officer", NOW)


def targets(folder: Path) -> dict[str, Path]:
    ends = {"html": "page.html", "netcdf": "draws.nc", "csv": "quantiles.csv"}
    ends |= {"pdf": "report.pdf", "narrative": "sentences.txt"}
    return {name: folder / ends.get(name, name) for name in FORMATS}


def test_every_format_is_written(tmp_path: Path) -> None:
    written = export(outlook(), situation(), targets(tmp_path))
    assert set(written) == set(targets(tmp_path).values())
    assert all(path.exists() for path in written)
    assert not list(tmp_path.rglob("*sign-off*"))


def test_a_public_export_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sign-off"):
        export(outlook(), situation(), targets(tmp_path), "public")
    assert not list(tmp_path.iterdir())


def test_the_sign_off_is_kept_with_what_was_signed(tmp_path: Path) -> None:
    export(outlook(), situation(), targets(tmp_path), "public", SIGNED)
    beside = json.loads((tmp_path / "quantiles.csv.sign-off.json").read_text())
    content = (tmp_path / "quantiles.csv").read_bytes()
    assert beside["sha256"] == {"quantiles.csv": hashlib.sha256(content).hexdigest()}
    assert beside["signed_off_by"] == "A. Person, duty officer"
    inside = json.loads((tmp_path / "hub" / "sign-off.json").read_text())
    for name, digest in inside["sha256"].items():
        assert hashlib.sha256((tmp_path / "hub" / name).read_bytes()).hexdigest() == digest
    assert "A. Person, duty officer" in (tmp_path / "page.html").read_text()


def test_the_public_profile_withholds_queues_and_hours_in_every_format(tmp_path: Path) -> None:
    export(outlook(), situation(), targets(tmp_path), "public", SIGNED)
    lines = (tmp_path / "quantiles.csv").read_text().splitlines()[1:]
    assert lines
    assert not [line for line in lines if "waiting" in line]
    clocks = {line.split(",")[3].partition("T")[2] for line in lines}
    assert clocks == {"23:59:59+04:00"}
    for path in (tmp_path / "hub", tmp_path / "hxl"):
        for file in path.rglob("*.csv"):
            text = file.read_text()
            assert "waiting" not in text
            assert "travel_time" not in text


@pytest.mark.parametrize("name", ["", "two\nlines", " space", "x" * 201])
def test_a_sign_off_is_a_name_in_one_line(name: str) -> None:
    with pytest.raises(InputError, match="sign-off"):
        SignOff(name, NOW)


def test_a_stored_forecast_finds_its_situation(tmp_path: Path) -> None:
    made, known = outlook(), situation()
    folder = write_forecast(made, known, tmp_path / "out")
    read, found = stored(folder, known)
    assert (read.issued_at, found) == (made.issued_at, known)
    with pytest.raises(InputError, match="--situation"):
        stored(folder)
    with pytest.raises(InputError, match="expected 'small-karabakh'"):
        stored(folder, known.model_copy(update={"id": "another"}))


def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("mine")
    with pytest.raises(OutputError, match="cannot be written"):
        export(outlook(), situation(), {"hub": blocker / "hub"})
    with pytest.raises(OutputError, match="cannot be written"):
        export(outlook(), situation(), {"csv": tmp_path / "nowhere" / "x.csv"})
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_unknown_words_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="format"):
        export(outlook(), situation(), {"docx": tmp_path / "x"})
    with pytest.raises(InputError, match="profile"):
        export(outlook(), situation(), {"csv": tmp_path / "x"}, "secret", SIGNED)
