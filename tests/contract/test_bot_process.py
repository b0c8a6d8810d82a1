"""The bot's process is started, killed and restarted from outside, and never outlives its supervisor's wish."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.bot_process import BotProcess

PRINTS_ITS_ENVIRONMENT = "import os; print(os.environ.get('COLOUR'), os.environ.get('HTTPS_PROXY'), flush=True)"
SLEEPS = "import time; print('ready', flush=True); time.sleep(600)"
IGNORES_BEING_ASKED = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").exists()


@pytest.fixture
async def sleeper() -> AsyncIterator[BotProcess]:
    process = BotProcess([sys.executable, "-c", SLEEPS], environment={})
    yield process
    await process.kill()


async def ended(process: BotProcess) -> None:
    """Returns once the child has ended by itself."""
    over = asyncio.Event()
    process.on_change(lambda: None if process.is_running else over.set())
    if process.is_running:
        async with asyncio.timeout(60):
            await over.wait()


async def test_a_bot_that_was_killed_is_started_again(sleeper: BotProcess) -> None:
    await sleeper.start()
    first = sleeper.pid
    assert first is not None
    assert sleeper.shown() == {"status": "running", "pid": first, "restarts": 0}

    await sleeper.kill()
    assert sleeper.shown() == {"status": "stopped", "pid": None, "restarts": 0}
    assert not is_alive(first)

    await sleeper.start()
    assert sleeper.shown()["restarts"] == 1
    assert sleeper.pid != first


async def test_a_restart_replaces_the_process(sleeper: BotProcess) -> None:
    await sleeper.start()
    first = sleeper.pid
    await sleeper.restart()

    assert sleeper.is_running
    assert sleeper.pid != first


async def test_starting_what_runs_changes_nothing(sleeper: BotProcess) -> None:
    await sleeper.start()
    first = sleeper.pid
    await sleeper.start()

    assert sleeper.pid == first


async def test_a_bot_that_ends_by_itself_is_noticed(tmp_path: Path) -> None:
    process = BotProcess([sys.executable, "-c", "raise SystemExit(3)"], environment={})
    await process.start()
    await ended(process)

    assert process.shown()["status"] == "stopped"


async def test_its_environment_is_laid_over_ours_without_proxies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    printed = tmp_path / "bot.log"
    command = [sys.executable, "-c", PRINTS_ITS_ENVIRONMENT]
    process = BotProcess(command, environment={"COLOUR": "green"}, output=printed)
    await process.start()
    await ended(process)

    assert printed.read_text() == "green None\n"


async def test_a_bot_that_does_not_stop_when_asked_is_killed(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDWR)
    command = [sys.executable, "-c", IGNORES_BEING_ASKED]
    process = BotProcess(command, environment={}, output=pipe, patience=0.2)
    await process.start()
    pid = process.pid
    assert pid is not None
    assert (await asyncio.to_thread(os.read, reading, 100)).startswith(b"ready")
    await process.stop()

    assert not is_alive(pid)
    os.close(reading)
