"""Prometheus's own Alertmanager as a process on loopback, which sends its webhooks to the bot."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

NAMES = ("prometheus-alertmanager", "alertmanager")
LONGEST = 60.0
"""Seconds in which it must answer."""

CONFIG = """
route:
  receiver: opsbot
  group_by: [alertname, service]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: opsbot
    webhook_configs:
      - url: {address}/webhooks/alertmanager
        send_resolved: true
        http_config:
          authorization:
            credentials: {token}
"""


def alertmanager_path() -> str | None:
    """The program to start: of ALERTMANAGER, else of the system."""
    return os.environ.get("ALERTMANAGER") or next(filter(None, map(shutil.which, NAMES)), None)


@dataclass(frozen=True, kw_only=True)
class RealAlertmanager:
    """One that runs; Prometheus would tell it of alerts as this does."""

    client: httpx.AsyncClient

    async def tell(self, labels: dict[str, str], summary: str, *, over: bool = False) -> None:
        """An alert fires, or has stopped."""
        ended = {"endsAt": datetime.now(UTC).isoformat()} if over else {}
        alert = {"labels": labels, "annotations": {"summary": summary}, **ended}
        (await self.client.post("/api/v2/alerts", json=[alert])).raise_for_status()


@asynccontextmanager
async def real_alertmanager(program: str, folder: Path, *, address: str, token: str) -> AsyncIterator[RealAlertmanager]:
    """A running Alertmanager whose only receiver is the bot at `address`."""
    config = folder / "alertmanager.yml"
    config.write_text(CONFIG.format(address=address, token=token))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        program,
        f"--config.file={config}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            await _answers(client)
            yield RealAlertmanager(client=client)
    finally:
        process.terminate()
        await process.wait()


async def _answers(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(LONGEST):
        while True:
            try:
                (await client.get("/-/ready")).raise_for_status()
            except httpx.HTTPError:
                await asyncio.sleep(0.02)
            else:
                return
