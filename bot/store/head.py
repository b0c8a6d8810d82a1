"""The effect whose turn it is in its lane, and the relay that takes it."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row

from bot.domain.effect import Attempt, Effect
from bot.store.codec import Unreadable, read


@dataclass(frozen=True, kw_only=True)
class Head:
    """The effect whose turn it is. `look` says that it may have happened already, `failures` how often in vain.

    `attempts` is how often it was begun before.
    """

    serial: int
    key: str
    lane: str
    effect: Effect
    priority: int
    due_at: datetime
    first_at: datetime | None
    look: bool
    attempts: int
    failures: int
    note: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Aside:
    """An effect that will not be carried out, and why: it is too late for it, or it cannot be read."""

    serial: int
    lane: str
    state: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Taken:
    """An effect to carry out now: the intent to do so is in the database."""

    head: Head
    attempt: Attempt


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How an attempt ended. `state` is "done", "buried", or "pending" when it is due again at `due_at`."""

    serial: int
    lane: str
    state: str
    look: bool
    due_at: datetime
    failures: int
    note: Mapping[str, str]
    reason: str = ""


class Taker(Protocol):
    """The relay of the leading process, as the store sees it."""

    @property
    def epoch(self) -> int:
        """The leadership it takes under."""
        ...

    def admit(self, head: Head, now: datetime, *, beside: int) -> datetime | None:
        """None: this effect is carried out now, beside as many of this transaction, and counted.

        Else: when its lane should be looked at again.
        """
        ...

    def look_again(self, moments: Iterable[datetime | None]) -> None:
        """What this transaction leaves to be taken later is due at these moments."""
        ...

    def expect(self, serials: Collection[int]) -> None:
        """These are about to be committed as taken."""
        ...

    def forget(self, serials: Collection[int]) -> None:
        """They were not committed, as far as anybody can tell."""
        ...

    def take(self, taken: Sequence[Taken]) -> None:
        """They are committed: carry them out."""
        ...


def head_of(row: Row[*tuple[Any, ...]], now: datetime) -> Head | Aside:
    """The head that a row of the outbox describes, if it is still worth doing and can be read."""
    if row.deadline is not None and row.deadline <= now:
        return Aside(serial=row.serial, lane=row.lane, state="expired", reason="It was not worth doing any more.")
    try:
        effect = read(row.payload)
    except Unreadable as error:
        return Aside(serial=row.serial, lane=row.lane, state="buried", reason=f"It cannot be read: {error}.")
    return Head(
        serial=row.serial,
        key=row.key,
        lane=row.lane,
        effect=effect,
        priority=row.priority,
        due_at=row.due_at,
        first_at=row.first_at,
        look=row.look,
        attempts=row.attempts,
        failures=row.failures,
        note=json.loads(row.note),
    )
