"""`opsbot audit`: whoever looks back gets every entry, and hears when one was changed or removed."""

import asyncio
import csv
import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from bot.domain.audit import Record
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from tests.clock import ManualClock

pytestmark = pytest.mark.usefixtures("log_as_it_was")


def opsbot(url: str, *words: str) -> Result:
    return CliRunner().invoke(cli, ["audit", *words], env={"OPSBOT_DATABASE_URL": url, "SLACK_BOT_TOKEN": ""})


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def audited(sqlite_store_url: str) -> str:
    """A database with three entries."""

    async def write() -> None:
        store = Store(open_database(sqlite_store_url), ManualClock())
        async with store.begin() as unit:
            for deed in ("asked for", "agreed", "=begun"):
                await unit.audit.append(Record(deed=deed, by="U0ANA", about="CHG-1", detail={"why": "a “word”"}))
        await store.close()

    asyncio.run(write())
    return sqlite_store_url


def test_a_whole_audit_is_called_whole(audited: str, tmp_path: Path) -> None:
    said = opsbot(audited, "verify")
    assert said.exit_code == 0
    assert "All 3 entries are as they were written. The last is 3, " in said.stdout


def test_an_empty_one_is_whole_too(sqlite_store_url: str) -> None:
    assert (opsbot(sqlite_store_url, "verify").exit_code) == 0


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit SET by = 'U0BEN' WHERE number = 2", 2),
        ("UPDATE audit SET detail = '{}' WHERE number = 3", 3),
        ("UPDATE audit SET at = '2026-03-02 08:00:00.000000' WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 1", 1),
    ],
)
def test_whoever_goes_past_the_triggers_is_found_out(audited: str, tampering: str, broken: int) -> None:
    with sqlite3.connect(file_of(audited)) as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("DROP TRIGGER audit_no_delete")
        database.execute(tampering)

    said = opsbot(audited, "verify")
    assert said.exit_code == 1
    assert f"Entry {broken} of the audit is not as it was written" in said.output


def test_everything_is_exported_as_json_or_as_a_table(audited: str) -> None:
    lines = [json.loads(line) for line in opsbot(audited, "export").stdout.splitlines()]
    assert [each["deed"] for each in lines] == ["asked for", "agreed", "=begun"]
    assert lines[0]["detail"] == {"why": "a “word”"}
    assert lines[1]["previous"] == lines[0]["hash"]

    rows = list(csv.DictReader(opsbot(audited, "export", "--format", "csv").stdout.splitlines()))
    assert [each["deed"] for each in rows] == ["asked for", "agreed", "'=begun"]


def test_only_what_was_later_is_exported_when_asked(audited: str) -> None:
    assert opsbot(audited, "export", "--since", "2026-03-03").stdout == ""
    assert opsbot(audited, "export", "--format", "xml").exit_code == 1
