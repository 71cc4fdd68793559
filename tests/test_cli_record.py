"""history, seal, verify-seal and replay as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossings.situation.folder import new_folder
from tests import command_line
from tests.command_line import Done

QUICK = ("--as-of", "2030-05-03", "--members", "100", "--horizon", "1d")


def run(folder: Path, *arguments: object) -> Done:
    return command_line.run(*arguments, CROSSINGS_STORE=folder / "store")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented situation with a forecast, kept and in a folder."""
    folder = tmp_path_factory.mktemp("record")
    new_folder(folder / "mine")
    done = run(folder, "forecast", folder / "mine", *QUICK, "-o", folder / "out", "--keep")
    assert done.returncode == 0, done.stderr
    return folder


def test_history_shows_kept_forecasts_and_those_in_folders(made: Path) -> None:
    done = run(made, "history", made / "mine", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)) == 1
    done = run(made, "history", made / "mine", "--forecast", made / "out")
    assert done.stdout.count("2030-05-03") >= 2


def test_a_seal_is_checked_against_forecast_and_situation(made: Path, tmp_path: Path) -> None:
    file = tmp_path / "seal.json"
    done = run(made, "seal", made / "out", "-o", file)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(file.read_text())["sha256"] in done.stdout
    asked = ("verify-seal", file, "--forecast", made / "out", "--situation", made / "mine")
    done = run(made, *asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert "agrees with the seal" in done.stdout
    file.write_text(file.read_text().replace('"seed": 1', '"seed": 2'))
    done = run(made, *asked)
    assert (done.returncode, done.stdout) == (1, "")
    assert "changed since it was made" in done.stderr


def test_a_forecast_made_again_is_the_same_until_its_inputs_change(made: Path) -> None:
    asked = ("forecast", made / "mine", "--replay", made / "out" / "forecast.json")
    done = run(made, *asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Every draw is the same." in done.stdout
    claims = made / "mine" / "claims.csv"
    before = claims.read_text()
    claims.write_text(before.replace("2890", "2990"))
    done = run(made, *asked)
    claims.write_text(before)
    assert done.returncode == 1
    assert "Changed: the rows of claims known at the issue time" in done.stdout


def test_what_is_no_forecast_folder_is_one_line(made: Path, tmp_path: Path) -> None:
    for arguments in (("seal", tmp_path), ("verify-seal", tmp_path / "none.json")):
        done = run(made, *arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
