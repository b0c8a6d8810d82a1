"""A line typed at a terminal, in a process of its own that is forked where everything is imported already."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.__main__ import main
from tests.zygote import zygote


@dataclass(frozen=True, kw_only=True)
class Line:
    """What follows `opsbot`, in what environment, and where it is printed."""

    words: Sequence[str]
    environment: Mapping[str, str]
    out: Path
    err: Path


async def typed(line: Line, *, within: float) -> int:
    """Has it run; how it ended."""
    process = zygote().Process(target=_run, args=(line,), daemon=True)
    await asyncio.to_thread(process.start)
    await asyncio.to_thread(process.join, within)
    code = process.exitcode
    if code is None:
        process.kill()
        raise TimeoutError(f"opsbot {' '.join(line.words)} does not end")
    return code


def _run(line: Line) -> None:
    """The whole process: the program's own entry point, as the console script calls it."""
    os.environ.clear()
    os.environ.update(line.environment)
    for path, number in ((line.out, 1), (line.err, 2)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    sys.argv = ["opsbot", *line.words]
    main()
