"""What every test may ask for: a PostgreSQL, databases in it, the platform's neighbours, and a browser."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

from bot.garbage import leave_alone_what_stays
from sandbox.postgres_server import PostgresServer
from tests.chromium import chromium_path
from tests.databases import KINDS, Templates
from tests.neighbours_server import NeighboursServer, neighbours_server

os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
"""A test's process is forked to be killed; gRPC would start its threads anew in there, and they crash."""


hypothesis.settings.register_profile("opsbot", deadline=None)
hypothesis.settings.load_profile("opsbot")
"""How long an example takes says how busy the machine is; figures come from benchmarks."""


def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are cores: a good part of a journey is waiting, for sockets, threads and databases."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_finish() -> None:
    """As in the bot once it runs: what is there by now stays until the end."""
    leave_alone_what_stays()


@pytest.fixture(scope="session", autouse=True)
def _plain_log() -> None:
    """Traces without the values of every variable: drawing those takes seconds."""
    look = structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(processors=[structlog.stdlib.add_log_level, structlog.processors.format_exc_info, look])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL for this run (with pytest-xdist: for this worker)."""
    server = PostgresServer()
    yield server
    server.discard()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of an empty database of this test's own."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def database_templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Migrated databases to copy."""
    return Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def sqlite_store_url(database_templates: Templates, tmp_path: Path) -> str:
    """The address of a migrated SQLite database of this test's own."""
    return database_templates.sqlite(tmp_path)


@pytest.fixture
def postgres_store_url(database_templates: Templates, postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a migrated PostgreSQL database of this test's own."""
    url = database_templates.postgres(postgres_server)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(params=KINDS)
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database of this test's own; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{'sqlite' if request.param == 'sqlite' else 'postgres'}_store_url")
    return url


@pytest.fixture
async def server() -> AsyncIterator[NeighboursServer]:
    """GitHub, Zendesk and whoever else the platform's neighbours are; files about another server have one of their own."""
    async with neighbours_server() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, but never where CI is set."""
    found = chromium_path()
    advice = "no Chromium was found: install it (apt-get install chromium), or set CHROMIUM to one"
    if not found and os.environ.get("CI"):
        pytest.fail(advice)
    return found or pytest.skip(advice)
