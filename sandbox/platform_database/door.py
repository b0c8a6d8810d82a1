"""The door to the platform's PostgreSQL: whoever asks something finds the world as it is at that moment."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from sandbox.platform_database.refusal import Refusal, refuse

HOST = "127.0.0.1"
ENOUGH = 65_536


class Door:
    """Passes everything on between a client and the server behind it."""

    def __init__(
        self,
        server: Callable[[], Awaitable[int]],
        *,
        refusal: Callable[[], Refusal | None],
        before: Callable[[bytes], Awaitable[bool]],
        after: Callable[[], Awaitable[object]],
    ) -> None:
        """`server` tells the port behind, once there is one; `refusal` why nobody else is let in, if that is so; `before` a question it says whether that gets through;
        `after` is called before an answer is."""
        self._server = server
        self._refusal = refusal
        self._before = before
        self._after = after
        self._listener: asyncio.Server | None = None
        self.port = 0
        """Where it listens, once it is started."""
        self._open: set[asyncio.Task[None]] = set()
        self.guests = 0
        """How many were let in so far."""
        self._entered = asyncio.Event()

    async def start(self) -> None:
        self._listener = await asyncio.start_server(self._visit, HOST, 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hangs up on everybody."""
        if self._listener is None:
            return
        self._listener.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if self._listener is None or not self._listener.is_serving():
            # Whoever was at the door when it was closed was let in by nobody yet.
            writer.transport.abort()
            return
        self._open.add(task)
        try:
            await self._pass_on(reader, writer)
        except (ConnectionError, OSError, EOFError, asyncio.CancelledError):
            pass  # whoever hung up knows
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if refusal := self._refusal():
            await refuse(refusal, reader, writer)
            return
        behind_reader, behind = await asyncio.open_connection(HOST, await self._server())
        answers = asyncio.create_task(self._answer(behind_reader, writer))
        try:
            while question := await reader.read(ENOUGH):
                if not await self._before(question):
                    return
                behind.write(question)
                await behind.drain()
        finally:
            behind.close()
            answers.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await answers

    async def wait_for(self, guests: int) -> None:
        """Returns once so many were let in."""
        while self.guests < guests:
            self._entered.clear()
            await self._entered.wait()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        known = False
        try:
            while answer := await reader.read(ENOUGH):
                await self._after()
                writer.write(answer)
                await writer.drain()
                if not known:
                    known = True
                    self.guests += 1
                    self._entered.set()
        finally:
            writer.close()
