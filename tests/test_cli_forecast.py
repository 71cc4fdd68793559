"""``crossings forecast`` as a user meets it, with good input and bad."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crossings.situation.folder import new_folder
from tests.command_line import run
from tests.terminal import command_on_a_terminal

FILES = {"forecast.csv", "forecast.json", "forecast.nc", "situation.html"}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The small invented situation that ``crossings new`` makes."""
    new_folder(tmp_path / "mine")
    return tmp_path / "mine"


QUICK = ("--members", "100", "--horizon", "1d")


def refused(*arguments: str | Path) -> str:
    """The one line with which bad input is refused."""
    done = run("forecast", *arguments)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.startswith("crossings: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_one_command_prints_the_forecast_and_writes_the_folder(mine: Path, tmp_path: Path) -> None:
    done = run("forecast", mine, "--as-of", "2030-05-03", *QUICK, "-o", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")  # no progress bar in a pipe
    assert "9 in 10 between" in done.stdout
    assert "Southland interior ministry" in done.stdout
    assert "\x1b" not in done.stdout
    assert {p.name for p in (tmp_path / "out").iterdir()} == FILES


def test_json_is_nothing_but_json(mine: Path, tmp_path: Path) -> None:
    done = run("forecast", mine, *QUICK, "--json", "-o", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    content = json.loads(done.stdout)
    assert content["issued_at"] == "2030-05-03T09:00:00+02:00"
    assert content["last_figure"]["value"] == 2890
    assert json.loads((tmp_path / "out" / "forecast.json").read_text()) == content


def test_a_progress_bar_stands_on_a_terminal_only(mine: Path) -> None:
    asked = ("forecast", mine, *QUICK, "--json")
    with command_on_a_terminal(*asked, answer=subprocess.PIPE) as (done, terminal):
        answer, _ = done.communicate()
    assert done.returncode == 0
    assert "Forecasting" in terminal.shown()
    assert json.loads(answer)["members"] == 100


def test_help_has_an_example() -> None:
    done = run("forecast", "--help")
    assert done.returncode == 0
    assert "Example: crossings forecast nagorno-karabakh-2023 --as-of" in done.stdout


@pytest.mark.parametrize("arguments", [(), ("mine", "--members", "many"), ("mine", "--horizons")])
def test_wrong_usage_is_2(arguments: tuple[str, ...]) -> None:
    done = run("forecast", *arguments)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--horizon", "0d"), "horizon: found '0d', expected between 1h and 180d"),
        (("--horizon", "400d"), "horizon: found '400d', expected between 1h and 180d"),
        (("--horizon", "soon"), "horizon: found 'soon', expected days or hours"),
        (("--members", "0"), "members: found 0, expected 100 to 100,000"),
        (("--seed", "-1"), "seed: found -1"),
        (("--as-of", "2030-04-01"), "as-of: found 2030-04-01T23:59:59+02:00, expected a moment"),
        (("--as-of", "2030-05-03T08:00"), "expected an offset, such as 2030-05-03T08:00:00+02:00"),
        (("--as-of", "yesterday"), "time: found 'yesterday', expected a date"),
    ],
)
def test_bad_options_are_one_line_and_write_nothing(
    mine: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    assert told in refused(mine, *arguments, "-o", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def spoil(folder: Path, table: str, old: str, new: str) -> None:
    text = (folder / table).read_text()
    assert old in text
    (folder / table).write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("table", "old", "new", "told"),
    [
        ("claims.csv", ",all,,350,350", ",nowhere,,350,350", "place: found 'nowhere'"),
        ("claims.csv", ",all,,350,350", ",all,,-350,350", "low: found '-350'"),
        ("claims.csv", "2030-05-02T12:00+02:00", "2030-05-02T12:00", "as_of: found"),
        ("claims.csv", "id,measure", "id,measured", "measure"),
        ("routes.csv", "old-bridge,southtown", "old-bridge,nowhere", "to: found 'nowhere'"),
    ],
)
def test_a_bad_row_is_one_line_with_file_and_field(
    mine: Path, tmp_path: Path, table: str, old: str, new: str, told: str
) -> None:
    spoil(mine, table, old, new)
    line = refused(mine, *QUICK, "-o", tmp_path / "out")
    assert f"{mine}: {table}" in line
    assert told in line
    assert not (tmp_path / "out").exists()


def test_a_missing_table_and_an_unknown_situation_are_one_line(mine: Path) -> None:
    (mine / "routes.csv").unlink()
    assert "routes.csv" in refused(mine, *QUICK)
    assert "nowhere-2030" in refused("nowhere-2030", *QUICK)


def test_a_prior_that_means_nothing_is_one_line(mine: Path) -> None:
    with (mine / "priors.csv").open("a") as table:
        table.write("capacity,,lognormal,-5,1,why,who,2030-01-01\n")
    assert "priors.csv: family 'lognormal' with a=-5" in refused(mine, *QUICK)


def test_a_folder_that_cannot_be_written_is_one_line(mine: Path, tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("mine")
    assert "cannot be written" in refused(mine, *QUICK, "-o", blocker / "out")
    assert blocker.read_text() == "mine"


FULL_DISK = """
import resource, sys
from crossings.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
sys.argv = ["crossings", "forecast", *sys.argv[1:]]
main()
"""


def test_a_full_disk_is_one_line_and_leaves_nothing(mine: Path, tmp_path: Path) -> None:
    # Compiled kernels are kept on disk too: they are there before the disk fills up.
    assert run("forecast", mine, *QUICK).returncode == 0
    out = tmp_path / "deep" / "out"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(mine), *QUICK, "-o", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"{out}: cannot be written (" in done.stderr
    assert not (tmp_path / "deep").exists()


def test_a_forecast_folder_is_exported_under_a_profile(mine: Path, tmp_path: Path) -> None:
    assert run("forecast", mine, *QUICK, "-o", tmp_path / "out").returncode == 0
    asked = ["--situation", str(mine), "--csv", str(tmp_path / "x.csv"), "--profile", "public"]
    done = run("export", tmp_path / "out", *asked)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "--sign-off" in done.stderr
    done = run("export", tmp_path / "out", *asked, "--sign-off", "A. Person, duty officer")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "x.csv").is_file()
