from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crossings.situation.catalogue import bundled, load
from crossings.situation.folder import new_folder
from tests.command_line import run
from tests.exchange.flee_setups import setup


def test_situations_are_listed_for_people() -> None:
    done = run("situations")
    assert (done.returncode, done.stderr) == (0, "")
    for name in bundled():
        assert name in done.stdout
    assert f"{len(load('nagorno-karabakh-2023').claims)} claims" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_situations_are_listed_for_programs() -> None:
    done = run("situations", "--json")
    entries = {entry["id"]: entry for entry in json.loads(done.stdout)}
    assert tuple(sorted(entries)) == bundled()
    for name, entry in entries.items():
        one = load(name)
        assert entry["rows"]["claims"] == len(one.claims)
        assert entry["tier"] == one.tier
        assert entry["first"] <= entry["last"]
        assert sum(entry["sources"].values()) >= len(one.claims)


def test_a_new_folder_has_no_errors(tmp_path: Path) -> None:
    made = run("new", tmp_path / "mine")
    assert made.returncode == 0
    assert "crossings check" in made.stdout
    done = run("check", tmp_path / "mine")
    assert (done.returncode, done.stdout) == (0, "no errors, no warnings\n")


def test_every_problem_is_listed_and_errors_end_with_1(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    new_folder(folder)
    places = (folder / "places.csv").read_text().replace("SRB", "XKX")
    (folder / "places.csv").write_text(places)
    done = run("check", folder)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "no errors, 2 warnings")
    (folder / "places.csv").write_text(places.replace("origin", "home"))
    done = run("check", folder)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "1 error, 1 warning")
    assert "error: places.csv line 2, kind: found 'home', expected one of origin" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("check", "nowhere"), "found no folder 'nowhere'"),
        (("new", "."), "found '.', expected a name not in use"),
        (("new", "/proc/nowhere/mine"), "cannot be written"),
    ],
)
def test_bad_input_is_one_line_and_1(arguments: tuple[str, ...], told: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("crossings: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_line_and_1() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "crossings.cli", "situations", "--json"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "crossings: No space left on device\n")


@pytest.mark.parametrize("arguments", [("check",), ("foresee",), ("situations", "--xml")])
def test_wrong_usage_is_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_flee_setup_becomes_a_situation(tmp_path: Path) -> None:
    folder = setup(tmp_path / "valley")
    done = run("import", "flee", folder, "--out", tmp_path / "mine")
    assert (done.returncode, done.stderr) == (0, "")
    assert "warning: input_csv/closures.csv line 3: Flee never closes the link" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("7 events, 9 claims, tier retrospective")
    checked = run("check", tmp_path / "mine")
    assert (checked.returncode, checked.stdout) == (0, "no errors, no warnings\n")
    again = run("import", "flee", folder, "--out", tmp_path / "mine")
    assert (again.returncode, again.stdout) == (1, "")
    assert "expected a name not in use" in again.stderr


@pytest.mark.parametrize("command", ["situations", "check", "new", "import flee"])
def test_help_has_an_example(command: str) -> None:
    done = run(*command.split(), "--help")
    assert done.returncode == 0
    assert f"Example: crossings {command}" in done.stdout


def test_help_loads_no_room() -> None:
    code = (
        "import sys\nfrom crossings.cli import main\nsys.argv = ['crossings', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print({'numpy', 'pandas', 'pydantic', 'xarray'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "set()"
