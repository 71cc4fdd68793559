"""``crossings what-if`` and ``forecast --reasons`` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crossings.cli import app
from crossings.errors import InputError
from crossings.situation.folder import new_folder

QUICK = ("--as-of", "2030-05-03", "--members", "100", "--horizon", "1d")


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """The small invented situation that ``crossings new`` makes."""
    new_folder(tmp_path / "mine")
    return str(tmp_path / "mine")


def test_several_interventions_go_together_and_are_written(mine: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("--capacity", "old-bridge=x2", "--ceasefire", "-o", str(out))
    done = CliRunner().invoke(app, ["what-if", mine, *QUICK, *words])
    assert done.exit_code == 0, done.output
    assert "This is a scenario under this model." in " ".join(done.output.split())
    told = json.loads((out / "what-if.json").read_text(encoding="utf-8"))
    assert [one["kind"] for one in told["interventions"]] == ["capacity", "ceasefire"]
    assert (out / "what-if.csv").read_text(encoding="utf-8").startswith("branch,issued_at,target")


def test_a_crossing_that_is_none_is_refused(mine: str) -> None:
    done = CliRunner().invoke(app, ["what-if", mine, *QUICK, "--close", "new-bridge"])
    assert isinstance(done.exception, InputError)
    assert str(done.exception) == "close: found 'new-bridge', expected old-bridge, all"


def test_a_forecast_says_what_moved_it(mine: str) -> None:
    done = CliRunner().invoke(app, ["forecast", mine, *QUICK, "--reasons"])
    assert done.exit_code == 0, done.output
    assert "What moved it since a day before" in done.output
