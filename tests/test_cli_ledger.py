"""The commands of ``crossings ledger`` as a user runs them, on a terminal and in a pipe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossings import ledger
from crossings.publish.intake import with_ledger
from crossings.situation.catalogue import load
from tests.command_line import run
from tests.ledger.postgresql_server import PASSWORD, Server
from tests.ledger.test_store import REPORT, at, claim
from tests.terminal import on_a_terminal

SITUATION = "nagorno-karabakh-2023"
ADD = (
    *("ledger", "add", "--situation", SITUATION, "--measure", "arrived", "--at", "Armenia"),
    *("--value", "6,650", "--as-of", "2023-09-25T21:00+04:00"),
    *("--source", "Government of Armenia", "--by", "me"),
)


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


@pytest.fixture
def read(database: str) -> list[str]:
    """A ledger in which a document was read; the ids of its claims."""
    with ledger.open(database) as book:
        document = book.add_document(REPORT, publisher="a newspaper", published=at(25))
        claims = [
            claim(),
            claim(200, id="c2", measure="killed", place="", quote="200 killed", sources=("he",)),
            claim(40, id="c3", quote="40"),
        ]
        return list(book.propose(SITUATION, claims, document=document.id, reader="test").ids)


def lines_are_short(text: str) -> bool:
    return max(len(line) for line in text.splitlines()) <= 80


def test_a_bulletin_is_entered_by_hand_once(database: str) -> None:
    for told in ("Kept in", "Was there already in"):
        done = run(*ADD, "--database", database)
        assert (done.returncode, done.stderr) == (0, "")
        assert "6,650 people" in done.stdout
        assert "accepted" in done.stdout
        assert told in done.stdout
        assert "public since 2023-09-25T21:00:00+04:00 (assumed)" in done.stdout
    with ledger.open(database) as book:
        (entered,) = book.claims(SITUATION)
        assert (entered.low, entered.place, entered.target) == (6650, "all", "arrived.cumulative")
        assert book.entry(entered.id).acts[0].by == "me"


def test_what_is_missing_is_asked_for_on_a_terminal(database: str) -> None:
    keys = [
        ("What is counted", "\n"),
        ("Where", "Goris\n"),
        ("How many", "~250\n"),
        ("As of", "2023-09-25 20:00\n"),
        ("Who says it", "UNHCR\n"),
    ]
    status, _ = on_a_terminal(
        keys, "ledger", "add", "--situation", SITUATION, "--proposed", "--database", database
    )
    assert status == 0
    with ledger.open(database) as book:
        (entered,) = book.claims(SITUATION, review="proposed")
        assert (entered.place, entered.low, entered.qualifier) == ("goris", 250, "approx")
        assert entered.as_of is not None
        assert entered.as_of.isoformat() == "2023-09-25T20:00:00+04:00"


def test_entries_are_listed_and_filtered(database: str, read: list[str]) -> None:
    done = run("ledger", "list", "--database", database)
    assert done.returncode == 0
    assert lines_are_short(done.stdout)
    assert "3 proposed" in done.stdout
    wanted = ("--situation", SITUATION, "--measure", "killed", "--source", "HE", "--json")
    done = run("ledger", "list", *wanted, "--database", database)
    (entry,) = json.loads(done.stdout)
    assert (entry["id"], entry["standing"], entry["record"]["low"]) == (read[1], "proposed", 200)
    done = run("ledger", "list", "--as-of", "2023-09-01", "--database", database)
    assert "no entries" in done.stdout


def test_an_entry_is_shown_with_its_sentence_and_history(database: str, read: list[str]) -> None:
    with ledger.open(database) as book:
        book.review(read[0], "correct", by="A. Reviewer", changes={"low": 2906.0, "high": 2906.0})
        document = book.documents()[0].id
    done = run("ledger", "show", read[0][:8], "--database", database)
    assert done.returncode == 0
    assert lines_are_short(done.stdout)
    for told in ("2,906 people arrived", "Officials said 2,900 people had crossed.", "entered:"):
        assert told in done.stdout
    assert "corrected by A. Reviewer: low 2900.0 to 2906.0" in " ".join(done.stdout.split())
    done = run("ledger", "show", document[:8], "--database", database)
    assert "a newspaper" in done.stdout
    assert "Officials said" in done.stdout


def test_a_review_by_keyboard(database: str, read: list[str]) -> None:
    keys = [
        ("1 of 3", "?"),
        ("1 of 3", "s"),
        ("2 of 3", "c"),
        ("Field", "value\n"),
        ("value", "223\n"),
        ("Field", "\n"),
        ("Why", "as printed\n"),
        ("3 of 3", "r"),
        ("Why", "a page number\n"),
    ]
    status, seen = on_a_terminal(
        keys, "ledger", "review", "--situation", SITUATION, "--by", "me", "--database", database
    )
    assert status == 0
    assert "1 corrected, 1 rejected, 1 skipped; 1 left" in seen
    with ledger.open(database) as book:
        standings = [view.standing for e in read if (view := book.entry(e).view())]
        assert standings == ["proposed", "accepted", "rejected"]
        assert book.claims(SITUATION)[0].low == 223
        assert [book.entry(e).acts[0].reason for e in read[1:]] == ["as printed", "a page number"]


def test_the_rest_of_a_document_is_accepted_at_once(database: str, read: list[str]) -> None:
    status, seen = on_a_terminal(
        [("1 of 3", "s"), ("2 of 3", "b"), ("1 of 3", "D")],
        *("ledger", "review", "--situation", SITUATION, "--database", database),
    )
    assert (status, "3 accepted" in seen) == (0, True)
    with ledger.open(database) as book:
        assert [c.id for c in book.claims(SITUATION)] == read


def test_a_review_in_a_table(database: str, read: list[str], tmp_path: Path) -> None:
    table = tmp_path / "review.csv"
    done = run("ledger", "review", "--export", table, "--database", database)
    assert (done.returncode, done.stdout) == (0, f"Written: {table}, 3 entries to review\n")
    rows = table.read_text(encoding="utf-8-sig").splitlines()
    table.write_text("\n".join([rows[0], f"accept{rows[1]}", *rows[2:]]))
    done = run("ledger", "review", "--import", table, "--by", "me", "--database", database)
    assert (done.returncode, done.stdout) == (0, f"{table}: 1 accept\n")
    again = run("ledger", "review", "--import", table, "--by", "me", "--database", database)
    assert again.returncode == 1
    assert "review.csv line 2" in again.stderr
    with ledger.open(database) as book:
        assert [c.id for c in book.claims(SITUATION)] == read[:1]


def test_ids_are_decided_in_a_pipe(database: str, read: list[str]) -> None:
    done = run("ledger", "review", "--database", database)
    assert done.returncode == 1
    assert "found no terminal for 3 entries" in done.stderr
    done = run(
        *("ledger", "review", "--accept", read[0], "--accept", read[1], "--reject", read[2][:9]),
        *("--database", database),
        CROSSINGS_USER="from the environment",
    )
    assert (done.returncode, done.stdout) == (0, "2 accepted, 1 rejected\n")
    done = run(
        *("ledger", "retract", read[0], "--reason", "withdrawn", "--known-at", "2023-09-27"),
        *("--database", database),
    )
    assert done.returncode == 0
    with ledger.open(database) as book:
        assert [c.id for c in book.claims(SITUATION)] == [read[1]]
        assert [c.id for c in book.claims(SITUATION, as_of=at(26))] == read[:2]
        assert book.entry(read[2]).acts[0].by == "from the environment"


def test_a_name_goes_and_exports_carry_its_tombstone(
    database: str, read: list[str], tmp_path: Path
) -> None:
    asked = ("ledger", "redact", "--name", "ombudsman", "--database", database)
    assert "--reason: found nothing" in run(*asked).stderr
    assert "expected --yes" in run(*asked, "--reason", "private").stderr
    done = run(*asked, "--reason", "private", "--yes")
    assert (done.returncode, "Removed from 1 document;" in done.stdout) == (0, True)
    out = tmp_path / "ledger.jsonl"
    assert run("ledger", "export", "-o", out, "--database", database).returncode == 0
    assert "ombudsman" not in out.read_text()
    assert '"reason":"private"' in out.read_text()
    copy = f"sqlite:///{tmp_path / 'copy.sqlite'}"
    done = run("ledger", "import", out, "--database", copy)
    assert (done.returncode, done.stdout.split()[:2]) == (0, ["5", "rows"])
    done = run("ledger", "export", "-o", "-", "--database", copy)
    assert done.stdout == out.read_text()
    status, seen = on_a_terminal(
        [("Remove these words for good?", "y\n")],
        *("ledger", "redact", read[0], "--reason", "private", "--database", database),
    )
    assert (status, "Removed from 1 entry" in seen) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add",), "--situation: found nothing"),
        (("show", "c123"), "found none that begin with 'c123'"),
        (("show", ""), "found none that begin with ''"),
        (("list", "--review", "good"), "--review: found 'good', expected one of proposed"),
        (("list", "--since", "soon"), "time: found 'soon'"),
        (("list", "--situation", "nowhere"), "found no 'nowhere'"),
        (("retract", "c123", "--reason", "x"), "found none that begin"),
        (("redact",), "expected either the id"),
        (("import", "no-such-file"), "no-such-file: No such file"),
        (("review", "--import", "no-such-file"), "no-such-file: No such file"),
    ],
)
def test_bad_input_is_one_line_and_1(
    database: str, read: list[str], arguments: tuple[str, ...], told: str
) -> None:
    done = run("ledger", *arguments, "--database", database)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("crossings: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://me:hidden@host/x", "found an address of 'mysql'"),
        ("nonsense://", "found an address"),
        ("sqlite://", "found no file name"),
        ("sqlite:///:memory:", "found no file name"),
        (" ", "found no file name"),
        ("sqlite:////proc/nowhere/x.sqlite", "/proc/nowhere/x.sqlite: "),
        ("/", "found a folder"),
        ("postgresql://me:hidden@127.0.0.1:1/x", "no server answers there"),
        ("postgresql://me:hidden@host.invalid/x", "there is no such host"),
        ("postgresql://me:hidden@host:port/x", "cannot be read"),
    ],
)
def test_a_database_that_is_none_is_one_line_and_1(url: str, told: str) -> None:
    done = run(*ADD, "--database", url)
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert "hid" not in done.stderr


def test_no_ledger_yet_is_told(tmp_path: Path) -> None:
    done = run("ledger", "list", CROSSINGS_DATABASE=str(tmp_path / "none.sqlite"))
    assert done.returncode == 1
    assert "found no such file, expected a ledger" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_password_is_told_without_it(server: Server) -> None:
    done = run(*ADD, "--database", server.url("postgres", "not-" + PASSWORD))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "the user or the password is wrong" in done.stderr
    assert PASSWORD not in done.stderr
    done = run(*ADD, "--database", server.url("no_such_database"))
    assert (done.returncode, "there is no such database" in done.stderr) == (1, True)


def test_the_default_is_a_file_of_the_user(tmp_path: Path) -> None:
    done = run(*ADD, CROSSINGS_DATABASE="", XDG_DATA_HOME=str(tmp_path))
    assert done.returncode == 0
    kept = tmp_path / "crossings" / "ledger.sqlite"
    assert kept.exists()
    assert f"Kept in {kept}" in done.stdout.replace("\n", " ")


def test_a_forecast_takes_what_was_accepted_and_known(database: str, read: list[str]) -> None:
    situation = load(SITUATION)
    with ledger.open(database) as book:
        book.review(read[0], "accept", by="me")
        book.review(
            read[0], "correct", by="me", changes={"low": 2906.0, "high": 2906.0}, known_at=at(27)
        )

    def added(as_of: str | None, include_proposed: bool = False) -> list[tuple[str, float | None]]:
        known = with_ledger(situation, database, as_of, include_proposed)
        assert known.claims[: len(situation.claims)] == situation.claims
        return [(c.id, c.low) for c in known.claims[len(situation.claims) :]]

    assert added("2023-09-25") == [(read[0], 2900)]
    assert added("2023-09-27") == added(None) == [(read[0], 2906)]
    assert added("2023-09-24") == []
    proposed = added("2023-09-25", include_proposed=True)
    assert [entry for entry, _ in proposed] == read


def test_the_command_forecast_asks_the_ledger(database: str) -> None:
    with ledger.open(database) as book:
        book.propose(SITUATION, [claim(place="atlantis")], accept=True, by="me")
    asked = ("forecast", SITUATION, "--as-of", "2023-09-25", "--database")
    done = run(*asked, database)
    assert (done.returncode, done.stdout) == (1, "")
    assert "place: found 'atlantis', expected the id of a place" in done.stderr
    done = run(*asked, database + "-none")
    assert (done.returncode, "expected a ledger" in done.stderr) == (1, True)


def test_answers_stand_side_by_side_with_and_without_a_database(
    database: str, read: list[str], tmp_path: Path
) -> None:
    asked = ("ledger", "compare", "--situation", SITUATION, "--measure", "killed")
    chart = tmp_path / "killed.svg"
    done = run(*asked, "--as-of", "2023-09-25", "--chart", chart)
    assert done.returncode == 0
    assert lines_are_short(done.stdout.replace(str(chart), ""))
    assert "200 or more people" in done.stdout
    assert chart.read_text().startswith("<svg")
    own = len(json.loads(run(*asked, "--json").stdout)["claims"])
    done = run(*asked, "--json", "--include-proposed", "--database", database)
    everything = json.loads(done.stdout)
    ids = [row["claim"]["id"] for row in (*everything["claims"], *everything["others"])]
    assert read[1] in ids
    assert own == len(json.loads(run(*asked, "--json", "--database", database).stdout)["claims"])
    done = run("ledger", "compare", "--measure", "killed")
    assert (done.returncode, "--situation: found nothing" in done.stderr) == (1, True)
    done = run(*asked[:-1], "born")
    assert (done.returncode, "found no claim of 'born'" in done.stderr) == (1, True)
