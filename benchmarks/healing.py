"""How soon a bad deploy is healed: from its alert, which declares an incident by itself, by somebody who presses at once."""

import asyncio
import contextlib
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from benchmarks.figure import Figure, median, seconds
from benchmarks.ground import EXAMPLE, PATIENCE, SOCKETS
from bot.organisation_file import load_organisation
from handlers import COMMANDS
from handlers.manifest import manifest
from sandbox.clock import SandboxClock
from sandbox.payload import JsonObject
from sandbox.server import Sandbox
from sandbox.world.cloud_service import SHIFTS_IN

SERVICE = "control-plane"
GOOD = "control-plane-00041"
AGO = timedelta(minutes=9)
"""So long ago the bad deploy was; an alert takes its time to be sure."""
MOST_PRESSES = 2
BEYOND = 5.0
"""Seconds that everything may take but Cloud Run's own and a person's."""
GLANCE = 0.005
Seen = TypeVar("Seen")


@dataclass(frozen=True, kw_only=True)
class Healed:
    """One bad deploy: seconds from the alert until the cure was suggested, from the last press and from the alert until
    it had worked, and how often somebody pressed in between."""

    suggested: float
    carried_out: float
    took: float
    presses: int


async def healing(*, repeat: int) -> list[Figure]:
    """Both figures, each time on a platform of its own."""
    cases = [await _case() for _ in range(repeat)]
    took = [case.took - SHIFTS_IN for case in cases]
    carried_out = [case.carried_out - SHIFTS_IN for case in cases]
    presses = max(case.presses for case in cases)
    return [
        Figure(
            what="bad deploy: alert → healed, beyond Cloud Run's own",
            ours=f"{seconds(median(took))} (worst {seconds(max(took))})",
            bound=f"Cloud Run shifts traffic: {seconds(SHIFTS_IN)}",
            target=f"≤ {seconds(BEYOND)}",
            met=median(took) <= BEYOND,
            is_main=True,
        ),
        Figure(
            what="the same: alert → what helps is suggested in the war room",
            ours=seconds(median([case.suggested for case in cases])),
            met=True,
        ),
        Figure(
            what="the same: last press → healed, beyond Cloud Run's own",
            ours=seconds(median(carried_out)),
            met=True,
        ),
        Figure(
            what="the same: presses after the suggestion",
            ours=str(presses),
            target=f"≤ {MOST_PRESSES}",
            met=presses <= MOST_PRESSES,
            is_main=True,
        ),
    ]


class Responder:
    """Ana, who presses at once."""

    def __init__(self, ground: Sandbox) -> None:
        self._ground = ground
        self.presses = 0

    async def press(self, action: str, value: str = "", *, where: Callable[[], str | None]) -> float:
        """Presses a button as soon as it is there; when that was."""
        message, block, element = await until(lambda: self._control(action, value, where()))
        shown = time.monotonic()
        outcome = await self._ground.acting.press(
            "ana",
            channel=message["channel"],
            ts=message["ts"],
            block_id=block["block_id"],
            action_id=element["action_id"],
        )
        assert outcome.ok, outcome.error
        self.presses += 1
        return shown

    def room(self) -> str | None:
        """The war room, once it is open."""
        return next((each.id for each in self._ground.workspace.channels if each.name.startswith("inc-1-")), None)

    def _control(
        self, action: str, value: str, channel: str | None
    ) -> tuple[JsonObject, JsonObject, JsonObject] | None:
        messages = self._ground.workspace.timeline(channel).messages if channel else {}
        for ts in sorted(messages, reverse=True):
            shown = messages[ts].shown(team=self._ground.workspace.team, app=self._ground.app.id)
            for block in shown.get("blocks") or []:
                for element in [*block.get("elements", []), block.get("accessory") or {}]:
                    if str(element.get("action_id", "")).startswith(action) and value in str(element.get("value", "")):
                        return {**shown, "channel": channel}, block, element
        return None


async def until(look: Callable[[], Seen | None]) -> Seen:
    """What there is to see, as soon as there is something."""
    async with asyncio.timeout(PATIENCE):
        while not (found := look()):  # noqa: ASYNC110  (nobody tells what somebody sees)
            await asyncio.sleep(GLANCE)
    return found


async def _case() -> Healed:
    async with _platform() as ground:
        responder = Responder(ground)
        began = time.monotonic()
        ground.alertmanager.fire({"alertname": "ErrorRatio", "service": SERVICE, "severity": "critical"})
        suggested = await responder.press("ask-change", f"rollback/{SERVICE}", where=responder.room)
        await responder.press("change-agree", where=responder.room)
        pressed = time.monotonic()
        await until(lambda: _serving(ground) == {GOOD: 100})
        healed = time.monotonic()
        return Healed(
            suggested=suggested - began,
            carried_out=healed - pressed,
            took=healed - began,
            presses=responder.presses,
        )


def _serving(ground: Sandbox) -> Mapping[str, int]:
    shares = ground.platform.service(SERVICE).serving(ground.clock.now().timestamp())
    return {share.revision.name: share.percent for share in shares if share.percent}


@contextlib.asynccontextmanager
async def _platform() -> AsyncIterator[Sandbox]:
    """A platform on which something bad was deployed, and the bot beside it, awake for long enough to be warm."""
    folder, address = Path(tempfile.mkdtemp(prefix="opsbot-bench-")), _free_address()
    clock = SandboxClock(start=datetime.now(UTC) - AGO)
    ground = Sandbox(manifest=manifest(COMMANDS), clock=clock, cloud=True)
    await ground.start()
    ground.platform.break_("bad-deploy")
    clock.reset()
    ground.webhooks.send_to(f"http://{address}")
    bot = ground.supervise(
        [sys.executable, "-m", "bot", "serve"],
        environment={
            "OPSBOT_CONFIG": str(_organisation(ground, folder)),
            "OPSBOT_DATABASE_URL": f"sqlite:///{folder / 'opsbot.db'}",
            "OPSBOT_LISTEN": address,
        },
        output=folder / "bot.log",
    )
    try:
        await bot.start()
        async with asyncio.timeout(PATIENCE):
            await ground.sockets.reach(SOCKETS)
            await ground.data.database.visited(guests=2)
        yield ground
    finally:
        await ground.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _organisation(ground: Sandbox, folder: Path) -> Path:
    """The example's file, whose services are asked how they are where they answer here; nothing starts by the clock."""
    written = EXAMPLE.read_text(encoding="utf-8").replace("\nschedules:\n  all: on", "\nschedules:\n  all: off")
    known = load_organisation(EXAMPLE)
    for name in ground.platform.services:
        if (service := known.service(name)) and service.health_url:
            written = written.replace(service.health_url, ground.neighbours.health_url(name))
    file = folder / "opsbot.yaml"
    file.write_text(written, encoding="utf-8")
    return file


def _free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
    return f"{host}:{port}"
