"""A real PostgreSQL server for tests and benchmarks: in a folder of its own, gone afterwards.

PostgreSQL refuses to run as root; there it runs as the user ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PASSWORD = "S3cret-of-the-ledger"
PORTS = 5
"""How many ports are tried."""


def binaries() -> Path | None:
    """The folder with ``initdb`` and ``postgres`` of the newest version, ``None`` without any."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: float(p.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


class Server:
    """A running server; ``url(name)`` is a database on it, made empty by :meth:`new_database`."""

    def __init__(self) -> None:
        home = binaries()
        assert home is not None, "no PostgreSQL binaries"
        self._home = home
        self._folder = Path(tempfile.mkdtemp(prefix="ledger-postgresql-", dir=_quick_folder()))
        self._owner = _owner()
        if self._owner:
            shutil.chown(self._folder, self._owner)
        self.data = self._folder / "data"
        password = self._folder / "password"
        password.write_text(PASSWORD)
        if self._owner:
            shutil.chown(password, self._owner)
        self._run(
            *("initdb", "-D", str(self.data), "-U", "keeper", "--pwfile", str(password)),
            *("--auth", "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-sync"),
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._start_on_a_free_port()

    def _start_on_a_free_port(self) -> None:
        """Somebody may take the port between its choice and the start."""
        for attempt in range(PORTS):
            self.port = _free_port()
            try:
                return self.start()
            except RuntimeError as error:
                if attempt + 1 == PORTS or "could not bind" not in str(error):
                    raise

    def start(self) -> None:
        """Start the server (again) and wait until it answers."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self._folder),
        }
        command = [str(self._home / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._as_owner(), *command],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,  # not stopped with the tests by a key
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                said = (self._folder / "log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL does not answer: {said[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """Let the server and all its processes die at once, as in a power cut."""
        assert self._process is not None
        # Its processes are sessions of their own; the first stops bearing others when it stops.
        os.kill(self._process.pid, signal.SIGSTOP)
        children = _children(self._process.pid)
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        # A new server refuses to start while one that is still dying holds the shared memory.
        while any(map(_alive, children)):
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)  # at once: nothing of it is needed
            self._process.wait(timeout=60)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str = "postgres", password: str = PASSWORD) -> str:
        """The address of a database."""
        return f"postgresql://keeper:{password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """The address of a new database, empty or like ``template``."""
        name = f"ledger_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database."""
        self.execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def execute(self, *statements: str) -> None:
        """Run statements outside any transaction."""
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def _as_owner(self) -> list[str]:
        return ["setpriv", *_identity(self._owner), "--"] if self._owner else []

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._as_owner(), str(self._home / program), *arguments],
            check=True,
            capture_output=True,
            cwd=self._folder,
        )

    def _answers(self) -> bool:
        import psycopg

        try:
            with psycopg.connect(self.url(), connect_timeout=2) as connection:
                folder = connection.execute("SHOW data_directory").fetchone()
                # Another server may have taken the port.
                return folder is not None and Path(folder[0]) == self.data.resolve()
        except psycopg.OperationalError:
            return False


def _quick_folder() -> str | None:
    """Memory where there is some to spare: hundreds of files a database take long on a disk."""
    memory = Path("/dev/shm")
    enough = memory.is_dir() and shutil.disk_usage(memory).free > 2_000_000_000
    return str(memory) if enough else None


def _owner() -> str:
    """Whom the server runs as where we are root; empty for ourselves."""
    if os.geteuid() != 0:
        return ""
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(child) for child in listed.split()]


def _alive(process: int) -> bool:
    """Whether a process runs; one that only waits for its parent to notice its death does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def _identity(owner: str) -> list[str]:
    user = pwd.getpwnam(owner)
    return [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
