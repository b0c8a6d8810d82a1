"""The operator's folder of reports: each version is a file of its own, readable by the bot's user alone."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from bot.domain.document import KeepReport
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]


class ReportFolder:
    """The executor of `KeepReport`; without a folder nothing is written, and that is how it was asked."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {KeepReport: self.keep}

    async def keep(self, effect: KeepReport, _attempt: Attempt) -> Receipt:
        """Writes the file whole or not at all. Facts: `path`, when there is a folder."""
        if self._folder is None:
            return Receipt()
        try:
            path = await asyncio.to_thread(_written, self._folder, effect.name, effect.content)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise GiveUp(
                f"{self._folder} cannot be written to: {reason}. Mend it, or set OPSBOT_REPORT_FOLDER."
            ) from error
        return Receipt(facts={"path": str(path)})


def _written(folder: Path, name: str, content: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path, beside = folder / name, folder / f".{name}.part"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return path
