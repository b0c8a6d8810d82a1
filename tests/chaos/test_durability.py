"""What was acknowledged is on the disk: a kill cannot show that, so it is looked at how the disk is spoken to."""

import asyncio
import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.database import open_database
from tests.chaos.ordeal import PATIENCE, ordeal

CALLS = "fdatasync,fsync,read,recvfrom,recvmsg,write,sendto,sendmsg"


async def test_a_commit_waits_for_the_disk(sqlite_store_url: str) -> None:
    database = open_database(sqlite_store_url)
    async with database.engine.connect() as connection:
        synchronous = await connection.scalar(text("PRAGMA synchronous"))
        mode = await connection.scalar(text("PRAGMA journal_mode"))
    await database.close()

    assert (synchronous, mode) == (2, "wal")


@pytest.mark.skipif(
    not shutil.which("strace"), reason="strace is not there: install it to see the disk being spoken to"
)
async def test_the_disk_has_it_before_slack_is_answered(sqlite_store_url: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    async with ordeal(sqlite_store_url, tmp_path, ack_within=10.0) as trial, asyncio.timeout(PATIENCE):
        mortal = trial.mortal()
        await mortal.start()
        await trial.see(lambda: trial.ground.sockets.connected == 2)
        tracer = await asyncio.create_subprocess_exec(
            *("strace", "-f", "-y", "-s", "4000", "-e", f"trace={CALLS}", "-o", str(trace), "-p", str(mortal.pid)),
            stderr=asyncio.subprocess.PIPE,
        )
        assert tracer.stderr
        assert b"attached" in await tracer.stderr.readline()
        outcome = await trial.ground.acting.command("ben", "general", "/incident declare critical API is down")
        assert outcome.ok
        await trial.end(mortal)
        await tracer.wait()

    assert synced_between(trace.read_text(errors="replace").splitlines())


def synced_between(calls: list[str]) -> bool:
    """Whether the log was synced after the command came in on a socket, and before the next word on that socket."""
    heard = next(index for index, call in enumerate(calls) if "declare critical" in call and "envelope_id" in call)
    line = re.search(r"\((\d+)<", calls[heard])
    assert line
    answered = re.compile(rf"(write|sendto|sendmsg)\({line[1]}<")
    after = next(index for index in range(heard + 1, len(calls)) if answered.search(calls[index]))
    return any("sync(" in call and "-wal" in call for call in calls[heard:after])
