"""``crossings read`` as a user meets it, and the way from a report to a forecast."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from crossings import ledger
from crossings.publish.intake import with_ledger
from crossings.situation.folder import load_folder, new_folder
from tests import command_line
from tests.command_line import Done
from tests.terminal import command_on_a_terminal

REPORT = """SOUTHTOWN, 3 May 2030 - Some 4,200 people had crossed from Northland into Southtown by
Friday morning, the Southland interior ministry said. The army of Northland shelled Northtown on
1 May, residents told Example News. Northland says it was fighting terrorists.
"""


def run(*arguments: object, given: bytes = b"", columns: int = 80) -> Done:
    return command_line.run(
        *arguments, given=given, COLUMNS=str(columns), CROSSINGS_USER="A. Reviewer"
    )


@pytest.fixture
def report(tmp_path: Path) -> Path:
    (tmp_path / "report.txt").write_text(REPORT)
    return tmp_path / "report.txt"


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_report_is_shown_with_who_says_what(report: Path, columns: int) -> None:
    done = run("read", report, columns=columns)
    assert (done.returncode, done.stderr) == (0, "")
    shown = " ".join(done.stdout.split())
    for part in ("about 4,200 people", "Southland interior ministry", "2030-05-03", "Figures"):
        assert part in shown
    assert "military operation" in shown
    assert "Example News" in shown
    assert max(map(len, done.stdout.splitlines())) <= columns


def test_json_is_one_line_a_document(tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"n{i}", "text": REPORT}) for i in range(3)]
    (tmp_path / "reports.jsonl").write_text("\n".join(lines))
    done = run("read", tmp_path / "reports.jsonl", "--json", "--published", "2030-05-03")
    assert done.returncode == 0
    readings = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reading["id"] for reading in readings] == ["n0", "n1", "n2"]
    assert readings[0].keys() == {"id", "claims", "shares", "events", "context"}
    assert readings[0]["claims"][0]["low"] == 4200


def test_json_goes_to_the_pipe_while_a_bar_stands_on_the_terminal(report: Path) -> None:
    asked = ("read", report, "--json")
    with command_on_a_terminal(*asked, answer=subprocess.PIPE) as (process, terminal):
        said, _ = process.communicate()
    shown = terminal.shown()
    assert process.returncode == 0
    assert json.loads(said)["claims"][0]["low"] == 4200
    assert "Reading" in shown
    assert "4200" not in shown


def test_one_bad_document_never_stops_the_rest_and_is_listed_at_the_end(tmp_path: Path) -> None:
    bad = {
        "a-spreadsheet.txt": b"PK\x03\x04",
        "b-empty.txt": b"",
        "c-binary.txt": bytes(range(256)) * 20,
        "d-large.txt": b"x" * 20_000_001,
        "e-bomb.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><rss><item>&a;</item></rss>',
    }
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "z.txt").write_text(REPORT)
    done = run("read", tmp_path)
    assert done.returncode == 1
    assert "about 4,200 people" in done.stdout
    told = done.stderr.splitlines()
    assert len(told) == len(bad)
    for name, line in zip(bad, told, strict=True):
        assert line.startswith("crossings: ")
        assert name in line
    assert "expected at most 20 MB" in told[3]


HARD = {
    "one long line": b"200 people were killed in Goris and " * 500,
    "very many figures": b"5 people " * 1_000,
    "nested quotes": ("“he said " * 10 + "200 people fled" + "”" * 10 + ".").encode(),
    "right to left": "قال الوزير إن 300 شخص فروا. \u202e300 people fled\u202c.".encode(),
    "lone surrogates": json.dumps({"text": "300 people fled \ud800\udfff to Goris."}).encode(),
    "a page of divisions": b"<div>" * 50_000 + b"<p>300 people fled.</p>",
    "entities": b"<html><p>" + b"&amp;lt;&#x110000;&nosuch;" * 5_000 + b"300 people fled.</p>",
    "scripts": b"<script>" * 1_000 + b"300 people</script><p>400 people fled to Goris.</p>",
    "terminal codes": b"300 people\x1b[31m fled\x07 to [bold]Goris[/bold].",
}


@pytest.mark.parametrize("data", HARD.values(), ids=HARD.keys())
def test_hard_input_ends_and_prints_nothing_dangerous(data: bytes) -> None:
    done = run("read", "-", "--seconds", "20", given=data)
    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr
    assert not any(c in done.stdout + done.stderr for c in "\x1b\x07\u202e\ud800")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere.txt",), "nowhere.txt: found nothing of this name"),
        (("-", "x.txt"), "found other paths beside it"),
        (("-", "--accept"), "--into: found nothing"),
        (("-", "--into", "nowhere"), "found no"),
        (("-", "--model", "tiny"), "model: found address ''"),
        (("-", "--model-url", "http://localhost/v1"), "model: found no name"),
        (("-", "--published", "yesterday"), "published: found 'yesterday'"),
    ],
)
def test_wrong_use_is_told_in_one_line(arguments: tuple[str, ...], told: str) -> None:
    done = run("read", *arguments, given=REPORT.encode())
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_from_a_report_to_a_forecast(report: Path, tmp_path: Path) -> None:
    """Read, review, forecast: the figure enters only when somebody has accepted it."""
    new_folder(tmp_path / "mine")
    mine, database = tmp_path / "mine", f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    into = ("--into", mine, "--database", database)

    done = run("read", report, *into)
    assert (done.returncode, done.stderr) == (0, "")
    assert "crossings ledger review --situation my-situation" in done.stdout
    again = run("read", report, *into)
    assert "0 of" in again.stdout.splitlines()[-1]

    with ledger.open(database) as book:
        entries = book.entries("my-situation")
        (claim,) = book.claims("my-situation", review="proposed")
        assert book.claims("my-situation") == []
    assert len(entries) == 3
    assert (claim.place, claim.target, claim.low) == ("southtown", "arrived.cumulative", 4200)
    assert claim.quote in REPORT.replace("\r\n", "\n")

    situation = load_folder(mine)
    assert with_ledger(situation, database, "2030-05-03", False) == situation  # nobody accepted
    accepted = run("ledger", "review", "--situation", mine, "--accept", claim.id, *into[2:])
    assert accepted.returncode == 0, accepted.stderr
    quick = ("--members", "100", "--horizon", "1d", "--json")
    done = run("forecast", mine, "--as-of", "2030-05-03", "--database", database, *quick)
    uses = {use["claim"]: use for use in json.loads(done.stdout)["claims"]}
    assert claim.id in uses
    assert with_ledger(situation, database, "2030-05-02", False) == situation  # not yet public


def test_what_is_accepted_at_once_says_by_whom(report: Path, tmp_path: Path) -> None:
    new_folder(tmp_path / "mine")
    database = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    done = run("read", report, "--into", tmp_path / "mine", "--database", database, "--accept")
    assert done.returncode == 0
    with ledger.open(database) as book:
        (claim,) = book.claims("my-situation")
        (entry,) = [entry for entry in book.entries("my-situation") if entry.id == claim.id]
        assert {act.by for act in entry.acts} == {"A. Reviewer"}


def test_a_report_without_a_day_cannot_enter_a_ledger(tmp_path: Path) -> None:
    new_folder(tmp_path / "mine")
    database = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    into = ("--into", tmp_path / "mine", "--database", database)
    done = run("read", "-", *into, given=b"Some 300 people fled to Southtown.")
    assert done.returncode == 1
    assert "found no day of publication" in done.stderr
    with ledger.open(database) as book:
        assert book.documents() == []
