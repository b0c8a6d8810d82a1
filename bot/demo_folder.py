"""The folder a demo keeps what happened in: one demo's at a time."""

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.app import CannotStart

LOCK = "in-use"
"""The file that is locked; it stays, because two demos could each lock one that comes and goes."""


@contextlib.contextmanager
def kept_alone(folder: Path, *, fresh: bool) -> Iterator[None]:
    """Makes the folder and keeps other demos out; with `fresh`, what happened before is forgotten.

    Raises `CannotStart` when another demo runs there, or the folder cannot be used.
    """
    with contextlib.ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = held.enter_context((folder / LOCK).open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if fresh:
                _forget(folder)
        except BlockingIOError as error:
            advice = "stop it, or choose another folder: make demo ARGS='--folder .demo2 --port 4700'."
            raise CannotStart(f"Another demo runs in {folder}; {advice}") from error
        except OSError as error:
            advice = "choose another folder: make demo ARGS='--folder .demo2'."
            raise CannotStart(f"Cannot keep anything in {folder} ({error.strerror}); {advice}") from error
        yield


def _forget(folder: Path) -> None:
    for each in folder.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        elif each.name != LOCK:
            each.unlink()
