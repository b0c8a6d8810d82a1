"""What runs in a child process: the production bot, by the practice ground's clock, until it is told to stop or dies."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from multiprocessing import parent_process
from pathlib import Path

from bot.app import running
from bot.organisation import Organisation
from bot.organisation_file import load_organisation
from bot.settings import Settings, load_settings
from bot.store.points import Points, no_points
from sandbox.clock import FollowedClock


@dataclass(frozen=True, kw_only=True)
class Death:
    """Being killed at the `hit`-th passing of a crash point; with `since`, counted once that file is there."""

    point: str
    hit: int = 1
    since: Path | None = None


Led = Callable[[Settings, Organisation, FollowedClock, Points, asyncio.Event], Awaitable[None]]
"""A life: it ends when the event is set."""


async def ordinary(
    settings: Settings, organisation: Organisation, clock: FollowedClock, points: Points, told: asyncio.Event
) -> None:
    """The life of the production bot."""
    async with running(settings, organisation, clock, points=points):
        await told.wait()


@dataclass(frozen=True, kw_only=True)
class Life:
    """A life to be led in a child process: in what environment, at which practice ground, and how it ends."""

    environment: Mapping[str, str]
    ground: str
    output: Path
    death: Death | None = None
    led: Led = ordinary


def live(life: Life) -> None:
    """Leads a life; this is the whole child process."""
    with life.output.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    asyncio.run(_live(life))


async def _live(life: Life) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    parent = parent_process()
    if parent:
        # Whoever started it may be killed too; then it must not stay behind.
        loop.add_reader(parent.sentinel, os._exit, 1)
    settings = load_settings(life.environment)
    clock = FollowedClock(life.ground)
    await clock.start()
    await life.led(settings, load_organisation(settings.config), clock, _fate(life.death, told), told)
    await clock.stop()


def _fate(death: Death | None, told: asyncio.Event) -> Points:
    """Kills this process at its point, so that nothing at all runs after it; unless it was asked to stop before."""
    if death is None:
        return no_points
    passed = 0

    def pass_by(point: str) -> None:
        nonlocal passed
        passed += point == death.point and (death.since is None or death.since.exists())
        if passed == death.hit and not told.is_set():
            os.kill(os.getpid(), signal.SIGKILL)

    return pass_by
