"""Of all processes on one database one leads; when it dies or freezes another takes over, and it does no harm."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.store.database import open_database
from bot.store.leadership import DatabaseInUse, Deadman, FileLock, kill_after, leadership_of
from tests.chaos.outbox_process import declare, process, room_of
from tests.forked import Forked
from tests.outside_file import OutsideFile
from tests.relaying import bench, never

LEASE = 1.5
TAKEOVER = 10.0


@pytest.fixture
def children() -> Iterator[list[Forked]]:
    """Processes that do not outlive the test."""
    started: list[Forked] = []
    yield started
    for child in started:
        child.kill()


async def until(fact: Callable[[], object], *, within: float = TAKEOVER) -> float:
    """How many seconds it took until something was so."""
    since = time.monotonic()
    while not fact():
        assert time.monotonic() - since < within, "it took too long"
        await asyncio.sleep(0.01)
    return time.monotonic() - since


def replica(url: str, folder: Path, *, deadman: Deadman = kill_after, hold: float = 0) -> Forked:
    """A process that relays for ever; before it applies anything it waits for `hold` seconds of its own time."""

    async def wait() -> None:
        await asyncio.sleep(hold)

    async def main() -> None:
        _, relay = process(url, folder / "outside", lease_seconds=LEASE, deadman=deadman, hold=wait)
        await relay.run()

    return Forked(main, folder / "log")


async def test_a_second_process_on_one_sqlite_file_is_told_who_has_it(
    sqlite_store_url: str, tmp_path: Path, children: list[Forked]
) -> None:
    async with bench(sqlite_store_url) as it:
        children.append(replica(sqlite_store_url, tmp_path))
        lock = Path(sqlite_store_url.removeprefix("sqlite:///") + ".lock")
        await until(lambda: lock.exists() and lock.read_text().strip() == str(children[0].pid))

        with pytest.raises(DatabaseInUse, match=f"in use by process {children[0].pid}"):
            await it.relay.run()
        assert not await it.relay.run_dry()

        children[0].kill()
        assert await it.relay.run_dry()


async def test_what_the_command_line_puts_beside_a_running_process_is_carried_out_by_that(
    store_url: str, tmp_path: Path, children: list[Forked]
) -> None:
    outside = OutsideFile(tmp_path / "outside")
    children.append(replica(store_url, tmp_path))
    async with bench(store_url) as it:
        await declare(it.store, 1)
        await until(lambda: len(outside.lines()) == len(room_of(1)) + 1 + 1)

    assert {pid for _, pid, _ in outside.lines()} == {str(children[0].pid)}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_three_replicas_do_everything_once_while_their_leader_is_lost(
    postgres_store_url: str, tmp_path: Path, children: list[Forked], how: signal.Signals
) -> None:
    outside = OutsideFile(tmp_path / "outside")
    children.extend(replica(postgres_store_url, tmp_path, hold=0.05) for _ in range(3))
    alive = list(children)
    async with bench(postgres_store_url) as it:
        for incident in (1, 2, 3):
            before = len(outside.lines("begun"))
            await declare(it.store, incident)
            await until(lambda before=before: len(outside.lines("begun")) > before + 3)
            if incident < 3:
                leader = int(outside.lines("begun")[-1][1])
                os.kill(leader, how)
                alive = [child for child in alive if child.pid != leader]
                lost = len(outside.lines("begun"))
                await until(lambda lost=lost: len(outside.lines("begun")) > lost)
        wanted = [key for incident in (1, 2, 3) for key, _ in room_of(incident)]
        await until(lambda: len(outside.lines()) == len(wanted) + 3 + 1, within=20)

    if how is signal.SIGSTOP:
        for child in children:
            child.signal(signal.SIGCONT)
        lost_ones = [child for child in children if child not in alive]
        assert [child.wait() for child in lost_ones] == [-signal.SIGALRM, -signal.SIGALRM]
    keys = [key for key, *_ in outside.lines()]
    assert len(keys) == len(set(keys)) == len(wanted) + 3 + 1
    assert set(wanted) <= set(keys)


@pytest.mark.parametrize(("deadman", "times"), [(kill_after, 1), (never, 2)], ids=["with deadman", "without"])
async def test_only_the_deadman_keeps_a_thawed_leader_from_sending_late(
    postgres_store_url: str, tmp_path: Path, children: list[Forked], deadman: Deadman, times: int
) -> None:
    outside = OutsideFile(tmp_path / "outside")
    children.append(replica(postgres_store_url, tmp_path, deadman=deadman, hold=0.5))
    async with bench(postgres_store_url) as it:
        async with it.store.begin() as unit:
            key, page = room_of(1)[0]
            await unit.outbox.put(page, key=key)
        await until(lambda: outside.lines("begun"))
        children[0].signal(signal.SIGSTOP)
        children.append(replica(postgres_store_url, tmp_path))
        await until(outside.lines)
        children[0].signal(signal.SIGCONT)
        if deadman is kill_after:
            assert children[0].wait() == -signal.SIGALRM
        else:
            await until(lambda: len(outside.lines()) == times)

    assert [key for key, *_ in outside.lines()] == [room_of(1)[0][0]] * times


async def test_a_leader_that_ends_in_good_order_is_followed_at_once(postgres_store_url: str) -> None:
    database = open_database(postgres_store_url)
    one, other = (leadership_of(database, lease_seconds=10, deadman=never) for _ in range(2))
    first = await one.acquire()
    assert await other.acquire(wait=False) is None
    await one.release()
    assert not one.held

    assert await other.acquire(wait=False) == (first or 0) + 1
    assert other.held
    await other.release()
    await database.close()


async def test_a_leader_whose_lease_was_taken_lets_go(postgres_store_url: str) -> None:
    database = open_database(postgres_store_url)
    calls: list[float] = []
    leadership = leadership_of(database, lease_seconds=0.5, deadman=calls.append)
    await leadership.acquire()
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE lease SET epoch = epoch + 1")
    async with asyncio.timeout(2):
        await leadership.lost()

    assert not leadership.held
    assert all(0 < seconds <= 0.45 for seconds in calls)
    await leadership.release()
    assert calls[-1] == 0
    await database.close()


async def test_a_lock_file_that_was_left_behind_locks_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "opsbot.db.lock").write_text("99999\n")
    lock = FileLock(tmp_path / "opsbot.db")
    assert await lock.acquire() == 0
    assert lock.held
    assert (tmp_path / "opsbot.db.lock").read_text() == f"{os.getpid()}\n"
    await lock.release()
    await lock.release()
    assert not lock.held
