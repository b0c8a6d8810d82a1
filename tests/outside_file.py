"""An outside world that outlives the processes that change it: a file, one line for everything that happened."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.domain.effect import Attempt, Effect, Receipt
from tests.wire import ALL, receipt_of


class OutsideFile:
    """Applies effects by writing lines; finds what it applied before by their keys."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._path.touch()

    def lines(self, word: str = "applied") -> list[list[str]]:
        """What was written under a word, in order: key, process, lane."""
        lines = [line.split("\t") for line in self._path.read_text().splitlines()]
        return [line[1:] for line in lines if line[0] == word]

    def write(self, word: str, key: str, lane: str = "") -> None:
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        os.write(file, f"{word}\t{key}\t{os.getpid()}\t{lane}\n".encode())
        os.close(file)

    def executors(
        self, hold: Callable[[], Awaitable[None]] | None = None
    ) -> dict[type[Effect], Callable[[Effect, Attempt], Awaitable[Receipt]]]:
        """Executors that do what they are told. `hold` is waited for just before something is applied."""

        async def carry_out(effect: Effect, attempt: Attempt) -> Receipt:
            if attempt.look and any(key == attempt.key for key, *_ in self.lines()):
                return receipt_of(effect)
            self.write("begun", attempt.key, effect.lane)
            if hold:
                await hold()
            self.write("applied", attempt.key, effect.lane)
            await asyncio.sleep(0)
            return receipt_of(effect)

        return dict.fromkeys(ALL, carry_out)
