"""The database under a ledger: where it is, how it is opened, and its errors in plain words.

SQLite is embedded: one file in WAL mode, synchronised to the disk at every commit, with deleted
content overwritten. PostgreSQL is used where a team shares a ledger. Writers go one after the
other on both, so the order of rows is the order of commits.

No message contains a password: addresses are shown without user info and query, and driver
messages are searched for it.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from crossings.errors import BusyError, InputError, OutputError

VERSION_TABLE = "ledger_version"
HEAD = "0001"
"""The newest step of the migrations; the test of migrations holds it to the files."""

VARIABLE = "CROSSINGS_DATABASE"
"""The environment variable that names the database where a command does not."""

PATIENCE_SECONDS = 10
"""How long a writer waits for another one."""

_WRITER_LOCK = 0x63726F7373  # "cross": the advisory lock that writers on PostgreSQL take

_MIGRATIONS = Path(__file__).with_name("migrations")


def default_url() -> str:
    """``CROSSINGS_DATABASE``, else a SQLite file in the user's data directory."""
    if given := os.environ.get(VARIABLE):
        return given
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return f"sqlite:///{Path(base) / 'crossings' / 'ledger.sqlite'}"


def address(url: str) -> URL:
    """The database that ``url`` names: ``sqlite:///FILE``, ``FILE`` or ``postgresql://...``.

    Raises:
        InputError: it names none that a ledger can use. The message never repeats the address,
            which may hold a password.
    """
    expected = "expected sqlite:///FILE, a file name or postgresql://USER@HOST/NAME"
    if "://" not in url:
        if not url.strip() or ":memory:" in url:
            raise InputError(f"database: found no file name, {expected}")
        return URL.create("sqlite", database=url)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InputError(f"database: found an address that cannot be read, {expected}") from None
    name = parsed.get_backend_name()
    if name in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if name != "sqlite":
        raise InputError(f"database: found an address of {name!r}, {expected}")
    if not parsed.database or ":memory:" in parsed.database:
        raise InputError(f"database: found no file name, {expected}")
    return URL.create("sqlite", database=parsed.database)


def shown(url: URL) -> str:
    """``url`` as it may be shown: no user info, no query."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{url.host or ''}{port}/{url.database or ''}"


def connect(url: URL, create: bool = True) -> Engine:
    """An engine on a database whose tables are up to date.

    Args:
        url: from :func:`address`.
        create: whether to start a ledger where there is none.

    Raises:
        InputError: the database cannot be reached or read, or is no ledger of this version.
        OutputError: a new ledger cannot be written.
    """
    is_file = url.get_backend_name() == "sqlite"
    engine = _sqlite(url, create) if is_file else _postgresql(url)
    try:
        with plain_errors(url):
            _bring_up_to_date(engine, url, create)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _sqlite(url: URL, create: bool) -> Engine:
    path = Path(str(url.database))
    try:
        if not path.exists():
            if not create:
                raise InputError(f"database {path}: found no such file, expected a ledger")
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        elif path.is_dir():
            raise InputError(f"database {path}: found a folder, expected a file")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"database {path}: {reason}") from error
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        creator=lambda: sqlite3.connect(
            _file_uri(path), uri=True, timeout=PATIENCE_SECONDS, isolation_level=None
        ),
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _file_uri(path: Path) -> str:
    """The file as SQLite opens it: for reading only where it cannot be written.

    A log beside a file that cannot be written is read too; without one the file does not change.
    """
    uri = f"file:{quote(str(path.absolute()))}"
    effective = os.access in os.supports_effective_ids
    if not path.exists() or all(
        os.access(part, os.W_OK, effective_ids=effective) for part in (path, path.parent)
    ):
        return uri
    log = path.with_name(f"{path.name}-wal")
    return f"{uri}?mode=ro" if log.exists() else f"{uri}?mode=ro&immutable=1"


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    """Durable, strict, and forgetful where something is removed for good."""
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        _keep_a_log(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA trusted_schema = OFF")


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Go over to WAL mode, waiting for others who start the same ledger.

    SQLite does not wait here: two that change over at once each hold what the other needs, so it
    tells one of them at once, whatever the timeout of the connection.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "readonly" in str(error):
                return
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(random.uniform(0.005, 0.02))


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: one that starts as a reader may find the ledger changed.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            connect_args={
                "connect_timeout": PATIENCE_SECONDS,
                "options": f"-c lock_timeout={PATIENCE_SECONDS}s -c synchronous_commit=on "
                "-c timezone=UTC",
            },
        )
    except (NoSuchModuleError, ModuleNotFoundError):
        raise InputError(
            "database: PostgreSQL is reached through psycopg: pip install 'crossings[postgres]'"
        ) from None
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writing", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")


def writer(engine: Engine) -> Engine:
    """``engine`` for transactions that write: one after the other, each seeing the one before."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(writing=True)
    # A repeatable read would see the tables as they were before its turn came.
    return engine.execution_options(writing=True, isolation_level="READ COMMITTED")


