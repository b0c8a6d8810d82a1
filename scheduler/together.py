"""Running things beside each other and ending them together."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import TypeVar

One = TypeVar("One")
Other = TypeVar("Other")


async def first_of(one: Coroutine[None, None, One], other: Coroutine[None, None, Other]) -> One | Other:
    """The result, or the error, of whichever ends first; the other is cancelled, and has ended when this returns."""
    tasks = asyncio.create_task(one), asyncio.create_task(other)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        first = next(task for task in tasks if task.done())
        return first.result()
    finally:
        for task in tasks:
            await cancelled(task)


async def cancelled(task: "asyncio.Task[One]") -> None:
    """Returns when a task that was asked to end has ended; its error, if it had one, is raised."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
