"""Runs the practice ground alone, with an app that may do everything: `python -m sandbox [PORT] [FOLDER]`."""

import asyncio
import signal
import sys
from pathlib import Path

from sandbox.server import Sandbox
from sandbox.slack.app import PLAIN_MANIFEST

PORT = 4600


async def run(port: int, folder: Path | None) -> None:
    """Runs until interrupted."""
    sandbox = Sandbox(manifest=PLAIN_MANIFEST, port=port, folder=folder)
    await sandbox.start()
    sys.stdout.write(f"The practice ground is at {sandbox.url}\n")
    for name, value in sandbox.environment().items():
        sys.stdout.write(f"  {name}={value}\n")
    sys.stdout.flush()
    interrupted = asyncio.Event()
    for interrupt in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(interrupt, interrupted.set)
    await interrupted.wait()
    await sandbox.stop()


def main(arguments: list[str]) -> None:
    port = int(arguments[0]) if arguments else PORT
    asyncio.run(run(port, Path(arguments[1]) if len(arguments) > 1 else None))


if __name__ == "__main__":
    main(sys.argv[1:])
