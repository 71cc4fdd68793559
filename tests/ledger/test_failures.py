"""What can go wrong with a database ends in one line, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from crossings import ledger
from crossings.errors import CrossingsError, InputError, OutputError
from crossings.ledger import database
from crossings.ledger.database import HEAD, VERSION_TABLE, writer
from crossings.ledger.schema import Table
from tests.ledger.conftest import NewLedger
from tests.ledger.postgresql_server import Server
from tests.ledger.test_store import REPORT, claim

FULL = """
import resource, sys
from crossings import ledger
from crossings.errors import OutputError
book = ledger.open(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    for number in range(10_000):
        print(book.add_document(f"{number} " + "text " * 2000).id, flush=True)
except OutputError as error:
    print(error, file=sys.stderr)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def test_the_models_are_what_the_migrations_make(url: str) -> None:
    with ledger.open(url) as book, book.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, Table.metadata) == []
        assert context.get_current_revision() == HEAD
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_version_that_is_not_known_is_told(url: str) -> None:
    with ledger.open(url) as book, writer(book.engine).begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(InputError, match=r"found version '9999' of the ledger, expected 0001"):
        ledger.open(url)


def test_many_that_start_a_ledger_at_once_start_one(
    new_ledger: NewLedger, server: Server, request: pytest.FixtureRequest
) -> None:
    url = server.new_database() if "postgresql" in request.node.name else new_ledger()
    told: list[Exception] = []

    def begin(number: int) -> None:
        try:
            with ledger.open(url) as book:
                book.add_document(f"text {number}")
        except Exception as error:
            told.append(error)

    threads = [threading.Thread(target=begin, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == []
    with ledger.open(url) as book:
        assert len(book.documents()) == 6
        recorded = [document.recorded_at for document in book.documents()]
        assert len(set(recorded)) == 6


def test_who_goes_over_to_the_log_waits_for_another_starter(tmp_path: Path) -> None:
    file = tmp_path / "new.sqlite"
    with sqlite3.connect(file, isolation_level=None, check_same_thread=False) as other:
        other.execute("CREATE TABLE started (at TEXT)")
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, other.execute, ("COMMIT",))
        release.start()
        # No timeout: SQLite ignores it when two change over at once.
        late = sqlite3.connect(file, timeout=0, isolation_level=None)
        database._prepare_sqlite(late, None)
        assert late.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        release.join()
        late.close()
    other.close()


def test_a_ledger_in_use_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 1)
    with ledger.open(url) as book, ledger.open(url) as other:
        with writer(other.engine).begin() as connection:
            connection.execute(text("SELECT 1"))
            with pytest.raises(OutputError, match="another program has been writing"):
                book.add_document(REPORT)
            assert book.documents() == []  # reading goes on
        book.add_document(REPORT)
        assert len(book.documents()) == 1


def test_a_full_disk_is_told_and_loses_nothing(file: Path) -> None:
    limit = "400000"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(file), limit], capture_output=True, text=True, check=True
    )
    acknowledged = done.stdout.split()
    assert acknowledged
    assert done.stderr.count("\n") == 1
    assert f"database {file}: the disk " in done.stderr
    with ledger.open(str(file)) as book:
        assert {d.id for d in book.documents()} >= set(acknowledged)
        book.add_document("there is room again")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_full_database_is_told(file: Path) -> None:
    with ledger.open(str(file)) as book:
        raw = book.engine.raw_connection()
        pages = raw.cursor().execute("PRAGMA page_count").fetchone()[0]
        raw.close()

        def limit(connection: object, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count = {pages + 3}")  # type: ignore[attr-defined]

        from sqlalchemy import event

        event.listen(book.engine, "connect", limit)
        with pytest.raises(OutputError, match="the disk is full; nothing was written"):
            book.add_document("text " * 20_000)
        assert book.documents() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without rights here")
def test_a_file_that_cannot_be_written_is_told(file: Path) -> None:
    with ledger.open(str(file)) as book:
        book.add_document(REPORT)
    opened = [f for f in file.parents if f.stat().st_mode & 0o005 != 0o005]
    for folder in opened:
        folder.chmod(folder.stat().st_mode | 0o055)
    file.chmod(0o444)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setegid(65534)
            os.seteuid(65534)
            with ledger.open(str(file)) as book:
                try:
                    book.add_document("more")
                except OutputError as error:
                    status = 0 if "read-only" in str(error) else 2
        except CrossingsError as error:
            print(error, file=sys.stderr)
            status = 3
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_what_is_no_ledger_is_told(file: Path) -> None:
    file.write_text("this is a letter, and long enough to be taken for a page of a database" * 20)
    with pytest.raises(InputError, match="found another file, expected a ledger"):
        ledger.open(str(file))
    file.unlink()
    import sqlite3

    other = sqlite3.connect(file)
    other.execute("CREATE TABLE bookmarks (url)")
    other.close()
    with pytest.raises(InputError, match="found a database of something else"):
        ledger.open(str(file))
    with pytest.raises(InputError, match="found no ledger"):
        ledger.open(str(file), create=False)


def test_a_user_who_may_not_write_is_told(server: Server, template: str) -> None:
    url = server.new_database(template)
    name = url.rpartition("/")[2]
    server.execute(
        "DROP ROLE IF EXISTS guest",
        "CREATE ROLE guest LOGIN PASSWORD 'guest-secret'",
    )
    import psycopg

    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    guest = url.replace(url.partition("://")[2].partition("@")[0], "guest:guest-secret")
    with ledger.open(guest) as book:
        assert book.documents() == []
        with pytest.raises(OutputError, match="this user may not write here") as told:
            book.propose("s", [claim()])
        assert "guest" not in str(told.value)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("GRANT INSERT ON ALL TABLES IN SCHEMA public TO guest")
    with ledger.open(guest) as book:
        (entry,) = book.propose("s", [claim()]).ids
        book.review(entry, "accept", by="guest")
        with pytest.raises(OutputError, match="this user may not write here"):
            ledger.remove_name(book, "Government", by="guest", reason="why")
        assert len(book.claims("s")) == 1
    bare = server.new_database()
    with pytest.raises(OutputError, match="this user may not write here"):
        ledger.open(bare.replace(bare.partition("://")[2].partition("@")[0], "guest:guest-secret"))
    assert name
    server.drop_database(url)
    server.drop_database(bare)
    server.execute("DROP ROLE guest")


def test_a_server_that_goes_away_is_told_and_found_again(server: Server, template: str) -> None:
    url = server.new_database(template)
    with ledger.open(url) as book:
        book.add_document(REPORT)
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        assert len(book.documents()) == 1
    server.drop_database(url)
