"""What every test may ask for: a PostgreSQL, databases in it, and a browser."""

import os
from collections.abc import Iterator

import pytest

from tests.chromium import chromium_path
from tests.postgres import PostgresServer


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
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, but never where CI is set."""
    found = chromium_path()
    advice = "no Chromium was found: install it (apt-get install chromium), or set CHROMIUM to one"
    if not found and os.environ.get("CI"):
        pytest.fail(advice)
    return found or pytest.skip(advice)
