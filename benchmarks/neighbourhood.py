"""A practice ground with its platform in a process of its own, whose every answer takes its time."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator

from sandbox.faults import Fault
from sandbox.server import Sandbox
from sandbox.slack.app import PLAIN_MANIFEST

SOURCES = ("cloud_sql", "github", "google", "pagerduty", "platform_database", "prometheus", "service", "zendesk")
MINUTES = 8
"""So long ago something was broken."""


@contextlib.asynccontextmanager
async def neighbourhood(milliseconds: float) -> AsyncIterator[dict[str, str]]:
    """The settings to look at it with."""
    command = [sys.executable, "-m", "benchmarks.neighbourhood", str(milliseconds)]
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert child.stdin
    assert child.stdout
    try:
        yield json.loads(await child.stdout.readline())
    finally:
        child.stdin.close()
        await child.wait()


async def _run(milliseconds: float) -> None:
    """Stands until nobody wants to look any more."""
    sandbox = Sandbox(manifest=PLAIN_MANIFEST, cloud=True)
    await sandbox.start()
    sandbox.platform.break_("bad-deploy")
    sandbox.clock.advance(MINUTES * 60)
    for source in SOURCES:
        sandbox.faults.add(Fault(name=source, kind="latency", target=source, latency_ms=milliseconds))
    sys.stdout.write(json.dumps({**sandbox.environment(), "now": sandbox.clock.now().isoformat()}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await sandbox.stop()


if __name__ == "__main__":
    asyncio.run(_run(float(sys.argv[1])))
