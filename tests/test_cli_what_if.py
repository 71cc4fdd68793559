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


def test_a_forecast_says_what_moved_it_since_the_last_one_kept(mine: str, tmp_path: Path) -> None:
    runner = CliRunner(env={"CROSSINGS_STORE": str(tmp_path / "store")})
    done = runner.invoke(app, ["forecast", mine, *QUICK, "--reasons"])
    assert done.exit_code == 0, done.output
    assert "What moved it since end of 2 May 2030" in done.output
    earlier = ("--as-of", "2030-05-02T12:00+02:00", "--members", "100", "--horizon", "1d")
    assert runner.invoke(app, ["forecast", mine, *earlier, "--keep"]).exit_code == 0
    done = runner.invoke(app, ["forecast", mine, *QUICK, "--reasons"])
    assert "What moved it since 12:00 on 2 May 2030" in done.output


def test_a_moment_after_the_forecast_is_refused(mine: str) -> None:
    done = CliRunner().invoke(app, ["forecast", mine, *QUICK, "--since", "2030-05-04"])
    assert isinstance(done.exception, InputError)
    assert str(done.exception).startswith("since: found 2030-05-04T23:59:59")


def test_a_scenario_takes_what_a_ledger_holds(mine: str, tmp_path: Path) -> None:
    asked = ["what-if", mine, *QUICK, "--close", "all", "--database", f"sqlite:///{tmp_path}/none"]
    done = CliRunner().invoke(app, asked)
    assert isinstance(done.exception, InputError)
    assert "none" in str(done.exception)