def _bring_up_to_date(engine: Engine, url: URL, create: bool) -> None:
    with engine.connect() as connection:
        version = _version(connection)
        tables = [] if version else inspect(connection).get_table_names()
    if version == HEAD:
        return
    if version is None:
        if not create:
            raise InputError(f"database {shown(url)}: found no ledger, expected one")
        if tables and url.get_backend_name() == "sqlite":
            raise InputError(
                f"database {shown(url)}: found a database of something else, expected a ledger or "
                "a new file"
            )
    elif not any((_MIGRATIONS / "versions").glob(f"v{version}_*.py")):
        raise InputError(
            f"database {shown(url)}: found version {version!r} of the ledger, expected {HEAD} or "
            "older: it was written by another version of crossings"
        )
    _migrate(engine)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    row = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).first()
    return None if row is None else str(row[0])


def _migrate(engine: Engine) -> None:
    """Take every step that is missing, in one transaction; another process may be first."""
    from alembic import command  # noqa: PLC0415 - slow to import and hardly ever needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with writer(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def plain_errors(url: URL) -> Iterator[None]:
    """Turn what the database driver says into one line without secrets.

    Raises:
        InputError: the database cannot be reached or read.
        OutputError: it cannot be written.
        BusyError: another program has been writing for too long.
    """
    try:
        yield
    except DBAPIError as error:
        raise _plain(str(error.orig), getattr(error.orig, "sqlstate", None), url) from None
    except SQLAlchemyError as error:
        raise _plain(str(error), None, url) from None


_IN_USE = f"another program has been writing for {PATIENCE_SECONDS} s; nothing was written"
_FULL = "the disk is full; nothing was written"
_READ_ONLY = "it cannot be written (read-only)"

_WRITE_FAILURES = {
    # What the driver says, or the SQLSTATE: what it means.
    "database is locked": _IN_USE,
    "55P03": _IN_USE,
    "database or disk is full": _FULL,
    "disk i/o error": "the disk cannot be written or read (full, or over a limit)",
    "53100": _FULL,
    "readonly database": _READ_ONLY,
    "25006": _READ_ONLY,
    "42501": "this user may not write here",
    "append-only": "rows of a ledger are neither changed nor deleted",
}
_READ_FAILURES = {
    "password authentication failed": "the user or the password is wrong",
    "no password supplied": "a password is needed",
    "28P01": "the user or the password is wrong",
    "unable to open database file": "the file cannot be opened",
    "file is not a database": "found another file, expected a ledger",
    "malformed": "the file is damaged; go back to a copy",
    "3D000": "there is no such database",
    "does not exist": "there is no such database or user",
    "could not translate host name": "there is no such host",
    "failed to resolve host": "there is no such host",
    "connection refused": "no server answers there",
    "no such file or directory": "no server answers there",
    "timeout": "no server answers there",
}


def _plain(said: str, state: str | None, url: URL) -> InputError | OutputError:
    """The error in words; what the driver said, without secrets, where it is a new one."""
    found = f"{state or ''} {said}".casefold()
    for failures, kind in ((_WRITE_FAILURES, OutputError), (_READ_FAILURES, InputError)):
        for sign, meaning in failures.items():
            if sign.casefold() in found:
                exact = BusyError if meaning is _IN_USE else kind
                return exact(f"database {shown(url)}: {meaning}")
    line = " ".join(said.split())[:300]
    for secret in (url.password, *url.query.values()):
        if isinstance(secret, str) and secret:
            line = line.replace(secret, "***")
    return InputError(f"database {shown(url)}: {line}")
